/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_ESCAPE_H
#define TESTS_WIRE_ESCAPE_H

#include "client.h"

/*
 * Everything a client may do by path with a directory, with what is in it (victim, keep, made, and
 * secret, which is not), and with \f beside it.
 */
struct escape {
	const char *name;
	void (*build)(struct client *c, const char *dir);
	bool never;    /* there is no such thing inside */
	bool harmless; /* it says nothing of the link */
};

extern const struct escape escapes[];
extern const size_t escape_count;

/* What the reply opened, if that is what was asked. */
bool escape_fid(const struct reply *r, uint16_t *fid);

/* And what may be done with it. */
extern void (*const escape_by_fid[])(struct client *c, uint16_t fid);
extern const size_t escape_fid_count;
void escape_close(struct client *c, uint16_t fid);

/* Sends NOTIFY_CHANGE and NT_CANCEL: one reply comes. */
void escape_watch(struct client *c, uint16_t fid);

#endif
