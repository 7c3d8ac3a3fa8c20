/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_NODE_PRIVATE_H
#define FILE_NODE_PRIVATE_H

#include <uthash.h>

#include "base/waiter.h"
#include "file/node.h"

struct file_table {
	struct node *nodes;
	size_t differing; /* nodes of which node_differs */
	uint64_t (*now_ms)(void);
	struct changed *changed; /* change times that clients set; NULL: none yet */
};

/* What the files of this folder know of a node, and nobody else. */
struct node {
	struct file_table *table;
	struct disk_id id;
	UT_hash_handle hh;
	struct open_list opens;
	TAILQ_HEAD(lock_list, lock) locks;
	unsigned nlocks;
	struct waiter_list lock_waiters;
	struct waiter_list waiters; /* for an open to close or an oplock to go */
	bool delete_pending;
	bool directory;
	char *remove_path; /* while delete pending */
	/* in times.c; times are 0 where the disk's is told */
	ntime held_written, held_changed;
	ntime set_written;   /* by a client */
	uint64_t held_until; /* milliseconds, 0: until a close */
	bool moved;          /* the disk's write time, since it was what is told */
	uint64_t reserved;   /* bytes clients asked to have allocated */
};

static inline bool
node_times_differ(const struct node *n)
{
	return n->held_written != 0 || n->set_written != 0;
}

static inline bool
node_differs(const struct node *n)
{
	return node_times_differ(n) || n->reserved != 0;
}

/* NULL: the file is not open. */
struct node *node_find(const struct file_table *t, const struct disk_id *id);

/* In lock.c: the locks of an open that closes. */
void node_drop_locks(struct open *o);

#endif
