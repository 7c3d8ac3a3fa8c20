/* SPDX-License-Identifier: BSD-2-Clause */

/* Where Windows tells DOS something else than what the NT status stands for. */

#include <check.h>
#include <stdlib.h>

#include "client.h"
#include "server.h"
#include "wire/status.h"

#define NT_STATUS_FLAG 0x4000

static struct server server;
static struct client *c;

static void
begin(void)
{
	server_mkdir(&server, "folder");
	server_file(&server, "file.txt", "text", 4);
	c = client_on(server.port, "share");
}

static void
end(void)
{
	client_close(&c);
}

static nt_status
create_directory(const char *name)
{
	struct writer *w = client_begin(c, 0x00);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	return client_call(c, &r);
}

static nt_status
create_directory2(const char *name)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 0x0D);

	wr_u32(w, 0);
	wr_string(w, name);
	return client_trans2_call(c, &t);
}

static nt_status
open_andx(uint16_t access_mode)
{
	struct writer *w = client_begin(c, 0x2D);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, access_mode);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\file.txt");
	return client_call(c, &r);
}

START_TEST(directory_that_is_there)
{
	ck_assert_uint_eq(create_directory("\\folder"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(create_directory2("\\folder"), STATUS_OBJECT_NAME_COLLISION);
	c->flags2 &= (uint16_t)~NT_STATUS_FLAG;
	ck_assert_uint_eq(create_directory("\\folder"), ERRDOS | 5u << 16);
	ck_assert_uint_eq(create_directory2("\\folder"), ERRDOS | 183u << 16);
}
END_TEST

START_TEST(sharing_that_is_none_has_no_nt_status)
{
	ck_assert_uint_eq(open_andx(0x52), ERRDOS | 12u << 16);
	c->flags2 &= (uint16_t)~NT_STATUS_FLAG;
	ck_assert_uint_eq(open_andx(0x52), ERRDOS | 12u << 16);
	ck_assert_uint_eq(open_andx(0x42), STATUS_SUCCESS);
}
END_TEST

START_TEST(file_on_a_disk_is_no_print_file)
{
	uint16_t fid = client_open(c, "file.txt");
	struct reply r;

	wr_u16(client_begin(c, 0xC2), fid);
	ck_assert_uint_eq(client_call(c, &r), ERRSRV | 1u << 16);
	wr_u16(client_begin(c, 0xC2), 0x7777);
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_HANDLE);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("DOS errors");
	TCase *tc = tcase_create("Windows' own");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, directory_that_is_there);
	tcase_add_test(tc, sharing_that_is_none_has_no_nt_status);
	tcase_add_test(tc, file_on_a_disk_is_no_print_file);
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
