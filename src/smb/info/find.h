/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_FIND_H
#define SMB_INFO_FIND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "disk/ea.h"
#include "disk/short.h"
#include "wire/writer.h"

/* One line of a listing. */
struct find_entry {
	STAILQ_ENTRY(find_entry) link;
	const char *name;
	char shorter[SHORT_NAME_SIZE]; /* 8.3 name, "" when it needs none or the level has none */
	struct disk_stat stat;
	uint32_t ea_size;    /* what its extended attributes take, as the level asks */
	struct disk_eas eas; /* likewise those whose names the request lists */
	uint64_t next;       /* position behind it in the directory */
	uint32_t key;        /* resume key */
	bool with_key;       /* the levels below 0x100 begin with it */
};

/* What a level tells of extended attributes. */
enum find_eas { FIND_NO_EAS, FIND_EA_SIZE, FIND_LISTED_EAS };

struct find_level {
	uint16_t level;
	const char *name;
	uint16_t fixed; /* bytes in front of the file name, at least, without EAs */
	bool chained;   /* begins with NextEntryOffset, aligned to 8 */
	bool shorter;   /* tells short names */
	enum find_eas eas;
	bool lists_links; /* of the UNIX extensions: of links it tells themselves */
	/* Returns the bytes of the name. NextEntryOffset is left 0. */
	size_t (*put)(const struct find_entry *e, struct writer *w);
};

/* FIND_FIRST2 and FIND_NEXT2 ([MS-CIFS] 2.2.8.1, [MS-SMB] 2.2.8.1). NULL: INVALID_LEVEL. */
const struct find_level *find_level(uint16_t level);

/*
 * Appends an entry, chained to the one at *last (0 when count is 0). False when it does not fit,
 * and nothing is written. An entry whose name is too long for the level's length field is passed
 * over: true, *last unchanged.
 */
bool find_put(const struct find_level *level, const struct find_entry *e, bool first, size_t *last,
    struct writer *w);

#endif
