/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_DOSATTRIB_H
#define DISK_DOSATTRIB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ntime.h"

/*
 * The value of the extended attribute user.DOSATTRIB as Samba stores it: little-endian, a
 * hexadecimal string ended by a NUL, the version twice as 16 bits aligned to two, then, aligned to
 * four,
 *
 *   1  attributes 32, EA size 32, size 64, allocation 64, created 64, changed 64
 *   2  flags 32, attributes 32, EA size 32, size 64, allocation 64, created 64, changed 64, written
 * 64, name 3  flags 32, attributes 32, EA size 32, size 64, allocation 64, created 64, changed 64
 *   4  flags 32, attributes 32, identity time 64, created 64
 *   5  flags 32, attributes 32, created 64
 *
 * The oldest form is the string alone ("0x20").
 */
#define DOSATTRIB_NAME "user.DOSATTRIB"
#define DOSATTRIB_MAX  512 /* bytes that reading understands */
#define DOSATTRIB_SIZE 24  /* bytes that writing makes */

struct dosattrib {
	uint32_t attributes;
	ntime created; /* 0: not stored */
};

bool dosattrib_decode(const void *value, size_t n, struct dosattrib *out);

/* Version 5. */
void dosattrib_encode(const struct dosattrib *a, unsigned char out[DOSATTRIB_SIZE]);

#endif
