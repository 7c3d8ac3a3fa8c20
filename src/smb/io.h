/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_IO_H
#define SMB_IO_H

#include <stdbool.h>

#include "file/node.h"
#include "server/handle.h"
#include "server/request.h"

/*
 * The right to execute a file reads it only for a client that says it is paging in a program
 * ([MS-CIFS] 2.2.3.1).
 */
static inline bool
may_read(const struct request *req, const struct handle *h)
{
	uint32_t enough = FILE_READ_DATA;

	if ((req->hdr.flags2 & SMB_FLAGS2_PAGING_IO) != 0)
		enough |= FILE_EXECUTE;
	return (h->open->mode.access & enough) != 0;
}

#endif
