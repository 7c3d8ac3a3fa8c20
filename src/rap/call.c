/* SPDX-License-Identifier: BSD-2-Clause */

/* From bytes to a call, and from entries to bytes: descriptors say what there is. */
#include "rap/call.h"

#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "rap/descriptor.h"
#include "server/request.h"

#define FIRST_CAP 16

/* Of parameters, and of the structures of answers. */
#define PARAM_LETTERS     "WDPbzOrLehigsT"
#define STRUCTURE_LETTERS "BWDNzbl"

static const struct rap_function *const functions[] = {
	rap_of_shares,
	rap_of_server,
	rap_of_tables,
	rap_of_users,
	rap_of_printers,
};

static const struct rap_function *
find_function(uint16_t number)
{
	const struct rap_function *f;

	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		for (f = functions[i]; f->run != NULL; f++) {
			if (f->number == number)
				return f;
		}
	}
	return NULL;
}

/* ---- the request ---- */

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void
add_number(struct rap_call *c, uint32_t v)
{
	if (c->nnumbers < RAP_NUMBERS)
		c->numbers[c->nnumbers++] = v;
}

static void
read_param(struct rap_call *c, struct reader *r, const struct rap_member *m)
{
	switch (m->type) {
	case 'W':
	case 'P':
		add_number(c, rd_u16(r));
		break;
	case 'D':
		add_number(c, rd_u32(r));
		break;
	case 'L':
		c->room = smaller(c->room, rd_u16(r));
		break;
	case 'T':
		rd_skip(r, 2);
		break;
	case 'z':
	case 'O':
		if (c->nstrings < RAP_STRINGS)
			c->strings[c->nstrings++] = m->type == 'z' ? rd_string_oem(r) : NULL;
		break;
	case 'b':
		c->bytes = rd_bytes(r, m->count);
		c->nbytes = m->count;
		break;
	default: /* is there in the answer only */
		break;
	}
}

/* Win9x asks for a share's level 1 with the structure of level 2, whose beginning it is. */
static bool
shape_will_do(const char *shape, const char *sent)
{
	return strncmp(sent, shape, strlen(shape)) == 0;
}

static uint16_t
choose_level(struct rap_call *c, const char *sent)
{
	uint32_t wanted = c->numbers[c->function->level_at];
	const struct rap_level *l = c->function->levels;

	while (l->fill != NULL && l->level != wanted)
		l++;
	if (l->fill == NULL)
		return RAP_INVALID_LEVEL;
	if (!shape_will_do(l->shape, sent))
		return RAP_INVALID_PARAMETER;
	c->level = l;
	return asker_admitted(c->req->session, l->who) ? RAP_SUCCESS : RAP_ACCESS_DENIED;
}

/* What is wrong with it, or nothing. */
static uint16_t
decode(struct rap_call *c, struct reader *r)
{
	const char *params = rd_string_oem(r), *shape = rd_string_oem(r), *p = params;
	struct rap_member m;

	if (!rap_descriptor_is_sane(params, PARAM_LETTERS) ||
	    !rap_descriptor_is_sane(shape, STRUCTURE_LETTERS) ||
	    !rap_descriptor_matches(c->function->params, params))
		return RAP_INVALID_PARAMETER;
	while (rap_member_next(&p, &m))
		read_param(c, r, &m);
	if (!rd_ok(r))
		return RAP_INVALID_PARAMETER;
	c->lists = strchr(c->function->params, 'e') != NULL;
	if (!asker_admitted(c->req->session, c->function->who))
		return RAP_ACCESS_DENIED;
	return c->function->levels != NULL ? choose_level(c, shape) : RAP_SUCCESS;
}

/* ---- the answer ---- */

size_t
rap_length(const struct rap_call *c, const char *text)
{
	return oem_from_utf8(c->req->reply.oem, text, NULL, 0);
}

/* Bytes a member takes behind the structures. */
static size_t
heap_size(const struct rap_call *c, const struct rap_member *m, const union rap_value *v)
{
	if (m->type == 'z' && v->s != NULL)
		return rap_length(c, v->s) + 1;
	if (m->type == 'b' && v->s != NULL)
		return m->count;
	return 0;
}

static size_t
row_size(const struct rap_call *c, const union rap_value *row)
{
	const char *d = c->level->shape;
	size_t n = rap_descriptor_size(d);
	struct rap_member m;

	while (rap_member_next(&d, &m))
		n += heap_size(c, &m, row++);
	return n;
}

static void
grow(struct rap_call *c)
{
	union rap_value *larger;

	c->cap = c->cap != 0 ? 2 * c->cap : FIRST_CAP;
	larger = arena_alloc(&c->req->arena, c->cap * c->width * sizeof(*larger));
	if (c->n != 0)
		memcpy(larger, c->rows, c->n * c->width * sizeof(*larger));
	c->rows = larger;
}

static union rap_value *
next_row(struct rap_call *c, const void *item)
{
	union rap_value *row;

	if (c->width == 0)
		c->width = rap_descriptor_members(c->level->shape);
	if (c->n == c->cap)
		grow(c);
	row = c->rows + c->n * c->width;
	memset(row, 0, c->width * sizeof(*row));
	c->level->fill(&c->req->arena, row, item);
	return row;
}

