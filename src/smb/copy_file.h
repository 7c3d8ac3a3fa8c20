/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_COPY_FILE_H
#define SMB_COPY_FILE_H

#include "server/request.h"

/* One file to be copied, on the server. In the arena. */
struct copy_file {
	/* asked; paths as request_path gives them */
	const char *from, *to;
	uint16_t attributes;  /* SearchAttributes */
	bool must_exist;      /* the new name */
	bool append, replace; /* what is there of that name */
	uint8_t *chunk; /* the memory a copy before this one took in the same arena, or NULL */
	/* private */
	struct disk_stat source, target;
	bool exists; /* the target */
	struct disk_file *in, *out;
	char *real;          /* of out */
	uint64_t at, behind; /* in the source; where that begins in the target */
	bool whole;
	request_done_fn *done;
	void *arg;
};

/*
 * Copies content, attributes and the time of the last write, then calls done; of what is to be
 * appended the content alone. OBJECT_NAME_COLLISION when there is something of the new name that is
 * to stay, OBJECT_NAME_NOT_FOUND when there is to be, SHARING_VIOLATION when somebody denies
 * reading or has open what is to be changed, NO_SUCH_FILE when the attributes hide it.
 */
nt_status copy_run(struct request *req, struct copy_file *c, request_done_fn *done, void *arg);

#endif
