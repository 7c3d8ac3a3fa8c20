/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <pthread.h>
#include <stdatomic.h>

#include "disk/dir.h"
#include "disk/lookup.h"
#include "disk/name.h"

static void
follow_links(void)
{
	struct disk_options options = scratch_defaults();

	options.follow_symlinks = true;
	scratch_reopen(options);
}

static nt_status
look(const char *path)
{
	struct disk_stat st;

	return disk_lookup(&scratch, &scratch_arena, path, &st, NULL);
}

static const char *
outside(const char *name)
{
	return arena_printf(&scratch_arena, "%s/outside/%s", scratch_top, name);
}

static bool
outside_is_empty(void)
{
	return rmdir(outside("")) == 0 && mkdir(outside(""), 0755) == 0;
}

/* Every way a link can lead out, and one that leads nowhere, for comparison. */
static void
make_links(void)
{
	others_symlink(outside("file"), "absolute");
	others_symlink("../outside/file", "upwards");
	others_symlink("/proc/self/root", "magic");
	others_symlink("/proc/self/cwd", "cwd");
	others_symlink("nowhere", "broken");
	others_symlink("loop", "loop");
	others_symlink("../root/inside", "out-and-in"); /* leaves on its way */
}

static const char *const links[] = { "absolute", "upwards", "magic", "cwd", "broken", "loop",
	"out-and-in" };
#define LINKS (sizeof(links) / sizeof(links[0]))

