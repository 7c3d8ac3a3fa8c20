/* SPDX-License-Identifier: BSD-2-Clause */
#include "model.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#define READS      0x21u
#define WRITES     0x06u
#define DELETES    0x10000u
#define CONTENT    (READS | WRITES | DELETES)
#define CLAIMS_MAX 8192

struct slot {
	bool known;
	uint64_t value;
	uint64_t writer;    /* the lock under which it was written, by the time it was asked for */
	unsigned intruders; /* who may be writing it without a lock just now */
};

struct file {
	uint64_t ino;
	uint64_t emptied;
	struct slot slots[MODEL_SLOTS];
	UT_hash_handle hh;
};

struct name {
	uint64_t renamed; /* last asked for or answered */
	uint64_t serial;
	unsigned in_flight;
};

struct model {
	uint64_t now, last_rename;
	unsigned truncations, moves; /* under way */
	bool strays;                 /* somebody may have made a file and then been refused it */
	struct claim claims[CLAIMS_MAX];
	unsigned nclaims;
	struct file *files;
	struct name names[MODEL_NAMES];
	struct model_figures figures;
};

struct model *
model_new(void)
{
	struct model *m = calloc(1, sizeof *m);

	ck_assert_ptr_nonnull(m);
	return m;
}

static void
forget_files(struct model *m)
{
	struct file *f, *next;

	HASH_ITER (hh, m->files, f, next) {
		HASH_DEL(m->files, f);
		free(f);
	}
}

void
model_free(struct model **m)
{
	forget_files(*m);
	free(*m);
	*m = NULL;
}

uint64_t
model_tick(struct model *m)
{
	return ++m->now;
}

const struct model_figures *
model_figures(const struct model *m)
{
	return &m->figures;
}

static struct file *
file_of(struct model *m, uint64_t ino)
{
	struct file *f;

	HASH_FIND(hh, m->files, &ino, sizeof ino, f);
	if (f != NULL)
		return f;
	f = calloc(1, sizeof *f);
	ck_assert_ptr_nonnull(f);
	f->ino = ino;
	HASH_ADD(hh, m->files, ino, sizeof f->ino, f);
	return f;
}

/* ---- claims ---- */

/* From then on nobody who still waits for an answer can have met what went before. */
static uint64_t
oldest_question(const struct model *m)
{
	uint64_t oldest = m->now;
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		const struct claim *c = &m->claims[i];

		if (c->used && c->granted == 0 && c->leaving == 0 && c->asked < oldest)
			oldest = c->asked;
	}
	return oldest;
}

static void
forget_old(struct model *m)
{
	uint64_t oldest = oldest_question(m);
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		struct claim *c = &m->claims[i];

		if (c->gone != 0 && c->gone < oldest)
			c->used = false;
	}
	while (m->nclaims > 0 && !m->claims[m->nclaims - 1].used)
		m->nclaims--;
}

static struct claim *
new_claim(struct model *m)
{
	struct claim *c = m->claims;

	if (m->now % 16 == 0)
		forget_old(m);
	while (c < m->claims + m->nclaims && c->used)
		c++;
	if (c == m->claims + m->nclaims)
		m->nclaims++;
	ck_assert_uint_lt(m->nclaims, CLAIMS_MAX);
	memset(c, 0, sizeof *c);
	c->used = true;
	c->asked = model_tick(m);
	return c;
}

struct claim *
model_ask_open(struct model *m, unsigned name, uint32_t access, uint32_t share)
{
	struct claim *c = new_claim(m);

	c->name = name;
	c->access = access;
	c->share = share;
	return c;
}

struct claim *
model_ask_lock(struct model *m, struct claim *open, bool exclusive)
{
	struct claim *c = new_claim(m);

	c->open = open;
	c->ino = open->ino;
	c->exclusive = exclusive;
	return c;
}

static bool
surely(const struct claim *c)
{
	return c->used && c->granted != 0 && c->leaving == 0;
}

/* In force from before then until now. */
static bool
surely_since(const struct claim *c, uint64_t then)
{
	return surely(c) && c->granted < then;
}

static bool
perhaps_since(const struct claim *c, uint64_t then)
{
	return c->used && (c->gone == 0 || c->gone > then);
}

