/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_LOCK_H
#define FILE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct open;
struct waiter_list;

/*
 * Byte-range locks ([MS-FSA] 2.1.5.7, 2.1.5.8). They belong to an open and a PID of it, bind every
 * other reader and writer, and go with the open. A length of 0 locks a point between two bytes.
 */
struct lock_range {
	uint64_t offset, length;
	uint32_t pid;
	bool exclusive;
	bool posix; /* file_posix_lock's */
};

/*
 * Breaks all level II oplocks. LOCK_NOT_GRANTED or, as Windows chooses between them,
 * FILE_LOCK_CONFLICT: for offsets from 0xEF000000 up to 2^63 and for the same try again.
 * INVALID_LOCK_RANGE past 2^64. ACCESS_DENIED: o may do nothing with the data.
 * INSUFF_SERVER_RESOURCES: too many locks. waits: the caller goes on to wait, so the failure is not
 * remembered. o->lock_foreign: it is another program that has the lock, and nobody will tell when
 * it goes.
 */
nt_status file_lock(struct open *o, const struct lock_range *r, bool waits);

/*
 * Takes back what file_lock granted, where file_unlock might take another lock of the same range.
 * Wakes all who wait.
 */
void file_lock_undo(struct open *o, const struct lock_range *r);

/*
 * The very range that was locked, an exclusive lock before a shared one; RANGE_NOT_LOCKED. Wakes
 * all who wait.
 */
nt_status file_unlock(struct open *o, const struct lock_range *r);

/*
 * Locks as POSIX has them: of one process of a client (the owner of the open and the PID of the
 * range), whose later ones replace his earlier ones byte by byte. They bind those who ask for
 * locks, and of who reads and writes only those that did not open by POSIX_OPEN.
 * FILE_LOCK_CONFLICT; else the errors of file_lock, INVALID_PARAMETER for what is no range, and
 * INVALID_HANDLE to lock exclusively what is not open for writing.
 */
nt_status file_posix_lock(struct open *o, const struct lock_range *r);

/* Takes away what of the range this process has locked; wakes all who wait. */
nt_status file_posix_unlock(struct open *o, const struct lock_range *r);

/* Would file_posix_lock be refused? Then by *by, which may be another program's: of the whole range
 * and PID 0. */
bool file_posix_bars(const struct open *o, const struct lock_range *r, struct lock_range *by);

/* May pid read or write these bytes through o? FILE_LOCK_CONFLICT. n 0: always. */
nt_status file_lock_check(const struct open *o, const struct lock_range *io);

/* Where to wait for any lock of this file to go. */
struct waiter_list *file_lock_waiters(struct open *o);

/* All locks of the file, for the state dump and the tests. */
unsigned file_lock_count(const struct open *o);

/* Those of this open in the order of their offsets, one after the other from NULL to NULL. */
const struct lock_range *file_lock_next(const struct open *o, const struct lock_range *after);

#endif
