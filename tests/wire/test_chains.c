/* SPDX-License-Identifier: BSD-2-Clause */

/* AndX chains, commands that are none, and frames that hold no message. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "ntlm.h"
#include "server.h"
#include "wire/status.h"

#define TEXT "0123456789"

static struct server server;

static void
furnish(void)
{
	server_file(&server, "file.txt", TEXT, sizeof(TEXT) - 1);
}

static void
put_read(struct writer *w, uint16_t fid)
{
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 2);
	wr_u16(w, 4);
	wr_u16(w, 4);
	wr_zero(w, 6);
	wr_block_bytes(w);
}

static void
put_open(struct writer *w, const char *name)
{
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x40);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, name);
}

/* The element of a reply that begins at an offset. */
static struct reader
element(const struct reply *r, size_t at)
{
	struct reader e;

	rd_init(&e, r->msg, r->len);
	e.pos = at;
	return e;
}

/* Steps from one AndX block of a reply to the next; the command of that one. */
static uint8_t
next_element(const struct reply *r, struct reader *e)
{
	uint8_t command;
	uint16_t at;

	ck_assert_uint_ge(rd_u8(e), 2);
	command = rd_u8(e);
	rd_skip(e, 1);
	at = rd_u16(e);
	ck_assert(rd_ok(e));
	ck_assert(command == 0xFF || (at >= e->pos && at < r->len));
	*e = element(r, at);
	return command;
}

