/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_ACCESS_H
#define SMB_ACCESS_H

#include "smb/create.h"

/* The rights part of opening a file. */

#define CONTENT_READ  (FILE_READ_DATA | FILE_EXECUTE)
#define CONTENT_WRITE (FILE_WRITE_DATA | FILE_APPEND_DATA)

/* These empty a file that is there. */
bool access_truncates(uint32_t disposition);

/*
 * Before anything is opened: takes the descriptor of a new file apart. ACCESS_DENIED where this
 * user may only read; PRIVILEGE_NOT_HELD; INVALID_SECURITY_DESCR.
 */
nt_status access_judge(struct request *req, struct create *c);

/* What c->disk is to ask for, from what c asks. */
void access_ask(const struct request *req, struct create *c);

/* What the open may do from now on, from what the disk granted: c->granted and c->maximal. */
void access_grant(const struct request *req, struct create *c);

/* In a job: gives a new file the descriptor it came with. */
nt_status access_equip(const struct disk *d, struct arena *a, const struct create *c);

#endif
