/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_SID_NAME_H
#define RPC_SID_NAME_H

#include <stdbool.h>

#include "wire/sid.h"

struct account_db;
struct arena;
struct session;

/*
 * Names and SIDs, either way: the accounts of the password file in the server's own domain, users
 * and groups of this system as files show them ("Unix User", "Unix Group"), and those that are the
 * same everywhere.
 */

/* SID_NAME_USE ([MS-LSAT] 2.2.13) */
enum sid_use {
	SID_USE_USER = 1,
	SID_USE_GROUP,
	SID_USE_DOMAIN,
	SID_USE_ALIAS,
	SID_USE_WELL_KNOWN,
	SID_USE_UNKNOWN = 8,
};

struct sid_name {
	struct sid sid;
	enum sid_use use; /* SID_USE_UNKNOWN: none; the rest is not valid then */
	const char *name, *domain;
	struct sid domain_sid;
};

/* What names are looked up in. server: the name of its domain. */
struct sid_names {
	const struct account_db *accounts;
	const char *server;
	struct sid sid;
	bool nss; /* ask the name service, which blocks */
};

/* Valid as long as the session's configuration is. */
void sid_names_init(struct sid_names *n, const struct session *s);

/* Completes what has a SID. */
void sid_name_complete(const struct sid_names *n, struct arena *a, struct sid_name *of);

/* "name" or "domain\name", without regard to case. */
void sid_name_find(
    const struct sid_names *n, struct arena *a, const char *text, struct sid_name *out);

/* Domain users of any machine's own domain; the one group of it that is shown. */
#define RID_NONE_GROUP 513u

/* The SID of an account in the server's domain. */
struct sid sid_of_rid(const struct sid_names *n, uint32_t rid);
bool sid_to_rid(const struct sid_names *n, const struct sid *sid, uint32_t *rid);

/* S-1-5-32; aliases in it by number, NULL at the end. */
extern const struct sid sid_builtin;
struct builtin {
	uint32_t rid;
	const char *name;
};
extern const struct builtin sid_builtin_aliases[];

/* "S-1-5-32-544" */
const char *sid_text(struct arena *a, const struct sid *sid);

#endif
