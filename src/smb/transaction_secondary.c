/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_TRANSACTION_SECONDARY ([MS-CIFS] 2.2.4.34): more of a transaction, never answered by
 * itself. */
#include "smb/commands.h"
#include "smb/trans/pieces.h"

static void
decode(void *args, struct smb_in *in)
{
	trans_decode_secondary(args, in);
}

static nt_status
run(struct request *req, void *args)
{
	return trans_add(req, SMB_COM_TRANSACTION, args);
}

const struct smb_command smb_transaction_secondary = {
	.name = "TRANSACTION_SECONDARY",
	.words = WORDS(8),
	.flags = NEED_TID,
	.args = sizeof(struct trans_secondary),
	.decode = decode,
	.run = run,
};
