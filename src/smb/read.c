/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/io.h"

/* SMB_COM_READ ([MS-CIFS] 2.2.4.11). */

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status = io_for_read(req, io);

	if (status != STATUS_SUCCESS)
		return status;
	return io_place_core(req, io) ? io_read(req, io) : STATUS_INSUFF_SERVER_RESOURCES;
}

const struct smb_command smb_read = {
	.name = "READ",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct io),
	.decode = io_decode,
	.run = run,
	.encode = io_encode_data,
};
