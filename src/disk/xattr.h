/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_XATTR_H
#define DISK_XATTR_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Extended attributes of the file behind any descriptor, O_PATH too, as the thread's identity may
 * have them. Errors and sizes are those of fgetxattr(2) and its kin.
 */
ssize_t xattr_get(int fd, const char *name, void *value, size_t n);
int xattr_set(int fd, const char *name, const void *value, size_t n, int flags);
int xattr_remove(int fd, const char *name);

/* All names, each with its NUL: *list is the caller's to free. The bytes, or -1 with errno. */
ssize_t xattr_list(int fd, char **list);

#endif
