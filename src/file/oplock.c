/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/oplock.h"

#include "file/node_private.h"

static bool
alone(const struct open *o)
{
	return TAILQ_FIRST(&o->node->opens) == o && TAILQ_NEXT(o, link) == NULL;
}

static bool
is_exclusive(const struct open *o)
{
	return o->oplock.level >= OPLOCK_EXCLUSIVE;
}

static bool
others_have_exclusive(const struct open *o)
{
	const struct open *other;

	TAILQ_FOREACH (other, &o->node->opens, link) {
		if (other != o && is_exclusive(other))
			return true;
	}
	return false;
}

static enum oplock_level
may_have(const struct open *o, const struct oplock_wish *wish)
{
	if (wish->level == OPLOCK_NONE || o->node->directory)
		return OPLOCK_NONE;
	if (alone(o))
		return wish->level;
	/* Who reads from a cache does not see what others have locked. */
	if (!wish->level2 || others_have_exclusive(o) || o->node->nlocks > 0)
		return OPLOCK_NONE;
	return OPLOCK_LEVEL_II;
}

enum oplock_level
file_oplock_grant(struct open *o, const struct oplock_wish *wish)
{
	o->oplock = (struct oplock){
		.level = may_have(o, wish),
		.level2 = wish->level2,
		.ops = wish->ops,
		.holder = wish->holder,
	};
	return o->oplock.level;
}

static void
tell(struct open *o, enum oplock_level to)
{
	o->oplock.to = to;
	if (o->oplock.announced)
		o->oplock.ops->send(o, to);
	else
		o->oplock.unsent = true;
}

void
file_oplock_announce(struct open *o)
{
	struct oplock *l = &o->oplock;

	l->announced = true;
	if (!l->unsent)
		return;
	l->unsent = false;
	l->ops->send(o, l->to);
}

static void
wake(struct open *o)
{
	waiter_wake_all(&o->node->waiters, STATUS_SUCCESS);
}

static void
settle(struct open *o, enum oplock_level level)
{
	o->oplock.level = level;
	o->oplock.breaking = false;
	wake(o);
}

/* Milliseconds until this one has answered or lost it. */
static uint32_t
await(struct open *o, uint64_t now)
{
	if (now < o->oplock.deadline)
		return (uint32_t)(o->oplock.deadline - now);
	o->oplock.ops->lost(o);
	settle(o, OPLOCK_NONE);
	return 0;
}

static void
give_up_level2(struct open *o)
{
	o->oplock.level = OPLOCK_NONE;
	tell(o, OPLOCK_NONE);
}

static uint32_t
break_one(struct open *o, const struct oplock_conflict *c)
{
	struct oplock *l = &o->oplock;

	if (l->breaking)
		return await(o, c->now);
	l->breaking = true;
	l->deadline = c->now + c->timeout;
	tell(o, l->level2 ? c->left : OPLOCK_NONE);
	return await(o, c->now);
}

static bool
conflicts(const struct open *o, const struct oplock_conflict *c)
{
	if (o == c->own)
		return false;
	if (c->batch_only)
		return o->oplock.level == OPLOCK_BATCH;
	return o->oplock.level > c->left;
}

uint32_t
file_oplock_break(struct file_table *t, const struct disk_id *id, const struct oplock_conflict *c)
{
	struct node *n = node_find(t, id);
	uint32_t ms, longest = 0;
	struct open *o;

	if (n == NULL || file_is_pending(t, id))
		return 0;
	TAILQ_FOREACH (o, &n->opens, link) {
		if (!conflicts(o, c))
			continue;
		if (!is_exclusive(o)) {
			give_up_level2(o);
			continue;
		}
		ms = break_one(o, c);
		if (ms > longest)
			longest = ms;
	}
	return longest;
}

void
file_oplock_changed(const struct open *by)
{
	struct open *o;

	TAILQ_FOREACH (o, &by->node->opens, link) {
		if (o->oplock.level == OPLOCK_LEVEL_II)
			give_up_level2(o);
	}
}

void
file_oplock_ack(struct open *o, enum oplock_level kept)
{
	if (!o->oplock.breaking)
		return;
	settle(o, kept < o->oplock.to ? kept : o->oplock.to);
}

void
file_oplock_drop(struct open *o)
{
	bool held = is_exclusive(o);

	o->oplock.level = OPLOCK_NONE;
	o->oplock.breaking = o->oplock.unsent = false;
	if (held)
		wake(o);
}

struct waiter_list *
file_waiters(struct file_table *t, const struct disk_id *id)
{
	struct node *n = node_find(t, id);

	return n != NULL ? &n->waiters : NULL;
}

unsigned
file_waiting(const struct open *o)
{
	const struct waiter *w;
	unsigned n = 0;

	TAILQ_FOREACH (w, &o->node->waiters, link)
		n++;
	return n;
}
