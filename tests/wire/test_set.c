/* SPDX-License-Identifier: BSD-2-Clause */

/* SET_FILE_INFORMATION, SET_PATH_INFORMATION, RENAME and NT_RENAME: who may change what. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "client.h"
#include "server.h"

#define CLOSE                0x04
#define RENAME               0x07
#define NT_CREATE_ANDX       0xA2
#define NT_RENAME            0xA5
#define SET_PATH_INFORMATION 0x0006
#define SET_FILE_INFORMATION 0x0008

#define DISPOSITION 0x0102
#define END_OF_FILE 0x0104
#define SET_EAS     0x0002
#define RENAME_INFO 1010
#define LINK_INFO   1011
#define EOF_INFO    1020

#define READ       0x00120089u
#define WRITE      0x00120116u
#define WRITE_DATA 0x00000002u
#define DELETE     0x00010000u

#define OPEN 1

#define LINK_FILE   0x0103
#define RENAME_FILE 0x0104
#define COPY_FILE   0x0105

static struct server server;
static struct client *c;

static void
setup(void)
{
	c = client_on(server.port, "share");
	server_file(&server, "file", "content", 7);
}

static void
teardown(void)
{
	client_close(&c);
}

static uint16_t
open_for(uint32_t access)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, "\\file", access, OPEN, &fid), STATUS_SUCCESS);
	return fid;
}

static void
close_file(uint16_t fid)
{
	struct writer *w = client_begin(c, CLOSE);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static nt_status
set_file(uint16_t fid, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(c, &t);
}

static nt_status
set_path(const char *path, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_PATH_INFORMATION);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(c, &t);
}

static nt_status
set_name(uint16_t fid, uint16_t level, const char *name, bool replace)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);
	size_t at;

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u32(w, replace);
	wr_u32(w, 0);
	at = wr_hole32(w);
	wr_patch32(w, at, (uint32_t)wr_utf16(w, name));
	return client_trans2_call(c, &t);
}

static nt_status
rename_file(uint16_t fid, const char *name, bool replace)
{
	return set_name(fid, RENAME_INFO, name, replace);
}

static nt_status
rename_path(const char *from, const char *to)
{
	struct writer *w = client_begin(c, RENAME);
	struct reply r;

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return client_call(c, &r);
}

static nt_status
nt_rename(uint16_t level, const char *from, const char *to)
{
	struct writer *w = client_begin(c, NT_RENAME);
	struct reply r;

	wr_u16(w, 0x16);
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return client_call(c, &r);
}

static const uint8_t yes = 1, no = 0;
static const uint64_t three = 3;

static off_t
size_of(const char *name)
{
	char path[160];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

START_TEST(each_change_needs_its_right)
{
	uint16_t fid = open_for(READ);

	ck_assert_uint_eq(set_file(fid, END_OF_FILE, &three, 8), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_file(fid, DISPOSITION, &yes, 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(rename_file(fid, "other", false), STATUS_ACCESS_DENIED);
	close_file(fid);
	ck_assert_int_eq(size_of("file"), 7);
	fid = open_for(WRITE_DATA);
	ck_assert_uint_eq(set_file(fid, END_OF_FILE, &three, 8), STATUS_SUCCESS);
	ck_assert_int_eq(size_of("file"), 3);
}
END_TEST

START_TEST(data_too_short_change_nothing)
{
	uint16_t fid = open_for(WRITE | DELETE);

	for (size_t n = 0; n < 8; n++)
		ck_assert_uint_eq(set_file(fid, END_OF_FILE, &three, n), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_file(fid, DISPOSITION, &yes, 0), STATUS_INVALID_PARAMETER);
	ck_assert_int_eq(size_of("file"), 7);
}
END_TEST

/* Shares nothing. */
static uint16_t
open_alone(void)
{
	struct writer *w = client_begin(c, NT_CREATE_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_zero(w, 3);
	wr_zero(w, 8);
	wr_u32(w, READ);
	wr_zero(w, 12);
	wr_u32(w, 0); /* ShareAccess */
	wr_u32(w, OPEN);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, "\\file");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 5);
	return rd_u16(&r.words);
}

