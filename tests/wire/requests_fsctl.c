/* SPDX-License-Identifier: BSD-2-Clause */
#include "requests.h"

#define SET_ZERO_DATA          0x980C8
#define QUERY_ALLOCATED_RANGES 0x940CF
#define SET_COMPRESSION        0x9C040
#define RESUME_KEY             0x140078
#define COPYCHUNK              0x1440F2

/* A row's level is a place in here. */
static const uint32_t codes[] = {
	0x900C4, /* SET_SPARSE */
	SET_ZERO_DATA,
	QUERY_ALLOCATED_RANGES,
	0x9003C, /* GET_COMPRESSION */
	SET_COMPRESSION,
	0x90078, /* IS_VOLUME_DIRTY */
	0x900C0, /* CREATE_OR_GET_OBJECT_ID */
	0x9002C, /* IS_PATHNAME_VALID */
	RESUME_KEY,
	COPYCHUNK,
};

static void
begin(struct client *c, struct trans2 *t, uint32_t code, uint16_t fid)
{
	const uint16_t setup[] = { (uint16_t)code, (uint16_t)(code >> 16), fid, 1 };

	client_nt_begin(c, t, 2, setup, 4);
	client_trans2_data(c, t);
}

static void
put_key(struct client *c, uint16_t fid, uint8_t key[24])
{
	struct trans2 t;
	const uint8_t *got;

	begin(c, &t, RESUME_KEY, fid);
	client_trans2_call(c, &t);
	got = rd_bytes(&t.got_data, 24);
	for (int i = 0; got != NULL && i < 24; i++)
		key[i] = got[i];
}

void
fsctl(struct client *c, uint16_t fid)
{
	struct trans2 t;
	uint32_t code = codes[request_row->level];
	uint8_t key[24] = { 0 };

	if (code == COPYCHUNK)
		put_key(c, fid, key);
	begin(c, &t, code, fid);
	if (code == SET_ZERO_DATA || code == QUERY_ALLOCATED_RANGES) {
		wr_u64(&c->out, 2);
		wr_u64(&c->out, 4);
	} else if (code == SET_COMPRESSION) {
		wr_u16(&c->out, 0);
	} else if (code == COPYCHUNK) {
		wr_bytes(&c->out, key, 24);
		wr_u32(&c->out, 1);
		wr_u32(&c->out, 0);
		wr_u64(&c->out, 1);
		wr_u64(&c->out, 0);
		wr_u32(&c->out, 4);
		wr_u32(&c->out, 0);
	}
	client_trans2_end(c, &t);
}

void
nt_transact_rename(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 5, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_string(w, "new.txt");
	client_trans2_end(c, &t);
}
