/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/lock.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/io.h"

/*
 * SMB_COM_WRITE_AND_UNLOCK ([MS-CIFS] 2.2.4.21, 3.3.5.23). What cannot be unlocked was written all
 * the same; what cannot be written stays locked. No bytes: neither a new size, as WRITE has it, nor
 * a lock to give back.
 */

struct args {
	struct io io;
	size_t locked;
};

/* Of DataLength and the count the smaller is written, the count unlocked. */
static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct reader data = in->bytes;
	uint16_t len;

	io_decode(&a->io, in);
	a->locked = a->io.len;
	rd_skip(&data, 1); /* BufferFormat */
	len = rd_u16(&data);
	if (rd_ok(&data) && len < a->io.len)
		a->io.len = len;
	a->io.bytes = rd_bytes(&data, a->io.len);
}

static nt_status
have_written(struct request *req, void *arg, nt_status status)
{
	const struct args *a = arg;
	const struct lock_range range = {
		.offset = a->io.offset,
		.length = a->locked,
		.pid = req->hdr.pid & 0xFFFF,
	};

	if (status != STATUS_SUCCESS || a->locked == 0)
		return status;
	return file_unlock(a->io.handle->open, &range);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = io_for_write(req, &a->io);

	a->io.then = have_written;
	return status == STATUS_SUCCESS ? io_write(req, &a->io) : status;
}

const struct smb_command smb_write_and_unlock = {
	.name = "WRITE_AND_UNLOCK",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = io_encode_count,
};
