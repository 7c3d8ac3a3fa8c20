/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_PIPE_H
#define SERVER_PIPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "base/status.h"
#include "base/waiter.h"

struct conn;
struct pipe;
struct request;
struct server;

/* Most a client may write at a time, and what is said to be its buffer. */
#define PIPE_BUFFER 4096u

/* Names of pipes there may be. */
#define PIPES_MAX 16

/* What a client wrote, as it came. In the request's arena. */
struct pipe_input {
	struct pipe *pipe;
	struct request *req; /* its session says who */
	const uint8_t *bytes;
	size_t n;
	/* goes on once it is taken; NULL: nothing has to */
	nt_status (*then)(struct request *req, void *arg, nt_status status);
	void *arg;
};

/*
 * What stands behind a name: given to the server by the program, for it is of a higher floor. take
 * answers by pipe_answer and ends with pipe_taken, whose result it returns; where it must wait it
 * parks the request and does so later. What is no SUCCESS breaks the pipe.
 */
struct pipe_service {
	const char *name; /* "srvsvc" */
	void *(*open)(const struct pipe_service *service);
	void (*close)(void *end);
	nt_status (*take)(void *end, const struct pipe_input *in);
};

struct pipe_message {
	STAILQ_ENTRY(pipe_message) link;
	size_t n, taken;
	uint8_t bytes[];
};

/*
 * A client's end of a named pipe, in message mode.
 *
 *   open --service says so--> broken (what is unread is still read) --handle_close--> freed
 */
struct pipe {
	const struct pipe_service *service;
	void *end; /* the service's */
	struct conn *conn;
	uint32_t access;
	bool byte_mode; /* a read does not stop at the end of a message */
	bool no_wait;   /* nor wait for one */
	bool broken;
	bool busy;     /* what was written is not taken yet */
	size_t unread; /* bytes of the answers */
	STAILQ_HEAD(, pipe_message) answers;
	struct waiter_list readers, writers;
};

/*
 * The row of a name as clients write it, "\PIPE\srvsvc", "\srvsvc" or "srvsvc" in any case; NULL:
 * there is none. It is looked up and used for nothing else.
 */
const struct pipe_service *pipe_find(const struct server *s, const char *name);

/* NULL: this connection has too many. */
struct pipe *pipe_open(struct conn *c, const struct pipe_service *service);
void pipe_free(struct pipe **p);

/* How many of that name are open, of all clients. */
unsigned pipe_instances(const struct pipe *p);

/* So much is unread in the pipes of its client that he has to read before he is answered more. */
bool pipe_is_full(const struct pipe *p);

/*
 * Gives the service what the client wrote, and goes on with in->then, whose result it returns (or
 * PENDING). PIPE_DISCONNECTED: it is broken. PIPE_BUSY: too much is unread, or the last was not
 * taken yet (writers are woken then).
 */
nt_status pipe_write(const struct pipe_input *in);

/* The service has taken it all, or not. */
nt_status pipe_taken(const struct pipe_input *in, nt_status status);

/* A message for the client, copied; wakes readers. */
void pipe_answer(struct pipe *p, const void *bytes, size_t n);

/*
 * At most n bytes of what is unread: of one message, or of all in byte mode. BUFFER_OVERFLOW: there
 * is more of the message. PIPE_EMPTY: nothing came yet; wait on p->readers. PIPE_DISCONNECTED:
 * nothing will.
 */
nt_status pipe_read(struct pipe *p, uint8_t *to, size_t n, size_t *done);

/* The same, and it stays unread. */
size_t pipe_peek(const struct pipe *p, uint8_t *to, size_t n);

/* Of the next message; how many there are. */
size_t pipe_message_left(const struct pipe *p);
unsigned pipe_messages(const struct pipe *p);

/* The NMPipeStatus of SMB ([MS-CIFS] 2.2.1.3), and its bits that can be set. */
#define PIPE_NO_WAIT       0x8000u
#define PIPE_READ_MESSAGES 0x0100u
uint16_t pipe_status(const struct pipe *p);
void pipe_set_status(struct pipe *p, uint16_t status);

#endif
