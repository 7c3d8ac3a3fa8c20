/* SPDX-License-Identifier: BSD-2-Clause */

/* How a file and its streams stand to each other while they are open. */
#include <check.h>
#include <string.h>

#include "file/lock.h"
#include "file/streams.h"

#define ALL (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static struct file_table *table;
static struct disk_file file = { .id = { 1, 2, 0 } }, one = { .id = { 1, 2, 11 } },
			two = { .id = { 1, 2, 22 } };

static void
setup(void)
{
	table = file_table_new();
	file.id.stream = 0;
	one.id.stream = 11;
	two.id.stream = 22;
}

static void
teardown(void)
{
	ck_assert_uint_eq(file_table_nodes(table), 0);
	file_table_free(&table);
}

static nt_status
try_open(struct disk_file *f, uint32_t access, uint32_t share, struct open **o)
{
	const struct share_mode mode = { .access = access, .share = share };

	return file_open(table, f,
	    f->id.stream == 0 ? "f"
		: f == &one   ? "f:one"
			      : "f:two",
	    &mode, o);
}

static struct open *
opened(struct disk_file *f)
{
	struct open *o;

	ck_assert_uint_eq(try_open(f, FILE_WRITE_DATA, ALL, &o), STATUS_SUCCESS);
	return o;
}

static struct file_removal *
closed(struct open *o)
{
	struct disk_file *f;

	return file_close(&o, &f, NULL);
}

static void
is_removal(struct file_removal *r, const char *path)
{
	ck_assert_ptr_nonnull(r);
	ck_assert_str_eq(r->path, path);
	file_removal_free(&r);
}

START_TEST(streams_neither_share_nor_lock_with_each_other)
{
	const struct lock_range range = { .length = 10, .exclusive = true };
	struct open *o[3];

	ck_assert_uint_eq(try_open(&one, FILE_WRITE_DATA, 0, &o[0]), STATUS_SUCCESS);
	ck_assert_uint_eq(try_open(&two, FILE_WRITE_DATA, 0, &o[1]), STATUS_SUCCESS);
	ck_assert_uint_eq(try_open(&file, FILE_WRITE_DATA, 0, &o[2]), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    try_open(&one, FILE_WRITE_DATA, ALL, &(struct open *){ 0 }), STATUS_SHARING_VIOLATION);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(file_lock(o[i], &range, false), STATUS_SUCCESS);
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(closed(o[i]));
}
END_TEST

