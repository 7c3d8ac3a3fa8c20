/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct conn;
struct cred;
struct logon;
struct logon_exchange;
struct share_set;

/*
 * A UID.
 *
 *   (session_begin) in progress --session_complete--> valid --LOGOFF, connection--> gone
 *   in progress --failed leg--> gone
 *
 * In progress no command but SESSION_SETUP_ANDX accepts it.
 */
struct session {
	struct conn *conn;
	struct share_set *set;
	uint16_t uid;
	bool valid, guest, anonymous;
	struct logon_exchange *exchange; /* while legs are outstanding */
	char *user, *domain, *scheme;
	struct cred *cred;   /* the identity on disk, counted; NULL: the process's own */
	struct cred *groups; /* the user as the name service knows him, counted; may be NULL */
};

/* NULL: too many UIDs. */
struct session *session_begin(struct conn *c);

/*
 * The logon is copied; a valid session is re-authenticated. user (may be NULL): the name service's
 * answer, taken over.
 */
void session_complete(struct session *s, const struct logon *logon, struct cred *user);
void session_end(struct session **s); /* with its handles */

/* The valid session of a UID, or NULL; session_find: one in progress too. */
struct session *session_get(const struct conn *c, uint16_t uid);
struct session *session_find(const struct conn *c, uint16_t uid);

#endif
