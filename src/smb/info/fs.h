/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_FS_H
#define SMB_INFO_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "disk/quota.h"
#include "server/tree.h"
#include "wire/sid.h"
#include "wire/writer.h"

/* FileSystemControlFlags ([MS-FSCC] 2.5.2) */
#define FILE_VC_QUOTA_TRACK   0x1u
#define FILE_VC_QUOTA_ENFORCE 0x2u

#define FS_CIFS_UNIX 0x0200

/* The capabilities of the UNIX extensions that are served. */
#define FS_UNIX_CAPS \
	((uint64_t)(UNIX_CAP_FCNTL_LOCKS | UNIX_CAP_POSIX_ACLS | UNIX_CAP_EXTATTR | \
	    UNIX_CAP_POSIX_PATHS | UNIX_CAP_POSIX_OPEN | UNIX_CAP_LARGE_READ))

/* The file system behind a share. */
struct fs_subject {
	struct disk_fs fs;
	struct disk_quota_state quota;
	const char *label; /* of the volume */
	const char *type;  /* "NTFS": what clients look for */
	bool acls;         /* security descriptors are kept */
	bool read_only;    /* for this user */
	ntime created;
	const struct fs_user *user; /* of POSIX_WHOAMI */
	size_t room;                /* bytes of data the client takes */
};

/* Who the client is on disk. */
struct fs_user {
	bool guest;
	uint64_t uid, gid;
	size_t ngroups, nsids;
	const gid_t *groups;
	const struct sid *sids;
};

struct fs_level {
	uint16_t level, twin;
	const char *name;
	uint16_t least, twin_least; /* as of info_level */
	void (*put)(const struct fs_subject *s, struct writer *w);
	bool quotas; /* it tells of them */
	bool posix;  /* of the UNIX extensions */
};

/* QUERY_FS_INFORMATION ([MS-CIFS] 2.2.8.2, [MS-FSCC] 2.5). NULL: INVALID_LEVEL. */
const struct fs_level *fs_query_level(uint16_t level);

/* Bytes that are enough for every level. */
size_t fs_query_room(const struct fs_subject *s);

#endif
