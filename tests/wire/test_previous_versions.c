/* SPDX-License-Identifier: BSD-2-Clause */

/* Snapshots of a share, listed and looked into by their time. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"

#define CHECK_DIRECTORY 0x10
#define DELETE          0x06
#define NT_IOCTL        2
#define FIND_FIRST2     1
#define WRITE           0x0B
#define NT_CREATE_ANDX  0xA2
#define SET_SECURITY    3
#define ENUMERATE       0x144064

#define READ       0x00120089u
#define READ_WRITE 0x0012019Fu
#define MAXIMUM    0x02000000u
#define OPEN       1
#define CREATE     2
#define OPEN_IF    3

#define SET_FILE_INFORMATION 0x0008
#define EAS                  0x0002
#define BASIC                0x0101
#define DISPOSITION          0x0102
#define END_OF_FILE          0x0104
#define RENAME               1010
#define LINK                 1011

#define MONDAY  "@GMT-2026.11.23-00.00.00"
#define TUESDAY "@GMT-2026.11.24-18.30.00"

/* MaxDataCount in an NT_TRANSACT request. */
#define MAX_DATA_AT (32 + 1 + 3 + 4 + 4 + 4)

static struct server server;
static struct client *c;

static void
setup(void)
{
	c = client_on(server.port, "share");
}

static void
teardown(void)
{
	client_close(&c);
}

static struct trans2 t;

static nt_status
list(uint32_t room)
{
	uint16_t fid = client_open(c, "");
	const uint16_t words[] = { ENUMERATE & 0xFFFF, ENUMERATE >> 16, fid, 1 };

	client_nt_begin(c, &t, NT_IOCTL, words, 4);
	client_trans2_data(c, &t);
	wr_patch32(&c->out, MAX_DATA_AT, room);
	return client_trans2_call(c, &t);
}

START_TEST(snapshots_are_listed_when_there_is_room_for_all)
{
	const char *name;

	ck_assert_uint_eq(list(15), STATUS_INVALID_PARAMETER);
	for (uint32_t room = 16; room <= 200; room += 8) {
		bool fits = room >= 12 + 2 * 50 + 2;

		ck_assert_uint_eq(list(room), STATUS_SUCCESS);
		ck_assert_uint_eq(rd_u32(&t.got_data), 2);
		ck_assert_uint_eq(rd_u32(&t.got_data), fits ? 2 : 0);
		ck_assert_uint_eq(rd_u32(&t.got_data), 2 * 50 + 2);
		ck_assert_uint_eq(rd_left(&t.got_data), fits ? 2 * 50 + 2 : 0);
	}
	name = rd_text(&t.got_data, 48);
	ck_assert_str_eq(name, TUESDAY);
}
END_TEST

static nt_status
check_directory(const char *path)
{
	struct writer *w = client_begin(c, CHECK_DIRECTORY);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	return client_call(c, &r);
}

START_TEST(the_time_may_stand_anywhere_in_a_path)
{
	ck_assert_uint_eq(check_directory("\\" MONDAY), STATUS_SUCCESS);
	ck_assert_uint_eq(check_directory(MONDAY), STATUS_SUCCESS);
	ck_assert_uint_eq(check_directory("\\" MONDAY "\\dir"), STATUS_SUCCESS);
	ck_assert_uint_eq(check_directory("\\dir\\" MONDAY), STATUS_SUCCESS);
	ck_assert_uint_ne(check_directory("\\" TUESDAY "\\dir"), STATUS_SUCCESS);
	ck_assert_uint_ne(check_directory("\\@GMT-2020.01.01-00.00.00"), STATUS_SUCCESS);
}
END_TEST

static nt_status
open_as(const char *path, uint32_t access, uint32_t disposition)
{
	uint16_t fid = 0;

	return client_try_open(c, path, access, disposition, &fid);
}

START_TEST(nothing_is_changed_in_the_past)
{
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(open_as("\\" MONDAY "\\dir\\file", READ, OPEN), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    open_as("\\" MONDAY "\\dir\\file", READ_WRITE, OPEN), STATUS_ACCESS_DENIED);
	ck_assert_uint_ne(open_as("\\" MONDAY "\\dir\\new", READ, OPEN_IF), STATUS_SUCCESS);
	w = client_begin(c, DELETE);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\" MONDAY "\\dir\\file");
	ck_assert_uint_ne(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, ".snapshots/2026-11-23/dir/file"));
	ck_assert(!server_has(&server, ".snapshots/2026-11-23/dir/new"));
	/* ... and the present goes on. */
	ck_assert_uint_eq(open_as("\\dir\\file", READ_WRITE, OPEN), STATUS_SUCCESS);
}
END_TEST

