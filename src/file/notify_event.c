/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "base/loop.h"
#include "file/notify_private.h"

/* Events of directories a scan has found and not told yet. */
#define EARLY_MAX 4096

/* A file or directory that was moved is told to have left when nothing says where it went. */
#define HALVES_MAX 64
#define HALF_MS    10

/*
 * Writes are told when they are over, as Windows does: when the file is closed, or when they have
 * gone on for a while.
 */
#define WRITES_MAX 256
#define WRITE_MS   800

/* NTFS reports a file that got another name as modified too. */
#define RENAMED (FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_CREATION)

static uint32_t
now_ms(void)
{
	return (uint32_t)loop_now_ms();
}

static uint32_t
name_of(const struct watch_event *e)
{
	return e->mask & IN_ISDIR ? FILE_NOTIFY_CHANGE_DIR_NAME : FILE_NOTIFY_CHANGE_FILE_NAME;
}

/* A name below a directory that clients cannot see is not seen either. */
static bool
hidden(const struct dir *d, const struct dir *top, const char *name)
{
	if (watch_name_hidden(d->view->root, name))
		return true;
	for (; d != top; d = d->parent) {
		if (watch_name_hidden(d->view->root, d->name))
			return true;
	}
	return false;
}

static void
deliver_to(struct notify *n, const struct dir *d, const char *name, enum watch_action action)
{
	char path[CLIENT_PATH_MAX];

	if (!hidden(d, n->dir, name) &&
	    dir_client_path(d, n->dir, name, action >= FILE_ACTION_ADDED_STREAM, path))
		notify_add(n, action, path);
}

void
event_deliver(const struct dir *d, const char *name, enum watch_action action, uint32_t what)
{
	const struct dir *up;
	struct notify *n;

	for (up = d; up != NULL; up = up->parent) {
		LIST_FOREACH (n, &up->notifies, in_dir) {
			if ((n->filter & what) != 0 && (up == d || n->tree))
				deliver_to(n, d, name, action);
		}
	}
}

static void
everything_lost(struct notify_table *t)
{
	struct notify *n;

	LIST_FOREACH (n, &t->notifies, all) {
		notify_lose(n);
		scan_again(n);
	}
}

/* Of a directory a scan may have found; it is dealt with once that is told. */
static void
came_early(struct notify_table *t, struct watch_event *e)
{
	struct notify *n;

	if (t->nearly < EARLY_MAX) {
		STAILQ_INSERT_TAIL(&t->early, e, link);
		t->nearly++;
		return;
	}
	LIST_FOREACH (n, &t->notifies, all) {
		if (n->tree)
			notify_lose(n);
	}
	free(e);
}

static void
moved_out(struct dir *d, const struct watch_event *e)
{
	struct dir *child = e->mask & IN_ISDIR ? dir_child(d, e->name) : NULL;

	event_deliver(d, e->name, FILE_ACTION_REMOVED, name_of(e));
	if (child == NULL)
		return;
	dir_move(child, NULL, NULL);
	dir_prune(child);
}

static void
moved_in(struct dir *d, const struct watch_event *e)
{
	event_deliver(d, e->name, FILE_ACTION_ADDED, name_of(e));
	if (e->mask & IN_ISDIR)
		scan_new(d, e->name, false);
	else
		event_deliver(d, e->name, FILE_ACTION_MODIFIED, RENAMED);
}

/* Of a directory: it takes what is below it along. */
static void
move_dir(struct dir *child, struct dir *to, const char *name)
{
	if (dir_covered(to) != NULL) {
		dir_move(child, to, name);
		return;
	}
	dir_move(child, NULL, NULL);
	dir_prune(child);
}

static void
renamed_here(
    struct dir *a, const struct watch_event *from, struct dir *b, const struct watch_event *to)
{
	struct dir *child = from->mask & IN_ISDIR ? dir_child(a, from->name) : NULL;

	if (a == b) {
		event_deliver(a, from->name, FILE_ACTION_RENAMED_OLD_NAME, name_of(from));
		event_deliver(b, to->name, FILE_ACTION_RENAMED_NEW_NAME, name_of(to));
	} else {
		event_deliver(a, from->name, FILE_ACTION_REMOVED, name_of(from));
		event_deliver(b, to->name, FILE_ACTION_ADDED, name_of(to));
	}
	if (child != NULL)
		move_dir(child, b, to->name);
	else if (to->mask & IN_ISDIR)
		scan_new(b, to->name, false);
	else
		event_deliver(b, to->name, FILE_ACTION_MODIFIED, RENAMED);
}

static struct dir *
dirs_of(const struct notify_table *t, int wd)
{
	struct dir *d;

	HASH_FIND_INT(t->dirs, &wd, d);
	return d;
}

/* Both halves of a move are known; each view may see none, one or both. */
static void
renamed(struct notify_table *t, const struct watch_event *from, const struct watch_event *to)
{
	struct dir *d, *other;

	for (d = dirs_of(t, to->wd); d != NULL; d = d->same) {
		other = dir_find(d->view, from->wd);
		if (other != NULL)
			renamed_here(other, from, d, to);
		else
			moved_in(d, to);
	}
	for (d = dirs_of(t, from->wd); d != NULL; d = d->same) {
		if (dir_find(d->view, to->wd) == NULL)
			moved_out(d, from);
	}
}

static struct watch_event *
take_half(struct watch_events *list, uint32_t mask, uint32_t cookie)
{
	struct watch_event *e;

	STAILQ_FOREACH (e, list, link) {
		if ((e->mask & mask) != 0 && e->cookie == cookie) {
			STAILQ_REMOVE(list, e, watch_event, link);
			return e;
		}
	}
	return NULL;
}

