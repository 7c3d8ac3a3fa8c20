/* SPDX-License-Identifier: BSD-2-Clause */

#include <pthread.h>
#include <stdatomic.h>

#include "first_short.h"
#include "scratch.h"

#include "base/charset.h"
#include "disk/beneath.h"
#include "disk/cache.h"
#include "disk/dir.h"
#include "disk/lookup.h"

/* Two names that want the same short name. */
static char one[64], two[64];

static const char *
many(int i)
{
	static char name[64];

	snprintf(name, sizeof(name), "A file of many, number %d.text", i);
	return name;
}

struct wish {
	uint32_t number;
	int i;
};

static int
compare_wishes(const void *a, const void *b)
{
	const struct wish *wa = a, *wb = b;

	if (wa->number != wb->number)
		return wa->number < wb->number ? -1 : 1;
	return wa->i - wb->i;
}

/* Chance has them among some hundred thousand. */
static void
find_two(void)
{
	const int n = 300000;
	struct wish *w = calloc((size_t)n, sizeof(*w));
	int i;

	for (i = 0; i < n; i++)
		w[i] = (struct wish){ short_name_choice(many(i), 0), i };
	qsort(w, (size_t)n, sizeof(*w), compare_wishes);
	for (i = 1; i < n && w[i].number != w[i - 1].number; i++)
		;
	ck_assert_int_lt(i, n);
	strcpy(one, many(w[i - 1].i));
	strcpy(two, many(w[i].i));
	free(w);
}

static void
setup(void)
{
	if (access("/dev/shm", W_OK) == 0)
		scratch_base = "/dev/shm";
	scratch_setup();
}

static const char *
short_of(const char *path)
{
	static char out[4][SHORT_NAME_SIZE];
	static unsigned next;
	char *shorter = out[next++ % 4];

	ck_assert_uint_eq(disk_short_name(&scratch, path, shorter), STATUS_SUCCESS);
	return shorter;
}

static void
expect_real(const char *path, const char *expected)
{
	char *real = NULL;

	ck_assert_msg(disk_lookup(&scratch, &scratch_arena, path, NULL, &real) == STATUS_SUCCESS,
	    "%s is not found", path);
	ck_assert_str_eq(real, expected);
}

