/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_CACHE_H
#define DISK_CACHE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "disk/short.h"

struct statx;

/*
 * The names of the directories looked into of late, so that a name can be found without regard to
 * case, or be known not to exist, without reading its directory. Bounded; any thread may call.
 *
 * On local file systems the kernel tells of every change to a cached directory before the call that
 * made it returns (inotify), whoever made it, and the change is made to the cached names too.
 * Elsewhere, or where the kernel grants no more watches, a directory counts as unchanged while its
 * times are what they were; names read less than RACY_NS after its last change prove no absence,
 * since a further change may have got the same time.
 *
 * A directory of which the names would take too much is read again for each. It has no short names.
 */
struct name_cache;

enum name_answer {
	NAME_UNKNOWN, /* the directory must be read */
	NAME_ABSENT,
	NAME_FOUND, /* out: as spelled on disk; the caller finds out whether it still exists */
};

struct name_cache *name_cache_new(void);
void name_cache_free(struct name_cache *c);

/*
 * part: one name as a client has it; an equal spelling wins, then one that differs in case,
 * then a short name. Does not block.
 */
enum name_answer name_cache_find(
    struct name_cache *c, const struct statx *dir, const char *part, char out[NAME_MAX + 1]);

/*
 * Reads the directory behind fd (O_PATH will do) and answers from that; NAME_UNKNOWN with errno
 * when it cannot be read.
 */
enum name_answer name_cache_scan(
    struct name_cache *c, int fd, const char *part, char out[NAME_MAX + 1]);

enum short_names {
	SHORT_UNKNOWN, /* the directory must be read */
	SHORT_NONE,    /* nothing there has one */
	SHORT_FIRST,   /* whatever needs one has its first choice */
	SHORT_EACH,    /* some have another: ask for each */
};

/* What is known of the short names in a directory. Does not block. */
enum short_names name_cache_shorts(struct name_cache *c, const struct statx *dir);

/*
 * The short name of a name on disk, as name_cache_find would find it; "" when it has none, or when
 * that is not known. Does not block.
 */
void name_cache_short(
    struct name_cache *c, const struct statx *dir, const char *name, char out[SHORT_NAME_SIZE]);

/* What was found there turned out wrong. */
void name_cache_forget(struct name_cache *c, const struct statx *dir);

/* For the tests: from now on as where the kernel grants no watches. */
void name_cache_unwatched(struct name_cache *c);

/* How often a directory was read. */
uint64_t name_cache_scans(const struct name_cache *c);

/*
 * True for file systems that are changed through this kernel only, and wait for no other
 * machine.
 */
bool fs_is_local(int fd);

#endif
