/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_LOOKUP_H
#define DISK_LOOKUP_H

#include "disk/root.h"
#include "disk/short.h"

/*
 * What a path leads to. OBJECT_NAME_NOT_FOUND: its last part does not exist; OBJECT_PATH_NOT_FOUND:
 * a part before it does not, or is no directory; PATH_NOT_COVERED: a part is a link to another
 * server (disk/dfs.h). real (may be NULL) gets the path as spelled on disk, from the arena.
 */
nt_status disk_lookup(
    const struct disk *d, struct arena *a, const char *path, struct disk_stat *out, char **real);

/* The short name by which what is at path is found too; "" when it needs none, or has none. */
nt_status disk_short_name(const struct disk *d, const char *path, char out[SHORT_NAME_SIZE]);

/*
 * True when name, one part, can be a file's: no control characters, none of "*?<>|:\/, not over
 * 255 bytes on disk. Reserved device names are fine to look up.
 */
bool disk_name_valid(const char *name);

/* For the tests: how often a directory was read to find a name. */
uint64_t disk_root_scans(const struct disk_root *root);

#endif
