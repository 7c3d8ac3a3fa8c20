/* SPDX-License-Identifier: BSD-2-Clause */

/* Reading and writing with a lock or a close in it. */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "one_file.h"
#include "wire/status.h"

static nt_status
lock_and_read(uint16_t count, uint32_t offset, struct reply *r)
{
	wr_u16(core(0x13, count, offset), 0);
	return client_call(c, r);
}

static nt_status
write_and_unlock(const char *text, uint32_t offset, struct reply *r)
{
	uint16_t n = (uint16_t)strlen(text);
	struct writer *w = core(0x14, n, offset);

	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, n);
	wr_bytes(w, text, n);
	return client_call(c, r);
}

static nt_status
write_and_close(const char *text, uint32_t offset, uint32_t time)
{
	uint16_t n = (uint16_t)strlen(text);
	struct writer *w = core(0x2C, n, offset);
	struct reply r;
	nt_status status;

	wr_u32(w, time);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_bytes(w, text, n);
	status = client_call(c, &r);
	if (status == STATUS_SUCCESS)
		ck_assert_uint_eq(rd_u16(&r.words), n);
	return status;
}

/* --- LOCK_AND_READ --- */

START_TEST(who_locks_and_reads_holds_the_lock)
{
	struct reply r;

	ck_assert_uint_eq(lock_and_read(4, 3, &r), STATUS_SUCCESS);
	expect_data(&r, "3456");
	c->pid++;
	ck_assert_uint_eq(lock(6, 1), STATUS_LOCK_NOT_GRANTED);
	c->pid--;
	ck_assert_uint_eq(unlock(3, 4), STATUS_SUCCESS);
}
END_TEST

START_TEST(all_that_was_asked_for_is_locked_past_the_end)
{
	struct reply r;

	ck_assert_uint_eq(lock_and_read(100, 8, &r), STATUS_SUCCESS);
	expect_data(&r, "89");
	ck_assert_uint_eq(unlock(8, 100), STATUS_SUCCESS);
}
END_TEST

