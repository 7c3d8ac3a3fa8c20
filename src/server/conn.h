/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "auth/signing.h"
#include "base/idmap.h"
#include "config/schema.h"

struct event;
struct frame;
struct logon_exchange;
struct request;
struct server;
struct share_set;
struct transport;

TAILQ_HEAD(request_list, request);

/*
 * One client connection.
 *
 *   live --transport ends, protocol error, stop--> closing --no request left--> freed
 *
 * closing: no request is taken or answered; parked ones are woken with STATUS_CANCELLED, those with a job under way
 * are waited for; FIDs, TIDs and UIDs are closed at once, files when their last job is done.
 */
struct conn {
	struct server *server;
	struct share_set *set; /* as of the connect or the last log-on */
	struct transport *transport; /* NULL once closing */
	TAILQ_ENTRY(conn) link;
	uint32_t id;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} addr;
	char peer[INET6_ADDRSTRLEN]; /* for the log */
	char called[16];             /* NetBIOS called name, "" on direct TCP */
	bool netbios, closing;

	/* negotiated */
	bool negotiated, extended_security;
	enum conf_protocol protocol;
	uint8_t challenge[8];
	uint32_t client_caps;   /* of SESSION_SETUP */
	uint16_t client_buffer; /* MaxBufferSize of SESSION_SETUP */
	struct signing signing;
	bool logged_on; /* ever: ends the log-on time limit */

	struct idmap sessions, trees, handles, searches;
	struct request_list requests; /* all that are not answered */
	uint32_t outstanding;
	struct event *timer; /* log-on limit, later dead time and keep-alive */
	uint64_t last_ms;    /* of the last request */
	char *native_os;     /* as the client calls itself, for the log; may be NULL */
};

/* Logs why (NULL: ordinary) and closes; safe at any time, c stays valid until the last of its requests ends. */
void conn_close(struct conn *c, const char *why);

/* Queues a finished message, signed by the caller. Dropped when closing. */
void conn_send(struct conn *c, struct frame *f);

/* Closes everything a UID, a TID or a process of it holds. */
void conn_close_handles(struct conn *c, bool (*match)(const void *handle, const void *arg), const void *arg);

#endif
