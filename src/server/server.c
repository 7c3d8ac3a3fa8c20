/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/server.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "auth/throttle.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/log.h"
#include "base/loop.h"
#include "config/schema.h"
#include "file/node.h"
#include "file/notify.h"
#include "net/listener.h"
#include "server/conn.h"
#include "server/share.h"

#define THROTTLED_ADDRESSES 4096

static void
tick(evutil_socket_t fd, short what, void *arg)
{
	struct server *s = arg;
	struct conn *c, *next;
	uint64_t now = loop_now_ms();

	(void)fd;
	(void)what;
	for (c = TAILQ_FIRST(&s->conns); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		conn_tick(c, now);
	}
	notify_tick(s->notify);
}

static bool
start_tick(struct server *s)
{
	const struct timeval second = { .tv_sec = 1 };

	s->tick = event_new(s->loop->base, -1, EV_PERSIST, tick, s);
	return s->tick != NULL && event_add(s->tick, &second) == 0;
}

/* So that those who open much do not keep others from connecting. */
static uint32_t
descriptors_for_files(void)
{
	struct rlimit limit;
	rlim_t most = UINT32_MAX;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur / 4 * 3 < most)
		most = limit.rlim_cur / 4 * 3;
	return (uint32_t)most;
}

struct server *
server_new(
    struct loop *loop, struct worker *worker, struct config *config, struct account_db *accounts)
{
	struct server *s = xcalloc(1, sizeof *s);

	s->loop = loop;
	s->worker = worker;
	TAILQ_INIT(&s->conns);
	s->max_files = descriptors_for_files();
	s->notify = notify_table_new(loop, worker, config->max_notify_watches);
	s->oem = oem_open(config->dos_charset);
	s->shares = s->oem != NULL ? share_set_new(s, config, accounts) : NULL;
	if (s->shares == NULL) {
		if (s->oem != NULL)
			oem_close(&s->oem);
		notify_table_free(&s->notify);
		free(s);
		return NULL;
	}
	s->files = file_table_new();
	s->throttle = throttle_new(THROTTLED_ADDRESSES);
	if (!start_tick(s))
		server_free(&s);
	return s;
}

bool
server_has_room(const struct server *s)
{
	return s->nfiles < s->max_files;
}

void
server_set_dispatch(struct server *s, const struct conn_ops *ops)
{
	s->ops = ops;
}

void
server_set_pipes(struct server *s, const struct pipe_service *pipes)
{
	s->pipes = pipes;
}

static uint32_t
connections_from(const struct server *s, const char *peer)
{
	const struct conn *c;
	uint32_t n = 0;

	TAILQ_FOREACH (c, &s->conns, link)
		n += strcmp(c->peer, peer) == 0;
	return n;
}

/* Why a connection is not taken, or NULL. */
static const char *
refusal(const struct server *s, const struct sockaddr *addr, const char *peer)
{
	const struct config *conf = s->shares->config;

	if (s->stopping)
		return "the server is stopping";
	if (!share_hosts_admit(&conf->hosts_allow, &conf->hosts_deny, addr))
		return "[global] hosts allow / hosts deny";
	if (s->nconns >= conf->max_connections)
		return "[global] max connections reached";
	if (conf->max_connections_per_address != 0 &&
	    connections_from(s, peer) >= conf->max_connections_per_address)
		return "[global] max connections per address reached";
	return NULL;
}

void
server_accept(void *server, int fd, const struct sockaddr *addr, socklen_t len, bool netbios)
{
	struct server *s = server;
	char peer[INET6_ADDRSTRLEN];
	const char *why;

	address_text(addr, peer, sizeof peer);
	why = refusal(s, addr, peer);
	if (why != NULL) {
		log_info("%s: connection refused: %s", peer, why);
		close(fd);
		return;
	}
	log_debug("%s: connected%s", peer, netbios ? " (NetBIOS)" : "");
	(void)conn_new(s, fd, addr, len, netbios);
}

bool
server_reload(struct server *s, struct config *config, struct account_db *accounts)
{
	struct share_set *set = share_set_new(s, config, accounts);

	if (set == NULL)
		return false;
	share_set_unref(&s->shares);
	s->shares = set;
	/* The character set stays: requests under way hold it. */
	return true;
}

void
server_stop(struct server *s)
{
	struct conn *c, *next;

	s->stopping = true;
	for (c = TAILQ_FIRST(&s->conns); c != NULL; c = next) {
		next = TAILQ_NEXT(c, link);
		conn_drain(c);
	}
}

bool
server_idle(const struct server *s)
{
	return TAILQ_EMPTY(&s->conns);
}

void
server_free(struct server **sp)
{
	struct server *s = *sp;

	if (s->tick != NULL)
		event_free(s->tick);
	share_set_unref(&s->shares);
	throttle_free(&s->throttle);
	file_table_free(&s->files);
	notify_table_free(&s->notify);
	oem_close(&s->oem);
	free(s);
	*sp = NULL;
}
