/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_DISK_ACLS_H
#define TESTS_DISK_ACLS_H

#include <sys/xattr.h>

#include "base/cred.h"
#include "disk/acl.h"
#include "disk/ntacl.h"
#include "scratch.h"
#include "wire/access.h"

/* Security descriptors of files in a scratch share, for the tests of them. */
#define FULL FILE_ALL_ACCESS
#define OI   ACE_OBJECT_INHERIT
#define CI   ACE_CONTAINER_INHERIT
#define NP   ACE_NO_PROPAGATE_INHERIT
#define IO   ACE_INHERIT_ONLY
#define ID   ACE_INHERITED

static struct sid me;

static inline void
acls_setup(void)
{
	struct disk_options options = scratch_defaults();

	scratch_setup();
	options.nt_acls = true;
	options.named_streams = true;
	scratch_reopen(options);
	me = sid_of_unix(SID_UNIX_USERS, cred_of_process()->uid);
}

static inline const char *
path_of(const char *name)
{
	return arena_printf(&scratch_arena, "%s/root/%s", scratch_top, name);
}

static inline struct acl *
list(unsigned count, const struct ace *aces)
{
	struct acl *acl = arena_alloc(&scratch_arena, sizeof(*acl));

	acl->revision = 2;
	acl->count = count;
	acl->aces = arena_memdup(&scratch_arena, aces, count * sizeof(*aces));
	return acl;
}

static inline struct ace
entry(uint8_t type, const struct sid *sid, uint32_t mask, unsigned flags)
{
	return (struct ace){ .type = type, .flags = (uint8_t)flags, .mask = mask, .sid = *sid };
}

/* The file may be described and changed whatever its descriptor says. */
static inline struct disk_file *
handle_of(const char *name)
{
	struct disk_file *f;

	ck_assert_uint_eq(scratch_open(name, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	return f;
}

static inline nt_status
set_parts(const char *name, uint32_t parts, const struct sd *sd)
{
	struct disk_file *f = handle_of(name);
	nt_status status = disk_acl_set(&scratch, &scratch_arena, f, parts, sd);

	disk_close(&f);
	return status;
}

static inline void
set_dacl(const char *name, unsigned count, const struct ace *aces)
{
	struct sd sd = { .control = SD_DACL_PRESENT, .dacl = list(count, aces) };

	ck_assert_uint_eq(set_parts(name, SECURITY_DACL, &sd), STATUS_SUCCESS);
}

static inline void
set_one(const char *name, struct ace ace)
{
	set_dacl(name, 1, &ace);
}

static inline struct sd
get(const char *name)
{
	struct disk_file *f = handle_of(name);
	struct sd sd;

	ck_assert_uint_eq(disk_acl_get(&scratch, &scratch_arena, f, &sd), STATUS_SUCCESS);
	disk_close(&f);
	return sd;
}

static inline bool
has_stored(const char *name)
{
	return getxattr(path_of(name), NTACL_USER, NULL, 0) > 0 ||
	    getxattr(path_of(name), NTACL_TRUSTED, NULL, 0) > 0;
}

#endif
