/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_NT_TRANSACT ([MS-CIFS] 2.2.4.62, 2.2.7). */
#include "smb/trans/nt.h"
#include "smb/trans/pieces.h"

#define FUNCTION_LAST 0x08

/*
 * By function code. Behind them there is nothing, which is a malformed request
 * ([MS-CIFS] 3.3.5.50).
 */
static const struct trans_command *const functions[FUNCTION_LAST + 1] = {
	[0x01] = &nt_transact_create,
	[0x02] = &nt_ioctl,
	[0x03] = &nt_set_security_desc,
	[0x04] = &nt_notify_change,
	[0x05] = &nt_rename,
	[0x06] = &nt_query_security_desc,
	[0x07] = &nt_query_quota,
	[0x08] = &nt_set_quota,
};

static void
decode(void *args, struct smb_in *in)
{
	trans_decode_nt(args, in);
}

static nt_status
run_whole(struct request *req, struct trans *t)
{
	if (t->function == 0 || t->function > FUNCTION_LAST)
		return STATUS_INVALID_SMB;
	return trans_run(req, t, functions[t->function]);
}

static nt_status
run(struct request *req, void *args)
{
	return trans_begin(req, args, run_whole);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	(void)args;
	trans_encode(req, &((struct trans_primary *)req->args)->t, w);
}

const struct smb_command smb_nt_transact = {
	.name = "NT_TRANSACT",
	.words = WORDS_FROM(19),
	.flags = NEED_TID,
	.args = sizeof(struct trans_primary),
	.decode = decode,
	.run = run,
	.encode = encode,
};
