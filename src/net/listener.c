/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"

#define BACKLOG      512
#define ACCEPTS      16 /* of one turn */
#define NETBIOS_PORT 139

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

struct socket {
	struct listener *listener;
	struct event *ev;
	int fd;
	bool netbios;
};

struct listener {
	struct loop *loop;
	listener_accept *accept;
	void *arg;
	struct event *again; /* when descriptors had run out */
	bool starved;        /* told already */
	size_t count;
	struct socket *sockets;
};

static void
complain(char *err, size_t errlen, const char *address, int error)
{
	const char *remedy = "";

	if (error == EADDRINUSE)
		remedy =
		    "; another server listens there: stop it, or choose another address or port";
	else if (error == EACCES)
		remedy =
		    "; ports below 1024 need root, CAP_NET_BIND_SERVICE or a systemd socket: or choose a "
		    "higher port";
	else if (error == EADDRNOTAVAIL)
		remedy =
		    "; this machine has no such address: use one of its own, or 0.0.0.0 for all";
	else if (error == EAFNOSUPPORT)
		remedy = "; this machine has no IPv6: leave the address out";
	snprintf(err, errlen, "cannot listen on %s: %s%s", address, strerrordesc_np(error), remedy);
}

static bool
parse_port(const char *text, uint16_t *port, bool *netbios)
{
	char *rest;
	unsigned long n = strtoul(text, &rest, 10);

	if (text[0] < '0' || text[0] > '9' || n > UINT16_MAX)
		return false;
	*port = (uint16_t)n;
	*netbios = n == NETBIOS_PORT || strcmp(rest, "/netbios") == 0;
	return *rest == '\0' || strcmp(rest, "/netbios") == 0;
}

static bool
parse(const char *text, union address *out, socklen_t *len, bool *netbios)
{
	const char *colon = strrchr(text, ':');
	char host[INET6_ADDRSTRLEN];
	bool six = text[0] == '[';
	size_t n;
	uint16_t port;

	if (colon == NULL || !parse_port(colon + 1, &port, netbios))
		return false;
	n = (size_t)(colon - text);
	if (six && (n < 2 || text[n - 1] != ']'))
		return false;
	text += six;
	n -= six ? 2 : 0;
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	memset(out, 0, sizeof(*out));
	if (six) {
		out->in6.sin6_family = AF_INET6;
		out->in6.sin6_port = htons(port);
		*len = sizeof(out->in6);
		return inet_pton(AF_INET6, host, &out->in6.sin6_addr) == 1;
	}
	out->in.sin_family = AF_INET;
	out->in.sin_port = htons(port);
	*len = sizeof(out->in);
	return inet_pton(AF_INET, host, &out->in.sin_addr) == 1;
}

