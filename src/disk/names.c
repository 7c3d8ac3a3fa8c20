/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/names.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "disk/spelling.h"

enum { RANK_SHORT = 1, RANK_CASE, RANK_EXACT };

void
wanted_init(struct wanted *w, const char *part)
{
	w->part = part;
	w->hash = name_hash(part);
	w->rank = 0;
	w->best[0] = '\0';
}

static void
take(struct wanted *w, const char *disk, int rank)
{
	w->rank = rank;
	memcpy(w->best, disk, strlen(disk) + 1);
}

void
wanted_offer(struct wanted *w, const char *disk, const char *client, uint32_t hash)
{
	int rank;

	if (hash != w->hash || name_casecmp(client, w->part) != 0)
		return;
	rank = strcmp(client, w->part) == 0 ? RANK_EXACT : RANK_CASE;
	if (rank > w->rank || (rank == w->rank && strcmp(disk, w->best) < 0))
		take(w, disk, rank);
}

/*
 * Open addressing with linear probing. at: the name's place in text plus one; 0 free, DEAD
 * removed.
 */
#define DEAD UINT32_MAX

/* Chance alone makes no run of slots near as long. */
#define LONGEST_RUN 1024

struct slot {
	uint32_t key : 31;
	uint32_t second : 1; /* the first choice of a short name was taken */
	uint32_t at;
};

struct table {
	struct slot *slots;
	size_t size, used; /* a power of two; with the dead ones */
	size_t longest;    /* way from where a slot should be to where it is */
};

struct names {
	struct table by_name; /* the key is the number of the first choice */
	struct table others;  /* of those that got another: by its number */
	uint32_t mask;
	size_t seconds;
	size_t alike; /* names that look like short ones */
	char *text;   /* the names, each with its NUL; removed ones too */
	size_t len, room, wasted;
};

/* A name in both its forms. */
struct form {
	const char *disk;
	uint32_t hash;
	char client[SPELLING_MAX];
};

struct names *
names_new(void)
{
	struct names *n = xcalloc(1, sizeof(struct names));

	n->mask = SHORT_FIRST_MASK;
	return n;
}

void
names_weaken(struct names *n, unsigned bits)
{
	n->mask = (UINT32_C(1) << bits) - 1;
}

void
names_free(struct names *n)
{
	if (n == NULL)
		return;
	free(n->by_name.slots);
	free(n->others.slots);
	free(n->text);
	free(n);
}

size_t
names_bytes(const struct names *n)
{
	return sizeof(*n) + n->room + (n->by_name.size + n->others.size) * sizeof(struct slot);
}

bool
names_crowded(const struct names *n)
{
	return n->by_name.longest > LONGEST_RUN;
}

bool
names_all_first(const struct names *n)
{
	return n->seconds == 0;
}

/* Where a key should be, or in a larger table. */
static size_t
home(uint32_t key)
{
	uint32_t h = key * 0x9E3779B1u;

	return h ^ h >> 15;
}

static struct slot *
table_put(struct table *t, struct slot s)
{
	size_t mask = t->size - 1, at_home = home(s.key), i = at_home & mask;

	while (t->slots[i].at != 0)
		i = (i + 1) & mask;
	if (((i - at_home) & mask) > t->longest)
		t->longest = (i - at_home) & mask;
	t->slots[i] = s;
	t->used++;
	return &t->slots[i];
}

static void
table_resize(struct table *t, size_t size)
{
	struct table old = *t;

	*t = (struct table){ .size = size, .slots = xcalloc(size, sizeof(struct slot)) };
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].at != 0 && old.slots[i].at != DEAD)
			table_put(t, old.slots[i]);
	free(old.slots);
}

static struct slot *
table_add(struct table *t, struct slot s)
{
	if ((t->used + 1) * 4 > t->size * 3)
		table_resize(t, t->size == 0 ? 16 : t->size * 2);
	return table_put(t, s);
}

static struct slot
slot(uint32_t key, uint32_t at)
{
	return (struct slot){ .key = key & SHORT_FIRST_MASK, .at = at };
}

/* The next slot with this key at or after *i, which starts at home; NULL when there is none. */
static struct slot *
table_next(const struct table *t, uint32_t key, size_t *i)
{
	if (t->size == 0)
		return NULL;
	for (;; ++*i) {
		struct slot *s = &t->slots[*i & (t->size - 1)];

		if (s->at == 0)
			return NULL;
		if (s->at != DEAD && s->key == key) {
			++*i;
			return s;
		}
	}
}

