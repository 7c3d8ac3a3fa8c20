/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntlm.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

/* The NT hash (MD4 of UTF-16LE) of "secret". */
static const uint8_t nt_hash_of_secret[16] = { 0x87, 0x8D, 0x80, 0x14, 0x60, 0x6C, 0xDA, 0x29, 0x67,
	0x7A, 0x44, 0xEF, 0xA1, 0x35, 0x3F, 0xC7 };

static void
hmac_md5(const uint8_t key[16], const uint8_t *data, size_t n, uint8_t out[16])
{
	unsigned len = 16;

	HMAC(EVP_md5(), key, 16, data, n, out, &len);
}

static size_t
put_utf16(uint8_t *p, const char *ascii, int upper)
{
	size_t n = 0;

	for (; *ascii != '\0'; ascii++) {
		p[n++] = (uint8_t)(upper ? toupper((unsigned char)*ascii) : *ascii);
		p[n++] = 0;
	}
	return n;
}

/* HMAC over the challenge and data, with data behind it: what both responses are. */
static size_t
respond(
    const uint8_t key[16], const uint8_t challenge[8], const uint8_t *data, size_t n, uint8_t *out)
{
	uint8_t buf[256];

	memcpy(buf, challenge, 8);
	memcpy(buf + 8, data, n);
	hmac_md5(key, buf, n + 8, out);
	memcpy(out + 16, data, n);
	return n + 16;
}

static void
v2_key(const char *user, const char *password, uint8_t key[16])
{
	uint8_t hash[16] = { 0 }, who[256];
	size_t n;

	if (strcmp(password, "secret") == 0)
		memcpy(hash, nt_hash_of_secret, sizeof(hash));
	n = put_utf16(who, user, 1);
	n += put_utf16(who + n, NTLM_DOMAIN, 0);
	hmac_md5(hash, who, n, key);
}

void
ntlm_v2_session_key(const char *user, const char *password, const uint8_t *nt, uint8_t session[16])
{
	uint8_t key[16];

	v2_key(user, password, key);
	hmac_md5(key, nt, 16, session);
}

size_t
ntlm_v2(const char *user, const char *password, const uint8_t challenge[8], uint8_t lm[24],
    uint8_t nt[128])
{
	static const uint8_t client_challenge[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	uint8_t key[16];
	uint8_t blob[64] = { 1, 1 };
	size_t n;

	v2_key(user, password, key);
	respond(key, challenge, client_challenge, sizeof(client_challenge), lm);

	/* version 8, time 8, the challenge 8, 4 more, target information, 4 more */
	memcpy(blob + 16, client_challenge, sizeof(client_challenge));
	blob[28] = 2; /* the domain's name */
	n = put_utf16(blob + 32, NTLM_DOMAIN, 0);
	blob[30] = (uint8_t)n;
	return respond(key, challenge, blob, 32 + n + 8, nt);
}
