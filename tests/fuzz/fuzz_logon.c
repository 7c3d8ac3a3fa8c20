/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A log-on from bytes. The first says what is permitted and which kind it is; then come pieces,
 * each behind a length in two bytes: the tokens of an exchange, or the user, the domain and the
 * two password fields. Nobody can know the password here, so a log-on that yields a key is a hole.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "base/arena.h"

#define LANMAN        0x01
#define PLAINTEXT     0x02
#define ANY_NTLM      0x04
#define GUESTS        0x08
#define FIELDS        0x10
#define NO_CHALLENGE  0x20
#define UNICODE       0x40
#define LEGS          4
#define PASSWORD      "8i4fnD0Vx3GJ"
#define LONGEST_REPLY 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct account_db *accounts;

struct input {
	const uint8_t *p;
	size_t n;
};

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	if (logon_crypto_init() != NULL)
		abort();
	accounts = account_db_new();
	account_set(accounts, "anna", PASSWORD, true);
	account_set(accounts, "gone", PASSWORD, true);
	account_set_disabled(accounts, "gone", true);
	return 0;
}

/* A copy of just its size, so that the address sanitizer sees one byte too far. */
static struct input
next_piece(struct input *in)
{
	struct input piece = { 0 };
	uint8_t *copy;

	if (in->n < 2)
		return piece;
	piece.n = (size_t)in->p[0] | (size_t)in->p[1] << 8;
	in->p += 2;
	in->n -= 2;
	if (piece.n > in->n)
		piece.n = in->n;
	copy = malloc(piece.n + 1);
	memcpy(copy, in->p, piece.n);
	copy[piece.n] = '\0';
	piece.p = realloc(copy, piece.n > 0 ? piece.n : 1);
	in->p += piece.n;
	in->n -= piece.n;
	return piece;
}

static char *
next_name(struct input *in, struct arena *a)
{
	struct input piece = next_piece(in);
	char *name = arena_strndup(a, piece.p != NULL ? (const char *)piece.p : "", piece.n);

	free((void *)(uintptr_t)piece.p);
	return name;
}

static void
judge(nt_status status, const struct logon *result, const char *reason)
{
	if (status == STATUS_SUCCESS) {
		if (result->has_key || (!result->guest && !result->anonymous))
			abort();
		if (result->user == NULL || result->scheme == NULL)
			abort();
	} else if (reason == NULL) {
		abort();
	}
}

static void
log_on_with_fields(const struct logon_policy *policy, uint8_t how, struct input in, struct arena *a)
{
	struct logon_fields f = { .user = next_name(&in, a), .domain = next_name(&in, a) };
	struct input lm = next_piece(&in), nt = next_piece(&in);
	struct logon result;
	const char *reason;
	nt_status status;

	f.lm = lm.p;
	f.lm_len = lm.n;
	f.nt = nt.p;
	f.nt_len = nt.n;
	f.challenge = how & NO_CHALLENGE ? NULL : (const uint8_t *)"12345678";
	f.unicode = how & UNICODE;
	status = logon_fields_check(policy, &f, a, &result, &reason);
	judge(status, &result, reason);
	free((void *)(uintptr_t)lm.p);
	free((void *)(uintptr_t)nt.p);
}

static void
log_on_with_tokens(const struct logon_policy *policy, struct input in, struct arena *a)
{
	struct logon_exchange *x = logon_exchange_new(policy);
	struct logon result;
	struct logon_leg leg = { .result = &result };

	for (int i = 0; i < LEGS; i++) {
		struct input token = next_piece(&in);
		nt_status status;

		leg.in = token.p;
		leg.in_len = token.n;
		status = logon_exchange_step(x, a, &leg);
		free((void *)(uintptr_t)token.p);
		if (leg.out_len > LONGEST_REPLY)
			abort();
		if (status != STATUS_MORE_PROCESSING_REQUIRED)
			judge(status, &result, leg.reason);
		if (status == STATUS_SUCCESS)
			break;
	}
	logon_exchange_free(&x);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t how = size > 0 ? data[0] : 0;
	struct input in = { data + 1, size > 0 ? size - 1 : 0 };
	const struct logon_policy policy = {
		.accounts = accounts,
		.netbios_name = "BOX",
		.domain = "WORKGROUP",
		.guest_account = "nobody",
		.lanman = how & LANMAN,
		.plaintext = how & PLAINTEXT,
		.ntlm = how & ANY_NTLM ? LOGON_NTLMV1 : LOGON_NTLMV2,
		.map_to_guest = how & GUESTS ? LOGON_GUEST_BAD_PASSWORD : LOGON_GUEST_NEVER,
	};
	struct arena a;

	arena_init(&a);
	if (how & FIELDS)
		log_on_with_fields(&policy, how, in, &a);
	else
		log_on_with_tokens(&policy, in, &a);
	arena_clear(&a);
	return 0;
}
