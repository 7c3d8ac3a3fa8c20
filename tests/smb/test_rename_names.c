/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>

#include "base/arena.h"
#include "smb/rename_names.h"

static const struct {
	const char *pattern, *name, *out;
} cases[] = {
	{ "new.txt", "old.doc", "new.txt" },
	{ "*.bak", "file.txt", "file.bak" },
	{ "new.*", "file.txt", "new.txt" },
	{ "*", "file.txt", "file.txt" },
	{ "x*", "file.txt", "xile.txt" },
	{ "*.*", "file.txt", "file.txt" },
	{ "*.*", "file", "file" },
	{ "???x.*", "abcdef.txt", "abcx.txt" },
	{ "?????.?", "ab.txt", "ab.t" },
	{ "*.t?t", "a.b.xyz", "a.b.tyt" },
	{ "*.", "file.txt", "file" },
	{ "\xC3\xA4*.*",
	    "\xC3\xBC"
	    "b.txt",
	    "\xC3\xA4"
	    "b.txt" },
	{ "?x.*",
	    "\xE2\x82\xAC"
	    "b.txt",
	    "\xE2\x82\xAC"
	    "x.txt" },
};

START_TEST(patterns_make_new_names_of_old_ones)
{
	struct arena a;

	arena_init(&a);
	ck_assert_str_eq(rename_expand(&a, cases[_i].pattern, cases[_i].name), cases[_i].out);
	arena_clear(&a);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rename");
	TCase *tc = tcase_create("names");
	SRunner *sr;
	int failed;

	tcase_add_loop_test(
	    tc, patterns_make_new_names_of_old_ones, 0, sizeof(cases) / sizeof(cases[0]));
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
