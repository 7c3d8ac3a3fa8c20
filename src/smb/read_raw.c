/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/io.h"

/*
 * SMB_COM_READ_RAW ([MS-CIFS] 2.2.4.22): the answer is the bytes and nothing else, so none of them
 * may mean the end of the file, or that something is wrong: the client then asks again with READ.
 * MinCountOfBytesToReturn and Timeout are for pipes.
 */

static void
decode(void *args, struct smb_in *in)
{
	struct io *io = args;

	io->fid = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	io->len = rd_u16(&in->words);
	rd_skip(&in->words, 8); /* MinCountOfBytesToReturn, Timeout, Reserved */
	if (in->word_count == 10)
		io->offset |= (uint64_t)rd_u32(&in->words) << 32;
}

/*
 * A client asked to give up an oplock may take what tells it for the bytes it asked for here. With
 * none it answers the one and asks again for the other ([MS-CIFS] 3.2.5.16).
 */
static bool
is_asked_itself(const struct conn *c)
{
	const struct handle *h;
	uint32_t pos = 0;

	while ((h = idmap_next(&c->handles, &pos)) != NULL) {
		if (h->open != NULL && h->open->oplock.breaking)
			return true;
	}
	return false;
}

static nt_status
run(struct request *req, void *args)
{
	struct io *io = args;
	nt_status status;

	/* There is no place for a signature. */
	if (signing_active(&req->conn->signing) || is_asked_itself(req->conn))
		return STATUS_SMB_USE_STANDARD;
	status = io_for_read(req, io);
	if (status != STATUS_SUCCESS)
		return status;
	wr_rewind(&req->reply, 0);
	io->to = wr_ahead(&req->reply, 0, io->len);
	return io->to != NULL ? io_read(req, io) : STATUS_INSUFF_SERVER_RESOURCES;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct io *io = args;

	(void)req;
	wr_filled(w, io->done);
}

const struct smb_command smb_read_raw = {
	.name = "READ_RAW",
	.words = WORDS(8) | WORDS(10),
	.flags = NEED_DISK | BY_FID | RAW,
	.args = sizeof(struct io),
	.decode = decode,
	.run = run,
	.encode = encode,
};
