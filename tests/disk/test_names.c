/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/dir.h"
#include "disk/names.h"

static struct names *names;

static void
setup(void)
{
	names = names_new();
}

static void
teardown(void)
{
	names_free(names);
}

/* The name found for part, "" for none. */
static const char *
find(const char *part)
{
	static struct wanted w;

	wanted_init(&w, part);
	names_find(names, &w);
	return wanted_found(&w) ? w.best : "";
}

START_TEST(names_come_and_go)
{
	ck_assert_str_eq(find("a"), "");
	names_add(names, "a");
	names_add(names, "a");
	ck_assert_str_eq(find("A"), "a");
	names_remove(names, "A"); /* another name */
	ck_assert_str_eq(find("A"), "a");
	names_remove(names, "a");
	ck_assert_str_eq(find("A"), "");
	names_remove(names, "a");
}
END_TEST

START_TEST(many_changes_take_no_more_room)
{
	char name[32];
	size_t most = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "Kept %d", i);
		names_add(names, name);
	}
	for (int i = 0; i < 200000; i++) {
		snprintf(name, sizeof(name), "Passing %d", i);
		names_add(names, name);
		names_remove(names, name);
		if (names_bytes(names) > most)
			most = names_bytes(names);
	}
	ck_assert_uint_lt(most, 256 << 10);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "KEPT %d", i);
		ck_assert_str_ne(find(name), "");
	}
	ck_assert_str_eq(find("PASSING 199999"), "");
}
END_TEST

START_TEST(a_hundred_thousand_names_take_few_megabytes)
{
	char name[32];

	for (int i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "Picture %06d.jpeg", i);
		names_add(names, name);
	}
	ck_assert_uint_lt(names_bytes(names), 8 << 20);
	for (int i = 0; i < 100000; i += 97) {
		snprintf(name, sizeof(name), "PICTURE %06d.JPEG", i);
		ck_assert_uint_eq(strlen(find(name)), 19);
	}
}
END_TEST

START_TEST(short_names_follow_changes)
{
	char first[13], second[13];

	disk_short_name("First long name.text", first);
	disk_short_name("Second long name.text", second);
	names_add(names, "First long name.text");
	ck_assert_str_eq(find(first), "First long name.text");
	ck_assert_str_eq(find(second), "");
	names_add(names, "Second long name.text");
	ck_assert_str_eq(find(second), "Second long name.text");
	names_remove(names, "First long name.text");
	ck_assert_str_eq(find(first), "");
	ck_assert_str_eq(find(second), "Second long name.text");
}
END_TEST

START_TEST(an_ambiguous_short_name_is_nobodys)
{
	char alias[13];

	/* Names that differ in case alone share their short name. */
	disk_short_name("A long name.text", alias);
	names_add(names, "A long name.text");
	names_add(names, "A LONG NAME.text");
	ck_assert_str_eq(find(alias), "");
	ck_assert_str_eq(find("a long name.TEXT"), "A LONG NAME.text");
	names_remove(names, "A LONG NAME.text");
	ck_assert_str_eq(find(alias), "A long name.text");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("names");
	TCase *tc = tcase_create("names");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, names_come_and_go);
	tcase_add_test(tc, many_changes_take_no_more_room);
	tcase_add_test(tc, a_hundred_thousand_names_take_few_megabytes);
	tcase_add_test(tc, short_names_follow_changes);
	tcase_add_test(tc, an_ambiguous_short_name_is_nobodys);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
