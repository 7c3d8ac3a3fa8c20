/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What goes through a named pipe: TRANS_TRANSACT_NMPIPE, TRANS_READ_NMPIPE, TRANS_RAW_READ_NMPIPE,
 * TRANS_WRITE_NMPIPE, TRANS_RAW_WRITE_NMPIPE, TRANS_CALL_NMPIPE and TRANS_WAIT_NMPIPE
 * ([MS-CIFS] 2.2.5.2, 2.2.5.6 to 2.2.5.11).
 */
#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "smb/create.h"
#include "smb/io.h"
#include "smb/pipe.h"
#include "smb/trans/pipe.h"
#include "wire/access.h"

struct args {
	struct io io;
	struct trans *t;
	bool raw; /* where a message ends is not told */
	struct create create;
};

/* The FID, and what is written. */
static void
decode(void *args, struct trans *t)
{
	struct args *a = args;

	a->t = t;
	a->io.fid = t->nsetup > 1 ? t->setup[1] : 0;
	a->io.len = rd_left(&t->data);
	a->io.bytes = rd_bytes(&t->data, a->io.len);
}

static nt_status
have_read(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)req;
	wr_filled(&a->t->out_data, a->io.done);
	if (status != STATUS_BUFFER_OVERFLOW)
		return status;
	if (!a->raw)
		a->t->warning = status;
	return a->t->warning;
}

/* What is read goes to where it will be sent from. */
static void
make_room(struct request *req, struct args *a)
{
	struct trans *t = a->t;

	trans_out(req, t, 0, t->max_data);
	a->io.to = wr_ahead(&t->out_data, 0, t->max_data);
}

static nt_status
transact(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;

	make_room(req, a);
	a->io.then = have_read;
	return smb_pipe_transact(req, &a->io, t->max_data);
}

static nt_status
read_message(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;

	make_room(req, a);
	a->io.len = t->max_data;
	a->io.then = have_read;
	return smb_pipe_read(req, &a->io);
}

static nt_status
read_raw(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;

	a->raw = true;
	return read_message(req, t, args);
}

static nt_status
have_written(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	trans_out(req, a->t, 2, 0);
	wr_u16(&a->t->out_params, (uint16_t)a->io.done);
	return status;
}

static nt_status
write_message(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;

	(void)t;
	a->io.then = have_written;
	return smb_pipe_write(req, &a->io);
}

static nt_status
have_called(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)handle_close(a->create.handle);
	return have_read(req, a, status);
}

/* Opens, transacts, closes. */
static nt_status
call(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;
	nt_status status;

	a->create.access = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
	status = smb_pipe_open(req, &a->create, t->name, NULL);
	if (status != STATUS_SUCCESS)
		return status;
	make_room(req, a);
	a->io.fid = a->create.handle->fid;
	a->io.then = have_called;
	status = smb_pipe_transact(req, &a->io, t->max_data);
	if (status != STATUS_PENDING)
		(void)handle_close(a->create.handle);
	return status;
}

/* There is always an instance to be had. */
static nt_status
wait(struct request *req, struct trans *t, void *args)
{
	(void)args;
	if (pipe_find(req->conn->server, t->name) == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	trans_out(req, t, 0, 0);
	return STATUS_SUCCESS;
}

const struct trans_command trans_transact_nmpipe = {
	.name = "TRANSACT_NMPIPE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = transact,
};

const struct trans_command trans_read_nmpipe = {
	.name = "READ_NMPIPE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = read_message,
};

const struct trans_command trans_raw_read_nmpipe = {
	.name = "RAW_READ_NMPIPE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = read_raw,
};

/* RAW_WRITE differs in what the other end makes of it, which here is the same. */
const struct trans_command trans_write_nmpipe = {
	.name = "WRITE_NMPIPE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = write_message,
};

const struct trans_command trans_call_nmpipe = {
	.name = "CALL_NMPIPE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = call,
};

const struct trans_command trans_wait_nmpipe = {
	.name = "WAIT_NMPIPE",
	.flags = TRANS_IPC,
	.run = wait,
};
