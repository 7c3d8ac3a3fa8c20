/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_NOTIFY_CHANGE ([MS-CIFS] 2.2.7.4): what changed in a directory, now or once it does.
 */
#include "file/node.h"
#include "file/notify.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/server.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/trans/nt.h"

#define SETUP_WORDS 4

struct notify_args {
	uint16_t fid;
	struct notify_ask ask;
	struct trans *t;
	struct handle *handle;
	struct notify_wait wait;
};

static void
decode(void *args, struct trans *t)
{
	struct notify_args *a = args;

	if (t->nsetup != SETUP_WORDS) {
		t->params.bad = true;
		return;
	}
	a->ask.filter = t->setup[0] | (uint32_t)t->setup[1] << 16;
	a->fid = t->setup[2];
	a->ask.tree = (t->setup[3] & 0xFF) != 0;
	a->ask.buffer = t->max_params;
}

/* FILE_NOTIFY_INFORMATION ([MS-FSCC] 2.7.1), each aligned to 4. */
static void
put_change(struct writer *w, const struct notify_change *c, bool last)
{
	size_t at = wr_hole32(w), length_at;

	wr_u32(w, c->action);
	length_at = wr_hole32(w);
	wr_patch32(w, length_at, (uint32_t)wr_utf16(w, c->path));
	if (last)
		return;
	wr_align(w, 4, 0);
	wr_patch32(w, at, (uint32_t)(w->pos - at));
}

static void
put_changes(struct request *req, struct notify_args *a)
{
	const struct notify_change *c;
	uint32_t size = 0;

	STAILQ_FOREACH (c, &a->wait.changes, link)
		size += notify_size(c);
	trans_out(req, a->t, size, 0);
	STAILQ_FOREACH (c, &a->wait.changes, link)
		put_change(&a->t->out_params, c, STAILQ_NEXT(c, link) == NULL);
}

/*
 * That there was more than can be told, and that the directory was closed, Windows says with
 * success and no change: the client looks for himself.
 */
static nt_status
answer(struct request *req, struct notify_args *a)
{
	nt_status status = a->wait.status;

	if (status == STATUS_NOTIFY_ENUM_DIR || status == STATUS_NOTIFY_CLEANUP)
		status = STATUS_SUCCESS;
	if (status == STATUS_SUCCESS)
		put_changes(req, a);
	notify_done(&a->wait);
	return status;
}

static nt_status
woken(struct request *req, void *arg, nt_status status)
{
	struct notify_args *a = arg;

	if (status != STATUS_SUCCESS)
		a->wait.status = a->handle->closed ? STATUS_NOTIFY_CLEANUP : status;
	return answer(req, a);
}

static nt_status
check(const struct request *req, const struct handle *h)
{
	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	if (!h->open->file->directory)
		return STATUS_INVALID_PARAMETER;
	if ((h->open->mode.access & FILE_READ_DATA) == 0)
		return STATUS_ACCESS_DENIED;
	if (!req->tree->share->conf->change_notify)
		return STATUS_NOT_SUPPORTED;
	if (conn_is_busy(req->conn))
		return STATUS_INSUFF_SERVER_RESOURCES;
	return file_delete_pending(h->open) ? STATUS_DELETE_PENDING : STATUS_SUCCESS;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct notify_args *a = args;
	struct handle *h = request_handle(req, a->fid);
	nt_status status = check(req, h);

	if (status == STATUS_SUCCESS)
		status = notify_start(req->conn->server->notify, h->open, h->cred, &a->ask);
	if (status != STATUS_SUCCESS)
		return status;
	a->t = t;
	a->handle = h;
	a->wait.room = t->max_params;
	if (notify_get(h->open->notify, &a->wait) == STATUS_SUCCESS)
		return answer(req, a);
	return request_wait(req, &a->wait.list, woken, a);
}

const struct trans_command nt_notify_change = {
	.name = "NOTIFY_CHANGE",
	.args = sizeof(struct notify_args),
	.decode = decode,
	.run = run,
};
