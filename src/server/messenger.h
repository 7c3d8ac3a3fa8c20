/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_MESSENGER_H
#define SERVER_MESSENGER_H

#include "base/status.h"

struct conn;

/* A text for a person at this machine, as NET SEND sends it. UTF-8, lines end with '\n'. */
struct message {
	const char *from, *to, *text;
};

/*
 * To the log; and to whoever listens at "message socket": a datagram each, a JSON object with the
 * members address, from, to and text. Nothing waits for him, or asks whether he is there.
 */
void messenger_deliver(const struct conn *c, const struct message *m);

/*
 * A message in blocks, of which a connection has one under way: STATUS_SUCCESS, or
 * INSUFF_SERVER_RESOURCES for what is longer than 1600 bytes, with which it is dropped, or not
 * begun.
 */
nt_status messenger_begin(struct conn *c, const struct message *m);
nt_status messenger_add(struct conn *c, const char *text);
nt_status messenger_end(struct conn *c);

/* With the connection. */
void messenger_forget(struct conn *c);

#endif
