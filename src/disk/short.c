/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/short.h"

#include <string.h>
#include <strings.h>

#include "base/charset.h"

#define DIGITS  6
#define FURTHER (2176782336u - SHORT_FIRST_MASK - 1) /* of 36^6 those that are no first choice */

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

/* What opens a device on DOS and Windows, whatever the extension, instead of the file so called. */
static bool
is_device(const char *base, size_t n)
{
	static const char *const devices[] = { "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$",
		"CONOUT$" };

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (n == strlen(devices[i]) && strncasecmp(base, devices[i], n) == 0)
			return true;
	return n == 4 && base[3] >= '0' && base[3] <= '9' &&
	    (strncasecmp(base, "COM", 3) == 0 || strncasecmp(base, "LPT", 3) == 0);
}

bool
name_is_8_3(const char *name)
{
	size_t base = legal_run(name), ext;

	if (base == 0 || base > 8 || is_device(name, base))
		return false;
	if (name[base] == '\0')
		return true;
	if (name[base] != '.')
		return false;
	ext = legal_run(name + base + 1);
	return ext >= 1 && ext <= 3 && name[base + 1 + ext] == '\0';
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = upper(c);
	return c >= 'A' && c <= 'Z' ? c - 'A' + 10 : -1;
}

bool
short_name_number(const char *name, uint32_t *number)
{
	if (name[0] == '\0' || name[1] != '~')
		return false;
	*number = 0;
	for (size_t i = 2; i < 2 + DIGITS; i++) {
		int d = digit(name[i]);

		if (d < 0)
			return false;
		*number = *number * 36 + (uint32_t)d;
	}
	return name[2 + DIGITS] == '\0' || name[2 + DIGITS] == '.';
}

/* FNV-1a over the upper-cased characters. */
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
	return h;
}

uint32_t
short_name_choice(const char *name, unsigned choice)
{
	uint64_t h;

	if (choice == 0)
		return name_hash(name) & SHORT_FIRST_MASK;
	h = (hash(name) + choice) * 0x9E3779B97F4A7C15u;
	return SHORT_FIRST_MASK + 1 + (uint32_t)((h ^ h >> 32) % FURTHER);
}

void
short_name_put(const char *name, uint32_t number, char out[SHORT_NAME_SIZE])
{
	const char *dot = strrchr(name, '.');
	size_t len = 2 + DIGITS, ext = 0;

	out[0] = legal(name[0]) ? upper(name[0]) : '_';
	out[1] = '~';
	for (size_t i = len; i > 2; i--, number /= 36)
		out[i - 1] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number % 36];
	for (dot = dot != NULL && dot > name ? dot + 1 : ""; *dot != '\0' && ext < 3; dot++) {
		if (!legal(*dot))
			continue;
		if (ext++ == 0)
			out[len++] = '.';
		out[len++] = upper(*dot);
	}
	out[len] = '\0';
}
