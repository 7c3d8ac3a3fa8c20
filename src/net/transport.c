/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/transport.h"

#include <errno.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "net/nbt_session.h"
#include "wire/frame.h"

#define SCRATCH  16384
#define ROUNDS   4 /* receives of one turn, so that a fast client does not starve the others */
#define IOVS     512
#define EAGER    ((size_t)64 << 10)
#define DRAIN_MS 5000

enum state {
	NB_REQUEST, /* a NetBIOS session not asked for yet */
	OPEN,
	DRAINING, /* given up by its owner */
	DEAD,     /* closed() is running */
};

/* Bytes received but not to be looked at yet: the owner paused or is owed room for replies. */
struct held {
	size_t pos, len;
	uint8_t bytes[];
};

TAILQ_HEAD(transport_list, transport);

struct transport {
	struct hub *hub;
	const struct transport_ops *ops;
	void *owner;
	struct event *read_ev, *write_ev; /* write_ev only while the socket is full */
	struct frame *in;                 /* being received; got bytes of it are there */
	size_t got;
	struct held *held;
	struct frame_queue out;
	size_t unsent;
	const char *why;   /* when ended */
	uint64_t deadline; /* 0: not on hub->timed */
	TAILQ_ENTRY(transport) flush_link, timed_link;
	struct transport_limits limits;
	int fd;
	uint8_t head[FRAME_HEAD], nhead, type;
	uint8_t state;
	bool netbios;
	bool reading;   /* read_ev is added */
	bool paused;    /* by the owner */
	bool choked;    /* too much unsent */
	bool unflushed; /* on hub->unflushed */
	bool handed;    /* frames in this turn */
	bool ended;     /* closed() is due */
};

/* What the transports of one loop share; lives as long as there is one. */
struct hub {
	LIST_ENTRY(hub) link;
	struct loop *loop;
	size_t refs;               /* transports, and passes over the lists */
	struct transport *current; /* whose read turn it is */
	struct event *flush_ev, *timer;
	uint64_t timer_at;               /* 0: not running */
	struct transport_list unflushed; /* something was queued outside their turn */
	struct transport_list timed;
	char reason[128];
	struct iovec iov[IOVS];
	uint8_t scratch[SCRATCH];
};

static LIST_HEAD(, hub) hubs = LIST_HEAD_INITIALIZER(hubs);

static const struct transport_limits default_limits = {
	.max_frame = 0x1FFFF,
	.max_unsent = 1 << 20,
	.frame_timeout = 30,
};

static void settle(struct transport *t);
static void on_flush(evutil_socket_t fd, short what, void *arg);
static void on_timer(evutil_socket_t fd, short what, void *arg);

static struct hub *
hub_find(const struct loop *loop)
{
	struct hub *hub;

	LIST_FOREACH (hub, &hubs, link) {
		if (hub->loop == loop)
			return hub;
	}
	return NULL;
}

static struct hub *
hub_ref(struct loop *loop)
{
	struct hub *hub = hub_find(loop);

	if (hub == NULL) {
		hub = xcalloc(1, sizeof(*hub));
		hub->loop = loop;
		hub->flush_ev = event_new(loop->base, -1, 0, on_flush, hub);
		hub->timer = event_new(loop->base, -1, 0, on_timer, hub);
		if (hub->flush_ev == NULL || hub->timer == NULL)
			abort();
		TAILQ_INIT(&hub->unflushed);
		TAILQ_INIT(&hub->timed);
		LIST_INSERT_HEAD(&hubs, hub, link);
	}
	hub->refs++;
	return hub;
}

static void
hub_unref(struct hub *hub)
{
	if (--hub->refs > 0)
		return;
	event_free(hub->flush_ev);
	event_free(hub->timer);
	LIST_REMOVE(hub, link);
	free(hub);
}

static void
start_timer(struct hub *hub, uint64_t at, uint64_t now)
{
	uint64_t ms = at > now ? at - now : 0;
	struct timeval tv = { .tv_sec = (time_t)(ms / 1000),
		.tv_usec = (suseconds_t)(ms % 1000 * 1000) };

	hub->timer_at = at;
	event_add(hub->timer, &tv);
}

