/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_TRANSACTION2 ([MS-CIFS] 2.2.4.46, 2.2.6). */
#include "smb/trans/pieces.h"
#include "smb/trans/trans2.h"

/* By subcommand. The holes are bad commands, as every other code is. */
static const struct trans_command *const subcommands[] = {
	[0x00] = &trans2_open2,
	[0x01] = &trans2_find_first2,
	[0x02] = &trans2_find_next2,
	[0x03] = &trans2_query_fs_information,
	[0x04] = &trans2_set_fs_information,
	[0x05] = &trans2_query_path_information,
	[0x06] = &trans2_set_path_information,
	[0x07] = &trans2_query_file_information,
	[0x08] = &trans2_set_file_information,
	[0x09] = &trans2_not_implemented,
	[0x0A] = &trans2_not_implemented,
	[0x0B] = &trans2_not_implemented,
	[0x0C] = &trans2_not_implemented,
	[0x0D] = &trans2_create_directory,
	[0x0E] = &trans2_not_implemented,
	[0x10] = &trans2_get_dfs_referral,
	[0x11] = &trans2_not_implemented,
};

static void
decode(void *args, struct smb_in *in)
{
	struct trans_primary *p = args;

	trans_decode(p, in);
	if (p->t.nsetup == 0)
		in->words.bad = true;
}

static nt_status
run_whole(struct request *req, struct trans *t)
{
	const struct trans_command *c = NULL;

	if (t->setup[0] < sizeof(subcommands) / sizeof(subcommands[0]))
		c = subcommands[t->setup[0]];
	if (c == NULL)
		return STATUS_SMB_BAD_COMMAND;
	return trans_run(req, t, c);
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

const struct smb_command smb_transaction2 = {
	.name = "TRANSACTION2",
	.words = WORDS_FROM(15),
	.flags = NEED_TID,
	.args = sizeof(struct trans_primary),
	.decode = decode,
	.run = run,
	.encode = encode,
};
