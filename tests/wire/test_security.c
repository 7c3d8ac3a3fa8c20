/* SPDX-License-Identifier: BSD-2-Clause */

/* What has gone wrong in other servers: names, identifiers, signatures, waits and mixed protocols.
 */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "ntlmssp.h"
#include "server.h"
#include "sign.h"
#include "wire/status.h"

#define WAIT_FOR_EVER 0xFFFFFFFFu

static struct server server;

static void
ended(uint8_t command, struct client *c)
{
	struct reply r;

	client_begin(c, command);
	if (command == 0x74)
		client_no_andx(&c->out);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

/* --- names --- */

START_TEST(no_name_leaves_the_share)
{
	static const char *const names[] = { "..", "\\..", "..\\smbpasswd", "..\\..\\etc\\passwd",
		"../smbpasswd", "folder\\..\\..\\smbpasswd", ".\\..\\smbpasswd",
		"\\\\..\\smbpasswd", "/etc/passwd", "\\\\?\\C:\\x", "folder/../../smbpasswd",
		"folder\\.\\..\\..\\smbpasswd" };
	struct client *c = client_on(server.port, "share");
	nt_status status;
	uint16_t fid;

	status = client_try_open(c, names[_i], 0x00120089, 1, &fid);
	ck_assert_msg(status_is_error(status), "%s: %s", names[_i], status_name(status));
	client_close(&c);
}
END_TEST

START_TEST(every_byte_is_a_name_or_refused)
{
	struct client *c = client_on(server.port, "share");
	char name[] = { 'a', (char)_i, 'b', '\0' };
	uint16_t fid;
	nt_status status;
	unsigned before;

	c->flags2 &= (uint16_t)~SMB_FLAGS2_UNICODE;
	status = client_try_open(c, name, 0x0013019F, 3, &fid);
	if (status == STATUS_SUCCESS && _i != 0) {
		struct reply r;
		struct writer *w = client_begin(c, 0x04);

		wr_u16(w, fid);
		wr_u32(w, 0);
		ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
		status = client_try_open(c, name, 0x00120089, 1, &fid);
		ck_assert_msg(
		    status == STATUS_SUCCESS, "0x%02x: %s", (unsigned)_i, status_name(status));
	}
	ck_assert(client_sync(c, &before, &status));
	client_close(&c);
}
END_TEST

START_TEST(lone_surrogates_come_back_as_they_were)
{
	static const uint16_t units[] = { 0xD800, 0xDBFF, 0xDC00, 0xDFFF };
	struct client *c = client_on(server.port, "share");
	struct writer *w;
	struct reply r;
	nt_status status;
	int again;

	for (again = 0; again < 2; again++) {
		w = client_begin(c, 0x2D);
		client_no_andx(w);
		wr_u16(w, 0);
		wr_u16(w, 0x42);
		wr_u16(w, 0x16);
		wr_zero(w, 6);
		wr_u16(w, again ? 0x01 : 0x11);
		wr_zero(w, 12);
		wr_block_bytes(w);
		wr_align(w, 2, 0);
		wr_u16(w, 'x');
		wr_u16(w, units[_i]);
		wr_u16(w, 'y');
		wr_u16(w, 0);
		status = client_call(c, &r);
		ck_assert_msg(status == STATUS_SUCCESS || (!again && status_is_error(status)), "%s",
		    status_name(status));
		if (status != STATUS_SUCCESS)
			break;
	}
	client_close(&c);
}
END_TEST

/* --- identifiers --- */

static nt_status
read_fid(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2E);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_u16(w, 1);
	wr_zero(w, 6);
	return client_call(c, &r);
}

