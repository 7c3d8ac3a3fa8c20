/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/open.h"
#include "file/node.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/server.h"
#include "smb/commands.h"
#include "smb/info/fields.h"
#include "smb/pipe.h"

/* SMB_COM_QUERY_INFORMATION2 ([MS-CIFS] 2.2.4.31). */

struct args {
	uint16_t fid;
	const struct disk_file *file;
	struct disk_stat stat;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
}

static nt_status
stat_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_file_stat(d, a->file, &a->stat);
}

static nt_status
known(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	file_seen(req->conn->server->files, &a->stat);
	return status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_fid(req, a->fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if (h->pipe != NULL) {
		smb_pipe_stat(&a->stat);
		return STATUS_SUCCESS;
	}
	a->file = h->open->file;
	return request_work(req, WORK_CACHED, stat_work, known, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	put_dos_times(w, &a->stat);
	wr_u32(w, size32(a->stat.size));
	wr_u32(w, size32(a->stat.allocated));
	wr_u16(w, dos_attributes(&a->stat));
}

const struct smb_command smb_query_information2 = {
	.name = "QUERY_INFORMATION2",
	.words = WORDS(1),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
