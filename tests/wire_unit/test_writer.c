/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "wire/frame.h"
#include "wire/writer.h"

#define MAX 1000

static struct writer w;

static void
setup(void)
{
	wr_init(&w, MAX);
}

static void
teardown(void)
{
	wr_clear(&w);
}

static void
assert_written(const void *expected, size_t n)
{
	ck_assert_uint_eq(w.pos, n);
	ck_assert_uint_eq(w.frame->len, n);
	ck_assert_mem_eq(w.frame->smb, expected, n);
}

/* Fills the frame with what must not be sent, then begins anew. */
static void
soil(void)
{
	uint8_t dirt[MAX];

	memset(dirt, 0xEE, sizeof(dirt));
	wr_bytes(&w, dirt, sizeof(dirt));
	wr_rewind(&w, 0);
}

START_TEST(numbers_are_little_endian)
{
	wr_u8(&w, 0x01);
	wr_u16(&w, 0x0302);
	wr_u32(&w, 0x07060504);
	wr_u64(&w, 0x0F0E0D0C0B0A0908);
	assert_written("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17", 15);
}
END_TEST

START_TEST(a_message_grows_to_its_maximum)
{
	size_t i;

	for (i = 0; i < MAX; i++)
		wr_u8(&w, (uint8_t)i);
	ck_assert(!w.full);
	for (i = 0; i < MAX; i++)
		ck_assert_uint_eq(w.frame->smb[i], i & 0xFF);
	wr_u8(&w, 0);
	ck_assert(w.full);
	ck_assert_uint_eq(w.pos, MAX);
	ck_assert_uint_le(w.frame->cap, MAX);
}
END_TEST

START_TEST(full_sticks_and_drops_what_would_still_fit)
{
	wr_zero(&w, MAX - 2);
	wr_u32(&w, 1);
	ck_assert(w.full);
	wr_u8(&w, 1);
	ck_assert_uint_eq(w.pos, MAX - 2);
	ck_assert_uint_eq(w.frame->len, MAX - 2);
}
END_TEST

START_TEST(lengths_that_would_wrap_are_dropped)
{
	wr_u8(&w, 1);
	wr_zero(&w, SIZE_MAX);
	ck_assert(w.full);
	assert_written("\1", 1);
	ck_assert_ptr_null(wr_ahead(&w, 0, 0));
	wr_rewind(&w, 1);
	ck_assert_ptr_null(wr_ahead(&w, SIZE_MAX, 2));
	ck_assert_ptr_null(wr_ahead(&w, 2, SIZE_MAX));
}
END_TEST

START_TEST(holes_are_filled_later)
{
	size_t a, b;

	soil();
	a = wr_hole16(&w);
	b = wr_hole32(&w);
	wr_u8(&w, 9);
	assert_written("\0\0\0\0\0\0\11", 7);
	wr_patch16(&w, a, 0x0201);
	wr_patch32(&w, b, 0x06050403);
	wr_patch8(&w, 6, 7);
	assert_written("\1\2\3\4\5\6\7", 7);
}
END_TEST

START_TEST(what_is_not_there_is_not_patched)
{
	uint8_t before[MAX];

	soil();
	memcpy(before, w.frame->smb, w.frame->cap);
	wr_patch8(&w, 0, 1);
	wr_patch16(&w, 100, 1);
	wr_patch32(&w, SIZE_MAX - 1, 1);
	wr_u8(&w, 0xEE);
	wr_patch16(&w, 0, 1);
	wr_patch32(&w, 0, 1);
	ck_assert_mem_eq(w.frame->smb, before, w.frame->cap);
}
END_TEST

START_TEST(alignment_counts_from_its_base)
{
	soil();
	wr_u8(&w, 1);
	wr_align(&w, 4, 0);
	assert_written("\1\0\0\0", 4);
	wr_u8(&w, 2);
	wr_align(&w, 4, 3);
	assert_written("\1\0\0\0\2\0\0", 7);
	wr_align(&w, 4, 3);
	ck_assert_uint_eq(w.pos, 7);
}
END_TEST

START_TEST(nothing_old_is_sent_after_a_rewind)
{
	size_t i;

	soil();
	wr_zero(&w, 100);
	wr_hole16(&w);
	wr_hole32(&w);
	wr_align(&w, 64, 0);
	for (i = 0; i < w.pos; i++)
		ck_assert_uint_eq(w.frame->smb[i], 0);
}
END_TEST

START_TEST(a_rewind_goes_back_and_clears_full)
{
	wr_u32(&w, 0x04030201);
	wr_zero(&w, MAX);
	ck_assert(w.full);
	wr_rewind(&w, 2);
	ck_assert(!w.full);
	wr_u8(&w, 9);
	assert_written("\1\2\11", 3);
	wr_rewind(&w, 100);
	ck_assert_uint_eq(w.pos, 3);
}
END_TEST

