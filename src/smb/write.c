/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_WRITE ([MS-CIFS] 2.2.4.12): no bytes set the size of the file to the offset. */

struct args {
	uint16_t fid, count;
	uint32_t offset;
	const uint8_t *bytes;
	size_t put;
	struct handle *handle;
	const struct disk_file *file;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;
	struct reader data;

	a->fid = rd_u16(&in->words);
	a->count = rd_u16(&in->words);
	a->offset = rd_u32(&in->words);
	rd_skip(&in->words, 2);
	if (a->count == 0)
		return;
	/* BufferFormat, and DataLength, which says the same as Count or less truly. */
	data = in->bytes;
	rd_skip(&data, 3);
	a->bytes = rd_bytes(&data, a->count);
}

static nt_status
write_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)d;
	(void)arena;
	if (a->count == 0)
		return disk_truncate(a->file, a->offset);
	return disk_write(a->file, a->bytes, a->count, a->offset, &a->put);
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
	if (a->count != 0 && a->bytes == NULL)
		return STATUS_INVALID_PARAMETER;
	io = (struct lock_range){ .offset = a->offset,
		.length = a->count,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = true };
	status = file_lock_check(h->open, &io);
	if (status != STATUS_SUCCESS)
		return status;
	h->open->written = true;
	a->handle = h;
	a->file = h->open->file;
	return request_work(req, a->count == 0 ? disk_work_of(disk_allocated(a->file)) : WORK_QUICK,
	    write_work, done, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, (uint16_t)a->put);
}

const struct smb_command smb_write = {
	.name = "WRITE",
	.words = WORDS(5),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
