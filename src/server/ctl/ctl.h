/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_CTL_CTL_H
#define SERVER_CTL_CTL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct ctl;
struct loop;
struct server;

/*
 * The control socket, through which smb1ctl(1) asks and orders. A caller sends one line, a command
 * and its argument, and is answered with one JSON document, {"error": ...} when it cannot be; then
 * the connection ends. Only root and the daemon's own user are heard, a few at a time, each for a
 * few seconds.
 */
struct ctl_subject {
	struct server *server;
	bool (*reload)(void *arg); /* false: not reloaded, why is in the log */
	void *arg;
	uint64_t since_ms; /* when it began to serve */
};

/*
 * Binds while the rights for it are there; the socket becomes uid's and gid's. Opens what only the
 * start may, too. NULL with a line in err: the path cannot be bound, or another daemon answers
 * there.
 */
struct ctl *ctl_open(const char *path, uid_t uid, gid_t gid, char *err, size_t errlen);

/* Answers from now on. */
bool ctl_start(struct ctl *c, struct loop *loop, const struct ctl_subject *subject);
void ctl_free(struct ctl **c); /* NULL: nothing */

/* The document that answers a line, for free(). A line that was done is {"done": true}. */
char *ctl_answer(const struct ctl_subject *s, const char *line);

#endif
