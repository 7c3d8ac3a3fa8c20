/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <malloc.h>

#include "base/cred.h"
#include "disk/attr.h"
#include "disk/dir.h"
#include "disk/lookup.h"
#include "disk/name.h"

static struct disk_dir *dir;

/* In memory where there is such a place: another file system, and quick with many files. */
static void
setup_in_memory(void)
{
	if (access("/dev/shm", W_OK) == 0)
		scratch_base = "/dev/shm";
	scratch_setup();
}

static void
teardown(void)
{
	disk_dir_close(&dir);
	scratch_teardown();
}

static const char *
next(struct disk_entry *e)
{
	return disk_dir_next(dir, e) == STATUS_SUCCESS ? e->name : NULL;
}

static void
others_fill(int n)
{
	char name[32];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "File %d", i);
		ck_assert_msg(mknodat(scratch_fd, name, S_IFREG | 0644, 0) == 0, "%s: %s", name,
		    strerror(errno));
	}
}

START_TEST(all_names_come_once_dots_first)
{
	bool seen[3000] = { false };
	struct disk_entry e;
	int i, n = 0;

	others_fill(3000);
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	ck_assert_str_eq(next(&e), ".");
	ck_assert(e.dot);
	ck_assert_str_eq(next(&e), "..");
	ck_assert(e.dot);
	while (next(&e) != NULL) {
		ck_assert(!e.dot);
		ck_assert_int_eq(sscanf(e.name, "File %d", &i), 1);
		ck_assert(!seen[i]);
		seen[i] = true;
		n++;
	}
	ck_assert_int_eq(n, 3000);
	ck_assert_uint_eq(disk_dir_next(dir, &e), STATUS_NO_MORE_FILES);
	ck_assert_uint_eq(disk_dir_next(dir, &e), STATUS_NO_MORE_FILES);
}
END_TEST

START_TEST(a_listing_goes_on_at_any_entry)
{
	static char names[1002][32];
	static uint64_t after[1002];
	struct disk_entry e;
	int n = 0;

	others_fill(1000);
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (next(&e) != NULL) {
		snprintf(names[n], sizeof(names[n]), "%s", e.name);
		after[n++] = e.next;
	}
	ck_assert_int_eq(n, 1002);
	for (int round = 0; round < 4000; round++) {
		int i = round < 2000 ? round * 7 % 1001 : 1000 - round % 1001;

		if (round % 3 == 0)
			disk_dir_rest(dir);
		disk_dir_seek(dir, after[i]);
		if (round % 5 == 0)
			disk_dir_rest(dir);
		ck_assert_str_eq(next(&e), names[i + 1]);
		ck_assert_uint_eq(e.next, after[i + 1]);
	}
	disk_dir_seek(dir, after[1001]);
	ck_assert_ptr_null(next(&e));
	disk_dir_seek(dir, 0);
	ck_assert_str_eq(next(&e), ".");
	ck_assert_str_eq(next(&e), "..");
	ck_assert_str_eq(next(&e), names[2]);
}
END_TEST

START_TEST(entries_are_described)
{
	struct disk_attr attr = { .attributes = FILE_ATTRIBUTE_SYSTEM };
	struct disk_entry e;
	struct disk_stat st, same;
	struct disk_file *f;

	others_mkdir("d");
	others_write("f", "12345");
	others_write(".dot", "x");
	ck_assert_uint_eq(scratch_open("f", 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_set_attr(&scratch, f, &attr), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (next(&e) != NULL) {
		ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_SUCCESS);
		ck_assert_uint_eq(
		    disk_lookup(&scratch, &scratch_arena, e.dot ? "" : e.name, &same, NULL),
		    STATUS_SUCCESS);
		ck_assert_uint_eq(st.attributes, same.attributes);
		ck_assert_uint_eq(st.id.ino, same.id.ino);
		ck_assert_uint_eq(st.size, same.size);
		ck_assert_uint_eq(st.created, same.created);
		ck_assert_uint_eq(st.written, same.written);
		if (strcmp(e.name, "f") == 0)
			ck_assert_uint_eq(st.attributes, FILE_ATTRIBUTE_SYSTEM);
		if (strcmp(e.name, ".dot") == 0)
			ck_assert_uint_eq(st.attributes, FILE_ATTRIBUTE_HIDDEN);
	}
}
END_TEST

START_TEST(dotdot_is_the_directory_above)
{
	struct disk_entry e;
	struct disk_stat st, above;

	others_mkdir("a");
	others_mkdir("a/b");
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(
		    disk_dir_open(&scratch, i == 0 ? "a" : "A/B", &dir), STATUS_SUCCESS);
		disk_dir_seek(dir, 1);
		ck_assert_str_eq(next(&e), "..");
		ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_SUCCESS);
		ck_assert_uint_eq(
		    disk_lookup(&scratch, &scratch_arena, i == 0 ? "" : "a", &above, NULL),
		    STATUS_SUCCESS);
		ck_assert_uint_eq(st.id.ino, above.id.ino);
		disk_dir_close(&dir);
	}
}
END_TEST

