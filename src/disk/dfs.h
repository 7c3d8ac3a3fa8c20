/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_DFS_H
#define DISK_DFS_H

#include <stdbool.h>
#include <stddef.h>

#include "disk/root.h"

/*
 * Links to shares of other servers, on a share that is a DFS root: those the configuration names,
 * in its top directory, and symbolic links whose text is "msdfs:server\share,server\share", as
 * Samba has them, anywhere. Each shows as a directory; a path through it is PATH_NOT_COVERED here.
 * A proxy is all of it such a link.
 */
#define DFS_TARGETS_MAX 64

struct dfs_link {
	size_t parts;                  /* of the path, that lead to it */
	char *target[DFS_TARGETS_MAX]; /* "\server\share", in the arena */
	size_t n;
};

/* root may be NULL. */
bool disk_is_dfs_root(const struct disk_root *root);
bool disk_is_dfs_proxy(const struct disk_root *root);

/* The link that path goes through: SUCCESS, or NOT_FOUND. */
nt_status disk_dfs_find(
    const struct disk *d, struct arena *a, const char *path, struct dfs_link *out);

/* The rest is disk/'s own. */

struct dfs;

/* NULL: the options make no root. */
struct dfs *dfs_new(const struct disk_options *options);
void dfs_free(struct dfs *dfs);

/* PATH_NOT_COVERED by what the configuration says; SUCCESS. */
nt_status dfs_covers(const struct disk_root *root, const char *path);

/* Is the name in that directory such a symbolic link? Where root is none, no. */
bool dfs_is_link(const struct disk_root *root, int dirfd, const char *name);

/* The name of the configuration's link of that number; NULL behind the last. */
const char *dfs_name(const struct disk_root *root, size_t i);
bool dfs_has_name(const struct disk_root *root, const char *name);

#endif
