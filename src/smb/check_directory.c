/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/lookup.h"
#include "server/path.h"
#include "smb/commands.h"

/* SMB_COM_CHECK_DIRECTORY ([MS-CIFS] 2.2.4.17). */

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

/* A client that reads DOS errors is to hear ERRbadpath, which DOS depends on. */
static nt_status
no_directory(const struct request *req, nt_status status)
{
	if ((req->hdr.flags2 & SMB_FLAGS2_NT_STATUS) == 0)
		return STATUS_OBJECT_PATH_NOT_FOUND;
	return status;
}

static nt_status
found(struct request *req, void *arg, nt_status status)
{
	const struct args *a = arg;

	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		return no_directory(req, status);
	if (status == STATUS_SUCCESS && !a->stat.directory)
		return no_directory(req, STATUS_NOT_A_DIRECTORY);
	return status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status == STATUS_OBJECT_NAME_INVALID)
		return no_directory(req, status);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_CACHED, find_work, found, a);
}

const struct smb_command smb_check_directory = {
	.name = "CHECK_DIRECTORY",
	.words = WORDS(0),
	.flags = NEED_DISK | CHAINS,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
