/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/lock.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/arena.h"
#include "file/kernel_lock.h"
#include "file/node_private.h"

/* From here to 2^63 Windows always says FILE_LOCK_CONFLICT. */
#define HIGH_OFFSET 0xEF000000u

/* Who may neither read nor write has nothing to lock. */
#define LOCKABLE (FILE_READ_DATA | FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_EXECUTE)

/* Of one file: each is looked at for every lock asked for, read and written under. */
#define LOCKS_MAX 4096

/* Of one connection, in all its files. */
#define OWNER_LOCKS_MAX 65536

struct lock {
	TAILQ_ENTRY(lock) link;
	struct open *open;
	struct lock_range range;
};

/* The end may be 2^64, which no variable holds. */
static bool
before_end(uint64_t offset, const struct lock_range *r)
{
	return r->length == 0 ? offset < r->offset : offset <= r->offset + r->length - 1;
}

static bool
overlap(const struct lock_range *a, const struct lock_range *b)
{
	/* Also where an end lies beyond 2^64. */
	if (a->length != 0 && a->offset == b->offset && a->length == b->length)
		return true;
	return before_end(a->offset, b) && before_end(b->offset, a);
}

static bool
same_owner(const struct lock *l, const struct open *o, const struct lock_range *r)
{
	return l->open == o && l->range.pid == r->pid;
}

/* A shared lock may be laid over one's own exclusive one. */
static bool
bars_lock(const struct lock *l, const struct open *o, const struct lock_range *r)
{
	if (!l->range.exclusive && !r->exclusive)
		return false;
	if (l->range.exclusive && !r->exclusive && same_owner(l, o, r))
		return false;
	return overlap(&l->range, r);
}

/* One's own shared lock bars even one's own writing. */
static bool
bars_io(const struct lock *l, const struct open *o, const struct lock_range *io)
{
	if (!l->range.exclusive && !io->exclusive)
		return false;
	if (l->range.exclusive && same_owner(l, o, io))
		return false;
	return overlap(&l->range, io);
}

static nt_status
refusal(struct open *o, const struct lock_range *r, bool waits)
{
	bool again = o->lock_failed && o->lock_failed_at == r->offset;

	if (!waits) {
		o->lock_failed = true;
		o->lock_failed_at = r->offset;
	}
	if (again || (r->offset >= HIGH_OFFSET && r->offset >> 63 == 0))
		return STATUS_FILE_LOCK_CONFLICT;
	return STATUS_LOCK_NOT_GRANTED;
}

static nt_status
tell_kernel(const struct open *o, const struct lock_range *r, bool held)
{
	return o->kernel_locks ? kernel_lock_change(o, r, held) : STATUS_SUCCESS;
}

/* In the order of their offsets, those of the same one in that of their coming. */
static void
insert(struct node *n, struct lock *l)
{
	struct lock *before = TAILQ_LAST(&n->locks, lock_list);

	while (before != NULL && before->range.offset > l->range.offset)
		before = TAILQ_PREV(before, lock_list, link);
	if (before != NULL)
		TAILQ_INSERT_AFTER(&n->locks, before, l, link);
	else
		TAILQ_INSERT_HEAD(&n->locks, l, link);
	n->nlocks++;
}

static void
forget(struct lock *l)
{
	struct node *n = l->open->node;

	TAILQ_REMOVE(&n->locks, l, link);
	n->nlocks--;
	if (l->open->owner_locks != NULL)
		--*l->open->owner_locks;
	free(l);
}

static void
drop(struct lock *l)
{
	const struct lock_range range = l->range;
	struct open *o = l->open;

	forget(l);
	(void)tell_kernel(o, &range, false);
}

/* Another program may have a lock there: then there is none for us either. */
static nt_status
mirror(struct lock *l, bool waits)
{
	const struct lock_range range = l->range;
	struct open *o = l->open;
	nt_status status = tell_kernel(o, &l->range, true);

	if (status == STATUS_SUCCESS)
		return status;
	drop(l);
	o->lock_foreign = status == STATUS_LOCK_NOT_GRANTED;
	return o->lock_foreign ? refusal(o, &range, waits) : status;
}

