/* SPDX-License-Identifier: BSD-2-Clause */

/* Which pipes there are, and which interfaces are behind each. */
#include <stdlib.h>

#include "rpc/rpc.h"
#include "server/pipe.h"

#define INTERFACES_MAX 4

/*
 * Beside the rows of rpc_pipes, in their order. Every pipe can be asked what is behind it; accounts
 * have three names for one.
 */
static const struct rpc_interface *const interfaces[][INTERFACES_MAX] = {
	{ &rpc_srvsvc, &rpc_mgmt, NULL },
	{ &rpc_wkssvc, &rpc_mgmt, NULL },
	{ &rpc_lsarpc, &rpc_samr, &rpc_mgmt, NULL },
	{ &rpc_lsarpc, &rpc_samr, &rpc_mgmt, NULL },
	{ &rpc_lsarpc, &rpc_samr, &rpc_mgmt, NULL },
};

static void *
open_end(const struct pipe_service *service)
{
	return rpc_end_new(service->name, interfaces[service - rpc_pipes]);
}

static void
close_end(void *arg)
{
	struct rpc_end *e = arg;

	rpc_end_free(&e);
}

static nt_status
take(void *arg, const struct pipe_input *in)
{
	return rpc_end_take(arg, in);
}

const struct pipe_service rpc_pipes[] = {
	{ "srvsvc", open_end, close_end, take },
	{ "wkssvc", open_end, close_end, take },
	{ "lsarpc", open_end, close_end, take },
	{ "samr", open_end, close_end, take },
	{ "lsass", open_end, close_end, take },
	{ 0 },
};
