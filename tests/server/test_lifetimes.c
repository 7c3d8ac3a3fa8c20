/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What goes while somebody still works on it: sessions, trees, files and connections under jobs
 * that wait for a thread; and many clients at once who do all of it at random.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "file/node.h"
#include "inside.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "smb/commands.h"

#define STATUS_OK    0u
#define USE_STANDARD 0x00FB0002u
#define OPEN         1
#define CREATE_NEW   2
#define OVERWRITE_IF 5

static struct inside s;
static struct client a, b;
static uint8_t body[2048];

static void
enter(struct client *c, uint8_t host)
{
	client_connect(&s, c, host);
	client_negotiate(c);
	ck_assert_uint_eq(client_log_on(c, "guest", ""), STATUS_OK);
	ck_assert_uint_eq(client_tree(c, "rw"), STATUS_OK);
}

static void
start_with_slow_disk(void)
{
	inside_start(&s, 1, NULL);
	inside_slow_disk(&s);
	enter(&a, 1);
}

static void
end(void)
{
	client_close(&a);
	client_close(&b);
	inside_stop(&s);
}

static void
send_simple(struct client *c, uint8_t command)
{
	static const uint8_t andx[] = { 2, 0xFF, 0, 0, 0, 0, 0 };

	if (command == SMB_COM_LOGOFF_ANDX)
		client_send(c, command, andx, sizeof andx);
	else
		client_send(c, command, "\0\0", 3);
}

/* Replies of what is under way, in any order; how many. */
static unsigned
replies(struct client *c)
{
	const uint8_t *reply;
	unsigned n = 0;

	inside_settle(&s, 50);
	while (client_reply(c, &reply) > 0)
		n++;
	return n;
}

START_TEST(a_request_in_a_job_outlives_its_session_and_the_next_one_to_go)
{
	uint16_t first;
	const struct request *req;

	start_with_slow_disk();
	first = a.uid;
	inside_block(&s);
	client_send(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "new", CREATE_NEW, 0));
	inside_settle(&s, 20);
	ck_assert_uint_eq(client_ask(&a, SMB_COM_LOGOFF_ANDX, "\2\xff\0\0\0\0", 7), STATUS_OK);
	ck_assert_uint_eq(client_log_on(&a, "guest", ""), STATUS_OK);
	ck_assert_uint_ne(a.uid, first);
	req = TAILQ_FIRST(&TAILQ_FIRST(&s.server->conns)->requests);
	ck_assert(req->in_job);
	ck_assert_ptr_null(req->session);
	send_simple(&a, SMB_COM_LOGOFF_ANDX);
	inside_settle(&s, 20);
	inside_unblock(&s);
	ck_assert_uint_eq(replies(&a), 2);
	ck_assert_uint_eq(file_table_nodes(s.server->files), 0);
	end();
}
END_TEST

START_TEST(a_file_whose_tree_goes_while_it_is_emptied_is_closed_once)
{
	start_with_slow_disk();
	inside_put(&s, "full", "text");
	inside_block(&s);
	client_send(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "full", OVERWRITE_IF, 0));
	inside_settle(&s, 20);
	/* Where the open itself needed a job, the one that empties comes behind another plug. */
	if (file_table_nodes(s.server->files) == 0)
		inside_block_again(&s);
	inside_settle(&s, 20);
	ck_assert_uint_eq(file_table_nodes(s.server->files), 1);
	send_simple(&a, SMB_COM_TREE_DISCONNECT);
	inside_settle(&s, 20);
	inside_unblock(&s);
	ck_assert_uint_eq(replies(&a), 2);
	ck_assert_uint_eq(file_table_nodes(s.server->files), 0);
	end();
}
END_TEST

START_TEST(a_file_that_is_being_deleted_is_opened_by_nobody)
{
	const uint8_t *reply;

	start_with_slow_disk();
	enter(&b, 2);
	inside_put(&s, "victim", "text");
	inside_block(&s);
	client_send(&a, SMB_COM_DELETE, body, body_named(body, "victim", 1, (uint16_t[]){ 0x16 }));
	inside_settle(&s, 20);
	client_send(&b, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "victim", OPEN, 0));
	inside_settle(&s, 20);
	inside_unblock(&s);
	ck_assert_uint_eq(client_wait(&a, &reply), STATUS_OK);
	ck_assert_uint_ne(client_wait(&b, &reply), STATUS_OK);
	inside_settle(&s, 20);
	ck_assert_uint_eq(file_table_nodes(s.server->files), 0);
	end();
}
END_TEST

