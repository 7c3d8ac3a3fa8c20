/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	return w.best;
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

/* The short name of a name that is there. */
static const char *
short_of(const char *name)
{
	static char alias[4][SHORT_NAME_SIZE];
	static unsigned next;
	char *out = alias[next++ % 4];

	ck_assert_msg(names_short(names, name, out), "%s is not there", name);
	return out;
}

static void
first_choice(const char *name, char out[SHORT_NAME_SIZE])
{
	short_name_put(name, short_name_choice(name, 0), out);
}

START_TEST(short_names_follow_changes)
{
	char first[SHORT_NAME_SIZE], second[SHORT_NAME_SIZE];

	first_choice("First long name.text", first);
	first_choice("Second long name.text", second);
	names_add(names, "First long name.text");
	ck_assert_str_eq(find(first), "First long name.text");
	ck_assert_str_eq(find(second), "");
	names_add(names, "Second long name.text");
	ck_assert_str_eq(find(second), "Second long name.text");
	names_remove(names, "First long name.text");
	ck_assert_str_eq(find(first), "");
	ck_assert_str_eq(find(second), "Second long name.text");
	ck_assert(names_all_first(names));
}
END_TEST

START_TEST(what_is_not_there_has_no_short_name)
{
	char alias[SHORT_NAME_SIZE];

	ck_assert(!names_short(names, "A long name.text", alias));
	names_add(names, "README.TXT");
	ck_assert_str_eq(short_of("README.TXT"), "");
}
END_TEST

/* They want the same short name. */
START_TEST(names_that_differ_in_case_alone_have_short_names_of_their_own)
{
	char alias[SHORT_NAME_SIZE];

	first_choice("A long name.text", alias);
	names_add(names, "A long name.text");
	names_add(names, "A LONG NAME.text");
	ck_assert_str_eq(find("a long name.TEXT"), "A LONG NAME.text");
	ck_assert_str_eq(short_of("A long name.text"), alias);
	ck_assert_str_ne(short_of("A LONG NAME.text"), alias);
	ck_assert_str_eq(find(short_of("A LONG NAME.text")), "A LONG NAME.text");
	ck_assert_str_eq(find(alias), "A long name.text");
}
END_TEST

START_TEST(who_has_a_short_name_keeps_it)
{
	char alias[SHORT_NAME_SIZE], second[SHORT_NAME_SIZE];

	first_choice("A long name.text", alias);
	names_add(names, "A long name.text");
	names_add(names, "A LONG NAME.text");
	strcpy(second, short_of("A LONG NAME.text"));
	for (int i = 0; i < 1000; i++) { /* enough for the rest to be moved together */
		char other[32];

		snprintf(other, sizeof(other), "Another long name %d", i);
		names_add(names, other);
		names_remove(names, other);
	}
	ck_assert_str_eq(short_of("A LONG NAME.text"), second);
	names_remove(names, "A long name.text");
	ck_assert_str_eq(find(alias), "");
	ck_assert_str_eq(find(second), "A LONG NAME.text");
	names_add(names, "a long name.text");
	ck_assert_str_eq(find(alias), "a long name.text");
	names_remove(names, "A LONG NAME.text");
	ck_assert_str_eq(find(second), "");
	ck_assert(names_all_first(names));
}
END_TEST

START_TEST(a_short_name_makes_way_for_a_long_one_of_that_spelling)
{
	char alias[SHORT_NAME_SIZE], second[SHORT_NAME_SIZE];

	first_choice("A long name.text", alias);
	names_add(names, "A long name.text");
	names_add(names, alias);
	ck_assert_str_eq(find(alias), alias);
	strcpy(second, short_of("A long name.text"));
	ck_assert_str_ne(second, alias);
	ck_assert_str_eq(find(second), "A long name.text");
	names_add(names, second); /* and again */
	ck_assert_str_eq(find(second), second);
	ck_assert_str_ne(short_of("A long name.text"), second);
	ck_assert_str_eq(find(short_of("A long name.text")), "A long name.text");
	names_add(names, "A LONG NAME.text");
	ck_assert_str_ne(short_of("A LONG NAME.text"), alias);
	ck_assert_str_ne(short_of("A LONG NAME.text"), second);
	ck_assert_str_eq(find(short_of("A LONG NAME.text")), "A LONG NAME.text");
	names_remove(names, alias);
	names_remove(names, second);
	ck_assert_str_eq(find(alias), "");
	names_add(names, "a long name.text");
	ck_assert_str_eq(short_of("a long name.text"), alias);
}
END_TEST

