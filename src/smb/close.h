/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_CLOSE_H
#define SMB_CLOSE_H

#include "base/ntime.h"
#include "server/request.h"

struct handle;

/* A close asked for by a command. In the arena. */
struct close {
	struct handle *handle; /* held by the request */
	ntime written;         /* the file's last write from now on; 0: as it is */
	nt_status answer;      /* what to say once it is closed */
};

/* As the last step of a run: the handle is gone when the request ends. */
nt_status close_file(struct request *req, struct close *c);

#endif
