/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "wire/reader.h"
#include "wire/writer.h"

static char *
no_text(struct reader *r)
{
	return arena_alloc(r->arena, 1);
}

/* The bytes before the next 16-bit NUL, or all whole units when there is none. */
static size_t
unicode_length(const uint8_t *p, size_t left)
{
	size_t n;

	for (n = 0; left - n >= 2; n += 2) {
		if (p[n] == 0 && p[n + 1] == 0)
			break;
	}
	return n;
}

/* Steps over the text and its NUL; without one the window ends with the text. */
static void
skip_text(struct reader *r, size_t n, size_t terminator)
{
	size_t left = rd_left(r);

	rd_skip(r, left - n >= terminator ? n + terminator : left);
}

static char *
string_unicode(struct reader *r)
{
	const uint8_t *p;
	size_t n;

	rd_align(r, 2);
	p = r->msg + r->pos;
	n = unicode_length(p, rd_left(r));
	skip_text(r, n, 2);
	return utf16le_to_utf8(r->arena, p, n);
}

char *
rd_string_oem(struct reader *r)
{
	const uint8_t *p = r->msg + r->pos;
	size_t n;

	if (rd_left(r) == 0)
		return no_text(r);
	n = strnlen((const char *)p, rd_left(r));
	skip_text(r, n, 1);
	return oem_to_utf8(r->oem, r->arena, p, n);
}

char *
rd_string(struct reader *r)
{
	if (!r->unicode || rd_left(r) == 0)
		return rd_string_oem(r);
	return string_unicode(r);
}

/* libdsm aligns before the format of a second name, not behind it; servers that look at neither
 * byte take that. */
static bool
is_aligned_before(const struct reader *r)
{
	const uint8_t *p = r->msg + r->pos;

	return r->unicode && r->pos % 2 == 0 && rd_left(r) >= 2 && p[0] == 0x00 && p[1] == 0x04;
}

char *
rd_string_04(struct reader *r)
{
	if (is_aligned_before(r))
		rd_skip(r, 1);
	if (rd_u8(r) != 0x04)
		r->bad = true;
	return rd_string(r);
}

char *
rd_text(struct reader *r, size_t n)
{
	const uint8_t *p;

	if (r->unicode)
		rd_align(r, 2);
	p = rd_bytes(r, n);
	if (p == NULL)
		return no_text(r);
	if (r->unicode)
		return utf16le_to_utf8(r->arena, p, n);
	return oem_to_utf8(r->oem, r->arena, p, n);
}

static size_t
encode(struct writer *w, bool unicode, const char *text, uint8_t *out, size_t cap)
{
	return unicode ? utf16le_from_utf8(text, out, cap) : oem_from_utf8(w->oem, text, out, cap);
}

/*
 * Encodes straight into the message. Two bytes for one of UTF-8 are enough in UTF-16 and, but
 * for pages nobody uses, in a code page; where they are not, or are not left, it is measured.
 */
static size_t
put_text(struct writer *w, bool unicode, const char *text)
{
	size_t cap = 2 * strlen(text), n = 0;
	uint8_t *out = wr_ahead(w, 0, cap);

	if (out != NULL)
		n = encode(w, unicode, text, out, cap);
	if (out == NULL || n > cap) {
		n = encode(w, unicode, text, NULL, 0);
		out = wr_ahead(w, 0, n);
		if (out != NULL)
			encode(w, unicode, text, out, n);
	}
	wr_filled(w, n);
	return n;
}

size_t
wr_text(struct writer *w, const char *utf8)
{
	if (w->unicode)
		wr_align(w, 2, 0);
	return put_text(w, w->unicode, utf8);
}

size_t
wr_string(struct writer *w, const char *utf8)
{
	size_t end = w->unicode ? 2 : 1;
	size_t n = wr_text(w, utf8);

	wr_zero(w, end);
	return n + end;
}

size_t
wr_string_oem(struct writer *w, const char *utf8)
{
	size_t n = put_text(w, false, utf8);

	wr_u8(w, 0);
	return n + 1;
}

size_t
wr_utf16(struct writer *w, const char *utf8)
{
	return put_text(w, true, utf8);
}
