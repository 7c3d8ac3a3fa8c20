/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_STREAM_STORE_H
#define DISK_STREAM_STORE_H

#include <pthread.h>

#include "disk/sidestore.h"

/*
 * The named streams of one file as they lie on disk: in an extended attribute in Samba's form,
 *
 *   user.DosStream.NAME:$DATA    the content and one NUL
 *
 * as long as the file system has room for it there, else in the side store. Where both have one of
 * a name the attribute counts: moving out of it ends with its removal.
 *
 * Who changes streams holds store_lock of the file. Integers are 0, or -1 with errno.
 */
struct stream_entry {
	char name[SIDE_NAME_MAX + 1]; /* as spelled on disk */
	bool side;
	uint64_t size, allocated;
};

/* The content of a stream in an attribute. */
struct stream_content {
	unsigned char *bytes; /* free; one more than size may be written */
	size_t size;
};

pthread_mutex_t *store_lock(const struct disk_id *id);

/* False when the file's streams cannot be listed; the names end when each says false. */
int store_each(
    const struct stream_base *b, bool (*each)(void *arg, const char *name, bool side), void *arg);

/* Size and allocation of a stream whose name and form are known. */
void store_measure(const struct stream_base *b, struct stream_entry *e);

/* By name, without regard to case; ENOENT. */
int store_find(const struct stream_base *b, const char *name, struct stream_entry *e);

/* A new, empty stream. */
int store_create(const struct stream_base *b, const char *name);
int store_remove(const struct stream_base *b, const struct stream_entry *e);

/* New name, which no stream has. */
int store_rename(const struct stream_base *b, const struct stream_entry *e, const char *to);

/* ENODATA: the stream is not in an attribute. */
int store_load(const struct stream_base *b, const char *name, struct stream_content *out);

/*
 * Replaces the content of a stream that is in an attribute. ENOSPC: it must spill. Uses the byte
 * behind the content.
 */
int store_save(const struct stream_base *b, const char *name, const struct stream_content *c);

/* Moves a stream with this content to the side store: a descriptor to read and write it there. */
int store_spill(const struct stream_base *b, const char *name, const struct stream_content *c);

/* Most bytes an attribute can ever hold. */
#define STORE_SMALL_MAX 65535

#endif
