/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * NT_TRANSACT_RENAME ([MS-CIFS] 2.2.7.5), which no client may send. Windows looks at the file and
 * renames nothing.
 */
#include "smb/trans/nt.h"

struct rename_args {
	uint16_t fid;
};

static void
decode(void *args, struct trans *t)
{
	struct rename_args *a = args;

	a->fid = rd_u16(&t->params);
	rd_skip(&t->params, 2); /* RenameFlags */
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	const struct rename_args *a = args;

	if (request_handle(req, a->fid) == NULL)
		return STATUS_INVALID_HANDLE;
	trans_out(req, t, 0, 0);
	return STATUS_SUCCESS;
}

const struct trans_command nt_rename = {
	.name = "RENAME",
	.args = sizeof(struct rename_args),
	.decode = decode,
	.run = run,
};
