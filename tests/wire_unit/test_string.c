/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/arena.h"
#include "base/charset.h"
#include "wire/frame.h"
#include "wire/reader.h"
#include "wire/writer.h"

#define MAX 200

static struct arena arena;
static struct oem *oem;
static struct reader r;
static struct writer w;
static uint8_t *message; /* of exactly the length read */

static void
setup(void)
{
	arena_init(&arena);
	oem = oem_open("CP850");
	ck_assert_ptr_nonnull(oem);
	wr_init(&w, MAX);
	w.oem = oem;
	message = NULL;
}

static void
teardown(void)
{
	free(message);
	wr_clear(&w);
	oem_close(&oem);
	arena_clear(&arena);
}

static void
receive(const void *bytes, size_t n, bool unicode)
{
	free(message);
	message = malloc(n + (n == 0));
	memcpy(message, bytes, n);
	rd_init(&r, message, n);
	r.arena = &arena;
	r.oem = oem;
	r.unicode = unicode;
}

#define RECEIVE(literal, unicode) receive(literal, sizeof(literal) - 1, unicode)

static void
assert_written(const void *expected, size_t n)
{
	ck_assert_uint_eq(w.pos, n);
	ck_assert_mem_eq(w.frame->smb, expected, n);
}

START_TEST(code_page_strings_end_at_their_nul)
{
	RECEIVE("M\x81nchen\0rest", false);
	ck_assert_str_eq(rd_string(&r), "M\u00fcnchen");
	ck_assert_str_eq(rd_string(&r), "rest");
	ck_assert(rd_ok(&r));
	ck_assert_uint_eq(rd_left(&r), 0);
}
END_TEST

START_TEST(unicode_strings_are_aligned_and_end_at_their_nul)
{
	RECEIVE("x\0a\0\xE9\0\0\0b\0\0\0", true);
	rd_u8(&r);
	ck_assert_str_eq(rd_string(&r), "a\u00e9");
	ck_assert_str_eq(rd_string(&r), "b");
	ck_assert(rd_ok(&r));
	ck_assert_uint_eq(rd_left(&r), 0);
}
END_TEST

START_TEST(unicode_strings_need_no_padding_at_even_places)
{
	RECEIVE("a\0\0\0b\0\0\0", true);
	ck_assert_str_eq(rd_string(&r), "a");
	ck_assert_str_eq(rd_string(&r), "b");
}
END_TEST

/* A NUL is a unit of zero, not any two zero bytes. */
START_TEST(units_with_a_zero_half_do_not_end_a_string)
{
	RECEIVE("\0\1a\0\0\2\0\0", true);
	ck_assert_str_eq(rd_string(&r), "\u0100a\u0200");
}
END_TEST

