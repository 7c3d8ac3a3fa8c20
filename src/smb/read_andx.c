/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/io.h"

/* SMB_COM_READ_ANDX ([MS-CIFS] 2.2.4.42, [MS-SMB] 2.2.4.2). */

/* With its header a reply stays below the 17 bits a NetBIOS session can say. */
#define MAX_READ 126976u
/* From the start of the block: WordCount, 12 words, ByteCount. */
#define BLOCK_LEN 27u

struct args {
	uint16_t fid;
	uint64_t offset;
	uint32_t count;
	/* the answer */
	struct handle *handle;
	const struct disk_file *file;
	uint8_t *buf;
	size_t data_at, got;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	uint32_t high;

	a->fid = rd_u16(&in->words);
	a->offset = rd_u32(&in->words);
	a->count = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* MinCountOfBytesToReturn: for pipes */
	high = rd_u32(&in->words);
	rd_skip(&in->words, 2); /* Remaining */
	if (in->word_count == 12)
		a->offset |= (uint64_t)rd_u32(&in->words) << 32;
	/*
	 * The field is the Timeout of pipes, or MaxCountHigh of large reads; 0xFFFFFFFF and 0xFFFF
	 * are no count.
	 */
	if ((high & 0xFFFF) != 0xFFFF)
		a->count |= (high & 0xFFFF) << 16;
}

static nt_status
read_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	if (d->nowait)
		return disk_read_cached(a->file, a->buf, a->count, a->offset, &a->got);
	return disk_read(a->file, a->buf, a->count, a->offset, &a->got);
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)req;
	a->handle->seek = a->handle->position = a->offset + a->got;
	return status;
}

/*
 * The data is read to where it will stand in the reply: in front of it this block, behind a chain
 * aligned to 4.
 */
static bool
place(struct request *req, struct args *a)
{
	size_t block = req->block_at != 0 ? (req->reply.pos + 3) & ~(size_t)3 : req->reply.pos;

	a->data_at = (block + BLOCK_LEN + 3) & ~(size_t)3;
	if (a->data_at > UINT16_MAX)
		return false;
	a->buf = wr_ahead(&req->reply, a->data_at - req->reply.pos, a->count);
	return a->buf != NULL;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);
	struct lock_range io;
	nt_status status;

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if (h->open->file->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!may_read(req, h))
		return STATUS_ACCESS_DENIED;
	if (a->count > MAX_READ)
		a->count = MAX_READ;
	io = (struct lock_range){ .offset = a->offset,
		.length = a->count,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = false };
	status = file_lock_check(h->open, &io);
	if (status != STATUS_SUCCESS)
		return status;
	a->handle = h;
	a->file = h->open->file;
	if (!place(req, a))
		return STATUS_INSUFF_SERVER_RESOURCES;
	return request_work(req, WORK_CACHED, read_work, done, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, 0xFFFF); /* Available: files do not say */
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_u16(w, (uint16_t)a->got);
	wr_u16(w, (uint16_t)a->data_at);
	wr_u16(w, (uint16_t)(a->got >> 16));
	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_zero(w, a->data_at - w->pos);
	wr_filled(w, a->got);
}

const struct smb_command smb_read_andx = {
	.name = "READ_ANDX",
	.words = WORDS(10) | WORDS(12),
	.flags = NEED_TID | BY_FID | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
