/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/ctl/ctl.h"

#include <errno.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/ctl/dump.h"

#define CALLERS_MAX    8
#define LINE_MAX_BYTES 256
#define BACKLOG        16

static const struct timeval patience = { .tv_sec = 10 };
static const struct timeval pause_time = { .tv_sec = 1 };

/*
 *   reading --a line--> answering --all written--> gone
 *   reading, answering --10 s, end, too long a line--> gone
 */
struct caller {
	struct ctl *ctl;
	struct bufferevent *bev;
	LIST_ENTRY(caller) link;
};

struct ctl {
	int fd;
	char *path;
	struct event *readable, *pause;
	struct event_base *base;
	struct ctl_subject subject;
	LIST_HEAD(, caller) callers;
	unsigned ncallers;
};

static bool
set_path(struct sockaddr_un *to, const char *path)
{
	memset(to, 0, sizeof *to);
	to->sun_family = AF_UNIX;
	if (strlen(path) >= sizeof to->sun_path) {
		errno = ENAMETOOLONG;
		return false;
	}
	memcpy(to->sun_path, path, strlen(path));
	return true;
}

/* Somebody answers there; a socket whose daemon has died is removed. */
static bool
in_use(const struct sockaddr_un *at)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool used;

	if (fd < 0)
		return false;
	used = connect(fd, (const struct sockaddr *)at, sizeof *at) == 0 || errno == EAGAIN;
	if (!used && errno == ECONNREFUSED)
		unlink(at->sun_path);
	close(fd);
	if (used)
		errno = EADDRINUSE;
	return used;
}

/* The mode is right from the first moment on. */
static bool
bind_privately(int fd, const struct sockaddr_un *at)
{
	mode_t before = umask(0177);
	bool good = bind(fd, (const struct sockaddr *)at, sizeof *at) == 0;

	umask(before);
	return good;
}

static int
listen_at(const char *path, uid_t uid, gid_t gid)
{
	struct sockaddr_un at;
	int fd, error;

	if (!set_path(&at, path) || in_use(&at))
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (bind_privately(fd, &at) && (uid == geteuid() || chown(path, uid, gid) == 0) &&
	    listen(fd, BACKLOG) == 0)
		return fd;
	error = errno;
	close(fd);
	errno = error;
	return -1;
}

struct ctl *
ctl_open(const char *path, uid_t uid, gid_t gid, char *err, size_t errlen)
{
	struct ctl *c;
	int fd = listen_at(path, uid, gid);

	if (fd < 0) {
		snprintf(err, errlen, "[global] control socket: %s: %s", path,
		    errno == EADDRINUSE ? "another daemon answers there" : strerrordesc_np(errno));
		return NULL;
	}
	c = xcalloc(1, sizeof *c);
	c->fd = fd;
	c->path = xstrdup(path);
	LIST_INIT(&c->callers);
	dump_prepare();
	return c;
}

static void
hang_up(struct caller *caller)
{
	LIST_REMOVE(caller, link);
	caller->ctl->ncallers--;
	bufferevent_free(caller->bev);
	free(caller);
}

static void
on_event(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	hang_up(arg);
}

static void
on_written(struct bufferevent *bev, void *arg)
{
	(void)bev;
	hang_up(arg);
}

static void
on_readable(struct bufferevent *bev, void *arg)
{
	struct caller *caller = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF), *text;

	if (line == NULL) {
		if (evbuffer_get_length(in) >= LINE_MAX_BYTES)
			hang_up(caller);
		return;
	}
	text = ctl_answer(&caller->ctl->subject, line);
	free(line);
	bufferevent_disable(bev, EV_READ);
	bufferevent_setcb(bev, NULL, on_written, on_event, caller);
	bufferevent_write(bev, text, strlen(text));
	bufferevent_write(bev, "\n", 1);
	free(text);
}

static bool
may_call(int fd)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 &&
	    (peer.uid == 0 || peer.uid == geteuid());
}

/* Takes fd over. */
static void
answer_caller(struct ctl *c, int fd)
{
	struct caller *caller;
	struct bufferevent *bev;

	if (c->ncallers >= CALLERS_MAX || !may_call(fd)) {
		close(fd);
		return;
	}
	bev = bufferevent_socket_new(c->base, fd, BEV_OPT_CLOSE_ON_FREE);
	if (bev == NULL) {
		close(fd);
		return;
	}
	caller = xcalloc(1, sizeof *caller);
	caller->ctl = c;
	caller->bev = bev;
	LIST_INSERT_HEAD(&c->callers, caller, link);
	c->ncallers++;
	bufferevent_setcb(bev, on_readable, NULL, on_event, caller);
	bufferevent_setwatermark(bev, EV_READ, 0, LINE_MAX_BYTES);
	bufferevent_set_timeouts(bev, &patience, &patience);
	bufferevent_enable(bev, EV_READ | EV_WRITE);
}

/* Out of descriptors: who calls stays in line, and would wake us all the time. */
static void
on_caller(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *c = arg;
	int new = accept4((int)fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	(void)what;
	if (new >= 0) {
		answer_caller(c, new);
	} else if (errno == EMFILE || errno == ENFILE) {
		event_del(c->readable);
		event_add(c->pause, &pause_time);
	}
}

static void
on_paused(evutil_socket_t fd, short what, void *arg)
{
	struct ctl *c = arg;

	(void)fd;
	(void)what;
	event_add(c->readable, NULL);
}

bool
ctl_start(struct ctl *c, struct loop *loop, const struct ctl_subject *subject)
{
	c->base = loop->base;
	c->subject = *subject;
	c->subject.since_ms = loop_now_ms();
	c->readable = event_new(c->base, c->fd, EV_READ | EV_PERSIST, on_caller, c);
	c->pause = event_new(c->base, -1, 0, on_paused, c);
	return c->readable != NULL && c->pause != NULL && event_add(c->readable, NULL) == 0;
}

void
ctl_free(struct ctl **cp)
{
	struct ctl *c = *cp;
	struct caller *caller;

	*cp = NULL;
	if (c == NULL)
		return;
	while ((caller = LIST_FIRST(&c->callers)) != NULL)
		hang_up(caller);
	if (c->readable != NULL)
		event_free(c->readable);
	if (c->pause != NULL)
		event_free(c->pause);
	close(c->fd);
	/* In vain where the daemon gave up the right to; the next one to start removes it. */
	unlink(c->path);
	free(c->path);
	free(c);
}
