/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/ntlmssp_session.h"

#include <stdlib.h>
#include <string.h>

#include "auth/crypto.h"
#include "auth/ntlmssp.h"
#include "base/arena.h"

/* One way of the two. */
struct direction {
	uint8_t sign_key[16];
	struct crypto_stream *stream;
	uint32_t sequence;
};

struct ntlmssp_session {
	bool key_exchange; /* then the signature is encrypted too */
	struct direction from_client, from_server;
};

static void
direction_init(struct direction *d, const struct ntlmssp *s, bool from_client)
{
	uint8_t key[16];

	ntlmssp_direction_keys(s, from_client, d->sign_key, key);
	d->stream = crypto_stream_new(key);
	crypto_wipe(key, sizeof(key));
}

struct ntlmssp_session *
ntlmssp_session_new(const struct ntlmssp *s)
{
	struct ntlmssp_session *session;

	if (!s->keyed || (s->flags & NTLMSSP_EXTENDED) == 0)
		return NULL;
	session = xcalloc(1, sizeof(*session));
	session->key_exchange = (s->flags & NTLMSSP_KEY_EXCH) != 0;
	direction_init(&session->from_client, s, true);
	direction_init(&session->from_server, s, false);
	return session;
}

void
ntlmssp_session_free(struct ntlmssp_session **sp)
{
	struct ntlmssp_session *s = *sp;

	*sp = NULL;
	crypto_stream_free(&s->from_client.stream);
	crypto_stream_free(&s->from_server.stream);
	crypto_wipe(s, sizeof(*s));
	free(s);
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

/* Of the message in the clear; the key stream goes on behind what it encrypted. */
static void
make_signature(
    struct direction *d, const struct ntlmssp_message *m, uint8_t out[NTLMSSP_SIGNATURE_SIZE])
{
	uint8_t sequence[4], sum[16];

	put32(sequence, d->sequence++);
	crypto_hmac_md5(
	    d->sign_key, (struct crypto_part[]){ { sequence, 4 }, { m->p, m->len } }, 2, sum);
	put32(out, 1);
	memcpy(out + 4, sum, 8);
	memcpy(out + 12, sequence, 4);
}

static void
end_signature(const struct ntlmssp_session *s, struct direction *d, uint8_t *signature)
{
	if (s->key_exchange)
		crypto_stream_run(d->stream, signature + 4, 8, signature + 4);
}

void
ntlmssp_session_wrap(struct ntlmssp_session *s, const struct ntlmssp_message *m,
    uint8_t signature[NTLMSSP_SIGNATURE_SIZE])
{
	struct direction *d = &s->from_server;

	make_signature(d, m, signature);
	if (m->sealed)
		crypto_stream_run(d->stream, m->body, m->n, m->body);
	end_signature(s, d, signature);
}

bool
ntlmssp_session_unwrap(struct ntlmssp_session *s, const struct ntlmssp_message *m,
    const uint8_t signature[NTLMSSP_SIGNATURE_SIZE])
{
	struct direction *d = &s->from_client;
	uint8_t want[NTLMSSP_SIGNATURE_SIZE];

	if (m->sealed)
		crypto_stream_run(d->stream, m->body, m->n, m->body);
	make_signature(d, m, want);
	end_signature(s, d, want);
	return crypto_equal(want, signature, sizeof(want));
}
