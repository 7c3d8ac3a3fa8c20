/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_NAME_H
#define DISK_NAME_H

#include "disk/root.h"

/* Changing names. All honour read_only (ACCESS_DENIED). */

/* OBJECT_NAME_COLLISION when anything of that name exists, in any case. made, if not NULL, tells
 * which directory it is, whatever the name will mean later. */
nt_status disk_mkdir(
    const struct disk *d, const char *path, uint32_t attributes, struct disk_id *made);

/* The same with permissions, of which the directory mask leaves some. */
nt_status disk_mkdir_mode(
    const struct disk *d, const char *path, mode_t mode, uint32_t attributes, struct disk_id *made);

/*
 * Removes path if it is still the file with this id (NULL: whatever it is);
 * OBJECT_NAME_NOT_FOUND when it is not. READONLY attribute: CANNOT_DELETE.
 * disk_may_unlink: would it, as far as attributes and descriptors say?
 */
nt_status disk_unlink(const struct disk *d, const char *path, const struct disk_id *id);
nt_status disk_may_unlink(const struct disk *d, const char *path, const struct disk_id *id);
nt_status disk_rmdir(const struct disk *d, const char *path, const struct disk_id *id);

/*
 * Moves a file or directory. The new name is used as spelled; replacing an existing file only when
 * asked, else OBJECT_NAME_COLLISION; the same file under another case is no collision. *real (may
 * be NULL): the new path as on disk.
 */
/* A stream is renamed to ":new", or to ":", which makes it the file's data: INVALID_PARAMETER when
 * what it would replace is not empty, or open. */
struct disk_rename {
	const char *from, *to;
	const struct disk_id *id; /* of from, or NULL */
	bool replace;
	bool granted; /* by an open of from: its descriptor is not asked again */
	char *real;
};
nt_status disk_rename(const struct disk *d, struct arena *a, struct disk_rename *r);
nt_status disk_link(
    const struct disk *d, const char *from, const char *to, const struct disk_id *id);

/* SUCCESS when the directory holds nothing, else DIRECTORY_NOT_EMPTY. */
struct disk_file;
nt_status disk_dir_is_empty(const struct disk *d, const struct disk_file *f);

#endif
