/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/spnego.h"

#include <string.h>

#include "base/arena.h"

#define TAG_OCTETS      0x04
#define TAG_OID         0x06
#define TAG_ENUM        0x0A
#define TAG_TEXT        0x1B
#define TAG_SEQUENCE    0x30
#define TAG_APPLICATION 0x60
#define TAG_CONTEXT     0xA0 /* plus the number */

static const uint8_t oid_spnego[] = { 0x2B, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t oid_ntlmssp[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0A };
static const char hint[] = "not_defined_in_RFC4178@please_ignore";

/* Reading: a span is the cursor too. */

/* A length in one byte or, behind 0x81..0x84, in one to four; never more than what is left. */
static bool
take_length(struct span *in, size_t *length)
{
	size_t bytes = 0, value;

	if (in->n == 0)
		return false;
	value = *in->p++;
	in->n--;
	if (value >= 0x80) {
		bytes = value - 0x80;
		value = 0;
	}
	if (bytes > 4 || bytes > in->n || (bytes == 0 && value >= 0x80))
		return false;
	for (size_t i = 0; i < bytes; i++)
		value = value << 8 | in->p[i];
	in->p += bytes;
	in->n -= bytes;
	*length = value;
	return value <= in->n;
}

static bool
take_any(struct span *in, uint8_t *tag, struct span *content)
{
	struct span rest = *in;

	if (rest.n == 0)
		return false;
	*tag = *rest.p++;
	rest.n--;
	if (!take_length(&rest, &content->n))
		return false;
	content->p = rest.p;
	in->p = rest.p + content->n;
	in->n = rest.n - content->n;
	return true;
}

static bool
take(struct span *in, uint8_t want, struct span *content)
{
	uint8_t tag;

	return in->n > 0 && in->p[0] == want && take_any(in, &tag, content);
}

static bool
is(struct span s, const uint8_t *bytes, size_t n)
{
	return s.n == n && memcmp(s.p, bytes, n) == 0;
}

static bool
read_mech_list(struct span in, struct spnego_init *out)
{
	struct span list, oid;

	out->mech_list = in;
	if (!take(&in, TAG_SEQUENCE, &list) || in.n != 0)
		return false;
	for (bool first = true; list.n > 0; first = false) {
		if (!take(&list, TAG_OID, &oid))
			return false;
		if (!is(oid, oid_ntlmssp, sizeof(oid_ntlmssp)))
			continue;
		out->ntlmssp = true;
		out->preferred |= first;
	}
	return true;
}

/* Elements we have no use for (reqFlags, hints, a MIC ahead of its time) are stepped over. */
bool
spnego_read_init(struct span in, struct spnego_init *out)
{
	struct span body, oid, choice, elements, element;
	uint8_t tag;

	memset(out, 0, sizeof(*out));
	if (!take(&in, TAG_APPLICATION, &body) || !take(&body, TAG_OID, &oid) ||
	    !is(oid, oid_spnego, sizeof(oid_spnego)) || !take(&body, TAG_CONTEXT, &choice) ||
	    !take(&choice, TAG_SEQUENCE, &elements))
		return false;
	while (elements.n > 0) {
		if (!take_any(&elements, &tag, &element))
			return false;
		if (tag == TAG_CONTEXT && !read_mech_list(element, out))
			return false;
		if (tag == (TAG_CONTEXT | 2) && !take(&element, TAG_OCTETS, &out->token))
			return false;
	}
	return out->mech_list.n > 0;
}

bool
spnego_read_resp(struct span in, struct spnego_resp *out)
{
	struct span choice, elements, element;
	uint8_t tag;

	memset(out, 0, sizeof(*out));
	if (!take(&in, TAG_CONTEXT | 1, &choice) || !take(&choice, TAG_SEQUENCE, &elements))
		return false;
	while (elements.n > 0) {
		if (!take_any(&elements, &tag, &element))
			return false;
		if (tag == (TAG_CONTEXT | 2) && !take(&element, TAG_OCTETS, &out->token))
			return false;
		if (tag == (TAG_CONTEXT | 3) && !take(&element, TAG_OCTETS, &out->mic))
			return false;
	}
	return true;
}

/* Writing goes backwards, so that each length is known when it is due. */
struct back {
	uint8_t *buf;
	size_t at, end;
};

static struct back
back_new(struct arena *a, size_t n)
{
	return (struct back){ .buf = arena_alloc_raw(a, n), .at = n, .end = n };
}

static void
put(struct back *b, const void *p, size_t n)
{
	b->at -= n;
	if (n > 0)
		memcpy(b->buf + b->at, p, n);
}

static void
put_byte(struct back *b, uint8_t byte)
{
	put(b, &byte, 1);
}

/* Puts tag and length before all that lies between here and `end`. */
static void
wrap(struct back *b, uint8_t tag, size_t end)
{
	size_t n = end - b->at, bytes = 0;

	if (n >= 0x80) {
		for (size_t left = n; left > 0; left >>= 8, bytes++)
			put_byte(b, (uint8_t)left);
		put_byte(b, (uint8_t)(0x80 + bytes));
	} else {
		put_byte(b, (uint8_t)n);
	}
	put_byte(b, tag);
}

/* A simple value in its context tag. */
static void
put_element(struct back *b, uint8_t number, uint8_t tag, struct span value)
{
	size_t end = b->at;

	put(b, value.p, value.n);
	wrap(b, tag, end);
	wrap(b, TAG_CONTEXT | number, end);
}

static struct span
done(const struct back *b)
{
	return (struct span){ b->buf + b->at, b->end - b->at };
}

struct span
spnego_write_resp(struct arena *a, const struct spnego_reply *reply)
{
	struct back b = back_new(a, reply->token.n + reply->mic.n + 96);

	if (reply->mic.n > 0)
		put_element(&b, 3, TAG_OCTETS, reply->mic);
	if (reply->token.n > 0)
		put_element(&b, 2, TAG_OCTETS, reply->token);
	if (reply->first)
		put_element(&b, 1, TAG_OID, (struct span){ oid_ntlmssp, sizeof(oid_ntlmssp) });
	put_element(&b, 0, TAG_ENUM, (struct span){ &reply->state, 1 });
	wrap(&b, TAG_SEQUENCE, b.end);
	wrap(&b, TAG_CONTEXT | 1, b.end);
	return done(&b);
}

struct span
spnego_write_init2(struct arena *a)
{
	struct back b = back_new(a, 128);
	size_t hints;

	put_element(&b, 0, TAG_TEXT, (struct span){ (const uint8_t *)hint, sizeof(hint) - 1 });
	wrap(&b, TAG_SEQUENCE, b.end);
	wrap(&b, TAG_CONTEXT | 3, b.end);
	hints = b.at;
	put(&b, oid_ntlmssp, sizeof(oid_ntlmssp));
	wrap(&b, TAG_OID, hints);
	wrap(&b, TAG_SEQUENCE, hints);
	wrap(&b, TAG_CONTEXT, hints);
	wrap(&b, TAG_SEQUENCE, b.end);
	wrap(&b, TAG_CONTEXT, b.end);
	hints = b.at;
	put(&b, oid_spnego, sizeof(oid_spnego));
	wrap(&b, TAG_OID, hints);
	wrap(&b, TAG_APPLICATION, b.end);
	return done(&b);
}
