/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_THROTTLE_H
#define AUTH_THROTTLE_H

#include <stdint.h>
#include <sys/socket.h>

/* Wrong passwords per client address, in bounded memory: the oldest are forgotten first. */
struct throttle;
struct throttle *throttle_new(size_t max_addresses);
void throttle_free(struct throttle **t);

/*
 * Milliseconds to wait before the answer to a failure from this address: 0 for the first few,
 * doubling to 10 s; halves with quiet time.
 */
uint32_t throttle_failed(struct throttle *t, const struct sockaddr *addr, uint64_t now_ms);
void throttle_succeeded(struct throttle *t, const struct sockaddr *addr);

#endif
