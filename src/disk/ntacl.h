/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_NTACL_H
#define DISK_NTACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "wire/sd.h"

/*
 * The value of the extended attribute in which Samba's acl_xattr keeps a security descriptor:
 * little-endian, the version twice as 16 bits, a pointer's 32 bits, then
 *
 *   1  the descriptor
 *   2  a pointer 32, hash 16 bytes, the descriptor
 *   3  a pointer 32, hash type 16, hash 64 bytes, the descriptor
 *   4  a pointer 32, hash type 16, hash 64 bytes, a description ended by NUL, time 64, hash of the
 *      POSIX side 64 bytes, the descriptor
 *
 * each part aligned to four, the descriptor's offsets counted from the beginning of the value. The
 * POSIX side is owner, group, mode and POSIX access lists: once they are other than what was
 * hashed, whoever changed them meant to change who may do what, and the descriptor counts no more.
 */
#define NTACL_TRUSTED "security.NTACL" /* only the privileged can set it */
#define NTACL_USER    "user.NTACL"
#define NTACL_MAX     (SD_SIZE_MAX + 512u)

/* Bytes of a SHA-256 in a field of 64. */
#define NTACL_HASH 64

/* What the file's POSIX side comes to, as Samba computes it. False: out of memory. */
bool ntacl_hash(int fd, const struct statx *stx, uint8_t out[NTACL_HASH]);

struct ntacl_value {
	const void *p;
	size_t n;
};

/* Whose value it is. */
struct ntacl_file {
	int fd;
	const struct statx *stx;
};

enum ntacl { NTACL_VALID, NTACL_STALE, NTACL_BAD };

/*
 * The descriptor borrows from the value. STALE: the file's POSIX side has changed since; file NULL:
 * that is not asked.
 */
enum ntacl ntacl_decode(
    struct arena *a, const struct ntacl_value *v, const struct ntacl_file *file, struct sd *out);

/* Version 4, into the arena. n is 0 when it would be larger than any may be. */
struct ntacl_value ntacl_encode(
    struct arena *a, const struct sd *sd, const uint8_t hash[NTACL_HASH]);

#endif
