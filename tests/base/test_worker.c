/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <check.h>

#include "base/loop.h"
#include "base/worker.h"

static struct loop *loop;
static struct worker *pool;
static struct pace pace;
static pthread_t reactor;

/* A job that tells what happened to it. */
struct probe {
	struct job job;
	nt_status says, says_nowait;
	sem_t *gate; /* waited for, unless told not to block */
	unsigned milliseconds, busy_milliseconds;
	atomic_uint runs, runs_nowait;
	atomic_bool in_thread, signals_blocked;
	unsigned done;
};

static void
be_busy(unsigned milliseconds)
{
	uint64_t until = loop_now_ms() + milliseconds;

	while (loop_now_ms() < until)
		;
}

static nt_status
work(struct job *job, bool nowait)
{
	struct probe *p = (struct probe *)job;
	sigset_t mask;

	p->runs++;
	p->runs_nowait += nowait;
	p->in_thread = !pthread_equal(pthread_self(), reactor);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	p->signals_blocked = sigismember(&mask, SIGTERM) && sigismember(&mask, SIGHUP);
	if (nowait)
		return p->says_nowait;
	if (p->gate != NULL)
		sem_wait(p->gate);
	if (p->milliseconds != 0)
		nanosleep(&(struct timespec){ 0, (long)p->milliseconds * 1000000 }, NULL);
	be_busy(p->busy_milliseconds);
	return p->says;
}

static void
done(struct job *job)
{
	struct probe *p = (struct probe *)job;

	ck_assert(pthread_equal(pthread_self(), reactor));
	p->done++;
}

static void
prepare(struct probe *p, enum work_kind kind)
{
	memset(p, 0, sizeof(*p));
	p->job.work = work;
	p->job.done = done;
	p->job.pace = &pace;
	p->job.kind = kind;
	p->says = STATUS_DISK_FULL;
	p->says_nowait = STATUS_CANT_WAIT;
}

static void
start(unsigned threads, unsigned max_queued)
{
	reactor = pthread_self();
	memset(&pace, 0, sizeof(pace));
	loop = loop_new();
	pool = worker_new(loop, threads, max_queued);
	ck_assert_ptr_nonnull(pool);
}

static void
stop(void)
{
	worker_free(pool);
	loop_free(loop);
}

static void
wait_for(const struct probe *p)
{
	while (p->done == 0)
		loop_turn(loop, 1000);
}

START_TEST(slow_work_runs_in_a_thread)
{
	struct probe p;

	start(2, 10);
	prepare(&p, WORK_SLOW);
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_QUEUED);
	wait_for(&p);
	ck_assert_uint_eq(p.done, 1);
	ck_assert_uint_eq(p.runs, 1);
	ck_assert_uint_eq(p.runs_nowait, 0);
	ck_assert(p.in_thread);
	ck_assert_uint_eq(p.job.status, STATUS_DISK_FULL);
	stop();
}
END_TEST

START_TEST(signals_are_left_to_the_reactor)
{
	struct probe p;
	sigset_t mask;

	start(1, 10);
	prepare(&p, WORK_SLOW);
	worker_run(pool, &p.job);
	wait_for(&p);
	ck_assert(p.signals_blocked);
	pthread_sigmask(SIG_BLOCK, NULL, &mask);
	ck_assert(!sigismember(&mask, SIGTERM));
	stop();
}
END_TEST

START_TEST(cached_work_is_done_at_once_when_it_can)
{
	struct probe p;

	start(1, 10);
	prepare(&p, WORK_CACHED);
	p.says_nowait = STATUS_NO_SUCH_FILE;
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_DONE);
	ck_assert_uint_eq(p.job.status, STATUS_NO_SUCH_FILE);
	ck_assert_uint_eq(p.runs, 1);
	ck_assert_uint_eq(p.runs_nowait, 1);
	stop();
	ck_assert_uint_eq(p.done, 0);
}
END_TEST

