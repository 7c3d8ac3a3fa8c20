/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/create.h"
#include "smb/info/fields.h"
#include "smb/pipe.h"

/* SMB_COM_OPEN_ANDX ([MS-CIFS] 2.2.4.41, [MS-SMB] 2.2.4.1). */

#define OPEN_QUERY_INFORMATION 0x0001
#define OPEN_EXTENDED_RESPONSE 0x0010
#define OPEN_EXTENDED_ACCESS \
	0x001F0000u /* Windows says the standard rights, whatever was granted */

struct args {
	uint16_t flags, access_mode, function;
	const char *name;
	struct create create;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct create *c = &a->create;

	a->flags = rd_u16(&in->words);
	a->access_mode = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* SearchAttrs */
	c->attributes = rd_u16(&in->words);
	c->written = ntime_from_utime(rd_u32(&in->words));
	a->function = rd_u16(&in->words);
	c->size = rd_u32(&in->words);
	rd_skip(&in->words, 8); /* Timeout, Reserved */
	a->name = rd_string(&in->bytes);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status;

	if (req->tree->ipc) {
		status = smb_create_access_mode(&a->create, a->access_mode);
		return status == STATUS_SUCCESS ? smb_pipe_open(req, &a->create, a->name, NULL)
						: status;
	}
	status = request_path(req, a->name, &a->create.path);
	if (status == STATUS_SUCCESS)
		status = smb_create_access_mode(&a->create, a->access_mode);
	if (status == STATUS_SUCCESS)
		status = smb_create_open_function(&a->create, a->function);
	if (status != STATUS_SUCCESS)
		return status;
	smb_create_open_oplock(req, &a->create, a->flags);
	return smb_create(req, &a->create, NULL, a);
}

/* 1 opened, 2 created, 3 truncated */
static uint16_t
open_result(uint32_t action)
{
	static const uint16_t results[] = {
		[ACTION_SUPERSEDED] = 3,
		[ACTION_OPENED] = 1,
		[ACTION_CREATED] = 2,
		[ACTION_OVERWRITTEN] = 3,
	};

	return results[action];
}

static void
encode_information(const struct args *a, struct writer *w, uint16_t oplock)
{
	const struct create *c = &a->create;

	wr_u16(w, dos_attributes(&c->stat));
	wr_u32(w, ntime_to_utime(c->stat.written));
	wr_u32(w, size32(c->stat.size));
	wr_u16(w, a->access_mode & 0x7);
	wr_u16(w, c->handle->pipe != NULL ? RESOURCE_MESSAGE_PIPE : 0);
	wr_u16(w, c->handle->pipe != NULL ? PIPE_STATUS_OPENED : 0);
	wr_u16(w, open_result(c->action) | oplock);
}

/* Only of an oplock there is something to tell. */
static void
encode_action(struct writer *w, uint16_t action)
{
	wr_zero(w, 16);
	wr_u16(w, action);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;
	uint16_t oplock = smb_create_tell_open(req, &a->create, a->flags);

	wr_u16(w, a->create.handle->fid);
	if ((a->flags & (OPEN_QUERY_INFORMATION | OPEN_EXTENDED_RESPONSE)) != 0)
		encode_information(a, w, oplock);
	else
		encode_action(w, oplock);
	if ((a->flags & OPEN_EXTENDED_RESPONSE) == 0) {
		wr_zero(w, 6);
		return;
	}
	wr_u32(w, 0); /* ServerFID */
	wr_u16(w, 0);
	wr_u32(w, OPEN_EXTENDED_ACCESS);
	wr_u32(w, 0); /* GuestMaximalAccessRights */
}

const struct smb_command smb_open_andx = {
	.name = "OPEN_ANDX",
	.words = WORDS(15),
	.flags = NEED_TID | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
