/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/open.h"
#include "file/node.h"
#include "file/notify_private.h"

/* Events looked through for one name; a name told twice does no harm. */
#define COMPARE_MAX 2048

#define NAMES (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)

struct scan {
	struct job job;
	struct view *view;
	struct cred *cred; /* counted: the view's may go while a job runs */
	struct watch_scan *scan;
	int parent; /* of where it began */
	bool report, brief, finished;
	bool deferred; /* others had their turn since it began */
};

static void scan_step(struct scan *s);

static nt_status
scan_work(struct job *job, bool nowait)
{
	struct scan *s = (struct scan *)(void *)((char *)job - offsetof(struct scan, job));

	(void)nowait;
	s->finished = watch_scan_run(s->scan, s->brief);
	return STATUS_SUCCESS;
}

static void
scan_end(struct scan *s)
{
	s->view->table->scans--;
	if (s->cred != NULL)
		cred_unref(&s->cred);
	watch_scan_free(&s->scan);
	view_unref(&s->view);
	free(s);
}

static void
scan_go(struct scan *s, enum work_kind kind)
{
	struct notify_table *t = s->view->table;

	s->job.kind = kind;
	s->brief = kind == WORK_QUICK;
	switch (worker_run(t->worker, &s->job)) {
	case WORKER_DONE:
		scan_step(s);
		break;
	case WORKER_QUEUED:
		s->deferred = true;
		break;
	case WORKER_FULL:
	default:
		view_incomplete(s->view, EAGAIN);
		scan_end(s);
	}
}

static void
scan_done(struct job *job)
{
	struct scan *s = (struct scan *)(void *)((char *)job - offsetof(struct scan, job));
	struct notify_table *t = s->view->table;

	scan_step(s);
	notify_poll(t);
}

static void
scan_start(struct notify *by, const char *path, int parent, bool report)
{
	struct view *v = by->view;
	struct notify_table *t = v->table;
	const struct disk d = { .root = v->root, .cred = v->cred };
	const struct watch_scan_from from = {
		.fd = by->open->file->fd,
		.path = path,
		.parent = parent,
		.report = report,
		.most = t->max > t->ndirs ? t->max - t->ndirs : 0,
	};
	struct watch_scan *scan = watch_scan_new(t->watch, &d, &from);
	struct scan *s;

	if (scan == NULL) {
		view_incomplete(v, errno);
		return;
	}
	s = xcalloc(1, sizeof(*s));
	s->scan = scan;
	s->view = v;
	s->parent = parent;
	s->report = report;
	v->refs++;
	if (v->cred != NULL)
		s->cred = cred_ref(v->cred);
	s->job.work = scan_work;
	s->job.done = scan_done;
	s->job.pace = disk_root_pace(v->root);
	t->scans++;
	if (!watch_scan_is_quick(scan)) {
		scan_go(s, WORK_QUICK);
		return;
	}
	s->brief = true;
	(void)scan_work(&s->job, false);
	scan_step(s);
}

void
scan_tree(struct notify *n)
{
	clock_gettime(CLOCK_REALTIME_COARSE, &n->since);
	scan_start(n, "", n->dir->wd, false);
}

void
scan_again(struct notify *n)
{
	const struct dir *d = n->dir;

	if (d != NULL && n->tree && dir_covered(d) == n &&
	    (d->parent == NULL || dir_covered(d->parent) == NULL))
		scan_tree(n);
}

void
scan_new(struct dir *parent, const char *name, bool report)
{
	struct notify *by = dir_covered(parent);
	char path[PATH_MAX];

	if (by == NULL || watch_name_hidden(parent->view->root, name) ||
	    dir_child(parent, name) != NULL)
		return;
	if (dir_disk_path(parent, by->dir, name, path))
		scan_start(by, path, parent->wd, report);
}

static bool
is_wanted(const struct dir *d)
{
	return d != NULL && dir_covered(d) != NULL;
}

/*
 * A directory that is watched now takes its place, if there is one for it. If not it is doomed:
 * another scan may have found it too.
 */
static void
adopt(struct view *v, const struct watch_found *f)
{
	const struct notify_table *t = v->table;
	bool room = t->ndirs < t->max;
	struct dir *parent = dir_find(v, f->parent), *d = dir_get(v, f->wd);

	if (!is_wanted(parent)) {
		dir_prune(d);
	} else if (!room) {
		dir_prune(d);
		view_incomplete(v, ENOSPC);
	} else {
		dir_move(d, parent, f->name);
	}
}

/* It is in the directory, and told; so is an event that says it came. */
static void
told_by_scan(struct watch_events *list, const struct watch_found *f)
{
	struct watch_event *e;
	unsigned n = 0;

	STAILQ_FOREACH (e, list, link) {
		if (++n > COMPARE_MAX)
			return;
		if (e->wd != f->parent || strcmp(e->name, f->name) != 0)
			continue;
		if ((e->mask & IN_CREATE) == 0)
			return;
		STAILQ_REMOVE(list, e, watch_event, link);
		free(e);
		return;
	}
}

static void
report(struct view *v, const struct watch_found *f)
{
	struct dir *parent = dir_find(v, f->parent);
	uint32_t what = f->directory ? FILE_NOTIFY_CHANGE_DIR_NAME : FILE_NOTIFY_CHANGE_FILE_NAME;

	if (parent == NULL)
		return;
	event_deliver(parent, f->name, FILE_ACTION_ADDED, what);
	told_by_scan(&v->table->early, f);
	told_by_scan(&v->table->queue, f);
}

static void
merge(struct scan *s)
{
	struct notify_table *t = s->view->table;
	struct watch_list *found = watch_scan_found(s->scan);
	struct watch_found *f;

	/* All that a scan could see and an event tells. */
	if (s->report)
		watch_take(t->watch, &t->queue);
	while ((f = STAILQ_FIRST(found)) != NULL) {
		STAILQ_REMOVE_HEAD(found, link);
		if (f->wd >= 0)
			adopt(s->view, f);
		else
			report(s->view, f);
		free(f);
	}
	/* What came early may be of a directory that is known now. */
	STAILQ_CONCAT(&t->early, &t->queue);
	STAILQ_CONCAT(&t->queue, &t->early);
	t->nearly = 0;
}

/* Who watches the names of a tree must look for himself: one came before it was watched. */
static void
tell_missed(const struct scan *s)
{
	struct notify *n;

	LIST_FOREACH (n, &s->view->table->notifies, all) {
		if (n->view == s->view && n->tree && (n->filter & NAMES) != 0 &&
		    watch_scan_missed(s->scan, &n->since))
			notify_lose(n);
	}
}

static void
scan_step(struct scan *s)
{
	int refused = watch_scan_refused(s->scan);

	merge(s);
	if (refused != 0)
		view_incomplete(s->view, refused);
	if (!s->finished && is_wanted(dir_find(s->view, s->parent))) {
		scan_go(s, WORK_SLOW);
		return;
	}
	if (s->deferred)
		tell_missed(s);
	scan_end(s);
}
