/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_NODE_H
#define FILE_NODE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "disk/open.h"
#include "file/oplock.h"
#include "file/share_mode.h"

struct cred;
struct notify;

/*
 * One node for each file, directory or stream on disk that is open, however it was reached (another
 * case, a hard link). Streams share and lock for themselves, but go with their file: to delete it
 * all of them must be shared for that, and while it is delete pending none can be opened.
 *
 *   file_open --> live --delete pending set--> delete pending --last file_close--> being removed
 *                  ^----------- cleared ------------'  (no new opens: DELETE_PENDING)
 *   live --last file_close--> gone        being removed --file_removal_free--> gone
 *
 * Reactor thread only.
 */
struct node;
TAILQ_HEAD(open_list, open);

/* Where the last read or write ended, or as the client set it: for the information levels. */
struct file_position {
	uint64_t at;
	unsigned opens; /* of a DOS process, which has one for all its opens of the file */
};

struct open {
	struct node *node;
	TAILQ_ENTRY(open) link;
	struct disk_file *file; /* owned */
	char *path;             /* as spelled on disk; follows renames made through us */
	struct share_mode mode;
	struct oplock oplock;
	struct notify *notify; /* of a directory whose changes were asked for; or NULL */
	struct file_position *position;
	uint32_t options;     /* CreateOptions */
	bool posix;           /* by a POSIX client: its name may go while it is open */
	bool created;         /* the file, by this open */
	bool met_others;      /* the file was opened again since */
	bool delete_on_close; /* FILE_DELETE_ON_CLOSE: delete pending once this open closes */
	bool written;         /* by this open; the archive attribute is due */
	/* the write time, see file/times.h */
	bool time_set;     /* by the client, through this open: its writes do not count */
	bool time_due;     /* written since it last showed */
	bool time_delayed; /* the first write has had its delay */
	ntime close_time;  /* as the client has it when it closes; 0: none */
	/* what all opens of its owner have: locks, bytes of changes kept; may be NULL */
	unsigned *owner_locks, *owner_changes;
	bool kernel_locks; /* other programs see its byte-range locks, and it theirs */
	bool lock_foreign; /* another program stood against the last lock asked for */
	/* The last lock refused: Windows answers the same try again otherwise. */
	bool lock_failed;
	uint64_t lock_failed_at;
};

/* All nodes of the server. */
struct file_table;
struct file_table *file_table_new(void);
void file_table_free(struct file_table **t);
size_t file_table_nodes(const struct file_table *t);

/* All there is, for the state dump. */
struct file_counts {
	size_t nodes, opens, locks, oplocks, breaks; /* breaks: not answered yet */
};
void file_count(const struct file_table *t, struct file_counts *out);

/* Whether file_open would succeed. */
nt_status file_may_open(
    const struct file_table *t, const struct disk_id *id, const struct share_mode *mode);

/*
 * Enters an open: SHARING_VIOLATION or DELETE_PENDING when it may not be. On success owns file;
 * path (as disk_open gave it) is copied.
 */
nt_status file_open(struct file_table *t, struct disk_file *file, const char *path,
    const struct share_mode *mode, struct open **out);

/*
 * What closing leaves to do on disk: run it as a job, then file_removal_free, until which the file
 * is still delete pending.
 */
struct file_removal {
	struct node *node;
	struct disk_root *root;
	struct cred *cred; /* who asked for it, whoever closed last; may be NULL */
	char *path;
	struct disk_id id;
	bool directory;
};
nt_status file_removal_run(const struct file_removal *r); /* what is gone already is removed */
void file_removal_free(struct file_removal **r);

/*
 * Takes the open off its node; *file is the caller's to disk_close (in a job where it may block).
 * The removal, or NULL when there is none. cred (may be NULL): who opened it, to delete as him what
 * is FILE_DELETE_ON_CLOSE.
 */
struct file_removal *file_close(struct open **o, struct disk_file **file, struct cred *cred);

/*
 * Delete pending as SET_INFORMATION's disposition asks; CANNOT_DELETE for READONLY files is the
 * caller's check. cred (may be NULL): who asks, and removes it in the end.
 */
void file_set_delete(struct open *o, bool on, struct cred *cred);
bool file_delete_pending(const struct open *o); /* or its file is, when it is a stream */
bool file_is_pending(const struct file_table *t, const struct disk_id *id);

/* Is this directory, in whatever case, delete pending? Nothing comes into it then. */
bool file_directory_dying(
    const struct file_table *t, const struct disk_root *root, const char *path);
const char *file_path(const struct open *o); /* from the share's root, as spelled on disk */

/*
 * May the name be deleted or renamed away, as the commands without a handle do it: by an open of
 * their own that wants DELETE and shares what share says? SHARING_VIOLATION, DELETE_PENDING. own
 * (may be NULL) does not count.
 */
struct file_taker {
	uint32_t share; /* FILE_SHARE_* */
	const struct open *own;
};
nt_status file_may_remove(
    const struct file_table *t, const struct disk_id *id, const struct file_taker *by);

/*
 * Any open below the directory (or on it, but own)? A directory with open files below is not
 * renamed.
 */
bool file_opens_below(const struct file_table *t, const struct disk_root *root, const char *path,
    const struct open *own);

/* A name changed through us: nodes at and below it follow. */
void file_renamed(
    struct file_table *t, const struct disk_root *root, const char *from, const char *to);

/* Every open of a file, for what asks about others. NULL: it is not open. */
const struct open_list *file_opens(const struct file_table *t, const struct disk_id *id);

#endif
