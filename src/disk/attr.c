/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/attr.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/dosattrib.h"
#include "disk/sparse.h"
#include "disk/watch.h"

/* What the file system itself keeps, or what only says that there is nothing else. */
#define NOT_STORED (FILE_ATTRIBUTE_NORMAL | FILE_ATTRIBUTE_COMPRESSED)

#define SETTABLE \
	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | \
	    FILE_ATTRIBUTE_ARCHIVE)

static int
store(int fd, uint32_t attributes, ntime created)
{
	struct dosattrib da = { attributes & ~NOT_STORED, created };
	unsigned char value[DOSATTRIB_SIZE];

	dosattrib_encode(&da, value);
	if (fsetxattr(fd, DOSATTRIB_NAME, value, sizeof(value), 0) == 0)
		return 0;
	if (errno != EBADF) /* O_PATH */
		return -1;
	return setxattr(fd_path(fd).path, DOSATTRIB_NAME, value, sizeof(value), 0);
}

bool
disk_store_new(const struct disk_root *root, int fd, uint32_t attributes)
{
	struct watch_own own;
	struct statx stx;
	bool stored;

	if (!root->options.store_dos_attributes || beneath_stat(fd, &stx) != 0)
		return false;
	watch_own_begin(root, fd, 0, &own);
	stored = store(fd, attributes, disk_stat_new(root, &stx).created) == 0;
	watch_own_end(&own);
	return stored;
}

/* Without extended attributes only READONLY can be kept. */
static nt_status
set_mode(const struct disk_file *f, const struct disk_stat *now, uint32_t attributes)
{
	mode_t mode = now->mode & 07777, bits = 0;

	if (f->directory)
		return STATUS_SUCCESS;
	if (attributes & FILE_ATTRIBUTE_READONLY)
		mode &= ~(mode_t)0222;
	else if ((mode & S_IWUSR) ==
	    0) /* who may read it may write it again, within the mask for new files */
		bits = (mode >> 1 & 0222 & f->root->options.create_mask) | S_IWUSR;
	mode |= bits;
	if (mode == (now->mode & 07777))
		return STATUS_SUCCESS;
	return chmod(fd_path(f->fd).path, mode) == 0 ? STATUS_SUCCESS : disk_status(errno);
}

/* An owner may store nothing on a file whose mode says read-only until the mode says otherwise. */
static nt_status
store_or_chmod(
    const struct disk_file *f, const struct disk_stat *now, uint32_t attributes, ntime created)
{
	const uint32_t cleared = now->attributes & ~attributes;
	nt_status status;

	if (store(f->fd, attributes, created) == 0)
		return STATUS_SUCCESS;
	if (errno == EOPNOTSUPP)
		return set_mode(f, now, attributes);
	if (errno != EACCES || (cleared & FILE_ATTRIBUTE_READONLY) == 0)
		return disk_status(errno);
	status = set_mode(f, now, attributes);
	if (status == STATUS_SUCCESS && store(f->fd, attributes, created) != 0)
		status = disk_status(errno);
	return status;
}

static nt_status
set_attributes(const struct disk_file *f, const struct disk_stat *now, const struct disk_attr *attr)
{
	uint32_t attributes = now->attributes;
	ntime created = ntime_given(attr->created) ? attr->created : now->created;

	if (attr->attributes != 0)
		attributes = (now->attributes & ~SETTABLE) | (attr->attributes & SETTABLE);
	if (attributes == now->attributes && created == now->created)
		return STATUS_SUCCESS;
	if (f->root->options.store_dos_attributes)
		return store_or_chmod(f, now, attributes, created);
	return set_mode(f, now, attributes);
}

static struct timespec
time_to_set(ntime t)
{
	if (!ntime_given(t))
		return (struct timespec){ 0, UTIME_OMIT };
	return ntime_to_timespec(t);
}

static nt_status
set_times(const struct disk_file *f, const struct disk_attr *attr)
{
	struct timespec times[2] = { time_to_set(attr->accessed), time_to_set(attr->written) };

	if (!ntime_given(attr->accessed) && !ntime_given(attr->written))
		return STATUS_SUCCESS;
	return utimensat(AT_FDCWD, fd_path(f->fd).path, times, 0) == 0 ? STATUS_SUCCESS
								       : disk_status(errno);
}

/*
 * The kernel tells of a new access time as of a read, which is not watched for; so it gets
 * something else to tell.
 */
static void
tell_access_time(const struct disk_file *f, const struct disk_stat *now)
{
	if (f->root->options.store_dos_attributes)
		(void)store(f->fd, now->attributes, now->created);
}

static uint32_t
change_of(const struct disk_stat *now, const struct disk_attr *attr)
{
	uint32_t differ = (now->attributes ^ attr->attributes) & SETTABLE, change = 0;

	if (attr->attributes != 0 && differ != 0)
		change |= FILE_NOTIFY_CHANGE_ATTRIBUTES;
	if (ntime_given(attr->created))
		change |= FILE_NOTIFY_CHANGE_CREATION;
	if (ntime_given(attr->accessed))
		change |= FILE_NOTIFY_CHANGE_LAST_ACCESS;
	if (ntime_given(attr->written))
		change |= FILE_NOTIFY_CHANGE_LAST_WRITE;
	return change;
}

nt_status
disk_set_attr(const struct disk *d, const struct disk_file *f, const struct disk_attr *attr)
{
	struct watch_own own;
	struct disk_stat now;
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (attr->attributes & FILE_ATTRIBUTE_DIRECTORY && !f->directory)
		return STATUS_INVALID_PARAMETER;
	status = disk_file_stat(d, f, &now);
	if (status != STATUS_SUCCESS)
		return status;
	watch_own_begin(f->root, f->fd, change_of(&now, attr), &own);
	status = set_attributes(f, &now, attr);
	if (status == STATUS_SUCCESS)
		status = set_times(f, attr);
	if (own.watch != NULL && own.changed == FILE_NOTIFY_CHANGE_LAST_ACCESS)
		tell_access_time(f, &now);
	watch_own_end(&own);
	return status;
}

nt_status
disk_set_sparse(const struct disk *d, const struct disk_file *f, bool on)
{
	struct disk_stat now;
	uint32_t attributes;
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (f->directory)
		return STATUS_INVALID_PARAMETER;
	/* The attribute is the file's own, and streams have no holes. */
	if (f->stream != NULL)
		return STATUS_SUCCESS;
	status = disk_file_stat(d, f, &now);
	if (status != STATUS_SUCCESS)
		return status;
	attributes = now.attributes & ~FILE_ATTRIBUTE_SPARSE_FILE;
	if (on)
		attributes |= FILE_ATTRIBUTE_SPARSE_FILE;
	if (attributes == now.attributes || !f->root->options.store_dos_attributes)
		return STATUS_SUCCESS;
	return store_or_chmod(f, &now, attributes, now.created);
}
