/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_LOGON_H
#define AUTH_LOGON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct account_db;
struct arena;
struct oem;

/* What is allowed; filled from the configuration by server/. The same for every scheme. */
struct logon_policy {
	const struct account_db *accounts;
	const char *netbios_name; /* upper case */
	const char *domain;       /* the workgroup */
	const char *guest_account;
	struct oem *oem; /* of names and passwords that are not Unicode; NULL: CP850 */
	bool lanman, plaintext;
	enum { LOGON_NTLMV1, LOGON_NTLMV2, LOGON_NO_NTLM } ntlm;
	enum { LOGON_GUEST_NEVER, LOGON_GUEST_BAD_USER, LOGON_GUEST_BAD_PASSWORD } map_to_guest;
};

/* What came of it. Strings live in the arena given. */
struct logon {
	const char *user;   /* as the account file has it; the guest account's; "" anonymous */
	const char *domain; /* as the client gave it */
	const char *client_user;
	const char *scheme; /* "NTLMv2", "NTLMSSP/NTLMv2", "LM", "guest" ...: for the log */
	bool guest, anonymous;
	uint8_t session_key[16]; /* of the user session; zero for guest and anonymous */
	bool has_key;
	/* The MAC key of signing is session_key and then this (empty with extended security). */
	const uint8_t *response;
	size_t response_len;
};

/*
 * The log-on of SESSION_SETUP_ANDX without extended security, 13 and 10 words: the two password
 * fields as they came ([MS-CIFS] 3.3.5.43). Tells by their lengths what they are: NTLM/NTLMv2 in
 * nt, LM/LMv2 in lm (an LMv2 in the OEM field alone too), or plaintext. STATUS_SUCCESS or
 * STATUS_LOGON_FAILURE whatever was wrong; the true reason goes to *reason for the log.
 */
struct logon_fields {
	const char *user, *domain;
	const uint8_t *lm, *nt;
	size_t lm_len, nt_len;
	const uint8_t *challenge; /* 8 bytes; NULL: none was sent (plaintext) */
	bool unicode;             /* how a plaintext password in nt is encoded */
};
nt_status logon_fields_check(const struct logon_policy *policy, const struct logon_fields *f,
    struct arena *a, struct logon *out, const char **reason);

/*
 * One extended-security log-on in progress: raw NTLMSSP or SPNEGO, told by the first token.
 * Lives across the legs of one SESSION_SETUP exchange; the policy must outlive it.
 */
struct logon_exchange;
struct logon_exchange *logon_exchange_new(const struct logon_policy *policy);
void logon_exchange_free(struct logon_exchange **x);

/*
 * Feeds a token; leg->out is what to answer, in the arena (may be empty).
 * STATUS_MORE_PROCESSING_REQUIRED: send it and wait for the next leg. STATUS_SUCCESS: *result is
 * set. Else STATUS_LOGON_FAILURE (STATUS_INVALID_PARAMETER for tokens that cannot be read); *reason
 * is for the log.
 */
struct logon_leg {
	const uint8_t *in;
	size_t in_len;
	const uint8_t *out;
	size_t out_len;
	struct logon *result; /* set by the caller, filled on success */
	const char *reason;
};
nt_status logon_exchange_step(struct logon_exchange *x, struct arena *a, struct logon_leg *leg);

/* The token for the NEGOTIATE reply: a SPNEGO NegTokenInit2 that offers NTLMSSP. */
void logon_negotiate_token(struct arena *a, const uint8_t **out, size_t *out_len);

/* A fresh 8-byte challenge from the system's generator. */
void logon_challenge(uint8_t challenge[8]);

/*
 * Once at start, before any of auth/: loads OpenSSL's providers. NULL, or why not, with the remedy.
 */
const char *logon_crypto_init(void);

#endif
