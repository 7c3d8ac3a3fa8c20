/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_SERVER_H
#define TESTS_WIRE_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A smb1d of the test's own: on 127.0.0.1, with a scratch directory that goes when it stops. */
struct server {
	pid_t pid;
	uint16_t port, netbios_port;
	char dir[64];  /* holds everything */
	char root[80]; /* what [share] shares */
};

/*
 * Starts it with the account "torture" (password "secret"), guests allowed and five shares:
 * [share] open to guests for writing, [readonly] the same directory for reading, [followed] the
 * same for writing and with follow symlinks = yes, [private] for
 * torture only (and with kernel locks = no), [closed] for nobody here; [share] has its snapshots in
 * .snapshots. global: more lines for
 * [global], or "". Ends the program when it does not start.
 */
void server_start(struct server *s, const char *global);

/* Stops it and removes its directory. 0 when it was alive and ended as it should. */
int server_stop(struct server *s);

/* A file or directory below root. */
void server_file(const struct server *s, const char *name, const void *data, size_t n);
void server_mkdir(const struct server *s, const char *name);
bool server_has(const struct server *s, const char *name);

/* UINT64_MAX: there is none. */
uint64_t server_size(const struct server *s, const char *name);

#endif
