/* SPDX-License-Identifier: BSD-2-Clause */

/* An association as the pipe's service has it, over an interface made for the test. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "association.h"
#include "auth/logon.h"
#include "auth/throttle.h"
#include "base/arena.h"
#include "rpc/rpc.h"
#include "server/conn.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

/* ---- bind ---- */

/* Of the first context in an answer to "test": its address takes 2 + 11 and three to align. */
#define RESULT_AT 44

START_TEST(a_bind_is_answered_with_the_pipes_address)
{
	bind_with(4280);
	ck_assert_uint_eq(number(12), 77);
	ck_assert_uint_eq(short_at(16), 4280);
	ck_assert_uint_eq(short_at(18), 4280);
	ck_assert_uint_ne(number(20), 0);
	ck_assert_uint_eq(answer[24], 11);
	ck_assert_str_eq((const char *)answer + 26, "\\PIPE\\test");
	ck_assert_uint_eq(number(40), 1);
	ck_assert_uint_eq(number(RESULT_AT), 0);
	ck_assert_uint_eq(number(RESULT_AT + 4), ndr.time_low);
}
END_TEST

START_TEST(fragments_are_no_larger_than_either_takes)
{
	bind_with(65535);
	ck_assert_uint_eq(short_at(16), 5840);
}
END_TEST

START_TEST(bytes_may_come_one_by_one)
{
	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	set_length(len);
	for (size_t i = 0; i < len; i++) {
		ck_assert_uint_eq(read_answer(), 0);
		ck_assert_uint_eq(give(pdu + i, 1), STATUS_SUCCESS);
	}
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_ACK);
}
END_TEST

START_TEST(several_pdus_may_come_at_once)
{
	uint8_t all[1024];
	size_t n;

	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	set_length(len);
	n = len;
	memcpy(all, pdu, n);
	begin_request(0, 0, ONLY);
	put(1, 4);
	set_length(len);
	memcpy(all + n, pdu, len);
	memcpy(all + n + len, pdu, len);
	ck_assert_uint_eq(give(all, n + 2 * len), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_ACK);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], RESPONSE);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], RESPONSE);
}
END_TEST

START_TEST(a_bind_cut_short_anywhere_is_refused)
{
	size_t whole, n;

	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	whole = len;
	for (n = 16; n < whole; n++) {
		set_length(n);
		ck_assert_uint_eq(give(pdu, n), STATUS_SUCCESS);
		ck_assert_uint_gt(read_answer(), 0);
		ck_assert_uint_eq(answer[2], BIND_NAK);
	}
}
END_TEST

static uint16_t
result_of(const struct rpc_uuid *u, uint32_t version, const struct rpc_uuid *transfer)
{
	rpc_end_free(&end);
	end = rpc_end_new("test", test_interfaces);
	begin_bind(BIND, 4280, 1);
	put_context(0, u, version, transfer);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_ACK);
	return (uint16_t)(answer[RESULT_AT] << 8 | answer[RESULT_AT + 2]);
}

START_TEST(what_is_not_there_is_rejected)
{
	static const struct rpc_uuid other = { 1, 2, 3, { 4 } },
				     features = { 0x6CB71C2C, 0x9812, 0x4540, { 3 } };

	ck_assert_uint_eq(result_of(&test_interface.uuid, 0x00020001, &ndr), 0x0000);
	ck_assert_uint_eq(result_of(&test_interface.uuid, 0x00030001, &ndr), 0x0201);
	ck_assert_uint_eq(result_of(&test_interface.uuid, 2, &ndr), 0x0201);
	ck_assert_uint_eq(result_of(&other, 1, &ndr), 0x0201);
	ck_assert_uint_eq(result_of(&test_interface.uuid, 1, &other), 0x0202);
	ck_assert_uint_eq(result_of(&test_interface.uuid, 1, &features), 0x0300);
}
END_TEST

START_TEST(more_contexts_than_are_kept_are_refused)
{
	begin_bind(BIND, 4280, 9);
	for (uint16_t i = 0; i < 9; i++)
		put_context(i, &test_interface.uuid, 1, &ndr);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
	/* Nor do they add up. */
	bind_with(4280);
	for (uint16_t i = 1; i < 20; i++) {
		begin_bind(ALTER, 4280, 1);
		put_context(i, &test_interface.uuid, 1, &ndr);
		ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
		ck_assert_uint_gt(read_answer(), 0);
		ck_assert_uint_eq(answer[2], ALTERED);
		ck_assert_uint_eq(answer[32], i < 8 ? 0 : 2);
	}
}
END_TEST