START_TEST(a_missing_nul_is_forgiven)
{
	RECEIVE("abc", false);
	ck_assert_str_eq(rd_string(&r), "abc");
	ck_assert(rd_ok(&r));
	RECEIVE("a\0b\0", true);
	ck_assert_str_eq(rd_string(&r), "ab");
	ck_assert(rd_ok(&r));
	RECEIVE("a\0b", true);
	ck_assert_str_eq(rd_string(&r), "a");
	ck_assert_uint_eq(rd_left(&r), 0);
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(nothing_left_is_an_empty_string)
{
	RECEIVE("", false);
	ck_assert_str_eq(rd_string(&r), "");
	RECEIVE("", true);
	ck_assert_str_eq(rd_string(&r), "");
	RECEIVE("x", true);
	rd_u8(&r);
	ck_assert_str_eq(rd_string(&r), "");
	ck_assert(rd_ok(&r));
}
END_TEST

START_TEST(a_bad_reader_gives_empty_strings)
{
	RECEIVE("abc", false);
	rd_skip(&r, 4);
	ck_assert_str_eq(rd_string(&r), "");
	ck_assert_str_eq(rd_string_oem(&r), "");
	ck_assert_str_eq(rd_string_04(&r), "");
	ck_assert_str_eq(rd_text(&r, 0), "");
	r.unicode = true;
	ck_assert_str_eq(rd_string(&r), "");
	ck_assert_str_eq(rd_text(&r, 1), "");
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(oem_strings_ignore_the_message)
{
	RECEIVE("x\x81\0a", true);
	rd_u8(&r);
	ck_assert_str_eq(rd_string_oem(&r), "\u00fc");
	ck_assert_uint_eq(rd_u8(&r), 'a');
}
END_TEST

START_TEST(core_strings_begin_with_their_format)
{
	RECEIVE("\4abc\0", false);
	ck_assert_str_eq(rd_string_04(&r), "abc");
	ck_assert(rd_ok(&r));
	RECEIVE("\4\0a\0\0\0", true);
	ck_assert_str_eq(rd_string_04(&r), "a");
	ck_assert(rd_ok(&r));
	RECEIVE("\0\4a\0\0\0", true);
	ck_assert_str_eq(rd_string_04(&r), "a");
	ck_assert(rd_ok(&r));
	RECEIVE("\0\4a", false);
	ck_assert_str_eq(rd_string_04(&r), "");
	ck_assert(!rd_ok(&r));
	RECEIVE("\2abc\0", false);
	ck_assert_str_eq(rd_string_04(&r), "");
	ck_assert(!rd_ok(&r));
	RECEIVE("", false);
	ck_assert_str_eq(rd_string_04(&r), "");
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(text_has_its_length_from_outside)
{
	RECEIVE("abcdef", false);
	ck_assert_str_eq(rd_text(&r, 3), "abc");
	ck_assert_uint_eq(rd_left(&r), 3);
	RECEIVE("xya\0b\0c\0", true);
	rd_u8(&r);
	ck_assert_str_eq(rd_text(&r, 4), "ab");
	ck_assert_uint_eq(rd_left(&r), 2);
}
END_TEST

START_TEST(a_nul_ends_text_early_but_all_is_consumed)
{
	RECEIVE("a\0bcX", false);
	ck_assert_str_eq(rd_text(&r, 4), "a");
	ck_assert_uint_eq(rd_u8(&r), 'X');
	RECEIVE("a\0\0\0b\0X", true);
	ck_assert_str_eq(rd_text(&r, 6), "a");
	ck_assert_uint_eq(rd_u8(&r), 'X');
}
END_TEST

START_TEST(text_longer_than_the_message_is_bad)
{
	RECEIVE("abc", false);
	ck_assert_str_eq(rd_text(&r, 4), "");
	ck_assert(!rd_ok(&r));
	RECEIVE("abc", true);
	ck_assert_str_eq(rd_text(&r, SIZE_MAX), "");
	ck_assert(!rd_ok(&r));
}
END_TEST

START_TEST(strings_are_written_as_the_message_says)
{
	ck_assert_uint_eq(wr_string(&w, "M\u00fc"), 3);
	assert_written("M\x81", 3);
	wr_rewind(&w, 0);
	w.unicode = true;
	ck_assert_uint_eq(wr_string(&w, "M\u00fc"), 6);
	assert_written("M\0\xFC\0\0", 6);
}
END_TEST

START_TEST(unicode_is_aligned_and_the_padding_not_counted)
{
	w.unicode = true;
	wr_u8(&w, 0xAA);
	ck_assert_uint_eq(wr_string(&w, "a"), 4);
	assert_written("\xAA\0a\0\0", 6);
	wr_u8(&w, 0xBB);
	ck_assert_uint_eq(wr_text(&w, "b"), 2);
	assert_written("\xAA\0a\0\0\0\xBB\0b", 10);
}
END_TEST

START_TEST(text_has_no_nul)
{
	ck_assert_uint_eq(wr_text(&w, "ab"), 2);
	ck_assert_uint_eq(wr_text(&w, ""), 0);
	assert_written("ab", 2);
	w.unicode = true;
	ck_assert_uint_eq(wr_text(&w, "c"), 2);
	assert_written("abc", 4);
}
END_TEST

START_TEST(fixed_forms_ignore_the_message)
{
	w.unicode = true;
	ck_assert_uint_eq(wr_string_oem(&w, "\u00fc"), 2);
	assert_written("\x81", 2);
	wr_u8(&w, 1);
	w.unicode = false;
	ck_assert_uint_eq(wr_utf16(&w, "a"), 2);
	assert_written("\x81\0\1a", 5);
}
END_TEST

START_TEST(a_string_may_end_with_the_message)
{
	static char text[MAX];

	memset(text, 'a', MAX - 1);
	ck_assert_uint_eq(wr_string(&w, text), MAX);
	ck_assert(!w.full);
	wr_rewind(&w, 0);
	text[MAX / 2 - 1] = '\0';
	w.unicode = true;
	ck_assert_uint_eq(wr_string(&w, text), MAX);
	ck_assert(!w.full);
}
END_TEST

START_TEST(a_string_that_does_not_fit_is_not_begun)
{
	static char text[MAX + 1];

	wr_u8(&w, 1);
	memset(text, 'a', MAX);
	ck_assert_uint_eq(wr_text(&w, text), MAX);
	ck_assert(w.full);
	assert_written("\1", 1);
	ck_assert_uint_eq(wr_string(&w, "x"), 2);
	assert_written("\1", 1);
}
END_TEST

START_TEST(what_was_written_reads_back)
{
	const char *text = "Gr\u00fc\u00dfe \u20ac \U0001F600";

	w.unicode = true;
	wr_u8(&w, 0);
	wr_string(&w, text);
	receive(w.frame->smb, w.pos, true);
	rd_u8(&r);
	ck_assert_str_eq(rd_string(&r), text);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/string");
	TCase *tc = tcase_create("string");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, code_page_strings_end_at_their_nul);
	tcase_add_test(tc, unicode_strings_are_aligned_and_end_at_their_nul);
	tcase_add_test(tc, unicode_strings_need_no_padding_at_even_places);
	tcase_add_test(tc, units_with_a_zero_half_do_not_end_a_string);
	tcase_add_test(tc, a_missing_nul_is_forgiven);
	tcase_add_test(tc, nothing_left_is_an_empty_string);
	tcase_add_test(tc, a_bad_reader_gives_empty_strings);
	tcase_add_test(tc, oem_strings_ignore_the_message);
	tcase_add_test(tc, core_strings_begin_with_their_format);
	tcase_add_test(tc, text_has_its_length_from_outside);
	tcase_add_test(tc, a_nul_ends_text_early_but_all_is_consumed);
	tcase_add_test(tc, text_longer_than_the_message_is_bad);
	tcase_add_test(tc, strings_are_written_as_the_message_says);
	tcase_add_test(tc, unicode_is_aligned_and_the_padding_not_counted);
	tcase_add_test(tc, text_has_no_nul);
	tcase_add_test(tc, fixed_forms_ignore_the_message);
	tcase_add_test(tc, a_string_may_end_with_the_message);
	tcase_add_test(tc, a_string_that_does_not_fit_is_not_begun);
	tcase_add_test(tc, what_was_written_reads_back);
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
