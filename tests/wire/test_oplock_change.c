/* SPDX-License-Identifier: BSD-2-Clause */

/* Oplocks beside what others change: data, locks, names. */

#include <check.h>
#include <stdlib.h>

#include "opens.h"
#include "server.h"
#include "smb/commands.h"

static struct server server;

static void
begin(void)
{
	pair_begin(&server);
}

/* Two level II oplocks of one file: (*a) of the holder, (*b) of the other. */
static void
share_level_ii(uint16_t *a, uint16_t *b)
{
	uint16_t mid;
	uint8_t level;

	*a = open_granted(holder, &batch, BATCH);
	mid = open_waits_for_break(*a);
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

START_TEST(client_that_does_not_know_level_ii_is_left_none)
{
	struct client *c = simple_client(&server);
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
	struct client *c = simple_client(&server);

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

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/oplock_change");
	TCase *tc = tcase_create("change");
	const int nchanges = sizeof(changes) / sizeof(changes[0]);

	tcase_add_checked_fixture(tc, begin, pair_end);
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
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
