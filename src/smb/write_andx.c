/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/io.h"

/*
 * SMB_COM_WRITE_ANDX ([MS-CIFS] 2.2.4.43, [MS-SMB] 2.2.4.3). WriteThrough is answered once the
 * kernel has the data; FLUSH is what reaches the disk.
 */

static void
decode(void *args, struct smb_in *in)
{
	struct io *io = args;
	struct reader data;
	uint16_t at;

	io->fid = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	rd_skip(&in->words, 8); /* Timeout, WriteMode, Remaining */
	io->len = (size_t)rd_u16(&in->words) << 16;
	io->len |= rd_u16(&in->words);
	at = rd_u16(&in->words);
	if (in->word_count == 14)
		io->offset |= (uint64_t)rd_u32(&in->words) << 32;
	if (io->len == 0)
		return;
	/* Behind the words, within what came; ByteCount's 16 bits do not bound large writes. */
	data = rd_at(&in->rest, at, io->len);
	io->bytes = rd_bytes(&data, io->len);
}

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status = io_for_write(req, io);

	return status == STATUS_SUCCESS ? io_write(req, io) : status;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct io *io = args;

	(void)req;
	wr_u16(w, (uint16_t)io->done);
	wr_u16(w, 0xFFFF); /* Available */
	wr_u16(w, (uint16_t)(io->done >> 16));
	wr_u16(w, 0);
}

const struct smb_command smb_write_andx = {
	.name = "WRITE_ANDX",
	.words = WORDS(12) | WORDS(14),
	.flags = NEED_TID | BY_FID | ANDX,
	.args = sizeof(struct io),
	.decode = decode,
	.run = run,
	.encode = encode,
};
