/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_NOTIFY_PRIVATE_H
#define FILE_NOTIFY_PRIVATE_H

#include <uthash.h>

#include "base/worker.h"
#include "disk/watch_scan.h"
#include "file/notify.h"

struct event;
struct view;

/*
 * A directory the kernel watches for us, as one view of the disk has it. It stays while somebody
 * watches it, or a tree it is in; then it is doomed, and watched no more in one of the next turns.
 */
struct dir {
	int wd;
	UT_hash_handle hh; /* the first of those of one wd; the others follow as same */
	struct dir *same;
	struct view *view;
	struct dir *parent; /* NULL: not known, not watched */
	char *name;         /* in parent, on disk */
	LIST_HEAD(, dir) children;
	LIST_ENTRY(dir) sibling;
	LIST_HEAD(, notify) notifies;
	unsigned trees; /* of the notifies, those that want the whole tree */
	bool doomed;
	TAILQ_ENTRY(dir) doom;
};

/*
 * The part of a root that one identity may see: what another may look into says nothing about him.
 */
struct view {
	LIST_ENTRY(view) link;
	struct notify_table *table;
	struct disk_root *root;
	struct cred *cred; /* may be NULL */
	unsigned refs;     /* notifies, directories and scans */
	bool incomplete;   /* not all could be watched */
	bool retried;      /* in this very moment */
};

struct notify {
	struct notify_table *table;
	struct open *open;
	struct view *view;
	struct dir *dir; /* NULL: it could not be watched, or is no more */
	LIST_ENTRY(notify) in_dir, all;
	uint32_t filter;
	bool tree;
	struct timespec since; /* as the times of files are: what changes from then on is told */
	/* what is kept for the next request */
	struct notify_changes changes;
	struct notify_change *last;
	uint32_t bytes, limit;
	bool lost; /* there was more */
	TAILQ_HEAD(, notify_wait) waits;
	bool dirty; /* in to_flush */
	TAILQ_ENTRY(notify) flush;
};

struct notify_table {
	struct loop *loop;
	struct worker *worker;
	struct watch *watch;
	unsigned max, ndirs, nnotifies, scans;
	unsigned bytes; /* of all notifies */
	struct dir *dirs;
	LIST_HEAD(, view) views;
	LIST_HEAD(, notify) notifies;
	TAILQ_HEAD(, notify) to_flush;
	TAILQ_HEAD(, dir) doomed;
	struct event *readable, *later;
	/*
	 * Events not yet dealt with; of directories not yet known; first halves of moves; files
	 * being written, with the time of the first write in cookie
	 */
	struct watch_events queue, early, halves, writes;
	unsigned nearly, nhalves, nwrites;
	unsigned ticks;
	bool told; /* logged that not all can be watched */
};

/* In notify.c: a change for who wants to know, and that there was one too many. */
void notify_add(struct notify *n, enum watch_action action, const char *path);
void notify_lose(struct notify *n);
void view_incomplete(struct view *v, int error);

/* In notify_tree.c */
struct view *view_get(struct notify_table *t, struct disk_root *root, struct cred *cred);
void view_unref(struct view **v);
struct dir *dir_find(const struct view *v, int wd);
struct dir *dir_get(struct view *v, int wd);

/* Attached to n->dir, or taken off it, with all that is watched for it alone. */
void dir_attach(struct notify *n);
void dir_detach(struct notify *n);

/* Is it watched as part of a tree? By whom: the nearest notify, NULL: by none. */
struct notify *dir_covered(const struct dir *d);
struct dir *dir_child(const struct dir *d, const char *name);

/* Puts it into another directory, under another name; parent NULL: into none. */
void dir_move(struct dir *d, struct dir *parent, const char *name);

/* It and what is below is not watched any more, as far as nobody else wants it. */
void dir_prune(struct dir *d);
void dirs_gone(struct notify_table *t, int wd); /* the kernel says so */

/* Some of the doomed; true when there are more. */
bool dirs_reap(struct notify_table *t);

/*
 * Where d is, seen from its ancestor top, and name in it: on disk (out: PATH_MAX), or as clients
 * see it (CLIENT_PATH_MAX). stream: name is "file:stream". False: too long.
 */
#define CLIENT_PATH_MAX ((size_t)3 * PATH_MAX)
bool dir_disk_path(const struct dir *d, const struct dir *top, const char *name, char *out);
bool dir_client_path(
    const struct dir *d, const struct dir *top, const char *name, bool stream, char *out);

/* In notify_scan.c: watches what is below. report: tell what is there as added. */
void scan_tree(struct notify *n);
void scan_again(struct notify *n); /* unless another's tree has it all */
void scan_new(struct dir *parent, const char *name, bool report);

/* In notify_event.c */
void events_handle(struct notify_table *t, unsigned most);
long events_due(const struct notify_table *t); /* in microseconds; 0: nothing waits for its time */
void event_deliver(const struct dir *d, const char *name, enum watch_action action, uint32_t what);

#endif
