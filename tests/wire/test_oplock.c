/* SPDX-License-Identifier: BSD-2-Clause */

/* Oplocks: who gets them, what breaks them, and whoever waits for the answer. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "opens.h"
#include "server.h"
#include "sign.h"
#include "smb/commands.h"

#define DELETE 0x00010000u
#define LOOK   0x00100180u /* SYNCHRONIZE and the attributes */

#define FLAGS_OPLOCK  0x20
#define FLAGS_OPBATCH 0x40

static struct server server, impatient; /* the one waits 35 s for an answer, the other one */
static void
begin(void)
{
	pair_begin(&server);
}

static void
begin_impatient(void)
{
	pair_begin(&impatient);
}

/* Nobody has it open. */
static void
nobody_is_left(struct client *c)
{
	must_close(c, open_granted(c, &batch, BATCH));
}

START_TEST(open_waits_for_the_answer)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid), second;
	uint8_t level;

	break_answer(holder, fid, TO_LEVEL_II);
	nothing_comes(holder);
	second = open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, LEVEL_II);
	must_close(holder, fid);
	must_close(other, second);
}
END_TEST

START_TEST(waiting_open_goes_on_when_the_holder_closes)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	uint8_t level;

	must_close(holder, fid);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, BATCH);
	/* Late. */
	break_answer(holder, fid, TO_NONE);
}
END_TEST

START_TEST(waiting_open_sees_that_the_file_has_gone)
{
	struct how last = batch;
	uint16_t fid, mid;
	uint8_t level;

	last.access = DELETE | 1;
	last.options = 0x1000; /* DELETE_ON_CLOSE */
	fid = open_granted(holder, &last, BATCH);
	mid = open_waits_for_break(fid);
	must_close(holder, fid);
	open_receive(other, mid, STATUS_OBJECT_NAME_NOT_FOUND, &level);
}
END_TEST

START_TEST(waiting_open_can_be_cancelled)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	uint8_t level;

	cancel(other, mid);
	open_receive(other, mid, STATUS_CANCELLED, &level);
	break_answer(holder, fid, TO_NONE);
	must_close(holder, fid);
	nobody_is_left(other);
}
END_TEST

START_TEST(waiting_open_goes_with_its_connection)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);

	open_waits_for_break(fid);
	client_close(&other);
	settle(holder);
	break_answer(holder, fid, TO_NONE);
	must_close(holder, fid);
	nobody_is_left(holder);
}
END_TEST

START_TEST(waiting_open_goes_on_when_the_holder_disconnects)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	uint8_t level;

	client_close(&holder);
	open_receive(other, mid, STATUS_SUCCESS, &level);
}
END_TEST

static void
send_nothing(struct client *c, uint8_t command)
{
	struct writer *w = client_begin(c, command);

	if (command == SMB_COM_LOGOFF_ANDX)
		client_no_andx(w);
	client_send(c);
}

static void
holder_leaves(uint8_t command)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	uint8_t level;

	send_nothing(holder, command);
	ck_assert_uint_eq(simple_reply(holder, holder->mid), STATUS_SUCCESS);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, BATCH);
}

START_TEST(waiting_open_goes_on_when_the_holder_disconnects_its_tree)
{
	holder_leaves(SMB_COM_TREE_DISCONNECT);
}
END_TEST

START_TEST(waiting_open_goes_on_when_the_holder_logs_off)
{
	holder_leaves(SMB_COM_LOGOFF_ANDX);
}
END_TEST

static void
asker_leaves(uint8_t command)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	uint8_t level;

	send_nothing(other, command);
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SUCCESS);
	open_receive(other, mid, STATUS_CANCELLED, &level);
	break_answer(holder, fid, TO_NONE);
	must_close(holder, fid);
	nobody_is_left(holder);
}

START_TEST(waiting_open_goes_with_its_tree)
{
	asker_leaves(SMB_COM_TREE_DISCONNECT);
}
END_TEST

START_TEST(waiting_open_goes_with_its_user)
{
	asker_leaves(SMB_COM_LOGOFF_ANDX);
}
END_TEST

START_TEST(holder_and_asker_may_be_one_connection)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_send(holder, &batch);
	uint8_t level;

	break_receive(holder, fid, TO_LEVEL_II);
	break_answer(holder, fid, TO_LEVEL_II);
	open_receive(holder, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, LEVEL_II);
}
END_TEST

START_TEST(several_wait_for_one_answer)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid), again;
	struct client *third = client_on(server.port, "share");
	uint8_t level;

	again = open_send(third, &batch);
	nothing_comes(third);
	nothing_comes(holder);
	break_answer(holder, fid, TO_LEVEL_II);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	open_receive(third, again, STATUS_SUCCESS, &level);
	client_close(&third);
}
END_TEST

