/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <string.h>

#define SMB_COM_TRANSACTION  0x25
#define SMB_COM_TRANSACTION2 0x32
#define SMB_COM_NT_TRANSACT  0xA0

/* Where the words of a request lie ([MS-CIFS] 2.2.4.46.1); WordCount is at 32. */
#define TOTAL_PARAMETERS_AT 33
#define TOTAL_DATA_AT       35
#define PARAMETER_COUNT_AT  51
#define PARAMETER_OFFSET_AT 53
#define DATA_COUNT_AT       55
#define DATA_OFFSET_AT      57

/* The same of NT_TRANSACT ([MS-CIFS] 2.2.4.62.1), 32 bits each. */
#define NT_TOTAL_PARAMETERS_AT 36
#define NT_TOTAL_DATA_AT       40
#define NT_PARAMETER_COUNT_AT  52
#define NT_PARAMETER_OFFSET_AT 56
#define NT_DATA_COUNT_AT       60
#define NT_DATA_OFFSET_AT      64

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

struct writer *
client_trans_begin(struct client *c, struct trans2 *t, const char *name, const uint16_t setup[2])
{
	struct writer *w = client_begin(c, SMB_COM_TRANSACTION);

	memset(t, 0, sizeof(*t));
	wr_zero(w, 4);
	wr_u16(w, 32);
	wr_u16(w, 0xF000);
	wr_zero(w, 10);
	wr_zero(w, 8);
	wr_u8(w, 2);
	wr_u8(w, 0);
	wr_u16(w, setup[0]);
	wr_u16(w, setup[1]);
	wr_block_bytes(w);
	wr_string(w, name);
	wr_align(w, 4, 0);
	t->parameters = w->pos;
	return w;
}

struct writer *
client_nt_begin(
    struct client *c, struct trans2 *t, uint16_t function, const uint16_t *setup, uint8_t n)
{
	struct writer *w = client_begin(c, SMB_COM_NT_TRANSACT);

	memset(t, 0, sizeof(*t));
	t->nt = true;
	wr_u8(w, 1);       /* MaxSetupCount */
	wr_zero(w, 10);    /* Reserved, the totals */
	wr_u32(w, 64);     /* MaxParameterCount */
	wr_u32(w, 0xF000); /* MaxDataCount */
	wr_zero(w, 16);    /* the counts and offsets */
	wr_u8(w, n);
	wr_u16(w, function);
	for (uint8_t i = 0; i < n; i++)
		wr_u16(w, setup[i]);
	wr_block_bytes(w);
	wr_align(w, 4, 0);
	t->parameters = w->pos;
	return w;
}

static void
patch_parameters(struct writer *w, const struct trans2 *t, size_t n)
{
	if (t->nt) {
		wr_patch32(w, NT_TOTAL_PARAMETERS_AT, (uint32_t)n);
		wr_patch32(w, NT_PARAMETER_COUNT_AT, (uint32_t)n);
		wr_patch32(w, NT_PARAMETER_OFFSET_AT, (uint32_t)t->parameters);
		return;
	}
	wr_patch16(w, TOTAL_PARAMETERS_AT, (uint16_t)n);
	wr_patch16(w, PARAMETER_COUNT_AT, (uint16_t)n);
	wr_patch16(w, PARAMETER_OFFSET_AT, (uint16_t)t->parameters);
}

static void
patch_data(struct writer *w, const struct trans2 *t, size_t n)
{
	if (t->nt) {
		wr_patch32(w, NT_TOTAL_DATA_AT, (uint32_t)n);
		wr_patch32(w, NT_DATA_COUNT_AT, (uint32_t)n);
		wr_patch32(w, NT_DATA_OFFSET_AT, (uint32_t)t->data);
		return;
	}
	wr_patch16(w, TOTAL_DATA_AT, (uint16_t)n);
	wr_patch16(w, DATA_COUNT_AT, (uint16_t)n);
	wr_patch16(w, DATA_OFFSET_AT, (uint16_t)t->data);
}

void
client_trans2_data(struct client *c, struct trans2 *t)
{
	struct writer *w = &c->out;

	patch_parameters(w, t, w->pos - t->parameters);
	wr_align(w, 4, 0);
	t->data = w->pos;
}

void
client_trans2_end(struct client *c, struct trans2 *t)
{
	struct writer *w = &c->out;

	if (t->data == 0)
		client_trans2_data(c, t);
	patch_data(w, t, w->pos - t->data);
}

static struct reader
part(const struct reply *r, uint32_t count, uint32_t offset)
{
	struct reader whole;

	rd_init(&whole, r->msg, r->len);
	whole.arena = r->words.arena;
	whole.unicode = r->words.unicode;
	return rd_at(&whole, offset, count);
}

static void
read_parts(struct trans2 *t)
{
	struct reader words = t->reply.words;
	uint16_t n, at;

	rd_skip(&words, 6);
	n = rd_u16(&words);
	at = rd_u16(&words);
	t->got_parameters = part(&t->reply, n, at);
	rd_skip(&words, 2);
	n = rd_u16(&words);
	at = rd_u16(&words);
	t->got_data = part(&t->reply, n, at);
}

static void
read_nt_parts(struct trans2 *t)
{
	struct reader words = t->reply.words;
	uint32_t n, at;

	rd_skip(&words, 11);
	n = rd_u32(&words);
	at = rd_u32(&words);
	t->got_parameters = part(&t->reply, n, at);
	rd_skip(&words, 4);
	n = rd_u32(&words);
	at = rd_u32(&words);
	t->got_data = part(&t->reply, n, at);
}

/* What the reply brought; it may be one that came for something sent earlier. */
void
client_trans2_read(struct trans2 *t)
{
	if (t->nt && t->reply.word_count >= 18)
		read_nt_parts(t);
	if (!t->nt && t->reply.word_count >= 10)
		read_parts(t);
}

nt_status
client_trans2_call(struct client *c, struct trans2 *t)
{
	client_trans2_end(c, t);
	client_call(c, &t->reply);
	client_trans2_read(t);
	return t->reply.h.status;
}
