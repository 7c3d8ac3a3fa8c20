/* SPDX-License-Identifier: BSD-2-Clause */

/* How DOS opens ask for an oplock and hear of it. */
#include "smb/create.h"

/* Flags and ActionTaken of OPEN_ANDX and OPEN2 ([MS-CIFS] 2.2.4.41) */
#define REQ_OPLOCK     0x0002
#define REQ_OPBATCH    0x0004
#define OPLOCK_GRANTED 0x8000

void
smb_create_header_oplock(const struct request *req, struct create *c)
{
	if ((req->hdr.flags & SMB_FLAGS_OPLOCK) == 0)
		return;
	c->oplock = (req->hdr.flags & SMB_FLAGS_OPBATCH) != 0 ? OPLOCK_BATCH : OPLOCK_EXCLUSIVE;
}

void
smb_create_tell_header(struct request *req, const struct create *c)
{
	uint8_t flags = req->hdr.flags & SMB_FLAGS_CASE_INSENSITIVE;

	if ((req->hdr.flags & SMB_FLAGS_OPLOCK) == 0 || c->oplock_granted == OPLOCK_NONE)
		return;
	flags |= SMB_FLAGS_REPLY | SMB_FLAGS_OPLOCK;
	if (c->oplock_granted == OPLOCK_BATCH)
		flags |= SMB_FLAGS_OPBATCH;
	wr_patch8(&req->reply, SMB_FLAGS_AT, flags);
}

void
smb_create_open_oplock(const struct request *req, struct create *c, uint16_t flags)
{
	smb_create_header_oplock(req, c);
	if ((flags & REQ_OPBATCH) != 0)
		c->oplock = OPLOCK_BATCH;
	else if ((flags & REQ_OPLOCK) != 0)
		c->oplock = OPLOCK_EXCLUSIVE;
}

uint16_t
smb_create_tell_open(struct request *req, const struct create *c, uint16_t flags)
{
	bool asked = (flags & (REQ_OPLOCK | REQ_OPBATCH)) != 0;

	smb_create_tell_header(req, c);
	return asked && c->oplock_granted != OPLOCK_NONE ? OPLOCK_GRANTED : 0;
}