static void
set_deadline(struct transport *t, uint64_t ms)
{
	struct hub *hub = t->hub;
	uint64_t now = loop_now_ms();

	if (t->deadline == 0)
		TAILQ_INSERT_TAIL(&hub->timed, t, timed_link);
	t->deadline = now + ms;
	if (hub->timer_at == 0 || t->deadline < hub->timer_at)
		start_timer(hub, t->deadline, now);
}

/* The hub's timer is left running: it finds nothing due then, which costs less than stopping it for
 * each frame. */
static void
clear_deadline(struct transport *t)
{
	if (t->deadline == 0)
		return;
	t->deadline = 0;
	TAILQ_REMOVE(&t->hub->timed, t, timed_link);
}

/* The stream is over for us; settle() tells the owner. */
static void
end(struct transport *t, const char *why)
{
	if (t->ended)
		return;
	t->ended = true;
	t->why = why;
}

static void __attribute__((format(printf, 2, 3)))
end_because(struct transport *t, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t->hub->reason, sizeof(t->hub->reason), fmt, ap);
	va_end(ap);
	end(t, t->hub->reason);
}

static bool
is_live(const struct transport *t)
{
	return t->state == NB_REQUEST || t->state == OPEN;
}

/* May more frames be handed to the owner now? */
static bool
is_taking(const struct transport *t)
{
	return is_live(t) && !t->ended && !t->paused && !t->choked;
}

/* ---- out ---- */

static int
gather(const struct transport *t, struct iovec *iov, size_t *total)
{
	const struct frame *f;
	int n = 0;

	*total = 0;
	STAILQ_FOREACH (f, &t->out, link) {
		if (n == IOVS)
			break;
		iov[n].iov_base = (uint8_t *)f + offsetof(struct frame, head) + f->sent;
		iov[n].iov_len = FRAME_HEAD + f->len - f->sent;
		*total += iov[n++].iov_len;
	}
	return n;
}

static void
release_sent(struct transport *t, size_t n)
{
	t->unsent -= n;
	while (n > 0) {
		struct frame *f = STAILQ_FIRST(&t->out);
		size_t left = FRAME_HEAD + f->len - f->sent;

		if (n < left) {
			f->sent += n;
			return;
		}
		n -= left;
		STAILQ_REMOVE_HEAD(&t->out, link);
		frame_free(&f);
	}
}

static void on_writable(evutil_socket_t fd, short what, void *arg);

static void
watch_writable(struct transport *t, bool on)
{
	if (on == (t->write_ev != NULL))
		return;
	if (!on) {
		event_free(t->write_ev);
		t->write_ev = NULL;
		return;
	}
	t->write_ev = event_new(t->hub->loop->base, t->fd, EV_WRITE | EV_PERSIST, on_writable, t);
	if (t->write_ev == NULL || event_add(t->write_ev, NULL) != 0)
		end(t, "out of memory");
}

static ssize_t
send_once(const struct transport *t, size_t *total)
{
	const int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
	struct msghdr msg = { .msg_iov = t->hub->iov };

	msg.msg_iovlen = (size_t)gather(t, msg.msg_iov, total);
	if (msg.msg_iovlen == 1)
		return send(t->fd, msg.msg_iov->iov_base, msg.msg_iov->iov_len, flags);
	return sendmsg(t->fd, &msg, flags);
}

static void
send_queued(struct transport *t)
{
	while (t->unsent > 0) {
		size_t total;
		ssize_t n = send_once(t, &total);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN) {
			end(t, strerrordesc_np(errno));
			return;
		}
		if (n > 0)
			release_sent(t, (size_t)n);
		if (n < (ssize_t)total)
			break;
	}
	watch_writable(t, t->unsent > 0);
}

static void
queue(struct transport *t, struct frame *f)
{
	struct hub *hub = t->hub;

	if (!is_live(t)) {
		frame_free(&f);
		return;
	}
	f->sent = 0;
	STAILQ_INSERT_TAIL(&t->out, f, link);
	t->unsent += FRAME_HEAD + f->len;
	if (hub->current == t || t->unflushed)
		return;
	if (TAILQ_EMPTY(&hub->unflushed))
		event_active(hub->flush_ev, 0, 0);
	TAILQ_INSERT_TAIL(&hub->unflushed, t, flush_link);
	t->unflushed = true;
}

