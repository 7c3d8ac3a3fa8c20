/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/worker.h"

#include <event2/event.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/loop.h"

#define NS_PER_SECOND ((uint64_t)1000000000)
#define TOO_LONG_NS   ((uint64_t)4000000)
#define SLOW_FOR_NS   (2 * NS_PER_SECOND)

STAILQ_HEAD(job_list, job);

struct worker {
	pthread_mutex_t lock; /* over the lists, waiting and stopping */
	pthread_cond_t work_ready;
	struct job_list queue, finished;
	unsigned waiting;
	unsigned sleeping; /* threads on work_ready */
	bool waking;       /* one of them was signalled and is not up yet */
	bool stopping;

	struct event *finished_ev;
	int finished_fd; /* eventfd; written when finished was empty */
	unsigned max_queued;
	struct worker_counters counters;
	unsigned nthreads;
	pthread_t threads[];
};

static uint64_t
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/* How often this thread waited for something, the processor not counted. */
static long
waits(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nvcsw : 0;
}

/*
 * Only what may run inline says whether its like should. Work that took long may have waited for
 * the processor alone, which it would do in a thread too: the next that does is looked at closely.
 */
static void
run_measured(struct job *job, uint64_t start)
{
	struct pace *pace = job->pace;
	bool doubted = start < atomic_load_explicit(&pace->doubted_until_ns, memory_order_relaxed);
	long before = doubted ? waits() : 0;
	uint64_t end;

	job->status = job->work(job, false);
	end = now_ns();
	if (end - start <= TOO_LONG_NS)
		return;
	if (doubted && waits() != before)
		atomic_store_explicit(
		    &pace->slow_until_ns, end + SLOW_FOR_NS, memory_order_relaxed);
	atomic_store_explicit(&pace->doubted_until_ns, end + 2 * SLOW_FOR_NS, memory_order_relaxed);
}

static void
run_in_thread(struct job *job)
{
	if (job->kind == WORK_QUICK && job->pace != NULL)
		run_measured(job, now_ns());
	else
		job->status = job->work(job, false);
}

static void
report_finished(struct worker *w)
{
	uint64_t one = 1;
	ssize_t done = write(w->finished_fd, &one, sizeof(one));

	(void)done; /* fails only when the counter is full, and then the loop is told already */
}

/*
 * Threads are woken one after the other, each by the one before it when there is still work: short
 * jobs are done by the first before the next would be up. Unlocks first, so that who is woken does
 * not wait for the lock.
 */
static void
unlock_and_wake(struct worker *w)
{
	bool wake = !w->waking && w->sleeping > 0 && !STAILQ_EMPTY(&w->queue);

	if (wake)
		w->waking = true;
	pthread_mutex_unlock(&w->lock);
	if (wake)
		pthread_cond_signal(&w->work_ready);
}

/* NULL when it is time to end. */
static struct job *
next_job(struct worker *w)
{
	struct job *job;

	while ((job = STAILQ_FIRST(&w->queue)) == NULL && !w->stopping) {
		w->sleeping++;
		pthread_cond_wait(&w->work_ready, &w->lock);
		w->sleeping--;
		w->waking = false;
	}
	if (job != NULL) {
		STAILQ_REMOVE_HEAD(&w->queue, link);
		w->waiting--;
	}
	return job;
}

