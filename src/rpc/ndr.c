/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/ndr.h"

#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "wire/sid.h"

#define FIRST_CAP       1024
#define FIRST_REFERENT  0x00020000u
#define STRING_COUNTS   12
#define STRING_ROUNDING 8
#define SID_REVISION    1
#define COUNTED_MAX     0x7FFEu /* bytes of text whose length 16 bits hold */

const uint8_t *
ndr_get_bytes(struct ndr_in *in, size_t n)
{
	const uint8_t *p = in->p + in->pos;

	if (in->bad || n > in->end - in->pos) {
		in->bad = true;
		return NULL;
	}
	in->pos += n;
	return p;
}

void
ndr_align_in(struct ndr_in *in, size_t n)
{
	ndr_get_bytes(in, (n - in->pos % n) % n);
}

/* A number of n bytes, aligned. */
static uint32_t
get(struct ndr_in *in, size_t n)
{
	const uint8_t *p;
	uint32_t v = 0;
	size_t i;

	ndr_align_in(in, n);
	p = ndr_get_bytes(in, n);

	for (i = 0; p != NULL && i < n; i++)
		v |= (uint32_t)p[in->big ? n - 1 - i : i] << (8 * i);
	return v;
}

uint8_t
ndr_get8(struct ndr_in *in)
{
	return (uint8_t)get(in, 1);
}

uint16_t
ndr_get16(struct ndr_in *in)
{
	return (uint16_t)get(in, 2);
}

uint32_t
ndr_get32(struct ndr_in *in)
{
	return get(in, 4);
}

const char *
ndr_get_string(struct ndr_in *in)
{
	uint32_t max = ndr_get32(in), offset = ndr_get32(in), n = ndr_get32(in);
	const uint8_t *p;
	uint8_t *text;

	if (offset != 0 || n > max || n > (in->end - in->pos) / 2)
		in->bad = true;
	p = ndr_get_bytes(in, 2 * (size_t)n);
	if (p == NULL)
		return "";
	if (!in->big)
		return utf16le_to_utf8(in->arena, p, 2 * (size_t)n);
	text = arena_alloc(in->arena, 2 * (size_t)n);
	for (size_t i = 0; i < 2 * (size_t)n; i++)
		text[i] = p[i ^ 1];
	return utf16le_to_utf8(in->arena, text, 2 * (size_t)n);
}

const char *
ndr_get_unique_string(struct ndr_in *in)
{
	const char *s;

	if (ndr_get32(in) == 0)
		return NULL;
	s = ndr_get_string(in);
	return in->bad ? NULL : s;
}

bool
ndr_get_counted(struct ndr_in *in)
{
	uint16_t length, size;

	ndr_align_in(in, 4);
	length = ndr_get16(in);
	size = ndr_get16(in);
	if (length > size)
		in->bad = true;
	return ndr_get32(in) != 0;
}

const char *
ndr_get_counted_text(struct ndr_in *in, bool there)
{
	return there ? ndr_get_string(in) : "";
}

void
ndr_get_sid(struct ndr_in *in, struct sid *out)
{
	uint32_t n = ndr_get32(in);
	uint8_t revision = ndr_get8(in);

	memset(out, 0, sizeof(*out));
	out->nsubs = ndr_get8(in);
	/* Big-endian whoever calls. */
	for (int i = 0; i < 6; i++)
		out->authority = out->authority << 8 | ndr_get8(in);
	if (revision != SID_REVISION || out->nsubs > SID_SUBS_MAX || n != out->nsubs) {
		out->nsubs = 0;
		in->bad = true;
	}
	for (unsigned i = 0; i < out->nsubs; i++)
		out->sub[i] = ndr_get32(in);
}

void
ndr_out_init(struct ndr_out *out, struct arena *a, size_t max)
{
	*out = (struct ndr_out){ .arena = a, .max = max, .referents = FIRST_REFERENT };
}

/* n bytes to be written by the caller; NULL when they are too many. */
static uint8_t *
room(struct ndr_out *out, size_t n)
{
	uint8_t *larger;
	size_t cap;

	if (out->full || n > out->max - out->n) {
		out->full = true;
		return NULL;
	}
	if (n > out->cap - out->n) {
		cap = out->cap != 0 ? out->cap : FIRST_CAP;
		while (cap - out->n < n)
			cap *= 2;
		larger = arena_alloc(out->arena, cap);
		if (out->n != 0)
			memcpy(larger, out->p, out->n);
		out->p = larger;
		out->cap = cap;
	}
	out->n += n;
	return out->p + out->n - n;
}

