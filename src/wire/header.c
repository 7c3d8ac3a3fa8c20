/* SPDX-License-Identifier: BSD-2-Clause */
#include "wire/header.h"

#include <string.h>

#include "wire/reader.h"
#include "wire/status.h"
#include "wire/writer.h"

#define STATUS_AT 5

static const uint8_t magic[4] = { 0xFF, 'S', 'M', 'B' };

bool
smb_header_read(struct reader *r, struct smb_header *h)
{
	struct reader head = rd_sub(r, SMB_HEADER_LEN);
	const uint8_t *start = rd_bytes(&head, sizeof(magic));
	uint32_t pid_high;

	memset(h, 0, sizeof(*h));
	if (start == NULL || memcmp(start, magic, sizeof(magic)) != 0) {
		r->bad = true;
		return false;
	}
	h->command = rd_u8(&head);
	h->status = rd_u32(&head);
	h->flags = rd_u8(&head);
	h->flags2 = rd_u16(&head);
	pid_high = rd_u16(&head);
	rd_skip(&head, 10); /* signature, reserved */
	h->tid = rd_u16(&head);
	h->pid = pid_high << 16 | rd_u16(&head);
	h->uid = rd_u16(&head);
	h->mid = rd_u16(&head);
	return true;
}

/* [MS-CIFS] 2.2.3.1: the class, a reserved byte and the code lie where the NT status would. */
static uint32_t
wire_status(nt_status status, uint16_t flags2)
{
	struct dos_error e;

	if ((flags2 & SMB_FLAGS2_NT_STATUS) != 0)
		return status;
	e = status_to_dos(status);
	return e.class | (uint32_t)e.code << 16;
}

void
smb_header_write(struct writer *w, const struct smb_header *h)
{
	wr_bytes(w, magic, sizeof(magic));
	wr_u8(w, h->command);
	wr_u32(w, wire_status(h->status, h->flags2));
	wr_u8(w, h->flags);
	wr_u16(w, h->flags2);
	wr_u16(w, (uint16_t)(h->pid >> 16));
	wr_zero(w, 10);
	wr_u16(w, h->tid);
	wr_u16(w, (uint16_t)h->pid);
	wr_u16(w, h->uid);
	wr_u16(w, h->mid);
}

void
smb_header_patch_status(struct writer *w, nt_status status, uint16_t flags2)
{
	wr_patch32(w, STATUS_AT, wire_status(status, flags2));
}
