/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_LEVELS_H
#define TESTS_WIRE_LEVELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "server.h"

/*
 * What the tests of information levels share: one of everything that can be asked about, each with
 * all that levels tell, and a model of it, taken from beside the server.
 */

#define PLENTY 0xFFFF

#define ARCHIVE      0x20u
#define HIDDEN       0x02u
#define DIRECTORY    0x10u
#define NORMAL       0x80u
#define ALL_ACCESS   0x001F01FFu
#define SECTOR_BYTES 512

#define BASIC 0x0101

struct model_stream {
	const char *name; /* ":name:$DATA" */
	uint64_t size, allocated;
};

struct model {
	const char *path, *shorter; /* as clients write them */
	uint16_t fid;               /* 0: asked about by path */
	uint32_t attributes, access, ea_size, mode, links;
	bool directory, delete_pending;
	uint64_t created, accessed, written, changed;
	uint64_t size, allocated, position, ino;
	struct model_stream streams[2];
	size_t nstreams;
};

/*
 * file: all of it, an EA "A" of "v", a stream, times and attributes set, a handle with a position.
 * large: more than 4 GiB of which little is stored, with a long name and another link, no EA.
 */
enum model_kind { THE_FILE, THE_LARGE_FILE, THE_DIRECTORY, THE_ROOT, THE_STREAM, MODELS };

extern struct server server;
extern struct client *c; /* of the running test, logged on */

/* Around each test: makes the files, opens them; ends the connection. */
void levels_setup(void);
void levels_teardown(void);

struct model levels_model(enum model_kind kind, bool by_handle);

/* What is known of a file beside the server that no client has changed. */
void levels_look(struct model *m, const char *name);

/* A file of these beside the server; its creation time as the file system has it. */
const char *levels_on_disk(const char *name);
uint64_t levels_born(const char *name);

/*
 * The data of a level, a letter a field: C the four times, c three as DOS has them; S size, L
 * allocation, T attributes (small: in 32 and 16 bits); N links, delete pending, directory; E EA
 * size, e EAs as a list, q as a chain; I file id, X access, P position, M mode; F the name, f the
 * short one; R streams; a digit: so many zeroes.
 */
void levels_put(struct writer *w, const char *layout, const struct model *m);

/* Requests about the model, by its FID if it has one; the status. room: MaxDataCount. */
nt_status levels_query(struct trans2 *t, const struct model *m, uint16_t level, uint16_t room);
nt_status levels_set(const struct model *m, uint16_t level, const void *data, size_t n);

/* What was got is what was wanted, byte by byte. */
void levels_same(uint16_t level, struct reader got, const uint8_t *wanted, size_t n);

/* The whole data of the level are those of the layout. */
void levels_check(const struct model *m, uint16_t level, const char *layout);

/* The main of such a program: the suite is the case's name. */
struct TCase;
int levels_run(struct TCase *tc);

/* Patches MaxDataCount of the TRANSACTION2 request being built. */
void levels_room(uint16_t room);

#endif
