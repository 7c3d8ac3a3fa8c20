/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/*
 * SMB_COM_WRITE_ANDX ([MS-CIFS] 2.2.4.43, [MS-SMB] 2.2.4.3). WriteThrough is answered once the
 * kernel has the data; FLUSH is what reaches the disk.
 */

struct args {
	uint16_t fid;
	uint64_t offset;
	struct reader data;
	const uint8_t *bytes;
	size_t len, put;
	struct handle *handle;
	const struct disk_file *file;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	uint16_t at;

	a->fid = rd_u16(&in->words);
	a->offset = rd_u32(&in->words);
	rd_skip(&in->words, 8); /* Timeout, WriteMode, Remaining */
	a->len = (size_t)rd_u16(&in->words) << 16;
	a->len |= rd_u16(&in->words);
	at = rd_u16(&in->words);
	if (in->word_count == 14)
		a->offset |= (uint64_t)rd_u32(&in->words) << 32;
	if (a->len == 0)
		return;
	/* Behind the words, within what came; ByteCount's 16 bits do not bound large writes. */
	a->data = rd_at(&in->rest, at, a->len);
	a->bytes = rd_bytes(&a->data, a->len);
}

static nt_status
write_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)d;
	(void)arena;
	return disk_write(a->file, a->bytes, a->len, a->offset, &a->put);
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)req;
	a->handle->seek = a->offset + a->put;
	return status;
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
	if ((h->open->mode.access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0)
		return STATUS_ACCESS_DENIED;
	if (a->len == 0)
		return STATUS_SUCCESS;
	if (a->bytes == NULL)
		return STATUS_INVALID_PARAMETER;
	io = (struct lock_range){ .offset = a->offset,
		.length = a->len,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = true };
	status = file_lock_check(h->open, &io);
	if (status != STATUS_SUCCESS)
		return status;
	h->open->written = true;
	a->handle = h;
	a->file = h->open->file;
	return request_work(req, WORK_QUICK, write_work, done, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, (uint16_t)a->put);
	wr_u16(w, 0xFFFF); /* Available */
	wr_u16(w, (uint16_t)(a->put >> 16));
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
