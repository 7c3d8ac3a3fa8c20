/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_RPC_ASSOCIATION_H
#define TESTS_RPC_ASSOCIATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rpc/rpc.h"
#include "server/conn.h"
#include "server/pipe.h"
#include "server/request.h"

/* An association over an interface made for the test: operation 0 echoes, 1 fills, 3 refuses. */

#define BIND     11
#define BIND_ACK 12
#define BIND_NAK 13
#define ALTER    14
#define ALTERED  15
#define REQUEST  0
#define RESPONSE 2
#define FAULT    3
#define ORPHANED 19
#define FIRST    1
#define LAST     2
#define ONLY     3

extern struct conn conn;
extern struct request req;
extern struct pipe pipe_end;
extern struct rpc_end *end;
extern const struct rpc_interface test_interface;
extern const struct rpc_interface *const test_interfaces[]; /* just that */
extern const struct rpc_uuid ndr;

/* The fixture. */
void setup(void);
void teardown(void);

/* The PDU that is being made, and whether of a big-endian caller. */
extern uint8_t pdu[8192];
extern size_t len;
extern bool big;

/* Of any kind: its header, a number, its length; sent as it is. */
void head(uint8_t type, uint8_t flags);
void put(uint32_t v, size_t n);
void set_length(size_t n);
nt_status send_pdu(void);
nt_status give(const void *bytes, size_t n);

void begin_bind(uint8_t type, uint16_t fragment, uint8_t contexts);
void put_context(
    uint16_t id, const struct rpc_uuid *u, uint32_t version, const struct rpc_uuid *transfer);
void bind_with(uint16_t fragment);
void begin_request(uint16_t context, uint16_t operation, uint8_t flags);

/* The next answer, how long it is (0: there is none), and numbers in it. */
extern uint8_t answer[8192];
size_t read_answer(void);
unsigned short_at(size_t at);
uint32_t number(size_t at);
void expect_fault(uint32_t status);

#endif
