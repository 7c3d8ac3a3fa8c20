/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_TRANS2_H
#define SMB_TRANS_TRANS2_H

#include "smb/command.h"
#include "smb/trans/trans.h"

/* Where a subcommand may be used beside a disk share. */
#define TRANS2_IPC 0x100u

/* A subcommand of TRANSACTION2: decode, args and flags (WRITES, TRANS2_IPC) as for a command; run
 * writes the reply itself when it succeeds. */
struct trans2_command {
	const char *name;
	uint32_t flags;
	size_t args;
	void (*decode)(void *args, struct trans *t);
	nt_status (*run)(struct request *req, struct trans *t, void *args);
};

extern const struct trans2_command trans2_open2;
extern const struct trans2_command trans2_find_first2;
extern const struct trans2_command trans2_find_next2;
extern const struct trans2_command trans2_query_fs_information;
extern const struct trans2_command trans2_query_path_information;
extern const struct trans2_command trans2_query_file_information;
extern const struct trans2_command trans2_set_path_information;
extern const struct trans2_command trans2_set_file_information;
extern const struct trans2_command trans2_create_directory;
extern const struct trans2_command trans2_get_dfs_referral;

#endif
