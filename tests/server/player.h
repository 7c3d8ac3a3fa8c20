/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_SERVER_PLAYER_H
#define TESTS_SERVER_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "inside.h"
#include "model.h"

/* Those who use the same files at random, and tell the model what they ask and are answered. */

#define PLAYERS      16
#define SHARED_NAMES 20   /* and a few more that files are renamed to */
#define FILES        4    /* of one player at once */
#define LOCKS        3    /* of one file at once */
#define QUESTIONS    6    /* of one player at once */
#define BREAK_MS     1000 /* the server waits for an oplock */

enum asked { OPEN, CLOSE, LOCK, UNLOCK, READ, WRITE, RENAME, DELETE_NAME };

struct lock {
	struct claim *claim; /* NULL: none */
	bool held;
};

/* A file a client has, or has asked, to open. */
struct file {
	struct claim *open; /* NULL: none */
	uint16_t fid;       /* 0: not open yet */
	bool busy;          /* something is asked of it */
	bool break_due;     /* its oplock is to go, and the client has not said so */
	int break_to;
	uint64_t break_at; /* as loop_now_ms counts */
	struct lock locks[LOCKS];
};

struct question {
	bool used;
	enum asked what;
	uint16_t mid;
	struct file *file;
	struct lock *lock;
	bool truncates, for_ever, cancelled;
	struct model_io io;
	struct model_move move;
};

struct player {
	struct client c;
	struct file files[FILES];
	struct question questions[QUESTIONS];
	uint16_t mid;
};

/* What they share. */
struct game {
	struct inside inside;
	struct model *model;
	struct player players[PLAYERS];
	uint64_t dice; /* never 0 */
	uint64_t stamp;
	bool quiet; /* nobody begins anything, everything is given back */
	bool wild;  /* files are emptied, and whoever opens one may hang up before he is told */
};
extern struct game game;

unsigned dice(unsigned sides);
uint64_t get_le(const uint8_t *p, size_t bytes);

/* One thing, if it is the player's turn to do one; connected he must be. */
void player_enter(struct player *p);
void player_step(struct player *p);
void player_hang_up(struct player *p);

/* Takes all that has come for him. */
void player_listen(struct player *p);

#endif
