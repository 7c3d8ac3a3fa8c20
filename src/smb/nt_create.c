/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/nt_create.h"

#include "file/node.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/session.h"
#include "server/tree.h"
#include "smb/pipe.h"

#define NT_CREATE_REQUEST_OPLOCK            0x00000002u
#define NT_CREATE_REQUEST_OPBATCH           0x00000004u
#define NT_CREATE_OPEN_TARGET_DIR           0x00000008u
#define NT_CREATE_REQUEST_EXTENDED_RESPONSE 0x00000010u

/* FileStatusFlags ([MS-SMB] 2.2.4.9.2) */
#define NO_EAS        0x0001
#define NO_SUBSTREAMS 0x0002
#define NO_REPARSETAG 0x0004

enum oplock_level
nt_create_asked_oplock(uint32_t flags)
{
	if ((flags & NT_CREATE_REQUEST_OPBATCH) != 0)
		return OPLOCK_BATCH;
	return (flags & NT_CREATE_REQUEST_OPLOCK) != 0 ? OPLOCK_EXCLUSIVE : OPLOCK_NONE;
}

void
nt_create_read(struct nt_create *a, struct reader *r)
{
	struct create *c = &a->create;

	a->flags = rd_u32(r);
	a->root_fid = rd_u32(r);
	c->access = rd_u32(r);
	c->allocation = rd_u64(r);
	c->attributes = rd_u32(r);
	c->share = rd_u32(r);
	c->disposition = rd_u32(r);
	c->options = rd_u32(r);
	c->oplock = nt_create_asked_oplock(a->flags);
	c->level2 = true;
	c->tell_maximal = (a->flags & NT_CREATE_REQUEST_EXTENDED_RESPONSE) != 0;
	c->tell_eas = c->tell_maximal;
}

/* A name below an open directory. */
static nt_status
below_root(struct request *req, struct nt_create *a)
{
	const char *name = a->create.path, *base;
	struct handle *root = NULL;

	if (a->root_fid <= UINT16_MAX)
		root = handle_get(req->conn, (uint16_t)a->root_fid);
	if (root == NULL || root->tree != req->tree || root->uid != req->session->uid)
		return STATUS_INVALID_HANDLE;
	/* Without a name that is the file again, whatever it is; files have streams as well. */
	if (!root->open->file->directory && name[0] != '\0' &&
	    (name[0] != ':' || root->open->file->stream != NULL))
		return STATUS_INVALID_HANDLE;
	if (root->read_only)
		req->disk.read_only = true;
	base = file_path(root->open);
	if (base[0] != '\0')
		a->create.path = name[0] == '\0' || name[0] == ':'
		    ? arena_printf(&req->arena, "%s%s", base, name)
		    : arena_printf(&req->arena, "%s/%s", base, name);
	return STATUS_SUCCESS;
}

nt_status
nt_create_run(struct request *req, struct nt_create *a,
    nt_status (*then)(struct request *req, void *arg), void *arg)
{
	nt_status status;

	if (req->tree->ipc) {
		a->create.arg = arg;
		return smb_pipe_open(req, &a->create, a->name, then);
	}
	status = request_path(req, a->name, &a->create.path);
	if (status == STATUS_SUCCESS && a->root_fid != 0)
		status = below_root(req, a);
	if (status != STATUS_SUCCESS)
		return status;
	return smb_create(req, &a->create, then, arg);
}

uint8_t
nt_create_oplock(const struct nt_create *a)
{
	static const uint8_t levels[] = {
		[OPLOCK_NONE] = 0,
		[OPLOCK_EXCLUSIVE] = 1,
		[OPLOCK_BATCH] = 2,
		[OPLOCK_LEVEL_II] = 3,
	};

	return levels[a->create.oplock_granted];
}

static void
put_extension(struct writer *w, const struct create *c)
{
	wr_zero(w, 16); /* VolumeGUID */
	wr_u64(w, c->stat.id.ino);
	wr_u32(w, c->maximal);
	wr_u32(w, 0); /* GuestMaximalAccessRights */
}

/* ResourceType, and NMPipeStatus or FileStatusFlags. */
static void
put_kind(struct writer *w, const struct create *c)
{
	bool pipe = c->handle->pipe != NULL;

	wr_u16(w, pipe ? RESOURCE_MESSAGE_PIPE : 0);
	wr_u16(w,
	    pipe ? PIPE_STATUS_OPENED : (c->has_eas ? 0 : NO_EAS) | NO_SUBSTREAMS | NO_REPARSETAG);
}

void
nt_create_put(const struct nt_create *a, struct writer *w)
{
	const struct create *c = &a->create;

	wr_u64(w, c->stat.created);
	wr_u64(w, c->stat.accessed);
	wr_u64(w, c->stat.written);
	wr_u64(w, c->stat.changed);
	wr_u32(w, c->stat.attributes);
	wr_u64(w, c->stat.allocated);
	wr_u64(w, c->stat.size);
	put_kind(w, c);
	wr_u8(w, c->stat.directory);
	if ((a->flags & NT_CREATE_REQUEST_EXTENDED_RESPONSE) != 0)
		put_extension(w, c);
}
