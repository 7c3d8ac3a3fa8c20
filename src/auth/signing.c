/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/signing.h"

#include <stdlib.h>
#include <string.h>

#include "auth/crypto.h"
#include "base/arena.h"
#include "wire/frame.h"
#include "wire/header.h"

#define SIGNATURE_LEN 8

void
signing_start(struct signing *s, const uint8_t session_key[16], const uint8_t *response, size_t n)
{
	if (signing_active(s))
		return;
	s->key_len = 16 + n;
	s->key = xcalloc(1, s->key_len);
	memcpy(s->key, session_key, 16);
	if (n > 0)
		memcpy(s->key + 16, response, n);
	s->next = 2;
}

void
signing_clear(struct signing *s)
{
	if (s->key != NULL)
		crypto_wipe(s->key, s->key_len);
	free(s->key);
	*s = (struct signing){ 0 };
}

/*
 * The signature field counts as the sequence number in 32 bits and four zeros ([MS-CIFS] 3.1.4.1).
 */
static void
signature(const struct signing *s, const struct frame *f, uint32_t seq, uint8_t out[16])
{
	const size_t after = SMB_SIGNATURE_AT + SIGNATURE_LEN;
	const uint8_t field[SIGNATURE_LEN] = { (uint8_t)seq, (uint8_t)(seq >> 8),
		(uint8_t)(seq >> 16), (uint8_t)(seq >> 24) };
	const struct crypto_part parts[] = {
		{ s->key, s->key_len },
		{ f->smb, SMB_SIGNATURE_AT },
		{ field, sizeof(field) },
		{ f->smb + after, f->len - after },
	};

	crypto_md5(parts, 4, out);
}

bool
signing_verify(const struct signing *s, const struct frame *f, uint32_t seq)
{
	uint8_t want[16];

	if (f->len < SMB_HEADER_LEN)
		return false;
	signature(s, f, seq, want);
	return crypto_equal(want, f->smb + SMB_SIGNATURE_AT, SIGNATURE_LEN);
}

void
signing_sign(const struct signing *s, struct frame *f, uint32_t seq)
{
	uint8_t mac[16];

	if (f->len < SMB_HEADER_LEN)
		return;
	signature(s, f, seq, mac);
	memcpy(f->smb + SMB_SIGNATURE_AT, mac, SIGNATURE_LEN);
}
