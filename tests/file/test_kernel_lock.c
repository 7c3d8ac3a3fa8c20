/* SPDX-License-Identifier: BSD-2-Clause */

/* What other programs see of byte-range locks, and what is seen of theirs. */

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/lock.h"
#include "file/node.h"

#define BYTES 16

static char path[] = "/tmp/smb1d-lock.XXXXXX";
static struct file_table *table;
static struct disk_file files[2];
static struct open *opens[2];
static int outside; /* another program's descriptor */

static void
open_file(int i, int flags)
{
	const struct share_mode mode = { .access = FILE_READ_DATA | FILE_WRITE_DATA,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE };

	files[i] = (struct disk_file){
		.fd = open(path, flags),
		.readable = flags != O_WRONLY,
		.writable = flags != O_RDONLY,
		.id = { .dev = 1, .ino = 2 },
	};
	ck_assert_int_ge(files[i].fd, 0);
	ck_assert_uint_eq(file_open(table, &files[i], "f", &mode, &opens[i]), STATUS_SUCCESS);
	opens[i]->kernel_locks = true;
}

static void
setup(void)
{
	int fd;

	strcpy(path, "/tmp/smb1d-lock.XXXXXX");
	fd = mkstemp(path);
	ck_assert_int_ge(fd, 0);
	outside = fd;
	table = file_table_new();
	open_file(0, O_RDWR);
	open_file(1, O_RDWR);
}

static void
close_file(int i)
{
	struct disk_file *f;

	ck_assert_ptr_null(file_close(&opens[i], &f, NULL));
}

static void
teardown(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (opens[i] != NULL)
			close_file(i);
		close(files[i].fd);
	}
	file_table_free(&table);
	close(outside);
	unlink(path);
}

static char
seen_at(off_t at)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = at, .l_len = 1 };

	ck_assert_int_eq(fcntl(outside, F_OFD_GETLK, &lock), 0);
	if (lock.l_type == F_UNLCK)
		return '-';
	return lock.l_type == F_WRLCK ? 'W' : 'R';
}

/* The first bytes as another program sees them: - free, R shared, W exclusive. */
static const char *
seen(void)
{
	static char map[BYTES + 1];
	int i;

	for (i = 0; i < BYTES; i++)
		map[i] = seen_at(i);
	return map;
}

static nt_status
lock_by(int i, uint64_t offset, uint64_t length, bool exclusive)
{
	const struct lock_range r = { offset, length, 1, exclusive, false };

	return file_lock(opens[i], &r, false);
}

static void
lock(uint64_t offset, uint64_t length)
{
	ck_assert_uint_eq(lock_by(0, offset, length, true), STATUS_SUCCESS);
}

static void
share(uint64_t offset, uint64_t length)
{
	ck_assert_uint_eq(lock_by(0, offset, length, false), STATUS_SUCCESS);
}

static void
unlock(uint64_t offset, uint64_t length)
{
	const struct lock_range r = { offset, length, 1, true, false };

	ck_assert_uint_eq(file_unlock(opens[0], &r), STATUS_SUCCESS);
}

static void
outside_sets(short type, off_t at, off_t length)
{
	struct flock lock = { .l_type = type, .l_start = at, .l_len = length };

	ck_assert_int_eq(fcntl(outside, F_OFD_SETLK, &lock), 0);
}

static nt_status
access_by(int i, uint64_t offset, uint64_t length, bool write)
{
	const struct lock_range io = { offset, length, 1, write, false };

	return file_lock_check(opens[i], &io);
}

START_TEST(locks_are_seen_until_they_go)
{
	lock(2, 3);
	share(8, 2);
	ck_assert_str_eq(seen(), "--WWW---RR------");
	unlock(2, 3);
	ck_assert_str_eq(seen(), "--------RR------");
	unlock(8, 2);
	ck_assert_str_eq(seen(), "----------------");
}
END_TEST

START_TEST(shared_locks_overlap_and_leave_what_others_hold)
{
	share(2, 6);
	share(4, 8);
	share(2, 6);
	ck_assert_str_eq(seen(), "--RRRRRRRRRR----");
	unlock(2, 6);
	ck_assert_str_eq(seen(), "--RRRRRRRRRR----");
	unlock(2, 6);
	ck_assert_str_eq(seen(), "----RRRRRRRR----");
	unlock(4, 8);
	ck_assert_str_eq(seen(), "----------------");
}
END_TEST

START_TEST(shared_lock_over_an_exclusive_one_stays_behind)
{
	lock(4, 4);
	share(2, 8);
	ck_assert_str_eq(seen(), "--RRWWWWRR------");
	unlock(4, 4);
	ck_assert_str_eq(seen(), "--RRRRRRRR------");
}
END_TEST

START_TEST(exclusive_lock_under_a_shared_one_stays_behind)
{
	lock(4, 4);
	lock(10, 2);
	share(2, 12);
	ck_assert_str_eq(seen(), "--RRWWWWRRWWRR--");
	unlock(2, 12);
	ck_assert_str_eq(seen(), "----WWWW--WW----");
}
END_TEST

