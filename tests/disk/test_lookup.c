/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include "base/charset.h"
#include "disk/dir.h"
#include "disk/lookup.h"
#include "disk/name.h"

static nt_status
look(const char *path, char **real)
{
	struct disk_stat st;

	return disk_lookup(&scratch, &scratch_arena, path, &st, real);
}

static void
expect_real(const char *path, const char *expected)
{
	char *real = NULL;

	ck_assert_msg(look(path, &real) == STATUS_SUCCESS, "%s is not found", path);
	ck_assert_str_eq(real, expected);
}

static void
expect(const char *path, nt_status status)
{
	nt_status got = look(path, NULL);

	ck_assert_msg(got == status, "%s: %08X, not %08X", path, got, status);
}

START_TEST(names_are_found_in_any_case)
{
	others_mkdir("Dir");
	others_mkdir("Dir/Sub");
	others_write("Dir/Sub/Füße.txt", "x");
	expect_real("Dir/Sub/Füße.txt", "Dir/Sub/Füße.txt");
	expect_real("DIR/SUB/FÜßE.TXT", "Dir/Sub/Füße.txt");
	expect_real("dir/Sub/füße.TXT", "Dir/Sub/Füße.txt");
	expect_real("", "");
}
END_TEST

START_TEST(the_exact_spelling_wins)
{
	others_write("name", "1");
	others_write("Name", "2");
	others_write("NAME", "3");
	expect_real("name", "name");
	expect_real("Name", "Name");
	expect_real("NAME", "NAME");
	expect_real("nAME", "NAME"); /* the first in byte order */
}
END_TEST

START_TEST(what_is_missing_is_told_apart)
{
	others_mkdir("d");
	others_write("d/f", "x");
	expect("none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("d/none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("D/none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("none/f", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/none/f", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/f/x", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("D/F/x", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/f/x/y", STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("lookup");
	TCase *tc = tcase_create("lookup");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, names_are_found_in_any_case);
	tcase_add_test(tc, the_exact_spelling_wins);
	tcase_add_test(tc, what_is_missing_is_told_apart);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
