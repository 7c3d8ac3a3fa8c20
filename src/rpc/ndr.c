/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/ndr.h"

#include <string.h>

#include "base/arena.h"
#include "base/charset.h"

#define FIRST_CAP       1024
#define FIRST_REFERENT  0x00020000u
#define STRING_COUNTS   12
#define STRING_ROUNDING 8

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

/* A number of n bytes, aligned. */
static uint32_t
get(struct ndr_in *in, size_t n)
{
	size_t gap = (n - in->pos % n) % n, i;
	const uint8_t *p = ndr_get_bytes(in, gap) != NULL ? ndr_get_bytes(in, n) : NULL;
	uint32_t v = 0;

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
