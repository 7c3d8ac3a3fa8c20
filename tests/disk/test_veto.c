/* SPDX-License-Identifier: BSD-2-Clause */

/* Names that match a veto pattern do not exist: not for any call on names. */
#include "disk/dir.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "first_short.h"
#include "scratch.h"

static const char *const veto[] = { "*.secret", "hidden?", "lost+found", NULL };

static void
setup(void)
{
	struct disk_options options = scratch_defaults();

	scratch_setup();
	options.veto_files = veto;
	options.follow_symlinks = true;
	scratch_reopen(options);
	others_write("seen", "x");
	others_write("a long name of a.secret", "x");
	others_mkdir("Hidden1");
	others_write("Hidden1/inner", "x");
	others_mkdir("dir");
	others_write("dir/b.SECRET", "x");
}

static nt_status
look(const char *path)
{
	return disk_lookup(&scratch, &scratch_arena, path, NULL, NULL);
}

START_TEST(they_are_not_found)
{
	ck_assert_uint_eq(look("seen"), STATUS_SUCCESS);
	ck_assert_uint_eq(look("a long name of a.secret"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("dir/b.secret"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("HIDDEN1"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("hidden1/inner"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(look("hidden12"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("dir"), STATUS_SUCCESS);
}
END_TEST

START_TEST(not_by_their_short_names_either)
{
	struct disk_options options = scratch_defaults();
	char shorter[13];

	first_short_name("a long name of a.secret", shorter);
	ck_assert_str_ne(shorter, "");
	ck_assert_uint_eq(look(shorter), STATUS_OBJECT_NAME_NOT_FOUND);
	scratch_reopen(options);
	ck_assert_uint_eq(look(shorter), STATUS_SUCCESS);
}
END_TEST

START_TEST(not_by_a_link_that_leads_to_them_either)
{
	ck_assert_int_eq(symlinkat("a long name of a.secret", scratch_fd, "link"), 0);
	ck_assert_int_eq(symlinkat("dir/link", scratch_fd, "deep"), 0);
	ck_assert_int_eq(symlinkat("../Hidden1", scratch_fd, "dir/link"), 0);
	ck_assert_int_eq(symlinkat("dir", scratch_fd, "open"), 0);
	ck_assert_uint_eq(look("link"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("deep/inner"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(look("dir/link/inner"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(look("open"), STATUS_SUCCESS);
}
END_TEST

/* Where the streams of others are, which have no descriptors of their own. */
START_TEST(nor_does_a_link_lead_to_the_side_store)
{
	others_mkdir(".smb1d.streams");
	others_write(".smb1d.streams/key", "x");
	ck_assert_int_eq(symlinkat(".smb1d.streams", scratch_fd, "side"), 0);
	ck_assert_uint_eq(look("side"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("side/key"), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(they_are_not_listed)
{
	struct disk_dir *dir;
	struct disk_entry e;
	unsigned n = 0;

	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS) {
		if (e.dot)
			continue;
		ck_assert(strcmp(e.name, "seen") == 0 || strcmp(e.name, "dir") == 0);
		n++;
	}
	ck_assert_uint_eq(n, 2);
	disk_dir_close(&dir);
}
END_TEST

START_TEST(they_are_not_made)
{
	struct disk_rename r = { .from = "seen", .to = "dir/seen.secret" };
	struct disk_file *f;

	ck_assert_uint_eq(
	    scratch_open("new.secret", DISK_WRITE, DISK_OPEN_IF, &f), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_mkdir(&scratch, "Hidden2", 0, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    disk_link(&scratch, "seen", "lost+FOUND", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(others_see("seen"));
	ck_assert(
	    !others_see("new.secret") && !others_see("Hidden2") && !others_see("dir/seen.secret"));
}
END_TEST

START_TEST(they_are_not_touched)
{
	struct disk_rename r = { .from = "dir/b.secret", .to = "free" };

	ck_assert_uint_eq(
	    disk_unlink(&scratch, "dir/b.secret", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_rmdir(&scratch, "hidden1", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(others_see("dir/b.SECRET") && others_see("Hidden1"));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("veto");
	TCase *t = tcase_create("veto");

	tcase_add_checked_fixture(t, setup, scratch_teardown);
	tcase_add_test(t, they_are_not_found);
	tcase_add_test(t, not_by_their_short_names_either);
	tcase_add_test(t, not_by_a_link_that_leads_to_them_either);
	tcase_add_test(t, nor_does_a_link_lead_to_the_side_store);
	tcase_add_test(t, they_are_not_listed);
	tcase_add_test(t, they_are_not_made);
	tcase_add_test(t, they_are_not_touched);
	suite_add_tcase(s, t);
	return scratch_run(s);
}
