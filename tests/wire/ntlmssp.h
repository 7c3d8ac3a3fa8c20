/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_NTLMSSP_H
#define TESTS_WIRE_NTLMSSP_H

#include <stddef.h>
#include <stdint.h>

#include "client.h"

#define NTLMSSP_MAX 512

/* The three messages of [MS-NLMP] 2.2.1 as a client makes them, NTLMv2 without key exchange.
 * Lengths are returned. */
size_t ntlmssp_negotiate(uint8_t out[NTLMSSP_MAX]);
size_t ntlmssp_authenticate(
    uint8_t out[NTLMSSP_MAX], const char *user, const char *password, const uint8_t challenge[8]);

/* SESSION_SETUP_ANDX with 12 words around a token. */
nt_status client_session_token(struct client *c, const uint8_t *token, size_t n, struct reply *r);

/* The token in such a reply; its length in *n. */
const uint8_t *client_reply_token(struct reply *r, size_t *n);

/* Both legs. */
nt_status client_try_ntlmssp(
    struct client *c, const char *user, const char *password, struct reply *r);

#endif
