/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/signing.h"

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "auth/logon.h"
#include "hex.h"
#include "wire/frame.h"
#include "wire/header.h"

static const uint8_t session_key[16] = "sixteen bytes ab";
static const uint8_t response[24] = "twenty-four bytes of it";

static struct signing s;
static struct frame *f;

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	s = (struct signing){ 0 };
	f = frame_new(64);
	f->len = 40;
	memcpy(f->smb, "\xffSMB", 4);
	memset(f->smb + 32, 0x5a, 8);
}

static void
teardown(void)
{
	signing_clear(&s);
	frame_free(&f);
}

START_TEST(is_off_until_started)
{
	ck_assert(!signing_active(&s));
	signing_start(&s, session_key, response, sizeof(response));
	ck_assert(signing_active(&s));
	ck_assert_uint_eq(s.next, 2);
	signing_clear(&s);
	ck_assert(!signing_active(&s));
}
END_TEST

START_TEST(first_key_stays)
{
	static const uint8_t other[16] = "another key 0123";

	signing_start(&s, session_key, response, sizeof(response));
	s.next = 8;
	signing_start(&s, other, NULL, 0);
	ck_assert_uint_eq(s.key_len, 40);
	ck_assert_mem_eq(s.key, session_key, 16);
	ck_assert_mem_eq(s.key + 16, response, 24);
	ck_assert_uint_eq(s.next, 8);
}
END_TEST

/* The value comes from an MD5 made with other means over the same bytes. */
START_TEST(signature_is_md5_of_key_and_message)
{
	signing_start(&s, session_key, NULL, 0);
	signing_sign(&s, f, 0x01020304);
	ck_assert_hex(f->smb + SMB_SIGNATURE_AT, "ae5df6a500870663");
}
END_TEST

START_TEST(signed_message_verifies)
{
	signing_start(&s, session_key, response, sizeof(response));
	signing_sign(&s, f, 5);
	ck_assert(signing_verify(&s, f, 5));
}
END_TEST

START_TEST(replay_and_reorder_are_seen)
{
	signing_start(&s, session_key, response, sizeof(response));
	signing_sign(&s, f, 4);
	ck_assert(!signing_verify(&s, f, 2));
	ck_assert(!signing_verify(&s, f, 6));
	ck_assert(!signing_verify(&s, f, 4 + 0x01000000));
}
END_TEST

/* Runs once for each byte of the message. */
START_TEST(changed_byte_is_seen)
{
	signing_start(&s, session_key, response, sizeof(response));
	signing_sign(&s, f, 4);
	f->smb[_i] ^= 1;
	ck_assert(!signing_verify(&s, f, 4));
}
END_TEST

START_TEST(cut_and_lengthened_messages_are_seen)
{
	signing_start(&s, session_key, response, sizeof(response));
	signing_sign(&s, f, 4);
	f->len = 39;
	ck_assert(!signing_verify(&s, f, 4));
	f->len = 41;
	ck_assert(!signing_verify(&s, f, 4));
}
END_TEST

START_TEST(less_than_a_header_never_verifies)
{
	signing_start(&s, session_key, response, sizeof(response));
	for (f->len = 0; f->len < SMB_HEADER_LEN; f->len++)
		ck_assert(!signing_verify(&s, f, 4));
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("auth/signing");
	TCase *tc = tcase_create("signing");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, is_off_until_started);
	tcase_add_test(tc, first_key_stays);
	tcase_add_test(tc, signature_is_md5_of_key_and_message);
	tcase_add_test(tc, signed_message_verifies);
	tcase_add_test(tc, replay_and_reorder_are_seen);
	tcase_add_loop_test(tc, changed_byte_is_seen, 0, 40);
	tcase_add_test(tc, cut_and_lengthened_messages_are_seen);
	tcase_add_test(tc, less_than_a_header_never_verifies);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
