/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <string.h>

#define SMB_COM_TRANSACTION2 0x32

/* Where the words of a request lie ([MS-CIFS] 2.2.4.46.1); WordCount is at 32. */
#define TOTAL_PARAMETERS_AT 33
#define TOTAL_DATA_AT       35
#define PARAMETER_COUNT_AT  51
#define PARAMETER_OFFSET_AT 53
#define DATA_COUNT_AT       55
#define DATA_OFFSET_AT      57

struct writer *
client_trans2_begin(struct client *c, struct trans2 *t, uint16_t subcommand)
{
	struct writer *w = client_begin(c, SMB_COM_TRANSACTION2);

	memset(t, 0, sizeof(*t));
	wr_zero(w, 4);
	wr_u16(w, 32);     /* MaxParameterCount */
	wr_u16(w, 0xF000); /* MaxDataCount */
	wr_zero(w, 10);    /* MaxSetupCount, Flags, Timeout, Reserved2 */
	wr_zero(w, 8);     /* the counts and offsets */
	wr_u8(w, 1);
	wr_u8(w, 0);
	wr_u16(w, subcommand);
	wr_block_bytes(w);
	wr_zero(w, 1); /* Name */
	wr_align(w, 4, 0);
	t->parameters = w->pos;
	return w;
}

void
client_trans2_data(struct client *c, struct trans2 *t)
{
	struct writer *w = &c->out;
	size_t n = w->pos - t->parameters;

	wr_patch16(w, TOTAL_PARAMETERS_AT, (uint16_t)n);
	wr_patch16(w, PARAMETER_COUNT_AT, (uint16_t)n);
	wr_patch16(w, PARAMETER_OFFSET_AT, (uint16_t)t->parameters);
	wr_align(w, 4, 0);
	t->data = w->pos;
}

void
client_trans2_end(struct client *c, struct trans2 *t)
{
	struct writer *w = &c->out;
	size_t n;

	if (t->data == 0)
		client_trans2_data(c, t);
	n = w->pos - t->data;
	wr_patch16(w, TOTAL_DATA_AT, (uint16_t)n);
	wr_patch16(w, DATA_COUNT_AT, (uint16_t)n);
	wr_patch16(w, DATA_OFFSET_AT, (uint16_t)t->data);
}

static struct reader
part(const struct reply *r, uint16_t count, uint16_t offset)
{
	struct reader whole;

	rd_init(&whole, r->msg, r->len);
	whole.arena = r->words.arena;
	whole.unicode = r->words.unicode;
	return rd_at(&whole, offset, count);
}

nt_status
client_trans2_call(struct client *c, struct trans2 *t)
{
	struct reader words;
	uint16_t n, at;

	client_trans2_end(c, t);
	client_call(c, &t->reply);
	if (t->reply.word_count < 10)
		return t->reply.h.status;
	words = t->reply.words;
	rd_skip(&words, 6);
	n = rd_u16(&words);
	at = rd_u16(&words);
	t->got_parameters = part(&t->reply, n, at);
	rd_skip(&words, 2);
	n = rd_u16(&words);
	at = rd_u16(&words);
	t->got_data = part(&t->reply, n, at);
	return t->reply.h.status;
}
