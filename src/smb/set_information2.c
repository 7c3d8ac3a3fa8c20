/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/attr.h"
#include "file/node.h"
#include "file/times.h"
#include "server/handle.h"
#include "smb/commands.h"

/* SMB_COM_SET_INFORMATION2 ([MS-CIFS] 2.2.4.30). */

struct args {
	uint16_t fid;
	struct disk_attr attr;
	struct handle *handle;
};

static ntime
read_time(struct reader *r)
{
	uint16_t date = rd_u16(r), time = rd_u16(r);

	return ntime_from_dos(date, time);
}

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->attr.created = read_time(&in->words);
	a->attr.accessed = read_time(&in->words);
	a->attr.written = read_time(&in->words);
}

static nt_status
set_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_set_attr(d, a->handle->open->file, &a->attr);
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	(void)req;
	if (status == STATUS_SUCCESS)
		file_time_set(a->handle->open, a->attr.written);
	return status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct handle *h = request_handle(req, a->fid);

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if ((h->open->mode.access & FILE_WRITE_ATTRIBUTES) == 0)
		return STATUS_ACCESS_DENIED;
	a->handle = h;
	return request_work(req, WORK_QUICK, set_work, done, a);
}

const struct smb_command smb_set_information2 = {
	.name = "SET_INFORMATION2",
	.words = WORDS(7),
	.flags = NEED_DISK | BY_FID | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
