/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_FSCTL_FSCTL_H
#define SMB_FSCTL_FSCTL_H

#include "smb/trans/trans.h"

struct handle;

/* One NT_TRANSACT_IOCTL, decoded. In the arena. */
struct fsctl_call {
	uint32_t code;
	uint16_t fid;
	bool is_fsctl;
	struct trans *t;
	struct handle *handle; /* held by the request */
	void *args;            /* the row's */
};

/*
 * A control code ([MS-FSCC] 2.3, [MS-SMB] 2.2.7.2). decode, NULL when there is no input, leaves the
 * reader bad when the input is too short: INVALID_PARAMETER. run ends with fsctl_end.
 */
struct fsctl {
	uint32_t code;
	const char *name;
	uint32_t access; /* the handle must have one of these; 0: it need not */
	uint32_t room;   /* bytes of output the client must take, or INVALID_PARAMETER */
	size_t args;
	void (*decode)(void *args, struct reader *data);
	nt_status (*run)(struct request *req, struct fsctl_call *c);
};

/* The output is what was written to c->t->out_data, after trans_out; its status. */
nt_status fsctl_end(struct fsctl_call *c, nt_status status);

/* The rows, each kind with those of its file; each list ends with a code of 0. */
extern const struct fsctl fsctl_sparse[];
extern const struct fsctl fsctl_copy_chunk[];
extern const struct fsctl fsctl_snapshots[];
extern const struct fsctl fsctl_answers[];
extern const struct fsctl fsctl_pipe[]; /* of named pipes, which know no others */

#endif
