/* SPDX-License-Identifier: BSD-2-Clause */

/* Who gets which oplock, what is broken for whom, and what ends a break. */

#include <check.h>
#include <string.h>

#include "base/loop.h"
#include "file/lock.h"
#include "file/node.h"

#define HOLDERS 4
#define TIMEOUT 35000

static struct file_table *table;
static struct loop *loop;
static struct disk_file file;
static struct open *opens[HOLDERS];

/* What the holders heard, in turn. */
static struct {
	const struct open *who;
	enum oplock_level to;
} heard[16];
static unsigned nheard, nlost;

/* Somebody who waits at the file. */
static struct waiter waiter;
static unsigned woken;

static void
hear(const struct open *o, enum oplock_level to)
{
	ck_assert_uint_lt(nheard, 16);
	heard[nheard].who = o;
	heard[nheard++].to = to;
}

static void
lose(const struct open *o)
{
	ck_assert(o->oplock.breaking);
	nlost++;
}

static const struct oplock_ops ops = { .send = hear, .lost = lose };

static void
wake(struct waiter *w, nt_status why)
{
	(void)w;
	ck_assert_uint_eq(why, STATUS_SUCCESS);
	woken++;
}

static void
setup(void)
{
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	table = file_table_new();
	file = (struct disk_file){ .id = { .dev = 1, .ino = 2 } };
	memset(opens, 0, sizeof opens);
	nheard = nlost = woken = 0;
	waiter_init(&waiter, loop, wake);
}

static void
close_open(int i)
{
	struct disk_file *f;

	ck_assert_ptr_null(file_close(&opens[i], &f, NULL));
}

static void
teardown(void)
{
	int i;

	for (i = 0; i < HOLDERS; i++) {
		if (opens[i] != NULL)
			close_open(i);
	}
	ck_assert_uint_eq(file_table_nodes(table), 0);
	waiter_cancel(&waiter);
	file_table_free(&table);
	loop_free(loop);
}

static enum oplock_level
open_untold(int i, enum oplock_level level, bool level2)
{
	const struct share_mode mode = { .access = FILE_READ_DATA, .share = FILE_SHARE_READ };
	const struct oplock_wish wish = { .level = level, .level2 = level2, .ops = &ops };

	ck_assert_uint_eq(file_open(table, &file, "f", &mode, &opens[i]), STATUS_SUCCESS);
	return file_oplock_grant(opens[i], &wish);
}

static enum oplock_level
open_as(int i, enum oplock_level level)
{
	enum oplock_level granted = open_untold(i, level, true);

	file_oplock_announce(opens[i]);
	return granted;
}

static uint32_t
conflict(enum oplock_level left, bool batch_only, uint64_t now)
{
	const struct oplock_conflict c = {
		.left = left, .batch_only = batch_only, .now = now, .timeout = TIMEOUT
	};

	return file_oplock_break(table, &file.id, &c);
}

static void
wait_here(void)
{
	waiter_add(file_waiters(table, &file.id), &waiter);
}

static unsigned
turn(void)
{
	loop_turn(loop, 0);
	return woken;
}

START_TEST(who_is_alone_gets_what_it_asked_for)
{
	ck_assert_int_eq(open_as(0, OPLOCK_BATCH), OPLOCK_BATCH);
	close_open(0);
	ck_assert_int_eq(open_as(0, OPLOCK_EXCLUSIVE), OPLOCK_EXCLUSIVE);
	close_open(0);
	ck_assert_int_eq(open_as(0, OPLOCK_NONE), OPLOCK_NONE);
}
END_TEST

START_TEST(who_is_not_alone_gets_level_ii)
{
	open_as(0, OPLOCK_NONE);
	ck_assert_int_eq(open_as(1, OPLOCK_BATCH), OPLOCK_LEVEL_II);
	ck_assert_int_eq(open_as(2, OPLOCK_EXCLUSIVE), OPLOCK_LEVEL_II);
	ck_assert_int_eq(open_untold(3, OPLOCK_BATCH, false), OPLOCK_NONE);
	ck_assert_uint_eq(nheard, 0);
}
END_TEST

START_TEST(beside_an_exclusive_oplock_there_is_none)
{
	open_as(0, OPLOCK_BATCH);
	ck_assert_int_eq(open_as(1, OPLOCK_BATCH), OPLOCK_NONE);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 0), TIMEOUT);
	ck_assert_int_eq(open_as(2, OPLOCK_BATCH), OPLOCK_NONE);
	file_oplock_ack(opens[0], OPLOCK_LEVEL_II);
	ck_assert_int_eq(open_as(3, OPLOCK_BATCH), OPLOCK_LEVEL_II);
}
END_TEST