/* Replies without a message: to a session request, and keep-alives. */
static void
queue_bare(struct transport *t, uint8_t type, uint8_t code)
{
	struct frame *f = frame_new(1);

	f->smb[0] = code;
	f->len = type == NBSS_NEGATIVE ? 1 : 0;
	frame_put_head(f, type);
	queue(t, f);
}

/* ---- in ---- */

static void
session_request(struct transport *t, const struct frame *f)
{
	struct nbt_name called, calling;
	uint8_t code;

	if (!t->netbios) {
		queue_bare(t, NBSS_POSITIVE, 0);
		return;
	}
	if (!nbt_request_parse(f->smb, f->len, &called, &calling)) {
		queue_bare(t, NBSS_NEGATIVE, NBT_UNSPECIFIED_ERROR);
		end(t, "a malformed session request");
		return;
	}
	code = t->ops->called != NULL ? t->ops->called(t->owner, called.name, called.suffix) : 0;
	if (code != 0) {
		queue_bare(t, NBSS_NEGATIVE, code);
		end_because(t,
		    "a session request from \"%s\" for \"%s\" <%02x> refused with 0x%02X",
		    log_clean(calling.name), log_clean(called.name), called.suffix, code);
		return;
	}
	if (t->state != NB_REQUEST)
		return;
	t->state = OPEN;
	queue_bare(t, NBSS_POSITIVE, 0);
}

/* May a message of this type begin here? Decided before its body is waited for. */
static bool
is_expected(struct transport *t, size_t len)
{
	size_t max = t->type == NBSS_MESSAGE ? t->limits.max_frame : NBT_REQUEST_MAX;

	if (t->type != NBSS_MESSAGE && t->type != NBSS_REQUEST && t->type != NBSS_KEEPALIVE)
		end_because(t, "a message of type 0x%02X", t->type);
	else if (t->type == NBSS_MESSAGE && t->state == NB_REQUEST)
		end(t, "a message before the session request");
	else if (t->type == NBSS_REQUEST && t->netbios && t->state == OPEN)
		end(t, "a second session request");
	else if (len > max)
		end_because(t, "a message of %zu bytes, %zu being allowed", len, max);
	return !t->ended;
}

/* Replies are piling up in the middle of a turn: let them go, so that the client works on them
 * while we work on the next, and take no more requests when they do not go. */
static void
relieve(struct transport *t)
{
	if ((t->unsent < EAGER && t->unsent < t->limits.max_unsent) || !is_live(t))
		return;
	if (t->write_ev == NULL)
		send_queued(t);
	t->choked = t->unsent >= t->limits.max_unsent;
}

static void
deliver(struct transport *t)
{
	struct frame *f = t->in;

	t->in = NULL;
	t->nhead = 0;
	clear_deadline(t);
	if (t->type == NBSS_MESSAGE) {
		t->handed = true;
		t->ops->frame(t->owner, f);
		relieve(t);
		return;
	}
	if (t->type == NBSS_REQUEST)
		session_request(t, f);
	frame_free(&f);
}

static size_t
take_head(struct transport *t, const uint8_t *p, size_t n)
{
	size_t some = FRAME_HEAD - t->nhead, len;

	if (some > n)
		some = n;
	memcpy(t->head + t->nhead, p, some);
	t->nhead = (uint8_t)(t->nhead + some);
	if (t->nhead < FRAME_HEAD)
		return some;
	if (!frame_parse_head(t->head, t->netbios, &t->type, &len)) {
		end(t, "reserved bits set in a message's header");
		return some;
	}
	if (!is_expected(t, len))
		return some;
	t->in = frame_new_raw(len);
	t->in->len = len;
	t->got = 0;
	if (len == 0)
		deliver(t);
	return some;
}

static size_t
take_body(struct transport *t, const uint8_t *p, size_t n)
{
	size_t some = t->in->len - t->got;

	if (some > n)
		some = n;
	memcpy(t->in->smb + t->got, p, some);
	t->got += some;
	if (t->got == t->in->len)
		deliver(t);
	return some;
}

/* The number of bytes used: fewer than n when no more may be taken now. */
static size_t
take(struct transport *t, const uint8_t *p, size_t n)
{
	size_t pos = 0;

	while (pos < n && is_taking(t)) {
		if (t->in == NULL)
			pos += take_head(t, p + pos, n - pos);
		else
			pos += take_body(t, p + pos, n - pos);
	}
	return pos;
}

