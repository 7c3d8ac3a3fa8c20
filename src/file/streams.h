/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FILE_STREAMS_H
#define FILE_STREAMS_H

#include "file/node.h"

/* How the streams of a file and the file stand to each other. Reactor thread only. */

/* Has anybody the file, or a stream of it, open? */
bool file_is_open(const struct file_table *t, const struct disk_id *id);

/* Has somebody a stream of the file open without sharing its deletion? */
bool file_streams_stay(const struct file_table *t, const struct disk_id *id);

/*
 * Without an open of one's own: delete pending, if anybody has the file or a stream of it open.
 * False: nobody has, so it can be removed at once. file_may_remove was asked, READONLY and the
 * right checked.
 */
struct file_name {
	struct disk_id id;
	struct disk_root *root;
	const char *path;
	struct cred *cred; /* who asks; may be NULL */
	bool directory;
};
bool file_goes_later(const struct file_table *t, const struct disk_id *id); /* would it? */
bool file_delete_later(struct file_table *t, const struct file_name *name);

/*
 * While a job removes a name of a file that nobody has open, nobody opens it: DELETE_PENDING. The
 * removal, as file_close has it, that became due meanwhile.
 */
void file_keep_closed(struct file_table *t, const struct disk_id *id);
struct file_removal *file_let_open(struct file_table *t, const struct disk_id *id);

/* A stream was renamed through us; to.stream 0: it became the file's data. Its opens follow. */
void file_stream_renamed(
    struct file_table *t, const struct disk_id *from, const struct disk_id *to, const char *path);

#endif
