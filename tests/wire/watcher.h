/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_WATCHER_H
#define TESTS_WIRE_WATCHER_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "opens.h"
#include "server.h"

/* Two clients, one that watches "dir" on [share] and one that changes things. */

/* CompletionFilter */
#define FILE_NAME   0x001
#define NAMES       0x003
#define ATTRIBUTES  0x004
#define SIZE        0x008
#define LAST_WRITE  0x010
#define LAST_ACCESS 0x020
#define CREATION    0x040
#define STREAMS     0xE00
#define ALL         0xFFF

extern struct server server;
extern struct client *c, *maker; /* who watches, and who changes */
extern uint16_t fid;             /* of "dir" */

/* A program of tests: the cases of a suite have the fixture of these two. */
void watcher_begin(void);
void watcher_end(void);
TCase *watcher_case(Suite *s, const char *name);
int watcher_main(Suite *s);

/* Below the share, on disk. One of 4 in turn. */
const char *local(const char *name);

uint16_t open_dir(struct client *by, const char *name);

/* What the first request on a handle says. */
struct asked {
	uint32_t filter;
	bool tree;
	uint32_t room; /* 0: 4096 */
};

extern const struct asked names, tree;

/* Sends a request for changes; its MID. */
uint16_t ask_on(struct client *by, uint16_t of, const struct asked *a);
uint16_t ask(const struct asked *a);

/* The same, and the server has nothing to tell yet. */
uint16_t waiting_on(struct client *by, uint16_t of, const struct asked *a);
uint16_t waiting(const struct asked *a);

/* All trees are watched that were asked for; waiting and begin wait for that. */
void settled(void);

/*
 * The next message tells these changes: "+added -removed ~modified <old >new", in their order; of
 * streams "*added /removed =modified".
 */
const char *told_to(struct client *by, uint16_t mid);
#define expect(mid, text) ck_assert_str_eq(told_to(c, mid), text)

/* The next message ends the request with that status, and tells nothing. */
nt_status ended(uint16_t mid);

/* Begins to collect changes without a request that waits. */
void begin(const struct asked *a);

/* What is told from now on, in as many replies as it takes to have n changes. */
void expect_in_time(const struct asked *a, size_t n, const char *text);

/* Changes: by a local program, and by the other client. */
void touch(const char *name);
void mkdir_by(const char *name);
void rmdir_by(const char *name);
void delete_by(const char *name);
uint16_t open_by(const char *name);
void create_by(const char *name);
void rename_by(const char *from, const char *to);
void set_attributes_by(const char *name, uint16_t attributes, uint32_t written);

#endif