static void
hold(struct transport *t, const uint8_t *p, size_t n)
{
	if (!is_live(t) || t->ended)
		return;
	t->held = xcalloc(1, sizeof(*t->held) + n);
	t->held->len = n;
	memcpy(t->held->bytes, p, n);
}

/* False when bytes are still held. It is off t meanwhile, since a callback may close t. */
static bool
take_held(struct transport *t)
{
	struct held *h = t->held;

	if (h == NULL)
		return true;
	t->held = NULL;
	h->pos += take(t, h->bytes + h->pos, h->len - h->pos);
	if (h->pos == h->len || !is_live(t) || t->ended) {
		free(h);
		return true;
	}
	t->held = h;
	return false;
}

static void
receive_failed(struct transport *t, ssize_t n)
{
	if (n == 0)
		end(t, t->in != NULL || t->nhead > 0 ? "ended in the middle of a message" : NULL);
	else if (errno != EAGAIN && errno != EINTR)
		end(t, strerrordesc_np(errno));
}

static ssize_t
receive_once(const struct transport *t, size_t rest)
{
	uint8_t *scratch = t->hub->scratch;
	struct iovec iov[2] = { { .iov_len = rest }, { scratch, SCRATCH } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (rest == 0)
		return recv(t->fd, scratch, SCRATCH, MSG_DONTWAIT);
	iov[0].iov_base = t->in->smb + t->got;
	return recvmsg(t->fd, &msg, MSG_DONTWAIT);
}

/* One receive: straight into a frame that is begun, and what follows into the scratch buffer. True
 * when there may be more. */
static bool
receive(struct transport *t)
{
	struct hub *hub = t->hub;
	size_t rest = t->in != NULL ? t->in->len - t->got : 0, n, used;
	ssize_t got = receive_once(t, rest);

	if (got <= 0) {
		receive_failed(t, got);
		return false;
	}
	n = (size_t)got;
	if (n < rest) {
		t->got += n;
		return false;
	}
	if (rest > 0) {
		t->got += rest;
		deliver(t);
	}
	used = take(t, hub->scratch, n - rest);
	if (used < n - rest)
		hold(t, hub->scratch + used, n - rest - used);
	return n == rest + SCRATCH && is_taking(t);
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct transport *t = arg;

	(void)fd, (void)what;
	if (!is_taking(t)) {
		event_del(t->read_ev);
		t->reading = false;
		return;
	}
	t->hub->current = t;
	t->handed = false;
	if (take_held(t) && is_taking(t)) {
		for (int i = 0; i < ROUNDS && receive(t); i++)
			;
	}
	if (t->handed && is_live(t) && t->ops->turn_over != NULL)
		t->ops->turn_over(t->owner);
	t->hub->current = NULL;
	settle(t);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct transport *t = arg;

	(void)fd, (void)what;
	send_queued(t);
	settle(t);
}

/* ---- between turns ---- */

/* A close while bytes wait unread makes the kernel send a reset, which can overtake the last
 * replies. */
static void
discard_input(struct transport *t)
{
	shutdown(t->fd, SHUT_WR);
	for (int i = 0; i < ROUNDS && recv(t->fd, t->hub->scratch, SCRATCH, MSG_DONTWAIT) > 0; i++)
		;
}

static void
drop_input(struct transport *t)
{
	if (t->in != NULL)
		frame_free(&t->in);
	free(t->held);
	t->held = NULL;
	clear_deadline(t);
	event_del(t->read_ev);
	t->reading = false;
}

static void
transport_free(struct transport *t)
{
	struct frame *f;

	drop_input(t);
	watch_writable(t, false);
	event_free(t->read_ev);
	while ((f = STAILQ_FIRST(&t->out)) != NULL) {
		STAILQ_REMOVE_HEAD(&t->out, link);
		frame_free(&f);
	}
	if (t->unflushed)
		TAILQ_REMOVE(&t->hub->unflushed, t, flush_link);
	discard_input(t);
	close(t->fd);
	hub_unref(t->hub);
	free(t);
}

/* A message that is not whole by its deadline ends the connection; one that we do not read
 * ourselves does not count. */
static void
watch_frame(struct transport *t, bool blocked)
{
	bool partial = t->in != NULL || t->nhead > 0;

	if (!partial || blocked)
		clear_deadline(t);
	else if (t->deadline == 0 && t->limits.frame_timeout > 0)
		set_deadline(t, (uint64_t)t->limits.frame_timeout * 1000);
}

static void
resume_reading(struct transport *t)
{
	if (!t->reading) {
		t->reading = true;
		event_add(t->read_ev, NULL);
	}
	if (t->held != NULL)
		event_active(t->read_ev, EV_READ, 0);
}

/* After each turn, whatever happened in it: sends, then frees, tells the owner, or says what is
 * waited for. May free t. */
static void
settle(struct transport *t)
{
	bool blocked;

	if (t->write_ev == NULL)
		send_queued(t);
	if (t->state == DRAINING) {
		if (t->ended || t->unsent == 0)
			transport_free(t);
		else if (t->deadline == 0)
			set_deadline(t, DRAIN_MS);
		return;
	}
	if (t->ended) {
		t->state = DEAD;
		t->ops->closed(t->owner, t->why);
		transport_free(t);
		return;
	}
	t->choked = t->unsent >= (t->choked ? t->limits.max_unsent / 2 + 1 : t->limits.max_unsent);
	blocked = t->paused || t->choked;
	watch_frame(t, blocked);
	if (!blocked)
		resume_reading(t);
}

static void
on_flush(evutil_socket_t fd, short what, void *arg)
{
	struct hub *hub = arg;
	struct transport *t;

	(void)fd, (void)what;
	hub->refs++;
	while ((t = TAILQ_FIRST(&hub->unflushed)) != NULL) {
		TAILQ_REMOVE(&hub->unflushed, t, flush_link);
		t->unflushed = false;
		settle(t);
	}
	hub_unref(hub);
}

static struct transport *
first_due(const struct hub *hub, uint64_t now, uint64_t *next)
{
	struct transport *t;

	*next = 0;
	TAILQ_FOREACH (t, &hub->timed, timed_link) {
		if (t->deadline <= now)
			return t;
		if (*next == 0 || t->deadline < *next)
			*next = t->deadline;
	}
	return NULL;
}

static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct hub *hub = arg;
	uint64_t now = loop_now_ms(), next;
	struct transport *t;

	(void)fd, (void)what;
	hub->refs++;
	hub->timer_at = 0;
	while ((t = first_due(hub, now, &next)) != NULL) {
		clear_deadline(t);
		end_because(
		    t, "a message took longer than %u s", (unsigned)t->limits.frame_timeout);
		settle(t);
	}
	if (next != 0 && (hub->timer_at == 0 || next < hub->timer_at))
		start_timer(hub, next, now);
	hub_unref(hub);
}

