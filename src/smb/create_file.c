/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "server/handle.h"
#include "server/path.h"
#include "smb/commands.h"
#include "smb/create.h"

/*
 * SMB_COM_CREATE and SMB_COM_CREATE_NEW ([MS-CIFS] 2.2.4.4, 2.2.4.16): the one empties an existing
 * file, the other refuses it.
 */

struct args {
	const char *name;
	struct create create;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->create.attributes = rd_u16(&in->words);
	a->create.written = ntime_from_utime(rd_u32(&in->words));
	a->name = rd_string_04(&in->bytes);
}

static nt_status
run_as(struct request *req, struct args *a, uint32_t disposition)
{
	struct create *c = &a->create;
	nt_status status = request_path(req, a->name, &c->path);

	if (status != STATUS_SUCCESS)
		return status;
	if ((c->attributes & FILE_ATTRIBUTE_VOLUME) != 0)
		return STATUS_ACCESS_DENIED;
	c->access = FILE_GENERIC_READ | FILE_GENERIC_WRITE;
	c->deny_fcb = true;
	c->share = FILE_SHARE_READ | FILE_SHARE_WRITE;
	c->disposition = disposition;
	c->options = FILE_NON_DIRECTORY_FILE;
	smb_create_header_oplock(req, c);
	return smb_create(req, c, NULL, a);
}

static nt_status
run_create(struct request *req, void *args)
{
	return run_as(req, args, FILE_OVERWRITE_IF);
}

static nt_status
run_create_new(struct request *req, void *args)
{
	return run_as(req, args, FILE_CREATE);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	smb_create_tell_header(req, &a->create);
	wr_u16(w, a->create.handle->fid);
}

const struct smb_command smb_create_file = {
	.name = "CREATE",
	.words = WORDS(3),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run_create,
	.encode = encode,
};

const struct smb_command smb_create_new = {
	.name = "CREATE_NEW",
	.words = WORDS(3),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run_create_new,
	.encode = encode,
};
