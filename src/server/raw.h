/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SERVER_RAW_H
#define SERVER_RAW_H

#include "server/request.h"

/* The next raw message is to be this request's, until it ends. False: one is another's. */
bool request_claim_raw(struct request *req);

/*
 * For who has claimed it. Parks until the next message of the connection has come, which is no SMB
 * but data for this request: done finds it as req->frame, in place of the request's own. No message
 * is taken after it before the request has ended. Woken otherwise, the request must end; the data
 * is dropped.
 */
nt_status request_wait_raw(struct request *req, request_done_fn *done, void *arg);

/* The message c->raw_due announced, if anybody still waits for it. Takes the frame over. */
void request_take_raw(struct conn *c, struct frame *f);

#endif
