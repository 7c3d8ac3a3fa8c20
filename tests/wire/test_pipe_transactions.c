/* SPDX-License-Identifier: BSD-2-Clause */

/* Every subcommand of TRANSACTION on named pipes, and what each refuses. */
#include <stdlib.h>
#include <string.h>

#include "pipes.h"

#define SECONDARY 0x26

START_TEST(transact_writes_and_reads)
{
	uint16_t fid = open_pipe("\\srvsvc");

	ck_assert_uint_eq(with_data(TRANSACT, fid, bind_pdu, BIND_LEN), STATUS_SUCCESS);
	expect_ack(t.got_data);
}
END_TEST

START_TEST(the_name_of_a_transaction_may_lack_all_but_pipe)
{
	static const char *const names[] = { "\\PIPE", "\\pipe\\", "" };
	uint16_t fid;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		fid = open_pipe("\\srvsvc");
		begin(TRANSACT, fid, names[i]);
		client_trans2_data(c, &t);
		wr_bytes(&c->out, bind_pdu, BIND_LEN);
		ck_assert_uint_eq(call(), STATUS_SUCCESS);
		expect_ack(t.got_data);
	}
}
END_TEST

START_TEST(a_long_answer_is_read_on)
{
	uint16_t fid = open_pipe("\\srvsvc");

	begin(TRANSACT, fid, "\\PIPE\\");
	client_trans2_data(c, &t);
	wr_bytes(&c->out, bind_pdu, BIND_LEN);
	take_at_most(40);
	ck_assert_uint_eq(call(), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(rd_left(&t.got_data), 40);
	ck_assert_uint_eq(with_data(TRANSACT, fid, bind_pdu, BIND_LEN), STATUS_PIPE_BUSY);
	begin(READ_PIPE, fid, "\\PIPE\\");
	take_at_most(10);
	ck_assert_uint_eq(call(), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(rd_left(&t.got_data), 10);
	begin(RAW_READ, fid, "\\PIPE\\");
	take_at_most(10);
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 10);
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), ACK_LEN - 60);
}
END_TEST

START_TEST(a_transaction_comes_in_pieces)
{
	uint16_t fid = open_pipe("\\srvsvc"), mid;
	struct writer *w = begin(TRANSACT, fid, "\\PIPE\\");
	struct reply r;

	client_trans2_data(c, &t);
	wr_bytes(w, bind_pdu, 30);
	client_trans2_end(c, &t);
	wr_patch16(w, 35, BIND_LEN); /* TotalDataCount */
	client_send(c);
	mid = c->mid;
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 0);
	w = client_begin(c, SECONDARY);
	wr_patch16(w, 30, mid);
	wr_u16(w, 0);
	wr_u16(w, BIND_LEN);
	wr_zero(w, 6);
	wr_u16(w, BIND_LEN - 30);
	wr_u16(w, 56);
	wr_u16(w, 30);
	wr_block_bytes(w);
	wr_zero(w, 56 - w->pos);
	wr_bytes(w, bind_pdu + 30, BIND_LEN - 30);
	client_send(c);
	client_receive(c, &t.reply);
	ck_assert_uint_eq(t.reply.h.status, STATUS_SUCCESS);
	client_trans2_read(&t);
	expect_ack(t.got_data);
}
END_TEST

