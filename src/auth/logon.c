/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/logon.h"

#include <stdlib.h>
#include <sys/random.h>

#include "auth/claim.h"
#include "auth/crypto.h"
#include "base/log.h"

const char *
logon_crypto_init(void)
{
	return crypto_init();
}

void
logon_challenge(uint8_t challenge[8])
{
	if (getrandom(challenge, 8, 0) == 8)
		return;
	log_error("getrandom: the kernel gives no random numbers, so no log-on would be safe");
	abort();
}

nt_status
logon_fields_check(const struct logon_policy *policy, const struct logon_fields *f, struct arena *a,
    struct logon *out, const char **reason)
{
	const struct claim claim = {
		.user = f->user,
		.domain = f->domain,
		.lm = f->lm,
		.nt = f->nt,
		.lm_len = f->lm_len,
		.nt_len = f->nt_len,
		.challenge = f->challenge,
		.unicode = f->unicode,
	};

	return claim_judge(policy, &claim, a, out, reason);
}