START_TEST(a_connection_that_breaks_under_a_job_leaves_nothing_open)
{
	start_with_slow_disk();
	inside_block(&s);
	client_send(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "x", CREATE_NEW, 0x1000));
	inside_settle(&s, 20);
	client_close(&a);
	inside_settle(&s, 20);
	ck_assert(!server_idle(s.server));
	inside_unblock(&s);
	inside_settle(&s, 50);
	ck_assert(server_idle(s.server));
	ck_assert_uint_eq(file_table_nodes(s.server->files), 0);
	end();
}
END_TEST

START_TEST(a_long_rename_lets_others_have_their_turn)
{
	const uint8_t *reply;
	char name[32];
	size_t n;

	inside_start(&s, 0, NULL);
	enter(&a, 1);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "f%02d.old", i);
		inside_put(&s, name, "");
	}
	n = body_named(body, "*.old", 1, (uint16_t[]){ 6 });
	memcpy(body + n, "\4*.new", 7);
	body[3] = (uint8_t)(body[3] + 7);
	client_send(&a, SMB_COM_RENAME, body, n + 7);
	inside_turn(&s);
	ck_assert_uint_eq(client_reply(&a, &reply), 0);
	ck_assert_uint_eq(client_wait(&a, &reply), STATUS_OK);
	end();
}
END_TEST

/* Behind a plug, as if it took its time: on the reactor it would have kept the other client
 * waiting. */
START_TEST(much_space_is_reserved_by_a_thread)
{
	const uint8_t *reply;
	size_t n;

	inside_start(&s, 1, NULL);
	enter(&a, 1);
	enter(&b, 2);
	inside_block(&s);
	n = body_create(body, "big", CREATE_NEW, 0);
	body[23] = 1; /* AllocationSize: 16 MiB and more */
	body[20] = 1;
	client_send(&a, SMB_COM_NT_CREATE_ANDX, body, n);
	ck_assert_uint_eq(client_ask(&b, SMB_COM_ECHO, "\1\1\0\0", 5), STATUS_OK);
	inside_settle(&s, 20);
	ck_assert_uint_eq(client_reply(&a, &reply), 0);
	inside_unblock(&s);
	ck_assert_uint_eq(client_wait(&a, &reply), STATUS_OK);
	end();
}
END_TEST

static size_t
body_copy(const char *from, const char *to)
{
	static const uint16_t words[] = { 0x16, 0x105, 0, 0 };
	size_t n = body_named(body, from, 4, words);

	body[n] = 4;
	memcpy(body + n + 1, to, strlen(to) + 1);
	n += strlen(to) + 2;
	body[9] = (uint8_t)(n - 11);
	return n;
}

static void
put_large(const char *name)
{
	char path[128];

	inside_put(&s, name, "");
	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	ck_assert_int_eq(truncate(path, 17 << 20), 0);
}

START_TEST(a_long_copy_goes_in_pieces_between_which_others_have_the_thread)
{
	uint64_t before;

	inside_start(&s, 1, NULL);
	enter(&a, 1);
	put_large("from");
	before = worker_count(s.worker).queued;
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_RENAME, body, body_copy("from", "to")), STATUS_OK);
	ck_assert_uint_ge(worker_count(s.worker).queued - before, 3);
	end();
}
END_TEST

START_TEST(half_a_copy_goes_with_its_connection)
{
	char path[128];

	inside_start(&s, 1, NULL);
	enter(&a, 1);
	put_large("from");
	inside_block(&s);
	client_send(&a, SMB_COM_NT_RENAME, body, body_copy("from", "to"));
	inside_settle(&s, 20);
	client_close(&a);
	inside_settle(&s, 20);
	inside_unblock(&s);
	inside_settle(&s, 200);
	ck_assert(server_idle(s.server));
	snprintf(path, sizeof path, "%s/to", s.folder);
	ck_assert_int_ne(access(path, F_OK), 0);
	end();
}
END_TEST

static size_t
body_locks(uint16_t fid, uint32_t timeout, unsigned n, const uint8_t *offsets)
{
	uint8_t *p = body;

	memset(body, 0, 256);
	*p++ = 8;
	*p++ = 0xFF;
	p += 3;
	*p = (uint8_t)fid;
	p += 4;
	memset(p, timeout == UINT32_MAX ? 0xFF : 0, 4);
	p += 6;
	*p = (uint8_t)n;
	p += 2;
	*p = (uint8_t)(10 * n);
	p += 2;
	for (unsigned i = 0; i < n; i++, p += 10) {
		p[0] = 1;
		p[2] = offsets[i];
		p[6] = 1;
	}
	return (size_t)(p - body);
}

