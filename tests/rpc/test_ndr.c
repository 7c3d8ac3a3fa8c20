/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/ndr.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static struct arena arena;

static void
setup(void)
{
	arena_init(&arena);
}

static void
teardown(void)
{
	arena_clear(&arena);
}

static struct ndr_in
in_of(const void *p, size_t n, bool big)
{
	return (struct ndr_in){ .p = p, .end = n, .arena = &arena, .big = big };
}

START_TEST(numbers_are_aligned_to_their_size)
{
	static const uint8_t bytes[] = { 1, 0xFF, 2, 3, 4, 0xFF, 0xFF, 0xFF, 5, 6, 7, 8 };
	struct ndr_in in = in_of(bytes, sizeof(bytes), false);

	ck_assert_uint_eq(ndr_get8(&in), 1);
	ck_assert_uint_eq(ndr_get16(&in), 0x0302);
	ck_assert_uint_eq(ndr_get8(&in), 4);
	ck_assert_uint_eq(ndr_get32(&in), 0x08070605);
	ck_assert(!in.bad);
	ck_assert_uint_eq(ndr_get8(&in), 0);
	ck_assert(in.bad);
}
END_TEST

START_TEST(a_big_endian_caller_is_understood)
{
	static const uint8_t bytes[] = { 1, 2, 0, 0, 3, 4, 5, 6, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2,
		0, 'A', 0, 0 };
	struct ndr_in in = in_of(bytes, sizeof(bytes), true);

	ck_assert_uint_eq(ndr_get16(&in), 0x0102);
	ck_assert_uint_eq(ndr_get32(&in), 0x03040506);
	ck_assert_str_eq(ndr_get_string(&in), "A");
	ck_assert(!in.bad);
}
END_TEST

#define STRING 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 'a', 0, 'b', 0, 0, 0

START_TEST(a_string_is_bounded_by_what_came)
{
	static const uint8_t whole[] = { 1, 0, 0, 0, STRING };
	struct ndr_in in = in_of(whole, sizeof(whole), false);
	uint8_t *exact;

	ck_assert_str_eq(ndr_get_unique_string(&in), "ab");
	ck_assert_uint_eq(in.pos, sizeof(whole));
	for (size_t n = 0; n < sizeof(whole); n++) {
		exact = malloc(n + 1);
		memcpy(exact, whole, n);
		in = in_of(exact, n, false);
		ck_assert_ptr_null(ndr_get_unique_string(&in));
		ck_assert(in.bad);
		free(exact);
	}
}
END_TEST

START_TEST(counts_of_a_string_that_contradict_each_other_are_bad)
{
	static const uint8_t bad[][18] = {
		{ 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 'a', 0, 'b', 0, 0,
		    0 }, /* more than there may be */
		{ 3, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0, 'a', 0, 'b', 0, 0,
		    0 }, /* not from the start */
		{ 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 'a', 0, 'b', 0, 0, 0 },
		{ 0, 0, 0, 128, 0, 0, 0, 0, 0, 0, 0, 128, 'a', 0, 'b', 0, 0, 0 },
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ndr_in in = in_of(bad[i], sizeof(bad[i]), false);

		ck_assert_str_eq(ndr_get_string(&in), "");
		ck_assert(in.bad);
	}
}
END_TEST

START_TEST(a_null_pointer_points_to_nothing)
{
	static const uint8_t null[4] = { 0 };
	struct ndr_in in = in_of(null, sizeof(null), false);

	ck_assert_ptr_null(ndr_get_unique_string(&in));
	ck_assert(!in.bad);
}
END_TEST

START_TEST(rows_come_before_what_they_point_to)
{
	const union ndr_value rows[] = { { .u = 7 }, { .s = "x" }, { .u = 8 }, { .s = NULL } };
	static const uint8_t expected[] = {
		7, 0, 0, 0, 0, 0, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0,  /* the members */
		2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 'x', 0, 0, 0 /* the string */
	};
	struct ndr_out out;

	ndr_out_init(&out, &arena, 1000);
	ndr_put_rows(&out, "us", rows, 2);
	ck_assert(!out.full);
	ck_assert_uint_eq(out.n, sizeof(expected));
	ck_assert_mem_eq(out.p, expected, sizeof(expected));
	ck_assert_uint_le(out.n, ndr_row_size("us", rows) + ndr_row_size("us", rows + 2));
}
END_TEST

START_TEST(bytes_are_an_array_with_its_count)
{
	const union ndr_value row = { .s = "NAME" };
	static const uint8_t expected[] = { 0, 0, 2, 0, 4, 0, 0, 0, 'N', 'A', 'M', 'E' };
	struct ndr_out out;

	ndr_out_init(&out, &arena, 1000);
	ndr_put_rows(&out, "b", &row, 1);
	ck_assert_uint_eq(out.n, sizeof(expected));
	ck_assert_mem_eq(out.p, expected, sizeof(expected));
}
END_TEST

START_TEST(padding_is_zero_and_numbers_are_where_they_belong)
{
	struct ndr_out out;

	ndr_out_init(&out, &arena, 1000);
	ndr_put8(&out, 1);
	ndr_put32(&out, 2);
	ndr_put8(&out, 3);
	ndr_put16(&out, 4);
	ck_assert_uint_eq(out.n, 12);
	ck_assert_mem_eq(out.p, "\1\0\0\0\2\0\0\0\3\0\4\0", 12);
}
END_TEST

START_TEST(no_more_is_written_than_may_be)
{
	struct ndr_out out;

	for (size_t max = 0; max < 40; max++) {
		ndr_out_init(&out, &arena, max);
		ndr_put32(&out, 1);
		ndr_put_string(&out, "abcdefg");
		ndr_put8(&out, 1);
		ck_assert_uint_le(out.n, max);
		ck_assert(out.full == (max < 33));
	}
}
END_TEST

START_TEST(what_grows_keeps_what_it_has)
{
	struct ndr_out out;

	ndr_out_init(&out, &arena, 1 << 20);
	for (uint32_t i = 0; i < 10000; i++)
		ndr_put32(&out, i);
	ck_assert_uint_eq(out.n, 40000);
	for (uint32_t i = 0; i < 10000; i++) {
		struct ndr_in in = in_of(out.p + 4 * (size_t)i, 4, false);

		ck_assert_uint_eq(ndr_get32(&in), i);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rpc/ndr");
	TCase *tc = tcase_create("ndr");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, numbers_are_aligned_to_their_size);
	tcase_add_test(tc, a_big_endian_caller_is_understood);
	tcase_add_test(tc, a_string_is_bounded_by_what_came);
	tcase_add_test(tc, counts_of_a_string_that_contradict_each_other_are_bad);
	tcase_add_test(tc, a_null_pointer_points_to_nothing);
	tcase_add_test(tc, rows_come_before_what_they_point_to);
	tcase_add_test(tc, bytes_are_an_array_with_its_count);
	tcase_add_test(tc, padding_is_zero_and_numbers_are_where_they_belong);
	tcase_add_test(tc, no_more_is_written_than_may_be);
	tcase_add_test(tc, what_grows_keeps_what_it_has);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
