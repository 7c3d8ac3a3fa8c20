/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/cache.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/queue.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>
#include <uthash.h>

#include "base/arena.h"
#include "base/charset.h"
#include "disk/beneath.h"
#include "disk/dirent.h"
#include "disk/names.h"
#include "disk/spelling.h"

#define DIRS_MAX    1024
#define BYTES_MAX   ((size_t)64 << 20)
#define PENDING_MAX ((size_t)256 << 10)
#define READ_SIZE   ((size_t)64 << 10)

#define CHANGES (IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO)

struct cached {
	struct disk_id id;
	int wd; /* the watch that keeps it right; -1: its times do */
	struct statx_timestamp mtime, ctime;
	bool racy;
	struct names *names; /* NULL: too many */
	size_t bytes;
	UT_hash_handle by_id, by_wd;
	TAILQ_ENTRY(cached) lru;
};

TAILQ_HEAD(cached_list, cached);

/*
 * A directory that is being read: what changed in it meanwhile, as '+' or '-' and the name with
 * its NUL.
 */
struct filling {
	int wd; /* -1: none */
	char *pending;
	size_t len;
	bool lost;
};

struct name_cache {
	pthread_mutex_t reading; /* held while a directory is read; taken before lock */
	pthread_mutex_t lock;    /* of all below; never held while waiting for the disk */
	int inotify;             /* -1: not yet, or not to be had */
	bool unwatched;
	struct cached *by_id, *by_wd;
	struct cached_list lru; /* used last comes first */
	size_t bytes;
	unsigned count;
	struct filling filling;
	_Atomic uint64_t scans;
};

struct name_cache *
name_cache_new(void)
{
	struct name_cache *c = xcalloc(1, sizeof(*c));

	pthread_mutex_init(&c->reading, NULL);
	pthread_mutex_init(&c->lock, NULL);
	c->inotify = -1;
	c->filling.wd = -1;
	TAILQ_INIT(&c->lru);
	return c;
}

static void
drop(struct name_cache *c, struct cached *dir)
{
	HASH_DELETE(by_id, c->by_id, dir);
	if (dir->wd >= 0) {
		HASH_DELETE(by_wd, c->by_wd, dir);
		inotify_rm_watch(c->inotify, dir->wd);
	}
	TAILQ_REMOVE(&c->lru, dir, lru);
	c->bytes -= dir->bytes;
	c->count--;
	names_free(dir->names);
	free(dir);
}

static void
drop_all(struct name_cache *c)
{
	struct cached *dir;

	while ((dir = TAILQ_FIRST(&c->lru)) != NULL)
		drop(c, dir);
	c->filling.lost = true;
}

void
name_cache_free(struct name_cache *c)
{
	drop_all(c);
	if (c->inotify >= 0)
		close(c->inotify);
	free(c->filling.pending);
	pthread_mutex_destroy(&c->lock);
	pthread_mutex_destroy(&c->reading);
	free(c);
}

void
name_cache_unwatched(struct name_cache *c)
{
	c->unwatched = true;
}

uint64_t
name_cache_scans(const struct name_cache *c)
{
	return atomic_load_explicit(&c->scans, memory_order_relaxed);
}

bool
fs_is_local(int fd)
{
	static const unsigned long local[] = {
		0xEF53,     /* ext2, ext3, ext4 */
		0x58465342, /* xfs */
		0x9123683E, /* btrfs */
		0x01021994, /* tmpfs */
		0x858458F6, /* ramfs */
		0xF2F52010, /* f2fs */
		0x2FC12FC1, /* zfs */
		0xCA451A4E, /* bcachefs */
		0x3153464A, /* jfs */
		0x4D44,     /* vfat */
		0x2011BAB0, /* exfat */
		0x7366746E, /* ntfs3 */
		0x794C7630, /* overlay: its layers may not change under it */
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++)
		if ((unsigned long)fs.f_type == local[i])
			return true;
	return false;
}

static void
count_bytes(struct name_cache *c, struct cached *dir)
{
	size_t bytes = sizeof(*dir) + (dir->names != NULL ? names_bytes(dir->names) : 0);

	c->bytes += bytes - dir->bytes;
	dir->bytes = bytes;
}

/* Lets go of names that would take too much memory or time. */
static void
limit(struct cached *dir)
{
	if (names_bytes(dir->names) <= BYTES_MAX / 2 && !names_crowded(dir->names))
		return;
	names_free(dir->names);
	dir->names = NULL;
}

static void
change(struct cached *dir, char what, const char *name)
{
	if (dir->names == NULL)
		return;
	if (what == '+')
		names_add(dir->names, name);
	else
		names_remove(dir->names, name);
	limit(dir);
}

static void
remember_change(struct filling *f, char what, const char *name)
{
	size_t n = strlen(name) + 1;

	if (f->lost || f->len + 1 + n > PENDING_MAX) {
		f->lost = true;
		return;
	}
	if (f->pending == NULL)
		f->pending = xcalloc(1, PENDING_MAX);
	f->pending[f->len] = what;
	memcpy(f->pending + f->len + 1, name, n);
	f->len += 1 + n;
}

