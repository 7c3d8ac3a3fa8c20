/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/io.h"

/* SMB_COM_READ ([MS-CIFS] 2.2.4.11). */

#define BLOCK_LEN   16u /* WordCount, 5 words, ByteCount, BufferFormat, CountOfBytesRead */
#define DATA_BUFFER 0x01

static void
decode(void *args, struct smb_in *in)
{
	struct io *io = args;

	io->fid = rd_u16(&in->words);
	io->len = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	rd_skip(&in->words, 2); /* EstimateOfRemainingBytesToBeRead */
}

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status = io_for_read(req, io);

	if (status != STATUS_SUCCESS)
		return status;
	io->to = wr_ahead(&req->reply, io_block_at(req) + BLOCK_LEN - req->reply.pos, io->len);
	return io->to != NULL ? io_read(req, io) : STATUS_INSUFF_SERVER_RESOURCES;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct io *io = args;

	(void)req;
	wr_u16(w, (uint16_t)io->done);
	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_u8(w, DATA_BUFFER);
	wr_u16(w, (uint16_t)io->done);
	wr_filled(w, io->done);
}

const struct smb_command smb_read = {
	.name = "READ",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct io),
	.decode = decode,
	.run = run,
	.encode = encode,
};
