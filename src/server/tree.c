/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/tree.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/cred.h"
#include "server/conn.h"
#include "server/session.h"
#include "server/share.h"

nt_status
tree_connect(struct conn *c, struct session *session, struct share *share, struct tree **out)
{
	struct tree *t = xcalloc(1, sizeof *t);

	t->tid = idmap_add(&c->trees, t);
	if (t->tid == 0) {
		free(t);
		return STATUS_INSUFF_SERVER_RESOURCES;
	}
	t->conn = c;
	t->share = share;
	t->uid = session->uid;
	t->admitted_uid = session->uid;
	t->ipc = share->conf == NULL;
	share_set_ref(share->set);
	share->count->connections++;
	*out = t;
	return STATUS_SUCCESS;
}

void
tree_disconnect(struct tree **tp)
{
	struct tree *t = *tp;
	struct conn_owner owner = { .tree = t };
	struct share_set *set = t->share->set;

	*tp = NULL;
	conn_release(t->conn, &owner);
	idmap_remove(&t->conn->trees, t->tid);
	t->share->count->connections--;
	if (t->grouped != NULL)
		cred_unref(&t->grouped);
	if (t->own != NULL)
		session_end(&t->own);
	share_set_unref(&set);
	free(t);
}

bool
tree_admits(struct tree *t, const struct session *session)
{
	const char *reason;

	if (session->uid == t->admitted_uid)
		return true;
	if (share_admit(t->share, t->conn, session, &reason) == STATUS_ACCESS_DENIED)
		return false;
	t->admitted_uid = session->uid;
	return true;
}

/* Kept for the next request, since a new identity costs system calls. */
static struct cred *
with_group(struct tree *t, const struct cred *of)
{
	if (t->grouped != NULL && t->grouped_from == of->serial)
		return t->grouped;
	if (t->grouped != NULL)
		cred_unref(&t->grouped);
	t->grouped = cred_new(of->uid, t->share->force_gid, of->groups, of->ngroups);
	t->grouped_from = of->serial;
	return t->grouped;
}

struct cred *
tree_identity(struct tree *t, const struct session *session)
{
	const struct share *sh = t->share;

	if (share_is_admin(sh, session))
		return NULL;
	if (sh->force_cred != NULL)
		return sh->force_cred;
	if (session->cred == NULL || sh->force_gid == NO_GROUP)
		return session->cred;
	return with_group(t, session->cred);
}

bool
tree_is_posix(const struct tree *t)
{
	return t != NULL && (t->unix_caps & UNIX_CAP_POSIX_PATHS) != 0;
}

void
trees_forget(struct conn *c, uint16_t uid)
{
	struct tree *t;
	uint32_t pos = 0;

	while ((t = idmap_next(&c->trees, &pos)) != NULL) {
		if (t->admitted_uid == uid)
			t->admitted_uid = 0;
	}
}

struct session *
tree_session(const struct conn *c, const struct tree *t, uint16_t uid)
{
	if (c->share_level)
		return t != NULL ? t->own : NULL;
	return session_get(c, uid);
}

struct tree *
tree_get(const struct conn *c, uint16_t tid)
{
	return idmap_get(&c->trees, tid);
}
