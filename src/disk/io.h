/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_IO_H
#define DISK_IO_H

#include "base/worker.h"
#include "disk/open.h"

/* At most n bytes at off; *got is less only at the end of the file (0 there: success). */
nt_status disk_read(const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got);

/* The same without waiting for the disk: STATUS_CANT_WAIT when it is not all in the page cache. */
nt_status disk_read_cached(
    const struct disk_file *f, void *buf, size_t n, uint64_t off, size_t *got);

/*
 * All n bytes or an error; *put tells how many made it (DISK_FULL after some: success with
 * less). Offsets past 2^63-1: INVALID_PARAMETER.
 */
nt_status disk_write(
    const struct disk_file *f, const void *buf, size_t n, uint64_t off, size_t *put);
nt_status disk_truncate(const struct disk_file *f, uint64_t size);

/* What clients are given space in, whatever the file system does: NTFS has no others by default. */
#define DISK_CLUSTER 4096u

/*
 * Makes at least bytes allocated, DISK_FULL at once when there is no room for them; a file that
 * needs more clusters than these is truncated to them ([MS-FSA] 2.1.5.15.1).
 */
nt_status disk_allocate(const struct disk_file *f, uint64_t bytes);

/* Space given to the file; 0 when that cannot be told. Does not block on local file systems. */
uint64_t disk_allocated(const struct disk_file *f);

/* When it was last written and changed; the same for blocking. False: cannot be told. */
bool disk_times(const struct disk_file *f, ntime *written, ntime *changed);

/* Giving or taking away much space takes its time, however quick the disk is with everything else.
 */
static inline enum work_kind
disk_work_of(uint64_t bytes)
{
	return bytes > (uint64_t)16 << 20 ? WORK_SLOW : WORK_QUICK;
}

nt_status disk_sync(const struct disk_file *f);

#endif
