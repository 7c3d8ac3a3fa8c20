/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_NTLM_H
#define AUTH_NTLM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct oem;

/* The computations of [MS-NLMP] 3.3, which the log-on without extended security uses as well. */

/* MD4 over the password in UTF-16 (NTOWFv1). */
void ntlm_nt_hash(const char *password, uint8_t hash[16]);

/*
 * LMOWFv1. False when the password is longer than 14 bytes in the code page, which has no LM hash.
 */
bool ntlm_lm_hash(struct oem *oem, const char *password, uint8_t hash[16]);

/* DESL: the 24-byte answer to a challenge under an NT or LM hash. */
void ntlm_response(const uint8_t hash[16], const uint8_t challenge[8], uint8_t response[24]);

/* What is answered in place of the server's challenge once NTLM2 session security was agreed. */
void ntlm_ntlm2_challenge(const uint8_t server[8], const uint8_t client[8], uint8_t challenge[8]);

/* NTOWFv2. The user in upper case already, the domain in the spelling the client may have used. */
void ntlm_v2_hash(
    const uint8_t nt_hash[16], const char *user_upper, const char *domain, uint8_t hash[16]);

/* NTProofStr over a blob, or the LMv2 response over a client challenge. */
void ntlm_v2_proof(const uint8_t v2_hash[16], const uint8_t challenge[8], const uint8_t *blob,
    size_t n, uint8_t proof[16]);

/* Session keys: of NTLM, of LM, of NTLMv2 and LMv2, of NTLM2 session. */
void ntlm_key_v1(const uint8_t nt_hash[16], uint8_t key[16]);
void ntlm_key_lm(const uint8_t lm_hash[16], uint8_t key[16]);
void ntlm_key_v2(const uint8_t v2_hash[16], const uint8_t proof[16], uint8_t key[16]);
void ntlm_key_ntlm2(
    const uint8_t nt_hash[16], const uint8_t server[8], const uint8_t client[8], uint8_t key[16]);

#endif
