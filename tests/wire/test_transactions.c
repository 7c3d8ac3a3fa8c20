/* SPDX-License-Identifier: BSD-2-Clause */

/* Transactions in pieces, both ways ([MS-CIFS] 2.2.4.46, 2.2.4.47). */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"

#define TRANSACTION2           0x32
#define TRANSACTION2_SECONDARY 0x33
#define FIND_NOTIFY_CLOSE      0x35
#define NT_TRANSACT            0xA0
#define NT_TRANSACT_SECONDARY  0xA1
#define NT_RENAME              0x0005
#define FIND_FIRST2            0x0001
#define QUERY_PATH_INFORMATION 0x0005
#define BASIC_INFO             0x0101
#define NAME_INFO              0x0104
#define BASIC_SIZE             40
#define MAX_DATA_AT            39
#define OPEN_MAX               16

static struct server server;
static struct client *c;

/* The parameters of a QUERY_PATH_INFORMATION of \file. */
static const uint8_t params[] = { BASIC_INFO & 0xFF, BASIC_INFO >> 8, 0, 0, 0, 0, '\\', 0, 'f', 0,
	'i', 0, 'l', 0, 'e', 0, 0, 0 };

#define N sizeof(params)

/* Parameters or data of one message. */
struct piece {
	uint16_t total, from, n, at; /* n bytes of params[from], for the place at */
};

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

static void
put_piece(struct writer *w, size_t count_at, const struct piece *p)
{
	wr_align(w, 4, 0);
	wr_patch16(w, count_at, p->n);
	wr_patch16(w, count_at + 2, (uint16_t)w->pos);
	wr_bytes(w, params + p->from, p->n);
}

static void
primary(const struct piece *p, uint16_t total_data)
{
	struct writer *w = client_begin(c, TRANSACTION2);
	size_t count_at;

	wr_u16(w, p->total);
	wr_u16(w, total_data);
	wr_u16(w, 32);
	wr_u16(w, 1024);
	wr_zero(w, 10);
	count_at = w->pos;
	wr_zero(w, 8);
	wr_u16(w, 1);
	wr_u16(w, QUERY_PATH_INFORMATION);
	wr_block_bytes(w);
	put_piece(w, count_at, p);
	client_send(c);
}

/* With the MID of the primary, which was the last one. */
static void
secondary(const struct piece *p)
{
	struct writer *w;
	size_t count_at;

	c->mid--;
	w = client_begin(c, TRANSACTION2_SECONDARY);
	wr_u16(w, p->total);
	wr_u16(w, 0);
	count_at = w->pos;
	wr_zero(w, 4);
	wr_u16(w, p->at);
	wr_zero(w, 6);
	wr_u16(w, 0xFFFF);
	wr_block_bytes(w);
	put_piece(w, count_at, p);
	client_send(c);
}

static nt_status
receive(struct reply *r)
{
	client_receive(c, r);
	ck_assert(!r->closed);
	return r->h.status;
}