/* Each takes its first byte and waits for the one that neither gets. */
/* SMB_COM_WRITE_RAW: two bytes at once, two to follow. */
static void
ask_to_write_raw(uint16_t fid, uint16_t offset, const char *two)
{
	const uint16_t words[] = { fid, 4, 0, offset, 0, 0, 0, 1, 0, 0, 2, MESSAGE_HEADER + 27 };
	size_t n = body_words(body, 12, words);

	body[n - 2] = 2;
	memcpy(body + n, two, 2);
	client_send(&a, SMB_COM_WRITE_RAW, body, n + 2);
}

static void
expect_raw(uint8_t command, uint16_t mid, uint32_t status)
{
	const uint8_t *reply;

	ck_assert_uint_eq(client_wait(&a, &reply), status);
	ck_assert_uint_eq(reply[4], command);
	ck_assert_uint_eq(reply[30], mid);
}

START_TEST(a_raw_write_while_another_is_under_way_is_refused)
{
	const uint8_t *reply;
	uint16_t fid, first;

	start_with_slow_disk();
	client_send(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "f", CREATE_NEW, 0));
	ck_assert_uint_eq(client_wait(&a, &reply), STATUS_OK);
	fid = (uint16_t)(reply[38] | reply[39] << 8);
	inside_block(&s);
	ask_to_write_raw(fid, 0, "ab");
	first = a.mid;
	ask_to_write_raw(fid, 4, "yz");
	inside_settle(&s, 20);
	inside_unblock(&s);
	expect_raw(SMB_COM_WRITE_COMPLETE, a.mid, USE_STANDARD);
	expect_raw(SMB_COM_WRITE_RAW, first, STATUS_OK);
	ck_assert_int_eq(send(a.fd, "\0\0\0\2cd", 6, 0), 6);
	expect_raw(SMB_COM_WRITE_COMPLETE, first, STATUS_OK);
	ask_to_write_raw(fid, 4, "yz");
	expect_raw(SMB_COM_WRITE_RAW, a.mid, STATUS_OK);
	ck_assert_int_eq(send(a.fd, "\0\0\0\2YZ", 6, 0), 6);
	expect_raw(SMB_COM_WRITE_COMPLETE, a.mid, STATUS_OK);
	ck_assert_ptr_null(TAILQ_FIRST(&TAILQ_FIRST(&s.server->conns)->requests));
	end();
}
END_TEST

START_TEST(those_who_wait_for_the_same_lock_do_not_wake_each_other_forever)
{
	struct client *both[] = { &a, &b };
	struct client holder;
	bool quiet = false;

	inside_start(&s, 1, NULL);
	enter(&a, 1);
	enter(&b, 2);
	enter(&holder, 3);
	for (size_t i = 0; i < 2; i++)
		ck_assert_uint_eq(
		    client_ask(both[i], SMB_COM_NT_CREATE_ANDX, body, body_create(body, "l", 3, 0)),
		    STATUS_OK);
	ck_assert_uint_eq(
	    client_ask(&holder, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "l", 3, 0)),
	    STATUS_OK);
	ck_assert_uint_eq(
	    client_ask(&holder, SMB_COM_LOCKING_ANDX, body, body_locks(1, 0, 1, (uint8_t[]){ 9 })),
	    STATUS_OK);
	client_send(
	    &a, SMB_COM_LOCKING_ANDX, body, body_locks(1, UINT32_MAX, 2, (uint8_t[]){ 1, 9 }));
	client_send(
	    &b, SMB_COM_LOCKING_ANDX, body, body_locks(1, UINT32_MAX, 2, (uint8_t[]){ 2, 9 }));
	for (int i = 0; i < 20 && !quiet; i++) {
		inside_settle(&s, 5);
		quiet = TAILQ_EMPTY(&s.loop->ready);
	}
	ck_assert(quiet);
	client_close(&holder);
	inside_settle(&s, 50);
	end();
}
END_TEST

/* ---- all of it, at random ---- */

#define CLIENTS 16
#define STEPS   6000

static uint64_t dice_state = 88172645463325252u;

static unsigned
dice(unsigned sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned)(dice_state >> 33) % sides;
}

