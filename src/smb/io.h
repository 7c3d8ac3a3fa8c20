/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_IO_H
#define SMB_IO_H

#include <stddef.h>
#include <stdint.h>

#include "server/request.h"

struct disk_file;

/* What READ, WRITE and their AndX forms come down to. In the arena. */
struct io {
	/* asked */
	uint16_t fid;
	uint64_t offset;
	size_t len;           /* bytes */
	uint8_t *to;          /* io_read: room for len bytes */
	const uint8_t *bytes; /* io_write: len bytes, NULL: the message held fewer */
	/* became */
	size_t done; /* bytes read or written */
	struct handle *handle;
	const struct disk_file *file;
};

/*
 * The file of the FID, and whether these bytes of it may be read or written through it:
 * INVALID_HANDLE, INVALID_DEVICE_REQUEST (a directory), ACCESS_DENIED, FILE_LOCK_CONFLICT;
 * io_for_write also INVALID_PARAMETER without bytes.
 */
nt_status io_for_read(struct request *req, struct io *io);
nt_status io_for_write(struct request *req, struct io *io);

/* Then the disk's part, as the last step of a run. A read stops at the end of the file. */
nt_status io_read(struct request *req, struct io *io);

/* A write of no bytes does nothing. */
nt_status io_write(struct request *req, struct io *io);

/* The file ends at the offset from now on. */
nt_status io_truncate(struct request *req, struct io *io);

/*
 * Where this element's block will begin in the reply, counted from the header: behind another
 * AndX block it is aligned to 4.
 */
size_t io_block_at(const struct request *req);

#endif
