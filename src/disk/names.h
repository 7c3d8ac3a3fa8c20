/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_NAMES_H
#define DISK_NAMES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/short.h"

/* A client's name that is looked for among names on disk, and the best one offered so far. */
struct wanted {
	const char *part;
	uint32_t hash;
	int rank; /* 0: none yet */
	char best[NAME_MAX + 1];
};

void wanted_init(struct wanted *w, const char *part);

/*
 * disk: the name as bytes, client: as clients see it, hash: name_hash of that. An equal spelling
 * wins, then one that differs in case, of several the first in byte order.
 */
void wanted_offer(struct wanted *w, const char *disk, const char *client, uint32_t hash);

/*
 * The names of one directory, found by the hash of their upper-cased form or by their short names,
 * of which no two are equal and none is another's long name. Not thread-safe.
 *
 * Who has a short name keeps it: of two names that want the same one the second gets another, and
 * so does one whose short name comes to be somebody's long name. Where names have been read in
 * whatever order the directory has, names_settle makes the first in byte order the one who came
 * first, so that the same names have the same short names the next time.
 */
struct names;
struct names *names_new(void);
void names_free(struct names *n);

/* disk: as bytes. Adding what is there and removing what is not change nothing. */
void names_add(struct names *n, const char *disk);
void names_remove(struct names *n, const char *disk);
void names_settle(struct names *n);

/* Offers all candidates; by its short name a file is found when there is no other. */
void names_find(const struct names *n, struct wanted *w);

/* The short name of a name on disk, "" when it needs or gets none; false: no such name. */
bool names_short(const struct names *n, const char *disk, char out[SHORT_NAME_SIZE]);

/* True when every name that needs a short name has its first choice. */
bool names_all_first(const struct names *n);
size_t names_bytes(const struct names *n);

/* True when so many names have the same hash, as only malice makes them, that finding takes long.
 */
bool names_crowded(const struct names *n);

/* For the tests: as if the hash had so few bits. Before the first name is added. */
void names_weaken(struct names *n, unsigned bits);

#endif
