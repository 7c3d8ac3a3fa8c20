/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_LISTING_H
#define SMB_TRANS_LISTING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "disk/dir.h"
#include "server/request.h"
#include "smb/info/find.h"

STAILQ_HEAD(find_entries, find_entry);

/*
 * Reading one reply's worth of a directory, in jobs. Nothing is encoded here: code pages belong to
 * the reactor. What is found is bounded by what the reply can hold.
 */
struct listing {
	/* asked */
	const char *path;    /* opened by the first job when dir is NULL */
	const char *pattern; /* as pattern_translate gives it; of a POSIX client as it came */
	bool posix;          /* his: names are told as they are on disk */
	const char *behind; /* begin behind this name; when it is gone, at the beginning. Or NULL */
	uint16_t attributes; /* SearchAttributes */
	bool short_only;     /* leave out what has no name DOS could use, tell that of the others */
	uint32_t count;      /* entries at most */
	size_t room;         /* bytes of the reply */
	const struct find_level *level;
	unsigned unit;          /* bytes a character takes at least */
	struct disk_eas wanted; /* names of the EAs to tell, of FIND_LISTED_EAS */
	/* state */
	struct disk_dir *dir;
	uint64_t at; /* position of the next entry to read */
	/* found */
	struct find_entries entries;
	uint32_t n;
	size_t size; /* what they take at least */
	bool full;   /* more than the reply holds, so that it is known there is more */
	bool at_end;
};

/* What the level tells of the EAs an entry has: their size, or copies of those wanted. */
void listing_take_eas(
    const struct listing *l, struct arena *a, const struct disk_eas *eas, struct find_entry *e);

/* To a file, for its EAs to be told. */
uint32_t listing_rights(const struct listing *l);

/* Is it one name to this client? */
bool listing_same_name(bool posix, const char *a, const char *b);

/* Reads until full or at the end, then calls done; a directory that takes its time is read in a
 * worker. */
nt_status listing_run(struct request *req, struct listing *l, request_done_fn *done, void *arg);

#endif
