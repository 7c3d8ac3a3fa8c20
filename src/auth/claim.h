/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_CLAIM_H
#define AUTH_CLAIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

struct arena;
struct logon;
struct logon_policy;

/* Who a client says it is and what it sends to prove it, whichever message that came in. */
struct claim {
	const char *user, *domain;
	const uint8_t *lm, *nt;
	size_t lm_len, nt_len;
	const uint8_t *challenge; /* 8 bytes; NULL: none was sent, the fields are plaintext */
	bool unicode;             /* plaintext in nt is UTF-16 */
	bool ntlm2;               /* NTLM2 session security was agreed: lm may be a challenge */
	bool never_plaintext;     /* came by NTLMSSP */
};

/*
 * STATUS_SUCCESS with *out filled (scheme without a prefix), as user, guest or anonymous; else
 * STATUS_LOGON_FAILURE whatever was wrong, after the same work. *reason is why not, for the log,
 * and also set for a guest.
 */
nt_status claim_judge(const struct logon_policy *policy, const struct claim *c, struct arena *a,
    struct logon *out, const char **reason);

#endif
