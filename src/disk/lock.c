/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/lock.h"

#include <errno.h>
#include <fcntl.h>

#include "disk/beneath.h"

static struct flock
flock_of(const struct disk_bytes *b, short type)
{
	/* A length of 0 is all to the end, which the number itself would overflow. */
	return (struct flock){
		.l_type = type,
		.l_whence = SEEK_SET,
		.l_start = (off_t)b->from,
		.l_len = b->to >= DISK_LOCK_END ? 0 : (off_t)(b->to - b->from),
	};
}

/* The kernel knows files, not their streams, whose descriptor is the file's. */
static bool
is_nothing(const struct disk_file *f, const struct disk_bytes *b)
{
	return f->path_only || f->stream != NULL || b->from >= DISK_LOCK_END || b->from >= b->to;
}

/* F_UNLCK where this descriptor can have no such lock. */
static short
type_of(const struct disk_file *f, enum disk_lock how)
{
	switch (how) {
	case DISK_LOCKED:
		return f->writable ? F_WRLCK : F_RDLCK;
	case DISK_LOCKED_SHARED:
		return f->readable ? F_RDLCK : F_UNLCK;
	case DISK_UNLOCKED:
	default:
		return F_UNLCK;
	}
}

nt_status
disk_lock(const struct disk_file *f, const struct disk_bytes *b, enum disk_lock how)
{
	struct flock lock = flock_of(b, type_of(f, how));
	int failed;

	if (is_nothing(f, b))
		return STATUS_SUCCESS;
	do
		failed = fcntl(f->fd, F_OFD_SETLK, &lock);
	while (failed != 0 && errno == EINTR);
	if (failed == 0)
		return STATUS_SUCCESS;
	if (errno == EAGAIN || errno == EACCES)
		return STATUS_LOCK_NOT_GRANTED;
	return errno == ENOLCK || errno == ENOMEM ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

bool
disk_locked(const struct disk_file *f, const struct disk_bytes *b, bool writing)
{
	struct flock lock = flock_of(b, writing ? F_WRLCK : F_RDLCK);

	if (is_nothing(f, b) || fcntl(f->fd, F_OFD_GETLK, &lock) != 0)
		return false;
	return lock.l_type != F_UNLCK;
}

bool
disk_locks_at_once(const struct disk_file *f)
{
	return f->root->local && f->root->dev == f->id.dev;
}