START_TEST(identifiers_of_another_connection_are_worth_nothing)
{
	struct client *mine = client_on(server.port, "share"), *c = client_connect(server.port);
	uint16_t fid = client_open(mine, "file.txt");
	struct reply r;

	client_negotiate(c);
	c->uid = mine->uid;
	c->tid = mine->tid;
	ck_assert_uint_eq(client_try_tree(c, "share", "?????", &r), STATUS_SMB_BAD_UID);
	ck_assert(status_is_error(read_fid(c, fid)));
	client_guest(c);
	c->tid = mine->tid;
	ck_assert(status_is_error(read_fid(c, fid)));
	client_tree(c, "share");
	ck_assert_uint_eq(read_fid(c, fid), STATUS_INVALID_HANDLE);
	client_close(&mine);
	client_close(&c);
}
END_TEST

START_TEST(fid_of_another_user_is_worth_nothing)
{
	struct client *c = client_connect(server.port);
	struct reply r;
	uint16_t fid;

	client_negotiate(c);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_tree(c, "private");
	fid = client_open(c, "file.txt");
	ck_assert_uint_eq(read_fid(c, fid), STATUS_SUCCESS);
	client_guest(c);
	ck_assert(status_is_error(read_fid(c, fid)));
	client_tree(c, "share");
	ck_assert(status_is_error(read_fid(c, fid)));
	client_close(&c);
}
END_TEST

START_TEST(tree_of_another_user_does_not_open_for_a_guest)
{
	struct client *c = client_connect(server.port);
	struct reply r;
	uint16_t fid;

	client_negotiate(c);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_tree(c, "private");
	client_guest(c);
	ck_assert(status_is_error(client_try_open(c, "file.txt", 0x00120089, 1, &fid)));
	client_close(&c);
}
END_TEST

START_TEST(log_off_between_the_legs_ends_the_log_on)
{
	struct client *c = client_connect(server.port);
	uint8_t token[NTLMSSP_MAX], challenge[8];
	const uint8_t *answer;
	struct reply r;
	size_t n;

	c->flags2 |= SMB_FLAGS2_EXTENDED_SECURITY;
	client_negotiate(c);
	n = ntlmssp_negotiate(token);
	ck_assert_uint_eq(client_session_token(c, token, n, &r), STATUS_MORE_PROCESSING_REQUIRED);
	c->uid = r.h.uid;
	answer = client_reply_token(&r, &n);
	memcpy(challenge, answer + 24, 8);
	client_no_andx(client_begin(c, 0x74));
	client_call(c, &r);
	n = ntlmssp_authenticate(token, "torture", "secret", challenge);
	client_session_token(c, token, n, &r);
	c->uid = r.h.uid;
	/* However that ended, the connection still works. */
	c->uid = 0;
	ck_assert_uint_eq(client_try_ntlmssp(c, "torture", "secret", &r), STATUS_SUCCESS);
	client_tree(c, "private");
	client_close(&c);
}
END_TEST

/* --- signatures --- */

/* A connection that signs from the log-on on; the next request has number 2. */
static struct client *
signing(struct mac_key *key)
{
	struct client *c = client_connect(server.port);
	struct reply r;

	c->flags2 |= SMB_FLAGS2_SMB_SECURITY_SIGNATURE;
	client_negotiate(c);
	mac_key_ntlm_v2(key, "torture", "secret", c->challenge);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	ck_assert_msg(mac_good(key, r.msg, r.len, 1), "the reply to the log-on is not signed");
	return c;
}

/* A TREE_CONNECT_ANDX as bytes, signed with a number. */
static size_t
signed_request(struct client *c, const struct mac_key *key, uint32_t sequence, uint8_t *out)
{
	struct writer *w = client_begin(c, 0x75);
	const uint8_t *msg;
	size_t len;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\SERVER\\share");
	wr_bytes(w, "?????", 6);
	msg = client_message(c, &len);
	memcpy(out, msg, len);
	mac_sign(key, out, len, sequence);
	return len;
}

