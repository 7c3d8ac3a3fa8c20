/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct config;

/* Who the daemon serves as, decided before the ports are opened and carried out after. */
struct privileges {
	uid_t uid;
	gid_t gid;
	char name[64];     /* for the log */
	bool change;       /* started as root, to become uid */
	bool any_identity; /* "user identity", "force user": keeps CAP_SETUID and CAP_SETGID */
	bool trusted_acls; /* "security acl name = security.NTACL": keeps CAP_SYS_ADMIN */
	bool quotas;       /* "quotas" on some share: keeps CAP_SYS_ADMIN too */
	bool as_root;      /* "user = root": keeps root's rights over files */
};

/* False with a line in err that names the key and the remedy. */
bool privileges_plan(struct privileges *p, const struct config *c, char *err, size_t errlen);

/*
 * Do those that are left do for another configuration? False with a line in err that names section
 * and key.
 */
bool privileges_suffice(
    const struct privileges *p, const struct config *c, char *err, size_t errlen);

/* Gives up all but what the plan keeps, for good: no program run from here could get it back. */
bool privileges_drop(const struct privileges *p, char *err, size_t errlen);

#endif
