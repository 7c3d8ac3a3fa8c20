/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/xattr.h"

#include <errno.h>
#include <linux/limits.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include "base/arena.h"
#include "disk/beneath.h"

/* Enough for most files at the first try. */
#define USUAL_LIST 1024

ssize_t
xattr_get(int fd, const char *name, void *value, size_t n)
{
	ssize_t got = fgetxattr(fd, name, value, n);

	if (got < 0 && errno == EBADF) /* O_PATH */
		got = getxattr(fd_path(fd).path, name, value, n);
	return got;
}

int
xattr_set(int fd, const char *name, const void *value, size_t n, int flags)
{
	int r = fsetxattr(fd, name, value, n, flags);

	if (r != 0 && errno == EBADF)
		r = setxattr(fd_path(fd).path, name, value, n, flags);
	return r;
}

int
xattr_remove(int fd, const char *name)
{
	int r = fremovexattr(fd, name);

	if (r != 0 && errno == EBADF)
		r = removexattr(fd_path(fd).path, name);
	return r;
}

static ssize_t
list_some(int fd, char *list, size_t n)
{
	ssize_t got = flistxattr(fd, list, n);

	if (got < 0 && errno == EBADF)
		got = listxattr(fd_path(fd).path, list, n);
	return got;
}

ssize_t
xattr_list(int fd, char **list)
{
	size_t n = USUAL_LIST;
	ssize_t got;

	*list = xrealloc(NULL, n);
	got = list_some(fd, *list, n);
	if (got < 0 && errno == ERANGE) {
		n = XATTR_LIST_MAX;
		*list = xrealloc(*list, n);
		got = list_some(fd, *list, n);
	}
	if (got >= 0)
		return got;
	free(*list);
	*list = NULL;
	return -1;
}