/* The same for a request just built. */
static void
send_signed(struct client *c, const struct mac_key *key, uint32_t sequence)
{
	uint8_t out[256];
	size_t len;
	const uint8_t *msg = client_message(c, &len);

	memcpy(out, msg, len);
	mac_sign(key, out, len, sequence);
	client_send_message(c, out, len);
}

static nt_status
answer_to(struct client *c, const uint8_t *msg, size_t len, struct reply *r)
{
	client_send_message(c, msg, len);
	client_receive(c, r);
	return r->closed ? STATUS_ACCESS_DENIED : r->h.status;
}

START_TEST(signed_requests_get_signed_replies)
{
	struct mac_key key;
	struct client *c = signing(&key);
	uint8_t msg[256];
	struct reply r;
	uint32_t seq;
	size_t len;

	for (seq = 2; seq < 20; seq += 2) {
		len = signed_request(c, &key, seq, msg);
		ck_assert_uint_eq(answer_to(c, msg, len, &r), STATUS_SUCCESS);
		ck_assert(mac_good(&key, r.msg, r.len, seq + 1));
	}
	client_close(&c);
}
END_TEST

START_TEST(nothing_is_raw_where_all_is_signed)
{
	struct mac_key key;
	struct client *c = signing(&key);
	struct writer *w;
	uint8_t msg[256];
	struct reply r;
	uint16_t fid;
	size_t len;

	len = signed_request(c, &key, 2, msg);
	ck_assert_uint_eq(answer_to(c, msg, len, &r), STATUS_SUCCESS);
	c->tid = r.h.tid;
	w = client_begin(c, 0x02); /* OPEN */
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\file.txt");
	send_signed(c, &key, 4);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	fid = rd_u16(&r.words);

	w = client_begin(c, 0x1A);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 4);
	wr_zero(w, 8);
	send_signed(c, &key, 6);
	client_receive_raw(c, &len);
	ck_assert_uint_eq(len, 0);

	w = client_begin(c, 0x1D);
	wr_u16(w, fid);
	wr_u16(w, 4);
	wr_zero(w, 20);
	send_signed(c, &key, 8);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SMB_USE_STANDARD);
	ck_assert(mac_good(&key, r.msg, r.len, 9));
	client_close(&c);
}
END_TEST

START_TEST(spoilt_signatures_are_refused)
{
	struct mac_key key;
	struct client *c = signing(&key);
	uint8_t msg[256];
	struct reply r;
	size_t len = signed_request(c, &key, 2, msg);

	switch (_i) {
	case 0: /* a bit of the signature */
		msg[14] ^= 1;
		break;
	case 1: /* a bit of what is signed */
		msg[len - 1] ^= 1;
		break;
	case 2: /* none at all */
		memset(msg + 14, 0, 8);
		break;
	case 3: /* one left out */
		len = signed_request(c, &key, 4, msg);
		break;
	default: /* one sent twice */
		ck_assert_uint_eq(answer_to(c, msg, len, &r), STATUS_SUCCESS);
		break;
	}
	ck_assert(status_is_error(answer_to(c, msg, len, &r)));
	client_close(&c);
}
END_TEST

/* --- waits --- */

static void
ask_for_lock(struct client *c, uint16_t fid, uint32_t timeout)
{
	struct writer *w = client_begin(c, 0x24);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, timeout);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	wr_u32(w, 0);
	wr_u32(w, 10);
}

/* Ends the wait of the request with this MID in one of five ways. */
static void
end_wait(struct client *c, uint16_t fid, uint16_t mid, int how)
{
	struct writer *w;

	switch (how) {
	case 0:
		c->mid = (uint16_t)(mid - 1);
		client_begin(c, 0xA4);
		break;
	case 1:
		w = client_begin(c, 0x04);
		wr_u16(w, fid);
		wr_u32(w, 0);
		break;
	case 2:
		client_begin(c, 0x71);
		break;
	case 3:
		client_no_andx(client_begin(c, 0x74));
		break;
	default:
		client_begin(c, 0x11);
		break;
	}
	client_send(c);
}

