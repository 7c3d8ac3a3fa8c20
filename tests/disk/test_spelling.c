/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "disk/lookup.h"
#include "disk/spelling.h"

static void
expect_shown(const char *disk, const char *client)
{
	char out[SPELLING_MAX], back[PATH_MAX];

	ck_assert_uint_eq(spelling_from_disk(disk, out), strlen(client));
	ck_assert_str_eq(out, client);
	ck_assert_uint_eq(spelling_to_disk(client, back), STATUS_SUCCESS);
	ck_assert_str_eq(back, disk);
}

static void
expect_round_trip(const char *disk)
{
	char out[SPELLING_MAX], back[PATH_MAX];

	spelling_from_disk(disk, out);
	ck_assert_msg(disk_name_valid(out), "%s is shown as a name no client can send", disk);
	ck_assert_uint_eq(spelling_to_disk(out, back), STATUS_SUCCESS);
	ck_assert_str_eq(back, disk);
}

START_TEST(plain_names_stay_as_they_are)
{
	expect_shown("readme.txt", "readme.txt");
	expect_shown("Füße 日本 😀", "Füße 日本 😀");
	expect_shown(".hidden", ".hidden");
	expect_shown("a b.c.d", "a b.c.d");
	expect_shown("\x7F", "\x7F");
}
END_TEST

START_TEST(forbidden_characters_go_to_the_private_use_area)
{
	expect_shown("\x01\x1F", "\uF001\uF01F");
	expect_shown("\"*:<>?\\|", "\uF020\uF021\uF022\uF023\uF024\uF025\uF026\uF027");
	expect_shown("end ", "end\uF028");
	expect_shown("end.", "end\uF029");
	expect_shown("end..", "end.\uF029");
	expect_shown("...", "..\uF029");
	expect_shown(" ", "\uF028");
}
END_TEST

START_TEST(bytes_that_are_no_text_come_back)
{
	expect_shown("caf\xE9", "caf\uEEE9");
	expect_shown("\xFF\x80", "\uEEFF\uEE80");
	expect_shown("\xC0\xAF", "\uEEC0\uEEAF"); /* an overlong '/' is no '/' */
	expect_shown("\xF5\x80\x80\x80", "\uEEF5\uEE80\uEE80\uEE80");
	expect_shown("cut\xE2\x82", "cut\uEEE2\uEE82");
}
END_TEST

START_TEST(our_own_private_characters_come_back_too)
{
	expect_shown("\uF021", "\uEEEF\uEE80\uEEA1");
	expect_shown("\uEE80", "\uEEEE\uEEBA\uEE80");
	expect_shown("\uF02A\uF000\uE000", "\uF02A\uF000\uE000"); /* private, but not ours */
}
END_TEST

START_TEST(surrogates_stay_three_bytes_unless_they_would_pair)
{
	expect_shown("\xED\xA0\x80", "\xED\xA0\x80");
	expect_shown("a\xED\xB0\x80z", "a\xED\xB0\x80z");
	expect_shown("\xED\xB0\x80\xED\xA0\x80", "\xED\xB0\x80\xED\xA0\x80");
	expect_shown("\xED\xA0\x80\xED\xB0\x80", "\uEEED\uEEA0\uEE80\xED\xB0\x80");
}
END_TEST

START_TEST(every_pair_of_bytes_comes_back)
{
	char name[4] = "";

	for (int a = 1; a < 256; a++) {
		for (int b = 1; b < 256; b++) {
			name[0] = (char)a;
			name[1] = (char)b;
			if (a == '/' || b == '/' || strcmp(name, "..") == 0)
				continue;
			expect_round_trip(name);
			name[2] = 'x'; /* nothing at the end now */
			expect_round_trip(name);
			name[2] = '\0';
		}
	}
}
END_TEST

START_TEST(random_bytes_come_back)
{
	char name[NAME_MAX + 1];
	unsigned seed = 1;

	for (int round = 0; round < 20000; round++) {
		size_t n = 1 + (size_t)(rand_r(&seed) % NAME_MAX);

		for (size_t i = 0; i < n; i++) {
			/* mostly what begins or continues our private characters and surrogates */
			static const unsigned char likely[] = { 0xEF, 0xEE, 0xED, 0x80, 0x81, 0xA0,
				0xB0, 0xBA, 0xBF, 0xA9, '.', ' ' };
			int r = rand_r(&seed);

			name[i] = (char)(r % 4 != 0 ? likely[(r >> 4) % 12] : 1 + (r >> 4) % 255);
			if (name[i] == '/')
				name[i] = 'x';
		}
		name[n] = '\0';
		if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
			expect_round_trip(name);
	}
}
END_TEST

