/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/io.h"
#include "smb/pipe.h"

/* SMB_COM_READ ([MS-CIFS] 2.2.4.11). */

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status = req->tree->ipc ? STATUS_SUCCESS : io_for_read(req, io);

	if (status != STATUS_SUCCESS)
		return status;
	if (!io_place_core(req, io))
		return STATUS_INSUFF_SERVER_RESOURCES;
	return req->tree->ipc ? smb_pipe_read(req, io) : io_read(req, io);
}

const struct smb_command smb_read = {
	.name = "READ",
	.words = WORDS(5),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct io),
	.decode = io_decode,
	.run = run,
	.encode = io_encode_data,
};
