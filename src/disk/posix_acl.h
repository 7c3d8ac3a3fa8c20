/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_POSIX_ACL_H
#define DISK_POSIX_ACL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* POSIX access lists as the kernel hands them out. */
#define POSIX_ACL_ACCESS  "system.posix_acl_access"
#define POSIX_ACL_DEFAULT "system.posix_acl_default"

/* Tags */
#define POSIX_USER_OBJ  0x01u
#define POSIX_USER      0x02u
#define POSIX_GROUP_OBJ 0x04u
#define POSIX_GROUP     0x08u
#define POSIX_MASK      0x10u
#define POSIX_OTHER     0x20u

struct posix_ace {
	uint16_t tag, perm; /* perm: the bits of rwx */
	uint32_t id;        /* of USER and GROUP */
};

#define POSIX_ACES_MAX 512 /* longer lists are as if there were none */

struct posix_acl {
	unsigned count;
	struct posix_ace aces[POSIX_ACES_MAX];
};

/*
 * The list of that name of the file behind fd, O_PATH too. Without one: for the access list what
 * the mode says, else nothing.
 */
void posix_acl_read(int fd, const char *name, const struct statx *stx, struct posix_acl *out);

/*
 * Its entries in any order. Without entries the list goes, and the permissions stay. 0, or -1 with
 * errno.
 */
int posix_acl_write(int fd, const char *name, const struct posix_acl *acl);

/* The owning group's and everybody's named rights as the mask leaves them. */
unsigned posix_acl_effective(const struct posix_acl *acl, const struct posix_ace *ace);

#endif