START_TEST(every_wait_can_be_ended)
{
	struct client *holder = client_on(server.port, "share"),
		      *c = client_on(server.port, "share");
	uint16_t fid, mid;
	struct reply r;

	ask_for_lock(holder, client_open(holder, "file.txt"), 0);
	ck_assert_uint_eq(client_call(holder, &r), STATUS_SUCCESS);
	fid = client_open(c, "file.txt");
	ask_for_lock(c, fid, WAIT_FOR_EVER);
	client_send(c);
	mid = c->mid;
	end_wait(c, fid, mid, _i);
	do
		client_receive(c, &r);
	while (!r.closed && r.h.command != 0x24);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.mid, mid);
	ck_assert(status_is_error(r.h.status));
	client_close(&c);
	client_close(&holder);
}
END_TEST

START_TEST(lock_waited_for_by_one_who_left_is_free)
{
	struct client *holder = client_on(server.port, "share"),
		      *c = client_on(server.port, "share");
	struct reply r;
	int tries;

	ask_for_lock(holder, client_open(holder, "file.txt"), 0);
	ck_assert_uint_eq(client_call(holder, &r), STATUS_SUCCESS);
	ask_for_lock(c, client_open(c, "file.txt"), WAIT_FOR_EVER);
	client_send(c);
	client_close(&c);
	ended(0x71, holder);
	client_close(&holder);
	/* The server learns of the closed connections in its own time. */
	c = client_on(server.port, "share");
	for (tries = 0; tries < 1000; tries++) {
		ask_for_lock(c, client_open(c, "file.txt"), 0);
		if (client_call(c, &r) == STATUS_SUCCESS)
			break;
	}
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	client_close(&c);
}
END_TEST

/* --- other protocols --- */

START_TEST(smb2_is_no_smb1)
{
	struct client *c = client_connect(server.port);
	uint8_t msg[128] = { 0xFE, 'S', 'M', 'B', 64 };
	struct reply r;

	if (_i == 1) {
		client_negotiate(c);
		client_guest(c);
	}
	client_send_message(c, msg, sizeof(msg));
	client_receive(c, &r);
	ck_assert(r.closed || status_is_error(r.h.status));
	client_close(&c);
	c = client_on(server.port, "share");
	client_close(&c);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("security");
	TCase *tc = tcase_create("names");

	tcase_add_loop_test(tc, no_name_leaves_the_share, 0, 12);
	tcase_add_loop_test(tc, every_byte_is_a_name_or_refused, 0, 256);
	tcase_add_loop_test(tc, lone_surrogates_come_back_as_they_were, 0, 4);
	suite_add_tcase(s, tc);
	tc = tcase_create("identifiers");
	tcase_add_test(tc, identifiers_of_another_connection_are_worth_nothing);
	tcase_add_test(tc, fid_of_another_user_is_worth_nothing);
	tcase_add_test(tc, tree_of_another_user_does_not_open_for_a_guest);
	tcase_add_test(tc, log_off_between_the_legs_ends_the_log_on);
	suite_add_tcase(s, tc);
	tc = tcase_create("signatures");
	tcase_add_test(tc, signed_requests_get_signed_replies);
	tcase_add_loop_test(tc, spoilt_signatures_are_refused, 0, 5);
	tcase_add_test(tc, nothing_is_raw_where_all_is_signed);
	suite_add_tcase(s, tc);
	tc = tcase_create("waits");
	tcase_add_loop_test(tc, every_wait_can_be_ended, 0, 5);
	tcase_add_test(tc, lock_waited_for_by_one_who_left_is_free);
	suite_add_tcase(s, tc);
	tc = tcase_create("protocols");
	tcase_add_loop_test(tc, smb2_is_no_smb1, 0, 2);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tserver signing = auto");
	server_mkdir(&server, "folder");
	server_file(&server, "file.txt", "0123456789", 10);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
