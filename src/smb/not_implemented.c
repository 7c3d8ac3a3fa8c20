/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"

/* Codes the specification knows and this server refuses, each with an error and no more. */
static nt_status
run(struct request *req, void *args)
{
	(void)req;
	(void)args;
	return STATUS_NOT_IMPLEMENTED;
}

const struct smb_command smb_not_implemented = {
	.name = "(not implemented)",
	.words = WORDS_FROM(0),
	.flags = 0,
	.run = run,
};
