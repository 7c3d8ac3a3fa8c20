/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_NBT_SESSION_H
#define NET_NBT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The SESSION REQUEST of RFC 1002 4.3.2 and its refusals (4.3.4). */

#define NBT_NOT_LISTENING_ON_CALLED   0x80
#define NBT_NOT_LISTENING_FOR_CALLING 0x81
#define NBT_CALLED_NOT_PRESENT        0x82
#define NBT_INSUFFICIENT_RESOURCES    0x83
#define NBT_UNSPECIFIED_ERROR         0x8F

/* Two names of at most 255 bytes each, and a little mercy for what may follow them. */
#define NBT_REQUEST_MAX 544

struct nbt_name {
	char name[16]; /* 15 characters of the sender's code page, trimmed, and a NUL */
	uint8_t suffix;
};

/* The body of a SESSION REQUEST. Scope identifiers are checked for form and dropped; bytes after
 * the names are ignored. False when it is malformed. */
bool nbt_request_parse(
    const uint8_t *body, size_t len, struct nbt_name *called, struct nbt_name *calling);

#endif
