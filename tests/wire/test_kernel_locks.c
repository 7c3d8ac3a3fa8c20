/* SPDX-License-Identifier: BSD-2-Clause */

/* Clients and a program on the server's machine lock the same file. This test is the program. */

#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "one_file.h"
#include "wire/status.h"

#define FOR_EVER 0xFFFFFFFFu

static int local;

static void
begin(void)
{
	char path[256];

	file_begin();
	snprintf(path, sizeof(path), "%s/file.txt", server.root);
	local = open(path, O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(local, 0);
}

static void
end(void)
{
	close(local);
	file_end();
}

static struct flock
bytes(short type, off_t at, off_t length)
{
	return (struct flock){ .l_type = type, .l_start = at, .l_len = length };
}

static void
set_locally(short type, off_t at, off_t length)
{
	struct flock lock = bytes(type, at, length);

	ck_assert_int_eq(fcntl(local, F_SETLK, &lock), 0);
}

/* The lock of a client that stands against writing this byte here. */
static short
seen_locally(off_t at)
{
	struct flock lock = bytes(F_WRLCK, at, 1);

	ck_assert_int_eq(fcntl(local, F_GETLK, &lock), 0);
	return lock.l_type;
}

/* What a connection that goes leaves behind goes a moment after it. */
static bool
soon_free(off_t at)
{
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (seen_locally(at) == F_UNLCK)
			return true;
		usleep(5000);
	}
	return false;
}

static void
ask_for(uint32_t at, uint32_t length, uint8_t type, uint32_t timeout)
{
	struct writer *w = client_begin(c, 0x24);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, type);
	wr_u8(w, 0);
	wr_u32(w, timeout);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	wr_u32(w, at);
	wr_u32(w, length);
	client_send(c);
}

static nt_status
answer(void)
{
	struct reply r;

	client_receive(c, &r);
	ck_assert(!r.closed);
	return r.h.status;
}

static void
cancel(uint16_t mid)
{
	client_begin(c, 0xA4);
	wr_patch16(&c->out, 30, mid);
	client_send(c);
}

static nt_status
read_bytes(uint32_t at, uint16_t count)
{
	struct reply r;

	wr_u16(core(0x0A, count, at), 0);
	return client_call(c, &r);
}

static nt_status
write_byte(uint32_t at)
{
	struct writer *w = core(0x0B, 1, at);
	struct reply r;

	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 1);
	wr_u8(w, 'x');
	return client_call(c, &r);
}

START_TEST(program_sees_what_clients_lock)
{
	ck_assert_uint_eq(lock(2, 3), STATUS_SUCCESS);
	ask_for(6, 2, 0x01, 0);
	ck_assert_uint_eq(answer(), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(2), F_WRLCK);
	ck_assert_int_eq(seen_locally(5), F_UNLCK);
	ck_assert_int_eq(seen_locally(7), F_RDLCK);
	ck_assert_uint_eq(unlock(2, 3), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(2), F_UNLCK);
	ck_assert_int_eq(seen_locally(7), F_RDLCK);
}
END_TEST

START_TEST(client_that_closes_or_leaves_takes_its_locks_along)
{
	struct client *other = client_on(server.port, "share");
	struct reply r;

	ck_assert_uint_eq(lock(2, 3), STATUS_SUCCESS);
	wr_u16(client_begin(c, 0x04), fid);
	wr_u32(&c->out, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(2), F_UNLCK);
	fid = client_open(c, "file.txt");
	ck_assert_uint_eq(lock(2, 3), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(2), F_WRLCK);
	client_close(&c);
	c = other;
	ck_assert(soon_free(2));
}
END_TEST

START_TEST(program_s_lock_stands_against_clients)
{
	set_locally(F_WRLCK, 4, 1);
	ck_assert_uint_eq(lock(0, 10), STATUS_LOCK_NOT_GRANTED);
	ck_assert_uint_eq(read_bytes(3, 2), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(read_bytes(0, 4), STATUS_SUCCESS);
	ck_assert_uint_eq(write_byte(4), STATUS_FILE_LOCK_CONFLICT);
	set_locally(F_RDLCK, 4, 1);
	ck_assert_uint_eq(read_bytes(3, 2), STATUS_SUCCESS);
	ck_assert_uint_eq(write_byte(4), STATUS_FILE_LOCK_CONFLICT);
	set_locally(F_UNLCK, 4, 1);
	ck_assert_uint_eq(write_byte(4), STATUS_SUCCESS);
	ck_assert_uint_eq(lock(1, 9), STATUS_SUCCESS);
}
END_TEST

START_TEST(client_that_waits_gets_it_when_the_program_lets_go)
{
	static const uint32_t timeouts[] = { 30000, FOR_EVER };

	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, timeouts[_i]);
	usleep(100000);
	set_locally(F_UNLCK, 4, 1);
	ck_assert_uint_eq(answer(), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(4), F_WRLCK);
}
END_TEST

