/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_NAMES_H
#define DISK_NAMES_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A client's name that is looked for among names on disk, and the best one offered so far. */
struct wanted {
	const char *part;
	uint32_t hash;
	bool maybe_short; /* part has the shape of our short names */
	int rank;         /* 0: none yet */
	bool ambiguous;   /* two names have this short name: neither is meant */
	char best[NAME_MAX + 1];
};

void wanted_init(struct wanted *w, const char *part);

/* disk: the name as bytes, client: as clients see it, hash: name_hash of that. */
void wanted_offer(struct wanted *w, const char *disk, const char *client, uint32_t hash);
bool wanted_found(const struct wanted *w);

/* True when name looks like what disk_short_name makes. */
bool short_name_shape(const char *name);

/* The names of one directory, found by the hash of their upper-cased form. Not thread-safe. */
struct names;
struct names *names_new(void);
void names_free(struct names *n);

/* disk: as bytes. Adding what is there and removing what is not change nothing. */
void names_add(struct names *n, const char *disk);
void names_remove(struct names *n, const char *disk);

/* Offers all candidates. */
void names_find(struct names *n, struct wanted *w);
size_t names_bytes(const struct names *n);

#endif
