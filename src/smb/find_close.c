/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/search.h"
#include "smb/commands.h"
#include "smb/core_search.h"

/* SMB_COM_FIND_CLOSE ([MS-CIFS] 2.2.4.61): ends the search of a resume key. */

static nt_status
run(struct request *req, void *args)
{
	const struct core_search *a = args;
	struct search *s = core_search_of(req, a);

	if (s == NULL)
		return STATUS_INVALID_HANDLE;
	search_close(s);
	return STATUS_SUCCESS;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	(void)req;
	(void)args;
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 0x05);
	wr_u16(w, 0);
}

const struct smb_command smb_find_close = {
	.name = "FIND_CLOSE",
	.words = WORDS(2),
	.flags = NEED_DISK,
	.args = sizeof(struct core_search),
	.decode = core_search_decode,
	.run = run,
	.encode = encode,
};
