/* SPDX-License-Identifier: BSD-2-Clause */

/* What a client may not have: more tries, more memory, another user's rights. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/logon.h"
#include "base/loop.h"
#include "file/lock.h"
#include "file/node.h"
#include "inside.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "smb/commands.h"

#define OK             0u
#define LOGON_FAILURE  0xC000006Du
#define CANCELLED      0xC0000120u
#define ACCESS_DENIED  0xC0000022u
#define NO_RESOURCES   0xC0000205u
#define TOO_MANY_FILES 0xC000011Fu
#define TOO_MANY       0xC00000CEu

static struct inside s;
static struct client a;
static uint8_t body[2048];

static void
setup(void)
{
	static const char *const keys[][3] = {
		{ "hers", "path", "/tmp" },
		{ "hers", "valid users", "alice" },
		{ "hers", "guest ok", "yes" },
		{ "Tür", "path", "/tmp" },
		{ "Tür", "guest ok", "yes" },
		{ NULL, "deadtime", "2" },
		{ NULL, NULL, NULL },
	};

	inside_start(&s, 1, keys);
	client_connect(&s, &a, 1);
	client_negotiate(&a);
}

static void
teardown(void)
{
	client_close(&a);
	inside_stop(&s);
}

static struct conn *
conn(void)
{
	return TAILQ_FIRST(&s.server->conns);
}

/* A try that is not judged at once is still there to be cancelled. */
static bool
has_to_wait(const char *user, const char *password)
{
	const uint8_t *reply;
	uint32_t status;

	client_send(&a, SMB_COM_SESSION_SETUP_ANDX, body, body_log_on(body, &a, user, password));
	client_send(&a, SMB_COM_NT_CANCEL, "\0\0", 3);
	status = client_wait(&a, &reply);
	ck_assert(status == OK || status == LOGON_FAILURE || status == CANCELLED);
	return status == CANCELLED;
}

START_TEST(after_some_wrong_passwords_even_the_right_one_waits)
{
	for (int i = 0; i < 3; i++)
		ck_assert(!has_to_wait("alice", "wrong"));
	ck_assert_uint_eq(client_log_on(&a, "alice", "wrong"), LOGON_FAILURE);
	ck_assert(has_to_wait("alice", "secret"));
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
}
END_TEST

START_TEST(being_a_guest_in_between_pays_for_nothing)
{
	for (int i = 0; i < 4; i++) {
		ck_assert_uint_eq(client_log_on(&a, "alice", "wrong"), LOGON_FAILURE);
		ck_assert_uint_eq(client_log_on(&a, "anybody", ""), OK);
	}
	ck_assert(has_to_wait("alice", "secret"));
}
END_TEST

START_TEST(little_is_under_way_before_log_on)
{
	for (int i = 0; i < 4; i++)
		client_log_on(&a, "alice", "wrong");
	for (int i = 0; i < 40; i++)
		client_send(
		    &a, SMB_COM_SESSION_SETUP_ANDX, body, body_log_on(body, &a, "alice", "wrong"));
	inside_settle(&s, 20);
	ck_assert_uint_ge(conn()->outstanding, 1);
	ck_assert_uint_le(conn()->outstanding, 4);
}
END_TEST

START_TEST(few_log_ons_are_begun_and_not_ended)
{
	for (int i = 0; i < 16; i++)
		ck_assert_ptr_nonnull(session_begin(conn()));
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), TOO_MANY);
}
END_TEST

/* By a re-authentication of the same UID. */
START_TEST(a_share_is_asked_again_when_a_uid_becomes_another_user)
{
	const struct logon bob = { .user = "bob", .scheme = "test" };

	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "hers"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_CHECK_DIRECTORY, body, body_named(body, "\\", 0, NULL)), OK);
	session_complete(session_get(conn(), a.uid), &bob, NULL);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_CHECK_DIRECTORY, body, body_named(body, "\\", 0, NULL)),
	    ACCESS_DENIED);
}
END_TEST

START_TEST(guests_are_no_valid_users_by_being_let_in)
{
	ck_assert_uint_eq(client_log_on(&a, "bob", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "hers"), ACCESS_DENIED);
	ck_assert_uint_eq(client_log_on(&a, "anybody", ""), OK);
	ck_assert_uint_eq(client_tree(&a, "hers"), ACCESS_DENIED);
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "hers"), OK);
}
END_TEST

