/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/request.h"

#include <event2/event.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/cred.h"
#include "base/loop.h"
#include "file/notify.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/search.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/frame.h"

/* Pieces of work one after the other in one turn, each a few calls deeper. */
#define MAX_INLINE_RUNS 16

static void request_woken(struct waiter *w, nt_status why);

struct request *
request_new(struct conn *c, struct frame *f)
{
	struct request *req = xcalloc(1, sizeof *req);

	req->conn = c;
	req->frame = f;
	arena_init(&req->arena);
	TAILQ_INIT(&req->asleep);
	waiter_init(&req->waiter, c->server->loop, request_woken);
	TAILQ_INSERT_TAIL(&c->requests, req, link);
	c->outstanding++;
	return req;
}

/* The reply has told the client of its oplock: now it may be asked to give it up. */
static void
announce(const struct request *req)
{
	struct handle *h = req->chain_fid != 0 ? handle_get(req->conn, req->chain_fid) : NULL;

	if (h != NULL && h->open != NULL)
		file_oplock_announce(h->open);
}

void
request_free(struct request **reqp)
{
	struct request *req = *reqp;
	struct conn *c = req->conn;
	int i;

	for (i = 0; i < REQUEST_HOLDS; i++) {
		if (req->held[i] != NULL)
			handle_release(req->held[i]);
	}
	if (req->held_search != NULL)
		search_release(req->held_search);
	announce(req);
	request_bind(req, NULL, NULL);
	waiter_cancel(&req->waiter);
	if (req->alarm != NULL)
		event_free(req->alarm);
	TAILQ_REMOVE(&c->requests, req, link);
	if (c->raw == req) {
		c->raw = NULL;
		c->raw_taken = false;
	}
	frame_free(&req->frame);
	wr_clear(&req->reply);
	arena_clear(&req->arena);
	free(req);
	*reqp = NULL;
	conn_request_ended(c);
}

void
request_bind(struct request *req, struct session *session, struct tree *tree)
{
	struct disk *d = &req->disk;
	struct cred *cred;

	if (d->root != NULL)
		disk_root_unref(&d->root);
	if (req->cred != NULL)
		cred_unref(&req->cred);
	d->cred = NULL;
	d->read_only = true;
	d->guest = true;
	d->admin = false;
	d->exact = d->links = tree_is_posix(tree);
	req->session = session;
	req->tree = tree;
	req->orphan = false;
	if (session == NULL || tree == NULL || tree->ipc)
		return;
	d->root = disk_root_ref(tree->share->root);
	cred = tree_identity(tree, session);
	if (cred != NULL)
		req->cred = cred_ref(cred);
	d->cred = req->cred;
	d->read_only = share_read_only(tree->share, session);
	d->guest = session->guest || session->anonymous;
	d->admin = share_is_admin(tree->share, session);
}

/* Takes the parked request up again; req may be gone afterwards. */
static void
resume(struct request *req, nt_status why)
{
	nt_status status;

	req->inline_runs = 0;
	if (req->orphan || req->conn->closing)
		why = STATUS_CANCELLED;
	status = req->done(req, req->arg, why);
	if (status != STATUS_PENDING)
		req->finish(req, status);
}

static void
request_woken(struct waiter *w, nt_status why)
{
	struct request *req = (struct request *)(void *)((char *)w -
	    offsetof(struct request, waiter));

	req->parked = false;
	if (req->alarm != NULL)
		event_del(req->alarm);
	resume(req, why);
}

static struct request *
of_job(struct job *job)
{
	return (struct request *)(void *)((char *)job - offsetof(struct request, job));
}

static nt_status
run_job(struct job *job, bool nowait)
{
	struct request *req = of_job(job);
	struct disk d = req->disk;

	d.nowait = nowait;
	return req->work(&d, &req->arena, req->arg);
}

/* Who watches hears of a change before, or as, who made it is answered. */
static void
tell_changes(struct request *req)
{
	if (req->job.kind != WORK_CACHED)
		notify_poll(req->conn->server->notify);
}

static void
job_done(struct job *job)
{
	struct request *req = of_job(job);

	req->in_job = false;
	tell_changes(req);
	resume(req, job->status);
}

nt_status
request_answer(struct request *req, void *arg, nt_status status)
{
	(void)req;
	(void)arg;
	return status;
}

/*
 * In the next turn: whoever does much, piece by piece, neither fills the stack nor keeps the others
 * waiting.
 */
static nt_status
go_on_later(struct request *req, nt_status status)
{
	req->parked = true;
	waiter_wake(&req->waiter, status);
	return STATUS_PENDING;
}

