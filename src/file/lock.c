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
	return l->open == o && l->range.pid == r->pid && l->range.posix == r->posix;
}

/* Of one process, through whichever of its opens. */
static bool
same_process(const struct lock *l, const struct open *o, const struct lock_range *r)
{
	return l->range.posix && l->range.pid == r->pid && l->open->mode.owner == o->mode.owner;
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

/* One's own shared lock bars even one's own writing, unless it is POSIX's. */
static bool
bars_io(const struct lock *l, const struct open *o, const struct lock_range *io)
{
	if (l->range.posix && (o->posix || l->open == o))
		return false;
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

static bool
has_room(const struct open *o, unsigned n)
{
	return o->node->nlocks + n <= LOCKS_MAX &&
	    (o->owner_locks == NULL || *o->owner_locks + n <= OWNER_LOCKS_MAX);
}

static struct lock *
remember(struct open *o, const struct lock_range *r)
{
	struct lock *l = xcalloc(1, sizeof *l);

	if (o->owner_locks != NULL)
		++*o->owner_locks;
	l->open = o;
	l->range = *r;
	insert(o->node, l);
	return l;
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
	if (!has_room(o, 1))
		return STATUS_INSUFF_SERVER_RESOURCES;
	return mirror(remember(o, r), waits);
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

/* The last byte. */
static uint64_t
last_of(const struct lock_range *r)
{
	return r->offset + r->length - 1;
}

static void
keep_part(struct lock *of, uint64_t from, uint64_t to)
{
	struct lock_range part = of->range;

	part.offset = from;
	part.length = to - from + 1;
	(void)remember(of->open, &part);
}

/* Takes r's bytes out of l. */
static void
carve(struct lock *l, const struct lock_range *r)
{
	struct open *o = l->open;
	struct lock_range gone = l->range;
	const uint64_t first = gone.offset, last = last_of(&gone);

	if (first < r->offset) {
		keep_part(l, first, r->offset - 1);
		gone.offset = r->offset;
	}
	if (last > last_of(r))
		keep_part(l, last_of(r) + 1, last);
	gone.length = (last > last_of(r) ? last_of(r) : last) - gone.offset + 1;
	forget(l);
	(void)tell_kernel(o, &gone, false);
}

/* All this process has locked of it, but for keep; of opens other than that when others. */
static void
carve_all(const struct open *o, const struct lock_range *r, const struct lock *keep, bool others)
{
	struct lock *l, *next;

	for (l = TAILQ_FIRST(&o->node->locks); l != NULL; l = next) {
		next = TAILQ_NEXT(l, link);
		if (l != keep && same_process(l, o, r) && overlap(&l->range, r) &&
		    (!others || l->open != o))
			carve(l, r);
	}
}

static const struct lock *
bars_posix(const struct open *o, const struct lock_range *r)
{
	const struct lock *l;

	TAILQ_FOREACH (l, &o->node->locks, link) {
		if ((l->range.exclusive || r->exclusive) && !same_process(l, o, r) &&
		    overlap(&l->range, r))
			return l;
	}
	return NULL;
}

static nt_status
check_posix(const struct open *o, const struct lock_range *r)
{
	if ((o->mode.access & LOCKABLE) == 0)
		return STATUS_ACCESS_DENIED;
	if (r->length == 0 || last_of(r) < r->offset)
		return STATUS_INVALID_PARAMETER;
	if (r->exclusive && (o->mode.access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) == 0)
		return STATUS_INVALID_HANDLE;
	/* One more, and one that was there may become two. */
	return has_room(o, 2) ? STATUS_SUCCESS : STATUS_INSUFF_SERVER_RESOURCES;
}

/*
 * What is replaced stays until the kernel has agreed, so that nobody gets between; but for that of
 * other opens, which the kernel takes for somebody else's.
 */
nt_status
file_posix_lock(struct open *o, const struct lock_range *r)
{
	struct lock_range range = *r;
	nt_status status = check_posix(o, r);
	struct lock *l;

	o->lock_foreign = false;
	range.posix = true;
	if (status != STATUS_SUCCESS)
		return status;
	file_oplock_changed(o);
	if (bars_posix(o, &range) != NULL)
		return STATUS_FILE_LOCK_CONFLICT;
	carve_all(o, &range, NULL, true);
	l = remember(o, &range);
	status = tell_kernel(o, &l->range, true);
	if (status != STATUS_SUCCESS) {
		drop(l);
		o->lock_foreign = status == STATUS_LOCK_NOT_GRANTED;
		return o->lock_foreign ? STATUS_FILE_LOCK_CONFLICT : status;
	}
	carve_all(o, &range, l, false);
	/* A shared lock may have taken an exclusive one's place. */
	waiter_wake_all(&o->node->lock_waiters, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

/* Would the lock around r's bytes become two? */
static bool
splits(const struct open *o, const struct lock_range *r)
{
	const struct lock *l;

	TAILQ_FOREACH (l, &o->node->locks, link) {
		if (same_process(l, o, r) && l->range.offset < r->offset &&
		    last_of(&l->range) > last_of(r))
			return true;
	}
	return false;
}

nt_status
file_posix_unlock(struct open *o, const struct lock_range *r)
{
	if (r->length == 0 || last_of(r) < r->offset)
		return STATUS_INVALID_PARAMETER;
	/* However many others have, what is given back needs none. */
	if (!has_room(o, 1) && splits(o, r))
		return STATUS_INSUFF_SERVER_RESOURCES;
	carve_all(o, r, NULL, false);
	waiter_wake_all(&o->node->lock_waiters, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

bool
file_posix_bars(const struct open *o, const struct lock_range *r, struct lock_range *by)
{
	const struct lock *l = bars_posix(o, r);

	if (l != NULL) {
		*by = l->range;
		return true;
	}
	*by = (struct lock_range){ r->offset, r->length, 0, true, true };
	return o->kernel_locks && kernel_lock_bars(o->file, r);
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
	/* The kernel's are POSIX's too. */
	return o->kernel_locks && !o->posix && kernel_lock_bars(o->file, io)
	    ? STATUS_FILE_LOCK_CONFLICT
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