static bool
tolerates(const struct claim *a, const struct claim *b)
{
	return ((a->access & READS) == 0 || (b->share & 1) != 0) &&
	    ((a->access & WRITES) == 0 || (b->share & 2) != 0) &&
	    ((a->access & DELETES) == 0 || (b->share & 4) != 0);
}

static bool
opens_conflict(const struct claim *a, const struct claim *b)
{
	if ((a->access & CONTENT) == 0 || (b->access & CONTENT) == 0)
		return false;
	return !tolerates(a, b) || !tolerates(b, a);
}

static bool
overlap(const struct claim *a, const struct claim *b)
{
	return a->first < b->first + b->count && b->first < a->first + a->count;
}

static bool
locks_conflict(const struct claim *a, const struct claim *b)
{
	return a->ino == b->ino && (a->exclusive || b->exclusive) && overlap(a, b);
}

void
model_open_granted(struct model *m, struct claim *c, uint64_t ino)
{
	unsigned i;

	c->granted = model_tick(m);
	c->ino = ino;
	m->figures.opens++;
	for (i = 0; i < m->nclaims; i++) {
		const struct claim *o = &m->claims[i];

		if (o == c || o->open != NULL || o->ino != ino || !surely(o))
			continue;
		ck_assert_msg(!opens_conflict(c, o),
		    "opened with access %x share %x while open with access %x share %x", c->access,
		    c->share, o->access, o->share);
		ck_assert_msg(o->doomed == 0 || o->doomed > c->asked,
		    "a file was opened that is to be deleted");
		ck_assert_msg(o->oplock != MODEL_EXCLUSIVE || (c->access & CONTENT) == 0,
		    "a file was opened under somebody's exclusive oplock");
	}
}

void
model_lock_granted(struct model *m, struct claim *c)
{
	unsigned i;

	c->granted = model_tick(m);
	m->figures.locks++;
	for (i = 0; i < m->nclaims; i++) {
		const struct claim *l = &m->claims[i];

		if (l != c && l->open != NULL && surely(l))
			ck_assert_msg(!locks_conflict(c, l),
			    "slots %u+%u are locked twice, the second time %s", c->first, c->count,
			    c->exclusive ? "exclusively" : "shared");
	}
}

void
model_leaving(struct model *m, struct claim *c)
{
	uint64_t now = model_tick(m);
	unsigned i;

	c->leaving = now;
	for (i = 0; i < m->nclaims; i++) {
		if (m->claims[i].used && m->claims[i].open == c && m->claims[i].leaving == 0)
			m->claims[i].leaving = now;
	}
}

void
model_gone(struct model *m, struct claim *c)
{
	uint64_t now = model_tick(m);
	unsigned i;

	c->gone = now;
	for (i = 0; i < m->nclaims; i++) {
		if (m->claims[i].used && m->claims[i].open == c)
			m->claims[i].gone = now;
	}
}

/* The file he made had been opened and marked, or had the inode of one about to go. */
void
model_doomed(struct model *m, struct claim *c)
{
	m->strays = true;
	c->used = false;
}

void
model_dropped(struct claim *c)
{
	c->used = false;
}

/* A file that was renamed may be met by any name. */
void
model_sharing_violation(struct model *m, struct claim *c)
{
	struct claim wish = *c;
	bool explained = false;
	unsigned i;

	wish.access |= c->to_open;
	m->strays = true;
	m->figures.open_refusals++;
	for (i = 0; i < m->nclaims && !explained; i++) {
		const struct claim *o = &m->claims[i];

		explained = o != c && o->open == NULL && perhaps_since(o, c->asked) &&
		    opens_conflict(&wish, o) &&
		    (o->name == c->name || m->moves > 0 || m->last_rename >= o->asked);
	}
	ck_assert_msg(explained,
	    "a sharing violation for name %u, access %x share %x, though nobody stands against it",
	    c->name, c->access, c->share);
	c->used = false;
}

void
model_lock_conflict(struct model *m, struct claim *c)
{
	bool explained = false;
	unsigned i;

	m->figures.lock_refusals++;
	for (i = 0; i < m->nclaims && !explained; i++) {
		const struct claim *l = &m->claims[i];

		explained = l != c && l->open != NULL && perhaps_since(l, c->asked) &&
		    locks_conflict(c, l);
	}
	ck_assert_msg(explained, "slots %u+%u were refused though nobody has a lock there",
	    c->first, c->count);
	c->used = false;
}

