/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/raw.h"

#include "server/conn.h"
#include "wire/frame.h"

bool
request_claim_raw(struct request *req)
{
	struct conn *c = req->conn;

	if (c->raw != NULL || c->raw_due)
		return false;
	c->raw = req;
	return true;
}

nt_status
request_wait_raw(struct request *req, request_done_fn *done, void *arg)
{
	req->conn->raw_due = true;
	return request_wait(req, &req->asleep, done, arg);
}

void
request_take_raw(struct conn *c, struct frame *f)
{
	c->raw_due = false;
	if (c->raw == NULL) {
		frame_free(&f);
		return;
	}
	c->raw_taken = true;
	frame_free(&c->raw->frame);
	c->raw->frame = f;
	waiter_wake(&c->raw->waiter, STATUS_SUCCESS);
}
