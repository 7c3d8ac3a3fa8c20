/* SPDX-License-Identifier: BSD-2-Clause */

/* POSIX_LOCK: fcntl(2)'s locks over the wire. */
#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "unix.h"

enum { READ, WRITE, UNLOCK };

#define NOW  0
#define WAIT 1

static struct client *other;
static uint16_t fid, other_fid;

static void
begin_lock(struct client *who, uint16_t subcommand, uint16_t file)
{
	struct writer *w = client_trans2_begin(who, &t, subcommand);

	wr_u16(w, file);
	wr_u16(w, POSIX_LOCK);
	wr_u16(w, 0);
	client_trans2_data(who, &t);
}

struct lock {
	uint16_t type, flags;
	uint32_t pid;
	uint64_t from, length;
};

static void
put_lock(struct client *who, const struct lock *l)
{
	struct writer *w = &who->out;

	wr_u16(w, l->type);
	wr_u16(w, l->flags);
	wr_u32(w, l->pid);
	wr_u64(w, l->from);
	wr_u64(w, l->length);
}

static nt_status
set(struct client *who, uint16_t file, struct lock l)
{
	begin_lock(who, SET_FILE, file);
	put_lock(who, &l);
	return client_trans2_call(who, &t);
}

/* The other client's file, first process. */
static nt_status
tries(uint16_t type, uint64_t from, uint64_t length)
{
	return set(other, other_fid, (struct lock){ type, NOW, 1, from, length });
}

static void
takes(uint16_t type, uint64_t from, uint64_t length)
{
	ck_assert_uint_eq(set(c, fid, (struct lock){ type, NOW, 1, from, length }), STATUS_SUCCESS);
}

static void
begin(void)
{
	server_file(&server, "file", "0123456789", 10);
	unix_begin();
	ck_assert_uint_eq(posix_open("file", O_RW, 0, &fid), STATUS_SUCCESS);
	other = c;
	other_fid = fid;
	unix_begin();
	ck_assert_uint_eq(posix_open("file", O_RW, 0, &fid), STATUS_SUCCESS);
}

static void
end(void)
{
	client_close(&other);
	unix_end();
}

