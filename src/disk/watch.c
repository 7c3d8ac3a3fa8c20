/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include <uthash.h>

#include "base/arena.h"
#include "disk/beneath.h"

#define EVENTS_MAX 16384

#define EVENTS \
	(IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_MODIFY | \
	    IN_CLOSE_WRITE | IN_MOVE_SELF)

#define ANY_ATTRIBUTE \
	(FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_LAST_WRITE | \
	    FILE_NOTIFY_CHANGE_LAST_ACCESS | FILE_NOTIFY_CHANGE_CREATION | FILE_NOTIFY_CHANGE_EA | \
	    FILE_NOTIFY_CHANGE_SECURITY)

/* What is written is due for the next backup, so an attribute changes too. */
#define CONTENT \
	(FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_ATTRIBUTES)

/* A directory that is watched, by the last part of its path. */
struct place_watched {
	int wd;
	char *name; /* NULL: it was moved, who knows where to */
	UT_hash_handle hh;
};

struct watch {
	pthread_mutex_t lock;
	_Atomic int fd; /* -1: not yet */
	atomic_uint count;
	struct place_watched *places;
	struct watch_events events;
	unsigned nevents;
	LIST_HEAD(, watch_own) own; /* changes under way */
};

struct watch *
watch_new(void)
{
	struct watch *w = xcalloc(1, sizeof(*w));

	pthread_mutex_init(&w->lock, NULL);
	atomic_init(&w->fd, -1);
	atomic_init(&w->count, 0);
	STAILQ_INIT(&w->events);
	LIST_INIT(&w->own);
	return w;
}

static void
drop_events(struct watch *w)
{
	struct watch_event *e;

	while ((e = STAILQ_FIRST(&w->events)) != NULL) {
		STAILQ_REMOVE_HEAD(&w->events, link);
		free(e);
	}
	w->nevents = 0;
}

/* False when it was not watched any more. */
static bool
forget_place(struct watch *w, int wd)
{
	struct place_watched *p;

	HASH_FIND_INT(w->places, &wd, p);
	if (p == NULL)
		return false;
	HASH_DEL(w->places, p);
	atomic_fetch_sub(&w->count, 1);
	free(p->name);
	free(p);
	return true;
}

void
watch_free(struct watch **wp)
{
	struct watch *w = *wp;

	drop_events(w);
	while (w->places != NULL)
		(void)forget_place(w, w->places->wd);
	if (watch_fd(w) >= 0)
		close(watch_fd(w));
	pthread_mutex_destroy(&w->lock);
	free(w);
	*wp = NULL;
}

int
watch_fd(const struct watch *w)
{
	return atomic_load(&w->fd);
}

/* Where the descriptor leads just now; false when that cannot be told. */
static bool
path_of(int fd, char path[PATH_MAX])
{
	ssize_t n = readlink(fd_path(fd).path, path, PATH_MAX - 1);

	if (n <= 0)
		return false;
	path[n] = '\0';
	return *path == '/';
}

static void
remember_place(struct watch *w, int wd, int fd)
{
	struct place_watched *p;
	char path[PATH_MAX];

	HASH_FIND_INT(w->places, &wd, p);
	if (p == NULL) {
		p = xcalloc(1, sizeof(*p));
		p->wd = wd;
		HASH_ADD_INT(w->places, wd, p);
		atomic_fetch_add(&w->count, 1);
	}
	free(p->name);
	p->name = path_of(fd, path) ? xstrdup(strrchr(path, '/') + 1) : NULL;
}

int
watch_add(struct watch *w, int fd)
{
	int wd, error;

	pthread_mutex_lock(&w->lock);
	if (watch_fd(w) < 0)
		atomic_store(&w->fd, inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
	wd = watch_fd(w) < 0 ? -1
			     : inotify_add_watch(watch_fd(w), fd_path(fd).path,
				   EVENTS | IN_ONLYDIR | IN_EXCL_UNLINK);
	error = errno;
	if (wd >= 0)
		remember_place(w, wd, fd);
	pthread_mutex_unlock(&w->lock);
	errno = error;
	return wd;
}

void
watch_remove(struct watch *w, int wd)
{
	pthread_mutex_lock(&w->lock);
	(void)forget_place(w, wd);
	inotify_rm_watch(watch_fd(w), wd);
	pthread_mutex_unlock(&w->lock);
}

bool
watch_is_gone(int fd)
{
	struct statx stx;

	return statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_NLINK, &stx) == 0 &&
	    stx.stx_nlink == 0;
}

static void
append(struct watch *w, const struct watch_event *like, const char *name, const char *stream)
{
	size_t n = strlen(name), more = stream != NULL ? 1 + strlen(stream) : 0;
	struct watch_event *e = xcalloc(1, sizeof(*e) + n + more + 1);

	*e = *like; /* with what lies behind it, where the name begins */
	memcpy(e->name, name, n + 1);
	if (stream != NULL) {
		e->name[n] = ':';
		memcpy(e->name + n + 1, stream, more);
	}
	STAILQ_INSERT_TAIL(&w->events, e, link);
	w->nevents++;
}