START_TEST(shares_are_found_whatever_the_case_of_any_letter)
{
	ck_assert_ptr_nonnull(share_find(s.server->shares, "TÜR"));
	ck_assert_ptr_eq(share_find(s.server->shares, "TÜR"), share_find(s.server->shares, "tür"));
	ck_assert_ptr_nonnull(share_find(s.server->shares, "ipc$"));
	ck_assert_ptr_null(share_find(s.server->shares, "Tur"));
}
END_TEST

START_TEST(a_file_holds_only_so_many_locks)
{
	struct lock_range r = { .length = 1, .pid = 1, .exclusive = true };
	struct handle *h;
	nt_status status = STATUS_SUCCESS;
	unsigned n;

	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", 2, 0)), OK);
	h = handle_get(conn(), 1);
	ck_assert_ptr_nonnull(h);
	for (n = 0; n < 100000 && status == STATUS_SUCCESS; n++) {
		r.offset = 2 * n;
		status = file_lock(h->open, &r, false);
	}
	ck_assert_uint_eq(status, STATUS_INSUFF_SERVER_RESOURCES);
	ck_assert_uint_eq(
	    file_unlock(h->open, &(struct lock_range){ 0, 1, 1, true, false }), STATUS_SUCCESS);
	ck_assert_uint_eq(file_lock(h->open, &r, false), STATUS_SUCCESS);
}
END_TEST

START_TEST(all_files_of_a_connection_hold_only_so_many_locks)
{
	const struct lock_range r = { .length = 1, .pid = 1, .exclusive = true };
	struct handle *h;

	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", 2, 0)), OK);
	h = handle_get(conn(), 1);
	conn()->nlocks = 65536;
	ck_assert_uint_eq(file_lock(h->open, &r, false), STATUS_INSUFF_SERVER_RESOURCES);
	conn()->nlocks = 65535;
	ck_assert_uint_eq(file_lock(h->open, &r, false), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_CLOSE, body, body_words(body, 3, (uint16_t[]){ 1, 0, 0 })), OK);
	ck_assert_uint_eq(conn()->nlocks, 65535);
}
END_TEST

/* The longest a client can say of its domain, and its own name, is not what is remembered. */
START_TEST(little_is_kept_of_what_clients_say_of_themselves)
{
	const uint8_t *reply;
	size_t n = body_log_on(body, &a, "guest", "");

	memset(body + n - 3, 'D', 1000);
	memset(body + n - 3 + 1001, 'O', 500);
	n += 1500;
	body[n] = body[n - 3 - 500] = 0;
	body[27] = (uint8_t)(n - 29);
	body[28] = (uint8_t)((n - 29) >> 8);
	client_send(&a, SMB_COM_SESSION_SETUP_ANDX, body, n);
	ck_assert_uint_eq(client_wait(&a, &reply), OK);
	ck_assert_uint_gt(strlen(session_get(conn(), 1)->domain), 100);
	ck_assert_uint_le(strlen(session_get(conn(), 1)->domain), 255);
	ck_assert_uint_gt(strlen(conn()->native_os), 10);
	ck_assert_uint_le(strlen(conn()->native_os), 255);
}
END_TEST

/* Trying a shared lock over one's own exclusive one, and taking it back. */
START_TEST(a_lock_taken_back_is_the_one_that_was_tried)
{
	struct lock_range mine = { .offset = 5, .length = 1, .pid = 1, .exclusive = true },
			  shared = mine;
	struct handle *h;

	shared.exclusive = false;
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", 2, 0)), OK);
	h = handle_get(conn(), 1);
	ck_assert_uint_eq(file_lock(h->open, &mine, false), STATUS_SUCCESS);
	ck_assert_uint_eq(file_lock(h->open, &shared, false), STATUS_SUCCESS);
	file_lock_undo(h->open, &shared);
	ck_assert_uint_eq(file_lock_count(h->open), 1);
	mine.pid = 2;
	ck_assert_uint_ne(file_lock(h->open, &(struct lock_range){ 5, 1, 2, false, false }, false),
	    STATUS_SUCCESS);
}
END_TEST

