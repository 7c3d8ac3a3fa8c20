/* SPDX-License-Identifier: BSD-2-Clause */

/* The documents of the control socket, and what its orders do. */

#include <check.h>
#include <event2/event.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/loop.h"
#include "inside.h"
#include "server/conn.h"
#include "server/ctl/ctl.h"
#include "server/server.h"
#include "smb/commands.h"

#define STATUS_OK 0u
#define OPEN_IF   3
#define OPEN      1

static struct inside s;
static struct client a, b;
static uint8_t body[2048];
static json_t *document;
static unsigned reloads;
static bool reload_works;

static bool
count_reload(void *arg)
{
	(void)arg;
	reloads++;
	return reload_works;
}

static void
enter(struct client *c, uint8_t host, const char *user)
{
	client_connect(&s, c, host);
	client_negotiate(c);
	ck_assert_uint_eq(
	    client_log_on(c, user, strcmp(user, "guest") == 0 ? "" : "secret"), STATUS_OK);
	ck_assert_uint_eq(client_tree(c, "rw"), STATUS_OK);
}

static void
begin(void)
{
	inside_start(&s, 1, NULL);
	enter(&a, 1, "alice");
	enter(&b, 2, "guest");
	reload_works = true;
}

static void
end(void)
{
	json_decref(document);
	document = NULL;
	client_close(&a);
	client_close(&b);
	inside_stop(&s);
}

/* The answer to a line; good until the next. */
static json_t *
ask(const char *line)
{
	const struct ctl_subject subject = { .server = s.server, .reload = count_reload };
	char *text = ctl_answer(&subject, line);

	json_decref(document);
	document = json_loads(text, 0, NULL);
	ck_assert_msg(document != NULL, "not JSON: %s", text);
	free(text);
	return document;
}

static json_int_t
count(const char *what)
{
	return json_integer_value(json_object_get(json_object_get(ask("status"), "counts"), what));
}

static size_t
rows(const char *command, const char *key)
{
	return json_array_size(json_object_get(ask(command), key));
}

/* A field of the first row. */
static const char *
field(const char *command, const char *key, const char *name)
{
	json_t *row = json_array_get(json_object_get(ask(command), key), 0);

	return json_string_value(json_object_get(row, name));
}

static void
open_file(struct client *c, const char *name)
{
	ck_assert_uint_eq(
	    client_ask(c, SMB_COM_NT_CREATE_ANDX, body, body_create(body, name, OPEN_IF, 0)),
	    STATUS_OK);
}

/* LOCK_BYTE_RANGE of FID 1: ten bytes. */
static void
lock(struct client *c)
{
	const uint16_t words[] = { 1, 10, 0, 5, 0 };

	client_send(c, SMB_COM_LOCK_BYTE_RANGE, body, body_words(body, 5, words));
}

START_TEST(everything_is_counted_and_goes_to_nothing)
{
	ck_assert_int_eq(count("connections"), 2);
	ck_assert_int_eq(count("sessions"), 2);
	ck_assert_int_eq(count("trees"), 2);
	ck_assert_int_eq(count("opens"), 0);
	open_file(&a, "one");
	open_file(&b, "one");
	open_file(&b, "two");
	lock(&a);
	inside_settle(&s, 50);
	ck_assert_int_eq(count("opens"), 3);
	ck_assert_int_eq(count("handles"), 3);
	ck_assert_int_eq(count("nodes"), 2);
	ck_assert_int_eq(count("locks"), 1);
	client_close(&a);
	client_close(&b);
	inside_settle(&s, 50);
	ck_assert_int_eq(count("connections"), 0);
	ck_assert_int_eq(count("sessions"), 0);
	ck_assert_int_eq(count("trees"), 0);
	ck_assert_int_eq(count("nodes"), 0);
	ck_assert_int_eq(count("opens"), 0);
	ck_assert_int_eq(count("locks"), 0);
	ck_assert_int_eq(count("outstanding"), 0);
}
END_TEST

