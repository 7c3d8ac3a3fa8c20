/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/attr.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_CLOSE ([MS-CIFS] 2.2.4.5). */

struct args {
	uint16_t fid;
	ntime written;
	struct handle *handle;
	struct disk_file *file;
	bool was_written;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->written = ntime_from_utime(rd_u32(&in->words));
}

/* A written file is due for the next backup, and may get the time the client says. */
static nt_status
settle_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;
	struct disk_attr attr = { .written = a->written };
	struct disk_stat st;

	(void)arena;
	if (a->was_written && disk_file_stat(d, a->file, &st) == STATUS_SUCCESS &&
	    (st.attributes & FILE_ATTRIBUTE_ARCHIVE) == 0)
		attr.attributes = (st.attributes & ~FILE_ATTRIBUTE_NORMAL) | FILE_ATTRIBUTE_ARCHIVE;
	if (attr.written != 0 || attr.attributes != 0)
		(void)disk_set_attr(d, a->file, &attr);
	return STATUS_SUCCESS;
}

static nt_status
settled(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	/* Whoever else closed it meanwhile (LOGOFF, the connection) has done our work. */
	if (status == STATUS_CANCELLED || a->handle->closed)
		return status;
	req->chain_fid = 0;
	return request_close(req, a->handle, NULL, a);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	a->handle = h;
	a->file = h->open->file;
	a->was_written = h->open->written;
	if ((h->open->mode.access & (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)) == 0)
		a->written = 0;
	if (!a->was_written && a->written == 0)
		return settled(req, a, STATUS_SUCCESS);
	return request_work(req, WORK_QUICK, settle_work, settled, a);
}

const struct smb_command smb_close = {
	.name = "CLOSE",
	.words = WORDS(3),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