/* ---- the owner's side ---- */

struct transport *
transport_new(struct loop *loop, int fd, bool netbios, const struct transport_ops *ops, void *owner)
{
	struct transport *t = xcalloc(1, sizeof(*t));

	t->hub = hub_ref(loop);
	t->ops = ops;
	t->owner = owner;
	t->fd = fd;
	t->netbios = netbios;
	t->state = netbios ? NB_REQUEST : OPEN;
	t->limits = default_limits;
	STAILQ_INIT(&t->out);
	t->read_ev = event_new(loop->base, fd, EV_READ | EV_PERSIST, on_readable, t);
	if (t->read_ev == NULL)
		abort();
	resume_reading(t);
	return t;
}

void
transport_set_limits(struct transport *t, const struct transport_limits *limits)
{
	t->limits = *limits;
}

void
transport_send(struct transport *t, struct frame *f)
{
	frame_put_head(f, NBSS_MESSAGE);
	queue(t, f);
}

void
transport_keepalive(struct transport *t)
{
	queue_bare(t, NBSS_KEEPALIVE, 0);
}

void
transport_pause(struct transport *t, bool pause)
{
	t->paused = pause;
	if (t->hub->current == t || !is_live(t))
		return;
	watch_frame(t, t->paused || t->choked);
	if (!t->paused && !t->choked)
		resume_reading(t);
}

void
transport_close(struct transport *t)
{
	if (!is_live(t))
		return;
	t->state = DRAINING;
	drop_input(t);
	if (t->hub->current != t)
		settle(t);
}

size_t
transport_unsent(const struct transport *t)
{
	return t->unsent;
}

bool
transports_gone(const struct loop *loop)
{
	return hub_find(loop) == NULL;
}
