/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_IO_H
#define SMB_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "file/times.h"
#include "server/request.h"

struct disk_file;
struct smb_in;

/* What all forms of READ and WRITE come down to. In the arena. */
struct io {
	/* asked */
	uint16_t fid;
	uint64_t offset;
	size_t len;            /* bytes */
	uint8_t *to;           /* io_read: room for len bytes */
	const uint8_t *bytes;  /* io_write: len bytes, NULL: the message held fewer */
	size_t room;           /* of a pipe's answer, in bytes */
	request_done_fn *then; /* goes on with the disk's answer; NULL: it is the request's */
	/* became */
	size_t done; /* bytes read or written */
	struct file_before before;
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

/* The same without asking the byte-range locks: for who takes one first. */
nt_status io_may_read(struct request *req, struct io *io);

/* Then the disk's part, as the last step of a run. A read stops at the end of the file. */
nt_status io_read(struct request *req, struct io *io);

/* A write of no bytes does nothing. */
nt_status io_write(struct request *req, struct io *io);

/* The file ends at the offset from now on. ACCESS_DENIED to who may only append. */
nt_status io_truncate(struct request *req, struct io *io);

/*
 * Where this element's block will begin in the reply, counted from the header: behind another
 * AndX block it is aligned to 4.
 */
size_t io_block_at(const struct request *req);

/*
 * The forms of the core protocol ([MS-CIFS] 2.2.4.11, 2.2.4.12, 2.2.4.20, 2.2.4.21); args begins
 * with a struct io. The words of each, and the count that answers a write.
 */
void io_decode(void *args, struct smb_in *in);
void io_encode_count(struct request *req, const void *args, struct writer *w);

/* A core read's bytes go to where they will stand in the reply. False: they do not fit into it. */
bool io_place_core(struct request *req, struct io *io);
void io_encode_data(struct request *req, const void *args, struct writer *w);

#endif
