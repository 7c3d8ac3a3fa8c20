/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_DISK_SCRATCH_H
#define TESTS_DISK_SCRATCH_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "disk/open.h"
#include "disk/root.h"

/*
 * A share's root under /tmp with a neighbour it must not reach: scratch_top/root and
 * scratch_top/outside. "Others" change things behind our back with system calls in scratch_fd.
 */
static const char *scratch_base = "/tmp";
static char scratch_top[64];
static int scratch_fd = -1;
static struct disk scratch;
static struct arena scratch_arena;

static inline int
scratch_remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static inline struct disk_options
scratch_defaults(void)
{
	return (struct disk_options){
		.store_dos_attributes = true,
		.hide_dot_files = true,
		.ea_support = true,
		.create_mask = 0744,
		.directory_mask = 0755,
	};
}

static inline void
scratch_reopen(struct disk_options options)
{
	char root[96];

	disk_root_unref(&scratch.root);
	snprintf(root, sizeof(root), "%s/root", scratch_top);
	scratch = (struct disk){ .root = disk_root_open(root, &options) };
	ck_assert_ptr_nonnull(scratch.root);
}

static inline void
scratch_setup(void)
{
	char path[96];

	umask(022);
	snprintf(scratch_top, sizeof(scratch_top), "%s/smb1d-disk-XXXXXX", scratch_base);
	ck_assert_msg(mkdtemp(scratch_top) != NULL, "%s: %s", scratch_top, strerror(errno));
	snprintf(path, sizeof(path), "%s/outside", scratch_top);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	snprintf(path, sizeof(path), "%s/root", scratch_top);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	scratch_fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(scratch_fd, 0);
	arena_init(&scratch_arena);
	scratch_reopen(scratch_defaults());
}

static inline void
scratch_teardown(void)
{
	disk_root_unref(&scratch.root);
	arena_clear(&scratch_arena);
	close(scratch_fd);
	nftw(scratch_top, scratch_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void
others_write(const char *name, const char *text)
{
	int fd = openat(scratch_fd, name, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0644);

	ck_assert_msg(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s: %s",
	    name, strerror(errno));
	close(fd);
}

static inline void
others_mkdir(const char *name)
{
	ck_assert_int_eq(mkdirat(scratch_fd, name, 0755), 0);
}

static inline void
others_symlink(const char *target, const char *name)
{
	ck_assert_int_eq(symlinkat(target, scratch_fd, name), 0);
}

static inline bool
others_see(const char *name)
{
	struct stat st;

	return fstatat(scratch_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline nt_status
scratch_open(const char *path, unsigned access, enum disk_create create, struct disk_file **f)
{
	struct disk_open o = { .path = path, .access = access, .create = create };
	nt_status status = disk_open(&scratch, &scratch_arena, &o);

	*f = o.file;
	return status;
}

static inline void
scratch_create(const char *path)
{
	struct disk_file *f;

	ck_assert(scratch_open(path, DISK_READ | DISK_WRITE, DISK_CREATE, &f) == STATUS_SUCCESS);
	disk_close(&f);
}

static inline int
scratch_run(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#endif
