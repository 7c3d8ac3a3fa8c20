/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include "disk/attr.h"
#include "disk/lookup.h"
#include "disk/name.h"

static const char *real;

static nt_status
move(const char *from, const char *to, bool replace)
{
	struct disk_rename r = { .from = from, .to = to, .replace = replace };
	nt_status status = disk_rename(&scratch, &scratch_arena, &r);

	real = r.real;
	return status;
}

static void
set(const char *path, uint32_t attributes)
{
	struct disk_attr attr = { .attributes = attributes };
	struct disk_file *f;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_set_attr(&scratch, f, &attr), STATUS_SUCCESS);
	disk_close(&f);
}

static struct disk_id
id_of(const char *path)
{
	struct disk_stat st;

	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, path, &st, NULL), STATUS_SUCCESS);
	return st.id;
}

static bool
others_read(const char *name, const char *expected)
{
	char buf[32] = "";
	int fd = openat(scratch_fd, name, O_RDONLY | O_CLOEXEC);
	bool same = fd >= 0 && read(fd, buf, sizeof(buf) - 1) >= 0 && strcmp(buf, expected) == 0;

	if (fd >= 0)
		close(fd);
	return same;
}

START_TEST(directories_are_made)
{
	struct stat st;
	struct disk_stat ds;

	ck_assert_uint_eq(disk_mkdir(&scratch, "Dir", 0, NULL), STATUS_SUCCESS);
	ck_assert_int_eq(fstatat(scratch_fd, "Dir", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0755);
	ck_assert_uint_eq(disk_mkdir(&scratch, "dir", 0, NULL), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(
	    disk_mkdir(&scratch, "DIR/sub", FILE_ATTRIBUTE_HIDDEN, NULL), STATUS_SUCCESS);
	ck_assert(others_see("Dir/sub"));
	ck_assert_uint_eq(
	    disk_lookup(&scratch, &scratch_arena, "dir/sub", &ds, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(ds.attributes, FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_HIDDEN);
	ck_assert_uint_eq(disk_mkdir(&scratch, "none/sub", 0, NULL), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_mkdir(&scratch, "a:b", 0, NULL), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(disk_mkdir(&scratch, "", 0, NULL), STATUS_OBJECT_NAME_COLLISION);
	others_write("f", "x");
	ck_assert_uint_eq(disk_mkdir(&scratch, "F", 0, NULL), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(disk_mkdir(&scratch, "f/x", 0, NULL), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(files_are_removed)
{
	struct disk_id other = id_of(""), mine;

	others_write("File", "x");
	others_mkdir("d");
	mine = id_of("File");
	ck_assert_uint_eq(disk_unlink(&scratch, "none", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_unlink(&scratch, "none/f", NULL), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_unlink(&scratch, "d", NULL), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(disk_unlink(&scratch, "File", &other), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(others_see("File"));
	set("File", FILE_ATTRIBUTE_READONLY);
	ck_assert_uint_eq(disk_unlink(&scratch, "File", &mine), STATUS_CANNOT_DELETE);
	set("File", FILE_ATTRIBUTE_NORMAL);
	ck_assert_uint_eq(disk_unlink(&scratch, "FILE", &mine), STATUS_SUCCESS);
	ck_assert(!others_see("File"));
	ck_assert_int_eq(mkfifoat(scratch_fd, "fifo", 0600), 0);
	ck_assert_uint_eq(disk_unlink(&scratch, "fifo", NULL), STATUS_SUCCESS);
}
END_TEST

START_TEST(directories_are_removed)
{
	struct disk_id other = id_of(""), mine;

	others_mkdir("Dir");
	others_write("Dir/f", "x");
	mine = id_of("dir");
	ck_assert_uint_eq(disk_rmdir(&scratch, "Dir", &mine), STATUS_DIRECTORY_NOT_EMPTY);
	ck_assert_uint_eq(disk_rmdir(&scratch, "Dir/f", NULL), STATUS_NOT_A_DIRECTORY);
	ck_assert_uint_eq(disk_unlink(&scratch, "Dir/f", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_rmdir(&scratch, "DIR", &other), STATUS_OBJECT_NAME_NOT_FOUND);
	set("Dir", FILE_ATTRIBUTE_READONLY);
	ck_assert_uint_eq(disk_rmdir(&scratch, "DIR", &mine), STATUS_CANNOT_DELETE);
	set("Dir", FILE_ATTRIBUTE_DIRECTORY);
	ck_assert_uint_eq(disk_rmdir(&scratch, "DIR", &mine), STATUS_SUCCESS);
	ck_assert(!others_see("Dir"));
	ck_assert_uint_eq(disk_rmdir(&scratch, "", NULL), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_unlink(&scratch, "", NULL), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(emptiness_is_told)
{
	struct disk_file *f;

	others_mkdir("d");
	ck_assert_uint_eq(scratch_open("d", 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_dir_is_empty(&scratch, f), STATUS_SUCCESS);
	others_write("d/.f", "x");
	ck_assert_uint_eq(disk_dir_is_empty(&scratch, f), STATUS_DIRECTORY_NOT_EMPTY);
	disk_close(&f);
}
END_TEST

START_TEST(files_move)
{
	others_mkdir("Dir");
	others_write("f", "1");
	ck_assert_uint_eq(move("F", "New Name", false), STATUS_SUCCESS);
	ck_assert_str_eq(real, "New Name");
	ck_assert(others_read("New Name", "1"));
	ck_assert_uint_eq(move("new name", "DIR/Moved", false), STATUS_SUCCESS);
	ck_assert_str_eq(real, "Dir/Moved");
	ck_assert(others_read("Dir/Moved", "1"));
	ck_assert_uint_eq(move("dir", "Other", false), STATUS_SUCCESS);
	ck_assert(others_read("Other/Moved", "1"));
	ck_assert_uint_eq(move("none", "x", false), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(move("Other/Moved", "none/x", false), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(move("Other/Moved", "a*b", false), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(move("Other/Moved", "", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(move("", "x", false), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(names_are_respelled)
{
	others_write("name", "1");
	ck_assert_uint_eq(move("NAME", "Name", false), STATUS_SUCCESS);
	ck_assert_str_eq(real, "Name");
	ck_assert(others_see("Name") && !others_see("name"));
	ck_assert_uint_eq(move("name", "Name", false), STATUS_SUCCESS);
	ck_assert_uint_eq(move("Name", "NAME", true), STATUS_SUCCESS);
	ck_assert(others_see("NAME"));
	others_mkdir("dir");
	ck_assert_uint_eq(move("dir", "DIR", false), STATUS_SUCCESS);
	ck_assert(others_see("DIR"));
}
END_TEST

START_TEST(only_files_are_replaced_and_only_when_asked)
{
	others_write("a", "a");
	others_write("B", "b");
	others_mkdir("d");
	others_mkdir("e");
	ck_assert_uint_eq(move("a", "b", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(move("a", "d", true), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(move("d", "a", true), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(move("d", "e", true), STATUS_ACCESS_DENIED);
	set("B", FILE_ATTRIBUTE_READONLY);
	ck_assert_uint_eq(move("a", "b", true), STATUS_ACCESS_DENIED);
	set("B", FILE_ATTRIBUTE_NORMAL);
	ck_assert_uint_eq(move("a", "b", true), STATUS_SUCCESS);
	ck_assert_str_eq(real, "b");
	ck_assert(others_read("b", "a"));
	ck_assert(!others_see("a") && !others_see("B"));
}
END_TEST

START_TEST(links_to_one_file_are_two_names)
{
	others_write("a", "a");
	ck_assert_uint_eq(disk_link(&scratch, "A", "b", NULL), STATUS_SUCCESS);
	ck_assert(others_read("b", "a"));
	ck_assert_uint_eq(move("a", "B", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(move("a", "B", true), STATUS_SUCCESS);
	ck_assert(!others_see("a"));
	ck_assert_uint_eq(disk_link(&scratch, "b", "B", NULL), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(disk_link(&scratch, "none", "c", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	others_mkdir("d");
	ck_assert_uint_eq(disk_link(&scratch, "d", "c", NULL), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(disk_link(&scratch, "b", "c|d", NULL), STATUS_OBJECT_NAME_INVALID);
}
END_TEST

START_TEST(a_link_is_one_of_the_file_that_was_meant)
{
	struct disk_stat st;

	others_write("a", "a");
	others_write("b", "b");
	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "b", &st, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_link(&scratch, "a", "c", &st.id), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(!others_see("c"));
	ck_assert_uint_eq(disk_link(&scratch, "b", "c", &st.id), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_directory_does_not_go_into_itself)
{
	others_mkdir("d");
	others_mkdir("d/e");
	ck_assert_uint_eq(move("d", "d/x", false), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(move("d", "D/E/x", false), STATUS_SHARING_VIOLATION);
	ck_assert(others_see("d/e"));
}
END_TEST

START_TEST(a_rename_means_the_file_that_was_meant)
{
	struct disk_rename r = { .from = "f", .to = "g" };
	struct disk_id other = id_of(""), mine;

	others_write("f", "x");
	mine = id_of("f");
	r.id = &other;
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_OBJECT_NAME_NOT_FOUND);
	r.id = &mine;
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
}
END_TEST

static void
expect_unchanged(nt_status expected)
{
	ck_assert_uint_eq(disk_mkdir(&scratch, "new", 0, NULL), expected);
	ck_assert_uint_eq(disk_unlink(&scratch, "f", NULL), expected);
	ck_assert_uint_eq(disk_rmdir(&scratch, "d", NULL), expected);
	ck_assert_uint_eq(move("f", "g", true), expected);
	ck_assert_uint_eq(disk_link(&scratch, "f", "g", NULL), expected);
	ck_assert(others_see("f") && others_see("d") && !others_see("new") && !others_see("g"));
}

START_TEST(a_read_only_disk_changes_nothing)
{
	struct disk_options options = scratch_defaults();

	others_write("f", "x");
	others_mkdir("d");
	options.read_only = _i == 0;
	scratch_reopen(options);
	scratch.read_only = _i == 1;
	expect_unchanged(STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(without_waiting_nothing_changes)
{
	others_write("f", "x");
	others_mkdir("d");
	scratch.nowait = true;
	expect_unchanged(STATUS_CANT_WAIT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("name");
	TCase *tc = tcase_create("name");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, directories_are_made);
	tcase_add_test(tc, files_are_removed);
	tcase_add_test(tc, directories_are_removed);
	tcase_add_test(tc, emptiness_is_told);
	tcase_add_test(tc, files_move);
	tcase_add_test(tc, names_are_respelled);
	tcase_add_test(tc, only_files_are_replaced_and_only_when_asked);
	tcase_add_test(tc, links_to_one_file_are_two_names);
	tcase_add_test(tc, a_link_is_one_of_the_file_that_was_meant);
	tcase_add_test(tc, a_directory_does_not_go_into_itself);
	tcase_add_test(tc, a_rename_means_the_file_that_was_meant);
	tcase_add_loop_test(tc, a_read_only_disk_changes_nothing, 0, 2);
	tcase_add_test(tc, without_waiting_nothing_changes);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
