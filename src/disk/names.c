/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "disk/dir.h"
#include "disk/spelling.h"

enum { RANK_SHORT = 1, RANK_CASE, RANK_EXACT };

void
wanted_init(struct wanted *w, const char *part)
{
	w->part = part;
	w->hash = name_hash(part);
	w->maybe_short = short_name_shape(part);
	w->rank = 0;
	w->ambiguous = false;
	w->best[0] = '\0';
}

static int
rank_of(const struct wanted *w, const char *client, uint32_t hash)
{
	char alias[13];

	if (hash == w->hash && strcmp(client, w->part) == 0)
		return RANK_EXACT;
	if (hash == w->hash && name_casecmp(client, w->part) == 0)
		return RANK_CASE;
	if (!w->maybe_short)
		return 0;
	disk_short_name(client, alias);
	return alias[0] != '\0' && name_casecmp(alias, w->part) == 0 ? RANK_SHORT : 0;
}

void
wanted_offer(struct wanted *w, const char *disk, const char *client, uint32_t hash)
{
	int rank = rank_of(w, client, hash);

	if (rank == 0 || rank < w->rank)
		return;
	if (rank == w->rank && rank == RANK_SHORT && strcmp(disk, w->best) != 0)
		w->ambiguous = true;
	/*
	 * Of several spellings the first in byte order, so that the answer does not hang on the
	 * directory's order.
	 */
	if (rank == w->rank && strcmp(disk, w->best) >= 0)
		return;
	if (rank != w->rank)
		w->ambiguous = false;
	w->rank = rank;
	memcpy(w->best, disk, strlen(disk) + 1);
}

bool
wanted_found(const struct wanted *w)
{
	return w->rank != 0 && !w->ambiguous;
}

/*
 * Open addressing with linear probing. at: the name's place in text plus one; 0 free, DEAD
 * removed.
 */
#define DEAD UINT32_MAX

struct slot {
	uint32_t hash, at;
};

struct table {
	struct slot *slots;
	size_t size, used; /* a power of two; with the dead ones */
};

struct names {
	struct table by_name, by_short; /* by_short is built when first asked for */
	char *text; /* the names, each with its NUL; a removed one begins with NUL */
	size_t len, room, wasted;
};

struct names *
names_new(void)
{
	return xcalloc(1, sizeof(struct names));
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	free(n->by_name.slots);
	free(n->by_short.slots);
	free(n->text);
	free(n);
}

size_t
names_bytes(const struct names *n)
{
	return sizeof(*n) + n->room + (n->by_name.size + n->by_short.size) * sizeof(struct slot);
}

static void
table_put(struct table *t, uint32_t hash, uint32_t at)
{
	size_t i = hash & (t->size - 1);

	while (t->slots[i].at != 0)
		i = (i + 1) & (t->size - 1);
	t->slots[i] = (struct slot){ hash, at };
	t->used++;
}

static void
table_resize(struct table *t, size_t size)
{
	struct table old = *t;

	t->size = size;
	t->used = 0;
	t->slots = xcalloc(size, sizeof(struct slot));
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].at != 0 && old.slots[i].at != DEAD)
			table_put(t, old.slots[i].hash, old.slots[i].at);
	free(old.slots);
}

static void
table_add(struct table *t, uint32_t hash, uint32_t at)
{
	if ((t->used + 1) * 4 > t->size * 3)
		table_resize(t, t->size == 0 ? 16 : t->size * 2);
	table_put(t, hash, at);
}

/* The next slot with this hash at or after *i, for *i starting at hash; NULL when there is none. */
static struct slot *
table_next(const struct table *t, uint32_t hash, size_t *i)
{
	if (t->size == 0)
		return NULL;
	for (;; ++*i) {
		struct slot *s = &t->slots[*i & (t->size - 1)];

		if (s->at == 0)
			return NULL;
		if (s->at != DEAD && s->hash == hash) {
			++*i;
			return s;
		}
	}
}

static struct slot *
find_exact(const struct names *n, const char *disk, uint32_t hash)
{
	size_t i = hash;
	struct slot *s;

	while ((s = table_next(&n->by_name, hash, &i)) != NULL)
		if (strcmp(n->text + s->at - 1, disk) == 0)
			return s;
	return NULL;
}

static uint32_t
put_text(struct names *n, const char *disk)
{
	size_t need = strlen(disk) + 1;
	uint32_t at = (uint32_t)n->len + 1;

	if (need > n->room - n->len) {
		n->room = n->room + n->room / 2 + 512;
		n->text = xrealloc(n->text, n->room);
	}
	memcpy(n->text + n->len, disk, need);
	n->len += need;
	return at;
}

static uint32_t
hash_of(const char *disk, char client[SPELLING_MAX])
{
	spelling_from_disk(disk, client);
	return name_hash(client);
}

static void
add_short(struct names *n, const char *client, uint32_t at)
{
	char alias[13];

	disk_short_name(client, alias);
	if (alias[0] != '\0')
		table_add(&n->by_short, name_hash(alias), at);
}

void
names_add(struct names *n, const char *disk)
{
	char client[SPELLING_MAX];
	uint32_t hash = hash_of(disk, client), at;

	if (find_exact(n, disk, hash) != NULL)
		return;
	at = put_text(n, disk);
	table_add(&n->by_name, hash, at);
	if (n->by_short.size > 0)
		add_short(n, client, at);
}

/* Leaves the removed names out, and the short names until they are asked for again. */
static void
compact(struct names *n)
{
	struct names old = *n;

	memset(n, 0, sizeof(*n));
	for (size_t i = 0; i < old.by_name.size; i++) {
		const struct slot *s = &old.by_name.slots[i];

		if (s->at != 0 && s->at != DEAD)
			table_add(&n->by_name, s->hash, put_text(n, old.text + s->at - 1));
	}
	free(old.by_name.slots);
	free(old.by_short.slots);
	free(old.text);
}

void
names_remove(struct names *n, const char *disk)
{
	char client[SPELLING_MAX];
	struct slot *s = find_exact(n, disk, hash_of(disk, client));

	if (s == NULL)
		return;
	n->wasted += strlen(disk) + 1;
	n->text[s->at - 1] = '\0';
	s->at = DEAD;
	if (n->wasted > 4096 && n->wasted > n->len / 2)
		compact(n);
}

static void
build_short(struct names *n)
{
	char client[SPELLING_MAX];

	table_resize(&n->by_short, 16);
	for (size_t i = 0; i < n->by_name.size; i++) {
		uint32_t at = n->by_name.slots[i].at;

		if (at == 0 || at == DEAD)
			continue;
		spelling_from_disk(n->text + at - 1, client);
		add_short(n, client, at);
	}
}

static void
offer(const struct names *n, uint32_t at, struct wanted *w)
{
	char client[SPELLING_MAX];
	const char *disk = n->text + at - 1;

	if (*disk != '\0') /* removed, but still in the table of short names */
		wanted_offer(w, disk, client, hash_of(disk, client));
}

void
names_find(struct names *n, struct wanted *w)
{
	size_t i = w->hash;
	struct slot *s;

	while ((s = table_next(&n->by_name, w->hash, &i)) != NULL)
		offer(n, s->at, w);
	if (w->rank != 0 || !w->maybe_short)
		return;
	if (n->by_short.size == 0)
		build_short(n);
	i = w->hash;
	while ((s = table_next(&n->by_short, w->hash, &i)) != NULL)
		offer(n, s->at, w);
}
