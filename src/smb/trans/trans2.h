/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_TRANS2_H
#define SMB_TRANS_TRANS2_H

#include "smb/trans/trans.h"

extern const struct trans_command trans2_open2;
extern const struct trans_command trans2_find_first2;
extern const struct trans_command trans2_find_next2;
extern const struct trans_command trans2_query_fs_information;
extern const struct trans_command trans2_set_fs_information;
extern const struct trans_command trans2_query_path_information;
extern const struct trans_command trans2_query_file_information;
extern const struct trans_command trans2_set_path_information;
extern const struct trans_command trans2_set_file_information;
extern const struct trans_command trans2_create_directory;
extern const struct trans_command trans2_get_dfs_referral;

/* Known subcommands that are answered with an error of their own. */
extern const struct trans_command trans2_not_implemented;

#endif
