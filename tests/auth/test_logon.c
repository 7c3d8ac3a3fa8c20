/* SPDX-License-Identifier: BSD-2-Clause */

/* Log-ons without extended security, against the client of client.c. */

#include "auth/logon.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "auth/account.h"
#include "auth/ntlm.h"
#include "base/arena.h"
#include "client.h"
#include "hex.h"

static const uint8_t challenge[8] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef };

static struct arena arena;
static struct account_db *db;
static struct logon_policy policy;
static struct logon result;
static struct client client;
static const char *reason;

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	arena_init(&arena);
	db = account_db_new();
	ck_assert(account_set(db, "Anna", "secret", true));
	ck_assert(account_set(db, "nolm", "secret", false));
	ck_assert(account_set(db, "gone", "secret", true));
	ck_assert(account_set_disabled(db, "gone", true));
	policy = (struct logon_policy){
		.accounts = db,
		.netbios_name = "BOX",
		.domain = "WORKGROUP",
		.guest_account = "nobody",
		.ntlm = LOGON_NTLMV1,
		.lanman = true,
	};
	client = (struct client){ .user = "ANNA", .domain = "Somewhere", .password = "secret" };
}

static void
teardown(void)
{
	account_db_free(&db);
	arena_clear(&arena);
}

static nt_status
check_fields(const struct blob *lm, const struct blob *nt, bool challenged)
{
	const struct logon_fields f = {
		.user = client.user,
		.domain = client.domain,
		.lm = lm->p,
		.lm_len = lm->n,
		.nt = nt->p,
		.nt_len = nt->n,
		.challenge = challenged ? challenge : NULL,
		.unicode = true,
	};

	memset(&result, 0xee, sizeof(result));
	return logon_fields_check(&policy, &f, &arena, &result, &reason);
}

static nt_status
log_on(void)
{
	struct blob lm, nt;

	client_respond(&client, challenge, &lm, &nt);
	return check_fields(&lm, &nt, true);
}

/* Which schemes each setting of the policy lets pass. */
static const struct {
	enum client_scheme scheme;
	const char *name;
	bool v1, v1_lanman, v2, none;
} matrix[] = {
	{ CLIENT_NTLMV2, "NTLMv2", true, true, true, false },
	{ CLIENT_LMV2, "LMv2", true, true, true, false },
	{ CLIENT_NTLM, "NTLM", true, true, false, false },
	{ CLIENT_LM, "LM", false, true, false, false },
};

static void
assert_outcome(bool passes, const char *scheme)
{
	ck_assert_uint_eq(log_on(), passes ? STATUS_SUCCESS : STATUS_LOGON_FAILURE);
	if (!passes) {
		ck_assert_ptr_nonnull(reason);
		return;
	}
	ck_assert_ptr_null(reason);
	ck_assert_str_eq(result.scheme, scheme);
	ck_assert_str_eq(result.user, "Anna");
	ck_assert_str_eq(result.client_user, "ANNA");
	ck_assert_str_eq(result.domain, "Somewhere");
	ck_assert(result.has_key && !result.guest && !result.anonymous);
	ck_assert_mem_eq(result.session_key, client.key, 16);
}

START_TEST(scheme_passes_where_policy_lets_it)
{
	client.scheme = matrix[_i].scheme;
	assert_outcome(matrix[_i].v1_lanman, matrix[_i].name);
	policy.lanman = false;
	assert_outcome(matrix[_i].v1, matrix[_i].name);
	policy.ntlm = LOGON_NTLMV2;
	assert_outcome(matrix[_i].v2, matrix[_i].name);
	policy.lanman = true;
	assert_outcome(matrix[_i].v2, matrix[_i].name);
	policy.ntlm = LOGON_NO_NTLM;
	assert_outcome(matrix[_i].none, matrix[_i].name);
}
END_TEST

START_TEST(mac_key_goes_on_with_the_response_that_was_right)
{
	struct blob lm, nt;
	bool in_lm = matrix[_i].scheme == CLIENT_LM || matrix[_i].scheme == CLIENT_LMV2;
	const struct blob *right = in_lm ? &lm : &nt;

	client.scheme = matrix[_i].scheme;
	client_respond(&client, challenge, &lm, &nt);
	ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_SUCCESS);
	ck_assert_uint_eq(result.response_len, right->n);
	ck_assert_mem_eq(result.response, right->p, right->n);
	ck_assert_ptr_ne(result.response, right->p);
}
END_TEST

