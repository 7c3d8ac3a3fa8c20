/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/create.h"
#include "smb/info/fields.h"
#include "smb/pipe.h"

/* SMB_COM_OPEN ([MS-CIFS] 2.2.4.3). */

struct args {
	uint16_t access_mode;
	const char *name;
	struct create create;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->access_mode = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* SearchAttributes */
	a->name = rd_string_04(&in->bytes);
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
	a->create.disposition = FILE_OPEN;
	smb_create_header_oplock(req, &a->create);
	status = request_path(req, a->name, &a->create.path);
	if (status == STATUS_SUCCESS)
		status = smb_create_access_mode(&a->create, a->access_mode);
	if (status != STATUS_SUCCESS)
		return status;
	return smb_create(req, &a->create, NULL, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;
	const struct create *c = &a->create;

	smb_create_tell_header(req, c);
	wr_u16(w, c->handle->fid);
	wr_u16(w, dos_attributes(&c->stat));
	wr_u32(w, ntime_to_utime(c->stat.written));
	wr_u32(w, size32(c->stat.size));
	wr_u16(w, a->access_mode & 0x7);
}

const struct smb_command smb_open = {
	.name = "OPEN",
	.words = WORDS(2),
	.flags = NEED_TID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
