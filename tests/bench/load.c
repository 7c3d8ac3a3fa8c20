/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Load for a SMB1 server, cheap enough that the server is what is measured.
 * usage: load PORT SECONDS OPERATION IN-FLIGHT [PATH]
 * It prints "operations seconds bytes". The share "share" must hold big (256 MiB), folder/small,
 * list/; PATH is what the query operations ask for, folder\\small unless given.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "../wire/client.h"
#include "wire/frame.h"

#define CHUNK    61440
#define BIG      (256ull << 20)
#define BUFFERED (4u << 20)
#define MID_AT   30

struct load {
	uint16_t port;
	double seconds;
	unsigned in_flight;
	struct client *c;
	double begun;
	uint64_t done, bytes;
	/* pipelining */
	uint8_t *in, *out;
	size_t in_pos, in_len, out_len;
	uint8_t *message;
	size_t message_len;
	uint64_t position;
	uint16_t fid;
	/* queries */
	const char *path;
	uint32_t expected; /* status of every reply */
};

void
client_failed(const char *what)
{
	errx(1, "%s", what);
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
put32(uint8_t *p, uint64_t v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
	p[2] = (uint8_t)(v >> 16);
	p[3] = (uint8_t)(v >> 24);
}

static bool
time_left(const struct load *l)
{
	return now() - l->begun < l->seconds;
}

static struct client *
log_on(uint16_t port)
{
	struct client *c = client_connect(port);
	struct reply r;

	client_negotiate(c);
	if (client_try_logon(c, "torture", "secret", &r) != STATUS_SUCCESS)
		errx(1, "log-on refused: 0x%08x", r.h.status);
	client_tree(c, "share");
	return c;
}

/* --- one message, over and over, several in flight --- */

static void
flush_out(struct load *l)
{
	if (l->out_len > 0 && !client_send_bytes(l->c, l->out, l->out_len))
		errx(1, "the server closed the connection");
	l->out_len = 0;
}

static void
put_message(struct load *l, const uint8_t *msg, size_t len)
{
	uint8_t *p;

	if (l->out_len + len + FRAME_HEAD > BUFFERED)
		flush_out(l);
	p = l->out + l->out_len;
	p[0] = 0;
	p[1] = (uint8_t)(len >> 16);
	p[2] = (uint8_t)(len >> 8);
	p[3] = (uint8_t)len;
	memcpy(p + FRAME_HEAD, msg, len);
	l->out_len += len + FRAME_HEAD;
}

/* The next reply, from what was read already if it is there. */
static const uint8_t *
next_reply(struct load *l, size_t *len)
{
	uint8_t expected[4];
	const uint8_t *p;
	size_t have;
	ssize_t n;

	for (;;) {
		p = l->in + l->in_pos;
		have = l->in_len - l->in_pos;
		*len = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
		if (have >= FRAME_HEAD && *len <= have - FRAME_HEAD)
			break;
		if (l->in_pos == l->in_len)
			l->in_pos = l->in_len = 0;
		if (BUFFERED - l->in_len < (1u << 18)) {
			memmove(l->in, l->in + l->in_pos, l->in_len - l->in_pos);
			l->in_len -= l->in_pos;
			l->in_pos = 0;
		}
		flush_out(l);
		n = recv(l->c->fd, l->in + l->in_len, BUFFERED - l->in_len, 0);
		if (n <= 0)
			errx(1, "the server closed the connection");
		l->in_len += (size_t)n;
	}
	l->in_pos += *len + FRAME_HEAD;
	p += FRAME_HEAD;
	put32(expected, l->expected);
	if (memcmp(p + 5, expected, 4) != 0)
		errx(1, "command 0x%02x failed: %02x%02x%02x%02x", p[4], p[8], p[7], p[6], p[5]);
	return p;
}

static void
keep_message(struct load *l)
{
	const uint8_t *msg = client_message(l->c, &l->message_len);

	l->message = xcalloc(1, l->message_len);
	memcpy(l->message, msg, l->message_len);
}

/* offset_at: where the request's 32-bit file offset is, 0 when it has none. */
static void
send_again(struct load *l, size_t offset_at)
{
	l->c->mid++;
	l->message[MID_AT] = (uint8_t)l->c->mid;
	l->message[MID_AT + 1] = (uint8_t)(l->c->mid >> 8);
	if (offset_at != 0) {
		put32(l->message + offset_at, l->position);
		l->position = (l->position + CHUNK) % (BIG - CHUNK);
	}
	put_message(l, l->message, l->message_len);
}

static void
repeat(struct load *l, size_t offset_at, size_t bytes)
{
	unsigned i;
	size_t len;

	for (i = 0; i < l->in_flight; i++)
		send_again(l, offset_at);
	while (time_left(l)) {
		for (i = 0; i < l->in_flight; i++) {
			next_reply(l, &len);
			send_again(l, offset_at);
		}
		l->done += l->in_flight;
	}
	for (i = 0; i < l->in_flight; i++)
		next_reply(l, &len);
	l->done += l->in_flight;
	l->bytes = l->done * bytes;
}

static void
run_read(struct load *l)
{
	uint16_t fid = client_open(l->c, "big");
	struct writer *w = client_begin(l->c, 0x2E);
	size_t offset_at;

	client_no_andx(w);
	wr_u16(w, fid);
	offset_at = w->pos;
	wr_u32(w, 0);
	wr_u16(w, CHUNK);
	wr_u16(w, CHUNK);
	wr_zero(w, 6);
	wr_u32(w, 0);
	keep_message(l);
	repeat(l, offset_at, CHUNK);
}

static void
run_write(struct load *l)
{
	uint16_t fid = client_open(l->c, "big");
	struct writer *w = client_begin(l->c, 0x2F);
	size_t offset_at;

	client_no_andx(w);
	wr_u16(w, fid);
	offset_at = w->pos;
	wr_u32(w, 0);
	wr_zero(w, 10);
	wr_u16(w, CHUNK);
	wr_u16(w, SMB_HEADER_LEN + 1 + 28 + 2 + 1);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_zero(w, 1);
	wr_zero(w, CHUNK);
	keep_message(l);
	repeat(l, offset_at, CHUNK);
}

static void
begin_query(struct load *l, struct trans2 *t, uint16_t level, const char *path)
{
	struct writer *w = client_trans2_begin(l->c, t, 5);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
}

static void
run_query(struct load *l)
{
	struct trans2 t;

	begin_query(l, &t, 0x107, l->path);
	client_trans2_end(l->c, &t);
	keep_message(l);
	repeat(l, 0, 0);
}

/* By the short name the server tells first. */
static void
run_query_short(struct load *l)
{
	const char *slash = strrchr(l->path, '\\');
	char path[1024];
	struct trans2 t;

	begin_query(l, &t, 0x108, l->path);
	if (client_trans2_call(l->c, &t) != STATUS_SUCCESS)
		errx(1, "%s has no short name", l->path);
	snprintf(path, sizeof(path), "%.*s%s", slash != NULL ? (int)(slash + 1 - l->path) : 0,
	    l->path, rd_text(&t.got_data, rd_u32(&t.got_data)));
	l->path = path;
	l->begun = now();
	run_query(l);
}

static void
run_query_missing(struct load *l)
{
	l->expected = STATUS_OBJECT_NAME_NOT_FOUND;
	run_query(l);
}

static void
run_echo(struct load *l)
{
	struct writer *w = client_begin(l->c, 0x2B);

	wr_u16(w, 1);
	wr_block_bytes(w);
	keep_message(l);
	repeat(l, 0, 0);
}

/* --- open and close --- */

/* flags: the oplock asked for. */
static void
begin_open(struct client *c, uint32_t flags)
{
	struct writer *w = client_begin(c, 0xA2);

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 2 * sizeof("folder\\small") - 2);
	wr_u32(w, flags);
	wr_u32(w, 0);
	wr_u32(w, 0x00120089);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, 1);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, "folder\\small");
}

