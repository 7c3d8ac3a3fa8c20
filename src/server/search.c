/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/search.h"

#include <stdlib.h>

#include "disk/dir.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/tree.h"

/* How many searches of SEARCH and FIND a connection keeps. */
#define ENDLESS_MAX 128

struct search *
search_new(struct conn *c, struct tree *tree, struct disk_dir *dir, const char *pattern)
{
	struct search *s = xcalloc(1, sizeof *s);

	s->sid = server_has_room(c->server) ? idmap_add(&c->searches, s) : 0;
	if (s->sid == 0) {
		free(s);
		return NULL;
	}
	c->server->nfiles++;
	s->conn = c;
	s->tree = tree;
	s->dir = dir;
	s->pattern = xstrdup(pattern);
	arena_init(&s->mark_memory);
	TAILQ_INIT(&s->turn);
	return s;
}

static void
search_free(struct search *s)
{
	s->conn->server->nfiles--;
	disk_dir_close(&s->dir);
	arena_clear(&s->mark_memory);
	free(s->pattern);
	free(s);
}

void
search_close(struct search *s)
{
	if (!s->closed) {
		s->closed = true;
		idmap_remove(&s->conn->searches, s->sid);
	}
	if (s->busy == 0)
		search_free(s);
}

void
search_hold(struct search *s)
{
	s->busy++;
}

void
search_release(struct search *s)
{
	s->busy--;
	if (s->busy == 0 && s->closed)
		search_free(s);
}

struct search *
search_get(const struct conn *c, uint16_t sid)
{
	return idmap_get(&c->searches, sid);
}

void
search_next_turn(struct search *s)
{
	struct waiter *w = TAILQ_FIRST(&s->turn);

	s->listing = false;
	if (w != NULL)
		waiter_wake(w, STATUS_SUCCESS);
}

void
search_touch(struct search *s)
{
	struct search *o, *oldest = NULL;
	uint32_t pos = 0, last = 0;
	unsigned n = 0;

	while ((o = idmap_next(&s->conn->searches, &pos)) != NULL) {
		if (o->used == 0 || o == s)
			continue;
		n++;
		if (o->used > last)
			last = o->used;
		if (o->busy == 0 && (oldest == NULL || o->used < oldest->used))
			oldest = o;
	}
	s->used = last + 1;
	if (n >= ENDLESS_MAX && oldest != NULL)
		search_close(oldest);
}
