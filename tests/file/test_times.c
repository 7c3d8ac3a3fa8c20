/* SPDX-License-Identifier: BSD-2-Clause */

/* The write time that is told while a file is open, on a clock and a disk of the test's own. */
#include <check.h>
#include <string.h>

#include "file/node.h"
#include "file/times.h"

#define OLD   1000
#define DELAY 2000

static uint64_t now;
static struct file_table *table;
static struct disk_file file = { .id = { .dev = 1, .ino = 2 } };
static ntime disk_written, disk_changed;
static struct open *a, *b;

static uint64_t
clock_ms(void)
{
	return now;
}

static struct open *
open_file(void)
{
	const struct share_mode mode = { .access = FILE_WRITE_DATA,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };
	struct open *o;

	ck_assert_uint_eq(file_open(table, &file, "f", &mode, &o), STATUS_SUCCESS);
	return o;
}

static struct file_settle
close_file(struct open **o)
{
	struct file_settle s;
	struct disk_file *f;

	(void)file_settle(*o, &s);
	ck_assert_ptr_null(file_close(o, &f, NULL));
	if (s.written != 0)
		disk_written = s.written;
	return s;
}

static void
setup(void)
{
	table = file_table_new();
	file_table_clock(table, clock_ms);
	now = 5000;
	disk_written = disk_changed = OLD;
	a = open_file();
	b = open_file();
}

static void
teardown(void)
{
	if (a != NULL)
		(void)close_file(&a);
	if (b != NULL)
		(void)close_file(&b);
	file_table_free(&table);
}

static void
touch(ntime t)
{
	disk_written = disk_changed = t;
}

static void
read_before(struct file_before *before)
{
	before->written = disk_written;
	before->changed = disk_changed;
}

static void
write_at(struct open *o, ntime t)
{
	struct file_before before;

	file_before_write(o, &before);
	read_before(&before);
	touch(t);
	file_written(o, &before);
}

static void
resize_at(struct open *o, ntime t)
{
	struct file_before before;

	file_before_resize(o, &before);
	read_before(&before);
	touch(t);
	file_resized(o, &before);
}

static struct disk_stat
seen(void)
{
	struct disk_stat st = { .id = file.id, .written = disk_written, .changed = disk_changed };

	file_seen(table, &st);
	return st;
}

START_TEST(the_first_write_shows_when_its_delay_is_over)
{
	write_at(a, OLD + 1);
	ck_assert_uint_eq(seen().written, OLD);
	ck_assert_uint_eq(seen().changed, OLD);
	now += DELAY - 1;
	ck_assert_uint_eq(seen().written, OLD);
	now++;
	ck_assert_uint_eq(seen().written, OLD + 1);
	ck_assert_uint_eq(seen().changed, OLD + 1);
}
END_TEST

START_TEST(writes_after_the_delay_show_when_the_file_is_closed)
{
	write_at(a, OLD + 1);
	now += DELAY;
	write_at(a, OLD + 2);
	ck_assert_uint_eq(seen().written, OLD + 1);
	ck_assert_uint_eq(seen().changed, OLD + 2);
	now += 10 * DELAY;
	ck_assert_uint_eq(seen().written, OLD + 1);
	ck_assert_uint_eq(close_file(&a).written, 0);
	ck_assert_uint_eq(seen().written, OLD + 2);
}
END_TEST

START_TEST(a_change_of_size_shows_at_once)
{
	write_at(a, OLD + 1);
	resize_at(a, OLD + 2);
	ck_assert_uint_eq(seen().written, OLD + 2);
	write_at(a, OLD + 3);
	now += 10 * DELAY;
	ck_assert_uint_eq(seen().written, OLD + 2);
}
END_TEST

START_TEST(a_flush_shows_what_was_written)
{
	write_at(a, OLD + 1);
	file_flushed(b);
	ck_assert_uint_eq(seen().written, OLD);
	file_flushed(a);
	ck_assert_uint_eq(seen().written, OLD + 1);
}
END_TEST

START_TEST(a_time_that_was_set_outlasts_writes_and_the_close)
{
	write_at(a, OLD + 1);
	touch(7);
	file_time_set(a, 7);
	write_at(a, OLD + 2);
	resize_at(a, OLD + 3);
	now += 10 * DELAY;
	ck_assert_uint_eq(seen().written, 7);
	ck_assert_uint_eq(close_file(&a).written, 7);
	ck_assert_uint_eq(seen().written, 7);
}
END_TEST

START_TEST(nothing_is_put_back_that_did_not_move)
{
	struct file_settle s;

	file_time_set(a, 7);
	ck_assert(!file_settle(a, &s));
}
END_TEST

