/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/handle.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/cred.h"
#include "base/worker.h"
#include "disk/io.h"
#include "file/notify.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

/* The rest of a close that needs the disk. Outlives the connection. */
struct closing {
	struct job job;
	struct notify_table *notify;
	struct handle *handle;
	struct disk_file *file;
	struct file_settle settle;
	struct file_removal *removal; /* or NULL: settle */
	nt_status removed;
};

static struct handle *new (const struct request *req)
{
	struct handle *h = xcalloc(1, sizeof *h);
	struct conn *c = req->conn;

	h->fid = server_has_room(c->server) ? idmap_add(&c->handles, h) : 0;
	if (h->fid == 0) {
		free(h);
		return NULL;
	}
	c->server->nfiles++;
	h->serial = ++c->server->handles_made;
	h->conn = c;
	h->tree = req->tree;
	h->uid = req->session->uid;
	h->pid = req->hdr.pid;
	h->read_only = req->disk.read_only;
	h->cred = req->cred != NULL ? cred_ref(req->cred) : NULL;
	TAILQ_INIT(&h->idle);
	return h;
}

struct handle *
handle_new(const struct request *req, struct open *open)
{
	struct handle *h = new (req);

	if (h != NULL)
		h->open = open;
	return h;
}

struct handle *
handle_new_pipe(const struct request *req, struct pipe *pipe)
{
	struct handle *h = new (req);

	if (h != NULL)
		h->pipe = pipe;
	return h;
}

const char *
handle_name(const struct handle *h)
{
	return h->pipe != NULL ? h->pipe->service->name : file_path(h->open);
}

static void
gone(struct handle *h, nt_status status)
{
	waiter_wake_all(&h->idle, status);
	if (h->cred != NULL)
		cred_unref(&h->cred);
	free(h);
}

static void
settled(struct job *job)
{
	struct closing *cl = (struct closing *)(void *)((char *)job -
	    offsetof(struct closing, job));

	if (cl->removal != NULL)
		file_removal_free(&cl->removal);
	notify_poll(cl->notify);
	gone(cl->handle, cl->removed);
	free(cl);
}

static nt_status
settle_work(struct job *job, bool nowait)
{
	struct closing *cl = (struct closing *)(void *)((char *)job -
	    offsetof(struct closing, job));

	(void)nowait;
	if (cl->removal == NULL)
		file_settle_run(cl->file, cl->handle->cred, &cl->settle);
	disk_close(&cl->file);
	if (cl->removal != NULL)
		cl->removed = file_removal_run(cl->removal);
	return STATUS_SUCCESS;
}

static nt_status
settle_later(struct server *s, const struct closing *what)
{
	struct closing *cl = xcalloc(1, sizeof *cl);
	nt_status status;

	*cl = *what;
	cl->job.kind = cl->removal != NULL ? disk_work_of(disk_allocated(cl->file)) : WORK_QUICK;
	cl->job.work = settle_work;
	cl->job.done = settled;
	cl->job.pace = disk_root_pace(cl->file->root);
	switch (worker_run(s->worker, &cl->job)) {
	case WORKER_QUEUED:
		return STATUS_PENDING;
	case WORKER_FULL:
		(void)settle_work(&cl->job, false);
		break;
	case WORKER_DONE:
		break;
	}
	status = cl->removed;
	settled(&cl->job);
	return status;
}

/* Nobody works on it any more: closes the file or pipe. */
static nt_status
finish_close(struct handle *h)
{
	struct server *s = h->conn->server;
	struct closing cl = { .notify = s->notify, .handle = h, .removed = STATUS_SUCCESS };
	bool due;

	s->nfiles--;
	if (h->pipe != NULL) {
		pipe_free(&h->pipe);
		gone(h, STATUS_SUCCESS);
		return STATUS_SUCCESS;
	}
	due = file_settle(h->open, &cl.settle);
	cl.removal = file_close(&h->open, &cl.file, h->cred);
	h->conn = NULL;
	if (due || cl.removal != NULL)
		return settle_later(s, &cl);
	disk_close(&cl.file);
	gone(h, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

/* Who waits for something about this file (a lock) waits in vain. */
static void
wake_waiting(struct handle *h)
{
	struct request *req;

	TAILQ_FOREACH (req, &h->conn->requests, link) {
		if (req->parked && (req->held[0] == h || req->held[1] == h))
			waiter_wake(&req->waiter, STATUS_FILE_CLOSED);
	}
}

nt_status
handle_close(struct handle *h)
{
	if (!h->closed) {
		h->closed = true;
		idmap_remove(&h->conn->handles, h->fid);
		if (h->open != NULL)
			file_oplock_drop(h->open);
		if (h->busy > 0)
			wake_waiting(h);
	}
	return h->busy == 0 ? finish_close(h) : STATUS_PENDING;
}

nt_status
handle_write_error(struct handle *h)
{
	nt_status status = h->write_error;

	h->write_error = STATUS_SUCCESS;
	return status;
}

void
handle_hold(struct handle *h)
{
	h->busy++;
}

void
handle_release(struct handle *h)
{
	h->busy--;
	if (h->busy == 0 && h->closed)
		(void)finish_close(h);
}

struct handle *
handle_get(const struct conn *c, uint16_t fid)
{
	return idmap_get(&c->handles, fid);
}
