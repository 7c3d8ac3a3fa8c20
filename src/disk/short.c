/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/charset.h"
#include "disk/dir.h"
#include "disk/names.h"

/*
 * A short name is the first character, '~', six digits of base 36, and the first three characters
 * of the extension: "R~0K3QZ9.TXT". It follows from the long name alone, so it survives restarts
 * and needs no table.
 */
#define DIGITS       6
#define DIGITS_RANGE 2176782336u /* 36^6 */

static bool
legal(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    (c != '\0' && strchr("!#$%&'()-@^_`{}~", c) != NULL);
}

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static size_t
legal_run(const char *s)
{
	size_t n = 0;

	while (legal(s[n]))
		n++;
	return n;
}

static bool
is_8_3(const char *name)
{
	size_t base = legal_run(name), ext;

	if (base == 0 || base > 8)
		return false;
	if (name[base] == '\0')
		return true;
	if (name[base] != '.')
		return false;
	ext = legal_run(name + base + 1);
	return ext >= 1 && ext <= 3 && name[base + 1 + ext] == '\0';
}

bool
short_name_shape(const char *name)
{
	if (name[0] == '\0' || name[1] != '~')
		return false;
	for (size_t i = 2; i < 2 + DIGITS; i++)
		if (!((name[i] >= '0' && name[i] <= '9') ||
			(upper(name[i]) >= 'A' && upper(name[i]) <= 'Z')))
			return false;
	return name[2 + DIGITS] == '\0' || name[2 + DIGITS] == '.';
}

/* FNV-1a over the upper-cased characters, so that a change of case keeps the short name. */
static uint64_t
hash(const char *name)
{
	uint64_t h = 0xCBF29CE484222325u;
	uint32_t c;

	while ((c = utf8_next(&name)) != 0) {
		c = char_upcase(c);
		for (int i = 0; i < 3; i++, c >>= 8)
			h = (h ^ (c & 0xFF)) * 0x100000001B3u;
	}
	return h ^ h >> 32;
}

void
disk_short_name(const char *name, char out[13])
{
	const char *dot = strrchr(name, '.');
	size_t len = 2 + DIGITS, ext = 0;
	uint64_t h;

	out[0] = '\0';
	if (is_8_3(name) || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	out[0] = legal(name[0]) ? upper(name[0]) : '_';
	out[1] = '~';
	h = hash(name) % DIGITS_RANGE;
	for (size_t i = len; i > 2; i--, h /= 36)
		out[i - 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[h % 36];
	for (dot = dot != NULL && dot > name ? dot + 1 : ""; *dot != '\0' && ext < 3; dot++) {
		if (!legal(*dot))
			continue;
		if (ext++ == 0)
			out[len++] = '.';
		out[len++] = upper(*dot);
	}
	out[len] = '\0';
}
