/* SPDX-License-Identifier: BSD-2-Clause */

/* Opening: one file whatever it is called, names below a directory, what answers say of rights. */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "server.h"

#define READ_ACCESS  0x00120089u
#define WRITE_ACCESS 0x0012019Fu
#define ALL_ACCESS   0x001F01FFu
#define DELETE       0x00010000u
#define OPEN         1
#define CREATE       2
#define DIRECTORY    0x1u
#define SHARE_ALL    7

static struct server server;
static struct client *c, *other;

/* NT_CREATE_ANDX; what is 0 here opens an existing file and shares it with nobody. */
struct nt_create {
	const char *name;
	uint32_t flags, root, access, share, options;
	uint32_t disposition; /* 0: open */
	/* the reply's */
	uint16_t fid;
	uint64_t file_id;
	uint32_t maximal;
};

static nt_status
nt_create(struct client *by, struct nt_create *a)
{
	struct writer *w = client_begin(by, 0xA2);
	struct reply r;
	nt_status status;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(2 * strlen(a->name)));
	wr_u32(w, a->flags);
	wr_u32(w, a->root);
	wr_u32(w, a->access != 0 ? a->access : READ_ACCESS);
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, a->share);
	wr_u32(w, a->disposition != 0 ? a->disposition : OPEN);
	wr_u32(w, a->options);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, a->name);
	status = client_call(by, &r);
	rd_skip(&r.words, 5);
	a->fid = rd_u16(&r.words);
	rd_skip(&r.words, 61 + 16);
	a->file_id = rd_u64(&r.words);
	a->maximal = rd_u32(&r.words);
	return status;
}

static nt_status
open_name(struct client *by, const char *name, uint32_t share)
{
	struct nt_create a = { .name = name, .share = share };

	return nt_create(by, &a);
}

/* Takes a FID, or none, and nothing else. */
static nt_status
simple(struct client *by, uint8_t command, unsigned words, uint16_t fid)
{
	struct writer *w = client_begin(by, command);
	struct reply r;

	if (words > 0)
		wr_u16(w, fid);
	wr_zero(w, words > 1 ? 2 * (words - 1) : 0);
	return client_call(by, &r);
}

static nt_status
close_fid(struct client *by, uint16_t fid)
{
	return simple(by, 0x04, 3, fid);
}

static void
begin(void)
{
	server_file(&server, "file.txt", "text", 4);
	server_file(&server, "A long name with spaces.text", "text", 4);
	server_mkdir(&server, "folder");
	server_file(&server, "folder/inner.txt", "inner", 5);
	c = client_on(server.port, "share");
	other = client_on(server.port, "share");
}

static void
end(void)
{
	client_close(&c);
	client_close(&other);
}

/* QUERY_FILE_ALT_NAME_INFO */
static void
short_name(const char *name, char *out, size_t size)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 5);
	uint32_t n;
	size_t i;

	wr_u16(w, 0x108);
	wr_u32(w, 0);
	wr_string(w, name);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	n = rd_u32(&t.got_data) / 2;
	ck_assert_uint_lt(n, size);
	for (i = 0; i < n; i++)
		out[i] = (char)rd_u16(&t.got_data);
	out[n] = '\0';
}

