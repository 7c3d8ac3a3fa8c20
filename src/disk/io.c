/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <unistd.h>

#define OFFSET_MAX ((uint64_t)INT64_MAX)

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

nt_status
disk_read(const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got)
{
	nt_status status = check_read(f);

	*got = 0;
	if (status != STATUS_SUCCESS)
		return status;
	return disk_status(read_all(f->fd, (struct iovec){ buf, n }, off, 0, got));
}

nt_status
disk_read_cached(const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got)
{
	nt_status status = check_read(f);
	int error;

	*got = 0;
	if (status != STATUS_SUCCESS)
		return status;
	error = read_all(f->fd, (struct iovec){ buf, n }, off, RWF_NOWAIT, got);
	if (error == EAGAIN || error == EOPNOTSUPP)
		return STATUS_CANT_WAIT;
	return disk_status(error);
}

nt_status
disk_write(const struct disk_file *f, const void *buf, size_t n, uint64_t off, size_t *put)
{
	const unsigned char *p = buf;
	ssize_t w = 0;

	*put = 0;
	if (f->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if (!f->writable)
		return STATUS_ACCESS_DENIED;
	if (off > OFFSET_MAX || n > OFFSET_MAX - off)
		return STATUS_INVALID_PARAMETER;
	while (*put < n) {
		w = pwrite(f->fd, p + *put, n - *put, (off_t)(off + *put));
		if (w < 0 && errno == EINTR)
			continue;
		if (w <= 0)
			break;
		*put += (size_t)w;
	}
	if (*put == n || *put > 0)
		return STATUS_SUCCESS;
	return disk_status(w < 0 ? errno : ENOSPC);
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
	nt_status status = check_size(f, size);

	if (status != STATUS_SUCCESS)
		return status;
	return truncate_to(f->fd, size) == 0 ? STATUS_SUCCESS : disk_status(errno);
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

nt_status
disk_allocate(const struct disk_file *f, uint64_t bytes)
{
	nt_status status = check_size(f, bytes);
	uint64_t allocated;
	struct stat st;

	if (status != STATUS_SUCCESS)
		return status;
	if (fstat(f->fd, &st) != 0)
		return disk_status(errno);
	if (bytes < (uint64_t)st.st_size)
		return disk_truncate(f, bytes);
	/*
	 * What was reserved behind the end stays: only a truncation to the present size would
	 * give it back, and that would cut off what somebody else appends meanwhile.
	 */
	allocated = (uint64_t)st.st_blocks * 512;
	return bytes > allocated ? reserve(f->fd, bytes, allocated) : STATUS_SUCCESS;
}

uint64_t
disk_allocated(const struct disk_file *f)
{
	struct stat st;

	return fstat(f->fd, &st) == 0 ? (uint64_t)st.st_blocks * 512 : 0;
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
	if (f->path_only)
		return STATUS_SUCCESS;
	if (fsync(f->fd) == 0 || errno == EINVAL || errno == EROFS)
		return STATUS_SUCCESS;
	return disk_status(errno);
}
