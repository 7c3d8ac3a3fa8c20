/* SPDX-License-Identifier: BSD-2-Clause */

/* NEGOTIATE, SESSION_SETUP_ANDX, LOGOFF_ANDX and the UIDs they make and end. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "ntlmssp.h"
#include "server.h"
#include "wire/status.h"

#define CAP_EXTENDED_SECURITY 0x80000000u

static struct server server;

static nt_status
negotiate(struct client *c, const char *first, const char *second, const char *third)
{
	const char *const dialects[] = { first, second, third, NULL };
	struct reply r;

	return client_try_negotiate(c, dialects, &r);
}

START_TEST(best_dialect_wins_whatever_the_order)
{
	struct client *c = client_connect(server.port);

	ck_assert_uint_eq(
	    negotiate(c, "NT LM 0.12", "LANMAN1.0", "PC NETWORK PROGRAM 1.0"), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, 0);
	client_close(&c);
	c = client_connect(server.port);
	ck_assert_uint_eq(negotiate(c, "unheard of", "NT LM 0.12", "LANMAN1.0"), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, 1);
	client_close(&c);
}
END_TEST

START_TEST(unknown_dialects_match_nothing)
{
	static const char *const dialects[] = { "NT LM 0.99", "", NULL };
	struct client *c = client_connect(server.port);
	struct reply r;

	ck_assert_uint_eq(client_try_negotiate(c, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 1);
	ck_assert_uint_eq(c->dialect, 0xFFFF);
	ck_assert_uint_eq(rd_left(&r.bytes), 0);
	client_close(&c);
}
END_TEST

START_TEST(extended_security_only_for_who_asks)
{
	struct client *c = client_connect(server.port);

	client_negotiate(c);
	ck_assert_uint_eq(c->capabilities & CAP_EXTENDED_SECURITY, 0);
	client_close(&c);
	c = client_connect(server.port);
	c->flags2 |= SMB_FLAGS2_EXTENDED_SECURITY;
	client_negotiate(c);
	ck_assert_uint_eq(c->capabilities & CAP_EXTENDED_SECURITY, CAP_EXTENDED_SECURITY);
	client_close(&c);
}
END_TEST

START_TEST(second_negotiate_is_refused)
{
	struct client *c = client_connect(server.port);
	struct writer *w;
	struct reply r;

	client_negotiate(c);
	w = client_begin(c, 0x72);
	wr_block_bytes(w);
	wr_bytes(w, "\2NT LM 0.12", 12);
	client_send(c);
	client_receive(c, &r);
	ck_assert(r.closed || status_is_error(r.h.status));
	client_close(&c);
}
END_TEST

START_TEST(challenges_differ)
{
	struct client *a = client_connect(server.port), *b = client_connect(server.port);

	client_negotiate(a);
	client_negotiate(b);
	ck_assert_int_ne(memcmp(a->challenge, b->challenge, 8), 0);
	client_close(&a);
	client_close(&b);
}
END_TEST

START_TEST(nothing_goes_before_negotiate)
{
	struct client *c = client_connect(server.port);
	unsigned before;
	nt_status last;
	const uint8_t *msg;
	size_t len;

	client_begin(c, 0x75);
	msg = client_message(c, &len);
	client_send_message(c, msg, len);
	if (client_sync(c, &before, &last)) {
		ck_assert_uint_eq(before, 1);
		ck_assert(status_is_error(last));
	}
	client_close(&c);
}
END_TEST

static struct client *
negotiated(bool extended)
{
	struct client *c = client_connect(server.port);

	if (extended)
		c->flags2 |= SMB_FLAGS2_EXTENDED_SECURITY;
	client_negotiate(c);
	return c;
}

START_TEST(ntlmv2_in_the_two_fields)
{
	struct client *c = negotiated(false);
	struct reply r;

	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_tree(c, "private");
	client_close(&c);
}
END_TEST

START_TEST(raw_ntlmssp)
{
	struct client *c = negotiated(true);
	struct reply r;

	ck_assert_uint_eq(client_try_ntlmssp(c, "torture", "secret", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 4);
	client_tree(c, "private");
	client_close(&c);
}
END_TEST

START_TEST(wrong_passwords_are_logon_failures)
{
	struct client *c = negotiated(false);
	struct reply r;

	ck_assert_uint_eq(client_try_logon(c, "torture", "wrong", &r), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_close(&c);
	c = negotiated(true);
	ck_assert_uint_eq(client_try_ntlmssp(c, "torture", "wrong", &r), STATUS_LOGON_FAILURE);
	c->uid = 0;
	ck_assert_uint_eq(client_try_ntlmssp(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

START_TEST(uid_of_an_unfinished_log_on_is_worth_nothing)
{
	struct client *c = negotiated(true);
	uint8_t token[NTLMSSP_MAX];
	struct reply r;

	ck_assert_uint_eq(client_session_token(c, token, ntlmssp_negotiate(token), &r),
	    STATUS_MORE_PROCESSING_REQUIRED);
	c->uid = r.h.uid;
	ck_assert_uint_eq(client_try_tree(c, "share", "?????", &r), STATUS_SMB_BAD_UID);
	client_close(&c);
}
END_TEST

START_TEST(every_shorter_token_is_refused)
{
	struct client *c = negotiated(true);
	uint8_t token[NTLMSSP_MAX], challenge[8] = { 0 };
	size_t whole = ntlmssp_authenticate(token, "torture", "secret", challenge), n;
	struct reply r;

	for (n = 0; n < whole; n++) {
		c->uid = 0;
		ck_assert_msg(status_is_error(client_session_token(c, token, n, &r)),
		    "%zu of %zu bytes", n, whole);
	}
	whole = ntlmssp_negotiate(token);
	for (n = 0; n < 12; n++) {
		c->uid = 0;
		ck_assert_uint_ne(client_session_token(c, token, n, &r), STATUS_SUCCESS);
	}
	client_close(&c);
}
END_TEST

START_TEST(several_users_on_one_connection)
{
	struct client *c = negotiated(false);
	uint16_t first, second;
	struct reply r;

	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	first = c->uid;
	client_guest(c);
	second = c->uid;
	ck_assert_uint_ne(first, second);
	ck_assert_uint_eq(client_try_tree(c, "private", "?????", &r), STATUS_ACCESS_DENIED);
	c->uid = first;
	client_tree(c, "private");
	client_no_andx(client_begin(c, 0x74));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(client_try_tree(c, "share", "?????", &r), STATUS_SMB_BAD_UID);
	c->uid = second;
	client_tree(c, "share");
	client_close(&c);
}
END_TEST

START_TEST(tokens_of_noise_are_refused)
{
	struct client *c = negotiated(true);
	uint8_t token[300];
	size_t i, n = 20 + (size_t)_i;
	struct reply r;

	srandom((unsigned)_i);
	for (i = 0; i < n; i++)
		token[i] = (uint8_t)random();
	if (_i % 3 == 1)
		memcpy(token, "NTLMSSP", 8);
	if (_i % 3 == 2)
		token[0] = _i % 2 ? 0x60 : 0xA1;
	ck_assert(status_is_error(client_session_token(c, token, n, &r)));
	client_close(&c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("logon");
	TCase *tc = tcase_create("negotiate");

	tcase_add_test(tc, best_dialect_wins_whatever_the_order);
	tcase_add_test(tc, unknown_dialects_match_nothing);
	tcase_add_test(tc, extended_security_only_for_who_asks);
	tcase_add_test(tc, second_negotiate_is_refused);
	tcase_add_test(tc, challenges_differ);
	tcase_add_test(tc, nothing_goes_before_negotiate);
	suite_add_tcase(s, tc);
	tc = tcase_create("log-on");
	tcase_add_test(tc, ntlmv2_in_the_two_fields);
	tcase_add_test(tc, raw_ntlmssp);
	tcase_add_test(tc, wrong_passwords_are_logon_failures);
	tcase_add_test(tc, uid_of_an_unfinished_log_on_is_worth_nothing);
	tcase_add_test(tc, every_shorter_token_is_refused);
	tcase_add_test(tc, several_users_on_one_connection);
	tcase_add_loop_test(tc, tokens_of_noise_are_refused, 0, 60);
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
