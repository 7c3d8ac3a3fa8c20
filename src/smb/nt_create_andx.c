/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/node.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/create.h"

/* SMB_COM_NT_CREATE_ANDX ([MS-CIFS] 2.2.4.64, [MS-SMB] 2.2.4.9). */

#define NT_CREATE_REQUEST_OPLOCK            0x00000002u
#define NT_CREATE_REQUEST_OPBATCH           0x00000004u
#define NT_CREATE_OPEN_TARGET_DIR           0x00000008u
#define NT_CREATE_REQUEST_EXTENDED_RESPONSE 0x00000010u

struct args {
	uint32_t flags, root_fid;
	const char *name;
	struct create create;
};

static enum oplock_level
oplock_asked(uint32_t flags)
{
	if ((flags & NT_CREATE_REQUEST_OPBATCH) != 0)
		return OPLOCK_BATCH;
	return (flags & NT_CREATE_REQUEST_OPLOCK) != 0 ? OPLOCK_EXCLUSIVE : OPLOCK_NONE;
}

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct create *c = &a->create;

	rd_skip(&in->words, 1);
	rd_skip(&in->words, 2); /* NameLength: the string ends itself */
	a->flags = rd_u32(&in->words);
	a->root_fid = rd_u32(&in->words);
	c->access = rd_u32(&in->words);
	c->allocation = rd_u64(&in->words);
	c->attributes = rd_u32(&in->words);
	c->share = rd_u32(&in->words);
	c->disposition = rd_u32(&in->words);
	c->options = rd_u32(&in->words);
	rd_skip(&in->words, 5); /* ImpersonationLevel, SecurityFlags */
	a->name = rd_string(&in->bytes);
	c->oplock = oplock_asked(a->flags);
	c->level2 = true;
}

/* A name below an open directory. */
static nt_status
below_root(struct request *req, struct args *a)
{
	struct handle *root = NULL;
	const char *base;

	if (a->root_fid <= UINT16_MAX)
		root = handle_get(req->conn, (uint16_t)a->root_fid);
	if (root == NULL || root->tree != req->tree || root->uid != req->hdr.uid)
		return STATUS_INVALID_HANDLE;
	/* Without a name that is the file again, whatever it is. */
	if (!root->open->file->directory && a->create.path[0] != '\0')
		return STATUS_INVALID_HANDLE;
	base = file_path(root->open);
	if (base[0] != '\0')
		a->create.path = a->create.path[0] == '\0'
		    ? arena_strdup(&req->arena, base)
		    : arena_printf(&req->arena, "%s/%s", base, a->create.path);
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status;

	if (req->tree->ipc)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	status = request_path(req, a->name, &a->create.path);
	if (status == STATUS_SUCCESS && a->root_fid != 0)
		status = below_root(req, a);
	if (status != STATUS_SUCCESS)
		return status;
	a->create.tell_maximal = (a->flags & NT_CREATE_REQUEST_EXTENDED_RESPONSE) != 0;
	return smb_create(req, &a->create, NULL, a);
}

static uint8_t
oplock_told(enum oplock_level level)
{
	static const uint8_t levels[] = {
		[OPLOCK_NONE] = 0,
		[OPLOCK_EXCLUSIVE] = 1,
		[OPLOCK_BATCH] = 2,
		[OPLOCK_LEVEL_II] = 3,
	};

	return levels[level];
}

static void
encode_extension(struct writer *w, const struct create *c)
{
	wr_zero(w, 16); /* VolumeGUID */
	wr_u64(w, c->stat.id.ino);
	wr_u32(w, c->maximal);
	wr_u32(w, 0); /* GuestMaximalAccessRights */
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;
	const struct create *c = &a->create;

	(void)req;
	wr_u8(w, oplock_told(c->oplock_granted));
	wr_u16(w, c->handle->fid);
	wr_u32(w, c->action);
	wr_u64(w, c->stat.created);
	wr_u64(w, c->stat.accessed);
	wr_u64(w, c->stat.written);
	wr_u64(w, c->stat.changed);
	wr_u32(w, c->stat.attributes);
	wr_u64(w, c->stat.allocated);
	wr_u64(w, c->stat.size);
	wr_u16(w, 0);      /* ResourceType: file or directory */
	wr_u16(w, 0x0007); /* no EAs, no streams, no reparse tag */
	wr_u8(w, c->stat.directory);
	if ((a->flags & NT_CREATE_REQUEST_EXTENDED_RESPONSE) != 0)
		encode_extension(w, c);
	/*
	 * WordCount tells the 50 words there are. Windows says 42, which clients that count cannot
	 * read.
	 */
	wr_block_bytes(w);
}

const struct smb_command smb_nt_create_andx = {
	.name = "NT_CREATE_ANDX",
	.words = WORDS(24),
	.flags = NEED_TID | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