START_TEST(unasked_answer_is_ignored)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);

	break_answer(holder, fid, TO_NONE);
	nothing_comes(holder);
	open_waits_for_break(fid);
}
END_TEST

START_TEST(answer_with_ranges_is_answered)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits_for_break(fid);
	struct writer *w = client_begin(holder, SMB_COM_LOCKING_ANDX);
	struct reply r;
	uint8_t level;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, 2);
	wr_u8(w, TO_LEVEL_II);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, 7);
	wr_u32(w, 0);
	wr_u32(w, 1);
	/* The lock takes the level II that the answer kept. */
	client_send(holder);
	break_receive(holder, fid, TO_NONE);
	client_receive(holder, &r);
	ck_assert_uint_eq(r.h.mid, holder->mid);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, NO_OPLOCK);
}
END_TEST

/* Time does not matter: all that is waited for is the reply. */
START_TEST(holder_that_does_not_answer_loses_its_oplock)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_send(other, &batch), second;
	uint8_t level;

	break_receive(holder, fid, TO_LEVEL_II);
	second = open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, LEVEL_II);
	/* It has none any more that could be broken, and its answer comes too late. */
	break_answer(holder, fid, TO_LEVEL_II);
	nothing_comes(holder);
	mid = open_send(other, &overwriting);
	break_receive(other, second, TO_NONE);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	nothing_comes(holder);
}
END_TEST

START_TEST(overwriting_leaves_none)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid;
	uint8_t level;

	mid = open_send(other, &overwriting);
	break_receive(holder, fid, TO_NONE);
	/* Nothing is cut off before the answer. */
	nothing_comes(other);
	ck_assert_uint_eq(server_size(&server, "file"), sizeof(TEXT) - 1);
	break_answer(holder, fid, TO_NONE);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(server_size(&server, "file"), 0);
}
END_TEST

START_TEST(who_only_looks_breaks_nothing)
{
	struct how look = batch;

	look.access = LOOK;
	open_granted(holder, &batch, BATCH);
	open_granted(other, &look, NO_OPLOCK);
	nothing_comes(holder);
}
END_TEST

START_TEST(exclusive_oplock_stays_where_sharing_forbids_the_open)
{
	struct how alone = exclusive;
	uint8_t level;

	alone.share = SHARE_NOTHING;
	open_granted(holder, &alone, EXCLUSIVE);
	open_receive(other, open_send(other, &plain), STATUS_SHARING_VIOLATION, &level);
	nothing_comes(holder);
}
END_TEST

START_TEST(batch_oplock_is_asked_for_before_sharing_is_judged)
{
	struct how alone = batch;
	uint16_t fid, mid;
	uint8_t level;

	alone.share = SHARE_NOTHING;
	fid = open_granted(holder, &alone, BATCH);
	mid = open_waits_for_break(fid);
	must_close(holder, fid);
	open_receive(other, mid, STATUS_SUCCESS, &level);
}
END_TEST

START_TEST(chain_goes_on_after_the_answer)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);
	struct writer *w = client_begin(other, SMB_COM_OPEN_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x40);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\file");
	client_andx(other, SMB_COM_READ_ANDX);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 4);
	wr_u16(w, 4);
	wr_zero(w, 6);
	wr_block_bytes(w);
	client_send(other);
	break_receive(holder, fid, TO_LEVEL_II);
	nothing_comes(other);
	break_answer(holder, fid, TO_NONE);
	client_receive(other, &r);
	ck_assert_uint_eq(r.h.mid, other->mid - 1);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_ge(r.len, 4);
	ck_assert_mem_eq(r.msg + r.len - 4, TEXT, 4);
}
END_TEST

/* The holder is one that cannot be told of level II. */
static void
is_left_none(uint16_t fid)
{
	open_send(other, &batch);
	break_receive(holder, fid, TO_NONE);
}

/* What the header of the request asks for; the Flags of the reply, and the FID. */
static uint8_t
open_by_header(struct client *c, uint8_t asked, uint16_t *fid)
{
	struct writer *w;
	struct reply r;

	c->flags |= asked;
	w = client_begin(c, SMB_COM_OPEN);
	c->flags &= (uint8_t)~asked;
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\file");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	*fid = rd_u16(&r.words);
	return r.h.flags & (FLAGS_OPLOCK | FLAGS_OPBATCH);
}

START_TEST(dos_open_asks_in_its_header)
{
	uint16_t fid;

	ck_assert_uint_eq(open_by_header(holder, 0, &fid), 0);
	must_close(holder, fid);
	ck_assert_uint_eq(open_by_header(holder, FLAGS_OPBATCH, &fid), 0);
	must_close(holder, fid);
	ck_assert_uint_eq(open_by_header(holder, FLAGS_OPLOCK, &fid), FLAGS_OPLOCK);
	must_close(holder, fid);
	ck_assert_uint_eq(open_by_header(holder, FLAGS_OPLOCK | FLAGS_OPBATCH, &fid),
	    FLAGS_OPLOCK | FLAGS_OPBATCH);
	is_left_none(fid);
}
END_TEST

