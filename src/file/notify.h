/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_NOTIFY_H
#define FILE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/waiter.h"
#include "disk/watch.h"

struct cred;
struct loop;
struct open;
struct worker;

/*
 * Change notification ([MS-CIFS] 3.3.5.59.4, [MS-FSA] 2.1.5.11): what happens in directories that
 * somebody watches, kept for each open directory until its client asks.
 *
 *   (no notify) --notify_start--> collecting --change--> holds changes --notify_get--> collecting
 *                                    |  ^--request waits--'     |
 *                                    |                          '--more than may be kept--> lost
 *                                    '--file_close--> gone
 *
 * Reactor thread only.
 */
struct notify_table;

/* Of one open directory, from its first request on. */
struct notify;

/* max: directories watched at once. */
struct notify_table *notify_table_new(struct loop *loop, struct worker *worker, unsigned max);
void notify_table_free(struct notify_table **t);

/* What disk_options.watch of all roots is. */
struct watch *notify_watch(const struct notify_table *t);

/* Hands out all that has happened until now; to be called when something may have been changed. */
void notify_poll(struct notify_table *t);

/* Once a second. */
void notify_tick(struct notify_table *t);

/* Directories watched and notifies, for the state dump. */
unsigned notify_directories(const struct notify_table *t);
unsigned notify_count(const struct notify_table *t);
unsigned notify_scans(const struct notify_table *t); /* of trees, under way */

/* What the first request on an open says; later ones change nothing of it. */
struct notify_ask {
	uint32_t filter; /* FILE_NOTIFY_CHANGE_* */
	bool tree;
	uint32_t buffer; /* bytes of changes kept between requests */
};

/*
 * Begins to collect if that has not begun. cred: on whose behalf, may be NULL. ACCESS_DENIED;
 * DELETE_PENDING when the directory is gone.
 */
nt_status notify_start(
    struct notify_table *t, struct open *o, struct cred *cred, const struct notify_ask *ask);

/* One change; the path is relative to the directory, its parts separated by backslashes. */
struct notify_change {
	STAILQ_ENTRY(notify_change) link;
	enum watch_action action;
	char path[]; /* UTF-8 as clients see it */
};

STAILQ_HEAD(notify_changes, notify_change);

/* A request for changes. The caller's, who sets room (bytes of its reply) and calls notify_done. */
struct notify_wait {
	uint32_t room;
	TAILQ_ENTRY(notify_wait) link;
	struct notify *on;       /* private */
	struct waiter_list list; /* to be woken on */
	/* when woken with SUCCESS: its answer */
	nt_status status; /* SUCCESS with changes, NOTIFY_ENUM_DIR, DELETE_PENDING */
	struct notify_changes changes;
};

/* SUCCESS: answered at once. PENDING: wait on w->list. */
nt_status notify_get(struct notify *n, struct notify_wait *w);

/* The request ends, however. */
void notify_done(struct notify_wait *w);

/* The directory is about to be deleted: requests that wait end with DELETE_PENDING. */
void notify_deleted(struct notify *n);

/* The open closes. */
void notify_free(struct notify **n);

/* Bytes a change takes in a reply ([MS-FSCC] 2.7.1). */
uint32_t notify_size(const struct notify_change *c);

#endif