START_TEST(the_state_can_be_set_and_asked)
{
	uint16_t fid = open_pipe("\\srvsvc");

	ck_assert_uint_eq(simple(QUERY_STATE, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0x05FF);
	ck_assert_uint_eq(with_param(SET_STATE, fid, 0x8000), STATUS_SUCCESS);
	ck_assert_uint_eq(simple(QUERY_STATE, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0x84FF);
	/* Nobody waits now, and a read goes past the end of a message. */
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_PIPE_EMPTY);
	ck_assert_uint_eq(with_data(TRANSACT, fid, bind_pdu, BIND_LEN), STATUS_INVALID_PIPE_STATE);
	ck_assert_uint_eq(with_data(RAW_WRITE, fid, bind_pdu, BIND_LEN), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), BIND_LEN);
	ck_assert_uint_eq(with_data(WRITE_PIPE, fid, bind_pdu, BIND_LEN), STATUS_SUCCESS);
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_SUCCESS);
	ck_assert_uint_gt(rd_left(&t.got_data), ACK_LEN);
	ck_assert_uint_eq(with_param(SET_STATE, fid, 0x0100), STATUS_SUCCESS);
	ck_assert_uint_eq(simple(QUERY_STATE, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0x05FF);
	begin(SET_STATE, fid, "\\PIPE\\");
	ck_assert_uint_eq(call(), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(its_info_is_its_name_and_how_many_there_are)
{
	uint16_t fid = open_pipe("\\srvsvc");

	open_pipe("\\srvsvc");
	open_pipe("\\wkssvc");
	ck_assert_uint_eq(with_param(QUERY_INFO, fid, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_data), 4096);
	ck_assert_uint_eq(rd_u16(&t.got_data), 4096);
	ck_assert_uint_eq(rd_u8(&t.got_data), 255);
	ck_assert_uint_eq(rd_u8(&t.got_data), 2);
	ck_assert_uint_eq(rd_u8(&t.got_data), c->flags2 & SMB_FLAGS2_UNICODE ? 26 : 13);
	ck_assert_uint_ge(rd_left(&t.got_data), 13);
	ck_assert_uint_eq(with_param(QUERY_INFO, fid, 2), STATUS_INVALID_PARAMETER);
	wr_u16(begin(QUERY_INFO, fid, "\\PIPE\\"), 1);
	take_at_most(8);
	ck_assert_uint_eq(call(), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(rd_left(&t.got_data), 8);
}
END_TEST

START_TEST(peek_leaves_what_it_shows)
{
	uint16_t fid = open_pipe("\\srvsvc");

	ck_assert_uint_eq(simple(PEEK, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0);
	write_bind(fid);
	for (int i = 0; i < 2; i++) {
		begin(PEEK, fid, "\\PIPE\\");
		take_at_most(20);
		ck_assert_uint_eq(call(), STATUS_SUCCESS);
		ck_assert_uint_eq(rd_u16(&t.got_parameters), ACK_LEN);
		ck_assert_uint_eq(rd_u16(&t.got_parameters), ACK_LEN);
		ck_assert_uint_eq(rd_u16(&t.got_parameters), 3);
		ck_assert_uint_eq(rd_left(&t.got_data), 20);
	}
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_SUCCESS);
	expect_ack(t.got_data);
}
END_TEST

START_TEST(wait_asks_for_a_name)
{
	begin(WAIT, 0, "\\PIPE\\srvsvc");
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	begin(WAIT, 0, "\\PIPE\\nothing");
	ck_assert_uint_eq(call(), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(call_opens_transacts_and_closes)
{
	for (int i = 0; i < 300; i++) {
		begin(CALL, 0, "\\PIPE\\srvsvc");
		client_trans2_data(c, &t);
		wr_bytes(&c->out, bind_pdu, BIND_LEN);
		ck_assert_uint_eq(call(), STATUS_SUCCESS);
		expect_ack(t.got_data);
	}
	begin(CALL, 0, "\\PIPE\\nothing");
	ck_assert_uint_eq(call(), STATUS_OBJECT_NAME_NOT_FOUND);
	begin(CALL, 0, "\\PIPE\\srvsvc");
	client_trans2_data(c, &t);
	wr_zero(&c->out, 16);
	ck_assert_uint_eq(call(), STATUS_PIPE_DISCONNECTED);
}
END_TEST

START_TEST(what_is_no_pipe_is_refused)
{
	static const uint16_t subcommands[] = { SET_STATE, RAW_READ, QUERY_STATE, QUERY_INFO, PEEK,
		TRANSACT, RAW_WRITE, READ_PIPE, WRITE_PIPE };
	uint16_t fid = open_pipe("\\srvsvc");
	struct client *other;
	struct reply r;

	for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
		ck_assert_uint_eq(with_param(subcommands[i], 0x7777, 1), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(simple(0x99, fid), STATUS_NOT_SUPPORTED);
	begin(PEEK, fid, "\\MAILSLOT\\X");
	ck_assert_uint_eq(call(), STATUS_NOT_SUPPORTED);
	begin(PEEK, fid, "\\PIPER");
	ck_assert_uint_eq(call(), STATUS_NOT_SUPPORTED);
	/* A file's FID is none of a pipe, nor is a disk share a place for them. */
	server_file(&server, "file", "x", 1);
	other = client_on(server.port, "share");
	ck_assert_uint_eq(client_try_open(other, "file", READ_WRITE, 1, &fid), STATUS_SUCCESS);
	client_trans_begin(other, &t, "\\PIPE\\", (uint16_t[]){ PEEK, fid });
	client_trans2_end(other, &t);
	ck_assert_uint_eq(client_call(other, &r), STATUS_ACCESS_DENIED);
	client_close(&other);
}
END_TEST

START_TEST(every_shorter_message_is_refused)
{
	uint16_t fid = open_pipe("\\srvsvc");
	uint8_t copy[512];
	const uint8_t *msg;
	unsigned before;
	nt_status last;
	size_t len;

	begin(TRANSACT, fid, "\\PIPE\\");
	client_trans2_data(c, &t);
	wr_bytes(&c->out, bind_pdu, BIND_LEN);
	client_trans2_end(c, &t);
	msg = client_message(c, &len);
	ck_assert_uint_lt(len, sizeof(copy));
	memcpy(copy, msg, len);
	for (size_t n = SMB_HEADER_LEN; n < len; n++) {
		ck_assert(client_send_message(c, copy, n));
		ck_assert(client_sync(c, &before, &last));
		ck_assert_uint_eq(before, 1);
		ck_assert_uint_eq(last, STATUS_INVALID_SMB);
	}
	ck_assert_uint_eq(simple(PEEK, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pipe transactions");
	TCase *tc = tcase_create("TRANSACTION");

	tcase_add_checked_fixture(tc, pipes_setup, pipes_teardown);
	tcase_add_test(tc, transact_writes_and_reads);
	tcase_add_test(tc, the_name_of_a_transaction_may_lack_all_but_pipe);
	tcase_add_test(tc, a_long_answer_is_read_on);
	tcase_add_test(tc, a_transaction_comes_in_pieces);
	tcase_add_test(tc, the_state_can_be_set_and_asked);
	tcase_add_test(tc, its_info_is_its_name_and_how_many_there_are);
	tcase_add_test(tc, peek_leaves_what_it_shows);
	tcase_add_test(tc, wait_asks_for_a_name);
	tcase_add_test(tc, call_opens_transacts_and_closes);
	tcase_add_test(tc, what_is_no_pipe_is_refused);
	tcase_add_test(tc, every_shorter_message_is_refused);
	suite_add_tcase(s, tc);
	return pipes_main(s);
}
