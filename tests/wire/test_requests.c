/* SPDX-License-Identifier: BSD-2-Clause */

/* What holds for every command alike, driven by the table of good requests. */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "client.h"
#include "requests.h"
#include "server.h"
#include "wire/status.h"

#define UID_AT 28
#define TID_AT 24

static struct server server;

/* Everything as the table wants it, whatever an earlier test did. */
static void
furnish(void)
{
	static const char *const made[] = { "new folder", "made.txt", "renamed.txt", "new.txt" };
	char path[256];
	size_t i;

	for (i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", server.root, made[i]);
		remove(path);
	}
	server_file(&server, "file.txt", "0123456789", 10);
	/* Somebody may have seen to it that nobody can open it. */
	snprintf(path, sizeof(path), "%s/file.txt", server.root);
	removexattr(path, "user.NTACL");
	removexattr(path, "security.NTACL");
	server_file(&server, "victim.txt", "victim", 6);
	server_mkdir(&server, "folder");
	server_file(&server, "folder/inner.txt", "inner", 5);
	server_mkdir(&server, "empty");
}

/* A file that a connection now gone had marked for deletion may go a moment after it. */
static uint16_t
open_furnished(struct client *c, uint32_t access)
{
	nt_status status = STATUS_SUCCESS;
	uint16_t fid;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		status = client_try_open(c, "file.txt", access, 1, &fid);
		if (status == STATUS_SUCCESS)
			return fid;
		furnish();
	}
	ck_abort_msg("file.txt: %s", status_name(status));
	return 0;
}

static struct client *
ready(size_t i, const char *share, uint16_t *fid)
{
	struct client *c;
	uint32_t access = strcmp(share, "readonly") == 0 ? 0x00120089 : 0x0017019F;

	furnish();
	c = client_on(server.port, share);
	*fid = 0;
	if (request_rows[i].flags & NEEDS_FID)
		*fid = open_furnished(c, access);
	return c;
}

/* The row's request as bytes of its own. */
static uint8_t *
message(size_t i, struct client *c, uint16_t fid, size_t *len)
{
	const uint8_t *msg;
	uint8_t *copy;

	request_build(i, c, fid);
	msg = client_message(c, len);
	copy = malloc(*len);
	memcpy(copy, msg, *len);
	return copy;
}

START_TEST(good_request_is_answered)
{
	const struct request_row *row = &request_rows[_i];
	struct reply r;
	uint16_t fid;
	struct client *c = ready((size_t)_i, "share", &fid);
	unsigned before;
	nt_status last;
	size_t len;

	request_build((size_t)_i, c, fid);
	if (row->flags & SILENT) {
		client_send(c);
		ck_assert(client_sync(c, &before, &last));
		ck_assert_uint_eq(before, 0);
	} else if (row->flags & BARE) {
		client_send(c);
		ck_assert_mem_eq(client_receive_raw(c, &len), "23456", 5);
		ck_assert_uint_eq(len, 5);
	} else {
		ck_assert_msg(client_call(c, &r) == STATUS_SUCCESS, "%s: %s", row->name,
		    status_name(r.h.status));
		ck_assert_msg(
		    r.word_count == row->word_count, "%s: WordCount %u", row->name, r.word_count);
	}
	client_close(&c);
}
END_TEST

/* One request refused with a status, and nothing else lost: an ECHO is answered after it. */
static void
refused(size_t i, struct client *c, const uint8_t *msg, size_t len, nt_status status)
{
	unsigned before;
	nt_status last;

	ck_assert(client_send_message(c, msg, len));
	ck_assert_msg(
	    client_sync(c, &before, &last), "%s: connection closed", request_rows[i].name);
	ck_assert_uint_eq(before, 1);
	if (request_rows[i].flags & BARE) {
		ck_assert_uint_eq(last, CLIENT_EMPTY);
		return;
	}
	ck_assert_msg(last == status, "%s: %s instead of %s", request_rows[i].name,
	    status_name(last), status_name(status));
	/* An error says nothing else: no words, no bytes. */
	ck_assert_uint_eq(c->before_len, SMB_HEADER_LEN + 3);
}

/* A FID belongs to a UID and a TID: with another of either it is no FID, and that may be what is
 * told. */
