/* SPDX-License-Identifier: BSD-2-Clause */

/* The messenger's commands, over connections that neither negotiate nor log on. */
#include <check.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client.h"
#include "server.h"
#include "smb/commands.h"
#include "wire/status.h"

static struct server server;
static struct client *c;
static char socket_path[64];
static int taker = -1;

static void
begin(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };

	memcpy(at.sun_path, socket_path, strlen(socket_path) + 1);
	unlink(socket_path);
	taker = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(taker, (struct sockaddr *)&at, sizeof(at)), 0);
	c = client_connect(server.port);
	c->flags2 = 0;
}

static void
end(void)
{
	client_close(&c);
	close(taker);
	unlink(socket_path);
}

static void
put_string(struct writer *w, const char *text)
{
	wr_u8(w, 4);
	wr_string_oem(w, text);
}

static void
put_data(struct writer *w, const char *text)
{
	wr_u8(w, 1);
	wr_u16(w, (uint16_t)strlen(text));
	wr_bytes(w, text, strlen(text));
}

static struct writer *
whole(uint8_t command, const char *text)
{
	struct writer *w = client_begin(c, command);

	wr_block_bytes(w);
	put_string(w, "WFW");
	put_string(w, "OPERATOR");
	put_data(w, text);
	return w;
}

static nt_status
start(uint16_t *group)
{
	struct writer *w = client_begin(c, SMB_COM_SEND_START_MB_MESSAGE);
	struct reply r;
	nt_status status;

	wr_block_bytes(w);
	put_string(w, "WFW");
	put_string(w, "OPERATOR");
	status = client_call(c, &r);
	*group = rd_u16(&r.words);
	return status;
}

static nt_status
add(uint16_t group, const char *text)
{
	struct writer *w = client_begin(c, SMB_COM_SEND_TEXT_MB_MESSAGE);
	struct reply r;

	wr_u16(w, group);
	wr_block_bytes(w);
	put_data(w, text);
	return client_call(c, &r);
}

static nt_status
finish(uint16_t group)
{
	struct writer *w = client_begin(c, SMB_COM_SEND_END_MB_MESSAGE);
	struct reply r;

	wr_u16(w, group);
	return client_call(c, &r);
}

/* What whoever takes the messages was given, "" when nothing came. */
static const char *
taken(const char *member)
{
	static char text[4096];
	struct pollfd p = { .fd = taker, .events = POLLIN };
	static json_t *last;
	ssize_t n;

	if (strcmp(member, "text") == 0) {
		json_decref(last);
		last = NULL;
		n = poll(&p, 1, 2000) == 1 ? recv(taker, text, sizeof(text), 0) : 0;
		last = json_loadb(text, n > 0 ? (size_t)n : 0, 0, NULL);
	}
	return last == NULL ? "" : json_string_value(json_object_get(last, member));
}

static bool
nothing_taken(void)
{
	struct pollfd p = { .fd = taker, .events = POLLIN };

	return poll(&p, 1, 0) == 0;
}

START_TEST(a_message_of_one_block_is_handed_on)
{
	struct reply r;

	whole(SMB_COM_SEND_MESSAGE, "Paper\x14please\r\n\x81");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_str_eq(taken("text"), "Paper\nplease\nü");
	ck_assert_str_eq(taken("from"), "WFW");
	ck_assert_str_eq(taken("to"), "OPERATOR");
	ck_assert_str_eq(taken("address"), "127.0.0.1");
}
END_TEST

START_TEST(a_message_to_all_is_not_answered)
{
	struct reply r;

	whole(SMB_COM_SEND_BROADCAST, "Fire");
	client_send(c);
	ck_assert_str_eq(taken("text"), "Fire");
	whole(SMB_COM_SEND_MESSAGE, "Out");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.h.command, SMB_COM_SEND_MESSAGE);
}
END_TEST

