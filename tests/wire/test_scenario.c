/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The textbook's exchange on a NetBIOS session, packet by packet: session request and answer,
 * NEGOTIATE, SESSION_SETUP_ANDX, TREE_CONNECT_ANDX, OPEN_ANDX, READ_ANDX; and every refusal on the
 * way. With CAPTURE set in the environment, the exchange is appended to that file for text2pcap.
 */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client.h"
#include "server.h"
#include "wire/frame.h"
#include "wire/status.h"

#define TEXT "The quick brown fox"

static struct server server;

static struct client *
call_up(void)
{
	struct client *c = client_connect(server.netbios_port);
	const char *capture = getenv("CAPTURE");

	if (capture != NULL)
		c->capture = fopen(capture, "a");
	return c;
}

static void
hang_up(struct client **c)
{
	if ((*c)->capture != NULL)
		fclose((*c)->capture);
	client_close(c);
}

static struct client *
in_session(void)
{
	struct client *c = call_up();
	uint8_t error;

	ck_assert_uint_eq(client_netbios(c, "*SMBSERVER", &error), NBSS_POSITIVE);
	return c;
}

static struct client *
logged_on(void)
{
	struct client *c = in_session();
	struct reply r;

	client_negotiate(c);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	return c;
}

static struct client *
on_share(void)
{
	struct client *c = logged_on();

	client_tree(c, "share");
	return c;
}

static nt_status
open_andx(struct client *c, const char *name, struct reply *r)
{
	struct writer *w = client_begin(c, 0x2D);

	client_no_andx(w);
	wr_u16(w, 1);    /* tell more than the FID */
	wr_u16(w, 0x40); /* read, deny none */
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1); /* open what is there */
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, name);
	return client_call(c, r);
}

static nt_status
read_andx(struct client *c, uint16_t fid, struct reply *r)
{
	struct writer *w = client_begin(c, 0x2E);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 4);
	wr_u16(w, 5);
	wr_u16(w, 5);
	wr_zero(w, 6);
	return client_call(c, r);
}

static uint16_t
opened(struct client *c)
{
	struct reply r;

	ck_assert_uint_eq(open_andx(c, "\\file.txt", &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	return rd_u16(&r.words);
}

START_TEST(file_is_read_through_a_netbios_session)
{
	static const char *const dialects[] = { "PC NETWORK PROGRAM 1.0", "LANMAN1.0", "NT LM 0.12",
		NULL };
	struct client *c = call_up();
	struct reply r;
	uint8_t error;
	uint16_t fid, count, offset;

	ck_assert_uint_eq(client_netbios(c, "*SMBSERVER", &error), NBSS_POSITIVE);

	ck_assert_uint_eq(client_try_negotiate(c, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 17);
	ck_assert_uint_eq(c->dialect, 2);
	rd_skip(&r.words, 33);
	ck_assert_uint_eq(rd_u8(&r.words), 8);
	ck_assert_uint_ge(rd_left(&r.bytes), 8);
	ck_assert_uint_ge(c->max_mux, 2);
	ck_assert(memcmp(c->challenge, "\0\0\0\0\0\0\0\0", 8) != 0);

	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 3);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words) & 1, 0); /* not a guest */
	ck_assert_uint_ne(r.h.uid, 0);
	ck_assert_uint_lt(r.h.uid, 0xFFFF);

	ck_assert_uint_eq(client_try_tree(c, "share", "A:", &r), STATUS_SUCCESS);
	ck_assert_uint_ne(r.h.tid, 0);
	ck_assert_uint_lt(r.h.tid, 0xFFFF);
	ck_assert_str_eq((const char *)r.msg + r.bytes.pos, "A:");

	ck_assert_uint_eq(open_andx(c, "\\file.txt", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 15);
	rd_skip(&r.words, 4);
	fid = rd_u16(&r.words);
	ck_assert_uint_ne(fid, 0);
	ck_assert_uint_lt(fid, 0xFFFF);
	rd_skip(&r.words, 6);
	ck_assert_uint_eq(rd_u32(&r.words), sizeof(TEXT) - 1);

	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 12);
	rd_skip(&r.words, 10);
	count = rd_u16(&r.words);
	offset = rd_u16(&r.words);
	ck_assert_uint_eq(count, 5);
	ck_assert_uint_le(offset, r.len - count);
	ck_assert_int_eq(memcmp(r.msg + offset, &TEXT[4], 5), 0);
	hang_up(&c);
}
END_TEST

START_TEST(own_name_is_called_too)
{
	struct client *c = call_up();
	uint8_t error;

	ck_assert_uint_eq(client_netbios(c, "WIRE", &error), NBSS_POSITIVE);
	client_negotiate(c);
	hang_up(&c);
}
END_TEST

START_TEST(session_for_another_name_is_refused)
{
	struct client *c = call_up();
	struct reply r;
	uint8_t error;

	ck_assert_uint_eq(client_netbios(c, "ELSEWHERE", &error), NBSS_NEGATIVE);
	ck_assert(error == 0x80 || error == 0x82);
	client_receive(c, &r);
	ck_assert(r.closed);
	hang_up(&c);
}
END_TEST

START_TEST(session_request_that_cannot_be_read_is_refused)
{
	static const uint8_t bad[] = { NBSS_REQUEST, 0, 0, 4, 0xFF, 0xFF, 0xFF, 0xFF };
	struct client *c = client_connect(server.netbios_port);
	uint8_t answer[8];
	ssize_t n;

	ck_assert(client_send_bytes(c, bad, sizeof(bad)));
	n = read(c->fd, answer, sizeof(answer));
	ck_assert(n <= 0 || answer[0] == NBSS_NEGATIVE);
	client_close(&c);
}
END_TEST

