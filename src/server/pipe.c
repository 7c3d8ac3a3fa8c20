/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/pipe.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/charset.h"
#include "server/conn.h"
#include "server/server.h"

/* What one connection may have open, and unread in all of its pipes before it writes again. */
#define PIPES_OPEN_MAX 128
#define UNREAD_MAX     (1u << 20)

/* A message-type pipe without a limit of instances. */
#define PIPE_TYPE 0x04FFu

/* Past the separators at its front. */
static const char *
bare(const char *name)
{
	return name + strspn(name, "\\/");
}

const struct pipe_service *
pipe_find(const struct server *s, const char *name)
{
	const struct pipe_service *row;

	name = bare(name);
	if (strncasecmp(name, "PIPE", 4) == 0 && (name[4] == '\\' || name[4] == '/'))
		name = bare(name + 4);
	for (row = s->pipes; row != NULL && row->name != NULL; row++) {
		if (name_casecmp(row->name, name) == 0)
			return row;
	}
	return NULL;
}

static unsigned *
count_of(struct server *s, const struct pipe_service *service)
{
	return &s->pipe_instances[service - s->pipes];
}

unsigned
pipe_instances(const struct pipe *p)
{
	return *count_of(p->conn->server, p->service);
}

struct pipe *
pipe_open(struct conn *c, const struct pipe_service *service)
{
	struct pipe *p;

	if (c->npipes >= PIPES_OPEN_MAX)
		return NULL;
	p = xcalloc(1, sizeof *p);
	c->npipes++;
	++*count_of(c->server, service);
	p->conn = c;
	p->service = service;
	STAILQ_INIT(&p->answers);
	TAILQ_INIT(&p->readers);
	TAILQ_INIT(&p->writers);
	p->end = service->open(service);
	return p;
}

static void
drop_first(struct pipe *p)
{
	struct pipe_message *m = STAILQ_FIRST(&p->answers);

	STAILQ_REMOVE_HEAD(&p->answers, link);
	free(m);
}

void
pipe_free(struct pipe **pp)
{
	struct pipe *p = *pp;

	*pp = NULL;
	p->service->close(p->end);
	p->conn->npipes--;
	p->conn->npipe_bytes -= p->unread;
	--*count_of(p->conn->server, p->service);
	waiter_wake_all(&p->readers, STATUS_FILE_CLOSED);
	waiter_wake_all(&p->writers, STATUS_FILE_CLOSED);
	while (!STAILQ_EMPTY(&p->answers))
		drop_first(p);
	free(p);
}

static nt_status
go_on(const struct pipe_input *in, nt_status status)
{
	return in->then != NULL ? in->then(in->req, in->arg, status) : status;
}

bool
pipe_is_full(const struct pipe *p)
{
	return p->conn->npipe_bytes >= UNREAD_MAX;
}

nt_status
pipe_write(const struct pipe_input *in)
{
	struct pipe *p = in->pipe;

	if (p->broken)
		return go_on(in, STATUS_PIPE_DISCONNECTED);
	if (p->busy || pipe_is_full(p))
		return go_on(in, STATUS_PIPE_BUSY);
	if (in->n == 0)
		return go_on(in, STATUS_SUCCESS);
	p->busy = true;
	return p->service->take(p->end, in);
}

nt_status
pipe_taken(const struct pipe_input *in, nt_status status)
{
	struct pipe *p = in->pipe;

	p->busy = false;
	waiter_wake_all(&p->writers, STATUS_SUCCESS);
	if (status == STATUS_SUCCESS)
		return go_on(in, STATUS_SUCCESS);
	p->broken = true;
	waiter_wake_all(&p->readers, STATUS_SUCCESS);
	return go_on(in, STATUS_PIPE_DISCONNECTED);
}

void
pipe_answer(struct pipe *p, const void *bytes, size_t n)
{
	struct pipe_message *m = xcalloc(1, sizeof *m + n);

	m->n = n;
	memcpy(m->bytes, bytes, n);
	STAILQ_INSERT_TAIL(&p->answers, m, link);
	p->unread += n;
	p->conn->npipe_bytes += n;
	waiter_wake_all(&p->readers, STATUS_SUCCESS);
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Of the first message. */
static size_t
take_some(struct pipe *p, uint8_t *to, size_t n)
{
	struct pipe_message *m = STAILQ_FIRST(&p->answers);

	n = smaller(n, m->n - m->taken);
	memcpy(to, m->bytes + m->taken, n);
	m->taken += n;
	p->unread -= n;
	p->conn->npipe_bytes -= n;
	if (m->taken == m->n)
		drop_first(p);
	return n;
}

nt_status
pipe_read(struct pipe *p, uint8_t *to, size_t n, size_t *done)
{
	size_t whole = pipe_message_left(p);

	*done = 0;
	if (STAILQ_EMPTY(&p->answers))
		return p->broken ? STATUS_PIPE_DISCONNECTED : STATUS_PIPE_EMPTY;
	if (!p->byte_mode) {
		*done = take_some(p, to, n);
		return *done < whole ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
	}
	while (*done < n && !STAILQ_EMPTY(&p->answers))
		*done += take_some(p, to + *done, n - *done);
	return STATUS_SUCCESS;
}

size_t
pipe_peek(const struct pipe *p, uint8_t *to, size_t n)
{
	const struct pipe_message *m;
	size_t done = 0, part;

	STAILQ_FOREACH (m, &p->answers, link) {
		part = smaller(n - done, m->n - m->taken);
		memcpy(to + done, m->bytes + m->taken, part);
		done += part;
		if (!p->byte_mode)
			break;
	}
	return done;
}

size_t
pipe_message_left(const struct pipe *p)
{
	const struct pipe_message *m = STAILQ_FIRST(&p->answers);

	return m != NULL ? m->n - m->taken : 0;
}

unsigned
pipe_messages(const struct pipe *p)
{
	const struct pipe_message *m;
	unsigned n = 0;

	STAILQ_FOREACH (m, &p->answers, link)
		n++;
	return n;
}

uint16_t
pipe_status(const struct pipe *p)
{
	return (uint16_t)(PIPE_TYPE | (p->byte_mode ? 0 : PIPE_READ_MESSAGES) |
	    (p->no_wait ? PIPE_NO_WAIT : 0));
}

void
pipe_set_status(struct pipe *p, uint16_t status)
{
	p->byte_mode = (status & PIPE_READ_MESSAGES) == 0;
	p->no_wait = (status & PIPE_NO_WAIT) != 0;
}
