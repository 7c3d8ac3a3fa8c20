/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

/* How often a look-up that lost a race against a rename is made anew. */
#define RACES 16

#define RACY_NS        INT64_C(20000000)
#define COARSE_RACY_NS INT64_C(2100000000) /* where times are whole seconds, or two */

static int
open_how(const struct disk *d, const char *path, struct open_how *how)
{
	return (int)syscall(
	    SYS_openat2, d->root->fd, *path != '\0' ? path : ".", how, sizeof(*how));
}

static int
open_tries(const struct disk *d, const char *path, struct open_how *how)
{
	int fd, tries = 0;

	do
		fd = open_how(d, path, how);
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && !d->nowait && ++tries < RACES)));
	return fd;
}

/* Where a descriptor is, below the root; false when that cannot be told. */
static bool
real_path(const struct disk_root *root, int fd, char path[PATH_MAX])
{
	char top[PATH_MAX];
	ssize_t n = readlink(fd_path(root->fd).path, top, sizeof(top));
	ssize_t len = readlink(fd_path(fd).path, path, PATH_MAX - 1);

	if (n <= 0 || n >= PATH_MAX - 1 || len < n || memcmp(path, top, (size_t)n) != 0)
		return false;
	path[len] = '\0';
	while (path[n] == '/')
		n++;
	memmove(path, path + n, (size_t)(len - n) + 1);
	return true;
}

/*
 * Not before a link is met, which hardly any path has in it: what does not exist by its own name
 * does not by that of a link either.
 */
static int
open_by_links(const struct disk *d, const char *path, struct open_how *how)
{
	char real[PATH_MAX];
	int fd;

	how->resolve &= ~(uint64_t)RESOLVE_NO_SYMLINKS;
	fd = open_tries(d, path, how);
	if (fd < 0 || (real_path(d->root, fd, real) && veto_found(d->root, real) == STATUS_SUCCESS))
		return fd;
	close(fd);
	errno = ENOENT;
	return -1;
}

int
beneath_open(const struct disk *d, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS |
		    (d->nowait ? RESOLVE_CACHED : 0),
	};
	int fd = open_tries(d, path, &how);

	if (fd < 0 && errno == ELOOP && d->root->options.follow_symlinks)
		fd = open_by_links(d, path, &how);
	if (fd >= 0)
		return fd;
	if (errno == EINVAL && d->nowait)
		errno = EAGAIN; /* a kernel before 5.12 */
	else if (errno == ELOOP || errno == EXDEV || (errno == EAGAIN && !d->nowait))
		errno = ENOENT;
	return -1;
}

struct fd_path
fd_path(int fd)
{
	struct fd_path p;

	snprintf(p.path, sizeof(p.path), "/proc/self/fd/%d", fd);
	return p;
}

int
beneath_reopen(int fd, int flags)
{
	struct fd_path p = fd_path(fd);

	return open(p.path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

int
beneath_stat(int fd, struct statx *out)
{
	return statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS | STATX_BTIME, out);
}

bool
stat_is_racy(const struct statx *stx, const struct timespec *now, bool local)
{
	const struct statx_timestamp *t = &stx->stx_ctime;
	int64_t margin = local && t->tv_nsec % 1000000 != 0 ? RACY_NS : COARSE_RACY_NS;

	if (now->tv_sec - t->tv_sec > 10)
		return false;
	return (now->tv_sec - t->tv_sec) * INT64_C(1000000000) + now->tv_nsec -
	    (int64_t)t->tv_nsec <
	    margin;
}

struct disk_id
disk_id_of(const struct statx *stx)
{
	return (struct disk_id){ makedev(stx->stx_dev_major, stx->stx_dev_minor), stx->stx_ino, 0 };
}

bool
disk_id_equal(const struct disk_id *a, const struct disk_id *b)
{
	return a->dev == b->dev && a->ino == b->ino && a->stream == b->stream;
}
