/* SPDX-License-Identifier: BSD-2-Clause */

/* Oplocks: who gets them, what breaks them, and whoever waits for the answer. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "opens.h"
#include "server.h"
#include "smb/commands.h"

#define TEXT   "0123456789"
#define DELETE 0x00010000u
#define LOOK   0x00100180u /* SYNCHRONIZE and the attributes */

#define FLAGS_OPLOCK  0x20
#define FLAGS_OPBATCH 0x40

static struct server server, impatient; /* the one waits 35 s for an answer, the other one */
static struct client *holder, *other;

static const struct how batch = { .ask = ASK_BATCH, .share = SHARE_ALL };
static const struct how exclusive = { .ask = ASK_EXCLUSIVE, .share = SHARE_ALL };
static const struct how plain = { .share = SHARE_ALL };
static const struct how overwriting = { .share = SHARE_ALL, .disposition = DISPOSITION_OVERWRITE };

static void
begin(void)
{
	server_file(&server, "file", TEXT, sizeof(TEXT) - 1);
	holder = client_on(server.port, "share");
	other = client_on(server.port, "share");
}

static void
begin_impatient(void)
{
	server_file(&impatient, "file", TEXT, sizeof(TEXT) - 1);
	holder = client_on(impatient.port, "share");
	other = client_on(impatient.port, "share");
}

static void
end(void)
{
	if (holder != NULL)
		client_close(&holder);
	if (other != NULL)
		client_close(&other);
}

/* An open of another that waits for the break of a batch oplock; its MID. */
static uint16_t
open_waits(uint16_t fid)
{
	uint16_t mid = open_send(other, &batch);

	break_receive(holder, fid, TO_LEVEL_II);
	nothing_comes(other);
	return mid;
}

/* The server has seen what another connection did before: its end is in an earlier turn's events.
 */
static void
settle(struct client *c)
{
	int i;

	for (i = 0; i < 3; i++)
		nothing_comes(c);
}

/* Nobody has it open. */
static void
nobody_is_left(struct client *c)
{
	must_close(c, open_granted(c, &batch, BATCH));
}

START_TEST(open_waits_for_the_answer)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid), second;
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
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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
	mid = open_waits(fid);
	must_close(holder, fid);
	open_receive(other, mid, STATUS_OBJECT_NAME_NOT_FOUND, &level);
}
END_TEST

START_TEST(waiting_open_can_be_cancelled)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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

	open_waits(fid);
	client_close(&other);
	settle(holder);
	break_answer(holder, fid, TO_NONE);
	must_close(holder, fid);
	nobody_is_left(holder);
}
END_TEST

START_TEST(waiting_open_goes_on_when_the_holder_disconnects)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid), again;
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
	open_waits(fid);
}
END_TEST

START_TEST(answer_with_ranges_is_answered)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid = open_waits(fid);
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
	mid = open_waits(fid);
	must_close(holder, fid);
	open_receive(other, mid, STATUS_SUCCESS, &level);
}
END_TEST

/* Two level II oplocks of one file: (*a) of the holder, (*b) of the other. */
static void
share_level_ii(uint16_t *a, uint16_t *b)
{
	uint16_t mid;
	uint8_t level;

	*a = open_granted(holder, &batch, BATCH);
	mid = open_waits(*a);
	break_answer(holder, *a, TO_LEVEL_II);
	*b = open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, LEVEL_II);
}

static void
send_write(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE);

	wr_u16(w, fid);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 1);
	wr_u8(w, 'x');
	client_send(c);
}

static void
send_cut(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 0);
	client_send(c);
}

static void
send_lock(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_LOCK_BYTE_RANGE);

	wr_u16(w, fid);
	wr_u32(w, 1);
	wr_u32(w, 0);
	client_send(c);
}

static void
send_locking(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_LOCKING_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 6);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	wr_u32(w, 0);
	wr_u32(w, 1);
	client_send(c);
}

static void
send_set_size(struct client *c, uint16_t fid, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 8);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u64(w, 4);
	client_trans2_end(c, &t);
	client_send(c);
}

static void
send_end_of_file(struct client *c, uint16_t fid)
{
	send_set_size(c, fid, 0x104);
}

static void
send_allocation(struct client *c, uint16_t fid)
{
	send_set_size(c, fid, 0x103);
}

