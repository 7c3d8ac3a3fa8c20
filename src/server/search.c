/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/search.h"

#include <stdlib.h>

#include "disk/dir.h"
#include "server/conn.h"
#include "server/tree.h"

struct search *
search_new(struct conn *c, struct tree *tree, struct disk_dir *dir, const char *pattern)
{
	struct search *s = xcalloc(1, sizeof *s);

	s->sid = idmap_add(&c->searches, s);
	if (s->sid == 0) {
		free(s);
		return NULL;
	}
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
