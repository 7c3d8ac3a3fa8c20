/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_TRANS2_H
#define SMB_TRANS_TRANS2_H

#include <stddef.h>
#include <stdint.h>

#include "server/request.h"

/* One reassembled transaction: what the subcommand reads and what it answers. In the arena of the request that completed it. */
struct trans {
	uint16_t setup[16]; /* the client's Setup words; setup[0] is the subcommand */
	unsigned nsetup;
	const char *name;         /* TRANSACTION only */
	struct reader params, data; /* positions count from the start of each block */
	/* the client's limits; the replies are cut to them by the sender */
	uint32_t max_params, max_data;
	uint8_t max_setup;
	/* reply */
	struct writer out_params, out_data;
	nt_status warning; /* STATUS_BUFFER_OVERFLOW with data, or 0 */
};

/* A subcommand of TRANSACTION2. run writes out_params and out_data itself when it succeeds; decode and args as for a command. */
struct trans2_command {
	const char *name;
	uint32_t flags; /* WRITES */
	size_t args;
	void (*decode)(void *args, struct trans *t);
	nt_status (*run)(struct request *req, struct trans *t, void *args);
};

#endif
