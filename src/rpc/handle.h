/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef RPC_HANDLE_H
#define RPC_HANDLE_H

#include <stdbool.h>
#include <stdint.h>

struct ndr_out;
struct rpc_call;

/*
 * Context handles ([C706] 4.2.16.6): what a client has opened through an interface. They are the
 * association's and go with it; those of another mean nothing here.
 */
#define RPC_HANDLES_MAX 64

enum rpc_handle_kind {
	HANDLE_NONE,
	HANDLE_POLICY,     /* lsarpc */
	HANDLE_SAM_SERVER, /* samr, from here on */
	HANDLE_SAM_DOMAIN, /* value: whose, see samr.h */
	HANDLE_SAM_USER,   /* value: its RID */
	HANDLE_SAM_GROUP,
	HANDLE_SAM_ALIAS,
};

struct rpc_handle {
	enum rpc_handle_kind kind;
	uint32_t serial; /* unlike that of all before it on this pipe */
	uint32_t value;
};

struct rpc_handles {
	struct rpc_handle all[RPC_HANDLES_MAX];
	uint32_t last_serial;
};

/* NULL: there are too many. */
struct rpc_handle *rpc_handle_open(struct rpc_call *c, enum rpc_handle_kind kind, uint32_t value);

/* What the caller names next in its stub; NULL: none of that kind (FAULT_CONTEXT_MISMATCH). */
struct rpc_handle *rpc_handle_get(struct rpc_call *c, enum rpc_handle_kind kind);

/* The same of any kind from first to last, closed. False: there is none. */
bool rpc_handle_close(struct rpc_call *c, enum rpc_handle_kind first, enum rpc_handle_kind last);

/* NULL: none, in zeros. */
void rpc_put_handle(struct ndr_out *out, const struct rpc_handle *h);

#endif
