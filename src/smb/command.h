/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_COMMAND_H
#define SMB_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "server/request.h"

/* A set of allowed word counts; counts above 31 share bit 31. */
#define WORDS(n)      (1u << (n))
#define WORDS_FROM(n) (~0u << (n))

/* What the dispatcher checks and does, before decode. */
#define ON_UID  0x01u /* a valid UID, or SMB_BAD_UID */
#define ON_TREE 0x02u /* a valid TID, or SMB_BAD_TID */
#define ON_DISK 0x04u /* that of a disk share, or ACCESS_DENIED */

#define NEED_UID  ON_UID
#define NEED_TID  (ON_UID | ON_TREE)
#define NEED_DISK (ON_UID | ON_TREE | ON_DISK)

#define ANDX     0x08u /* begins with an AndX block, may have a follower */
#define CHAINS   0x10u /* may follow another element without being AndX itself */
#define WRITES   0x20u /* changes the disk: ACCESS_DENIED at once where this user may only read */
#define ANY_TIME 0x40u /* also before NEGOTIATE */
#define BY_FID   0x80u /* of what was admitted when opened; an invalid UID or TID: INVALID_HANDLE */
#define RAW      0x100u /* answers bytes without a header, and an error with none */
#define COMPLETE 0x200u /* ends with WRITE_COMPLETE instead of itself */
#define BY_SHARE 0x400u /* needs no UID where passwords belong to shares */

/* One element as received. Positions are those of the message. */
struct smb_in {
	uint8_t word_count;
	struct reader words; /* an AndX block at its front is already skipped */
	struct reader bytes; /* ByteCount bytes */
	struct reader rest;  /* the same to the end of the message: more than ByteCount can say */
};

/*
 * One command, one row, one file. decode never sees the disk, run never sees a byte. decode
 * leaves a reader bad when the request is short; the dispatcher then answers and run is not called.
 * encode writes the words, wr_block_bytes, the bytes; the counts and the AndX block are the
 * dispatcher's. NULL decode: takes nothing. NULL encode: answers no words and no bytes.
 */
struct smb_command {
	const char *name; /* as in [MS-CIFS]: the log and the counters */
	uint32_t words;
	uint32_t flags;
	size_t args; /* size of the decoded request */
	void (*decode)(void *args, struct smb_in *in);
	nt_status (*run)(struct request *req, void *args);
	void (*encode)(struct request *req, const void *args, struct writer *w);
};

#endif
