/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_PIPES_H
#define TESTS_WIRE_PIPES_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "client.h"
#include "server.h"

/* A client on IPC$, and what it does with named pipes. */

/* Subcommands of TRANSACTION */
#define SET_STATE   0x01
#define RAW_READ    0x11
#define QUERY_STATE 0x21
#define QUERY_INFO  0x22
#define PEEK        0x23
#define TRANSACT    0x26
#define RAW_WRITE   0x31
#define READ_PIPE   0x36
#define WRITE_PIPE  0x37
#define WAIT        0x53
#define CALL        0x54

#define READ_WRITE 0x0012019Fu

extern struct server server;
extern struct client *c;
extern struct trans2 t; /* the last transaction and its answer */

/* The fixture, and the program around a suite. */
void pipes_setup(void);
void pipes_teardown(void);
int pipes_main(Suite *s);

/* For reading and writing. */
uint16_t open_pipe(const char *name);

/* A bind to srvsvc, and how long the answer is. */
#define BIND_LEN 72
#define ACK_LEN  68
extern const uint8_t bind_pdu[BIND_LEN];
void expect_ack(struct reader data);

/* A TRANSACTION: begun, for its parameters to be written; sent. */
struct writer *begin(uint16_t subcommand, uint16_t fid, const char *name);
nt_status call(void);

/* All at once: with nothing, with data, with one word of parameters. */
nt_status simple(uint16_t subcommand, uint16_t fid);
nt_status with_data(uint16_t subcommand, uint16_t fid, const void *data, size_t n);
nt_status with_param(uint16_t subcommand, uint16_t fid, uint16_t param);

/* The one just begun takes at most n bytes of data for an answer. */
void take_at_most(uint16_t n);

nt_status write_andx(uint16_t fid, uint16_t mode, const void *data, uint16_t n, struct reply *r);
void write_bind(uint16_t fid);

#endif
