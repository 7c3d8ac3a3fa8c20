/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_DIRENT_H
#define DISK_DIRENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* One record of getdents64(2). */
struct dirent_raw {
	const char *name; /* in the buffer */
	uint64_t next;    /* d_off: lseek there to go on behind it */
	unsigned char type;
	bool dot; /* "." or ".." */
};

/* Fills buf from the directory; bytes, 0 at the end, -1 with errno. */
ssize_t dirent_read(int fd, void *buf, size_t n);

/* The record at *pos of the len bytes read; moves *pos behind it. False at the end. */
bool dirent_next(const char *buf, size_t len, size_t *pos, struct dirent_raw *out);

#endif