static void
expect_interim(void)
{
	struct reply r;

	ck_assert_uint_eq(receive(&r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 0);
	ck_assert_uint_eq(rd_left(&r.bytes), 0);
}

static void
expect_answer(void)
{
	struct reply r;

	ck_assert_uint_eq(receive(&r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.h.command, TRANSACTION2);
	ck_assert_uint_eq(r.word_count, 10);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u16(&r.words), BASIC_SIZE);
}

static void
begin(uint16_t total, uint16_t n)
{
	const struct piece first = { .total = total, .n = n };

	primary(&first, 0);
	expect_interim();
}

static void
add(uint16_t total, uint16_t from, uint16_t n, uint16_t at)
{
	const struct piece more = { .total = total, .from = from, .n = n, .at = at };

	secondary(&more);
}

START_TEST(it_is_answered_when_the_last_piece_came)
{
	begin(N, 4);
	add(N, 4, 4, 4);
	add(N, 8, N - 8, 8);
	expect_answer();
}
END_TEST

START_TEST(pieces_may_come_in_any_order)
{
	begin(N, 2);
	add(N, 10, N - 10, 10);
	add(N, 2, 8, 2);
	expect_answer();
}
END_TEST

START_TEST(totals_may_be_lowered)
{
	begin(200, 6);
	add(N, 6, N - 6, 6);
	expect_answer();
}
END_TEST

static const struct piece bad_pieces[] = {
	{ N, 0, 4, N - 3 },                  /* ends behind the total */
	{ N, 0, 4, N + 1 },                  /* begins there */
	{ N, 0, 4, 0xFFFF }, { N, 0, N, 0 }, /* with what came it is more than the total */
	{ 3, 0, 0, 0 },                      /* a total below what came */
	{ 0, 0, 0, 0 }, { 5, 0, 4, 4 },      /* outside the lowered total */
};

START_TEST(a_piece_outside_ends_the_transaction)
{
	const struct piece *p = &bad_pieces[_i];
	struct reply r;

	begin(N, 4);
	add(p->total, p->from, p->n, p->at);
	ck_assert_uint_eq(receive(&r), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(r.h.command, TRANSACTION2);
}
END_TEST

START_TEST(a_primary_with_more_than_it_announces_is_refused)
{
	const struct piece p = { .total = N - 1, .n = N };
	struct reply r;

	primary(&p, 0);
	ck_assert_uint_eq(receive(&r), STATUS_INVALID_PARAMETER);
}
END_TEST

static void
expect_refused(void)
{
	struct reply r;

	ck_assert_uint_eq(receive(&r), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(r.h.command, TRANSACTION2_SECONDARY);
}

START_TEST(a_secondary_of_nothing_is_refused)
{
	add(N, 0, N, 0);
	expect_refused();
}
END_TEST

START_TEST(a_late_secondary_is_refused)
{
	begin(N, 4);
	add(N, 4, N - 4, 4);
	expect_answer();
	add(N, 4, N - 4, 4);
	expect_refused();
}
END_TEST

START_TEST(a_secondary_of_another_process_is_not_taken)
{
	begin(N, 4);
	c->pid++;
	add(N, 4, N - 4, 4);
	expect_refused();
	c->pid--;
	add(N, 4, N - 4, 4);
	expect_answer();
}
END_TEST

START_TEST(only_so_many_may_be_open)
{
	const struct piece p = { .total = N, .n = 4 };
	struct reply r;

	for (int i = 0; i < OPEN_MAX; i++)
		begin(N, 4);
	primary(&p, 0);
	ck_assert_uint_eq(receive(&r), STATUS_INSUFF_SERVER_RESOURCES);
}
END_TEST

START_TEST(the_connection_outlives_its_open_transactions)
{
	struct client *other = client_on(server.port, "share");

	begin(N, 4);
	teardown();
	c = other;
	begin(N, 4);
	add(N, 4, N - 4, 4);
	expect_answer();
}
END_TEST

/* A whole request, cut off at each length behind the header. */
START_TEST(a_request_cut_short_is_answered_or_ends_the_connection)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, QUERY_PATH_INFORMATION);
	const uint8_t *msg;
	uint8_t copy[256];
	unsigned before;
	nt_status last;
	size_t len;

	wr_bytes(w, params, N);
	client_trans2_end(c, &t);
	msg = client_message(c, &len);
	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, msg, len);
	for (size_t n = SMB_HEADER_LEN; n < t.parameters + N; n++) {
		ck_assert(client_send_message(c, copy, n));
		ck_assert(client_sync(c, &before, &last));
		ck_assert_uint_eq(before, 1);
		ck_assert(status_is_error(last));
	}
}
END_TEST

static nt_status
call_nt(uint16_t function)
{
	struct trans2 t;

	wr_bytes(client_nt_begin(c, &t, function, NULL, 0), params, N);
	return client_trans2_call(c, &t);
}