/* Too many: who watches must look for himself. */
static void
overflow(struct watch *w)
{
	const struct watch_event lost = { .wd = -1, .mask = IN_Q_OVERFLOW };

	drop_events(w);
	append(w, &lost, "", NULL);
}

/* The change of ours that made this event, if one did. */
static struct watch_own *
find_own(const struct watch *w, int wd, const char *name)
{
	const struct place_watched *p;
	struct watch_own *o;

	LIST_FOREACH (o, &w->own, link) {
		if (strcmp(o->name, name) != 0)
			continue;
		HASH_FIND_INT(w->places, &wd, p);
		if (p == NULL || p->name == NULL || strcmp(p->name, o->parent) == 0)
			return o;
	}
	return NULL;
}

static void
take_change(struct watch *w, struct watch_event *e, const char *name)
{
	struct watch_own *o = find_own(w, e->wd, name);

	e->changed = e->mask & IN_ATTRIB ? ANY_ATTRIBUTE : CONTENT;
	e->action = FILE_ACTION_MODIFIED;
	if (o == NULL) {
		append(w, e, name, NULL);
		return;
	}
	if (o->told || o->changed == 0)
		return;
	o->told = true;
	e->mask = (e->mask & IN_ISDIR) | IN_ATTRIB;
	e->changed = o->changed;
	if (o->stream != NULL)
		e->action = o->action;
	append(w, e, name, o->stream);
}

static void
moved_away(struct watch *w, int wd)
{
	struct place_watched *p;

	HASH_FIND_INT(w->places, &wd, p);
	if (p == NULL)
		return;
	free(p->name);
	p->name = NULL;
}

static void
take_event(struct watch *w, const struct inotify_event *from, const char *name)
{
	struct watch_event e = { .wd = from->wd, .mask = from->mask, .cookie = from->cookie };

	if (from->mask & IN_MOVE_SELF)
		moved_away(w, from->wd);
	/* What watch_remove has removed is no news. */
	if (from->mask & IN_IGNORED && !forget_place(w, from->wd))
		return;
	if (from->mask & IN_Q_OVERFLOW || w->nevents >= EVENTS_MAX)
		overflow(w);
	else if (from->mask & IN_IGNORED)
		append(w, &e, "", NULL);
	else if (*name != '\0' && from->mask & (IN_ATTRIB | IN_MODIFY))
		take_change(w, &e, name);
	else if (*name != '\0')
		append(w, &e, name, NULL);
}

/* Learns of all changes whose system calls have returned. */
static void
take_events(struct watch *w)
{
	char buf[8192];
	struct inotify_event e;
	ssize_t n;

	while (watch_fd(w) >= 0 && (n = read(watch_fd(w), buf, sizeof(buf))) > 0) {
		for (size_t at = 0; at < (size_t)n; at += sizeof(e) + e.len) {
			memcpy(&e, buf + at, sizeof(e));
			take_event(w, &e, e.len > 0 ? buf + at + sizeof(e) : "");
		}
	}
}

void
watch_take(struct watch *w, struct watch_events *out)
{
	pthread_mutex_lock(&w->lock);
	take_events(w);
	STAILQ_CONCAT(out, &w->events);
	w->nevents = 0;
	pthread_mutex_unlock(&w->lock);
}

/* "/some/where/file" as "where" and "file". False when there is no such thing. */
static bool
split(const char *path, struct watch_own *o)
{
	const char *name = strrchr(path, '/'), *parent = name;

	while (parent > path && parent[-1] != '/')
		parent--;
	if (name - parent > NAME_MAX || strlen(name + 1) > NAME_MAX)
		return false;
	snprintf(o->parent, sizeof(o->parent), "%.*s", (int)(name - parent), parent);
	snprintf(o->name, sizeof(o->name), "%s", name + 1);
	return true;
}

static void
begin(const struct disk_root *root, int fd, struct watch_own *o)
{
	struct watch *w = root->options.watch;
	char path[PATH_MAX];

	o->watch = NULL;
	if (w == NULL || atomic_load(&w->count) == 0 || !path_of(fd, path) || !split(path, o))
		return;
	o->watch = w;
	o->told = false;
	pthread_mutex_lock(&w->lock);
	LIST_INSERT_HEAD(&w->own, o, link);
	pthread_mutex_unlock(&w->lock);
}

void
watch_own_begin(const struct disk_root *root, int fd, uint32_t changed, struct watch_own *o)
{
	o->changed = changed;
	o->stream = NULL;
	begin(root, fd, o);
}

void
watch_stream_begin(const struct disk_root *root, int fd, const char *stream,
    enum watch_action action, struct watch_own *o)
{
	o->changed = action == FILE_ACTION_MODIFIED_STREAM
	    ? FILE_NOTIFY_CHANGE_STREAM_SIZE | FILE_NOTIFY_CHANGE_STREAM_WRITE
	    : FILE_NOTIFY_CHANGE_STREAM_NAME;
	o->stream = stream;
	o->action = action;
	begin(root, fd, o);
}

void
watch_own_end(struct watch_own *o)
{
	struct watch *w = o->watch;
	int error = errno;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	take_events(w);
	LIST_REMOVE(o, link);
	pthread_mutex_unlock(&w->lock);
	errno = error;
}
