/* SPDX-License-Identifier: BSD-2-Clause */

/* Change notification of whole trees: directories that come, go and move, and very many of them. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "smb/commands.h"
#include "watcher.h"

/* --- trees --- */

START_TEST(below_the_directory_is_told_only_of_a_tree)
{
	uint16_t mid;

	mkdir(local("dir/sub"), 0777);
	mid = waiting(&names);
	touch("dir/sub/unheard");
	touch("dir/heard");
	expect(mid, "+heard");
}
END_TEST

START_TEST(a_tree_is_told_of_with_backslashes)
{
	uint16_t mid;

	mkdir(local("dir/a"), 0777);
	mkdir(local("dir/a/b"), 0777);
	mid = waiting(&tree);
	touch("dir/a/b/c");
	expect(mid, "+a\\b\\c");
}
END_TEST

START_TEST(new_directories_belong_to_the_tree)
{
	begin(&tree);
	mkdir_by("dir\\a");
	mkdir_by("dir\\a\\b");
	create_by("dir\\a\\b\\c");
	delete_by("dir\\a\\b\\c");
	expect(ask(&tree), "+a +a\\b +a\\b\\c -a\\b\\c");
}
END_TEST

/* However quickly it is filled, before anybody could watch it. */
START_TEST(what_is_in_a_new_directory_is_told_once)
{
	begin(&tree);
	mkdir(local("dir/a"), 0777);
	mkdir(local("dir/a/b"), 0777);
	touch("dir/a/b/c");
	expect_in_time(&tree, 3, "+a +a\\b +a\\b\\c");
	touch("dir/a/b/d");
	expect_in_time(&tree, 1, "+a\\b\\d");
}
END_TEST

START_TEST(a_moved_directory_is_followed)
{
	mkdir(local("dir/a"), 0777);
	mkdir(local("dir/a/deep"), 0777);
	mkdir(local("dir/b"), 0777);
	begin(&tree);
	rename_by("dir\\a", "dir\\renamed");
	expect(ask(&tree), "<a >renamed");
	touch("dir/renamed/deep/x");
	expect_in_time(&tree, 1, "+renamed\\deep\\x");
	ck_assert_int_eq(rename(local("dir/renamed"), local("dir/b/moved")), 0);
	expect_in_time(&tree, 2, "-renamed +b\\moved");
	touch("dir/b/moved/deep/y");
	expect_in_time(&tree, 1, "+b\\moved\\deep\\y");
}
END_TEST

START_TEST(a_directory_that_comes_again_is_watched_again)
{
	begin(&tree);
	for (int i = 0; i < 3; i++) {
		mkdir_by("dir\\a");
		create_by("dir\\a\\b");
		delete_by("dir\\a\\b");
		rmdir_by("dir\\a");
		expect(ask(&tree), "+a +a\\b -a\\b -a");
	}
}
END_TEST

START_TEST(trees_within_trees_are_told_each)
{
	uint16_t inner, mid, inner_mid;

	mkdir(local("dir/sub"), 0777);
	inner = open_dir(maker, "dir\\sub");
	inner_mid = waiting_on(maker, inner, &tree);
	mid = waiting(&tree);
	touch("dir/sub/x");
	expect(mid, "+sub\\x");
	ck_assert_str_eq(told_to(maker, inner_mid), "+x");
	/* The outer one goes, the inner one stays, and the other way round. */
	must_close(c, fid);
	inner_mid = waiting_on(maker, inner, &tree);
	touch("dir/sub/y");
	ck_assert_str_eq(told_to(maker, inner_mid), "+y");
	fid = open_dir(c, "dir");
	begin(&tree);
	must_close(maker, inner);
	touch("dir/sub/z");
	expect_in_time(&tree, 1, "+sub\\z");
}
END_TEST

/* --- large trees --- */

#define FAN 100 /* of as many directories each */

/* What has changed until now is older than what changes next, as far as a file's times tell. */
static void
let_time_pass(void)
{
	struct timespec now, files;

	clock_gettime(CLOCK_REALTIME, &now);
	do
		clock_gettime(CLOCK_REALTIME_COARSE, &files);
	while (files.tv_sec < now.tv_sec ||
	    (files.tv_sec == now.tv_sec && files.tv_nsec <= now.tv_nsec));
}

static void
grow(void)
{
	char name[64];

	mkdir(local("dir/big"), 0777);
	for (int i = 0; i < FAN; i++) {
		snprintf(name, sizeof(name), "dir/big/%d", i);
		mkdir(local(name), 0777);
		for (int j = 0; j < FAN; j++) {
			snprintf(name, sizeof(name), "dir/big/%d/%d", i, j);
			mkdir(local(name), 0777);
		}
	}
	let_time_pass();
}

/* How many watches the kernel keeps for the server; -1: not to be seen. */
static int
watches(void)
{
	char path[64], line[256];
	int n = 0;
	FILE *f;

	for (int fd = 0; fd < 256; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)server.pid, fd);
		f = fopen(path, "r");
		if (f == NULL && fd < 3)
			return -1;
		while (f != NULL && fgets(line, sizeof(line), f) != NULL)
			n += strncmp(line, "inotify wd:", 11) == 0;
		if (f != NULL)
			fclose(f);
	}
	return n;
}

/* The tree is not watched yet when others are answered. Whoever is quicker now and then, a server
 * that did all at once would be always. */
static bool
others_are_answered_before(void)
{
	unsigned before;
	nt_status last;
	int n;

	fid = open_dir(c, "dir");
	ask(&tree);
	ck_assert(client_sync(maker, &before, &last));
	n = watches();
	client_close(&c);
	c = client_on(server.port, "share");
	while (watches() > FAN)
		usleep(1000);
	return n < FAN * FAN;
}

START_TEST(a_large_tree_stops_nobody)
{
	bool before = false;
	uint16_t mid;

	grow();
	for (int i = 0; i < 8 && !before; i++)
		before = others_are_answered_before();
	ck_assert(before);
	fid = open_dir(c, "dir");
	mid = waiting(&tree);
	settled();
	touch("dir/big/99/99/leaf");
	expect(mid, "+big\\99\\99\\leaf");
	must_close(c, fid);
	while (watches() > FAN)
		usleep(1000);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notify_tree");
	TCase *tc = watcher_case(s, "trees");

	tcase_add_test(tc, below_the_directory_is_told_only_of_a_tree);
	tcase_add_test(tc, a_tree_is_told_of_with_backslashes);
	tcase_add_test(tc, new_directories_belong_to_the_tree);
	tcase_add_test(tc, what_is_in_a_new_directory_is_told_once);
	tcase_add_test(tc, a_moved_directory_is_followed);
	tcase_add_test(tc, a_directory_that_comes_again_is_watched_again);
	tcase_add_test(tc, trees_within_trees_are_told_each);
	tcase_add_test(tc, a_large_tree_stops_nobody);
	return watcher_main(s);
}