void
model_oplock(struct model *m, struct claim *open, enum model_oplock level)
{
	unsigned i;

	if (level < open->oplock)
		m->figures.breaks++;
	else if (level > open->oplock)
		m->figures.oplocks++;
	open->oplock = level;
	open->oplock_since = model_tick(m);
	open->stale = 0;
	for (i = 0; i < m->nclaims && level == MODEL_EXCLUSIVE; i++) {
		const struct claim *o = &m->claims[i];

		if (o != open && o->open == NULL && o->ino == open->ino && surely(o))
			ck_assert_msg((o->access & CONTENT) == 0,
			    "an exclusive oplock on a file that somebody else has open");
	}
}

/* ---- names ---- */

static void
touch(struct model *m, unsigned name)
{
	m->names[name].renamed = m->last_rename = model_tick(m);
	m->names[name].serial++;
}

void
model_move_asked(struct model *m, struct model_move *move)
{
	move->asked = model_tick(m);
	m->moves++;
	move->touched = m->names[move->from].renamed;
	m->names[move->from].in_flight++;
	touch(m, move->from);
	if (move->from != move->to) {
		m->names[move->to].in_flight++;
		touch(m, move->to);
	}
	move->serial = m->names[move->from].serial;
}

/* The name has meant the same file since before it was opened by it. */
static bool
means(const struct model *m, const struct model_move *move, const struct claim *o)
{
	const struct name *n = &m->names[move->from];

	return n->serial == move->serial && n->in_flight == 1 && o->name == move->from &&
	    o->asked > move->touched;
}

void
model_move_done(struct model *m, const struct model_move *move, bool success)
{
	uint64_t now = model_tick(m);
	unsigned i;

	m->moves--;
	for (i = 0; i < m->nclaims && success; i++) {
		struct claim *o = &m->claims[i];

		if (o->open != NULL || !surely_since(o, move->asked) || !means(m, move, o))
			continue;
		ck_assert_msg((o->share & 4) != 0 || (o->access & CONTENT) == 0,
		    "a name was taken away from a file that is open with access %x share %x",
		    o->access, o->share);
		if (move->from == move->to)
			o->doomed = now;
	}
	m->names[move->from].in_flight--;
	touch(m, move->from);
	if (move->from != move->to) {
		m->names[move->to].in_flight--;
		touch(m, move->to);
		m->figures.renames += success;
	} else {
		m->figures.deletes += success;
	}
}

/* ---- contents ---- */

void
model_truncation(struct model *m, bool asked)
{
	m->truncations += asked ? 1 : -1u;
}

void
model_emptied(struct model *m, uint64_t ino)
{
	struct file *f = file_of(m, ino);
	unsigned i;

	f->emptied = model_tick(m);
	for (i = 0; i < MODEL_SLOTS; i++)
		f->slots[i].known = false;
}

/* Somebody else's exclusive lock, or any for a writer, that has been there all the time. */
static bool
barred(const struct model *m, const struct model_io *io)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		const struct claim *l = &m->claims[i];

		if (l->open == NULL || l->open == io->open || l->ino != io->open->ino)
			continue;
		if ((l->exclusive || io->writes) && surely_since(l, io->asked) &&
		    io->slot - l->first < l->count)
			return true;
	}
	return false;
}

static bool
perhaps_barred(const struct model *m, const struct model_io *io)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		const struct claim *l = &m->claims[i];

		if (l->open != NULL && l->ino == io->open->ino && (l->exclusive || io->writes) &&
		    perhaps_since(l, io->asked) && io->slot - l->first < l->count)
			return true;
	}
	return false;
}

static bool
writer_still_locks(const struct model *m, const struct file *f, const struct slot *s)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		const struct claim *l = &m->claims[i];

		if (l->open != NULL && l->ino == f->ino && l->asked == s->writer && surely(l))
			return true;
	}
	return false;
}

void
model_io_asked(struct model *m, struct model_io *io)
{
	struct slot *s = &file_of(m, io->open->ino)->slots[io->slot];

	io->asked = model_tick(m);
	if (!io->writes)
		return;
	if (io->lock == NULL)
		s->intruders++;
	else
		s->known = false;
}

