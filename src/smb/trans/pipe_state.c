/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a named pipe is and has: TRANS_SET_NMPIPE_STATE, TRANS_QUERY_NMPIPE_STATE,
 * TRANS_QUERY_NMPIPE_INFO, TRANS_PEEK_NMPIPE ([MS-CIFS] 2.2.5.1, 2.2.5.3, 2.2.5.4, 2.2.5.5).
 */
#include <string.h>

#include "base/arena.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "smb/trans/pipe.h"

/* The one level of QUERY_NMPIPE_INFO */
#define LEVEL 1

/* NamedPipeState of PEEK_NMPIPE */
#define CONNECTED 3
#define CLOSED    4

#define PEEK_PARAMS 6

/* Of QUERY_NMPIPE_INFO before the name, which is aligned. */
#define INFO_FIXED 8

/* MaximumInstances, and the most CurrentInstances can say */
#define UNLIMITED 0xFF

struct args {
	uint16_t state, level;
};

static const struct pipe *
find(struct request *req, const struct trans *t)
{
	const struct handle *h = t->nsetup > 1 ? request_pipe(req, t->setup[1]) : NULL;

	return h != NULL ? h->pipe : NULL;
}

static void
decode_state(void *args, struct trans *t)
{
	struct args *a = args;

	a->state = rd_u16(&t->params);
}

static nt_status
set_state(struct request *req, struct trans *t, void *args)
{
	const struct args *a = args;
	const struct handle *h = t->nsetup > 1 ? request_pipe(req, t->setup[1]) : NULL;

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	pipe_set_status(h->pipe, a->state);
	trans_out(req, t, 0, 0);
	return STATUS_SUCCESS;
}

static nt_status
query_state(struct request *req, struct trans *t, void *args)
{
	const struct pipe *p = find(req, t);

	(void)args;
	if (p == NULL)
		return STATUS_INVALID_HANDLE;
	trans_out(req, t, 2, 0);
	wr_u16(&t->out_params, pipe_status(p));
	return STATUS_SUCCESS;
}

static void
decode_level(void *args, struct trans *t)
{
	struct args *a = args;

	a->level = rd_u16(&t->params);
}

static nt_status
query_info(struct request *req, struct trans *t, void *args)
{
	const struct args *a = args;
	const struct pipe *p = find(req, t);
	struct writer *w = &t->out_data;
	const char *name;
	unsigned open;
	size_t length;

	if (p == NULL)
		return STATUS_INVALID_HANDLE;
	if (a->level != LEVEL)
		return STATUS_INVALID_PARAMETER;
	name = arena_printf(&req->arena, "\\PIPE\\%s", p->service->name);
	open = pipe_instances(p);
	length = strlen(name) + 1;
	trans_out(req, t, 0, INFO_FIXED + 2 * length);
	wr_u16(w, PIPE_BUFFER);
	wr_u16(w, PIPE_BUFFER);
	wr_u8(w, UNLIMITED);
	wr_u8(w, open < UNLIMITED ? (uint8_t)open : UNLIMITED);
	wr_u8(w, (uint8_t)(w->unicode ? 2 * length : length));
	wr_string(w, name);
	if (w->pos > t->max_data)
		t->warning = STATUS_BUFFER_OVERFLOW;
	return t->warning;
}

static nt_status
peek(struct request *req, struct trans *t, void *args)
{
	const struct pipe *p = find(req, t);
	size_t n;

	(void)args;
	if (p == NULL)
		return STATUS_INVALID_HANDLE;
	trans_out(req, t, PEEK_PARAMS, t->max_data);
	n = pipe_peek(p, wr_ahead(&t->out_data, 0, t->max_data), t->max_data);
	wr_filled(&t->out_data, n);
	wr_u16(&t->out_params, p->unread < UINT16_MAX ? (uint16_t)p->unread : UINT16_MAX);
	wr_u16(&t->out_params, (uint16_t)pipe_message_left(p));
	wr_u16(&t->out_params, p->broken ? CLOSED : CONNECTED);
	return STATUS_SUCCESS;
}

const struct trans_command trans_set_nmpipe_state = {
	.name = "SET_NMPIPE_STATE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode_state,
	.run = set_state,
};

const struct trans_command trans_query_nmpipe_state = {
	.name = "QUERY_NMPIPE_STATE",
	.flags = TRANS_IPC,
	.run = query_state,
};

const struct trans_command trans_query_nmpipe_info = {
	.name = "QUERY_NMPIPE_INFO",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode_level,
	.run = query_info,
};

const struct trans_command trans_peek_nmpipe = {
	.name = "PEEK_NMPIPE",
	.flags = TRANS_IPC,
	.run = peek,
};
