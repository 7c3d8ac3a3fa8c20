/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_SHARE_H
#define SERVER_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#include "auth/logon.h"
#include "base/status.h"

struct account_db;
struct config;
struct conf_list;
struct conn;
struct cred;
struct disk_root;
struct server;
struct session;
struct share_conf;
struct share_set;

#define NO_GROUP ((gid_t)-1)

/* Users of a list of names, "@group" and "+group". */
struct user_list {
	const struct conf_list *names;
	gid_t *groups; /* of the words that are groups, else NO_GROUP */
};

/*
 * How often a share is connected to, by its name: what a reload makes anew shares it with what was
 * before.
 */
struct share_count {
	unsigned refs;
	uint32_t connections;
};

/* A share as served; lives as long as its set. */
struct share {
	struct share_set *set;
	const struct share_conf *conf; /* NULL: IPC$ */
	struct disk_root *root;        /* NULL: IPC$ */
	struct cred *force_cred;       /* of force user, with force group; NULL: none */
	gid_t force_gid;               /* of force group for who acts as himself, or NO_GROUP */
	struct user_list valid, invalid, admin, read, write;
	struct share_count *count;
};

/*
 * One loaded configuration with everything opened for it. Trees and sessions hold a reference; a
 * reload makes a new set.
 */
struct share_set {
	unsigned refs;
	struct config *config;
	struct account_db *accounts;
	struct logon_policy policy;
	struct share *shares; /* nshares from the configuration, then IPC$ */
	size_t nshares;
	struct cred *guest_cred; /* with "user identity"; NULL otherwise */
	struct user_list admin;  /* of the server */
	bool needs_groups;       /* some list names a group */
};

/*
 * For the server, which may have a set already. Takes config and accounts over on success. NULL: a
 * share could not be opened (logged).
 */
struct share_set *share_set_new(
    const struct server *s, struct config *config, struct account_db *accounts);
struct share_set *share_set_ref(struct share_set *set);
void share_set_unref(struct share_set **set);

/* Without regard to case, IPC$ too; NULL: none of that name. */
struct share *share_find(const struct share_set *set, const char *name);

/* Some share is a DFS root. */
bool share_set_has_dfs(const struct share_set *set);

/*
 * May this user connect, from this address? Why not is logged by the caller. ACCESS_DENIED, or
 * REQUEST_NOT_ACCEPTED when the share is full.
 */
nt_status share_admit(const struct share *share, const struct conn *c,
    const struct session *session, const char **reason);

/*
 * hosts allow and hosts deny as smb.conf(5) reads them: allow wins; a non-empty allow list without
 * a match refuses.
 */
bool share_hosts_admit(
    const struct conf_list *allow, const struct conf_list *deny, const struct sockaddr *addr);

/* One of the share's admin users. */
bool share_is_admin(const struct share *share, const struct session *session);

/* One of the server's admin users, who may look at and end what others do. */
bool share_set_is_admin(const struct share_set *set, const struct session *session);

/*
 * Read-only for this user: "read only" with its exceptions in read list and write list; admin
 * users.
 */
bool share_read_only(const struct share *share, const struct session *session);

#endif
