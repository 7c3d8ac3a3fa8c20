/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/throttle.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/arena.h"

#define FREE_TRIES 3
#define FIRST_MS   250
#define LONGEST_MS 10000U
#define QUIET_MS   30000
#define QUEUE_MS   30000U /* nobody waits longer for his turn */

/* After this many failures more the delay has reached its longest. */
#define MOST_FAILURES (FREE_TRIES + 7)

/* An IPv4 address, or the /64 of an IPv6 one: within it a client picks addresses as it likes. */
struct source {
	uint8_t net[8];
	uint8_t family;
};

struct record {
	struct source source;
	unsigned failures;
	uint64_t last_ms, next_ms; /* of the last failure; the next try is not judged before */
	UT_hash_handle hh;
};

/*
 * The hash keeps the order of insertion, and every failure inserts anew: the first is the oldest.
 */
struct throttle {
	struct record *records;
	size_t max;
};

struct throttle *
throttle_new(size_t max_addresses)
{
	struct throttle *t = xcalloc(1, sizeof(*t));

	t->max = max_addresses > 0 ? max_addresses : 1;
	return t;
}

static void
forget(struct throttle *t, struct record *r)
{
	HASH_DEL(t->records, r);
	free(r);
}

void
throttle_free(struct throttle **t)
{
	if (*t == NULL)
		return;
	while ((*t)->records != NULL)
		forget(*t, (*t)->records);
	free(*t);
	*t = NULL;
}

static void
source_of(const struct sockaddr *addr, struct source *s)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	memset(s, 0, sizeof(*s));
	if (addr->sa_family == AF_INET) {
		memcpy(&v4, addr, sizeof(v4));
		s->family = 4;
		memcpy(s->net, &v4.sin_addr, 4);
	} else if (addr->sa_family == AF_INET6) {
		memcpy(&v6, addr, sizeof(v6));
		s->family = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) ? 4 : 6;
		memcpy(s->net, v6.sin6_addr.s6_addr + (s->family == 4 ? 12 : 0),
		    s->family == 4 ? 4 : 8);
	}
}

static struct record *
find(const struct throttle *t, const struct sockaddr *addr)
{
	struct source s;
	struct record *r;

	source_of(addr, &s);
	HASH_FIND(hh, t->records, &s, sizeof(s), r);
	return r;
}

static struct record *
remember(struct throttle *t, const struct sockaddr *addr)
{
	struct record *r = find(t, addr);

	if (r != NULL) {
		HASH_DEL(t->records, r);
	} else {
		if (HASH_COUNT(t->records) >= t->max)
			forget(t, t->records);
		r = xcalloc(1, sizeof(*r));
		source_of(addr, &r->source);
	}
	HASH_ADD(hh, t->records, source, sizeof(r->source), r);
	return r;
}

static unsigned
failures_left(const struct record *r, uint64_t now_ms)
{
	uint64_t quiet = now_ms > r->last_ms ? (now_ms - r->last_ms) / QUIET_MS : 0;

	return quiet < r->failures ? r->failures - (unsigned)quiet : 0;
}

/* One failure less is half the distance. */
static uint32_t
distance(unsigned failures)
{
	uint32_t ms;

	if (failures <= FREE_TRIES)
		return 0;
	ms = (uint32_t)FIRST_MS << (failures - FREE_TRIES - 1);
	return ms < LONGEST_MS ? ms : LONGEST_MS;
}

uint32_t
throttle_turn(struct throttle *t, const struct sockaddr *addr, uint64_t now_ms)
{
	struct record *r = find(t, addr);
	uint64_t at;

	if (r == NULL)
		return 0;
	at = r->next_ms > now_ms ? r->next_ms : now_ms;
	if (at - now_ms > QUEUE_MS)
		return THROTTLE_REFUSE;
	r->next_ms = at + distance(failures_left(r, now_ms));
	return (uint32_t)(at - now_ms);
}

void
throttle_failed(struct throttle *t, const struct sockaddr *addr, uint64_t now_ms)
{
	struct record *r = remember(t, addr);
	uint64_t next;

	r->failures = failures_left(r, now_ms);
	r->failures += r->failures < MOST_FAILURES;
	r->last_ms = now_ms;
	next = now_ms + distance(r->failures);
	if (next > r->next_ms)
		r->next_ms = next;
}

void
throttle_succeeded(struct throttle *t, const struct sockaddr *addr)
{
	struct record *r = find(t, addr);

	if (r == NULL)
		return;
	if (r->failures > 1)
		r->failures--;
	else
		forget(t, r);
}
