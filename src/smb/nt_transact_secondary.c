/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_NT_TRANSACT_SECONDARY ([MS-CIFS] 2.2.4.63): more of a transaction, never answered by
 * itself. */
#include "smb/commands.h"
#include "smb/trans/pieces.h"

static void
decode(void *args, struct smb_in *in)
{
	trans_decode_nt_secondary(args, in);
}

static nt_status
run(struct request *req, void *args)
{
	return trans_add(req, SMB_COM_NT_TRANSACT, args);
}

const struct smb_command smb_nt_transact_secondary = {
	.name = "NT_TRANSACT_SECONDARY",
	.words = WORDS(18),
	.flags = NEED_TID,
	.args = sizeof(struct trans_secondary),
	.decode = decode,
	.run = run,
};