static void
run_open_close(struct load *l)
{
	struct writer *w;
	uint8_t closing[64];
	const uint8_t *p;
	size_t len, n;
	unsigned i, flying = l->in_flight;

	w = client_begin(l->c, 0x04);
	wr_u16(w, 0);
	wr_u32(w, 0xFFFFFFFF);
	wr_block_bytes(w);
	p = client_message(l->c, &n);
	memcpy(closing, p, n);
	begin_open(l->c, 0);
	keep_message(l);
	for (i = 0; i < flying; i++)
		send_again(l, 0);
	while (flying > 0) {
		p = next_reply(l, &len);
		if (p[4] == 0xA2) {
			memcpy(closing + 33, p + 32 + 1 + 4 + 1, 2);
			memcpy(closing + MID_AT, p + MID_AT, 2);
			put_message(l, closing, n);
			continue;
		}
		l->done++;
		if (time_left(l))
			send_again(l, 0);
		else
			flying--;
	}
}

/* --- locks and oplocks --- */

static void
begin_locking(struct client *c, uint16_t fid, uint8_t type)
{
	struct writer *w = client_begin(c, 0x24);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, type);
	wr_u8(w, 0);
	wr_u32(w, 0);
}

static void
lock_or_unlock(struct client *c, uint16_t fid, bool lock)
{
	struct writer *w;
	struct reply r;

	begin_locking(c, fid, 0);
	w = &c->out;
	wr_u16(w, !lock);
	wr_u16(w, lock);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)c->pid);
	wr_u32(w, 100);
	wr_u32(w, 10);
	if (client_call(c, &r) != STATUS_SUCCESS)
		errx(1, "%s refused: 0x%08x", lock ? "a lock" : "its release", r.h.status);
}

