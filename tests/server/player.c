/* SPDX-License-Identifier: BSD-2-Clause */
#include "player.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "smb/commands.h"

#define STATUS_OK             0u
#define STATUS_FILE_LOCK      0xC0000054u
#define STATUS_LOCK_REFUSED   0xC0000055u
#define STATUS_SHARING        0xC0000043u
#define STATUS_DOOMED         0xC0000056u
#define STATUS_MISSING        0xC0000034u
#define STATUS_TAKEN          0xC0000035u
#define STATUS_GONE_BY_CANCEL 0xC0000120u
#define STATUS_NO_DELETE      0xC0000121u

#define READ_ACCESS  0x00120089u
#define WRITE_ACCESS 0x00120116u
#define DELETE       0x00010000u
#define LOOK_ACCESS  0x00100080u

struct game game;

static uint8_t body[512];

unsigned
dice(unsigned sides)
{
	game.dice ^= game.dice << 13;
	game.dice ^= game.dice >> 7;
	game.dice ^= game.dice << 17;
	return (unsigned)(game.dice >> 33) % sides;
}

/* ---- messages ---- */

static void
put(size_t at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		body[at + i] = (uint8_t)(v >> 8 * i);
}

uint64_t
get_le(const uint8_t *p, size_t bytes)
{
	uint64_t v = 0;

	for (size_t i = 0; i < bytes; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static void
begin_body(unsigned words, bool andx)
{
	memset(body, 0, sizeof body);
	body[0] = (uint8_t)words;
	body[1] = andx ? 0xFF : 0;
}

static void
name_of(unsigned n, char name[8])
{
	snprintf(name, 8, "f%02u", n);
}

static struct question *
new_question(struct player *p, enum asked what)
{
	struct question *r = p->questions;

	while (r < p->questions + QUESTIONS && r->used)
		r++;
	if (r == p->questions + QUESTIONS)
		return NULL;
	memset(r, 0, sizeof *r);
	r->used = true;
	r->what = what;
	p->mid = p->mid % 0xFFF0 + 1;
	p->c.mid = r->mid = p->mid;
	return r;
}

/* ---- what a client does ---- */

struct opening {
	uint32_t access, share, disposition, oplock;
	unsigned name;
};

static struct opening
some_opening(void)
{
	static const uint32_t accesses[] = { READ_ACCESS, READ_ACCESS | WRITE_ACCESS,
		READ_ACCESS | WRITE_ACCESS, READ_ACCESS | WRITE_ACCESS | DELETE, WRITE_ACCESS,
		DELETE, LOOK_ACCESS };
	static const uint32_t oplocks[] = { 0, 0, 2, 4, 6 };
	struct opening o = {
		.access = accesses[dice(7)],
		.share = dice(4) == 0 ? dice(8) : 7,
		.disposition = dice(6) == 0 ? 2
		    : dice(6) == 0          ? 1
					    : 3,
		.oplock = oplocks[dice(5)],
		.name = dice(SHARED_NAMES),
	};

	if (game.wild && dice(10) == 0)
		o.disposition = 5;
	return o;
}

static void
ask_open(struct player *p, struct file *f)
{
	struct opening o = some_opening();
	struct question *r = new_question(p, OPEN);
	char name[8];

	if (r == NULL)
		return;
	name_of(o.name, name);
	begin_body(24, true);
	put(6, strlen(name), 2);
	put(8, 0x10 | o.oplock, 4);
	put(16, o.access, 4);
	put(28, 0x80, 4);
	put(32, o.share, 4);
	put(36, o.disposition, 4);
	put(40, 0x40, 4);
	put(44, 2, 4);
	put(49, strlen(name) + 1, 2);
	memcpy(body + 51, name, strlen(name) + 1);
	r->file = f;
	r->truncates = o.disposition == 5;
	if (r->truncates)
		model_truncation(game.model, true);
	f->busy = true;
	f->open = model_ask_open(game.model, o.name, o.access, o.share);
	/* What is emptied is written to. */
	f->open->to_open = r->truncates ? 2 : 0;
	client_send(&p->c, SMB_COM_NT_CREATE_ANDX, body, 51 + strlen(name) + 1);
}

static void
ask_close(struct player *p, struct file *f)
{
	struct question *r = new_question(p, CLOSE);

	if (r == NULL)
		return;
	r->file = f;
	f->busy = true;
	model_leaving(game.model, f->open);
	client_send(&p->c, SMB_COM_CLOSE, body, body_words(body, 3, (uint16_t[]){ f->fid, 0, 0 }));
}

/* LOCKING_ANDX of one range. */
struct locking {
	uint8_t type, level;
	uint32_t timeout;
	unsigned unlocks, locks;
	const struct claim *range;
};

static void
send_locking(struct player *p, const struct file *f, const struct locking *l)
{
	size_t n = 0;

	begin_body(8, true);
	put(5, f->fid, 2);
	put(7, l->type, 1);
	put(8, l->level, 1);
	put(9, l->timeout, 4);
	put(13, l->unlocks, 2);
	put(15, l->locks, 2);
	if (l->range != NULL) {
		n = 10;
		put(17, n, 2);
		put(19, 1, 2);
		put(21, l->range->first * MODEL_SLOT_SIZE, 4);
		put(25, l->range->count * MODEL_SLOT_SIZE, 4);
	}
	client_send(&p->c, SMB_COM_LOCKING_ANDX, body, 19 + n);
}

static bool
owns_slot(const struct file *f, unsigned first, unsigned count)
{
	for (int i = 0; i < LOCKS; i++) {
		const struct claim *l = f->locks[i].claim;

		if (l != NULL && l->first < first + count && first < l->first + l->count)
			return true;
	}
	return false;
}

static bool
has_locks(const struct file *f)
{
	return owns_slot(f, 0, MODEL_SLOTS);
}

static void
ask_lock(struct player *p, struct file *f, struct lock *l)
{
	unsigned count = 1 + dice(3), first = dice(MODEL_SLOTS - count + 1);
	static const uint32_t timeouts[] = { 0, 0, 20, 100, UINT32_MAX };
	/* Who has nothing may wait for ever: nobody waits for him. */
	struct locking locking = { .timeout = timeouts[dice(has_locks(f) ? 4 : 5)], .locks = 1 };
	struct question *r;

	if (owns_slot(f, first, count) || (r = new_question(p, LOCK)) == NULL)
		return;
	r->file = f;
	r->lock = l;
	r->for_ever = locking.timeout == UINT32_MAX;
	f->busy = true;
	l->claim = model_ask_lock(game.model, f->open, dice(3) != 0);
	l->claim->first = first;
	l->claim->count = count;
	locking.range = l->claim;
	locking.type = l->claim->exclusive ? 0 : 1;
	send_locking(p, f, &locking);
}

static void
ask_unlock(struct player *p, struct file *f, struct lock *l)
{
	struct question *r = new_question(p, UNLOCK);
	struct locking locking = { .unlocks = 1, .range = l->claim };

	if (r == NULL)
		return;
	r->file = f;
	r->lock = l;
	f->busy = true;
	l->held = false;
	model_leaving(game.model, l->claim);
	send_locking(p, f, &locking);
}

static void
send_io(struct player *p, const struct file *f, const struct model_io *io)
{
	begin_body(io->writes ? 12 : 10, true);
	put(5, f->fid, 2);
	put(7, io->slot * MODEL_SLOT_SIZE, 4);
	if (!io->writes) {
		put(11, MODEL_SLOT_SIZE, 2);
		put(13, MODEL_SLOT_SIZE, 2);
		client_send(&p->c, SMB_COM_READ_ANDX, body, 23);
		return;
	}
	put(21, MODEL_SLOT_SIZE, 2);
	put(23, MESSAGE_HEADER + 27, 2);
	put(25, MODEL_SLOT_SIZE, 2);
	put(27, io->value, MODEL_SLOT_SIZE);
	client_send(&p->c, SMB_COM_WRITE_ANDX, body, 27 + MODEL_SLOT_SIZE);
}

/* Under a lock, or where there is none of one's own. */
static void
ask_io(struct player *p, struct file *f, const struct lock *l)
{
	bool may_read = (f->open->access & 1) != 0, may_write = (f->open->access & 2) != 0;
	struct model_io io = { .open = f->open, .slot = dice(MODEL_SLOTS) };
	struct question *r;

	if (l != NULL) {
		io.lock = l->claim;
		io.slot = l->claim->first + dice(l->claim->count);
	} else if (owns_slot(f, io.slot, 1)) {
		return;
	}
	io.writes = may_write && (l == NULL || l->claim->exclusive) && (!may_read || dice(2) == 0);
	if (!io.writes && !may_read)
		return;
	r = new_question(p, io.writes ? WRITE : READ);
	if (r == NULL)
		return;
	io.value = io.writes ? ++game.stamp : 0;
	r->file = f;
	r->io = io;
	f->busy = true;
	model_io_asked(game.model, &r->io);
	send_io(p, f, &r->io);
}

static void
ask_move(struct player *p)
{
	struct model_move move = { .from = dice(MODEL_NAMES), .to = dice(MODEL_NAMES) };
	struct question *r = new_question(p, move.from == move.to ? DELETE_NAME : RENAME);
	char from[8], to[8];
	size_t n, more;

	if (r == NULL)
		return;
	if (dice(2) == 0) {
		move.to = move.from;
		r->what = DELETE_NAME;
	}
	name_of(move.from, from);
	name_of(move.to, to);
	n = body_named(body, from, 1, (uint16_t[]){ 0x16 });
	more = strlen(to) + 1;
	if (r->what == RENAME) {
		put(3, strlen(from) + 2 + 1 + more, 2);
		body[n] = 4;
		memcpy(body + n + 1, to, more);
		n += 1 + more;
	}
	r->move = move;
	model_move_asked(game.model, &r->move);
	client_send(&p->c, r->what == RENAME ? SMB_COM_RENAME : SMB_COM_DELETE, body, n);
}

/* Some of those asked to give up an oplock do, some close the file, some never say anything. */
static void
answer_break(struct player *p, struct file *f)
{
	struct locking ack = { .type = 2, .level = (uint8_t)f->break_to };

	switch (game.quiet ? dice(2) : dice(8)) {
	case 0:
	case 1:
	case 2:
	case 3:
		f->break_due = false;
		if (f->open->leaving != 0)
			return;
		/* An answer that comes late keeps nothing. */
		if (f->break_to == 1 && loop_now_ms() - f->break_at < BREAK_MS / 2)
			model_oplock(game.model, f->open, MODEL_LEVEL_II);
		send_locking(p, f, &ack);
		return;
	case 4:
	case 5:
		if (!f->busy)
			ask_close(p, f);
		return;
	case 6:
		f->break_due = false;
		return;
	default:
		return;
	}
}

static void
cancel(struct player *p)
{
	struct question *r = &p->questions[dice(QUESTIONS)];

	if (!r->used || r->what != LOCK)
		return;
	r->cancelled = true;
	p->c.mid = r->mid;
	client_send(&p->c, SMB_COM_NT_CANCEL, "\0\0", 3);
}

static bool
opens_something(const struct player *p)
{
	for (int i = 0; i < QUESTIONS; i++) {
		if (p->questions[i].used && p->questions[i].what == OPEN)
			return true;
	}
	return false;
}

/*
 * What it has is given back without a word; what it had asked for may still be done. Nobody will
 * know then whether a file was made or emptied: that spoils what is known of all contents.
 */
void
player_hang_up(struct player *p)
{
	if (opens_something(p)) {
		if (!game.wild)
			return;
		model_truncation(game.model, true);
	}
	client_close(&p->c);
	for (int i = 0; i < FILES; i++) {
		if (p->files[i].open != NULL)
			model_leaving(game.model, p->files[i].open);
	}
	memset(p->files, 0, sizeof p->files);
	memset(p->questions, 0, sizeof p->questions);
}

void
player_enter(struct player *p)
{
	memset(p->files, 0, sizeof p->files);
	memset(p->questions, 0, sizeof p->questions);
	client_connect(&game.inside, &p->c, (uint8_t)(1 + (p - game.players)));
	client_negotiate(&p->c);
	ck_assert_uint_eq(client_log_on(&p->c, "guest", ""), STATUS_OK);
	ck_assert_uint_eq(client_tree(&p->c, "rw"), STATUS_OK);
}

static void
use(struct player *p, struct file *f)
{
	struct lock *l = &f->locks[dice(LOCKS)];
	bool has_content = (f->open->access & 3) != 0;

	switch (dice(10)) {
	case 0:
		ask_close(p, f);
		return;
	case 1:
		if (has_content)
			ask_io(p, f, NULL);
		return;
	case 2:
	case 3:
		if (l->held)
			ask_unlock(p, f, l);
		return;
	default:
		if (l->held)
			ask_io(p, f, l);
		else if (has_content)
			ask_lock(p, f, l);
	}
}

/* While it is game.quiet everything is given back, locks first. */
static void
give_back(struct player *p, struct file *f)
{
	for (int i = 0; i < LOCKS; i++) {
		if (f->locks[i].held) {
			ask_unlock(p, f, &f->locks[i]);
			return;
		}
	}
	ask_close(p, f);
}

void
player_step(struct player *p)
{
	struct file *f = &p->files[dice(FILES)];

	if (f->break_due)
		answer_break(p, f);
	else if (f->busy && !game.quiet)
		cancel(p);
	else if (f->busy)
		return;
	else if (f->fid != 0 && game.quiet)
		give_back(p, f);
	else if (f->fid != 0)
		use(p, f);
	else if (!game.quiet && dice(6) == 0)
		ask_move(p);
	else if (!game.quiet)
		ask_open(p, f);
}

/* ---- what a client is answered ---- */

static bool
is_one_of(uint32_t status, const uint32_t *expected, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (expected[i] == status)
			return true;
	}
	return false;
}

#define EXPECT(status, ...) \
	ck_assert_msg(is_one_of(status, (const uint32_t[]){ __VA_ARGS__ }, \
			  sizeof((const uint32_t[]){ __VA_ARGS__ }) / sizeof(uint32_t)), \
	    "line %d: status 0x%08X", __LINE__, status)

static void
got_open(const struct question *r, uint32_t status, const uint8_t *msg)
{
	struct file *f = r->file;
	uint64_t ino = get_le(msg + 117, 8);
	unsigned oplock = msg[37];

	EXPECT(status, STATUS_OK, STATUS_SHARING, STATUS_DOOMED, STATUS_MISSING, STATUS_TAKEN);
	if (r->truncates)
		model_truncation(game.model, false);
	if (status != STATUS_OK) {
		if (status == STATUS_SHARING)
			model_sharing_violation(game.model, f->open);
		else if (status == STATUS_DOOMED)
			model_doomed(game.model, f->open);
		else
			model_dropped(f->open);
		memset(f, 0, sizeof *f);
		return;
	}
	f->fid = (uint16_t)get_le(msg + 38, 2);
	if (get_le(msg + 40, 4) != 1)
		model_emptied(game.model, ino);
	model_open_granted(game.model, f->open, ino);
	if (oplock != 0)
		model_oplock(game.model, f->open, oplock == 3 ? MODEL_LEVEL_II : MODEL_EXCLUSIVE);
}

static void
got_close(const struct question *r, uint32_t status)
{
	EXPECT(status, STATUS_OK);
	model_gone(game.model, r->file->open);
	memset(r->file, 0, sizeof *r->file);
}

/* Who waits for ever waits until he gets it, or does not want it any more. */
static void
got_lock(const struct question *r, uint32_t status)
{
	if (status == STATUS_OK) {
		r->lock->held = true;
		model_lock_granted(game.model, r->lock->claim);
		return;
	}
	if (r->cancelled)
		EXPECT(status, STATUS_FILE_LOCK, STATUS_LOCK_REFUSED, STATUS_GONE_BY_CANCEL);
	else
		EXPECT(status, STATUS_FILE_LOCK, STATUS_LOCK_REFUSED);
	ck_assert_msg(!r->for_ever || r->cancelled, "a lock that was waited for was refused");
	if (r->cancelled)
		model_dropped(r->lock->claim);
	else
		model_lock_conflict(game.model, r->lock->claim);
	r->lock->claim = NULL;
}

static void
got_io(struct question *r, uint32_t status, const uint8_t *msg)
{
	size_t n, at;

	EXPECT(status, STATUS_OK, STATUS_FILE_LOCK);
	if (status != STATUS_OK) {
		model_io_refused(game.model, &r->io);
		return;
	}
	if (!r->io.writes) {
		n = get_le(msg + 43, 2);
		at = get_le(msg + 45, 2);
		/* Behind the end there is nothing, like in a hole. */
		ck_assert(n == 0 || n == MODEL_SLOT_SIZE);
		r->io.value = n == 0 ? 0 : get_le(msg + at, MODEL_SLOT_SIZE);
	}
	model_io_done(game.model, &r->io);
}

static void
got_move(const struct question *r, uint32_t status)
{
	EXPECT(status, STATUS_OK, STATUS_SHARING, STATUS_DOOMED, STATUS_MISSING, STATUS_TAKEN,
	    STATUS_NO_DELETE);
	model_move_done(game.model, &r->move, status == STATUS_OK);
}

static void
take_reply(struct question *r, const uint8_t *msg)
{
	uint32_t status = (uint32_t)get_le(msg + 5, 4);

	if (r->file != NULL)
		r->file->busy = false;
	switch (r->what) {
	case OPEN:
		got_open(r, status, msg);
		break;
	case CLOSE:
		got_close(r, status);
		break;
	case LOCK:
		got_lock(r, status);
		break;
	case UNLOCK:
		EXPECT(status, STATUS_OK);
		model_gone(game.model, r->lock->claim);
		r->lock->claim = NULL;
		break;
	case READ:
	case WRITE:
		got_io(r, status, msg);
		break;
	case RENAME:
	case DELETE_NAME:
		got_move(r, status);
		break;
	}
	r->used = false;
}

static void
take_break(struct player *p, const uint8_t *msg)
{
	uint16_t fid = (uint16_t)get_le(msg + 37, 2);
	struct file *f = p->files;

	while (f < p->files + FILES && (f->open == NULL || f->fid != fid))
		f++;
	if (f == p->files + FILES)
		return;
	f->break_to = msg[40];
	/* Level II is just lost. */
	f->break_due = f->open->oplock == MODEL_EXCLUSIVE;
	f->break_at = loop_now_ms();
	model_oplock(game.model, f->open, MODEL_NO_OPLOCK);
}

void
player_listen(struct player *p)
{
	const uint8_t *msg;
	struct question *r;

	while (p->c.fd >= 0 && client_reply(&p->c, &msg) > 0) {
		if ((msg[9] & 0x80) == 0) {
			take_break(p, msg);
			continue;
		}
		r = p->questions;
		while (r < p->questions + QUESTIONS && (!r->used || r->mid != get_le(msg + 30, 2)))
			r++;
		ck_assert_msg(
		    r < p->questions + QUESTIONS, "an answer nobody asked for: 0x%02X", msg[4]);
		take_reply(r, msg);
	}
}
