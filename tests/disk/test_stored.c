/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <sys/xattr.h>
#include <time.h>

#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/dir.h"
#include "disk/ea.h"
#include "disk/lookup.h"
#include "disk/stored.h"

static struct statx
times_of(const char *name)
{
	struct statx stx;

	ck_assert_int_eq(statx(scratch_fd, name, 0, STATX_BASIC_STATS | STATX_BTIME, &stx), 0);
	return stx;
}

static uint32_t
attributes_of(const char *name)
{
	struct disk_stat st;

	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, name, &st, NULL), STATUS_SUCCESS);
	return st.attributes;
}

static bool
is_remembered(const char *name)
{
	struct statx stx = times_of(name);
	struct stored s;

	return stored_cache_find(&scratch, &stx, &s);
}

static void
others_store(const char *name, const char *value)
{
	const char *path = arena_printf(&scratch_arena, "%s/root/%s", scratch_top, name);

	ck_assert_int_eq(setxattr(path, DOSATTRIB_NAME, value, strlen(value), 0), 0);
}

/* Until the file cannot change again within the same tick of the clock. */
static void
let_settle(const char *name)
{
	const struct timespec nap = { 0, 5000000 };
	struct statx stx = times_of(name);

	while (!stored_cache_keeps(&scratch, &stx))
		nanosleep(&nap, NULL);
}

/* Where nothing is remembered there is nothing to test. */
static bool
remembers(void)
{
	return scratch.root->stored != NULL;
}

START_TEST(what_is_stored_is_read_once)
{
	if (!remembers())
		return;
	others_write("f", "x");
	others_store("f", "0x2");
	let_settle("f");
	ck_assert(!is_remembered("f"));
	ck_assert_uint_eq(attributes_of("f"), FILE_ATTRIBUTE_HIDDEN);
	ck_assert(is_remembered("f"));
	ck_assert_uint_eq(attributes_of("f"), FILE_ATTRIBUTE_HIDDEN);
}
END_TEST

START_TEST(that_nothing_is_stored_is_remembered_too)
{
	if (!remembers())
		return;
	others_write("f", "x");
	let_settle("f");
	ck_assert_uint_eq(attributes_of("f"), FILE_ATTRIBUTE_NORMAL);
	ck_assert(is_remembered("f"));
	ck_assert_uint_eq(attributes_of("f"), FILE_ATTRIBUTE_NORMAL);
}
END_TEST

START_TEST(what_others_store_is_seen_at_once)
{
	others_write("f", "x");
	if (remembers())
		let_settle("f");
	for (int i = 0; i < 200; i++) {
		others_store("f", i % 2 != 0 ? "0x2" : "0x4");
		ck_assert_uint_eq(
		    attributes_of("f"), i % 2 != 0 ? FILE_ATTRIBUTE_HIDDEN : FILE_ATTRIBUTE_SYSTEM);
	}
}
END_TEST

/* EAs of the one file in the root, as a listing tells them after its other facts. */
static size_t
listed_eas(void)
{
	struct disk_dir *dir;
	struct disk_entry e;
	struct disk_stat st;
	struct disk_eas eas = { .n = 0 };

	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS) {
		if (e.dot)
			continue;
		ck_assert_uint_eq(disk_dir_stat(dir, NULL, &st), STATUS_SUCCESS);
		ck_assert_uint_eq(
		    disk_dir_eas(dir, &scratch, 0, &scratch_arena, &eas), STATUS_SUCCESS);
	}
	disk_dir_close(&dir);
	return eas.n;
}

START_TEST(that_a_file_has_no_eas_is_remembered_until_it_has_some)
{
	struct statx stx;

	if (!remembers())
		return;
	others_write("f", "x");
	let_settle("f");
	ck_assert_uint_eq(listed_eas(), 0);
	stx = times_of("f");
	ck_assert(stored_cache_lacks(&scratch, &stx, STORED_EAS));
	ck_assert_uint_eq(listed_eas(), 0);
	ck_assert_int_eq(
	    setxattr(arena_printf(&scratch_arena, "%s/root/f", scratch_top), "user.EA", "v", 1, 0),
	    0);
	ck_assert_uint_eq(listed_eas(), 1);
	let_settle("f");
	ck_assert_uint_eq(listed_eas(), 1);
	ck_assert_uint_eq(listed_eas(), 1);
}
END_TEST

