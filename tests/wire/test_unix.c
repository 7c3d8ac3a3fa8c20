/* SPDX-License-Identifier: BSD-2-Clause */

/* The CIFS UNIX extensions: what they tell, and whom. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/ntime.h"
#include "unix.h"

#define CAP_UNIX 0x00800000u
#define ALL_CAPS 0x7Bu /* locks, ACLs, flags, names, opens, large reads */

static nt_status
find(const char *pattern, uint16_t count, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, count);
	wr_u16(w, 1); /* close after this request */
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, pattern);
	client_trans2_data(c, &t);
	return unix_call(0);
}

static nt_status
query_fs(uint16_t level, size_t room)
{
	struct writer *w = client_trans2_begin(c, &t, QUERY_FS);

	wr_u16(w, level);
	client_trans2_data(c, &t);
	return unix_call(room);
}

START_TEST(without_the_key_there_are_none)
{
	static const uint16_t levels[] = { 0x200, 0x201, 0x202, 0x203, 0x204, 0x205, 0x206, 0x207,
		0x208, 0x209, 0x20A, 0x20B };
	struct server with = server;
	uint16_t fid;

	client_close(&c);
	server_start(&server, "");
	server_file(&server, "file", "x", 1);
	c = client_on(server.port, "share");
	ck_assert_uint_eq(c->capabilities & CAP_UNIX, 0);
	ck_assert_uint_eq(choose(POSIX_PATHS), STATUS_INVALID_LEVEL);
	fid = client_open(c, "file");
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		static const uint8_t data[128];

		ck_assert_uint_eq(query_path("file", levels[i]), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(query_file(fid, levels[i]), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(
		    set_path("file", levels[i], data, sizeof(data)), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(
		    set_file(fid, levels[i], data, sizeof(data)), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(find("*", 10, levels[i]), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(query_fs(levels[i], 0), STATUS_INVALID_LEVEL);
	}
	client_close(&c);
	ck_assert_int_eq(server_stop(&server), 0);
	server = with;
	unix_begin();
}
END_TEST

START_TEST(negotiate_and_the_file_system_tell_of_them)
{
	ck_assert_uint_ne(c->capabilities & CAP_UNIX, 0);
	ck_assert_uint_eq(query_fs(CIFS_UNIX, 11), STATUS_INFO_LENGTH_MISMATCH);
	ck_assert_uint_eq(query_fs(CIFS_UNIX, 12), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 12);
	ck_assert_uint_eq(rd_u16(&t.got_data), 1);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	ck_assert_uint_eq(rd_u64(&t.got_data), ALL_CAPS);
}
END_TEST

START_TEST(posix_fs_is_what_statvfs_says)
{
	struct statvfs fs;

	ck_assert_int_eq(statvfs(server.root, &fs), 0);
	ck_assert_uint_eq(query_fs(0x201, 55), STATUS_INFO_LENGTH_MISMATCH);
	ck_assert_uint_eq(query_fs(0x201, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 56);
	ck_assert_uint_eq(rd_u32(&t.got_data), fs.f_frsize);
	ck_assert_uint_eq(rd_u32(&t.got_data), fs.f_frsize);
	ck_assert_uint_eq(rd_u64(&t.got_data), fs.f_blocks);
	rd_skip(&t.got_data, 16);
	ck_assert_uint_eq(rd_u64(&t.got_data), fs.f_files);
}
END_TEST

START_TEST(whoami_tells_who_acts_on_disk)
{
	uint32_t gids, sids, bytes;

	ck_assert_uint_eq(query_fs(0x202, 39), STATUS_INFO_LENGTH_MISMATCH);
	ck_assert_uint_eq(query_fs(0x202, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 1); /* a guest */
	ck_assert_uint_eq(rd_u32(&t.got_data), 1);
	ck_assert_uint_eq(rd_u64(&t.got_data), geteuid());
	ck_assert_uint_eq(rd_u64(&t.got_data), getegid());
	gids = rd_u32(&t.got_data);
	sids = rd_u32(&t.got_data);
	bytes = rd_u32(&t.got_data);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	ck_assert_uint_ge(sids, 5);
	ck_assert_uint_eq(rd_left(&t.got_data), 8 * gids + bytes);
	/* Where the lists have no room there are none. */
	ck_assert_uint_eq(query_fs(0x202, 64), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 40);
	rd_skip(&t.got_data, 24);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(rd_u32(&t.got_data), 0);
}
END_TEST

START_TEST(capabilities_are_chosen_whole_and_where_one_may_only_read_too)
{
	struct writer *w = client_trans2_begin(c, &t, SET_FS);

	wr_u16(w, 0);
	wr_u16(w, CIFS_UNIX);
	client_trans2_data(c, &t);
	wr_zero(w, 11);
	ck_assert_uint_eq(unix_call(0), STATUS_INVALID_PARAMETER);
	client_tree(c, "readonly");
	ck_assert_uint_eq(choose(POSIX_PATHS), STATUS_SUCCESS);
}
END_TEST

START_TEST(basic_and_info2_are_what_lstat_says)
{
	static const struct {
		const char *name;
		uint32_t type, mask;
	} kinds[] = { { "file", 0, HIDDEN }, { "dir", 1, HIDDEN }, { "link", 2, 0 },
		{ "dead", 2, 0 }, { "pipe", 5, 0 } };

	server_file(&server, "file", "content", 7);
	server_mkdir(&server, "dir");
	disk_symlink("file", "link");
	disk_symlink("/nowhere/at/all", "dead");
	(void)mkfifo(disk_path("pipe"), 0640);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct stat st = on_disk(kinds[i].name);

		ck_assert_uint_eq(query_path(kinds[i].name, UNIX_BASIC), STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_data), 100);
		expect_basic(&t.got_data, &st, kinds[i].type);
		ck_assert_uint_eq(query_path(kinds[i].name, UNIX_INFO2), STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_data), 116);
		expect_basic(&t.got_data, &st, kinds[i].type);
		ck_assert_uint_ne(rd_u64(&t.got_data), 0);
		ck_assert_uint_eq(rd_u32(&t.got_data), 0);
		ck_assert_uint_eq(rd_u32(&t.got_data), kinds[i].mask);
	}
	ck_assert_uint_eq(query_path("none", UNIX_BASIC), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(query_path("none/x", UNIX_BASIC), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(query_path("file/x", UNIX_BASIC), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(of_an_open_file_they_say_the_same)
{
	struct stat st;
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	fid = open_file("file");
	st = on_disk("file");
	ck_assert_uint_eq(query_file(fid, UNIX_BASIC), STATUS_SUCCESS);
	expect_basic(&t.got_data, &st, 0);
	ck_assert_uint_eq(query_file(fid, UNIX_LINK), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(query_file(fid, POSIX_ACL), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(fid, 0x206), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 16);
	ck_assert_uint_eq(query_file(fid, 0x202), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(query_file(fid + 1, UNIX_BASIC), STATUS_INVALID_HANDLE);
	close_file(fid);
}
END_TEST

/* The text, in the arena. */
static const char *
link_text(const char *path)
{
	ck_assert_uint_eq(query_path(path, UNIX_LINK), STATUS_SUCCESS);
	return rd_string(&t.got_data);
}

START_TEST(a_link_holds_any_text)
{
	static const char *const texts[] = { "file", "/etc/passwd", "../../up", "a:b\\c*?\"<>|",
		"sp\xC3\xA4t", "." };
	char read[256];
	ssize_t n;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_uint_eq(set_text("made", UNIX_LINK, texts[i]), STATUS_SUCCESS);
		n = readlink(disk_path("made"), read, sizeof(read));
		ck_assert_int_eq(n, (ssize_t)strlen(texts[i]));
		ck_assert_mem_eq(read, texts[i], strlen(texts[i]));
		ck_assert_str_eq(link_text("made"), texts[i]);
		ck_assert_uint_eq(posix_unlink("made", 0), STATUS_SUCCESS);
	}
	/* Bytes that are no text come back as they were. */
	disk_symlink("\xFF\xEE\xBA\x80", "made");
	ck_assert_uint_eq(set_text("copy", UNIX_LINK, arena_strdup(&c->arena, link_text("made"))),
	    STATUS_SUCCESS);
	ck_assert_int_eq(readlink(disk_path("copy"), read, sizeof(read)), 4);
	ck_assert_mem_eq(read, "\xFF\xEE\xBA\x80", 4);
	unlink(disk_path("made"));
	unlink(disk_path("copy"));
}
END_TEST

START_TEST(links_that_cannot_be_are_refused)
{
	server_file(&server, "file", "content", 7);
	disk_symlink("/nowhere/at/all", "dead");
	ck_assert_uint_eq(set_text("file", UNIX_LINK, "x"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(set_text("dead", UNIX_LINK, "x"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(set_text("", UNIX_LINK, "x"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(set_text("none/x", UNIX_LINK, "x"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(set_text("new", UNIX_LINK, ""), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_path("new", UNIX_LINK, NULL, 0), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(query_path("file", UNIX_LINK), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_text("new", UNIX_HLINK, "none"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(set_text("dead", UNIX_HLINK, "file"), STATUS_OBJECT_NAME_COLLISION);
	server_mkdir(&server, "dir");
	ck_assert_uint_eq(set_text("new", UNIX_HLINK, "dir"), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert(!server_has(&server, "new"));
}
END_TEST

START_TEST(a_hard_link_is_the_same_file)
{
	server_file(&server, "file", "content", 7);
	ck_assert_uint_eq(set_text("other", UNIX_HLINK, "file"), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("other").st_ino, on_disk("file").st_ino);
	ck_assert_uint_eq(posix_unlink("other", 0), STATUS_SUCCESS);
}
END_TEST

START_TEST(access_lists_are_kept_and_told)
{
	uint8_t acl[128];
	size_t n = put_acl(acl, 1, 5, 0xFFFF);

	server_file(&server, "file", "content", 7);
	/* in any order */
	n += put_ace(acl + n, 0x20, 4, SAME);
	n += put_ace(acl + n, 0x01, 6, SAME);
	n += put_ace(acl + n, 0x02, 4, 12345);
	n += put_ace(acl + n, 0x04, 4, SAME);
	n += put_ace(acl + n, 0x10, 6, SAME);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_SUCCESS);
	ck_assert_int_gt(getxattr(disk_path("file"), "system.posix_acl_access", NULL, 0), 0);
	ck_assert_uint_eq(query_path("file", POSIX_ACL), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 56);
	ck_assert_uint_eq(rd_u16(&t.got_data), 1);
	ck_assert_uint_eq(rd_u16(&t.got_data), 5);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	rd_skip(&t.got_data, 10);
	ck_assert_uint_eq(rd_u8(&t.got_data), 0x02);
	ck_assert_uint_eq(rd_u8(&t.got_data), 4);
	ck_assert_uint_eq(rd_u64(&t.got_data), 12345);
	/* Without entries it goes again. */
	n = put_acl(acl, 1, 0, 0xFFFF);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_SUCCESS);
	ck_assert_int_lt(getxattr(disk_path("file"), "system.posix_acl_access", NULL, 0), 0);
}
END_TEST

START_TEST(a_directory_has_a_list_for_what_is_made_in_it)
{
	uint8_t acl[128];
	size_t n = put_acl(acl, 1, 0xFFFF, 3);

	server_mkdir(&server, "dir");
	server_file(&server, "file", "content", 7);
	n += put_ace(acl + n, 0x01, 7, SAME);
	n += put_ace(acl + n, 0x04, 5, SAME);
	n += put_ace(acl + n, 0x20, 0, SAME);
	ck_assert_uint_eq(set_path("dir", POSIX_ACL, acl, n), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("dir", POSIX_ACL), STATUS_SUCCESS);
	rd_skip(&t.got_data, 2);
	ck_assert_uint_eq(rd_u16(&t.got_data), 3);
	ck_assert_uint_eq(rd_u16(&t.got_data), 3);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_HANDLE);
	n = put_acl(acl, 1, 0xFFFF, 0);
	ck_assert_uint_eq(set_path("dir", POSIX_ACL, acl, n), STATUS_SUCCESS);
}
END_TEST

START_TEST(lists_that_are_none_are_refused)
{
	uint8_t acl[128];
	size_t n;

	server_file(&server, "file", "content", 7);
	disk_symlink("file", "link");
	n = put_acl(acl, 2, 0, 0);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	n = put_acl(acl, 1, 1, 0xFFFF);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, 5), STATUS_INVALID_PARAMETER);
	n += put_ace(acl + n, 0x03, 7, SAME);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	n = 6 + put_ace(acl + 6, 0x01, 8, SAME);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	/* to nobody: no 32 bits */
	n = 6 + put_ace(acl + 6, 0x02, 7, UINT64_C(1) << 33);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	/* one the kernel refuses */
	n = 6 + put_ace(acl + 6, 0x01, 7, SAME);
	ck_assert_uint_eq(set_path("file", POSIX_ACL, acl, n), STATUS_INVALID_PARAMETER);
	n = put_acl(acl, 1, 0, 0xFFFF);
	ck_assert_uint_eq(set_path("link", POSIX_ACL, acl, n), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(query_path("link", POSIX_ACL), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(a_listing_shows_what_there_is_by_its_own_names)
{
	static const char *const names[] = { "a:b", "A*B", "back\\slash", "a", "A", "q?", "end." };
	unsigned seen = 0;
	uint16_t count;

	server_mkdir(&server, "odd");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char name[64] = "odd/";

		server_file(&server, strcat(name, names[i]), "", 0);
	}
	disk_symlink("/nowhere/at/all", "odd/dead");
	ck_assert_uint_eq(find("odd/*", 100, UNIX_INFO2), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	count = rd_u16(&t.got_parameters);
	ck_assert_uint_eq(count, 2 + 7 + 1);
	for (uint16_t i = 0; i < count; i++) {
		struct reader e = t.got_data;
		uint32_t next = rd_u32(&e), length;
		const char *name;

		rd_skip(&e, 4 + 116);
		length = rd_u32(&e);
		name = rd_string(&e);
		ck_assert_uint_eq(length, 2 * strlen(name));
		for (size_t k = 0; k < sizeof(names) / sizeof(names[0]); k++)
			seen |= strcmp(name, names[k]) == 0 ? 1u << k : 0;
		seen |= strcmp(name, "dead") == 0 ? 1u << 7 : 0;
		rd_skip(&t.got_data, next);
	}
	ck_assert_uint_eq(seen, 0xFF);
}
END_TEST

START_TEST(a_pattern_of_a_posix_client_heeds_case)
{
	struct reader e;

	server_mkdir(&server, "case");
	server_file(&server, "case/one.txt", "", 0);
	server_file(&server, "case/ONE.TXT", "", 0);
	ck_assert_uint_eq(find("case/o*.t?t", 100, 0x202), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 1);
	e = t.got_data;
	rd_skip(&e, 108);
	ck_assert_str_eq(rd_string(&e), "one.txt");
	/* One name; that it was the last is for FIND_NEXT2 to say. */
	ck_assert_uint_eq(find("case/ONE.TXT", 100, UNIX_INFO2), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 1);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0);
	ck_assert_uint_eq(find("case/One.txt", 100, UNIX_INFO2), STATUS_NO_SUCH_FILE);
}
END_TEST

START_TEST(names_are_what_they_are_spelled_like_once_that_was_chosen)
{
	uint16_t fid;

	server_file(&server, "Spelled", "upper", 5);
	ck_assert_uint_eq(query_path("spelled", UNIX_BASIC), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    posix_open("spelled", O_RW | O_MAKE | O_ALONE, 0644, &fid), STATUS_SUCCESS);
	close_file(fid);
	ck_assert_uint_ne(on_disk("spelled").st_ino, on_disk("Spelled").st_ino);
	ck_assert_uint_eq(posix_open("x\\y:z", O_RW | O_MAKE, 0644, &fid), STATUS_SUCCESS);
	close_file(fid);
	ck_assert(server_has(&server, "x\\y:z"));
	ck_assert_uint_eq(posix_unlink("x\\y:z", 0), STATUS_SUCCESS);
	ck_assert_uint_eq(posix_unlink("./spelled", 0), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("../up", UNIX_BASIC), STATUS_OBJECT_PATH_SYNTAX_BAD);
	/* Others are served as ever, by the same levels. */
	ck_assert_uint_eq(choose(0), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("\\SPELLED", UNIX_BASIC), STATUS_SUCCESS);
	disk_symlink("/nowhere/at/all", "dead");
	ck_assert_uint_eq(query_path("\\Dead", UNIX_BASIC), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("\\Dead", 0x0101), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

/* How much of a megabyte comes at once, and that it is what is in the file. */
static size_t
read_much(uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2E);
	struct reply r;
	size_t n;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_u32(w, 0x10); /* MaxCountHigh */
	wr_u16(w, 0);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 10);
	n = rd_u16(&r.words);
	rd_skip(&r.words, 2);
	n |= (size_t)rd_u16(&r.words) << 16;
	ck_assert_uint_ge(r.len, n);
	for (size_t i = 0; i < n; i += 4099)
		ck_assert_uint_eq(r.msg[r.len - n + i], i % 251);
	return n;
}

START_TEST(who_has_chosen_so_reads_a_megabyte_at_once)
{
	static uint8_t data[1200000];
	uint16_t fid;
	uint8_t error;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i % 251);
	server_file(&server, "large", data, sizeof(data));
	fid = open_file("large");
	ck_assert_uint_eq(read_much(fid), 126976);
	ck_assert_uint_eq(choose(POSIX_PATHS | 0x40), STATUS_SUCCESS);
	ck_assert_uint_eq(read_much(fid), 1 << 20);
	close_file(fid);
	/* A NetBIOS session cannot say as much. */
	client_close(&c);
	c = client_connect(server.netbios_port);
	(void)client_netbios(c, "*SMBSERVER", &error);
	client_negotiate(c);
	client_guest(c);
	client_tree(c, "share");
	ck_assert_uint_eq(choose(POSIX_PATHS | 0x40), STATUS_SUCCESS);
	fid = open_file("large");
	ck_assert_uint_eq(read_much(fid), 126976);
	unlink(disk_path("large"));
}
END_TEST

static void
add(void *suite)
{
	TCase *tc = tcase_create("unix");

	tcase_add_checked_fixture(tc, unix_begin, unix_end);
	tcase_add_test(tc, without_the_key_there_are_none);
	tcase_add_test(tc, negotiate_and_the_file_system_tell_of_them);
	tcase_add_test(tc, posix_fs_is_what_statvfs_says);
	tcase_add_test(tc, whoami_tells_who_acts_on_disk);
	tcase_add_test(tc, capabilities_are_chosen_whole_and_where_one_may_only_read_too);
	tcase_add_test(tc, basic_and_info2_are_what_lstat_says);
	tcase_add_test(tc, of_an_open_file_they_say_the_same);
	tcase_add_test(tc, a_link_holds_any_text);
	tcase_add_test(tc, links_that_cannot_be_are_refused);
	tcase_add_test(tc, a_hard_link_is_the_same_file);
	tcase_add_test(tc, access_lists_are_kept_and_told);
	tcase_add_test(tc, a_directory_has_a_list_for_what_is_made_in_it);
	tcase_add_test(tc, lists_that_are_none_are_refused);
	tcase_add_test(tc, a_listing_shows_what_there_is_by_its_own_names);
	tcase_add_test(tc, a_pattern_of_a_posix_client_heeds_case);
	tcase_add_test(tc, names_are_what_they_are_spelled_like_once_that_was_chosen);
	tcase_add_test(tc, who_has_chosen_so_reads_a_megabyte_at_once);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	return unix_main("unix", add);
}
