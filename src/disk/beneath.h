/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_BENEATH_H
#define DISK_BENEATH_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/worker.h"
#include "disk/open.h"
#include "disk/root.h"

struct name_cache;

struct disk_root {
	int fd; /* O_PATH */
	atomic_uint refs;
	struct disk_options options;
	struct pace pace;
	struct name_cache *cache;
	bool local;  /* on a file system that does not wait for others */
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
struct disk_id disk_id_of(const struct statx *stx);
bool disk_id_equal(const struct disk_id *a, const struct disk_id *b);

static inline bool
disk_is_read_only(const struct disk *d)
{
	return d->read_only || d->root->options.read_only;
}

/*
 * What is known of the file behind fd, its stored attributes included. dot: its name begins
 * with a dot.
 */
struct disk_stat disk_stat_fd(
    const struct disk_root *root, int fd, const struct statx *stx, bool dot);

/* The same where the stored attributes were read already: n bytes, or -1. */
struct disk_stat disk_stat_stored(
    const struct disk_root *root, const struct statx *stx, const void *stored, ssize_t n, bool dot);

/* Stores the attributes and creation time of a new file or directory. False: they are derived. */
bool disk_store_new(const struct disk_root *root, int fd, uint32_t attributes);

#endif
