/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_REQUEST_H
#define SERVER_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/waiter.h"
#include "base/worker.h"
#include "disk/root.h"
#include "wire/header.h"
#include "wire/reader.h"
#include "wire/writer.h"

struct conn;
struct cred;
struct event;
struct frame;
struct handle;
struct request;
struct search;
struct session;
struct smb_command;
struct tree;

#define REQUEST_HOLDS 2

/*
 * Blocking work of a request: touches only what arg leads to, the arena and the disk. d says who,
 * where, and whether it may block.
 */
typedef nt_status request_work_fn(const struct disk *d, struct arena *a, void *arg);

/*
 * Goes on on the reactor; returns the request's status, or STATUS_PENDING when it parked again.
 * STATUS_CANCELLED also when the work was done but its connection, tree or session has gone
 * meanwhile: release what the work acquired, touch neither req->tree nor req->session.
 */
typedef nt_status request_done_fn(struct request *req, void *arg, nt_status status);

/*
 * One received message on its way. Freed, with its arena, when its reply was queued or it turned
 * out to need none.
 *
 *   running --request_work, request_wait--> parked --woken--> running --finish--> freed
 */
struct request {
	struct conn *conn;
	TAILQ_ENTRY(request) link;
	struct frame *frame;
	struct arena arena;
	struct smb_header hdr;
	uint32_t sequence; /* for signing */
	uint64_t started_us;

	/* the current element of the chain */
	const struct smb_command *command;
	void *args;
	struct session *session; /* valid for commands whose row asks for it */
	struct tree *tree;
	struct cred *cred; /* counted, disk.cred */
	struct disk disk;  /* for request_work: this tree's root, this user's identity */
	size_t next;       /* where the next element begins; 0: none */
	uint8_t command_code, next_command;
	uint16_t chain_fid; /* FID an earlier element opened */
	unsigned depth;
	struct writer reply;
	size_t reply_at; /* where this element's reply block begins */
	size_t block_at; /* the last AndX block of the reply, 0: none */

	/* parking */
	void (*finish)(struct request *req, nt_status status); /* the dispatcher's */
	request_done_fn *done;
	request_work_fn *work;
	void *arg;
	struct waiter waiter;
	struct waiter_list asleep; /* itself, while it sleeps */
	struct event *alarm;
	struct job job;
	bool parked, in_job;
	unsigned inline_runs;    /* of request_work in this turn */
	bool orphan;             /* its tree or session has gone */
	bool silent, error_data; /* no reply is sent; an error has words and bytes as well */
	struct handle *held[REQUEST_HOLDS];
	struct search *held_search;
};

/*
 * This tree and user from here on: sets req->tree, req->session and what request_work acts under.
 * Either may be NULL.
 */
void request_bind(struct request *req, struct session *session, struct tree *tree);

/* Takes the frame over. */
struct request *request_new(struct conn *c, struct frame *f);
void request_free(struct request **req);

/*
 * Runs work as kind says, inline or in a worker, then done with its result. Returns what done
 * returned, or STATUS_PENDING; so a run function ends with `return request_work(...)`. done is
 * always called: with STATUS_INSUFF_SERVER_RESOURCES when too many jobs wait. done NULL: the work's
 * result is the answer.
 */
nt_status request_work(struct request *req, enum work_kind kind, request_work_fn *work,
    request_done_fn *done, void *arg);

/* The done of who has nothing to add: the status is the answer. */
nt_status request_answer(struct request *req, void *arg, nt_status status);

/* Parks on a list; done is called with the reason of the wake-up. Always STATUS_PENDING. */
nt_status request_wait(
    struct request *req, struct waiter_list *list, request_done_fn *done, void *arg);

/* The same for at most ms milliseconds, then IO_TIMEOUT. list NULL: nothing else wakes it. */
struct request_timeout {
	uint32_t ms;
	struct waiter_list *list;
};
nt_status request_wait_for(
    struct request *req, const struct request_timeout *t, request_done_fn *done, void *arg);

/* Wakes a parked request with STATUS_CANCELLED (NT_CANCEL, logoff); one in a job is let be. */
void request_cancel(struct request *req);

/* Its tree or session goes: if parked or in a job it forgets them and ends with CANCELLED. */
void request_orphan(struct request *req);

/*
 * The handle of a FID, file or pipe, held until the request ends; in a chain, the one an earlier
 * element opened. NULL: none of this tree and user (INVALID_HANDLE). A read-only one makes the disk
 * so. request_handle knows files only, request_pipe pipes only.
 */
struct handle *request_fid(struct request *req, uint16_t fid);
struct handle *request_handle(struct request *req, uint16_t fid);
struct handle *request_pipe(struct request *req, uint16_t fid);
void request_handle_new(struct request *req, struct handle *h); /* holds one just opened */

/*
 * Closes a handle this request holds, and goes on when the file is closed and what is due on disk
 * is done, with the status of its deletion; h is gone by then (done NULL: that is the answer).
 */
nt_status request_close(struct request *req, struct handle *h, request_done_fn *done, void *arg);

/* The search of a SID, held until the request ends. NULL: none of this tree and user. */
struct search *request_search(struct request *req, uint16_t sid);

#endif
