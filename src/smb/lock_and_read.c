/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/lock.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/io.h"

/* SMB_COM_LOCK_AND_READ ([MS-CIFS] 2.2.4.20): who gets the lock gets the bytes. */

/* All that was asked for is locked, however much of it the file has. */
static struct lock_range
range_of(const struct request *req, const struct io *io)
{
	return (struct lock_range){
		.offset = io->offset,
		.length = io->len,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = true,
	};
}

static nt_status
undo(struct request *req, const struct io *io, nt_status status)
{
	const struct lock_range range = range_of(req, io);

	file_lock_undo(io->handle->open, &range);
	return status;
}

static nt_status
have_read(struct request *req, void *arg, nt_status status)
{
	return status == STATUS_SUCCESS ? status : undo(req, arg, status);
}

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	const struct lock_range range = range_of(req, io);
	nt_status status = io_may_read(req, io);

	if (status == STATUS_SUCCESS)
		status = file_lock(io->handle->open, &range, false);
	if (status != STATUS_SUCCESS)
		return status;
	if (!io_place_core(req, io))
		return undo(req, io, STATUS_INSUFF_SERVER_RESOURCES);
	io->then = have_read;
	return io_read(req, io);
}

const struct smb_command smb_lock_and_read = {
	.name = "LOCK_AND_READ",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct io),
	.decode = io_decode,
	.run = run,
	.encode = io_encode_data,
};
