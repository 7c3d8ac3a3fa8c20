/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <pthread.h>

#include "disk/attr.h"
#include "disk/beneath.h"
#include "disk/cache.h"
#include "disk/dir.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"

/*
 * What one thread did it must see done at once, whatever the others do in the same directories.
 * Check's assertions are for one thread only, so the threads count what went wrong.
 */
#define THREADS 4
#define ROUNDS  300

struct worker_state {
	int number;
	int wrong;
};

static void
expect(struct worker_state *w, nt_status got, nt_status expected)
{
	if (got != expected)
		w->wrong++;
}

static nt_status
look(struct arena *a, const char *path, bool nowait)
{
	struct disk d = scratch;

	d.nowait = nowait;
	return disk_lookup(&d, a, path, NULL, NULL);
}

static void
change_names(struct worker_state *w, struct arena *a, int round)
{
	const char *dir = round % 2 != 0 ? "d" : "D";
	const char *lower = arena_printf(a, "%s/file %d", dir, w->number);
	const char *upper = arena_printf(a, "%s/FILE %d", dir, w->number);
	struct disk_rename r = { .from = upper,
		.to = arena_printf(a, "%s/Moved %d", dir, w->number) };
	struct disk_open o = { .path = lower, .access = DISK_WRITE, .create = DISK_CREATE };
	nt_status cached;

	expect(w, disk_open(&scratch, a, &o), STATUS_SUCCESS);
	disk_close(&o.file);
	expect(w, look(a, upper, false), STATUS_SUCCESS);
	cached = look(a, upper, true);
	if (cached != STATUS_CANT_WAIT)
		expect(w, cached, STATUS_SUCCESS);
	expect(w, disk_rename(&scratch, a, &r), STATUS_SUCCESS);
	expect(w, look(a, upper, false), STATUS_OBJECT_NAME_NOT_FOUND);
	cached = look(a, lower, true);
	if (cached != STATUS_CANT_WAIT)
		expect(w, cached, STATUS_OBJECT_NAME_NOT_FOUND);
	expect(w, disk_unlink(&scratch, r.to, NULL), STATUS_SUCCESS);
	expect(w, look(a, r.to, false), STATUS_OBJECT_NAME_NOT_FOUND);
}

/* A directory that comes and goes, so that it is dropped from the cache while others ask. */
static void
come_and_go(struct worker_state *w, struct arena *a)
{
	struct disk_dir *dir;
	struct disk_entry e;

	(void)w;
	disk_mkdir(&scratch, "shared", 0, NULL);
	look(a, "SHARED/x", false);
	if (disk_dir_open(&scratch, "Shared", &dir) == STATUS_SUCCESS) {
		while (disk_dir_next(dir, &e) == STATUS_SUCCESS)
			;
		disk_dir_close(&dir);
	}
	disk_rmdir(&scratch, "SHARED", NULL);
}

static void *
work(void *arg)
{
	struct worker_state *w = arg;
	struct arena a;

	for (int round = 0; round < ROUNDS; round++) {
		arena_init(&a);
		change_names(w, &a, round);
		come_and_go(w, &a);
		arena_clear(&a);
	}
	return NULL;
}

static void
run_threads(void *(*run)(void *), struct worker_state *states)
{
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++) {
		states[i] = (struct worker_state){ .number = i };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run, &states[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		ck_assert_msg(
		    states[i].wrong == 0, "thread %d: %d answers were wrong", i, states[i].wrong);
}

START_TEST(every_thread_sees_its_own_changes)
{
	struct worker_state states[THREADS];

	others_mkdir("d");
	others_write("d/neighbour", "x");
	run_threads(work, states);
	ck_assert_uint_lt(disk_root_scans(scratch.root), THREADS * ROUNDS * 2);
}
END_TEST

START_TEST(every_thread_sees_its_own_changes_by_times_alone)
{
	struct worker_state states[THREADS];

	others_mkdir("d");
	name_cache_unwatched(scratch.root->cache);
	run_threads(work, states);
}
END_TEST

static struct disk_file *shared;

static void *
use_one_file(void *arg)
{
	struct worker_state *w = arg;
	struct disk_attr attr = { .attributes = FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE };
	struct disk_stat st;
	char buf[4];
	size_t n;

	for (int i = 0; i < ROUNDS; i++) {
		expect(
		    w, disk_write(shared, "1234", 4, (uint64_t)w->number * 4, &n), STATUS_SUCCESS);
		expect(w, disk_read(shared, buf, 4, (uint64_t)w->number * 4, &n), STATUS_SUCCESS);
		if (n != 4 || memcmp(buf, "1234", 4) != 0)
			w->wrong++;
		expect(w, disk_set_attr(&scratch, shared, &attr), STATUS_SUCCESS);
		expect(w, disk_file_stat(&scratch, shared, &st), STATUS_SUCCESS);
		disk_root_ref(scratch.root);
		disk_root_unref(&(struct disk_root *){ scratch.root });
	}
	return NULL;
}

START_TEST(one_file_serves_several_threads)
{
	struct worker_state states[THREADS];

	ck_assert_uint_eq(
	    scratch_open("f", DISK_READ | DISK_WRITE, DISK_CREATE, &shared), STATUS_SUCCESS);
	run_threads(use_one_file, states);
	disk_close(&shared);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("threads");
	TCase *tc = tcase_create("threads");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, every_thread_sees_its_own_changes);
	tcase_add_test(tc, every_thread_sees_its_own_changes_by_times_alone);
	tcase_add_test(tc, one_file_serves_several_threads);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
