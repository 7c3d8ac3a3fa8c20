/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include <check.h>

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

START_TEST(memory_is_zero_and_aligned)
{
	size_t n, i;
	uint8_t *p;

	for (n = 1; n < 5000; n = n * 3 / 2 + 1) {
		p = arena_alloc(&arena, n);
		ck_assert_uint_eq((uintptr_t)p % alignof(max_align_t), 0);
		for (i = 0; i < n; i++)
			ck_assert_uint_eq(p[i], 0);
		memset(p, 0xAA, n);
	}
}
END_TEST

START_TEST(pieces_do_not_overlap)
{
	uint8_t *p[400];
	size_t i, j, n;

	for (i = 0; i < 400; i++) {
		n = 1 + i * 7 % 1500;
		p[i] = arena_alloc_raw(&arena, n);
		memset(p[i], (int)(i & 0xFF), n);
	}
	for (i = 0; i < 400; i++) {
		n = 1 + i * 7 % 1500;
		for (j = 0; j < n; j++)
			ck_assert_uint_eq(p[i][j], i & 0xFF);
	}
}
END_TEST

START_TEST(nothing_can_be_asked_for)
{
	ck_assert_ptr_nonnull(arena_alloc(&arena, 0));
	ck_assert_ptr_nonnull(arena_alloc_raw(&arena, 0));
	ck_assert_ptr_nonnull(arena_memdup(&arena, NULL, 0));
}
END_TEST

START_TEST(a_large_piece_leaves_the_small_chunk_in_use)
{
	char *before = arena_alloc(&arena, 16);
	char *large = arena_alloc(&arena, 100000);
	char *after = arena_alloc(&arena, 16);

	memset(large, 1, 100000);
	ck_assert_ptr_eq(after, before + 16);
}
END_TEST

START_TEST(used_counts_what_was_handed_out)
{
	ck_assert_uint_eq(arena.used, 0);
	arena_alloc(&arena, 1000);
	arena_alloc(&arena, 100000);
	ck_assert_uint_ge(arena.used, 101000);
	ck_assert_uint_lt(arena.used, 101100);
	arena_clear(&arena);
	ck_assert_uint_eq(arena.used, 0);
}
END_TEST

START_TEST(a_cleared_arena_can_be_used_again)
{
	arena_strdup(&arena, "before");
	arena_clear(&arena);
	arena_clear(&arena);
	ck_assert_str_eq(arena_strdup(&arena, "after"), "after");
}
END_TEST

START_TEST(strings_are_copied)
{
	char text[] = "abcdef";
	char *whole = arena_strdup(&arena, text);
	char *part = arena_strndup(&arena, text, 3);
	char *short_one = arena_strndup(&arena, text, 100);
	char *bytes = arena_memdup(&arena, text, sizeof(text));

	memset(text, 'x', 6);
	ck_assert_str_eq(whole, "abcdef");
	ck_assert_str_eq(part, "abc");
	ck_assert_str_eq(short_one, "abcdef");
	ck_assert_str_eq(bytes, "abcdef");
}
END_TEST

START_TEST(strndup_does_not_read_past_its_limit)
{
	const char *text = memcpy(arena_alloc_raw(&arena, 4), "wxyz", 4);

	ck_assert_str_eq(arena_strndup(&arena, text, 4), "wxyz");
}
END_TEST

START_TEST(printf_gets_what_it_needs)
{
	char *text = arena_printf(&arena, "%s:%0*d", "n", 3000, 7);

	ck_assert_uint_eq(strlen(text), 3002);
	ck_assert_int_eq(text[3001], '7');
	ck_assert_str_eq(arena_printf(&arena, "%s", ""), "");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/arena");
	TCase *tc = tcase_create("arena");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, memory_is_zero_and_aligned);
	tcase_add_test(tc, pieces_do_not_overlap);
	tcase_add_test(tc, nothing_can_be_asked_for);
	tcase_add_test(tc, a_large_piece_leaves_the_small_chunk_in_use);
	tcase_add_test(tc, used_counts_what_was_handed_out);
	tcase_add_test(tc, a_cleared_arena_can_be_used_again);
	tcase_add_test(tc, strings_are_copied);
	tcase_add_test(tc, strndup_does_not_read_past_its_limit);
	tcase_add_test(tc, printf_gets_what_it_needs);
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
