/* SPDX-License-Identifier: BSD-2-Clause */

/* FSCTL, IOCTL2, FIND_NOTIFY_FIRST and _NEXT, SESSION_SETUP, REPORT_DFS_INCONSISTENCY: reserved,
 * and never implemented by anybody ([MS-CIFS] 2.2.6.10 to 13, 15, 17). */
#include "smb/trans/trans2.h"

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	(void)req;
	(void)t;
	(void)args;
	return STATUS_NOT_IMPLEMENTED;
}

const struct trans_command trans2_not_implemented = {
	.name = "(not implemented)",
	.flags = TRANS_IPC,
	.run = run,
};
