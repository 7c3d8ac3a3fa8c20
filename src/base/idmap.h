/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_IDMAP_H
#define BASE_IDMAP_H

#include <stddef.h>
#include <stdint.h>

/*
 * 16-bit wire ids (UID, TID, FID, SID) to objects. Ids run 1..0xFFFE, never 0 or 0xFFFF,
 * and are handed out in turn, so that a stale one is not soon somebody else's.
 * An empty map costs its struct, a map with few ids about a hundred bytes more.
 */
struct idmap {
	void **slots; /* private: a power of two, by the low bits of the id */
	uint16_t *ids;
	uint32_t size, count, max;
	uint16_t next;
};

/* max: how many ids may be in use at once, at most 0xFFFE. */
void idmap_init(struct idmap *m, uint32_t max);
void idmap_clear(struct idmap *m);

/* The new id, or 0 when max are in use. p is never NULL. */
uint16_t idmap_add(struct idmap *m, void *p);
void *idmap_get(const struct idmap *m, uint16_t id);
void idmap_remove(struct idmap *m, uint16_t id);

/* Walks all objects from *pos = 0 to NULL. Removing the one just returned is allowed. */
void *idmap_next(const struct idmap *m, uint32_t *pos);

#endif