nt_status
request_work(struct request *req, enum work_kind kind, request_work_fn *work, request_done_fn *done,
    void *arg)
{
	if (done == NULL)
		done = request_answer;
	req->work = work;
	req->done = done;
	req->arg = arg;
	req->job.kind = kind;
	req->job.work = run_job;
	req->job.done = job_done;
	if (req->conn->closing)
		return done(req, arg, STATUS_CANCELLED);
	req->job.pace = req->disk.root != NULL ? disk_root_pace(req->disk.root) : NULL;
	switch (worker_run(req->conn->server->worker, &req->job)) {
	case WORKER_DONE:
		tell_changes(req);
		if (++req->inline_runs > MAX_INLINE_RUNS)
			return go_on_later(req, req->job.status);
		return done(req, arg, req->job.status);
	case WORKER_QUEUED:
		req->in_job = true;
		return STATUS_PENDING;
	case WORKER_FULL:
	default:
		return done(req, arg, STATUS_INSUFF_SERVER_RESOURCES);
	}
}

nt_status
request_wait(struct request *req, struct waiter_list *list, request_done_fn *done, void *arg)
{
	req->done = done;
	req->arg = arg;
	req->parked = true;
	waiter_add(list, &req->waiter);
	return STATUS_PENDING;
}

static void
alarm_rang(evutil_socket_t fd, short what, void *arg)
{
	struct request *req = arg;

	(void)fd;
	(void)what;
	waiter_wake(&req->waiter, STATUS_IO_TIMEOUT);
}

nt_status
request_wait_for(
    struct request *req, const struct request_timeout *t, request_done_fn *done, void *arg)
{
	const struct timeval tv = { .tv_sec = t->ms / 1000, .tv_usec = (t->ms % 1000) * 1000 };

	if (req->alarm == NULL)
		req->alarm = event_new(req->conn->server->loop->base, -1, 0, alarm_rang, req);
	if (req->alarm == NULL || event_add(req->alarm, &tv) != 0)
		return done(req, arg, STATUS_INSUFF_SERVER_RESOURCES);
	return request_wait(req, t->list != NULL ? t->list : &req->asleep, done, arg);
}

void
request_cancel(struct request *req)
{
	if (req->parked)
		waiter_wake(&req->waiter, STATUS_CANCELLED);
}

void
request_orphan(struct request *req)
{
	/* The one that runs is who takes them away. */
	if (!req->parked && !req->in_job)
		return;
	req->orphan = true;
	req->session = NULL;
	req->tree = NULL;
}

static void
hold_handle(struct request *req, struct handle *h)
{
	int i;

	for (i = 0; i < REQUEST_HOLDS; i++) {
		if (req->held[i] == h)
			return;
		if (req->held[i] == NULL) {
			handle_hold(h);
			req->held[i] = h;
			return;
		}
	}
	/* A chain that works on a third file lets the first go: its element has been answered. */
	handle_release(req->held[0]);
	req->held[0] = req->held[1];
	handle_hold(h);
	req->held[1] = h;
}

struct handle *
request_fid(struct request *req, uint16_t fid)
{
	struct handle *h;

	if (req->chain_fid != 0)
		fid = req->chain_fid;
	h = handle_get(req->conn, fid);
	if (h == NULL || h->tree != req->tree)
		return NULL;
	if (req->session != NULL && h->uid != req->session->uid)
		return NULL;
	hold_handle(req, h);
	if (h->read_only)
		req->disk.read_only = true;
	return h;
}

struct handle *
request_handle(struct request *req, uint16_t fid)
{
	struct handle *h = request_fid(req, fid);

	return h != NULL && h->open != NULL ? h : NULL;
}

struct handle *
request_pipe(struct request *req, uint16_t fid)
{
	struct handle *h = request_fid(req, fid);

	return h != NULL && h->pipe != NULL ? h : NULL;
}

void
request_handle_new(struct request *req, struct handle *h)
{
	hold_handle(req, h);
}

nt_status
request_close(struct request *req, struct handle *h, request_done_fn *done, void *arg)
{
	nt_status status;
	int i;

	if (done == NULL)
		done = request_answer;
	for (i = 0; i < REQUEST_HOLDS; i++) {
		if (req->held[i] != h)
			continue;
		req->held[i] = NULL;
		h->busy--;
	}
	status = handle_close(h);
	return status != STATUS_PENDING ? done(req, arg, status)
					: request_wait(req, &h->idle, done, arg);
}

struct search *
request_search(struct request *req, uint16_t sid)
{
	struct search *s = search_get(req->conn, sid);

	if (s == NULL || s->tree != req->tree ||
	    (req->session != NULL && s->uid != req->session->uid))
		return NULL;
	if (req->held_search != s) {
		if (req->held_search != NULL)
			search_release(req->held_search);
		search_hold(s);
		req->held_search = s;
	}
	return s;
}
