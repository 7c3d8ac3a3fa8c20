/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/frame.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static_assert(offsetof(struct frame, smb) == offsetof(struct frame, head) + FRAME_HEAD,
    "the header of the transport and the message leave in one piece");

struct frame *
frame_new_raw(size_t cap)
{
	struct frame *f = xrealloc(NULL, sizeof(*f) + cap);

	memset(f, 0, sizeof(*f));
	f->cap = cap;
	return f;
}

struct frame *
frame_new(size_t cap)
{
	struct frame *f = xcalloc(1, sizeof(*f) + cap);

	f->cap = cap;
	return f;
}

struct frame *
frame_grow_raw(struct frame *f, size_t cap)
{
	if (cap <= f->cap)
		return f;
	f = xrealloc(f, sizeof(*f) + cap);
	f->cap = cap;
	return f;
}

struct frame *
frame_grow(struct frame *f, size_t cap)
{
	size_t old = f->cap;

	f = frame_grow_raw(f, cap);
	if (cap > old)
		memset(f->smb + old, 0, cap - old);
	return f;
}

void
frame_free(struct frame **f)
{
	free(*f);
	*f = NULL;
}

bool
frame_parse_head(const uint8_t head[4], bool netbios, uint8_t *type, size_t *len)
{
	*type = head[0];
	*len = (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
	return !netbios || (head[1] & 0xFE) == 0;
}

void
frame_put_head(struct frame *f, uint8_t type)
{
	f->head[0] = type;
	f->head[1] = (uint8_t)(f->len >> 16);
	f->head[2] = (uint8_t)(f->len >> 8);
	f->head[3] = (uint8_t)f->len;
}