START_TEST(what_vanished_is_skipped)
{
	struct disk_entry e;
	struct disk_stat st;

	others_mkdir("d");
	others_write("d/f", "x");
	ck_assert_uint_eq(disk_dir_open(&scratch, "d", &dir), STATUS_SUCCESS);
	disk_dir_seek(dir, 2);
	ck_assert_str_eq(next(&e), "f");
	ck_assert_int_eq(unlinkat(scratch_fd, "d/f", 0), 0);
	ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_int_eq(unlinkat(scratch_fd, "d", AT_REMOVEDIR), 0);
	disk_dir_rest(dir);
	ck_assert_uint_eq(disk_dir_next(dir, &e), STATUS_NO_MORE_FILES);
}
END_TEST

START_TEST(only_directories_are_listed)
{
	others_write("f", "x");
	ck_assert_uint_eq(disk_dir_open(&scratch, "f", &dir), STATUS_NOT_A_DIRECTORY);
	ck_assert_uint_eq(disk_dir_open(&scratch, "none", &dir), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_dir_open(&scratch, "none/x", &dir), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_dir_open(&scratch, "a?", &dir), STATUS_OBJECT_NAME_INVALID);
	ck_assert_ptr_null(dir);
}
END_TEST

START_TEST(names_come_as_clients_may_send_them)
{
	struct disk_entry e;

	others_mkdir("d");
	others_write("d/caf\xE9:.", "x");
	ck_assert_uint_eq(disk_dir_open(&scratch, "d", &dir), STATUS_SUCCESS);
	disk_dir_seek(dir, 2);
	ck_assert_str_eq(next(&e), "caf\uEEE9\uF022\uF029");
	ck_assert_uint_eq(
	    disk_lookup(&scratch, &scratch_arena, "d/caf\uEEE9\uF022\uF029", NULL, NULL),
	    STATUS_SUCCESS);
}
END_TEST

START_TEST(links_within_are_followed_when_allowed)
{
	struct disk_options options = scratch_defaults();
	struct disk_entry e;
	struct disk_stat st;

	options.follow_symlinks = true;
	scratch_reopen(options);
	others_mkdir("d");
	others_write("f", "12345");
	others_symlink("../f", "d/link");
	ck_assert_uint_eq(disk_dir_open(&scratch, "d", &dir), STATUS_SUCCESS);
	disk_dir_seek(dir, 2);
	ck_assert_str_eq(next(&e), "link");
	ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_SUCCESS);
	ck_assert_uint_eq(st.size, 5);
	ck_assert(!S_ISLNK(st.mode));
	ck_assert_ptr_null(next(&e));
}
END_TEST

#define MANY 100000

static size_t
heap(void)
{
	return mallinfo2().uordblks + mallinfo2().hblkhd;
}

START_TEST(a_hundred_thousand_files_are_no_burden)
{
	struct disk_entry e;
	struct disk_stat st;
	size_t before, most = 0;
	uint64_t scans;
	char name[32];
	int n = 0;

	others_fill(MANY);
	before = heap();
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (next(&e) != NULL) {
		if (++n % 5000 == 0 && heap() - before > most)
			most = heap() - before;
	}
	ck_assert_int_eq(n, MANY + 2);
	ck_assert_uint_lt(most, 64 << 10);
	disk_dir_rest(dir);
	ck_assert_uint_lt(heap() - before, 1 << 10);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "New %d", i);
		scratch_create(name);
		snprintf(name, sizeof(name), "NEW %d", i);
		ck_assert_uint_eq(
		    disk_lookup(&scratch, &scratch_arena, name, &st, NULL), STATUS_SUCCESS);
		snprintf(name, sizeof(name), "FILE %d", i * 331);
		ck_assert_uint_eq(disk_unlink(&scratch, name, NULL), STATUS_SUCCESS);
	}
	scans = disk_root_scans(scratch.root);
	ck_assert_uint_eq(scans, 1);
	ck_assert_uint_lt(heap() - before, 12 << 20);
}
END_TEST

