/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "net/listener.h"
#include "net/transport.h"
#include "server/handle.h"
#include "server/messenger.h"
#include "server/raw.h"
#include "server/search.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/frame.h"

#define MAX_SESSIONS  512
#define MAX_TREES     2048
#define MAX_SEARCHES  2048
#define MAX_UNSENT    (1u << 20)
#define FRAME_TIMEOUT 60

/*
 * Under way at once before log-on, when a request holds as much memory and nobody answers for it.
 */
#define EARLY_REQUESTS 4

/* WRITE_ANDX of 64 KiB and more with its header; direct TCP could say 16 MiB. */
#define MAX_FRAME (130u * 1024)
/* Before log-on nothing longer than a security blob is due. */
#define MAX_FRAME_EARLY (68u * 1024)

static uint32_t
most_requests(const struct conn *c)
{
	return c->logged_on ? c->set->config->max_mux * 2 : EARLY_REQUESTS;
}

bool
conn_is_busy(const struct conn *c)
{
	return c->outstanding > most_requests(c) / 2;
}

/* What follows a raw message may rely on it. */
static void
set_paused(struct conn *c)
{
	bool pause = c->crowded || c->draining || c->raw_taken;

	if (c->closing || pause == c->paused)
		return;
	c->paused = pause;
	transport_pause(c->transport, pause);
}

static void
on_frame(void *owner, struct frame *f)
{
	struct conn *c = owner;

	c->last_ms = loop_now_ms();
	if (c->raw_due)
		request_take_raw(c, f);
	else
		c->server->ops->frame(c, f);
	if (c->outstanding >= most_requests(c))
		c->crowded = true;
	set_paused(c);
}

static void
on_closed(void *owner, const char *why)
{
	struct conn *c = owner;

	c->transport = NULL;
	conn_close(c, why);
}

/*
 * Our name, or one of the names for "whoever listens here" ([RFC1002] 5.3.1.1, and Windows' own
 * habits).
 */
static uint8_t
on_called(void *owner, const char *name, uint8_t suffix)
{
	struct conn *c = owner;

	(void)suffix;
	if (strcasecmp(name, c->set->config->netbios_name) != 0 &&
	    strncasecmp(name, "*SMBSERV", 8) != 0) {
		log_info("%s: session request for %s, which is not %s", c->peer, log_clean(name),
		    c->set->config->netbios_name);
		return 0x82;
	}
	return 0;
}

static const struct transport_ops transport_ops = {
	.frame = on_frame,
	.closed = on_closed,
	.called = on_called,
};

static void
set_limits(struct conn *c)
{
	const struct transport_limits limits = {
		.max_frame = c->logged_on ? MAX_FRAME : MAX_FRAME_EARLY,
		.max_unsent = MAX_UNSENT,
		.frame_timeout = FRAME_TIMEOUT,
	};

	transport_set_limits(c->transport, &limits);
}

static void
conn_free(struct conn *c)
{
	struct server *s = c->server;

	TAILQ_REMOVE(&s->conns, c, link);
	s->nconns--;
	idmap_clear(&c->handles);
	idmap_clear(&c->searches);
	idmap_clear(&c->trees);
	idmap_clear(&c->sessions);
	signing_clear(&c->signing);
	share_set_unref(&c->set);
	messenger_forget(c);
	free(c->native_os);
	free(c);
}

/* All requests have ended: what is left is closed and the memory given back. */
static void
reap(struct waiter *w, nt_status why)
{
	struct conn *c = (struct conn *)(void *)((char *)w - offsetof(struct conn, reaper));
	struct conn_owner everybody = { 0 };
	struct session *session;
	struct tree *tree;
	uint32_t pos;

	(void)why;
	conn_release(c, &everybody);
	for (pos = 0; (tree = idmap_next(&c->trees, &pos)) != NULL;)
		tree_disconnect(&tree);
	for (pos = 0; (session = idmap_next(&c->sessions, &pos)) != NULL;)
		session_end(&session);
	conn_free(c);
}

struct conn *
conn_new(struct server *s, int fd, const struct sockaddr *addr, socklen_t len, bool netbios)
{
	struct conn *c = xcalloc(1, sizeof *c);

	c->server = s;
	c->set = share_set_ref(s->shares);
	c->id = ++s->next_conn_id;
	memcpy(&c->addr, addr, len < sizeof c->addr ? len : sizeof c->addr);
	address_text(&c->addr.sa, c->peer, sizeof c->peer);
	c->netbios = netbios;
	c->since_ms = c->last_ms = c->alive_ms = loop_now_ms();
	idmap_init(&c->sessions, MAX_SESSIONS);
	idmap_init(&c->trees, MAX_TREES);
	idmap_init(&c->searches, MAX_SEARCHES);
	idmap_init(&c->handles, c->set->config->max_open_files);
	TAILQ_INIT(&c->requests);
	waiter_init(&c->reaper, s->loop, reap);
	TAILQ_INSERT_TAIL(&s->conns, c, link);
	s->nconns++;
	c->transport = transport_new(s->loop, fd, netbios, &transport_ops, c);
	set_limits(c);
	return c;
}

