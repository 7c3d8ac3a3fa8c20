/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_LOCK_BYTE_RANGE and SMB_COM_UNLOCK_BYTE_RANGE ([MS-CIFS] 2.2.4.13, 2.2.4.14). */

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

/* The open to lock, NULL when the FID is none; the range becomes the caller's. */
static struct open *
open_of(struct request *req, struct args *a)
{
	struct handle *h = request_handle(req, a->fid);

	a->range.pid = req->hdr.pid & 0xFFFF;
	return h != NULL ? h->open : NULL;
}

static nt_status
run_lock(struct request *req, void *args)
{
	struct args *a = args;
	struct open *o = open_of(req, a);

	return o != NULL ? file_lock(o, &a->range, false) : STATUS_INVALID_HANDLE;
}

static nt_status
run_unlock(struct request *req, void *args)
{
	struct args *a = args;
	struct open *o = open_of(req, a);

	return o != NULL ? file_unlock(o, &a->range) : STATUS_INVALID_HANDLE;
}

const struct smb_command smb_lock_byte_range = {
	.name = "LOCK_BYTE_RANGE",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run_lock,
};

const struct smb_command smb_unlock_byte_range = {
	.name = "UNLOCK_BYTE_RANGE",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run_unlock,
};
