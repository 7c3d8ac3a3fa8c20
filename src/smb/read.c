/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"
#include "smb/io.h"

/* SMB_COM_READ ([MS-CIFS] 2.2.4.11). */

#define BLOCK_LEN   16u /* WordCount, 5 words, ByteCount, BufferFormat, CountOfBytesRead */
#define DATA_BUFFER 0x01

struct args {
	uint16_t fid, count;
	uint32_t offset;
	struct handle *handle;
	const struct disk_file *file;
	uint8_t *buf;
	size_t got;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->count = rd_u16(&in->words);
	a->offset = rd_u32(&in->words);
	rd_skip(&in->words, 2);
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

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);
	struct lock_range io;
	nt_status status;
	size_t block = req->block_at != 0 ? (req->reply.pos + 3) & ~(size_t)3 : req->reply.pos;

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if (h->open->file->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!may_read(req, h))
		return STATUS_ACCESS_DENIED;
	io = (struct lock_range){ .offset = a->offset,
		.length = a->count,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = false };
	status = file_lock_check(h->open, &io);
	if (status != STATUS_SUCCESS)
		return status;
	a->handle = h;
	a->file = h->open->file;
	a->buf = wr_ahead(&req->reply, block + BLOCK_LEN - req->reply.pos, a->count);
	if (a->buf == NULL)
		return STATUS_INSUFF_SERVER_RESOURCES;
	return request_work(req, WORK_CACHED, read_work, done, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, (uint16_t)a->got);
	wr_zero(w, 8);
	wr_block_bytes(w);
	wr_u8(w, DATA_BUFFER);
	wr_u16(w, (uint16_t)a->got);
	wr_filled(w, a->got);
}

const struct smb_command smb_read = {
	.name = "READ",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
