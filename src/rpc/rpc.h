/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_RPC_H
#define RPC_RPC_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "rpc/ndr.h"
#include "server/pipe.h"

struct request;
struct rpc_interface;

/*
 * DCE/RPC over named pipes ([C706] 12, [MS-RPCE]): what the program hands to server_set_pipes. What
 * is known on the reactor is answered at once, what has to be looked up is a job.
 */
extern const struct pipe_service rpc_pipes[];

/* Faults ([C706] E, [MS-ERREF] 2.2) */
#define RPC_FAULT_ACCESS_DENIED     0x00000005u
#define RPC_FAULT_BAD_STUB          0x000006F7u
#define RPC_FAULT_CONTEXT_MISMATCH  0x1C00001Au
#define RPC_FAULT_NO_MEMORY         0x1C00001Bu
#define RPC_FAULT_UNKNOWN_OPERATION 0x1C010002u
#define RPC_FAULT_UNKNOWN_INTERFACE 0x1C010003u
#define RPC_FAULT_PROTOCOL          0x1C01000Bu

/* One call of an operation: what it is given and what it answers. */
struct rpc_call {
	struct request *req; /* of whom, in its session; its arena is the call's */
	const struct rpc_interface *const *interfaces; /* of this pipe */
	struct rpc_handles *handles;                   /* of this pipe (handle.h) */
	struct ndr_in in;
	struct ndr_out out;
	/* of an operation that returns RPC_LATER */
	void (*work)(struct arena *a, void *arg); /* a job; touches what arg leads to */
	uint32_t (*answer)(
	    struct rpc_call *c, void *arg); /* then as an operation, without a session */
	void *arg;
};

/*
 * An operation reads c->in and writes c->out. Returns 0, or a fault; a stub that turned out bad is
 * found by the caller, which then drops what was written. RPC_LATER: there is work to do first.
 */
#define RPC_LATER 0xFFFFFFFFu
struct rpc_operation {
	const char *name;
	uint32_t (*run)(struct rpc_call *c);
};

struct rpc_uuid {
	uint32_t time_low;
	uint16_t time_mid, time_high;
	uint8_t rest[8];
};

void rpc_put_uuid(struct ndr_out *out, const struct rpc_uuid *uuid);

struct rpc_interface {
	const char *name;
	struct rpc_uuid uuid;
	uint16_t major, minor;
	const struct rpc_operation *operations; /* by number; a hole has no run */
	unsigned count;
};

extern const struct rpc_interface rpc_lsarpc;
extern const struct rpc_interface rpc_mgmt;
extern const struct rpc_interface rpc_samr;
extern const struct rpc_interface rpc_srvsvc;
extern const struct rpc_interface rpc_wkssvc;

/* The pipe's end of one client's association (pdu.c). interfaces: a list that ends with NULL. */
struct rpc_end;
struct rpc_end *rpc_end_new(const char *pipe, const struct rpc_interface *const *interfaces);
void rpc_end_free(struct rpc_end **e);

/* A take of struct pipe_service: bytes as they come, answering PDUs that are whole. */
nt_status rpc_end_take(struct rpc_end *e, const struct pipe_input *in);

#endif