START_TEST(nt_functions_that_are_none_are_malformed_and_the_reserved_one_looks_for_the_file)
{
	ck_assert_uint_eq(call_nt(0), STATUS_INVALID_SMB);
	ck_assert_uint_eq(call_nt(NT_RENAME), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(call_nt(9), STATUS_INVALID_SMB);
	ck_assert_uint_eq(call_nt(0xFFFF), STATUS_INVALID_SMB);
}
END_TEST

START_TEST(reserved_subcommands_are_not_implemented_and_others_bad)
{
	static const uint16_t reserved[] = { 0x09, 0x0A, 0x0B, 0x0C, 0x0E, 0x11 };
	static const uint16_t none[] = { 0x0F, 0x12, 0xFFFF };
	struct trans2 t;
	struct reply r;

	for (size_t i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++) {
		client_trans2_begin(c, &t, reserved[i]);
		ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_NOT_IMPLEMENTED);
	}
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		client_trans2_begin(c, &t, none[i]);
		ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SMB_BAD_COMMAND);
	}
	wr_u16(client_begin(c, FIND_NOTIFY_CLOSE), 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_NOT_IMPLEMENTED);
}
END_TEST

/* NT_RENAME with 20 bytes of parameters, of which a message brings n at a place. */
static void
nt_piece(uint8_t command, uint32_t at, uint32_t n)
{
	struct writer *w = client_begin(c, command);

	wr_zero(w, 3);
	wr_u32(w, 20);
	wr_u32(w, 0);
	if (command == NT_TRANSACT)
		wr_zero(w, 8);
	wr_u32(w, n);
	wr_u32(w, command == NT_TRANSACT ? 74 : 72);
	if (command == NT_TRANSACT_SECONDARY)
		wr_u32(w, at);
	wr_zero(w, command == NT_TRANSACT ? 9 : 13);
	if (command == NT_TRANSACT)
		wr_u16(w, NT_RENAME);
	wr_block_bytes(w);
	wr_zero(w, 1 + n);
	client_send(c);
}

START_TEST(nt_pieces_are_put_together)
{
	struct reply r;

	nt_piece(NT_TRANSACT, 0, 8);
	expect_interim();
	c->mid--;
	nt_piece(NT_TRANSACT_SECONDARY, 16, 4);
	c->mid--;
	nt_piece(NT_TRANSACT_SECONDARY, 8, 8);
	ck_assert_uint_eq(receive(&r), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(r.h.command, NT_TRANSACT);
}
END_TEST

START_TEST(an_nt_piece_outside_ends_the_transaction)
{
	struct reply r;

	nt_piece(NT_TRANSACT, 0, 8);
	expect_interim();
	c->mid--;
	nt_piece(NT_TRANSACT_SECONDARY, 0xFFFFFFFC, 8);
	ck_assert_uint_eq(receive(&r), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(r.h.command, NT_TRANSACT);
}
END_TEST

/* A whole one, cut off at each length behind the header. */
START_TEST(an_nt_request_cut_short_is_malformed)
{
	static const uint16_t words[] = { 1, 2 };
	struct trans2 t;
	const uint8_t *msg;
	uint8_t copy[256];
	unsigned before;
	nt_status last;
	size_t len;

	wr_bytes(client_nt_begin(c, &t, NT_RENAME, words, 2), params, N);
	client_trans2_end(c, &t);
	msg = client_message(c, &len);
	ck_assert_uint_le(len, sizeof(copy));
	memcpy(copy, msg, len);
	for (size_t n = SMB_HEADER_LEN; n <= len; n++) {
		ck_assert(client_send_message(c, copy, n));
		ck_assert(client_sync(c, &before, &last));
		ck_assert_uint_eq(before, 1);
		ck_assert_uint_eq(last, n < len ? STATUS_INVALID_SMB : STATUS_INVALID_HANDLE);
	}
}
END_TEST

static nt_status
query(struct trans2 *t, uint16_t level, uint16_t max_data)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_PATH_INFORMATION);

	wr_u16(w, level);
	wr_bytes(w, params + 2, N - 2);
	wr_patch16(w, MAX_DATA_AT, max_data);
	return client_trans2_call(c, t);
}

