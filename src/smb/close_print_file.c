/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"

/* SMB_COM_CLOSE_PRINT_FILE ([MS-CIFS] 2.2.4.69): no file of a disk share is one. */

struct args {
	uint16_t fid;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
}

static nt_status
run(struct request *req, void *args)
{
	const struct args *a = args;

	return request_handle(req, a->fid) != NULL ? STATUS_INVALID_SMB : STATUS_INVALID_HANDLE;
}

const struct smb_command smb_close_print_file = {
	.name = "CLOSE_PRINT_FILE",
	.words = WORDS(1),
	.flags = NEED_TID | BY_FID,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
