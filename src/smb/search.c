/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/core_search.h"

/* SMB_COM_SEARCH ([MS-CIFS] 2.2.4.58). */
const struct smb_command smb_search = {
	.name = "SEARCH",
	.words = WORDS(2),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct core_search),
	.decode = core_search_decode,
	.run = core_search_run,
	.encode = core_search_encode,
};
