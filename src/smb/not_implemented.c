/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"

/* Codes the specification knows and this server refuses, each with an error and no more. */
static nt_status
run_not_implemented(struct request *req, void *args)
{
	(void)req;
	(void)args;
	return STATUS_NOT_IMPLEMENTED;
}

const struct smb_command smb_not_implemented = {
	.name = "(not implemented)",
	.words = WORDS_FROM(0),
	.flags = 0,
	.run = run_not_implemented,
};

/*
 * READ_MPX and WRITE_MPX are for transports without connections ([MS-CIFS] 2.2.4.23, 2.2.4.26):
 * over any other a client is told to read and write the ordinary way, which it then does.
 */
static nt_status
run_use_standard(struct request *req, void *args)
{
	(void)req;
	(void)args;
	return STATUS_SMB_USE_STANDARD;
}

const struct smb_command smb_use_standard = {
	.name = "(multiplexed)",
	.words = WORDS_FROM(0),
	.flags = NEED_TID,
	.run = run_use_standard,
};
