/* SPDX-License-Identifier: BSD-2-Clause */

/* Good requests that read, write and lock. */

#include "requests.h"

void
read_file(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0A);

	wr_u16(w, fid);
	wr_u16(w, 5);
	wr_u32(w, 0);
	wr_u16(w, 5);
}

void
write_file(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0B);

	wr_u16(w, fid);
	wr_u16(w, 4);
	wr_u32(w, 2);
	wr_u16(w, 4);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 4);
	wr_bytes(w, "data", 4);
}

void
lock_and_read(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x13);

	wr_u16(w, fid);
	wr_u16(w, 5);
	wr_u32(w, 0);
	wr_u16(w, 5);
}

/* Nothing is locked here, which only a write of no bytes does not mind. */
void
write_and_unlock(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x14);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 2);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, 0);
}

void
write_and_close(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2C);

	wr_u16(w, fid);
	wr_u16(w, 4);
	wr_u32(w, 2);
	wr_u32(w, 0);
	wr_zero(w, request_row->level == 12 ? 12 : 0);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_bytes(w, "data", 4);
}

void
read_raw(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x1A);

	wr_u16(w, fid);
	wr_u32(w, 2);
	wr_u16(w, 5);
	wr_u16(w, 5);
	wr_zero(w, request_row->level == 10 ? 10 : 6);
}

/* With an answer to the data too: an ECHO that follows is data. */
void
write_raw(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x1D);
	size_t words = request_row->level;

	wr_u16(w, fid);
	wr_u16(w, 8);
	wr_u16(w, 0);
	wr_u32(w, 2);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, 4);
	wr_u16(w, (uint16_t)(SMB_HEADER_LEN + 1 + words * 2 + 2 + 1));
	wr_zero(w, words == 14 ? 4 : 0);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_bytes(w, "data", 4);
}

void
read_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2E);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 10);
	wr_u16(w, 10);
	wr_zero(w, request_row->level == 12 ? 10 : 6);
}

void
write_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2F);
	size_t words = request_row->level;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 14);
	wr_u16(w, 4);
	wr_u16(w, (uint16_t)(SMB_HEADER_LEN + 1 + words * 2 + 2 + 1));
	wr_zero(w, words == 14 ? 4 : 0);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_bytes(w, "data", 4);
}

void
lock_byte_range(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0C);

	wr_u16(w, fid);
	wr_u32(w, 4);
	wr_u32(w, 2);
}

/* What is unlocked must be locked. */
void
unlock_byte_range(struct client *c, uint16_t fid)
{
	struct writer *w;
	struct reply r;

	if (fid != 0x7777) {
		lock_byte_range(c, fid);
		client_call(c, &r);
	}
	w = client_begin(c, 0x0D);
	wr_u16(w, fid);
	wr_u32(w, 4);
	wr_u32(w, 2);
}

void
locking_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x24);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	if (request_row->level & 0x10) { /* 64-bit */
		wr_u16(w, 0);
		wr_u32(w, 1);
		wr_u32(w, 2);
		wr_u32(w, 0);
		wr_u32(w, 4);
	} else {
		wr_u32(w, 2);
		wr_u32(w, 4);
	}
}
