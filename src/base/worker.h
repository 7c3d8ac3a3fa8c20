/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/status.h"

struct loop;
struct worker;

/* How a piece of blocking work is run. */
enum work_kind {
	WORK_CACHED, /* inline with nowait; a job when that says STATUS_CANT_WAIT */
	WORK_QUICK,  /* inline while its file system has been quick of late, else a job */
	WORK_SLOW,   /* always a job */
};

/* How quick a file system has been. One per share root; any thread. Times are monotonic. */
struct pace {
	_Atomic uint64_t slow_until_ns;    /* jobs until then */
	_Atomic uint64_t doubted_until_ns; /* looked at closely until then */
};

/*
 * Work for a thread. work touches only what the job leads to, and the file system; done runs
 * on the reactor. Both are set by the owner, who keeps the job alive until done is called.
 */
struct job {
	/* nowait: never block, rather return STATUS_CANT_WAIT. */
	nt_status (*work)(struct job *job, bool nowait);
	void (*done)(struct job *job); /* status holds work's result */
	struct pace *pace;             /* of WORK_QUICK; without one it is a job */
	nt_status status;
	enum work_kind kind;
	STAILQ_ENTRY(job) link;
};

enum worker_outcome {
	WORKER_DONE,   /* ran inline; status is set and done is not called */
	WORKER_QUEUED, /* done will be called from the loop */
	WORKER_FULL,   /* too many jobs wait; nothing happened */
};

/* threads 0: all jobs run inline and blocking (tests, fuzzers). NULL when none can be started. */
struct worker *worker_new(struct loop *loop, unsigned threads, unsigned max_queued);

/* Waits for the running jobs; the queued ones are run too. */
void worker_free(struct worker *w);
enum worker_outcome worker_run(struct worker *w, struct job *job);

struct worker_counters {
	uint64_t ran_inline; /* including those that then became jobs */
	uint64_t queued, refused;
	unsigned waiting; /* for a thread, now */
};
struct worker_counters worker_count(struct worker *w);

#endif
