/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_OPLOCK_H
#define FILE_OPLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct disk_id;
struct disk_root;
struct file_table;
struct open;
struct waiter_list;

/*
 * Opportunistic locks ([MS-FSA] 2.1.4.12, 2.1.5.18): whoever holds one may cache, and is asked
 * before others get to see the file.
 *
 *   none --file_oplock_grant--> level II --something changes--> none (told, nobody waits)
 *   none --file_oplock_grant--> exclusive, batch --file_oplock_break--> breaking
 *   breaking --file_oplock_ack--> level II, none
 *   breaking --file_oplock_drop, file_close, time-out--> none
 *
 * Reactor thread only.
 */
enum oplock_level { OPLOCK_NONE, OPLOCK_LEVEL_II, OPLOCK_EXCLUSIVE, OPLOCK_BATCH };

/* How the holder hears of it; the floor above knows. */
struct oplock_ops {
	void (*send)(const struct open *o, enum oplock_level to);
	void (*lost)(const struct open *o); /* it has not answered in time */
};

/* An open's own. */
struct oplock {
	enum oplock_level level;
	bool breaking;        /* asked for, not answered yet */
	enum oplock_level to; /* what was asked to go down to */
	bool level2;          /* the holder knows level II */
	bool announced;       /* the holder knows that it has it */
	bool unsent;          /* what was asked is told once it does */
	uint64_t deadline;    /* of the answer, as loop_now_ms counts */
	const struct oplock_ops *ops;
	void *holder; /* for ops */
};

/* What somebody asks for with an open. */
struct oplock_wish {
	enum oplock_level level;
	bool level2; /* level II will do where there are others */
	const struct oplock_ops *ops;
	void *holder;
};

/*
 * What it gets: all of it only while it has the file for itself. Breaks are kept back until
 * file_oplock_announce says that the holder has been told.
 */
enum oplock_level file_oplock_grant(struct open *o, const struct oplock_wish *wish);
void file_oplock_announce(struct open *o);

/* Something that others' oplocks stand against. */
struct oplock_conflict {
	const struct open *own; /* whose oplock does not count; may be NULL */
	bool batch_only;        /* only batch oplocks do */
	enum oplock_level left; /* the most that may be left: level II, or none where data change */
	uint64_t now;           /* as loop_now_ms counts */
	uint32_t timeout;       /* milliseconds a holder has to answer */
};

/*
 * Breaks what stands against it. 0: nothing does any more, or the file is not open or about to be
 * deleted, and whoever asks finds that out himself. Else milliseconds to wait, on file_waiters, and
 * then to ask again, since nobody knows what became of the file.
 */
uint32_t file_oplock_break(
    struct file_table *t, const struct disk_id *id, const struct oplock_conflict *c);

/*
 * The next file below the directory, by the name it was opened with, that somebody holds a batch
 * oplock of. *id is NULL at first, then the last one found, all in one turn.
 */
bool file_batch_below(const struct file_table *t, const struct disk_root *root, const char *path,
    const struct disk_id **id);

/* Its data change through o (or its locks: file_lock): all level II go, that of o too. */
void file_oplock_changed(const struct open *o);

/* The holder's answer: what it keeps. Without a question it means nothing. */
void file_oplock_ack(struct open *o, enum oplock_level kept);

/* The holder is gone, though the open may last a little. */
void file_oplock_drop(struct open *o);

/*
 * Where to wait for an open of the file to close, or its oplock to be answered. NULL: the file is
 * not open.
 */
struct waiter_list *file_waiters(struct file_table *t, const struct disk_id *id);

/* Who waits there, for the state dump and the tests. */
unsigned file_waiting(const struct open *o);

#endif
