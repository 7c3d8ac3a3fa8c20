/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_KERNEL_LOCK_H
#define FILE_KERNEL_LOCK_H

#include <stdbool.h>

#include "base/status.h"

struct disk_file;
struct lock_range;
struct open;

/*
 * Byte-range locks as other programs see them. Where locks of one open lie over each other the
 * kernel knows but one: the strictest. Locks of no length and those from 2^63 on it does not know.
 *
 * Tells it of a lock that came (held) or went: only of those bytes where the open has no other
 * that is as strict. l may be one of the open's or a copy of one that is no more; disk_lock's
 * errors, with part of it done.
 */
nt_status kernel_lock_change(const struct open *o, const struct lock_range *l, bool held);

/* Takes all off: the descriptor may outlive the open. */
void kernel_lock_clear(const struct disk_file *f);

/* Does another program's lock stand against this reading (or, exclusive, writing)? */
bool kernel_lock_bars(const struct disk_file *f, const struct lock_range *io);

#endif
