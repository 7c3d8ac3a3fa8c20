/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/name.h"
#include "server/path.h"
#include "smb/commands.h"

/* SMB_COM_CREATE_DIRECTORY ([MS-CIFS] 2.2.4.1). */

struct args {
	const char *name, *path;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->name = rd_string_04(&in->bytes);
}

static nt_status
make_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_mkdir(d, a->path, FILE_ATTRIBUTE_DIRECTORY, NULL);
}

/* What Windows tells DOS. */
static nt_status
made(struct request *req, void *arg, nt_status status)
{
	(void)arg;
	if (status == STATUS_OBJECT_NAME_COLLISION && (req->hdr.flags2 & SMB_FLAGS2_NT_STATUS) == 0)
		return STATUS_ACCESS_DENIED;
	return status;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_QUICK, make_work, made, a);
}

const struct smb_command smb_create_directory = {
	.name = "CREATE_DIRECTORY",
	.words = WORDS(0),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