START_TEST(an_open_file_is_shown_with_who_has_it_and_how)
{
	open_file(&a, "one");
	ck_assert_uint_eq(rows("files", "files"), 1);
	ck_assert_str_eq(field("files", "files", "id"), "1/1");
	ck_assert_str_eq(field("files", "files", "path"), "one");
	ck_assert_str_eq(field("files", "files", "share"), "rw");
	ck_assert_str_eq(field("files", "files", "user"), "alice");
	ck_assert_int_eq(field("files", "files", "access")[0], 'r');
	ck_assert_str_eq(field("files", "files", "mode"), "nt");
}
END_TEST

START_TEST(a_lock_is_shown_and_who_waits_for_it)
{
	open_file(&a, "one");
	open_file(&b, "one");
	lock(&a);
	inside_settle(&s, 50);
	/* LOCKING_ANDX of the same bytes, for ever. */
	client_send(&b, SMB_COM_LOCKING_ANDX,
	    "\x08\xff\0\0\0\x01\0\0\0\xff\xff\xff\xff\0\0\x01\0\x0a\0\x01\0\x05\0\0\0\x0a\0\0\0",
	    29);
	inside_settle(&s, 50);
	ck_assert_uint_eq(rows("locks", "locks"), 1);
	ck_assert_str_eq(field("locks", "locks", "kind"), "exclusive");
	ck_assert_str_eq(field("locks", "locks", "offset"), "5");
	ck_assert_str_eq(field("locks", "locks", "length"), "10");
	ck_assert_uint_eq(rows("locks", "waiters"), 1);
	ck_assert_str_eq(field("locks", "waiters", "command"), "LOCKING_ANDX");
	ck_assert_str_eq(field("locks", "waiters", "for"), "lock");
	ck_assert_int_eq(count("waiters"), 1);
}
END_TEST

START_TEST(an_oplock_is_shown_and_who_waits_for_it)
{
	json_t *row;
	size_t n = body_create(body, "one", OPEN_IF, 0);

	body[8] = 0x06; /* a batch oplock is asked for */
	ck_assert_uint_eq(client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, n), STATUS_OK);
	ck_assert_str_eq(field("files", "files", "oplock"), "batch");
	ck_assert_int_eq(count("oplocks"), 1);
	client_send(&b, SMB_COM_NT_CREATE_ANDX, body, n);
	inside_settle(&s, 50);
	row = json_array_get(json_object_get(ask("files"), "files"), 0);
	ck_assert(json_is_true(json_object_get(row, "breaking")));
	ck_assert_int_eq(count("breaks"), 1);
	ck_assert_str_eq(field("locks", "waiters", "command"), "NT_CREATE_ANDX");
	ck_assert_str_eq(field("locks", "waiters", "for"), "open");
	ck_assert_int_eq(
	    json_integer_value(json_object_get(json_object_get(ask("status"), "waiting"), "open")),
	    1);
}
END_TEST

/* NT_TRANSACT_NOTIFY_CHANGE of FID 1. */
static void
ask_for_changes(struct client *c)
{
	memset(body, 0, 64);
	body[0] = 23;
	body[12] = 64; /* MaxParameterCount */
	body[36] = 4;  /* SetupCount */
	body[37] = 4;  /* Function */
	body[39] = 1;  /* file names */
	body[43] = 1;  /* FID */
	client_send(c, SMB_COM_NT_TRANSACT, body, 49);
}

START_TEST(a_watched_directory_is_shown_and_who_waits_for_it)
{
	ck_assert_uint_eq(
	    client_ask(&a, SMB_COM_NT_CREATE_ANDX, body, body_create(body, "", OPEN, 1)),
	    STATUS_OK);
	ask_for_changes(&a);
	inside_settle(&s, 50);
	ck_assert_int_eq(count("notifies"), 1);
	ck_assert_int_eq(count("watches"), 1);
	ck_assert_str_eq(field("locks", "waiters", "for"), "change");
	client_close(&a);
	inside_settle(&s, 50);
	ck_assert_int_eq(count("notifies"), 0);
	ck_assert_int_eq(count("watches"), 0);
}
END_TEST