static void
half_is_whole(struct notify_table *t)
{
	struct watch_event *e = STAILQ_FIRST(&t->halves);
	struct dir *d;

	STAILQ_REMOVE_HEAD(&t->halves, link);
	t->nhalves--;
	for (d = dirs_of(t, e->wd); d != NULL; d = d->same)
		moved_out(d, e);
	free(e);
}

/* The other half is the next event, unless something came between, or it is not watched. */
static void
moved_from(struct notify_table *t, struct watch_event *e)
{
	struct watch_event *to = take_half(&t->queue, IN_MOVED_TO, e->cookie);

	if (to == NULL) {
		if (t->nhalves == HALVES_MAX)
			half_is_whole(t);
		e->changed = now_ms(); /* since when it waits */
		STAILQ_INSERT_TAIL(&t->halves, e, link);
		t->nhalves++;
		return;
	}
	renamed(t, e, to);
	free(e);
	free(to);
}

static void
moved_to(struct notify_table *t, struct watch_event *e)
{
	struct watch_event *from = take_half(&t->halves, IN_MOVED_FROM, e->cookie);
	struct dir *d;

	if (from != NULL) {
		t->nhalves--;
		renamed(t, from, e);
		free(from);
	} else {
		for (d = dirs_of(t, e->wd); d != NULL; d = d->same)
			moved_in(d, e);
	}
	free(e);
}

static struct watch_event *
find_write(const struct notify_table *t, const struct watch_event *of)
{
	struct watch_event *e;

	STAILQ_FOREACH (e, &t->writes, link) {
		if (e->wd == of->wd && strcmp(e->name, of->name) == 0)
			return e;
	}
	return NULL;
}

/* It is over, or has gone on for long enough. */
static void
tell_write(struct notify_table *t, struct watch_event *e)
{
	struct dir *d;

	STAILQ_REMOVE(&t->writes, e, watch_event, link);
	t->nwrites--;
	for (d = dirs_of(t, e->wd); d != NULL; d = d->same)
		event_deliver(d, e->name, FILE_ACTION_MODIFIED, e->changed);
	free(e);
}

static void
written(struct notify_table *t, struct watch_event *e)
{
	if (find_write(t, e) != NULL) {
		free(e);
		return;
	}
	if (t->nwrites == WRITES_MAX)
		tell_write(t, STAILQ_FIRST(&t->writes));
	e->cookie = now_ms();
	STAILQ_INSERT_TAIL(&t->writes, e, link);
	t->nwrites++;
}

/* Before anything else is told of a file, that it was written. What is gone nobody reads again. */
static void
settle_write(struct notify_table *t, const struct watch_event *e)
{
	struct watch_event *write = find_write(t, e);

	if (write == NULL)
		return;
	if (e->mask & IN_DELETE)
		write->changed = 0;
	tell_write(t, write);
}

static void
one_event(struct dir *d, const struct watch_event *e)
{
	if (e->mask & IN_CREATE) {
		event_deliver(d, e->name, FILE_ACTION_ADDED, name_of(e));
		if (e->mask & IN_ISDIR)
			scan_new(d, e->name, true);
	} else if (e->mask & IN_DELETE) {
		event_deliver(d, e->name, FILE_ACTION_REMOVED, name_of(e));
	} else if (e->mask & IN_ATTRIB) {
		event_deliver(d, e->name, e->action, e->changed);
	}
}

/* Owns e. */
static void
handle_known(struct notify_table *t, struct watch_event *e)
{
	struct dir *d;

	if (e->mask & IN_MODIFY) {
		written(t, e);
		return;
	}
	if (e->mask & (IN_CLOSE_WRITE | IN_DELETE | IN_MOVED_FROM))
		settle_write(t, e);
	if (e->mask & IN_MOVED_FROM) {
		moved_from(t, e);
		return;
	}
	if (e->mask & IN_MOVED_TO) {
		moved_to(t, e);
		return;
	}
	for (d = dirs_of(t, e->wd); d != NULL; d = d->same)
		one_event(d, e);
	free(e);
}

static void
handle(struct notify_table *t, struct watch_event *e)
{
	bool known = dirs_of(t, e->wd) != NULL;

	if (known && (e->mask & IN_IGNORED) == 0) {
		handle_known(t, e);
		return;
	}
	if (e->mask & IN_Q_OVERFLOW) {
		everything_lost(t);
	} else if (known) {
		dirs_gone(t, e->wd);
	} else if (t->scans > 0) {
		came_early(t, e);
		return;
	}
	free(e);
}

void
events_handle(struct notify_table *t, unsigned most)
{
	struct watch_event *e;
	uint32_t now;

	while (most-- > 0 && (e = STAILQ_FIRST(&t->queue)) != NULL) {
		STAILQ_REMOVE_HEAD(&t->queue, link);
		handle(t, e);
	}
	now = now_ms();
	while ((e = STAILQ_FIRST(&t->halves)) != NULL && now - e->changed >= HALF_MS)
		half_is_whole(t);
	while ((e = STAILQ_FIRST(&t->writes)) != NULL && now - e->cookie >= WRITE_MS)
		tell_write(t, e);
}

long
events_due(const struct notify_table *t)
{
	const struct watch_event *e = STAILQ_FIRST(&t->writes);
	uint32_t waited;

	if (!STAILQ_EMPTY(&t->halves))
		return HALF_MS * 1000L;
	if (e == NULL)
		return 0;
	waited = now_ms() - e->cookie;
	return waited < WRITE_MS ? (long)(WRITE_MS - waited) * 1000 : 1000;
}
