/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
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

static nt_status
closed(struct request *req, void *arg, nt_status status)
{
	const struct close *c = arg;

	(void)req;
	return status == STATUS_SUCCESS ? c->answer : status;
}

nt_status
close_file(struct request *req, struct close *c)
{
	struct open *o = c->handle->open;

	if (c->answer == STATUS_SUCCESS)
		c->answer = handle_write_error(c->handle);
	if (o != NULL && (o->mode.access & (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)) != 0)
		o->close_time = c->written;
	/* Whoever else closed it meanwhile (LOGOFF, the connection) has done our work. */
	if (c->handle->closed)
		return c->answer;
	req->chain_fid = 0;
	return request_close(req, c->handle, closed, c);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;

	a->close.handle = request_fid(req, a->fid);
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
