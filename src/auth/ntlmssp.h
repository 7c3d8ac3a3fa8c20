/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_NTLMSSP_H
#define AUTH_NTLMSSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/spnego.h"
#include "base/status.h"

struct arena;
struct logon;
struct logon_policy;

/* NegotiateFlags ([MS-NLMP] 2.2.2.5), those that mean something here. */
#define NTLMSSP_UNICODE       0x00000001
#define NTLMSSP_OEM           0x00000002
#define NTLMSSP_TARGET        0x00000004
#define NTLMSSP_SIGN          0x00000010
#define NTLMSSP_SEAL          0x00000020
#define NTLMSSP_NTLM          0x00000200
#define NTLMSSP_ALWAYS_SIGN   0x00008000
#define NTLMSSP_TARGET_SERVER 0x00020000
#define NTLMSSP_EXTENDED      0x00080000 /* extended session security */
#define NTLMSSP_TARGET_INFO   0x00800000
#define NTLMSSP_VERSION       0x02000000
#define NTLMSSP_128           0x20000000
#define NTLMSSP_KEY_EXCH      0x40000000
#define NTLMSSP_56            0x80000000

#define NTLMSSP_SIGNATURE "NTLMSSP" /* with its NUL */

/* The server's end of one exchange. */
struct ntlmssp {
	uint32_t flags; /* agreed on */
	uint8_t challenge[8];
	uint8_t *sent; /* NEGOTIATE and CHALLENGE one after the other, which the MIC covers */
	size_t sent_len;
	uint8_t key[16]; /* ExportedSessionKey */
	bool keyed;      /* it is one that the client has too */
};

void ntlmssp_clear(struct ntlmssp *s);

/* Takes a NEGOTIATE_MESSAGE and makes the CHALLENGE_MESSAGE. False when it cannot be read. */
bool ntlmssp_negotiate(struct ntlmssp *s, const struct logon_policy *policy, struct arena *a,
    struct span in, struct span *out);

struct ntlmssp_verdict {
	struct logon *logon;
	const char *reason;
};

/*
 * Judges an AUTHENTICATE_MESSAGE, the MIC included, as claim_judge; STATUS_INVALID_PARAMETER when
 * it cannot be read.
 */
nt_status ntlmssp_authenticate(struct ntlmssp *s, const struct logon_policy *policy,
    struct arena *a, struct span in, struct ntlmssp_verdict *verdict);

/*
 * The signature of the server's first message, the client's having been before it, and the check
 * of that one ([MS-NLMP] 3.4.4): they are what a mechListMIC is. Only when keyed.
 */
void ntlmssp_sign(const struct ntlmssp *s, struct span message, uint8_t mac[16]);
bool ntlmssp_verify(const struct ntlmssp *s, struct span message, struct span mac);

/*
 * The keys of what follows the exchange, one way ([MS-NLMP] 3.4.5.2, 3.4.5.3): only when keyed and
 * with extended session security.
 */
void ntlmssp_direction_keys(
    const struct ntlmssp *s, bool from_client, uint8_t sign_key[16], uint8_t seal_key[16]);

#endif
