/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RAP_DESCRIPTOR_H
#define RAP_DESCRIPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The strings by which a client says what its parameters and the structures of the answer are
 * made of ([MS-RAP] 2.5.1): letters, some with a count behind them.
 */
struct rap_member {
	char type;
	bool counted;
	uint16_t count; /* 1 without one */
};

/* Longest string that is looked at, and the largest count. */
#define RAP_DESCRIPTOR_MAX 128
#define RAP_COUNT_MAX      1024u

/* The next member, and *d moves past it. False: the end, or no member (*d stays). */
bool rap_member_next(const char **d, struct rap_member *m);

/* Is it one, to its end, of these letters? */
bool rap_descriptor_is_sane(const char *d, const char *letters);

/*
 * Does what a client sent say the same as what is known? Where a string is known, the client may
 * say that he has none: "O" for "z".
 */
bool rap_descriptor_matches(const char *known, const char *sent);

/* Structures: their members, and bytes of one without what its pointers point to. */
unsigned rap_descriptor_members(const char *d);
size_t rap_descriptor_size(const char *d);

#endif
