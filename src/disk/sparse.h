/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_SPARSE_H
#define DISK_SPARSE_H

#include "disk/open.h"

/* Parts of files: holes, and copies the file system may make without moving the bytes. */

/* The SPARSE_FILE attribute; every file may have holes here, whatever it says. */
nt_status disk_set_sparse(const struct disk *d, const struct disk_file *f, bool on);

/* Bytes from (inclusive) to end (exclusive) within the file become zeros: a hole where punch. */
nt_status disk_zero(const struct disk_file *f, uint64_t from, uint64_t end, bool punch);

/*
 * The parts of a window that are allocated, in order, at most room of them, in out; a
 * file that is not sparse is one. BUFFER_OVERFLOW when there are more.
 */
struct disk_range {
	uint64_t offset, length;
};
struct disk_ranges {
	struct disk_range window;
	bool sparse;
	struct disk_range *out;
	size_t room, n;
};
nt_status disk_ranges(const struct disk_file *f, struct disk_ranges *r);

/*
 * Copies length bytes; INVALID_VIEW_SIZE when the source has fewer. *done tells how many were
 * copied, also on an error. Source and target may be one file.
 */
struct disk_copy {
	const struct disk_file *from, *to;
	uint64_t from_offset, to_offset;
	size_t length;
	size_t done;
};
nt_status disk_copy_range(struct disk_copy *c);

#endif
