/* SPDX-License-Identifier: BSD-2-Clause */
#include "opens.h"

#include <check.h>

#include "server.h"
#include "smb/commands.h"

#define NOBODY         0xFFFF
#define OPLOCK_RELEASE 0x02
#define READ_WRITE     0x0012019Fu

struct client *holder, *other;

const struct how batch = { .ask = ASK_BATCH, .share = SHARE_ALL };
const struct how exclusive = { .ask = ASK_EXCLUSIVE, .share = SHARE_ALL };
const struct how plain = { .share = SHARE_ALL };
const struct how overwriting = { .share = SHARE_ALL, .disposition = DISPOSITION_OVERWRITE };

void
pair_begin(const struct server *s)
{
	server_file(s, "file", TEXT, sizeof(TEXT) - 1);
	holder = client_on(s->port, "share");
	other = client_on(s->port, "share");
}

void
pair_end(void)
{
	if (holder != NULL)
		client_close(&holder);
	if (other != NULL)
		client_close(&other);
}

struct client *
simple_client(const struct server *s)
{
	struct client *c = client_connect(s->port);

	c->offers &= ~0x80u;
	client_negotiate(c);
	ck_assert_uint_ne(c->capabilities & 0x80, 0);
	client_guest(c);
	client_tree(c, "share");
	return c;
}

void
open_build(struct client *c, const struct how *how)
{
	struct writer *w = client_begin(c, SMB_COM_NT_CREATE_ANDX);

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 0);
	wr_u32(w, how->ask);
	wr_u32(w, 0);
	wr_u32(w, how->access != 0 ? how->access : READ_WRITE);
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, how->share);
	wr_u32(w, how->disposition != 0 ? how->disposition : DISPOSITION_OPEN);
	wr_u32(w, how->options);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, how->name != NULL ? how->name : "file");
}

uint16_t
open_send(struct client *c, const struct how *how)
{
	open_build(c, how);
	client_send(c);
	return c->mid;
}

uint16_t
open_receive(struct client *c, uint16_t mid, nt_status status, uint8_t *level)
{
	struct reply r;

	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.command, SMB_COM_NT_CREATE_ANDX);
	ck_assert_uint_eq(r.h.mid, mid);
	ck_assert_uint_eq(r.h.status, status);
	rd_skip(&r.words, 4);
	*level = rd_u8(&r.words);
	return rd_u16(&r.words);
}

uint16_t
open_granted(struct client *c, const struct how *how, uint8_t level)
{
	uint8_t granted;
	uint16_t fid = open_receive(c, open_send(c, how), STATUS_SUCCESS, &granted);

	ck_assert_uint_eq(granted, level);
	return fid;
}

uint16_t
break_of(struct client *c, uint8_t level)
{
	struct reply r;
	uint16_t fid;

	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.command, SMB_COM_LOCKING_ANDX);
	ck_assert_uint_eq(r.h.flags & SMB_FLAGS_REPLY, 0);
	ck_assert_uint_eq(r.h.mid, NOBODY);
	ck_assert_uint_eq(r.h.pid, NOBODY);
	ck_assert_uint_eq(r.h.uid, 0);
	ck_assert_uint_eq(r.h.tid, c->tid);
	ck_assert_uint_eq(r.word_count, 8);
	ck_assert_uint_eq(rd_u8(&r.words), 0xFF);
	rd_skip(&r.words, 3);
	fid = rd_u16(&r.words);
	ck_assert_uint_eq(rd_u8(&r.words), OPLOCK_RELEASE);
	ck_assert_uint_eq(rd_u8(&r.words), level);
	ck_assert_uint_eq(rd_u32(&r.words), 0);
	ck_assert_uint_eq(rd_u32(&r.words), 0);
	return fid;
}

void
break_receive(struct client *c, uint16_t fid, uint8_t level)
{
	ck_assert_uint_eq(break_of(c, level), fid);
}

void
break_answer_build(struct client *c, uint16_t fid, uint8_t level)
{
	struct writer *w = client_begin(c, SMB_COM_LOCKING_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, OPLOCK_RELEASE);
	wr_u8(w, level);
	wr_zero(w, 8);
}

void
break_answer(struct client *c, uint16_t fid, uint8_t level)
{
	break_answer_build(c, fid, level);
	client_send(c);
}

void
nothing_comes(struct client *c)
{
	unsigned before;
	nt_status last;

	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 0);
}

void
settle(struct client *c)
{
	int i;

	for (i = 0; i < 3; i++)
		nothing_comes(c);
}

uint16_t
open_waits_for_break(uint16_t fid)
{
	uint16_t mid = open_send(other, &batch);

	break_receive(holder, fid, TO_LEVEL_II);
	nothing_comes(other);
	return mid;
}

void
close_send(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_CLOSE);

	wr_u16(w, fid);
	wr_u32(w, 0);
	client_send(c);
}

nt_status
simple_reply(struct client *c, uint16_t mid)
{
	struct reply r;

	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.mid, mid);
	return r.h.status;
}

void
must_close(struct client *c, uint16_t fid)
{
	close_send(c, fid);
	ck_assert_uint_eq(simple_reply(c, c->mid), STATUS_SUCCESS);
}

void
cancel(struct client *c, uint16_t mid)
{
	uint16_t next = c->mid;

	client_begin(c, SMB_COM_NT_CANCEL);
	c->mid = mid;
	wr_patch16(&c->out, SMB_HEADER_LEN - 2, mid);
	client_send(c);
	c->mid = next;
}
