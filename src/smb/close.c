/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/attr.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/close.h"
#include "smb/commands.h"

/* SMB_COM_CLOSE ([MS-CIFS] 2.2.4.5). */

struct args {
	uint16_t fid;
	struct close close;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->close.written = ntime_from_utime(rd_u32(&in->words));
}

/* A written file is due for the next backup, and may get the time the client says. */
static nt_status
settle_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct close *c = arg;
	struct disk_attr attr = { .written = c->written };
	struct disk_stat st;

	(void)arena;
	if (c->was_written && disk_file_stat(d, c->file, &st) == STATUS_SUCCESS &&
	    (st.attributes & FILE_ATTRIBUTE_ARCHIVE) == 0)
		attr.attributes = (st.attributes & ~FILE_ATTRIBUTE_NORMAL) | FILE_ATTRIBUTE_ARCHIVE;
	if (attr.written != 0 || attr.attributes != 0)
		(void)disk_set_attr(d, c->file, &attr);
	return STATUS_SUCCESS;
}

static nt_status
closed(struct request *req, void *arg, nt_status status)
{
	const struct close *c = arg;

	(void)req;
	return status == STATUS_SUCCESS ? c->answer : status;
}

static nt_status
settled(struct request *req, void *arg, nt_status status)
{
	struct close *c = arg;

	/* Whoever else closed it meanwhile (LOGOFF, the connection) has done our work. */
	if (status == STATUS_CANCELLED || c->handle->closed)
		return status;
	req->chain_fid = 0;
	return request_close(req, c->handle, closed, c);
}

nt_status
close_file(struct request *req, struct close *c)
{
	const struct open *o = c->handle->open;

	if (c->answer == STATUS_SUCCESS)
		c->answer = handle_write_error(c->handle);
	c->file = o->file;
	c->was_written = o->written;
	if ((o->mode.access & (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)) == 0)
		c->written = 0;
	if (!c->was_written && c->written == 0)
		return settled(req, c, STATUS_SUCCESS);
	return request_work(req, WORK_QUICK, settle_work, settled, c);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;

	a->close.handle = request_handle(req, a->fid);
	return a->close.handle != NULL ? close_file(req, &a->close) : STATUS_INVALID_HANDLE;
}

const struct smb_command smb_close = {
	.name = "CLOSE",
	.words = WORDS(3),
	.flags = NEED_TID | BY_FID | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
