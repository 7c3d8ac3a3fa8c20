/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_STREAM_H
#define DISK_STREAM_H

#include "disk/open.h"

/*
 * Alternate data streams. A path names one behind a colon, "dir/file:stream"; nothing else in a
 * path holds one. "file:" is the unnamed stream: the file itself, never a directory. Such paths are
 * understood by disk_open, disk_lookup, disk_unlink and disk_rename, and refused by all else
 * with OBJECT_NAME_INVALID.
 *
 * A struct disk_file of a stream reads and writes the stream, while its attributes and times are
 * the file's own.
 */

/* What follows the colon of a path, "" included; NULL: the path names no stream. */
const char *disk_stream_of(const char *path);

/* Without / \ and :, neither empty nor over 254 bytes. All else is fine, control characters too. */
bool disk_stream_valid(const char *name);

/* Has the share streams? Else disk_open and the like know none either. */
bool disk_has_streams(const struct disk_root *root);

/* Tells the streams of a file apart, without regard to case; 0 is no stream's. */
uint64_t disk_stream_number(const char *name);

struct disk_stream {
	const char *name; /* in the arena */
	uint64_t size, allocated;
};

struct disk_streams {
	struct disk_stream data; /* the unnamed one; name NULL: a directory has none */
	struct disk_stream *stream;
	size_t n; /* named ones, in order without regard to case */
};

/* The streams of the file f belongs to; no named ones where the share has none. */
nt_status disk_streams(
    const struct disk *d, struct arena *a, const struct disk_file *f, struct disk_streams *out);

/* Removes them all. */
nt_status disk_streams_remove(const struct disk *d, const struct disk_file *f);

/* Copies them to another file, which has none yet. */
nt_status disk_streams_copy(
    const struct disk *d, const struct disk_file *from, const struct disk_file *to);

#endif