START_TEST(beside_locked_bytes_there_is_no_level_ii)
{
	const struct lock_range range = { .length = 1, .exclusive = true };

	open_as(0, OPLOCK_NONE);
	ck_assert_uint_eq(file_lock(opens[0], &range, false), STATUS_SUCCESS);
	ck_assert_int_eq(open_as(1, OPLOCK_BATCH), OPLOCK_NONE);
	ck_assert_uint_eq(file_unlock(opens[0], &range), STATUS_SUCCESS);
	ck_assert_int_eq(open_as(2, OPLOCK_BATCH), OPLOCK_LEVEL_II);
}
END_TEST

START_TEST(a_directory_has_no_oplock)
{
	file.directory = true;
	ck_assert_int_eq(open_as(0, OPLOCK_BATCH), OPLOCK_NONE);
}
END_TEST

START_TEST(a_break_asks_once_and_lasts_until_the_answer)
{
	open_as(0, OPLOCK_EXCLUSIVE);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 1000), TIMEOUT);
	wait_here();
	ck_assert_uint_eq(file_waiting(opens[0]), 1);
	ck_assert_uint_eq(conflict(OPLOCK_NONE, false, 1001), TIMEOUT - 1);
	ck_assert_uint_eq(nheard, 1);
	ck_assert_ptr_eq(heard[0].who, opens[0]);
	ck_assert_int_eq(heard[0].to, OPLOCK_LEVEL_II);
	ck_assert_uint_eq(turn(), 0);

	file_oplock_ack(opens[0], OPLOCK_LEVEL_II);
	ck_assert_uint_eq(turn(), 1);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_LEVEL_II);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 1002), 0);
	ck_assert_uint_eq(nheard, 1);
}
END_TEST

START_TEST(an_answer_keeps_no_more_than_was_left)
{
	open_as(0, OPLOCK_BATCH);
	conflict(OPLOCK_NONE, false, 0);
	ck_assert_int_eq(heard[0].to, OPLOCK_NONE);
	file_oplock_ack(opens[0], OPLOCK_LEVEL_II);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_NONE);
}
END_TEST

START_TEST(an_answer_may_keep_less_than_was_left)
{
	open_as(0, OPLOCK_BATCH);
	conflict(OPLOCK_LEVEL_II, false, 0);
	file_oplock_ack(opens[0], OPLOCK_NONE);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_NONE);
}
END_TEST

START_TEST(an_unasked_answer_means_nothing)
{
	open_as(0, OPLOCK_BATCH);
	wait_here();
	file_oplock_ack(opens[0], OPLOCK_NONE);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_BATCH);
	ck_assert_uint_eq(turn(), 0);
}
END_TEST

START_TEST(who_does_not_know_level_ii_is_left_none)
{
	open_untold(0, OPLOCK_BATCH, false);
	file_oplock_announce(opens[0]);
	conflict(OPLOCK_LEVEL_II, false, 0);
	ck_assert_int_eq(heard[0].to, OPLOCK_NONE);
	file_oplock_ack(opens[0], OPLOCK_LEVEL_II);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_NONE);
}
END_TEST

START_TEST(who_does_not_answer_in_time_loses_it)
{
	open_as(0, OPLOCK_BATCH);
	conflict(OPLOCK_LEVEL_II, false, 1000);
	wait_here();
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 1000 + TIMEOUT - 1), 1);
	ck_assert_uint_eq(nlost, 0);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 1000 + TIMEOUT), 0);
	ck_assert_uint_eq(nlost, 1);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_NONE);
	ck_assert_uint_eq(turn(), 1);

	/* Late. */
	file_oplock_ack(opens[0], OPLOCK_LEVEL_II);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_NONE);
}
END_TEST

START_TEST(a_close_ends_a_break)
{
	open_as(0, OPLOCK_BATCH);
	conflict(OPLOCK_LEVEL_II, false, 0);
	wait_here();
	close_open(0);
	ck_assert_uint_eq(turn(), 1);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 0), 0);
}
END_TEST

START_TEST(a_close_of_another_open_wakes_too)
{
	open_as(0, OPLOCK_NONE);
	open_as(1, OPLOCK_NONE);
	wait_here();
	close_open(0);
	ck_assert_uint_eq(turn(), 1);
}
END_TEST

START_TEST(a_holder_that_has_gone_is_not_waited_for)
{
	open_as(0, OPLOCK_BATCH);
	conflict(OPLOCK_LEVEL_II, false, 0);
	wait_here();
	file_oplock_drop(opens[0]);
	ck_assert_uint_eq(turn(), 1);
	ck_assert_uint_eq(conflict(OPLOCK_NONE, false, 0), 0);
}
END_TEST

START_TEST(an_exclusive_oplock_waits_until_sharing_is_judged)
{
	open_as(0, OPLOCK_EXCLUSIVE);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, true, 0), 0);
	ck_assert_uint_eq(nheard, 0);
	close_open(0);
	open_as(0, OPLOCK_BATCH);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, true, 0), TIMEOUT);
	ck_assert_uint_eq(nheard, 1);
}
END_TEST

