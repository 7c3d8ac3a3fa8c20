/* SPDX-License-Identifier: BSD-2-Clause */

/* What a path may be spelled like, and the status of one that leads nowhere, in both kinds of
 * status. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"
#include "wire/status.h"

#define CREATE_DIRECTORY       0x00
#define DELETE                 0x06
#define RENAME                 0x07
#define QUERY_INFORMATION      0x08
#define CHECK_DIRECTORY        0x10
#define OPEN_ANDX              0x2D
#define NT_RENAME              0xA5
#define FIND_FIRST2            1
#define QUERY_PATH_INFORMATION 5
#define NAME_INFO              0x0104
#define RENAME_FILE            0x0104

#define NT_STATUS_FLAG 0x4000

#define DOS(code) (ERRDOS | (code##u) << 16)

#define BAD_FILE     DOS(2)
#define BAD_PATH     DOS(3)
#define FILE_EXISTS  DOS(80)
#define INVALID_NAME DOS(123)
#define INVALID_PATH DOS(161)
#define EXISTS       DOS(183)

static struct server server;
static struct client *c;

static void
begin(void)
{
	server_mkdir(&server, "dir");
	server_mkdir(&server, "dir/sub");
	server_file(&server, "dir/sub/file.exe", "text", 4);
	server_file(&server, "dir/other", "text", 4);
	server_file(&server, "dir/dots..", "text", 4);
	c = client_on(server.port, "share");
}

static void
end(void)
{
	client_close(&c);
}

static void
speak_dos(void)
{
	c->flags2 &= (uint16_t)~NT_STATUS_FLAG;
}

/* A command whose bytes are one name. */
static nt_status
ask(uint8_t command, const char *name)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	if (command == DELETE)
		wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	return client_call(c, &r);
}

static nt_status
open_andx(const char *name)
{
	struct writer *w = client_begin(c, OPEN_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x40);
	wr_zero(w, 8);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, name);
	return client_call(c, &r);
}

static nt_status
find(const char *pattern)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 1);
	wr_u16(w, 1);
	wr_u16(w, NAME_INFO);
	wr_u32(w, 0);
	wr_string(w, pattern);
	return client_trans2_call(c, &t);
}

/* The name the server gives the file, as it is on disk: "" when it has none. */
static const char *
name_of(const char *path)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, QUERY_PATH_INFORMATION);
	uint32_t n;

	wr_u16(w, NAME_INFO);
	wr_u32(w, 0);
	wr_string(w, path);
	if (client_trans2_call(c, &t) != STATUS_SUCCESS)
		return "";
	n = rd_u32(&t.got_data);
	return rd_text(&t.got_data, n);
}

static nt_status
rename_to(uint8_t command, const char *from, const char *to)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	wr_u16(w, 0x16);
	if (command == NT_RENAME) {
		wr_u16(w, RENAME_FILE);
		wr_u32(w, 0);
	}
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return client_call(c, &r);
}

