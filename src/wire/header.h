/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_HEADER_H
#define WIRE_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct reader;
struct writer;

#define SMB_HEADER_LEN   32
#define SMB_COMMAND_AT   4
#define SMB_FLAGS_AT     9
#define SMB_FLAGS_AT     9
#define SMB_FLAGS2_AT    10
#define SMB_SIGNATURE_AT 14
#define SMB_TID_AT       24
#define SMB_UID_AT       28

/* Flags ([MS-CIFS] 2.2.3.1) */
#define SMB_FLAGS_LOCK_AND_READ_OK    0x01
#define SMB_FLAGS_CASE_INSENSITIVE    0x08
#define SMB_FLAGS_CANONICALIZED_PATHS 0x10
#define SMB_FLAGS_OPLOCK              0x20
#define SMB_FLAGS_OPBATCH             0x40
#define SMB_FLAGS_REPLY               0x80

#define SMB_FLAGS2_LONG_NAMES             0x0001
#define SMB_FLAGS2_EAS                    0x0002
#define SMB_FLAGS2_SMB_SECURITY_SIGNATURE 0x0004
#define SMB_FLAGS2_SIGNATURE_REQUIRED     0x0010
#define SMB_FLAGS2_IS_LONG_NAME           0x0040
#define SMB_FLAGS2_REPARSE_PATH           0x0400
#define SMB_FLAGS2_EXTENDED_SECURITY      0x0800
#define SMB_FLAGS2_DFS                    0x1000
#define SMB_FLAGS2_PAGING_IO              0x2000
#define SMB_FLAGS2_NT_STATUS              0x4000
#define SMB_FLAGS2_UNICODE                0x8000

struct smb_header {
	uint8_t command;
	nt_status status;
	uint8_t flags;
	uint16_t flags2;
	uint32_t pid; /* PIDHigh and PIDLow */
	uint16_t tid, uid, mid;
};

/* False when fewer than 32 bytes are left or the magic is not 0xFF 'SMB'. */
bool smb_header_read(struct reader *r, struct smb_header *h);

/*
 * The signature is left zero. The status goes out as NT status, or as DOS class and code when
 * flags2 lacks NT_STATUS.
 */
void smb_header_write(struct writer *w, const struct smb_header *h);

/* Puts the status into a header already written at the start of w. */
void smb_header_patch_status(struct writer *w, nt_status status, uint16_t flags2);

#endif