START_TEST(wait_for_a_program_ends_in_time)
{
	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, 200);
	ck_assert_uint_eq(answer(), STATUS_FILE_LOCK_CONFLICT);
}
END_TEST

START_TEST(wait_for_a_program_can_be_cancelled)
{
	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, FOR_EVER);
	cancel(c->mid);
	ck_assert_uint_eq(answer(), STATUS_FILE_LOCK_CONFLICT);
	set_locally(F_UNLCK, 4, 1);
	ck_assert_int_eq(seen_locally(4), F_UNLCK);
}
END_TEST

/* However many it sends. */
START_TEST(locks_that_wait_leave_room_for_who_cancels_them)
{
	const unsigned most = c->max_mux;
	unsigned i, before;
	uint16_t first;
	nt_status last;

	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, FOR_EVER);
	first = c->mid;
	for (i = 1; i < 3 * most; i++)
		ask_for(0, 10, 0, FOR_EVER);
	for (i = 0; i < 2 * most; i++)
		ck_assert_uint_eq(answer(), STATUS_INSUFF_SERVER_RESOURCES);
	cancel(first);
	ck_assert_uint_eq(answer(), STATUS_FILE_LOCK_CONFLICT);
	ask_for(0, 10, 0, FOR_EVER);
	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 0);
}
END_TEST

START_TEST(close_ends_a_wait_for_a_program)
{
	struct writer *w;

	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, FOR_EVER);
	w = client_begin(c, 0x04);
	wr_u16(w, fid);
	wr_u32(w, 0);
	client_send(c);
	ck_assert_uint_eq(answer(), STATUS_RANGE_NOT_LOCKED);
	ck_assert_uint_eq(answer(), STATUS_SUCCESS);
}
END_TEST

START_TEST(client_that_leaves_while_it_waits_leaves_nothing)
{
	set_locally(F_WRLCK, 4, 1);
	ask_for(0, 10, 0, FOR_EVER);
	client_close(&c);
	set_locally(F_UNLCK, 0, 0);
	c = client_on(server.port, "share");
	fid = client_open(c, "file.txt");
	ask_for(0, 10, 0, 30000);
	ck_assert_uint_eq(answer(), STATUS_SUCCESS);
}
END_TEST

/* A stream has the file's descriptor, but bytes of its own. */
START_TEST(locks_of_a_stream_are_not_those_of_its_file)
{
	ck_assert_uint_eq(
	    client_try_open(c, "file.txt:stream", 0x0012019F, 3, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(lock(2, 3), STATUS_SUCCESS);
	ck_assert_int_eq(seen_locally(2), F_UNLCK);
	set_locally(F_WRLCK, 0, 0);
	ck_assert_uint_eq(lock(8, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(write_byte(8), STATUS_SUCCESS);
}
END_TEST

/* [private] has kernel locks = no. */
START_TEST(share_without_the_key_keeps_locks_to_itself)
{
	struct client *plain = client_connect(server.port);
	struct reply r;

	client_negotiate(plain);
	ck_assert_uint_eq(client_try_logon(plain, "torture", "secret", &r), STATUS_SUCCESS);
	client_tree(plain, "private");
	client_close(&c);
	c = plain;
	fid = client_open(c, "file.txt");
	set_locally(F_WRLCK, 4, 1);
	ck_assert_uint_eq(lock(0, 10), STATUS_SUCCESS);
	ck_assert_uint_eq(write_byte(4), STATUS_SUCCESS);
	set_locally(F_UNLCK, 4, 1);
	ck_assert_int_eq(seen_locally(4), F_UNLCK);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("kernel locks");
	TCase *tc = tcase_create("with a program");

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, program_sees_what_clients_lock);
	tcase_add_test(tc, client_that_closes_or_leaves_takes_its_locks_along);
	tcase_add_test(tc, program_s_lock_stands_against_clients);
	tcase_add_loop_test(tc, client_that_waits_gets_it_when_the_program_lets_go, 0, 2);
	tcase_add_test(tc, wait_for_a_program_ends_in_time);
	tcase_add_test(tc, wait_for_a_program_can_be_cancelled);
	tcase_add_test(tc, locks_that_wait_leave_room_for_who_cancels_them);
	tcase_add_test(tc, close_ends_a_wait_for_a_program);
	tcase_add_test(tc, client_that_leaves_while_it_waits_leaves_nothing);
	tcase_add_test(tc, locks_of_a_stream_are_not_those_of_its_file);
	tcase_add_test(tc, share_without_the_key_keeps_locks_to_itself);
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
