/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_SERVER_INSIDE_H
#define TESTS_SERVER_INSIDE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/worker.h"

/*
 * A server in the test's own process, over a folder made for it, and clients on socket pairs that
 * say what the test says. Its turns are the test's: nothing happens between two calls of
 * inside_turn but what worker threads do.
 */
struct inside {
	struct loop *loop;
	struct worker *worker;
	struct server *server;
	char folder[64]; /* the writable share "rw"; "ro" serves the same, read only */
	/* a job that sits in the only thread until inside_unblock */
	struct job plug, plug2;
	pthread_mutex_t plugged;
};

/* threads: of the worker. keys: NULL-terminated triples of share (NULL: global), key and value. */
void inside_start(struct inside *s, unsigned threads, const char *const keys[][3]);
void inside_stop(struct inside *s);
void inside_turn(struct inside *s);

/* Until nobody has anything to do, at most so many milliseconds. */
void inside_settle(struct inside *s, int ms);

/* All writing goes to the threads, as if the disk were slow. */
void inside_slow_disk(struct inside *s);

/* Keeps the (only) worker thread busy, so that jobs wait. */
void inside_block(struct inside *s);
void inside_block_again(struct inside *s); /* behind the jobs that wait now */
void inside_unblock(struct inside *s);
void inside_put(const struct inside *s, const char *name, const char *text);

struct client {
	struct inside *inside;
	int fd;
	uint16_t uid, tid, mid;
	uint32_t pid;
	uint8_t challenge[8];
	uint8_t in[1 << 17];
	size_t got;
};

#define MESSAGE_HEADER 32

/* From an address that ends in host. */
void client_connect(struct inside *s, struct client *c, uint8_t host);
void client_close(struct client *c);
void client_send(struct client *c, uint8_t command, const void *body, size_t n);

/* The next whole reply if it is there: its length, 0 when not. *reply is good until the next call.
 */
size_t client_reply(struct client *c, const uint8_t **reply);

/* Sends, waits for the reply (5 s) and returns its status; UINT32_MAX when none came. */
uint32_t client_ask(struct client *c, uint8_t command, const void *body, size_t n);
uint32_t client_wait(struct client *c, const uint8_t **reply);

/*
 * Strings are 8-bit, status is NT. The accounts are alice and bob with the password "secret", any
 * other user becomes a guest; password "": none.
 */
void client_negotiate(struct client *c);
uint32_t client_log_on(struct client *c, const char *user, const char *password);
uint32_t client_tree(struct client *c, const char *share);

/* Bodies of requests; the length is returned. */
size_t body_create(uint8_t *out, const char *name, uint32_t disposition, uint32_t options);
size_t body_log_on(uint8_t *out, const struct client *c, const char *user, const char *password);
size_t body_named(uint8_t *out, const char *name, unsigned nwords, const uint16_t *words);
size_t body_words(uint8_t *out, unsigned nwords, const uint16_t *words);

#endif