START_TEST(wrong_response_fails)
{
	client.scheme = matrix[_i].scheme;
	client.password = "Secrets";
	ck_assert_uint_eq(log_on(), STATUS_LOGON_FAILURE);
	ck_assert_str_eq(reason, "wrong password");
}
END_TEST

START_TEST(no_byte_of_a_response_may_differ)
{
	struct blob lm, nt;

	client.scheme = CLIENT_NTLMV2;
	client_respond(&client, challenge, &lm, &nt);
	for (size_t i = 0; i < nt.n; i++) {
		nt.p[i] ^= 1;
		ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_LOGON_FAILURE);
		nt.p[i] ^= 1;
	}
	while (nt.n-- > 0)
		ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(lm_follows_when_ntlm_is_refused)
{
	struct blob lm, nt, none = { .n = 0 };

	policy.ntlm = LOGON_NTLMV1;
	client.scheme = CLIENT_LM;
	client_respond(&client, challenge, &lm, &nt);
	memset(nt.p, 0x11, 24);
	nt.n = 24;
	ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_SUCCESS);
	ck_assert_str_eq(result.scheme, "LM");
	ck_assert_uint_eq(check_fields(&lm, &none, true), STATUS_SUCCESS);
}
END_TEST

START_TEST(lm_needs_a_stored_hash)
{
	client.user = "nolm";
	client.scheme = CLIENT_LM;
	ck_assert_uint_eq(log_on(), STATUS_LOGON_FAILURE);
}
END_TEST

/* What the client computed with, and what it puts into the two fields. */
static const struct {
	const char *user, *domain, *said_user, *said_domain;
} spellings[] = {
	{ "anna", "somewhere", "aNNa", "somewhere" },
	{ "anna", "SOMEWHERE", "anna", "somewhere" },
	{ "anna", "", "anna", "somewhere" },
	{ "anna", "Dom", "Dom\\anna", "" },
	{ "anna", "DOM", "dom\\anna", "" },
	{ "dom\\anna", "", "dom\\anna", "" },
	{ "anna@dom", "", "anna@dom", "" },
	{ "anna", "dom", "anna@dom", "" },
	{ "anna", "", "dom\\anna", "other" },
};

START_TEST(spellings_of_name_and_domain_work)
{
	struct blob lm, nt;

	client.scheme = _i % 2 ? CLIENT_NTLMV2 : CLIENT_LMV2;
	client.user = spellings[_i].user;
	client.domain = spellings[_i].domain;
	client_respond(&client, challenge, &lm, &nt);
	client.user = spellings[_i].said_user;
	client.domain = spellings[_i].said_domain;
	ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_SUCCESS);
	ck_assert_str_eq(result.user, "Anna");
	ck_assert_str_eq(result.client_user, spellings[_i].said_user);
}
END_TEST

START_TEST(account_with_at_sign_is_found_whole)
{
	account_set(db, "anna@dom", "other", false);
	client.user = "ANNA@DOM";
	client.password = "other";
	ck_assert_uint_eq(log_on(), STATUS_SUCCESS);
	ck_assert_str_eq(result.user, "anna@dom");
}
END_TEST

START_TEST(reasons_differ_only_in_the_log)
{
	client.user = "stranger";
	ck_assert_uint_eq(log_on(), STATUS_LOGON_FAILURE);
	ck_assert_str_eq(reason, "unknown user");
	client.user = "gone";
	ck_assert_uint_eq(log_on(), STATUS_LOGON_FAILURE);
	ck_assert_str_eq(reason, "the account is disabled");
}
END_TEST

