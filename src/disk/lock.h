/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_LOCK_H
#define DISK_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/open.h"

/*
 * Locks on bytes of a file that other programs see: the kernel's open-file-description locks, which
 * all who lock with fcntl(2) heed. They neither stack nor overlap: the last word on a byte holds,
 * and all go with the descriptor.
 */
enum disk_lock { DISK_UNLOCKED, DISK_LOCKED_SHARED, DISK_LOCKED };

/* From a byte to the one before another; what lies beyond DISK_LOCK_END the kernel cannot lock. */
struct disk_bytes {
	uint64_t from, to;
};
#define DISK_LOCK_END ((uint64_t)1 << 63)

/*
 * LOCK_NOT_GRANTED: somebody else has a lock there; INSUFFICIENT_RESOURCES. An exclusive lock
 * through a descriptor that cannot write is a shared one for the kernel, a shared one through a
 * descriptor that cannot read none, and where the file system knows no locks nobody else does.
 */
nt_status disk_lock(const struct disk_file *f, const struct disk_bytes *b, enum disk_lock how);

/* Has somebody else a lock there that stands against reading, or writing? */
bool disk_locked(const struct disk_file *f, const struct disk_bytes *b, bool writing);

/* On a file system of this machine, where the calls above never wait for another's answer. */
bool disk_locks_at_once(const struct disk_file *f);

#endif
