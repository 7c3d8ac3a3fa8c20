/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/sparse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "disk/io.h"
#include "disk/stream_file.h"

#define PIECE ((size_t)64 << 10)

static nt_status
size_of(const struct disk_file *f, uint64_t *size)
{
	struct disk_stat stream;
	struct stat st;

	if (f->stream != NULL) {
		stream_stat(f, &stream);
		*size = stream.size;
		return STATUS_SUCCESS;
	}
	if (fstat(f->fd, &st) != 0)
		return disk_status(errno);
	*size = (uint64_t)st.st_size;
	return STATUS_SUCCESS;
}

static int
allocate(int fd, int mode, uint64_t from, uint64_t n)
{
	int r;

	do
		r = fallocate(fd, mode, (off_t)from, (off_t)n);
	while (r != 0 && errno == EINTR);
	return r;
}

/* Where the file system knows no shorter way. */
static nt_status
write_zeros(const struct disk_file *f, uint64_t from, uint64_t end)
{
	void *zeros = xcalloc(1, PIECE);
	nt_status status = STATUS_SUCCESS;
	size_t n, put;

	while (status == STATUS_SUCCESS && from < end) {
		n = end - from < PIECE ? (size_t)(end - from) : PIECE;
		status = disk_write(f, zeros, n, from, &put);
		if (status == STATUS_SUCCESS && put < n)
			status = STATUS_DISK_FULL;
		from += put;
	}
	free(zeros);
	return status;
}

/* The next part with data at or behind *at, within end; false: there is none. */
static bool
next_data(int fd, uint64_t at, uint64_t end, struct disk_range *out)
{
	off_t data, hole;

	data = lseek(fd, (off_t)at, SEEK_DATA);
	if (data < 0 || (uint64_t)data >= end)
		return false;
	hole = lseek(fd, data, SEEK_HOLE);
	if (hole < 0 || (uint64_t)hole > end)
		hole = (off_t)end;
	out->offset = (uint64_t)data;
	out->length = (uint64_t)(hole - data);
	return out->length > 0;
}

static nt_status
zero_data(const struct disk_file *f, int fd, const struct disk_range *data)
{
	const int mode = FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE;

	if (allocate(fd, mode, data->offset, data->length) == 0)
		return STATUS_SUCCESS;
	return errno == EOPNOTSUPP ? write_zeros(f, data->offset, data->offset + data->length)
				   : disk_status(errno);
}

/* What is a hole already stays one: it may be larger than the disk. */
static nt_status
zero_range(const struct disk_file *f, int fd, const struct disk_range *range, bool punch)
{
	const int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	uint64_t at = range->offset, end = at + range->length;
	nt_status status = STATUS_SUCCESS;
	struct disk_range data;

	if (punch && allocate(fd, mode, at, end - at) == 0)
		return STATUS_SUCCESS;
	if (punch && errno != EOPNOTSUPP)
		return disk_status(errno);
	while (status == STATUS_SUCCESS && at < end && next_data(fd, at, end, &data)) {
		status = zero_data(f, fd, &data);
		at = data.offset + data.length;
	}
	return status;
}

nt_status
disk_zero(const struct disk_file *f, uint64_t from, uint64_t end, bool punch)
{
	uint64_t size;
	nt_status status;
	int fd;

	if (f->directory)
		return STATUS_INVALID_PARAMETER;
	if (!f->writable)
		return STATUS_ACCESS_DENIED;
	status = size_of(f, &size);
	if (status != STATUS_SUCCESS)
		return status;
	if (end > size)
		end = size;
	if (from >= end)
		return STATUS_SUCCESS;
	fd = f->stream != NULL ? stream_fd(f) : f->fd;
	if (fd < 0) /* in an attribute, which is small */
		return write_zeros(f, from, end);
	status = zero_range(f, fd, &(struct disk_range){ from, end - from }, punch);
	if (status == STATUS_SUCCESS && f->stream != NULL)
		stream_touch(f);
	return status;
}

nt_status
disk_ranges(const struct disk_file *f, struct disk_ranges *r)
{
	uint64_t at = r->window.offset, end = at + r->window.length, size;
	struct disk_range range;
	nt_status status = size_of(f, &size);

	r->n = 0;
	if (status != STATUS_SUCCESS)
		return status;
	if (end > size)
		end = size;
	while (at < end) {
		range = (struct disk_range){ at, end - at };
		if (r->sparse && f->stream == NULL && !next_data(f->fd, at, end, &range))
			break;
		if (r->n == r->room)
			return STATUS_BUFFER_OVERFLOW;
		r->out[r->n++] = range;
		at = range.offset + range.length;
	}
	return STATUS_SUCCESS;
}

static nt_status
copy_by_hand(struct disk_copy *c)
{
	unsigned char *piece = xcalloc(1, PIECE);
	nt_status status = STATUS_SUCCESS;
	size_t n, got, put;

	while (status == STATUS_SUCCESS && c->done < c->length) {
		n = c->length - c->done < PIECE ? c->length - c->done : PIECE;
		status = disk_read(c->from, piece, n, c->from_offset + c->done, &got);
		if (status != STATUS_SUCCESS || got == 0)
			break;
		status = disk_write(c->to, piece, got, c->to_offset + c->done, &put);
		c->done += put;
		if (status == STATUS_SUCCESS && put < got)
			status = STATUS_DISK_FULL;
	}
	free(piece);
	return status;
}

/* 0, or errno. */
static int
copy_by_kernel(struct disk_copy *c)
{
	ssize_t n = 1;

	while (c->done < c->length && n > 0) {
		off_t in = (off_t)(c->from_offset + c->done), out = (off_t)(c->to_offset + c->done);

		n = copy_file_range(c->from->fd, &in, c->to->fd, &out, c->length - c->done, 0);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			c->done += (size_t)n;
	}
	return n < 0 ? errno : 0;
}

static bool
copies_otherwise(int error)
{
	return error == EXDEV || error == EINVAL || error == EOPNOTSUPP || error == ENOSYS ||
	    error == EBADF;
}

nt_status
disk_copy_range(struct disk_copy *c)
{
	uint64_t size;
	nt_status status;
	int error;

	c->done = 0;
	if (!c->from->readable || !c->to->writable)
		return STATUS_ACCESS_DENIED;
	if (c->to_offset > INT64_MAX || c->length > INT64_MAX - c->to_offset)
		return STATUS_INVALID_PARAMETER;
	status = size_of(c->from, &size);
	if (status != STATUS_SUCCESS)
		return status;
	if (c->from_offset > size || c->length > size - c->from_offset)
		return STATUS_INVALID_VIEW_SIZE;
	if (c->from->stream != NULL || c->to->stream != NULL)
		return copy_by_hand(c);
	error = copy_by_kernel(c);
	if (copies_otherwise(error))
		return copy_by_hand(c);
	return disk_status(error);
}
