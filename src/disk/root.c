/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/cache.h"
#include "disk/dfs.h"
#include "disk/lookup.h"
#include "disk/sidestore.h"
#include "disk/stored.h"
#include "disk/tunnel.h"
#include "disk/xattr.h"

#define BTRFS 0x9123683Eul

/* Whether or not there is one. */
static bool
has_xattrs(int fd)
{
	return xattr_get(fd, SIDE_MARKER, NULL, 0) >= 0 || errno != EOPNOTSUPP;
}

struct disk_root *
disk_root_open(const char *path, const struct disk_options *options)
{
	struct disk_root *root;
	struct stat st;
	int fd;

	if (*path == '\0') {
		errno = ENOENT;
		return NULL;
	}
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) != 0) {
		close(fd);
		return NULL;
	}
	root = xcalloc(1, sizeof(*root));
	root->fd = fd;
	root->dev = st.st_dev;
	root->options = *options;
	root->options.veto_files = NULL;
	root->options.dfs_links = NULL;
	root->options.dfs_proxy = NULL;
	root->options.named_streams = options->named_streams && has_xattrs(fd);
	root->options.snap_dir = root->options.snap_format = NULL;
	if (options->snap_dir != NULL && options->snap_dir[0] != '\0') {
		root->snap_dir = xstrdup(options->snap_dir);
		root->snap_format = xstrdup(options->snap_format);
	}
	root->veto = veto_copy(options->veto_files);
	root->dfs = dfs_new(options);
	root->cache = name_cache_new();
	root->tunnel = tunnel_new();
	root->local = fs_is_local(fd);
	root->stored = options->store_dos_attributes ? stored_cache_new(fd) : NULL;
	atomic_init(&root->refs, 1);
	return root;
}

struct disk_root *
disk_root_ref(struct disk_root *root)
{
	atomic_fetch_add_explicit(&root->refs, 1, memory_order_relaxed);
	return root;
}

void
disk_root_unref(struct disk_root **root)
{
	struct disk_root *r = *root;

	*root = NULL;
	if (r == NULL || atomic_fetch_sub_explicit(&r->refs, 1, memory_order_acq_rel) != 1)
		return;
	name_cache_free(r->cache);
	tunnel_free(r->tunnel);
	stored_cache_free(r->stored);
	veto_free(r->veto);
	dfs_free(r->dfs);
	free(r->snap_dir);
	free(r->snap_format);
	close(r->fd);
	free(r);
}

struct pace *
disk_root_pace(struct disk_root *root)
{
	return &root->pace;
}

uint64_t
disk_root_scans(const struct disk_root *root)
{
	return name_cache_scans(root->cache);
}

/* In the form the kernel gives it: two halves, or nothing, as from some network file systems. */
static uint64_t
id_of(const struct statfs *fs, dev_t dev)
{
	uint64_t id = (uint32_t)fs->f_fsid.__val[0] | (uint64_t)(uint32_t)fs->f_fsid.__val[1] << 32;

	return id != 0 ? id : dev;
}

bool
volume_id(int fd, uint64_t *out)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(fd, &fs) != 0 || fstat(fd, &st) != 0)
		return false;
	*out = id_of(&fs, st.st_dev);
	return true;
}

/* A cap on what is said of a disk, for clients whose numbers end there. */
static void
cap_size(struct disk_fs *fs, uint32_t mib)
{
	uint64_t most = ((uint64_t)mib << 20) / fs->block_size;

	fs->blocks = fs->blocks < most ? fs->blocks : most;
	fs->free = fs->free < most ? fs->free : most;
	fs->available = fs->available < most ? fs->available : most;
}

nt_status
disk_fs_stat(const struct disk *d, struct disk_fs *out)
{
	struct statfs fs;
	uint64_t id;

	if (d->nowait && !d->root->local)
		return STATUS_CANT_WAIT;
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (fstatfs(d->root->fd, &fs) != 0)
		return disk_status(errno);
	id = id_of(&fs, d->root->dev);
	*out = (struct disk_fs){
		.blocks = fs.f_blocks,
		.free = fs.f_bfree,
		.available = fs.f_bavail,
		.files = fs.f_files,
		.free_files = fs.f_ffree,
		.block_size = (uint32_t)(fs.f_frsize > 0 ? fs.f_frsize : fs.f_bsize),
		.id = id,
		.serial = (uint32_t)id ^ (uint32_t)(id >> 32),
		.name_max = fs.f_namelen > 0 && fs.f_namelen < 255 ? (uint32_t)fs.f_namelen : 255,
		.named_streams = d->root->options.named_streams,
		.sparse = d->root->options.store_dos_attributes,
		.compression = (unsigned long)fs.f_type == BTRFS,
	};
	if (d->root->options.max_mib > 0 && out->block_size > 0)
		cap_size(out, d->root->options.max_mib);
	return STATUS_SUCCESS;
}
