/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A link that leads out of the share tells nothing of what lies there: every request that takes a
 * path is answered with the same bytes whether its target exists or not, and changes nothing there.
 */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unix.h"

/* The resume key of SEARCH's only entry, which names a search of its own. */
#define KEY_AT  40
#define KEY_LEN 21

/* A request whose words are these, and whose bytes are strings behind a 04. */
struct core {
	uint8_t command, nwords, npaths;
	uint16_t words[8];
};

static const struct core cores[] = {
	{ 0x00, 0, 1, { 0 } },                 /* CREATE_DIRECTORY */
	{ 0x01, 0, 1, { 0 } },                 /* DELETE_DIRECTORY */
	{ 0x02, 2, 1, { 0x42, 0x16 } },        /* OPEN */
	{ 0x03, 3, 1, { 0 } },                 /* CREATE */
	{ 0x06, 1, 1, { 0x16 } },              /* DELETE */
	{ 0x07, 1, 2, { 0x16 } },              /* RENAME */
	{ 0x08, 0, 1, { 0 } },                 /* QUERY_INFORMATION */
	{ 0x09, 8, 1, { 0 } },                 /* SET_INFORMATION */
	{ 0x0F, 3, 1, { 0 } },                 /* CREATE_NEW */
	{ 0x10, 0, 1, { 0 } },                 /* CHECK_DIRECTORY */
	{ 0xA5, 4, 2, { 0x16, 0x103, 0, 0 } }, /* NT_RENAME: a link */
	{ 0xA5, 4, 2, { 0x16, 0x104, 0, 0 } }, /* a rename */
	{ 0xA5, 4, 2, { 0x16, 0x105, 0, 0 } }, /* a copy */
};

static const uint16_t queries[] = { 1, 2, 4, 6, 0x101, 0x102, 0x103, 0x104, 0x107, 0x108, 0x109,
	0x10B, 0x200, 0x201, 0x204, 0x205, 0x206, 0x20B, 1006, 1034, 1035 };
static const uint16_t changes[] = { 1, 2, 0x101, 0x102, 0x103, 0x104, 0x200, 0x201, 0x203, 0x204,
	0x209, 0x20A, 0x20B, 1010, 1011, 1019, 1020, 1039 };
static const uint16_t listings[] = { 1, 2, 0x101, 0x102, 0x103, 0x104, 0x105, 0x106, 0x202, 0x20B };

static char outside[128];
static const char *text; /* of the link */
static unsigned compared;

/* One answer. */
struct answer {
	size_t len;
	uint8_t bytes[4096];
};

static void
keep(struct answer *a, const struct reply *r)
{
	ck_assert(!r->closed);
	ck_assert_uint_le(r->len, sizeof(a->bytes));
	a->len = r->len;
	memcpy(a->bytes, r->msg, r->len);
	memset(a->bytes + 30, 0, 2); /* the MID */
}

static void
make_outside(bool exists)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/dir/inside", outside);
	(void)unlink(path);
	snprintf(path, sizeof(path), "%s/dir", outside);
	(void)rmdir(path);
	if (exists)
		ck_assert_int_eq(mkdir(path, 0777), 0);
	snprintf(path, sizeof(path), "%s/dir/inside", outside);
	if (exists) {
		fd = open(path, O_WRONLY | O_CREAT, 0644);
		ck_assert_int_ge(fd, 0);
		close(fd);
	}
	snprintf(path, sizeof(path), "%s/file", outside);
	(void)unlink(path);
	if (exists) {
		fd = open(path, O_WRONLY | O_CREAT, 0644);
		ck_assert_int_ge(fd, 0);
		ck_assert_int_eq(write(fd, "secret", 6), 6);
		close(fd);
	}
}

/* Nothing has come, gone or changed there. */
static void
expect_outside(bool exists)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/file", outside);
	ck_assert_int_eq(stat(path, &st), exists ? 0 : -1);
	if (exists) {
		ck_assert_int_eq(st.st_size, 6);
		ck_assert_uint_eq(st.st_mode & 0777, 0644);
		ck_assert_uint_eq(st.st_nlink, 1);
	}
	snprintf(path, sizeof(path), "%s/dir/inside", outside);
	ck_assert_int_eq(stat(path, &st), exists ? 0 : -1);
	snprintf(path, sizeof(path), "%s/dir/new", outside);
	ck_assert_int_eq(stat(path, &st), -1);
}

