/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_UNLOCK_BYTE_RANGE ([MS-CIFS] 2.2.4.14). */

struct args {
	uint16_t fid;
	struct lock_range range;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->range.length = rd_u32(&in->words);
	a->range.offset = rd_u32(&in->words);
	a->range.exclusive = true;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	a->range.pid = req->hdr.pid & 0xFFFF;
	return file_unlock(h->open, &a->range);
}

const struct smb_command smb_unlock_byte_range = {
	.name = "UNLOCK_BYTE_RANGE",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
