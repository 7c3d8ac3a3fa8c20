/* SPDX-License-Identifier: BSD-2-Clause */

/* Names asked for over \lsarpc, which are looked up as jobs: what clients do meanwhile. */
#include <stdlib.h>
#include <string.h>

#include "pipes.h"

#define CLOSE      0x04
#define TREE_DISC  0x71
#define WRITE_ANDX 0x2F

#define SIDS       100u /* asked for at once; root each */
#define HANDLE     20u
#define RESPONSE   2
#define FAULT      3
#define STUB       24u
#define LOOKUP_MAX 4000u

static uint8_t handle[HANDLE];

struct pdu {
	uint8_t bytes[LOOKUP_MAX];
	uint16_t n;
};

static void
put(struct pdu *p, uint32_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		p->bytes[p->n++] = (uint8_t)(v >> (8 * i));
}

static void
begin_pdu(struct pdu *p, uint16_t operation)
{
	p->n = 0;
	put(p, 0x03000005, 4);
	put(p, 0x10, 4);
	put(p, 0, 4); /* the length, later */
	put(p, 1, 4);
	put(p, 0, 4);
	put(p, 0, 2);
	put(p, operation, 2);
}

static void
end_pdu(struct pdu *p)
{
	p->bytes[8] = (uint8_t)p->n;
	p->bytes[9] = (uint8_t)(p->n >> 8);
}

static void
open_policy(uint16_t fid)
{
	uint8_t bind[BIND_LEN];
	const uint8_t *p;
	struct pdu pdu;

	memcpy(bind, bind_pdu, BIND_LEN);
	memcpy(bind + 32, "\x78\x57\x34\x12\x34\x12\xCD\xAB\xEF\x00\x01\x23\x45\x67\x89\xAB", 16);
	bind[48] = 0;
	ck_assert_uint_eq(with_data(TRANSACT, fid, bind, BIND_LEN), STATUS_SUCCESS);
	begin_pdu(&pdu, 44);
	put(&pdu, 0, 4); /* SystemName */
	put(&pdu, 24, 4);
	for (int i = 0; i < 5; i++)
		put(&pdu, 0, 4);
	put(&pdu, 0x02000000, 4);
	end_pdu(&pdu);
	ck_assert_uint_eq(with_data(TRANSACT, fid, pdu.bytes, pdu.n), STATUS_SUCCESS);
	rd_skip(&t.got_data, STUB);
	p = rd_bytes(&t.got_data, HANDLE);
	ck_assert_ptr_nonnull(p);
	memcpy(handle, p, HANDLE);
	ck_assert_uint_eq(rd_u32(&t.got_data), STATUS_SUCCESS);
}

/* LsarLookupSids */
static void
make_lookup(struct pdu *p)
{
	uint32_t i;

	begin_pdu(p, 15);
	memcpy(p->bytes + p->n, handle, HANDLE);
	p->n += HANDLE;
	put(p, SIDS, 4);
	put(p, 1, 4);
	put(p, SIDS, 4);
	for (i = 0; i < SIDS; i++)
		put(p, 1, 4);
	for (i = 0; i < SIDS; i++) {
		put(p, 2, 4);
		put(p, 0x0201, 2);
		put(p, 0, 4);
		put(p, 0x1600, 2);
		put(p, 1, 4);
		put(p, 0, 4);
	}
	put(p, 0, 4);
	put(p, 0, 4);
	put(p, 1, 4); /* level */
	put(p, 0, 4);
	end_pdu(p);
}

static uint16_t
send_write(uint16_t fid, const struct pdu *p)
{
	struct writer *w = client_begin(c, WRITE_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 14);
	wr_u16(w, p->n);
	wr_u16(w, 64);
	wr_zero(w, 4);
	wr_block_bytes(w);
	wr_zero(w, 64 - w->pos);
	wr_bytes(w, p->bytes, p->n);
	client_send(c);
	return c->mid;
}

