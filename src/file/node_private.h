/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_NODE_PRIVATE_H
#define FILE_NODE_PRIVATE_H

#include <uthash.h>

#include "base/waiter.h"
#include "file/node.h"

/* What the files of this folder know of a node, and nobody else. */
struct node {
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
	struct file_table *table;
};

/* NULL: not open. */
struct node *node_find(const struct file_table *t, const struct disk_id *id);

/* In lock.c: the locks of an open that closes. */
void node_drop_locks(struct open *o);

#endif
