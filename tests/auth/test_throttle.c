/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/throttle.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#define MINUTE 60000U

static struct throttle *t;

static void
setup(void)
{
	t = throttle_new(4);
}

static void
teardown(void)
{
	throttle_free(&t);
	ck_assert_ptr_null(t);
}

static const struct sockaddr *
address(const char *text)
{
	static struct sockaddr_storage store;
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };

	memset(&store, 0, sizeof(store));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
		memcpy(&store, &v4, sizeof(v4));
	} else {
		ck_assert_int_eq(inet_pton(AF_INET6, text, &v6.sin6_addr), 1);
		memcpy(&store, &v6, sizeof(v6));
	}
	return (const struct sockaddr *)&store;
}

/* n failures at one moment; what the next try has to wait. */
static uint32_t
wrong(const char *from, unsigned n, uint64_t now)
{
	for (unsigned i = 0; i < n; i++)
		throttle_failed(t, address(from), now);
	return throttle_turn(t, address(from), now);
}

START_TEST(first_tries_cost_nothing_then_delays_double)
{
	ck_assert_uint_eq(wrong("192.0.2.1", 3, 1), 0);
	ck_assert_uint_eq(wrong("192.0.2.2", 4, 1), 250);
	ck_assert_uint_eq(wrong("192.0.2.3", 5, 1), 500);
	ck_assert_uint_eq(wrong("192.0.2.4", 6, 1), 1000);
}
END_TEST

START_TEST(ten_seconds_are_the_most)
{
	ck_assert_uint_eq(wrong("192.0.2.1", 1000, 1), 10000);
}
END_TEST

START_TEST(tries_at_once_come_one_after_the_other)
{
	ck_assert_uint_eq(wrong("192.0.2.1", 5, 1), 500);
	ck_assert_uint_eq(throttle_turn(t, address("192.0.2.1"), 1), 1000);
	ck_assert_uint_eq(throttle_turn(t, address("192.0.2.1"), 1), 1500);
	ck_assert_uint_eq(throttle_turn(t, address("192.0.2.1"), 1001), 1000);
}
END_TEST

START_TEST(too_many_at_once_are_refused)
{
	unsigned n = 0;

	wrong("192.0.2.1", 1000, 1);
	while (throttle_turn(t, address("192.0.2.1"), 1) != THROTTLE_REFUSE)
		ck_assert_uint_lt(n++, 10);
	ck_assert_uint_ne(throttle_turn(t, address("192.0.2.1"), MINUTE), THROTTLE_REFUSE);
}
END_TEST

START_TEST(quiet_time_halves_the_delay)
{
	wrong("192.0.2.1", 6, MINUTE);
	ck_assert_uint_eq(wrong("192.0.2.1", 1, 2 * MINUTE), 500);
	ck_assert_uint_eq(wrong("192.0.2.1", 1, 1000 * MINUTE), 0);
}
END_TEST

START_TEST(clock_going_back_changes_nothing)
{
	wrong("192.0.2.1", 4, 100 * MINUTE);
	ck_assert_uint_ne(wrong("192.0.2.1", 1, MINUTE), 0);
}
END_TEST

START_TEST(success_makes_up_for_one_failure)
{
	for (unsigned i = 0; i < 4; i++) {
		wrong("192.0.2.1", 2, MINUTE);
		throttle_succeeded(t, address("192.0.2.1"));
	}
	ck_assert_uint_eq(throttle_turn(t, address("192.0.2.1"), MINUTE + 60000), 0);
	ck_assert_uint_eq(wrong("192.0.2.1", 3, MINUTE + 60000), 500);
	throttle_succeeded(t, address("192.0.2.9"));
}
END_TEST

START_TEST(one_failure_and_success_are_forgotten)
{
	wrong("192.0.2.1", 1, 1);
	throttle_succeeded(t, address("192.0.2.1"));
	ck_assert_uint_eq(wrong("192.0.2.1", 3, 1), 0);
}
END_TEST

START_TEST(addresses_count_for_themselves)
{
	wrong("192.0.2.1", 9, 1);
	ck_assert_uint_eq(wrong("192.0.2.2", 1, 1), 0);
	ck_assert_uint_eq(wrong("2001:db8::1", 1, 1), 0);
}
END_TEST

START_TEST(ipv6_counts_by_network)
{
	wrong("2001:db8:0:1::1", 3, 1);
	ck_assert_uint_eq(wrong("2001:db8:0:1:ffff::2", 1, 1), 250);
	ck_assert_uint_eq(wrong("2001:db8:0:2::1", 1, 1), 0);
}
END_TEST

START_TEST(mapped_address_is_its_ipv4_one)
{
	wrong("192.0.2.1", 3, 1);
	ck_assert_uint_eq(wrong("::ffff:192.0.2.1", 1, 1), 250);
	ck_assert_uint_eq(wrong("::ffff:192.0.2.2", 1, 1), 0);
}
END_TEST

START_TEST(oldest_are_forgotten_first)
{
	wrong("192.0.2.1", 3, 1);
	wrong("192.0.2.2", 3, 2);
	wrong("192.0.2.3", 3, 3);
	wrong("192.0.2.4", 3, 4);
	ck_assert_uint_eq(wrong("192.0.2.1", 1, 5), 250);
	ck_assert_uint_eq(wrong("192.0.2.5", 1, 6), 0);
	ck_assert_uint_ne(throttle_turn(t, address("192.0.2.1"), 7), 0);
	ck_assert_uint_eq(wrong("192.0.2.2", 1, 8), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("auth/throttle");
	TCase *tc = tcase_create("throttle");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, first_tries_cost_nothing_then_delays_double);
	tcase_add_test(tc, ten_seconds_are_the_most);
	tcase_add_test(tc, quiet_time_halves_the_delay);
	tcase_add_test(tc, clock_going_back_changes_nothing);
	tcase_add_test(tc, success_makes_up_for_one_failure);
	tcase_add_test(tc, one_failure_and_success_are_forgotten);
	tcase_add_test(tc, tries_at_once_come_one_after_the_other);
	tcase_add_test(tc, too_many_at_once_are_refused);
	tcase_add_test(tc, addresses_count_for_themselves);
	tcase_add_test(tc, ipv6_counts_by_network);
	tcase_add_test(tc, mapped_address_is_its_ipv4_one);
	tcase_add_test(tc, oldest_are_forgotten_first);
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
