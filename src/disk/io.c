/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include "disk/stream_file.h"
#include "disk/watch.h"

#define OFFSET_MAX ((uint64_t)INT64_MAX)

/* Where the content is; -1: in an attribute, as far as is known. */
static int
content_fd(const struct disk_file *f)
{
	return f->stream != NULL ? stream_fd(f) : f->fd;
}

static nt_status
check_read(const struct disk_file *f)
{
	if (f->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	return f->readable ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* All that can be had; 0, or errno. */
static int
read_all(int fd, struct iovec to, uint64_t off, int flags, size_t *got)
{
	struct iovec rest = to;
	ssize_t n;

	while (*got < to.iov_len && off <= OFFSET_MAX - *got) {
		rest.iov_base = (unsigned char *)to.iov_base + *got;
		rest.iov_len = to.iov_len - *got;
		n = preadv2(fd, &rest, 1, (off_t)(off + *got), flags);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return errno;
		if (n > 0)
			*got += (size_t)n;
	}
	return 0;
}

static nt_status
read_attr(const struct disk_file *f, struct iovec to, uint64_t off, size_t *got)
{
	struct stream_content c;
	int fd;
	nt_status status = stream_read_attr(f, &c, &fd);

	if (status != STATUS_SUCCESS)
		return status;
	if (fd >= 0)
		return disk_status(read_all(fd, to, off, 0, got));
	if (off < c.size) {
		*got = c.size - off < to.iov_len ? c.size - off : to.iov_len;
		memcpy(to.iov_base, c.bytes + off, *got);
	}
	free(c.bytes);
	return STATUS_SUCCESS;
}

nt_status
disk_read(const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got)
{
	nt_status status = check_read(f);

	*got = 0;
	if (status != STATUS_SUCCESS)
		return status;
	if (content_fd(f) < 0)
		return read_attr(f, (struct iovec){ buf, n }, off, got);
	return disk_status(read_all(content_fd(f), (struct iovec){ buf, n }, off, 0, got));
}

nt_status
disk_read_cached(const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got)
{
	nt_status status = check_read(f);
	int error;

	*got = 0;
	if (status != STATUS_SUCCESS)
		return status;
	if (content_fd(f) < 0)
		return read_attr(f, (struct iovec){ buf, n }, off, got);
	error = read_all(content_fd(f), (struct iovec){ buf, n }, off, RWF_NOWAIT, got);
	if (error == EAGAIN || error == EOPNOTSUPP)
		return STATUS_CANT_WAIT;
	return disk_status(error);
}

static nt_status
write_all(int fd, struct iovec from, uint64_t off, size_t *put)
{
	const unsigned char *p = from.iov_base;
	ssize_t w = 0;

	while (*put < from.iov_len) {
		w = pwrite(fd, p + *put, from.iov_len - *put, (off_t)(off + *put));
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		*put += (size_t)w;
	}
	if (*put == from.iov_len || *put > 0)
		return STATUS_SUCCESS;
	return disk_status(w < 0 ? errno : ENOSPC);
}

static nt_status
write_stream(const struct disk_file *f, struct iovec from, uint64_t off, size_t *put)
{
	const struct stream_change c = { from.iov_base, from.iov_len, off };
	nt_status status = STATUS_SUCCESS;
	int fd = stream_fd(f);

	if (fd < 0)
		status = stream_change_attr(f, &c, &fd);
	if (status == STATUS_SUCCESS && fd < 0)
		*put = from.iov_len;
	else if (status == STATUS_SUCCESS)
		status = write_all(fd, from, off, put);
	if (status == STATUS_SUCCESS)
		stream_touch(f);
	return status;
}

nt_status
disk_write(const struct disk_file *f, const void *buf, size_t n, uint64_t off, size_t *put)
{
	*put = 0;
	if (f->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!f->writable)
		return STATUS_ACCESS_DENIED;
	if (off > OFFSET_MAX || n > OFFSET_MAX - off)
		return STATUS_INVALID_PARAMETER;
	if (n == 0)
		return STATUS_SUCCESS;
	if (f->stream != NULL)
		return write_stream(f, (struct iovec){ (void *)(uintptr_t)buf, n }, off, put);
	return write_all(f->fd, (struct iovec){ (void *)(uintptr_t)buf, n }, off, put);
}

static int
truncate_to(int fd, uint64_t size)
{
	int r;

	do
		r = ftruncate(fd, (off_t)size);
	while (r != 0 && errno == EINTR);
	return r;
}

static nt_status
check_size(const struct disk_file *f, uint64_t size)
{
	if (f->directory || size > OFFSET_MAX)
		return STATUS_INVALID_PARAMETER;
	return f->writable ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

nt_status
disk_truncate(const struct disk_file *f, uint64_t size)
{
	const struct stream_change c = { NULL, 0, size };
	nt_status status = check_size(f, size);
	struct watch_own own;
	int fd;

	if (status != STATUS_SUCCESS)
		return status;
	fd = content_fd(f);
	if (fd < 0)
		status = stream_change_attr(f, &c, &fd);
	if (status != STATUS_SUCCESS || fd < 0)
		return status;
	watch_own_begin(f->root, fd, FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_ATTRIBUTES, &own);
	status = truncate_to(fd, size) == 0 ? STATUS_SUCCESS : disk_status(errno);
	watch_own_end(&own);
	return status;
}

/* A file system may reserve all it has before it finds that this was not enough. */
static bool
has_room(int fd, uint64_t bytes)
{
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0 || fs.f_bsize <= 0)
		return true;
	return bytes / (uint64_t)fs.f_bsize < (uint64_t)fs.f_bavail;
}

static nt_status
reserve(int fd, uint64_t bytes, uint64_t allocated)
{
	int r;

	if (!has_room(fd, bytes - allocated))
		return STATUS_DISK_FULL;
	do
		r = fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)bytes);
	while (r != 0 && errno == EINTR);
	/* Where space cannot be reserved the request is a hint. */
	return r == 0 || errno == EOPNOTSUPP ? STATUS_SUCCESS : disk_status(errno);
}

