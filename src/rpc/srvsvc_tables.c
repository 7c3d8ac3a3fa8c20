/* SPDX-License-Identifier: BSD-2-Clause */

/* Sessions, connections and open files ([MS-SRVS] 2.2.4, 3.1.4.1 to 3.1.4.6), as they are. */
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/log.h"
#include "base/loop.h"
#include "config/schema.h"
#include "file/lock.h"
#include "file/node.h"
#include "rpc/enum.h"
#include "rpc/srvsvc_calls.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

#define PERM_READ   1u
#define PERM_WRITE  2u
#define PERM_CREATE 4u

#define SESSION_GUEST 1u

#define CLIENT_TYPE "SMB1"
#define TRANSPORT   "\\Device\\NetbiosSmb"

static const char *
text(const char *s)
{
	return s != NULL ? s : "";
}

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

/* ---- sessions ---- */

static uint32_t
count_opens(const struct conn *c, const struct tree *tree, uint16_t uid)
{
	const struct handle *h;
	uint32_t pos = 0, n = 0;

	while ((h = idmap_next(&c->handles, &pos)) != NULL)
		n += tree != NULL ? h->tree == tree : h->uid == uid;
	return n;
}

static void
fill_session_0(struct arena *a, union ndr_value *v, const void *item)
{
	const struct session *s = item;

	(void)a;
	v[0].s = s->conn->peer;
}

static void
fill_session_1(struct arena *a, union ndr_value *v, const void *item)
{
	const struct session *s = item;

	(void)a;
	v[0].s = s->conn->peer;
	v[1].s = text(s->user);
	v[2].u = count_opens(s->conn, NULL, s->uid);
	v[3].u = seconds_since(s->conn->since_ms);
	v[4].u = seconds_since(s->conn->last_ms);
	v[5].u = s->guest ? SESSION_GUEST : 0;
}

static void
fill_session_2(struct arena *a, union ndr_value *v, const void *item)
{
	const struct session *s = item;

	fill_session_1(a, v, item);
	v[6].s = s->conn->native_os != NULL ? s->conn->native_os : CLIENT_TYPE;
}

static void
fill_session_502(struct arena *a, union ndr_value *v, const void *item)
{
	fill_session_2(a, v, item);
	v[7].s = TRANSPORT;
}

static void
fill_session_10(struct arena *a, union ndr_value *v, const void *item)
{
	const struct session *s = item;

	(void)a;
	v[0].s = s->conn->peer;
	v[1].s = text(s->user);
	v[2].u = seconds_since(s->conn->since_ms);
	v[3].u = seconds_since(s->conn->last_ms);
}

static const struct rpc_level session_levels[] = {
	{ 0, KNOWN_USERS, "s", fill_session_0 },
	{ 1, ADMINS, "ssuuuu", fill_session_1 },
	{ 2, ADMINS, "ssuuuus", fill_session_2 },
	{ 10, KNOWN_USERS, "ssuu", fill_session_10 },
	{ 502, ADMINS, "ssuuuuss", fill_session_502 },
	{ 0 },
};

/* Those a client and a user are named for; NULL or "": whoever. */
static bool
is_meant(const struct session *s, const char *client, const char *user)
{
	if (client != NULL && client[0] != '\0' && strcmp(past_slashes(client), s->conn->peer) != 0)
		return false;
	return user == NULL || user[0] == '\0' || name_casecmp(user, text(s->user)) == 0;
}

uint32_t
srvsvc_session_enum(struct rpc_call *c)
{
	const char *client, *user;
	const struct session *s;
	const struct conn *conn;
	struct rpc_enum e;
	uint32_t pos;

	ndr_get_unique_string(&c->in);
	client = ndr_get_unique_string(&c->in);
	user = ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, session_levels);
	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (s = idmap_next(&conn->sessions, &pos)) != NULL;) {
			if (s->valid && is_meant(s, client, user))
				rpc_enum_add(c, &e, s);
		}
	}
	return rpc_enum_answer(c, &e);
}

