/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A share for reading only: every command there is, asked of it in good form, by path and by
 * handle, changes nothing on disk, attributes and times included.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "escape.h"
#include "requests.h"
#include "server.h"
#include "told.h"
#include "wire/status.h"

#define READING 0x00120089

static struct server server;
static struct client *c;
static char *before;

static void
with_attributes(const char *name)
{
	char path[256];

	server_file(&server, name, "0123456789", 10);
	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	ck_assert_int_eq(setxattr(path, "user.A", "value", 5, 0), 0);
	ck_assert_int_eq(setxattr(path, "user.DosStream.s:$DATA", "data", 5, 0), 0);
}

/* What both tables ask for. */
static void
furnish(void)
{
	static const char *const files[] = { "file.txt", "victim.txt", "folder/inner.txt",
		"d/victim", "d/keep", "f" };

	server_mkdir(&server, "folder");
	server_mkdir(&server, "empty");
	server_mkdir(&server, "d");
	server_mkdir(&server, "d/dir");
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		with_attributes(files[i]);
	c = client_on(server.port, "readonly");
	before = told_tree(server.root);
}

static void
done(void)
{
	char *after = told_tree(server.root);

	ck_assert_str_eq(after, before);
	free(after);
	free(before);
	client_close(&c);
}

/* Whatever it is answered, the next is asked of a connection like the first. */
static void
ask(const struct request_row *row)
{
	unsigned replies;
	nt_status status;

	client_send(c);
	if (!client_sync(c, &replies, &status))
		ck_abort_msg("%s: the connection is closed", row->name);
	if ((row->flags & CHANGES) != 0)
		ck_assert_msg(status == STATUS_ACCESS_DENIED || status == CLIENT_EMPTY, "%s: %s",
		    row->name, status_name(status));
	client_close(&c);
	c = client_on(server.port, "readonly");
}

START_TEST(no_command_changes_anything)
{
	for (size_t i = 0; i < request_row_count; i++) {
		uint16_t fid = 0;

		if ((request_rows[i].flags & NEEDS_FID) != 0)
			ck_assert_uint_eq(
			    client_try_open(c, "file.txt", READING, 1, &fid), STATUS_SUCCESS);
		request_build(i, c, fid);
		ask(&request_rows[i]);
	}
}
END_TEST

static void
use(uint16_t fid)
{
	struct reply r;

	for (size_t i = 0; i < escape_fid_count; i++) {
		escape_by_fid[i](c, fid);
		client_send(c);
		client_receive(c, &r);
		ck_assert(!r.closed);
	}
	escape_close(c, fid);
	client_send(c);
	client_receive(c, &r);
}

START_TEST(no_path_leads_to_a_change)
{
	struct reply r;
	uint16_t fid;
	unsigned opened = 0;

	for (size_t i = 0; i < escape_count; i++) {
		escapes[i].build(c, i % 2 == 0 ? "\\d" : "\\D");
		client_send(c);
		client_receive(c, &r);
		ck_assert(!r.closed);
		if (!escape_fid(&r, &fid))
			continue;
		use(fid);
		opened++;
	}
	ck_assert_uint_gt(opened, 0);
}
END_TEST

/* With all that a handle may be opened for, as far as that goes. */
START_TEST(greedy_handle_changes_nothing)
{
	static const char *const paths[] = { "f", "f:s", "d", "d/victim:s" };
	uint16_t fid;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		if (client_try_open(c, paths[i], 0x02000000, 1, &fid) == STATUS_SUCCESS)
			use(fid);
		if (client_try_open(c, paths[i], 0x001D0180 | READING, 1, &fid) == STATUS_SUCCESS)
			use(fid);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("read-only");
	TCase *tc = tcase_create("read-only");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, furnish, done);
	tcase_add_test(tc, no_command_changes_anything);
	tcase_add_test(tc, no_path_leads_to_a_change);
	tcase_add_test(tc, greedy_handle_changes_nothing);
	suite_add_tcase(s, tc);
	server_start(&server, "\tmax connections per address = 0");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return server_stop(&server) != 0 || failed != 0;
}
