/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/writer.h"

#include <string.h>

#include "wire/frame.h"

#define FIRST_CAP ((size_t)256)

void
wr_init(struct writer *w, size_t max)
{
	memset(w, 0, sizeof(*w));
	w->max = max;
	w->frame = frame_new_raw(max < FIRST_CAP ? max : FIRST_CAP);
}

void
wr_clear(struct writer *w)
{
	frame_free(&w->frame);
	memset(w, 0, sizeof(*w));
}

struct frame *
wr_take(struct writer *w)
{
	struct frame *f = w->frame;

	w->frame = NULL;
	wr_clear(w);
	return f;
}

/* Doubling, so that a listing written field by field is copied a few times only. */
static void
make_room(struct writer *w, size_t end)
{
	size_t cap = w->frame->cap;

	if (end <= cap)
		return;
	cap = cap < w->max / 2 ? cap * 2 : w->max;
	w->frame = frame_grow_raw(w->frame, cap > end ? cap : end);
}

static bool
fits(struct writer *w, size_t n)
{
	if (w->frame == NULL || n > w->max - w->pos)
		w->full = true;
	return !w->full;
}

/* The one place that moves on: the next n bytes, to be overwritten whole. NULL when full. */
static uint8_t *
advance(struct writer *w, size_t n)
{
	size_t at = w->pos;

	if (!fits(w, n))
		return NULL;
	make_room(w, at + n);
	w->pos = at + n;
	w->frame->len = w->pos;
	return w->frame->smb + at;
}

static void
put16(uint8_t *p, uint16_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

static void
put32(uint8_t *p, uint32_t v)
{
	put16(p, (uint16_t)v);
	put16(p + 2, (uint16_t)(v >> 16));
}

void
wr_u8(struct writer *w, uint8_t v)
{
	uint8_t *p = advance(w, 1);

	if (p != NULL)
		p[0] = v;
}

void
wr_u16(struct writer *w, uint16_t v)
{
	uint8_t *p = advance(w, 2);

	if (p != NULL)
		put16(p, v);
}

void
wr_u32(struct writer *w, uint32_t v)
{
	uint8_t *p = advance(w, 4);

	if (p != NULL)
		put32(p, v);
}

void
wr_u64(struct writer *w, uint64_t v)
{
	uint8_t *p = advance(w, 8);

	if (p != NULL) {
		put32(p, (uint32_t)v);
		put32(p + 4, (uint32_t)(v >> 32));
	}
}

void
wr_bytes(struct writer *w, const void *bytes, size_t n)
{
	uint8_t *p = advance(w, n);

	if (p != NULL && n != 0)
		memcpy(p, bytes, n);
}

void
wr_zero(struct writer *w, size_t n)
{
	uint8_t *p = advance(w, n);

	if (p != NULL)
		memset(p, 0, n);
}

void
wr_align(struct writer *w, size_t n, size_t base)
{
	wr_zero(w, (n - ((w->pos - base) & (n - 1))) & (n - 1));
}

size_t
wr_hole16(struct writer *w)
{
	size_t at = w->pos;

	wr_u16(w, 0);
	return at;
}

size_t
wr_hole32(struct writer *w)
{
	size_t at = w->pos;

	wr_u32(w, 0);
	return at;
}

/* A hole that was rewound, or dropped because the writer was full, is not there to be filled. */
static bool
was_written(const struct writer *w, size_t at, size_t n)
{
	return at <= w->pos && n <= w->pos - at;
}

void
wr_patch8(struct writer *w, size_t at, uint8_t v)
{
	if (was_written(w, at, 1))
		w->frame->smb[at] = v;
}

void
wr_patch16(struct writer *w, size_t at, uint16_t v)
{
	if (was_written(w, at, 2))
		put16(w->frame->smb + at, v);
}

void
wr_patch32(struct writer *w, size_t at, uint32_t v)
{
	if (was_written(w, at, 4))
		put32(w->frame->smb + at, v);
}

void
wr_rewind(struct writer *w, size_t pos)
{
	if (pos > w->pos)
		return;
	w->pos = pos;
	w->frame->len = pos;
	w->full = false;
}

uint8_t *
wr_ahead(struct writer *w, size_t ahead, size_t n)
{
	size_t left = w->max - w->pos;

	if (w->full || ahead > left || n > left - ahead)
		return NULL;
	w->ahead_at = w->pos + ahead;
	w->ahead_len = n;
	w->frame = frame_grow_raw(w->frame, w->ahead_at + n);
	return w->frame->smb + w->ahead_at;
}

void
wr_filled(struct writer *w, size_t n)
{
	/* The bytes are there already. Elsewhere there are none, and the heap's would be sent. */
	if (w->pos != w->ahead_at || n > w->ahead_len)
		w->full = true;
	advance(w, n);
	w->ahead_len = 0;
}

void
wr_block(struct writer *w)
{
	w->words_at = w->pos;
	w->bytes_at = 0;
	wr_u8(w, 0);
}

void
wr_block_bytes(struct writer *w)
{
	size_t words = w->pos - w->words_at;

	if (w->full)
		return;
	wr_patch8(w, w->words_at, (uint8_t)((words - 1) / 2));
	w->bytes_at = w->pos;
	wr_u16(w, 0);
}

void
wr_block_end(struct writer *w)
{
	if (w->bytes_at == 0)
		wr_block_bytes(w);
	if (w->full)
		return;
	wr_patch16(w, w->bytes_at, (uint16_t)(w->pos - w->bytes_at - 2));
}
