/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/ntlm.h"

#include <string.h>

#include "auth/crypto.h"
#include "base/charset.h"

/* Windows stops at 256 characters for each of these. What is longer is cut, and matches nothing. */
#define TEXT_MAX 1024

void
ntlm_nt_hash(const char *password, uint8_t hash[16])
{
	uint8_t text[TEXT_MAX];
	size_t n = utf16le_from_utf8(password, text, sizeof(text));

	crypto_md4(text, n < sizeof(text) ? n : sizeof(text), hash);
	crypto_wipe(text, sizeof(text));
}

/* Upper case in UTF-8; out has room for every character growing to four bytes. */
static void
upcase(const char *in, char *out)
{
	uint32_t c;

	while ((c = utf8_next(&in)) != 0)
		out += utf8_put(out, char_upcase(c));
	*out = '\0';
}

bool
ntlm_lm_hash(struct oem *oem, const char *password, uint8_t hash[16])
{
	static const uint8_t magic[8] = { 'K', 'G', 'S', '!', '@', '#', '$', '%' };
	char upper[4 * 64 + 1];
	uint8_t text[14] = { 0 };
	size_t n;

	memset(hash, 0, 16);
	if (strlen(password) > 64)
		return false;
	upcase(password, upper);
	n = oem_from_utf8(oem, upper, text, sizeof(text));
	crypto_wipe(upper, sizeof(upper));
	if (n <= sizeof(text)) {
		crypto_des(text, magic, hash);
		crypto_des(text + 7, magic, hash + 8);
	}
	crypto_wipe(text, sizeof(text));
	return n <= sizeof(text);
}

void
ntlm_response(const uint8_t hash[16], const uint8_t challenge[8], uint8_t response[24])
{
	uint8_t key[21] = { 0 };

	memcpy(key, hash, 16);
	for (int i = 0; i < 3; i++)
		crypto_des(key + 7 * i, challenge, response + 8 * i);
	crypto_wipe(key, sizeof(key));
}

void
ntlm_ntlm2_challenge(const uint8_t server[8], const uint8_t client[8], uint8_t challenge[8])
{
	uint8_t both[16];

	crypto_md5((struct crypto_part[]){ { server, 8 }, { client, 8 } }, 2, both);
	memcpy(challenge, both, 8);
}

void
ntlm_v2_hash(
    const uint8_t nt_hash[16], const char *user_upper, const char *domain, uint8_t hash[16])
{
	uint8_t user[TEXT_MAX], dom[TEXT_MAX];
	size_t user_len = utf16le_from_utf8(user_upper, user, sizeof(user));
	size_t dom_len = utf16le_from_utf8(domain, dom, sizeof(dom));
	const struct crypto_part parts[] = {
		{ user, user_len < sizeof(user) ? user_len : sizeof(user) },
		{ dom, dom_len < sizeof(dom) ? dom_len : sizeof(dom) },
	};

	crypto_hmac_md5(nt_hash, parts, 2, hash);
}

void
ntlm_v2_proof(const uint8_t v2_hash[16], const uint8_t challenge[8], const uint8_t *blob, size_t n,
    uint8_t proof[16])
{
	crypto_hmac_md5(v2_hash, (struct crypto_part[]){ { challenge, 8 }, { blob, n } }, 2, proof);
}

void
ntlm_key_v1(const uint8_t nt_hash[16], uint8_t key[16])
{
	crypto_md4(nt_hash, 16, key);
}

void
ntlm_key_lm(const uint8_t lm_hash[16], uint8_t key[16])
{
	memset(key, 0, 16);
	memcpy(key, lm_hash, 8);
}

void
ntlm_key_v2(const uint8_t v2_hash[16], const uint8_t proof[16], uint8_t key[16])
{
	crypto_hmac_md5(v2_hash, &(struct crypto_part){ proof, 16 }, 1, key);
}

void
ntlm_key_ntlm2(
    const uint8_t nt_hash[16], const uint8_t server[8], const uint8_t client[8], uint8_t key[16])
{
	uint8_t base[16];

	ntlm_key_v1(nt_hash, base);
	crypto_hmac_md5(base, (struct crypto_part[]){ { server, 8 }, { client, 8 } }, 2, key);
	crypto_wipe(base, sizeof(base));
}
