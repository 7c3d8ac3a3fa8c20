/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_IOCTL ([MS-CIFS] 2.2.7.2, [MS-SMB] 2.2.7.2). */
#include "file/node.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "smb/fsctl/fsctl.h"
#include "smb/trans/nt.h"

#define SETUP_WORDS 4

static const struct fsctl *const tables[] = { fsctl_sparse, fsctl_copy_chunk, fsctl_snapshots,
	fsctl_answers };

static void
decode(void *args, struct trans *t)
{
	struct fsctl_call *c = args;

	if (t->nsetup < SETUP_WORDS) {
		t->params.bad = true;
		return;
	}
	c->code = t->setup[0] | (uint32_t)t->setup[1] << 16;
	c->fid = t->setup[2];
	c->is_fsctl = (t->setup[3] & 0xFF) != 0;
}

static const struct fsctl *
find_in(const struct fsctl *row, uint32_t code)
{
	while (row->code != 0 && row->code != code)
		row++;
	return row->code != 0 ? row : NULL;
}

/* Those of files and those of pipes have nothing in common. */
static const struct fsctl *
find(const struct fsctl_call *c)
{
	const struct fsctl *row = NULL;

	if (!c->is_fsctl)
		return NULL;
	if (c->handle->pipe != NULL)
		return find_in(fsctl_pipe, c->code);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && row == NULL; i++)
		row = find_in(tables[i], c->code);
	return row;
}

static uint32_t
access_of(const struct handle *h)
{
	return h->pipe != NULL ? h->pipe->access : h->open->mode.access;
}

nt_status
fsctl_end(struct fsctl_call *c, nt_status status)
{
	struct trans *t = c->t;
	size_t n = t->replied ? t->out_data.pos : 0;

	t->nout_setup = 1;
	t->out_setup[0] = (uint16_t)(n < t->max_data ? n : t->max_data);
	return status;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct fsctl_call *c = args;
	const struct fsctl *row;

	c->t = t;
	c->handle = request_fid(req, c->fid);
	if (c->handle == NULL)
		return STATUS_INVALID_HANDLE;
	row = find(c);
	if (row == NULL)
		return c->handle->pipe != NULL ? STATUS_INVALID_DEVICE_REQUEST
					       : STATUS_NOT_SUPPORTED;
	if (row->access != 0 && (access_of(c->handle) & row->access) == 0)
		return STATUS_ACCESS_DENIED;
	c->args = arena_alloc(&req->arena, row->args);
	if (row->decode != NULL)
		row->decode(c->args, &t->data);
	if (!rd_ok(&t->data) || t->max_data < row->room)
		return STATUS_INVALID_PARAMETER;
	return row->run(req, c);
}

const struct trans_command nt_ioctl = {
	.name = "IOCTL",
	.flags = TRANS_IPC,
	.args = sizeof(struct fsctl_call),
	.decode = decode,
	.run = run,
};
