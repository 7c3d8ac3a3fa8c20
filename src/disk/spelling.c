/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/spelling.h"

#include <stdint.h>
#include <string.h>

#include "base/charset.h"
#include "disk/lookup.h"

#define CONTROL    0xF000u /* + the control character */
#define SPECIAL    0xF020u /* + the place in specials */
#define LAST_SPACE 0xF028u
#define LAST_DOT   0xF029u
#define RAW        0xEE00u /* + the byte */

static const char specials[] = "\"*:<>?\\|";

/* Where each stands there, counted from 1; 0: nowhere. */
static const uint8_t special_place[0x80] = {
	['"'] = 1, ['*'] = 2, [':'] = 3, ['<'] = 4, ['>'] = 5, ['?'] = 6, ['\\'] = 7, ['|'] = 8
};

/* The length of the character at s, a surrogate's three bytes too; 0 when it is none. */
static size_t
decode(const char *s, uint32_t *c)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char b = (unsigned char)*s;
	size_t n = b < 0x80 ? 1 : b < 0xC0 ? 0 : b < 0xE0 ? 2 : b < 0xF0 ? 3 : b < 0xF8 ? 4 : 0;

	if (n < 2) {
		*c = b;
		return n;
	}
	*c = b & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		b = (unsigned char)s[i];
		if ((b & 0xC0) != 0x80)
			return 0;
		*c = *c << 6 | (b & 0x3Fu);
	}
	return *c >= least[n] && *c <= 0x10FFFF ? n : 0;
}

static bool
is_raw(uint32_t c)
{
	return c >= RAW + 0x80 && c <= RAW + 0xFF;
}

/* The byte c stands for on disk, 0 when it stands for itself. */
static unsigned char
byte_of(uint32_t c, bool last)
{
	if (c > CONTROL && c < SPECIAL)
		return (unsigned char)(c - CONTROL);
	if (c >= SPECIAL && c < LAST_SPACE)
		return (unsigned char)specials[c - SPECIAL];
	if (last && c == LAST_SPACE)
		return ' ';
	if (last && c == LAST_DOT)
		return '.';
	return is_raw(c) ? (unsigned char)(c - RAW) : 0;
}

/*
 * Writes the part of a path at *s and moves *s behind it; its length, or 0 when it can be
 * nobody's name.
 */
static size_t
part_to_disk(const char **s, char *out, size_t room)
{
	size_t len = 0, n;
	uint32_t c;

	if (room > NAME_MAX)
		room = NAME_MAX;
	for (; **s != '\0' && **s != '/'; *s += n) {
		n = decode(*s, &c);
		if (n == 0 || c < 0x20 || (c < 0x80 && special_place[c] != 0))
			return 0;
		unsigned char byte = byte_of(c, (*s)[n] == '\0' || (*s)[n] == '/');
		size_t need = byte != 0 ? 1 : n;
		if (need > room - len)
			return 0;
		if (byte != 0)
			out[len] = (char)byte;
		else
			memcpy(out + len, *s, n);
		len += need;
	}
	if ((len == 1 && out[0] == '.') || (len == 2 && out[0] == '.' && out[1] == '.'))
		return 0;
	return len;
}

nt_status
spelling_to_disk(const char *path, char out[PATH_MAX])
{
	size_t len = 0, n;

	out[0] = '\0';
	if (*path == '\0')
		return STATUS_SUCCESS;
	for (;; path++) {
		n = part_to_disk(&path, out + len, PATH_MAX - 1 - len);
		if (n == 0)
			return STATUS_OBJECT_NAME_INVALID;
		len += n;
		if (*path == '\0')
			break;
		if (len >= PATH_MAX - 2)
			return STATUS_OBJECT_NAME_INVALID;
		out[len++] = '/';
	}
	out[len] = '\0';
	return STATUS_SUCCESS;
}

static bool
is_ours(uint32_t c)
{
	return (c > CONTROL && c <= LAST_DOT) || is_raw(c);
}

/* A pair of three-byte surrogates would become one character in UTF-16 and not come back. */
static bool
is_false_pair(uint32_t c, const char *next)
{
	uint32_t low;

	return c >= 0xD800 && c < 0xDC00 && decode(next, &low) == 3 && low >= 0xDC00 &&
	    low < 0xE000;
}

static size_t
put_raw(const char *s, size_t n, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += utf8_put(out + len, RAW + (unsigned char)s[i]);
	return len;
}

/* How an ASCII character is shown. */
static uint32_t
shown(uint32_t c, bool last)
{
	if (c < 0x20)
		return CONTROL + c;
	if (last && c == ' ')
		return LAST_SPACE;
	if (last && c == '.')
		return LAST_DOT;
	return special_place[c] != 0 ? SPECIAL + special_place[c] - 1 : c;
}

/* The part of a path at s, its end in *end. */
static size_t
part_from_disk(const char *s, const char **end, char *out)
{
	size_t len = 0, n;
	uint32_t c;

	for (; *s != '\0' && *s != '/'; s += n) {
		n = decode(s, &c);
		if (n == 0) {
			n = 1;
			len += put_raw(s, 1, out + len);
		} else if (n == 1) {
			len += utf8_put(out + len, shown(c, s[1] == '\0' || s[1] == '/'));
		} else if (is_ours(c) || is_false_pair(c, s + n)) {
			len += put_raw(s, n, out + len);
		} else {
			memcpy(out + len, s, n);
			len += n;
		}
	}
	*end = s;
	return len;
}

size_t
spelling_from_disk(const char *name, char out[SPELLING_MAX])
{
	const char *end;
	size_t len = part_from_disk(name, &end, out);

	out[len] = '\0';
	return len;
}

void
spelling_path_from_disk(const char *path, char *out)
{
	for (;; path++) {
		out += part_from_disk(path, &path, out);
		if (*path == '\0')
			break;
		*out++ = '/';
	}
	*out = '\0';
}

bool
disk_name_valid(const char *name)
{
	char out[NAME_MAX + 1];
	const char *end = name;

	return part_to_disk(&end, out, NAME_MAX) > 0 && *end == '\0';
}

void
spelling_posix_to_disk(const char *text, char *out)
{
	uint32_t c;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = decode(text, &c);
		if (n > 0 && is_raw(c)) {
			*out++ = (char)(c - RAW);
			continue;
		}
		n = n > 0 ? n : 1;
		memcpy(out, text, n);
		out += n;
	}
	*out = '\0';
}

void
spelling_posix_from_disk(const char *text, char *out)
{
	uint32_t c;
	size_t n;

	for (; *text != '\0'; text += n) {
		n = decode(text, &c);
		if (n == 0 || is_raw(c) || is_false_pair(c, text + n)) {
			n = n > 0 ? n : 1;
			out += put_raw(text, n, out);
			continue;
		}
		memcpy(out, text, n);
		out += n;
	}
	*out = '\0';
}

const char *
spelling_posix_name(const char *name, char out[SPELLING_MAX])
{
	char disk[PATH_MAX];

	if (spelling_to_disk(name, disk) != STATUS_SUCCESS)
		disk[0] = '\0';
	spelling_posix_from_disk(disk, out);
	return out;
}
