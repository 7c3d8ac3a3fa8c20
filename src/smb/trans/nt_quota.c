/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * NT_TRANSACT_QUERY_QUOTA and NT_TRANSACT_SET_QUOTA ([MS-SMB] 2.2.7.3, 2.2.7.4). The kernel tells
 * and sets quotas of others than the caller for its administrator only, which the server has given
 * up to be.
 */
#include "smb/trans/nt.h"

struct quota {
	uint16_t fid;
};

static void
decode_query(void *args, struct trans *t)
{
	struct quota *q = args;

	q->fid = rd_u16(&t->params);
	rd_skip(&t->params, 2);  /* ReturnSingleEntry, RestartScan */
	rd_skip(&t->params, 12); /* lengths and offset of the SIDs asked for */
}

static void
decode_set(void *args, struct trans *t)
{
	struct quota *q = args;

	q->fid = rd_u16(&t->params);
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	const struct quota *q = args;

	(void)t;
	return request_handle(req, q->fid) != NULL ? STATUS_NOT_SUPPORTED : STATUS_INVALID_HANDLE;
}

const struct trans_command nt_query_quota = {
	.name = "QUERY_QUOTA",
	.args = sizeof(struct quota),
	.decode = decode_query,
	.run = run,
};

const struct trans_command nt_set_quota = {
	.name = "SET_QUOTA",
	.flags = WRITES,
	.args = sizeof(struct quota),
	.decode = decode_set,
	.run = run,
};