START_TEST(hole_between_neighbours_is_free)
{
	lock(0, 4);
	lock(4, 4);
	lock(8, 4);
	unlock(4, 4);
	ck_assert_str_eq(seen(), "WWWW----WWWW----");
}
END_TEST

START_TEST(locks_of_two_opens_go_each_with_its_own)
{
	share(2, 4);
	ck_assert_uint_eq(lock_by(1, 4, 4, false), STATUS_SUCCESS);
	ck_assert_str_eq(seen(), "--RRRRRR--------");
	close_file(0);
	/* Though the descriptor is still open. */
	ck_assert_str_eq(seen(), "----RRRR--------");
}
END_TEST

/* The strictest of those the open has on each byte. */
static const char *
due(void)
{
	static char map[BYTES + 1];
	const struct lock_range *l = NULL;

	memset(map, '-', BYTES);
	while ((l = file_lock_next(opens[0], l)) != NULL) {
		for (uint64_t at = l->offset; at < l->offset + l->length; at++) {
			if (map[at] != 'W')
				map[at] = l->exclusive ? 'W' : 'R';
		}
	}
	return map;
}

static unsigned random_state;

static unsigned
random_below(unsigned n)
{
	random_state = random_state * 1103515245 + 12345;
	return (random_state >> 16) % n;
}

START_TEST(bytes_have_the_strictest_of_all_their_locks)
{
	struct lock_range asked[40] = { 0 };
	size_t n = 0;

	random_state = (unsigned)_i;
	for (int i = 0; i < 200; i++) {
		if (n == 40 || random_below(3) == 0) {
			if (n == 0)
				continue;
			size_t gone = random_below((unsigned)n);
			ck_assert_uint_eq(file_unlock(opens[0], &asked[gone]), STATUS_SUCCESS);
			asked[gone] = asked[--n];
		} else {
			asked[n].offset = random_below(BYTES);
			asked[n].length = random_below(BYTES + 1 - (unsigned)asked[n].offset);
			asked[n].pid = 1;
			asked[n].exclusive = random_below(2) != 0;
			n += file_lock(opens[0], &asked[n], false) == STATUS_SUCCESS;
		}
		ck_assert_uint_eq(file_lock_count(opens[0]), n);
		ck_assert_str_eq(seen(), due());
	}
}
END_TEST

/* What it is told shows where it was made to forget. */
START_TEST(kernel_is_told_only_where_no_lock_is_as_strict)
{
	struct flock all = { .l_type = F_UNLCK };

	share(2, 6);
	ck_assert_int_eq(fcntl(files[0].fd, F_OFD_SETLK, &all), 0);
	share(4, 8);
	share(2, 6);
	ck_assert_str_eq(seen(), "--------RRRR----");
	unlock(2, 6);
	ck_assert_str_eq(seen(), "--------RRRR----");
}
END_TEST

START_TEST(many_locks_over_each_other_are_seen_as_one)
{
	const unsigned many = 4000;

	for (unsigned i = 0; i < many; i++)
		share((i * 7) % many, many);
	ck_assert_int_eq(seen_at(2 * many - 2), 'R');
	ck_assert_int_eq(seen_at(2 * many - 1), '-');
	for (unsigned i = 0; i < many; i++)
		unlock((i * 7) % many, many);
	ck_assert_int_eq(seen_at(many), '-');
}
END_TEST

START_TEST(point_locks_no_byte)
{
	lock(4, 0);
	ck_assert_str_eq(seen(), "----------------");
}
END_TEST

START_TEST(kernel_knows_locks_to_its_end)
{
	const uint64_t end = (uint64_t)1 << 63;

	lock(end, 10);
	lock(end + 100, UINT64_MAX - end - 99);
	ck_assert_int_eq(seen_at(INT64_MAX - 1), '-');
	lock(end - 10, 10);
	ck_assert_int_eq(seen_at(INT64_MAX - 1), 'W');
	unlock(end - 10, 10);
	unlock(end, 10);
	lock(end - 10, 20);
	ck_assert_int_eq(seen_at(INT64_MAX - 1), 'W');
	ck_assert_int_eq(seen_at(INT64_MAX - 10), '-');
	unlock(end - 10, 20);
	ck_assert_int_eq(seen_at(INT64_MAX - 1), '-');
	share(0, UINT64_MAX);
	ck_assert_int_eq(seen_at(INT64_MAX - 1), 'R');
	ck_assert_int_eq(seen_at(0), 'R');
}
END_TEST