static void
refused_with(size_t i, size_t at, uint16_t value, nt_status status, nt_status dos)
{
	uint16_t fid;
	size_t len;
	struct client *c = ready(i, "share", &fid);
	uint8_t *msg = message(i, c, fid, &len);
	unsigned before;
	nt_status last;

	memcpy(msg + at, &value, 2);
	if (request_rows[i].flags & NEEDS_FID) {
		client_send_message(c, msg, len);
		ck_assert(client_sync(c, &before, &last));
		ck_assert_uint_eq(before, 1);
		ck_assert(last == status || last == STATUS_INVALID_HANDLE || last == CLIENT_EMPTY);
		free(msg);
		client_close(&c);
		return;
	}
	refused(i, c, msg, len, status);
	/* The same for a client without STATUS32. */
	msg[11] &= (uint8_t)~0x40;
	refused(i, c, msg, len, dos);
	free(msg);
	client_close(&c);
}

START_TEST(unknown_uid_is_refused)
{
	unsigned flags = request_rows[_i].flags;

	if (flags & BY_HANDLE)
		refused_with((size_t)_i, UID_AT, 0x7777, STATUS_INVALID_HANDLE, 0x00060001);
	else if (flags & NEEDS_UID)
		refused_with((size_t)_i, UID_AT, 0x7777, STATUS_SMB_BAD_UID, 0x005B0002);
}
END_TEST

START_TEST(unknown_tid_is_refused)
{
	unsigned flags = request_rows[_i].flags;

	if (flags & BY_HANDLE)
		refused_with((size_t)_i, TID_AT, 0x7777, STATUS_INVALID_HANDLE, 0x00060001);
	else if (flags & NEEDS_TID)
		refused_with((size_t)_i, TID_AT, 0x7777, STATUS_SMB_BAD_TID, 0x00050002);
}
END_TEST

START_TEST(unknown_fid_is_refused)
{
	uint16_t fid;
	size_t len;
	struct client *c;
	uint8_t *msg;

	if (!(request_rows[_i].flags & NEEDS_FID))
		return;
	c = ready((size_t)_i, "share", &fid);
	msg = message((size_t)_i, c, 0x7777, &len);
	refused((size_t)_i, c, msg, len, STATUS_INVALID_HANDLE);
	msg[11] &= (uint8_t)~0x40;
	refused((size_t)_i, c, msg, len, ERRDOS | 6u << 16);
	free(msg);
	client_close(&c);
}
END_TEST

START_TEST(disk_command_on_ipc_is_refused)
{
	struct client *c;
	uint16_t fid;
	uint8_t *msg;
	size_t len;
	unsigned before;
	nt_status last;

	if (!(request_rows[_i].flags & NEEDS_DISK))
		return;
	c = ready((size_t)_i, "share", &fid);
	msg = message((size_t)_i, c, fid, &len);
	client_tree(c, "IPC$");
	memcpy(msg + TID_AT, &c->tid, 2);
	client_send_message(c, msg, len);
	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 1);
	ck_assert_msg(status_is_error(last), "%s: %s", request_rows[_i].name, status_name(last));
	free(msg);
	client_close(&c);
}
END_TEST

START_TEST(readonly_share_is_not_changed)
{
	struct client *c;
	uint16_t fid;
	uint8_t *msg;
	size_t len;

	if (!(request_rows[_i].flags & CHANGES))
		return;
	c = ready((size_t)_i, "readonly", &fid);
	msg = message((size_t)_i, c, fid, &len);
	refused((size_t)_i, c, msg, len, STATUS_ACCESS_DENIED);
	msg[11] &= (uint8_t)~0x40;
	refused((size_t)_i, c, msg, len, ERRDOS | 5u << 16);
	ck_assert(server_has(&server, "victim.txt"));
	ck_assert(server_has(&server, "empty"));
	ck_assert(!server_has(&server, "made.txt"));
	free(msg);
	client_close(&c);
}
END_TEST

START_TEST(other_word_counts_are_refused)
{
	struct client *c;
	uint16_t fid;
	uint8_t *msg, words;
	size_t len;
	unsigned before;
	nt_status last;

	if (request_rows[_i].flags & SILENT)
		return;
	c = ready((size_t)_i, "share", &fid);
	msg = message((size_t)_i, c, fid, &len);
	words = msg[SMB_HEADER_LEN];
	/* One word more, taken from the bytes' side, and WordCount 0xFF. */
	msg[SMB_HEADER_LEN] = (uint8_t)(words + 1);
	client_send_message(c, msg, len);
	ck_assert_msg(!client_sync(c, &before, &last) || (before == 1 && status_is_error(last)),
	    "%s: %s", request_rows[_i].name, status_name(last));
	client_close(&c);
	c = ready((size_t)_i, "share", &fid);
	free(msg);
	msg = message((size_t)_i, c, fid, &len);
	msg[SMB_HEADER_LEN] = 0xFF;
	client_send_message(c, msg, len);
	ck_assert_msg(!client_sync(c, &before, &last) || (before == 1 && status_is_error(last)),
	    "%s: %s", request_rows[_i].name, status_name(last));
	free(msg);
	client_close(&c);
}
END_TEST

