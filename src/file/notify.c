/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/notify.h"

#include <event2/event.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/loop.h"
#include "disk/open.h"
#include "file/node.h"
#include "file/notify_private.h"

/* Of what one open may make us keep, whatever its client asks for. */
#define BUFFER_MAX ((uint32_t)64 << 10)

/*
 * Bytes of changes kept for all, and for one connection with many directories open: what is within
 * each open's bound would otherwise only be bounded by how many files may be open. Who has more to
 * be told looks for himself.
 */
#define TABLE_MAX ((unsigned)16 << 20)
#define OWNER_MAX ((unsigned)2 << 20)

/* How many events are dealt with before others have their turn. */
#define EVENTS_AT_ONCE 1024

/* Seconds between two tries where not all could be watched. */
#define RETRY_TICKS 60

static void poll_now(struct notify_table *t);

static void
become_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	poll_now(arg);
}

struct notify_table *
notify_table_new(struct loop *loop, struct worker *worker, unsigned max)
{
	struct notify_table *t = xcalloc(1, sizeof(*t));

	t->loop = loop;
	t->worker = worker;
	t->max = max;
	t->watch = watch_new();
	LIST_INIT(&t->views);
	LIST_INIT(&t->notifies);
	TAILQ_INIT(&t->to_flush);
	TAILQ_INIT(&t->doomed);
	STAILQ_INIT(&t->queue);
	STAILQ_INIT(&t->early);
	STAILQ_INIT(&t->halves);
	STAILQ_INIT(&t->writes);
	t->later = evtimer_new(loop->base, become_readable, t);
	return t;
}