static const char *
some_name(void)
{
	static const char *const names[] = { "one", "Two", "three.txt", "d", "d\\four", "d\\e", "",
		"*" };

	return names[dice(8)];
}

static size_t
some_io(uint8_t command)
{
	uint16_t words[14] = { 0xFF, 0, (uint16_t)(1 + dice(8)), (uint16_t)dice(100) };
	size_t n;

	if (command == SMB_COM_READ_ANDX) {
		words[5] = 4000;
		return body_words(body, 10, words);
	}
	words[10] = 600;
	words[11] = 32 + 27;
	n = body_words(body, 12, words);
	memset(body + n, 'w', 600);
	return n + 600;
}

static size_t
some_find(void)
{
	static const uint8_t first[] = { 15, 18, 0, 0, 0, 10, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 18, 0, 68, 0, 0, 0, 68, 0, 1, 0, 1, 0, 21, 0, 0, 0, 0, 0x16, 0, 2, 0, 0, 0, 4, 1,
		0, 0, 0, 0, '\\', '*', 0, 0, 0, 0 };
	static const uint8_t next[] = { 15, 13, 0, 0, 0, 8, 0, 0, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
		13, 0, 68, 0, 0, 0, 68, 0, 1, 0, 2, 0, 16, 0, 0, 0, 0, 1, 0, 2, 0, 4, 1, 0, 0, 0, 0,
		8, 0, 0, 0 };

	if (dice(2) == 0) {
		memcpy(body, first, sizeof first);
		return sizeof first;
	}
	memcpy(body, next, sizeof next);
	return sizeof next;
}

static void
some_request(struct client *c)
{
	const uint16_t fid = (uint16_t)(1 + dice(8));

	switch (dice(16)) {
	case 0:
	case 1:
	case 2:
		client_send(c, SMB_COM_NT_CREATE_ANDX, body,
		    body_create(
			body, some_name(), dice(6), (dice(4) == 0 ? 0x1000 : 0) | (dice(6) == 0)));
		return;
	case 3:
	case 4:
		client_send(c, SMB_COM_READ_ANDX, body, some_io(SMB_COM_READ_ANDX));
		return;
	case 5:
	case 6:
		client_send(c, SMB_COM_WRITE_ANDX, body, some_io(SMB_COM_WRITE_ANDX));
		return;
	case 7:
	case 8:
		client_send(c, SMB_COM_CLOSE, body, body_words(body, 3, (uint16_t[]){ fid, 5, 5 }));
		return;
	case 9:
		client_send(c, SMB_COM_FLUSH, body,
		    body_words(body, 1, (uint16_t[]){ dice(2) ? fid : 0xFFFF }));
		return;
	case 10:
		client_send(c, SMB_COM_DELETE, body,
		    body_named(body, some_name(), 1, (uint16_t[]){ 0x16 }));
		return;
	case 11:
	case 12:
		client_send(c, SMB_COM_TRANSACTION2, body, some_find());
		return;
	case 13:
		client_send(c, SMB_COM_LOCKING_ANDX, body,
		    body_locks(fid, dice(2) ? UINT32_MAX : 0, 2,
			(uint8_t[]){ (uint8_t)dice(4), (uint8_t)dice(4) }));
		return;
	case 14:
		send_simple(c, SMB_COM_NT_CANCEL);
		return;
	default:
		send_simple(c, SMB_COM_CREATE_DIRECTORY);
		client_send(c, SMB_COM_CREATE_DIRECTORY, body,
		    body_named(body, (char[]){ 'd', (char)('a' + dice(26)), '\0' }, 0, NULL));
	}
}

