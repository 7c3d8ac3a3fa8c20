/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_SIDESTORE_H
#define DISK_SIDESTORE_H

#include <stdbool.h>

#include "disk/root.h"

/*
 * Streams that no extended attribute can hold lie as plain files in a directory of the share
 * that clients never see:
 *
 *   .smb1d.streams/KEY/:NAME
 *
 * KEY is random, made when a file first needs one, and never used again. The file it belongs
 * to says so in an extended attribute, with its own inode number and birth time beside the key: the
 * attribute survives a rename, and on a copy made by other programs it means nothing. A crash can
 * leave a KEY that nobody names, never one that another file names.
 *
 * The directory belongs to the process; who may read or write a stream was found out on its file.
 * All calls set the thread's identity as they need it.
 */
#define SIDE_DIRECTORY ".smb1d.streams"
#define SIDE_MARKER    "user.smb1d.streams"
#define SIDE_NAME_MAX  254

/* The file whose streams are meant: any descriptor, and who asks. */
struct stream_base {
	struct disk_root *root;
	const struct cred *cred;
	int fd;
};

/* Opens a stream; -1 with errno, ENOENT when there is none. flags: O_RDWR, O_CREAT and the like. */
int side_open(const struct stream_base *b, const char *name, int flags);

/* 0, or -1 with errno. The new name is replaced if it is there. */
int side_rename(const struct stream_base *b, const char *from, const char *to);
int side_remove(const struct stream_base *b, const char *name);

/* Calls each with every stream's name until it says false. */
void side_each(
    const struct stream_base *b, bool (*each)(void *arg, const char *name, int dir), void *arg);

/* Gives the file a key if it has none. -1 with errno: ENOSPC also where only the attribute finds no
 * room. */
int side_prepare(const struct stream_base *b);

/* The last name of the file behind fd may have gone: then its streams go too. */
void side_forget(const struct disk *d, int fd);

/* True for the name of the directory, whatever its case. */
bool side_is(const char *name);

#endif
