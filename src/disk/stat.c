/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "disk/beneath.h"
#include "disk/dosattrib.h"
#include "disk/stored.h"

#ifndef SYS_getxattrat
#define SYS_getxattrat 464 /* Linux 6.13 */
#endif

/* What may be stored; directory, normal and the like follow from the file itself. */
#define STORED \
	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | \
	    FILE_ATTRIBUTE_ARCHIVE | FILE_ATTRIBUTE_SPARSE_FILE | FILE_ATTRIBUTE_OFFLINE)

static ntime
ntime_of(const struct statx_timestamp *t)
{
	return ntime_from_timespec((struct timespec){ t->tv_sec, t->tv_nsec });
}

static ntime
earliest(const struct disk_stat *s)
{
	ntime t = s->written < s->changed ? s->written : s->changed;

	return s->accessed < t ? s->accessed : t;
}

/* Attributes where none are stored. */
static uint32_t
derived(const struct statx *stx)
{
	return S_ISREG(stx->stx_mode) && (stx->stx_mode & S_IWUSR) == 0 ? FILE_ATTRIBUTE_READONLY
									: 0;
}

static dev_t
device_of(const struct statx *stx)
{
	return S_ISCHR(stx->stx_mode) || S_ISBLK(stx->stx_mode)
	    ? makedev(stx->stx_rdev_major, stx->stx_rdev_minor)
	    : makedev(stx->stx_dev_major, stx->stx_dev_minor);
}

static struct disk_stat
combine(
    const struct disk_root *root, const struct statx *stx, const struct stored *stored, bool dot)
{
	struct disk_stat s = {
		.id = disk_id_of(stx),
		.accessed = ntime_of(&stx->stx_atime),
		.written = ntime_of(&stx->stx_mtime),
		.changed = ntime_of(&stx->stx_ctime),
		.links = S_ISDIR(stx->stx_mode) ? 1 : stx->stx_nlink,
		.names = stx->stx_nlink,
		.mode = stx->stx_mode,
		.uid = stx->stx_uid,
		.gid = stx->stx_gid,
		.directory = S_ISDIR(stx->stx_mode),
		.no_eas = (stored->lacks & STORED_EAS) != 0 ||
		    !(S_ISREG(stx->stx_mode) || S_ISDIR(stx->stx_mode)),
		.device = device_of(stx),
	};

	if (S_ISLNK(stx->stx_mode))
		s.size = stx->stx_size;
	if (S_ISREG(stx->stx_mode)) {
		s.size = stx->stx_size;
		/* An empty file's blocks hold its extended attributes, or are reserved. */
		s.allocated = s.size > 0 ? stx->stx_blocks * 512 : 0;
	}
	if (stored->found) {
		s.attributes = stored->value.attributes & STORED;
		s.created = stored->value.created;
	} else {
		s.attributes = derived(stx);
	}
	if (dot && root->options.hide_dot_files)
		s.attributes |= FILE_ATTRIBUTE_HIDDEN; /* whatever is stored, as Samba does */
	if (s.created == 0 || s.created > INT64_MAX)
		s.created = stx->stx_mask & STATX_BTIME ? ntime_of(&stx->stx_btime) : earliest(&s);
	if ((stx->stx_attributes & STATX_ATTR_COMPRESSED) != 0)
		s.attributes |= FILE_ATTRIBUTE_COMPRESSED;
	if (s.directory)
		s.attributes |= FILE_ATTRIBUTE_DIRECTORY;
	if (s.attributes == 0)
		s.attributes = FILE_ATTRIBUTE_NORMAL;
	return s;
}

static ssize_t
read_fd(int fd, void *value)
{
	ssize_t n = fgetxattr(fd, DOSATTRIB_NAME, value, DOSATTRIB_MAX);

	if (n < 0 && errno == EBADF) /* O_PATH */
		n = getxattr(fd_path(fd).path, DOSATTRIB_NAME, value, DOSATTRIB_MAX);
	return n;
}

/* One part below a descriptor, and the last link is not followed: nowhere to go astray. */
static ssize_t
read_at(int dirfd, const char *name, void *value)
{
	const struct {
		uint64_t value;
		uint32_t size, flags;
	} args = { (uintptr_t)value, DOSATTRIB_MAX, 0 };
	char path[32 + NAME_MAX + 1];
	ssize_t n = syscall(
	    SYS_getxattrat, dirfd, name, AT_SYMLINK_NOFOLLOW, DOSATTRIB_NAME, &args, sizeof(args));

	if (n >= 0 || errno != ENOSYS)
		return n;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/%s", dirfd, name);
	return lgetxattr(path, DOSATTRIB_NAME, value, DOSATTRIB_MAX);
}

/* name NULL: of fd itself. */
static struct stored
stored_of(const struct disk *d, int fd, const char *name, const struct statx *stx)
{
	unsigned char value[DOSATTRIB_MAX];
	struct stored s = { .found = false };
	bool keep;
	ssize_t n;

	if (!d->root->options.store_dos_attributes ||
	    !(S_ISREG(stx->stx_mode) || S_ISDIR(stx->stx_mode)))
		return s;
	if (stored_cache_find(d, stx, &s))
		return s;
	keep = stored_cache_keeps(d, stx);
	n = name != NULL ? read_at(fd, name, value) : read_fd(fd, value);
	s.found = n > 0 && dosattrib_decode(value, (size_t)n, &s.value);
	if (keep && (n >= 0 || errno == ENODATA))
		stored_cache_put(d, stx, &s);
	return s;
}

struct disk_stat
disk_stat_fd(const struct disk *d, int fd, const struct statx *stx, bool dot)
{
	struct stored s = stored_of(d, fd, NULL, stx);

	return combine(d->root, stx, &s, dot);
}

struct disk_stat
disk_stat_at(const struct disk *d, int dirfd, const char *name, const struct statx *stx)
{
	struct stored s = stored_of(d, dirfd, name, stx);

	return combine(d->root, stx, &s, *name == '.');
}

struct disk_stat
disk_stat_new(const struct disk_root *root, const struct statx *stx)
{
	const struct stored none = { .found = false };

	return combine(root, stx, &none, false);
}