START_TEST(log_on_and_connect_in_one_message)
{
	struct client *c = client_connect(server.port);
	struct writer *w;
	struct reader e;
	struct reply r;

	client_negotiate(c);
	w = client_begin(c, 0x73);
	client_no_andx(w);
	wr_u16(w, 0xFFFF);
	wr_u16(w, 50);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_u32(w, 0x5C);
	wr_block_bytes(w);
	wr_string(w, "someone");
	wr_string(w, "");
	wr_string(w, "test");
	wr_string(w, "test");
	client_andx(c, 0x75);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\SERVER\\share");
	wr_bytes(w, "?????", 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	c->uid = r.h.uid;
	c->tid = r.h.tid;
	e = element(&r, SMB_HEADER_LEN);
	ck_assert_uint_eq(next_element(&r, &e), 0x75);
	ck_assert_uint_eq(next_element(&r, &e), 0xFF);
	client_open(c, "file.txt");
	client_close(&c);
}
END_TEST

START_TEST(open_read_and_close_in_one_message)
{
	struct client *c = client_on(server.port, "share");
	struct writer *w = client_begin(c, 0x2D);
	struct reader e;
	struct reply r;
	uint16_t fid, count, at;

	put_open(w, "\\file.txt");
	client_andx(c, 0x2E);
	put_read(w, 0xFFFF);
	client_andx(c, 0x04);
	wr_u16(w, 0xFFFF);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	fid = rd_u16(&r.words);
	e = element(&r, SMB_HEADER_LEN);
	ck_assert_uint_eq(next_element(&r, &e), 0x2E);
	rd_skip(&e, 11);
	count = rd_u16(&e);
	at = rd_u16(&e);
	ck_assert_uint_eq(count, 4);
	ck_assert_uint_le(at, r.len - 4);
	ck_assert_int_eq(memcmp(r.msg + at, "2345", 4), 0);
	w = client_begin(c, 0x2E);
	put_read(w, fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_HANDLE);
	client_close(&c);
}
END_TEST

START_TEST(a_pipe_and_then_a_file_in_one_message)
{
	struct client *c = client_on(server.port, "IPC$");
	struct writer *w = client_begin(c, 0x2D);
	struct reader e;
	struct reply r;

	put_open(w, "\\PIPE\\srvsvc");
	client_andx(c, 0x75);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\SERVER\\share");
	wr_bytes(w, "?????", 6);
	client_andx(c, 0x2D);
	put_open(w, "\\file.txt");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	e = element(&r, SMB_HEADER_LEN);
	ck_assert_uint_eq(next_element(&r, &e), 0x75);
	ck_assert_uint_eq(next_element(&r, &e), 0x2D);
	ck_assert_uint_eq(next_element(&r, &e), 0xFF);
	client_close(&c);
}
END_TEST

START_TEST(chain_stops_at_the_element_that_fails)
{
	struct client *c = client_on(server.port, "share");
	struct writer *w = client_begin(c, 0x2D);
	struct reader e;
	struct reply r;
	uint16_t fid;

	put_open(w, "\\file.txt");
	client_andx(c, 0x2D);
	put_open(w, "\\missing.txt");
	client_andx(c, 0x2E);
	put_read(w, 0xFFFF);
	ck_assert_uint_eq(client_call(c, &r), STATUS_OBJECT_NAME_NOT_FOUND);
	/* What went before it was done and is told. */
	ck_assert_uint_eq(r.word_count, 15);
	rd_skip(&r.words, 4);
	fid = rd_u16(&r.words);
	e = element(&r, SMB_HEADER_LEN);
	ck_assert_uint_eq(next_element(&r, &e), 0x2D);
	ck_assert_uint_eq(rd_u8(&e), 0);
	w = client_begin(c, 0x2E);
	put_read(w, fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

START_TEST(chain_that_leads_astray_is_refused)
{
	static const uint16_t offsets[] = { 0, 1, 31, 32, 33, 40, 62, 2000, 0x7FFF, 0xFFFF };
	struct client *c = client_on(server.port, "share"),
		      *other = client_on(server.port, "share");
	struct writer *w = client_begin(c, 0x2E);
	unsigned before;
	nt_status last;
	const uint8_t *msg;
	size_t len;

	put_read(w, client_open(other, "file.txt"));
	wr_patch8(w, SMB_HEADER_LEN + 1, 0x2E);
	wr_patch16(w, SMB_HEADER_LEN + 3, offsets[_i]);
	msg = client_message(c, &len);
	client_send_message(c, msg, len);
	if (client_sync(c, &before, &last)) {
		ck_assert_uint_eq(before, 1);
		ck_assert(status_is_error(last));
	}
	ck_assert(client_sync(other, &before, &last));
	client_close(&c);
	client_close(&other);
}
END_TEST

START_TEST(long_chain_of_opens_is_answered_or_refused)
{
	struct client *c = client_on(server.port, "share");
	struct writer *w = client_begin(c, 0x2D);
	unsigned i, before;
	nt_status last;
	struct reply r;
	const uint8_t *msg;
	size_t len;

	put_open(w, "\\file.txt");
	for (i = 0; i < 500; i++) {
		client_andx(c, 0x2D);
		put_open(w, "\\file.txt");
	}
	msg = client_message(c, &len);
	client_send_message(c, msg, len);
	/* Opens may wait for the disk, so that the ECHO is answered first. */
	if (client_sync(c, &before, &last) && before == 0) {
		client_receive(c, &r);
		ck_assert(!r.closed);
		ck_assert_uint_eq(r.h.command, 0x2D);
	}
	client_close(&c);
	c = client_on(server.port, "share");
	client_close(&c);
}
END_TEST

START_TEST(every_other_command_is_an_error_and_no_more)
{
	struct client *c = client_on(server.port, "share");
	unsigned before;
	nt_status last;
	const uint8_t *msg;
	size_t len;

	client_begin(c, (uint8_t)_i);
	msg = client_message(c, &len);
	client_send_message(c, msg, len);
	/* A second NEGOTIATE may end it. */
	if (!client_sync(c, &before, &last))
		ck_assert_msg(_i == 0x72, "command 0x%02x closed the connection", (unsigned)_i);
	ck_assert_uint_le(before, 1);
	client_close(&c);
}
END_TEST

START_TEST(unassigned_commands_are_bad_commands)
{
	static const uint8_t unassigned[] = { 0x15, 0x36, 0x40, 0x60, 0x6F, 0x76, 0x7D, 0x90, 0xA6,
		0xB0, 0xC4, 0xDB, 0xF0 };
	struct client *c = client_on(server.port, "share");
	struct reply r;
	size_t i;

	for (i = 0; i < sizeof(unassigned); i++) {
		client_begin(c, unassigned[i]);
		ck_assert_msg(client_call(c, &r) == STATUS_SMB_BAD_COMMAND, "0x%02x: %s",
		    unassigned[i], status_name(r.h.status));
	}
	client_close(&c);
}
END_TEST

START_TEST(echo_is_sent_as_often_as_asked)
{
	struct client *c = client_on(server.port, "share");
	struct writer *w = client_begin(c, 0x2B);
	struct reply r;
	unsigned i;

	wr_u16(w, 3);
	wr_block_bytes(w);
	wr_bytes(w, "abc", 3);
	client_send(c);
	for (i = 1; i <= 3; i++) {
		client_receive(c, &r);
		ck_assert_uint_eq(rd_u16(&r.words), i);
		ck_assert_int_eq(memcmp(rd_bytes(&r.bytes, 3), "abc", 3), 0);
	}
	w = client_begin(c, 0x2B);
	wr_u16(w, 0);
	client_send(c);
	client_tree(c, "share");
	client_close(&c);
}
END_TEST

START_TEST(many_requests_at_once_are_all_answered)
{
	struct client *c = client_on(server.port, "share");
	uint16_t fid = client_open(c, "file.txt"), first = (uint16_t)(c->mid + 1);
	bool seen[40] = { false };
	struct reply r;
	unsigned i;

	for (i = 0; i < 40; i++) {
		put_read(client_begin(c, 0x2E), fid);
		client_send(c);
	}
	for (i = 0; i < 40; i++) {
		client_receive(c, &r);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
		ck_assert_uint_lt((uint16_t)(r.h.mid - first), 40);
		ck_assert(!seen[r.h.mid - first]);
		seen[r.h.mid - first] = true;
	}
	client_close(&c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("chains");
	TCase *tc = tcase_create("chains");

	tcase_add_test(tc, log_on_and_connect_in_one_message);
	tcase_add_test(tc, open_read_and_close_in_one_message);
	tcase_add_test(tc, a_pipe_and_then_a_file_in_one_message);
	tcase_add_test(tc, chain_stops_at_the_element_that_fails);
	tcase_add_loop_test(tc, chain_that_leads_astray_is_refused, 0, 10);
	tcase_add_test(tc, long_chain_of_opens_is_answered_or_refused);
	suite_add_tcase(s, tc);
	tc = tcase_create("commands");
	tcase_add_loop_test(tc, every_other_command_is_an_error_and_no_more, 0, 256);
	tcase_add_test(tc, unassigned_commands_are_bad_commands);
	tcase_add_test(tc, echo_is_sent_as_often_as_asked);
	tcase_add_test(tc, many_requests_at_once_are_all_answered);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tmax connections per address = 0");
	furnish();
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
