/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/loop.h"

#include <errno.h>
#include <event2/event.h>
#include <stdlib.h>
#include <time.h>

#include "base/arena.h"

static const struct timeval at_once = { 0, 0 };

/*
 * Resumes those who are ready now. Who becomes ready meanwhile stands behind the mark and is
 * resumed by a timer, which libevent looks at only after the sockets.
 */
static void
resume_ready(evutil_socket_t fd, short what, void *arg)
{
	struct loop *loop = arg;
	struct waiter mark = { .loop = loop };
	struct waiter *w;

	(void)fd;
	(void)what;
	loop->resuming = true;
	waiter_add(&loop->ready, &mark);
	while ((w = TAILQ_FIRST(&loop->ready)) != &mark) {
		waiter_cancel(w);
		w->wake(w, w->why);
	}
	waiter_cancel(&mark);
	loop->resuming = false;
	if (!TAILQ_EMPTY(&loop->ready))
		event_add(loop->ready_ev, &at_once);
}

static void
do_nothing(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* No locks in libevent: threads only ever write to an eventfd. */
static struct event_base *
base_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

struct loop *
loop_new(void)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	int err;

	TAILQ_INIT(&loop->ready);
	errno = 0;
	loop->base = base_new();
	if (loop->base != NULL) {
		loop->ready_ev = event_new(loop->base, -1, 0, resume_ready, loop);
		loop->alarm_ev = event_new(loop->base, -1, 0, do_nothing, NULL);
	}
	if (loop->ready_ev == NULL || loop->alarm_ev == NULL) {
		err = errno != 0 ? errno : ENOMEM;
		loop_free(loop);
		errno = err;
		return NULL;
	}
	return loop;
}

void
loop_free(struct loop *loop)
{
	if (loop == NULL)
		return;
	if (loop->ready_ev != NULL)
		event_free(loop->ready_ev);
	if (loop->alarm_ev != NULL)
		event_free(loop->alarm_ev);
	if (loop->base != NULL)
		event_base_free(loop->base);
	free(loop);
}

void
loop_run(struct loop *loop)
{
	while (!loop->stopped)
		event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
	loop->stopped = false;
}

void
loop_stop(struct loop *loop)
{
	loop->stopped = true;
	event_base_loopbreak(loop->base);
}

void
loop_turn(struct loop *loop, int ms)
{
	struct timeval limit = { ms / 1000, (ms % 1000) * 1000 };

	if (ms <= 0) {
		event_base_loop(loop->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
		return;
	}
	event_add(loop->alarm_ev, &limit);
	event_base_loop(loop->base, EVLOOP_ONCE);
	event_del(loop->alarm_ev);
}

uint64_t
loop_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