START_TEST(whole_paths_are_taken_part_by_part)
{
	char disk[PATH_MAX], client[3 * PATH_MAX];

	ck_assert_uint_eq(spelling_to_disk("a\uF029/b\uF028/\uF021", disk), STATUS_SUCCESS);
	ck_assert_str_eq(disk, "a./b /*");
	spelling_path_from_disk(disk, client);
	ck_assert_str_eq(client, "a\uF029/b\uF028/\uF021");
	ck_assert_uint_eq(spelling_to_disk("", disk), STATUS_SUCCESS);
	ck_assert_str_eq(disk, "");
}
END_TEST

START_TEST(nothing_becomes_a_dot_entry)
{
	char disk[PATH_MAX];

	ck_assert(!disk_name_valid("\uF029"));
	ck_assert(!disk_name_valid(".\uF029"));
	ck_assert(!disk_name_valid("."));
	ck_assert(!disk_name_valid(".."));
	ck_assert_uint_eq(spelling_to_disk("a/.\uF029/b", disk), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(spelling_to_disk("..", disk), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(spelling_to_disk("a/../b", disk), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(spelling_to_disk("a//b", disk), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(spelling_to_disk("/a", disk), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(spelling_to_disk("a/", disk), STATUS_OBJECT_NAME_INVALID);
}
END_TEST

START_TEST(names_nobody_can_have_are_refused)
{
	char name[3 * NAME_MAX + 4], disk[PATH_MAX], path[PATH_MAX + 300];
	const char *bad = "\"*:<>?\\|/\x01\x1F";

	for (size_t i = 0; i < strlen(bad); i++) {
		snprintf(name, sizeof(name), "a%cb", bad[i]);
		ck_assert_msg(!disk_name_valid(name), "%s", name);
	}
	ck_assert(!disk_name_valid(""));
	ck_assert(!disk_name_valid("\xC3")); /* from a client it cannot come */
	memset(name, 'a', sizeof(name));
	name[NAME_MAX] = '\0';
	ck_assert(disk_name_valid(name));
	name[NAME_MAX] = 'a';
	name[NAME_MAX + 1] = '\0';
	ck_assert(!disk_name_valid(name));
	for (size_t i = 0; i < NAME_MAX; i++)
		memcpy(name + 3 * i, "\uF021", 3);
	name[3 * NAME_MAX] = '\0';
	ck_assert(disk_name_valid(name)); /* 255 asterisks on disk */
	memset(path, 'a', sizeof(path));
	for (size_t i = 200; i < sizeof(path); i += 200)
		path[i] = '/';
	path[PATH_MAX] = '\0';
	ck_assert_uint_eq(spelling_to_disk(path, disk), STATUS_OBJECT_NAME_INVALID);
	path[PATH_MAX - 1] = '\0';
	ck_assert_uint_eq(spelling_to_disk(path, disk), STATUS_SUCCESS);
	ck_assert_uint_eq(strlen(disk), PATH_MAX - 1);
}
END_TEST

START_TEST(posix_clients_see_the_bytes_and_give_them_back)
{
	static const char *const names[] = { "plain", "a:b\\c*?\"<>|", "end.", "end ", "\x01\x1F",
		"\xFF\xFE", "s\xC3\xA4", "\xEE\xBE\x80", "\xEF\x80\xA0",
		"\xED\xA0\x80\xED\xB0\x80" };
	char shown[64], back[64], client[SPELLING_MAX], posix[SPELLING_MAX];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		spelling_posix_from_disk(names[i], shown);
		spelling_posix_to_disk(shown, back);
		ck_assert_str_eq(back, names[i]);
		/* By way of what other clients see as well. */
		spelling_from_disk(names[i], client);
		ck_assert_str_eq(spelling_posix_name(client, posix), shown);
	}
	spelling_posix_from_disk("a:b\\c", shown);
	ck_assert_str_eq(shown, "a:b\\c");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("spelling");
	TCase *tc = tcase_create("spelling");
	SRunner *r;
	int failed;

	tcase_add_test(tc, plain_names_stay_as_they_are);
	tcase_add_test(tc, forbidden_characters_go_to_the_private_use_area);
	tcase_add_test(tc, bytes_that_are_no_text_come_back);
	tcase_add_test(tc, our_own_private_characters_come_back_too);
	tcase_add_test(tc, surrogates_stay_three_bytes_unless_they_would_pair);
	tcase_add_test(tc, every_pair_of_bytes_comes_back);
	tcase_add_test(tc, random_bytes_come_back);
	tcase_add_test(tc, whole_paths_are_taken_part_by_part);
	tcase_add_test(tc, nothing_becomes_a_dot_entry);
	tcase_add_test(tc, names_nobody_can_have_are_refused);
	tcase_add_test(tc, posix_clients_see_the_bytes_and_give_them_back);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
