/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_NT_H
#define SMB_TRANS_NT_H

#include "smb/trans/trans.h"

/*
 * The rows of NT_TRANSACT, one file each; smb/nt_transact.c has them by function code. A row whose
 * error tells more than its status (how long the buffer must be) sets req->error_data.
 */
extern const struct trans_command nt_transact_create;
extern const struct trans_command nt_set_security_desc;
extern const struct trans_command nt_ioctl;
extern const struct trans_command nt_query_quota;
extern const struct trans_command nt_rename;
extern const struct trans_command nt_set_quota;
extern const struct trans_command nt_query_security_desc;
extern const struct trans_command nt_notify_change;

#endif
