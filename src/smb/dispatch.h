/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_DISPATCH_H
#define SMB_DISPATCH_H

#include <stdint.h>

#include "base/status.h"

struct conn_ops;
struct request;
struct smb_command;

/* What the program hands to server_set_dispatch. */
extern const struct conn_ops smb_conn_ops;

/*
 * Encodes this element with its row's encode and sends it as a message of its own, signed like the
 * final one; the request goes on (ECHO).
 */
void dispatch_reply_part(struct request *req, nt_status status);

/*
 * Called by an encode: what it has written leaves as a message of its own, signed like the final
 * one, and it goes on at the words of the next (transactions longer than a message).
 */
void dispatch_continue(struct request *req, nt_status status);

/* The empty success reply that asks for the rest of a transaction. */
void dispatch_interim(struct request *req);

/* The row of a command, NULL: none. For the coverage table and the tests. */
const struct smb_command *smb_command_of(uint8_t code);

#endif