START_TEST(blocks_make_one_message)
{
	uint16_t group;

	ck_assert_uint_eq(start(&group), STATUS_SUCCESS);
	ck_assert_uint_eq(add(group, "one "), STATUS_SUCCESS);
	ck_assert_uint_eq(add(group, "two"), STATUS_SUCCESS);
	ck_assert(nothing_taken());
	ck_assert_uint_eq(finish(group), STATUS_SUCCESS);
	ck_assert_str_eq(taken("text"), "one two");
	ck_assert_uint_ne(finish(group), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_connection_has_one_message_under_way)
{
	uint16_t group, another;

	ck_assert_uint_eq(start(&group), STATUS_SUCCESS);
	ck_assert_uint_ne(start(&another), STATUS_SUCCESS);
	ck_assert_uint_ne(add((uint16_t)(group + 1), "x"), STATUS_SUCCESS);
	ck_assert_uint_ne(finish((uint16_t)(group + 1)), STATUS_SUCCESS);
	ck_assert_uint_eq(finish(group), STATUS_SUCCESS);
	ck_assert_str_eq(taken("text"), "");
}
END_TEST

START_TEST(too_long_a_message_is_dropped)
{
	char block[129] = "";
	uint16_t group;
	nt_status status = STATUS_SUCCESS;
	int n;

	memset(block, 'x', 128);
	ck_assert_uint_eq(start(&group), STATUS_SUCCESS);
	for (n = 0; n < 100 && status == STATUS_SUCCESS; n++)
		status = add(group, block);
	ck_assert_int_eq(n, 13);
	ck_assert_uint_ne(finish(group), STATUS_SUCCESS);
	ck_assert(nothing_taken());
}
END_TEST

START_TEST(blocks_need_a_beginning)
{
	ck_assert_uint_ne(add(1, "x"), STATUS_SUCCESS);
	ck_assert_uint_ne(finish(1), STATUS_SUCCESS);
	ck_assert(nothing_taken());
}
END_TEST

START_TEST(the_machine_tells_its_name)
{
	struct writer *w = client_begin(c, SMB_COM_GET_MACHINE_NAME);
	struct reply r;

	wr_block_bytes(w);
	put_string(w, "OPERATOR");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u8(&r.bytes), 4);
	ck_assert_str_eq(rd_string_oem(&r.bytes), "WIRE");
}
END_TEST

START_TEST(names_are_not_forwarded)
{
	struct writer *w = client_begin(c, (uint8_t)_i);
	struct reply r;

	wr_block_bytes(w);
	put_string(w, "OPERATOR");
	ck_assert_uint_ne(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(what_has_another_form_is_refused)
{
	struct writer *w;
	struct reply r;

	w = client_begin(c, SMB_COM_SEND_MESSAGE);
	wr_block_bytes(w);
	put_string(w, "WFW");
	put_string(w, "OPERATOR");
	wr_u8(w, 1);
	wr_u16(w, 100);
	wr_bytes(w, "short", 5);
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_SMB);
	w = client_begin(c, SMB_COM_SEND_MESSAGE);
	wr_block_bytes(w);
	wr_string_oem(w, "WFW");
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_SMB);
	ck_assert(nothing_taken());
}
END_TEST

static Suite *
message_suite(void)
{
	Suite *s = suite_create("messages");
	TCase *t = tcase_create("messages");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_message_of_one_block_is_handed_on);
	tcase_add_test(t, a_message_to_all_is_not_answered);
	tcase_add_test(t, blocks_make_one_message);
	tcase_add_test(t, a_connection_has_one_message_under_way);
	tcase_add_test(t, too_long_a_message_is_dropped);
	tcase_add_test(t, blocks_need_a_beginning);
	tcase_add_test(t, the_machine_tells_its_name);
	tcase_add_loop_test(
	    t, names_are_not_forwarded, SMB_COM_FORWARD_USER_NAME, SMB_COM_CANCEL_FORWARD + 1);
	tcase_add_test(t, what_has_another_form_is_refused);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(message_suite());
	char dir[] = "/tmp/smb1d-messages.XXXXXX", key[128];
	int failed;

	if (mkdtemp(dir) == NULL)
		return 99;
	snprintf(socket_path, sizeof(socket_path), "%s/taker", dir);
	snprintf(key, sizeof(key), "\tmessage socket = %s\n", socket_path);
	server_start(&server, key);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	failed += server_stop(&server);
	rmdir(dir);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