START_TEST(wrong_password_is_refused)
{
	struct client *c = in_session();
	struct reply r;

	client_negotiate(c);
	ck_assert_uint_eq(client_try_logon(c, "torture", "wrong", &r), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(r.word_count, 0);
	hang_up(&c);
}
END_TEST

START_TEST(missing_share_is_refused)
{
	struct client *c = logged_on();
	struct reply r;

	ck_assert_uint_eq(client_try_tree(c, "nowhere", "?????", &r), STATUS_BAD_NETWORK_NAME);
	hang_up(&c);
}
END_TEST

START_TEST(forbidden_share_is_refused)
{
	struct client *c = in_session();
	struct reply r;

	client_negotiate(c);
	client_guest(c);
	ck_assert_uint_eq(client_try_tree(c, "private", "?????", &r), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(client_try_tree(c, "closed", "?????", &r), STATUS_ACCESS_DENIED);
	hang_up(&c);
}
END_TEST

START_TEST(share_of_another_kind_is_refused)
{
	struct client *c = logged_on();
	struct reply r;

	ck_assert_uint_eq(client_try_tree(c, "share", "LPT1:", &r), STATUS_BAD_DEVICE_TYPE);
	hang_up(&c);
}
END_TEST

START_TEST(missing_file_is_refused)
{
	struct client *c = on_share();
	struct reply r;

	ck_assert_uint_eq(open_andx(c, "\\nothing.txt", &r), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(open_andx(c, "\\no\\thing.txt", &r), STATUS_OBJECT_PATH_NOT_FOUND);
	hang_up(&c);
}
END_TEST

START_TEST(forbidden_file_is_refused)
{
	struct client *c = on_share();
	struct reply r;

	ck_assert_uint_eq(open_andx(c, "\\forbidden.txt", &r), STATUS_ACCESS_DENIED);
	hang_up(&c);
}
END_TEST

START_TEST(read_fails_after_the_user_logged_off)
{
	struct client *c = on_share();
	uint16_t fid = opened(c);
	struct reply r;

	client_no_andx(client_begin(c, 0x74));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	/* Windows says so where the specification would have SMB_BAD_UID: the FID went with the
	 * user. */
	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_INVALID_HANDLE);
	hang_up(&c);
}
END_TEST

START_TEST(read_fails_after_the_share_was_left)
{
	struct client *c = on_share();
	uint16_t fid = opened(c);
	struct reply r;

	client_begin(c, 0x71);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_INVALID_HANDLE);
	client_tree(c, "share");
	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_INVALID_HANDLE);
	hang_up(&c);
}
END_TEST

START_TEST(read_fails_after_the_file_was_closed)
{
	struct client *c = on_share();
	uint16_t fid = opened(c);
	struct writer *w;
	struct reply r;

	w = client_begin(c, 0x04);
	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_INVALID_HANDLE);
	hang_up(&c);
}
END_TEST

/* By the directory's mode bits, which were others when the deletion was asked for. */
START_TEST(deletion_that_fails_is_told_by_close)
{
	struct client *c = on_share();
	struct trans2 t;
	struct writer *w;
	struct reply r;
	char path[128];
	uint16_t fid;

	snprintf(path, sizeof(path), "%s/held", server.root);
	ck_assert_uint_eq(client_try_open(c, "held\\file", 0x00010002, 3, &fid), STATUS_SUCCESS);
	w = client_trans2_begin(c, &t, 8);
	wr_u16(w, fid);
	wr_u16(w, 0x0102);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u8(w, 1);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_int_eq(chmod(path, 0555), 0);
	w = client_begin(c, 0x04);
	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_ACCESS_DENIED);
	ck_assert_int_eq(chmod(path, 0777), 0);
	ck_assert(server_has(&server, "held/file"));
	ck_assert_uint_eq(read_andx(c, fid, &r), STATUS_INVALID_HANDLE);
	hang_up(&c);
}
END_TEST

/* A file nobody but its owner may read; the server runs as somebody else. */
static void
furnish(void)
{
	char path[128];

	server_file(&server, "file.txt", TEXT, sizeof(TEXT) - 1);
	server_file(&server, "forbidden.txt", "x", 1);
	snprintf(path, sizeof(path), "%s/forbidden.txt", server.root);
	chmod(path, getuid() == 0 ? 0600 : 0);
	server_mkdir(&server, "held");
	snprintf(path, sizeof(path), "%s/held", server.root);
	chmod(path, 0777);
}

static Suite *
suite(void)
{
	Suite *s = suite_create("scenario");
	TCase *tc = tcase_create("NetBIOS session");

	tcase_add_test(tc, file_is_read_through_a_netbios_session);
	tcase_add_test(tc, own_name_is_called_too);
	tcase_add_test(tc, session_for_another_name_is_refused);
	tcase_add_test(tc, session_request_that_cannot_be_read_is_refused);
	tcase_add_test(tc, wrong_password_is_refused);
	tcase_add_test(tc, missing_share_is_refused);
	tcase_add_test(tc, forbidden_share_is_refused);
	tcase_add_test(tc, share_of_another_kind_is_refused);
	tcase_add_test(tc, missing_file_is_refused);
	tcase_add_test(tc, forbidden_file_is_refused);
	tcase_add_test(tc, read_fails_after_the_user_logged_off);
	tcase_add_test(tc, read_fails_after_the_share_was_left);
	tcase_add_test(tc, read_fails_after_the_file_was_closed);
	tcase_add_test(tc, deletion_that_fails_is_told_by_close);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, getuid() == 0 ? "\tuser = nobody" : "");
	furnish();
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
