/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_EA_H
#define SMB_INFO_EA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "disk/ea.h"
#include "wire/reader.h"
#include "wire/writer.h"

/*
 * Lists of extended attributes on the wire. Names are in the code page, whatever the message says.
 *
 * The readers take the rest of r, nothing standing for no list. EA_LIST_INCONSISTENT when an entry
 * is not whole, a name has no end, or entries overlap; EA_TOO_LARGE for more than a file can have;
 * INVALID_PARAMETER for a flag that means nothing. *bad then is where the entry at fault begins,
 * from the start of the list. Names come from r's arena, values stay where they are.
 */

/* SMB_FEA_LIST ([MS-CIFS] 2.2.1.2.2.1); whatever 4 bytes alone say, they are an empty list. */
nt_status ea_list_read(struct reader *r, struct disk_eas *out, uint32_t *bad);

/* SMB_GEA_LIST ([MS-CIFS] 2.2.1.2.1.1): names alone. */
nt_status ea_names_read(struct reader *r, struct disk_eas *out, uint32_t *bad);

/* A chain of FILE_FULL_EA_INFORMATION ([MS-FSCC] 2.4.15). */
nt_status ea_full_read(struct reader *r, struct disk_eas *out, uint32_t *bad);

/*
 * The writers put what fits into room bytes, whole entries. False when some were left out. A list
 * takes its length of 4 bytes at least; a chain of nothing takes nothing.
 */
bool ea_list_put(struct writer *w, const struct disk_eas *eas, size_t room);
bool ea_full_put(struct writer *w, const struct disk_eas *eas, size_t room);

/* Bytes that are enough for either. */
size_t ea_room(const struct disk_eas *eas);

#endif
