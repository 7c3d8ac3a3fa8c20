/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_GET_DFS_REFERRAL ([MS-CIFS] 2.2.6.16, [MS-DFSC]). */
#include "smb/trans/trans2.h"

/* No share of ours is a root or holds links: what it asks about is nowhere else. */
static nt_status
run(struct request *req, struct trans *t, void *args)
{
	(void)req;
	(void)t;
	(void)args;
	return STATUS_NOT_FOUND;
}

const struct trans_command trans2_get_dfs_referral = {
	.name = "GET_DFS_REFERRAL",
	.flags = TRANS_IPC,
	.run = run,
};
