/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/sidestore.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/dirent.h"
#include "disk/xattr.h"

#define KEY_LENGTH    32
#define MARKER_LENGTH (16 + 16 + KEY_LENGTH)

/* The part of a name on disk that keeps "." and ".." from meaning what they mean. */
#define PREFIX ':'

struct marker {
	char text[MARKER_LENGTH + 1]; /* inode and birth time in hexadecimal, key */
};

struct side_name {
	char text[SIDE_NAME_MAX + 2];
};

static const char *
key_of(const struct marker *m)
{
	return m->text + 32;
}

static bool
name_on_disk(const char *name, struct side_name *out)
{
	size_t n = strlen(name);

	if (n == 0 || n > SIDE_NAME_MAX || strchr(name, '/') != NULL) {
		errno = ENAMETOOLONG;
		return false;
	}
	out->text[0] = PREFIX;
	memcpy(out->text + 1, name, n + 1);
	return true;
}

/* The marker's first half: whose it is. */
static int
owner(int fd, struct marker *m)
{
	struct statx stx;
	int64_t born = 0;

	if (beneath_stat(fd, &stx) != 0)
		return -1;
	if (stx.stx_mask & STATX_BTIME)
		born = stx.stx_btime.tv_sec * INT64_C(1000000000) + stx.stx_btime.tv_nsec;
	snprintf(m->text, sizeof(m->text), "%016" PRIx64 "%016" PRIx64, (uint64_t)stx.stx_ino,
	    (uint64_t)born);
	return 0;
}

/* ENODATA: none, or another file's. */
static int
read_marker(int fd, struct marker *m)
{
	struct marker mine;
	ssize_t n = xattr_get(fd, SIDE_MARKER, m->text, MARKER_LENGTH);

	if (n < 0) {
		errno = errno == ERANGE || errno == EOPNOTSUPP ? ENODATA : errno;
		return -1;
	}
	m->text[n] = '\0';
	if (owner(fd, &mine) != 0)
		return -1;
	if (n == MARKER_LENGTH && memcmp(m->text, mine.text, 32) == 0 &&
	    strspn(key_of(m), "0123456789abcdef") == KEY_LENGTH)
		return 0;
	errno = ENODATA;
	return -1;
}

static int
make_marker(int fd, struct marker *m)
{
	unsigned char random[KEY_LENGTH / 2];

	if (owner(fd, m) != 0)
		return -1;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -1;
	for (size_t i = 0; i < sizeof(random); i++)
		snprintf(m->text + 32 + 2 * i, 3, "%02x", random[i]);
	return xattr_set(fd, SIDE_MARKER, m->text, MARKER_LENGTH, 0);
}

static int
assume(const struct cred *cred)
{
	if (cred_assume(cred) == 0)
		return 0;
	errno = EACCES;
	return -1;
}

