/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/close.h"
#include "smb/commands.h"
#include "smb/io.h"

/*
 * SMB_COM_WRITE_AND_CLOSE ([MS-CIFS] 2.2.4.40): WRITE, and CLOSE when the disk has answered,
 * whatever it said. What is refused before that leaves the file open, and so does a write of no
 * bytes, as on Windows: it sets the size and no more.
 */

struct args {
	struct io io;
	struct close close;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct reader data = in->bytes;

	a->io.fid = rd_u16(&in->words);
	a->io.len = rd_u16(&in->words);
	a->io.offset = rd_u32(&in->words);
	a->close.written = ntime_from_utime(rd_u32(&in->words));
	rd_skip(&data, 1);
	if (a->io.len != 0)
		a->io.bytes = rd_bytes(&data, a->io.len);
}

static nt_status
have_written(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	if (status == STATUS_CANCELLED || status == STATUS_INSUFF_SERVER_RESOURCES)
		return status;
	a->close.handle = a->io.handle;
	a->close.answer = status;
	return close_file(req, &a->close);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = io_for_write(req, &a->io);

	if (status != STATUS_SUCCESS)
		return status;
	if (a->io.len == 0)
		return io_truncate(req, &a->io);
	a->io.then = have_written;
	return io_write(req, &a->io);
}

const struct smb_command smb_write_and_close = {
	.name = "WRITE_AND_CLOSE",
	.words = WORDS(6) | WORDS(12),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = io_encode_count,
};