static uint16_t
open_by_flags(struct client *c, uint16_t flags, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_OPEN_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, flags);
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\file");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	*fid = rd_u16(&r.words);
	rd_skip(&r.words, 16);
	return rd_u16(&r.words);
}

START_TEST(open_andx_asks_in_its_flags)
{
	uint16_t fid;

	ck_assert_uint_eq(open_by_flags(holder, 1, &fid), 1);
	must_close(holder, fid);
	ck_assert_uint_eq(open_by_flags(holder, 3, &fid), 0x8001);
	must_close(holder, fid);
	ck_assert_uint_eq(open_by_flags(holder, 7, &fid), 0x8001);
	is_left_none(fid);
}
END_TEST

static void
send_signed(struct client *c, const struct mac_key *key, uint32_t sequence)
{
	uint8_t out[256];
	size_t len;
	const uint8_t *msg = client_message(c, &len);

	memcpy(out, msg, len);
	mac_sign(key, out, len, sequence);
	client_send_message(c, out, len);
}

static void
build_tree(struct client *c)
{
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\SERVER\\share");
	wr_bytes(w, "?????", 6);
}

static void
build_echo(struct client *c)
{
	struct writer *w = client_begin(c, SMB_COM_ECHO);

	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 'e');
}

/* A break takes no number, its answer two like any request. */
START_TEST(break_is_not_signed_where_all_else_is)
{
	static const uint8_t no_signature[8];
	struct client *c = client_connect(server.port);
	struct mac_key key;
	struct reply r;
	uint16_t fid, mid;
	uint8_t level;

	c->flags2 |= SMB_FLAGS2_SMB_SECURITY_SIGNATURE;
	client_negotiate(c);
	mac_key_ntlm_v2(&key, "torture", "secret", c->challenge);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	build_tree(c);
	send_signed(c, &key, 2);
	client_receive(c, &r);
	c->tid = r.h.tid;
	open_build(c, &batch);
	send_signed(c, &key, 4);
	fid = open_receive(c, c->mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, BATCH);

	mid = open_send(other, &batch);
	break_receive(c, fid, TO_LEVEL_II);
	/* Behind the four bytes of the transport. */
	ck_assert_mem_eq(c->in + 4 + SMB_SIGNATURE_AT, no_signature, 8);
	break_answer_build(c, fid, TO_NONE);
	send_signed(c, &key, 6);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	build_echo(c);
	send_signed(c, &key, 8);
	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert(mac_good(&key, r.msg, r.len, 9));
	client_close(&c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/oplock");
	TCase *tc = tcase_create("oplock"), *slow = tcase_create("time-out");

	tcase_add_checked_fixture(tc, begin, pair_end);
	tcase_add_test(tc, open_waits_for_the_answer);
	tcase_add_test(tc, waiting_open_goes_on_when_the_holder_closes);
	tcase_add_test(tc, waiting_open_sees_that_the_file_has_gone);
	tcase_add_test(tc, waiting_open_can_be_cancelled);
	tcase_add_test(tc, waiting_open_goes_with_its_connection);
	tcase_add_test(tc, waiting_open_goes_on_when_the_holder_disconnects);
	tcase_add_test(tc, waiting_open_goes_on_when_the_holder_disconnects_its_tree);
	tcase_add_test(tc, waiting_open_goes_on_when_the_holder_logs_off);
	tcase_add_test(tc, waiting_open_goes_with_its_tree);
	tcase_add_test(tc, waiting_open_goes_with_its_user);
	tcase_add_test(tc, holder_and_asker_may_be_one_connection);
	tcase_add_test(tc, several_wait_for_one_answer);
	tcase_add_test(tc, unasked_answer_is_ignored);
	tcase_add_test(tc, answer_with_ranges_is_answered);
	tcase_add_test(tc, overwriting_leaves_none);
	tcase_add_test(tc, who_only_looks_breaks_nothing);
	tcase_add_test(tc, exclusive_oplock_stays_where_sharing_forbids_the_open);
	tcase_add_test(tc, batch_oplock_is_asked_for_before_sharing_is_judged);
	tcase_add_test(tc, chain_goes_on_after_the_answer);
	tcase_add_test(tc, dos_open_asks_in_its_header);
	tcase_add_test(tc, open_andx_asks_in_its_flags);
	tcase_add_test(tc, break_is_not_signed_where_all_else_is);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(slow, begin_impatient, pair_end);
	tcase_add_test(slow, holder_that_does_not_answer_loses_its_oplock);
	suite_add_tcase(s, slow);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "");
	server_start(&impatient, "\toplock break timeout = 1");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server) + server_stop(&impatient);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