START_TEST(ones_own_oplock_does_not_stand_in_the_way)
{
	struct oplock_conflict c = { .left = OPLOCK_NONE, .timeout = TIMEOUT };

	open_as(0, OPLOCK_BATCH);
	c.own = opens[0];
	ck_assert_uint_eq(file_oplock_break(table, &file.id, &c), 0);
	ck_assert_uint_eq(nheard, 0);
}
END_TEST

START_TEST(what_is_deleted_is_not_broken)
{
	open_as(0, OPLOCK_BATCH);
	file_set_delete(opens[0], true, NULL);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 0), 0);
	ck_assert_uint_eq(nheard, 0);
	file_set_delete(opens[0], false, NULL);
}
END_TEST

START_TEST(a_change_takes_every_level_ii_and_waits_for_nobody)
{
	open_as(0, OPLOCK_NONE);
	open_as(1, OPLOCK_BATCH);
	open_as(2, OPLOCK_BATCH);
	file_oplock_changed(opens[1]);
	ck_assert_uint_eq(nheard, 2);
	ck_assert_int_eq(heard[0].to, OPLOCK_NONE);
	ck_assert_ptr_eq(heard[0].who, opens[1]);
	ck_assert_ptr_eq(heard[1].who, opens[2]);
	ck_assert_int_eq(opens[2]->oplock.level, OPLOCK_NONE);
	file_oplock_changed(opens[1]);
	ck_assert_uint_eq(nheard, 2);
}
END_TEST

START_TEST(a_change_leaves_the_only_one_its_oplock)
{
	open_as(0, OPLOCK_EXCLUSIVE);
	file_oplock_changed(opens[0]);
	ck_assert_uint_eq(nheard, 0);
	ck_assert_int_eq(opens[0]->oplock.level, OPLOCK_EXCLUSIVE);
}
END_TEST

START_TEST(an_overwrite_takes_level_ii_at_once)
{
	open_as(0, OPLOCK_NONE);
	open_as(1, OPLOCK_BATCH);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 0), 0);
	ck_assert_uint_eq(nheard, 0);
	ck_assert_uint_eq(conflict(OPLOCK_NONE, false, 0), 0);
	ck_assert_uint_eq(nheard, 1);
}
END_TEST

START_TEST(a_break_is_kept_back_until_the_holder_knows_of_its_oplock)
{
	open_untold(0, OPLOCK_BATCH, true);
	ck_assert_uint_eq(conflict(OPLOCK_LEVEL_II, false, 0), TIMEOUT);
	ck_assert_uint_eq(nheard, 0);
	file_oplock_announce(opens[0]);
	ck_assert_uint_eq(nheard, 1);
	ck_assert_int_eq(heard[0].to, OPLOCK_LEVEL_II);
	file_oplock_announce(opens[0]);
	ck_assert_uint_eq(nheard, 1);
}
END_TEST

START_TEST(what_is_not_open_is_not_waited_for)
{
	ck_assert_uint_eq(conflict(OPLOCK_NONE, false, 0), 0);
	ck_assert_ptr_null(file_waiters(table, &file.id));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("file/oplock");
	TCase *tc = tcase_create("oplock");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, who_is_alone_gets_what_it_asked_for);
	tcase_add_test(tc, who_is_not_alone_gets_level_ii);
	tcase_add_test(tc, beside_an_exclusive_oplock_there_is_none);
	tcase_add_test(tc, beside_locked_bytes_there_is_no_level_ii);
	tcase_add_test(tc, a_directory_has_no_oplock);
	tcase_add_test(tc, a_break_asks_once_and_lasts_until_the_answer);
	tcase_add_test(tc, an_answer_keeps_no_more_than_was_left);
	tcase_add_test(tc, an_answer_may_keep_less_than_was_left);
	tcase_add_test(tc, an_unasked_answer_means_nothing);
	tcase_add_test(tc, who_does_not_know_level_ii_is_left_none);
	tcase_add_test(tc, who_does_not_answer_in_time_loses_it);
	tcase_add_test(tc, a_close_ends_a_break);
	tcase_add_test(tc, a_close_of_another_open_wakes_too);
	tcase_add_test(tc, a_holder_that_has_gone_is_not_waited_for);
	tcase_add_test(tc, an_exclusive_oplock_waits_until_sharing_is_judged);
	tcase_add_test(tc, ones_own_oplock_does_not_stand_in_the_way);
	tcase_add_test(tc, what_is_deleted_is_not_broken);
	tcase_add_test(tc, a_change_takes_every_level_ii_and_waits_for_nobody);
	tcase_add_test(tc, a_change_leaves_the_only_one_its_oplock);
	tcase_add_test(tc, an_overwrite_takes_level_ii_at_once);
	tcase_add_test(tc, a_break_is_kept_back_until_the_holder_knows_of_its_oplock);
	tcase_add_test(tc, what_is_not_open_is_not_waited_for);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
