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
	size_t dying;            /* directories that are delete pending */
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
	/* in times.c; times are 0 where the disk's is told */
	ntime held_written, held_changed;
	ntime set_written;   /* by a client */
	uint64_t held_until; /* milliseconds, 0: until a close */
	bool moved;          /* the disk's write time, since it was what is told */
	uint64_t reserved;   /* bytes clients asked to have allocated */
	char *remove_path;   /* while delete pending, in remove_root */
	struct disk_root *remove_root;
	struct cred *remove_cred; /* counted: as whom; may be NULL */
	bool removing;            /* a file_removal has it */
	unsigned kept;            /* closed, by so many who remove a name of it */
	/* A stream's is the node of its file, which is there as long, even if it has no opens. */
	struct node *base;
	TAILQ_ENTRY(node) sibling;
	TAILQ_HEAD(node_list, node) streams;
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

static inline struct node *
node_of_file(struct node *n)
{
	return n->base != NULL ? n->base : n;
}

/* NULL: the file is not open. */
struct node *node_find(const struct file_table *t, const struct disk_id *id);

/* That of the file, whether id is its own or a stream's. */
struct node *node_find_file(const struct file_table *t, const struct disk_id *id);
void node_set_id(struct node *n, const struct disk_id *id);
void node_free(struct node *n);

/* path NULL: not delete pending any more. cred (may be NULL): who asks for it. */
void node_set_delete(struct node *n, struct disk_root *root, const char *path, struct cred *cred);

/* In lock.c: the locks of an open that closes; those of a node whose opens go to another. */
void node_drop_locks(struct open *o);
void node_move_locks(struct node *from, struct node *to);

#endif
