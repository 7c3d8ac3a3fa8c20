/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "disk/dosattrib.h"

#define CREATED 0x01D70D5F12345678u
#define C_BYTES 0x78, 0x56, 0x34, 0x12, 0x5F, 0x0D, 0xD7, 0x01
#define U64(b)  b, 0, 0, 0, 0, 0, 0, 0

static const unsigned char v1[] = { '0', 'x', '2', '2', 0, 0, 1, 0, 1, 0, 0, 0, /* 12 */
	0x22, 0, 0, 0, 9, 0, 0, 0, U64(8), U64(7), C_BYTES, U64(6) };
static const unsigned char v2[] = { '0', 'x', '2', '2', 0, 0, 2, 0, 2, 0, 0, 0, /* 12 */
	0x11, 0, 0, 0, 0x22, 0, 0, 0, 9, 0, 0, 0, U64(8), U64(7), C_BYTES, U64(6), U64(5), 'n', 0 };
static const unsigned char v3[] = { '0', 'x', '2', '2', 0, 0, 3, 0, 3, 0, 0, 0, /* 12 */
	0x11, 0, 0, 0, 0x22, 0, 0, 0, 9, 0, 0, 0, U64(8), U64(7), C_BYTES, U64(6) };
static const unsigned char v4[] = { 0, 0, 4, 0, 4, 0, 0, 0, /* 8 */
	0x51, 0, 0, 0, 0x22, 0, 0, 0, U64(6), C_BYTES };
static const unsigned char v5[] = { 0, 0, 5, 0, 5, 0, 0, 0, /* 8 */
	0x11, 0, 0, 0, 0x22, 0, 0, 0, C_BYTES };

static const struct {
	const unsigned char *value;
	size_t n;
} forms[] = {
	{ v1, sizeof(v1) },
	{ v2, sizeof(v2) },
	{ v3, sizeof(v3) },
	{ v4, sizeof(v4) },
	{ v5, sizeof(v5) },
};
#define FORMS (sizeof(forms) / sizeof(forms[0]))

START_TEST(every_version_is_read)
{
	struct dosattrib a = { 0, 0 };

	ck_assert(dosattrib_decode(forms[_i].value, forms[_i].n, &a));
	ck_assert_uint_eq(a.attributes, 0x22);
	ck_assert_uint_eq(a.created, CREATED);
}
END_TEST

START_TEST(what_smbd_4_17_wrote_is_read)
{
	static const unsigned char hidden_directory[] = { 0, 0, 5, 0, 5, 0, 0, 0, 0x11, 0, 0, 0,
		0x12, 0, 0, 0, 0xA9, 0x2C, 0x23, 0xDF, 0x60, 0x7B, 0xDD, 1 };
	struct dosattrib a = { 0, 0 };
	unsigned char again[DOSATTRIB_SIZE];

	ck_assert(dosattrib_decode(hidden_directory, sizeof(hidden_directory), &a));
	ck_assert_uint_eq(a.attributes, 0x12);
	ck_assert_uint_eq(a.created, 0x01DD7B60DF232CA9u);
	dosattrib_encode(&a, again);
	ck_assert_mem_eq(again, hidden_directory, sizeof(again));
}
END_TEST

START_TEST(the_string_alone_is_read)
{
	struct dosattrib a = { 0, 1 };

	ck_assert(dosattrib_decode("0x20", 4, &a));
	ck_assert_uint_eq(a.attributes, 0x20);
	ck_assert_uint_eq(a.created, 0);
	ck_assert(dosattrib_decode("0x6", 4, &a)); /* with its NUL */
	ck_assert_uint_eq(a.attributes, 6);
}
END_TEST

START_TEST(flags_tell_what_is_stored)
{
	unsigned char value[sizeof(v5)];
	struct dosattrib a = { 0, 1 };

	memcpy(value, v5, sizeof(v5));
	value[8] = 0x01;
	ck_assert(dosattrib_decode(value, sizeof(value), &a));
	ck_assert_uint_eq(a.attributes, 0x22);
	ck_assert_uint_eq(a.created, 0);
	value[8] = 0x10;
	ck_assert(!dosattrib_decode(value, sizeof(value), &a));
}
END_TEST

START_TEST(cut_values_are_refused)
{
	struct dosattrib a;
	size_t need = forms[_i].n - (_i == 0 || _i == 2 ? 8 : _i == 1 ? 18 : 0);

	/* A cut within the string or its padding leaves the oldest form, which is whole. */
	for (size_t n = _i < 3 ? 10 : 0; n < need; n++) {
		unsigned char *exact = malloc(n + 1); /* the sanitizer sees a step too far */

		memcpy(exact, forms[_i].value, n);
		exact = realloc(exact, n > 0 ? n : 1);
		ck_assert_msg(!dosattrib_decode(exact, n, &a), "form %d cut to %zu", _i, n);
		free(exact);
	}
}
END_TEST

START_TEST(nonsense_is_refused)
{
	unsigned char value[sizeof(v5)];
	struct dosattrib a;

	memcpy(value, v5, sizeof(v5));
	value[2] = value[4] = 6;
	ck_assert(!dosattrib_decode(value, sizeof(value), &a));
	value[2] = value[4] = 0;
	ck_assert(!dosattrib_decode(value, sizeof(value), &a));
	value[2] = 5;
	value[4] = 4;
	ck_assert(!dosattrib_decode(value, sizeof(value), &a));
	ck_assert(!dosattrib_decode("hello", 5, &a));
	ck_assert(!dosattrib_decode("", 0, &a));
	memset(value, 'F', sizeof(value));
	ck_assert(!dosattrib_decode(value, sizeof(value), &a));
}
END_TEST

START_TEST(version_5_is_written)
{
	struct dosattrib a = { 0x22, CREATED };
	unsigned char out[DOSATTRIB_SIZE];

	dosattrib_encode(&a, out);
	ck_assert_uint_eq(sizeof(out), sizeof(v5));
	ck_assert_mem_eq(out, v5, sizeof(v5));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dosattrib");
	TCase *tc = tcase_create("dosattrib");
	SRunner *r;
	int failed;

	tcase_add_loop_test(tc, every_version_is_read, 0, FORMS);
	tcase_add_test(tc, what_smbd_4_17_wrote_is_read);
	tcase_add_test(tc, the_string_alone_is_read);
	tcase_add_test(tc, flags_tell_what_is_stored);
	tcase_add_loop_test(tc, cut_values_are_refused, 0, FORMS);
	tcase_add_test(tc, nonsense_is_refused);
	tcase_add_test(tc, version_5_is_written);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