/* A part of a path below a directory of ours, where no link can be. */
static int
open_below(int fd, const char *name)
{
	return openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int
open_or_make(int fd, const char *name)
{
	int dir = open_below(fd, name);

	if (dir >= 0 || errno != ENOENT)
		return dir;
	if (mkdirat(fd, name, 0700) != 0 && errno != EEXIST)
		return -1;
	return open_below(fd, name);
}

/* The store itself; somebody else's of that name is not trusted. */
static int
open_store(const struct disk_root *root, bool make)
{
	int fd = make ? open_or_make(root->fd, SIDE_DIRECTORY)
		      : open_below(root->fd, SIDE_DIRECTORY);
	struct stat st;

	if (fd < 0 || (fstat(fd, &st) == 0 && (st.st_mode & 0022) == 0 && st.st_uid == geteuid()))
		return fd;
	close(fd);
	errno = EACCES;
	return -1;
}

/* The directory of one key, as the process itself. */
static int
open_key(const struct disk_root *root, const struct marker *m, bool make)
{
	int store, fd, saved;

	if (assume(NULL) != 0)
		return -1;
	store = open_store(root, make);
	if (store < 0)
		return -1;
	fd = make ? open_or_make(store, key_of(m)) : open_below(store, key_of(m));
	saved = errno;
	close(store);
	errno = saved;
	return fd;
}

enum purpose { TO_LOOK, TO_CHANGE, TO_MAKE };

/*
 * The directory of the file's streams; ENOENT: it has none there. The kernel does not ask who may
 * change anything in there, so that is asked here of the file.
 */
static int
open_dir(const struct stream_base *b, enum purpose purpose)
{
	const bool make = purpose == TO_MAKE;
	struct marker m;

	if (assume(b->cred) != 0)
		return -1;
	if (purpose != TO_LOOK && faccessat(b->fd, "", W_OK, AT_EMPTY_PATH | AT_EACCESS) != 0)
		return -1;
	if (read_marker(b->fd, &m) != 0) {
		errno = errno == ENODATA ? ENOENT : errno;
		return -1;
	}
	return open_key(b->root, &m, make);
}

int
side_prepare(const struct stream_base *b)
{
	struct marker m;

	if (assume(b->cred) != 0)
		return -1;
	if (read_marker(b->fd, &m) == 0)
		return 0;
	return errno == ENODATA ? make_marker(b->fd, &m) : -1;
}

int
side_open(const struct stream_base *b, const char *name, int flags)
{
	struct side_name side;
	int dir, fd, saved;

	if (!name_on_disk(name, &side))
		return -1;
	dir = open_dir(b, (flags & O_CREAT) != 0 ? TO_MAKE : TO_LOOK);
	if (dir < 0)
		return -1;
	fd = openat(dir, side.text, flags | O_NOFOLLOW | O_CLOEXEC, 0600);
	saved = errno;
	close(dir);
	errno = saved;
	return fd;
}

int
side_rename(const struct stream_base *b, const char *from, const char *to)
{
	struct side_name old, new;
	int dir, r, saved;

	if (!name_on_disk(from, &old) || !name_on_disk(to, &new))
		return -1;
	dir = open_dir(b, TO_CHANGE);
	if (dir < 0)
		return -1;
	r = renameat(dir, old.text, dir, new.text);
	saved = errno;
	close(dir);
	errno = saved;
	return r;
}

int
side_remove(const struct stream_base *b, const char *name)
{
	struct side_name side;
	int dir, r, saved;

	if (!name_on_disk(name, &side))
		return -1;
	dir = open_dir(b, TO_CHANGE);
	if (dir < 0)
		return -1;
	r = unlinkat(dir, side.text, 0);
	saved = errno;
	close(dir);
	errno = saved;
	return r;
}

void
side_each(
    const struct stream_base *b, bool (*each)(void *arg, const char *name, int dir), void *arg)
{
	char buffer[4096];
	struct dirent_raw e;
	int dir = open_dir(b, TO_LOOK);
	bool more = dir >= 0;
	ssize_t n;

	while (more && (n = dirent_read(dir, buffer, sizeof(buffer))) > 0) {
		for (size_t at = 0; more && dirent_next(buffer, (size_t)n, &at, &e);) {
			if (e.name[0] == PREFIX)
				more = each(arg, e.name + 1, dir);
		}
	}
	if (dir >= 0)
		close(dir);
}

static void
empty(int dir)
{
	char buffer[4096];
	struct dirent_raw e;
	ssize_t n;

	while ((n = dirent_read(dir, buffer, sizeof(buffer))) > 0) {
		for (size_t at = 0; dirent_next(buffer, (size_t)n, &at, &e);) {
			if (!e.dot)
				(void)unlinkat(dir, e.name, 0);
		}
	}
}

void
side_forget(const struct disk *d, int fd)
{
	struct marker m;
	struct stat st;
	int dir, store;

	/* The attribute first: hardly a file has one. */
	if (assume(d->cred) != 0 || read_marker(fd, &m) != 0)
		return;
	if (fstat(fd, &st) != 0 || (st.st_nlink > 0 && !S_ISDIR(st.st_mode)))
		return;
	dir = open_key(d->root, &m, false);
	if (dir < 0)
		return;
	empty(dir);
	close(dir);
	store = open_store(d->root, false);
	if (store >= 0) {
		(void)unlinkat(store, key_of(&m), AT_REMOVEDIR);
		close(store);
	}
}

bool
side_is(const char *name)
{
	return *name == '.' && strcasecmp(name, SIDE_DIRECTORY) == 0;
}