/* Where a file ends at the latest that is to have so many bytes of space. */
static uint64_t
end_of_space(uint64_t bytes)
{
	return (bytes + DISK_CLUSTER - 1) / DISK_CLUSTER * DISK_CLUSTER;
}

static nt_status
allocate_attr(const struct disk_file *f, uint64_t bytes)
{
	struct stream_content c;
	int fd;
	nt_status status = stream_read_attr(f, &c, &fd);

	if (status != STATUS_SUCCESS)
		return status;
	free(c.bytes);
	if (fd >= 0)
		return disk_allocate(f, bytes);
	if (end_of_space(bytes) < c.size)
		return disk_truncate(f, end_of_space(bytes));
	/* What will not fit the attribute is not reserved, but must have a place to go. */
	return has_room(f->fd, bytes) ? STATUS_SUCCESS : STATUS_DISK_FULL;
}

nt_status
disk_allocate(const struct disk_file *f, uint64_t bytes)
{
	nt_status status = check_size(f, bytes);
	uint64_t allocated;
	struct stat st;
	int fd;

	if (status != STATUS_SUCCESS)
		return status;
	fd = content_fd(f);
	if (fd < 0)
		return allocate_attr(f, bytes);
	if (fstat(fd, &st) != 0)
		return disk_status(errno);
	if (end_of_space(bytes) < (uint64_t)st.st_size)
		return disk_truncate(f, end_of_space(bytes));
	/*
	 * What was reserved behind the end stays: only a truncation to the present size would
	 * give it back, and that would cut off what somebody else appends meanwhile.
	 */
	allocated = (uint64_t)st.st_blocks * 512;
	return bytes > allocated ? reserve(fd, bytes, allocated) : STATUS_SUCCESS;
}

uint64_t
disk_allocated(const struct disk_file *f)
{
	struct stat st;

	return fstat(content_fd(f), &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
}

bool
disk_times(const struct disk_file *f, ntime *written, ntime *changed)
{
	struct stat st;

	if (fstat(f->fd, &st) != 0)
		return false;
	*written = ntime_from_timespec(st.st_mtim);
	*changed = ntime_from_timespec(st.st_ctim);
	return true;
}

nt_status
disk_sync(const struct disk_file *f)
{
	if (f->stream != NULL && stream_fd(f) >= 0 && fsync(stream_fd(f)) != 0)
		return disk_status(errno);
	if (f->path_only)
		return STATUS_SUCCESS;
	if (fsync(f->fd) == 0 || errno == EINVAL || errno == EROFS)
		return STATUS_SUCCESS;
	return disk_status(errno);
}
