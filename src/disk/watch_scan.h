/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_WATCH_SCAN_H
#define DISK_WATCH_SCAN_H

#include <time.h>

#include "disk/watch.h"

/*
 * Watching a whole tree: each directory is watched, then read, so that what comes meanwhile is
 * either seen or told. In slices, since a tree may be large.
 */
struct watch_scan;

/* What was found: a directory that is watched now, or another name. */
struct watch_found {
	STAILQ_ENTRY(watch_found) link;
	int wd;     /* -1: just a name, or a directory nobody may look into */
	int parent; /* in which directory */
	bool directory;
	char name[]; /* on disk */
};

STAILQ_HEAD(watch_list, watch_found);

/*
 * Of the directory behind fd (which is duplicated) or, where path is not "", of one below it;
 * parent is the number of the directory it is in, or its own for "". d->root may differ from what
 * fd is on in nothing. report: all names in the directories are wanted, since they are new.
 */
struct watch_scan_from {
	int fd;
	const char *path; /* on disk */
	int parent;
	bool report;
	unsigned most; /* directories */
};
struct watch_scan *watch_scan_new(
    struct watch *w, const struct disk *d, const struct watch_scan_from *from);
void watch_scan_free(struct watch_scan **s);

/*
 * Blocks. brief: only a little, and nothing that takes long; else some hundred directories. True
 * when there is nothing left to do.
 */
bool watch_scan_run(struct watch_scan *s, bool brief);

/* Looking into a new directory does not take long here. */
bool watch_scan_is_quick(const struct watch_scan *s);

/*
 * A directory has changed after the scan began and before it was watched, and not before since
 * (CLOCK_REALTIME_COARSE). Perhaps: something a moment earlier can look the same.
 */
bool watch_scan_missed(const struct watch_scan *s, const struct timespec *since);

/* What the last run found, the caller's to free one by one. */
struct watch_list *watch_scan_found(struct watch_scan *s);

/* errno of a directory that could have been watched but for the kernel's limits, or that was one
 * too many (ENOSPC); 0: all are. */
int watch_scan_refused(const struct watch_scan *s);

/* Is this name, as on disk, one that does not exist for clients of the root? */
bool watch_name_hidden(const struct disk_root *root, const char *name);

#endif
