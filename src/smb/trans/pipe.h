/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_PIPE_H
#define SMB_TRANS_PIPE_H

#include "smb/trans/trans.h"

/* The subcommands of TRANSACTION on named pipes; smb/transaction.c has them by code. */
extern const struct trans_command trans_call_nmpipe;
extern const struct trans_command trans_peek_nmpipe;
extern const struct trans_command trans_query_nmpipe_info;
extern const struct trans_command trans_query_nmpipe_state;
extern const struct trans_command trans_raw_read_nmpipe;
extern const struct trans_command trans_read_nmpipe;
extern const struct trans_command trans_set_nmpipe_state;
extern const struct trans_command trans_transact_nmpipe;
extern const struct trans_command trans_wait_nmpipe;
extern const struct trans_command trans_write_nmpipe;

#endif
