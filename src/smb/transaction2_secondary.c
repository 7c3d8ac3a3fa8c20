/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_TRANSACTION2_SECONDARY ([MS-CIFS] 2.2.4.47): more of a transaction, never answered by
 * itself. */
#include "smb/trans/pieces.h"

#define SMB_COM_TRANSACTION2 0x32

static void
decode(void *args, struct smb_in *in)
{
	trans_decode_secondary(args, in);
}

static nt_status
run(struct request *req, void *args)
{
	return trans_add(req, SMB_COM_TRANSACTION2, args);
}

const struct smb_command smb_transaction2_secondary = {
	.name = "TRANSACTION2_SECONDARY",
	.words = WORDS(8) | WORDS(9),
	.flags = NEED_TID,
	.args = sizeof(struct trans_secondary),
	.decode = decode,
	.run = run,
};