static void *
thread_main(void *arg)
{
	struct worker *w = arg;
	struct job *job;
	bool first;

	pthread_mutex_lock(&w->lock);
	while ((job = next_job(w)) != NULL) {
		unlock_and_wake(w);
		run_in_thread(job);
		pthread_mutex_lock(&w->lock);
		first = STAILQ_EMPTY(&w->finished);
		STAILQ_INSERT_TAIL(&w->finished, job, link);
		if (first) {
			pthread_mutex_unlock(&w->lock);
			report_finished(w);
			pthread_mutex_lock(&w->lock);
		}
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void
deliver_finished(struct worker *w)
{
	struct job_list list = STAILQ_HEAD_INITIALIZER(list);
	struct job *job;

	pthread_mutex_lock(&w->lock);
	STAILQ_CONCAT(&list, &w->finished);
	pthread_mutex_unlock(&w->lock);
	while ((job = STAILQ_FIRST(&list)) != NULL) {
		STAILQ_REMOVE_HEAD(&list, link);
		job->done(job); /* it may be gone afterwards */
	}
}

static void
on_finished(evutil_socket_t fd, short what, void *arg)
{
	uint64_t count;
	ssize_t done = read(fd, &count, sizeof(count));

	(void)done; /* nothing to read: then there is nothing on the list either */
	(void)what;
	deliver_finished(arg);
}

/* Signals are the reactor's: a thread is born with all of them blocked. */
static bool
start_threads(struct worker *w, unsigned n)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (w->nthreads < n) {
		if (pthread_create(&w->threads[w->nthreads], NULL, thread_main, w) != 0)
			break;
		w->nthreads++;
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return w->nthreads == n;
}

static bool
watch_finished(struct worker *w, struct loop *loop)
{
	w->finished_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (w->finished_fd < 0)
		return false;
	w->finished_ev = event_new(
	    loop->base, w->finished_fd, EV_READ | EV_PERSIST, on_finished, w);
	return w->finished_ev != NULL && event_add(w->finished_ev, NULL) == 0;
}

struct worker *
worker_new(struct loop *loop, unsigned threads, unsigned max_queued)
{
	struct worker *w = xcalloc(1, sizeof(*w) + threads * sizeof(w->threads[0]));

	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->work_ready, NULL);
	STAILQ_INIT(&w->queue);
	STAILQ_INIT(&w->finished);
	w->max_queued = max_queued;
	w->finished_fd = -1;
	if (threads != 0 && (!watch_finished(w, loop) || !start_threads(w, threads))) {
		worker_free(w);
		return NULL;
	}
	return w;
}

void
worker_free(struct worker *w)
{
	unsigned i;

	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stopping = true;
	pthread_cond_broadcast(&w->work_ready);
	pthread_mutex_unlock(&w->lock);
	for (i = 0; i < w->nthreads; i++)
		pthread_join(w->threads[i], NULL);
	deliver_finished(w);
	if (w->finished_ev != NULL)
		event_free(w->finished_ev);
	if (w->finished_fd >= 0)
		close(w->finished_fd);
	pthread_cond_destroy(&w->work_ready);
	pthread_mutex_destroy(&w->lock);
	free(w);
}

static enum worker_outcome
enqueue(struct worker *w, struct job *job)
{
	bool full;

	pthread_mutex_lock(&w->lock);
	full = w->waiting >= w->max_queued || w->stopping;
	if (!full) {
		STAILQ_INSERT_TAIL(&w->queue, job, link);
		w->waiting++;
	}
	unlock_and_wake(w);
	if (full) {
		w->counters.refused++;
		return WORKER_FULL;
	}
	w->counters.queued++;
	return WORKER_QUEUED;
}

/* True when the job is done. */
static bool
run_inline(struct worker *w, struct job *job)
{
	uint64_t now;

	if (job->kind == WORK_CACHED) {
		w->counters.ran_inline++;
		job->status = job->work(job, true);
		return job->status != STATUS_CANT_WAIT;
	}
	if (job->kind == WORK_SLOW || job->pace == NULL)
		return false;
	now = now_ns();
	if (now < atomic_load_explicit(&job->pace->slow_until_ns, memory_order_relaxed))
		return false;
	w->counters.ran_inline++;
	run_measured(job, now);
	return true;
}

enum worker_outcome
worker_run(struct worker *w, struct job *job)
{
	if (w->nthreads == 0) {
		w->counters.ran_inline++;
		job->status = job->work(job, false);
		return WORKER_DONE;
	}
	return run_inline(w, job) ? WORKER_DONE : enqueue(w, job);
}

struct worker_counters
worker_count(struct worker *w)
{
	struct worker_counters counters = w->counters;

	pthread_mutex_lock(&w->lock);
	counters.waiting = w->waiting;
	pthread_mutex_unlock(&w->lock);
	return counters;
}