/* What a path is answered with that is not there. */
static const struct {
	const char *path;
	nt_status status, dos;
} nowhere[] = {
	{ "\\none", STATUS_OBJECT_NAME_NOT_FOUND, BAD_FILE },
	{ "\\none\\none", STATUS_OBJECT_PATH_NOT_FOUND, BAD_PATH },
	{ "\\dir\\sub\\file.exe\\x", STATUS_OBJECT_PATH_NOT_FOUND, BAD_PATH },
	{ ".", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir\\.\\", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\.\\dir", STATUS_OBJECT_PATH_NOT_FOUND, BAD_PATH },
	{ ".\\.", STATUS_OBJECT_PATH_NOT_FOUND, BAD_PATH },
	{ "\\dir\\.\\..\\none", STATUS_OBJECT_PATH_NOT_FOUND, BAD_PATH },
	{ "..", STATUS_OBJECT_PATH_SYNTAX_BAD, INVALID_PATH },
	{ "\\dir\\..\\..\\dir", STATUS_OBJECT_PATH_SYNTAX_BAD, INVALID_PATH },
	{ "\t", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\t\\none", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "<\\none", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\none\\<\\none", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\.\\<", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir\\*\\*\\x", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir\\none/", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir\\sub/file.exe", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir/sub\\file.exe", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
	{ "\\dir\\other:a/b", STATUS_OBJECT_NAME_INVALID, INVALID_NAME },
};

START_TEST(one_that_leads_nowhere)
{
	const char *path = nowhere[_i].path;

	ck_assert_uint_eq(ask(CHECK_DIRECTORY, path), nowhere[_i].status);
	ck_assert_uint_eq(ask(QUERY_INFORMATION, path), nowhere[_i].status);
	ck_assert_uint_eq(open_andx(path), nowhere[_i].status);
	speak_dos();
	ck_assert_uint_eq(
	    ask(CHECK_DIRECTORY, path), nowhere[_i].dos == INVALID_PATH ? INVALID_PATH : BAD_PATH);
	ck_assert_uint_eq(ask(QUERY_INFORMATION, path), nowhere[_i].dos);
	ck_assert_uint_eq(open_andx(path), nowhere[_i].dos);
}
END_TEST

START_TEST(a_search_tells_what_is_wrong_with_its_directory)
{
	ck_assert_uint_eq(find("\\.\\\\\\*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(find("\\<\\*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(find("\\.\\dir\\*"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(find("\\none\\none\\*"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(find("\\..\\*"), STATUS_OBJECT_PATH_SYNTAX_BAD);
	ck_assert_uint_eq(find("\\dir\\sub/*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(find("\\dir/sub\\*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(find("\\dir\\sub\\*"), STATUS_SUCCESS);
}
END_TEST

START_TEST(slashes_part_where_no_backslash_does)
{
	ck_assert_str_eq(name_of("dir/sub/file.exe"), "\\dir\\sub\\file.exe");
	ck_assert_str_eq(name_of("/dir//sub/"), "\\dir\\sub");
	ck_assert_uint_eq(find("dir/sub/*"), STATUS_SUCCESS);
	ck_assert_uint_eq(find("/dir/none/*"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(ask(DELETE, "/dir/sub/x*"), STATUS_NO_SUCH_FILE);
	ck_assert_uint_eq(ask(CHECK_DIRECTORY, "/../dir"), STATUS_OBJECT_PATH_SYNTAX_BAD);
}
END_TEST

START_TEST(a_slash_in_a_name_makes_no_second_directory)
{
	ck_assert_uint_eq(ask(CREATE_DIRECTORY, "\\dir\\sub/new"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(
	    rename_to(RENAME, "\\dir\\other", "\\dir\\sub/new"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(
	    rename_to(RENAME, "\\dir\\oth*", "\\dir\\sub/*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(
	    rename_to(RENAME, "\\dir\\sub/fi*", "\\dir\\x*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(ask(DELETE, "\\dir\\sub/file.*"), STATUS_OBJECT_NAME_INVALID);
	ck_assert(server_has(&server, "dir/other") && server_has(&server, "dir/sub/file.exe"));
	ck_assert(!server_has(&server, "dir/sub/new"));
}
END_TEST

START_TEST(dots_at_the_end_are_told_to_who_spelled_them)
{
	ck_assert_str_eq(name_of("\\dir\\dots.."), "\\dir\\dots..");
	ck_assert_str_eq(name_of("\\dir\\DOTS.."), "\\dir\\dots.\xEF\x80\xA9");
	ck_assert_str_eq(name_of("\\dir\\dots.\xEF\x80\xA9"), "\\dir\\dots.\xEF\x80\xA9");
}
END_TEST

START_TEST(a_new_name_that_is_taken)
{
	const char *from = "\\dir\\other", *to = "\\dir\\sub\\file.exe";

	ck_assert_uint_eq(rename_to(RENAME, from, to), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(rename_to(NT_RENAME, from, to), STATUS_OBJECT_NAME_COLLISION);
	speak_dos();
	ck_assert_uint_eq(rename_to(RENAME, from, to), EXISTS);
	ck_assert_uint_eq(rename_to(RENAME, "\\dir\\othe*", to), EXISTS);
	ck_assert_uint_eq(rename_to(NT_RENAME, from, to), EXISTS);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("paths");
	TCase *tc = tcase_create("paths");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_loop_test(
	    tc, one_that_leads_nowhere, 0, (int)(sizeof(nowhere) / sizeof(nowhere[0])));
	tcase_add_test(tc, a_search_tells_what_is_wrong_with_its_directory);
	tcase_add_test(tc, slashes_part_where_no_backslash_does);
	tcase_add_test(tc, a_slash_in_a_name_makes_no_second_directory);
	tcase_add_test(tc, dots_at_the_end_are_told_to_who_spelled_them);
	tcase_add_test(tc, a_new_name_that_is_taken);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tmax connections per address = 0");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