/* Its own times are such that they stay as they are when it is read. */
static void
restore(void)
{
	const struct timespec times[2] = { { 4000000000, 0 }, { 1000000000, 0 } };
	char now[256];
	ssize_t n = readlink(disk_path("link"), now, sizeof(now));
	struct stat st;

	if (n != (ssize_t)strlen(text) || memcmp(now, text, (size_t)n) != 0) {
		(void)rmdir(disk_path("link"));
		disk_symlink(text, "link");
	}
	ck_assert_int_eq(lstat(disk_path("link"), &st), 0);
	if (st.st_atime != times[0].tv_sec)
		ck_assert_int_eq(
		    utimensat(AT_FDCWD, disk_path("link"), times, AT_SYMLINK_NOFOLLOW), 0);
	(void)unlink(disk_path("moved"));
	(void)rmdir(disk_path("moved"));
	server_file(&server, "other", "other", 5);
}

static void
put_path(struct writer *w, const char *path)
{
	wr_u8(w, 4);
	wr_string(w, path);
}

static void
send_core(const struct core *k, const char *path, bool second, struct answer *a)
{
	struct writer *w = client_begin(c, k->command);
	struct reply r;

	for (uint8_t i = 0; i < k->nwords; i++)
		wr_u16(w, k->words[i]);
	wr_block_bytes(w);
	if (k->npaths == 2 && second)
		put_path(w, "other");
	put_path(w, path);
	if (k->npaths == 2 && !second)
		put_path(w, "moved");
	(void)client_call(c, &r);
	keep(a, &r);
}

static void
send_open_andx(const char *path, struct answer *a)
{
	struct writer *w = client_begin(c, 0x2D);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_zero(w, 6);
	wr_u16(w, 0x11); /* open or create */
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, path);
	(void)client_call(c, &r);
	keep(a, &r);
}

static void
send_nt_create(const char *path, uint32_t disposition, uint32_t options, struct answer *a)
{
	struct writer *w = client_begin(c, 0xA2);
	struct reply r;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(2 * strlen(path)));
	wr_zero(w, 8);
	wr_u32(w, 0x00120089);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, disposition);
	wr_u32(w, options);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, path);
	(void)client_call(c, &r);
	keep(a, &r);
}

static void
send_search(uint8_t command, const char *path, struct answer *a)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	wr_u16(w, 10);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	put_path(w, path);
	wr_u8(w, 5);
	wr_u16(w, 0);
	(void)client_call(c, &r);
	keep(a, &r);
	if (a->len > KEY_AT + KEY_LEN)
		memset(a->bytes + KEY_AT, 0, KEY_LEN);
}

static void
send_find(const char *path, uint16_t level, struct answer *a)
{
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 10);
	wr_u16(w, 1);
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, &t);
	(void)unix_call(1024);
	keep(a, &t.reply);
}

/* For each level something it can make sense of. */
static void
send_set(const char *path, uint16_t level, struct answer *a)
{
	uint8_t data[120];
	size_t n = sizeof(data);

	memset(data, 0, sizeof(data));
	if (level == UNIX_BASIC || level == UNIX_INFO2) {
		memset(data, 0xFF, n);
		memset(data + 108, 0, 8);
		data[24] = 1;
		memset(data + 25, 0, 7);
		n = level == UNIX_BASIC ? 100 : 116;
	} else if (level == UNIX_LINK || level == UNIX_HLINK) {
		memcpy(data, "o\0t\0h\0e\0r\0\0\0", 12);
		n = 12;
	} else if (level == POSIX_ACL) {
		memcpy(data, "\1\0\0\0\xFF\xFF", 6);
		n = 6;
	} else if (level == POSIX_OPEN) {
		memcpy(data, "\0\0\0\0\x14\0\0\0\xA4\1\0\0\0\0\0\0\0\2", 18); /* RDWR | CREAT */
		n = 18;
	} else if (level == POSIX_UNLINK) {
		n = 2;
	} else if (level == 1010 || level == 1011) {
		data[8] = 10;
		memcpy(data + 12, "m\0o\0v\0e\0d\0", 10);
		n = 22;
	}
	(void)set_path(path, level, data, n);
	keep(a, &t.reply);
}

static void
send_mkdir2(const char *path, struct answer *a)
{
	struct writer *w = client_trans2_begin(c, &t, 0x0D);

	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, &t);
	(void)unix_call(0);
	keep(a, &t.reply);
}

