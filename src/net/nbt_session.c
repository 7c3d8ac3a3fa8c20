/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/nbt_session.h"

#include <string.h>

#define ENCODED_LEN  32 /* RFC 1001 14.1: each byte of the 16 as two letters */
#define LABEL_MAX    63
#define NAME_MAX_LEN 255

/* One byte from its two letters; -1 when they are not letters of the encoding. */
static int
half_ascii(const uint8_t *p)
{
	if (p[0] < 'A' || p[0] > 'P' || p[1] < 'A' || p[1] > 'P')
		return -1;
	return (p[0] - 'A') << 4 | (p[1] - 'A');
}

static bool
decode_label(const uint8_t *p, struct nbt_name *out)
{
	char raw[16];
	size_t n = 15;

	for (size_t i = 0; i < sizeof(raw); i++) {
		int c = half_ascii(p + 2 * i);

		if (c < 0)
			return false;
		raw[i] = (char)c;
	}
	/* Names are padded with blanks; some senders pad with NULs. */
	while (n > 0 && (raw[n - 1] == ' ' || raw[n - 1] == '\0'))
		n--;
	if (memchr(raw, '\0', n) != NULL)
		return false;
	memset(out->name, 0, sizeof(out->name));
	memcpy(out->name, raw, n);
	out->suffix = (uint8_t)raw[15];
	return true;
}

/* The scope: labels up to the empty one. The bytes it takes, or 0. A length above 63 would be a
 * pointer, which has nothing to point at here. */
static size_t
scope_len(const uint8_t *p, size_t left)
{
	size_t pos = 0;

	while (pos < left) {
		size_t label = p[pos++];

		if (label == 0)
			return pos;
		if (label > LABEL_MAX || label > left - pos)
			return 0;
		pos += label;
	}
	return 0;
}

/* The bytes the name takes, or 0. */
static size_t
decode_name(const uint8_t *p, size_t left, struct nbt_name *out)
{
	size_t scope;

	if (left < 1 + ENCODED_LEN || p[0] != ENCODED_LEN || !decode_label(p + 1, out))
		return 0;
	p += 1 + ENCODED_LEN;
	left -= 1 + ENCODED_LEN;
	scope = scope_len(p, left);
	if (scope == 0 || scope > NAME_MAX_LEN - (1 + ENCODED_LEN))
		return 0;
	return 1 + ENCODED_LEN + scope;
}

bool
nbt_request_parse(
    const uint8_t *body, size_t len, struct nbt_name *called, struct nbt_name *calling)
{
	size_t first = decode_name(body, len, called);

	return first != 0 && decode_name(body + first, len - first, calling) != 0;
}