START_TEST(cached_work_becomes_a_job_when_it_would_block)
{
	struct probe p;

	start(1, 10);
	prepare(&p, WORK_CACHED);
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_QUEUED);
	wait_for(&p);
	ck_assert_uint_eq(p.runs, 2);
	ck_assert_uint_eq(p.runs_nowait, 1);
	ck_assert(p.in_thread);
	ck_assert_uint_eq(p.job.status, STATUS_DISK_FULL);
	stop();
}
END_TEST

START_TEST(quick_work_runs_inline_and_may_block)
{
	struct probe p;

	start(1, 10);
	prepare(&p, WORK_QUICK);
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_DONE);
	ck_assert(!p.in_thread);
	ck_assert_uint_eq(p.runs_nowait, 0);
	ck_assert_uint_eq(p.job.status, STATUS_DISK_FULL);
	stop();
}
END_TEST

START_TEST(work_that_waited_long_twice_makes_jobs_of_the_next)
{
	struct probe slow, next, elsewhere;
	struct pace other = { 0 };
	uint64_t until;

	start(1, 10);
	prepare(&slow, WORK_QUICK);
	slow.milliseconds = 20;
	ck_assert_int_eq(worker_run(pool, &slow.job), WORKER_DONE);
	ck_assert_uint_eq(pace.slow_until_ns, 0);
	ck_assert_int_eq(worker_run(pool, &slow.job), WORKER_DONE);
	until = pace.slow_until_ns;
	ck_assert_uint_ge(until / 1000000, loop_now_ms() + 1000);
	ck_assert_uint_le(until / 1000000, loop_now_ms() + 2000);

	prepare(&elsewhere, WORK_QUICK);
	elsewhere.job.pace = &other;
	ck_assert_int_eq(worker_run(pool, &elsewhere.job), WORKER_DONE);

	prepare(&next, WORK_QUICK);
	ck_assert_int_eq(worker_run(pool, &next.job), WORKER_QUEUED);
	wait_for(&next);
	ck_assert(next.in_thread);
	stop();
}
END_TEST

START_TEST(work_that_computed_long_makes_no_jobs)
{
	struct probe busy;

	start(1, 10);
	prepare(&busy, WORK_QUICK);
	busy.busy_milliseconds = 10;
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(worker_run(pool, &busy.job), WORKER_DONE);
	ck_assert_uint_ne(pace.doubted_until_ns, 0);
	ck_assert_uint_eq(pace.slow_until_ns, 0);
	stop();
}
END_TEST

START_TEST(a_job_that_took_long_renews_the_pace)
{
	struct probe p;
	uint64_t before;

	start(1, 10);
	before = loop_now_ms() * 1000000 + 1000000000;
	pace.slow_until_ns = pace.doubted_until_ns = before;
	prepare(&p, WORK_QUICK);
	p.milliseconds = 20;
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_QUEUED);
	wait_for(&p);
	ck_assert_uint_gt(pace.slow_until_ns, before);
	stop();
}
END_TEST

START_TEST(a_file_system_is_quick_again_after_its_time)
{
	struct probe p;

	start(1, 10);
	pace.slow_until_ns = loop_now_ms() * 1000000;
	prepare(&p, WORK_QUICK);
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_DONE);
	stop();
}
END_TEST

START_TEST(a_full_queue_refuses_and_touches_nothing)
{
	struct probe p[4];
	struct worker_counters c;
	sem_t gate;
	unsigned i;

	start(1, 2);
	sem_init(&gate, 0, 0);
	for (i = 0; i < 4; i++) {
		prepare(&p[i], WORK_SLOW);
		p[i].gate = &gate;
	}
	ck_assert_int_eq(worker_run(pool, &p[0].job), WORKER_QUEUED);
	while (p[0].runs == 0)
		sched_yield();
	ck_assert_int_eq(worker_run(pool, &p[1].job), WORKER_QUEUED);
	ck_assert_int_eq(worker_run(pool, &p[2].job), WORKER_QUEUED);
	ck_assert_int_eq(worker_run(pool, &p[3].job), WORKER_FULL);
	c = worker_count(pool);
	ck_assert_uint_eq(c.waiting, 2);
	ck_assert_uint_eq(c.queued, 3);
	ck_assert_uint_eq(c.refused, 1);
	for (i = 0; i < 3; i++)
		sem_post(&gate);
	for (i = 0; i < 3; i++)
		wait_for(&p[i]);
	ck_assert_uint_eq(p[3].runs, 0);
	ck_assert_uint_eq(p[3].done, 0);
	stop();
	sem_destroy(&gate);
}
END_TEST

