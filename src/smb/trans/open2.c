/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_OPEN2 ([MS-CIFS] 2.2.6.1): OPEN_ANDX with an EA list. */
#include "file/node.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/tree.h"
#include "smb/create.h"
#include "smb/info/ea.h"
#include "smb/info/fields.h"
#include "smb/pipe.h"
#include "smb/trans/trans2.h"

#define OPEN_OR_CREATE 0x13

/* Flags */
#define REQUEST_EA_SIZE 0x0008

struct open2 {
	uint16_t flags, access_mode, function;
	const char *name;
	nt_status eas_status; /* of reading their list */
	struct disk_eas eas;  /* the file's, when opened */
	struct create create;
	struct trans *t;
};

static void
decode(void *args, struct trans *t)
{
	struct open2 *a = args;
	struct reader *p = &t->params;

	a->flags = rd_u16(p);
	a->access_mode = rd_u16(p);
	rd_skip(p, 2); /* SearchAttributes */
	a->create.attributes = rd_u16(p);
	a->create.written = ntime_from_utime(rd_u32(p));
	a->function = rd_u16(p);
	a->create.allocation = rd_u32(p);
	rd_skip(p, 10);
	a->name = rd_string(p);
	a->eas_status = ea_list_read(&t->data, &a->create.eas, &a->create.ea_error);
}

static uint16_t
action_taken(uint32_t action)
{
	if (action == ACTION_OPENED)
		return 1;
	return action == ACTION_CREATED ? 2 : 3;
}

static nt_status
answer(struct request *req, void *arg, nt_status status)
{
	struct open2 *a = arg;
	const struct create *c = &a->create;
	struct writer *w = &a->t->out_params;

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, a->t, 30, 0);
	wr_u16(w, c->handle->fid);
	wr_u16(w, (uint16_t)c->stat.attributes);
	wr_u32(w, ntime_to_utime(c->stat.written));
	wr_u32(w, size32(c->stat.size));
	wr_u16(w, a->access_mode); /* with the sharing, unlike OPEN_ANDX */
	wr_u16(w, c->handle->pipe != NULL ? RESOURCE_MESSAGE_PIPE : 0);
	wr_u16(w, c->handle->pipe != NULL ? PIPE_STATUS_OPENED : 0);
	wr_u16(w, action_taken(c->action) | smb_create_tell_open(req, c, a->flags));
	wr_u32(w, (uint32_t)c->stat.id.ino);
	wr_u16(w, 0); /* EaErrorOffset */
	wr_u32(w, disk_eas_size(&a->eas));
	return STATUS_SUCCESS;
}

static nt_status
read_eas(const struct disk *d, struct arena *arena, void *arg)
{
	struct open2 *a = arg;

	return disk_eas_read(d, arena, a->create.handle->open->file, &a->eas);
}

static nt_status
opened(struct request *req, void *arg)
{
	struct open2 *a = arg;

	if ((a->flags & REQUEST_EA_SIZE) != 0 && a->create.handle->open != NULL)
		return request_work(req, WORK_QUICK, read_eas, answer, a);
	return answer(req, a, STATUS_SUCCESS);
}

/* All but EaErrorOffset means nothing then. */
static nt_status
refuse_eas(struct request *req, struct open2 *a, nt_status status)
{
	struct writer *w = &a->t->out_params;

	trans_out(req, a->t, 30, 0);
	wr_zero(w, 24);
	wr_u16(w, (uint16_t)a->create.ea_error);
	wr_u32(w, 0);
	req->error_data = true;
	return status;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct open2 *a = args;
	nt_status status;

	a->t = t;
	if (a->eas_status != STATUS_SUCCESS)
		return refuse_eas(req, a, a->eas_status);
	if (req->tree->ipc) {
		a->create.arg = a;
		status = smb_create_access_mode(&a->create, a->access_mode);
		return status == STATUS_SUCCESS ? smb_pipe_open(req, &a->create, a->name, opened)
						: status;
	}
	/* Neither open nor create: Windows takes that for a name that is taken. */
	if ((a->function & OPEN_OR_CREATE) == 0)
		return STATUS_OBJECT_NAME_COLLISION;
	status = request_path(req, a->name, &a->create.path);
	if (status == STATUS_SUCCESS)
		status = smb_create_access_mode(&a->create, a->access_mode);
	if (status == STATUS_SUCCESS)
		status = smb_create_open_function(&a->create, a->function);
	if (status != STATUS_SUCCESS)
		return status;
	smb_create_open_oplock(req, &a->create, a->flags);
	status = smb_create(req, &a->create, opened, a);
	return status == STATUS_INVALID_EA_NAME ? refuse_eas(req, a, status) : status;
}

const struct trans_command trans2_open2 = {
	.name = "OPEN2",
	.flags = TRANS_IPC,
	.args = sizeof(struct open2),
	.decode = decode,
	.run = run,
};