static const struct {
	const char *name;
	void (*send)(struct client *c, uint16_t fid);
} changes[] = {
	{ "write", send_write },
	{ "write of nothing", send_cut },
	{ "lock", send_lock },
	{ "locking", send_locking },
	{ "end of file", send_end_of_file },
	{ "allocation", send_allocation },
};

START_TEST(change_takes_level_ii_from_all_and_waits_for_nobody)
{
	uint16_t a, b;

	share_level_ii(&a, &b);
	changes[_i].send(other, b);
	break_receive(holder, a, TO_NONE);
	break_receive(other, b, TO_NONE);
	ck_assert_msg(simple_reply(other, other->mid) == STATUS_SUCCESS, "%s", changes[_i].name);

	/* There is nothing left to take. */
	break_answer(holder, a, TO_NONE);
	send_write(other, b);
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SUCCESS);
	nothing_comes(holder);
}
END_TEST

START_TEST(change_leaves_the_only_one_its_oplock)
{
	uint16_t fid = open_granted(holder, &exclusive, EXCLUSIVE);

	changes[_i].send(holder, fid);
	ck_assert_msg(simple_reply(holder, holder->mid) == STATUS_SUCCESS, "%s", changes[_i].name);
	nothing_comes(holder);
}
END_TEST

START_TEST(overwriting_takes_level_ii)
{
	uint16_t a, b, mid;
	uint8_t level;

	share_level_ii(&a, &b);
	mid = open_send(other, &overwriting);
	break_receive(holder, a, TO_NONE);
	break_receive(other, b, TO_NONE);
	open_receive(other, mid, STATUS_SUCCESS, &level);
}
END_TEST

START_TEST(another_reader_takes_nothing)
{
	uint16_t a, b;

	share_level_ii(&a, &b);
	open_granted(other, &batch, LEVEL_II);
	nothing_comes(holder);
}
END_TEST

/* A client that has not said that it knows them. */
static struct client *
simple_client(void)
{
	struct client *c = client_connect(server.port);

	c->offers &= ~0x80u;
	client_negotiate(c);
	ck_assert_uint_ne(c->capabilities & 0x80, 0);
	client_guest(c);
	client_tree(c, "share");
	return c;
}

START_TEST(client_that_does_not_know_level_ii_is_left_none)
{
	struct client *c = simple_client();
	uint16_t fid = open_granted(c, &batch, BATCH), mid = open_send(other, &batch);
	uint8_t level;

	break_receive(c, fid, TO_NONE);
	break_answer(c, fid, TO_LEVEL_II);
	open_receive(other, mid, STATUS_SUCCESS, &level);
	ck_assert_uint_eq(level, LEVEL_II);
	client_close(&c);
}
END_TEST

START_TEST(client_that_does_not_know_level_ii_gets_none)
{
	struct client *c = simple_client();

	open_granted(other, &plain, NO_OPLOCK);
	open_granted(c, &batch, NO_OPLOCK);
	client_close(&c);
}
END_TEST

static void
send_delete(struct client *c, const char *name)
{
	struct writer *w = client_begin(c, SMB_COM_DELETE);

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	client_send(c);
}

static void
send_rename(struct client *c, const char *from, const char *to)
{
	struct writer *w = client_begin(c, SMB_COM_RENAME);

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	client_send(c);
}

START_TEST(delete_waits_for_who_may_have_closed)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);

	send_delete(other, "\\file");
	break_receive(holder, fid, TO_LEVEL_II);
	nothing_comes(other);
	must_close(holder, fid);
	ck_assert_uint_eq(simple_reply(other, other->mid - 1), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "file"));
}
END_TEST

START_TEST(delete_of_many_asks_all_of_them_at_once)
{
	struct how first = batch, second = batch;
	uint16_t a, b;

	first.name = "one.tmp";
	second.name = "two.tmp";
	first.disposition = second.disposition = DISPOSITION_OPEN_IF;
	a = open_granted(holder, &first, BATCH);
	b = open_granted(holder, &second, BATCH);
	send_delete(other, "\\*.tmp");
	ck_assert_uint_eq(break_of(holder, TO_LEVEL_II) + break_of(holder, TO_LEVEL_II), a + b);
	must_close(holder, b);
	must_close(holder, a);
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "one.tmp"));
	ck_assert(!server_has(&server, "two.tmp"));
}
END_TEST