/* Nobody is there to answer for them, though a job may keep the files open for a while. */
static void
drop_oplocks(struct conn *c)
{
	struct handle *h;
	uint32_t pos = 0;

	while ((h = idmap_next(&c->handles, &pos)) != NULL) {
		if (h->open != NULL)
			file_oplock_drop(h->open);
	}
}

void
conn_close(struct conn *c, const char *why)
{
	struct request *req;

	if (c->closing)
		return;
	c->closing = true;
	if (why != NULL)
		log_info("%s: connection closed: %s", c->peer, why);
	if (c->transport != NULL)
		transport_close(c->transport);
	c->transport = NULL;
	TAILQ_FOREACH (req, &c->requests, link)
		request_cancel(req);
	drop_oplocks(c);
	if (c->outstanding == 0)
		waiter_wake(&c->reaper, STATUS_SUCCESS);
}

void
conn_drain(struct conn *c)
{
	struct request *req;

	if (c->closing || c->draining)
		return;
	c->draining = true;
	if (c->outstanding == 0) {
		conn_close(c, NULL);
		return;
	}
	set_paused(c);
	TAILQ_FOREACH (req, &c->requests, link)
		request_cancel(req);
}

void
conn_send(struct conn *c, struct frame *f)
{
	if (c->closing)
		frame_free(&f);
	else
		transport_send(c->transport, f);
}

void
conn_request_ended(struct conn *c)
{
	c->outstanding--;
	if (c->closing && c->outstanding == 0)
		waiter_wake(&c->reaper, STATUS_SUCCESS);
	else if (c->draining && c->outstanding == 0)
		conn_close(c, NULL);
	else if (c->outstanding <= most_requests(c) / 2)
		c->crowded = false;
	set_paused(c);
}

void
conn_logged_on(struct conn *c)
{
	c->logged_on = true;
	set_limits(c);
}

static bool
owns(const struct conn_owner *o, const struct tree *tree, uint16_t uid, uint32_t pid)
{
	if (o->tree != NULL && o->tree != tree)
		return false;
	if (o->uid != 0 && o->uid != uid)
		return false;
	return !o->by_pid || o->pid == pid;
}

static void
release_requests(struct conn *c, const struct conn_owner *o)
{
	struct request *req;

	TAILQ_FOREACH (req, &c->requests, link) {
		uint16_t uid = req->session != NULL ? req->session->uid : 0;

		if (!owns(o, req->tree, uid, req->hdr.pid))
			continue;
		request_cancel(req);
		if (!o->by_pid)
			request_orphan(req);
	}
}

void
conn_release(struct conn *c, const struct conn_owner *o)
{
	struct handle *h;
	struct search *s;
	uint32_t pos;

	release_requests(c, o);
	for (pos = 0; (h = idmap_next(&c->handles, &pos)) != NULL;) {
		if (owns(o, h->tree, h->uid, h->pid))
			(void)handle_close(h);
	}
	for (pos = 0; (s = idmap_next(&c->searches, &pos)) != NULL;) {
		if (owns(o, s->tree, s->uid, s->pid))
			search_close(s);
	}
}

static bool
overdue(uint64_t since_ms, uint64_t now_ms, uint64_t seconds)
{
	return seconds != 0 && now_ms - since_ms > seconds * 1000;
}

void
conn_tick(struct conn *c, uint64_t now_ms)
{
	const struct config *conf = c->set->config;

	if (c->closing)
		return;
	if (!c->logged_on) {
		if (overdue(c->since_ms, now_ms, conf->logon_timeout))
			conn_close(c, "no log-on within \"logon timeout\"");
		return;
	}
	if (c->handles.count == 0 && c->outstanding == 0 &&
	    overdue(c->last_ms, now_ms, 60ull * conf->deadtime)) {
		conn_close(c, "idle for \"deadtime\" without open files");
		return;
	}
	if (c->netbios && overdue(c->alive_ms, now_ms, conf->keepalive)) {
		c->alive_ms = now_ms;
		transport_keepalive(c->transport);
	}
}
