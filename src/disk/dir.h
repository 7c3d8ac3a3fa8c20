/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_DIR_H
#define DISK_DIR_H

#include "disk/root.h"
#include "disk/short.h"

/*
 * Listing a directory in bounded memory, however large. One thread at a time uses a struct
 * disk_dir. "." and ".." come first (".." of the root is the root itself). Names come as clients
 * see them.
 */
struct disk_dir;

struct disk_entry {
	const char *name; /* valid until the next call on the directory */
	uint64_t next;    /* position of the entry behind it, for disk_dir_seek */
	bool dot;         /* "." or ".." */
};

nt_status disk_dir_open(const struct disk *d, const char *path, struct disk_dir **out);
void disk_dir_close(struct disk_dir **dir);

/*
 * STATUS_NO_MORE_FILES at the end. Opened with struct disk's links, links are entries like others;
 * else they are left out where they are not followed, and where they lead nowhere or out of the
 * root.
 */
nt_status disk_dir_next(struct disk_dir *dir, struct disk_entry *e);

/* What the entry last returned is; OBJECT_NAME_NOT_FOUND when it has vanished since (skip it). */
nt_status disk_dir_stat(struct disk_dir *dir, const struct cred *cred, struct disk_stat *out);

/* Is it one d's user is to see, as it is and as the root's options have it? */
bool disk_dir_shows(const struct disk_dir *dir, const struct disk *d, const struct disk_stat *st);

/* Its extended attributes for who has all rights wanted to it; those of ".." are not told. */
struct disk_eas;
nt_status disk_dir_eas(struct disk_dir *dir, const struct disk *d, uint32_t wanted, struct arena *a,
    struct disk_eas *out);

/*
 * Its short name: "" when it needs none, or when it cannot be found by one. The first such call
 * reads the names of the directory unless they are known already, or all are at hand; with nowait
 * that is STATUS_CANT_WAIT.
 */
nt_status disk_dir_short(struct disk_dir *dir, const struct disk *d, char out[SHORT_NAME_SIZE]);

/* Continues at a position an entry named; 0: from the beginning. */
void disk_dir_seek(struct disk_dir *dir, uint64_t pos);

/* Gives back the read buffer between requests; the position stays. */
void disk_dir_rest(struct disk_dir *dir);

#endif
