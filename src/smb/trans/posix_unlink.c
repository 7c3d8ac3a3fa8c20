/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * POSIX_UNLINK of SET_PATH_INFORMATION: unlink(2) and rmdir(2). The name goes at once, whoever has
 * the file open by POSIX_OPEN; others would lose what they count on.
 */
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/oplock_break.h"
#include "smb/trans/posix.h"

#define UNLINK_FILE      0
#define UNLINK_DIRECTORY 1

struct posix_remove {
	struct trans *t;
	uint16_t type;
	const char *path;
	struct disk_stat stat;
};

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct posix_remove *u = arg;

	return disk_lookup(d, a, u->path, &u->stat, NULL);
}

static nt_status
remove_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct posix_remove *u = arg;

	(void)a;
	return u->type == UNLINK_DIRECTORY ? disk_rmdir(d, u->path, &u->stat.id)
					   : disk_unlink(d, u->path, &u->stat.id);
}

static nt_status
removed(struct request *req, void *arg, nt_status status)
{
	const struct posix_remove *u = arg;

	return posix_answer(req, u->t, status);
}

static bool
open_elsewise(const struct file_table *files, const struct disk_id *id)
{
	const struct open_list *opens = file_opens(files, id);
	const struct open *o;

	if (opens == NULL)
		return false;
	TAILQ_FOREACH (o, opens, link) {
		if (!o->posix)
			return true;
	}
	return false;
}

static nt_status found(struct request *req, void *arg, nt_status status);

static nt_status
face_others(struct request *req, struct posix_remove *u)
{
	const struct oplock_conflict conflict = { .batch_only = true, .left = OPLOCK_LEVEL_II };
	const struct file_table *files = req->conn->server->files;
	nt_status status = smb_break_oplocks(req, &u->stat.id, conflict, found, u);

	if (status != STATUS_SUCCESS)
		return status;
	if (file_is_pending(files, &u->stat.id))
		return STATUS_DELETE_PENDING;
	return open_elsewise(files, &u->stat.id) ? STATUS_SHARING_VIOLATION : STATUS_SUCCESS;
}

/* Also when a holder of an oplock has answered: the name goes only from the file it was found on.
 */
static nt_status
found(struct request *req, void *arg, nt_status status)
{
	struct posix_remove *u = arg;

	if (status != STATUS_SUCCESS && !smb_starts_over(status))
		return status;
	if (u->type == UNLINK_DIRECTORY && !u->stat.directory)
		return STATUS_NOT_A_DIRECTORY;
	if (u->type == UNLINK_FILE && u->stat.directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	status = face_others(req, u);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_QUICK, remove_work, removed, u);
}

nt_status
posix_unlink(struct request *req, struct trans *t, const char *name)
{
	struct posix_remove *u = arena_alloc(&req->arena, sizeof(*u));
	nt_status status;

	u->t = t;
	u->type = rd_u16(&t->data);
	if (!rd_ok(&t->data) || u->type > UNLINK_DIRECTORY)
		return STATUS_INVALID_PARAMETER;
	status = posix_path(req, name, &u->path);
	if (status != STATUS_SUCCESS)
		return status;
	if (u->path[0] == '\0')
		return STATUS_ACCESS_DENIED;
	return request_work(req, WORK_CACHED, look_up, found, u);
}