START_TEST(clients_sessions_and_shares_are_listed)
{
	ck_assert_uint_eq(rows("clients", "clients"), 2);
	ck_assert_uint_eq(rows("sessions", "sessions"), 2);
	ck_assert_str_eq(field("sessions", "sessions", "user"), "alice");
	ck_assert_uint_eq(rows("shares", "shares"), 2);
	ck_assert_str_eq(field("shares", "shares", "path"), s.folder);
}
END_TEST

START_TEST(commands_are_counted)
{
	json_t *all = json_object_get(ask("stats"), "stats"), *row = NULL;
	size_t i;

	json_array_foreach(all, i, row)
	{
		if (json_integer_value(json_object_get(row, "code")) == SMB_COM_TREE_CONNECT_ANDX)
			break;
	}
	ck_assert_uint_lt(i, json_array_size(all));
	ck_assert_int_eq(json_integer_value(json_object_get(row, "requests")), 2);
	ck_assert_int_eq(json_integer_value(json_object_get(row, "errors")), 0);
}
END_TEST

START_TEST(a_client_told_to_go_goes_alone)
{
	open_file(&a, "one");
	ck_assert_ptr_nonnull(json_object_get(ask("kick 1"), "done"));
	inside_settle(&s, 50);
	ck_assert_int_eq(count("connections"), 1);
	ck_assert_int_eq(count("opens"), 0);
	ck_assert_ptr_nonnull(json_object_get(ask("kick 1"), "error"));
	open_file(&b, "one");
}
END_TEST

START_TEST(a_file_told_to_close_closes_alone)
{
	open_file(&a, "one");
	open_file(&a, "two");
	ck_assert_ptr_nonnull(json_object_get(ask("close 1/1"), "done"));
	ck_assert_int_eq(count("opens"), 1);
	ck_assert_str_eq(field("files", "files", "path"), "two");
	ck_assert_ptr_nonnull(json_object_get(ask("close 1/1"), "error"));
}
END_TEST

START_TEST(a_reload_says_whether_it_worked)
{
	reloads = 0;
	ck_assert_ptr_nonnull(json_object_get(ask("reload"), "done"));
	reload_works = false;
	ck_assert_ptr_nonnull(json_object_get(ask("reload"), "error"));
	ck_assert_uint_eq(reloads, 2);
}
END_TEST

START_TEST(what_is_no_command_is_an_error)
{
	static const char *const lines[] = { "", "stat", "statuss", "status 1 2", "kick", "kick x",
		"kick 1x", "kick -1", "kick 4294967296", "close 1", "close 1/", "close 1/70000",
		"close 9/1", "kick                                             1 1" };
	size_t i;

	for (i = 0; i < sizeof lines / sizeof lines[0]; i++)
		ck_assert_msg(json_object_get(ask(lines[i]), "error") != NULL, "\"%s\"", lines[i]);
	ck_assert_int_eq(count("connections"), 2);
}
END_TEST

START_TEST(a_long_list_ends_and_says_so)
{
	char name[16];
	json_t *files;
	unsigned i;

	for (i = 0; i < 4010; i++) {
		snprintf(name, sizeof name, "f%u", i % 3);
		open_file(&a, name);
	}
	files = ask("files");
	ck_assert_uint_eq(json_array_size(json_object_get(files, "files")), 4000);
	ck_assert_int_eq(json_integer_value(json_object_get(files, "left_off")), 10);
	ck_assert_int_eq(count("opens"), 4010);
}
END_TEST

/* --- the socket --- */

static char path[100];
static struct ctl *ctl;

static void
listen_there(void)
{
	const struct ctl_subject subject = { .server = s.server };
	char err[256];

	snprintf(path, sizeof path, "%s/control", s.folder);
	ctl = ctl_open(path, geteuid(), getegid(), err, sizeof err);
	ck_assert_msg(ctl != NULL, "%s", err);
	ck_assert(ctl_start(ctl, s.loop, &subject));
}

