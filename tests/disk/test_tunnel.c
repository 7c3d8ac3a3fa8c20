/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/beneath.h"
#include "disk/dir.h"
#include "disk/name.h"
#include "disk/tunnel.h"
#include "first_short.h"
#include "scratch.h"

#define LONG "A long name.text"

static char shorter[13];
static uint64_t now;

static uint64_t
fake_now(void)
{
	return now;
}

static void
setup(void)
{
	scratch_setup();
	now = 1000000;
	tunnel_clock(scratch.root->tunnel, fake_now);
	first_short_name(LONG, shorter);
	others_write(LONG, "old");
}

static void
create(const char *path)
{
	struct disk_file *f;

	ck_assert_uint_eq(scratch_open(path, DISK_WRITE, DISK_CREATE, &f), STATUS_SUCCESS);
	disk_close(&f);
}

static void
rename_to(const char *from, const char *to)
{
	struct disk_rename r = { .from = from, .to = to };

	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
}

START_TEST(what_is_deleted_and_made_anew_has_its_long_name)
{
	ck_assert_uint_eq(disk_unlink(&scratch, shorter, NULL), STATUS_SUCCESS);
	ck_assert(!others_see(LONG));
	create(shorter);
	ck_assert(others_see(LONG));
	ck_assert(!others_see(shorter));
}
END_TEST

START_TEST(what_is_renamed_away_and_made_anew_has_its_long_name)
{
	rename_to(shorter, "A.BAK");
	create(shorter);
	ck_assert(others_see(LONG));
	ck_assert(others_see("A.BAK"));
}
END_TEST

START_TEST(what_is_renamed_to_the_short_name_has_the_long_one)
{
	others_write("NEW.TMP", "new");
	ck_assert_uint_eq(disk_unlink(&scratch, LONG, NULL), STATUS_SUCCESS);
	rename_to("NEW.TMP", shorter);
	ck_assert(others_see(LONG));
	ck_assert(!others_see(shorter));
}
END_TEST

START_TEST(the_name_is_forgotten_after_a_while)
{
	ck_assert_uint_eq(disk_unlink(&scratch, LONG, NULL), STATUS_SUCCESS);
	now += 15001;
	create(shorter);
	ck_assert(others_see(shorter));
	ck_assert(!others_see(LONG));
}
END_TEST

START_TEST(other_directories_and_directories_have_nothing_of_it)
{
	char path[32];

	others_mkdir("other");
	snprintf(path, sizeof(path), "other/%s", shorter);
	ck_assert_uint_eq(disk_unlink(&scratch, LONG, NULL), STATUS_SUCCESS);
	create(path);
	ck_assert(others_see(path));
	ck_assert_uint_eq(disk_mkdir(&scratch, shorter, 0, NULL), STATUS_SUCCESS);
	ck_assert(others_see(shorter));
}
END_TEST

START_TEST(the_oldest_make_way)
{
	char name[32];

	ck_assert_uint_eq(disk_unlink(&scratch, LONG, NULL), STATUS_SUCCESS);
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "another long name %d", i);
		others_write(name, "");
		ck_assert_uint_eq(disk_unlink(&scratch, name, NULL), STATUS_SUCCESS);
	}
	create(shorter);
	ck_assert(others_see(shorter));
	first_short_name(name, shorter);
	create(shorter);
	ck_assert(others_see(name));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tunnel");
	TCase *tc = tcase_create("tunnel");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_add_test(tc, what_is_deleted_and_made_anew_has_its_long_name);
	tcase_add_test(tc, what_is_renamed_away_and_made_anew_has_its_long_name);
	tcase_add_test(tc, what_is_renamed_to_the_short_name_has_the_long_one);
	tcase_add_test(tc, the_name_is_forgotten_after_a_while);
	tcase_add_test(tc, other_directories_and_directories_have_nothing_of_it);
	tcase_add_test(tc, the_oldest_make_way);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
