/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/io.h"
#include "smb/pipe.h"

/*
 * SMB_COM_WRITE_ANDX ([MS-CIFS] 2.2.4.43, [MS-SMB] 2.2.4.3). WriteThrough is answered once the
 * kernel has the data; FLUSH is what reaches the disk.
 */

/* WriteMode: what is written to a pipe begins with the length of the message. */
#define RAW_MODE      0x0004
#define MESSAGE_START 0x0008
#define LENGTH_SIZE   2

struct args {
	struct io io;
	uint16_t mode;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct io *io = &a->io;
	struct reader data;
	uint16_t at;

	io->fid = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	rd_skip(&in->words, 4); /* Timeout */
	a->mode = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* Remaining */
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

/* The length counts as written, though it is none of the message. */
static nt_status
written_behind_length(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	(void)req;
	io->done += LENGTH_SIZE;
	return status;
}

static nt_status
write_pipe(struct request *req, struct args *a)
{
	const uint16_t start = RAW_MODE | MESSAGE_START;
	struct io *io = &a->io;

	if ((a->mode & start) != start)
		return smb_pipe_write(req, io);
	if (io->len < LENGTH_SIZE || io->bytes == NULL)
		return STATUS_INVALID_PARAMETER;
	io->bytes += LENGTH_SIZE;
	io->len -= LENGTH_SIZE;
	io->then = written_behind_length;
	return smb_pipe_write(req, io);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct io *io = &a->io;
	nt_status status;

	if (req->tree->ipc)
		return write_pipe(req, a);
	status = io_for_write(req, io);
	return status == STATUS_SUCCESS ? io_write(req, io) : status;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct io *io = &((const struct args *)args)->io;

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
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
