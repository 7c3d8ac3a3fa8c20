/* SPDX-License-Identifier: BSD-2-Clause */

/* What is about to be deleted. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client.h"
#include "server.h"
#include "wire/status.h"

#define DELETING 0x00010081 /* DELETE, FILE_READ_ATTRIBUTES, FILE_LIST_DIRECTORY */

static struct server server;
static struct client *c;
static uint16_t folder;

/* What another test may have left. */
static void
clear(void)
{
	static const char *const made[] = { "Folder/file", "Folder2", "other/Folder" };
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", server.root, made[i]);
		remove(path);
	}
}

static void
begin(void)
{
	clear();
	server_mkdir(&server, "Folder");
	server_mkdir(&server, "other");
	c = client_on(server.port, "share");
	ck_assert_uint_eq(client_try_open(c, "Folder", DELETING, 1, &folder), STATUS_SUCCESS);
}

static void
end(void)
{
	client_close(&c);
}

static nt_status
set_delete(bool on)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 8);

	wr_u16(w, folder);
	wr_u16(w, 0x102);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u8(w, on);
	return client_trans2_call(c, &t);
}

static nt_status
make(const char *name)
{
	uint16_t fid;

	return client_try_open(c, name, 0x0012019F, 2, &fid);
}

static nt_status
make_directory(const char *name)
{
	struct writer *w = client_begin(c, 0x00);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	return client_call(c, &r);
}

START_TEST(nothing_comes_into_a_directory_that_goes)
{
	ck_assert_uint_eq(set_delete(true), STATUS_SUCCESS);
	ck_assert_uint_eq(make("Folder\\file"), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(make("FOLDER\\file"), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(make_directory("\\folder\\sub"), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(make("Folder2"), STATUS_SUCCESS);
	ck_assert_uint_eq(make("other\\Folder"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "Folder/file"));
	ck_assert_uint_eq(set_delete(false), STATUS_SUCCESS);
	ck_assert_uint_eq(make("Folder\\file"), STATUS_SUCCESS);
	ck_assert_uint_eq(set_delete(true), STATUS_DIRECTORY_NOT_EMPTY);
}
END_TEST

START_TEST(directory_made_anew_is_another)
{
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(set_delete(true), STATUS_SUCCESS);
	w = client_begin(c, 0x04);
	wr_u16(w, folder);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "Folder"));
	ck_assert_uint_eq(make_directory("\\Folder"), STATUS_SUCCESS);
	ck_assert_uint_eq(make("Folder\\file"), STATUS_SUCCESS);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("delete");
	TCase *tc = tcase_create("pending");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, directory_made_anew_is_another);
	tcase_add_test(tc, nothing_comes_into_a_directory_that_goes);
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