static void
take_event(struct name_cache *c, const struct inotify_event *e, const char *name)
{
	char what = e->mask & (IN_CREATE | IN_MOVED_TO) ? '+' : '-';
	struct cached *dir;

	if (e->mask & IN_Q_OVERFLOW) {
		drop_all(c);
		return;
	}
	if ((e->mask & (CHANGES | IN_IGNORED)) == 0)
		return;
	if (c->filling.wd == e->wd) {
		if (e->mask & IN_IGNORED)
			c->filling.lost = true;
		else
			remember_change(&c->filling, what, name);
	}
	HASH_FIND(by_wd, c->by_wd, &e->wd, sizeof(e->wd), dir);
	if (dir == NULL)
		return;
	if (e->mask & IN_IGNORED) {
		drop(c, dir);
		return;
	}
	change(dir, what, name);
	count_bytes(c, dir);
}

static void
make_room(struct name_cache *c)
{
	while (c->count > DIRS_MAX || (c->bytes > BYTES_MAX && c->count > 1))
		drop(c, TAILQ_LAST(&c->lru, cached_list));
}

/* Learns of all changes whose system calls have returned. */
static void
take_events(struct name_cache *c)
{
	char buf[4096];
	struct inotify_event e;
	ssize_t n;

	while (c->inotify >= 0 && (n = read(c->inotify, buf, sizeof(buf))) > 0) {
		for (size_t at = 0; at < (size_t)n; at += sizeof(e) + e.len) {
			memcpy(&e, buf + at, sizeof(e));
			take_event(c, &e, e.len > 0 ? buf + at + sizeof(e) : "");
		}
		make_room(c);
	}
}

static struct cached *
find_dir(struct name_cache *c, const struct disk_id *id)
{
	struct cached *dir;

	HASH_FIND(by_id, c->by_id, id, sizeof(*id), dir);
	return dir;
}

