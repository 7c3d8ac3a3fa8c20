/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"

#define REPLACEMENT 0xFFFD
#define LEAD_BYTE   0xFFFFFFFF /* more must follow */
#define WIDE        "UTF-32LE"
#define LONGEST     4 /* bytes of a character in a page */

/* The bytes below 0x80 are ASCII in every code page, whatever iconv makes of them. */
struct oem {
	iconv_t to_wide, from_wide;
	uint32_t high[128];
	struct reverse {
		uint32_t c;
		uint8_t byte;
	} reverse[128]; /* sorted by c */
	size_t nreverse;
	bool has_long;
};

static uint32_t
wide_at(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* n bytes (at most LONGEST) that make one character. LEAD_BYTE when more are needed. */
static uint32_t
to_wide(struct oem *oem, const uint8_t *in, size_t n)
{
	char bytes[LONGEST], *from = bytes, *to;
	uint8_t wide[8];
	size_t left = sizeof(wide), got;

	memcpy(bytes, in, n);
	to = (char *)wide;
	iconv(oem->to_wide, NULL, NULL, NULL, NULL);
	got = iconv(oem->to_wide, &from, &n, &to, &left);
	if (got == (size_t)-1 && errno == EINVAL)
		return LEAD_BYTE;
	if (got == (size_t)-1 || left != sizeof(wide) - 4)
		return REPLACEMENT;
	return wide_at(wide);
}

/* The bytes of c in the code page, at most LONGEST; 0 when it has none. */
static size_t
from_wide(struct oem *oem, uint32_t c, uint8_t out[LONGEST])
{
	char wide[4] = { (char)c, (char)(c >> 8), (char)(c >> 16), (char)(c >> 24) };
	char *from = wide, *to = (char *)out;
	size_t n = sizeof(wide), left = LONGEST;

	iconv(oem->from_wide, NULL, NULL, NULL, NULL);
	if (iconv(oem->from_wide, &from, &n, &to, &left) != 0)
		return 0;
	return LONGEST - left;
}

static int
compare(const void *a, const void *b)
{
	const struct reverse *ra = a, *rb = b;

	return ra->c < rb->c ? -1 : ra->c > rb->c;
}

static void
fill_tables(struct oem *oem)
{
	uint8_t byte;
	uint32_t c;
	size_t i;

	for (i = 0; i < 128; i++) {
		byte = (uint8_t)(0x80 + i);
		oem->high[i] = c = to_wide(oem, &byte, 1);
		oem->has_long |= c == LEAD_BYTE;
		if (c != LEAD_BYTE && c != REPLACEMENT)
			oem->reverse[oem->nreverse++] = (struct reverse){ c, byte };
	}
	qsort(oem->reverse, oem->nreverse, sizeof(oem->reverse[0]), compare);
}

/* Page 037, UTF-16 and their like would make ASCII of nothing. */
static bool
keeps_letters(struct oem *oem)
{
	uint8_t c;

	for (c = '0'; c <= 'z'; c++) {
		if (((c <= '9') || (c >= 'A' && c <= 'Z') || c >= 'a') && to_wide(oem, &c, 1) != c)
			return false;
	}
	return true;
}

struct oem *
oem_open(const char *charset)
{
	struct oem *oem = xcalloc(1, sizeof(*oem));

	oem->to_wide = iconv_open(WIDE, charset);
	oem->from_wide = iconv_open(charset, WIDE);
	if (oem->to_wide == (iconv_t)-1 || oem->from_wide == (iconv_t)-1 || !keeps_letters(oem)) {
		oem_close(&oem);
		errno = EINVAL;
		return NULL;
	}
	fill_tables(oem);
	return oem;
}

void
oem_close(struct oem **oem)
{
	if (*oem == NULL)
		return;
	if ((*oem)->to_wide != (iconv_t)-1)
		iconv_close((*oem)->to_wide);
	if ((*oem)->from_wide != (iconv_t)-1)
		iconv_close((*oem)->from_wide);
	free(*oem);
	*oem = NULL;
}

/* A character of several bytes. What is none gives up its first byte only. */
static uint32_t
next_long(struct oem *oem, const uint8_t *in, size_t n, size_t *used)
{
	uint32_t c = LEAD_BYTE;
	size_t i;

	for (i = 2; i <= n && i <= LONGEST && in[i - 1] != 0 && c == LEAD_BYTE; i++) {
		c = to_wide(oem, in, i);
		*used = i;
	}
	if (c != LEAD_BYTE && c != REPLACEMENT)
		return c;
	*used = 1;
	return REPLACEMENT;
}

/* The next of n bytes (at least one). Without a code page there is ASCII only. */
static uint32_t
oem_next(struct oem *oem, const uint8_t *in, size_t n, size_t *used)
{
	uint32_t c = in[0];

	*used = 1;
	if (c < 0x80)
		return c;
	if (oem == NULL)
		return REPLACEMENT;
	c = oem->high[c - 0x80];
	return c == LEAD_BYTE ? next_long(oem, in, n, used) : c;
}

char *
oem_to_utf8(struct oem *oem, struct arena *a, const uint8_t *in, size_t n)
{
	char *text = arena_alloc_raw(a, 3 * n + 1), *out = text;
	size_t i = 0, used;
	uint32_t c;

	while (i < n && (c = oem_next(oem, in + i, n - i, &used)) != 0) {
		out += utf8_put(out, c);
		i += used;
	}
	*out = '\0';
	return text;
}

/* The bytes of c, with '_' for what the page has not. */
static size_t
oem_put(struct oem *oem, uint32_t c, uint8_t out[LONGEST])
{
	struct reverse key = { c, 0 }, *r;
	size_t n = 0;

	out[0] = c < 0x80 ? (uint8_t)c : '_';
	if (c < 0x80 || oem == NULL)
		return 1;
	r = bsearch(&key, oem->reverse, oem->nreverse, sizeof(key), compare);
	if (r != NULL)
		out[0] = r->byte;
	else if (oem->has_long)
		n = from_wide(oem, c, out);
	return n != 0 ? n : 1;
}

size_t
oem_from_utf8(struct oem *oem, const char *in, uint8_t *out, size_t cap)
{
	size_t need = 0, n;
	uint8_t one[LONGEST];
	uint32_t c;

	while ((c = utf8_next(&in)) != 0) {
		n = oem_put(oem, c, one);
		/* Once one did not fit, no smaller one behind it may. */
		if (cap < need || n > cap - need)
			cap = 0;
		else
			memcpy(out + need, one, n);
		need += n;
	}
	return need;
}
