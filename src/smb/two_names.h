/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TWO_NAMES_H
#define SMB_TWO_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "server/request.h"
#include "smb/trans/listing.h"

struct two_names;

/* Does it to one file; paths as request_path gives them. Ends by calling done with the outcome. */
typedef nt_status two_names_fn(struct request *req, struct two_names *n, const char *from,
    const char *to, request_done_fn *done);

/*
 * An old and a new name, both with wildcards as DOS has them: what RENAME, COPY and MOVE have in
 * common. The first member of the command's arguments, which are told by it.
 */
struct two_names {
	/* asked */
	uint16_t attributes; /* SearchAttributes */
	const char *from, *to;
	bool into;  /* the new name is that of a directory: the files keep theirs */
	bool tells; /* a failure is answered with the command's words and bytes */
	two_names_fn *one;
	/* became */
	uint16_t files; /* that it was done to */
	const char *at; /* the path in hand, or NULL */
	/* private: both cut into directory and pattern */
	const char *from_dir, *from_pattern, *to_dir, *to_pattern;
	struct listing names;
	const struct find_entry *next;
};

/*
 * Does it to each file, one after the other; the first that fails ends it, and those before it
 * stay done. NO_SUCH_FILE when a pattern matches nothing.
 */
nt_status two_names_run(struct request *req, struct two_names *n);

#endif
