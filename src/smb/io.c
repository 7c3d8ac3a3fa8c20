/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/io.h"

#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/command.h"

/* WordCount, 5 words, ByteCount, BufferFormat, CountOfBytesRead */
#define CORE_BLOCK_LEN 16u
#define DATA_BUFFER    0x01

/*
 * The right to execute a file reads it only for a client that says it is paging in a program
 * ([MS-CIFS] 2.2.3.1).
 */
static uint32_t
rights_to_read(const struct request *req)
{
	if ((req->hdr.flags2 & SMB_FLAGS2_PAGING_IO) != 0)
		return FILE_READ_DATA | FILE_EXECUTE;
	return FILE_READ_DATA;
}

/* Of an earlier WRITE_RAW. READ_RAW cannot say it and leaves it to the next. */
static nt_status
late_error(const struct request *req, struct handle *h)
{
	return (req->command->flags & RAW) != 0 ? h->write_error : handle_write_error(h);
}

/* Any of the rights is enough. */
static nt_status
find_file(struct request *req, struct io *io, uint32_t rights)
{
	io->handle = request_handle(req, io->fid);
	if (io->handle == NULL)
		return STATUS_INVALID_HANDLE;
	io->file = io->handle->open->file;
	if (io->file->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if ((io->handle->open->mode.access & rights) == 0)
		return STATUS_ACCESS_DENIED;
	return late_error(req, io->handle);
}

static nt_status
check_locks(const struct request *req, const struct io *io, bool write)
{
	const struct lock_range range = {
		.offset = io->offset,
		.length = io->len,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = write,
	};

	return file_lock_check(io->handle->open, &range);
}

nt_status
io_may_read(struct request *req, struct io *io)
{
	return find_file(req, io, rights_to_read(req));
}

nt_status
io_for_read(struct request *req, struct io *io)
{
	nt_status status = io_may_read(req, io);

	return status == STATUS_SUCCESS ? check_locks(req, io, false) : status;
}

nt_status
io_for_write(struct request *req, struct io *io)
{
	nt_status status = find_file(req, io, FILE_WRITE_DATA | FILE_APPEND_DATA);

	if (status != STATUS_SUCCESS)
		return status;
	if (io->len != 0 && io->bytes == NULL)
		return STATUS_INVALID_PARAMETER;
	return check_locks(req, io, true);
}

static nt_status
read_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct io *io = arg;

	(void)arena;
	if (d->nowait)
		return disk_read_cached(io->file, io->to, io->len, io->offset, &io->done);
	return disk_read(io->file, io->to, io->len, io->offset, &io->done);
}

static nt_status
and_then(struct request *req, struct io *io, nt_status status)
{
	return io->then != NULL ? io->then(req, io, status) : status;
}

static nt_status
have_read(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	io->handle->seek = io->offset + io->done;
	io->handle->open->position->at = io->handle->seek;
	return and_then(req, io, status);
}

nt_status
io_read(struct request *req, struct io *io)
{
	return request_work(req, WORK_CACHED, read_work, have_read, io);
}

static nt_status
write_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct io *io = arg;

	(void)d;
	(void)arena;
	file_before_read(io->file, &io->before);
	return disk_write(io->file, io->bytes, io->len, io->offset, &io->done);
}

static nt_status
truncate_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct io *io = arg;

	(void)d;
	(void)arena;
	file_before_read(io->file, &io->before);
	return disk_truncate(io->file, io->offset);
}

static nt_status
have_written(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	file_written(io->handle->open, &io->before);
	io->handle->seek = io->offset + io->done;
	/* Who opened the file meanwhile may have read what was there before. */
	file_oplock_changed(io->handle->open);
	return and_then(req, io, status);
}

static nt_status
have_truncated(struct request *req, void *arg, nt_status status)
{
	struct io *io = arg;

	file_resized(io->handle->open, &io->before);
	io->handle->seek = io->offset;
	file_oplock_changed(io->handle->open);
	return and_then(req, io, status);
}

nt_status
io_write(struct request *req, struct io *io)
{
	if (io->len == 0)
		return and_then(req, io, STATUS_SUCCESS);
	file_oplock_changed(io->handle->open);
	io->handle->open->written = true;
	file_before_write(io->handle->open, &io->before);
	return request_work(req, WORK_QUICK, write_work, have_written, io);
}

nt_status
io_truncate(struct request *req, struct io *io)
{
	/* To add to the end of a file is not to take from it ([MS-FSA] 2.1.5.15.4). */
	if ((io->handle->open->mode.access & FILE_WRITE_DATA) == 0)
		return STATUS_ACCESS_DENIED;
	file_oplock_changed(io->handle->open);
	io->handle->open->written = true;
	file_before_resize(io->handle->open, &io->before);
	return request_work(
	    req, disk_work_of(disk_allocated(io->file)), truncate_work, have_truncated, io);
}

size_t
io_block_at(const struct request *req)
{
	size_t at = req->reply.pos;

	return req->block_at != 0 ? (at + 3) & ~(size_t)3 : at;
}

void
io_decode(void *args, struct smb_in *in)
{
	struct io *io = args;

	io->fid = rd_u16(&in->words);
	io->len = rd_u16(&in->words);
	io->offset = rd_u32(&in->words);
	rd_skip(&in->words, 2); /* EstimateOfRemainingBytes */
}

void
io_encode_count(struct request *req, const void *args, struct writer *w)
{
	const struct io *io = args;

	(void)req;
	wr_u16(w, (uint16_t)io->done);
}

bool
io_place_core(struct request *req, struct io *io)
{
	io->to = wr_ahead(&req->reply, io_block_at(req) + CORE_BLOCK_LEN - req->reply.pos, io->len);
	return io->to != NULL;
}

void
io_encode_data(struct request *req, const void *args, struct writer *w)
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
