/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef WIRE_ACCESS_H
#define WIRE_ACCESS_H

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

/*
 * Generic bits and MAXIMUM_ALLOWED replaced by what they stand for; max is what may be had at most.
 */
uint32_t access_map(uint32_t wanted, uint32_t max);

#endif
