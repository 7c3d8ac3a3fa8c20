/* SPDX-License-Identifier: BSD-2-Clause */

/* What is about to be deleted. */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
	static const char *const made[] = { "Folder/file", "Folder2", "other/Folder", "other/link1",
		"other/link2", "other/link3" };
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

static void
close_fid(uint16_t fid)
{
	struct writer *w = client_begin(c, 0x04);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
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
	ck_assert_uint_eq(set_delete(true), STATUS_SUCCESS);
	close_fid(folder);
	ck_assert(!server_has(&server, "Folder"));
	ck_assert_uint_eq(make_directory("\\Folder"), STATUS_SUCCESS);
	ck_assert_uint_eq(make("Folder\\file"), STATUS_SUCCESS);
}
END_TEST

static nt_status
delete_by_name(const char *name)
{
	struct writer *w = client_begin(c, 0x06);
	struct reply r;

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	return client_call(c, &r);
}

/* Two names of one file, and another file's. */
static void
make_links(void)
{
	char path[256], second[256];

	server_file(&server, "other/link1", "text", 4);
	server_file(&server, "other/link3", "text", 4);
	snprintf(path, sizeof(path), "%s/other/link1", server.root);
	snprintf(second, sizeof(second), "%s/other/link2", server.root);
	ck_assert_int_eq(link(path, second), 0);
}

static bool
any_link(void)
{
	return server_has(&server, "other/link1") || server_has(&server, "other/link2") ||
	    server_has(&server, "other/link3");
}

START_TEST(all_names_of_a_file_that_match_are_deleted)
{
	make_links();
	ck_assert_uint_eq(delete_by_name("\\other\\link*"), STATUS_SUCCESS);
	ck_assert(!any_link());
	make_links();
	ck_assert_uint_eq(delete_by_name("\\other\\link?"), STATUS_SUCCESS);
	ck_assert(!any_link());
}
END_TEST

START_TEST(all_names_of_an_open_file_go_when_it_is_closed)
{
	static const char *const names[] = { "other\\link1", "other\\link2" };
	uint16_t fid;

	make_links();
	ck_assert_uint_eq(client_try_open(c, names[_i], 0x80, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(delete_by_name("\\other\\link*"), STATUS_SUCCESS);
	ck_assert(any_link());
	close_fid(fid);
	ck_assert(!any_link());
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
	tcase_add_test(tc, all_names_of_a_file_that_match_are_deleted);
	tcase_add_loop_test(tc, all_names_of_an_open_file_go_when_it_is_closed, 0, 2);
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
