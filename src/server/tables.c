/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/tables.h"

#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/log.h"
#include "base/loop.h"
#include "config/schema.h"
#include "file/lock.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

#define IPC_COMMENT "IPC Service"

#define PERM_READ   1u
#define PERM_WRITE  2u
#define PERM_CREATE 4u

#define CLIENT_TYPE "SMB1"

bool
asker_admitted(const struct session *s, enum asker who)
{
	switch (who) {
	case ANYBODY:
		return true;
	case KNOWN_USERS:
		return !s->anonymous && !s->guest;
	case ADMINS:
	default:
		return share_set_is_admin(s->set, s);
	}
}

static void
to_backslashes(char *path)
{
	for (; *path != '\0'; path++) {
		if (*path == '/')
			*path = '\\';
	}
}

/* ---- shares ---- */

const char *
share_name(const struct share *sh)
{
	return sh->conf != NULL ? sh->conf->name : "IPC$";
}

uint32_t
share_type(const struct share *sh)
{
	return sh->conf != NULL ? SHARE_DISK : SHARE_IPC | SHARE_HIDDEN;
}

const char *
share_comment(struct arena *a, const struct share *sh)
{
	if (sh->conf != NULL)
		return sh->conf->comment;
	return arena_printf(a, IPC_COMMENT " (%s)", sh->set->config->server_string);
}

uint32_t
share_max_uses(const struct share *sh)
{
	uint32_t most = sh->conf != NULL ? sh->conf->max_connections : 0;

	return most != 0 ? most : SHARE_UNLIMITED;
}

const char *
share_path(struct arena *a, const struct share *sh)
{
	char *path;

	if (sh->conf == NULL)
		return "";
	path = arena_printf(a, "C:%s", sh->conf->path);
	to_backslashes(path);
	return path;
}

bool
share_shown(const struct share *sh, const struct session *asks)
{
	return sh->conf == NULL || sh->conf->browseable || asker_admitted(asks, ADMINS);
}

/* ---- sessions ---- */

static const char *
past_slashes(const char *s)
{
	return s + strspn(s, "\\");
}

static uint32_t
seconds_since(uint64_t ms)
{
	return (uint32_t)((loop_now_ms() - ms) / 1000);
}

static uint32_t
count_opens(const struct conn *c, const struct tree *tree, uint16_t uid)
{
	const struct handle *h;
	uint32_t pos = 0, n = 0;

	while ((h = idmap_next(&c->handles, &pos)) != NULL)
		n += tree != NULL ? h->tree == tree : h->uid == uid;
	return n;
}

const char *
session_user(const struct session *s)
{
	return s->user != NULL ? s->user : "";
}

const char *
session_platform(const struct session *s)
{
	return s->conn->native_os != NULL ? s->conn->native_os : CLIENT_TYPE;
}

uint32_t
session_opens(const struct session *s)
{
	return count_opens(s->conn, NULL, s->uid);
}

uint32_t
session_trees(const struct session *s)
{
	const struct tree *t;
	uint32_t pos = 0, n = 0;

	while ((t = idmap_next(&s->conn->trees, &pos)) != NULL)
		n += t->uid == s->uid;
	return n;
}

uint32_t
session_seconds(const struct session *s)
{
	return seconds_since(s->conn->since_ms);
}

uint32_t
session_idle_seconds(const struct session *s)
{
	return seconds_since(s->conn->last_ms);
}

bool
session_is_meant(const struct session *s, const char *client, const char *user)
{
	if (client != NULL && client[0] != '\0' && strcmp(past_slashes(client), s->conn->peer) != 0)
		return false;
	return user == NULL || user[0] == '\0' || name_casecmp(user, session_user(s)) == 0;
}

struct session *
session_walk(const struct server *server, struct session_walk *w)
{
	struct session *s;

	if (!w->begun)
		w->conn = TAILQ_FIRST(&server->conns);
	w->begun = true;
	while (w->conn != NULL) {
		while ((s = idmap_next(&w->conn->sessions, &w->pos)) != NULL) {
			if (s->valid)
				return s;
		}
		w->conn = TAILQ_NEXT(w->conn, link);
		w->pos = 0;
	}
	return NULL;
}

