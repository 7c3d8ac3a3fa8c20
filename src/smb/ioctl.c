/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"

/*
 * SMB_COM_IOCTL ([MS-CIFS] 2.2.4.35): devices of LAN Manager's days. Windows answers each of them
 * with ERRSRV/ERRerror, without a look at the FID.
 */
static nt_status
run(struct request *req, void *args)
{
	(void)req;
	(void)args;
	return STATUS_INVALID_SMB;
}

const struct smb_command smb_ioctl = {
	.name = "IOCTL",
	.words = WORDS_FROM(14),
	.flags = NEED_TID | BY_FID,
	.run = run,
};