static void
blind_log_on(struct client *c)
{
	client_send(c, SMB_COM_SESSION_SETUP_ANDX, body, body_log_on(body, c, "guest", ""));
	client_send(c, SMB_COM_TREE_CONNECT_ANDX, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0rw\0?????", 21);
}

/* Ids are handed out in turn, so the next ones are known. */
static void
some_change(struct client *c)
{
	switch (dice(6)) {
	case 0:
		send_simple(c, SMB_COM_LOGOFF_ANDX);
		c->uid++;
		blind_log_on(c);
		c->tid++;
		return;
	case 1:
		send_simple(c, SMB_COM_TREE_DISCONNECT);
		client_send(
		    c, SMB_COM_TREE_CONNECT_ANDX, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0rw\0?????", 21);
		c->tid++;
		return;
	case 2:
		send_simple(c, SMB_COM_PROCESS_EXIT);
		return;
	case 3:
		c->pid = 1 + dice(2);
		return;
	case 4:
		(void)!send(c->fd, "\0\0\1\0\xffSMB", 8, MSG_DONTWAIT | MSG_NOSIGNAL);
		/* fallthrough */
	default:
		client_close(c);
	}
}

static void
revive(struct client *c, uint8_t host)
{
	client_connect(&s, c, host);
	client_send(c, SMB_COM_NEGOTIATE, "\0\x0c\0\2NT LM 0.12", 15);
	c->uid = c->tid = 1;
	blind_log_on(c);
}

static unsigned done[256];

static void
drain(struct client *c)
{
	const uint8_t *reply;

	/* Some never read. */
	while (c->pid == 1 && client_reply(c, &reply) > 0)
		done[reply[4]] += memcmp(reply + 5, "\0\0\0", 4) == 0;
}

/* A command that nobody was told has succeeded, or -1. */
static int
undone(void)
{
	static const uint8_t commands[] = { SMB_COM_NT_CREATE_ANDX, SMB_COM_READ_ANDX,
		SMB_COM_WRITE_ANDX, SMB_COM_CLOSE, SMB_COM_FLUSH, SMB_COM_DELETE,
		SMB_COM_TRANSACTION2, SMB_COM_LOCKING_ANDX, SMB_COM_LOGOFF_ANDX,
		SMB_COM_TREE_DISCONNECT, SMB_COM_PROCESS_EXIT, SMB_COM_CREATE_DIRECTORY };

	for (size_t i = 0; i < sizeof commands; i++)
		if (done[commands[i]] == 0)
			return commands[i];
	return -1;
}

/* On a busy machine the threads lag behind: then it goes on for longer. */
static void
mingle(unsigned threads)
{
	static struct client crowd[CLIENTS];

	inside_start(&s, threads, NULL);
	for (int i = 0; i < CLIENTS; i++)
		crowd[i].fd = -1;
	for (int step = 0; step < STEPS || (step < 50 * STEPS && undone() >= 0); step++) {
		struct client *c = &crowd[dice(CLIENTS)];

		if (step % 500 == 0)
			inside_slow_disk(&s);
		if (c->fd < 0)
			revive(c, (uint8_t)(1 + dice(200)));
		for (unsigned n = dice(6); n > 0; n--)
			some_request(c);
		if (dice(8) == 0)
			some_change(c);
		if (c->fd >= 0 && dice(3) == 0)
			drain(c);
		if (dice(3) == 0)
			loop_turn(s.loop, 0);
	}
	for (int i = 0; i < CLIENTS; i++)
		if (i % 2 == 0)
			client_close(&crowd[i]);
	ck_assert_msg(undone() < 0, "no 0x%02X did what it is here for", (unsigned)undone());
	inside_stop(&s);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&crowd[i]);
}

START_TEST(many_who_come_and_go_with_threads)
{
	mingle(4);
}
END_TEST

START_TEST(many_who_come_and_go_without_threads)
{
	mingle(0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("lifetimes");
	TCase *one = tcase_create("one"), *many = tcase_create("many");
	SRunner *runner;
	int failed;

	a.fd = b.fd = -1;
	tcase_add_test(one, a_request_in_a_job_outlives_its_session_and_the_next_one_to_go);
	tcase_add_test(one, a_file_whose_tree_goes_while_it_is_emptied_is_closed_once);
	tcase_add_test(one, a_file_that_is_being_deleted_is_opened_by_nobody);
	tcase_add_test(one, a_connection_that_breaks_under_a_job_leaves_nothing_open);
	tcase_add_test(one, a_long_rename_lets_others_have_their_turn);
	tcase_add_test(one, a_long_copy_goes_in_pieces_between_which_others_have_the_thread);
	tcase_add_test(one, half_a_copy_goes_with_its_connection);
	tcase_add_test(one, much_space_is_reserved_by_a_thread);
	tcase_add_test(one, a_raw_write_while_another_is_under_way_is_refused);
	tcase_add_test(one, those_who_wait_for_the_same_lock_do_not_wake_each_other_forever);
	tcase_add_test(many, many_who_come_and_go_with_threads);
	tcase_add_test(many, many_who_come_and_go_without_threads);
	tcase_set_timeout(many, 120);
	suite_add_tcase(suite, one);
	suite_add_tcase(suite, many);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