/* In the parts a client's buffer holds; the last four bytes are the call's status. */
static void
expect_names(uint16_t fid)
{
	nt_status status = STATUS_BUFFER_OVERFLOW;
	bool first = true;
	const uint8_t *p;
	size_t n;

	while (status == STATUS_BUFFER_OVERFLOW) {
		status = simple(READ_PIPE, fid);
		ck_assert(status == STATUS_SUCCESS || status == STATUS_BUFFER_OVERFLOW);
		n = rd_left(&t.got_data);
		ck_assert_uint_ge(n, 4);
		p = rd_bytes(&t.got_data, n);
		if (first)
			ck_assert_uint_eq(p[2], RESPONSE);
		first = false;
	}
	for (int i = 1; i <= 4; i++)
		ck_assert_uint_eq(p[n - (size_t)i], 0);
}

START_TEST(what_is_written_while_names_are_looked_up_waits_its_turn)
{
	uint16_t fid = open_pipe("\\lsarpc"), mids[3];
	struct pdu pdu;
	struct reply r;
	int i;

	open_policy(fid);
	make_lookup(&pdu);
	for (i = 0; i < 3; i++)
		mids[i] = send_write(fid, &pdu);
	for (i = 0; i < 3; i++) {
		client_receive(c, &r);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
		ck_assert_uint_eq(r.h.mid, mids[i]);
	}
	for (i = 0; i < 3; i++)
		expect_names(fid);
}
END_TEST

static nt_status
status_of(uint16_t mid, unsigned replies)
{
	nt_status status = STATUS_PENDING;
	struct reply r;

	for (; replies > 0; replies--) {
		client_receive(c, &r);
		if (r.h.mid == mid)
			status = r.h.status;
	}
	return status;
}

START_TEST(a_pipe_may_be_closed_while_names_are_looked_up)
{
	uint16_t fid = open_pipe("\\lsarpc");
	struct writer *w;
	struct pdu pdu;

	open_policy(fid);
	make_lookup(&pdu);
	(void)send_write(fid, &pdu);
	(void)send_write(fid, &pdu);
	w = client_begin(c, CLOSE);
	wr_u16(w, fid);
	wr_u32(w, 0);
	client_send(c);
	ck_assert_uint_eq(status_of(c->mid, 3), STATUS_SUCCESS);
	open_policy(open_pipe("\\lsarpc"));
}
END_TEST

START_TEST(a_tree_may_go_while_names_are_looked_up)
{
	uint16_t fid = open_pipe("\\lsarpc");
	struct pdu pdu;

	open_policy(fid);
	make_lookup(&pdu);
	(void)send_write(fid, &pdu);
	(void)send_write(fid, &pdu);
	client_begin(c, TREE_DISC);
	client_send(c);
	ck_assert_uint_eq(status_of(c->mid, 3), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_client_may_go_while_names_are_looked_up)
{
	uint16_t fid = open_pipe("\\samr");
	struct pdu pdu;

	open_policy(fid);
	make_lookup(&pdu);
	(void)send_write(fid, &pdu);
	(void)send_write(fid, &pdu);
}
END_TEST

START_TEST(a_handle_that_was_not_given_out_is_a_fault)
{
	uint16_t fid = open_pipe("\\lsass");
	struct pdu pdu;
	const uint8_t *p;

	open_policy(fid);
	handle[4]++;
	make_lookup(&pdu);
	ck_assert_uint_eq(with_data(TRANSACT, fid, pdu.bytes, pdu.n), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 32);
	p = rd_bytes(&t.got_data, 32);
	ck_assert_uint_eq(p[2], FAULT);
	ck_assert_mem_eq(p + STUB, "\x1A\0\0\x1C", 4);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("names over pipes");
	TCase *tc = tcase_create("names");

	tcase_add_checked_fixture(tc, pipes_setup, pipes_teardown);
	tcase_add_test(tc, what_is_written_while_names_are_looked_up_waits_its_turn);
	tcase_add_test(tc, a_pipe_may_be_closed_while_names_are_looked_up);
	tcase_add_test(tc, a_tree_may_go_while_names_are_looked_up);
	tcase_add_test(tc, a_client_may_go_while_names_are_looked_up);
	tcase_add_test(tc, a_handle_that_was_not_given_out_is_a_fault);
	suite_add_tcase(s, tc);
	return pipes_main(s);
}
