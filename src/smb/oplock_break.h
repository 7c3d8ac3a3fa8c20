/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_OPLOCK_BREAK_H
#define SMB_OPLOCK_BREAK_H

#include "file/oplock.h"
#include "server/request.h"

struct disk_id;

/* In NEGOTIATE and SESSION_SETUP: level II oplocks are understood. */
#define CAP_LEVEL_II_OPLOCKS 0x00000080u

/* NewOplockLevel of a break and of its answer ([MS-CIFS] 2.2.4.32.1) */
#define NEW_LEVEL_NONE 0
#define NEW_LEVEL_II   1

/* For struct oplock_wish; the holder is a struct handle. */
extern const struct oplock_ops smb_oplock_ops;

/*
 * Asks the holders of a file, of several at once when their answers are waited for afterwards.
 * Milliseconds to wait, 0: none.
 */
uint32_t smb_ask_holders(
    const struct request *req, const struct disk_id *id, struct oplock_conflict conflict);

/*
 * What a command does to a file it does not open: its conflict, but for the time. SUCCESS: go on.
 * Else the status to return: the holder is waited for, then again is called, to start over where
 * smb_starts_over says so, since the file may have gone or changed.
 */
nt_status smb_break_oplocks(struct request *req, const struct disk_id *id,
    struct oplock_conflict conflict, request_done_fn *again, void *arg);

static inline bool
smb_starts_over(nt_status why)
{
	return why == STATUS_SUCCESS || why == STATUS_IO_TIMEOUT;
}

#endif
