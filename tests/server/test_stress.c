/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Sixteen connections that open, lock, write, break, rename and delete the same twenty files at
 * random, against a model of what must hold. STRESS_SECONDS says for how long, STRESS_SEED repeats
 * the dice of an earlier run.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/loop.h"
#include "inside.h"
#include "model.h"
#include "server/ctl/ctl.h"
#include "server/server.h"
#include "smb/commands.h"

#define SHARED_NAMES 20 /* and a few more that files are renamed to */
#define CLIENTS      16
#define FILES        4 /* of one client at once */
#define LOCKS        3 /* of one file at once */
#define QUESTIONS    6 /* of one client at once */
#define ROUND_MS     1500
#define ANSWER_MS    30000 /* whoever is not answered by then never will be */
#define BREAK_MS     1000  /* the server waits for an oplock */
#define SPARE_MEMORY (256 * 1024)

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

enum asked { OPEN, CLOSE, LOCK, UNLOCK, READ, WRITE, RENAME, DELETE_NAME };

struct lock {
	struct claim *claim; /* NULL: none */
	bool held;
};

/* A file a client has, or has asked, to open. */
struct file {
	struct claim *open; /* NULL: none */
	uint16_t fid;       /* 0: not open yet */
	bool busy;          /* something is asked of it */
	bool break_due;     /* its oplock is to go, and the client has not said so */
	int break_to;
	uint64_t break_at; /* as loop_now_ms counts */
	struct lock locks[LOCKS];
};

struct question {
	bool used;
	enum asked what;
	uint16_t mid;
	struct file *file;
	struct lock *lock;
	bool truncates, for_ever, cancelled;
	struct model_io io;
	struct model_move move;
};

struct player {
	struct client c;
	struct file files[FILES];
	struct question questions[QUESTIONS];
	uint16_t mid;
};

static struct inside s;
static struct model *m;
static struct player players[CLIENTS];
static uint64_t dice_state, stamp;
static bool quiet;       /* nobody begins anything */
static bool truncations; /* of this round */
static uint8_t body[512];

static unsigned
dice(unsigned sides)
{
	dice_state ^= dice_state << 13;
	dice_state ^= dice_state >> 7;
	dice_state ^= dice_state << 17;
	return (unsigned)(dice_state >> 33) % sides;
}

/* ---- messages ---- */

static void
put(size_t at, uint64_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		body[at + i] = (uint8_t)(v >> 8 * i);
}

static uint64_t
get(const uint8_t *p, size_t bytes)
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
		.share = dice(8) == 0 ? dice(8) : 7,
		.disposition = dice(6) == 0 ? 2
		    : dice(6) == 0          ? 1
					    : 3,
		.oplock = oplocks[dice(5)],
		.name = dice(SHARED_NAMES),
	};

	if (truncations && dice(10) == 0)
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
		model_truncation(m, true);
	f->busy = true;
	f->open = model_ask_open(m, o.name, o.access, o.share);
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
	model_leaving(m, f->open);
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

static void
ask_lock(struct player *p, struct file *f, struct lock *l)
{
	unsigned count = 1 + dice(3), first = dice(MODEL_SLOTS - count + 1);
	static const uint32_t timeouts[] = { 0, 0, 20, 100, UINT32_MAX };
	struct locking locking = { .timeout = timeouts[dice(5)], .locks = 1 };
	struct question *r;

	if (owns_slot(f, first, count) || (r = new_question(p, LOCK)) == NULL)
		return;
	r->file = f;
	r->lock = l;
	r->for_ever = locking.timeout == UINT32_MAX;
	f->busy = true;
	l->claim = model_ask_lock(m, f->open, dice(3) != 0);
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
	model_leaving(m, l->claim);
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
	io.value = io.writes ? ++stamp : 0;
	r->file = f;
	r->io = io;
	f->busy = true;
	model_io_asked(m, &r->io);
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
	model_move_asked(m, &r->move);
	client_send(&p->c, r->what == RENAME ? SMB_COM_RENAME : SMB_COM_DELETE, body, n);
}

