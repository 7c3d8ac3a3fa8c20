/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_NET_STREAM_H
#define TESTS_NET_STREAM_H

/* A transport over a pair of sockets: its owner, who counts what comes, and the client's end. */

#include <check.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/loop.h"
#include "net/transport.h"
#include "wire/frame.h"

#define REPLY 1000

struct owner {
	struct transport *t;
	struct owner *closes; /* this one's transport, when its own is closed */
	unsigned frames, turns, closed, calls, bad;
	size_t bytes;
	uint8_t last[200000];
	size_t last_len;
	char why[128];
	bool answers, negative;
	unsigned close_at, pause_at; /* at this frame */
	bool close_in_turn_over;
	char called[16];
	uint8_t suffix;
};

extern struct loop *loop;
extern struct owner one;
extern int peer;

/* Three messages: "ab", an empty one and "12345". */
extern const uint8_t three[19];

void send_reply(struct owner *o, size_t len);
void turns(int n);
int open_one(struct owner *o, int type, bool netbios);
void set_up(void);
void tear_down(void);
void reopen(int type, bool netbios);
void give_up(struct owner *o);
void limit(size_t max_frame, size_t max_unsent, uint32_t timeout);
void put(const void *p, size_t n);
size_t make(uint8_t *p, uint8_t type, size_t n);
size_t get_all(uint8_t *buf, size_t cap, bool *eof);
void check_three(void);

#endif
