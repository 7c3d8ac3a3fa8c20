/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/kernel_lock.h"

#include "disk/lock.h"
#include "file/lock.h"
#include "file/node.h"

/* Where the kernel is still to be told of a lock, and what else the open has there. */
struct change {
	const struct disk_file *file;
	enum disk_lock kind;
	bool held;
	struct disk_bytes left;
	uint64_t locked_to, shared_to; /* the others known so far */
};

static struct disk_bytes
bytes_of(const struct lock_range *r)
{
	struct disk_bytes b = { .from = r->offset, .to = DISK_LOCK_END };

	if (r->offset < DISK_LOCK_END && r->length < DISK_LOCK_END - r->offset)
		b.to = r->offset + r->length;
	return b;
}

static enum disk_lock
kind_of(const struct lock_range *r)
{
	return r->exclusive ? DISK_LOCKED : DISK_LOCKED_SHARED;
}

/* The next bytes over which the same of the others lie. */
static enum disk_lock
next_piece(const struct change *c, uint64_t end, struct disk_bytes *piece)
{
	enum disk_lock others = DISK_UNLOCKED;

	*piece = (struct disk_bytes){ c->left.from, end };
	if (c->locked_to > piece->from) {
		others = DISK_LOCKED;
		piece->to = c->locked_to;
	} else if (c->shared_to > piece->from) {
		others = DISK_LOCKED_SHARED;
		piece->to = c->shared_to;
	}
	if (piece->to > end)
		piece->to = end;
	return others;
}

/* Only where the lock is stricter than the others does it come or go. */
static nt_status
change_to(struct change *c, uint64_t end)
{
	nt_status status = STATUS_SUCCESS;
	struct disk_bytes piece;
	enum disk_lock others;

	while (c->left.from < end && status == STATUS_SUCCESS) {
		others = next_piece(c, end, &piece);
		if (c->kind > others)
			status = disk_lock(c->file, &piece, c->held ? c->kind : others);
		c->left.from = piece.to;
	}
	return status;
}

static void
add_other(struct change *c, const struct lock_range *r)
{
	const struct disk_bytes b = bytes_of(r);
	uint64_t *to = r->exclusive ? &c->locked_to : &c->shared_to;

	if (b.to > *to)
		*to = b.to;
}

nt_status
kernel_lock_change(const struct open *o, const struct lock_range *l, bool held)
{
	struct change c = {
		.file = o->file, .kind = kind_of(l), .held = held, .left = bytes_of(l)
	};
	const struct lock_range *other = NULL;
	nt_status status = STATUS_SUCCESS;
	const uint64_t end = c.left.to;

	if (l->length == 0)
		return STATUS_SUCCESS;
	while (status == STATUS_SUCCESS && (other = file_lock_next(o, other)) != NULL) {
		if (other->offset >= end)
			break;
		if (other == l || other->length == 0)
			continue;
		status = change_to(&c, other->offset);
		add_other(&c, other);
	}
	return status == STATUS_SUCCESS ? change_to(&c, end) : status;
}

void
kernel_lock_clear(const struct disk_file *f)
{
	(void)disk_lock(f, &(struct disk_bytes){ 0, DISK_LOCK_END }, DISK_UNLOCKED);
}

bool
kernel_lock_bars(const struct disk_file *f, const struct lock_range *io)
{
	const struct disk_bytes bytes = bytes_of(io);

	return disk_locked(f, &bytes, io->exclusive);
}
