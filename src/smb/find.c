/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/core_search.h"

/* SMB_COM_FIND ([MS-CIFS] 2.2.4.59). */
const struct smb_command smb_find = {
	.name = "FIND",
	.words = WORDS(2),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct core_search),
	.decode = core_search_decode,
	.run = core_search_run,
	.encode = core_search_encode,
};
