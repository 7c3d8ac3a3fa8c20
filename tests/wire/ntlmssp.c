/* SPDX-License-Identifier: BSD-2-Clause */
#include "ntlmssp.h"

#include <string.h>

#include "ntlm.h"

#define AUTHENTICATE_HEAD 64

static void
put16(uint8_t *p, size_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

size_t
ntlmssp_negotiate(uint8_t out[NTLMSSP_MAX])
{
	memset(out, 0, 32);
	memcpy(out, "NTLMSSP", 8);
	out[8] = 1;
	out[12] = 0x05; /* UNICODE, REQUEST_TARGET */
	out[13] = 0x82; /* NTLM, ALWAYS_SIGN */
	out[14] = 0x08; /* EXTENDED_SESSIONSECURITY */
	return 32;
}

/* One of the six fields of AUTHENTICATE, appended to what is there. */
static void
put_field(uint8_t *out, size_t at, const void *data, size_t n, size_t *len)
{
	put16(out + at, n);
	put16(out + at + 2, n);
	put16(out + at + 4, *len);
	memcpy(out + *len, data, n);
	*len += n;
}

static size_t
to_utf16(uint8_t *out, const char *ascii)
{
	size_t n;

	for (n = 0; *ascii != '\0'; n += 2) {
		out[n] = (uint8_t)*ascii++;
		out[n + 1] = 0;
	}
	return n;
}

size_t
ntlmssp_authenticate(
    uint8_t out[NTLMSSP_MAX], const char *user, const char *password, const uint8_t challenge[8])
{
	uint8_t lm[24], nt[128], text[64];
	size_t nt_len = ntlm_v2(user, password, challenge, lm, nt);
	size_t len = AUTHENTICATE_HEAD;

	memset(out, 0, AUTHENTICATE_HEAD);
	memcpy(out, "NTLMSSP", 8);
	out[8] = 3;
	put_field(out, 12, lm, sizeof(lm), &len);
	put_field(out, 20, nt, nt_len, &len);
	put_field(out, 28, text, to_utf16(text, NTLM_DOMAIN), &len);
	put_field(out, 36, text, to_utf16(text, user), &len);
	put_field(out, 44, text, to_utf16(text, "TEST"), &len);
	put_field(out, 52, text, 0, &len);
	out[60] = 0x05;
	out[61] = 0x82;
	out[62] = 0x08;
	return len;
}

nt_status
client_session_token(struct client *c, const uint8_t *token, size_t n, struct reply *r)
{
	struct writer *w = client_begin(c, 0x73);

	client_no_andx(w);
	wr_u16(w, 0xFFFF);
	wr_u16(w, 50);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, (uint16_t)n);
	wr_u32(w, 0);
	wr_u32(w, 0x8000005C);
	wr_block_bytes(w);
	wr_bytes(w, token, n);
	wr_string(w, "test");
	wr_string(w, "test");
	return client_call(c, r);
}

const uint8_t *
client_reply_token(struct reply *r, size_t *n)
{
	rd_skip(&r->words, 6);
	*n = rd_u16(&r->words);
	return rd_bytes(&r->bytes, *n);
}

nt_status
client_try_ntlmssp(struct client *c, const char *user, const char *password, struct reply *r)
{
	uint8_t token[NTLMSSP_MAX];
	const uint8_t *challenge;
	size_t n;

	n = ntlmssp_negotiate(token);
	if (client_session_token(c, token, n, r) != STATUS_MORE_PROCESSING_REQUIRED)
		return r->h.status;
	c->uid = r->h.uid;
	challenge = client_reply_token(r, &n);
	if (challenge == NULL || n < 32 || memcmp(challenge, "NTLMSSP\0\2\0\0\0", 12) != 0)
		client_failed("no CHALLENGE message");
	n = ntlmssp_authenticate(token, user, password, challenge + 24);
	return client_session_token(c, token, n, r);
}
