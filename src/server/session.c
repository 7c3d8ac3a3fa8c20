/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/session.h"

#include <stdlib.h>
#include <string.h>

#include "auth/logon.h"
#include "base/arena.h"
#include "base/cred.h"
#include "config/schema.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/share.h"
#include "server/tree.h"

/* Log-ons one connection may have begun and not ended. */
#define MAX_IN_PROGRESS 16

#define TEXT_MAX 255

static unsigned
in_progress(const struct conn *c)
{
	const struct session *s;
	uint32_t pos = 0;
	unsigned n = 0;

	while ((s = idmap_next(&c->sessions, &pos)) != NULL)
		n += !s->valid;
	return n;
}

struct session *
session_begin(struct conn *c)
{
	struct session *s;

	if (in_progress(c) >= MAX_IN_PROGRESS)
		return NULL;
	s = xcalloc(1, sizeof *s);
	s->uid = idmap_add(&c->sessions, s);
	if (s->uid == 0) {
		free(s);
		return NULL;
	}
	s->conn = c;
	s->set = share_set_ref(c->server->shares);
	return s;
}

static void
forget_user(struct session *s)
{
	free(s->user);
	free(s->domain);
	free(s->scheme);
	s->user = s->domain = s->scheme = NULL;
	if (s->cred != NULL)
		cred_unref(&s->cred);
	if (s->groups != NULL)
		cred_unref(&s->groups);
}

/* Counted for the session; NULL when everybody acts as the process. */
static struct cred *
disk_identity(const struct session *s)
{
	struct cred *c = s->guest || s->anonymous ? s->set->guest_cred : s->groups;

	return s->set->config->user_identity && c != NULL ? cred_ref(c) : NULL;
}

/* What a client says of itself, kept for the log. */
static char *
short_copy(const char *text)
{
	size_t n = strnlen(text, TEXT_MAX);
	char *copy = xcalloc(1, n + 1);

	return memcpy(copy, text, n);
}

void
session_complete(struct session *s, const struct logon *logon, struct cred *user)
{
	forget_user(s);
	/* As another user perhaps, whom the shares did not admit yet. */
	trees_forget(s->conn, s->uid);
	s->user = xstrdup(logon->user);
	s->domain = short_copy(logon->domain != NULL ? logon->domain : "");
	s->scheme = xstrdup(logon->scheme);
	s->guest = logon->guest;
	s->anonymous = logon->anonymous;
	s->groups = user;
	s->cred = disk_identity(s);
	s->valid = true;
	conn_logged_on(s->conn);
}

void
session_end(struct session **sp)
{
	struct session *s = *sp;
	struct conn_owner owner = { .uid = s->uid };

	*sp = NULL;
	conn_release(s->conn, &owner);
	trees_forget(s->conn, s->uid);
	idmap_remove(&s->conn->sessions, s->uid);
	logon_exchange_free(&s->exchange);
	forget_user(s);
	share_set_unref(&s->set);
	free(s);
}

struct session *
session_find(const struct conn *c, uint16_t uid)
{
	return idmap_get(&c->sessions, uid);
}

struct session *
session_get(const struct conn *c, uint16_t uid)
{
	struct session *s = session_find(c, uid);

	return s != NULL && s->valid ? s : NULL;
}
