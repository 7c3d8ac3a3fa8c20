/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/kernel_lock.h"

#include <stdlib.h>

#include "base/arena.h"
#include "disk/lock.h"
#include "file/lock.h"

/* Where a lock begins or ends. */
struct edge {
	uint64_t at;
	bool exclusive;
	int change; /* of the number of such locks */
};

static struct disk_bytes
bytes_of(const struct lock_range *r)
{
	struct disk_bytes b = { .from = r->offset, .to = DISK_LOCK_END };

	if (r->offset < DISK_LOCK_END && r->length < DISK_LOCK_END - r->offset)
		b.to = r->offset + r->length;
	return b;
}

static int
by_place(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* In order; how many. */
static size_t
find_edges(
    const struct disk_bytes *within, const struct lock_range *held, size_t n, struct edge *edges)
{
	size_t i, count = 0;

	for (i = 0; i < n; i++) {
		struct disk_bytes b = bytes_of(&held[i]);

		if (b.from < within->from)
			b.from = within->from;
		if (b.to > within->to)
			b.to = within->to;
		if (b.from >= b.to)
			continue;
		edges[count++] = (struct edge){ b.from, held[i].exclusive, 1 };
		edges[count++] = (struct edge){ b.to, held[i].exclusive, -1 };
	}
	if (count > 0)
		qsort(edges, count, sizeof *edges, by_place);
	return count;
}

static enum disk_lock
strictest(const int locks[2])
{
	if (locks[true] > 0)
		return DISK_LOCKED;
	return locks[false] > 0 ? DISK_LOCKED_SHARED : DISK_UNLOCKED;
}

/* From edge to edge; what has one kind of lock goes to the kernel as one piece. */
static nt_status
set_pieces(const struct disk_file *f, const struct disk_bytes *within, const struct edge *edges,
    size_t count)
{
	struct disk_bytes piece = { .from = within->from };
	enum disk_lock kind = DISK_UNLOCKED, next;
	int locks[2] = { 0, 0 };
	nt_status status;
	size_t i;

	for (i = 0; i < count; i++) {
		locks[edges[i].exclusive] += edges[i].change;
		if (i + 1 < count && edges[i + 1].at == edges[i].at)
			continue;
		next = strictest(locks);
		if (next == kind)
			continue;
		piece.to = edges[i].at;
		status = disk_lock(f, &piece, kind);
		if (status != STATUS_SUCCESS)
			return status;
		piece.from = piece.to;
		kind = next;
	}
	piece.to = within->to;
	return disk_lock(f, &piece, kind);
}

nt_status
kernel_lock_set(const struct disk_file *f, const struct lock_range *within,
    const struct lock_range *held, size_t n)
{
	const struct disk_bytes bytes = bytes_of(within);
	struct edge *edges;
	nt_status status;

	if (within->length == 0 || bytes.from >= bytes.to)
		return STATUS_SUCCESS;
	edges = xcalloc(n + 1, 2 * sizeof *edges);
	status = set_pieces(f, &bytes, edges, find_edges(&bytes, held, n, edges));
	free(edges);
	return status;
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