START_TEST(only_what_changes_a_stream_denies_deletion)
{
	struct open *deny, *looks, *base;

	ck_assert_uint_eq(try_open(&one, FILE_READ_ATTRIBUTES, 0, &looks), STATUS_SUCCESS);
	ck_assert(!file_streams_stay(table, &file.id));
	ck_assert_uint_eq(try_open(&two, FILE_READ_DATA, 0, &deny), STATUS_SUCCESS);
	ck_assert(file_streams_stay(table, &file.id));
	ck_assert_uint_eq(try_open(&file, ACCESS_DELETE, ALL, &base), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(file_may_remove(table, &file.id, &(struct file_taker){ ALL, NULL }),
	    STATUS_SHARING_VIOLATION);
	ck_assert_ptr_null(closed(deny));
	ck_assert_uint_eq(try_open(&file, ACCESS_DELETE, ALL, &base), STATUS_SUCCESS);
	ck_assert(file_is_open(table, &file.id));
	ck_assert_ptr_null(closed(base));
	ck_assert(file_is_open(table, &file.id));
	ck_assert_ptr_null(closed(looks));
	ck_assert(!file_is_open(table, &file.id));
}
END_TEST

START_TEST(a_pending_file_goes_with_its_last_stream)
{
	struct open *base = opened(&file), *s = opened(&one), *t = opened(&two);

	file_set_delete(base, true, NULL);
	ck_assert(file_delete_pending(s));
	ck_assert(file_is_pending(table, &two.id));
	ck_assert_uint_eq(
	    try_open(&one, FILE_READ_DATA, ALL, &(struct open *){ 0 }), STATUS_DELETE_PENDING);
	ck_assert_ptr_null(closed(base));
	ck_assert_ptr_null(closed(s));
	is_removal(closed(t), "f");
}
END_TEST

START_TEST(a_pending_stream_goes_alone)
{
	struct open *base = opened(&file), *s = opened(&one), *t = opened(&two);

	file_set_delete(s, true, NULL);
	ck_assert(!file_delete_pending(base));
	ck_assert(!file_is_pending(table, &two.id));
	is_removal(closed(s), "f:one");
	ck_assert_ptr_null(closed(t));
	ck_assert_ptr_null(closed(base));
}
END_TEST

START_TEST(both_pending_are_removed_as_one)
{
	struct open *base = opened(&file), *s = opened(&one);

	file_set_delete(base, true, NULL);
	file_set_delete(s, true, NULL);
	ck_assert_ptr_null(closed(base));
	is_removal(closed(s), "f");
}
END_TEST

START_TEST(a_file_without_opens_of_its_own_is_deleted_later)
{
	const struct file_name name = { .id = { 1, 2, 0 }, .path = "f" };
	struct open *s;

	ck_assert(!file_delete_later(table, &name));
	s = opened(&one);
	ck_assert(file_delete_later(table, &name));
	ck_assert(file_delete_pending(s));
	is_removal(closed(s), "f");
}
END_TEST

START_TEST(a_renamed_stream_keeps_its_opens)
{
	struct open *s = opened(&one), *again;

	file_stream_renamed(table, &one.id, &two.id, "f:two");
	ck_assert_str_eq(file_path(s), "f:two");
	ck_assert_uint_eq(one.id.stream, 22);
	ck_assert_uint_eq(try_open(&two, FILE_READ_DATA, 0, &again), STATUS_SHARING_VIOLATION);
	ck_assert_ptr_null(closed(s));
}
END_TEST

START_TEST(a_stream_that_becomes_the_data_brings_its_locks)
{
	const struct lock_range range = { .length = 10, .exclusive = true };
	struct open *s = opened(&one), *base = opened(&file);

	ck_assert_uint_eq(file_lock(s, &range, false), STATUS_SUCCESS);
	ck_assert_uint_eq(file_lock_check(base, &range), STATUS_SUCCESS);
	file_stream_renamed(table, &one.id, &file.id, "f");
	ck_assert_str_eq(file_path(s), "f");
	ck_assert_uint_eq(file_lock_check(base, &range), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(file_lock_count(base), 1);
	ck_assert_ptr_null(closed(s));
	ck_assert_uint_eq(file_lock_check(base, &range), STATUS_SUCCESS);
	ck_assert_ptr_null(closed(base));
}
END_TEST

START_TEST(a_stream_that_is_being_removed_is_not_renamed)
{
	const struct disk_id from = one.id;
	struct open *s = opened(&one);
	struct file_removal *r;

	file_set_delete(s, true, NULL);
	r = closed(s);
	file_stream_renamed(table, &from, &file.id, "f");
	ck_assert(file_is_pending(table, &from));
	is_removal(r, "f:one");
}
END_TEST

START_TEST(a_file_closed_while_it_is_kept_goes_afterwards)
{
	struct open *base = opened(&file);

	file_keep_closed(table, &one.id);
	file_set_delete(base, true, NULL);
	ck_assert_ptr_null(closed(base));
	ck_assert(file_is_pending(table, &file.id));
	is_removal(file_let_open(table, &one.id), "f");
}
END_TEST

START_TEST(a_renamed_file_takes_its_streams_along)
{
	struct open *base = opened(&file), *s = opened(&one);

	file_renamed(table, NULL, "f", "dir/g");
	ck_assert_str_eq(file_path(base), "dir/g");
	ck_assert_str_eq(file_path(s), "dir/g:one");
	ck_assert(file_opens_below(table, NULL, "dir", NULL));
	ck_assert(!file_opens_below(table, NULL, "dir/g", NULL));
	ck_assert_ptr_null(closed(base));
	ck_assert_ptr_null(closed(s));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("file/streams");
	TCase *tc = tcase_create("streams");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, streams_neither_share_nor_lock_with_each_other);
	tcase_add_test(tc, only_what_changes_a_stream_denies_deletion);
	tcase_add_test(tc, a_pending_file_goes_with_its_last_stream);
	tcase_add_test(tc, a_pending_stream_goes_alone);
	tcase_add_test(tc, both_pending_are_removed_as_one);
	tcase_add_test(tc, a_file_without_opens_of_its_own_is_deleted_later);
	tcase_add_test(tc, a_renamed_stream_keeps_its_opens);
	tcase_add_test(tc, a_stream_that_becomes_the_data_brings_its_locks);
	tcase_add_test(tc, a_stream_that_is_being_removed_is_not_renamed);
	tcase_add_test(tc, a_file_closed_while_it_is_kept_goes_afterwards);
	tcase_add_test(tc, a_renamed_file_takes_its_streams_along);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
