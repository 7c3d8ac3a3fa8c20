/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_TREE_H
#define SERVER_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

struct conn;
struct cred;
struct session;
struct share;

/* Capabilities of the CIFS UNIX extensions */
#define UNIX_CAP_FCNTL_LOCKS 0x01u
#define UNIX_CAP_POSIX_ACLS  0x02u
#define UNIX_CAP_EXTATTR     0x08u /* attribute flags */
#define UNIX_CAP_POSIX_PATHS \
	0x10u /* '/' alone parts names, which are what they are spelled like \
	       */
#define UNIX_CAP_POSIX_OPEN  0x20u
#define UNIX_CAP_LARGE_READ  0x40u
#define UNIX_CAP_LARGE_WRITE 0x80u

/*
 * A TID: a connection to a share. Any UID of the connection may use it, if the share admits that
 * user.
 */
struct tree {
	struct conn *conn;
	struct share *share; /* its set is counted */
	uint16_t tid;
	uint16_t uid; /* that connected it */
	bool ipc;
	struct session *own;   /* who its password stands for, ends with it; NULL: UIDs say who */
	uint32_t unix_caps;    /* UNIX_CAP_*: what the client has chosen of the UNIX extensions */
	uint16_t admitted_uid; /* the last one asked about and admitted */
	struct cred *grouped; /* the last session's identity with "force group", counted; or NULL */
	uint64_t grouped_from; /* its serial */
};

/* share was admitted. INSUFF_SERVER_RESOURCES: too many TIDs. */
nt_status tree_connect(
    struct conn *c, struct session *session, struct share *share, struct tree **out);
void tree_disconnect(struct tree **t); /* with its handles and searches */

/* May this user, perhaps another than who connected it, use the tree? */
bool tree_admits(struct tree *t, const struct session *session);

/* Who this user acts as on disk, not counted; NULL: the process's own. */
struct cred *tree_identity(struct tree *t, const struct session *session);

/* Are names of this tree those of a POSIX client? NULL: no. */
bool tree_is_posix(const struct tree *t);

/* This UID stands for somebody else from now on, or nobody: who it admits is asked again. */
void trees_forget(struct conn *c, uint16_t uid);

/*
 * Who asks, in a message with this UID and on this tree (NULL: none): the UID's valid session, or
 * the tree's own where passwords belong to shares. NULL: nobody.
 */
struct session *tree_session(const struct conn *c, const struct tree *t, uint16_t uid);

/* Of this connection; NULL: none. */
struct tree *tree_get(const struct conn *c, uint16_t tid);

#endif
