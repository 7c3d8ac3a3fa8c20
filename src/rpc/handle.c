/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/handle.h"

#include <string.h>

#include "rpc/ndr.h"
#include "rpc/rpc.h"

/* The part of a handle's UUID that is not its serial number. */
static const uint8_t rest[12] = { 0x53, 0x4D, 0x42, 0x31, 0x80, 0, 0, 0, 0, 0, 0, 1 };

struct rpc_handle *
rpc_handle_open(struct rpc_call *c, enum rpc_handle_kind kind, uint32_t value)
{
	struct rpc_handles *handles = c->handles;

	for (unsigned i = 0; i < RPC_HANDLES_MAX; i++) {
		struct rpc_handle *h = &handles->all[i];

		if (h->kind != HANDLE_NONE)
			continue;
		*h = (struct rpc_handle){ kind, ++handles->last_serial, value };
		return h;
	}
	return NULL;
}

/* Attributes, and a UUID that begins with the serial number. */
static struct rpc_handle *
find(struct rpc_call *c)
{
	uint32_t attributes = ndr_get32(&c->in), serial = ndr_get32(&c->in);

	ndr_get_bytes(&c->in, sizeof(rest));
	if (c->in.bad || attributes != 0)
		return NULL;
	for (unsigned i = 0; i < RPC_HANDLES_MAX; i++) {
		if (c->handles->all[i].kind != HANDLE_NONE && c->handles->all[i].serial == serial)
			return &c->handles->all[i];
	}
	return NULL;
}

struct rpc_handle *
rpc_handle_get(struct rpc_call *c, enum rpc_handle_kind kind)
{
	struct rpc_handle *h = find(c);

	return h != NULL && h->kind == kind ? h : NULL;
}

bool
rpc_handle_close(struct rpc_call *c, enum rpc_handle_kind first, enum rpc_handle_kind last)
{
	struct rpc_handle *h = find(c);

	if (h == NULL || h->kind < first || h->kind > last)
		return false;
	memset(h, 0, sizeof(*h));
	return true;
}

void
rpc_put_handle(struct ndr_out *out, const struct rpc_handle *h)
{
	static const uint8_t none[sizeof(rest)] = { 0 };

	ndr_put32(out, 0);
	ndr_put32(out, h != NULL ? h->serial : 0);
	ndr_put_bytes(out, h != NULL ? rest : none, sizeof(rest));
}
