/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>

#include <check.h>

#include "base/ntime.h"

#define EPOCH             ((ntime)116444736000000000) /* 1970-01-01 */
#define SECOND            ((ntime)10000000)
#define WINTER            (EPOCH + 1705320001 * SECOND) /* 2024-01-15 12:00:01 UTC */
#define SUMMER            (EPOCH + 1721044801 * SECOND) /* 2024-07-15 12:00:01 UTC */
#define DOS_DATE(y, m, d) ((uint16_t)(((y)-1980) << 9 | (m) << 5 | (d)))
#define DOS_TIME(h, m, s) ((uint16_t)((h) << 11 | (m) << 5 | (s) / 2))

static void
zone(const char *tz)
{
	setenv("TZ", tz, 1);
	tzset();
}

/* Central Europe, spelled out so that no database is needed. */
static void
setup(void)
{
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
}

START_TEST(unix_times_go_there_and_back)
{
	static const struct {
		struct timespec ts;
		ntime t;
	} times[] = {
		{ { 0, 0 }, EPOCH },
		{ { 1705320001, 123456700 }, WINTER + 1234567 },
		{ { -1, 999999900 }, EPOCH - 1 },
		{ { -11644473600, 100 }, 1 },
		{ { 253402300799, 0 }, EPOCH + 253402300799 * SECOND },
	};
	struct timespec back;
	size_t i;

	for (i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		ck_assert_uint_eq(ntime_from_timespec(times[i].ts), times[i].t);
		back = ntime_to_timespec(times[i].t);
		ck_assert_int_eq(back.tv_sec, times[i].ts.tv_sec);
		ck_assert_int_eq(back.tv_nsec, times[i].ts.tv_nsec);
	}
}
END_TEST

START_TEST(a_tick_is_100_ns)
{
	ck_assert_uint_eq(ntime_from_timespec((struct timespec){ 0, 199 }), EPOCH + 1);
}
END_TEST

START_TEST(times_out_of_range_are_clamped)
{
	/* 0 would say that there is none. */
	ck_assert_uint_eq(ntime_from_timespec((struct timespec){ .tv_sec = INT64_MIN }), 1);
	ck_assert_uint_eq(ntime_from_timespec((struct timespec){ .tv_sec = -11644473601 }), 1);
	ck_assert_uint_eq(ntime_from_timespec((struct timespec){ .tv_sec = -11644473600 }), 1);
	ck_assert_uint_eq(ntime_from_timespec((struct timespec){ .tv_sec = INT64_MAX }), INT64_MAX);
	ck_assert_uint_eq(
	    ntime_from_timespec((struct timespec){ .tv_sec = 1000000000000 }), INT64_MAX);
	/* No number a client may send makes the way back undefined. */
	ck_assert_int_eq(ntime_to_timespec(UINT64_MAX).tv_nsec, 955161500);
}
END_TEST

START_TEST(now_is_after_this_was_written)
{
	ck_assert_uint_gt(ntime_now(), WINTER);
}
END_TEST

START_TEST(utime_counts_in_local_time)
{
	ck_assert_uint_eq(ntime_to_utime(WINTER), 1705320001 + 3600);
	ck_assert_uint_eq(ntime_to_utime(SUMMER), 1721044801 + 7200);
	ck_assert_uint_eq(ntime_from_utime(1705320001 + 3600), WINTER);
	ck_assert_uint_eq(ntime_from_utime(1721044801 + 7200), SUMMER);
	zone("UTC0");
	ck_assert_uint_eq(ntime_to_utime(WINTER), 1705320001);
	ck_assert_uint_eq(ntime_from_utime(1705320001), WINTER);
}
END_TEST

START_TEST(utime_has_two_values_for_leave)
{
	ck_assert_uint_eq(ntime_from_utime(0), 0);
	ck_assert_uint_eq(ntime_from_utime(0xFFFFFFFF), 0);
	ck_assert_uint_eq(ntime_to_utime(0), 0);
	ck_assert_uint_eq(ntime_to_utime(NTIME_LEAVE), 0);
	ck_assert_uint_eq(ntime_to_utime(NTIME_RESUME), 0);
}
END_TEST

START_TEST(utime_never_becomes_leave_by_clamping)
{
	ck_assert_uint_eq(ntime_to_utime(1), 1);
	ck_assert_uint_eq(ntime_to_utime(EPOCH - 3153600000 * SECOND), 1);
	ck_assert_uint_eq(ntime_to_utime(EPOCH + 5000000000 * SECOND), 0xFFFFFFFE);
}
END_TEST

static void
assert_dos(ntime t, uint16_t date, uint16_t time)
{
	uint16_t d, s;

	ntime_to_dos(t, &d, &s);
	ck_assert_uint_eq(d, date);
	ck_assert_uint_eq(s, time);
}

