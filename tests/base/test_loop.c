/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <event2/event.h>

#include "base/loop.h"

static struct loop *loop;
static unsigned fired;

static void
setup(void)
{
	loop = loop_new();
	ck_assert_ptr_nonnull(loop);
	fired = 0;
}

static void
teardown(void)
{
	loop_free(loop);
}

static void
stop(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	fired++;
	loop_stop(loop);
}

START_TEST(it_runs_until_it_is_stopped)
{
	const struct timeval soon = { 0, 1000 };
	struct event *ev = event_new(loop->base, -1, 0, stop, NULL);

	event_add(ev, &soon);
	loop_run(loop);
	ck_assert_uint_eq(fired, 1);
	event_add(ev, &soon);
	loop_run(loop);
	ck_assert_uint_eq(fired, 2);
	event_free(ev);
}
END_TEST

START_TEST(a_stop_before_the_start_is_not_lost)
{
	loop_stop(loop);
	loop_run(loop);
}
END_TEST

START_TEST(a_turn_without_events_returns)
{
	loop_turn(loop, 0);
	loop_turn(loop, 1);
}
END_TEST

static void
count(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	fired++;
}

START_TEST(a_turn_ends_with_the_first_event)
{
	const struct timeval soon = { 0, 1000 };
	struct event *ev = event_new(loop->base, -1, 0, count, NULL);

	event_add(ev, &soon);
	/* The time limit of the test program is far shorter than that of the turn. */
	loop_turn(loop, 3600 * 1000);
	ck_assert_uint_eq(fired, 1);
	event_free(ev);
}
END_TEST

START_TEST(the_clock_does_not_go_back)
{
	uint64_t then = loop_now_ms();

	ck_assert_uint_gt(then, 0);
	ck_assert_uint_ge(loop_now_ms(), then);
}
END_TEST

START_TEST(freeing_none_is_allowed)
{
	loop_free(NULL);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/loop");
	TCase *tc = tcase_create("loop");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_runs_until_it_is_stopped);
	tcase_add_test(tc, a_stop_before_the_start_is_not_lost);
	tcase_add_test(tc, a_turn_without_events_returns);
	tcase_add_test(tc, a_turn_ends_with_the_first_event);
	tcase_add_test(tc, the_clock_does_not_go_back);
	tcase_add_test(tc, freeing_none_is_allowed);
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
