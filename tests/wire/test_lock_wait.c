/* SPDX-License-Identifier: BSD-2-Clause */

/* A byte range that somebody has locked is waited for: woken, cancelled, closed, disconnected. */

#include <check.h>
#include <stdlib.h>

#include "opens.h"
#include "server.h"
#include "smb/commands.h"

#define FOR_EVER    0xFFFFFFFFu
#define UNLOCK      1
#define LOCK        0
#define CANCEL_LOCK 0x08

static struct server server;
static uint16_t held, wanted;

static uint16_t
locking_send(struct client *c, uint16_t fid, bool unlock, uint32_t timeout)
{
	struct writer *w = client_begin(c, SMB_COM_LOCKING_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, timeout);
	wr_u16(w, unlock ? 1 : 0);
	wr_u16(w, unlock ? 0 : 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	wr_u32(w, 2);
	wr_u32(w, 3);
	client_send(c);
	return c->mid;
}

static void
expect(struct client *c, uint16_t mid, nt_status status)
{
	ck_assert_uint_eq(simple_reply(c, mid), status);
}

static uint16_t
lock_waits(void)
{
	uint16_t mid = locking_send(other, wanted, LOCK, FOR_EVER);

	nothing_comes(other);
	return mid;
}

static void
unlock(void)
{
	expect(holder, locking_send(holder, held, UNLOCK, 0), STATUS_SUCCESS);
}

/* Whoever gave up has not got it after all. */
static void
range_is_free(struct client *c, uint16_t fid)
{
	expect(c, locking_send(c, fid, LOCK, 0), STATUS_SUCCESS);
}

static void
leave(struct client *c, uint8_t command)
{
	struct writer *w = client_begin(c, command);

	if (command == SMB_COM_LOGOFF_ANDX)
		client_no_andx(w);
	client_send(c);
}

static void
begin(void)
{
	pair_begin(&server);
	held = open_granted(holder, &plain, NO_OPLOCK);
	wanted = open_granted(other, &plain, NO_OPLOCK);
	range_is_free(holder, held);
}

START_TEST(waiting_lock_is_granted_when_the_range_is_unlocked)
{
	uint16_t mid = lock_waits();

	unlock();
	expect(other, mid, STATUS_SUCCESS);
	expect(holder, locking_send(holder, held, LOCK, 0), STATUS_LOCK_NOT_GRANTED);
}
END_TEST

START_TEST(waiting_lock_is_granted_when_the_holder_closes)
{
	uint16_t mid = lock_waits();

	must_close(holder, held);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(waiting_lock_is_granted_when_the_holder_disconnects)
{
	uint16_t mid = lock_waits();

	client_close(&holder);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(waiting_lock_is_granted_when_the_holder_leaves)
{
	static const uint8_t ways[] = { SMB_COM_PROCESS_EXIT, SMB_COM_TREE_DISCONNECT,
		SMB_COM_LOGOFF_ANDX };
	uint16_t mid = lock_waits();

	leave(holder, ways[_i]);
	expect(holder, holder->mid, STATUS_SUCCESS);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(waiting_lock_fails_when_its_time_is_over)
{
	expect(other, locking_send(other, wanted, LOCK, 50), STATUS_FILE_LOCK_CONFLICT);
	unlock();
	range_is_free(holder, held);
}
END_TEST

START_TEST(waiting_lock_can_be_cancelled)
{
	uint16_t mid = lock_waits();

	cancel(other, mid);
	expect(other, mid, STATUS_FILE_LOCK_CONFLICT);
	unlock();
	range_is_free(holder, held);
}
END_TEST

START_TEST(waiting_lock_can_be_cancelled_by_its_range)
{
	uint16_t mid = lock_waits();
	struct writer *w = client_begin(other, SMB_COM_LOCKING_ANDX);

	client_no_andx(w);
	wr_u16(w, wanted);
	wr_u16(w, CANCEL_LOCK);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)other->pid);
	wr_u32(w, 2);
	wr_u32(w, 3);
	client_send(other);
	expect(other, other->mid, STATUS_SUCCESS);
	expect(other, mid, STATUS_FILE_LOCK_CONFLICT);
	unlock();
	range_is_free(holder, held);
}
END_TEST

START_TEST(waiting_lock_goes_with_its_file)
{
	uint16_t mid = lock_waits();

	close_send(other, wanted);
	expect(other, mid, STATUS_RANGE_NOT_LOCKED);
	expect(other, other->mid, STATUS_SUCCESS);
	unlock();
	range_is_free(holder, held);
}
END_TEST

START_TEST(waiting_lock_goes_with_its_connection)
{
	lock_waits();
	client_close(&other);
	settle(holder);
	unlock();
	range_is_free(holder, held);
}
END_TEST

/* Its answer and that of the command that ended it, whichever comes first. */
START_TEST(waiting_lock_goes_with_its_owner)
{
	static const uint8_t ways[] = { SMB_COM_PROCESS_EXIT, SMB_COM_TREE_DISCONNECT,
		SMB_COM_LOGOFF_ANDX };
	uint16_t mid = lock_waits();
	bool refused = false, left = false;

	leave(other, ways[_i]);
	for (int i = 0; i < 2; i++) {
		struct reply r;

		client_receive(other, &r);
		ck_assert(!r.closed);
		refused |= r.h.mid == mid && r.h.status != STATUS_SUCCESS;
		left |= r.h.mid == other->mid && r.h.status == STATUS_SUCCESS;
	}
	ck_assert(refused && left);
	unlock();
	range_is_free(holder, held);
}
END_TEST

START_TEST(connection_goes_on_while_a_lock_waits)
{
	uint16_t mid = lock_waits();

	must_close(other, open_granted(other, &plain, NO_OPLOCK));
	unlock();
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("wire/lock_wait");
	TCase *tc = tcase_create("waiting locks");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, begin, pair_end);
	tcase_add_test(tc, waiting_lock_is_granted_when_the_range_is_unlocked);
	tcase_add_test(tc, waiting_lock_is_granted_when_the_holder_closes);
	tcase_add_test(tc, waiting_lock_is_granted_when_the_holder_disconnects);
	tcase_add_loop_test(tc, waiting_lock_is_granted_when_the_holder_leaves, 0, 3);
	tcase_add_test(tc, waiting_lock_fails_when_its_time_is_over);
	tcase_add_test(tc, waiting_lock_can_be_cancelled);
	tcase_add_test(tc, waiting_lock_can_be_cancelled_by_its_range);
	tcase_add_test(tc, waiting_lock_goes_with_its_file);
	tcase_add_test(tc, waiting_lock_goes_with_its_connection);
	tcase_add_loop_test(tc, waiting_lock_goes_with_its_owner, 0, 3);
	tcase_add_test(tc, connection_goes_on_while_a_lock_waits);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	server_start(&server, "");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
