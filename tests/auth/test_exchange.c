/* SPDX-License-Identifier: BSD-2-Clause */

/* Log-ons with extended security, against the client of client.c. */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "auth/ntlmssp.h"
#include "auth/spnego.h"
#include "base/arena.h"
#include "client.h"
#include "hex.h"

#define WINDOWS_FLAGS \
	(NTLMSSP_UNICODE | NTLMSSP_OEM | NTLMSSP_TARGET | NTLMSSP_SIGN | NTLMSSP_NTLM | \
	    NTLMSSP_ALWAYS_SIGN | NTLMSSP_EXTENDED | NTLMSSP_128 | NTLMSSP_KEY_EXCH | NTLMSSP_56)

static struct arena arena;
static struct logon_policy policy;
static struct logon_exchange *x;
static struct logon result;
static struct logon_leg leg;
static struct client client;

static void
setup(void)
{
	struct account_db *db = account_db_new();

	ck_assert_ptr_null(logon_crypto_init());
	arena_init(&arena);
	ck_assert(account_set(db, "Anna", "secret", true));
	ck_assert(account_set(db, "gone", "secret", true));
	ck_assert(account_set_disabled(db, "gone", true));
	policy = (struct logon_policy){
		.accounts = db,
		.netbios_name = "BOX",
		.domain = "WORKGROUP",
		.guest_account = "nobody",
		.ntlm = LOGON_NTLMV2,
	};
	x = logon_exchange_new(&policy);
	client = (struct client){ .user = "anna",
		.domain = "WORKGROUP",
		.password = "secret",
		.flags = WINDOWS_FLAGS,
		.mic = true };
	leg = (struct logon_leg){ .result = &result };
	memset(&result, 0xee, sizeof(result));
}

static void
teardown(void)
{
	struct account_db *db = (struct account_db *)(uintptr_t)policy.accounts;

	logon_exchange_free(&x);
	ck_assert_ptr_null(x);
	account_db_free(&db);
	arena_clear(&arena);
}

/* From a buffer of just that size, so that a read past its end is seen. */
static nt_status
step(const uint8_t *p, size_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	nt_status status;

	if (n > 0)
		memcpy(copy, p, n);
	leg.in = copy;
	leg.in_len = n;
	status = logon_exchange_step(x, &arena, &leg);
	free(copy);
	return status;
}

static void
restart(void)
{
	logon_exchange_free(&x);
	x = logon_exchange_new(&policy);
}

/* Raw NTLMSSP up to the AUTHENTICATE message. */
static void
prepare_raw(struct blob *authenticate)
{
	struct blob token;

	client_negotiate(&client, &token);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_MORE_PROCESSING_REQUIRED);
	client_authenticate(&client, leg.out, leg.out_len, authenticate);
}

static nt_status
log_on_raw(void)
{
	struct blob token;

	prepare_raw(&token);
	return step(token.p, token.n);
}

static void
assert_anna(const char *scheme)
{
	ck_assert_str_eq(result.user, "Anna");
	ck_assert_str_eq(result.client_user, client.user);
	ck_assert_str_eq(result.domain, client.domain);
	ck_assert_str_eq(result.scheme, scheme);
	ck_assert(result.has_key && !result.guest && !result.anonymous);
	ck_assert_mem_eq(result.session_key, client.key, 16);
	ck_assert_uint_eq(result.response_len, 0);
	ck_assert_ptr_null(leg.reason);
}

START_TEST(ntlmv2_with_mic_and_key_exchange)
{
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna("NTLMSSP/NTLMv2");
	ck_assert_uint_eq(leg.out_len, 0);
}
END_TEST

START_TEST(ntlmv2_without_extras)
{
	client.mic = false;
	client.flags &= ~(uint32_t)NTLMSSP_KEY_EXCH;
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna("NTLMSSP/NTLMv2");
}
END_TEST

static const struct {
	enum client_scheme scheme;
	const char *name;
	bool extended;
} v1[] = {
	{ CLIENT_NTLM2, "NTLMSSP/NTLM2 session", true },
	{ CLIENT_NTLM, "NTLMSSP/NTLM", false },
	{ CLIENT_LM, "NTLMSSP/LM", false },
};