/* The names shown of the root, each with a blank behind it. */
static const char *
shown(void)
{
	static char text[256];
	struct disk_entry e;
	struct disk_stat st;

	text[0] = '\0';
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (next(&e) != NULL) {
		ck_assert_uint_eq(disk_dir_stat(dir, scratch.cred, &st), STATUS_SUCCESS);
		if (!disk_dir_shows(dir, &scratch, &st))
			continue;
		strcat(text, e.name);
		strcat(text, " ");
	}
	disk_dir_close(&dir);
	return text;
}

static const char *
shown_with(bool hide_unreadable, bool hide_unwriteable_files)
{
	const struct cred *cred = scratch.cred;
	struct disk_options options = scratch_defaults();

	ck_assert_int_eq(cred_assume(NULL), 0);
	options.hide_unreadable = hide_unreadable;
	options.hide_unwriteable_files = hide_unwriteable_files;
	scratch_reopen(options);
	scratch.cred = cred;
	return shown();
}

/* One file or directory at a time, so that their order does not matter. */
static void
expect_shown(const char *name, mode_t mode, const bool seen[2])
{
	char with[64];

	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(fchmodat(scratch_fd, name, mode, 0), 0);
	snprintf(with, sizeof(with), ". .. %s ", name);
	ck_assert_str_eq(shown_with(false, false), with);
	ck_assert_str_eq(shown_with(true, false), seen[0] ? with : ". .. ");
	ck_assert_str_eq(shown_with(false, true), seen[1] ? with : ". .. ");
	ck_assert_str_eq(shown_with(true, true), seen[0] && seen[1] ? with : ". .. ");
}

START_TEST(what_a_user_may_not_use_can_be_hidden)
{
	struct cred *c = geteuid() == 0 ? cred_new(65534, 65534, NULL, 0) : NULL;

	cred_enable();
	ck_assert_int_eq(chmod(scratch_top, 0755), 0);
	scratch.cred = c;
	others_write("f", "x");
	expect_shown("f", 0666, (const bool[]){ true, true });
	expect_shown("f", 0444, (const bool[]){ true, false });
	expect_shown("f", 0222, (const bool[]){ false, true });
	expect_shown("f", 0, (const bool[]){ false, false });
	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(unlinkat(scratch_fd, "f", 0), 0);
	others_mkdir("d");
	expect_shown("d", 0555, (const bool[]){ true, true });
	expect_shown("d", 0, (const bool[]){ false, true });
	ck_assert_int_eq(cred_assume(NULL), 0);
	if (c != NULL)
		cred_unref(&c);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("dir");
	TCase *tc = tcase_create("dir");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, scratch_setup, teardown);
	tcase_add_test(tc, all_names_come_once_dots_first);
	tcase_add_test(tc, a_listing_goes_on_at_any_entry);
	tcase_add_test(tc, what_a_user_may_not_use_can_be_hidden);
	tcase_add_test(tc, entries_are_described);
	tcase_add_test(tc, dotdot_is_the_directory_above);
	tcase_add_test(tc, what_vanished_is_skipped);
	tcase_add_test(tc, only_directories_are_listed);
	tcase_add_test(tc, names_come_as_clients_may_send_them);
	tcase_add_test(tc, links_within_are_followed_when_allowed);
	suite_add_tcase(s, tc);
	tc = tcase_create("in memory");
	tcase_set_timeout(tc, 300);
	tcase_add_checked_fixture(tc, setup_in_memory, teardown);
	tcase_add_test(tc, all_names_come_once_dots_first);
	tcase_add_test(tc, a_listing_goes_on_at_any_entry);
	tcase_add_test(tc, a_hundred_thousand_files_are_no_burden);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
