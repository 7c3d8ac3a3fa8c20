/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_FS_H
#define SMB_INFO_FS_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/quota.h"
#include "wire/writer.h"

/* FileSystemControlFlags ([MS-FSCC] 2.5.2) */
#define FILE_VC_QUOTA_TRACK   0x1u
#define FILE_VC_QUOTA_ENFORCE 0x2u

/* The file system behind a share. */
struct fs_subject {
	struct disk_fs fs;
	struct disk_quota_state quota;
	const char *label; /* of the volume */
	const char *type;  /* "NTFS": what clients look for */
	bool acls;         /* security descriptors are kept */
	bool read_only;    /* for this user */
	ntime created;
};

struct fs_level {
	uint16_t level, twin;
	const char *name;
	uint16_t least, twin_least; /* as of info_level */
	void (*put)(const struct fs_subject *s, struct writer *w);
	bool quotas; /* it tells of them */
};

/* QUERY_FS_INFORMATION ([MS-CIFS] 2.2.8.2, [MS-FSCC] 2.5). NULL: INVALID_LEVEL. */
const struct fs_level *fs_query_level(uint16_t level);

#endif
