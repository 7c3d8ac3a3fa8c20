/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/trans/pieces.h"

#include <string.h>

#include "server/conn.h"
#include "server/tree.h"
#include "smb/dispatch.h"

/* What one connection may have open at a time, in transactions and in bytes they announced. */
#define OPEN_MAX   16
#define OPEN_BYTES ((uint64_t)2 << 20)
#define PARAMS_MAX ((uint64_t)64 << 10)
#define DATA_MAX   ((uint64_t)1 << 20)

/* Parameters or data of a transaction being put together. */
struct block {
	uint8_t *bytes;
	uint32_t total; /* as last announced */
	uint32_t got;   /* the sum of what came */
	uint32_t end;   /* behind the last byte that came */
};

/* In the arena of the primary. */
struct trans_pending {
	LIST_ENTRY(trans_pending) link;
	struct request *req;
	struct waiter_list whole;
	bool done; /* woken: takes no more */
	struct block params, data;
	struct trans_primary *primary;
	trans_run_fn *run;
};

struct trans_piece
trans_piece(const struct smb_in *in, uint32_t n, uint32_t off, uint64_t at)
{
	struct trans_piece piece = { .bytes = in->rest, .at = at };

	if (n == 0)
		piece.bytes.end = piece.bytes.pos;
	else
		piece.bytes = rd_at(&in->rest, off, n);
	return piece;
}

/* A window outside the message makes the whole request bad, as if it were short. */
static void
check_windows(struct smb_in *in, const struct trans_piece *params, const struct trans_piece *data)
{
	if (!rd_ok(&params->bytes) || !rd_ok(&data->bytes))
		in->words.bad = true;
}

/* The words that are left must be just these. */
static void
read_setup(struct trans *t, struct reader *w)
{
	for (unsigned i = 0; i < t->nsetup && i < TRANS_SETUP_MAX; i++)
		t->setup[i] = rd_u16(w);
	if (t->nsetup > TRANS_SETUP_MAX || rd_left(w) != 0)
		w->bad = true;
}

void
trans_decode(struct trans_primary *p, struct smb_in *in)
{
	struct reader *w = &in->words;
	struct trans *t = &p->t;
	uint16_t n, off;

	p->total_params = rd_u16(w);
	p->total_data = rd_u16(w);
	t->max_params = rd_u16(w);
	t->max_data = rd_u16(w);
	t->max_setup = rd_u8(w);
	rd_skip(w, 1);
	p->flags = rd_u16(w);
	p->timeout = rd_u32(w);
	rd_skip(w, 2);
	n = rd_u16(w);
	off = rd_u16(w);
	p->params = trans_piece(in, n, off, 0);
	n = rd_u16(w);
	off = rd_u16(w);
	p->data = trans_piece(in, n, off, 0);
	t->nsetup = rd_u8(w);
	rd_skip(w, 1);
	read_setup(t, w);
	check_windows(in, &p->params, &p->data);
}

void
trans_decode_nt(struct trans_primary *p, struct smb_in *in)
{
	struct reader *w = &in->words;
	struct trans *t = &p->t;
	uint32_t n, off;

	t->nt = true;
	t->max_setup = rd_u8(w);
	rd_skip(w, 2);
	p->total_params = rd_u32(w);
	p->total_data = rd_u32(w);
	t->max_params = rd_u32(w);
	t->max_data = rd_u32(w);
	n = rd_u32(w);
	off = rd_u32(w);
	p->params = trans_piece(in, n, off, 0);
	n = rd_u32(w);
	off = rd_u32(w);
	p->data = trans_piece(in, n, off, 0);
	t->nsetup = rd_u8(w);
	t->function = rd_u16(w);
	read_setup(t, w);
	check_windows(in, &p->params, &p->data);
}

void
trans_decode_secondary(struct trans_secondary *s, struct smb_in *in)
{
	struct reader *w = &in->words;
	uint16_t n, off;

	s->total_params = rd_u16(w);
	s->total_data = rd_u16(w);
	n = rd_u16(w);
	off = rd_u16(w);
	s->params = trans_piece(in, n, off, rd_u16(w));
	n = rd_u16(w);
	off = rd_u16(w);
	s->data = trans_piece(in, n, off, rd_u16(w));
	check_windows(in, &s->params, &s->data);
}

void
trans_decode_nt_secondary(struct trans_secondary *s, struct smb_in *in)
{
	struct reader *w = &in->words;
	uint32_t n, off;

	rd_skip(w, 3);
	s->total_params = rd_u32(w);
	s->total_data = rd_u32(w);
	n = rd_u32(w);
	off = rd_u32(w);
	s->params = trans_piece(in, n, off, rd_u32(w));
	n = rd_u32(w);
	off = rd_u32(w);
	s->data = trans_piece(in, n, off, rd_u32(w));
	check_windows(in, &s->params, &s->data);
}

/* A reader over one block, whose positions begin at its first byte. */
static struct reader
block_reader(const struct reader *from, const uint8_t *bytes, size_t n)
{
	struct reader r = *from;

	r.msg = bytes;
	r.pos = 0;
	r.end = n;
	return r;
}

static struct reader
piece_reader(const struct trans_piece *piece)
{
	const struct reader *r = &piece->bytes;

	return block_reader(r, r->msg + r->pos, rd_left(r));
}

