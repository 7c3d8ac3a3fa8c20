/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/enum.h"

#include <string.h>

#include "base/arena.h"
#include "server/request.h"

/* Most one answer tells, however much the client takes; then it asks on. */
#define ROWS_MAX  4096u
#define BYTES_MAX (256u << 10)
#define FIRST_CAP 32

bool
rpc_admits(const struct rpc_call *c, enum asker who)
{
	return asker_admitted(c->req->session, who);
}

const struct rpc_level *
rpc_level(const struct rpc_level *levels, uint32_t level)
{
	for (; levels->fill != NULL; levels++) {
		if (levels->level == level)
			return levels;
	}
	return NULL;
}

/* What is wrong with asking for it. */
static uint32_t
refusal(const struct rpc_call *c, const struct rpc_level *row)
{
	if (row == NULL || row->shape == NULL)
		return WIN_UNKNOWN_LEVEL;
	return rpc_admits(c, row->who) ? WIN_SUCCESS : WIN_ACCESS_DENIED;
}

/* An empty container: what clients send where the answer's will be. */
static void
skip_container(struct ndr_in *in)
{
	uint32_t n;

	if (ndr_get32(in) == 0)
		return;
	n = ndr_get32(in);
	if (ndr_get32(in) != 0 && (n != 0 || ndr_get32(in) != 0))
		in->bad = true;
}

void
rpc_enum_read(struct rpc_call *c, struct rpc_enum *e, const struct rpc_level *levels)
{
	struct ndr_in *in = &c->in;

	memset(e, 0, sizeof *e);
	e->level = ndr_get32(in);
	if (ndr_get32(in) != e->level)
		in->bad = true;
	e->row = rpc_level(levels, e->level);
	if (e->row != NULL)
		skip_container(in);
	e->room = ndr_get32(in);
	e->resumes = ndr_get32(in) != 0;
	if (e->resumes)
		e->resume = ndr_get32(in);
	if (e->room > BYTES_MAX)
		e->room = BYTES_MAX;
	e->error = refusal(c, e->row);
	e->width = e->error == WIN_SUCCESS ? strlen(e->row->shape) : 0;
}

static void
grow(struct rpc_call *c, struct rpc_enum *e)
{
	union ndr_value *larger;

	e->cap = e->cap != 0 ? 2 * e->cap : FIRST_CAP;
	larger = arena_alloc(&c->req->arena, e->cap * e->width * sizeof(*larger));
	if (e->n != 0)
		memcpy(larger, e->rows, e->n * e->width * sizeof(*larger));
	e->rows = larger;
}

void
rpc_enum_add(struct rpc_call *c, struct rpc_enum *e, const void *item)
{
	union ndr_value *row;

	/* Once one did not fit, only those that fit count as told. */
	if (e->error == WIN_SUCCESS && e->total >= e->resume) {
		if (e->n == e->cap)
			grow(c, e);
		row = e->rows + e->n * e->width;
		e->row->fill(&c->req->arena, row, item);
		e->bytes += ndr_row_size(e->row->shape, row);
		if (e->bytes > e->room || e->n == ROWS_MAX)
			e->error = WIN_MORE_DATA;
		else
			e->n++;
	}
	e->total++;
}

uint32_t
rpc_enum_answer(struct rpc_call *c, struct rpc_enum *e)
{
	struct ndr_out *out = &c->out;
	bool told = e->error == WIN_SUCCESS || e->error == WIN_MORE_DATA;

	ndr_put32(out, e->level);
	ndr_put32(out, e->level);
	if (e->row != NULL) {
		ndr_put_pointer(out, true);
		ndr_put32(out, (uint32_t)e->n);
		ndr_put_pointer(out, told);
	}
	if (told) {
		ndr_put32(out, (uint32_t)e->n);
		ndr_put_rows(out, e->row->shape, e->rows, e->n);
	}
	ndr_put32(out, told && e->total > e->resume ? e->total - e->resume : 0);
	ndr_put_pointer(out, e->resumes);
	if (e->resumes)
		ndr_put32(out, e->error == WIN_MORE_DATA ? e->resume + (uint32_t)e->n : 0);
	ndr_put32(out, e->error);
	return 0;
}

uint32_t
rpc_info_answer(struct rpc_call *c, uint32_t level, const struct rpc_level *levels,
    const void *item, uint32_t error)
{
	const struct rpc_level *row = rpc_level(levels, level);
	struct ndr_out *out = &c->out;
	uint32_t refused = refusal(c, row);
	union ndr_value *v;

	if (refused != WIN_SUCCESS || item == NULL) {
		ndr_put32(out, level);
		if (row != NULL)
			ndr_put_pointer(out, false);
		ndr_put32(out, refused != WIN_SUCCESS ? refused : error);
		return 0;
	}
	v = arena_alloc(&c->req->arena, strlen(row->shape) * sizeof(*v));
	row->fill(&c->req->arena, v, item);
	ndr_put32(out, level);
	ndr_put_pointer(out, true);
	ndr_put_rows(out, row->shape, v, 1);
	ndr_put32(out, WIN_SUCCESS);
	return 0;
}
