/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/pipe.h"

#include "base/arena.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "smb/info/query.h"
#include "smb/pipe.h"

#define PIPE_INFORMATION        1023
#define PIPE_LOCAL_INFORMATION  1024
#define PIPE_REMOTE_INFORMATION 1025

/* NamedPipeType, NamedPipeConfiguration, NamedPipeState, NamedPipeEnd */
#define MESSAGE_TYPE 1
#define FULL_DUPLEX  2
#define CONNECTED    3
#define CLOSING      4
#define CLIENT_END   0
#define NO_LIMIT     UINT32_MAX
#define PIPE_ROOM    64

/* ReadMode and CompletionMode */
#define MESSAGE_MODE       1
#define COMPLETE_OPERATION 1

static void
put_pipe(const struct pipe *p, struct writer *w)
{
	wr_u32(w, p->byte_mode ? 0 : MESSAGE_MODE);
	wr_u32(w, p->no_wait ? COMPLETE_OPERATION : 0);
}

static void
put_local(const struct pipe *p, struct writer *w)
{
	wr_u32(w, MESSAGE_TYPE);
	wr_u32(w, FULL_DUPLEX);
	wr_u32(w, NO_LIMIT);
	wr_u32(w, pipe_instances(p));
	wr_u32(w, PIPE_BUFFER);
	wr_u32(w, (uint32_t)p->unread);
	wr_u32(w, PIPE_BUFFER);
	wr_u32(w, PIPE_BUFFER);
	wr_u32(w, p->broken ? CLOSING : CONNECTED);
	wr_u32(w, CLIENT_END);
}

/* Nothing is collected before it is sent. */
static void
put_remote(const struct pipe *p, struct writer *w)
{
	(void)p;
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 0);
}

static const struct {
	uint16_t level, size;
	void (*put)(const struct pipe *p, struct writer *w);
} own_levels[] = {
	{ PIPE_INFORMATION, 8, put_pipe },
	{ PIPE_LOCAL_INFORMATION, 40, put_local },
	{ PIPE_REMOTE_INFORMATION, 16, put_remote },
};

/* Of the levels of files, those a pipe has. */
static bool
has_level(const struct info_level *row)
{
	static const uint16_t levels[] = { 0x0001, 0x0002, 0x0101, 0x0102, 0x0103, 0x0104, 0x0107,
		1006, 1008, 1014, 1016, 1017 };

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (row->level == levels[i])
			return true;
	}
	return false;
}

static nt_status
query_as_file(struct request *req, struct trans *t, const struct pipe *p, uint16_t level)
{
	const struct info_level *row = info_query_level(level);
	struct info_subject s = {
		/* It goes when it is closed. */
		.delete_pending = true,
		.access = p->access,
		.room = t->max_data,
	};

	if (row == NULL)
		return STATUS_INVALID_LEVEL;
	if (!has_level(row))
		return row->eas != INFO_NO_EAS ? STATUS_ACCESS_DENIED : STATUS_INVALID_PARAMETER;
	if (t->max_data < info_query_least(row, level))
		return STATUS_INFO_LENGTH_MISMATCH;
	smb_pipe_stat(&s.stat);
	s.stat.links++; /* unlike a file's, the name that is about to go counts */
	s.name = arena_printf(&req->arena, "\\%s", p->service->name);
	trans_out(req, t, 2, info_query_room(&s));
	wr_u16(&t->out_params, 0);
	row->put(&s, &t->out_data);
	if (t->out_data.pos > t->max_data)
		t->warning = STATUS_BUFFER_OVERFLOW;
	return t->warning;
}

nt_status
info_query_pipe(struct request *req, struct trans *t, uint16_t fid, uint16_t level)
{
	const struct handle *h = request_pipe(req, fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	for (size_t i = 0; i < sizeof(own_levels) / sizeof(own_levels[0]); i++) {
		if (level != own_levels[i].level)
			continue;
		if (t->max_data < own_levels[i].size)
			return STATUS_INFO_LENGTH_MISMATCH;
		trans_out(req, t, 2, PIPE_ROOM);
		wr_u16(&t->out_params, 0);
		own_levels[i].put(h->pipe, &t->out_data);
		return STATUS_SUCCESS;
	}
	return query_as_file(req, t, h->pipe, level);
}

nt_status
info_set_pipe(struct request *req, struct trans *t, uint16_t fid, uint16_t level)
{
	const struct handle *h = request_pipe(req, fid);
	uint32_t read_mode, completion;

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if (level != PIPE_INFORMATION)
		return STATUS_INVALID_PARAMETER;
	read_mode = rd_u32(&t->data);
	completion = rd_u32(&t->data);
	if (!rd_ok(&t->data) || read_mode > MESSAGE_MODE || completion > COMPLETE_OPERATION)
		return STATUS_INVALID_PARAMETER;
	h->pipe->byte_mode = read_mode != MESSAGE_MODE;
	h->pipe->no_wait = completion == COMPLETE_OPERATION;
	trans_out(req, t, 2, 0);
	wr_u16(&t->out_params, 0);
	return STATUS_SUCCESS;
}
