/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_STATUS_H
#define WIRE_STATUS_H

#include <stdint.h>

#include "base/status.h"

/* SMB error classes ([MS-CIFS] 2.2.2.4) */
#define ERRDOS 0x01
#define ERRSRV 0x02
#define ERRHRD 0x03

struct dos_error {
	uint8_t class;
	uint16_t code;
};

/*
 * The pair for clients without NT status. Statuses made for SMB (0xCCCC000k) carry it themselves
 * and are sent as they are to all others; one without a row is ERRHRD/ERRgeneral.
 */
struct dos_error status_to_dos(nt_status s);

/* "STATUS_ACCESS_DENIED" or "0xC0000022"; static or one of 4 static buffers in turn. */
const char *status_name(nt_status s);

#endif
