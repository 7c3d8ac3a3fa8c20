/* SPDX-License-Identifier: BSD-2-Clause */

/* Sessions, connections and open files, as they are (LAN Manager's NetSession, NetConnection and
 * NetFile calls). */
#include <sys/queue.h>

#include "base/idmap.h"
#include "rap/call.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "wire/reader.h"

#define SESSION_GUEST 1u

/* ---- sessions ---- */

static void
fill_session_0(struct arena *a, union rap_value *v, const void *item)
{
	const struct session *s = item;

	(void)a;
	v[0].s = s->conn->peer;
}

static void
fill_session_1(struct arena *a, union rap_value *v, const void *item)
{
	const struct session *s = item;

	fill_session_0(a, v, item);
	v[1].s = session_user(s);
	v[2].u = session_trees(s);
	v[3].u = session_opens(s);
	v[4].u = 1;
	v[5].u = session_seconds(s);
	v[6].u = session_idle_seconds(s);
	v[7].u = s->guest ? SESSION_GUEST : 0;
}

static void
fill_session_2(struct arena *a, union rap_value *v, const void *item)
{
	fill_session_1(a, v, item);
	v[8].s = session_platform(item);
}

static void
fill_session_10(struct arena *a, union rap_value *v, const void *item)
{
	const struct session *s = item;

	fill_session_0(a, v, item);
	v[1].s = session_user(s);
	v[2].u = session_seconds(s);
	v[3].u = session_idle_seconds(s);
}

static const struct rap_level session_levels[] = {
	{ 0, KNOWN_USERS, "z", fill_session_0 },
	{ 1, ADMINS, "zzWWWDDD", fill_session_1 },
	{ 2, ADMINS, "zzWWWDDDz", fill_session_2 },
	{ 10, KNOWN_USERS, "zzDD", fill_session_10 },
	{ 0 },
};

static void
enumerate_sessions(struct rap_call *c)
{
	struct session_walk walk = { 0 };
	const struct session *s;

	while ((s = session_walk(c->req->conn->server, &walk)) != NULL)
		rap_add(c, s);
}

static bool
is_named(const struct rap_call *c)
{
	return c->strings[0] != NULL && c->strings[0][0] != '\0';
}

static void
get_session(struct rap_call *c)
{
	struct session_walk walk = { 0 };
	const struct session *s;

	if (!is_named(c)) {
		c->error = RAP_INVALID_PARAMETER;
		return;
	}
	while ((s = session_walk(c->req->conn->server, &walk)) != NULL) {
		if (session_is_meant(s, c->strings[0], NULL)) {
			rap_add(c, s);
			return;
		}
	}
	c->error = RAP_CLIENT_NOT_FOUND;
}

static void
end_session(struct rap_call *c)
{
	if (!is_named(c))
		c->error = RAP_INVALID_PARAMETER;
	else if (!sessions_end(c->req->conn->server, c->strings[0], NULL))
		c->error = RAP_CLIENT_NOT_FOUND;
}

/* ---- connections to shares ---- */

/* Of its number, 16 bits. */
static void
fill_connection_0(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	v[0].u = tree_id(item);
}

static void
fill_connection_1(struct arena *a, union rap_value *v, const void *item)
{
	const struct tree *t = item;

	fill_connection_0(a, v, item);
	v[1].u = share_type(t->share);
	v[2].u = tree_opens(t);
	v[3].u = 1;
	v[4].u = tree_seconds(t);
	v[5].s = tree_user(t);
	v[6].s = share_name(t->share);
}

static const struct rap_level connection_levels[] = {
	{ 0, ADMINS, "W", fill_connection_0 },
	{ 1, ADMINS, "WWWWDzz", fill_connection_1 },
	{ 0 },
};

static void
enumerate_connections(struct rap_call *c)
{
	const char *qualifier = c->strings[0];
	const struct conn *conn;
	const struct tree *t;
	uint32_t pos;

	if (!is_named(c)) {
		c->error = RAP_INVALID_PARAMETER;
		return;
	}
	if (qualifier[0] != '\\' && share_find(c->req->session->set, qualifier) == NULL) {
		c->error = RAP_NET_NAME_NOT_FOUND;
		return;
	}
	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (t = idmap_next(&conn->trees, &pos)) != NULL;) {
			if (tree_is_qualified(t, qualifier))
				rap_add(c, t);
		}
	}
}

/* ---- open files ---- */

static void
fill_file_2(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	v[0].u = file_id(item);
}

static void
fill_file_3(struct arena *a, union rap_value *v, const void *item)
{
	const struct handle *h = item;

	fill_file_2(a, v, item);
	v[1].u = file_permissions(h);
	v[2].u = file_locks(h);
	v[3].s = file_full_path(a, h);
	v[4].s = file_user(h);
}

static const struct rap_level file_levels[] = {
	{ 2, ADMINS, "D", fill_file_2 },
	{ 3, ADMINS, "DWWzz", fill_file_3 },
	{ 0 },
};

/* The key a client goes on with: as it was answered, or zeros. */
static uint32_t
resume_key(const struct rap_call *c)
{
	struct reader r;

	rd_init(&r, c->bytes, c->nbytes);
	return rd_u32(&r);
}

static void
enumerate_files(struct rap_call *c)
{
	struct arena *a = &c->req->arena;
	const struct conn *conn;
	const struct handle *h;
	uint32_t pos;

	c->key = resume_key(c);
	TAILQ_FOREACH (conn, &c->req->conn->server->conns, link) {
		for (pos = 0; (h = idmap_next(&conn->handles, &pos)) != NULL;) {
			if (file_is_meant(a, h, c->strings[0], c->strings[1]))
				rap_add(c, h);
		}
	}
}

static void
get_file(struct rap_call *c)
{
	const struct handle *h = file_find(c->req->conn->server, c->numbers[0]);

	if (h == NULL)
		c->error = RAP_FILE_ID_NOT_FOUND;
	else
		rap_add(c, h);
}

static void
close_file(struct rap_call *c)
{
	struct handle *h = file_find(c->req->conn->server, c->numbers[0]);

	if (h == NULL)
		c->error = RAP_FILE_ID_NOT_FOUND;
	else
		file_end(c->req, h);
}

const struct rap_function rap_of_tables[] = {
	{ 6, ANYBODY, "WrLeh", 0, session_levels, enumerate_sessions }, /* NetSessionEnum */
	{ 7, ANYBODY, "zWrLh", 0, session_levels, get_session },        /* NetSessionGetInfo */
	{ 8, ADMINS, "zW", 0, NULL, end_session },                      /* NetSessionDel */
	{ 9, ANYBODY, "zWrLeh", 0, connection_levels,
	    enumerate_connections },                                      /* NetConnectionEnum */
	{ 112, ANYBODY, "zzWrLehb8g8", 0, file_levels, enumerate_files }, /* NetFileEnum2 */
	{ 124, ANYBODY, "DWrLh", 1, file_levels, get_file },              /* NetFileGetInfo2 */
	{ 125, ADMINS, "D", 0, NULL, close_file },                        /* NetFileClose2 */
	{ 0 },
};