START_TEST(a_lock_keeps_others_from_locking_and_from_nothing_else)
{
	struct writer *w;
	struct reply r;

	takes(WRITE, 2, 3);
	ck_assert_uint_eq(tries(READ, 4, 1), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(tries(WRITE, 0, 3), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(tries(WRITE, 5, 5), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(WRITE, 0, 2), STATUS_SUCCESS);
	/* READ of the first ten bytes */
	w = client_begin(other, 0x0A);
	wr_u16(w, other_fid);
	wr_u16(w, 10);
	wr_u32(w, 0);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(other, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(who_is_no_posix_client_may_not_even_read)
{
	struct writer *w;
	struct reply r;
	uint16_t plain;

	takes(WRITE, 2, 3);
	ck_assert_uint_eq(client_try_open(other, "file", READ_DATA, OPEN, &plain), STATUS_SUCCESS);
	w = client_begin(other, 0x0A);
	wr_u16(w, plain);
	wr_u16(w, 10);
	wr_u32(w, 0);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(other, &r), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

START_TEST(later_locks_of_a_process_replace_its_earlier_ones)
{
	takes(WRITE, 0, 10);
	takes(READ, 3, 4);
	ck_assert_uint_eq(tries(READ, 3, 4), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(READ, 2, 1), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(tries(READ, 7, 1), STATUS_FILE_LOCK_CONFLICT);
	/* What others share cannot become exclusive. */
	ck_assert_uint_eq(
	    set(c, fid, (struct lock){ WRITE, NOW, 1, 3, 1 }), STATUS_FILE_LOCK_CONFLICT);
	/* Another process of the same client is somebody else. */
	ck_assert_uint_eq(
	    set(c, fid, (struct lock){ READ, NOW, 2, 0, 1 }), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

START_TEST(it_is_the_process_that_counts_not_the_open)
{
	uint16_t second;

	takes(WRITE, 0, 4);
	ck_assert_uint_eq(posix_open("file", O_RW, 0, &second), STATUS_SUCCESS);
	ck_assert_uint_eq(set(c, second, (struct lock){ WRITE, NOW, 1, 2, 4 }), STATUS_SUCCESS);
	ck_assert_uint_eq(set(c, second, (struct lock){ UNLOCK, NOW, 1, 0, 3 }), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(WRITE, 0, 3), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(WRITE, 3, 1), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

START_TEST(an_unlock_takes_any_part)
{
	takes(WRITE, 0, 10);
	takes(UNLOCK, 4, 2);
	ck_assert_uint_eq(tries(WRITE, 4, 2), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(WRITE, 3, 1), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(tries(WRITE, 6, 1), STATUS_FILE_LOCK_CONFLICT);
	/* and what is not locked as well */
	takes(UNLOCK, 100, 5);
	takes(UNLOCK, 0, INT64_MAX);
	ck_assert_uint_eq(tries(WRITE, 0, 10), STATUS_SUCCESS);
}
END_TEST

static void
expect_query(struct lock asked, uint16_t type, uint64_t from, uint64_t length)
{
	begin_lock(other, QUERY_FILE, other_fid);
	put_lock(other, &asked);
	ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 24);
	ck_assert_uint_eq(rd_u16(&t.got_data), type);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	ck_assert_uint_eq(rd_u32(&t.got_data), type == UNLOCK ? asked.pid : 77);
	ck_assert_uint_eq(rd_u64(&t.got_data), from);
	ck_assert_uint_eq(rd_u64(&t.got_data), length);
}

START_TEST(a_query_tells_who_stands_against_a_lock)
{
	ck_assert_uint_eq(set(c, fid, (struct lock){ READ, NOW, 77, 5, 2 }), STATUS_SUCCESS);
	expect_query((struct lock){ WRITE, NOW, 1, 0, 10 }, READ, 5, 2);
	expect_query((struct lock){ READ, NOW, 1, 0, 10 }, UNLOCK, 0, 10);
	expect_query((struct lock){ WRITE, NOW, 1, 7, 3 }, UNLOCK, 7, 3);
	begin_lock(other, QUERY_FILE, other_fid);
	put_lock(other, &(struct lock){ UNLOCK, NOW, 1, 0, 1 });
	ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_INVALID_PARAMETER);
	begin_lock(other, QUERY_FILE, other_fid);
	ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_INVALID_PARAMETER);
	begin_lock(other, QUERY_FILE, 0x7777);
	ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_INVALID_HANDLE);
}
END_TEST

/* Sends a lock that has to wait, and makes sure that it does. */
static void
begin_waiting(void)
{
	unsigned before;
	nt_status last;

	begin_lock(other, SET_FILE, other_fid);
	put_lock(other, &(struct lock){ WRITE, WAIT, 1, 0, 1 });
	client_trans2_end(other, &t);
	client_send(other);
	ck_assert(client_sync(other, &before, &last));
	ck_assert_uint_eq(before, 0);
}

START_TEST(who_waits_gets_it_when_it_is_free)
{
	struct reply r;

	takes(WRITE, 0, 5);
	begin_waiting();
	takes(UNLOCK, 0, 5);
	client_receive(other, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(
	    set(c, fid, (struct lock){ READ, NOW, 1, 0, 1 }), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

START_TEST(the_end_of_a_connection_frees_its_locks)
{
	struct reply r;

	takes(WRITE, 0, 5);
	begin_waiting();
	client_close(&c);
	client_receive(other, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	unix_begin();
}
END_TEST

START_TEST(a_wait_is_cancelled)
{
	struct reply r;
	uint16_t mid;

	takes(WRITE, 0, 5);
	begin_lock(other, SET_FILE, other_fid);
	put_lock(other, &(struct lock){ WRITE, WAIT, 1, 0, 1 });
	client_trans2_end(other, &t);
	mid = other->mid;
	client_send(other);
	(void)client_begin(other, 0xA4);
	wr_patch16(&other->out, 30, mid);
	client_send(other);
	client_receive(other, &r);
	ck_assert_uint_eq(r.h.status, STATUS_FILE_LOCK_CONFLICT);
	takes(UNLOCK, 0, 5);
	takes(WRITE, 0, 5);
}
END_TEST

START_TEST(what_is_no_lock_is_refused)
{
	uint16_t reader;

	ck_assert_uint_eq(tries(3, 0, 1), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(tries(WRITE, 5, 0), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(tries(UNLOCK, 5, 0), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(tries(WRITE, UINT64_MAX, 2), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    set(c, fid, (struct lock){ WRITE, 2, 1, 0, 1 }), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_file(fid, POSIX_LOCK, "short", 5), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    set(c, 0x7777, (struct lock){ WRITE, NOW, 1, 0, 1 }), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(posix_open("file", O_R, 0, &reader), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    set(c, reader, (struct lock){ WRITE, NOW, 1, 0, 1 }), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(set(c, reader, (struct lock){ READ, NOW, 1, 0, 1 }), STATUS_SUCCESS);
}
END_TEST

START_TEST(who_may_only_read_locks_what_he_reads)
{
	uint16_t reader;

	client_tree(c, "readonly");
	ck_assert_uint_eq(choose(POSIX_PATHS), STATUS_SUCCESS);
	ck_assert_uint_eq(posix_open("file", O_R, 0, &reader), STATUS_SUCCESS);
	ck_assert_uint_eq(set(c, reader, (struct lock){ READ, NOW, 1, 0, 5 }), STATUS_SUCCESS);
	ck_assert_uint_eq(tries(WRITE, 0, 1), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

/* True when this program could lock the bytes by itself. */
static bool
kernel_allows(int fd, short type, off_t from, off_t length)
{
	struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_start = from, .l_len = length };

	ck_assert_int_eq(fcntl(fd, F_OFD_GETLK, &l), 0);
	return l.l_type == F_UNLCK;
}

START_TEST(other_programs_see_them)
{
	int fd = open(disk_path("file"), O_RDWR);

	ck_assert_int_ge(fd, 0);
	takes(WRITE, 0, 10);
	takes(READ, 3, 4);
	takes(UNLOCK, 8, 1);
	ck_assert(!kernel_allows(fd, F_RDLCK, 0, 3));
	ck_assert(kernel_allows(fd, F_RDLCK, 3, 4));
	ck_assert(!kernel_allows(fd, F_WRLCK, 3, 4));
	ck_assert(!kernel_allows(fd, F_RDLCK, 7, 1));
	ck_assert(kernel_allows(fd, F_WRLCK, 8, 1));
	ck_assert(!kernel_allows(fd, F_RDLCK, 9, 1));
	close(fd);
}
END_TEST

#define LOCKS_MAX 4096 /* of one file */

/* One byte, as Windows locks. */
static nt_status
locks_byte(struct client *who, uint16_t plain, uint32_t at)
{
	struct writer *w = client_begin(who, 0x24); /* LOCKING_ANDX */
	struct reply r;

	client_no_andx(w);
	wr_u16(w, plain);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, 1);
	wr_u32(w, at);
	wr_u32(w, 1);
	return client_call(who, &r);
}

START_TEST(a_file_full_of_locks_is_unlocked_like_any_other)
{
	uint16_t plain;
	uint32_t n = 0;

	takes(WRITE, 0, 3);
	ck_assert_uint_eq(client_try_open(other, "file", READ_DATA, OPEN, &plain), STATUS_SUCCESS);
	while (n < 100000 && locks_byte(other, plain, 10 + 10 * n) == STATUS_SUCCESS)
		n++;
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_lt(n, 100000);
	/* There would be one more. */
	ck_assert_uint_eq(
	    set(c, fid, (struct lock){ UNLOCK, NOW, 1, 1, 1 }), STATUS_INSUFF_SERVER_RESOURCES);
	takes(UNLOCK, 2, 1);
	takes(UNLOCK, 0, 2);
}
END_TEST

static void
add(void *suite)
{
	TCase *tc = tcase_create("locks");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, a_lock_keeps_others_from_locking_and_from_nothing_else);
	tcase_add_test(tc, who_is_no_posix_client_may_not_even_read);
	tcase_add_test(tc, later_locks_of_a_process_replace_its_earlier_ones);
	tcase_add_test(tc, it_is_the_process_that_counts_not_the_open);
	tcase_add_test(tc, an_unlock_takes_any_part);
	tcase_add_test(tc, a_file_full_of_locks_is_unlocked_like_any_other);
	tcase_add_test(tc, a_query_tells_who_stands_against_a_lock);
	tcase_add_test(tc, who_waits_gets_it_when_it_is_free);
	tcase_add_test(tc, the_end_of_a_connection_frees_its_locks);
	tcase_add_test(tc, a_wait_is_cancelled);
	tcase_add_test(tc, what_is_no_lock_is_refused);
	tcase_add_test(tc, who_may_only_read_locks_what_he_reads);
	tcase_add_test(tc, other_programs_see_them);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	return unix_main("unix_locks", add);
}
