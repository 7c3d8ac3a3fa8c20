/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <sys/xattr.h>

#include "disk/beneath.h"
#include "disk/dosattrib.h"

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

struct disk_stat
disk_stat_stored(
    const struct disk_root *root, const struct statx *stx, const void *stored, ssize_t n, bool dot)
{
	struct dosattrib da = { 0, 0 };
	struct disk_stat s = {
		.id = disk_id_of(stx),
		.accessed = ntime_of(&stx->stx_atime),
		.written = ntime_of(&stx->stx_mtime),
		.changed = ntime_of(&stx->stx_ctime),
		.links = S_ISDIR(stx->stx_mode) ? 1 : stx->stx_nlink,
		.mode = stx->stx_mode,
		.uid = stx->stx_uid,
		.gid = stx->stx_gid,
		.directory = S_ISDIR(stx->stx_mode),
	};

	if (S_ISREG(stx->stx_mode)) {
		s.size = stx->stx_size;
		s.allocated = stx->stx_blocks * 512;
	}
	if (n > 0 && dosattrib_decode(stored, (size_t)n, &da)) {
		s.attributes = da.attributes & STORED;
		s.created = da.created;
	} else {
		s.attributes = derived(stx);
	}
	if (dot && root->options.hide_dot_files)
		s.attributes |= FILE_ATTRIBUTE_HIDDEN; /* whatever is stored, as Samba does */
	if (s.created == 0)
		s.created = stx->stx_mask & STATX_BTIME ? ntime_of(&stx->stx_btime) : earliest(&s);
	if (s.directory)
		s.attributes |= FILE_ATTRIBUTE_DIRECTORY;
	if (s.attributes == 0)
		s.attributes = FILE_ATTRIBUTE_NORMAL;
	return s;
}

static ssize_t
read_stored(int fd, void *value)
{
	ssize_t n = fgetxattr(fd, DOSATTRIB_NAME, value, DOSATTRIB_MAX);

	if (n < 0 && errno == EBADF) /* O_PATH */
		n = getxattr(fd_path(fd).path, DOSATTRIB_NAME, value, DOSATTRIB_MAX);
	return n;
}

struct disk_stat
disk_stat_fd(const struct disk_root *root, int fd, const struct statx *stx, bool dot)
{
	unsigned char stored[DOSATTRIB_MAX];
	ssize_t n = -1;

	if (root->options.store_dos_attributes &&
	    (S_ISREG(stx->stx_mode) || S_ISDIR(stx->stx_mode)))
		n = read_stored(fd, stored);
	return disk_stat_stored(root, stx, stored, n, dot);
}
