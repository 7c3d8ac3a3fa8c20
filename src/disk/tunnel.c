/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/tunnel.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/loop.h"
#include "disk/beneath.h"
#include "disk/short.h"
#include "disk/spelling.h"

#define ENTRIES     128
#define LIFETIME_MS 15000

struct entry {
	struct disk_id dir;
	uint64_t at;
	char shorter[SHORT_NAME_SIZE]; /* the first choice; "": unused */
	char name[NAME_MAX + 1];
};

struct tunnel {
	pthread_mutex_t lock;
	uint64_t (*now_ms)(void);
	unsigned next; /* the oldest */
	struct entry entries[ENTRIES];
};

struct tunnel *
tunnel_new(void)
{
	struct tunnel *t = xcalloc(1, sizeof(*t));

	pthread_mutex_init(&t->lock, NULL);
	t->now_ms = loop_now_ms;
	return t;
}

void
tunnel_free(struct tunnel *t)
{
	pthread_mutex_destroy(&t->lock);
	free(t);
}

void
tunnel_clock(struct tunnel *t, uint64_t (*now_ms)(void))
{
	t->now_ms = now_ms;
}

void
tunnel_note(struct tunnel *t, const struct disk_id *dir, const char *name)
{
	char shown[SPELLING_MAX];
	struct entry *e;

	spelling_from_disk(name, shown);
	if (name_is_8_3(shown))
		return;
	pthread_mutex_lock(&t->lock);
	e = &t->entries[t->next++ % ENTRIES];
	e->dir = *dir;
	e->at = t->now_ms();
	short_name_put(shown, short_name_choice(shown, 0), e->shorter);
	memcpy(e->name, name, strlen(name) + 1);
	pthread_mutex_unlock(&t->lock);
}

static bool
matches(const struct entry *e, const struct disk_id *dir, const char *name)
{
	return disk_id_equal(&e->dir, dir) && strcasecmp(e->shorter, name) == 0;
}

bool
tunnel_find(struct tunnel *t, const struct disk_id *dir, const char *name, char out[NAME_MAX + 1])
{
	const struct entry *e;
	bool found = false;
	uint64_t now;
	uint32_t number;

	if (!short_name_number(name, &number))
		return false;
	pthread_mutex_lock(&t->lock);
	now = t->now_ms();
	/* The latest first. */
	for (unsigned i = 1; i <= ENTRIES && !found; i++) {
		e = &t->entries[(t->next - i) % ENTRIES];
		if (e->shorter[0] == '\0' || now - e->at > LIFETIME_MS)
			break;
		found = matches(e, dir, name);
		if (found)
			memcpy(out, e->name, strlen(e->name) + 1);
	}
	pthread_mutex_unlock(&t->lock);
	return found;
}