static void
set(int fd, int level, int name, int value)
{
	/* Each makes something better and nothing possible: a socket without it serves as well. */
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* Accepted sockets inherit these, which saves five system calls a connection. */
static void
set_inherited(int fd)
{
	set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	set(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
	set(fd, IPPROTO_TCP, TCP_KEEPIDLE, 300);
	set(fd, IPPROTO_TCP, TCP_KEEPINTVL, 30);
	set(fd, IPPROTO_TCP, TCP_KEEPCNT, 4);
}

static void
add(struct listener *l, int fd, bool netbios)
{
	set_inherited(fd);
	l->sockets = xrealloc(l->sockets, (l->count + 1) * sizeof(*l->sockets));
	l->sockets[l->count++] = (struct socket){ .listener = l, .fd = fd, .netbios = netbios };
}

static bool
open_socket(const union address *a, socklen_t len, int *fd)
{
	*fd = socket(a->sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return false;
	set(*fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (a->sa.sa_family == AF_INET6)
		set(*fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (bind(*fd, &a->sa, len) == 0 && listen(*fd, BACKLOG) == 0)
		return true;
	close(*fd);
	return false;
}

/* The address for all of IPv6 stands in the default list; where there is no IPv6 it asks for
 * nothing. */
static bool
is_needless(const union address *a, int error)
{
	return (error == EAFNOSUPPORT || error == EADDRNOTAVAIL) && a->sa.sa_family == AF_INET6 &&
	    IN6_IS_ADDR_UNSPECIFIED(&a->in6.sin6_addr);
}

static bool
add_address(struct listener *l, const char *text, char *err, size_t errlen)
{
	union address a;
	socklen_t len;
	bool netbios;
	int fd;

	if (!parse(text, &a, &len, &netbios)) {
		snprintf(err, errlen,
		    "cannot listen on \"%s\": write ADDRESS:PORT, as 127.0.0.1:445 or [::1]:445, with /netbios behind "
		    "the port for NetBIOS sessions",
		    text);
		return false;
	}
	if (open_socket(&a, len, &fd)) {
		add(l, fd, netbios);
		return true;
	}
	if (is_needless(&a, errno)) {
		log_info("not listening on %s: this machine has no IPv6", text);
		return true;
	}
	complain(err, errlen, text, errno);
	return false;
}

static bool
is_netbios_socket(int fd, const char *name)
{
	union address a = { .sa.sa_family = AF_UNSPEC };
	socklen_t len = sizeof(a);

	if (name != NULL && strstr(name, "netbios") != NULL)
		return true;
	if (getsockname(fd, &a.sa, &len) != 0)
		return false;
	if (a.sa.sa_family == AF_INET6)
		return ntohs(a.in6.sin6_port) == NETBIOS_PORT;
	return a.sa.sa_family == AF_INET && ntohs(a.in.sin_port) == NETBIOS_PORT;
}

static bool
add_inherited(struct listener *l, int fd, const char *name, char *err, size_t errlen)
{
	int flags = fcntl(fd, F_GETFL);

	if (sd_is_socket(fd, AF_UNSPEC, SOCK_STREAM, 1) <= 0 || flags < 0 ||
	    fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		snprintf(err, errlen,
		    "socket %d from systemd is no listening stream socket: see ListenStream= of its unit",
		    fd);
		close(fd);
		return false;
	}
	add(l, fd, is_netbios_socket(fd, name));
	return true;
}

/* The number of sockets taken over from systemd; -1 after a complaint. */
static int
add_from_systemd(struct listener *l, char *err, size_t errlen)
{
	char **names = NULL;
	int n = sd_listen_fds_with_names(1, &names), result = n;

	for (int i = 0; i < n; i++) {
		if (result >= 0 &&
		    !add_inherited(l, SD_LISTEN_FDS_START + i, names[i], err, errlen))
			result = -1;
		free(names[i]);
	}
	free(names);
	if (n < 0)
		snprintf(
		    err, errlen, "cannot take over sockets from systemd: %s", strerrordesc_np(-n));
	return result;
}

struct listener *
listener_open(struct loop *loop, char *const *addresses, size_t n, char *err, size_t errlen)
{
	struct listener *l = xcalloc(1, sizeof(*l));
	int inherited;

	l->loop = loop;
	inherited = add_from_systemd(l, err, errlen);
	if (inherited < 0) {
		listener_free(&l);
		return NULL;
	}
	for (size_t i = 0; i < n && inherited == 0; i++) {
		if (!add_address(l, addresses[i], err, errlen)) {
			listener_free(&l);
			return NULL;
		}
	}
	if (l->count == 0) {
		snprintf(err, errlen, "no address to listen on: name one with \"listen\"");
		listener_free(&l);
	}
	return l;
}

static void
stop_accepting(struct listener *l, int error)
{
	static const struct timeval second = { .tv_sec = 1 };

	if (!l->starved)
		log_warning(
		    "cannot accept connections: %s; trying again each second (LimitNOFILE= or ulimit -n "
		    "sets how many descriptors there are)",
		    strerrordesc_np(error));
	l->starved = true;
	for (size_t i = 0; i < l->count; i++)
		event_del(l->sockets[i].ev);
	event_add(l->again, &second);
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd, (void)what;
	for (size_t i = 0; i < l->count; i++)
		event_add(l->sockets[i].ev, NULL);
}

static bool
is_out_of_something(int error)
{
	return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* False when there is nobody more to accept. */
static bool
accept_one(struct socket *s)
{
	struct listener *l = s->listener;
	union address a;
	socklen_t len = sizeof(a);
	int fd = accept4(s->fd, &a.sa, &len, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		l->starved = false;
		l->accept(l->arg, fd, &a.sa, len, s->netbios);
		return true;
	}
	if (is_out_of_something(errno)) {
		stop_accepting(l, errno);
		return false;
	}
	/* Any other error is of one connection that has gone meanwhile: accept(2). */
	return errno != EAGAIN;
}

static void
on_connection(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what;
	for (int i = 0; i < ACCEPTS && accept_one(arg); i++)
		;
}

void
listener_start(struct listener *l, listener_accept *accept, void *arg)
{
	l->accept = accept;
	l->arg = arg;
	l->again = event_new(l->loop->base, -1, 0, on_again, l);
	if (l->again == NULL)
		abort();
	for (size_t i = 0; i < l->count; i++) {
		struct socket *s = &l->sockets[i];

		s->ev = event_new(l->loop->base, s->fd, EV_READ | EV_PERSIST, on_connection, s);
		if (s->ev == NULL || event_add(s->ev, NULL) != 0)
			abort();
	}
}

void
listener_free(struct listener **lp)
{
	struct listener *l = *lp;

	*lp = NULL;
	if (l == NULL)
		return;
	for (size_t i = 0; i < l->count; i++) {
		if (l->sockets[i].ev != NULL)
			event_free(l->sockets[i].ev);
		close(l->sockets[i].fd);
	}
	if (l->again != NULL)
		event_free(l->again);
	free(l->sockets);
	free(l);
}

bool
listener_address(const struct listener *l, size_t i, char *out, size_t outlen)
{
	union address a = { .sa.sa_family = AF_UNSPEC };
	socklen_t len = sizeof(a);
	char host[INET6_ADDRSTRLEN] = "local";
	bool six;
	uint16_t port;

	if (i >= l->count || getsockname(l->sockets[i].fd, &a.sa, &len) != 0)
		return false;
	six = a.sa.sa_family == AF_INET6;
	port = ntohs(six ? a.in6.sin6_port : a.in.sin_port);
	if (six)
		inet_ntop(AF_INET6, &a.in6.sin6_addr, host, sizeof(host));
	else
		address_text(&a.sa, host, sizeof(host));
	snprintf(out, outlen, "%s%s%s:%u%s", six ? "[" : "", host, six ? "]" : "", (unsigned)port,
	    l->sockets[i].netbios && port != NETBIOS_PORT ? "/netbios" : "");
	return true;
}
