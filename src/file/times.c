/* SPDX-License-Identifier: BSD-2-Clause */
#include "file/times.h"

#include "base/arena.h"
#include "disk/attr.h"
#include "disk/io.h"
#include "file/node_private.h"

#define WRITE_DELAY_MS 2000

/* Change times remembered; the newer of two in one place stays. */
#define CHANGED_SLOTS 256

struct changed {
	struct disk_id id;
	ntime told; /* 0: free */
	ntime real; /* what the disk says; once it says something else the file has changed */
};

/* Nodes that tell other things than the disk are counted, so that a listing need not ask for each
 * name. */
static void
count(struct node *n, bool before)
{
	if (node_differs(n) != before)
		n->table->differing += before ? (size_t)-1 : 1;
}

static void
change(struct node *n, ntime held, ntime set)
{
	bool before = node_differs(n);

	n->held_written = held;
	n->set_written = set;
	if (held == 0)
		n->held_until = 0;
	count(n, before);
}

static void
reserve(struct node *n, uint64_t bytes)
{
	bool before = node_differs(n);

	n->reserved = bytes > UINT64_MAX - DISK_CLUSTER
	    ? bytes
	    : (bytes + DISK_CLUSTER - 1) / DISK_CLUSTER * DISK_CLUSTER;
	count(n, before);
}

static bool
is_over(const struct node *n)
{
	return n->held_until != 0 && n->table->now_ms() >= n->held_until;
}

static void
expire(struct node *n)
{
	if (is_over(n))
		change(n, 0, n->set_written);
}

static void
before(struct open *o, struct file_before *b, bool shows)
{
	struct node *n = node_of_file(o->node);

	expire(n);
	*b = (struct file_before){ .wanted = !shows && !node_times_differ(n) };
}

void
file_before_write(struct open *o, struct file_before *b)
{
	before(o, b, false);
}

void
file_before_resize(struct open *o, struct file_before *b)
{
	before(o, b, !o->time_set);
}

void
file_before_read(const struct disk_file *f, struct file_before *b)
{
	if (b->wanted)
		b->wanted = disk_times(f, &b->written, &b->changed);
}

static void
hold(struct node *n, const struct file_before *b)
{
	n->moved = true;
	if (!b->wanted || node_times_differ(n))
		return;
	n->held_changed = b->changed;
	change(n, b->written, 0);
}

void
file_written(struct open *o, const struct file_before *b)
{
	struct node *n = node_of_file(o->node);

	hold(n, b);
	if (o->time_set)
		return;
	o->time_due = true;
	if (o->time_delayed)
		return;
	o->time_delayed = true;
	if (n->held_written != 0 && n->held_until == 0)
		n->held_until = n->table->now_ms() + WRITE_DELAY_MS;
}

void
file_resized(struct open *o, const struct file_before *b)
{
	hold(node_of_file(o->node), b);
	reserve(o->node, 0);
	if (o->time_set)
		return;
	o->time_delayed = true;
	o->time_due = false;
	change(node_of_file(o->node), 0, 0);
}

void
file_reserved(struct open *o, uint64_t bytes)
{
	reserve(o->node, bytes);
}

void
file_flushed(struct open *o)
{
	struct node *n = node_of_file(o->node);

	if (!o->time_set && o->time_due)
		change(n, 0, n->set_written);
}

void
file_time_set(struct open *o, ntime t)
{
	struct node *n = node_of_file(o->node);

	n->held_changed = 0;
	if (t == NTIME_RESUME) {
		o->time_set = false;
	} else if (t != 0) {
		o->time_set = true;
		o->time_due = false;
		if (t != NTIME_LEAVE)
			file_time_set_by_name(n->table, &n->id, t);
	}
}

void
file_time_set_by_name(struct file_table *t, const struct disk_id *id, ntime written)
{
	struct node *n = node_find_file(t, id);

	if (n == NULL || !ntime_given(written))
		return;
	change(n, 0, written);
	n->held_changed = 0;
	n->moved = false;
}

static struct changed *
changed_slot(const struct file_table *t, const struct disk_id *id)
{
	return &t->changed[id->ino % CHANGED_SLOTS];
}

void
file_changed_set(struct file_table *t, const struct disk_id *id, ntime told, ntime real)
{
	if (t->changed == NULL)
		t->changed = xcalloc(CHANGED_SLOTS, sizeof *t->changed);
	*changed_slot(t, id) = (struct changed){ .id = *id, .told = told, .real = real };
}

static void
see_changed(const struct file_table *t, struct disk_stat *st)
{
	const struct changed *c = changed_slot(t, &st->id);

	if (c->told != 0 && c->id.dev == st->id.dev && c->id.ino == st->id.ino &&
	    c->real == st->changed)
		st->changed = c->told;
}

void
file_seen(const struct file_table *t, struct disk_stat *st)
{
	const struct node *n, *own;

	if (t->changed != NULL)
		see_changed(t, st);
	if (t->differing == 0)
		return;
	n = node_find_file(t, &st->id);
	if (n == NULL)
		return;
	own = node_find(t, &st->id);
	if (own != NULL && !st->directory && st->allocated < own->reserved)
		st->allocated = own->reserved;
	if (n->set_written != 0) {
		st->written = n->set_written;
	} else if (n->held_written != 0 && !is_over(n)) {
		st->written = n->held_written;
		if (n->held_until != 0 && n->held_changed != 0)
			st->changed = n->held_changed;
	}
}

static ntime
told(const struct node *n)
{
	return n->set_written != 0 ? n->set_written : n->held_written;
}

bool
file_settle(struct open *o, struct file_settle *s)
{
	struct node *n = node_of_file(o->node);

	expire(n);
	*s = (struct file_settle){ .archive = o->written, .written = o->close_time };
	if (o->close_time != 0)
		file_time_set_by_name(n->table, &n->id, o->close_time);
	else if (o->time_due)
		change(n, 0, 0);
	else if (o->time_set && n->moved)
		s->written = told(n);
	if (s->written != 0)
		n->moved = false;
	return s->archive || s->written != 0;
}

void
file_settle_run(const struct disk_file *f, const struct cred *cred, const struct file_settle *s)
{
	const struct disk d = { .root = f->root, .cred = cred };
	struct disk_attr attr = { .written = s->written };
	struct disk_stat st;

	/* A written file is due for the next backup. */
	if (s->archive && disk_file_stat(&d, f, &st) == STATUS_SUCCESS &&
	    (st.attributes & FILE_ATTRIBUTE_ARCHIVE) == 0)
		attr.attributes = (st.attributes & ~FILE_ATTRIBUTE_NORMAL) | FILE_ATTRIBUTE_ARCHIVE;
	if (attr.written != 0 || attr.attributes != 0)
		(void)disk_set_attr(&d, f, &attr);
}

void
file_table_clock(struct file_table *t, uint64_t (*now_ms)(void))
{
	t->now_ms = now_ms;
}
