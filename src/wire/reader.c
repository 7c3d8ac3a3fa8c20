/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/reader.h"

#include <string.h>

void
rd_init(struct reader *r, const void *msg, size_t len)
{
	memset(r, 0, sizeof(*r));
	r->msg = msg;
	r->end = len;
}

/* The one bounds check. Subtract, never add: n comes from the client and pos + n may wrap. */
const uint8_t *
rd_bytes(struct reader *r, size_t n)
{
	const uint8_t *p;

	if (r->bad || n > r->end - r->pos) {
		r->bad = true;
		return NULL;
	}
	p = r->msg + r->pos;
	r->pos += n;
	return p;
}

uint8_t
rd_u8(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 1);

	return p != NULL ? p[0] : 0;
}

uint16_t
rd_u16(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 2);

	if (p == NULL)
		return 0;
	return (uint16_t)(p[0] | p[1] << 8);
}

uint32_t
rd_u32(struct reader *r)
{
	const uint8_t *p = rd_bytes(r, 4);

	if (p == NULL)
		return 0;
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint64_t
rd_u64(struct reader *r)
{
	struct reader whole = rd_sub(r, 8);
	uint64_t low = rd_u32(&whole);

	return low | (uint64_t)rd_u32(&whole) << 32;
}

void
rd_skip(struct reader *r, size_t n)
{
	rd_bytes(r, n);
}

struct reader
rd_sub(struct reader *r, size_t n)
{
	struct reader part = *r;

	if (rd_bytes(r, n) == NULL)
		part.bad = true;
	else
		part.end = r->pos;
	return part;
}

struct reader
rd_at(const struct reader *r, size_t off, size_t n)
{
	struct reader part = *r;

	if (r->bad || off < r->pos || off > r->end || n > r->end - off) {
		part.bad = true;
		return part;
	}
	part.pos = off;
	part.end = off + n;
	return part;
}

void
rd_align(struct reader *r, size_t n)
{
	size_t gap = (n - (r->pos & (n - 1))) & (n - 1);
	size_t left = rd_left(r);

	r->pos += gap < left ? gap : left;
}
