/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/waiter.h"

#include <event2/event.h>
#include <stddef.h>
#include <string.h>

#include "base/loop.h"

void
waiter_init(struct waiter *w, struct loop *loop, void (*wake)(struct waiter *, nt_status))
{
	memset(w, 0, sizeof(*w));
	w->loop = loop;
	w->wake = wake;
}

void
waiter_add(struct waiter_list *list, struct waiter *w)
{
	waiter_cancel(w);
	w->list = list;
	TAILQ_INSERT_TAIL(list, w, link);
}

void
waiter_wake(struct waiter *w, nt_status why)
{
	struct loop *loop = w->loop;

	if (w->list == &loop->ready)
		return;
	waiter_add(&loop->ready, w);
	w->why = why;
	/* While a turn runs, the next one must not begin before the sockets had theirs. */
	if (!loop->resuming)
		event_active(loop->ready_ev, EV_TIMEOUT, 0);
}

void
waiter_wake_all(struct waiter_list *list, nt_status why)
{
	struct waiter *w;

	while ((w = TAILQ_FIRST(list)) != NULL)
		waiter_wake(w, why);
}

void
waiter_cancel(struct waiter *w)
{
	if (w->list == NULL)
		return;
	TAILQ_REMOVE(w->list, w, link);
	w->list = NULL;
}

bool
waiter_is_idle(const struct waiter *w)
{
	return w->list == NULL;
}
