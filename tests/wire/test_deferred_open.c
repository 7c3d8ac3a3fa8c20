/* SPDX-License-Identifier: BSD-2-Clause */

/* An open that somebody denies waits for him a moment before it fails. */

#include <check.h>
#include <stdlib.h>

#include "opens.h"
#include "server.h"
#include "smb/commands.h"

static struct server server, impatient; /* the one waits for long, the other hardly */
static uint16_t held;

static const struct how alone = { .share = SHARE_NOTHING };

static void
begin_on(const struct server *s)
{
	server_file(s, "free", "x", 1);
	pair_begin(s);
	held = open_granted(holder, &alone, NO_OPLOCK);
}

static void
begin(void)
{
	begin_on(&server);
}

static void
begin_impatient(void)
{
	begin_on(&impatient);
}

static uint16_t
open_waits(struct client *c)
{
	uint16_t mid = open_send(c, &alone);

	nothing_comes(c);
	return mid;
}

static uint8_t
expect(struct client *c, uint16_t mid, nt_status status)
{
	uint8_t level;

	open_receive(c, mid, status, &level);
	return level;
}

/* Nobody has it open: who is let in alone. */
static void
nobody_is_left(struct client *c)
{
	open_granted(c, &(struct how){ .ask = ASK_BATCH, .share = SHARE_NOTHING }, BATCH);
}

static void
leave(struct client *c, uint8_t command)
{
	struct writer *w = client_begin(c, command);

	if (command == SMB_COM_LOGOFF_ANDX)
		client_no_andx(w);
	client_send(c);
	ck_assert_uint_eq(simple_reply(c, c->mid), STATUS_SUCCESS);
}

START_TEST(those_that_wait_leave_room_for_other_requests)
{
	unsigned sent = 2u * other->max_mux, before;
	nt_status last;

	for (unsigned i = 0; i < sent; i++)
		open_send(other, &alone);
	ck_assert(client_sync(other, &before, &last));
	ck_assert_uint_gt(before, 0);
	ck_assert_uint_lt(before, sent);
	ck_assert_uint_eq(last, STATUS_SHARING_VIOLATION);
}
END_TEST

START_TEST(denied_open_fails_in_the_end)
{
	expect(other, open_waits(other), STATUS_SHARING_VIOLATION);
}
END_TEST

START_TEST(denied_open_succeeds_when_the_other_closes)
{
	uint16_t mid = open_waits(other);

	must_close(holder, held);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(first_come_is_first_served)
{
	uint16_t first = open_waits(other), second = open_waits(other);

	must_close(holder, held);
	expect(other, first, STATUS_SUCCESS);
	nothing_comes(other);
	leave(other, SMB_COM_PROCESS_EXIT);
	expect(other, second, STATUS_SHARING_VIOLATION);
}
END_TEST

START_TEST(denied_open_succeeds_when_the_process_of_the_other_ends)
{
	uint16_t mid = open_waits(other);

	leave(holder, SMB_COM_PROCESS_EXIT);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(connection_goes_on_while_an_open_waits)
{
	uint16_t mid = open_waits(other);
	struct how elsewhere = plain;

	elsewhere.name = "free";
	must_close(other, open_granted(other, &elsewhere, NO_OPLOCK));
	must_close(holder, held);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

/* Windows lets it wait its time; it is spared that. */
START_TEST(denied_open_can_be_cancelled)
{
	uint16_t mid = open_waits(other);

	cancel(other, mid);
	expect(other, mid, STATUS_SHARING_VIOLATION);
	must_close(holder, held);
	nobody_is_left(other);
}
END_TEST

START_TEST(denied_open_goes_with_its_connection)
{
	open_waits(other);
	client_close(&other);
	settle(holder);
	must_close(holder, held);
	nobody_is_left(holder);
}
END_TEST

START_TEST(denied_open_succeeds_when_the_other_disconnects)
{
	uint16_t mid = open_waits(other);

	client_close(&holder);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(denied_open_succeeds_when_the_other_disconnects_its_tree)
{
	uint16_t mid = open_waits(other);

	leave(holder, SMB_COM_TREE_DISCONNECT);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(denied_open_succeeds_when_the_other_logs_off)
{
	uint16_t mid = open_waits(other);

	leave(holder, SMB_COM_LOGOFF_ANDX);
	expect(other, mid, STATUS_SUCCESS);
}
END_TEST

START_TEST(denied_open_goes_with_its_tree)
{
	uint16_t mid = open_waits(other);

	leave(other, SMB_COM_TREE_DISCONNECT);
	expect(other, mid, STATUS_CANCELLED);
	must_close(holder, held);
	nobody_is_left(holder);
}
END_TEST

START_TEST(denied_open_goes_with_its_user)
{
	uint16_t mid = open_waits(other);

	leave(other, SMB_COM_LOGOFF_ANDX);
	expect(other, mid, STATUS_CANCELLED);
	must_close(holder, held);
	nobody_is_left(holder);
}
END_TEST

START_TEST(path_command_does_not_wait)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(other, &t, 6);

	wr_u16(w, 1020);
	wr_u32(w, 0);
	wr_string(w, "\\file");
	client_trans2_data(other, &t);
	wr_u64(w, 4);
	ck_assert_uint_eq(client_trans2_call(other, &t), STATUS_SHARING_VIOLATION);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("wire/deferred_open");
	TCase *tc = tcase_create("deferred open"), *brief = tcase_create("brief");

	tcase_add_checked_fixture(tc, begin, pair_end);
	tcase_add_test(tc, denied_open_succeeds_when_the_other_closes);
	tcase_add_test(tc, first_come_is_first_served);
	tcase_add_test(tc, denied_open_succeeds_when_the_process_of_the_other_ends);
	tcase_add_test(tc, connection_goes_on_while_an_open_waits);
	tcase_add_test(tc, denied_open_can_be_cancelled);
	tcase_add_test(tc, denied_open_goes_with_its_connection);
	tcase_add_test(tc, denied_open_succeeds_when_the_other_disconnects);
	tcase_add_test(tc, denied_open_succeeds_when_the_other_disconnects_its_tree);
	tcase_add_test(tc, denied_open_succeeds_when_the_other_logs_off);
	tcase_add_test(tc, denied_open_goes_with_its_tree);
	tcase_add_test(tc, denied_open_goes_with_its_user);
	tcase_add_test(tc, those_that_wait_leave_room_for_other_requests);
	tcase_add_test(tc, path_command_does_not_wait);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(brief, begin_impatient, pair_end);
	tcase_add_test(brief, denied_open_fails_in_the_end);
	suite_add_tcase(s, brief);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tsharing violation delay = 60000");
	server_start(&impatient, "\tsharing violation delay = 10");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server) + server_stop(&impatient);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
