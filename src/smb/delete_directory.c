/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/server.h"
#include "smb/commands.h"

/* SMB_COM_DELETE_DIRECTORY ([MS-CIFS] 2.2.4.2). */

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
remove_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;

	(void)arena;
	return disk_rmdir(d, a->path, &a->stat.id);
}

static nt_status
found(struct request *req, void *arg, nt_status status)
{
	const struct file_taker taker = { .share = FILE_SHARE_READ | FILE_SHARE_WRITE |
		    FILE_SHARE_DELETE };
	struct args *a = arg;

	if (status == STATUS_SUCCESS && !a->stat.directory)
		status = STATUS_NOT_A_DIRECTORY;
	if (status == STATUS_SUCCESS)
		status = file_may_remove(req->conn->server->files, &a->stat.id, &taker);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_QUICK, remove_work, NULL, a);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status != STATUS_SUCCESS)
		return status;
	if (a->path[0] == '\0')
		return STATUS_ACCESS_DENIED;
	return request_work(req, WORK_CACHED, find_work, found, a);
}

const struct smb_command smb_delete_directory = {
	.name = "DELETE_DIRECTORY",
	.words = WORDS(0),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
