/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_SHARE_MODE_H
#define FILE_SHARE_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wire/access.h"

#define FILE_SHARE_READ   0x1u
#define FILE_SHARE_WRITE  0x2u
#define FILE_SHARE_DELETE 0x4u
#define FILE_SHARE_ALL    0x7u

/* How one open wants to get along with others. */
struct share_mode {
	uint32_t access; /* granted, without generic bits */
	uint32_t share;  /* FILE_SHARE_* it allows to others */
	/*
	 * DENY_DOS and DENY_FCB opens of one process on one connection get along among themselves.
	 */
	bool deny_dos, deny_fcb;
	const void *owner; /* the connection */
	uint32_t pid;
	bool executable; /* DENY_DOS: the name ends in .exe, .com, .dll or .sym */
};

/*
 * A DOS or FCB open b of the process that has the file open as a: Windows gives it a's file object.
 */
bool share_mode_joins(const struct share_mode *a, const struct share_mode *b);

/* May b be opened while a is? ([MS-FSA] 2.1.5.1.2.2, [MS-CIFS] 3.3.5.35 for the DOS modes) */
bool share_mode_compatible(const struct share_mode *a, const struct share_mode *b);

#endif
