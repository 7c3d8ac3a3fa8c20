/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_QUERY_H
#define SMB_INFO_QUERY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/ea.h"
#include "disk/short.h"
#include "disk/stream.h"
#include "disk/unix.h"
#include "wire/writer.h"

/* The file or directory that is asked about. */
struct info_subject {
	struct disk_stat stat;
	const char *name; /* from the root of the share, as clients write it: "\dir\file" */
	char shorter[SHORT_NAME_SIZE]; /* of INFO_ALT_NAME: the short name, "" for none */
	bool delete_pending;
	uint64_t position;        /* of the handle, else 0 */
	uint32_t access, options; /* likewise */
	struct disk_eas eas;      /* as the level asks */
	struct disk_streams streams;
	struct disk_unix posix; /* likewise */
	size_t room;            /* bytes of data the client takes */
	/* set by put when it left out what did not fit, or has nothing to tell */
	nt_status *status;
};

/*
 * How a file is compressed ([MS-FSCC] 2.2.9); LZNT1 stands for whatever the file system does, which
 * is its own affair.
 */
#define COMPRESSION_FORMAT_NONE  0
#define COMPRESSION_FORMAT_LZNT1 2

/* What a level tells of extended attributes. */
enum info_eas {
	INFO_NO_EAS,
	INFO_EA_SIZE,    /* how much they take */
	INFO_ALL_EAS,    /* all */
	INFO_LISTED_EAS, /* those whose names the request lists */
};

#define INFO_ALT_NAME 0x0108 /* it tells the short name */

/* What a level of the UNIX extensions tells beside what a file is; of a link it tells itself. */
enum info_unix {
	INFO_NOT_UNIX,
	INFO_UNIX,
	INFO_UNIX_LINK,
	INFO_UNIX_ACLS,
	INFO_UNIX_FLAGS,
};

struct info_level {
	uint16_t level;
	uint16_t twin; /* its pass-through number, 1000 + that of [MS-FSCC] 2.4; or 0 */
	const char *name;
	uint16_t least, twin_least; /* see info_query_least; what is behind them is cut */
	void (*put)(const struct info_subject *s, struct writer *w);
	enum info_eas eas;
	bool streams; /* it tells them */
	enum info_unix posix;
};

/* QUERY_PATH_INFORMATION and QUERY_FILE_INFORMATION ([MS-CIFS] 2.2.8.3, [MS-FSCC] 2.4). NULL:
 * INVALID_LEVEL. */
const struct info_level *info_query_level(uint16_t level);

/* Bytes of room without which the row's level, as asked for, is refused. */
size_t info_query_least(const struct info_level *row, uint16_t level);

/* Bytes that are enough for every level. */
size_t info_query_room(const struct info_subject *s);

#endif
