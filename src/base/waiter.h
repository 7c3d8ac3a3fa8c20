/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_WAITER_H
#define BASE_WAITER_H

#include <stdbool.h>
#include <sys/queue.h>

#include "base/status.h"

struct loop;

/*
 * Somebody who waits for something, seen from what is waited for. The owner sets loop and
 * wake once; it is on at most one list at a time.
 *
 *   idle --waiter_add--> listed --waiter_wake--> ready --next turn--> idle, wake(w, why) called
 *   listed or ready --waiter_cancel--> idle, nothing called
 */
TAILQ_HEAD(waiter_list, waiter);

struct waiter {
	struct loop *loop;
	void (*wake)(struct waiter *w, nt_status why);
	struct waiter_list *list; /* NULL: idle */
	nt_status why;
	TAILQ_ENTRY(waiter) link;
};

void waiter_init(struct waiter *w, struct loop *loop, void (*wake)(struct waiter *, nt_status));
void waiter_add(struct waiter_list *list, struct waiter *w);

/*
 * The only door back. It only queues; a second wake of a ready waiter is ignored (the first reason
 * stands). Idle waiters become ready.
 */
void waiter_wake(struct waiter *w, nt_status why);
void waiter_wake_all(struct waiter_list *list, nt_status why);
void waiter_cancel(struct waiter *w);
bool waiter_is_idle(const struct waiter *w);

#endif
