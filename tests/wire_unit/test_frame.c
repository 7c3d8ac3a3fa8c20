/* SPDX-License-Identifier: BSD-2-Clause */

#include <string.h>

#include <check.h>

#include "wire/frame.h"

START_TEST(a_new_frame_is_zero)
{
	struct frame *f = frame_new(100);
	size_t i;

	ck_assert_uint_eq(f->cap, 100);
	ck_assert_uint_eq(f->len, 0);
	for (i = 0; i < 100; i++)
		ck_assert_uint_eq(f->smb[i], 0);
	frame_free(&f);
}
END_TEST

START_TEST(growing_keeps_the_old_and_zeroes_the_new)
{
	struct frame *f = frame_new_raw(4);
	size_t i;

	memcpy(f->smb, "abcd", 4);
	f->len = 4;
	f = frame_grow(f, 2000);
	ck_assert_uint_eq(f->cap, 2000);
	ck_assert_uint_eq(f->len, 4);
	ck_assert_mem_eq(f->smb, "abcd", 4);
	for (i = 4; i < 2000; i++)
		ck_assert_uint_eq(f->smb[i], 0);
	f = frame_grow(f, 10);
	ck_assert_uint_eq(f->cap, 2000);
	frame_free(&f);
}
END_TEST

START_TEST(a_tcp_length_has_24_bits)
{
	uint8_t type;
	size_t len;

	ck_assert(frame_parse_head((const uint8_t[]){ 0, 0xFE, 0xDC, 0xBA }, false, &type, &len));
	ck_assert_uint_eq(type, NBSS_MESSAGE);
	ck_assert_uint_eq(len, 0xFEDCBA);
}
END_TEST

START_TEST(a_netbios_length_has_17_bits)
{
	uint8_t type;
	size_t len;

	ck_assert(frame_parse_head((const uint8_t[]){ 0x85, 1, 0xFF, 0xFF }, true, &type, &len));
	ck_assert_uint_eq(type, NBSS_KEEPALIVE);
	ck_assert_uint_eq(len, 0x1FFFF);
	ck_assert(!frame_parse_head((const uint8_t[]){ 0, 2, 0, 0 }, true, &type, &len));
	ck_assert(!frame_parse_head((const uint8_t[]){ 0, 0x80, 0, 0 }, true, &type, &len));
}
END_TEST

START_TEST(the_head_lies_right_before_the_message)
{
	struct frame *f = frame_new(70000);

	f->len = 70000;
	frame_put_head(f, NBSS_MESSAGE);
	ck_assert_ptr_eq(f->head + FRAME_HEAD, f->smb);
	ck_assert_mem_eq(f->head, "\x00\x01\x11\x70", 4);
	frame_free(&f);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/frame");
	TCase *tc = tcase_create("frame");

	tcase_add_test(tc, a_new_frame_is_zero);
	tcase_add_test(tc, growing_keeps_the_old_and_zeroes_the_new);
	tcase_add_test(tc, a_tcp_length_has_24_bits);
	tcase_add_test(tc, a_netbios_length_has_17_bits);
	tcase_add_test(tc, the_head_lies_right_before_the_message);
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
