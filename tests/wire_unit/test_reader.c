/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "wire/reader.h"

static const uint8_t count[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 };

static struct reader r;

static void
setup(void)
{
	rd_init(&r, count, sizeof(count));
}

START_TEST(numbers_are_little_endian)
{
	ck_assert_uint_eq(rd_u8(&r), 0x01);
	ck_assert_uint_eq(rd_u16(&r), 0x0302);
	ck_assert_uint_eq(rd_u32(&r), 0x07060504);
	ck_assert_uint_eq(rd_u64(&r), 0x0F0E0D0C0B0A0908);
	ck_assert_uint_eq(rd_left(&r), 1);
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(high_bits_stay_unsigned)
{
	static const uint8_t ones[15] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
		255, 255, 255, 255 };

	rd_init(&r, ones, sizeof(ones));
	ck_assert_uint_eq(rd_u8(&r), UINT8_MAX);
	ck_assert_uint_eq(rd_u16(&r), UINT16_MAX);
	ck_assert_uint_eq(rd_u32(&r), UINT32_MAX);
	ck_assert_uint_eq(rd_u64(&r), UINT64_MAX);
	ck_assert(rd_ok(&r));
}
END_TEST

/* From a buffer of exactly that size, so that a sanitizer sees one byte too far. */
START_TEST(a_message_cut_short_is_bad)
{
	size_t len = (size_t)_i;
	uint8_t *cut = malloc(len + (len == 0));

	memcpy(cut, count, len);
	rd_init(&r, cut, len);
	rd_u8(&r);
	rd_u16(&r);
	rd_u32(&r);
	rd_u64(&r);
	ck_assert(!rd_ok(&r));
	free(cut);
}
END_TEST

START_TEST(the_error_sticks)
{
	rd_skip(&r, 13);
	ck_assert_uint_eq(rd_u32(&r), 0);
	ck_assert(!rd_ok(&r));
	ck_assert_uint_eq(rd_left(&r), 0);
	ck_assert_uint_eq(rd_u8(&r), 0);
	ck_assert_uint_eq(rd_u16(&r), 0);
	ck_assert_uint_eq(rd_u64(&r), 0);
	ck_assert_ptr_null(rd_bytes(&r, 0));
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(lengths_that_would_wrap_are_refused)
{
	rd_skip(&r, 4);
	ck_assert_ptr_null(rd_bytes(&r, SIZE_MAX));
	ck_assert(!rd_ok(&r));
	setup();
	rd_skip(&r, SIZE_MAX - 2);
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(bytes_are_borrowed_from_the_message)
{
	rd_skip(&r, 2);
	ck_assert_ptr_eq(rd_bytes(&r, 14), count + 2);
	ck_assert_ptr_nonnull(rd_bytes(&r, 0));
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(a_part_keeps_to_its_window)
{
	struct reader part;

	rd_skip(&r, 2);
	part = rd_sub(&r, 4);
	ck_assert_uint_eq(rd_left(&part), 4);
	ck_assert_uint_eq(rd_u8(&part), 3);
	ck_assert_uint_eq(rd_u8(&r), 7);
	rd_u32(&part);
	ck_assert(!rd_ok(&part));
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(a_part_longer_than_the_rest_makes_both_bad)
{
	struct reader part = rd_sub(&r, 17);

	ck_assert(!rd_ok(&part));
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(a_part_counts_positions_from_the_message)
{
	struct reader part;

	rd_skip(&r, 3);
	part = rd_sub(&r, 8);
	rd_align(&part, 4);
	ck_assert_uint_eq(rd_u8(&part), 5);
}
END_TEST

START_TEST(a_window_is_where_its_offset_says)
{
	struct reader at;

	rd_skip(&r, 4);
	at = rd_at(&r, 10, 3);
	ck_assert_uint_eq(rd_left(&at), 3);
	ck_assert_uint_eq(rd_u8(&at), 11);
	ck_assert_uint_eq(rd_u8(&r), 5);
}
END_TEST

START_TEST(windows_may_touch_both_ends)
{
	struct reader at;

	rd_skip(&r, 4);
	at = rd_at(&r, 4, 12);
	ck_assert(rd_ok(&at));
	at = rd_at(&r, 16, 0);
	ck_assert(rd_ok(&at));
	ck_assert_uint_eq(rd_left(&at), 0);
}
END_TEST

START_TEST(windows_outside_are_bad)
{
	static const size_t outside[][2] = { { 3, 1 }, { 0, 0 }, { 16, 1 }, { 17, 0 }, { 4, 13 },
		{ SIZE_MAX, 1 }, { SIZE_MAX, SIZE_MAX }, { 8, SIZE_MAX }, { 8, SIZE_MAX - 7 } };
	struct reader at;
	size_t i;

	rd_skip(&r, 4);
	for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		at = rd_at(&r, outside[i][0], outside[i][1]);
		ck_assert(!rd_ok(&at));
	}
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(a_bad_reader_has_bad_windows)
{
	struct reader at;

	rd_skip(&r, 17);
	at = rd_at(&r, 4, 1);
	ck_assert(!rd_ok(&at));
	at = rd_sub(&r, 0);
	ck_assert(!rd_ok(&at));
}
END_TEST

START_TEST(alignment_stops_at_the_end)
{
	rd_align(&r, 8);
	ck_assert_uint_eq(r.pos, 0);
	rd_u8(&r);
	rd_align(&r, 4);
	ck_assert_uint_eq(r.pos, 4);
	rd_init(&r, count, 15);
	rd_skip(&r, 13);
	rd_align(&r, 4);
	ck_assert_uint_eq(r.pos, 15);
	ck_assert(rd_ok(&r));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/reader");
	TCase *tc = tcase_create("reader");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, numbers_are_little_endian);
	tcase_add_test(tc, high_bits_stay_unsigned);
	tcase_add_loop_test(tc, a_message_cut_short_is_bad, 0, 15);
	tcase_add_test(tc, the_error_sticks);
	tcase_add_test(tc, lengths_that_would_wrap_are_refused);
	tcase_add_test(tc, bytes_are_borrowed_from_the_message);
	tcase_add_test(tc, a_part_keeps_to_its_window);
	tcase_add_test(tc, a_part_longer_than_the_rest_makes_both_bad);
	tcase_add_test(tc, a_part_counts_positions_from_the_message);
	tcase_add_test(tc, a_window_is_where_its_offset_says);
	tcase_add_test(tc, windows_may_touch_both_ends);
	tcase_add_test(tc, windows_outside_are_bad);
	tcase_add_test(tc, a_bad_reader_has_bad_windows);
	tcase_add_test(tc, alignment_stops_at_the_end);
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
