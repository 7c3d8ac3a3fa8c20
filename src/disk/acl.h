/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_ACL_H
#define DISK_ACL_H

#include "disk/ntacl.h"
#include "disk/open.h"
#include "wire/sd.h"

/*
 * Who may do what, as NT says it. Where a security descriptor is stored with a file it is obeyed
 * (access.h); where none is, the kernel's permissions are what counts, and are shown as a
 * descriptor. The kernel is asked in any case: a descriptor takes away, it does not give.
 */

/* SecurityInformation ([MS-CIFS] 2.2.7.6.1) */
#define SECURITY_OWNER 0x1u
#define SECURITY_GROUP 0x2u
#define SECURITY_DACL  0x4u
#define SECURITY_SACL  0x8u

/* All four parts. INVALID_SECURITY_DESCR: what is stored is none. */
nt_status disk_acl_get(
    const struct disk *d, struct arena *a, const struct disk_file *f, struct sd *out);

/*
 * Stores the parts named, the others as they are; owners and groups of this system are changed on
 * disk as well. INVALID_OWNER: not one the user may make the owner. NOT_SUPPORTED where descriptors
 * are not kept.
 */
nt_status disk_acl_set(const struct disk *d, struct arena *a, const struct disk_file *f,
    uint32_t parts, const struct sd *sd);

/* The parts a descriptor brings for a new file. */
uint32_t acl_parts(const struct sd *sd);

/* The rest is disk/'s own. */

/* What is stored; STALE also where nothing is. */
enum ntacl acl_load(
    const struct disk *d, struct arena *a, int fd, const struct statx *stx, struct sd *out);

/* What the POSIX side says. */
void acl_map(struct arena *a, int fd, const struct statx *stx, struct sd *out);

nt_status acl_store(const struct disk_root *root, struct arena *a, int fd, const struct sd *sd);

/* What a new file gets from the directory it is made in, which is O_PATH at parent. */
nt_status acl_inherit(const struct disk *d, int parent, int fd);

/*
 * The DACL and the SACL of a new object ([MS-DTYP] 2.5.3.4) in a directory that has from: NULL when
 * nothing is inherited.
 */
struct acl_child {
	bool directory;
	const struct sid *owner, *group;
};
struct acl *acl_inherited(struct arena *a, const struct sd *from, const struct acl_child *child);
struct acl *acl_inherited_audit(
    struct arena *a, const struct sd *from, const struct acl_child *child);

#endif