/* --- every shorter prefix --- */

static void
still_serving(struct client *other)
{
	unsigned before;
	nt_status last;

	ck_assert_msg(client_sync(other, &before, &last), "another client lost its connection");
	ck_assert_uint_eq(before, 0);
}

START_TEST(every_shorter_request_is_refused)
{
	const struct request_row *row = &request_rows[_i];
	struct client *c, *other = client_on(server.port, "share");
	uint16_t fid;
	uint8_t *msg;
	size_t len, n;
	unsigned before;
	nt_status last;

	c = ready((size_t)_i, "share", &fid);
	msg = message((size_t)_i, c, fid, &len);
	for (n = 0; n < len; n++) {
		client_send_message(c, msg, n);
		if (!client_sync(c, &before, &last)) {
			client_close(&c);
			c = ready((size_t)_i, "share", &fid);
			free(msg);
			msg = message((size_t)_i, c, fid, &len);
			continue;
		}
		if (row->flags & SILENT)
			continue;
		ck_assert_msg(
		    before == 1, "%s, %zu of %zu bytes: %u replies", row->name, n, len, before);
		ck_assert_msg(status_is_error(last), "%s, %zu of %zu bytes: %s", row->name, n, len,
		    status_name(last));
	}
	still_serving(other);
	free(msg);
	client_close(&c);
	client_close(&other);
}
END_TEST

/* --- every count and offset at its extremes --- */

/* Sends one spoilt copy; any answer will do, and none. False when the connection must be made anew.
 */
static bool
survives(struct client *c, const uint8_t *msg, size_t len)
{
	unsigned before;
	nt_status last;

	client_send_message(c, msg, len);
	if (!client_sync(c, &before, &last))
		return false;
	return before > 0 && status_is_error(last);
}

/* Where to begin: rows of one builder have the same words, which need be spoilt in one of them
 * only. */
static size_t
first_to_spoil(size_t i, const uint8_t *msg)
{
	bool seen = i > 0 && request_rows[i].build == request_rows[i - 1].build;

	return SMB_HEADER_LEN + 1 + (seen ? msg[SMB_HEADER_LEN] * 2u + 2 : 0);
}

START_TEST(extremes_hurt_nobody)
{
	static const uint32_t values[] = { 0, 0x7FFF, 0xFFFF, 0x80000000, 0xFFFFFFFF };
	struct client *c, *other = client_on(server.port, "share");
	uint16_t fid;
	uint8_t *msg, *spoilt;
	size_t len, at, v, width;

	c = ready((size_t)_i, "share", &fid);
	msg = message((size_t)_i, c, fid, &len);
	for (at = first_to_spoil((size_t)_i, msg); at + 4 <= len; at++) {
		for (v = 0; v < sizeof(values) / sizeof(values[0]); v++) {
			width = values[v] > 0xFFFF ? 4 : 2;
			spoilt = malloc(len);
			memcpy(spoilt, msg, len);
			memcpy(spoilt + at, &values[v], width);
			if (!survives(c, spoilt, len)) {
				client_close(&c);
				c = ready((size_t)_i, "share", &fid);
				free(msg);
				msg = message((size_t)_i, c, fid, &len);
			}
			free(spoilt);
		}
	}
	still_serving(other);
	free(msg);
	client_close(&c);
	client_close(&other);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("requests");
	TCase *tc = tcase_create("every command");
	int n = (int)request_row_count;

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, good_request_is_answered, 0, n);
	tcase_add_loop_test(tc, unknown_uid_is_refused, 0, n);
	tcase_add_loop_test(tc, unknown_tid_is_refused, 0, n);
	tcase_add_loop_test(tc, unknown_fid_is_refused, 0, n);
	tcase_add_loop_test(tc, disk_command_on_ipc_is_refused, 0, n);
	tcase_add_loop_test(tc, readonly_share_is_not_changed, 0, n);
	tcase_add_loop_test(tc, other_word_counts_are_refused, 0, n);
	tcase_add_loop_test(tc, every_shorter_request_is_refused, 0, n);
	tcase_add_loop_test(tc, extremes_hurt_nobody, 0, n);
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
