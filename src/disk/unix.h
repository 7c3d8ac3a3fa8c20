/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_UNIX_H
#define DISK_UNIX_H

#include "disk/open.h"
#include "disk/posix_acl.h"

/*
 * What the CIFS UNIX extensions tell and change of a file, as the kernel has it. By path a symbolic
 * link is meant itself, never what it leads to: struct disk's links is set for that by the caller.
 */

enum disk_unix_what { DISK_UNIX_LINK, DISK_UNIX_ACLS, DISK_UNIX_FLAGS };

struct disk_unix {
	const char *text;                      /* of a link, as POSIX clients see it */
	const struct posix_acl *own, *for_new; /* for_new: of a directory; else without entries */
	uint64_t flags, flags_known;           /* as lsattr(1) has them */
};

/* INVALID_PARAMETER: the text of what is no link; ACCESS_DENIED: the lists of one. */
nt_status disk_unix_of_path(const struct disk *d, struct arena *a, const char *path,
    enum disk_unix_what what, struct disk_unix *out);
nt_status disk_unix_of_file(const struct disk *d, struct arena *a, const struct disk_file *f,
    enum disk_unix_what what, struct disk_unix *out);

#define DISK_UNIX_SAME    UINT32_MAX /* of an id or permissions: as they are */
#define DISK_UNIX_NO_SIZE UINT64_MAX

struct disk_unix_change {
	uint64_t size;
	ntime accessed, written;
	uint32_t uid, gid, mode;
	uint32_t hide; /* FILE_ATTRIBUTE_HIDDEN: the attribute becomes hidden; else it stays */
	uint32_t hidden;
};

/* The rights to a file that the change needs. */
uint32_t disk_unix_rights(const struct disk_unix_change *c);

/*
 * What is no permission to anybody is left as it is: no set-id bit comes by this way. Ownership is
 * taken, not given. The size is the caller's to change.
 */
nt_status disk_unix_set(
    const struct disk *d, const struct disk_file *f, const struct disk_unix_change *c);

/* The same of what is neither file nor directory, asking for its rights. OBJECT_NAME_NOT_FOUND:
 * permissions of a link. */
nt_status disk_unix_set_special(
    const struct disk *d, const char *path, const struct disk_unix_change *c);

/* Makes a pipe or socket (type: S_IFIFO, S_IFSOCK). */
nt_status disk_unix_make(const struct disk *d, const char *path, mode_t type, mode_t mode);

/* A link with any text of a POSIX client. ACCESS_DENIED where links are not followed. */
nt_status disk_symlink(const struct disk *d, const char *path, const char *text);

/* NULL: that list is left as it is. One without entries takes what goes beyond permissions away. */
struct disk_unix_acls {
	const struct posix_acl *own, *for_new;
};
nt_status disk_unix_set_acls(
    const struct disk *d, const struct disk_file *f, const struct disk_unix_acls *acls);

#endif