static const char *
text_at(const struct names *n, uint32_t at)
{
	return n->text + at - 1;
}

static void
form_of(struct form *f, const char *disk)
{
	f->disk = disk;
	spelling_from_disk(disk, f->client);
	f->hash = name_hash(f->client);
}

static uint32_t
choice_of(const struct names *n, const struct form *f, unsigned choice)
{
	return choice == 0 ? f->hash & n->mask : short_name_choice(f->client, choice);
}

static struct slot *
find_exact(const struct names *n, const struct form *f)
{
	uint32_t key = f->hash & n->mask;
	size_t i = home(key);
	struct slot *s;

	while ((s = table_next(&n->by_name, key, &i)) != NULL)
		if (strcmp(text_at(n, s->at), f->disk) == 0)
			return s;
	return NULL;
}

/* Whose short name this is, in the table of those it may be in by its number. */
static struct slot *
find_short(const struct names *n, const char *alias, uint32_t number)
{
	const bool first = SHORT_IS_FIRST(number);
	const struct table *t = first ? &n->by_name : &n->others;
	uint32_t key = number & SHORT_FIRST_MASK;
	char client[SPELLING_MAX], theirs[SHORT_NAME_SIZE];
	size_t i = home(key);
	struct slot *s;

	while ((s = table_next(t, key, &i)) != NULL) {
		if (first && s->second)
			continue;
		spelling_from_disk(text_at(n, s->at), client);
		if (name_is_8_3(client))
			continue;
		short_name_put(client, number, theirs);
		if (name_casecmp(theirs, alias) == 0)
			return s;
	}
	return NULL;
}

/* True when a long name is spelled so. */
static bool
is_spelled(const struct names *n, const char *alias)
{
	uint32_t key = name_hash(alias) & n->mask;
	char client[SPELLING_MAX];
	size_t i = home(key);
	struct slot *s;

	while (n->alike > 0 && (s = table_next(&n->by_name, key, &i)) != NULL) {
		spelling_from_disk(text_at(n, s->at), client);
		if (name_casecmp(client, alias) == 0)
			return true;
	}
	return false;
}

static bool
choice_is_free(const struct names *n, const struct form *f, unsigned choice)
{
	uint32_t number = choice_of(n, f, choice);
	char alias[SHORT_NAME_SIZE];

	short_name_put(f->client, number, alias);
	return find_short(n, alias, number) == NULL && !is_spelled(n, alias);
}

/* Gives a name that cannot have its first choice the next one that is free, if any is. */
static void
choose_other(struct names *n, const struct form *f, uint32_t at)
{
	for (unsigned i = 1; i < SHORT_CHOICES; i++) {
		if (choice_is_free(n, f, i)) {
			table_add(&n->others, slot(choice_of(n, f, i), at));
			return;
		}
	}
}

/* The slot of a name that got another than its first choice, and its number. */
static struct slot *
find_other(const struct names *n, const struct form *f, uint32_t at, uint32_t *number)
{
	struct slot *s;

	for (unsigned c = 1; c < SHORT_CHOICES; c++) {
		*number = choice_of(n, f, c);
		uint32_t key = *number & SHORT_FIRST_MASK;
		size_t i = home(key);
		while ((s = table_next(&n->others, key, &i)) != NULL)
			if (s->at == at)
				return s;
	}
	return NULL;
}

/* A long name has come that looks like a short one: who had that must take another. */
static void
give_way(struct names *n, const char *alias, uint32_t number)
{
	struct slot *s = find_short(n, alias, number);
	struct form f;
	uint32_t at;

	if (s == NULL)
		return;
	at = s->at;
	if (SHORT_IS_FIRST(number)) {
		s->second = 1;
		n->seconds++;
	} else {
		s->at = DEAD;
	}
	form_of(&f, text_at(n, at));
	choose_other(n, &f, at);
}

