/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_HANDLE_H
#define SERVER_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"
#include "base/waiter.h"
#include "file/node.h"

struct conn;
struct cred;
struct pipe;
struct request;
struct tree;

/*
 * A FID: an open file of a disk share or, on IPC$, a named pipe.
 *
 *   open --handle_close--> closed (no FID any more) --busy 0--> file closed, waiters woken, freed
 *
 * A request that works on a handle holds it (request_handle); a closed one lives on until it is let
 * go.
 */
struct handle {
	struct conn *conn;
	struct tree *tree;
	uint64_t serial; /* no other has had it, though it may have had the FID */
	uint16_t fid, uid;
	uint32_t pid;
	bool closed;
	bool read_only; /* opened where nothing is changed, which goes for all that is done by it */
	unsigned busy;
	struct open *open; /* NULL: a pipe */
	struct pipe *pipe; /* NULL: a file */
	struct cred *cred; /* who opened it is on disk, counted */
	/* Where the last read or write ended, or as the client set it: for SEEK. */
	uint64_t seek;
	uint64_t quota_next; /* the user with whom QUERY_QUOTA goes on */
	/* Of a write nobody was there to be told about: for whoever uses the file next. */
	nt_status write_error;
	struct waiter_list idle; /* CLOSE waits for the jobs on it */
};

/*
 * Takes open over, for the request's user as he was when it came. NULL: too many open files (open
 * stays the caller's).
 */
struct handle *handle_new(const struct request *req, struct open *open);
struct handle *handle_new_pipe(const struct request *req, struct pipe *pipe);

/* For people: of the file its path in the share, of a pipe its name. */
const char *handle_name(const struct handle *h);

/*
 * Takes the FID away and closes the file once nobody works on it; h is gone then. The status is
 * that of its deletion, if it was due; PENDING when that is still to come: h->idle is woken with
 * it.
 */
nt_status handle_close(struct handle *h);

/* What a write has left to be told, once. */
nt_status handle_write_error(struct handle *h);

/* A request works on it from here to there; the last release of a closed one closes the file. */
void handle_hold(struct handle *h);
void handle_release(struct handle *h);

/* Of this connection, whoever's; NULL: none, or closed. */
struct handle *handle_get(const struct conn *c, uint16_t fid);

#endif
