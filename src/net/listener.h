/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct loop;
struct listener;

/* A new connection; fd is the callee's. netbios: it came in on a port that speaks NetBIOS sessions
 * (139, or written "ADDR:PORT/netbios"). */
typedef void listener_accept(
    void *arg, int fd, const struct sockaddr *addr, socklen_t len, bool netbios);

/*
 * Opens every address of the list ("0.0.0.0:445", "[::]:139", "127.0.0.1:4450",
 * "127.0.0.1:1390/netbios"). IPv6 sockets are IPv6 only. NULL and a line in err that names the
 * address and the remedy. Sockets handed over by systemd (LISTEN_FDS) are used instead when there
 * are any; those on port 139 speak NetBIOS. Out of descriptors: accepting stops for a second and
 * says so once.
 */
struct listener *listener_open(
    struct loop *loop, char *const *addresses, size_t n, char *err, size_t errlen);
void listener_start(struct listener *l, listener_accept *accept, void *arg);
void listener_free(struct listener **l);

/* "127.0.0.1:4450/netbios", the bound address of socket i (port 0 asked: the one given). False when
 * there are fewer. */
bool listener_address(const struct listener *l, size_t i, char *out, size_t outlen);

/* Is addr one of the words (address, CIDR, prefix "192.168.", "ALL", "localhost")? */
bool address_in(const struct sockaddr *addr, char *const *words, size_t n);
void address_text(const struct sockaddr *addr, char *out, size_t outlen); /* without the port */

#endif