static void
run_lock_unlock(struct load *l)
{
	uint16_t fid = client_open(l->c, "folder\\small");

	do {
		lock_or_unlock(l->c, fid, true);
		lock_or_unlock(l->c, fid, false);
		l->done++;
	} while (time_left(l));
}

static uint16_t
take_open(struct client *c, uint8_t *oplock)
{
	struct reply r;

	client_receive(c, &r);
	if (r.closed || r.h.command != 0xA2 || r.h.status != STATUS_SUCCESS)
		errx(1, "an open was refused");
	rd_skip(&r.words, 4);
	*oplock = rd_u8(&r.words);
	return rd_u16(&r.words);
}

static void
close_fid(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x04);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0xFFFFFFFF);
	if (client_call(c, &r) != STATUS_SUCCESS)
		errx(1, "a close was refused");
}

/* One has a batch oplock, another opens the file: told so, the one gives it up. */
static void
break_once(struct client *holder, struct client *other)
{
	uint16_t held, opened;
	struct reply r;
	uint8_t oplock;

	begin_open(holder, 0x6);
	client_send(holder);
	held = take_open(holder, &oplock);
	if (oplock != 2)
		errx(1, "no batch oplock was granted");
	begin_open(other, 0);
	client_send(other);
	client_receive(holder, &r);
	if (r.closed || r.h.command != 0x24)
		errx(1, "no break came");
	begin_locking(holder, held, 2);
	wr_zero(&holder->out, 4);
	client_send(holder);
	opened = take_open(other, &oplock);
	close_fid(other, opened);
	close_fid(holder, held);
}

static void
run_oplock_break(struct load *l)
{
	struct client *other = log_on(l->port);

	l->begun = now();
	do {
		break_once(l->c, other);
		l->done++;
	} while (time_left(l));
	client_close(&other);
}

/* --- a directory of 20,000 files --- */

/* The names in one FIND reply; the last one's name in *last. */
static unsigned
count_entries(struct trans2 *t, unsigned expected, char **last)
{
	struct reader entry = t->got_data;
	unsigned n;
	uint32_t next;
	size_t at;

	for (n = 0; n < expected; n++) {
		at = entry.pos;
		next = rd_u32(&entry);
		if (next == 0 || n + 1 == expected)
			break;
		entry.pos = at + next;
	}
	rd_skip(&entry, 56);
	at = rd_u32(&entry);
	rd_skip(&entry, 4 + 2 + 24);
	*last = rd_text(&entry, at);
	if (!rd_ok(&entry))
		errx(1, "a listing that cannot be read");
	return n + 1;
}

