/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/waiter.h"

struct event_base;
struct event;

/*
 * The reactor: libevent's loop and what is run between its turns. One a process;
 * everything that is not a job lives on its thread.
 */
struct loop {
	struct event_base *base;
	struct event *ready_ev;   /* fires when ready is not empty */
	struct event *alarm_ev;   /* ends a blocking loop_turn */
	struct waiter_list ready; /* woken, to be resumed in the next turn */
	bool resuming;            /* their turn runs; who is woken meanwhile has the next */
	bool stopped;
};

/* NULL with errno when the kernel refuses an epoll descriptor. */
struct loop *loop_new(void);
void loop_free(struct loop *loop);

/* Until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* One turn without blocking, or blocking for at most ms: for tests and the fuzzers. */
void loop_turn(struct loop *loop, int ms);

/* Milliseconds of the monotonic clock. */
uint64_t loop_now_ms(void);

#endif