START_TEST(bytes_placed_ahead_survive_the_words_before_them)
{
	uint8_t *data = wr_ahead(&w, 500, 300), expected[300];

	memset(expected, 0x5A, sizeof(expected));
	memset(data, 0x5A, 300);
	ck_assert_uint_eq(w.pos, 0);
	while (w.pos < 500)
		wr_u16(&w, 0);
	wr_filled(&w, 200);
	ck_assert(!w.full);
	ck_assert_uint_eq(w.frame->len, 700);
	ck_assert_mem_eq(w.frame->smb + 500, expected, 200);
}
END_TEST

START_TEST(room_ahead_ends_at_the_maximum)
{
	wr_u8(&w, 0);
	ck_assert_ptr_nonnull(wr_ahead(&w, 99, MAX - 100));
	ck_assert_ptr_null(wr_ahead(&w, 100, MAX - 100));
	ck_assert_ptr_null(wr_ahead(&w, MAX, 0));
	ck_assert(!w.full);
}
END_TEST

START_TEST(unset_bytes_are_never_sent)
{
	wr_ahead(&w, 4, 10);
	wr_u16(&w, 0);
	wr_filled(&w, 10);
	ck_assert(w.full);
	ck_assert_uint_eq(w.pos, 2);

	wr_rewind(&w, 0);
	wr_ahead(&w, 2, 10);
	wr_u16(&w, 0);
	wr_filled(&w, 11);
	ck_assert(w.full);

	wr_rewind(&w, 0);
	wr_filled(&w, 1);
	ck_assert(w.full);
}
END_TEST

START_TEST(a_block_counts_its_words_and_bytes)
{
	wr_block(&w);
	wr_u16(&w, 0xAAAA);
	wr_u32(&w, 0xBBBBBBBB);
	wr_block_bytes(&w);
	wr_u8(&w, 0xCC);
	wr_block_end(&w);
	assert_written("\3\xAA\xAA\xBB\xBB\xBB\xBB\1\0\xCC", 10);
}
END_TEST

START_TEST(a_block_may_have_no_bytes_or_nothing_at_all)
{
	wr_block(&w);
	wr_u16(&w, 1);
	wr_block_end(&w);
	wr_block(&w);
	wr_block_end(&w);
	assert_written("\1\1\0\0\0\0\0\0", 8);
}
END_TEST

START_TEST(a_byte_count_keeps_its_low_half)
{
	wr_clear(&w);
	wr_init(&w, 0x20000);
	wr_block(&w);
	wr_block_bytes(&w);
	wr_zero(&w, 0x10003);
	wr_block_end(&w);
	ck_assert_mem_eq(w.frame->smb, "\0\3\0", 3);
}
END_TEST

START_TEST(a_block_that_does_not_fit_leaves_the_writer_full)
{
	wr_zero(&w, MAX - 2);
	wr_block(&w);
	wr_u16(&w, 1);
	wr_block_end(&w);
	ck_assert(w.full);
	ck_assert_uint_le(w.pos, MAX);
}
END_TEST

START_TEST(the_frame_is_the_takers)
{
	struct frame *f;

	wr_u8(&w, 7);
	f = wr_take(&w);
	ck_assert_uint_eq(f->len, 1);
	ck_assert_uint_eq(f->smb[0], 7);
	ck_assert_ptr_null(w.frame);
	wr_u8(&w, 1);
	wr_bytes(&w, NULL, 0);
	ck_assert(w.full);
	frame_free(&f);
	ck_assert_ptr_null(f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/writer");
	TCase *tc = tcase_create("writer");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, numbers_are_little_endian);
	tcase_add_test(tc, a_message_grows_to_its_maximum);
	tcase_add_test(tc, full_sticks_and_drops_what_would_still_fit);
	tcase_add_test(tc, lengths_that_would_wrap_are_dropped);
	tcase_add_test(tc, holes_are_filled_later);
	tcase_add_test(tc, what_is_not_there_is_not_patched);
	tcase_add_test(tc, alignment_counts_from_its_base);
	tcase_add_test(tc, nothing_old_is_sent_after_a_rewind);
	tcase_add_test(tc, a_rewind_goes_back_and_clears_full);
	tcase_add_test(tc, bytes_placed_ahead_survive_the_words_before_them);
	tcase_add_test(tc, room_ahead_ends_at_the_maximum);
	tcase_add_test(tc, unset_bytes_are_never_sent);
	tcase_add_test(tc, a_block_counts_its_words_and_bytes);
	tcase_add_test(tc, a_block_may_have_no_bytes_or_nothing_at_all);
	tcase_add_test(tc, a_byte_count_keeps_its_low_half);
	tcase_add_test(tc, a_block_that_does_not_fit_leaves_the_writer_full);
	tcase_add_test(tc, the_frame_is_the_takers);
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
