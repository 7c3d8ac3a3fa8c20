/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_QUERY_H
#define SMB_INFO_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/root.h"
#include "wire/writer.h"

/* The file or directory that is asked about. */
struct info_subject {
	struct disk_stat stat;
	const char *name; /* from the root of the share, as clients write it: "\dir\file" */
	bool delete_pending;
	uint64_t position;        /* of the handle, else 0 */
	uint32_t access, options; /* likewise */
};

struct info_level {
	uint16_t level;
	uint16_t twin; /* its pass-through number, 1000 + that of [MS-FSCC] 2.4; or 0 */
	const char *name;
	uint16_t fixed; /* bytes; where there is less room it is refused, beyond them cut */
	void (*put)(const struct info_subject *s, struct writer *w);
};

/* QUERY_PATH_INFORMATION and QUERY_FILE_INFORMATION ([MS-CIFS] 2.2.8.3, [MS-FSCC] 2.4). NULL:
 * INVALID_LEVEL. */
const struct info_level *info_query_level(uint16_t level);

/* Bytes that are enough for every level. */
size_t info_query_room(const struct info_subject *s);

#endif
