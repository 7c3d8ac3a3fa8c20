/* SPDX-License-Identifier: BSD-2-Clause */

/* Sessions, connections and open files ([MS-SRVS] 2.2.4, 3.1.4.1 to 3.1.4.6), as they are. */
#include "rpc/enum.h"
#include "rpc/srvsvc_calls.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

#define SESSION_GUEST 1u

#define TRANSPORT "\\Device\\NetbiosSmb"

/* ---- sessions ---- */

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
	v[1].s = session_user(s);
	v[2].u = session_opens(s);
	v[3].u = session_seconds(s);
	v[4].u = session_idle_seconds(s);
	v[5].u = s->guest ? SESSION_GUEST : 0;
}

static void
fill_session_2(struct arena *a, union ndr_value *v, const void *item)
{
	const struct session *s = item;

	fill_session_1(a, v, item);
	v[6].s = session_platform(s);
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
	v[1].s = session_user(s);
	v[2].u = session_seconds(s);
	v[3].u = session_idle_seconds(s);
}

static const struct rpc_level session_levels[] = {
	{ 0, KNOWN_USERS, "s", fill_session_0 },
	{ 1, ADMINS, "ssuuuu", fill_session_1 },
	{ 2, ADMINS, "ssuuuus", fill_session_2 },
	{ 10, KNOWN_USERS, "ssuu", fill_session_10 },
	{ 502, ADMINS, "ssuuuuss", fill_session_502 },
	{ 0 },
};

uint32_t
srvsvc_session_enum(struct rpc_call *c)
{
	const char *client, *user;
	struct session_walk walk = { 0 };
	const struct session *s;
	struct rpc_enum e;

	ndr_get_unique_string(&c->in);
	client = ndr_get_unique_string(&c->in);
	user = ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, session_levels);
	while ((s = session_walk(c->req->conn->server, &walk)) != NULL) {
		if (session_is_meant(s, client, user))
			rpc_enum_add(c, &e, s);
	}
	return rpc_enum_answer(c, &e);
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
		error = sessions_end(c->req->conn->server, client, user) ? WIN_SUCCESS
									 : WIN_CLIENT_NOT_FOUND;
	ndr_put32(&c->out, error);
	return 0;
}

/* ---- connections to shares ---- */

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

	(void)a;
	v[0].u = tree_id(t);
	v[1].u = share_type(t->share) & ~SHARE_HIDDEN;
	v[2].u = tree_opens(t);
	v[3].u = 1;
	v[4].u = tree_seconds(t);
	v[5].s = tree_user(t);
	v[6].s = share_name(t->share);
}

static const struct rpc_level connection_levels[] = {
	{ 0, ADMINS, "u", fill_connection_0 },
	{ 1, ADMINS, "uuuuuss", fill_connection_1 },
	{ 0 },
};

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
			if (tree_is_qualified(t, qualifier))
				rpc_enum_add(c, &e, t);
		}
	}
	return rpc_enum_answer(c, &e);
}

/* ---- open files ---- */

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
	v[1].u = file_permissions(h);
	v[2].u = file_locks(h);
	v[3].s = file_full_path(a, h);
	v[4].s = file_user(h);
}

static const struct rpc_level file_levels[] = {
	{ 2, ADMINS, "u", fill_file_2 },
	{ 3, ADMINS, "uuuss", fill_file_3 },
	{ 0 },
};

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
			if (file_is_meant(&c->req->arena, h, base, user))
				rpc_enum_add(c, &e, h);
		}
	}
	return rpc_enum_answer(c, &e);
}

uint32_t
srvsvc_file_get_info(struct rpc_call *c)
{
	uint32_t id, level;

	ndr_get_unique_string(&c->in);
	id = ndr_get32(&c->in);
	level = ndr_get32(&c->in);
	return rpc_info_answer(
	    c, level, file_levels, file_find(c->req->conn->server, id), WIN_FILE_ID_NOT_FOUND);
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
	h = file_find(c->req->conn->server, id);
	if (!rpc_admits(c, ADMINS)) {
		error = WIN_ACCESS_DENIED;
	} else if (h == NULL) {
		error = WIN_FILE_ID_NOT_FOUND;
	} else {
		file_end(c->req, h);
	}
	ndr_put32(&c->out, error);
	return 0;
}
