/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_OBJECT_ID_H
#define DISK_OBJECT_ID_H

#include <stdint.h>

#include "disk/open.h"

/*
 * Object ids ([MS-FSCC] 2.1.3): what names a file whatever its name is. Nothing is stored: the id
 * is made of what the file system knows a file by, and of when it was made, since numbers are used
 * again. So a file has it for as long as it lives, also under another name, after a restart and on
 * a disk that is read-only; a copy has another.
 */
#define OBJECT_ID_BYTES 16

struct object_ids {
	uint8_t object[OBJECT_ID_BYTES];
	uint64_t volume; /* that of disk_fs_stat */
};

nt_status disk_object_ids(const struct disk *d, const struct disk_file *f, struct object_ids *out);

#endif