static int
call(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* All that comes until the end of the connection. */
static size_t
hear(int fd, char *text, size_t size)
{
	size_t used = 0;
	ssize_t n;
	int turns;

	for (turns = 0; turns < 2000; turns++) {
		loop_turn(s.loop, 1);
		n = recv(fd, text + used, size - 1 - used, MSG_DONTWAIT);
		if (n == 0)
			break;
		used += n > 0 ? (size_t)n : 0;
	}
	ck_assert_int_lt(turns, 2000);
	close(fd);
	text[used] = '\0';
	return used;
}

START_TEST(a_line_in_pieces_is_answered_once)
{
	char text[4096];
	int fd;

	listen_there();
	fd = call();
	ck_assert_int_eq(send(fd, "sta", 3, 0), 3);
	loop_turn(s.loop, 1);
	ck_assert_int_eq(send(fd, "tus\nstatus\n", 11, 0), 11);
	hear(fd, text, sizeof text);
	ck_assert_int_eq(strncmp(text, "{\"version\"", 10), 0);
	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	ctl_free(&ctl);
}
END_TEST

START_TEST(an_endless_line_is_not_waited_for)
{
	char text[4096], junk[1000];
	int fd;

	listen_there();
	memset(junk, 'x', sizeof junk);
	fd = call();
	ck_assert_int_eq(send(fd, junk, sizeof junk, 0), sizeof junk);
	ck_assert_uint_eq(hear(fd, text, sizeof text), 0);
	ctl_free(&ctl);
}
END_TEST

START_TEST(only_so_many_are_heard_at_once)
{
	int fds[8], i;
	char text[4096];

	listen_there();
	for (i = 0; i < 8; i++) {
		fds[i] = call();
		loop_turn(s.loop, 1);
	}
	ck_assert_uint_eq(hear(call(), text, sizeof text), 0);
	close(fds[0]);
	loop_turn(s.loop, 1);
	fds[0] = call();
	ck_assert_int_eq(send(fds[0], "status\n", 7, 0), 7);
	ck_assert_uint_gt(hear(fds[0], text, sizeof text), 0);
	for (i = 1; i < 8; i++)
		close(fds[i]);
	ctl_free(&ctl);
}
END_TEST

START_TEST(the_socket_is_its_owners_and_one_daemons)
{
	struct stat st;
	char err[256];

	listen_there();
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_ptr_null(ctl_open(path, geteuid(), getegid(), err, sizeof err));
	ck_assert_ptr_nonnull(strstr(err, "another daemon"));
	ck_assert_int_eq(stat(path, &st), 0);
	ctl_free(&ctl);
	ck_assert_int_ne(stat(path, &st), 0);
}
END_TEST

START_TEST(what_a_dead_daemon_left_is_replaced)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof at.sun_path, "%s/control", s.folder);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	close(fd);
	listen_there();
	ctl_free(&ctl);
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("server/ctl");
	TCase *tc = tcase_create("ctl");

	tcase_add_checked_fixture(tc, begin, end);
	tcase_add_test(tc, everything_is_counted_and_goes_to_nothing);
	tcase_add_test(tc, an_open_file_is_shown_with_who_has_it_and_how);
	tcase_add_test(tc, a_lock_is_shown_and_who_waits_for_it);
	tcase_add_test(tc, an_oplock_is_shown_and_who_waits_for_it);
	tcase_add_test(tc, a_watched_directory_is_shown_and_who_waits_for_it);
	tcase_add_test(tc, clients_sessions_and_shares_are_listed);
	tcase_add_test(tc, commands_are_counted);
	tcase_add_test(tc, a_client_told_to_go_goes_alone);
	tcase_add_test(tc, a_file_told_to_close_closes_alone);
	tcase_add_test(tc, a_reload_says_whether_it_worked);
	tcase_add_test(tc, what_is_no_command_is_an_error);
	tcase_add_test(tc, a_long_list_ends_and_says_so);
	tcase_add_test(tc, a_line_in_pieces_is_answered_once);
	tcase_add_test(tc, an_endless_line_is_not_waited_for);
	tcase_add_test(tc, only_so_many_are_heard_at_once);
	tcase_add_test(tc, the_socket_is_its_owners_and_one_daemons);
	tcase_add_test(tc, what_a_dead_daemon_left_is_replaced);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	signal(SIGPIPE, SIG_IGN);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