static void
be_v1_client(int i)
{
	client.mic = false;
	client.scheme = v1[i].scheme;
	if (!v1[i].extended)
		client.flags &= ~(uint32_t)NTLMSSP_EXTENDED;
}

START_TEST(v1_scheme_works_when_permitted)
{
	policy.ntlm = LOGON_NTLMV1;
	policy.lanman = true;
	be_v1_client(_i);
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna(v1[_i].name);
}
END_TEST

START_TEST(v1_scheme_is_refused_by_default)
{
	policy.lanman = true;
	be_v1_client(_i);
	ck_assert_uint_eq(log_on_raw(), STATUS_LOGON_FAILURE);
	ck_assert_ptr_nonnull(strstr(leg.reason, "ntlmv1-permitted"));
}
END_TEST

START_TEST(lmv2_alone)
{
	client.scheme = CLIENT_LMV2;
	client.mic = false;
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna("NTLMSSP/LMv2");
}
END_TEST

START_TEST(all_is_refused_when_disabled)
{
	policy.ntlm = LOGON_NO_NTLM;
	ck_assert_uint_eq(log_on_raw(), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(plaintext_has_no_place_here)
{
	policy.plaintext = true;
	client.scheme = CLIENT_PLAINTEXT;
	client.mic = false;
	ck_assert_uint_eq(log_on_raw(), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(oem_names)
{
	client.flags &= ~(uint32_t)NTLMSSP_UNICODE;
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna("NTLMSSP/NTLMv2");
}
END_TEST

START_TEST(header_without_key_and_flags)
{
	client.mic = false;
	client.old_header = true;
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	assert_anna("NTLMSSP/NTLMv2");
}
END_TEST

START_TEST(anonymous_has_no_key)
{
	client.scheme = CLIENT_ANONYMOUS;
	client.user = client.domain = "";
	client.mic = false;
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	ck_assert(result.anonymous && !result.has_key && !result.guest);
	ck_assert_hex(result.session_key, "00000000000000000000000000000000");
	ck_assert_str_eq(result.user, "");
}
END_TEST

START_TEST(guest_has_no_key)
{
	policy.map_to_guest = LOGON_GUEST_BAD_USER;
	client.user = "stranger";
	ck_assert_uint_eq(log_on_raw(), STATUS_SUCCESS);
	ck_assert(result.guest && !result.has_key);
	ck_assert_str_eq(result.user, "nobody");
	ck_assert_str_eq(leg.reason, "unknown user");
}
END_TEST

START_TEST(failures_look_alike)
{
	static const char *const users[] = { "anna", "stranger", "gone" };

	client.user = users[_i];
	client.password = _i == 2 ? "secret" : "wrong";
	ck_assert_uint_eq(log_on_raw(), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(leg.out_len, 0);
	ck_assert_ptr_nonnull(leg.reason);
}
END_TEST

START_TEST(one_failed_try_uses_up_the_challenge)
{
	struct blob good, bad;

	prepare_raw(&good);
	bad = good;
	bad.p[bad.n - 20] ^= 1;
	bad.p[100] ^= 1;
	ck_assert_uint_eq(step(bad.p, bad.n), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(step(good.p, good.n), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(finished_exchange_takes_no_more)
{
	struct blob token;

	prepare_raw(&token);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_SUCCESS);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_INVALID_PARAMETER);
}
END_TEST

/* Each of the three messages is changed where nothing else would notice. */
START_TEST(mic_sees_what_was_changed_on_the_way)
{
	struct blob token;

	if (_i == 0)
		client.flags |= NTLMSSP_SEAL;
	prepare_raw(&token);
	if (_i == 0) {
		client.negotiate.p[12] ^= NTLMSSP_SEAL;
		client_authenticate(&client, leg.out, leg.out_len, &token);
	} else if (_i == 1) {
		token.p[72] ^= 1;
	} else {
		token.p[64] ^= 1;
	}
	ck_assert_uint_eq(step(token.p, token.n), STATUS_LOGON_FAILURE);
	ck_assert_ptr_nonnull(strstr(leg.reason, "MIC"));
}
END_TEST

START_TEST(promised_mic_may_not_be_missing)
{
	struct blob token;

	prepare_raw(&token);
	memset(token.p + 72, 0, 16);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(announced_key_may_not_be_missing)
{
	struct blob token;

	client.mic = false;
	prepare_raw(&token);
	memset(token.p + 52, 0, 8);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(client_cannot_add_flags_later)
{
	struct blob token;

	client.flags &= ~(uint32_t)(NTLMSSP_KEY_EXCH | NTLMSSP_EXTENDED);
	client.mic = false;
	prepare_raw(&token);
	token.p[63] |= NTLMSSP_KEY_EXCH >> 24;
	token.p[62] |= NTLMSSP_EXTENDED >> 16;
	ck_assert_uint_eq(step(token.p, token.n), STATUS_SUCCESS);
	assert_anna("NTLMSSP/NTLMv2");
}
END_TEST

START_TEST(challenge_says_what_was_agreed)
{
	struct blob token;
	const uint8_t *m;

	client_negotiate(&client, &token);
	ck_assert_uint_eq(step(token.p, token.n), STATUS_MORE_PROCESSING_REQUIRED);
	m = leg.out;
	ck_assert_mem_eq(m, "NTLMSSP\0\2\0\0\0", 12);
	ck_assert_hex(m + 12, "0600060038000000");
	ck_assert_hex(m + 20, "15828ae0");
	ck_assert_hex(m + 56, "42004f005800");
	ck_assert_hex(m + 62,
	    "0200060042004f005800 0100060042004f005800"
	    "0400060062006f007800 0300060062006f007800 07000800");
	ck_assert_hex(m + leg.out_len - 4, "00000000");
}
END_TEST

START_TEST(no_token_prefix_of_negotiate_harms)
{
	struct blob token;

	client_negotiate(&client, &token);
	for (size_t n = 0; n < 16; n++) {
		restart();
		ck_assert_uint_eq(step(token.p, n), STATUS_INVALID_PARAMETER);
	}
}
END_TEST

START_TEST(no_prefix_of_authenticate_logs_on)
{
	struct blob negotiate, token;
	size_t whole;

	prepare_raw(&token);
	whole = token.n;
	for (size_t n = 0; n < whole; n++) {
		restart();
		client_negotiate(&client, &negotiate);
		step(negotiate.p, negotiate.n);
		client_authenticate(&client, leg.out, leg.out_len, &token);
		ck_assert(step(token.p, n) != STATUS_SUCCESS);
	}
}
END_TEST

/* SPNEGO */

/* Up to the last token of the client, wrapped. */
static void
prepare_spnego(const char *mechs, bool optimistic, struct blob *list, struct blob *token)
{
	struct blob wrapped;

	client_negotiate(&client, token);
	client_spnego_init(mechs, optimistic ? token : NULL, list, &wrapped);
	ck_assert_uint_eq(step(wrapped.p, wrapped.n), STATUS_MORE_PROCESSING_REQUIRED);
	if (!optimistic) {
		client_spnego_resp(token, NULL, &wrapped);
		ck_assert_uint_eq(step(wrapped.p, wrapped.n), STATUS_MORE_PROCESSING_REQUIRED);
	}
	client_spnego_token(leg.out, leg.out_len, &wrapped);
	client_authenticate(&client, wrapped.p, wrapped.n, token);
}

static nt_status
finish_spnego(const struct blob *token, const struct blob *mic)
{
	struct blob wrapped;

	client_spnego_resp(token, mic, &wrapped);
	return step(wrapped.p, wrapped.n);
}

START_TEST(spnego_with_ntlmssp_first)
{
	struct blob list, token;

	prepare_spnego(OID_NTLMSSP OID_KRB5, true, &list, &token);
	ck_assert_uint_eq(finish_spnego(&token, NULL), STATUS_SUCCESS);
	assert_anna("SPNEGO/NTLMv2");
	ck_assert_uint_eq(leg.out_len, 9);
	ck_assert_hex(leg.out, "a1073005a0030a0100");
}
END_TEST

START_TEST(spnego_without_a_first_token)
{
	struct blob list, token;

	prepare_spnego(OID_NTLMSSP, false, &list, &token);
	ck_assert_uint_eq(finish_spnego(&token, NULL), STATUS_SUCCESS);
}
END_TEST

START_TEST(spnego_with_kerberos_first)
{
	struct blob list, token, junk = { .p = "kerberos", .n = 8 }, wrapped;

	client_spnego_init(OID_KRB5 OID_NTLMSSP, &junk, &list, &wrapped);
	ck_assert_uint_eq(step(wrapped.p, wrapped.n), STATUS_MORE_PROCESSING_REQUIRED);
	ck_assert_hex(leg.out, "a1153013 a0030a0103 a10c" OID_NTLMSSP);
	restart();
	prepare_spnego(OID_KRB5 OID_NTLMSSP, false, &list, &token);
	client_mech_list_mic(&client, true, &list, &junk);
	ck_assert_uint_eq(finish_spnego(&token, &junk), STATUS_SUCCESS);
}
END_TEST

START_TEST(spnego_mic_is_checked_and_answered)
{
	struct blob list, token, mic;

	static const uint32_t without[] = { 0, NTLMSSP_KEY_EXCH, NTLMSSP_EXTENDED };

	client.flags &= ~without[_i];
	prepare_spnego(OID_NTLMSSP, true, &list, &token);
	client_mech_list_mic(&client, true, &list, &mic);
	ck_assert_uint_eq(finish_spnego(&token, &mic), STATUS_SUCCESS);
	client_mech_list_mic(&client, false, &list, &mic);
	ck_assert_uint_eq(leg.out_len, 29);
	ck_assert_hex(leg.out, "a11b3019a0030a0100a3120410");
	ck_assert_mem_eq(leg.out + 13, mic.p, 16);
}
END_TEST

START_TEST(spnego_wrong_mic_is_refused)
{
	struct blob list, token, mic;

	prepare_spnego(OID_NTLMSSP, true, &list, &token);
	client_mech_list_mic(&client, true, &list, &mic);
	mic.p[_i] ^= 0x10;
	ck_assert_uint_eq(finish_spnego(&token, &mic), STATUS_LOGON_FAILURE);
	ck_assert_ptr_nonnull(strstr(leg.reason, "mechListMIC"));
}
END_TEST

START_TEST(spnego_wrong_old_mic_is_refused)
{
	struct blob list, token, mic;
	bool padding = _i >= 4 && _i < 8;

	client.flags &= ~(uint32_t)NTLMSSP_EXTENDED;
	prepare_spnego(OID_NTLMSSP, true, &list, &token);
	client_mech_list_mic(&client, true, &list, &mic);
	mic.p[_i] ^= 0x10;
	ck_assert_uint_eq(
	    finish_spnego(&token, &mic), padding ? STATUS_SUCCESS : STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(spnego_token_in_place_of_the_mic)
{
	struct blob list, token;

	prepare_spnego(OID_NTLMSSP, true, &list, &token);
	ck_assert_uint_eq(finish_spnego(&token, &token), STATUS_SUCCESS);
}
END_TEST

START_TEST(spnego_without_ntlmssp_is_refused)
{
	struct blob list, wrapped;

	client_spnego_init(OID_KRB5, NULL, &list, &wrapped);
	ck_assert_uint_eq(step(wrapped.p, wrapped.n), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(no_prefix_of_a_spnego_token_is_taken)
{
	struct blob list, token, first;

	client_negotiate(&client, &token);
	client_spnego_init(OID_NTLMSSP OID_KRB5, &token, &list, &first);
	for (size_t n = 0; n < first.n; n++) {
		restart();
		ck_assert_uint_eq(step(first.p, n), STATUS_INVALID_PARAMETER);
	}
	client_spnego_resp(&token, NULL, &first);
	for (size_t n = 0; n < first.n; n++) {
		restart();
		prepare_spnego(OID_NTLMSSP, true, &list, &token);
		client_spnego_resp(&token, NULL, &first);
		ck_assert(step(first.p, n) != STATUS_SUCCESS);
	}
}
END_TEST

/* Every byte of both tokens takes some other values; only ASan and the bounds are asked. */
START_TEST(no_changed_byte_harms)
{
	static const uint8_t values[] = { 0x00, 0x7f, 0x80, 0x84, 0xff };
	struct blob list, token, wrapped;

	client_negotiate(&client, &token);
	client_spnego_init(OID_NTLMSSP OID_KRB5, &token, &list, &wrapped);
	for (size_t i = 0; i < wrapped.n * sizeof(values); i++) {
		struct blob bad = wrapped;

		bad.p[i / sizeof(values)] = values[i % sizeof(values)];
		restart();
		step(bad.p, bad.n);
		ck_assert(leg.out_len < BLOB_MAX);
	}
	for (size_t i = 0; i < wrapped.n; i++) {
		restart();
		prepare_spnego(OID_NTLMSSP, true, &list, &token);
		client_spnego_resp(&token, NULL, &wrapped);
		wrapped.p[i] = values[i % sizeof(values)];
		step(wrapped.p, wrapped.n);
	}
}
END_TEST

START_TEST(negotiate_token_offers_ntlmssp)
{
	const uint8_t *p;
	size_t n;

	logon_negotiate_token(&arena, &p, &n);
	ck_assert_uint_eq(n, 0x4a);
	ck_assert_hex(p,
	    "6048 06062b0601050502 a03e 303c a00e 300c" OID_NTLMSSP
	    "a32a 3028 a026 1b24 6e6f745f646566696e6564");
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("auth/exchange");
	TCase *tc = tcase_create("ntlmssp");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, ntlmv2_with_mic_and_key_exchange);
	tcase_add_test(tc, ntlmv2_without_extras);
	tcase_add_loop_test(tc, v1_scheme_works_when_permitted, 0, 3);
	tcase_add_loop_test(tc, v1_scheme_is_refused_by_default, 0, 3);
	tcase_add_test(tc, lmv2_alone);
	tcase_add_test(tc, all_is_refused_when_disabled);
	tcase_add_test(tc, plaintext_has_no_place_here);
	tcase_add_test(tc, oem_names);
	tcase_add_test(tc, header_without_key_and_flags);
	tcase_add_test(tc, anonymous_has_no_key);
	tcase_add_test(tc, guest_has_no_key);
	tcase_add_loop_test(tc, failures_look_alike, 0, 3);
	tcase_add_test(tc, one_failed_try_uses_up_the_challenge);
	tcase_add_test(tc, finished_exchange_takes_no_more);
	tcase_add_loop_test(tc, mic_sees_what_was_changed_on_the_way, 0, 3);
	tcase_add_test(tc, promised_mic_may_not_be_missing);
	tcase_add_test(tc, announced_key_may_not_be_missing);
	tcase_add_test(tc, client_cannot_add_flags_later);
	tcase_add_test(tc, challenge_says_what_was_agreed);
	tcase_add_test(tc, no_token_prefix_of_negotiate_harms);
	tcase_add_test(tc, no_prefix_of_authenticate_logs_on);
	suite_add_tcase(s, tc);
	tc = tcase_create("spnego");
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, spnego_with_ntlmssp_first);
	tcase_add_test(tc, spnego_without_a_first_token);
	tcase_add_test(tc, spnego_with_kerberos_first);
	tcase_add_loop_test(tc, spnego_mic_is_checked_and_answered, 0, 3);
	tcase_add_loop_test(tc, spnego_wrong_mic_is_refused, 0, 16);
	tcase_add_loop_test(tc, spnego_wrong_old_mic_is_refused, 0, 16);
	tcase_add_test(tc, spnego_token_in_place_of_the_mic);
	tcase_add_test(tc, spnego_without_ntlmssp_is_refused);
	tcase_add_test(tc, no_prefix_of_a_spnego_token_is_taken);
	tcase_add_test(tc, no_changed_byte_harms);
	tcase_add_test(tc, negotiate_token_offers_ntlmssp);
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