START_TEST(a_time_set_elsewhere_gives_way_when_the_writer_closes)
{
	write_at(a, OLD + 1);
	touch(7);
	file_time_set(b, 7);
	write_at(a, OLD + 2);
	ck_assert_uint_eq(seen().written, 7);
	ck_assert_uint_eq(close_file(&a).written, 0);
	ck_assert_uint_eq(seen().written, OLD + 2);
	write_at(b, OLD + 3);
	ck_assert_uint_eq(seen().written, OLD + 2);
	ck_assert_uint_eq(close_file(&b).written, OLD + 2);
}
END_TEST

START_TEST(a_time_set_elsewhere_gives_way_when_the_size_changes)
{
	touch(7);
	file_time_set(b, 7);
	resize_at(a, OLD + 1);
	ck_assert_uint_eq(seen().written, OLD + 1);
	resize_at(b, OLD + 2);
	ck_assert_uint_eq(seen().written, OLD + 1);
	ck_assert_uint_eq(close_file(&b).written, OLD + 1);
	resize_at(a, OLD + 3);
	ck_assert_uint_eq(seen().written, OLD + 3);
}
END_TEST

START_TEST(a_handle_that_leaves_the_time_keeps_it_until_it_resumes)
{
	file_time_set(a, NTIME_LEAVE);
	write_at(a, OLD + 1);
	now += 10 * DELAY;
	ck_assert_uint_eq(seen().written, OLD);
	file_time_set(a, NTIME_RESUME);
	write_at(a, OLD + 2);
	now += DELAY;
	ck_assert_uint_eq(seen().written, OLD + 2);
	ck_assert_uint_eq(close_file(&a).written, 0);
}
END_TEST

START_TEST(a_time_told_on_closing_is_the_files)
{
	write_at(a, OLD + 1);
	a->written = true;
	a->close_time = 9;
	ck_assert(close_file(&a).archive);
	ck_assert_uint_eq(seen().written, 9);
}
END_TEST

START_TEST(a_time_set_by_name_holds_against_open_files)
{
	write_at(a, OLD + 1);
	touch(8);
	file_time_set_by_name(table, &file.id, 8);
	write_at(a, OLD + 2);
	now += DELAY;
	ck_assert_uint_eq(seen().written, 8);
	file_time_set_by_name(table, &file.id, 0);
	ck_assert_uint_eq(seen().written, 8);
}
END_TEST

START_TEST(a_change_time_that_was_set_is_told_until_the_file_changes)
{
	touch(OLD + 1);
	file_changed_set(table, &file.id, 77, OLD + 1);
	ck_assert_uint_eq(seen().changed, 77);
	(void)close_file(&a);
	(void)close_file(&b);
	ck_assert_uint_eq(seen().changed, 77);
	touch(OLD + 2);
	ck_assert_uint_eq(seen().changed, OLD + 2);
}
END_TEST

static uint64_t
allocated(uint64_t on_disk)
{
	struct disk_stat st = { .id = file.id, .allocated = on_disk };

	file_seen(table, &st);
	return st.allocated;
}

START_TEST(space_asked_for_is_seen_until_a_resize_or_the_close)
{
	file_reserved(a, 4097);
	ck_assert_uint_eq(allocated(0), 8192);
	ck_assert_uint_eq(allocated(16384), 16384);
	resize_at(b, OLD + 1);
	ck_assert_uint_eq(allocated(0), 0);
	file_reserved(a, 1);
	ck_assert_uint_eq(allocated(0), 4096);
	(void)close_file(&a);
	(void)close_file(&b);
	ck_assert_uint_eq(allocated(0), 0);
}
END_TEST

START_TEST(once_closed_the_disk_is_believed)
{
	write_at(a, OLD + 1);
	file_time_set(b, 7);
	(void)close_file(&a);
	(void)close_file(&b);
	touch(OLD + 5);
	ck_assert_uint_eq(seen().written, OLD + 5);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("file/times");
	TCase *tc = tcase_create("times");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_first_write_shows_when_its_delay_is_over);
	tcase_add_test(tc, writes_after_the_delay_show_when_the_file_is_closed);
	tcase_add_test(tc, a_change_of_size_shows_at_once);
	tcase_add_test(tc, a_flush_shows_what_was_written);
	tcase_add_test(tc, a_time_that_was_set_outlasts_writes_and_the_close);
	tcase_add_test(tc, nothing_is_put_back_that_did_not_move);
	tcase_add_test(tc, a_time_set_elsewhere_gives_way_when_the_writer_closes);
	tcase_add_test(tc, a_time_set_elsewhere_gives_way_when_the_size_changes);
	tcase_add_test(tc, a_handle_that_leaves_the_time_keeps_it_until_it_resumes);
	tcase_add_test(tc, a_time_told_on_closing_is_the_files);
	tcase_add_test(tc, a_time_set_by_name_holds_against_open_files);
	tcase_add_test(tc, a_change_time_that_was_set_is_told_until_the_file_changes);
	tcase_add_test(tc, space_asked_for_is_seen_until_a_resize_or_the_close);
	tcase_add_test(tc, once_closed_the_disk_is_believed);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