/* A session of Windows is a connection: it ends with all that is on it. */
static uint32_t
end_sessions(const struct rpc_call *c, const char *client, const char *user)
{
	const struct session *s;
	uint32_t pos, error = WIN_CLIENT_NOT_FOUND;
	struct conn *conn;

	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (s = idmap_next(&conn->sessions, &pos)) != NULL;) {
			if (!s->valid || !is_meant(s, client, user))
				continue;
			conn_close(conn, "told so by an administrator's client");
			error = WIN_SUCCESS;
			break;
		}
	}
	return error;
}

uint32_t
srvsvc_session_del(struct rpc_call *c)
{
	const char *client, *user;
	uint32_t error = WIN_ACCESS_DENIED;

	ndr_get_unique_string(&c->in);
	client = ndr_get_unique_string(&c->in);
	user = ndr_get_unique_string(&c->in);
	if (c->in.bad)
		return 0;
	if (client == NULL && user == NULL)
		error = WIN_INVALID_PARAMETER;
	else if (rpc_admits(c, ADMINS))
		error = end_sessions(c, client, user);
	ndr_put32(&c->out, error);
	return 0;
}

/* ---- connections to shares ---- */

static const char *
share_name(const struct tree *t)
{
	return t->share->conf != NULL ? t->share->conf->name : "IPC$";
}

static uint32_t
tree_id(const struct tree *t)
{
	return t->conn->id << 16 | t->tid;
}

static void
fill_connection_0(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	v[0].u = tree_id(item);
}

static void
fill_connection_1(struct arena *a, union ndr_value *v, const void *item)
{
	const struct tree *t = item;
	const struct session *s = session_find(t->conn, t->uid);

	(void)a;
	v[0].u = tree_id(t);
	v[1].u = t->ipc ? 3 : 0;
	v[2].u = count_opens(t->conn, t, 0);
	v[3].u = 1;
	v[4].u = seconds_since(t->conn->since_ms);
	v[5].s = s != NULL ? text(s->user) : "";
	v[6].s = share_name(t);
}

static const struct rpc_level connection_levels[] = {
	{ 0, ADMINS, "u", fill_connection_0 },
	{ 1, ADMINS, "uuuuuss", fill_connection_1 },
	{ 0 },
};

/* To a share, or from a computer. */
static bool
is_qualified(const struct tree *t, const char *qualifier)
{
	if (qualifier[0] == '\\')
		return strcmp(past_slashes(qualifier), t->conn->peer) == 0;
	return name_casecmp(qualifier, share_name(t)) == 0;
}

uint32_t
srvsvc_connection_enum(struct rpc_call *c)
{
	const char *qualifier;
	const struct conn *conn;
	const struct tree *t;
	struct rpc_enum e;
	uint32_t pos;

	ndr_get_unique_string(&c->in);
	qualifier = ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, connection_levels);
	if (e.error == WIN_SUCCESS && (qualifier == NULL || qualifier[0] == '\0'))
		e.error = WIN_INVALID_PARAMETER;
	else if (e.error == WIN_SUCCESS && qualifier[0] != '\\' &&
	    share_find(c->req->session->set, qualifier) == NULL)
		e.error = WIN_NET_NAME_NOT_FOUND;
	if (e.error != WIN_SUCCESS)
		return rpc_enum_answer(c, &e);
	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (t = idmap_next(&conn->trees, &pos)) != NULL;) {
			if (is_qualified(t, qualifier))
				rpc_enum_add(c, &e, t);
		}
	}
	return rpc_enum_answer(c, &e);
}

/* ---- open files ---- */

/* Of the serial number what fits: two alike are four thousand million opens apart. */
static uint32_t
file_id(const struct handle *h)
{
	return (uint32_t)h->serial;
}

