/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_ATTR_H
#define DISK_ATTR_H

#include "disk/open.h"

/*
 * What to change; a time of 0 (or NTIME_LEAVE, NTIME_RESUME) and attributes of 0 stay as they
 * are. NORMAL clears R, H, S and A.
 */
struct disk_attr {
	ntime created, accessed, written,
	    changed; /* changed is kept by the kernel: accepted and ignored */
	uint32_t attributes;
};

/*
 * DOS attributes and creation time go to user.DOSATTRIB in Samba's form (versions 1 to 5 read,
 * 5 written); without xattrs, READONLY to the mode bits. Works on O_PATH descriptors too.
 */
nt_status disk_set_attr(
    const struct disk *d, const struct disk_file *f, const struct disk_attr *attr);

#endif
