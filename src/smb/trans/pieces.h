/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_PIECES_H
#define SMB_TRANS_PIECES_H

#include <stdint.h>

#include "smb/command.h"
#include "smb/trans/trans.h"

/*
 * Putting transactions together ([MS-CIFS] 2.2.4.33, 2.2.4.46 and 2.2.4.62 with their secondaries).
 *
 *   (primary whole) -------------------------------------------.
 *   (primary in part) collecting --last secondary--> whole ----+--> run
 *          |  ^--secondary--'  '--bad secondary, cancel--> the primary is answered with an error
 */

/* Part of the parameters or of the data, as one message brings it. */
struct trans_piece {
	struct reader bytes;
	uint64_t at; /* displacement in the whole */
};

/* A primary request as decoded. */
struct trans_primary {
	uint32_t total_params, total_data;
	struct trans_piece params, data;
	uint16_t flags; /* 1: disconnect the TID afterwards, 2: no reply (TRANSACTION) */
	uint32_t timeout;
	struct trans t;
};

struct trans_secondary {
	uint32_t total_params, total_data; /* may be less than announced at first */
	struct trans_piece params, data;
};

typedef nt_status trans_run_fn(struct request *req, struct trans *t);

/* TRANSACTION and TRANSACTION2: 14 words and the setup. */
void trans_decode(struct trans_primary *p, struct smb_in *in);

/* NT_TRANSACT: 19 words and the setup. */
void trans_decode_nt(struct trans_primary *p, struct smb_in *in);

/* The secondaries of the first two: 8 words, of TRANSACTION2 a ninth that says nothing. */
void trans_decode_secondary(struct trans_secondary *s, struct smb_in *in);

/* NT_TRANSACT's: 18 words. */
void trans_decode_nt_secondary(struct trans_secondary *s, struct smb_in *in);

/* Takes n bytes at an offset of the message; none when n is 0, wherever the offset points. */
struct trans_piece trans_piece(const struct smb_in *in, uint32_t n, uint32_t off, uint64_t at);

/*
 * Calls run, at once or when the rest has come; till then the client gets the interim response and
 * the request is parked. INVALID_PARAMETER when a piece leaves what was announced;
 * INSUFF_SERVER_RESOURCES when the connection has too many or too large ones open.
 */
nt_status trans_begin(struct request *req, struct trans_primary *p, trans_run_fn *run);

/*
 * Adds what a secondary brings to the transaction that a primary of that command code began with
 * the same UID, TID, PID and MID. A secondary is not answered; only one that belongs to nothing is
 * INVALID_PARAMETER.
 */
nt_status trans_add(struct request *req, uint8_t primary, const struct trans_secondary *s);

#endif
