/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_OPENS_H
#define TESTS_WIRE_OPENS_H

#include "client.h"

/* Opens with oplocks, breaks and their answers, each sent and received when the test says. */

enum { NO_OPLOCK, EXCLUSIVE, BATCH, LEVEL_II }; /* OplockLevel of a reply */

/* Two clients on [share] of a server, and its "file" of ten digits. */
struct server;
extern struct client *holder, *other;
void pair_begin(const struct server *s);
void pair_end(void);
#define TEXT "0123456789"

/* Flags of NT_CREATE_ANDX */
#define ASK_NOTHING   0x0
#define ASK_EXCLUSIVE 0x2
#define ASK_BATCH     0x6

/* NewOplockLevel */
#define TO_NONE     0
#define TO_LEVEL_II 1

#define SHARE_NOTHING 0
#define SHARE_ALL     7

/* The usual open: for reading and writing, sharing all, of a file that is there. */
struct how {
	const char *name; /* NULL: "file" */
	uint32_t ask;
	uint32_t access; /* 0: to read and write */
	uint32_t share;
	uint32_t disposition; /* 0: open */
	uint32_t options;
};

#define DISPOSITION_OPEN      1
#define DISPOSITION_OPEN_IF   3
#define DISPOSITION_OVERWRITE 4

/* Builds the request; sends it too: its MID. */
void open_build(struct client *c, const struct how *how);
uint16_t open_send(struct client *c, const struct how *how);

/* The next message is the reply to that request, with that status. The FID; the OplockLevel. */
uint16_t open_receive(struct client *c, uint16_t mid, nt_status status, uint8_t *level);

/* The usual opens. */
extern const struct how batch, exclusive, plain, overwriting;

/*
 * Sends an open of the other that waits for the break of this batch oplock of the holder, and
 * receives the break; its MID.
 */
uint16_t open_waits_for_break(uint16_t fid);

/* Both; fails the test unless it is granted that level. */
uint16_t open_granted(struct client *c, const struct how *how, uint8_t level);

/* The next message is a break to that level; the FID. Or of that FID. */
uint16_t break_of(struct client *c, uint8_t level);
void break_receive(struct client *c, uint16_t fid, uint8_t level);

/* Answers a break; nothing comes back. Or builds that only. */
void break_answer_build(struct client *c, uint16_t fid, uint8_t level);
void break_answer(struct client *c, uint16_t fid, uint8_t level);

/* Nothing has come but what was read, as far as the server has come by now. */
void nothing_comes(struct client *c);

/* The server has seen what another connection did before: its end is in an earlier turn's events.
 */
void settle(struct client *c);

/* A client that said in its log-on that it does not know level II oplocks. */
struct client *simple_client(const struct server *s);

/* Requests that are answered with this status. */
void must_close(struct client *c, uint16_t fid);
void close_send(struct client *c, uint16_t fid);
nt_status simple_reply(struct client *c, uint16_t mid);

/* NT_CANCEL of the request with that MID. */
void cancel(struct client *c, uint16_t mid);

#endif
