/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_PIPE_H
#define SMB_INFO_PIPE_H

#include "server/request.h"
#include "smb/trans/trans.h"

/*
 * QUERY_FILE_INFORMATION and SET_FILE_INFORMATION on a named pipe: what files have that a pipe has
 * too, and FilePipeInformation, FilePipeLocalInformation, FilePipeRemoteInformation
 * ([MS-FSCC] 2.4.36 to 2.4.38).
 */
nt_status info_query_pipe(struct request *req, struct trans *t, uint16_t fid, uint16_t level);
nt_status info_set_pipe(struct request *req, struct trans *t, uint16_t fid, uint16_t level);

#endif
