/* SPDX-License-Identifier: BSD-2-Clause */

/* Against the example of [MS-NLMP] 4.2.4.4, and what is no longer what was sent. */
#include "auth/ntlmssp_session.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "auth/logon.h"
#include "auth/ntlmssp.h"

#define PLAIN "P\0l\0a\0i\0n\0t\0e\0x\0t\0"
#define LEN   18

static const uint8_t sealed[LEN] = { 0x54, 0xE5, 0x01, 0x65, 0xBF, 0x19, 0x36, 0xDC, 0x99, 0x60,
	0x20, 0xC1, 0x81, 0x1B, 0x0F, 0x06, 0xFB, 0x5F };
static const uint8_t signature[16] = { 1, 0, 0, 0, 0x7F, 0xB3, 0x8E, 0xC5, 0xC5, 0x5D, 0x49, 0x76,
	0, 0, 0, 0 };

static struct ntlmssp ssp;
static struct ntlmssp_session *session;
static uint8_t bytes[LEN];
static const struct ntlmssp_message message = { bytes, LEN, bytes, LEN, true };

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	memset(&ssp, 0, sizeof(ssp));
	memset(ssp.key, 0x55, sizeof(ssp.key));
	ssp.keyed = true;
	ssp.flags = NTLMSSP_EXTENDED | NTLMSSP_128 | NTLMSSP_KEY_EXCH | NTLMSSP_SIGN | NTLMSSP_SEAL;
	session = ntlmssp_session_new(&ssp);
	ck_assert_ptr_nonnull(session);
	memcpy(bytes, sealed, LEN);
}

static void
teardown(void)
{
	ntlmssp_session_free(&session);
}

START_TEST(the_example_of_the_specification_is_understood)
{
	ck_assert(ntlmssp_session_unwrap(session, &message, signature));
	ck_assert_mem_eq(bytes, PLAIN, LEN);
}
END_TEST

START_TEST(a_changed_byte_is_noticed)
{
	uint8_t changed[16];

	memcpy(changed, signature, 16);
	if (_i < LEN)
		bytes[_i] ^= 1;
	else
		changed[_i - LEN] ^= 1;
	ck_assert(!ntlmssp_session_unwrap(session, &message, changed));
}
END_TEST

START_TEST(a_message_is_good_once)
{
	ck_assert(ntlmssp_session_unwrap(session, &message, signature));
	memcpy(bytes, sealed, LEN);
	ck_assert(!ntlmssp_session_unwrap(session, &message, signature));
}
END_TEST

START_TEST(ours_are_numbered_and_hidden_by_a_stream_of_their_own)
{
	uint8_t first[16], second[16], hidden[LEN];

	memcpy(bytes, PLAIN, LEN);
	ntlmssp_session_wrap(session, &message, first);
	memcpy(hidden, bytes, LEN);
	ck_assert_mem_ne(hidden, PLAIN, LEN);
	ck_assert_mem_ne(hidden, sealed, LEN);
	memcpy(bytes, PLAIN, LEN);
	ntlmssp_session_wrap(session, &message, second);
	ck_assert_mem_ne(bytes, hidden, LEN);
	ck_assert_mem_eq(first + 12, "\0\0\0\0", 4);
	ck_assert_mem_eq(second + 12, "\1\0\0\0", 4);
}
END_TEST

START_TEST(signing_alone_hides_nothing)
{
	struct ntlmssp_message open = message;
	uint8_t mac[16];

	open.sealed = false;
	memcpy(bytes, PLAIN, LEN);
	ntlmssp_session_wrap(session, &open, mac);
	ck_assert_mem_eq(bytes, PLAIN, LEN);
}
END_TEST

START_TEST(without_a_key_or_extended_security_there_is_none)
{
	ssp.keyed = false;
	ck_assert_ptr_null(ntlmssp_session_new(&ssp));
	ssp.keyed = true;
	ssp.flags &= ~(uint32_t)NTLMSSP_EXTENDED;
	ck_assert_ptr_null(ntlmssp_session_new(&ssp));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("auth/ntlmssp_session");
	TCase *tc = tcase_create("messages");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_example_of_the_specification_is_understood);
	tcase_add_loop_test(tc, a_changed_byte_is_noticed, 0, LEN + 16);
	tcase_add_test(tc, a_message_is_good_once);
	tcase_add_test(tc, ours_are_numbered_and_hidden_by_a_stream_of_their_own);
	tcase_add_test(tc, signing_alone_hides_nothing);
	tcase_add_test(tc, without_a_key_or_extended_security_there_is_none);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