START_TEST(who_opens_much_leaves_descriptors_to_others)
{
	s.server->max_files = 2;
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "1", 2, 0)), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "2", 2, 0)), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "3", 2, 0)),
	    TOO_MANY_FILES);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_CLOSE, body, body_words(body, 3, (uint16_t[]){ 1, 0, 0 })), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "1", 1, 0)), OK);
	ck_assert_uint_eq(client_ask(&a, SMB_COM_TREE_DISCONNECT, "\0\0", 3), OK);
	ck_assert_uint_eq(s.server->nfiles, 0);
}
END_TEST

START_TEST(one_connection_renames_one_list_of_names_at_a_time)
{
	const uint8_t *reply;
	unsigned refused = 0;
	uint32_t status;
	size_t n;

	inside_slow_disk(&s);
	inside_put(&s, "x.old", "");
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	n = body_named(body, "*.old", 1, (uint16_t[]){ 6 });
	memcpy(body + n, "\4*.new", 7);
	body[3] = (uint8_t)(body[3] + 7);
	inside_block(&s);
	for (int i = 0; i < 3; i++)
		client_send(&a, SMB_COM_RENAME, body, n + 7);
	inside_settle(&s, 20);
	inside_unblock(&s);
	for (int i = 0; i < 3; i++) {
		status = client_wait(&a, &reply);
		ck_assert(status == OK || status == NO_RESOURCES);
		refused += status == NO_RESOURCES;
	}
	ck_assert_uint_eq(refused, 2);
}
END_TEST

static void
minutes_pass(unsigned n)
{
	conn_tick(conn(), loop_now_ms() + n * 60000u + 1000);
	inside_settle(&s, 20);
}

START_TEST(who_is_idle_without_open_files_goes_after_the_deadtime)
{
	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", 2, 0)), OK);
	minutes_pass(5);
	ck_assert_ptr_nonnull(conn());
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_CLOSE, body, body_words(body, 3, (uint16_t[]){ 1, 0, 0 })), OK);
	minutes_pass(1);
	ck_assert_ptr_nonnull(conn());
	minutes_pass(2);
	ck_assert_ptr_null(conn());
}
END_TEST

/* Of the same tree and process, but another user's. */
START_TEST(flushing_everything_leaves_other_users_files_alone)
{
	uint16_t alice;

	ck_assert_uint_eq(client_log_on(&a, "alice", "secret"), OK);
	ck_assert_uint_eq(client_tree(&a, "rw"), OK);
	alice = a.uid;
	ck_assert_uint_eq(client_log_on(&a, "bob", "secret"), OK);
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", 2, 0)), OK);
	handle_get(conn(), 1)->open->written = true;
	a.uid = alice;
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_FLUSH, body, body_words(body, 1, (uint16_t[]){ 0xFFFF })), OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("limits");
	TCase *tc = tcase_create("limits");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, after_some_wrong_passwords_even_the_right_one_waits);
	tcase_add_test(tc, being_a_guest_in_between_pays_for_nothing);
	tcase_add_test(tc, little_is_under_way_before_log_on);
	tcase_add_test(tc, few_log_ons_are_begun_and_not_ended);
	tcase_add_test(tc, a_share_is_asked_again_when_a_uid_becomes_another_user);
	tcase_add_test(tc, guests_are_no_valid_users_by_being_let_in);
	tcase_add_test(tc, shares_are_found_whatever_the_case_of_any_letter);
	tcase_add_test(tc, a_file_holds_only_so_many_locks);
	tcase_add_test(tc, a_lock_taken_back_is_the_one_that_was_tried);
	tcase_add_test(tc, who_opens_much_leaves_descriptors_to_others);
	tcase_add_test(tc, one_connection_renames_one_list_of_names_at_a_time);
	tcase_add_test(tc, all_files_of_a_connection_hold_only_so_many_locks);
	tcase_add_test(tc, little_is_kept_of_what_clients_say_of_themselves);
	tcase_add_test(tc, who_is_idle_without_open_files_goes_after_the_deadtime);
	tcase_add_test(tc, flushing_everything_leaves_other_users_files_alone);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
