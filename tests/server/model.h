/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_SERVER_MODEL_H
#define TESTS_SERVER_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What must hold of files that many have open at once, judged by one who sees what everybody asks
 * and is answered, but not in which order the server does it. A claim is an open or a lock:
 *
 *   asked --granted--> held --leaving--> asked to be given back --gone--> over
 *   asked --refused--> over
 *
 * It may be in force from asked to gone, and surely is from granted to leaving. Two claims that are
 * surely in force do not conflict; a refusal has another claim that may have been in force
 * meanwhile. Whatever does not hold fails the running test. Times count what is sent and received.
 */
#define MODEL_SLOTS     16
#define MODEL_SLOT_SIZE 8
#define MODEL_NAMES     24

enum model_oplock { MODEL_NO_OPLOCK, MODEL_LEVEL_II, MODEL_EXCLUSIVE };

struct claim {
	struct claim *open;                     /* of a lock; NULL: this is an open */
	uint64_t ino;                           /* 0: not known yet */
	uint64_t asked, granted, leaving, gone; /* 0: not yet */
	bool used;

	/* an open */
	unsigned name; /* by which it was asked for */
	uint32_t access, share;
	uint32_t to_open; /* access it has to have for a moment */
	uint64_t doomed;  /* since when its file surely is to be deleted */
	enum model_oplock oplock;
	uint64_t oplock_since;
	unsigned stale; /* a break of its level II is due: how often that was looked for, plus 1 */

	/* a lock */
	unsigned first, count; /* slots */
	bool exclusive;
};

/* How much was put to the test. */
struct model_figures {
	unsigned opens, open_refusals, locks, lock_refusals, reads, writes, intrusions, oplocks,
	    breaks, renames, deletes;
};

struct model;
struct model *model_new(void);
void model_free(struct model **m);
uint64_t model_tick(struct model *m); /* the time, a new one each time */
const struct model_figures *model_figures(const struct model *m);

/* The steps of a claim. */
struct claim *model_ask_open(struct model *m, unsigned name, uint32_t access, uint32_t share);
struct claim *model_ask_lock(struct model *m, struct claim *open, bool exclusive);
void model_open_granted(struct model *m, struct claim *c, uint64_t ino);
void model_lock_granted(struct model *m, struct claim *c);
void model_leaving(struct model *m, struct claim *c); /* an open: with its locks */
void model_gone(struct model *m, struct claim *c);
void model_sharing_violation(struct model *m, struct claim *c);
void model_doomed(struct model *m, struct claim *c); /* refused with DELETE_PENDING */
void model_lock_conflict(struct model *m, struct claim *c);
void model_dropped(struct claim *c); /* refused for another reason, or cancelled */

/* What it surely has from now on. */
void model_oplock(struct model *m, struct claim *open, enum model_oplock level);

/* A rename of one name, or a delete, to be asked for and answered. */
struct model_move {
	unsigned from, to; /* the same: a delete */
	uint64_t asked, touched, serial;
};
void model_move_asked(struct model *m, struct model_move *move);
void model_move_done(struct model *m, const struct model_move *move, bool success);

/* A file was emptied, or made; while that may happen contents are not judged. */
void model_truncation(struct model *m, bool asked);
void model_emptied(struct model *m, uint64_t ino);

/* Reading and writing: of a slot that is locked by who does it, or by nobody he knows of. */
struct model_io {
	struct claim *open, *lock; /* lock NULL: an intrusion */
	unsigned slot;
	uint64_t value, asked;
	bool writes;
};
void model_io_asked(struct model *m, struct model_io *io);
void model_io_done(struct model *m, const struct model_io *io);
void model_io_refused(struct model *m, const struct model_io *io);

/* Everything is closed: the contents on disk are judged, then forgotten, and all claims with them.
 */
void model_on_disk(struct model *m, uint64_t ino, unsigned slot, uint64_t value);
void model_quiet(struct model *m);

/* Who cached what was written is told within a few of these. */
void model_check_breaks(struct model *m);

#endif