static const char *
user_of(const struct handle *h)
{
	const struct session *s = session_find(h->conn, h->uid);

	return s != NULL ? text(s->user) : "";
}

/* Where Windows would have it. */
static const char *
path_of(struct arena *a, const struct handle *h)
{
	char *path, *p;

	if (h->pipe != NULL)
		return arena_printf(a, "\\PIPE\\%s", h->pipe->service->name);
	path = arena_printf(a, "C:%s/%s", h->tree->share->conf->path, file_path(h->open));
	for (p = path; *p != '\0'; p++) {
		if (*p == '/')
			*p = '\\';
	}
	return path;
}

static uint32_t
permissions_of(const struct handle *h)
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

static void
fill_file_2(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	v[0].u = file_id(item);
}

static void
fill_file_3(struct arena *a, union ndr_value *v, const void *item)
{
	const struct handle *h = item;

	v[0].u = file_id(h);
	v[1].u = permissions_of(h);
	v[2].u = h->open != NULL ? (uint32_t)file_lock_count(h->open) : 0;
	v[3].s = path_of(a, h);
	v[4].s = user_of(h);
}

static const struct rpc_level file_levels[] = {
	{ 2, ADMINS, "u", fill_file_2 },
	{ 3, ADMINS, "uuuss", fill_file_3 },
	{ 0 },
};

/* BasePath is the beginning of the paths that are meant. */
static bool
is_below(const char *path, const char *base)
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

static bool
is_file_meant(struct rpc_call *c, const struct handle *h, const char *base, const char *user)
{
	if (user != NULL && user[0] != '\0' && name_casecmp(user, user_of(h)) != 0)
		return false;
	return base == NULL || is_below(path_of(&c->req->arena, h), base);
}

uint32_t
srvsvc_file_enum(struct rpc_call *c)
{
	const char *base, *user;
	const struct conn *conn;
	const struct handle *h;
	struct rpc_enum e;
	uint32_t pos;

	ndr_get_unique_string(&c->in);
	base = ndr_get_unique_string(&c->in);
	user = ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, file_levels);
	if (e.error != WIN_SUCCESS)
		return rpc_enum_answer(c, &e);
	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (h = idmap_next(&conn->handles, &pos)) != NULL;) {
			if (is_file_meant(c, h, base, user))
				rpc_enum_add(c, &e, h);
		}
	}
	return rpc_enum_answer(c, &e);
}

static struct handle *
find_file(const struct rpc_call *c, uint32_t id)
{
	const struct conn *conn;
	struct handle *h;
	uint32_t pos;

	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (h = idmap_next(&conn->handles, &pos)) != NULL;) {
			if (file_id(h) == id)
				return h;
		}
	}
	return NULL;
}

uint32_t
srvsvc_file_get_info(struct rpc_call *c)
{
	uint32_t id, level;

	ndr_get_unique_string(&c->in);
	id = ndr_get32(&c->in);
	level = ndr_get32(&c->in);
	return rpc_info_answer(c, level, file_levels, find_file(c, id), WIN_FILE_ID_NOT_FOUND);
}

uint32_t
srvsvc_file_close(struct rpc_call *c)
{
	uint32_t id, error = WIN_SUCCESS;
	struct handle *h;

	ndr_get_unique_string(&c->in);
	id = ndr_get32(&c->in);
	if (c->in.bad)
		return 0;
	h = find_file(c, id);
	if (!rpc_admits(c, ADMINS)) {
		error = WIN_ACCESS_DENIED;
	} else if (h == NULL) {
		error = WIN_FILE_ID_NOT_FOUND;
	} else {
		log_info("%s: %s: closed: told so by %s's user %s", h->conn->peer,
		    log_clean(handle_name(h)), c->req->conn->peer,
		    log_clean(c->req->session->user));
		(void)handle_close(h);
	}
	ndr_put32(&c->out, error);
	return 0;
}