START_TEST(a_context_can_be_added)
{
	bind_with(4280);
	begin_bind(ALTER, 4280, 1);
	put_context(5, &test_interface.uuid, 1, &ndr);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], ALTERED);
	ck_assert_uint_eq(number(24), 0); /* no address */
	begin_request(5, 0, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 24);
	ck_assert_uint_eq(answer[2], RESPONSE);
	ck_assert_uint_eq(number(20), 5);
}
END_TEST

START_TEST(one_binds_once_and_alters_what_is_bound)
{
	begin_bind(ALTER, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
	bind_with(4280);
	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
}
END_TEST

START_TEST(another_version_is_told_ours)
{
	begin_bind(BIND, 4280, 1);
	pdu[0] = 4;
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
	ck_assert_uint_eq(answer[16], 4);
	ck_assert_uint_eq(answer[19], 5);
}
END_TEST

/* ---- requests ---- */

START_TEST(a_big_endian_caller_is_answered)
{
	big = true;
	bind_with(4280);
	begin_request(0, 1, ONLY);
	put(3, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	big = false;
	ck_assert_uint_eq(read_answer(), 27);
	ck_assert_uint_eq(answer[4], 0x10);
	ck_assert_mem_eq(answer + 24, "\0\1\2", 3);
}
END_TEST

START_TEST(a_request_may_come_in_fragments)
{
	bind_with(4280);
	begin_request(0, 0, FIRST);
	put(1, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	begin_request(0, 0, 0);
	put(2, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 0);
	begin_request(0, 0, LAST);
	put(3, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 36);
	ck_assert_uint_eq(answer[3], ONLY);
	ck_assert_mem_eq(answer + 24, "\1\0\0\0\2\0\0\0\3\0\0\0", 12);
}
END_TEST

START_TEST(an_answer_leaves_in_fragments_the_client_takes)
{
	size_t got = 0, n;
	uint8_t flags = 0;

	bind_with(600);
	begin_request(0, 1, ONLY);
	put(3000, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	while ((n = read_answer()) != 0) {
		ck_assert_uint_le(n, 600);
		ck_assert_uint_eq(answer[3] & FIRST, got == 0 ? FIRST : 0);
		flags = answer[3];
		for (size_t i = 24; i < n; i++, got++)
			ck_assert_uint_eq(answer[i], (uint8_t)got);
	}
	ck_assert_uint_eq(got, 3000);
	ck_assert_uint_eq(flags & LAST, LAST);
}
END_TEST

/* So that a short write does not have the server keep, or put together, any amount of answers. */
START_TEST(who_does_not_read_is_not_answered_at_length)
{
	enum { CALLS = 40, LENGTH = 300000 };
	static uint8_t all[CALLS * 32];
	size_t n;

	bind_with(4280);
	begin_request(0, 1, ONLY);
	put(LENGTH, 4);
	set_length(len);
	for (n = 0; n < CALLS; n++)
		memcpy(all + n * len, pdu, len);
	ck_assert_uint_eq(give(all, n * len), STATUS_SUCCESS);
	ck_assert_uint_gt(conn.npipe_bytes, 1 << 20);
	ck_assert_uint_lt(conn.npipe_bytes, (1 << 20) + 2 * LENGTH);
	while (pipe_messages(&pipe_end) > 1)
		ck_assert_uint_gt(read_answer(), 0);
	expect_fault(RPC_FAULT_NO_MEMORY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], RESPONSE);
}
END_TEST

START_TEST(what_cannot_be_run_is_a_fault)
{
	bind_with(4280);
	begin_request(0, 4, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_UNKNOWN_OPERATION);
	begin_request(0, 2, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_UNKNOWN_OPERATION);
	begin_request(7, 0, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_UNKNOWN_INTERFACE);
	begin_request(0, 1, ONLY);
	put(0, 2);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_BAD_STUB);
	begin_request(0, 3, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_ACCESS_DENIED);
	begin_request(0, 1, ONLY);
	put(0x100000, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_NO_MEMORY);
}
END_TEST

START_TEST(an_object_before_the_stub_is_passed_over)
{
	bind_with(4280);
	begin_request(0, 0, ONLY | 0x80);
	for (int i = 0; i < 4; i++)
		put(0xEEEEEEEE, 4);
	put(9, 1);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 25);
	ck_assert_uint_eq(answer[24], 9);
}
END_TEST

START_TEST(an_orphaned_request_is_forgotten)
{
	bind_with(4280);
	begin_request(0, 0, FIRST);
	put(1, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	head(ORPHANED, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	begin_request(0, 0, ONLY);
	put(2, 4);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 28);
	ck_assert_uint_eq(number(24), 2);
}
END_TEST

/* ---- what breaks the pipe ---- */

START_TEST(a_request_before_the_bind_is_an_error)
{
	begin_request(0, 0, ONLY);
	ck_assert_uint_ne(send_pdu(), STATUS_SUCCESS);
}
END_TEST

START_TEST(fragments_out_of_order_are_an_error)
{
	bind_with(4280);
	begin_request(0, 0, _i == 0 ? FIRST : LAST);
	ck_assert(send_pdu() == STATUS_SUCCESS || _i == 1);
	begin_request(0, 0, _i == 0 ? FIRST : LAST);
	ck_assert_uint_ne(send_pdu(), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_request_without_end_is_an_error)
{
	nt_status status = STATUS_SUCCESS;
	int n;

	bind_with(4280);
	for (n = 0; n < 100 && status == STATUS_SUCCESS; n++) {
		begin_request(0, 0, n == 0 ? FIRST : 0);
		memset(pdu + len, 0, 4000);
		len += 4000;
		status = send_pdu();
	}
	ck_assert_uint_eq(status, STATUS_PIPE_DISCONNECTED);
	ck_assert_int_gt(n, 10);
}
END_TEST

START_TEST(a_length_no_pdu_has_is_an_error)
{
	static const uint16_t lengths[] = { 0, 1, 15, 5841, 65535 };

	begin_bind(BIND, 4280, 1);
	set_length(lengths[_i]);
	ck_assert_uint_eq(give(pdu, len), STATUS_PIPE_DISCONNECTED);
}
END_TEST

START_TEST(a_type_that_no_client_sends_is_an_error)
{
	static const uint8_t types[] = { 1, RESPONSE, FAULT, BIND_ACK, BIND_NAK, 17, 20, 255 };

	bind_with(4280);
	head(types[_i], ONLY);
	ck_assert_uint_ne(send_pdu(), STATUS_SUCCESS);
}
END_TEST

/* ---- security ---- */

#define AUTH3   16
#define NTLMSSP 10
#define SPNEGO  9
#define PRIVACY 6

static struct server server;
static struct session session;
static struct share_set set;

static void
setup_security(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	setup();
	memset(&set, 0, sizeof(set));
	set.refs = 1;
	set.policy.netbios_name = "SERVER";
	set.policy.domain = "DOMAIN";
	server.throttle = throttle_new(16);
	session.set = &set;
	req.session = &session;
	req.conn = &conn;
	conn.server = &server;
	conn.addr.sa.sa_family = AF_INET;
}

static void
teardown_security(void)
{
	teardown();
	throttle_free(&server.throttle);
	ck_assert_uint_eq(set.refs, 1);
}

static nt_status
send_secured(uint8_t type, uint8_t level, const void *token, size_t n)
{
	put(type, 1);
	put(level, 1);
	put(0, 2);
	put(1, 4);
	memcpy(pdu + len, token, n);
	len += n;
	pdu[10] = (uint8_t)n;
	return send_pdu();
}

static const uint8_t negotiate_token[32] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0, 1, 0, 0, 0, 0x37,
	0x82, 0x08, 0xE2 };

static nt_status
bind_secured(uint8_t type, uint8_t level)
{
	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	return send_secured(type, level, negotiate_token, sizeof(negotiate_token));
}

START_TEST(a_secured_bind_is_challenged)
{
	size_t n;

	ck_assert_uint_eq(bind_secured(NTLMSSP, PRIVACY), STATUS_SUCCESS);
	n = read_answer();
	ck_assert_uint_eq(answer[2], BIND_ACK);
	ck_assert_uint_gt(short_at(10), 48);
	ck_assert_uint_eq(answer[n - short_at(10) - 8], NTLMSSP);
	ck_assert_uint_eq(answer[n - short_at(10) - 7], PRIVACY);
	ck_assert_mem_eq(answer + n - short_at(10), "NTLMSSP\0\2", 9);
}
END_TEST

START_TEST(other_kinds_of_security_are_refused)
{
	ck_assert_uint_eq(bind_secured(SPNEGO, PRIVACY), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
	ck_assert_uint_eq(answer[16], 8);
	ck_assert_uint_eq(bind_secured(NTLMSSP, 3), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_NAK);
}
END_TEST

static void
expect_refused_call(void)
{
	begin_request(0, 0, ONLY);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	expect_fault(RPC_FAULT_ACCESS_DENIED);
}

START_TEST(nothing_is_run_before_the_exchange_has_succeeded)
{
	ck_assert_uint_eq(bind_secured(NTLMSSP, (uint8_t)_i), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	expect_refused_call();
	head(AUTH3, ONLY);
	put(0, 4);
	ck_assert_uint_eq(
	    send_secured(NTLMSSP, (uint8_t)_i, "NTLMSSP\0\3\0\0\0", 12), STATUS_SUCCESS);
	ck_assert_uint_eq(read_answer(), 0);
	expect_refused_call();
	expect_refused_call();
}
END_TEST

START_TEST(a_trailer_that_lies_is_an_error)
{
	begin_bind(BIND, 4280, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	pdu[10] = _i == 0 ? 255 : 0;
	pdu[11] = _i == 0 ? 0 : 255;
	ck_assert_uint_eq(send_pdu(), STATUS_PIPE_DISCONNECTED);
}
END_TEST

START_TEST(security_comes_with_the_bind_or_not_at_all)
{
	bind_with(4280);
	if (_i == 0) {
		begin_request(0, 0, ONLY);
		ck_assert_uint_ne(
		    send_secured(NTLMSSP, PRIVACY, "0123456789ABCDEF", 16), STATUS_SUCCESS);
		return;
	}
	head(AUTH3, ONLY);
	put(0, 4);
	ck_assert_uint_ne(send_secured(NTLMSSP, PRIVACY, "0123456789ABCDEF", 16), STATUS_SUCCESS);
}
END_TEST

static TCase *
of_security(void)
{
	TCase *tc = tcase_create("security");

	tcase_add_checked_fixture(tc, setup_security, teardown_security);
	tcase_add_test(tc, a_secured_bind_is_challenged);
	tcase_add_test(tc, other_kinds_of_security_are_refused);
	tcase_add_loop_test(tc, nothing_is_run_before_the_exchange_has_succeeded, 5, 7);
	tcase_add_loop_test(tc, a_trailer_that_lies_is_an_error, 0, 2);
	tcase_add_loop_test(tc, security_comes_with_the_bind_or_not_at_all, 0, 2);
	return tc;
}

static TCase *
of_binds(void)
{
	TCase *tc = tcase_create("binds");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_bind_is_answered_with_the_pipes_address);
	tcase_add_test(tc, fragments_are_no_larger_than_either_takes);
	tcase_add_test(tc, bytes_may_come_one_by_one);
	tcase_add_test(tc, several_pdus_may_come_at_once);
	tcase_add_test(tc, a_bind_cut_short_anywhere_is_refused);
	tcase_add_test(tc, what_is_not_there_is_rejected);
	tcase_add_test(tc, more_contexts_than_are_kept_are_refused);
	tcase_add_test(tc, a_context_can_be_added);
	tcase_add_test(tc, one_binds_once_and_alters_what_is_bound);
	tcase_add_test(tc, another_version_is_told_ours);
	return tc;
}

static TCase *
of_requests(void)
{
	TCase *tc = tcase_create("requests");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_big_endian_caller_is_answered);
	tcase_add_test(tc, a_request_may_come_in_fragments);
	tcase_add_test(tc, an_answer_leaves_in_fragments_the_client_takes);
	tcase_add_test(tc, who_does_not_read_is_not_answered_at_length);
	tcase_add_test(tc, what_cannot_be_run_is_a_fault);
	tcase_add_test(tc, an_object_before_the_stub_is_passed_over);
	tcase_add_test(tc, an_orphaned_request_is_forgotten);
	tcase_add_test(tc, a_request_before_the_bind_is_an_error);
	tcase_add_loop_test(tc, fragments_out_of_order_are_an_error, 0, 2);
	tcase_add_test(tc, a_request_without_end_is_an_error);
	tcase_add_loop_test(tc, a_length_no_pdu_has_is_an_error, 0, 5);
	tcase_add_loop_test(tc, a_type_that_no_client_sends_is_an_error, 0, 8);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("rpc/pdu");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, of_binds());
	suite_add_tcase(s, of_requests());
	suite_add_tcase(s, of_security());
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