void
ndr_align(struct ndr_out *out, size_t n)
{
	size_t gap = (n - out->n % n) % n;
	uint8_t *p = gap != 0 ? room(out, gap) : NULL;

	if (p != NULL)
		memset(p, 0, gap);
}

static void
put(struct ndr_out *out, uint32_t v, size_t n)
{
	uint8_t *p;

	ndr_align(out, n);
	p = room(out, n);
	for (size_t i = 0; p != NULL && i < n; i++)
		p[i] = (uint8_t)(v >> (8 * i));
}

void
ndr_put8(struct ndr_out *out, uint8_t v)
{
	put(out, v, 1);
}

void
ndr_put16(struct ndr_out *out, uint16_t v)
{
	put(out, v, 2);
}

void
ndr_put32(struct ndr_out *out, uint32_t v)
{
	put(out, v, 4);
}

void
ndr_put_bytes(struct ndr_out *out, const void *from, size_t n)
{
	uint8_t *p = n != 0 ? room(out, n) : NULL;

	if (p != NULL)
		memcpy(p, from, n);
}

void
ndr_put_string(struct ndr_out *out, const char *utf8)
{
	size_t n = utf16le_from_utf8(utf8, NULL, 0);
	uint32_t units = (uint32_t)(n / 2) + 1;
	uint8_t *p;

	ndr_put32(out, units);
	ndr_put32(out, 0);
	ndr_put32(out, units);
	p = room(out, n);
	if (p != NULL)
		utf16le_from_utf8(utf8, p, n);
	ndr_put16(out, 0);
}

static uint16_t
counted_bytes(const char *utf8)
{
	size_t n = utf16le_from_utf8(utf8, NULL, 0);

	return (uint16_t)(n < COUNTED_MAX ? n : COUNTED_MAX);
}

void
ndr_put_counted(struct ndr_out *out, const char *utf8)
{
	uint16_t n = counted_bytes(utf8);

	ndr_align(out, 4);
	ndr_put16(out, n);
	ndr_put16(out, n);
	ndr_put_pointer(out, true);
}

void
ndr_put_counted_text(struct ndr_out *out, const char *utf8)
{
	uint16_t n = counted_bytes(utf8);
	uint8_t *p;

	ndr_put32(out, n / 2);
	ndr_put32(out, 0);
	ndr_put32(out, n / 2);
	p = n != 0 ? room(out, n) : NULL;
	if (p != NULL)
		memset(p, 0, n);
	if (p != NULL)
		utf16le_from_utf8(utf8, p, n);
}

void
ndr_put_sid(struct ndr_out *out, const struct sid *sid)
{
	ndr_put32(out, sid->nsubs);
	ndr_put8(out, SID_REVISION);
	ndr_put8(out, sid->nsubs);
	for (int shift = 40; shift >= 0; shift -= 8)
		ndr_put8(out, (uint8_t)(sid->authority >> shift & 0xFF));
	for (unsigned i = 0; i < sid->nsubs; i++)
		ndr_put32(out, sid->sub[i]);
}

void
ndr_put_pointer(struct ndr_out *out, bool present)
{
	ndr_put32(out, present ? out->referents : 0);
	if (present)
		out->referents += 4;
}

static void
put_members(struct ndr_out *out, const char *shape, const union ndr_value *v)
{
	for (; *shape != '\0'; shape++, v++) {
		if (*shape == 'u')
			ndr_put32(out, v->u);
		else
			ndr_put_pointer(out, v->s != NULL);
	}
}

static void
put_referred(struct ndr_out *out, const char *shape, const union ndr_value *v)
{
	for (; *shape != '\0'; shape++, v++) {
		if (*shape == 'u' || v->s == NULL)
			continue;
		if (*shape == 's') {
			ndr_put_string(out, v->s);
			continue;
		}
		ndr_put32(out, (uint32_t)strlen(v->s));
		ndr_put_bytes(out, v->s, strlen(v->s));
	}
}

void
ndr_put_rows(struct ndr_out *out, const char *shape, const union ndr_value *rows, size_t n)
{
	size_t width = strlen(shape);

	for (size_t i = 0; i < n; i++)
		put_members(out, shape, rows + i * width);
	for (size_t i = 0; i < n; i++)
		put_referred(out, shape, rows + i * width);
}

size_t
ndr_row_size(const char *shape, const union ndr_value *v)
{
	size_t n = 0;

	for (; *shape != '\0'; shape++, v++) {
		n += 4;
		if (*shape != 'u' && v->s != NULL)
			n += STRING_COUNTS + STRING_ROUNDING + utf16le_from_utf8(v->s, NULL, 0);
	}
	return n;
}
