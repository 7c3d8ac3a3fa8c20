/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_SNAPSHOT_H
#define DISK_SNAPSHOT_H

#include <limits.h>
#include <time.h>

#include "disk/root.h"

/*
 * Previous versions: directories somewhere below the share that hold what it held at a time. A
 * path that begins with that time as clients write it, "@GMT-2026.11.23-18.00.00/dir/file", is
 * looked up there. Nothing is ever changed there: whoever lets such a path in makes the disk
 * read-only.
 */
#define SNAPSHOT_TOKEN 24 /* bytes of "@GMT-YYYY.MM.DD-HH.MM.SS" */

/* Does the share have any, as configured? root may be NULL. */
bool disk_has_snapshots(const struct disk_root *root);

/* Is a part of a path, n bytes, such a time? */
bool snapshot_token(const char *part, size_t n);

struct snapshot {
	time_t when;
	const char *path; /* below the root, as on disk */
};

/* Newest first, in the arena; blocks. */
nt_status disk_snapshots(
    const struct disk *d, struct arena *a, struct snapshot **out, size_t *count);
void snapshot_name(const struct snapshot *s, char out[SNAPSHOT_TOKEN + 1]);

/* The rest is disk/'s own: where a path that begins with a time leads, as clients see it. */
nt_status snapshot_resolve(const struct disk *d, const char *path, char out[PATH_MAX]);

/* The time in a name: by format, as strptime has it, or, "auto", the first date in it. */
struct snapshot_times {
	const char *format;
	bool local;
};
bool snapshot_time(const struct snapshot_times *t, const char *name, time_t *when);

#endif
