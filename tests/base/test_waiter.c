/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <unistd.h>

#include <check.h>
#include <event2/event.h>

#include "base/loop.h"
#include "base/waiter.h"

static struct loop *loop;
static struct waiter_list list;
static struct waiter a, b, c;
static struct waiter *woken[16];
static nt_status reasons[16];
static unsigned n;

static void
note(struct waiter *w, nt_status why)
{
	ck_assert(waiter_is_idle(w));
	ck_assert_uint_lt(n, 16);
	woken[n] = w;
	reasons[n++] = why;
}

static void
setup(void)
{
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	TAILQ_INIT(&list);
	n = 0;
	waiter_init(&a, loop, note);
	waiter_init(&b, loop, note);
	waiter_init(&c, loop, note);
}

static void
teardown(void)
{
	loop_free(loop);
}

START_TEST(waking_only_queues)
{
	waiter_add(&list, &a);
	ck_assert(!waiter_is_idle(&a));
	waiter_wake(&a, STATUS_CANCELLED);
	ck_assert_uint_eq(n, 0);
	ck_assert(!waiter_is_idle(&a));
	ck_assert(TAILQ_EMPTY(&list));
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(reasons[0], STATUS_CANCELLED);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(the_first_reason_stands)
{
	waiter_add(&list, &a);
	waiter_wake(&a, STATUS_SUCCESS);
	waiter_wake(&a, STATUS_CANCELLED);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(reasons[0], STATUS_SUCCESS);
}
END_TEST

START_TEST(all_of_a_list_wake_in_its_order)
{
	waiter_add(&list, &b);
	waiter_add(&list, &a);
	waiter_add(&list, &c);
	waiter_wake_all(&list, STATUS_SUCCESS);
	ck_assert(TAILQ_EMPTY(&list));
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 3);
	ck_assert_ptr_eq(woken[0], &b);
	ck_assert_ptr_eq(woken[1], &a);
	ck_assert_ptr_eq(woken[2], &c);
}
END_TEST

START_TEST(a_listed_waiter_can_be_cancelled)
{
	waiter_add(&list, &a);
	waiter_add(&list, &b);
	waiter_cancel(&a);
	waiter_cancel(&a);
	ck_assert(waiter_is_idle(&a));
	waiter_wake_all(&list, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_ptr_eq(woken[0], &b);
}
END_TEST

START_TEST(a_ready_waiter_can_be_cancelled)
{
	waiter_wake(&a, STATUS_SUCCESS);
	waiter_cancel(&a);
	ck_assert(waiter_is_idle(&a));
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(an_idle_waiter_becomes_ready)
{
	waiter_wake(&a, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(adding_moves_from_list_to_list)
{
	struct waiter_list other = TAILQ_HEAD_INITIALIZER(other);

	waiter_add(&list, &a);
	waiter_add(&other, &a);
	ck_assert(TAILQ_EMPTY(&list));
	ck_assert_ptr_eq(TAILQ_FIRST(&other), &a);
	waiter_cancel(&a);
}
END_TEST

static void
cancel_b(struct waiter *w, nt_status why)
{
	note(w, why);
	waiter_cancel(&b);
}

START_TEST(one_ready_waiter_can_cancel_the_next)
{
	waiter_init(&a, loop, cancel_b);
	waiter_wake(&a, STATUS_SUCCESS);
	waiter_wake(&b, STATUS_SUCCESS);
	waiter_wake(&c, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 2);
	ck_assert_ptr_eq(woken[1], &c);
}
END_TEST

static void
wake_again(struct waiter *w, nt_status why)
{
	note(w, why);
	waiter_wake(w, STATUS_SUCCESS);
}

static void
read_byte(evutil_socket_t fd, short what, void *arg)
{
	char byte;

	(void)what;
	(void)arg;
	ck_assert_int_eq(read(fd, &byte, 1), 1);
	woken[n++] = NULL;
}

/* Otherwise two requests that wake each other would keep every client out. */
START_TEST(sockets_come_between_two_turns_of_the_ready)
{
	struct event *ev;
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	ev = event_new(loop->base, ends[0], EV_READ, read_byte, NULL);
	event_add(ev, NULL);
	waiter_init(&a, loop, wake_again);
	waiter_wake(&a, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 3);
	ck_assert(woken[1] == NULL || woken[2] == NULL);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 4);
	waiter_cancel(&a);
	event_free(ev);
	close(ends[0]);
	close(ends[1]);
}
END_TEST

static void
wake_b(struct waiter *w, nt_status why)
{
	note(w, why);
	waiter_wake(&b, STATUS_SUCCESS);
}

START_TEST(who_wakes_during_a_turn_has_the_next)
{
	waiter_init(&a, loop, wake_b);
	waiter_wake(&a, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 1);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 2);
}
END_TEST

static void
free_itself(struct waiter *w, nt_status why)
{
	note(w, why);
	free(w);
}

START_TEST(a_woken_waiter_may_free_itself)
{
	struct waiter *w = malloc(sizeof(*w));

	waiter_init(w, loop, free_itself);
	waiter_wake(w, STATUS_SUCCESS);
	waiter_wake(&b, STATUS_SUCCESS);
	loop_turn(loop, 0);
	ck_assert_uint_eq(n, 2);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/waiter");
	TCase *tc = tcase_create("waiter");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, waking_only_queues);
	tcase_add_test(tc, the_first_reason_stands);
	tcase_add_test(tc, all_of_a_list_wake_in_its_order);
	tcase_add_test(tc, a_listed_waiter_can_be_cancelled);
	tcase_add_test(tc, a_ready_waiter_can_be_cancelled);
	tcase_add_test(tc, an_idle_waiter_becomes_ready);
	tcase_add_test(tc, adding_moves_from_list_to_list);
	tcase_add_test(tc, one_ready_waiter_can_cancel_the_next);
	tcase_add_test(tc, sockets_come_between_two_turns_of_the_ready);
	tcase_add_test(tc, who_wakes_during_a_turn_has_the_next);
	tcase_add_test(tc, a_woken_waiter_may_free_itself);
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
