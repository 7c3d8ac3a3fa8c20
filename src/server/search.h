/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_SEARCH_H
#define SERVER_SEARCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/waiter.h"

struct conn;
struct disk_dir;
struct tree;

/* Names of the last reply, so that a client may continue behind any of them. */
struct search_mark {
	char *name;
	uint64_t next;
};

/*
 * A SID of FIND_FIRST2: a directory being listed. Held while a request works on it, as a handle is.
 */
struct search {
	struct conn *conn;
	struct tree *tree;
	uint16_t sid, uid;
	uint32_t pid;
	bool closed, at_end;
	unsigned busy;
	struct disk_dir *dir;
	char *pattern;
	uint16_t attributes; /* SearchAttributes */
	struct arena mark_memory;
	struct search_mark *marks;
	uint32_t nmarks;
	uint64_t position; /* where the next reply begins */
	uint32_t next_key; /* resume key of the next entry */
	uint32_t used; /* of SEARCH and FIND: a counter, the higher the later; 0: of FIND_FIRST2 */
	bool listing;  /* a request works on dir; others wait for their turn */
	struct waiter_list turn;
};

/* Takes dir over. NULL: too many searches. */
struct search *search_new(
    struct conn *c, struct tree *tree, struct disk_dir *dir, const char *pattern);
/* Takes the SID away; the directory closes once no request works on it. */
void search_close(struct search *s);
void search_hold(struct search *s);
void search_release(struct search *s);

/* The request that listed has done; the next that waits may. */
void search_next_turn(struct search *s);

/*
 * Clients of SEARCH never say when they have done. Notes that s, one of these, is used now, and
 * closes the one not used for longest when there are too many.
 */
void search_touch(struct search *s);

/* Of this connection, whoever's; NULL: none, or closed. */
struct search *search_get(const struct conn *c, uint16_t sid);

#endif