/* Those who cache what they read are to be told. */
static void
spoil_caches(struct model *m, const struct model_io *io)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		struct claim *o = &m->claims[i];

		if (o->open == NULL && o->ino == io->open->ino && surely(o) &&
		    o->oplock == MODEL_LEVEL_II && o->oplock_since < io->asked)
			o->stale += o->stale == 0;
	}
}

static void
written(struct model *m, const struct model_io *io)
{
	struct file *f = file_of(m, io->open->ino);
	struct slot *s = &f->slots[io->slot];

	spoil_caches(m, io);
	if (io->lock != NULL) {
		m->figures.writes++;
		/* Emptied before or after: the answers do not tell. */
		s->known = f->emptied < io->asked;
		s->value = io->value;
		s->writer = io->lock->asked;
		return;
	}
	m->figures.intrusions++;
	s->intruders--;
	ck_assert_msg(!barred(m, io), "slot %u was written through somebody else's lock", io->slot);
	/* He who has it locked now wrote after that. */
	if (!writer_still_locks(m, f, s))
		s->known = false;
}

/* Somebody made it under its last name, and has not been told yet. */
static bool
may_be_new(const struct model *m, const struct model_io *io)
{
	unsigned i;

	if (m->strays)
		return true;
	for (i = 0; i < m->nclaims; i++) {
		const struct claim *o = &m->claims[i];

		if (o->used && o->open == NULL && o->granted == 0 && o->leaving == 0 &&
		    (o->name == io->open->name || m->moves > 0 || m->last_rename >= o->asked))
			return true;
	}
	return false;
}

static void
read_back(struct model *m, const struct model_io *io)
{
	struct file *f = file_of(m, io->open->ino);
	struct slot *s = &f->slots[io->slot];

	if (io->lock == NULL) {
		m->figures.intrusions++;
		ck_assert_msg(
		    !barred(m, io), "slot %u was read through an exclusive lock", io->slot);
		return;
	}
	if (m->truncations > 0 || f->emptied > io->asked ||
	    (s->intruders > 0 && s->writer != io->lock->asked))
		return;
	m->figures.reads++;
	if (s->known && (io->value != 0 || !may_be_new(m, io)))
		ck_assert_msg(s->value == io->value,
		    "slot %u holds %llx under a lock, not %llx as the last to lock it wrote",
		    io->slot, (unsigned long long)io->value, (unsigned long long)s->value);
	s->known = true;
	s->value = io->value;
}

void
model_io_done(struct model *m, const struct model_io *io)
{
	if (io->writes)
		written(m, io);
	else
		read_back(m, io);
}

void
model_io_refused(struct model *m, const struct model_io *io)
{
	struct slot *s = &file_of(m, io->open->ino)->slots[io->slot];

	ck_assert_msg(io->lock == NULL, "who has locked slot %u cannot %s it", io->slot,
	    io->writes ? "write" : "read");
	m->figures.intrusions++;
	if (io->writes)
		s->intruders--;
	ck_assert_msg(perhaps_barred(m, io),
	    "slot %u was refused for a lock, though nobody has one there", io->slot);
}

void
model_on_disk(struct model *m, uint64_t ino, unsigned slot, uint64_t value)
{
	const struct slot *s = &file_of(m, ino)->slots[slot];

	/* Nobody knows whether those wrote who hung up. */
	if (s->known && s->intruders == 0 && m->truncations == 0 && (value != 0 || !m->strays))
		ck_assert_msg(s->value == value,
		    "on disk slot %u holds %llx, not %llx as the last to lock it wrote", slot,
		    (unsigned long long)value, (unsigned long long)s->value);
}

void
model_quiet(struct model *m)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		ck_assert(!surely(&m->claims[i]));
		m->claims[i].used = false;
	}
	m->nclaims = 0;
	/* Of those who hung up in between. */
	m->truncations = 0;
	m->strays = false;
	m->moves = 0;
	for (i = 0; i < MODEL_NAMES; i++)
		m->names[i].in_flight = 0;
	forget_files(m);
}

void
model_check_breaks(struct model *m)
{
	unsigned i;

	for (i = 0; i < m->nclaims; i++) {
		struct claim *o = &m->claims[i];

		if (o->stale == 0 || !surely(o))
			continue;
		ck_assert_msg(++o->stale < 8, "a file was written, and who caches it was not told");
	}
}