bool
sessions_end(const struct server *server, const char *client, const char *user)
{
	const struct session *s;
	bool any = false;
	uint32_t pos;
	struct conn *conn;

	TAILQ_FOREACH (conn, &server->conns, link) {
		for (pos = 0; (s = idmap_next(&conn->sessions, &pos)) != NULL;) {
			if (!s->valid || !session_is_meant(s, client, user))
				continue;
			conn_close(conn, "told so by an administrator's client");
			any = true;
			break;
		}
	}
	return any;
}

/* ---- connections to shares ---- */

uint32_t
tree_id(const struct tree *t)
{
	return t->conn->id << 16 | t->tid;
}

uint32_t
tree_opens(const struct tree *t)
{
	return count_opens(t->conn, t, 0);
}

uint32_t
tree_seconds(const struct tree *t)
{
	return seconds_since(t->conn->since_ms);
}

const char *
tree_user(const struct tree *t)
{
	const struct session *s = session_find(t->conn, t->uid);

	return s != NULL ? session_user(s) : "";
}

bool
tree_is_qualified(const struct tree *t, const char *qualifier)
{
	if (qualifier[0] == '\\')
		return strcmp(past_slashes(qualifier), t->conn->peer) == 0;
	return name_casecmp(qualifier, share_name(t->share)) == 0;
}

/* ---- open files ---- */

uint32_t
file_id(const struct handle *h)
{
	return (uint32_t)h->serial;
}

const char *
file_user(const struct handle *h)
{
	const struct session *s = session_find(h->conn, h->uid);

	return s != NULL ? session_user(s) : "";
}

const char *
file_full_path(struct arena *a, const struct handle *h)
{
	char *path;

	if (h->pipe != NULL)
		return arena_printf(a, "\\PIPE\\%s", h->pipe->service->name);
	path = arena_printf(a, "C:%s/%s", h->tree->share->conf->path, file_path(h->open));
	to_backslashes(path);
	return path;
}

uint32_t
file_locks(const struct handle *h)
{
	return h->open != NULL ? (uint32_t)file_lock_count(h->open) : 0;
}

uint32_t
file_permissions(const struct handle *h)
{
	uint32_t access = h->pipe != NULL ? h->pipe->access : h->open->mode.access;
	uint32_t p = 0;

	if ((access & (FILE_READ_DATA | FILE_EXECUTE)) != 0)
		p |= PERM_READ;
	if ((access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0)
		p |= PERM_WRITE;
	if (h->open != NULL && h->open->created)
		p |= PERM_CREATE;
	return p;
}

static bool
begins_with(const char *path, const char *base)
{
	uint32_t a, b;

	do {
		if (*base == '\0')
			return true;
		a = char_upcase(utf8_next(&path));
		b = char_upcase(utf8_next(&base));
	} while (a == b);
	return false;
}

bool
file_is_meant(struct arena *a, const struct handle *h, const char *base, const char *user)
{
	if (user != NULL && user[0] != '\0' && name_casecmp(user, file_user(h)) != 0)
		return false;
	return base == NULL || begins_with(file_full_path(a, h), base);
}

struct handle *
file_find(const struct server *s, uint32_t id)
{
	const struct conn *conn;
	struct handle *h;
	uint32_t pos;

	TAILQ_FOREACH (conn, &s->conns, link) {
		for (pos = 0; (h = idmap_next(&conn->handles, &pos)) != NULL;) {
			if (file_id(h) == id)
				return h;
		}
	}
	return NULL;
}

void
file_end(const struct request *req, struct handle *h)
{
	log_info("%s: %s: closed: told so by %s's user %s", h->conn->peer,
	    log_clean(handle_name(h)), req->conn->peer, log_clean(session_user(req->session)));
	(void)handle_close(h);
}