static bool
same_time(const struct statx_timestamp *a, const struct statx_timestamp *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool
unchanged(const struct cached *dir, const struct statx *now)
{
	return dir->wd >= 0 ||
	    (same_time(&dir->mtime, &now->stx_mtime) && same_time(&dir->ctime, &now->stx_ctime));
}

static enum name_answer
ask(const struct cached *dir, const char *part, char out[NAME_MAX + 1])
{
	struct wanted w;

	if (dir->names == NULL)
		return NAME_UNKNOWN;
	wanted_init(&w, part);
	names_find(dir->names, &w);
	if (w.rank != 0) {
		memcpy(out, w.best, sizeof(w.best));
		return NAME_FOUND;
	}
	return dir->racy ? NAME_UNKNOWN : NAME_ABSENT;
}

/* The directory as it is now, NULL when it must be read. */
static struct cached *
current(struct name_cache *c, const struct statx *stx)
{
	struct disk_id id = disk_id_of(stx);
	struct cached *dir;

	take_events(c);
	dir = find_dir(c, &id);
	if (dir == NULL)
		return NULL;
	if (!unchanged(dir, stx)) {
		drop(c, dir);
		return NULL;
	}
	if (dir != TAILQ_FIRST(&c->lru)) {
		TAILQ_REMOVE(&c->lru, dir, lru);
		TAILQ_INSERT_HEAD(&c->lru, dir, lru);
	}
	return dir;
}

enum name_answer
name_cache_find(
    struct name_cache *c, const struct statx *stx, const char *part, char out[NAME_MAX + 1])
{
	const struct cached *dir;
	enum name_answer answer;

	pthread_mutex_lock(&c->lock);
	dir = current(c, stx);
	answer = dir != NULL ? ask(dir, part, out) : NAME_UNKNOWN;
	pthread_mutex_unlock(&c->lock);
	return answer;
}

static enum short_names
shorts_of(const struct cached *dir)
{
	if (dir->names == NULL)
		return SHORT_NONE;
	return !dir->racy && names_all_first(dir->names) ? SHORT_FIRST : SHORT_EACH;
}

enum short_names
name_cache_shorts(struct name_cache *c, const struct statx *stx)
{
	const struct cached *dir;
	enum short_names answer;

	pthread_mutex_lock(&c->lock);
	dir = current(c, stx);
	answer = dir != NULL ? shorts_of(dir) : SHORT_UNKNOWN;
	pthread_mutex_unlock(&c->lock);
	return answer;
}

void
name_cache_short(
    struct name_cache *c, const struct statx *stx, const char *name, char out[SHORT_NAME_SIZE])
{
	const struct cached *dir;

	out[0] = '\0';
	pthread_mutex_lock(&c->lock);
	dir = current(c, stx);
	if (dir != NULL && dir->names != NULL)
		(void)names_short(dir->names, name, out);
	pthread_mutex_unlock(&c->lock);
}

void
name_cache_forget(struct name_cache *c, const struct statx *stx)
{
	struct disk_id id = disk_id_of(stx);
	struct cached *dir;

	pthread_mutex_lock(&c->lock);
	dir = find_dir(c, &id);
	if (dir != NULL)
		drop(c, dir);
	pthread_mutex_unlock(&c->lock);
}

static int
watch(struct name_cache *c, int fd)
{
	if (c->inotify < 0)
		c->inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (c->inotify < 0)
		return -1;
	return inotify_add_watch(c->inotify, fd_path(fd).path, CHANGES | IN_ONLYDIR);
}

/* Begins to watch the directory that is about to be read. */
static struct cached *
start_filling(struct name_cache *c, int fd, const struct statx *stx)
{
	struct cached *dir = xcalloc(1, sizeof(*dir)), *old;
	bool local = fs_is_local(fd);
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	dir->id = disk_id_of(stx);
	dir->mtime = stx->stx_mtime;
	dir->ctime = stx->stx_ctime;
	dir->names = names_new();
	pthread_mutex_lock(&c->lock);
	old = find_dir(c, &dir->id);
	if (old != NULL)
		drop(c, old);
	dir->wd = local && !c->unwatched ? watch(c, fd) : -1;
	c->filling.wd = dir->wd;
	c->filling.len = 0;
	c->filling.lost = false;
	pthread_mutex_unlock(&c->lock);
	dir->racy = dir->wd < 0 && stat_is_racy(stx, &now, local);
	return dir;
}

/*
 * Reads all names; false with errno. Those of a directory that has too many are offered to w but
 * not kept.
 */
static bool
read_names(int fd, struct cached *dir, struct wanted *w)
{
	char client[SPELLING_MAX];
	struct dirent_raw e;
	char *buf = xrealloc(NULL, READ_SIZE);
	ssize_t n;

	while ((n = dirent_read(fd, buf, READ_SIZE)) > 0) {
		for (size_t at = 0; dirent_next(buf, (size_t)n, &at, &e);) {
			if (e.dot)
				continue;
			spelling_from_disk(e.name, client);
			wanted_offer(w, e.name, client, name_hash(client));
			if (dir->names != NULL)
				names_add(dir->names, e.name);
		}
		if (dir->names != NULL)
			limit(dir);
	}
	free(buf);
	if (dir->names != NULL)
		names_settle(dir->names);
	return n == 0;
}

static void
insert(struct name_cache *c, struct cached *dir)
{
	HASH_ADD(by_id, c->by_id, id, sizeof(dir->id), dir);
	if (dir->wd >= 0)
		HASH_ADD(by_wd, c->by_wd, wd, sizeof(dir->wd), dir);
	TAILQ_INSERT_HEAD(&c->lru, dir, lru);
	c->count++;
	count_bytes(c, dir);
	make_room(c);
}

/* Makes up for what changed while it was read; false when that is not known. */
static bool
catch_up(struct name_cache *c, struct cached *dir, const struct statx *after)
{
	struct filling *f = &c->filling;

	take_events(c);
	f->wd = -1;
	for (size_t at = 0; at < f->len; at += strlen(f->pending + at) + 1)
		change(dir, f->pending[at], f->pending + at + 1);
	free(f->pending);
	f->pending = NULL;
	return !f->lost && unchanged(dir, after);
}

static void
throw_away(struct name_cache *c, struct cached *dir)
{
	if (dir->wd >= 0)
		inotify_rm_watch(c->inotify, dir->wd);
	names_free(dir->names);
	free(dir);
}

static enum name_answer
scan(struct name_cache *c, int fd, const char *part, char out[NAME_MAX + 1])
{
	struct statx before, after;
	struct wanted w;
	struct cached *dir;
	enum name_answer answer;
	bool complete;
	int error;

	if (beneath_stat(fd, &before) != 0)
		return NAME_UNKNOWN;
	/* Somebody else may have read it while we waited for our turn. */
	answer = name_cache_find(c, &before, part, out);
	if (answer != NAME_UNKNOWN)
		return answer;
	atomic_fetch_add_explicit(&c->scans, 1, memory_order_relaxed);
	wanted_init(&w, part);
	dir = start_filling(c, fd, &before);
	complete = read_names(fd, dir, &w) && beneath_stat(fd, &after) == 0;
	error = errno;
	pthread_mutex_lock(&c->lock);
	bool known = catch_up(c, dir, complete ? &after : &before) && complete;
	if (dir->names != NULL) {
		wanted_init(&w, part);
		names_find(dir->names, &w);
	}
	if (known)
		insert(c, dir);
	else
		throw_away(c, dir);
	pthread_mutex_unlock(&c->lock);
	errno = error;
	if (!complete)
		return NAME_UNKNOWN;
	if (w.rank == 0)
		return NAME_ABSENT;
	memcpy(out, w.best, sizeof(w.best));
	return NAME_FOUND;
}

enum name_answer
name_cache_scan(struct name_cache *c, int fd, const char *part, char out[NAME_MAX + 1])
{
	enum name_answer answer;
	int error, dirfd = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dirfd < 0)
		return NAME_UNKNOWN;
	pthread_mutex_lock(&c->reading);
	answer = scan(c, dirfd, part, out);
	error = errno;
	pthread_mutex_unlock(&c->reading);
	close(dirfd);
	errno = error;
	return answer;
}