/* Of a list, entries that are whole; of one entry, what of it there is room for. */
static void
add_one(struct rap_call *c, const void *item)
{
	size_t fixed = rap_descriptor_size(c->level->shape);

	c->size = row_size(c, next_row(c, item));
	c->total = (uint32_t)c->size;
	c->n = fixed <= c->room ? 1 : 0;
	if (c->n == 0)
		c->error = RAP_BUF_TOO_SMALL;
	else if (c->size > c->room)
		c->error = RAP_MORE_DATA;
}

void
rap_add(struct rap_call *c, const void *item)
{
	size_t n;

	if (!c->lists) {
		add_one(c, item);
		return;
	}
	/* Once one did not fit, those behind it are counted only. */
	if (c->passed < c->key) {
		c->passed++;
		return;
	}
	c->total++;
	if (c->error != RAP_SUCCESS)
		return;
	n = row_size(c, next_row(c, item));
	if (n > c->room - c->size) {
		c->error = RAP_MORE_DATA;
		return;
	}
	c->size += n;
	c->n++;
}

static void
put_heap(struct writer *w, const struct rap_member *m, const char *s)
{
	if (m->type == 'z')
		wr_string_oem(w, s);
	else
		wr_bytes(w, s, m->count);
}

/* A counted B: text, cut to whole characters, with a NUL at least. */
static void
put_text(struct writer *w, const char *text, uint16_t count)
{
	uint8_t *p = wr_ahead(w, 0, count);

	if (p != NULL) {
		memset(p, 0, count);
		if (text != NULL)
			(void)oem_from_utf8(w->oem, text, p, count - 1u);
	}
	wr_filled(w, count);
}

static void
put_fixed(struct writer *w, const struct rap_member *m, const union rap_value *v)
{
	if (m->type == 'B' && m->counted)
		put_text(w, v->s, m->count);
	else if (m->type == 'B')
		wr_u8(w, (uint8_t)v->u);
	else if (m->type == 'W' || m->type == 'N')
		wr_u16(w, (uint16_t)v->u);
	else
		wr_u32(w, m->type == 'D' ? v->u : 0);
}

/* One of two walks: over the structures, or over what they point to. Bytes of both. */
static size_t
put_part(const struct rap_call *c, struct writer *w, bool heap)
{
	size_t at = rap_descriptor_size(c->level->shape) * c->n, n;
	const union rap_value *v = c->rows;
	struct rap_member m;
	const char *d;

	for (size_t i = 0; i < c->n; i++) {
		for (d = c->level->shape; rap_member_next(&d, &m); v++) {
			n = heap_size(c, &m, v);
			if (n > c->room - at)
				n = 0; /* a null pointer */
			if (heap && n != 0)
				put_heap(w, &m, v->s);
			else if (!heap && n != 0)
				wr_u32(w, (uint32_t)at);
			else if (!heap)
				put_fixed(w, &m, v);
			at += n;
		}
	}
	return at;
}

/*
 * The structures, then what they point to. Pointers are offsets from the first byte: the converter
 * is 0, for some clients take nothing away from them.
 */
static void
put_rows(const struct rap_call *c, struct writer *w)
{
	(void)put_part(c, w, false);
	if (put_part(c, w, true) != w->pos)
		w->full = true;
}

static uint16_t
clamp16(uint32_t v)
{
	return v < UINT16_MAX ? (uint16_t)v : UINT16_MAX;
}

/* Behind the error and the converter: what the descriptor has for it. */
static void
put_params(const struct rap_call *c, struct writer *w)
{
	const char *d = c->function->params;
	struct rap_member m;

	while (rap_member_next(&d, &m)) {
		if (m.type == 'e') {
			wr_u16(w, (uint16_t)c->n);
		} else if (m.type == 'h') {
			wr_u16(w, clamp16(c->total));
		} else if (m.type == 'g') {
			wr_u32(w, c->key + (uint32_t)c->n);
			wr_zero(w, m.count - 4u);
		}
	}
}

static void
run(struct rap_call *c, struct reader *r)
{
	c->function = find_function(rd_u16(r));
	if (c->function == NULL) {
		c->error = RAP_NOT_SUPPORTED;
		return;
	}
	c->error = decode(c, r);
	if (c->error == RAP_SUCCESS)
		c->function->run(c);
}

nt_status
rap_answer(struct request *req, const struct rap_transaction *t)
{
	struct rap_call c = { .req = req, .room = t->max_data };
	struct reader r = t->params;

	if (rd_left(&r) < 2)
		return STATUS_INVALID_PARAMETER;
	run(&c, &r);
	if (c.error != RAP_SUCCESS && c.error != RAP_MORE_DATA)
		c.n = 0;
	wr_u16(t->out_params, c.error);
	wr_u16(t->out_params, 0);
	if (c.function != NULL)
		put_params(&c, t->out_params);
	if (c.n != 0)
		put_rows(&c, t->out_data);
	return t->out_data->full ? STATUS_INSUFF_SERVER_RESOURCES : STATUS_SUCCESS;
}
