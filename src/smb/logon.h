/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_LOGON_H
#define SMB_LOGON_H

#include "server/request.h"

/*
 * Waits until this address may try a password, which is longer the oftener it failed: before the
 * password is looked at and not only before the answer, so that tries sent all at once, or
 * cancelled, gain nothing. Calls judge with SUCCESS, or with why it is not to look: LOGON_FAILURE
 * (logged for who), CANCELLED.
 */
nt_status logon_turn(struct request *req, const char *who, request_done_fn *judge, void *arg);

/* What the name service knows of a user. */
struct logon_lookup {
	const char *name;
	struct cred *user; /* counted; NULL: it does not know him */
};

/* A request_work_fn; arg is a logon_lookup. UNSUCCESSFUL: the name service gives no answer. */
nt_status logon_look_up(const struct disk *d, struct arena *a, void *arg);

#endif
