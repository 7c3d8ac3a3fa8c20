/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/charset.h"

#include <string.h>
#include <utf8proc.h>

#include "base/arena.h"

#define REPLACEMENT 0xFFFD

/* The bytes after the first, and the smallest character that needs them; 0: none begins so. */
static unsigned
tail_length(uint8_t first, uint32_t *least)
{
	if (first >= 0xC2 && first <= 0xDF) {
		*least = 0x80;
		return 1;
	}
	if (first >= 0xE0 && first <= 0xEF) {
		*least = 0x800;
		return 2;
	}
	*least = 0x10000;
	return first >= 0xF0 && first <= 0xF4 ? 3 : 0;
}

static uint32_t
decode_long(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	uint32_t least, c;
	unsigned i, n = tail_length(p[0], &least);

	*s += 1;
	if (n == 0)
		return REPLACEMENT;
	c = p[0] & (0x3Fu >> n);
	for (i = 1; i <= n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (p[i] & 0x3F);
	}
	if (c < least || c > 0x10FFFF)
		return REPLACEMENT;
	*s += n;
	return c;
}

uint32_t
utf8_next(const char **s)
{
	uint8_t first = (uint8_t)(*s)[0];

	if (first >= 0x80)
		return decode_long(s);
	if (first != 0)
		*s += 1;
	return first;
}

size_t
utf8_put(char *out, uint32_t c)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xC0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3F));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xE0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3F));
		out[2] = (char)(0x80 | (c & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | (c >> 18 & 0x07));
	out[1] = (char)(0x80 | (c >> 12 & 0x3F));
	out[2] = (char)(0x80 | (c >> 6 & 0x3F));
	out[3] = (char)(0x80 | (c & 0x3F));
	return 4;
}

static uint16_t
unit_at(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static bool
is_high(uint32_t c)
{
	return c >= 0xD800 && c < 0xDC00;
}

static bool
is_low(uint32_t c)
{
	return c >= 0xDC00 && c < 0xE000;
}

/* The next of n units (at least one), a pair taken together; *used is 1 or 2. */
static uint32_t
utf16_next(const uint8_t *in, size_t n, size_t *used)
{
	uint32_t high = unit_at(in), low;

	*used = 1;
	if (!is_high(high) || n < 2)
		return high;
	low = unit_at(in + 2);
	if (!is_low(low))
		return high;
	*used = 2;
	return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* How many of the first units are ASCII and not NUL. */
static size_t
ascii_units(const uint8_t *in, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (in[2 * i + 1] != 0 || in[2 * i] == 0 || in[2 * i] >= 0x80)
			break;
	}
	return i;
}

char *
utf16le_to_utf8(struct arena *a, const uint8_t *in, size_t n)
{
	size_t units = n / 2, plain = ascii_units(in, units), i, used;
	char *text, *out;
	uint32_t c;

	/* At most three bytes a unit: a pair makes four of two. */
	out = text = arena_alloc_raw(a, plain + 3 * (units - plain) + 1);
	for (i = 0; i < plain; i++)
		*out++ = (char)in[2 * i];
	while (i < units) {
		c = utf16_next(in + 2 * i, units - i, &used);
		if (c == 0)
			break;
		out += utf8_put(out, c);
		i += used;
	}
	*out = '\0';
	return text;
}

static size_t
put_unit(uint8_t *out, uint32_t unit)
{
	out[0] = (uint8_t)unit;
	out[1] = (uint8_t)(unit >> 8);
	return 2;
}

size_t
utf16le_from_utf8(const char *in, uint8_t *out, size_t cap)
{
	size_t need = 0, n;
	uint32_t c;

	while ((c = utf8_next(&in)) != 0) {
		n = c < 0x10000 ? 2 : 4;
		/* Once one did not fit, no smaller one behind it may. */
		if (cap < need || n > cap - need)
			cap = 0;
		else if (n == 2)
			put_unit(out + need, c);
		else
			put_unit(out + need + put_unit(out + need, 0xD7C0 + (c >> 10)),
			    0xDC00 + (c & 0x3FF));
		need += n;
	}
	return need;
}

/* Capitals that came after Unicode 5.1 or, like that of sharp s, were left out on purpose. */
static const struct {
	uint16_t first, last;
} not_in_upcase[] = {
	{ 0x037F, 0x037F },
	{ 0x0524, 0x052F },
	{ 0x10C6, 0x10CF },
	{ 0x13A0, 0x13FF },
	{ 0x1C80, 0x1CBF },
	{ 0x1E9E, 0x1E9E },
	{ 0x2C2F, 0x2C2F },
	{ 0x2C70, 0x2C70 },
	{ 0x2C7E, 0x2C7F },
	{ 0x2CE4, 0x2CFF },
	{ 0xA660, 0xA660 },
	{ 0xA698, 0xA69F },
	{ 0xA78D, 0xA7FF },
};

static bool
in_upcase(uint32_t capital)
{
	size_t i;

	for (i = 0; i < sizeof(not_in_upcase) / sizeof(not_in_upcase[0]); i++) {
		if (capital >= not_in_upcase[i].first && capital <= not_in_upcase[i].last)
			return false;
	}
	return capital <= 0xFFFF;
}

static uint32_t
upcase_of(uint32_t c)
{
	uint32_t up = (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);

	if (up == c || (uint32_t)utf8proc_tolower((utf8proc_int32_t)up) != c)
		return c;
	return in_upcase(up) ? up : c;
}

/* Latin, Greek, Cyrillic and Armenian at hand: the library takes thirty times as long. */
static uint16_t common[0x590];

static void __attribute__((constructor)) fill_common(void)
{
	uint16_t c;

	for (c = 0; c < sizeof(common) / sizeof(common[0]); c++)
		common[c] = (uint16_t)upcase_of(c);
}

/*
 * Windows' table ([MS-UCODEREF] 3.1.5.3, as of Windows 8) holds pairs of letters: a mapping that
 * does not lead back, like that of the dotless i, the long s or the final sigma, is not in it.
 */
uint32_t
char_upcase(uint32_t c)
{
	if (c < sizeof(common) / sizeof(common[0]))
		return common[c];
	return c <= 0xFFFF ? upcase_of(c) : c;
}

static inline uint32_t
next_upcase(const char **s)
{
	uint8_t first = (uint8_t)(*s)[0];

	if (first >= 0x80)
		return char_upcase(decode_long(s));
	*s += first != 0;
	return common[first];
}

int
name_casecmp(const char *a, const char *b)
{
	uint32_t ca, cb;

	do {
		ca = next_upcase(&a);
		cb = next_upcase(&b);
	} while (ca == cb && ca != 0);
	return ca < cb ? -1 : ca > cb;
}

/* FNV-1a over characters instead of bytes. */
uint32_t
name_hash(const char *name)
{
	uint32_t h = 2166136261, c;

	while ((c = next_upcase(&name)) != 0)
		h = (h ^ c) * 16777619;
	return h ^ h >> 15;
}

char *
name_upcase(struct arena *a, const char *name)
{
	/* A capital may take a byte more than its letter; an invalid byte becomes three. */
	char *text = arena_alloc_raw(a, 3 * strlen(name) + 1), *out = text;
	uint32_t c;

	while ((c = next_upcase(&name)) != 0)
		out += utf8_put(out, c);
	*out = '\0';
	return text;
}
