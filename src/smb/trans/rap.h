/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_RAP_H
#define SMB_TRANS_RAP_H

#include "smb/trans/trans.h"

/* A TRANSACTION on \PIPE\LANMAN, which needs no setup and no open pipe. */
extern const struct trans_command trans_rap;

#endif
