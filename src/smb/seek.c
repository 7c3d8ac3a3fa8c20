/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/open.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/*
 * SMB_COM_SEEK ([MS-CIFS] 2.2.4.19). The position is kept for clients that ask for it; reads and
 * writes name their own.
 */

enum { SEEK_FROM_START, SEEK_FROM_CURRENT, SEEK_FROM_END };

struct args {
	uint16_t fid, mode;
	int32_t offset;
	struct handle *handle;
	struct disk_stat stat;
	uint64_t position;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->mode = rd_u16(&in->words);
	a->offset = (int32_t)rd_u32(&in->words);
}

static nt_status
stat_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_file_stat(d, a->handle->open->file, &a->stat);
}

/* Before the start is the start; positions count modulo 2^32. */
static nt_status
move(struct args *a, uint64_t base, int32_t by)
{
	int64_t to = (int64_t)(base > INT64_MAX / 2 ? INT64_MAX / 2 : base) + by;

	a->position = to < 0 ? 0 : (uint32_t)to;
	a->handle->seek = a->position;
	return STATUS_SUCCESS;
}

static nt_status
from_end(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)req;
	return status == STATUS_SUCCESS ? move(a, a->stat.size, a->offset) : status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status;

	a->handle = request_handle(req, a->fid);
	if (a->handle == NULL)
		return STATUS_INVALID_HANDLE;
	/* To seek nowhere is how a client asks for it ([MS-CIFS] 3.2.5.18). */
	status = handle_write_error(a->handle);
	if (status != STATUS_SUCCESS)
		return status;
	switch (a->mode) {
	case SEEK_FROM_START:
		return move(a, (uint32_t)a->offset, 0);
	case SEEK_FROM_CURRENT:
		return move(a, a->handle->seek, a->offset);
	case SEEK_FROM_END:
		return request_work(req, WORK_CACHED, stat_work, from_end, a);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u32(w, (uint32_t)a->position);
}

const struct smb_command smb_seek = {
	.name = "SEEK",
	.words = WORDS(4),
	.flags = NEED_DISK | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
