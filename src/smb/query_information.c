/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "disk/lookup.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/server.h"
#include "smb/commands.h"
#include "smb/info/fields.h"

/* SMB_COM_QUERY_INFORMATION ([MS-CIFS] 2.2.4.9). */

struct args {
	const char *name, *path;
	struct disk_stat stat;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->name = rd_string_04(&in->bytes);
}

static nt_status
find_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	return disk_lookup(d, arena, a->path, &a->stat, NULL);
}

static nt_status
found(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	if (status != STATUS_SUCCESS)
		return status;
	file_seen(req->conn->server->files, &a->stat);
	/* WfW asks for "" and wants to see a hidden directory. */
	if (a->path[0] == '\0')
		a->stat.attributes |= FILE_ATTRIBUTE_HIDDEN;
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_CACHED, find_work, found, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, dos_attributes(&a->stat));
	wr_u32(w, ntime_to_utime(a->stat.written));
	wr_u32(w, size32(a->stat.size));
	wr_zero(w, 10);
}

const struct smb_command smb_query_information = {
	.name = "QUERY_INFORMATION",
	.words = WORDS(0),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