START_TEST(dos_times_are_local_in_steps_of_two_seconds)
{
	assert_dos(WINTER, DOS_DATE(2024, 1, 15), DOS_TIME(13, 0, 0));
	assert_dos(SUMMER + SECOND, DOS_DATE(2024, 7, 15), DOS_TIME(14, 0, 2));
	ck_assert_uint_eq(
	    ntime_from_dos(DOS_DATE(2024, 1, 15), DOS_TIME(13, 0, 0)), WINTER - SECOND);
	ck_assert_uint_eq(
	    ntime_from_dos(DOS_DATE(2024, 7, 15), DOS_TIME(14, 0, 2)), SUMMER + SECOND);
}
END_TEST

/* Every ten minutes of the days on which the clock is put forward and back: what is told is what
 * the wall shows, and it means the same time again, or that an hour off when it shows twice. */
static void
day_goes_there_and_back(time_t day)
{
	for (time_t t = day; t < day + 24 * 3600; t += 600) {
		ntime n = EPOCH + (ntime)t * SECOND;
		uint16_t date, time;
		struct tm tm;
		int64_t off;

		ck_assert_ptr_nonnull(localtime_r(&t, &tm));
		ntime_to_dos(n, &date, &time);
		ck_assert_uint_eq(date, DOS_DATE(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday));
		ck_assert_uint_eq(time, DOS_TIME(tm.tm_hour, tm.tm_min, tm.tm_sec));
		off = (int64_t)(ntime_from_dos(date, time) - n) / (int64_t)SECOND;
		ck_assert(off == 0 || off == 3600 || off == -3600);
		ck_assert_int_eq(
		    (int64_t)(ntime_from_utime(ntime_to_utime(n)) - n) / (int64_t)SECOND, off);
		if (tm.tm_hour < 1 || tm.tm_hour > 3)
			ck_assert_int_eq(off, 0);
	}
}

START_TEST(days_with_a_change_of_the_clock_are_told_as_they_are)
{
	static const struct {
		const char *zone;
		time_t day[2];
	} zones[] = {
		{ "CET-1CEST,M3.5.0,M10.5.0/3", { 1711839600, 1729980000 } },
		{ "EST5EDT,M3.2.0,M11.1.0", { 1710046800, 1730606400 } },
		{ "AEST-10AEDT,M10.1.0,M4.1.0/3", { 1712408400, 1728136800 } },
	};

	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		zone(zones[i].zone);
		day_goes_there_and_back(zones[i].day[0]);
		day_goes_there_and_back(zones[i].day[1]);
	}
}
END_TEST

START_TEST(dos_times_are_clamped)
{
	assert_dos(1, DOS_DATE(1980, 1, 1), 0);
	assert_dos(EPOCH, DOS_DATE(1980, 1, 1), 0);
	assert_dos(EPOCH + 5000000000 * SECOND, DOS_DATE(2107, 12, 31), DOS_TIME(23, 59, 58));
	assert_dos(INT64_MAX, DOS_DATE(2107, 12, 31), DOS_TIME(23, 59, 58));
}
END_TEST

START_TEST(no_dos_time_is_no_time)
{
	assert_dos(0, 0, 0);
	assert_dos(NTIME_LEAVE, 0, 0);
	ck_assert_uint_eq(ntime_from_dos(0, 0), 0);
}
END_TEST

START_TEST(any_dos_time_is_survived)
{
	unsigned date, time;

	for (date = 0; date < 0x10000; date += 251) {
		for (time = 1; time < 0x10000; time += 8191)
			ck_assert_uint_ne(ntime_from_dos((uint16_t)date, (uint16_t)time), 0);
	}
}
END_TEST

START_TEST(the_zone_is_what_local_time_lacks)
{
	ck_assert_int_eq(ntime_zone(WINTER), -60);
	ck_assert_int_eq(ntime_zone(SUMMER), -120);
	zone("EST5EDT,M3.2.0,M11.1.0");
	ck_assert_int_eq(ntime_zone(WINTER), 300);
	zone("IST-5:30");
	ck_assert_int_eq(ntime_zone(WINTER), -330);
	ck_assert_int_eq(ntime_zone(0), 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/ntime");
	TCase *tc = tcase_create("ntime");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, unix_times_go_there_and_back);
	tcase_add_test(tc, a_tick_is_100_ns);
	tcase_add_test(tc, times_out_of_range_are_clamped);
	tcase_add_test(tc, now_is_after_this_was_written);
	tcase_add_test(tc, utime_counts_in_local_time);
	tcase_add_test(tc, utime_has_two_values_for_leave);
	tcase_add_test(tc, utime_never_becomes_leave_by_clamping);
	tcase_add_test(tc, dos_times_are_local_in_steps_of_two_seconds);
	tcase_add_test(tc, days_with_a_change_of_the_clock_are_told_as_they_are);
	tcase_add_test(tc, dos_times_are_clamped);
	tcase_add_test(tc, no_dos_time_is_no_time);
	tcase_add_test(tc, any_dos_time_is_survived);
	tcase_add_test(tc, the_zone_is_what_local_time_lacks);
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