#define MANY 50000

static const char *
many(int i)
{
	static char name[64];

	snprintf(name, sizeof(name), "A long name with a number %d.document", i);
	return name;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Each of many names has a short name that no other has and that leads back. */
static void
expect_unique(void)
{
	char(*all)[SHORT_NAME_SIZE] = calloc(MANY, sizeof(*all));

	for (int i = 0; i < MANY; i++) {
		strcpy(all[i], short_of(many(i)));
		ck_assert_uint_eq(strlen(all[i]), 12);
		ck_assert_str_eq(find(all[i]), many(i));
	}
	qsort(all, MANY, sizeof(*all), compare);
	for (int i = 1; i < MANY; i++)
		ck_assert_str_ne(all[i], all[i - 1]);
	free(all);
}

/* With a hash of so few bits more than 20,000 of them do not get their first choice. */
START_TEST(fifty_thousand_short_names_are_unique)
{
	names_weaken(names, 15);
	for (int i = 0; i < MANY; i++)
		names_add(names, many(i));
	ck_assert(!names_all_first(names));
	expect_unique();
	names_settle(names);
	expect_unique();
}
END_TEST

START_TEST(short_names_stay_unique_while_names_come_and_go)
{
	names_weaken(names, 15);
	for (int i = 0; i < MANY; i++)
		names_add(names, many(i));
	for (int i = 0; i < MANY; i += 3)
		names_remove(names, many(i));
	for (int i = 1; i < MANY; i += 3) {
		names_remove(names, many(i));
		names_add(names, many(i - 1));
		names_add(names, many(i));
	}
	expect_unique();
}
END_TEST

/* As after a restart, when the directory may come in another order. */
START_TEST(the_same_names_have_the_same_short_names_in_any_order)
{
	struct names *forward = names, *backward = names_new();
	char alias[SHORT_NAME_SIZE], again[SHORT_NAME_SIZE];

	names_weaken(forward, 12);
	names_weaken(backward, 12);
	for (int i = 0; i < 5000; i++) {
		names_add(forward, many(i));
		names_add(backward, many(4999 - i));
	}
	first_choice(many(77), alias); /* not theirs: of another number of bits */
	short_name_put(many(77), short_name_choice(many(77), 0) & 0xFFF, alias);
	names_add(forward, alias);
	names_settle(forward);
	names_settle(backward);
	names_add(backward, alias);
	names_settle(backward);
	for (int i = 0; i < 5000; i++) {
		ck_assert(names_short(forward, many(i), alias));
		ck_assert(names_short(backward, many(i), again));
		ck_assert_str_eq(alias, again);
	}
	names_free(backward);
}
END_TEST

START_TEST(few_of_real_names_do_not_get_their_first_choice)
{
	char alias[SHORT_NAME_SIZE], first[SHORT_NAME_SIZE];
	int others = 0;

	for (int i = 0; i < MANY; i++)
		names_add(names, many(i));
	expect_unique();
	for (int i = 0; i < MANY; i++) {
		strcpy(alias, short_of(many(i)));
		first_choice(many(i), first);
		others += strcmp(alias, first) != 0;
	}
	ck_assert_int_lt(others, 8);
	ck_assert(!names_crowded(names));
}
END_TEST

/* Every spelling of one name has the same hash. */
START_TEST(a_crowd_of_equal_hashes_is_noticed)
{
	char name[32] = "abcdefghijkl";

	for (unsigned i = 0; i < 2048 && !names_crowded(names); i++) {
		for (unsigned k = 0; k < 12; k++)
			name[k] = (char)((i >> k & 1 ? 'A' : 'a') + (int)k);
		names_add(names, name);
	}
	ck_assert(names_crowded(names));
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
	tcase_add_test(tc, what_is_not_there_has_no_short_name);
	tcase_add_test(tc, names_that_differ_in_case_alone_have_short_names_of_their_own);
	tcase_add_test(tc, who_has_a_short_name_keeps_it);
	tcase_add_test(tc, a_short_name_makes_way_for_a_long_one_of_that_spelling);
	tcase_add_test(tc, fifty_thousand_short_names_are_unique);
	tcase_add_test(tc, short_names_stay_unique_while_names_come_and_go);
	tcase_add_test(tc, the_same_names_have_the_same_short_names_in_any_order);
	tcase_add_test(tc, few_of_real_names_do_not_get_their_first_choice);
	tcase_add_test(tc, a_crowd_of_equal_hashes_is_noticed);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