static uint16_t
open_past(const char *path)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, path, MAXIMUM, OPEN, &fid), STATUS_SUCCESS);
	return fid;
}

static nt_status
set_file(uint16_t fid, uint16_t level, const void *data, size_t n)
{
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(c, &t);
}

static nt_status
set_name(uint16_t fid, uint16_t level, const char *name)
{
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);
	size_t at;

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_zero(w, 8);
	at = wr_hole32(w);
	wr_patch32(w, at, (uint32_t)wr_utf16(w, name));
	return client_trans2_call(c, &t);
}

START_TEST(who_opened_the_past_changes_nothing_through_the_file)
{
	static const uint8_t eas[] = { 12, 0, 0, 0, 0, 1, 2, 0, 'a', 0, 'b', 'c' };
	static const uint8_t nothing[40];
	uint16_t fid = open_past("\\" MONDAY "\\dir\\file");
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(set_name(fid, LINK, "linked"), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_name(fid, RENAME, "renamed"), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_file(fid, BASIC, nothing, 40), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_file(fid, DISPOSITION, "\1", 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_file(fid, END_OF_FILE, nothing, 8), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_file(fid, EAS, eas, sizeof(eas)), STATUS_ACCESS_DENIED);
	client_nt_begin(c, &t, NT_IOCTL, (uint16_t[]){ 0x00C4, 0x0009, fid, 1 }, 4);
	client_trans2_data(c, &t);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_ACCESS_DENIED);
	w = client_nt_begin(c, &t, SET_SECURITY, NULL, 0);
	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 4);
	client_trans2_data(c, &t);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_ACCESS_DENIED);
	w = client_begin(c, WRITE);
	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_zero(w, 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(server_size(&server, ".snapshots/2026-11-23/dir/file"), 6);
	ck_assert(!server_has(&server, ".snapshots/2026-11-23/dir/linked"));
}
END_TEST

/* NT_CREATE_ANDX below an open directory. */
static nt_status
open_below(uint16_t root, const char *name, uint32_t access, uint32_t disposition)
{
	struct writer *w = client_begin(c, NT_CREATE_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u32(w, root);
	wr_u32(w, access);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, disposition);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, name);
	return client_call(c, &r);
}

START_TEST(what_is_below_a_directory_of_the_past_is_past)
{
	uint16_t dir = open_past("\\" MONDAY "\\dir");

	ck_assert_uint_eq(open_below(dir, "file", READ, OPEN), STATUS_SUCCESS);
	ck_assert_uint_eq(open_below(dir, "file", READ_WRITE, OPEN), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(open_below(dir, "new", READ, CREATE), STATUS_ACCESS_DENIED);
	ck_assert(!server_has(&server, ".snapshots/2026-11-23/dir/new"));
}
END_TEST

START_TEST(a_directory_is_listed_as_it_was)
{
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 100);
	wr_u16(w, 3);
	wr_u16(w, 0x0101);
	wr_u32(w, 0);
	wr_string(w, "\\" MONDAY "\\dir\\old*");
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("previous versions");
	TCase *tc = tcase_create("versions");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, snapshots_are_listed_when_there_is_room_for_all);
	tcase_add_test(tc, the_time_may_stand_anywhere_in_a_path);
	tcase_add_test(tc, nothing_is_changed_in_the_past);
	tcase_add_test(tc, who_opened_the_past_changes_nothing_through_the_file);
	tcase_add_test(tc, what_is_below_a_directory_of_the_past_is_past);
	tcase_add_test(tc, a_directory_is_listed_as_it_was);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	server_mkdir(&server, "dir");
	server_file(&server, "dir/file", "now", 3);
	server_mkdir(&server, ".snapshots");
	server_mkdir(&server, ".snapshots/2026-11-23");
	server_mkdir(&server, ".snapshots/2026-11-23/dir");
	server_mkdir(&server, ".snapshots/2026-11-24_1830");
	server_file(&server, ".snapshots/2026-11-23/dir/file", "before", 6);
	server_file(&server, ".snapshots/2026-11-23/dir/old file", "before", 6);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
