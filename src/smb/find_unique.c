/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/core_search.h"

/* SMB_COM_FIND_UNIQUE ([MS-CIFS] 2.2.4.60): a search that is over with its reply. */

static nt_status
run(struct request *req, void *args)
{
	struct core_search *a = args;

	if (a->key_length != 0)
		return STATUS_INVALID_PARAMETER;
	a->once = true;
	return core_search_run(req, a);
}

const struct smb_command smb_find_unique = {
	.name = "FIND_UNIQUE",
	.words = WORDS(2),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct core_search),
	.decode = core_search_decode,
	.run = run,
	.encode = core_search_encode,
};