START_TEST(a_reply_is_cut_to_what_the_client_takes)
{
	struct trans2 t;

	ck_assert_uint_eq(query(&t, BASIC_INFO, 20), STATUS_INFO_LENGTH_MISMATCH);
	ck_assert_uint_eq(query(&t, NAME_INFO, 3), STATUS_INFO_LENGTH_MISMATCH);
	ck_assert_uint_eq(query(&t, NAME_INFO, 8), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(rd_left(&t.got_data), 8);
	ck_assert_uint_eq(rd_u32(&t.got_data), 10); /* the name's whole length */
}
END_TEST

#define SMALL_BUFFER 1024

static void
small_client(void)
{
	client_close(&c);
	c = client_connect(server.port);
	c->buffer = SMALL_BUFFER;
	client_negotiate(c);
	client_guest(c);
	client_tree(c, "share");
}

static void
list_all(void)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 500);
	wr_u16(w, 0);
	wr_u16(w, 0x0104);
	wr_u32(w, 0);
	wr_string(w, "\\many\\*");
	client_trans2_end(c, &t);
	client_send(c);
}

START_TEST(a_long_reply_leaves_in_parts_that_fit_the_clients_buffer)
{
	uint32_t params_due = 0, data_due = 0, params_total, data_total, n, at;
	struct reply r;

	small_client();
	list_all();
	do {
		ck_assert_uint_eq(receive(&r), STATUS_SUCCESS);
		ck_assert_uint_le(r.len, SMALL_BUFFER);
		ck_assert_uint_eq(r.word_count, 10);
		params_total = rd_u16(&r.words);
		data_total = rd_u16(&r.words);
		rd_skip(&r.words, 2);
		n = rd_u16(&r.words);
		at = rd_u16(&r.words);
		ck_assert_uint_eq(at % 4, 0);
		ck_assert_uint_eq(rd_u16(&r.words), params_due);
		ck_assert_uint_le(at + n, r.len);
		params_due += n;
		n = rd_u16(&r.words);
		at = rd_u16(&r.words);
		ck_assert_uint_eq(at % 4, 0);
		ck_assert_uint_eq(rd_u16(&r.words), data_due);
		ck_assert_uint_le(at + n, r.len);
		data_due += n;
	} while (params_due < params_total || data_due < data_total);
	ck_assert_uint_eq(params_due, params_total);
	ck_assert_uint_eq(data_due, data_total);
	ck_assert_uint_gt(data_total, 5 * SMALL_BUFFER);
}
END_TEST

static void
make_files(void)
{
	char name[32];

	server_file(&server, "file", "x", 1);
	server_mkdir(&server, "many");
	for (int i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "many/file%02d", i);
		server_file(&server, name, "", 0);
	}
}

int
main(void)
{
	Suite *s = suite_create("transactions");
	TCase *tc = tcase_create("pieces");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_is_answered_when_the_last_piece_came);
	tcase_add_test(tc, pieces_may_come_in_any_order);
	tcase_add_test(tc, totals_may_be_lowered);
	tcase_add_loop_test(tc, a_piece_outside_ends_the_transaction, 0,
	    sizeof(bad_pieces) / sizeof(bad_pieces[0]));
	tcase_add_test(tc, a_primary_with_more_than_it_announces_is_refused);
	tcase_add_test(tc, a_secondary_of_nothing_is_refused);
	tcase_add_test(tc, a_late_secondary_is_refused);
	tcase_add_test(tc, a_secondary_of_another_process_is_not_taken);
	tcase_add_test(tc, only_so_many_may_be_open);
	tcase_add_test(tc, the_connection_outlives_its_open_transactions);
	tcase_add_test(tc, a_request_cut_short_is_answered_or_ends_the_connection);
	tcase_add_test(
	    tc, nt_functions_that_are_none_are_malformed_and_the_reserved_one_looks_for_the_file);
	tcase_add_test(tc, reserved_subcommands_are_not_implemented_and_others_bad);
	tcase_add_test(tc, nt_pieces_are_put_together);
	tcase_add_test(tc, an_nt_piece_outside_ends_the_transaction);
	tcase_add_test(tc, an_nt_request_cut_short_is_malformed);
	tcase_add_test(tc, a_reply_is_cut_to_what_the_client_takes);
	tcase_add_test(tc, a_long_reply_leaves_in_parts_that_fit_the_clients_buffer);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	make_files();
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
