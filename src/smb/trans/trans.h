/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_TRANS_H
#define SMB_TRANS_TRANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "server/request.h"

#define TRANS_SETUP_MAX 32

/*
 * One transaction, whole: what the subcommand reads and what it answers. In the arena of the
 * primary request, which is answered when the last secondary has come.
 */
struct trans {
	uint16_t setup[TRANS_SETUP_MAX]; /* the client's Setup words; [0] is the subcommand */
	unsigned nsetup;
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

/*
 * Room for the reply, from the arena: at most so many bytes of parameters and data. What exceeds
 * the client's limits is not sent. A subcommand that succeeds without having called it answers no
 * words.
 */
void trans_out(struct request *req, struct trans *t, size_t params, size_t data);

/*
 * Encodes the reply of TRANSACTION and TRANSACTION2 ([MS-CIFS] 2.2.4.46.2). One that does not fit
 * the client's MaxBufferSize leaves in parts: all but the last are sent from here.
 */
void trans_encode(struct request *req, struct trans *t, struct writer *w);

#endif