/*
 * A secondary may lower the total, never below what has come, wherever it lies; nothing may lie
 * outside it.
 */
static bool
block_add(struct block *b, uint32_t total, const struct trans_piece *piece)
{
	size_t n = rd_left(&piece->bytes);

	if (total < b->total)
		b->total = total;
	if (b->end > b->total || b->got > b->total || piece->at > b->total ||
	    n > b->total - piece->at || n > b->total - b->got)
		return false;
	if (n == 0)
		return true;
	memcpy(b->bytes + piece->at, piece->bytes.msg + piece->bytes.pos, n);
	b->got += (uint32_t)n;
	if (b->end < piece->at + n)
		b->end = (uint32_t)(piece->at + n);
	return true;
}

static bool
block_whole(const struct block *b)
{
	return b->got == b->total;
}

static bool
too_much(const struct conn *c, const struct trans_primary *p)
{
	uint64_t bytes = (uint64_t)p->total_params + p->total_data;
	const struct trans_pending *o;
	unsigned n = 0;

	if (p->total_params > PARAMS_MAX || p->total_data > DATA_MAX)
		return true;
	LIST_FOREACH (o, &c->transactions, link) {
		bytes += (uint64_t)o->primary->total_params + o->primary->total_data;
		n++;
	}
	return n >= OPEN_MAX || bytes > OPEN_BYTES;
}

static nt_status
run_whole(struct request *req, void *arg, nt_status status)
{
	struct trans_pending *o = arg;
	struct trans *t = &o->primary->t;

	LIST_REMOVE(o, link);
	if (status_is_error(status))
		return status;
	t->params = block_reader(&t->params, o->params.bytes, o->params.total);
	t->data = block_reader(&t->data, o->data.bytes, o->data.total);
	return o->run(req, t);
}

static nt_status
collect(struct request *req, struct trans_primary *p, trans_run_fn *run)
{
	struct trans_pending *o;

	if (too_much(req->conn, p))
		return STATUS_INSUFF_SERVER_RESOURCES;
	o = arena_alloc(&req->arena, sizeof(*o));
	o->req = req;
	o->primary = p;
	o->run = run;
	TAILQ_INIT(&o->whole);
	o->params.total = p->total_params;
	o->params.bytes = arena_alloc(&req->arena, p->total_params);
	o->data.total = p->total_data;
	o->data.bytes = arena_alloc(&req->arena, p->total_data);
	if (!block_add(&o->params, p->total_params, &p->params) ||
	    !block_add(&o->data, p->total_data, &p->data))
		return STATUS_INVALID_PARAMETER;
	LIST_INSERT_HEAD(&req->conn->transactions, o, link);
	dispatch_interim(req);
	return request_wait(req, &o->whole, run_whole, o);
}

nt_status
trans_begin(struct request *req, struct trans_primary *p, trans_run_fn *run)
{
	size_t params = rd_left(&p->params.bytes), data = rd_left(&p->data.bytes);

	if (params > p->total_params || data > p->total_data)
		return STATUS_INVALID_PARAMETER;
	p->t.params = piece_reader(&p->params);
	p->t.data = piece_reader(&p->data);
	if (params < p->total_params || data < p->total_data)
		return collect(req, p, run);
	return run(req, &p->t);
}

nt_status
trans_run(struct request *req, struct trans *t, const struct trans_command *c)
{
	void *args;

	if (c == NULL)
		return STATUS_SMB_BAD_COMMAND;
	if (req->tree->ipc && (c->flags & TRANS_IPC) == 0)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!req->tree->ipc && req->disk.read_only && (c->flags & WRITES) != 0)
		return STATUS_ACCESS_DENIED;
	args = arena_alloc(&req->arena, c->args);
	if (c->decode != NULL)
		c->decode(args, t);
	if (!rd_ok(&t->params) || !rd_ok(&t->data))
		return STATUS_INVALID_PARAMETER;
	return c->run(req, t, args);
}

static struct trans_pending *
find(const struct request *req, uint8_t primary)
{
	const struct smb_header *a, *b = &req->hdr;
	struct trans_pending *o;

	LIST_FOREACH (o, &req->conn->transactions, link) {
		a = &o->req->hdr;
		if (a->command == primary && a->uid == b->uid && a->tid == b->tid &&
		    a->pid == b->pid && a->mid == b->mid && !o->done)
			return o;
	}
	return NULL;
}

nt_status
trans_add(struct request *req, uint8_t primary, const struct trans_secondary *s)
{
	struct trans_pending *o = find(req, primary);
	nt_status status = STATUS_SUCCESS;

	if (o == NULL)
		return STATUS_INVALID_PARAMETER;
	req->silent = true;
	/* The final response is signed as the one to the last secondary; the interim one was the
	 * primary's. */
	o->req->sequence = req->sequence;
	if (!block_add(&o->params, s->total_params, &s->params) ||
	    !block_add(&o->data, s->total_data, &s->data))
		status = STATUS_INVALID_PARAMETER;
	else if (!block_whole(&o->params) || !block_whole(&o->data))
		return STATUS_SUCCESS;
	o->done = true;
	waiter_wake_all(&o->whole, status);
	return STATUS_SUCCESS;
}
