/* SPDX-License-Identifier: BSD-2-Clause */

/* The examples of [MS-NLMP] 4.2: user "User" with password "Password" in "Domain". */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "auth/crypto.h"
#include "auth/logon.h"
#include "auth/ntlm.h"
#include "hex.h"

#define PASSWORD  "Password"
#define CLIENT    "aaaaaaaaaaaaaaaa"
#define SESSION   "55555555555555555555555555555555"
#define NT_HASH   "a4f49c406510bdcab6824ee7c30fd852"
#define V2_HASH   "0c868a403bfd7a93a3001ef22ef02e3f"
#define NT_PROOF  "68cd0ab851e51c96aabc927bebef6a1c"
#define V2_DOMAIN "44006f006d00610069006e00"
#define V2_SERVER "530065007200760065007200"
#define V2_BLOB \
	"0101000000000000 0000000000000000" CLIENT "00000000 02000c00" V2_DOMAIN \
	"01000c00" V2_SERVER "00000000 00000000"

static const uint8_t server[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

static uint8_t nt_hash[16];
static uint8_t client[8];

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	ntlm_nt_hash(PASSWORD, nt_hash);
	unhex(CLIENT, client);
}

static void
assert_exported(const uint8_t key[16], const char *encrypted)
{
	uint8_t in[16], out[16];

	unhex(SESSION, in);
	crypto_rc4(key, in, sizeof(in), out);
	ck_assert_hex(out, encrypted);
}

START_TEST(nt_hash_is_as_published)
{
	ck_assert_hex(nt_hash, NT_HASH);
}
END_TEST

START_TEST(lm_hash_is_as_published)
{
	uint8_t hash[16];

	ck_assert(ntlm_lm_hash(crypto_oem(), PASSWORD, hash));
	ck_assert_hex(hash, "e52cac67419a9a224a3b108f3fa6cb6d");
}
END_TEST

START_TEST(lm_hash_knows_no_case)
{
	uint8_t small[16], capital[16];

	ck_assert(ntlm_lm_hash(crypto_oem(), "p\xc3\xa4ss", small));
	ck_assert(ntlm_lm_hash(crypto_oem(), "P\xc3\x84SS", capital));
	ck_assert_mem_eq(small, capital, 16);
}
END_TEST

START_TEST(fifteen_characters_have_no_lm_hash)
{
	uint8_t hash[16];

	ck_assert(ntlm_lm_hash(crypto_oem(), "fourteen-bytes", hash));
	ck_assert(!ntlm_lm_hash(crypto_oem(), "fifteen-bytes!!", hash));
	ck_assert_hex(hash, "00000000000000000000000000000000");
}
END_TEST

START_TEST(ntlm_v1_is_as_published)
{
	uint8_t response[24], key[16];

	ntlm_response(nt_hash, server, response);
	ck_assert_hex(response, "67c43011f30298a2ad35ece64f16331c44bdbed927841f94");
	ntlm_key_v1(nt_hash, key);
	ck_assert_hex(key, "d87262b0cde4b1cb7499becccdf10784");
	assert_exported(key, "518822b1b3f350c8958682ecbb3e3cb7");
}
END_TEST

START_TEST(lm_v1_is_as_published)
{
	uint8_t hash[16], response[24], key[16];

	ntlm_lm_hash(crypto_oem(), PASSWORD, hash);
	ntlm_response(hash, server, response);
	ck_assert_hex(response, "98def7b87f88aa5dafe2df779688a172def11c7d5ccdef13");
	ntlm_key_lm(hash, key);
	ck_assert_hex(key, "e52cac67419a9a220000000000000000");
}
END_TEST

START_TEST(ntlm2_session_is_as_published)
{
	uint8_t challenge[8], response[24], key[16];

	ntlm_ntlm2_challenge(server, client, challenge);
	ntlm_response(nt_hash, challenge, response);
	ck_assert_hex(response, "7537f803ae367128ca458204bde7caf81e97ed2683267232");
	ntlm_key_ntlm2(nt_hash, server, client, key);
	ck_assert_hex(key, "eb93429a8bd952f8b89c55b87f475edc");
}
END_TEST

START_TEST(ntlm_v2_is_as_published)
{
	uint8_t hash[16], blob[128], proof[16], key[16];
	size_t n = unhex(V2_BLOB, blob);

	ntlm_v2_hash(nt_hash, "USER", "Domain", hash);
	ck_assert_hex(hash, V2_HASH);
	ntlm_v2_proof(hash, server, blob, n, proof);
	ck_assert_hex(proof, NT_PROOF);
	ntlm_key_v2(hash, proof, key);
	ck_assert_hex(key, "8de40ccadbc14a82f15cb0ad0de95ca3");
	assert_exported(key, "c5dad2544fc9799094ce1ce90bc9d03e");
}
END_TEST

START_TEST(lm_v2_is_as_published)
{
	uint8_t hash[16], proof[16];

	unhex(V2_HASH, hash);
	ntlm_v2_proof(hash, server, client, sizeof(client), proof);
	ck_assert_hex(proof, "86c35097ac9cec102554764a57cccc19");
}
END_TEST

START_TEST(names_of_any_length_are_hashed)
{
	char *user = malloc(65536);
	uint8_t hash[16];

	memset(user, 'U', 65535);
	user[65535] = '\0';
	ntlm_v2_hash(nt_hash, user, user, hash);
	free(user);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("auth/ntlm");
	TCase *tc = tcase_create("ntlm");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, nt_hash_is_as_published);
	tcase_add_test(tc, lm_hash_is_as_published);
	tcase_add_test(tc, lm_hash_knows_no_case);
	tcase_add_test(tc, fifteen_characters_have_no_lm_hash);
	tcase_add_test(tc, ntlm_v1_is_as_published);
	tcase_add_test(tc, lm_v1_is_as_published);
	tcase_add_test(tc, ntlm2_session_is_as_published);
	tcase_add_test(tc, ntlm_v2_is_as_published);
	tcase_add_test(tc, lm_v2_is_as_published);
	tcase_add_test(tc, names_of_any_length_are_hashed);
	suite_add_tcase(s, tc);
	return s;
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
