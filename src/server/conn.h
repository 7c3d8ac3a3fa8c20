/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_CONN_H
#define SERVER_CONN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>

#include "auth/signing.h"
#include "base/idmap.h"
#include "base/waiter.h"
#include "config/schema.h"

struct frame;
struct logon_exchange;
struct message_blocks;
struct request;
struct server;
struct share_set;
struct transport;
struct tree;

TAILQ_HEAD(request_list, request);
LIST_HEAD(trans_list, trans_pending);

/*
 * One client connection.
 *
 *   live --conn_drain--> draining --no request left--> closing
 *   live, draining --transport ends, protocol error--> closing --no request left--> freed
 *
 * draining: nothing more is read; what is under way is answered.
 * closing: no request is taken or answered; parked ones are woken with STATUS_CANCELLED, those with
 * a job under way are waited for; FIDs, TIDs and UIDs are closed at once, files when their last job
 * is done.
 */
struct conn {
	struct server *server;
	struct share_set *set;       /* as of the connect or the last log-on */
	struct transport *transport; /* NULL once closing */
	TAILQ_ENTRY(conn) link;
	uint32_t id;
	union {
		struct sockaddr sa;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} addr;
	char peer[INET6_ADDRSTRLEN]; /* for the log */
	bool netbios, draining, closing;
	bool crowded; /* too many requests under way */
	bool paused;  /* nothing is read */

	/* negotiated */
	bool negotiated, extended_security;
	bool share_level; /* passwords belong to shares: a TID says who asks, a UID nothing */
	enum conf_protocol protocol;
	const char *dialect; /* as negotiated, for the log */
	bool challenged;     /* it was sent challenge: responses to it are what proves a password */
	uint8_t challenge[8];
	uint16_t client_buffer; /* MaxBufferSize of SESSION_SETUP */
	bool level2_oplocks;    /* the client said in SESSION_SETUP that it knows them */
	struct signing signing;
	bool logged_on; /* ever: ends the log-on time limit */

	struct idmap sessions, trees, handles, searches;
	struct request_list requests;   /* all that are not answered */
	struct trans_list transactions; /* that wait for their secondaries; zeroed is empty */
	uint32_t outstanding;
	bool raw_due;                         /* the next message is no SMB but somebody's data */
	bool raw_taken;                       /* it has come, and is being worked on */
	struct request *raw;                  /* his who claimed it, until he is done; or NULL */
	unsigned nlocks;                      /* byte-range locks of all its files */
	unsigned nchanges;                    /* bytes of changes kept for its directories */
	unsigned npipes;                      /* named pipes it has open */
	size_t npipe_bytes;                   /* unread in them */
	uint64_t since_ms, last_ms, alive_ms; /* connected; last request; last keep-alive */
	struct waiter reaper;                 /* frees it in a turn of its own */
	struct message_blocks *message;       /* of the messenger, under way; or NULL */
	char *native_os; /* as the client calls itself, for the log; may be NULL */
};

/*
 * Logs why (NULL: ordinary) and closes; safe at any time, c stays valid until the last of its
 * requests ends.
 */
void conn_close(struct conn *c, const char *why);

/*
 * Answers what is under way, then closes; requests that wait for somebody are answered with
 * STATUS_CANCELLED.
 */
void conn_drain(struct conn *c);

/* Queues a finished message, signed by the caller. Dropped when closing. */
void conn_send(struct conn *c, struct frame *f);

/* The first log-on has succeeded: longer messages and a longer life. */
void conn_logged_on(struct conn *c);

/*
 * A request was freed: takes reading up again, or ends a closing connection. request_free calls it.
 */
void conn_request_ended(struct conn *c);

/*
 * More than half of what it may have under way is: who would wait for another message of the same
 * client had better not, for that might never be read. Nor who would wait for others until he is
 * cancelled.
 */
bool conn_is_busy(const struct conn *c);

/* Whose FIDs and searches conn_release closes; what is 0 or NULL does not count. */
struct conn_owner {
	const struct tree *tree;
	uint16_t uid;
	bool by_pid;
	uint32_t pid;
};

/*
 * LOGOFF, TREE_DISCONNECT, PROCESS_EXIT: closes what belongs to the owner, cancels his parked
 * requests and orphans those in a job.
 */
void conn_release(struct conn *c, const struct conn_owner *owner);

/* The server's part of a connection's life. */
struct conn *conn_new(
    struct server *s, int fd, const struct sockaddr *addr, socklen_t len, bool netbios);

/* Once a second: time limits and keep-alives. */
void conn_tick(struct conn *c, uint64_t now_ms);

#endif
