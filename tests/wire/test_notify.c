/* SPDX-License-Identifier: BSD-2-Clause */

/* Change notification ([MS-CIFS] 2.2.7.4): what is told, and to whom. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smb/commands.h"
#include "watcher.h"

/* --- woken --- */

START_TEST(a_local_program_wakes_it)
{
	uint16_t mid = waiting(&names);

	touch("dir/new");
	expect(mid, "+new");
	mid = waiting(&names);
	ck_assert_int_eq(unlink(local("dir/new")), 0);
	expect(mid, "-new");
	mid = waiting(&names);
	ck_assert_int_eq(mkdir(local("dir/sub"), 0777), 0);
	expect(mid, "+sub");
	mid = waiting(&names);
	ck_assert_int_eq(rmdir(local("dir/sub")), 0);
	expect(mid, "-sub");
}
END_TEST

START_TEST(another_client_wakes_it)
{
	uint16_t mid = waiting(&names);

	create_by("dir\\new");
	expect(mid, "+new");
	mid = waiting(&names);
	delete_by("dir\\new");
	expect(mid, "-new");
	mid = waiting(&names);
	mkdir_by("dir\\sub");
	expect(mid, "+sub");
	mid = waiting(&names);
	rmdir_by("dir\\sub");
	expect(mid, "-sub");
}
END_TEST

START_TEST(who_changes_something_may_be_who_watches)
{
	uint16_t mid = waiting(&names);
	struct writer *w = client_begin(c, SMB_COM_CREATE_DIRECTORY);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "dir\\mine");
	client_send(c);
	client_receive(c, &r);
	if (r.h.command == SMB_COM_NT_TRANSACT)
		client_receive(c, &r);
	else
		expect(mid, "+mine");
}
END_TEST

START_TEST(one_change_answers_one_request)
{
	uint16_t first = waiting(&names), second = waiting(&names);

	mkdir_by("dir\\a");
	expect(first, "+a");
	mkdir_by("dir\\b");
	expect(second, "+b");
}
END_TEST

START_TEST(names_come_as_they_are_on_disk)
{
	uint16_t mid = waiting(&tree);

	create_by("DIR\\Grüße und 日本語.txt");
	expect(mid, "+Grüße und 日本語.txt");
}
END_TEST

/* --- renames --- */

START_TEST(a_rename_comes_as_a_pair)
{
	uint16_t mid;

	touch("dir/a");
	mid = waiting(&names);
	rename_by("dir\\a", "dir\\b");
	expect(mid, "<a >b");
	mid = waiting(&names);
	ck_assert_int_eq(rename(local("dir/b"), local("dir/c")), 0);
	expect(mid, "<b >c");
	mkdir_by("dir\\sub");
	expect(ask(&names), "+sub");
	mid = waiting(&names);
	rename_by("dir\\sub", "dir\\other");
	expect(mid, "<sub >other");
}
END_TEST

START_TEST(a_renamed_file_is_modified_too)
{
	const struct asked all = { .filter = NAMES | ATTRIBUTES };
	uint16_t mid;

	touch("dir/a");
	mkdir(local("dir/sub"), 0777);
	mid = waiting(&all);
	rename_by("dir\\a", "dir\\b");
	expect(mid, "<a >b ~b");
	mid = waiting(&all);
	rename_by("dir\\sub", "dir\\other");
	expect(mid, "<sub >other");
}
END_TEST

START_TEST(a_move_within_the_tree_leaves_here_and_arrives_there)
{
	uint16_t mid;

	mkdir(local("dir/sub"), 0777);
	touch("dir/sub/a");
	mid = waiting(&tree);
	rename_by("dir\\sub\\a", "dir\\b");
	expect(mid, "-sub\\a +b");
}
END_TEST

START_TEST(what_leaves_the_tree_is_removed_and_what_comes_is_added)
{
	uint16_t mid;

	touch("dir/a");
	touch("elsewhere/b");
	mkdir(local("dir/sub"), 0777);
	mid = waiting(&tree);
	rename_by("dir\\a", "elsewhere\\a");
	expect(mid, "-a");
	mid = waiting(&tree);
	rename_by("elsewhere\\b", "dir\\b");
	expect(mid, "+b");
	mid = waiting(&tree);
	ck_assert_int_eq(rename(local("dir/sub"), local("elsewhere/sub")), 0);
	expect(mid, "-sub");
	/* It is not followed. */
	touch("elsewhere/sub/c");
	mid = waiting(&tree);
	ck_assert_int_eq(rename(local("elsewhere/sub"), local("dir/back")), 0);
	expect(mid, "+back");
	mid = waiting(&tree);
	ck_assert_int_eq(unlink(local("dir/back/c")), 0);
	expect(mid, "-back\\c");
	remove(local("elsewhere/a"));
}
END_TEST

/* --- filters --- */

START_TEST(a_new_file_is_no_modified_file)
{
	const struct asked all = { .filter = ALL };

	begin(&all);
	create_by("dir\\a");
	mkdir_by("dir\\b");
	expect(ask(&all), "+a +b");
}
END_TEST

/* Each filter alone hears of this one and not of that one. */
struct filtered {
	uint32_t filter;
	void (*heard)(void), (*unheard)(void);
};

static void
hide(void)
{
	set_attributes_by("dir\\a", 0x02, 0);
}

static void
set_written(void)
{
	set_attributes_by("dir\\a", 0, 0x40000000);
}

