/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/io.h"
#include "smb/pipe.h"

/* SMB_COM_READ_ANDX ([MS-CIFS] 2.2.4.42, [MS-SMB] 2.2.4.2). */

/* With its header a reply stays below the 17 bits a NetBIOS session can say. */
#define MAX_READ 126976u
/* What a client of the UNIX extensions may have at once, where the transport can say it. */
#define MAX_UNIX_READ (1u << 20)
/* From the start of the block: WordCount, 12 words, ByteCount. */
#define BLOCK_LEN 27u

struct read_andx {
	struct io io;
	size_t data_at; /* in the reply, from its header */
};

static void
decode(void *args, struct smb_in *in)
{
	struct read_andx *a = args;
	struct io *io = &a->io;
	uint32_t high;

	io->fid = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	io->len = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* MinCountOfBytesToReturn: for pipes */
	high = rd_u32(&in->words);
	rd_skip(&in->words, 2); /* Remaining */
	if (in->word_count == 12)
		io->offset |= (uint64_t)rd_u32(&in->words) << 32;
	/*
	 * The field is the Timeout of pipes, or MaxCountHigh of large reads; 0xFFFFFFFF and 0xFFFF
	 * are no count.
	 */
	if ((high & 0xFFFF) != 0xFFFF)
		io->len |= (high & 0xFFFF) << 16;
	if (io->len > MAX_UNIX_READ)
		io->len = MAX_UNIX_READ;
}

/* Who has much under way already gets no more at once than others. */
static size_t
max_read(const struct request *req)
{
	return (req->tree->unix_caps & UNIX_CAP_LARGE_READ) != 0 && !req->conn->netbios &&
		!conn_is_busy(req->conn)
	    ? MAX_UNIX_READ
	    : MAX_READ;
}

/* The data is read to where it will stand in the reply: behind this block, aligned to 4. */
static bool
place(struct request *req, struct read_andx *a)
{
	a->data_at = (io_block_at(req) + BLOCK_LEN + 3) & ~(size_t)3;
	if (a->data_at > UINT16_MAX)
		return false;
	if (a->io.len > MAX_READ)
		req->reply.max += MAX_UNIX_READ - MAX_READ;
	a->io.to = wr_ahead(&req->reply, a->data_at - req->reply.pos, a->io.len);
	return a->io.to != NULL;
}

static nt_status
run(struct request *req, void *args)
{
	struct read_andx *a = args;
	const size_t max = max_read(req);
	nt_status status;

	if (a->io.len > max)
		a->io.len = max;
	status = req->tree->ipc ? STATUS_SUCCESS : io_for_read(req, &a->io);
	if (status != STATUS_SUCCESS)
		return status;
	if (!place(req, a))
		return STATUS_INSUFF_SERVER_RESOURCES;
	return req->tree->ipc ? smb_pipe_read(req, &a->io) : io_read(req, &a->io);
}

/* What is left in a pipe; files do not say. */
static uint16_t
available(const struct handle *h)
{
	if (h->pipe == NULL || h->pipe->unread > UINT16_MAX)
		return UINT16_MAX;
	return (uint16_t)h->pipe->unread;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct read_andx *a = args;

	(void)req;
	wr_u16(w, available(a->io.handle));
	wr_u16(w, 0); /* DataCompactionMode */
	wr_u16(w, 0);
	wr_u16(w, (uint16_t)a->io.done);
	wr_u16(w, (uint16_t)a->data_at);
	wr_u16(w, (uint16_t)(a->io.done >> 16));
	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_zero(w, a->data_at - w->pos);
	wr_filled(w, a->io.done);
}

const struct smb_command smb_read_andx = {
	.name = "READ_ANDX",
	.words = WORDS(10) | WORDS(12),
	.flags = NEED_TID | BY_FID | ANDX,
	.args = sizeof(struct read_andx),
	.decode = decode,
	.run = run,
	.encode = encode,
};
