/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/nt_create.h"

/* SMB_COM_NT_CREATE_ANDX ([MS-CIFS] 2.2.4.64, [MS-SMB] 2.2.4.9). */

static void
decode(void *args, struct smb_in *in)
{
	struct nt_create *a = args;

	rd_skip(&in->words, 1);
	rd_skip(&in->words, 2); /* NameLength: the string ends itself */
	nt_create_read(a, &in->words);
	rd_skip(&in->words, 5); /* ImpersonationLevel, SecurityFlags */
	a->name = rd_string(&in->bytes);
}

static nt_status
run(struct request *req, void *args)
{
	return nt_create_run(req, args, NULL, NULL);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct nt_create *a = args;

	(void)req;
	wr_u8(w, nt_create_oplock(a));
	wr_u16(w, a->create.handle->fid);
	wr_u32(w, a->create.action);
	nt_create_put(a, w);
	/*
	 * WordCount tells the 50 words there are. Windows says 42, which clients that count cannot
	 * read.
	 */
	wr_block_bytes(w);
}

const struct smb_command smb_nt_create_andx = {
	.name = "NT_CREATE_ANDX",
	.words = WORDS(24),
	.flags = NEED_TID | ANDX,
	.args = sizeof(struct nt_create),
	.decode = decode,
	.run = run,
	.encode = encode,
};
