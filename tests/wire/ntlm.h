/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_NTLM_H
#define TESTS_WIRE_NTLM_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a client computes to log on, from [MS-NLMP] 3.3.2 and straight from OpenSSL, so that a
 * mistake of the server's own is not made twice. Passwords: "secret" is known, any other is wrong.
 */
#define NTLM_DOMAIN "WORKGROUP"

/* The LMv2 response (24 bytes) and the NTLMv2 response; the length of the latter. */
size_t ntlm_v2(const char *user, const char *password, const uint8_t challenge[8], uint8_t lm[24],
    uint8_t nt[128]);

/* The session key that goes with such a NTLMv2 response. */
void ntlm_v2_session_key(
    const char *user, const char *password, const uint8_t *nt, uint8_t session[16]);

#endif
