/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_THROTTLE_H
#define AUTH_THROTTLE_H

#include <stdint.h>
#include <sys/socket.h>

/* Wrong passwords per client address, in bounded memory: the oldest are forgotten first. */
struct throttle;
struct throttle *throttle_new(size_t max_addresses);
void throttle_free(struct throttle **t);

/* What throttle_turn says when too many wait already: refuse without a look. */
#define THROTTLE_REFUSE UINT32_MAX

/*
 * Milliseconds until a log-on from this address may be judged: 0 while it has failed a few times at
 * most, then one after the other, at distances that double with each failure, up to 10 s, and halve
 * with quiet time. The turn is taken, so that tries sent all at once gain nothing.
 */
uint32_t throttle_turn(struct throttle *t, const struct sockaddr *addr, uint64_t now_ms);
void throttle_failed(struct throttle *t, const struct sockaddr *addr, uint64_t now_ms);

/* Makes up for one failure, no more: one good password does not pay for guessing others. */
void throttle_succeeded(struct throttle *t, const struct sockaddr *addr);

#endif
