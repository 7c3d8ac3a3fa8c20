/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_COMPRESS_H
#define DISK_COMPRESS_H

#include "disk/open.h"

/*
 * Whether the file system compresses what is written to the file from now on; of a directory, to
 * what is made in it. FILE_ATTRIBUTE_COMPRESSED tells it. NOT_SUPPORTED: it knows no compression.
 * Streams are not asked: the attribute is the file's.
 */
nt_status disk_set_compressed(const struct disk *d, const struct disk_file *f, bool on);

#endif
