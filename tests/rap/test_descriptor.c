/* SPDX-License-Identifier: BSD-2-Clause */

/* The strings that say what parameters and structures of RAP are made of. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "rap/descriptor.h"

#define STRUCTURE "BWDNzbl"

START_TEST(members_are_letters_with_counts)
{
	const char *d = "B13BWz";
	struct rap_member m;

	ck_assert(rap_member_next(&d, &m));
	ck_assert_int_eq(m.type, 'B');
	ck_assert(m.counted);
	ck_assert_uint_eq(m.count, 13);
	ck_assert(rap_member_next(&d, &m));
	ck_assert_int_eq(m.type, 'B');
	ck_assert(!m.counted);
	ck_assert_uint_eq(m.count, 1);
	ck_assert(rap_member_next(&d, &m));
	ck_assert_int_eq(m.type, 'W');
	ck_assert(rap_member_next(&d, &m));
	ck_assert_int_eq(m.type, 'z');
	ck_assert(!rap_member_next(&d, &m));
	ck_assert_str_eq(d, "");
}
END_TEST

/* Structures of [MS-RAP] and LAN Manager, and their sizes there. */
static const struct {
	const char *shape;
	unsigned members;
	size_t size;
} shapes[] = {
	{ "", 0, 0 },
	{ "B13", 1, 13 },
	{ "B13BWz", 4, 20 },
	{ "B13BWzWWWzB9B", 10, 40 },
	{ "B16BBDz", 5, 26 },
	{ "B16BBDzDDDWWzWWWWWWWB21BzWWWWWWWWWWWWWWWWWWWWWWz", 44, 134 },
	{ "zzzBBzz", 7, 22 },
	{ "zzWWWDDDz", 9, 30 },
	{ "DWWzz", 5, 16 },
	{ "B21BzzzWDDzzDDWWzWzDWb21W", 21, 86 },
	{ "DDBBBBWWBBWB", 12, 21 },
	{ "WB21BB16B10zWWzDDz", 12, 74 },
};

START_TEST(structures_have_the_sizes_they_are_known_by)
{
	ck_assert(rap_descriptor_is_sane(shapes[_i].shape, STRUCTURE));
	ck_assert_uint_eq(rap_descriptor_members(shapes[_i].shape), shapes[_i].members);
	ck_assert_uint_eq(rap_descriptor_size(shapes[_i].shape), shapes[_i].size);
}
END_TEST

static const char *const insane[] = {
	"13B",
	"B0",
	"B1025",
	"B99999999999999999999",
	"B13!",
	"B13 ",
	"X",
	"z\xFF",
	"-1B",
};

START_TEST(what_is_none_is_refused)
{
	ck_assert(!rap_descriptor_is_sane(insane[_i], STRUCTURE));
}
END_TEST

START_TEST(one_has_an_end)
{
	char d[RAP_DESCRIPTOR_MAX + 2];

	memset(d, 'B', sizeof(d));
	d[RAP_DESCRIPTOR_MAX] = '\0';
	ck_assert(rap_descriptor_is_sane(d, STRUCTURE));
	d[RAP_DESCRIPTOR_MAX] = 'B';
	d[RAP_DESCRIPTOR_MAX + 1] = '\0';
	ck_assert(!rap_descriptor_is_sane(d, STRUCTURE));
}
END_TEST

START_TEST(only_a_string_may_be_missing)
{
	ck_assert(rap_descriptor_matches("WrLehDz", "WrLehDz"));
	ck_assert(rap_descriptor_matches("WrLehDz", "WrLehDO"));
	ck_assert(!rap_descriptor_matches("WrLehDz", "WrLehD"));
	ck_assert(!rap_descriptor_matches("WrLehDz", "WrLehDzz"));
	ck_assert(!rap_descriptor_matches("WrLehDz", "OrLehDz"));
	ck_assert(!rap_descriptor_matches("OOW", "zzW"));
	ck_assert(!rap_descriptor_matches("W", ""));
	ck_assert(!rap_descriptor_matches("", "W"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("descriptor");
	TCase *t = tcase_create("descriptor");
	SRunner *r;
	int failed;

	tcase_add_test(t, members_are_letters_with_counts);
	tcase_add_loop_test(
	    t, structures_have_the_sizes_they_are_known_by, 0, sizeof(shapes) / sizeof(shapes[0]));
	tcase_add_loop_test(t, what_is_none_is_refused, 0, sizeof(insane) / sizeof(insane[0]));
	tcase_add_test(t, one_has_an_end);
	tcase_add_test(t, only_a_string_may_be_missing);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