static bool
is_alike(const char *client, uint32_t *number)
{
	return short_name_number(client, number) && name_is_8_3(client);
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

void
names_add(struct names *n, const char *disk)
{
	struct slot s;
	struct form f;
	uint32_t number;

	form_of(&f, disk);
	if (find_exact(n, &f) != NULL)
		return;
	s = slot(f.hash & n->mask, put_text(n, disk));
	s.second = !name_is_8_3(f.client) && !choice_is_free(n, &f, 0);
	table_add(&n->by_name, s);
	if (s.second) {
		n->seconds++;
		choose_other(n, &f, s.at);
	}
	if (is_alike(f.client, &number)) {
		n->alike++;
		give_way(n, f.client, number);
	}
}

/* Leaves the removed names out. */
static void
compact(struct names *n)
{
	struct names old = *n;
	struct form f;
	uint32_t number;

	n->by_name = n->others = (struct table){ 0 };
	n->text = NULL;
	n->len = n->room = n->wasted = 0;
	for (size_t i = 0; i < old.by_name.size; i++) {
		struct slot s = old.by_name.slots[i], *other = NULL;

		if (s.at == 0 || s.at == DEAD)
			continue;
		const char *disk = text_at(&old, s.at);
		if (s.second) {
			form_of(&f, disk);
			other = find_other(&old, &f, s.at, &number);
		}
		s.at = put_text(n, disk);
		table_add(&n->by_name, s);
		if (other != NULL)
			table_add(&n->others, slot(other->key, s.at));
	}
	free(old.by_name.slots);
	free(old.others.slots);
	free(old.text);
}

void
names_remove(struct names *n, const char *disk)
{
	struct form f;
	struct slot *s, *other;
	uint32_t number;

	form_of(&f, disk);
	s = find_exact(n, &f);
	if (s == NULL)
		return;
	if (s->second) {
		other = find_other(n, &f, s->at, &number);
		if (other != NULL)
			other->at = DEAD;
		n->seconds--;
	}
	if (is_alike(f.client, &number))
		n->alike--;
	n->wasted += strlen(disk) + 1;
	s->at = DEAD;
	if (n->wasted > 4096 && n->wasted > n->len / 2)
		compact(n);
}

static int
compare_text(const void *a, const void *b, void *arg)
{
	const struct names *n = arg;
	const struct slot *const *sa = a, *const *sb = b;

	return strcmp(text_at(n, (*sa)->at), text_at(n, (*sb)->at));
}

/* The first choice goes to whichever of the two comes first; who is left without. */
static struct slot *
settle_first(struct names *n, struct slot *s)
{
	char client[SPELLING_MAX], alias[SHORT_NAME_SIZE];
	struct slot *holder;

	spelling_from_disk(text_at(n, s->at), client);
	short_name_put(client, s->key, alias);
	holder = find_short(n, alias, s->key);
	if (holder == NULL || strcmp(text_at(n, s->at), text_at(n, holder->at)) > 0)
		return s;
	s->second = 0;
	holder->second = 1;
	return holder;
}

void
names_settle(struct names *n)
{
	struct slot **all;
	struct form f;
	size_t k = 0;

	if (n->seconds == 0)
		return;
	all = xcalloc(n->seconds, sizeof(*all));
	for (size_t i = 0; i < n->by_name.size; i++) {
		struct slot *s = &n->by_name.slots[i];

		if (s->at != 0 && s->at != DEAD && s->second)
			all[k++] = s;
	}
	for (size_t i = 0; i < k; i++)
		all[i] = settle_first(n, all[i]);
	qsort_r(all, k, sizeof(*all), compare_text, n);
	free(n->others.slots);
	n->others = (struct table){ 0 };
	for (size_t i = 0; i < k; i++) {
		form_of(&f, text_at(n, all[i]->at));
		choose_other(n, &f, all[i]->at);
	}
	free(all);
}

void
names_find(const struct names *n, struct wanted *w)
{
	uint32_t key = w->hash & n->mask, number;
	char client[SPELLING_MAX];
	size_t i = home(key);
	struct slot *s;

	while ((s = table_next(&n->by_name, key, &i)) != NULL) {
		spelling_from_disk(text_at(n, s->at), client);
		wanted_offer(w, text_at(n, s->at), client, name_hash(client));
	}
	if (w->rank != 0 || !short_name_number(w->part, &number))
		return;
	s = find_short(n, w->part, number);
	if (s != NULL)
		take(w, text_at(n, s->at), RANK_SHORT);
}

bool
names_short(const struct names *n, const char *disk, char out[SHORT_NAME_SIZE])
{
	const struct slot *s;
	struct form f;
	uint32_t number;

	out[0] = '\0';
	form_of(&f, disk);
	s = find_exact(n, &f);
	if (s == NULL)
		return false;
	number = s->key;
	if (!name_is_8_3(f.client) && (!s->second || find_other(n, &f, s->at, &number) != NULL))
		short_name_put(f.client, number, out);
	return true;
}
