/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_EA_H
#define DISK_EA_H

#include "base/worker.h"
#include "disk/open.h"

/*
 * OS/2 extended attributes, stored as Samba does: user.NAME with the bare value. Names compare
 * without regard to case and keep the spelling they were first stored with. What is kept in such
 * attributes for other purposes (DOS attributes, streams, ACLs) is neither shown nor to be had.
 */
struct disk_ea {
	const char *name;
	const uint8_t *value;
	uint32_t at;   /* where it stands in the list it came in, for error replies */
	uint16_t size; /* of value; 0: to be removed, or not there */
	uint8_t flags;
};

/* The file cannot be understood without it: who knows no EAs may not open the file. */
#define EA_NEED 0x80

struct disk_eas {
	struct disk_ea *ea;
	size_t n;
};

/* All EAs of a file may take, as disk_eas_size counts: no client can be told more. */
#define EAS_SIZE_MAX 0xFFFFu

/* What is done with a list: few as few says, many in a job. */
static inline enum work_kind
disk_work_of_eas(const struct disk_eas *eas, enum work_kind few)
{
	return eas->n > 64 ? WORK_SLOW : few;
}

/*
 * What a list takes as OS/2 counts it, a byte a character: 4, and 4 + name + 1 + value for each. 0
 * for none.
 */
uint32_t disk_eas_size(const struct disk_eas *eas);

/* Those of a file in order of their names, from the arena; none where the share has none. */
nt_status disk_eas_read(
    const struct disk *d, struct arena *a, const struct disk_file *f, struct disk_eas *out);

/* The same of what a path leads to, for who has all rights wanted there. */
nt_status disk_eas_of_path(
    const struct disk *d, struct arena *a, const char *path, uint32_t wanted, struct disk_eas *out);

/* What a list of names (values ignored) asks for: the same names, in order, with their values. */
void disk_eas_select(struct arena *a, const struct disk_eas *have, const struct disk_eas *names,
    struct disk_eas *out);

/*
 * INVALID_EA_NAME, with *bad the first such entry, when a name is empty or has control characters
 * or any of "*+,/:;<=>?[\]|; ACCESS_DENIED for one that is not a client's to set. EAS_NOT_SUPPORTED
 * where the share keeps none.
 */
nt_status disk_eas_check(const struct disk *d, const struct disk_eas *eas, size_t *bad);

/*
 * Sets and removes; either all of it or nothing. With only, what is not in the list goes.
 * EA_TOO_LARGE when file system or protocol cannot take it.
 */
nt_status disk_eas_write(
    const struct disk *d, const struct disk_file *f, const struct disk_eas *eas, bool only);

/* Gives to those of from, and no others. */
nt_status disk_eas_copy(
    const struct disk *d, const struct disk_file *from, const struct disk_file *to);

/* Has the file any? */
bool disk_eas_exist(const struct disk *d, const struct disk_file *f);

/* Has the file an EA that must be understood? */
bool disk_eas_needed(const struct disk *d, const struct disk_file *f);

#endif
