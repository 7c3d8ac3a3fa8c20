/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/compress.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/watch.h"

#define COMPRESSION (FS_COMPR_FL | FS_NOCOMP_FL)

/* Some file systems take the flag and forget it. */
static nt_status
set_flag(int fd, bool on)
{
	int flags, now;

	if (ioctl(fd, FS_IOC_GETFLAGS, &flags) != 0)
		return STATUS_NOT_SUPPORTED;
	if (((flags & FS_COMPR_FL) != 0) == on)
		return STATUS_SUCCESS;
	flags = (flags & ~COMPRESSION) | (on ? FS_COMPR_FL : 0);
	if (ioctl(fd, FS_IOC_SETFLAGS, &flags) != 0)
		return errno == EOPNOTSUPP || errno == ENOTTY ? STATUS_NOT_SUPPORTED
							      : disk_status(errno);
	if (ioctl(fd, FS_IOC_GETFLAGS, &now) != 0 || ((now & FS_COMPR_FL) != 0) != on)
		return STATUS_NOT_SUPPORTED;
	return STATUS_SUCCESS;
}

nt_status
disk_set_compressed(const struct disk *d, const struct disk_file *f, bool on)
{
	struct watch_own own;
	struct disk_stat now;
	nt_status status;
	int fd;

	if (disk_is_read_only(d) || cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	status = disk_file_stat(d, f, &now);
	if (status != STATUS_SUCCESS || ((now.attributes & FILE_ATTRIBUTE_COMPRESSED) != 0) == on)
		return status;
	/* O_PATH descriptors take no ioctl. */
	fd = beneath_reopen(f->fd, O_RDONLY);
	if (fd < 0)
		return disk_status(errno);
	watch_own_begin(f->root, f->fd, FILE_NOTIFY_CHANGE_ATTRIBUTES, &own);
	status = set_flag(fd, on);
	watch_own_end(&own);
	close(fd);
	return status;
}
