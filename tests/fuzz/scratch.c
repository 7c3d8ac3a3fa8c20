/* SPDX-License-Identifier: BSD-2-Clause */
#include "scratch.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/arena.h"
#include "disk/beneath.h"
#include "disk/name.h"

#define DIRECTORY "d"
#define FILE_NAME "d/f"

static struct scratch scratch;
static char top[64];

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag, (void)at;
	return remove(path);
}

static void
end(void)
{
	disk_close(&scratch.file);
	disk_close(&scratch.dir);
	disk_root_unref(&scratch.disk.root);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static bool
begin_in(const char *where)
{
	snprintf(top, sizeof(top), "%s/smb1d-fuzz.XXXXXX", where);
	if (mkdtemp(top) == NULL)
		return false;
	if (setxattr(top, "user.try", "", 0, 0) == 0)
		return true;
	rmdir(top);
	return false;
}

static struct disk_file *
open_one(const char *path, enum disk_create create, struct arena *a)
{
	struct disk_open o = { .path = path,
		.access = DISK_READ | DISK_WRITE,
		.create = create,
		.optional_write = true };

	if (disk_open(&scratch.disk, a, &o) != STATUS_SUCCESS)
		abort();
	return o.file;
}

static bool
begin(void)
{
	const struct disk_options options = {
		.store_dos_attributes = true,
		.ea_support = true,
		.nt_acls = true,
		.named_streams = true,
		.create_mask = 0744,
		.directory_mask = 0755,
	};
	struct arena a;

	if (!begin_in("/dev/shm") && !begin_in("/tmp"))
		return false;
	scratch.disk = (struct disk){ .root = disk_root_open(top, &options), .admin = true };
	if (scratch.disk.root == NULL ||
	    disk_mkdir(&scratch.disk, DIRECTORY, 0, NULL) != STATUS_SUCCESS)
		abort();
	arena_init(&a);
	scratch.dir = open_one(DIRECTORY, DISK_OPEN, &a);
	scratch.file = open_one(FILE_NAME, DISK_OPEN_IF, &a);
	arena_clear(&a);
	atexit(end);
	return true;
}

const struct scratch *
scratch_get(void)
{
	static enum { UNKNOWN, THERE, NONE } state;

	if (state == UNKNOWN)
		state = begin() ? THERE : NONE;
	return state == THERE ? &scratch : NULL;
}

void
scratch_clean(const struct scratch *s)
{
	char names[65536];
	const char *path = fd_path(s->file->fd).path;
	ssize_t n = listxattr(path, names, sizeof(names));

	for (char *p = names; n > 0 && p < names + n; p += strlen(p) + 1)
		removexattr(path, p);
}

void
scratch_set(const struct scratch *s, const char *name, const void *value, size_t n)
{
	(void)setxattr(fd_path(s->file->fd).path, name, value, n, 0);
}