nt_status
file_lock(struct open *o, const struct lock_range *r, bool waits)
{
	struct lock *l;

	o->lock_foreign = false;
	if ((o->mode.access & LOCKABLE) == 0)
		return STATUS_ACCESS_DENIED;
	if (r->length != 0 && r->offset + r->length - 1 < r->offset)
		return STATUS_INVALID_LOCK_RANGE;
	/* Who reads from a cache does not see what is locked. */
	file_oplock_changed(o);
	TAILQ_FOREACH (l, &o->node->locks, link) {
		if (bars_lock(l, o, r))
			return refusal(o, r, waits);
	}
	if (o->node->nlocks >= LOCKS_MAX ||
	    (o->owner_locks != NULL && *o->owner_locks >= OWNER_LOCKS_MAX))
		return STATUS_INSUFF_SERVER_RESOURCES;
	if (o->owner_locks != NULL)
		++*o->owner_locks;
	l = xcalloc(1, sizeof *l);
	l->open = o;
	l->range = *r;
	insert(o->node, l);
	return mirror(l, waits);
}

static struct lock *
find(const struct open *o, const struct lock_range *r, bool exclusive)
{
	struct lock *l;

	TAILQ_FOREACH (l, &o->node->locks, link) {
		if (same_owner(l, o, r) && l->range.exclusive == exclusive &&
		    l->range.offset == r->offset && l->range.length == r->length)
			return l;
	}
	return NULL;
}

void
file_lock_undo(struct open *o, const struct lock_range *r)
{
	struct lock *l = find(o, r, r->exclusive);

	if (l == NULL)
		return;
	drop(l);
	waiter_wake_all(&o->node->lock_waiters, STATUS_SUCCESS);
}

nt_status
file_unlock(struct open *o, const struct lock_range *r)
{
	struct lock *l = find(o, r, true);

	if (l == NULL)
		l = find(o, r, false);
	if (l == NULL)
		return STATUS_RANGE_NOT_LOCKED;
	drop(l);
	waiter_wake_all(&o->node->lock_waiters, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

nt_status
file_lock_check(const struct open *o, const struct lock_range *io)
{
	const struct lock *l;

	if (io->length == 0)
		return STATUS_SUCCESS;
	TAILQ_FOREACH (l, &o->node->locks, link) {
		if (bars_io(l, o, io))
			return STATUS_FILE_LOCK_CONFLICT;
	}
	return o->kernel_locks && kernel_lock_bars(o->file, io) ? STATUS_FILE_LOCK_CONFLICT
								: STATUS_SUCCESS;
}

struct waiter_list *
file_lock_waiters(struct open *o)
{
	return &o->node->lock_waiters;
}

unsigned
file_lock_count(const struct open *o)
{
	return o->node->nlocks;
}

const struct lock_range *
file_lock_next(const struct open *o, const struct lock_range *after)
{
	const struct lock *l = after != NULL
	    ? TAILQ_NEXT((const struct lock *)(const void *)((const char *)after -
			     offsetof(struct lock, range)),
		  link)
	    : TAILQ_FIRST(&o->node->locks);

	while (l != NULL && l->open != o)
		l = TAILQ_NEXT(l, link);
	return l != NULL ? &l->range : NULL;
}

void
node_drop_locks(struct open *o)
{
	struct lock *l, *next;
	bool any = false;

	for (l = TAILQ_FIRST(&o->node->locks); l != NULL; l = next) {
		next = TAILQ_NEXT(l, link);
		if (l->open != o)
			continue;
		forget(l);
		any = true;
	}
	if (any && o->kernel_locks)
		kernel_lock_clear(o->file);
	if (any)
		waiter_wake_all(&o->node->lock_waiters, STATUS_SUCCESS);
}

void
node_move_locks(struct node *from, struct node *to)
{
	struct lock *l;

	while ((l = TAILQ_FIRST(&from->locks)) != NULL) {
		TAILQ_REMOVE(&from->locks, l, link);
		insert(to, l);
	}
	from->nlocks = 0;
	waiter_wake_all(&from->lock_waiters, STATUS_SUCCESS);
}
