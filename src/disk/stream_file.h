/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_STREAM_FILE_H
#define DISK_STREAM_FILE_H

#include "disk/name.h"
#include "disk/open.h"
#include "disk/stream_store.h"

/*
 * What the calls of this folder do when they meet a stream. The content of an open one is shared by
 * all who have it open, whether it lies in an attribute, in the side store or, after a rename to
 * "", in the file itself:
 *
 *   attribute --outgrows it--> file of its own --renamed to ""--> the base file's data
 */
struct stream;

/* disk_open, disk_lookup, disk_unlink, disk_may_unlink, disk_rename and disk_file_stat of a path
 * with a stream. */
nt_status stream_open(const struct disk *d, struct arena *a, struct disk_open *o);
nt_status stream_lookup(
    const struct disk *d, struct arena *a, const char *path, struct disk_stat *out, char **real);
nt_status stream_unlink(const struct disk *d, const char *path, const struct disk_id *id);
nt_status stream_may_unlink(const struct disk *d, const char *path, const struct disk_id *id);
nt_status stream_rename(const struct disk *d, struct arena *a, struct disk_rename *r);
void stream_stat(const struct disk_file *f, struct disk_stat *st);
void stream_close(struct stream *s);

/* Counted; NULL when the number is another stream's. Both with the file's lock held. */
struct stream *stream_get(const struct disk_id *id, const char *name);

/* The open stream's new number and name, or, with the number 0, the file's own data behind fd,
 * which is taken over. */
void stream_renamed(const struct disk_id *from, const struct disk_id *to, const char *name, int fd);
bool stream_is_open(const struct disk_id *id);

/* A descriptor of the content, not to be closed; -1: it is in an attribute, as far as is known. */
int stream_fd(const struct disk_file *f);

/* The content of one in an attribute, or its descriptor when it has moved: then out is empty. */
nt_status stream_read_attr(const struct disk_file *f, struct stream_content *out, int *fd);

/* Changes one in an attribute: bytes at off, or without them the size, which off says. *fd is not
 * -1 when it has moved: nothing was done then. */
struct stream_change {
	const void *bytes;
	size_t n;
	uint64_t off;
};
nt_status stream_change_attr(const struct disk_file *f, const struct stream_change *c, int *fd);

/* The file was written through a stream: its time is now. */
void stream_touch(const struct disk_file *f);

/* The file behind an open one, and who opened it. */
struct stream_base stream_base_of(const struct disk_file *f);

#endif