START_TEST(a_file_is_one_by_any_name)
{
	struct nt_create a = { .name = "A LONG name with spaces.text" };
	char from[128], to[128], alias[16];

	snprintf(from, sizeof from, "%s/A long name with spaces.text", server.root);
	snprintf(to, sizeof to, "%s/folder/link", server.root);
	ck_assert_int_eq(link(from, to), 0);
	short_name("A long name with spaces.text", alias, sizeof alias);
	ck_assert_ptr_nonnull(strchr(alias, '~'));
	ck_assert_uint_eq(nt_create(c, &a), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    open_name(other, "a long NAME with spaces.TEXT", SHARE_ALL), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(open_name(other, alias, SHARE_ALL), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(open_name(other, "folder\\link", SHARE_ALL), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(open_name(other, "file.txt", SHARE_ALL), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(c, a.fid), STATUS_SUCCESS);
	ck_assert_uint_eq(open_name(other, "folder\\link", SHARE_ALL), STATUS_SUCCESS);
	unlink(to);
}
END_TEST

START_TEST(a_name_may_begin_at_an_open_directory)
{
	struct nt_create folder = { .name = "folder", .share = SHARE_ALL, .options = DIRECTORY };
	struct nt_create inner = { .name = "INNER.txt", .share = SHARE_ALL, .flags = 0x10 };
	struct nt_create whole = { .name = "folder\\inner.txt", .share = SHARE_ALL, .flags = 0x10 };

	ck_assert_uint_eq(nt_create(c, &folder), STATUS_SUCCESS);
	inner.root = folder.fid;
	ck_assert_uint_eq(nt_create(c, &inner), STATUS_SUCCESS);
	ck_assert_uint_eq(nt_create(c, &whole), STATUS_SUCCESS);
	ck_assert_uint_eq(inner.file_id, whole.file_id);
	inner.name = "..\\file.txt";
	ck_assert(status_is_error(nt_create(c, &inner)));
	inner.name = "missing";
	ck_assert_uint_eq(nt_create(c, &inner), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(no_name_at_an_open_file_is_the_file_again)
{
	struct nt_create file = { .name = "file.txt", .share = SHARE_ALL, .flags = 0x10 };
	struct nt_create again = { .name = "", .share = SHARE_ALL, .flags = 0x10 };

	ck_assert_uint_eq(nt_create(c, &file), STATUS_SUCCESS);
	again.root = file.fid;
	ck_assert_uint_eq(nt_create(c, &again), STATUS_SUCCESS);
	ck_assert_uint_eq(again.file_id, file.file_id);
	again.name = "below";
	ck_assert_uint_eq(nt_create(c, &again), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(a_name_begins_at_no_others_directory)
{
	struct nt_create folder = { .name = "folder", .share = SHARE_ALL, .options = DIRECTORY };
	struct nt_create inner = { .name = "inner.txt", .share = SHARE_ALL };

	ck_assert_uint_eq(nt_create(c, &folder), STATUS_SUCCESS);
	inner.root = folder.fid;
	ck_assert_uint_eq(nt_create(other, &inner), STATUS_INVALID_HANDLE);
	inner.root = 0x10000u + folder.fid;
	ck_assert_uint_eq(nt_create(c, &inner), STATUS_INVALID_HANDLE);
	inner.root = folder.fid;
	ck_assert_uint_eq(close_fid(c, folder.fid), STATUS_SUCCESS);
	ck_assert_uint_eq(nt_create(c, &inner), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(an_answer_tells_what_might_have_been_granted)
{
	struct nt_create a = { .name = "file.txt", .share = SHARE_ALL, .flags = 0x10 };
	struct client *reader = client_on(server.port, "readonly");

	ck_assert_uint_eq(nt_create(c, &a), STATUS_SUCCESS);
	ck_assert_uint_eq(a.maximal, ALL_ACCESS);
	ck_assert_uint_eq(nt_create(reader, &a), STATUS_SUCCESS);
	ck_assert_uint_eq(a.maximal, 0x001200A9u);
	client_close(&reader);
}
END_TEST

/* Asks for what cannot be had; nothing is made. */
static nt_status
odd(struct nt_create a)
{
	nt_status status;

	a.name = "odd";
	a.disposition = CREATE;
	status = nt_create(c, &a);
	if (status != STATUS_SUCCESS)
		ck_assert(!server_has(&server, "odd"));
	return status;
}

START_TEST(options_that_cannot_be_are_refused)
{
	ck_assert_uint_eq(odd((struct nt_create){ .options = 0x2000 }), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(odd((struct nt_create){ .options = 0x100000 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    odd((struct nt_create){ .options = 0x10, .access = 1 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    odd((struct nt_create){ .options = 0x20, .access = 1 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    odd((struct nt_create){ .options = 0x1000000 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(odd((struct nt_create){ .options = 0x41 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(odd((struct nt_create){ .share = 8 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(odd((struct nt_create){ .access = 0x200 }), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(odd((struct nt_create){ .access = 0x8000000 }), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(odd((struct nt_create){ .options = 0x1000 }), STATUS_INVALID_PARAMETER);
	/* Hints are taken and forgotten. */
	ck_assert_uint_eq(
	    odd((struct nt_create){ .options = 0x8CFEE, .share = SHARE_ALL }), STATUS_SUCCESS);
}
END_TEST

static nt_status
open_andx(uint16_t flags, uint16_t mode, struct reply *r)
{
	struct writer *w = client_begin(c, 0x2D);

	client_no_andx(w);
	wr_u16(w, flags);
	wr_u16(w, mode);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "file.txt");
	return client_call(c, r);
}

START_TEST(open_andx_tells_what_it_is_asked_for)
{
	struct reply r;

	ck_assert_uint_eq(open_andx(1, 0x40, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 15);
	rd_skip(&r.words, 4 + 2 + 2 + 4);
	ck_assert_uint_eq(rd_u32(&r.words), 4);
	rd_skip(&r.words, 6);
	ck_assert_uint_eq(rd_u16(&r.words), 1);
	ck_assert_uint_eq(open_andx(0, 0x40, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 15);
	rd_skip(&r.words, 4);
	ck_assert_uint_ne(rd_u16(&r.words), 0);
	while (rd_left(&r.words) > 0)
		ck_assert_uint_eq(rd_u8(&r.words), 0);
	ck_assert_uint_eq(open_andx(0x11, 0x40, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 19);
	rd_skip(&r.words, 30);
	ck_assert_uint_eq(rd_u32(&r.words), 0x001F0000u);
}
END_TEST

START_TEST(who_opens_to_execute_reads_and_bars_as_a_reader)
{
	struct nt_create writer = { .name = "file.txt", .access = WRITE_ACCESS, .share = 2 };
	struct reply r;
	struct writer *w;
	uint16_t fid;

	ck_assert_uint_eq(open_andx(1, 0x43, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	fid = rd_u16(&r.words);
	w = client_begin(c, 0x0A);
	wr_u16(w, fid);
	wr_u16(w, 4);
	wr_zero(w, 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 4);
	ck_assert_uint_eq(nt_create(other, &writer), STATUS_SHARING_VIOLATION);
	writer.share = SHARE_ALL;
	ck_assert_uint_eq(nt_create(other, &writer), STATUS_SUCCESS);
}
END_TEST

START_TEST(directories_are_shared_like_files)
{
	struct nt_create lister = { .name = "folder", .share = 1, .options = DIRECTORY };
	struct nt_create remover = { .name = "folder", .access = DELETE, .share = SHARE_ALL };
	struct nt_create file = { .name = "folder", .share = SHARE_ALL, .options = 0x40 };

	ck_assert_uint_eq(nt_create(c, &lister), STATUS_SUCCESS);
	ck_assert_uint_eq(nt_create(other, &remover), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(nt_create(other, &file), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(open_name(other, "folder", 1), STATUS_SUCCESS);
	ck_assert_uint_eq(open_name(other, "folder", 0), STATUS_SHARING_VIOLATION);
	lister.name = "file.txt";
	ck_assert_uint_eq(nt_create(c, &lister), STATUS_NOT_A_DIRECTORY);
}
END_TEST

static uint16_t
create_temporary(char *name, size_t size)
{
	struct writer *w = client_begin(c, 0x0E);
	struct reply r;
	uint16_t fid;
	size_t i;

	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "folder");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	fid = rd_u16(&r.words);
	ck_assert_uint_lt(rd_left(&r.bytes), size - 7);
	memcpy(name, "folder/", 7);
	for (i = 7; rd_left(&r.bytes) > 0; i++)
		name[i] = (char)rd_u8(&r.bytes);
	return fid;
}

START_TEST(a_temporary_file_is_a_new_one_each_time)
{
	char first[64] = "", second[64] = "";
	uint16_t a = create_temporary(first, sizeof first);
	uint16_t b = create_temporary(second, sizeof second);

	ck_assert_uint_ne(a, b);
	ck_assert_str_ne(first, second);
	ck_assert(server_has(&server, first));
	ck_assert(server_has(&server, second));
}
END_TEST

/* --- what goes with whom --- */

#define LOGOFF          0x74
#define TREE_DISCONNECT 0x71
#define PROCESS_EXIT    0x11

static nt_status
leave(uint8_t command)
{
	struct reply r;

	if (command != LOGOFF)
		return simple(c, command, 0, 0);
	client_no_andx(client_begin(c, LOGOFF));
	return client_call(c, &r);
}

static uint16_t
opened(void)
{
	struct nt_create a = { .name = "file.txt", .share = SHARE_ALL };

	ck_assert_uint_eq(nt_create(c, &a), STATUS_SUCCESS);
	return a.fid;
}

START_TEST(a_process_takes_its_files_with_it_and_no_others)
{
	uint32_t pid = c->pid;
	uint16_t here, there, elsewhere, uid = c->uid, tid = c->tid, uid2;

	here = opened();
	client_tree(c, "share");
	elsewhere = opened();
	c->pid = pid + 1;
	there = opened();
	c->pid = pid;
	client_guest(c);
	uid2 = c->uid;
	ck_assert_uint_eq(leave(PROCESS_EXIT), STATUS_SUCCESS);
	c->uid = uid;
	ck_assert_uint_eq(close_fid(c, there), STATUS_SUCCESS);
	there = (c->pid = pid + 1, opened());
	c->pid = pid;
	ck_assert_uint_eq(leave(PROCESS_EXIT), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(c, elsewhere), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(close_fid(c, there), STATUS_SUCCESS);
	c->tid = tid;
	ck_assert_uint_eq(close_fid(c, here), STATUS_INVALID_HANDLE);
	ck_assert_uint_ne(uid, uid2);
}
END_TEST

START_TEST(a_user_takes_his_files_with_him_and_no_others)
{
	uint16_t mine, yours, uid = c->uid, uid2;

	mine = opened();
	client_guest(c);
	uid2 = c->uid;
	yours = opened();
	c->uid = uid;
	ck_assert_uint_eq(leave(LOGOFF), STATUS_SUCCESS);
	ck_assert(status_is_error(close_fid(c, mine)));
	c->uid = uid2;
	ck_assert_uint_eq(close_fid(c, mine), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(close_fid(c, yours), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_tree_takes_its_files_with_it_and_no_others)
{
	uint16_t here, there, tid = c->tid, tid2;

	here = opened();
	client_tree(c, "share");
	tid2 = c->tid;
	there = opened();
	c->tid = tid;
	ck_assert_uint_eq(leave(TREE_DISCONNECT), STATUS_SUCCESS);
	ck_assert(status_is_error(close_fid(c, here)));
	c->tid = tid2;
	ck_assert_uint_eq(close_fid(c, here), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(close_fid(c, there), STATUS_SUCCESS);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/open");
	TCase *tc = tcase_create("open");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_file_is_one_by_any_name);
	tcase_add_test(tc, a_name_may_begin_at_an_open_directory);
	tcase_add_test(tc, no_name_at_an_open_file_is_the_file_again);
	tcase_add_test(tc, a_name_begins_at_no_others_directory);
	tcase_add_test(tc, an_answer_tells_what_might_have_been_granted);
	tcase_add_test(tc, options_that_cannot_be_are_refused);
	tcase_add_test(tc, open_andx_tells_what_it_is_asked_for);
	tcase_add_test(tc, who_opens_to_execute_reads_and_bars_as_a_reader);
	tcase_add_test(tc, directories_are_shared_like_files);
	tcase_add_test(tc, a_temporary_file_is_a_new_one_each_time);
	tcase_add_test(tc, a_process_takes_its_files_with_it_and_no_others);
	tcase_add_test(tc, a_user_takes_his_files_with_him_and_no_others);
	tcase_add_test(tc, a_tree_takes_its_files_with_it_and_no_others);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed, stopped;

	server_start(&server, "");
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	stopped = server_stop(&server);
	return failed > 0 || stopped != 0;
}
