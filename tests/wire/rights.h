/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_RIGHTS_H
#define TESTS_WIRE_RIGHTS_H

#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "server.h"
#include "wire/access.h"
#include "wire/sd.h"

/*
 * What the tables of commands and rights share: a server, a connection, and \box with a file of ten
 * digits and an empty dir in it. \box gives every right but to delete what is in it.
 */
extern struct server rights_server;
extern struct client *rights_client;

/* Rights one by one, and sets of them: each alone, all but each, the usual ones. */
extern const uint32_t rights_bits[];
extern const size_t rights_nbits, rights_nsets;
uint32_t rights_set(size_t i);

void rights_setup(void);
void rights_teardown(void);

/* File and dir are as new, and there is nothing else. */
void rights_furnish(void);

/* Ten digits, with a stream "s" of four bytes; a path on disk. */
void rights_file(const char *name);

/* These rights on path and no others, for its owner either. */
void rights_allow(const char *path, uint32_t rights);

/* The same without asking the server, but the first time; the path is one on disk. */
void rights_stamp(const char *name, uint32_t rights);

/* SET_SECURITY_DESC of a DACL of at most two entries. */
nt_status rights_set_dacl(uint16_t fid, unsigned count, const struct ace *aces);

void rights_close(uint16_t fid);

/* PROCESS_EXIT: closes whatever is open. */
void rights_close_all(void);

/* Sends what was begun; the status of the answer. */
nt_status rights_call(void);

/* SUCCESS when allowed, else ACCESS_DENIED. */
void rights_expect(bool allowed, nt_status got, const char *command, uint32_t rights);

#endif
