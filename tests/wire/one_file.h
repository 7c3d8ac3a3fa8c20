/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_ONE_FILE_H
#define TESTS_WIRE_ONE_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "client.h"
#include "server.h"

/* A client with one file of ten digits open; the program starts and stops the server. */
#define DIGITS "0123456789"

extern struct server server;
extern struct client *c;
extern uint16_t fid;

/* The fixture. */
void file_begin(void);
void file_end(void);

/* The whole file as it is on disk. */
const char *stored(void);

/* Begins a request of the core protocol: FID, count and offset are written. */
struct writer *core(uint8_t command, uint16_t count, uint32_t offset);

/* LOCK_BYTE_RANGE and UNLOCK_BYTE_RANGE; and a lock another process of this client holds. */
nt_status lock(uint32_t offset, uint32_t length);
nt_status unlock(uint32_t offset, uint32_t length);
void lock_by_another(uint32_t offset, uint32_t length);

/* Is the FID one still? */
bool is_open(void);

/* The reply to READ has just these bytes. */
void expect_data(struct reply *r, const char *text);

#endif