START_TEST(lock_of_another_program_is_respected)
{
	outside_sets(F_WRLCK, 4, 2);
	ck_assert_uint_eq(lock_by(0, 0, 5, true), STATUS_LOCK_NOT_GRANTED);
	ck_assert(opens[0]->lock_foreign);
	ck_assert_uint_eq(lock_by(0, 0, 5, true), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(lock_by(0, 5, 5, false), STATUS_LOCK_NOT_GRANTED);
	ck_assert_uint_eq(file_lock_count(opens[0]), 0);
	outside_sets(F_UNLCK, 4, 2);
	lock(0, 5);
	ck_assert(!opens[0]->lock_foreign);
}
END_TEST

START_TEST(shared_lock_of_another_program_admits_shared_ones)
{
	outside_sets(F_RDLCK, 4, 2);
	ck_assert_uint_eq(lock_by(0, 4, 1, true), STATUS_LOCK_NOT_GRANTED);
	share(4, 1);
}
END_TEST

START_TEST(refused_lock_leaves_the_others_as_they_were)
{
	lock(2, 2);
	share(6, 2);
	outside_sets(F_WRLCK, 12, 1);
	ck_assert_uint_eq(lock_by(0, 0, 16, false), STATUS_LOCK_NOT_GRANTED);
	outside_sets(F_UNLCK, 12, 1);
	ck_assert_str_eq(seen(), "--WW--RR--------");
	ck_assert_uint_eq(file_lock_count(opens[0]), 2);
}
END_TEST

START_TEST(own_clients_stand_against_each_other_as_ever)
{
	lock(4, 4);
	ck_assert_uint_eq(lock_by(1, 6, 1, true), STATUS_LOCK_NOT_GRANTED);
	ck_assert(!opens[1]->lock_foreign);
	ck_assert_uint_eq(access_by(1, 6, 1, false), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(access_by(0, 6, 1, true), STATUS_SUCCESS);
}
END_TEST

START_TEST(reading_and_writing_heed_other_programs)
{
	outside_sets(F_WRLCK, 4, 2);
	outside_sets(F_RDLCK, 8, 2);
	ck_assert_uint_eq(access_by(0, 0, 4, false), STATUS_SUCCESS);
	ck_assert_uint_eq(access_by(0, 0, 5, false), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(access_by(0, 8, 1, false), STATUS_SUCCESS);
	ck_assert_uint_eq(access_by(0, 8, 1, true), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(access_by(0, 5, 0, true), STATUS_SUCCESS);
	ck_assert_uint_eq(access_by(0, UINT64_MAX - 4, 4, true), STATUS_SUCCESS);
}
END_TEST

START_TEST(exclusive_lock_of_who_only_reads_is_a_shared_one_outside)
{
	close_file(1);
	close(files[1].fd);
	open_file(1, O_RDONLY);
	ck_assert_uint_eq(lock_by(1, 2, 2, true), STATUS_SUCCESS);
	ck_assert_str_eq(seen(), "--RR------------");
	ck_assert_uint_eq(lock_by(0, 3, 1, false), STATUS_LOCK_NOT_GRANTED);
}
END_TEST

/* A stream has the file's descriptor, but bytes of its own. */
START_TEST(locks_of_a_stream_are_not_those_of_its_file)
{
	static char stream;

	files[0].stream = (struct stream *)&stream;
	lock(2, 3);
	ck_assert_str_eq(seen(), "----------------");
	outside_sets(F_WRLCK, 8, 2);
	lock(8, 1);
	ck_assert_uint_eq(access_by(0, 9, 1, true), STATUS_SUCCESS);
}
END_TEST

START_TEST(without_the_key_nothing_is_seen_either_way)
{
	opens[0]->kernel_locks = false;
	outside_sets(F_WRLCK, 4, 2);
	lock(0, 8);
	ck_assert_uint_eq(access_by(0, 4, 1, true), STATUS_SUCCESS);
	outside_sets(F_UNLCK, 4, 2);
	ck_assert_str_eq(seen(), "----------------");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("kernel locks");
	TCase *tc = tcase_create("both ways");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, locks_are_seen_until_they_go);
	tcase_add_test(tc, shared_locks_overlap_and_leave_what_others_hold);
	tcase_add_test(tc, shared_lock_over_an_exclusive_one_stays_behind);
	tcase_add_test(tc, exclusive_lock_under_a_shared_one_stays_behind);
	tcase_add_test(tc, hole_between_neighbours_is_free);
	tcase_add_test(tc, locks_of_two_opens_go_each_with_its_own);
	tcase_add_loop_test(tc, bytes_have_the_strictest_of_all_their_locks, 0, 10);
	tcase_add_test(tc, kernel_is_told_only_where_no_lock_is_as_strict);
	tcase_add_test(tc, many_locks_over_each_other_are_seen_as_one);
	tcase_add_test(tc, point_locks_no_byte);
	tcase_add_test(tc, kernel_knows_locks_to_its_end);
	tcase_add_test(tc, lock_of_another_program_is_respected);
	tcase_add_test(tc, shared_lock_of_another_program_admits_shared_ones);
	tcase_add_test(tc, refused_lock_leaves_the_others_as_they_were);
	tcase_add_test(tc, own_clients_stand_against_each_other_as_ever);
	tcase_add_test(tc, reading_and_writing_heed_other_programs);
	tcase_add_test(tc, exclusive_lock_of_who_only_reads_is_a_shared_one_outside);
	tcase_add_test(tc, locks_of_a_stream_are_not_those_of_its_file);
	tcase_add_test(tc, without_the_key_nothing_is_seen_either_way);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