/* The made-up hashes of an unknown user are no password. */
START_TEST(zero_hash_is_no_way_in)
{
	static const uint8_t zero[16];
	struct blob response = { .n = 24 }, none = { .n = 0 };

	client.user = _i == 0 ? "stranger" : "nolm";
	ntlm_response(zero, challenge, response.p);
	ck_assert_uint_eq(check_fields(&response, &none, true), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(check_fields(&none, &response, true), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(check_fields(&response, &response, true), STATUS_LOGON_FAILURE);
}
END_TEST

/* Guests and nobodies */

static const struct {
	const char *user, *password;
	bool bad_user, bad_password; /* become a guest where this is mapped */
} strangers[] = {
	{ "stranger", "secret", true, true },
	{ "anna", "wrong", false, true },
	{ "gone", "secret", false, true },
	{ "", "secret", true, true },
};

static void
assert_guest(bool expected)
{
	ck_assert_uint_eq(log_on(), expected ? STATUS_SUCCESS : STATUS_LOGON_FAILURE);
	if (!expected)
		return;
	ck_assert(result.guest && !result.has_key && !result.anonymous);
	ck_assert_str_eq(result.user, "nobody");
	ck_assert_str_eq(result.scheme, "guest");
	ck_assert_uint_eq(result.response_len, 0);
}

START_TEST(guests_are_mapped_as_configured)
{
	client.user = strangers[_i].user;
	client.password = strangers[_i].password;
	for (enum client_scheme s = CLIENT_NTLMV2; s <= CLIENT_LM; s++) {
		client.scheme = s == CLIENT_NTLM2 ? CLIENT_NTLM : s;
		policy.map_to_guest = LOGON_GUEST_NEVER;
		assert_guest(false);
		policy.map_to_guest = LOGON_GUEST_BAD_USER;
		assert_guest(strangers[_i].bad_user);
		policy.map_to_guest = LOGON_GUEST_BAD_PASSWORD;
		assert_guest(strangers[_i].bad_password);
	}
}
END_TEST

START_TEST(right_password_is_no_guest)
{
	policy.map_to_guest = LOGON_GUEST_BAD_PASSWORD;
	ck_assert_uint_eq(log_on(), STATUS_SUCCESS);
	ck_assert(!result.guest);
}
END_TEST

START_TEST(empty_name_and_responses_are_anonymous)
{
	struct blob none = { .n = 0 }, zero = { .p = { 0 }, .n = 1 };

	client.user = "";
	ck_assert_uint_eq(check_fields(&none, &none, true), STATUS_SUCCESS);
	ck_assert(result.anonymous && !result.guest && !result.has_key);
	ck_assert_str_eq(result.user, "");
	ck_assert_uint_eq(check_fields(&zero, &none, true), STATUS_SUCCESS);
	ck_assert(result.anonymous);
	client.user = "anna";
	ck_assert_uint_eq(check_fields(&none, &none, true), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(account_without_password_needs_none)
{
	static const char line[] = "free:1:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:"
				   "NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU]:\n";
	struct blob none = { .n = 0 };
	char path[] = "/tmp/smb1d-logon-XXXXXX", err[256];
	int fd = mkstemp(path);

	ck_assert_int_eq(write(fd, line, strlen(line)), (ssize_t)strlen(line));
	close(fd);
	account_db_free(&db);
	db = account_db_load(path, err, sizeof(err));
	unlink(path);
	policy.accounts = db;
	client.user = "FREE";
	ck_assert_uint_eq(check_fields(&none, &none, true), STATUS_SUCCESS);
	ck_assert_str_eq(result.user, "free");
	ck_assert(!result.has_key);
	client.password = "";
	ck_assert_uint_eq(log_on(), STATUS_SUCCESS);
	ck_assert(result.has_key);
	client.password = "x";
	ck_assert_uint_eq(log_on(), STATUS_LOGON_FAILURE);
}
END_TEST

/* Plaintext */

static const struct {
	const char *lm; /* NULL: none */
	size_t lm_len;
	const char *nt;
	const char *user;
	bool right;
} typed[] = {
	{ "secret", 6, NULL, "anna", true },
	{ "secret\0", 7, NULL, "anna", true },
	{ "secret\0garbagegarbagegar", 24, NULL, "anna", true },
	{ "SECRET", 6, NULL, "anna", true },
	{ "SECRET", 6, NULL, "nolm", true },
	{ "Secret", 6, NULL, "nolm", false },
	{ "secre", 5, NULL, "anna", false },
	{ "secret ", 7, NULL, "anna", false },
	{ NULL, 0, "secret", "anna", true },
	{ NULL, 0, "wrong", "anna", false },
	{ "secret", 6, "", "anna", true },
	{ "", 1, "secret", "nolm", true },
	{ "secret", 6, NULL, "gone", false },
	{ "secret", 6, NULL, "stranger", false },
};

START_TEST(plaintext_is_compared_when_permitted)
{
	struct blob lm = { .n = 0 }, nt = { .n = 0 };

	client.user = typed[_i].user;
	blob_put(&lm, typed[_i].lm, typed[_i].lm_len);
	if (typed[_i].nt != NULL) {
		blob_put_text(&nt, typed[_i].nt, true);
		blob_put(&nt, "\0", 2);
	}
	ck_assert_uint_eq(check_fields(&lm, &nt, false), STATUS_LOGON_FAILURE);
	policy.plaintext = true;
	ck_assert_uint_eq(
	    check_fields(&lm, &nt, false), typed[_i].right ? STATUS_SUCCESS : STATUS_LOGON_FAILURE);
	if (typed[_i].right) {
		ck_assert_str_eq(result.scheme, "plaintext");
		ck_assert(!result.has_key);
	}
}
END_TEST

START_TEST(plaintext_may_be_aligned_in_its_field)
{
	struct blob lm = { .n = 0 }, nt = { .n = 0 };

	policy.plaintext = true;
	blob_put(&nt, "\0", 1);
	blob_put_text(&nt, "secret", true);
	blob_put(&nt, "\0", 1);
	ck_assert_uint_eq(check_fields(&lm, &nt, false), STATUS_SUCCESS);
	ck_assert_str_eq(result.scheme, "plaintext");
}
END_TEST

START_TEST(no_response_passes_where_no_challenge_was_sent)
{
	struct blob lm, nt;

	policy.plaintext = true;
	client_respond(&client, challenge, &lm, &nt);
	ck_assert_uint_eq(check_fields(&lm, &nt, false), STATUS_LOGON_FAILURE);
}
END_TEST

START_TEST(lengths_of_no_scheme_are_refused)
{
	struct blob lm = { .n = 0 }, nt = { .n = 0 };

	for (lm.n = 0; lm.n <= 64; lm.n += 8) {
		for (nt.n = 0; nt.n <= 64; nt.n++)
			ck_assert_uint_eq(check_fields(&lm, &nt, true), STATUS_LOGON_FAILURE);
	}
}
END_TEST

static int
compare(const void *a, const void *b)
{
	return memcmp(a, b, 8);
}

START_TEST(challenges_never_repeat)
{
	const size_t count = 100000;
	uint8_t(*all)[8] = calloc(count, 8);
	unsigned ones = 0;

	for (size_t i = 0; i < count; i++) {
		logon_challenge(all[i]);
		for (int bit = 0; bit < 64; bit++)
			ones += all[i][bit / 8] >> bit % 8 & 1;
	}
	qsort(all, count, 8, compare);
	for (size_t i = 1; i < count; i++)
		ck_assert_mem_ne(all[i - 1], all[i], 8);
	/* Half of 6.4 million bits, give or take far more than chance would. */
	ck_assert_uint_gt(ones, 3180000);
	ck_assert_uint_lt(ones, 3220000);
	free(all);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

static Suite *
suite(void)
{
	Suite *s = suite_create("auth/logon");
	TCase *tc = tcase_create("fields");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, scheme_passes_where_policy_lets_it, 0, COUNT(matrix));
	tcase_add_loop_test(tc, mac_key_goes_on_with_the_response_that_was_right, 0, COUNT(matrix));
	tcase_add_loop_test(tc, wrong_response_fails, 0, COUNT(matrix));
	tcase_add_test(tc, no_byte_of_a_response_may_differ);
	tcase_add_test(tc, lm_follows_when_ntlm_is_refused);
	tcase_add_test(tc, lm_needs_a_stored_hash);
	tcase_add_loop_test(tc, spellings_of_name_and_domain_work, 0, COUNT(spellings));
	tcase_add_test(tc, account_with_at_sign_is_found_whole);
	tcase_add_test(tc, reasons_differ_only_in_the_log);
	tcase_add_loop_test(tc, zero_hash_is_no_way_in, 0, 2);
	tcase_add_loop_test(tc, guests_are_mapped_as_configured, 0, COUNT(strangers));
	tcase_add_test(tc, right_password_is_no_guest);
	tcase_add_test(tc, empty_name_and_responses_are_anonymous);
	tcase_add_test(tc, account_without_password_needs_none);
	tcase_add_test(tc, plaintext_may_be_aligned_in_its_field);
	tcase_add_loop_test(tc, plaintext_is_compared_when_permitted, 0, COUNT(typed));
	tcase_add_test(tc, no_response_passes_where_no_challenge_was_sent);
	tcase_add_test(tc, lengths_of_no_scheme_are_refused);
	tcase_add_test(tc, challenges_never_repeat);
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