START_TEST(the_end_waits_for_all_jobs)
{
	struct probe p[50];
	unsigned i;

	start(3, 50);
	for (i = 0; i < 50; i++) {
		prepare(&p[i], WORK_SLOW);
		p[i].milliseconds = 1;
		ck_assert_int_eq(worker_run(pool, &p[i].job), WORKER_QUEUED);
	}
	stop();
	for (i = 0; i < 50; i++) {
		ck_assert_uint_eq(p[i].runs, 1);
		ck_assert_uint_eq(p[i].done, 1);
	}
}
END_TEST

START_TEST(many_jobs_are_each_done_once)
{
	static struct probe p[2000];
	unsigned i;

	start(4, 2000);
	for (i = 0; i < 2000; i++) {
		prepare(&p[i], WORK_SLOW);
		ck_assert_int_eq(worker_run(pool, &p[i].job), WORKER_QUEUED);
		if (i % 16 == 0)
			loop_turn(loop, 0);
	}
	for (i = 0; i < 2000; i++)
		wait_for(&p[i]);
	stop();
	for (i = 0; i < 2000; i++) {
		ck_assert_uint_eq(p[i].runs, 1);
		ck_assert_uint_eq(p[i].done, 1);
	}
}
END_TEST

static void
free_job(struct job *job)
{
	free(job);
}

START_TEST(a_job_may_be_freed_when_done)
{
	struct probe *p;
	unsigned i;

	start(2, 10);
	for (i = 0; i < 10; i++) {
		p = malloc(sizeof(*p));
		prepare(p, WORK_SLOW);
		p->job.done = free_job;
		ck_assert_int_eq(worker_run(pool, &p->job), WORKER_QUEUED);
	}
	stop();
}
END_TEST

START_TEST(without_threads_all_work_is_inline)
{
	struct probe p;

	start(0, 0);
	prepare(&p, (enum work_kind)_i);
	ck_assert_int_eq(worker_run(pool, &p.job), WORKER_DONE);
	ck_assert_uint_eq(p.runs, 1);
	ck_assert_uint_eq(p.runs_nowait, 0);
	ck_assert_uint_eq(p.job.status, STATUS_DISK_FULL);
	stop();
	ck_assert_uint_eq(p.done, 0);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/worker");
	TCase *tc = tcase_create("worker");

	tcase_add_test(tc, slow_work_runs_in_a_thread);
	tcase_add_test(tc, signals_are_left_to_the_reactor);
	tcase_add_test(tc, cached_work_is_done_at_once_when_it_can);
	tcase_add_test(tc, cached_work_becomes_a_job_when_it_would_block);
	tcase_add_test(tc, quick_work_runs_inline_and_may_block);
	tcase_add_test(tc, work_that_waited_long_twice_makes_jobs_of_the_next);
	tcase_add_test(tc, work_that_computed_long_makes_no_jobs);
	tcase_add_test(tc, a_job_that_took_long_renews_the_pace);
	tcase_add_test(tc, a_file_system_is_quick_again_after_its_time);
	tcase_add_test(tc, a_full_queue_refuses_and_touches_nothing);
	tcase_add_test(tc, the_end_waits_for_all_jobs);
	tcase_add_test(tc, many_jobs_are_each_done_once);
	tcase_add_test(tc, a_job_may_be_freed_when_done);
	tcase_add_loop_test(tc, without_threads_all_work_is_inline, 0, 3);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
