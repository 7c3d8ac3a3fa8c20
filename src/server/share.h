/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_SHARE_H
#define SERVER_SHARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "auth/logon.h"
#include "base/status.h"

struct account_db;
struct config;
struct conn;
struct disk_root;
struct session;
struct share_conf;
struct share_set;

/* A share as served; lives as long as its set. */
struct share {
	struct share_set *set;
	const struct share_conf *conf; /* NULL: IPC$ */
	struct disk_root *root;        /* NULL: IPC$ */
	struct cred *force_cred;       /* of force user/group; NULL: none */
	uint32_t connections;
};

/* One loaded configuration with everything opened for it. Trees and sessions hold a reference; a reload makes a new set. */
struct share_set {
	unsigned refs;
	struct config *config;
	struct account_db *accounts;
	struct logon_policy policy;
	struct share *shares; /* nshares from the configuration, then IPC$ */
	size_t nshares;
};

/* Takes config and accounts over on success. NULL: a share could not be opened (logged). */
struct share_set *share_set_new(struct config *config, struct account_db *accounts);
struct share_set *share_set_ref(struct share_set *set);
void share_set_unref(struct share_set **set);

/* Without regard to case, IPC$ too; NULL: none of that name. */
struct share *share_find(const struct share_set *set, const char *name);

/* May this user connect, from this address? Why not is logged by the caller. ACCESS_DENIED, or REQUEST_NOT_ACCEPTED when the share is full. */
nt_status share_admit(const struct share *share, const struct conn *c, const struct session *session, const char **reason);

/* Read-only for this user: "read only" with its exceptions in read list and write list; admin users. */
bool share_read_only(const struct share *share, const struct session *session);

#endif
