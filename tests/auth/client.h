/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_AUTH_CLIENT_H
#define TESTS_AUTH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The other end of a log-on: computes what a client with this name and password would send. */

#define BLOB_MAX 4096

struct blob {
	uint8_t p[BLOB_MAX];
	size_t n;
};

enum client_scheme {
	CLIENT_NTLMV2,
	CLIENT_NTLM2,
	CLIENT_NTLM,
	CLIENT_LMV2,
	CLIENT_LM,
	CLIENT_ANONYMOUS,
	CLIENT_PLAINTEXT
};

struct client {
	const char *user, *domain, *password;
	enum client_scheme scheme;
	uint32_t flags;  /* to negotiate */
	bool mic;        /* promise one and give it */
	bool old_header; /* an AUTHENTICATE that ends before the session key and the flags */
	struct blob negotiate, challenge;
	uint8_t key[16]; /* after authenticate */
	uint32_t agreed;
};

/* The two password fields for a challenge, and the key of the session. */
void client_respond(struct client *c, const uint8_t challenge[8], struct blob *lm, struct blob *nt);

void client_negotiate(struct client *c, struct blob *out);
void client_authenticate(struct client *c, const uint8_t *challenge, size_t n, struct blob *out);

void blob_put(struct blob *b, const void *p, size_t n);
void blob_put_text(struct blob *b, const char *text, bool unicode);

/* Puts tag and length around what is there. */
void blob_wrap(struct blob *b, uint8_t tag);

/*
 * A NegTokenInit of these OID encodings; *list is what the mechListMIC covers. token may be NULL.
 */
void client_spnego_init(
    const char *mechs, const struct blob *token, struct blob *list, struct blob *out);
void client_spnego_resp(const struct blob *token, const struct blob *mic, struct blob *out);

/* The mechListMIC of either side after authenticate, with what flags were agreed on. */
void client_mech_list_mic(
    const struct client *c, bool of_client, const struct blob *list, struct blob *mic);

/* The token within a NegTokenResp of the server. */
void client_spnego_token(const uint8_t *p, size_t n, struct blob *out);

#define OID_NTLMSSP "060a2b06010401823702020a"
#define OID_KRB5    "06092a864886f712010202"

#endif
