/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_NT_CREATE_H
#define SMB_NT_CREATE_H

#include <stdint.h>

#include "smb/create.h"
#include "wire/reader.h"
#include "wire/writer.h"

/* What NT_CREATE_ANDX and NT_TRANSACT_CREATE have in common. */
struct nt_create {
	uint32_t flags, root_fid;
	const char *name;
	struct create create;
};

/* Flags to CreateOptions. */
void nt_create_read(struct nt_create *a, struct reader *r);

/* Finds the path, below RootDirectoryFID where that is given, and opens; then as smb_create has it.
 */
nt_status nt_create_run(struct request *req, struct nt_create *a,
    nt_status (*then)(struct request *req, void *arg), void *arg);

/* What its Flags ask for. */
enum oplock_level nt_create_asked_oplock(uint32_t flags);

/* OplockLevel of the reply. */
uint8_t nt_create_oplock(const struct nt_create *a);

/* CreationTime to the end of the reply, with what the extended one has behind Directory. */
void nt_create_put(const struct nt_create *a, struct writer *w);

#endif
