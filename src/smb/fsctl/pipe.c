/* SPDX-License-Identifier: BSD-2-Clause */

/* Control codes of named pipes ([MS-FSCC] 2.3.27, 2.3.29, 2.3.31). */
#include "server/pipe.h"

#include "base/charset.h"
#include "server/conn.h"
#include "server/handle.h"
#include "smb/fsctl/fsctl.h"
#include "smb/io.h"
#include "smb/pipe.h"

#define FSCTL_PIPE_WAIT       0x00110018
#define FSCTL_PIPE_PEEK       0x0011400C
#define FSCTL_PIPE_TRANSCEIVE 0x0011C017

#define PEEK_FIXED 16
#define ROOM_MAX   ((size_t)0xFFFF)

/* NamedPipeState */
#define CONNECTED 3
#define CLOSING   4

static size_t
room_of(const struct trans *t)
{
	return t->max_data < ROOM_MAX ? t->max_data : ROOM_MAX;
}

struct wait {
	const char *name;
};

static void
decode_wait(void *args, struct reader *data)
{
	struct wait *a = args;
	uint32_t n;
	const uint8_t *name;

	rd_skip(data, 8); /* Timeout: there is always an instance to be had */
	n = rd_u32(data);
	rd_skip(data, 2);
	name = rd_bytes(data, n);
	a->name = name != NULL ? utf16le_to_utf8(data->arena, name, n) : "";
}

static nt_status
wait(struct request *req, struct fsctl_call *c)
{
	const struct wait *a = c->args;

	if (pipe_find(req->conn->server, a->name) == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	trans_out(req, c->t, 0, 0);
	return fsctl_end(c, STATUS_SUCCESS);
}

static nt_status
peek(struct request *req, struct fsctl_call *c)
{
	const struct pipe *p = c->handle->pipe;
	struct writer *w = &c->t->out_data;
	size_t room = room_of(c->t), n;
	uint8_t *to;

	trans_out(req, c->t, 0, room);
	wr_u32(w, p->broken ? CLOSING : CONNECTED);
	wr_u32(w, (uint32_t)p->unread);
	wr_u32(w, pipe_messages(p));
	wr_u32(w, (uint32_t)pipe_message_left(p));
	to = wr_ahead(w, 0, room - PEEK_FIXED);
	n = pipe_peek(p, to, room - PEEK_FIXED);
	wr_filled(w, n);
	if (n < pipe_message_left(p))
		c->t->warning = STATUS_BUFFER_OVERFLOW;
	return fsctl_end(c, c->t->warning);
}

struct transceive {
	struct io io;
	struct fsctl_call *call;
};

static void
decode_transceive(void *args, struct reader *data)
{
	struct transceive *a = args;

	a->io.len = rd_left(data);
	a->io.bytes = rd_bytes(data, a->io.len);
}

static nt_status
received(struct request *req, void *arg, nt_status status)
{
	struct transceive *a = arg;
	struct trans *t = a->call->t;

	(void)req;
	wr_filled(&t->out_data, a->io.done);
	if (status == STATUS_BUFFER_OVERFLOW)
		t->warning = status;
	return fsctl_end(a->call, status);
}

static nt_status
transceive(struct request *req, struct fsctl_call *c)
{
	struct transceive *a = c->args;
	size_t room = room_of(c->t);

	a->call = c;
	a->io.fid = c->fid;
	a->io.then = received;
	trans_out(req, c->t, 0, room);
	a->io.to = wr_ahead(&c->t->out_data, 0, room);
	return smb_pipe_transact(req, &a->io, room);
}

const struct fsctl fsctl_pipe[] = {
	{ FSCTL_PIPE_WAIT, "PIPE_WAIT", 0, 0, sizeof(struct wait), decode_wait, wait },
	{ FSCTL_PIPE_PEEK, "PIPE_PEEK", FILE_READ_DATA, PEEK_FIXED, 0, NULL, peek },
	{ FSCTL_PIPE_TRANSCEIVE, "PIPE_TRANSCEIVE", FILE_READ_DATA, 0, sizeof(struct transceive),
	    decode_transceive, transceive },
	{ 0 },
};
