/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TRANSPORT_H
#define NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct frame;
struct loop;
struct transport;

/*
 * A byte stream cut into SMB messages, over direct TCP or a NetBIOS session (whose set-up and
 * keep-alives never reach the owner). An idle one holds no buffer.
 *
 *   request (NetBIOS only) --> open --transport_close--> draining --all sent or 5 s--> freed
 *   any --peer gone, bad frame--> closed() is called once, then freed in the next turn
 */
struct transport_ops {
	/* A whole message; f is the owner's. Called for each one that arrived, then turn_over. */
	void (*frame)(void *owner, struct frame *f);
	/* All that arrived together has been handed over; the replies queued since leave in one
	 * writev after it. May be NULL. */
	void (*turn_over)(void *owner);
	/* The stream has ended; why is for the log, NULL for an ordinary end. The transport must
	 * not be used again. */
	void (*closed)(void *owner, const char *why);
	/* NetBIOS only: is the called name (15 characters, trimmed, and the suffix byte) one of
	 * ours? 0, or the RFC 1002 error code. */
	uint8_t (*called)(void *owner, const char *name, uint8_t suffix);
};

struct transport_limits {
	size_t max_frame;  /* longer ones end the connection */
	size_t max_unsent; /* queued reply bytes at which reading stops until half of it has left */
	uint32_t frame_timeout; /* seconds a message may take from its first byte to its last */
};

/* Takes fd over. netbios: expects a SESSION REQUEST first. */
struct transport *transport_new(
    struct loop *loop, int fd, bool netbios, const struct transport_ops *ops, void *owner);
void transport_set_limits(struct transport *t, const struct transport_limits *limits);

/* Queues a message; f is the transport's. Sent at the end of the turn. */
void transport_send(struct transport *t, struct frame *f);

/* Stops and restarts reading, beside what the transport does by itself. */
void transport_pause(struct transport *t, bool pause);

/* Sends what is queued, then closes; closed() is not called. The owner must not use t again. */
void transport_close(struct transport *t);

/* Queues a NetBIOS keep-alive. */
void transport_keepalive(struct transport *t);
size_t transport_unsent(const struct transport *t);

/* No transport of this loop is left, draining ones included. */
bool transports_gone(const struct loop *loop);

#endif
