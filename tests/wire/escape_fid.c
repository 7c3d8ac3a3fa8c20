/* SPDX-License-Identifier: BSD-2-Clause */

/* What may be done with what was opened. */

#include "escape.h"

bool
escape_fid(const struct reply *r, uint16_t *fid)
{
	struct reader words = r->words, whole;
	struct trans2 t = { .nt = r->h.command == 0xA0, .reply = *r };

	if (r->h.status != STATUS_SUCCESS)
		return false;
	switch (r->h.command) {
	case 0xA2:
		rd_skip(&words, 5);
		break;
	case 0x2D:
		rd_skip(&words, 4);
		break;
	case 0x02:
	case 0x03:
	case 0x0E:
	case 0x0F:
		break;
	case 0xA0:
		client_trans2_read(&t);
		whole = t.got_parameters;
		rd_skip(&whole, 2);
		words = whole;
		break;
	case 0x32:
		client_trans2_read(&t);
		if (rd_left(&t.got_parameters) != 30)
			return false;
		words = t.got_parameters;
		break;
	default:
		return false;
	}
	*fid = rd_u16(&words);
	return rd_ok(&words);
}

static void
fid_query(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 7);

	wr_u16(w, fid);
	wr_u16(w, 0x107);
	client_trans2_end(c, &t);
}

static void
fid_query_streams(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 7);

	wr_u16(w, fid);
	wr_u16(w, 0x109);
	client_trans2_end(c, &t);
}

static void
fid_query_security(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 6, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 7);
	client_trans2_end(c, &t);
}

static void
fid_read(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2E);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 100);
	wr_zero(w, 8);
}

static void
fid_write(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0B);

	wr_u16(w, fid);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 1);
	wr_u8(w, 'x');
}

static void
fid_set(struct client *c, uint16_t fid, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 8);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	client_trans2_end(c, &t);
}

static void
fid_set_basic(struct client *c, uint16_t fid)
{
	static const uint8_t basic[40] = { [32] = 0x22 };

	fid_set(c, fid, 0x101, basic, sizeof(basic));
}

static void
fid_rename(struct client *c, uint16_t fid)
{
	fid_set(c, fid, 1010, "\1\0\0\0\0\0\0\0\6\0\0\0o\0t\0h", 18);
}

static void
fid_link(struct client *c, uint16_t fid)
{
	fid_set(c, fid, 1011, "\0\0\0\0\0\0\0\0\6\0\0\0l\0i\0n", 18);
}

void (*const escape_by_fid[])(struct client *c, uint16_t fid) = { fid_query, fid_query_streams,
	fid_query_security, fid_read, fid_write, fid_set_basic, fid_link, fid_rename };
const size_t escape_fid_count = sizeof(escape_by_fid) / sizeof(escape_by_fid[0]);

void
escape_watch(struct client *c, uint16_t fid)
{
	const uint16_t setup[] = { 0xFF, 0, fid, 1 };
	struct trans2 t;

	client_nt_begin(c, &t, 4, setup, 4);
	client_trans2_end(c, &t);
	client_send(c);
	c->mid--;
	client_begin(c, 0xA4);
	client_send(c);
}

void
escape_close(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x04);

	wr_u16(w, fid);
	wr_u32(w, 0);
}