/* Some of those asked to give up an oplock do, some close the file, some never say anything. */
static void
answer_break(struct player *p, struct file *f)
{
	struct locking ack = { .type = 2, .level = (uint8_t)f->break_to };

	switch (quiet ? dice(2) : dice(8)) {
	case 0:
	case 1:
	case 2:
	case 3:
		f->break_due = false;
		if (f->open->leaving != 0)
			return;
		/* An answer that comes late keeps nothing. */
		if (f->break_to == 1 && loop_now_ms() - f->break_at < BREAK_MS / 2)
			model_oplock(m, f->open, MODEL_LEVEL_II);
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
static void
hang_up(struct player *p)
{
	if (opens_something(p)) {
		if (!truncations)
			return;
		model_truncation(m, true);
	}
	client_close(&p->c);
	for (int i = 0; i < FILES; i++) {
		if (p->files[i].open != NULL)
			model_leaving(m, p->files[i].open);
	}
	memset(p->files, 0, sizeof p->files);
	memset(p->questions, 0, sizeof p->questions);
}

static void
enter(struct player *p)
{
	memset(p->files, 0, sizeof p->files);
	memset(p->questions, 0, sizeof p->questions);
	client_connect(&s, &p->c, (uint8_t)(1 + (p - players)));
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

/* While it is quiet everything is given back, locks first. */
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

static void
step(struct player *p)
{
	struct file *f = &p->files[dice(FILES)];

	if (f->break_due)
		answer_break(p, f);
	else if (f->busy)
		cancel(p);
	else if (f->fid != 0 && quiet)
		give_back(p, f);
	else if (f->fid != 0)
		use(p, f);
	else if (!quiet && dice(6) == 0)
		ask_move(p);
	else if (!quiet)
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
	uint64_t ino = get(msg + 117, 8);
	unsigned oplock = msg[37];

	EXPECT(status, STATUS_OK, STATUS_SHARING, STATUS_DOOMED, STATUS_MISSING, STATUS_TAKEN);
	if (r->truncates)
		model_truncation(m, false);
	if (status != STATUS_OK) {
		if (status == STATUS_SHARING)
			model_sharing_violation(m, f->open);
		else
			model_dropped(f->open);
		memset(f, 0, sizeof *f);
		return;
	}
	f->fid = (uint16_t)get(msg + 38, 2);
	if (get(msg + 40, 4) != 1)
		model_emptied(m, ino);
	model_open_granted(m, f->open, ino);
	if (oplock != 0)
		model_oplock(m, f->open, oplock == 3 ? MODEL_LEVEL_II : MODEL_EXCLUSIVE);
}

static void
got_close(const struct question *r, uint32_t status)
{
	EXPECT(status, STATUS_OK);
	model_gone(m, r->file->open);
	memset(r->file, 0, sizeof *r->file);
}

/* Who waits for ever waits until he gets it, or does not want it any more. */
static void
got_lock(const struct question *r, uint32_t status)
{
	if (status == STATUS_OK) {
		r->lock->held = true;
		model_lock_granted(m, r->lock->claim);
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
		model_lock_conflict(m, r->lock->claim);
	r->lock->claim = NULL;
}

static void
got_io(struct question *r, uint32_t status, const uint8_t *msg)
{
	size_t n, at;

	EXPECT(status, STATUS_OK, STATUS_FILE_LOCK);
	if (status != STATUS_OK) {
		model_io_refused(m, &r->io);
		return;
	}
	if (!r->io.writes) {
		n = get(msg + 43, 2);
		at = get(msg + 45, 2);
		/* Behind the end there is nothing, like in a hole. */
		ck_assert(n == 0 || n == MODEL_SLOT_SIZE);
		r->io.value = n == 0 ? 0 : get(msg + at, MODEL_SLOT_SIZE);
	}
	model_io_done(m, &r->io);
}

static void
got_move(const struct question *r, uint32_t status)
{
	EXPECT(status, STATUS_OK, STATUS_SHARING, STATUS_DOOMED, STATUS_MISSING, STATUS_TAKEN,
	    STATUS_NO_DELETE);
	model_move_done(m, &r->move, status == STATUS_OK);
}

static void
take_reply(struct question *r, const uint8_t *msg)
{
	uint32_t status = (uint32_t)get(msg + 5, 4);

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
		model_gone(m, r->lock->claim);
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
	uint16_t fid = (uint16_t)get(msg + 37, 2);
	struct file *f = p->files;

	while (f < p->files + FILES && (f->open == NULL || f->fid != fid))
		f++;
	if (f == p->files + FILES)
		return;
	f->break_to = msg[40];
	/* Level II is just lost. */
	f->break_due = f->open->oplock == MODEL_EXCLUSIVE;
	f->break_at = loop_now_ms();
	model_oplock(m, f->open, MODEL_NO_OPLOCK);
}

static void
listen_to(struct player *p)
{
	const uint8_t *msg;
	struct question *r;

	while (p->c.fd >= 0 && client_reply(&p->c, &msg) > 0) {
		if ((msg[9] & 0x80) == 0) {
			take_break(p, msg);
			continue;
		}
		r = p->questions;
		while (r < p->questions + QUESTIONS && (!r->used || r->mid != get(msg + 30, 2)))
			r++;
		ck_assert_msg(
		    r < p->questions + QUESTIONS, "an answer nobody asked for: 0x%02X", msg[4]);
		take_reply(r, msg);
	}
}

/* ---- rounds ---- */

static void
turn(int ms)
{
	loop_turn(s.loop, ms);
	for (int i = 0; i < CLIENTS; i++)
		listen_to(&players[i]);
}

static bool
all_given_back(void)
{
	for (int i = 0; i < CLIENTS; i++) {
		for (int j = 0; j < FILES; j++) {
			if (players[i].files[j].open != NULL)
				return false;
		}
		for (int j = 0; j < QUESTIONS; j++) {
			if (players[i].questions[j].used)
				return false;
		}
	}
	return true;
}

static json_t *
status_document(void)
{
	const struct ctl_subject subject = { .server = s.server };
	char *text = ctl_answer(&subject, "status");
	json_t *document = json_loads(text, 0, NULL);

	free(text);
	ck_assert_ptr_nonnull(document);
	return document;
}

/* A figure of the server's, with a dot for one within another. */
static json_int_t
figure(const char *group, const char *name)
{
	json_t *document = status_document();
	json_t *from = group != NULL ? json_object_get(document, group) : document;
	json_int_t n = json_integer_value(json_object_get(from, name));

	json_decref(document);
	return n;
}

static bool
nothing_open(void)
{
	static const char *const all[] = { "nodes", "opens", "locks", "waiters", "in_jobs",
		"outstanding", "handles" };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (figure("counts", all[i]) != 0)
			return false;
	}
	return true;
}

static const char *
what_is_open(void)
{
	const struct ctl_subject subject = { .server = s.server };
	static char text[4096];
	char *files = ctl_answer(&subject, "files"), *locks = ctl_answer(&subject, "locks");

	snprintf(text, sizeof text, "%.2000s %.2000s", files, locks);
	free(files);
	free(locks);
	return text;
}

/* Those who wait for a lock get it as it comes free, and give it back: nobody is forgotten. */
static void
become_quiet(void)
{
	uint64_t end = loop_now_ms() + ANSWER_MS;

	quiet = true;
	turn(1);
	turn(1);
	model_check_breaks(m);
	while (!all_given_back()) {
		ck_assert_msg(loop_now_ms() < end, "somebody is not answered: %s", what_is_open());
		for (int i = 0; i < CLIENTS; i++)
			step(&players[i]);
		turn(1);
	}
	/* What those who hung up had open closes when its jobs are done. */
	while (!nothing_open()) {
		ck_assert_msg(loop_now_ms() < end, "something is left: %s", what_is_open());
		turn(1);
	}
	quiet = false;
}

static void
compare_file(const char *name)
{
	char path[128];
	uint8_t data[MODEL_SLOTS * MODEL_SLOT_SIZE] = { 0 };
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/%s", s.folder, name);
	fd = open(path, O_RDONLY);
	ck_assert(fd >= 0 && fstat(fd, &st) == 0 && read(fd, data, sizeof data) >= 0);
	close(fd);
	for (unsigned i = 0; i < MODEL_SLOTS; i++)
		model_on_disk(m, st.st_ino, i, get(data + i * MODEL_SLOT_SIZE, MODEL_SLOT_SIZE));
}

static void
compare_disk(void)
{
	DIR *dir = opendir(s.folder);
	struct dirent *e;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == 'f')
			compare_file(e->d_name);
	}
	closedir(dir);
}

static void
play_round(void)
{
	uint64_t end = loop_now_ms() + ROUND_MS;

	while (loop_now_ms() < end) {
		struct player *p = &players[dice(CLIENTS)];

		if (p->c.fd < 0)
			enter(p);
		else if (dice(1500) == 0)
			hang_up(p);
		else
			step(p);
		turn(0);
	}
	become_quiet();
	compare_disk();
	model_quiet(m);
	truncations = !truncations;
}

static unsigned
seconds(void)
{
	const char *text = getenv("STRESS_SECONDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 8;
}

static void
choose_seed(void)
{
	const char *text = getenv("STRESS_SEED");

	if (text != NULL)
		dice_state = strtoull(text, NULL, 0);
	else
		ck_assert_int_eq(getrandom(&dice_state, sizeof dice_state, 0), sizeof dice_state);
	dice_state |= 1;
	fprintf(stderr, "# STRESS_SEED=0x%llx\n", (unsigned long long)dice_state);
}

/* What is left of memory and descriptors when all have gone. */
struct idle {
	json_int_t allocated, descriptors;
};

static struct idle
idle_figures(void)
{
	struct idle idle = { .allocated = figure("memory", "allocated"),
		.descriptors = figure(NULL, "descriptors") };

	return idle;
}

static struct idle
play(uint64_t ms)
{
	uint64_t end = loop_now_ms() + ms;

	do
		play_round();
	while (loop_now_ms() < end);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&players[i].c);
	for (end = loop_now_ms() + ANSWER_MS; figure("counts", "connections") != 0; turn(1))
		ck_assert_msg(loop_now_ms() < end, "connections are left");
	ck_assert_int_eq(figure("counts", "sessions"), 0);
	ck_assert_int_eq(figure("counts", "trees"), 0);
	return idle_figures();
}

static void
report(void)
{
	const struct model_figures *f = model_figures(m);

	fprintf(stderr,
	    "# %u opens, %u refused; %u locks, %u refused; %u reads, %u writes, %u intrusions; "
	    "%u oplocks, %u broken; %u renames, %u deletes\n",
	    f->opens, f->open_refusals, f->locks, f->lock_refusals, f->reads, f->writes,
	    f->intrusions, f->oplocks, f->breaks, f->renames, f->deletes);
	ck_assert_uint_gt(f->opens, 100);
	ck_assert_uint_gt(f->locks, 50);
	ck_assert_uint_gt(f->lock_refusals, 0);
	ck_assert_uint_gt(f->reads, 20);
	ck_assert_uint_gt(f->writes, 20);
	ck_assert_uint_gt(f->intrusions, 20);
	ck_assert_uint_gt(f->renames, 0);
	ck_assert_uint_gt(f->deletes, 0);
}

static void
stress(bool slow_disk)
{
	static const char *const keys[][3] = { { NULL, "oplock break timeout", "1" }, { 0 } };
	uint64_t half = seconds() * 1000 / 4;
	struct idle before, first, second;

	choose_seed();
	inside_start(&s, 4, keys);
	if (slow_disk)
		inside_slow_disk(&s);
	m = model_new();
	for (int i = 0; i < CLIENTS; i++)
		players[i].c.fd = -1;
	before = idle_figures();
	first = play(half);
	second = play(half);
	report();
	ck_assert_int_eq(first.descriptors, before.descriptors);
	ck_assert_int_eq(second.descriptors, before.descriptors);
	ck_assert_msg(second.allocated <= first.allocated + SPARE_MEMORY,
	    "memory went from %lld to %lld", (long long)first.allocated,
	    (long long)second.allocated);
	model_free(&m);
	inside_stop(&s);
}

START_TEST(many_share_files_on_a_quick_disk)
{
	stress(false);
}
END_TEST

START_TEST(many_share_files_on_a_slow_disk)
{
	stress(true);
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("server/stress");
	TCase *tc = tcase_create("stress");

	tcase_set_timeout(tc, seconds() * 5 + 120);
	tcase_add_test(tc, many_share_files_on_a_quick_disk);
	tcase_add_test(tc, many_share_files_on_a_slow_disk);
	suite_add_tcase(suite, tc);
	return suite;
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
