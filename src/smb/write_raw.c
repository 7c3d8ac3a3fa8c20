/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "server/handle.h"
#include "server/raw.h"
#include "smb/commands.h"
#include "smb/dispatch.h"
#include "smb/io.h"
#include "wire/frame.h"

/*
 * SMB_COM_WRITE_RAW ([MS-CIFS] 2.2.4.25, 3.3.5.26):
 *
 *   request, with the first bytes --written--> interim reply, the rest is awaited
 *   awaited --the next message, all data--> written; WRITE_COMPLETE if the client asked for it
 *
 * One at a time: who asks while another's data are due is refused, before anything is written.
 *
 * An error before the interim reply ends it with WRITE_COMPLETE, and so do bytes that all came in
 * the request. A client that does not ask for WRITE_COMPLETE is told of a later error when it uses
 * the file next.
 */

#define WRITE_THROUGH 0x0001

struct args {
	struct io io;
	size_t first;   /* bytes in the request */
	size_t total;   /* in it and in the message that follows */
	size_t written; /* so far */
	bool write_through, interim;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct io *io = &a->io;
	struct reader data;
	uint16_t at;

	io->fid = rd_u16(&in->words);
	a->total = rd_u16(&in->words);
	rd_skip(&in->words, 2);
	io->offset = rd_u32(&in->words);
	rd_skip(&in->words, 4); /* Timeout: for pipes */
	a->write_through = (rd_u16(&in->words) & WRITE_THROUGH) != 0;
	rd_skip(&in->words, 4);
	a->first = rd_u16(&in->words);
	at = rd_u16(&in->words);
	if (in->word_count == 14)
		io->offset |= (uint64_t)rd_u32(&in->words) << 32;
	data = a->first != 0 ? rd_at(&in->bytes, at, a->first) : in->bytes;
	io->bytes = rd_bytes(&data, a->first);
	if (!rd_ok(&data) || a->first > a->total)
		in->bytes.bad = true;
}

/* Who did not ask for an answer gets none. */
static nt_status
complete(struct request *req, const struct args *a, nt_status status)
{
	if (a->write_through)
		return status;
	if (status != STATUS_SUCCESS && status != STATUS_CANCELLED)
		a->io.handle->write_error = status;
	req->silent = true;
	return status;
}

static nt_status
have_rest(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	a->written += a->io.done;
	return complete(req, a, status);
}

static nt_status
write_rest(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;
	struct io *io = &a->io;

	if (status != STATUS_SUCCESS)
		return complete(req, a, status);
	io->offset += a->first;
	io->len = a->total - a->first;
	if (io->len > req->frame->len)
		io->len = req->frame->len;
	io->bytes = req->frame->smb;
	io->then = have_rest;
	/* Another may have got a lock since. */
	status = io_for_write(req, io);
	return status == STATUS_SUCCESS ? io_write(req, io) : complete(req, a, status);
}

static nt_status
have_first(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	a->written = a->io.done;
	if (status != STATUS_SUCCESS || a->first == a->total)
		return status;
	a->interim = true;
	dispatch_reply_part(req, STATUS_SUCCESS);
	a->interim = false;
	return request_wait_raw(req, write_rest, a);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct io *io = &a->io;
	nt_status status;

	if (signing_active(&req->conn->signing))
		return STATUS_SMB_USE_STANDARD;
	io->len = a->total;
	status = io_for_write(req, io);
	if (status != STATUS_SUCCESS)
		return status;
	if (a->first < a->total && !request_claim_raw(req))
		return STATUS_SMB_USE_STANDARD;
	io->len = a->first;
	io->then = have_first;
	return io_write(req, io);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	/* Available, which files do not say; or Count. */
	wr_u16(w, a->interim ? 0xFFFF : (uint16_t)a->written);
}

const struct smb_command smb_write_raw = {
	.name = "WRITE_RAW",
	.words = WORDS(12) | WORDS(14),
	.flags = NEED_DISK | BY_FID | COMPLETE,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
