/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_SET_H
#define SMB_INFO_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/attr.h"
#include "disk/ea.h"
#include "wire/reader.h"

/* Options that may be changed on an open file ([MS-FSA] 2.1.5.14.9). */
#define MODE_SETTABLE 0x0000003Eu

/* Levels from here are those of [MS-FSCC] 2.4 ([MS-SMB] 2.2.2.3.5), with their statuses. */
#define SMB_INFO_PASSTHROUGH 1000

/* SMB_SET_FILE_ALLOCATION_INFO */
#define SET_ALLOCATION 0x0103

/* What a client wants changed, as its level says. */
struct info_change {
	struct disk_attr attr;
	uint64_t size; /* end of file, allocation, position */
	uint32_t mode; /* options of the handle */
	struct disk_eas eas;
	nt_status eas_status; /* of reading them */
	uint32_t ea_error;    /* where the one at fault begins in the list; 0: none is */
	bool on;              /* delete pending; replace */
	uint32_t root_fid;
	const char *name; /* of rename and link */
};

enum set_kind {
	SET_ON_DISK, /* apply does it, in a job */
	SET_DISPOSITION,
	SET_RENAME,
	SET_LINK,
	SET_POSITION,
	SET_MODE,
};

struct set_level {
	uint16_t level, twin;
	const char *name;
	uint32_t access; /* what the handle must allow, or is opened for */
	enum set_kind kind;
	bool file_only; /* by path it is refused, once the file could be opened; its twin is not */
	/* Leaves the reader bad when the data are too short. */
	void (*decode)(struct info_change *c, struct reader *data);
	nt_status (*apply)(
	    const struct disk *d, const struct disk_file *f, const struct info_change *c);
};

/* SET_PATH_INFORMATION and SET_FILE_INFORMATION ([MS-CIFS] 2.2.8.4, [MS-FSCC] 2.4). NULL:
 * INVALID_LEVEL. */
const struct set_level *info_set_level(uint16_t level);

#endif
