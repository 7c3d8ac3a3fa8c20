/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_STORED_H
#define DISK_STORED_H

#include <stdbool.h>
#include <sys/stat.h>

#include "disk/dosattrib.h"
#include "disk/root.h"

/*
 * The DOS attributes stored with the files looked at of late: a look at a file that did not change
 * costs no further system call. To store an attribute sets the change time of the file, so what was
 * read holds while that time stays. Bounded; any thread may call; nothing here blocks.
 */
struct stored_cache;

struct stored {
	bool found;     /* else the file has none */
	unsigned lacks; /* STORED_*, as far as is known: only stored_cache_find says */
	struct dosattrib value;
};

/* For the file system of root alone. NULL, which remembers nothing, where the change time may not
 * tell. */
struct stored_cache *stored_cache_new(int root);
void stored_cache_free(struct stored_cache *c);

/* What d's user would read from the file; false when that is not known. */
bool stored_cache_find(const struct disk *d, const struct statx *stx, struct stored *out);

/* May what is read from now on be kept? Not while the file could change again without a new time.
 */
bool stored_cache_keeps(const struct disk *d, const struct statx *stx);
void stored_cache_put(const struct disk *d, const struct statx *stx, const struct stored *s);

/*
 * That a file has no security descriptor, or no EAs, which is remembered along with its DOS
 * attributes: only of those whose attributes are, and again by the rule of stored_cache_keeps.
 */
enum stored_kind { STORED_ACL = 1, STORED_EAS = 2 };
bool stored_cache_lacks(const struct disk *d, const struct statx *stx, enum stored_kind kind);
void stored_cache_note_lack(const struct disk *d, const struct statx *stx, enum stored_kind kind);

#endif