static void
set_times(ntime created, ntime accessed)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(maker, &t, 6);

	wr_u16(w, 0x101);
	wr_u32(w, 0);
	wr_string(w, "dir\\a");
	client_trans2_data(maker, &t);
	wr_u64(w, created);
	wr_u64(w, accessed);
	wr_zero(w, 24);
	ck_assert_uint_eq(client_trans2_call(maker, &t), STATUS_SUCCESS);
}

static void
set_created(void)
{
	set_times(0x01BF53EB256D4000, 0);
}

static void
set_accessed(void)
{
	set_times(0, 0x01BF53EB256D4000);
}

static void
set_size(void)
{
	uint16_t opened = open_by("dir\\a");
	struct trans2 t;
	struct writer *w;

	w = client_trans2_begin(maker, &t, 8);
	wr_u16(w, opened);
	wr_u16(w, 0x104);
	wr_u16(w, 0);
	client_trans2_data(maker, &t);
	wr_u64(w, 4711);
	ck_assert_uint_eq(client_trans2_call(maker, &t), STATUS_SUCCESS);
	must_close(maker, opened);
}

static void
make_file(void)
{
	create_by("dir\\new");
}

static void
make_directory(void)
{
	mkdir_by("dir\\new");
}

static const struct filtered filtered[] = {
	{ ATTRIBUTES, hide, set_created },
	{ ATTRIBUTES, hide, make_file },
	{ LAST_WRITE, set_written, hide },
	{ LAST_ACCESS, set_accessed, set_written },
	{ CREATION, set_created, set_accessed },
	{ SIZE, set_size, set_created },
	{ CREATION, set_created, make_directory },
};

START_TEST(a_filter_lets_pass_what_it_says)
{
	const struct filtered *f = &filtered[_i];
	const struct asked asked = { .filter = f->filter };
	uint16_t mid;

	create_by("dir\\a");
	mid = waiting(&asked);
	f->unheard();
	f->heard();
	expect(mid, "~a");
}
END_TEST

START_TEST(files_and_directories_have_filters_of_their_own)
{
	const struct asked files = { .filter = FILE_NAME }, dirs = { .filter = NAMES - FILE_NAME };
	uint16_t second = open_dir(c, "dir"), mid = waiting(&files),
		 other_mid = waiting_on(c, second, &dirs);

	mkdir_by("dir\\d");
	expect(other_mid, "+d");
	create_by("dir\\f");
	expect(mid, "+f");
}
END_TEST

START_TEST(what_a_local_program_writes_is_told_when_it_is_closed)
{
	const struct asked size = { .filter = SIZE };
	int fd;
	uint16_t mid;

	touch("dir/a");
	mid = waiting(&size);
	fd = open(local("dir/a"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "text", 4), 4);
	ck_assert_int_eq(write(fd, "text", 4), 4);
	close(fd);
	expect(mid, "~a");
}
END_TEST

START_TEST(what_a_local_program_writes_is_told_though_it_stays_open)
{
	const struct asked written = { .filter = LAST_WRITE };
	uint16_t mid;
	int fd;

	touch("dir/a");
	mid = waiting(&written);
	fd = open(local("dir/a"), O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(write(fd, "text", 4), 4);
	expect(mid, "~a");
	close(fd);
}
END_TEST

START_TEST(streams_have_filters_and_actions_of_their_own)
{
	const struct asked streams = { .filter = 0xE00 };
	uint16_t mid;

	create_by("dir\\a");
	mid = waiting(&streams);
	create_by("dir\\a:stream");
	expect(mid, "*a:stream");
	mid = waiting(&streams);
	delete_by("dir\\a:stream");
	expect(mid, "/a:stream");
}
END_TEST

START_TEST(a_local_change_of_mode_is_told)
{
	const struct asked asked = { .filter = ATTRIBUTES };
	uint16_t mid;

	touch("dir/a");
	mid = waiting(&asked);
	ck_assert_int_eq(chmod(local("dir/a"), 0444), 0);
	expect(mid, "~a");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notify");
	TCase *tc = watcher_case(s, "told");

	tcase_add_test(tc, a_local_program_wakes_it);
	tcase_add_test(tc, another_client_wakes_it);
	tcase_add_test(tc, who_changes_something_may_be_who_watches);
	tcase_add_test(tc, one_change_answers_one_request);
	tcase_add_test(tc, names_come_as_they_are_on_disk);
	tcase_add_test(tc, a_rename_comes_as_a_pair);
	tcase_add_test(tc, a_renamed_file_is_modified_too);
	tcase_add_test(tc, a_move_within_the_tree_leaves_here_and_arrives_there);
	tcase_add_test(tc, what_leaves_the_tree_is_removed_and_what_comes_is_added);
	tcase_add_test(tc, a_new_file_is_no_modified_file);
	tcase_add_loop_test(
	    tc, a_filter_lets_pass_what_it_says, 0, (int)(sizeof(filtered) / sizeof(filtered[0])));
	tcase_add_test(tc, files_and_directories_have_filters_of_their_own);
	tcase_add_test(tc, what_a_local_program_writes_is_told_when_it_is_closed);
	tcase_add_test(tc, what_a_local_program_writes_is_told_though_it_stays_open);
	tcase_add_test(tc, streams_have_filters_and_actions_of_their_own);
	tcase_add_test(tc, a_local_change_of_mode_is_told);
	return watcher_main(s);
}
