/* SPDX-License-Identifier: BSD-2-Clause */
#include "sign.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "ntlm.h"

#define SIGNATURE_AT 14

void
mac_key_ntlm_v2(
    struct mac_key *k, const char *user, const char *password, const uint8_t challenge[8])
{
	uint8_t lm[24], nt[128];
	size_t n = ntlm_v2(user, password, challenge, lm, nt);

	ntlm_v2_session_key(user, password, nt, k->bytes);
	memcpy(k->bytes + 16, nt, n);
	k->len = 16 + n;
}

static void
mac(const struct mac_key *k, const uint8_t *msg, size_t len, uint32_t sequence, uint8_t out[8])
{
	uint8_t *all = malloc(k->len + len), digest[EVP_MAX_MD_SIZE];
	size_t i;

	memcpy(all, k->bytes, k->len);
	memcpy(all + k->len, msg, len);
	memset(all + k->len + SIGNATURE_AT, 0, 8);
	for (i = 0; i < 4; i++)
		all[k->len + SIGNATURE_AT + i] = (uint8_t)(sequence >> (8 * i));
	EVP_Digest(all, k->len + len, digest, NULL, EVP_md5(), NULL);
	memcpy(out, digest, 8);
	free(all);
}

void
mac_sign(const struct mac_key *k, uint8_t *msg, size_t len, uint32_t sequence)
{
	uint8_t signature[8];

	mac(k, msg, len, sequence, signature);
	memcpy(msg + SIGNATURE_AT, signature, 8);
}

bool
mac_good(const struct mac_key *k, const uint8_t *msg, size_t len, uint32_t sequence)
{
	uint8_t signature[8];

	mac(k, msg, len, sequence, signature);
	return memcmp(msg + SIGNATURE_AT, signature, 8) == 0;
}