static bool
known_to_have_no_eas(const char *name)
{
	struct disk_stat st;

	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, name, &st, NULL), STATUS_SUCCESS);
	return st.no_eas;
}

START_TEST(look_at_a_file_tells_that_it_has_no_eas_once_that_is_known)
{
	struct disk_eas eas;

	if (!remembers())
		return;
	others_write("f", "x");
	let_settle("f");
	ck_assert(!known_to_have_no_eas("f"));
	ck_assert_uint_eq(disk_eas_of_path(&scratch, &scratch_arena, "f", 0, &eas), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 0);
	ck_assert(known_to_have_no_eas("f"));
	ck_assert_int_eq(
	    setxattr(arena_printf(&scratch_arena, "%s/root/f", scratch_top), "user.EA", "v", 1, 0),
	    0);
	let_settle("f");
	ck_assert(!known_to_have_no_eas("f"));
	ck_assert_uint_eq(disk_eas_of_path(&scratch, &scratch_arena, "f", 0, &eas), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 1);
	ck_assert(!known_to_have_no_eas("f"));
}
END_TEST

START_TEST(a_file_of_the_future_is_not_remembered)
{
	struct statx stx;

	if (!remembers())
		return;
	others_write("f", "x");
	stx = times_of("f");
	stx.stx_ctime.tv_sec += 3600;
	ck_assert(!stored_cache_keeps(&scratch, &stx));
}
END_TEST

START_TEST(what_one_may_read_is_not_told_to_another)
{
	struct cred *one = cred_new(65534, 65534, NULL, 0),
		    *other = cred_new(65533, 65533, NULL, 0);
	struct statx stx;
	struct stored s = { .found = true, .value = { .attributes = 2 } }, got;

	if (remembers()) {
		others_write("f", "x");
		ck_assert_int_eq(fchmodat(scratch_fd, "f", 0640, 0), 0);
		stx = times_of("f");
		scratch.cred = one;
		stored_cache_put(&scratch, &stx, &s);
		ck_assert(stored_cache_find(&scratch, &stx, &got));
		ck_assert(got.found && got.value.attributes == 2);
		scratch.cred = other;
		ck_assert(!stored_cache_find(&scratch, &stx, &got));
		scratch.cred = NULL;
		ck_assert(!stored_cache_find(&scratch, &stx, &got));
		stx.stx_mode |= 0444;
		stored_cache_put(&scratch, &stx, &s);
		scratch.cred = other;
		ck_assert(stored_cache_find(&scratch, &stx, &got));
		scratch.cred = NULL;
	}
	cred_unref(&one);
	cred_unref(&other);
}
END_TEST

START_TEST(more_files_than_there_is_room_for_displace_the_oldest)
{
	const struct stored none = { .found = false };
	struct stored got;
	struct statx stx;

	if (!remembers())
		return;
	others_write("f", "x");
	stx = times_of("f");
	for (uint64_t i = 1; i <= 5; i++) {
		stx.stx_ino = i * 8192;
		stored_cache_put(&scratch, &stx, &none);
	}
	ck_assert(stored_cache_find(&scratch, &stx, &got));
	stx.stx_ino = 2 * 8192;
	ck_assert(stored_cache_find(&scratch, &stx, &got));
	stx.stx_ino = 8192;
	ck_assert(!stored_cache_find(&scratch, &stx, &got));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stored");
	TCase *tc = tcase_create("stored");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, what_is_stored_is_read_once);
	tcase_add_test(tc, that_nothing_is_stored_is_remembered_too);
	tcase_add_test(tc, what_others_store_is_seen_at_once);
	tcase_add_test(tc, that_a_file_has_no_eas_is_remembered_until_it_has_some);
	tcase_add_test(tc, look_at_a_file_tells_that_it_has_no_eas_once_that_is_known);
	tcase_add_test(tc, a_file_of_the_future_is_not_remembered);
	tcase_add_test(tc, what_one_may_read_is_not_told_to_another);
	tcase_add_test(tc, more_files_than_there_is_room_for_displace_the_oldest);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
