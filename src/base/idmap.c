/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/idmap.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define FIRST_SIZE 8
#define LAST_SIZE  0x10000
#define LAST_ID    0xFFFE

/*
 * An id lives in the slot of its low bits and nowhere else: an id whose slot is taken is not
 * handed out. So nothing ever collides, neither now nor after doubling.
 */
static uint32_t
slot_of(const struct idmap *m, uint16_t id)
{
	return id & (m->size - 1);
}

void
idmap_init(struct idmap *m, uint32_t max)
{
	memset(m, 0, sizeof(*m));
	m->max = max < LAST_ID ? max : LAST_ID;
	m->next = 1;
}

static void
drop_slots(struct idmap *m)
{
	free(m->slots);
	free(m->ids);
	m->slots = NULL;
	m->ids = NULL;
	m->size = 0;
}

void
idmap_clear(struct idmap *m)
{
	drop_slots(m);
	m->count = 0;
}

static void
grow(struct idmap *m)
{
	struct idmap old = *m;
	uint32_t i, at;

	m->size = old.size != 0 ? old.size * 2 : FIRST_SIZE;
	m->slots = xcalloc(m->size, sizeof(*m->slots));
	m->ids = xcalloc(m->size, sizeof(*m->ids));
	for (i = 0; i < old.size; i++) {
		if (old.slots[i] == NULL)
			continue;
		at = slot_of(m, old.ids[i]);
		m->slots[at] = old.slots[i];
		m->ids[at] = old.ids[i];
	}
	drop_slots(&old);
}

static uint16_t
take_id(struct idmap *m)
{
	uint16_t id = m->next;

	m->next = id == LAST_ID ? 1 : (uint16_t)(id + 1);
	return id;
}

uint16_t
idmap_add(struct idmap *m, void *p)
{
	uint32_t at;
	uint16_t id;

	if (m->count >= m->max)
		return 0;
	/* A quarter stays free, so that a free slot is found soon. */
	if (m->count >= m->size / 4 * 3 && m->size < LAST_SIZE)
		grow(m);
	do {
		id = take_id(m);
		at = slot_of(m, id);
	} while (m->slots[at] != NULL);
	m->slots[at] = p;
	m->ids[at] = id;
	m->count++;
	return id;
}

void *
idmap_get(const struct idmap *m, uint16_t id)
{
	uint32_t at;

	if (m->count == 0)
		return NULL;
	at = slot_of(m, id);
	return m->ids[at] == id ? m->slots[at] : NULL;
}

void
idmap_remove(struct idmap *m, uint16_t id)
{
	if (idmap_get(m, id) == NULL)
		return;
	m->slots[slot_of(m, id)] = NULL;
	m->count--;
	if (m->count == 0 && m->size > FIRST_SIZE)
		drop_slots(m);
}

void *
idmap_next(const struct idmap *m, uint32_t *pos)
{
	while (*pos < m->size) {
		void *p = m->slots[(*pos)++];

		if (p != NULL)
			return p;
	}
	return NULL;
}
