/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/dosattrib.h"

#include <stdlib.h>
#include <string.h>

#define HAS_ATTRIBUTES 0x01u
#define HAS_CREATED    0x10u

static uint64_t
get(const unsigned char *p, size_t bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | p[bytes];
	return v;
}

static void
put(unsigned char *p, size_t bytes, uint64_t v)
{
	for (size_t i = 0; i < bytes; i++, v >>= 8)
		p[i] = (unsigned char)(v & 0xFF);
}

/* Where a version keeps what we read, counted from the structure behind the version. */
static const struct layout {
	int flags; /* -1: none */
	unsigned char attributes, created;
} layouts[] = {
	[1] = { -1, 0, 24 },
	[2] = { 0, 4, 28 },
	[3] = { 0, 4, 28 },
	[4] = { 0, 4, 16 },
	[5] = { 0, 4, 8 },
};

static bool
decode_string(const char *text, size_t n, struct dosattrib *out)
{
	char copy[16], *end;

	if (n == 0 || n >= sizeof(copy))
		return false;
	memcpy(copy, text, n);
	copy[n] = '\0';
	out->attributes = (uint32_t)strtoul(copy, &end, 16);
	out->created = 0;
	return *end == '\0';
}

bool
dosattrib_decode(const void *value, size_t n, struct dosattrib *out)
{
	const unsigned char *p = value;
	size_t text = strnlen(value, n), at = (text + 2) & ~(size_t)1;
	uint64_t version, flags = HAS_ATTRIBUTES | HAS_CREATED;

	if (n < at + 4)
		return decode_string(value, text, out);
	version = get(p + at, 2);
	if (version < 1 || version > 5 || version != get(p + at + 2, 2))
		return false;
	const struct layout *l = &layouts[version];
	at = (at + 4 + 3) & ~(size_t)3;
	if (n < at + l->created + 8)
		return false;
	p += at;
	if (l->flags >= 0)
		flags = get(p + l->flags, 4);
	if ((flags & HAS_ATTRIBUTES) == 0)
		return false;
	out->attributes = (uint32_t)get(p + l->attributes, 4);
	out->created = flags & HAS_CREATED ? get(p + l->created, 8) : 0;
	return true;
}

void
dosattrib_encode(const struct dosattrib *a, unsigned char out[DOSATTRIB_SIZE])
{
	memset(out, 0, DOSATTRIB_SIZE);
	put(out + 2, 2, 5);
	put(out + 4, 2, 5);
	put(out + 8, 4, HAS_ATTRIBUTES | (a->created != 0 ? HAS_CREATED : 0));
	put(out + 12, 4, a->attributes);
	put(out + 16, 8, a->created);
}
