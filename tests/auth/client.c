/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <stdlib.h>
#include <string.h>

#include "auth/crypto.h"
#include "auth/ntlm.h"
#include "auth/ntlmssp.h"
#include "base/arena.h"
#include "base/charset.h"
#include "hex.h"

static const uint8_t client_challenge[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

void
blob_put(struct blob *b, const void *p, size_t n)
{
	ck_assert_uint_le(n, BLOB_MAX - b->n);
	if (n > 0)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}

static void
put_number(struct blob *b, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		blob_put(b, &(uint8_t){ (uint8_t)v }, 1);
}

void
blob_put_text(struct blob *b, const char *text, bool unicode)
{
	uint8_t wide[1024];

	if (unicode)
		blob_put(b, wide, utf16le_from_utf8(text, wide, sizeof(wide)));
	else
		blob_put(b, text, strlen(text));
}

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The NTLMv2 blob: the server's target information with the flag that promises a MIC added. */
static void
make_v2_blob(const struct client *c, struct blob *out)
{
	const struct blob *msg = &c->challenge;
	size_t at = msg->n > 48 ? get32(msg->p + 44) : 0,
	       n = msg->n > 48 ? get32(msg->p + 40) & 0xFFFF : 0;

	put_number(out, 0x0101, 4);
	put_number(out, 0, 4);
	put_number(out, 0, 4);
	put_number(out, 0, 4);
	blob_put(out, client_challenge, 8);
	put_number(out, 0, 4);
	if (n > 4)
		blob_put(out, msg->p + at, n - 4);
	if (c->mic) {
		put_number(out, 6, 2);
		put_number(out, 4, 2);
		put_number(out, 2, 4);
	}
	put_number(out, 0, 4);
	put_number(out, 0, 4);
}

static void
respond_v2(struct client *c, const uint8_t challenge[8], const struct blob *over, struct blob *out)
{
	uint8_t nt[16], hash[16], proof[16];
	struct arena a;

	arena_init(&a);
	ntlm_nt_hash(c->password, nt);
	ntlm_v2_hash(nt, name_upcase(&a, c->user), c->domain, hash);
	ntlm_v2_proof(hash, challenge, over->p, over->n, proof);
	ntlm_key_v2(hash, proof, c->key);
	blob_put(out, proof, 16);
	blob_put(out, over->p, over->n);
	arena_clear(&a);
}

static void
respond_v1(struct client *c, const uint8_t challenge[8], struct blob *lm, struct blob *nt)
{
	uint8_t nt_hash[16], lm_hash[16], mixed[8], response[24];

	ntlm_nt_hash(c->password, nt_hash);
	ntlm_lm_hash(crypto_oem(), c->password, lm_hash);
	if (c->scheme == CLIENT_NTLM2) {
		blob_put(lm, client_challenge, 8);
		blob_put(lm, (uint8_t[16]){ 0 }, 16);
		ntlm_ntlm2_challenge(challenge, client_challenge, mixed);
		ntlm_response(nt_hash, mixed, response);
		blob_put(nt, response, 24);
		ntlm_key_ntlm2(nt_hash, challenge, client_challenge, c->key);
	} else if (c->scheme == CLIENT_NTLM) {
		ntlm_response(nt_hash, challenge, response);
		blob_put(lm, response, 24);
		blob_put(nt, response, 24);
		ntlm_key_v1(nt_hash, c->key);
	} else {
		ntlm_response(lm_hash, challenge, response);
		blob_put(lm, response, 24);
		ntlm_key_lm(lm_hash, c->key);
	}
}

void
client_respond(struct client *c, const uint8_t challenge[8], struct blob *lm, struct blob *nt)
{
	struct blob over = { .n = 0 };

	lm->n = nt->n = 0;
	switch (c->scheme) {
	case CLIENT_NTLMV2:
		make_v2_blob(c, &over);
		respond_v2(c, challenge, &over, nt);
		break;
	case CLIENT_LMV2:
		blob_put(&over, client_challenge, 8);
		respond_v2(c, challenge, &over, lm);
		break;
	case CLIENT_ANONYMOUS:
		blob_put(lm, "", 1);
		memset(c->key, 0, 16);
		break;
	case CLIENT_PLAINTEXT:
		blob_put(lm, c->password, strlen(c->password));
		break;
	default:
		respond_v1(c, challenge, lm, nt);
	}
}

void
client_negotiate(struct client *c, struct blob *out)
{
	out->n = 0;
	blob_put(out, NTLMSSP_SIGNATURE, 8);
	put_number(out, 1, 4);
	put_number(out, c->flags, 4);
	blob_put(out, (uint8_t[16]){ 0 }, 16);
	c->negotiate = *out;
}

static void
put_field(struct blob *header, struct blob *payload, size_t header_len, const struct blob *value)
{
	put_number(header, (uint32_t)value->n, 2);
	put_number(header, (uint32_t)value->n, 2);
	put_number(header, (uint32_t)(header_len + payload->n), 4);
	blob_put(payload, value->p, value->n);
}

static void
put_mic(const struct client *c, struct blob *out)
{
	const struct crypto_part parts[] = { { c->negotiate.p, c->negotiate.n },
		{ c->challenge.p, c->challenge.n }, { out->p, out->n } };

	crypto_hmac_md5(c->key, parts, 3, out->p + 72);
}

void
client_authenticate(struct client *c, const uint8_t *challenge, size_t n, struct blob *out)
{
	const size_t header_len = c->old_header ? 52 : c->mic ? 88 : 64;
	struct blob lm, nt, payload = { .n = 0 }, text = { .n = 0 }, key = { .n = 0 };
	uint32_t flags;

	ck_assert_uint_ge(n, 48);
	c->challenge.n = 0;
	blob_put(&c->challenge, challenge, n);
	flags = c->agreed = get32(challenge + 20);
	client_respond(c, challenge + 24, &lm, &nt);
	if (flags & NTLMSSP_KEY_EXCH && !c->old_header) {
		memset(key.p, 0x55, 16);
		key.n = 16;
		crypto_rc4(c->key, (uint8_t[16]){ 0x77, 0x42 }, 16, key.p);
		memcpy(c->key, (uint8_t[16]){ 0x77, 0x42 }, 16);
	}
	out->n = 0;
	blob_put(out, NTLMSSP_SIGNATURE, 8);
	put_number(out, 3, 4);
	put_field(out, &payload, header_len, &lm);
	put_field(out, &payload, header_len, &nt);
	blob_put_text(&text, c->domain, flags & NTLMSSP_UNICODE);
	put_field(out, &payload, header_len, &text);
	text.n = 0;
	blob_put_text(&text, c->user, flags & NTLMSSP_UNICODE);
	put_field(out, &payload, header_len, &text);
	text.n = 0;
	put_field(out, &payload, header_len, &text);
	if (!c->old_header) {
		put_field(out, &payload, header_len, &key);
		put_number(out, flags, 4);
	}
	if (c->mic)
		blob_put(out, (uint8_t[24]){ 0 }, 24);
	blob_put(out, payload.p, payload.n);
	if (c->mic)
		put_mic(c, out);
}

void
blob_wrap(struct blob *b, uint8_t tag)
{
	struct blob head = { .n = 0 };

	blob_put(&head, &tag, 1);
	if (b->n < 128) {
		put_number(&head, (uint32_t)b->n, 1);
	} else {
		blob_put(&head, "\x82", 1);
		put_number(&head, (uint32_t)b->n >> 8, 1);
		put_number(&head, (uint32_t)b->n, 1);
	}
	memmove(b->p + head.n, b->p, b->n);
	memcpy(b->p, head.p, head.n);
	b->n += head.n;
}

static void
put_wrapped(struct blob *to, const struct blob *value, uint8_t inner, uint8_t outer)
{
	struct blob b = *value;

	blob_wrap(&b, inner);
	blob_wrap(&b, outer);
	blob_put(to, b.p, b.n);
}

void
client_spnego_init(const char *mechs, const struct blob *token, struct blob *list, struct blob *out)
{
	struct blob body = { .n = 0 };
	uint8_t oids[256];
	size_t n = unhex(mechs, oids);

	list->n = 0;
	blob_put(list, oids, n);
	blob_wrap(list, 0x30);
	body = *list;
	blob_wrap(&body, 0xa0);
	if (token != NULL)
		put_wrapped(&body, token, 0x04, 0xa2);
	blob_wrap(&body, 0x30);
	blob_wrap(&body, 0xa0);
	out->n = unhex("06062b0601050502", out->p);
	blob_put(out, body.p, body.n);
	blob_wrap(out, 0x60);
}

void
client_spnego_resp(const struct blob *token, const struct blob *mic, struct blob *out)
{
	out->n = unhex("a0030a0101", out->p);
	put_wrapped(out, token, 0x04, 0xa2);
	if (mic != NULL)
		put_wrapped(out, mic, 0x04, 0xa3);
	blob_wrap(out, 0x30);
	blob_wrap(out, 0xa1);
}

/* [MS-NLMP] 3.4.4.2 */
static void
mic_extended(const struct client *c, bool of_client, const struct blob *list, uint8_t mic[16])
{
	const char *way = of_client ? "client-to-server" : "server-to-client";
	char text[80];
	uint8_t key[16], sum[16];
	int n = snprintf(text, sizeof(text), "session key to %s signing key magic constant", way);

	crypto_md5((struct crypto_part[]){ { c->key, 16 }, { text, (size_t)n + 1 } }, 2, key);
	crypto_hmac_md5(
	    key, (struct crypto_part[]){ { "\0\0\0", 4 }, { list->p, list->n } }, 2, sum);
	n = snprintf(text, sizeof(text), "session key to %s sealing key magic constant", way);
	crypto_md5((struct crypto_part[]){ { c->key, 16 }, { text, (size_t)n + 1 } }, 2, key);
	memcpy(mic, "\1\0\0", 4);
	memcpy(mic + 4, sum, 8);
	memset(mic + 12, 0, 4);
	if (c->agreed & NTLMSSP_KEY_EXCH)
		crypto_rc4(key, sum, 8, mic + 4);
}

/* [MS-NLMP] 3.4.4.1, with the padding left as it comes out. The server's is the second message. */
static void
mic_old(const struct client *c, bool of_client, const struct blob *list, uint8_t mic[16])
{
	uint8_t stream[24] = { 0 };
	uint32_t crc = ~0U;

	for (size_t i = 0; i < list->n * 8; i++) {
		uint32_t bit = (crc ^ (uint32_t)list->p[i / 8] >> i % 8) & 1;

		crc = (crc >> 1) ^ (bit * 0xEDB88320U);
	}
	crypto_rc4(c->key, (uint8_t[24]){ 0 }, 24, stream);
	memcpy(mic, "\1\0\0", 4);
	memcpy(mic + 4, stream + (of_client ? 0 : 12), 12);
	for (int i = 0; i < 4; i++)
		mic[8 + i] ^= (uint8_t)(~crc >> 8 * i);
	if (!of_client) {
		mic[12] ^= 1;
		memset(mic + 4, 0, 4);
	}
}

void
client_mech_list_mic(
    const struct client *c, bool of_client, const struct blob *list, struct blob *mic)
{
	mic->n = 16;
	if (c->agreed & NTLMSSP_EXTENDED)
		mic_extended(c, of_client, list, mic->p);
	else
		mic_old(c, of_client, list, mic->p);
}

void
client_spnego_token(const uint8_t *p, size_t n, struct blob *out)
{
	struct spnego_resp resp;

	ck_assert(spnego_read_resp((struct span){ p, n }, &resp));
	out->n = 0;
	blob_put(out, resp.token.p, resp.token.n);
}