static void
drop_events(struct watch_events *list)
{
	struct watch_event *e;

	while ((e = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		free(e);
	}
}

void
notify_table_free(struct notify_table **tp)
{
	struct notify_table *t = *tp;

	t->scans = 0;
	while (!TAILQ_EMPTY(&t->doomed))
		(void)dirs_reap(t);
	drop_events(&t->queue);
	drop_events(&t->early);
	drop_events(&t->halves);
	drop_events(&t->writes);
	if (t->readable != NULL)
		event_free(t->readable);
	event_free(t->later);
	watch_free(&t->watch);
	free(t);
	*tp = NULL;
}

struct watch *
notify_watch(const struct notify_table *t)
{
	return t->watch;
}

unsigned
notify_directories(const struct notify_table *t)
{
	return t->ndirs;
}

unsigned
notify_count(const struct notify_table *t)
{
	return t->nnotifies;
}

unsigned
notify_scans(const struct notify_table *t)
{
	return t->scans;
}

static size_t
utf16_bytes(const char *utf8)
{
	return utf16le_from_utf8(utf8, NULL, 0);
}

uint32_t
notify_size(const struct notify_change *c)
{
	return (uint32_t)((12 + utf16_bytes(c->path) + 3) & ~(size_t)3);
}

static void
drop_changes(struct notify_changes *list)
{
	struct notify_change *c;

	while ((c = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		free(c);
	}
}

static bool
has_room(const struct notify *n, uint32_t size)
{
	const unsigned *owner = n->open->owner_changes;

	return size <= n->limit - n->bytes && size <= TABLE_MAX - n->table->bytes &&
	    (owner == NULL || size <= OWNER_MAX - *owner);
}

static void
set_bytes(struct notify *n, uint32_t bytes)
{
	unsigned *owner = n->open->owner_changes;

	n->table->bytes += bytes - n->bytes;
	if (owner != NULL)
		*owner += bytes - n->bytes;
	n->bytes = bytes;
}

static void
forget_changes(struct notify *n)
{
	drop_changes(&n->changes);
	n->last = NULL;
	set_bytes(n, 0);
	n->lost = false;
}

static void
mark(struct notify *n)
{
	if (n->dirty || TAILQ_EMPTY(&n->waits))
		return;
	n->dirty = true;
	TAILQ_INSERT_TAIL(&n->table->to_flush, n, flush);
}

void
notify_lose(struct notify *n)
{
	forget_changes(n);
	n->lost = true;
	mark(n);
}

/* What is modified again and again is told once. */
static bool
told_already(const struct notify *n, enum watch_action action, const char *path)
{
	return n->last != NULL && action == n->last->action && strcmp(path, n->last->path) == 0 &&
	    (action == FILE_ACTION_MODIFIED || action == FILE_ACTION_MODIFIED_STREAM);
}

void
notify_add(struct notify *n, enum watch_action action, const char *path)
{
	size_t len = strlen(path) + 1;
	struct notify_change *c;
	uint32_t size;

	if (n->lost || told_already(n, action, path))
		return;
	c = xcalloc(1, sizeof(*c) + len);
	c->action = action;
	memcpy(c->path, path, len);
	size = notify_size(c);
	if (!has_room(n, size)) {
		free(c);
		notify_lose(n);
		return;
	}
	STAILQ_INSERT_TAIL(&n->changes, c, link);
	n->last = c;
	set_bytes(n, n->bytes + size);
	mark(n);
}

static bool
has_answer(const struct notify *n)
{
	return n->lost || !STAILQ_EMPTY(&n->changes);
}

static void
answer(struct notify *n, struct notify_wait *w)
{
	w->status = STATUS_SUCCESS;
	if (n->lost || n->bytes > w->room)
		w->status = STATUS_NOTIFY_ENUM_DIR;
	else
		STAILQ_CONCAT(&w->changes, &n->changes);
	forget_changes(n);
}

/* Off the list, and true if it still waits: it may have been cancelled in this very turn. */
static bool
take_wait(struct notify_wait *w)
{
	TAILQ_REMOVE(&w->on->waits, w, link);
	w->on = NULL;
	return !TAILQ_EMPTY(&w->list);
}

static void
flush(struct notify *n)
{
	struct notify_wait *w;

	n->dirty = false;
	TAILQ_REMOVE(&n->table->to_flush, n, flush);
	while (has_answer(n) && (w = TAILQ_FIRST(&n->waits)) != NULL) {
		if (!take_wait(w))
			continue;
		answer(n, w);
		waiter_wake_all(&w->list, STATUS_SUCCESS);
	}
}

static void
go_on_in(struct notify_table *t, long us)
{
	const struct timeval tv = { .tv_usec = us };

	evtimer_add(t->later, &tv);
}

static void
poll_now(struct notify_table *t)
{
	struct notify *n;

	watch_take(t->watch, &t->queue);
	events_handle(t, EVENTS_AT_ONCE);
	while ((n = TAILQ_FIRST(&t->to_flush)) != NULL)
		flush(n);
	if (dirs_reap(t) || !STAILQ_EMPTY(&t->queue))
		go_on_in(t, 0);
	else if (events_due(t) > 0)
		go_on_in(t, events_due(t));
}

/*
 * Of what is left to read when nothing is watched any more, the loop tells. Who cannot watch
 * anything is told that, too.
 */
void
notify_poll(struct notify_table *t)
{
	if (t->ndirs > 0 || !TAILQ_EMPTY(&t->to_flush))
		poll_now(t);
}

static void
complain(struct notify_table *t, int error)
{
	if (t->told || error == EAGAIN) /* too busy just now */
		return;
	t->told = true;
	log_warning("change notification: not all directories can be watched: %s; clients are told "
		    "to look for themselves every %d s. More are allowed by \"max change notify "
		    "watches\" (%u now) and fs.inotify.max_user_watches",
	    strerror(error), RETRY_TICKS, t->max);
}

void
view_incomplete(struct view *v, int error)
{
	v->incomplete = true;
	complain(v->table, error);
}

static bool
gone(const struct open *o)
{
	return watch_is_gone(o->file->fd);
}

static nt_status
watch_dir(struct notify *n)
{
	struct notify_table *t = n->table;
	int fd = n->open->file->fd, wd;

	if (t->ndirs >= t->max) {
		view_incomplete(n->view, ENOSPC);
		return STATUS_SUCCESS;
	}
	if (cred_assume(n->view->cred) != 0)
		return STATUS_ACCESS_DENIED;
	wd = watch_add(t->watch, fd);
	if (wd < 0 && (errno == EACCES || errno == EPERM))
		return STATUS_ACCESS_DENIED;
	if (wd < 0) {
		view_incomplete(n->view, errno);
		return STATUS_SUCCESS;
	}
	if (t->readable == NULL) {
		t->readable = event_new(
		    t->loop->base, watch_fd(t->watch), EV_READ | EV_PERSIST, become_readable, t);
		event_add(t->readable, NULL);
	}
	n->dir = dir_get(n->view, wd);
	return STATUS_SUCCESS;
}

static nt_status
begin(struct notify *n)
{
	nt_status status = watch_dir(n);
	bool covered;

	if (status != STATUS_SUCCESS || n->dir == NULL)
		return status;
	covered = dir_covered(n->dir) != NULL;
	dir_attach(n);
	if (n->tree && !covered)
		scan_tree(n);
	return STATUS_SUCCESS;
}

static void
retry(struct notify *n)
{
	notify_lose(n);
	if (n->dir == NULL)
		(void)begin(n);
	else
		scan_again(n);
}

static void
retry_all(struct notify_table *t)
{
	struct notify *n;
	struct view *v;

	LIST_FOREACH (v, &t->views, link) {
		v->retried = v->incomplete;
		v->incomplete = false;
	}
	LIST_FOREACH (n, &t->notifies, all) {
		if (n->view->retried || n->dir == NULL)
			retry(n);
	}
}

/*
 * A directory that a local program removed lives on as long as it is open, and the kernel does not
 * tell.
 */
void
notify_tick(struct notify_table *t)
{
	struct notify *n;

	LIST_FOREACH (n, &t->notifies, all) {
		if (!TAILQ_EMPTY(&n->waits) && gone(n->open))
			notify_deleted(n);
	}
	if (++t->ticks % RETRY_TICKS == 0)
		retry_all(t);
	notify_poll(t);
}

nt_status
notify_start(
    struct notify_table *t, struct open *o, struct cred *cred, const struct notify_ask *ask)
{
	struct notify *n;
	nt_status status;

	if (gone(o))
		return STATUS_DELETE_PENDING;
	/* What was before is not for the new one; for the others it must be complete. */
	notify_poll(t);
	if (o->notify != NULL)
		return STATUS_SUCCESS;
	n = xcalloc(1, sizeof(*n));
	n->table = t;
	n->open = o;
	n->view = view_get(t, o->file->root, cred);
	n->filter = ask->filter;
	n->tree = ask->tree;
	clock_gettime(CLOCK_REALTIME_COARSE, &n->since);
	n->limit = ask->buffer < BUFFER_MAX ? ask->buffer : BUFFER_MAX;
	STAILQ_INIT(&n->changes);
	TAILQ_INIT(&n->waits);
	LIST_INSERT_HEAD(&t->notifies, n, all);
	t->nnotifies++;
	o->notify = n;
	status = begin(n);
	if (status != STATUS_SUCCESS)
		notify_free(&o->notify);
	return status;
}

nt_status
notify_get(struct notify *n, struct notify_wait *w)
{
	STAILQ_INIT(&w->changes);
	TAILQ_INIT(&w->list);
	w->on = NULL;
	if (has_answer(n) && TAILQ_EMPTY(&n->waits)) {
		answer(n, w);
		return STATUS_SUCCESS;
	}
	w->on = n;
	TAILQ_INSERT_TAIL(&n->waits, w, link);
	return STATUS_PENDING;
}

void
notify_done(struct notify_wait *w)
{
	if (w->on != NULL)
		(void)take_wait(w);
	drop_changes(&w->changes);
}

static void
end_waits(struct notify *n, nt_status status)
{
	struct notify_wait *w;

	while ((w = TAILQ_FIRST(&n->waits)) != NULL) {
		if (!take_wait(w))
			continue;
		w->status = status;
		waiter_wake_all(&w->list, STATUS_SUCCESS);
	}
}

void
notify_deleted(struct notify *n)
{
	end_waits(n, STATUS_DELETE_PENDING);
}

void
notify_free(struct notify **np)
{
	struct notify *n = *np;
	struct notify_table *t = n->table;

	*np = NULL;
	end_waits(n, STATUS_NOTIFY_CLEANUP);
	if (n->dirty)
		TAILQ_REMOVE(&t->to_flush, n, flush);
	dir_detach(n);
	if (!TAILQ_EMPTY(&t->doomed))
		go_on_in(t, 0);
	LIST_REMOVE(n, all);
	t->nnotifies--;
	view_unref(&n->view);
	forget_changes(n);
	free(n);
}
