/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/io.h"
#include "smb/pipe.h"

/* SMB_COM_WRITE ([MS-CIFS] 2.2.4.12): no bytes set the size of the file to the offset. */

static void
decode(void *args, struct smb_in *in)
{
	struct io *io = args;
	struct reader data = in->bytes;

	io_decode(io, in);
	/* BufferFormat, and DataLength, which says the same as the count or less truly. */
	rd_skip(&data, 3);
	if (io->len != 0)
		io->bytes = rd_bytes(&data, io->len);
}

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status;

	if (req->tree->ipc)
		return smb_pipe_write(req, io);
	status = io_for_write(req, io);
	if (status != STATUS_SUCCESS)
		return status;
	return io->len != 0 ? io_write(req, io) : io_truncate(req, io);
}

const struct smb_command smb_write = {
	.name = "WRITE",
	.words = WORDS(5),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct io),
	.decode = decode,
	.run = run,
	.encode = io_encode_count,
};
