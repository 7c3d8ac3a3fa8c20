/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/attr.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/server.h"
#include "smb/commands.h"
#include "wire/access.h"

/* SMB_COM_SET_INFORMATION ([MS-CIFS] 2.2.4.10). */

struct args {
	const char *name;
	struct disk_open open;
	struct disk_attr attr;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->attr.attributes = rd_u16(&in->words);
	a->attr.written = ntime_from_utime(rd_u32(&in->words));
	rd_skip(&in->words, 10);
	a->name = rd_string_04(&in->bytes);
}

static nt_status
set_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;
	nt_status status = disk_open(d, arena, &a->open);

	if (status != STATUS_SUCCESS)
		return status;
	if ((a->attr.attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 && !a->open.stat.directory)
		status = STATUS_INVALID_PARAMETER;
	else
		status = disk_set_attr(d, a->open.file, &a->attr);
	disk_close(&a->open.file);
	return status;
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	if (status == STATUS_SUCCESS)
		file_time_set_by_name(req->conn->server->files, &a->open.stat.id, a->attr.written);
	return status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = request_path(req, a->name, &a->open.path);

	if (status != STATUS_SUCCESS)
		return status;
	a->open.create = DISK_OPEN;
	a->open.wanted = FILE_WRITE_ATTRIBUTES;
	/*
	 * No attributes at all is an order too: those of a normal file. NORMAL is none of this
	 * command's: it changes nothing.
	 */
	if (a->attr.attributes == FILE_ATTRIBUTE_NORMAL)
		a->attr.attributes = 0;
	else if ((a->attr.attributes & ~FILE_ATTRIBUTE_DIRECTORY) == 0)
		a->attr.attributes |= FILE_ATTRIBUTE_NORMAL;
	return request_work(req, WORK_QUICK, set_work, done, a);
}

const struct smb_command smb_set_information = {
	.name = "SET_INFORMATION",
	.words = WORDS(8),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