static unsigned
list_once(struct load *l)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(l->c, &t, 1);
	unsigned files = 0, n;
	uint16_t sid, end;
	char *last, name[256];

	wr_u16(w, 0x16);
	wr_u16(w, 1366);
	wr_u16(w, 6);
	wr_u16(w, 0x104);
	wr_u32(w, 0);
	wr_string(w, "\\list\\*");
	if (client_trans2_call(l->c, &t) != STATUS_SUCCESS)
		errx(1, "the listing was refused");
	sid = rd_u16(&t.got_parameters);
	for (;;) {
		n = rd_u16(&t.got_parameters);
		end = rd_u16(&t.got_parameters);
		files += n;
		count_entries(&t, n, &last);
		if (end)
			return files;
		snprintf(name, sizeof(name), "%s", last);
		w = client_trans2_begin(l->c, &t, 2);
		wr_u16(w, sid);
		wr_u16(w, 1366);
		wr_u16(w, 0x104);
		wr_u32(w, 0);
		wr_u16(w, 0x0E);
		wr_string(w, name);
		if (client_trans2_call(l->c, &t) != STATUS_SUCCESS)
			errx(1, "the listing was refused");
	}
}

static void
run_list(struct load *l)
{
	unsigned n;

	do {
		n = list_once(l);
		if (n < 20000)
			errx(1, "the listing has %u names", n);
		l->done++;
	} while (time_left(l));
}

/* --- connections --- */

static void
run_connect(struct load *l)
{
	struct client *c;

	do {
		c = log_on(l->port);
		client_close(&c);
		l->done++;
	} while (time_left(l));
}

/* Opens in_flight connections, says so, and keeps them until standard input ends. */
static void
run_idle(struct load *l, bool with_file)
{
	struct client *c;
	unsigned i;

	for (i = 0; i < l->in_flight; i++) {
		c = log_on(l->port);
		if (with_file)
			client_open(c, "folder\\small");
		free(c->in);
		c->in = NULL;
		l->done++;
	}
	printf("ready\n");
	fflush(stdout);
	while (getchar() != EOF)
		;
}

static void
run_idle_bare(struct load *l)
{
	run_idle(l, false);
}

static void
run_idle_open(struct load *l)
{
	run_idle(l, true);
}

static const struct {
	const char *name;
	void (*run)(struct load *);
	bool own_connections;
} operations[] = {
	{ "read", run_read, false },
	{ "write", run_write, false },
	{ "query", run_query, false },
	{ "query-short", run_query_short, false },
	{ "query-missing", run_query_missing, false },
	{ "echo", run_echo, false },
	{ "open-close", run_open_close, false },
	{ "lock-unlock", run_lock_unlock, false },
	{ "oplock-break", run_oplock_break, false },
	{ "list", run_list, false },
	{ "connect", run_connect, true },
	{ "idle", run_idle_bare, true },
	{ "idle-open", run_idle_open, true },
};

static void
raise_limit(void)
{
	struct rlimit r;

	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int
main(int argc, char **argv)
{
	struct load l = { 0 };
	size_t i;

	if (argc != 5 && argc != 6)
		errx(2, "usage: load PORT SECONDS OPERATION IN-FLIGHT [PATH]");
	l.port = (uint16_t)atoi(argv[1]);
	l.seconds = atof(argv[2]);
	l.in_flight = (unsigned)atoi(argv[4]);
	l.path = argc == 6 ? argv[5] : "folder\\small";
	l.in = xcalloc(1, BUFFERED);
	l.out = xcalloc(1, BUFFERED);
	raise_limit();
	for (i = 0; strcmp(operations[i].name, argv[3]) != 0; i++)
		if (i + 1 == sizeof(operations) / sizeof(operations[0]))
			errx(2, "%s: no such operation", argv[3]);
	if (!operations[i].own_connections)
		l.c = log_on(l.port);
	l.begun = now();
	operations[i].run(&l);
	printf("%llu %.6f %llu\n", (unsigned long long)l.done, now() - l.begun,
	    (unsigned long long)l.bytes);
	return 0;
}