static void
expect_none(const char *path)
{
	ck_assert_uint_eq(
	    disk_lookup(&scratch, &scratch_arena, path, NULL, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
}

START_TEST(two_that_want_the_same_have_two)
{
	char alias[SHORT_NAME_SIZE];

	first_short_name(one, alias);
	others_write(one, "1");
	others_write(two, "2");
	ck_assert_str_ne(short_of(one), short_of(two));
	ck_assert(strcmp(short_of(one), alias) == 0 || strcmp(short_of(two), alias) == 0);
	expect_real(short_of(one), one);
	expect_real(short_of(two), two);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
}
END_TEST

START_TEST(they_are_the_same_after_a_restart)
{
	char first[SHORT_NAME_SIZE], second[SHORT_NAME_SIZE];

	others_write(two, "2");
	others_write(one, "1");
	strcpy(first, short_of(one));
	strcpy(second, short_of(two));
	scratch_reopen(scratch_defaults());
	ck_assert_str_eq(short_of(two), second);
	ck_assert_str_eq(short_of(one), first);
}
END_TEST

START_TEST(who_comes_later_takes_nothing_away)
{
	char alias[SHORT_NAME_SIZE];

	others_write(two, "2");
	strcpy(alias, short_of(two));
	others_write(one, "1");
	expect_real(alias, two);
	ck_assert_str_eq(short_of(two), alias);
	expect_real(short_of(one), one);
	ck_assert_int_eq(unlinkat(scratch_fd, two, 0), 0);
	expect_none(alias);
}
END_TEST

START_TEST(what_has_no_need_of_one_has_none)
{
	others_write("README.TXT", "x");
	ck_assert_str_eq(short_of("README.TXT"), "");
	ck_assert_str_eq(short_of(""), "");
	ck_assert_uint_eq(disk_root_scans(scratch.root), 0);
}
END_TEST

START_TEST(what_does_not_exist_has_none)
{
	char out[SHORT_NAME_SIZE];

	ck_assert_uint_eq(
	    disk_short_name(&scratch, "no such file", out), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    disk_short_name(&scratch, "nor/this file", out), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(without_waiting_it_is_told_of_known_directories)
{
	struct disk cached = scratch;
	char out[SHORT_NAME_SIZE];

	cached.nowait = true;
	others_write(one, "1");
	ck_assert_uint_eq(disk_short_name(&cached, one, out), STATUS_CANT_WAIT);
	ck_assert_str_ne(short_of(one), "");
	others_write(two, "2");
	ck_assert_uint_eq(disk_short_name(&cached, two, out), STATUS_SUCCESS);
	expect_real(out, two);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
}
END_TEST

/* Reads the whole directory; each must be found by the short name it is listed with. */
static int
list_all(const struct disk *d)
{
	struct disk_entry e;
	struct disk_dir *dir;
	char shorter[SHORT_NAME_SIZE];
	int n = 0;

	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS) {
		if (e.dot)
			continue;
		ck_assert_uint_eq(disk_dir_short(dir, d, shorter), STATUS_SUCCESS);
		ck_assert_uint_eq(strlen(shorter), 12);
		expect_real(shorter, e.name);
		n++;
	}
	disk_dir_close(&dir);
	return n;
}

START_TEST(each_of_fifty_thousand_is_found_by_what_it_is_listed_with)
{
	others_write(one, "");
	others_write(two, "");
	for (int i = 300000; i < 349998; i++)
		ck_assert_int_eq(mknodat(scratch_fd, many(i), S_IFREG | 0644, 0), 0);
	ck_assert_int_eq(list_all(&scratch), 50000);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
}
END_TEST

START_TEST(a_small_directory_is_read_but_once)
{
	struct disk cached = scratch;

	cached.nowait = true;
	for (int i = 0; i < 50; i++)
		others_write(many(i), "");
	ck_assert_int_eq(list_all(&cached), 50);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1); /* by expect_real */
}
END_TEST

START_TEST(in_a_small_directory_two_that_want_the_same_have_two)
{
	others_write(one, "");
	others_write(two, "");
	ck_assert_int_eq(list_all(&scratch), 2);
}
END_TEST

START_TEST(a_listing_that_may_not_wait_says_so_once)
{
	struct disk cached = scratch;
	struct disk_entry e;
	struct disk_dir *dir;
	char shorter[SHORT_NAME_SIZE];

	cached.nowait = true;
	for (int i = 0; i < 1000; i++)
		others_write(many(i), "");
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	do
		ck_assert_uint_eq(disk_dir_next(dir, &e), STATUS_SUCCESS);
	while (e.dot);
	ck_assert_uint_eq(disk_dir_short(dir, &cached, shorter), STATUS_CANT_WAIT);
	ck_assert_uint_eq(disk_dir_short(dir, &scratch, shorter), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_dir_short(dir, &cached, shorter), STATUS_SUCCESS);
	expect_real(shorter, e.name);
	disk_dir_close(&dir);
}
END_TEST

static atomic_bool enough;

static void *
come_and_go(void *arg)
{
	char alias[SHORT_NAME_SIZE];

	(void)arg;
	first_short_name("Somebody else of this directory", alias);
	while (!atomic_load(&enough)) {
		others_write(two, "2");
		others_write(alias, "3");
		unlinkat(scratch_fd, two, 0);
		unlinkat(scratch_fd, alias, 0);
	}
	return NULL;
}

START_TEST(what_was_told_holds_while_others_come_and_go)
{
	char alias[SHORT_NAME_SIZE];
	pthread_t thread;

	others_write(one, "1");
	strcpy(alias, short_of(one));
	atomic_store(&enough, false);
	ck_assert_int_eq(pthread_create(&thread, NULL, come_and_go, NULL), 0);
	for (int i = 0; i < 5000; i++) {
		expect_real(alias, one);
		ck_assert_str_eq(short_of(one), alias);
	}
	atomic_store(&enough, true);
	pthread_join(thread, NULL);
}
END_TEST

/* All spellings of one name have one hash: of so many no table is kept, nor short names. */
START_TEST(malice_costs_short_names_only)
{
	char name[] = "a name of ours";

	others_write("another long name", "x");
	for (unsigned i = 0; i < 1500; i++) {
		for (unsigned k = 0, at = 0; name[at] != '\0'; at++)
			if (name[at] != ' ')
				name[at] = (char)((name[at] & 0x5F) | (i >> k++ & 1 ? 0 : 0x20));
		others_write(name, "x");
	}
	ck_assert_str_eq(short_of("another long name"), "");
	expect_real("ANOTHER LONG NAME", "another long name");
	expect_none("a name of nobody");
}
END_TEST

START_TEST(without_watches_they_are_known_too)
{
	name_cache_unwatched(scratch.root->cache);
	others_write(one, "1");
	expect_real(short_of(one), one);
	others_write(two, "2");
	ck_assert_str_ne(short_of(two), "");
	expect_real(short_of(one), one);
	expect_real(short_of(two), two);
}
END_TEST

START_TEST(where_one_may_not_look_there_are_none)
{
	if (geteuid() == 0)
		return; /* who may look everywhere */
	others_mkdir("closed");
	others_write("closed/A long name.text", "x");
	ck_assert_int_eq(fchmodat(scratch_fd, "closed", 0300, 0), 0);
	ck_assert_str_eq(short_of("closed/A long name.text"), "");
	ck_assert_int_eq(fchmodat(scratch_fd, "closed", 0700, 0), 0);
	ck_assert_str_ne(short_of("closed/A long name.text"), "");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		two_that_want_the_same_have_two,
		they_are_the_same_after_a_restart,
		who_comes_later_takes_nothing_away,
		what_has_no_need_of_one_has_none,
		what_does_not_exist_has_none,
		without_waiting_it_is_told_of_known_directories,
		each_of_fifty_thousand_is_found_by_what_it_is_listed_with,
		a_small_directory_is_read_but_once,
		in_a_small_directory_two_that_want_the_same_have_two,
		a_listing_that_may_not_wait_says_so_once,
		what_was_told_holds_while_others_come_and_go,
		malice_costs_short_names_only,
		without_watches_they_are_known_too,
		where_one_may_not_look_there_are_none,
	};
	Suite *s = suite_create("short");
	TCase *tc = tcase_create("short");

	tcase_set_timeout(tc, 120);
	tcase_add_unchecked_fixture(tc, find_two, NULL);
	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
