/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_BENEATH_H
#define DISK_BENEATH_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/worker.h"
#include "disk/open.h"
#include "disk/root.h"

struct arena;
struct dfs;
struct disk_eas;
struct name_cache;
struct stored_cache;
struct tunnel;

#define PLAIN_PATHS 1024

struct disk_root {
	int fd; /* O_PATH */
	dev_t dev;
	atomic_uint refs;
	struct disk_options options;
	struct pace pace;
	struct name_cache *cache;
	struct tunnel *tunnel;
	struct stored_cache *stored;         /* may be NULL */
	_Atomic uint64_t plain[PLAIN_PATHS]; /* hashes of paths that led to files or directories */
	bool local;                          /* on a file system that does not wait for others */
	char *snap_dir, *snap_format;        /* NULL: no snapshots */
	struct dfs *dfs;                     /* NULL: no DFS root */
	char **veto; /* patterns of names that do not exist here; NULL: none */
};

/* In veto.c. Names are as clients see them; a path's status is that of one that is not there. */
char **veto_copy(const char *const *patterns);
void veto_free(char **veto);
bool veto_name(const struct disk_root *root, const char *name);
nt_status veto_path(const struct disk_root *root, const char *path);

/* The same of a path on disk: what was asked for by a short name. */
nt_status veto_found(const struct disk_root *root, const char *path);

/*
 * The one way from a path to a descriptor: openat2 that stays beneath the root. path as on disk. -1
 * with errno: ENOENT for all that is missing or leads out, EAGAIN with nowait when it may block.
 */
int beneath_open(const struct disk *d, const char *path, int flags);

/* Opens the file behind a descriptor once more, with other flags. -1 with errno. */
int beneath_reopen(int fd, int flags);

/* The file behind a descriptor as a path for system calls that take no O_PATH descriptors. */
struct fd_path {
	char path[32];
};
struct fd_path fd_path(int fd);

/* statx of the file behind fd with the birth time. */
int beneath_stat(int fd, struct statx *out);

/* What tells its file system from others, stable where the file system has something that is. False
 * with errno. */
bool volume_id(int fd, uint64_t *out);

/* True while a file could change again and have the same change time: what was read of it at now
 * proves nothing later. Not local: the clock that made the time is not even ours. */
bool stat_is_racy(const struct statx *stx, const struct timespec *now, bool local);
struct disk_id disk_id_of(const struct statx *stx);
bool disk_id_equal(const struct disk_id *a, const struct disk_id *b);

static inline bool
disk_is_read_only(const struct disk *d)
{
	return d->read_only || d->root->options.read_only;
}

/*
 * In ea.c. Is what d's user finds at path, in /proc/self/fd, known to have no EAs? Most files have
 * none: one call tells, and none once it was told. stx: of that file; NULL: not known. entry: path
 * is that of an entry, which may have become a link; else of a descriptor.
 */
bool eas_none(const struct disk *d, const char *path, const struct statx *stx, bool entry);
void eas_read_fd(const struct disk_root *root, struct arena *a, int fd, struct disk_eas *out);

/* What is known of the file behind fd, its stored attributes included, as d's user may know it.
 * dot: its name begins with a dot. */
struct disk_stat disk_stat_fd(const struct disk *d, int fd, const struct statx *stx, bool dot);

/* The same of a name in a directory; links are not followed. */
struct disk_stat disk_stat_at(
    const struct disk *d, int dirfd, const char *name, const struct statx *stx);

/* The same of a new file, which has no stored attributes yet. */
struct disk_stat disk_stat_new(const struct disk_root *root, const struct statx *stx);

/* Stores the attributes and creation time of a new file or directory. False: they are derived. */
bool disk_store_new(const struct disk_root *root, int fd, uint32_t attributes);

#endif
