/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "server/conn.h"
#include "smb/dispatch.h"
#include "smb/trans/trans.h"
#include "wire/frame.h"

/* However little a client says it takes, each part carries something. */
#define ROOM_MIN ((size_t)512)

/* WordCount is written; these words, the setup and ByteCount come before the bytes. */
#define REPLY_WORDS    20
#define NT_REPLY_WORDS 36
#define BYTE_COUNT     2

static void
out_init(struct request *req, struct writer *w, size_t cap)
{
	struct frame *f = arena_alloc_raw(&req->arena, sizeof(*f) + cap);

	/* As large as it may become, so that the writer never moves it. */
	memset(f, 0, sizeof(*f));
	f->cap = cap;
	memset(w, 0, sizeof(*w));
	w->frame = f;
	w->max = cap;
	w->oem = req->reply.oem;
	w->unicode = req->reply.unicode;
}

void
trans_out(struct request *req, struct trans *t, size_t params, size_t data)
{
	out_init(req, &t->out_params, params);
	out_init(req, &t->out_data, data);
	t->replied = true;
}

static size_t
align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* What the next part holds, and where. */
struct part {
	size_t params, params_at, data, data_at;
	size_t total_params, total_data;
	bool last;
};

static struct part
next_part(const struct trans *t, size_t words_at, size_t room)
{
	struct part p = { 0 };
	size_t words = t->nt ? NT_REPLY_WORDS : REPLY_WORDS, left;

	p.total_params = smaller(t->out_params.pos, t->max_params);
	p.total_data = smaller(t->out_data.pos, t->max_data);
	p.params_at = align4(words_at + words + t->nout_setup * 2 + BYTE_COUNT);
	left = room > p.params_at ? room - p.params_at : 0;
	p.params = smaller(p.total_params - t->sent_params, left);
	p.data_at = align4(p.params_at + p.params);
	left = room > p.data_at ? room - p.data_at : 0;
	p.data = smaller(p.total_data - t->sent_data, left);
	p.last = t->sent_params + p.params == p.total_params &&
	    t->sent_data + p.data == p.total_data;
	return p;
}

static void
put_words(const struct trans *t, const struct part *p, struct writer *w)
{
	wr_u16(w, (uint16_t)p->total_params);
	wr_u16(w, (uint16_t)p->total_data);
	wr_u16(w, 0);
	wr_u16(w, (uint16_t)p->params);
	wr_u16(w, (uint16_t)p->params_at);
	wr_u16(w, (uint16_t)t->sent_params);
	wr_u16(w, (uint16_t)p->data);
	wr_u16(w, (uint16_t)p->data_at);
	wr_u16(w, (uint16_t)t->sent_data);
	wr_u8(w, (uint8_t)t->nout_setup);
	wr_u8(w, 0);
}

static void
put_nt_words(const struct trans *t, const struct part *p, struct writer *w)
{
	wr_zero(w, 3);
	wr_u32(w, (uint32_t)p->total_params);
	wr_u32(w, (uint32_t)p->total_data);
	wr_u32(w, (uint32_t)p->params);
	wr_u32(w, (uint32_t)p->params_at);
	wr_u32(w, (uint32_t)t->sent_params);
	wr_u32(w, (uint32_t)p->data);
	wr_u32(w, (uint32_t)p->data_at);
	wr_u32(w, (uint32_t)t->sent_data);
	wr_u8(w, (uint8_t)t->nout_setup);
}

static void
put_part(struct trans *t, const struct part *p, struct writer *w)
{
	if (t->nt)
		put_nt_words(t, p, w);
	else
		put_words(t, p, w);
	for (unsigned i = 0; i < t->nout_setup; i++)
		wr_u16(w, t->out_setup[i]);
	wr_block_bytes(w);
	wr_align(w, 4, 0);
	wr_bytes(w, t->out_params.frame->smb + t->sent_params, p->params);
	wr_align(w, 4, 0);
	wr_bytes(w, t->out_data.frame->smb + t->sent_data, p->data);
	t->sent_params += p->params;
	t->sent_data += p->data;
}

void
trans_encode(struct request *req, struct trans *t, struct writer *w)
{
	size_t room = req->conn->client_buffer;
	struct part p;

	if (!t->replied)
		return;
	t->nout_setup = (unsigned)smaller(t->nout_setup, t->max_setup);
	if (room < w->pos + ROOM_MIN)
		room = w->pos + ROOM_MIN;
	for (;;) {
		p = next_part(t, w->pos, room);
		put_part(t, &p, w);
		if (p.last)
			break;
		dispatch_continue(req, t->warning);
	}
}
