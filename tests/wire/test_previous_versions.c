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
#define ENUMERATE       0x144064

#define READ       0x00120089u
#define READ_WRITE 0x0012019Fu
#define OPEN       1
#define OPEN_IF    3

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