static void
write_outside(void)
{
	int fd = open(outside("file"), O_CREAT | O_WRONLY | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
expect_all_missing(const char *link)
{
	struct disk_file *f;
	struct disk_dir *dir;
	const char *below = arena_printf(&scratch_arena, "%s/x", link);
	struct disk_rename r = { .from = link, .to = "new" };

	ck_assert_uint_eq(look(link), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look(below), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(
	    scratch_open(link, DISK_READ, DISK_OPEN, &f), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    scratch_open(below, DISK_READ, DISK_OPEN_IF, &f), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(scratch_open(link, DISK_WRITE, DISK_OPEN_IF, &f), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(
	    scratch_open(link, DISK_WRITE, DISK_CREATE, &f), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(disk_mkdir(&scratch, link, 0, NULL), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(disk_mkdir(&scratch, below, 0, NULL), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_dir_open(&scratch, below, &dir), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_unlink(&scratch, link, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_rmdir(&scratch, link, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_link(&scratch, link, "new", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	r = (struct disk_rename){ .from = "inside", .to = link, .replace = true };
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_OBJECT_NAME_COLLISION);
	ck_assert(others_see(link));
}

START_TEST(links_that_leave_look_like_broken_ones)
{
	if (_i == 1)
		follow_links();
	make_links();
	write_outside();
	others_write("inside", "x");
	for (size_t i = 0; i < LINKS; i++)
		expect_all_missing(links[i]);
}
END_TEST

START_TEST(links_do_not_exist_unless_followed)
{
	others_mkdir("d");
	others_write("d/file", "x");
	others_symlink("d", "to-dir");
	others_symlink("d/file", "to-file");
	ck_assert_uint_eq(look("to-file"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look("to-dir/file"), STATUS_OBJECT_PATH_NOT_FOUND);
	follow_links();
	ck_assert_uint_eq(look("to-file"), STATUS_SUCCESS);
	ck_assert_uint_eq(look("to-dir/file"), STATUS_SUCCESS);
	ck_assert_uint_eq(look("TO-DIR/FILE"), STATUS_SUCCESS);
}
END_TEST

START_TEST(listings_leave_such_links_out)
{
	struct disk_dir *dir;
	struct disk_entry e;
	int n = 0;

	if (_i == 1)
		follow_links();
	make_links();
	write_outside();
	others_write("inside", "x");
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS) {
		if (e.dot)
			continue;
		ck_assert_str_eq(e.name, "inside");
		n++;
	}
	disk_dir_close(&dir);
	ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(removing_a_followed_link_removes_the_link)
{
	struct disk_rename r = { .from = "to-file", .to = "renamed" };

	follow_links();
	others_mkdir("d");
	others_write("file", "x");
	others_symlink("d", "to-dir");
	others_symlink("file", "to-file");
	ck_assert_uint_eq(disk_rmdir(&scratch, "to-dir", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_unlink(&scratch, "RENAMED", NULL), STATUS_SUCCESS);
	ck_assert(others_see("d"));
	ck_assert(others_see("file"));
	ck_assert(!others_see("renamed"));
}
END_TEST

START_TEST(dots_beyond_the_root_are_the_root)
{
	struct disk_dir *dir;
	struct disk_entry e;
	struct disk_stat root, st;

	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "", &root, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(disk_dir_next(dir, &e), STATUS_SUCCESS);
		ck_assert_str_eq(e.name, i == 0 ? "." : "..");
		ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_SUCCESS);
		ck_assert_uint_eq(st.id.ino, root.id.ino);
	}
	disk_dir_close(&dir);
}
END_TEST

/* Flips "d" between a directory of ours and a link out of the root. */
static atomic_bool stop;

static void *
flip(void *arg)
{
	(void)arg;
	while (!atomic_load(&stop)) {
		renameat2(scratch_fd, "d", scratch_fd, "l", RENAME_EXCHANGE);
		usleep(20); /* it holds the directory's lock the others want too */
	}
	return NULL;
}

static void
act_everywhere(void)
{
	struct disk_rename r = { .from = "d/victim", .to = "d/moved", .replace = true };
	struct disk_file *f;
	struct disk_dir *dir;

	if (scratch_open("d/made", DISK_WRITE, DISK_OPEN_IF, &f) == STATUS_SUCCESS)
		disk_close(&f);
	if (scratch_open("d/secret", DISK_READ, DISK_OPEN, &f) == STATUS_SUCCESS)
		ck_abort_msg("a file outside was opened");
	disk_mkdir(&scratch, "D/dir", 0, NULL);
	disk_rmdir(&scratch, "d/DIR", NULL);
	disk_rename(&scratch, &scratch_arena, &r);
	disk_unlink(&scratch, "D/keep", NULL);
	disk_link(&scratch, "d/moved", "d/victim", NULL);
	if (look("D/SECRET") == STATUS_SUCCESS)
		ck_abort_msg("a file outside was found");
	if (disk_dir_open(&scratch, "d", &dir) == STATUS_SUCCESS) {
		struct disk_entry e;

		while (disk_dir_next(dir, &e) == STATUS_SUCCESS)
			ck_assert_str_ne(e.name, "secret");
		disk_dir_close(&dir);
	}
	arena_clear(&scratch_arena);
}

START_TEST(a_link_flipped_at_any_moment_leads_nowhere)
{
	static const char *const kept[] = { "secret", "keep", "victim" };
	pthread_t thread;

	if (_i == 1)
		follow_links();
	for (int i = 0; i < 3; i++)
		close(open(outside(kept[i]), O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
	others_mkdir("d");
	others_write("d/victim", "x");
	others_symlink("../outside", "l");
	atomic_store(&stop, false);
	ck_assert_int_eq(pthread_create(&thread, NULL, flip, NULL), 0);
	for (int round = 0; round < 1000; round++)
		act_everywhere();
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(unlink(outside(kept[i])), 0);
	ck_assert(outside_is_empty());
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("escape");
	TCase *tc = tcase_create("escape");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_loop_test(tc, links_that_leave_look_like_broken_ones, 0, 2);
	tcase_add_test(tc, links_do_not_exist_unless_followed);
	tcase_add_loop_test(tc, listings_leave_such_links_out, 0, 2);
	tcase_add_test(tc, removing_a_followed_link_removes_the_link);
	tcase_add_test(tc, dots_beyond_the_root_are_the_root);
	tcase_add_loop_test(tc, a_link_flipped_at_any_moment_leads_nowhere, 0, 2);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