START_TEST(a_size_by_path_asks_those_who_have_it_open)
{
	uint16_t fid = open_alone();

	ck_assert_uint_eq(set_path("\\file", EOF_INFO, &three, 8), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(set_path("\\file", END_OF_FILE, &three, 8), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(nt_rename(COPY_FILE, "\\file", "\\x"), STATUS_SHARING_VIOLATION);
	close_file(fid);
	ck_assert_int_eq(size_of("file"), 7);
	ck_assert_uint_eq(set_path("\\file", END_OF_FILE, &three, 8), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_path("\\file", EOF_INFO, &three, 8), STATUS_SUCCESS);
	ck_assert_int_eq(size_of("file"), 3);
	ck_assert_uint_eq(set_path("\\gone", EOF_INFO, &three, 8), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(a_disposition_may_be_taken_back)
{
	uint16_t fid = open_for(DELETE);

	ck_assert_uint_eq(set_file(fid, DISPOSITION, &yes, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(set_file(fid, DISPOSITION, &no, 1), STATUS_SUCCESS);
	close_file(fid);
	ck_assert(server_has(&server, "file"));
	fid = open_for(DELETE);
	ck_assert_uint_eq(set_file(fid, DISPOSITION, &yes, 1), STATUS_SUCCESS);
	close_file(fid);
	ck_assert(!server_has(&server, "file"));
}
END_TEST

START_TEST(a_directory_with_something_in_it_is_not_disposed_of)
{
	server_mkdir(&server, "full");
	server_file(&server, "full/one", "", 0);
	ck_assert_uint_eq(set_path("\\full", DISPOSITION, &yes, 1), STATUS_DIRECTORY_NOT_EMPTY);
	ck_assert(server_has(&server, "full"));
}
END_TEST

START_TEST(an_empty_list_of_attributes_is_taken)
{
	static const uint8_t empty[] = { 4, 0, 0, 0 };

	ck_assert_uint_eq(set_path("\\file", SET_EAS, empty, 4), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_rename_stays_in_its_directory)
{
	uint16_t fid = open_for(DELETE);

	ck_assert_uint_eq(rename_file(fid, "\\other", false), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(rename_file(fid, "..\\other", false), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(rename_file(fid, "../other", false), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(rename_file(fid, "..", false), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(rename_file(fid, "", false), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(rename_file(fid, "a*", false), STATUS_OBJECT_NAME_INVALID);
	ck_assert(server_has(&server, "file"));
}
END_TEST

START_TEST(a_rename_replaces_only_when_told_to)
{
	uint16_t fid = open_for(DELETE);

	server_file(&server, "taken", "", 0);
	ck_assert_uint_eq(rename_file(fid, "taken", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(rename_file(fid, "TAKEN", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(rename_file(fid, "taken", true), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "file"));
	ck_assert_int_eq(size_of("taken"), 7);
}
END_TEST

START_TEST(wildcards_rename_many)
{
	server_mkdir(&server, "wild");
	server_file(&server, "wild/a.txt", "", 0);
	server_file(&server, "wild/b.txt", "", 0);
	server_file(&server, "wild/c.doc", "", 0);
	ck_assert_uint_eq(rename_path("\\wild\\*.txt", "\\wild\\*.bak"), STATUS_SUCCESS);
	ck_assert(server_has(&server, "wild/a.bak"));
	ck_assert(server_has(&server, "wild/b.bak"));
	ck_assert(server_has(&server, "wild/c.doc"));
	ck_assert_uint_eq(rename_path("\\wild\\*.txt", "\\wild\\*.bak"), STATUS_NO_SUCH_FILE);
	ck_assert_uint_eq(rename_path("\\wild\\c.doc", "\\wild\\d.*"), STATUS_SUCCESS);
	ck_assert(server_has(&server, "wild/d.doc"));
}
END_TEST

START_TEST(a_directory_with_open_files_keeps_its_name)
{
	uint16_t fid;

	server_mkdir(&server, "busy");
	server_file(&server, "busy/one", "", 0);
	fid = client_open(c, "\\busy\\one");
	ck_assert_uint_eq(rename_path("\\busy", "\\idle"), STATUS_ACCESS_DENIED);
	close_file(fid);
	ck_assert_uint_eq(rename_path("\\busy", "\\idle"), STATUS_SUCCESS);
	ck_assert(server_has(&server, "idle/one"));
}
END_TEST

START_TEST(an_open_file_gets_another_name_where_names_are_given)
{
	struct client *self = c;
	uint16_t fid = open_for(READ);

	ck_assert_uint_eq(set_name(fid, LINK_INFO, "second", false), STATUS_SUCCESS);
	ck_assert_int_eq(size_of("second"), 7);
	ck_assert_uint_eq(set_name(fid, LINK_INFO, "second", false), STATUS_OBJECT_NAME_COLLISION);
	close_file(fid);
	c = client_on(server.port, "readonly");
	fid = open_for(READ);
	ck_assert_uint_eq(set_name(fid, LINK_INFO, "third", false), STATUS_ACCESS_DENIED);
	client_close(&c);
	c = self;
	ck_assert(!server_has(&server, "third"));
}
END_TEST

START_TEST(nt_rename_links_copies_and_renames)
{
	ck_assert_uint_eq(nt_rename(COPY_FILE, "\\file", "\\copy"), STATUS_SUCCESS);
	ck_assert_int_eq(size_of("copy"), 7);
	ck_assert_uint_eq(nt_rename(COPY_FILE, "\\file", "\\copy"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(nt_rename(LINK_FILE, "\\file", "\\link"), STATUS_SUCCESS);
	ck_assert_int_eq(size_of("link"), 7);
	ck_assert_uint_eq(nt_rename(RENAME_FILE, "\\link", "\\moved"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "link"));
	ck_assert_uint_eq(nt_rename(RENAME_FILE, "\\mov*", "\\x"), STATUS_OBJECT_PATH_SYNTAX_BAD);
	ck_assert_uint_eq(nt_rename(0, "\\moved", "\\x"), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(nt_rename(COPY_FILE, "\\missing", "\\x"), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

static nt_status
set_fs(uint16_t fid, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 4);

	wr_u16(w, fid);
	wr_u16(w, level);
	client_trans2_data(c, &t);
	wr_zero(w, 48);
	return client_trans2_call(c, &t);
}

START_TEST(the_file_system_is_not_changed_by_clients)
{
	uint16_t fid = open_for(READ);

	ck_assert_uint_eq(set_fs(fid, 1002), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_fs(fid, 1006), STATUS_INVALID_DEVICE_REQUEST);
	ck_assert_uint_eq(set_fs(fid, 1008), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_fs(fid, 1001), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_fs(0x7777, 1006), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(nothing_changes_on_a_share_for_reading)
{
	client_close(&c);
	c = client_on(server.port, "readonly");
	ck_assert_uint_eq(set_path("\\file", EOF_INFO, &three, 8), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_path("\\file", DISPOSITION, &yes, 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(rename_path("\\file", "\\moved"), STATUS_ACCESS_DENIED);
	for (uint16_t level = LINK_FILE; level <= COPY_FILE; level++)
		ck_assert_uint_eq(nt_rename(level, "\\file", "\\moved"), STATUS_ACCESS_DENIED);
	ck_assert_int_eq(size_of("file"), 7);
}
END_TEST

static TCase *
tests(void)
{
	TCase *tc = tcase_create("set");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, each_change_needs_its_right);
	tcase_add_test(tc, data_too_short_change_nothing);
	tcase_add_test(tc, a_size_by_path_asks_those_who_have_it_open);
	tcase_add_test(tc, a_disposition_may_be_taken_back);
	tcase_add_test(tc, a_directory_with_something_in_it_is_not_disposed_of);
	tcase_add_test(tc, an_empty_list_of_attributes_is_taken);
	tcase_add_test(tc, a_rename_stays_in_its_directory);
	tcase_add_test(tc, a_rename_replaces_only_when_told_to);
	tcase_add_test(tc, wildcards_rename_many);
	tcase_add_test(tc, a_directory_with_open_files_keeps_its_name);
	tcase_add_test(tc, an_open_file_gets_another_name_where_names_are_given);
	tcase_add_test(tc, nt_rename_links_copies_and_renames);
	tcase_add_test(tc, the_file_system_is_not_changed_by_clients);
	tcase_add_test(tc, nothing_changes_on_a_share_for_reading);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("set");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tests());
	server_start(&server, "");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
