/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/io.h"
#include "file/node.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/session.h"
#include "server/tree.h"
#include "smb/commands.h"

/* SMB_COM_FLUSH ([MS-CIFS] 2.2.4.6). FID 0xFFFF is every file this process has open. */

#define ALL_FILES 0xFFFF

struct args {
	uint16_t fid;
	uint32_t pos; /* of the walk over all files */
	const struct disk_file *file;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
}

static nt_status
sync_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)d;
	(void)arena;
	return disk_sync(a->file);
}

static nt_status flush_next(struct request *req, struct args *a);

static nt_status
synced(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	if (status != STATUS_SUCCESS || a->fid != ALL_FILES)
		return status;
	return flush_next(req, a);
}

static nt_status
flush(struct request *req, struct args *a, struct handle *h)
{
	if (h->open->file->path_only || h->open->file->directory)
		return synced(req, a, STATUS_SUCCESS);
	file_flushed(h->open);
	a->file = h->open->file;
	return request_work(req, WORK_SLOW, sync_work, synced, a);
}

/* One after the other; only those written to have anything to flush. */
static nt_status
flush_next(struct request *req, struct args *a)
{
	struct handle *h;

	while ((h = idmap_next(&req->conn->handles, &a->pos)) != NULL) {
		if (h->pid != req->hdr.pid || h->tree != req->tree || h->uid != req->session->uid ||
		    !h->open->written)
			continue;
		return flush(req, a, request_handle(req, h->fid));
	}
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h;
	nt_status status;

	/* Whoever is behind a pipe has read what was written. */
	if (req->tree->ipc)
		return a->fid == ALL_FILES || request_pipe(req, a->fid) != NULL
		    ? STATUS_SUCCESS
		    : STATUS_INVALID_HANDLE;
	if (a->fid == ALL_FILES && req->chain_fid == 0)
		return flush_next(req, a);
	h = request_handle(req, a->fid);
	a->fid = 0;
	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	status = handle_write_error(h);
	return status == STATUS_SUCCESS ? flush(req, a, h) : status;
}

const struct smb_command smb_flush = {
	.name = "FLUSH",
	.words = WORDS(1),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
