/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The reader, with the bytes themselves choosing what is read; and what must hold of the texts
 * that come out. The first byte holds flags, the second the length of the plan that follows.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "wire/frame.h"
#include "wire/header.h"
#include "wire/reader.h"
#include "wire/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define UNICODE 0x01
#define PAGE932 0x02

static struct oem *pages[2];

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static struct oem *
page(uint8_t flags)
{
	if (pages[0] == NULL) {
		pages[0] = oem_open("CP850");
		pages[1] = oem_open("CP932");
		need(pages[0] != NULL && pages[1] != NULL);
	}
	return pages[(flags & PAGE932) != 0];
}

/* A text that was decoded can be encoded, and is the same when it comes back. */
static void
check_text(struct arena *a, const char *text)
{
	size_t n = utf16le_from_utf8(text, NULL, 0);
	uint8_t *units = arena_alloc_raw(a, n);
	char *back, *upper;

	need(utf16le_from_utf8(text, units, n) == n);
	back = utf16le_to_utf8(a, units, n);
	need(utf16le_from_utf8(back, NULL, 0) == n);
	need(name_casecmp(text, back) == 0 && name_hash(text) == name_hash(back));
	upper = name_upcase(a, text);
	need(name_casecmp(text, upper) == 0 && name_hash(text) == name_hash(upper));
	if (strlen(text) < 300) {
		need(text[0] == '\0' || name_matches("*", text));
		name_matches(text, text);
	}
}

/* The same text through the writer and back. */
static void
check_writer(const struct reader *from, const char *text)
{
	struct reader r;
	struct writer w;

	wr_init(&w, 4096);
	w.unicode = from->unicode;
	w.oem = from->oem;
	wr_u8(&w, 0x04);
	wr_string(&w, text);
	need(w.pos == w.frame->len && w.pos <= 4096);
	if (!w.full) {
		rd_init(&r, w.frame->smb, w.pos);
		r.arena = from->arena;
		r.oem = from->oem;
		r.unicode = from->unicode;
		text = rd_string_04(&r);
		need(rd_ok(&r) && rd_left(&r) == 0);
	}
	wr_clear(&w);
}

static void
step(struct reader *r, uint8_t what)
{
	const char *text = NULL;
	struct smb_header h;
	struct reader part;
	size_t n = what >> 3, off;

	switch (what & 7) {
	case 0:
		text = rd_string(r);
		break;
	case 1:
		text = rd_string_oem(r);
		break;
	case 2:
		text = rd_text(r, n);
		break;
	case 3:
		text = rd_string_04(r);
		break;
	case 4:
		rd_align(r, (size_t)1 << (n & 3));
		break;
	case 5:
		off = rd_u16(r);
		part = rd_at(r, off, rd_u16(r));
		text = rd_string(&part);
		need(part.pos <= part.end || part.bad);
		break;
	case 6:
		part = rd_sub(r, n);
		text = rd_string(&part);
		break;
	default:
		if (n == 0)
			smb_header_read(r, &h);
		else
			rd_skip(r, rd_u64(r) % n);
	}
	need(r->pos <= r->end);
	if (text != NULL) {
		check_text(r->arena, text);
		check_writer(r, text);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;
	struct reader r;
	size_t steps, i;

	if (size < 2 || size > 4096)
		return 0;
	steps = data[1] < size - 2 ? data[1] : size - 2;
	arena_init(&arena);
	rd_init(&r, data + 2 + steps, size - 2 - steps);
	r.arena = &arena;
	r.unicode = (data[0] & UNICODE) != 0;
	r.oem = page(data[0]);
	for (i = 0; i < steps && rd_ok(&r); i++)
		step(&r, data[2 + i]);
	arena_clear(&arena);
	return 0;
}
