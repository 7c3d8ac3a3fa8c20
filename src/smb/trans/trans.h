/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_TRANS_H
#define SMB_TRANS_TRANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "smb/command.h"

#define TRANS_SETUP_MAX 32

/*
 * One transaction, whole: what the subcommand reads and what it answers. In the arena of the
 * primary request, which is answered when the last secondary has come.
 */
struct trans {
	/* the client's Setup words; [0] is the subcommand, NT_TRANSACT has that in function */
	uint16_t setup[TRANS_SETUP_MAX];
	unsigned nsetup;
	bool nt; /* NT_TRANSACT: 32-bit counts */
	uint16_t function;
	const char *name;           /* TRANSACTION only */
	struct reader params, data; /* positions count from the start of each block */
	/* the client's limits; the reply is cut to them */
	uint32_t max_params, max_data;
	uint8_t max_setup;
	/* reply, see trans_out */
	struct writer out_params, out_data;
	uint16_t out_setup[2];
	unsigned nout_setup;
	nt_status warning; /* sent with each part: STATUS_BUFFER_OVERFLOW, or 0 */
	/* of trans_encode */
	bool replied;
	size_t sent_params, sent_data;
};

/* Of a subcommand: it may be used on IPC$ as well. */
#define TRANS_IPC 0x100u

/*
 * A subcommand of TRANSACTION2 or NT_TRANSACT: decode, args and flags (WRITES, TRANS_IPC) as for a
 * command; run writes the reply itself when it succeeds.
 */
struct trans_command {
	const char *name;
	uint32_t flags;
	size_t args;
	void (*decode)(void *args, struct trans *t);
	nt_status (*run)(struct request *req, struct trans *t, void *args);
};

/* Checks what the row asks for, decodes and runs. */
nt_status trans_run(struct request *req, struct trans *t, const struct trans_command *c);

/*
 * Room for the reply, from the arena: at most so many bytes of parameters and data. What exceeds
 * the client's limits is not sent. A subcommand that succeeds without having called it answers no
 * words.
 */
void trans_out(struct request *req, struct trans *t, size_t params, size_t data);

/*
 * Encodes the reply ([MS-CIFS] 2.2.4.46.2, 2.2.4.62.2). One that does not fit the client's
 * MaxBufferSize leaves in parts: all but the last are sent from here.
 */
void trans_encode(struct request *req, struct trans *t, struct writer *w);

#endif
