/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_PLACE_H
#define DISK_PLACE_H

#include <limits.h>
#include <sys/stat.h>

#include "disk/beneath.h"

/* Where a path leads: what every call on a name begins with. */
struct place {
	int fd; /* O_PATH on what is there; -1: nothing, though the directory it would be in exists
		 */
	bool opened;         /* fd is no O_PATH but what place_find_open was asked for */
	int parent;          /* O_PATH on that directory; -1: not opened (yet) */
	struct statx stx;    /* of fd */
	size_t name_at;      /* where the last part begins in path */
	char path[PATH_MAX]; /* as on disk; a last part that does not exist as asked for */
};

/* Finds path, as d's user. On success place_done must follow. */
nt_status place_find(const struct disk *d, const char *path, struct place *p);

/* The same; a path of late seen to lead to a regular file or a directory is opened with flags at
 * once, where that can be done. */
nt_status place_find_open(const struct disk *d, const char *path, int flags, struct place *p);

/* Opens the directory the place is in, if it is not yet. */
nt_status place_parent(const struct disk *d, struct place *p);
void place_done(struct place *p);

/* The place's name has left its directory; a name is about to be made there, which may turn out to
 * be that of a file of late (disk/tunnel.h). Both need the parent. */
void place_note_gone(const struct disk *d, const struct place *p);
void place_restore_name(const struct disk *d, struct place *p);

static inline const char *
place_name(const struct place *p)
{
	return p->path + p->name_at;
}

static inline struct disk_stat
place_stat(const struct disk *d, const struct place *p)
{
	return disk_stat_fd(d, p->fd, &p->stx, *place_name(p) == '.');
}

/* The path as clients see it, in the arena. */
char *place_real(struct arena *a, const struct place *p);

#endif
