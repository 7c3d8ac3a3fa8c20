/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_TABLES_H
#define SERVER_TABLES_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct conn;
struct handle;
struct request;
struct server;
struct session;
struct share;
struct tree;

/*
 * What the server tells of itself, its shares and what is going on there, whichever protocol asks:
 * srvsvc and wkssvc, or RAP.
 */

/* Who may ask. */
enum asker { ANYBODY, KNOWN_USERS, ADMINS };
bool asker_admitted(const struct session *s, enum asker who);

/* A Windows that spoke this protocol: version, and SV_TYPE_* ([MS-SRVS] 2.2.2.7). */
#define SERVER_MAJOR_VERSION 6u
#define SERVER_MINOR_VERSION 1u

/* A workstation, a server, of Windows NT, not a domain controller */
#define SERVER_TYPE 0x00009003u

/* A share's kind: STYPE_* ([MS-SRVS] 2.2.2.4) */
#define SHARE_DISK   0x00000000u
#define SHARE_IPC    0x00000003u
#define SHARE_HIDDEN 0x80000000u

#define SHARE_UNLIMITED 0xFFFFFFFFu

const char *share_name(const struct share *sh);
uint32_t share_type(const struct share *sh);
const char *share_comment(struct arena *a, const struct share *sh);
uint32_t share_max_uses(const struct share *sh);

/* As if all were on one drive of Windows. */
const char *share_path(struct arena *a, const struct share *sh);

/* May he find it in a list? */
bool share_shown(const struct share *sh, const struct session *asks);

/* ---- sessions ---- */

const char *session_user(const struct session *s);     /* "" for nobody */
const char *session_platform(const struct session *s); /* what the client says it is */
uint32_t session_trees(const struct session *s);       /* shares it is connected to */
uint32_t session_opens(const struct session *s);       /* open files and pipes */
uint32_t session_seconds(const struct session *s);     /* since the connection began */
uint32_t session_idle_seconds(const struct session *s);

/* Those a client ("\\10.0.0.1" or without backslashes) and a user are named for; NULL or "":
 * whoever. */
bool session_is_meant(const struct session *s, const char *client, const char *user);

/* The valid ones, in turn; NULL at the end. */
struct session_walk {
	const struct conn *conn;
	uint32_t pos;
	bool begun;
};
struct session *session_walk(const struct server *s, struct session_walk *w);

/* A session of Windows is a connection: it ends with all that is on it. False: none was meant. */
bool sessions_end(const struct server *s, const char *client, const char *user);

/* ---- connections to shares ---- */

uint32_t tree_id(const struct tree *t);
uint32_t tree_opens(const struct tree *t);
uint32_t tree_seconds(const struct tree *t); /* since its connection began */
const char *tree_user(const struct tree *t);

/* Is it to this share, or from this computer ("\\10.0.0.1")? */
bool tree_is_qualified(const struct tree *t, const char *qualifier);

/* ---- open files ---- */

/* Of the serial number what fits: two alike are four thousand million opens apart. */
uint32_t file_id(const struct handle *h);
const char *file_user(const struct handle *h);
uint32_t file_locks(const struct handle *h);
uint32_t file_permissions(const struct handle *h); /* PERM_FILE_* ([MS-SRVS] 2.2.4.7) */

/* Where Windows would have it. */
const char *file_full_path(struct arena *a, const struct handle *h);

/* Do its path and its user begin and read like this? NULL: whichever. */
bool file_is_meant(struct arena *a, const struct handle *h, const char *base, const char *user);

struct handle *file_find(const struct server *s, uint32_t id);

/* As an administrator's client told; logged. */
void file_end(const struct request *req, struct handle *h);

#endif
