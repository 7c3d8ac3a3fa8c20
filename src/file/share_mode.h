/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_SHARE_MODE_H
#define FILE_SHARE_MODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Access masks ([MS-SMB] 2.2.1.4) */
#define FILE_READ_DATA         0x00000001u
#define FILE_WRITE_DATA        0x00000002u
#define FILE_APPEND_DATA       0x00000004u
#define FILE_READ_EA           0x00000008u
#define FILE_WRITE_EA          0x00000010u
#define FILE_EXECUTE           0x00000020u
#define FILE_DELETE_CHILD      0x00000040u
#define FILE_READ_ATTRIBUTES   0x00000080u
#define FILE_WRITE_ATTRIBUTES  0x00000100u
#define ACCESS_DELETE          0x00010000u
#define ACCESS_READ_CONTROL    0x00020000u
#define ACCESS_WRITE_DAC       0x00040000u
#define ACCESS_WRITE_OWNER     0x00080000u
#define ACCESS_SYNCHRONIZE     0x00100000u
#define ACCESS_SYSTEM_SECURITY 0x01000000u
#define ACCESS_MAXIMUM_ALLOWED 0x02000000u
#define GENERIC_ALL            0x10000000u
#define GENERIC_EXECUTE        0x20000000u
#define GENERIC_WRITE          0x40000000u
#define GENERIC_READ           0x80000000u

#define FILE_ALL_ACCESS      0x001F01FFu
#define FILE_GENERIC_READ    0x00120089u
#define FILE_GENERIC_WRITE   0x00120116u
#define FILE_GENERIC_EXECUTE 0x001200A0u

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
 * Generic bits and MAXIMUM_ALLOWED replaced by what they stand for; max is what may be had at most.
 */
uint32_t access_map(uint32_t wanted, uint32_t max);

/*
 * A DOS or FCB open b of the process that has the file open as a: Windows gives it a's file object.
 */
bool share_mode_joins(const struct share_mode *a, const struct share_mode *b);

/* May b be opened while a is? ([MS-FSA] 2.1.5.1.2.2, [MS-CIFS] 3.3.5.35 for the DOS modes) */
bool share_mode_compatible(const struct share_mode *a, const struct share_mode *b);

#endif
