/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_POSIX_H
#define SMB_TRANS_POSIX_H

#include "smb/create.h"
#include "smb/info/unix.h"
#include "smb/trans/trans.h"

/*
 * The levels of SET_PATH_INFORMATION and SET_FILE_INFORMATION that are the UNIX extensions': some
 * change a file, others are operations of their own. By path a link is meant itself.
 */
struct posix_level {
	uint16_t level;
	const char *name;
	bool may_only_read; /* it is not refused where this user may only read */
	/* NULL: INVALID_LEVEL. name is as the client wrote it. */
	nt_status (*by_path)(struct request *req, struct trans *t, const char *name);
	nt_status (*by_file)(struct request *req, struct trans *t, struct handle *h);
};

/* NULL: it is none of them, or they are off. */
const struct posix_level *posix_level(const struct request *req, uint16_t level);

/* The file a level changes: the client's open one, or one that is opened for it. In the arena. */
struct posix_target {
	struct trans *t;
	struct handle *handle;
	nt_status (*apply)(struct request *req, void *arg);
	void *arg;
	struct create create; /* by path: that is filled in */
	/* private */
	bool opened;
	nt_status status;
};

/*
 * Calls apply with arg once the file at path is open with this access; or at once when handle has
 * it, else ACCESS_DENIED. apply ends, sooner or later, with posix_end.
 */
nt_status posix_open_target(struct request *req, struct posix_target *p, uint32_t access);
nt_status posix_use_handle(struct request *req, struct posix_target *p, uint32_t access);

/* Closes what was opened, and answers. */
nt_status posix_end(struct request *req, struct posix_target *p, nt_status status);

/* The answer of who has no more to say; a request_done_fn: arg is the struct trans. */
nt_status posix_answer(struct request *req, void *arg, nt_status status);

/* request_path, of a link itself. */
nt_status posix_path(struct request *req, const char *name, const char **out);

/* The levels, each in the file named like it. */
nt_status posix_basic_path(struct request *req, struct trans *t, const char *name);
nt_status posix_basic_file(struct request *req, struct trans *t, struct handle *h);
nt_status posix_info2_path(struct request *req, struct trans *t, const char *name);
nt_status posix_info2_file(struct request *req, struct trans *t, struct handle *h);
nt_status posix_open(struct request *req, struct trans *t, const char *name);
nt_status posix_unlink(struct request *req, struct trans *t, const char *name);
nt_status posix_lock(struct request *req, struct trans *t, struct handle *h);

/* QUERY_FILE_INFORMATION's POSIX_LOCK: who stands against a lock. */
#define POSIX_LOCK_LEVEL 0x0208
nt_status posix_lock_query(struct request *req, struct trans *t, struct handle *h);

#endif