START_TEST(waiting_delete_can_be_cancelled)
{
	uint16_t fid = open_granted(holder, &batch, BATCH), mid;

	send_delete(other, "\\file");
	mid = other->mid;
	break_receive(holder, fid, TO_LEVEL_II);
	cancel(other, mid);
	ck_assert_uint_eq(simple_reply(other, mid), STATUS_CANCELLED);
	ck_assert(server_has(&server, "file"));
}
END_TEST

START_TEST(delete_goes_on_after_the_answer)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);

	send_delete(other, "\\file");
	break_receive(holder, fid, TO_LEVEL_II);
	break_answer(holder, fid, TO_LEVEL_II);
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SHARING_VIOLATION);
}
END_TEST

START_TEST(rename_waits_for_who_may_have_closed)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);

	send_rename(other, "\\file", "\\renamed");
	break_receive(holder, fid, TO_LEVEL_II);
	nothing_comes(other);
	must_close(holder, fid);
	ck_assert_uint_eq(simple_reply(other, other->mid - 1), STATUS_SUCCESS);
	ck_assert(server_has(&server, "renamed"));
}
END_TEST

START_TEST(rename_of_a_directory_asks_for_the_files_below)
{
	struct how below = batch;
	uint16_t fid;

	server_mkdir(&server, "folder");
	server_file(&server, "folder/deep", "x", 1);
	below.name = "folder\\deep";
	fid = open_granted(holder, &below, BATCH);
	send_rename(other, "\\folder", "\\moved");
	break_receive(holder, fid, TO_LEVEL_II);
	must_close(holder, fid);
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SUCCESS);
	ck_assert(server_has(&server, "moved/deep"));
	send_delete(other, "\\moved\\deep");
	ck_assert_uint_eq(simple_reply(other, other->mid), STATUS_SUCCESS);
}
END_TEST

START_TEST(size_set_by_path_leaves_none)
{
	uint16_t fid = open_granted(holder, &batch, BATCH);
	struct trans2 t;
	struct writer *w = client_trans2_begin(other, &t, 6);

	wr_u16(w, 1020);
	wr_u32(w, 0);
	wr_string(w, "\\file");
	client_trans2_data(other, &t);
	wr_u64(w, 4);
	client_trans2_end(other, &t);
	client_send(other);
	break_receive(holder, fid, TO_NONE);
	nothing_comes(other);
	break_answer(holder, fid, TO_NONE);
	ck_assert_uint_eq(simple_reply(other, other->mid - 1), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "file"), 4);
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

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/oplock");
	TCase *tc = tcase_create("oplock"), *slow = tcase_create("time-out");
	const int nchanges = sizeof(changes) / sizeof(changes[0]);

	tcase_add_checked_fixture(tc, begin, end);
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
	tcase_add_loop_test(tc, change_takes_level_ii_from_all_and_waits_for_nobody, 0, nchanges);
	tcase_add_loop_test(tc, change_leaves_the_only_one_its_oplock, 0, nchanges);
	tcase_add_test(tc, overwriting_takes_level_ii);
	tcase_add_test(tc, another_reader_takes_nothing);
	tcase_add_test(tc, client_that_does_not_know_level_ii_is_left_none);
	tcase_add_test(tc, client_that_does_not_know_level_ii_gets_none);
	tcase_add_test(tc, delete_waits_for_who_may_have_closed);
	tcase_add_test(tc, delete_of_many_asks_all_of_them_at_once);
	tcase_add_test(tc, waiting_delete_can_be_cancelled);
	tcase_add_test(tc, delete_goes_on_after_the_answer);
	tcase_add_test(tc, rename_waits_for_who_may_have_closed);
	tcase_add_test(tc, rename_of_a_directory_asks_for_the_files_below);
	tcase_add_test(tc, size_set_by_path_leaves_none);
	tcase_add_test(tc, chain_goes_on_after_the_answer);
	tcase_add_test(tc, dos_open_asks_in_its_header);
	tcase_add_test(tc, open_andx_asks_in_its_flags);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(slow, begin_impatient, end);
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