static void
send_open2(const char *path, struct answer *a)
{
	struct writer *w = client_trans2_begin(c, &t, 0x00);

	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_zero(w, 6);
	wr_u16(w, 0x11);
	wr_zero(w, 14);
	wr_string(w, path);
	client_trans2_data(c, &t);
	(void)unix_call(0);
	keep(a, &t.reply);
}

/* Sends the i-th of all requests; false: there are no more. */
static bool
send_one(size_t i, const char *path, struct answer *a)
{
	const size_t ncores = sizeof(cores) / sizeof(cores[0]);
	const size_t nqueries = sizeof(queries) / sizeof(queries[0]);
	const size_t nchanges = sizeof(changes) / sizeof(changes[0]);
	const size_t nlistings = sizeof(listings) / sizeof(listings[0]);

	if (i < 2 * ncores) {
		send_core(&cores[i / 2], path, i % 2 != 0, a);
		return true;
	}
	i -= 2 * ncores;
	if (i < nqueries) {
		(void)query_path(path, queries[i]);
		keep(a, &t.reply);
		return true;
	}
	i -= nqueries;
	if (i < nchanges) {
		send_set(path, changes[i], a);
		return true;
	}
	i -= nchanges;
	if (i < nlistings) {
		send_find(path, listings[i], a);
		return true;
	}
	i -= nlistings;
	switch (i) {
	case 0:
		send_open_andx(path, a);
		return true;
	case 1:
	case 2:
	case 3:
	case 4:
	case 5:
	case 6: /* every disposition */
		send_nt_create(path, (uint32_t)i - 1, 0, a);
		return true;
	case 7:
		send_nt_create(path, 3, 1, a); /* a directory */
		return true;
	case 8:
		send_search(0x81, path, a);
		return true;
	case 9:
		send_search(0x83, path, a);
		return true;
	case 10:
		send_mkdir2(path, a);
		return true;
	case 11:
		send_open2(path, a);
		return true;
	default:
		return false;
	}
}

static void
compare_all(const char *path)
{
	static struct answer with, without;

	for (size_t i = 0;; i++) {
		make_outside(true);
		restore();
		if (!send_one(i, path, &with))
			break;
		expect_outside(true);
		make_outside(false);
		restore();
		(void)send_one(i, path, &without);
		expect_outside(false);
		ck_assert_msg(
		    with.len == without.len && memcmp(with.bytes, without.bytes, with.len) == 0,
		    "request %zu on %s -> %s: the answers differ", i, path, text);
		compared++;
	}
}

static void
compare_texts(void)
{
	static char absolute_file[160], absolute_dir[160];
	const char *const texts[] = { "../outside/file", "../outside/dir", absolute_file,
		absolute_dir };
	static const char *const paths[] = { "link", "link/inside", "link/new" };

	snprintf(absolute_file, sizeof(absolute_file), "%s/file", outside);
	snprintf(absolute_dir, sizeof(absolute_dir), "%s/dir", outside);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (size_t k = 0; k < sizeof(paths) / sizeof(paths[0]); k++) {
			text = texts[i];
			compare_all(paths[k]);
		}
	}
	ck_assert_uint_gt(compared, 900);
}

static void
begin(void)
{
	unix_begin();
	compared = 0;
	snprintf(outside, sizeof(outside), "%s/outside", server.dir);
	(void)mkdir(outside, 0777);
}

static void
end(void)
{
	make_outside(false);
	(void)rmdir(outside);
	unix_end();
}

START_TEST(a_posix_client_learns_nothing_of_what_lies_outside)
{
	compare_texts();
	/* That was not because it sees nothing: the link is there. */
	restore();
	ck_assert_uint_eq(query_path("link", UNIX_BASIC), STATUS_SUCCESS);
}
END_TEST

START_TEST(nor_does_another_client)
{
	ck_assert_uint_eq(choose(0), STATUS_SUCCESS);
	compare_texts();
	ck_assert_uint_eq(query_path("other", 0x101), STATUS_SUCCESS);
}
END_TEST

static void
add(void *suite)
{
	TCase *tc = tcase_create("links");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_posix_client_learns_nothing_of_what_lies_outside);
	tcase_add_test(tc, nor_does_another_client);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	return unix_main("unix_links", add);
}
