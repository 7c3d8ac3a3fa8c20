/* SPDX-License-Identifier: BSD-2-Clause */

/* The management interface, which every RPC server has ([C706] appendix Q). */
#include "rpc/rpc.h"

#define ERROR_ACCESS_DENIED 5

/* Which interfaces are there? */
static uint32_t
inq_if_ids(struct rpc_call *c)
{
	const struct rpc_interface *const *i;
	struct ndr_out *out = &c->out;
	uint32_t n = 0;

	for (i = c->interfaces; *i != NULL; i++)
		n++;
	ndr_put_pointer(out, true);
	ndr_put32(out, n); /* of the array, which comes first */
	ndr_put32(out, n);
	for (i = c->interfaces; *i != NULL; i++)
		ndr_put_pointer(out, true);
	for (i = c->interfaces; *i != NULL; i++) {
		rpc_put_uuid(out, &(*i)->uuid);
		ndr_put16(out, (*i)->major);
		ndr_put16(out, (*i)->minor);
	}
	ndr_put32(out, 0);
	return 0;
}

static uint32_t
is_server_listening(struct rpc_call *c)
{
	ndr_put32(&c->out, 0);
	ndr_put32(&c->out, 1);
	return 0;
}

static uint32_t
stop_server_listening(struct rpc_call *c)
{
	ndr_put32(&c->out, ERROR_ACCESS_DENIED);
	return 0;
}

static const struct rpc_operation operations[] = {
	[0] = { "inq_if_ids", inq_if_ids },
	[2] = { "is_server_listening", is_server_listening },
	[3] = { "stop_server_listening", stop_server_listening },
};

const struct rpc_interface rpc_mgmt = {
	.name = "mgmt",
	.uuid = { 0xAFA8BD80, 0x7D8A, 0x11C9, { 0xBE, 0xF4, 0x08, 0x00, 0x2B, 0x10, 0x29, 0x89 } },
	.major = 1,
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
