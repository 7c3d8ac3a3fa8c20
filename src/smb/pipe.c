/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/pipe.h"

#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "smb/create.h"
#include "smb/io.h"
#include "wire/access.h"

nt_status
smb_pipe_open(struct request *req, struct create *c, const char *name,
    nt_status (*then)(struct request *req, void *arg))
{
	const struct pipe_service *service = pipe_find(req->conn->server, name);
	struct pipe *p;

	if (service == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	p = pipe_open(req->conn, service);
	if (p == NULL)
		return STATUS_INSTANCE_NOT_AVAILABLE;
	c->handle = handle_new_pipe(req, p);
	if (c->handle == NULL) {
		pipe_free(&p);
		return STATUS_TOO_MANY_OPENED_FILES;
	}
	p->access = access_map(c->access, FILE_ALL_ACCESS);
	request_handle_new(req, c->handle);
	req->chain_fid = c->handle->fid;
	smb_pipe_stat(&c->stat);
	c->action = ACTION_OPENED;
	return then != NULL ? then(req, c->arg) : STATUS_SUCCESS;
}

void
smb_pipe_stat(struct disk_stat *st)
{
	*st = (struct disk_stat){
		.attributes = FILE_ATTRIBUTE_NORMAL,
		.allocated = PIPE_BUFFER,
		.links = 1,
	};
}

static nt_status
find(struct request *req, struct io *io, uint32_t right)
{
	io->handle = request_pipe(req, io->fid);
	if (io->handle == NULL)
		return STATUS_INVALID_HANDLE;
	return (io->handle->pipe->access & right) != 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static nt_status
and_then(struct request *req, struct io *io, nt_status status)
{
	return io->then != NULL ? io->then(req, io, status) : status;
}

static nt_status
read_or_wait(struct request *req, void *arg, nt_status why)
{
	struct io *io = arg;
	struct pipe *p = io->handle->pipe;
	nt_status status;

	if (why != STATUS_SUCCESS)
		return and_then(req, io, why);
	status = pipe_read(p, io->to, io->len, &io->done);
	if (status == STATUS_PIPE_EMPTY && !p->no_wait && !conn_is_busy(req->conn))
		return request_wait(req, &p->readers, read_or_wait, io);
	return and_then(req, io, status);
}

nt_status
smb_pipe_read(struct request *req, struct io *io)
{
	nt_status status = find(req, io, FILE_READ_DATA);

	return status == STATUS_SUCCESS ? read_or_wait(req, io, STATUS_SUCCESS) : status;
}

static nt_status
write_bytes(struct request *req, struct io *io, request_done_fn *then)
{
	struct pipe_input *in;

	if (io->len != 0 && io->bytes == NULL)
		return STATUS_INVALID_PARAMETER;
	in = arena_alloc(&req->arena, sizeof(*in));
	*in = (struct pipe_input){
		.pipe = io->handle->pipe,
		.req = req,
		.bytes = io->bytes,
		.n = io->len,
		.then = then,
		.arg = io,
	};
	return pipe_write(in);
}

static nt_status
written(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	if (status != STATUS_SUCCESS)
		return status;
	io->done = io->len;
	return and_then(req, io, status);
}

/* One after the other: what comes meanwhile may be the rest of what is being taken. */
static nt_status
write_or_wait(struct request *req, void *arg, nt_status why)
{
	struct io *io = arg;
	struct pipe *p;

	if (why != STATUS_SUCCESS)
		return why;
	p = io->handle->pipe;
	return p->busy ? request_wait(req, &p->writers, write_or_wait, io)
		       : write_bytes(req, io, written);
}

nt_status
smb_pipe_write(struct request *req, struct io *io)
{
	nt_status status = find(req, io, FILE_WRITE_DATA | FILE_APPEND_DATA);

	return write_or_wait(req, io, status);
}

static nt_status
transacted(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	if (status != STATUS_SUCCESS)
		return and_then(req, io, status);
	io->len = io->room;
	return read_or_wait(req, io, STATUS_SUCCESS);
}

nt_status
smb_pipe_transact(struct request *req, struct io *io, size_t room)
{
	nt_status status = find(req, io, FILE_WRITE_DATA);
	struct pipe *p;

	if (status != STATUS_SUCCESS)
		return status;
	p = io->handle->pipe;
	if ((p->access & FILE_READ_DATA) == 0)
		return STATUS_ACCESS_DENIED;
	if (p->byte_mode)
		return STATUS_INVALID_PIPE_STATE;
	if (p->unread != 0 || p->busy || !TAILQ_EMPTY(&p->readers))
		return STATUS_PIPE_BUSY;
	io->room = room;
	return write_bytes(req, io, transacted);
}