START_TEST(nothing_is_read_without_the_lock)
{
	struct reply r;

	lock_by_another(5, 1);
	ck_assert_uint_eq(lock_and_read(10, 0, &r), STATUS_LOCK_NOT_GRANTED);
	ck_assert_uint_eq(lock_and_read(10, 0, &r), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(lock_and_read(5, 0, &r), STATUS_SUCCESS);
	expect_data(&r, "01234");
}
END_TEST

START_TEST(who_may_not_read_gets_no_lock_either)
{
	struct reply r;

	ck_assert_uint_eq(client_try_open(c, "file.txt", 0x00120116, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(lock_and_read(4, 0, &r), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(unlock(0, 4), STATUS_RANGE_NOT_LOCKED);
}
END_TEST

START_TEST(negotiate_says_that_there_is_lock_and_read)
{
	static const char *const dialects[] = { "NT LM 0.12", NULL };
	struct client *fresh = client_connect(server.port);
	struct reply r;

	ck_assert_uint_eq(client_try_negotiate(fresh, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.h.flags & SMB_FLAGS_LOCK_AND_READ_OK, SMB_FLAGS_LOCK_AND_READ_OK);
	ck_assert_uint_eq(fresh->capabilities & 0x100, 0x100);
	client_close(&fresh);
}
END_TEST

/* --- WRITE_AND_UNLOCK --- */

START_TEST(what_was_written_is_unlocked)
{
	struct reply r;

	ck_assert_uint_eq(lock(2, 3), STATUS_SUCCESS);
	ck_assert_uint_eq(write_and_unlock("abc", 2, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 3);
	ck_assert_str_eq(stored(), "01abc56789");
	ck_assert_uint_eq(unlock(2, 3), STATUS_RANGE_NOT_LOCKED);
}
END_TEST

START_TEST(what_was_not_locked_is_written_nevertheless)
{
	struct reply r;

	ck_assert_uint_eq(write_and_unlock("abc", 2, &r), STATUS_RANGE_NOT_LOCKED);
	ck_assert_str_eq(stored(), "01abc56789");
}
END_TEST

START_TEST(what_is_not_written_stays_locked)
{
	struct reply r;

	ck_assert_uint_eq(lock(2, 2), STATUS_SUCCESS);
	lock_by_another(4, 1);
	ck_assert_uint_eq(write_and_unlock("abc", 2, &r), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert_uint_eq(unlock(2, 2), STATUS_SUCCESS);
}
END_TEST

START_TEST(write_of_no_bytes_neither_cuts_the_file_nor_unlocks)
{
	struct reply r;

	ck_assert_uint_eq(lock(2, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(write_and_unlock("", 2, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 0);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert_uint_eq(unlock(2, 0), STATUS_SUCCESS);
}
END_TEST

START_TEST(count_is_unlocked_though_fewer_bytes_came)
{
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(lock(2, 5), STATUS_SUCCESS);
	w = core(0x14, 5, 2);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 3);
	wr_bytes(w, "abc", 3);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 3);
	ck_assert_str_eq(stored(), "01abc56789");
	ck_assert_uint_eq(unlock(2, 5), STATUS_RANGE_NOT_LOCKED);
}
END_TEST

START_TEST(count_without_bytes_writes_and_unlocks_nothing)
{
	struct reply r;

	ck_assert_uint_eq(lock(2, 5), STATUS_SUCCESS);
	wr_u16(core(0x14, 5, 2), 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_PARAMETER);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert_uint_eq(unlock(2, 5), STATUS_SUCCESS);
}
END_TEST

/* --- WRITE_AND_CLOSE --- */

START_TEST(written_file_is_closed)
{
	ck_assert_uint_eq(write_and_close("abc", 8, 0), STATUS_SUCCESS);
	ck_assert_str_eq(stored(), "01234567abc");
	ck_assert(!is_open());
	ck_assert_uint_eq(write_and_close("abc", 8, 0), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(closed_file_has_the_time_that_was_said)
{
	char path[256];
	struct stat st;

	ck_assert_uint_eq(write_and_close("abc", 0, 1000000000), STATUS_SUCCESS);
	snprintf(path, sizeof(path), "%s/file.txt", server.root);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mtime, 1000000000);
}
END_TEST

START_TEST(locks_go_with_the_close)
{
	struct client *other = client_on(server.port, "share");

	ck_assert_uint_eq(lock(0, 4), STATUS_SUCCESS);
	ck_assert_uint_eq(write_and_close("abcd", 0, 0), STATUS_SUCCESS);
	client_close(&c);
	c = other;
	fid = client_open(c, "file.txt");
	ck_assert_uint_eq(lock(0, 4), STATUS_SUCCESS);
}
END_TEST

START_TEST(no_bytes_set_the_size_and_leave_the_file_open)
{
	ck_assert_uint_eq(write_and_close("", 3, 0), STATUS_SUCCESS);
	ck_assert_str_eq(stored(), "012");
	ck_assert(is_open());
}
END_TEST

START_TEST(what_is_refused_leaves_the_file_open)
{
	lock_by_another(4, 1);
	ck_assert_uint_eq(write_and_close("abc", 3, 0), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert(is_open());
}
END_TEST

/* What the server may write at most stands for a full disk. */
static void
limit_files(rlim_t size)
{
	struct rlimit limit;

	ck_assert_int_eq(prlimit(server.pid, RLIMIT_FSIZE, NULL, &limit), 0);
	limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
	ck_assert_int_eq(prlimit(server.pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

START_TEST(failed_write_is_told_and_the_file_closed)
{
	nt_status status;

	limit_files(1 << 20);
	status = write_and_close("abc", 1 << 20, 0);
	limit_files(RLIM_INFINITY);
	ck_assert_uint_eq(status, STATUS_DISK_FULL);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert(!is_open());
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("read and write, and more");
	TCase *tc = tcase_create("with a lock");

	tcase_add_checked_fixture(tc, file_begin, file_end);
	tcase_add_test(tc, who_locks_and_reads_holds_the_lock);
	tcase_add_test(tc, all_that_was_asked_for_is_locked_past_the_end);
	tcase_add_test(tc, nothing_is_read_without_the_lock);
	tcase_add_test(tc, who_may_not_read_gets_no_lock_either);
	tcase_add_test(tc, negotiate_says_that_there_is_lock_and_read);
	tcase_add_test(tc, what_was_written_is_unlocked);
	tcase_add_test(tc, what_was_not_locked_is_written_nevertheless);
	tcase_add_test(tc, what_is_not_written_stays_locked);
	tcase_add_test(tc, write_of_no_bytes_neither_cuts_the_file_nor_unlocks);
	tcase_add_test(tc, count_is_unlocked_though_fewer_bytes_came);
	tcase_add_test(tc, count_without_bytes_writes_and_unlocks_nothing);
	suite_add_tcase(s, tc);

	tc = tcase_create("with a close");
	tcase_add_checked_fixture(tc, file_begin, file_end);
	tcase_add_test(tc, written_file_is_closed);
	tcase_add_test(tc, closed_file_has_the_time_that_was_said);
	tcase_add_test(tc, locks_go_with_the_close);
	tcase_add_test(tc, no_bytes_set_the_size_and_leave_the_file_open);
	tcase_add_test(tc, what_is_refused_leaves_the_file_open);
	tcase_add_test(tc, failed_write_is_told_and_the_file_closed);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tmax connections per address = 0");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
