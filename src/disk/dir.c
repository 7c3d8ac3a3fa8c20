/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/access.h"
#include "disk/cache.h"
#include "disk/dfs.h"
#include "disk/dirent.h"
#include "disk/ea.h"
#include "disk/name.h"
#include "disk/names.h"
#include "disk/place.h"
#include "disk/spelling.h"

#define BUFFER_SIZE ((size_t)16 << 10)

/*
 * Positions: 0 before ".", 1 before "..", 2 before the first name; behind a name
 * its d_off + FIRST, since a file system may call its first positions 1 and 2 too.
 */
#define BEFORE_DOTDOT 1
#define FIRST         2

/* Behind all names on disk those of the links to other servers that the configuration has. */
#define BEFORE_DFS (UINT64_MAX - 0xFFFF)

/* What there is only while a listing is read. */
struct dir_buffer {
	size_t len, pos;
	const char *entry; /* the name last returned, on disk */
	bool may_link;     /* it may be a symbolic link */
	bool looked;       /* stx is that of the entry */
	struct statx stx;
	enum short_names shorts; /* of those in data */
	bool whole;              /* data holds the whole directory */
	char name[SPELLING_MAX];
	char data[BUFFER_SIZE];
};

struct disk_dir {
	struct disk_root *root; /* counted */
	int fd;
	uint64_t next;             /* position of what comes next */
	bool links;                /* they are shown as what they are, whatever they lead to */
	struct dir_buffer *buffer; /* NULL: the kernel's position is not next */
	char path[];               /* on disk */
};

static nt_status
open_dir(const struct disk *d, const struct place *p, int *fd)
{
	if (p->fd < 0)
		return STATUS_OBJECT_PATH_NOT_FOUND;
	if (!S_ISDIR(p->stx.stx_mode))
		return STATUS_NOT_A_DIRECTORY;
	if (access_may_list(d, p) != STATUS_SUCCESS)
		return STATUS_ACCESS_DENIED;
	*fd = beneath_reopen(p->fd, O_RDONLY | O_DIRECTORY);
	if (*fd >= 0)
		return STATUS_SUCCESS;
	return errno == EAGAIN && d->nowait ? STATUS_CANT_WAIT : disk_status(errno);
}

nt_status
disk_dir_open(const struct disk *d, const char *path, struct disk_dir **out)
{
	struct place p;
	struct disk_dir *dir;
	nt_status status = place_find(d, path, &p);
	int fd;

	*out = NULL;
	if (status != STATUS_SUCCESS)
		return status;
	status = open_dir(d, &p, &fd);
	if (status == STATUS_SUCCESS) {
		dir = xcalloc(1, sizeof(*dir) + strlen(p.path) + 1);
		dir->root = disk_root_ref(d->root);
		dir->fd = fd;
		dir->links = d->links;
		memcpy(dir->path, p.path, strlen(p.path) + 1);
		*out = dir;
	}
	place_done(&p);
	return status;
}

void
disk_dir_close(struct disk_dir **dir)
{
	if (*dir == NULL)
		return;
	close((*dir)->fd);
	free((*dir)->buffer);
	disk_root_unref(&(*dir)->root);
	free(*dir);
	*dir = NULL;
}

void
disk_dir_rest(struct disk_dir *dir)
{
	free(dir->buffer);
	dir->buffer = NULL;
}

/* Moves within what was read already, as a caller does who puts back the last entry. */
static bool
seek_buffer(struct dir_buffer *b, uint64_t pos)
{
	struct dirent_raw e;

	for (size_t at = 0; dirent_next(b->data, b->len, &at, &e);) {
		if (e.next + FIRST == pos) {
			b->pos = at;
			return true;
		}
	}
	return false;
}

void
disk_dir_seek(struct disk_dir *dir, uint64_t pos)
{
	if (pos == dir->next)
		return;
	if (dir->buffer != NULL && (pos <= FIRST || !seek_buffer(dir->buffer, pos)))
		disk_dir_rest(dir);
	dir->next = pos;
}

/* Reads on, and sees whether that was all. */
static ssize_t
read_entries(struct disk_dir *dir, bool from_start)
{
	struct dir_buffer *b = dir->buffer;
	ssize_t n = dirent_read(dir->fd, b->data, sizeof(b->data)), more;

	b->len = n > 0 ? (size_t)n : 0;
	b->pos = 0;
	b->shorts = SHORT_UNKNOWN;
	b->whole = false;
	if (n <= 0 || !from_start)
		return n;
	more = dirent_read(dir->fd, b->data + b->len, sizeof(b->data) - b->len);
	b->len += more > 0 ? (size_t)more : 0;
	b->whole = more == 0;
	return n;
}

/* Makes the buffer hold what comes next. NO_MORE_FILES at the end. */
static nt_status
fill(struct disk_dir *dir)
{
	struct dir_buffer *b = dir->buffer;
	ssize_t n;

	if (b == NULL) {
		/* EINVAL: no such place any more, as after the directory was removed */
		if (lseek(dir->fd, (off_t)(dir->next - FIRST), SEEK_SET) < 0)
			return errno == EINVAL ? STATUS_NO_MORE_FILES : disk_status(errno);
		b = dir->buffer = xrealloc(NULL, sizeof(*b));
		b->len = b->pos = 0;
	}
	if (b->pos < b->len)
		return STATUS_SUCCESS;
	n = read_entries(dir, dir->next == FIRST);
	if (n < 0 && errno != ENOENT) /* ENOENT: the directory itself was removed */
		return disk_status(errno);
	return n > 0 ? STATUS_SUCCESS : STATUS_NO_MORE_FILES;
}

static int
open_link(const struct disk_dir *dir, const struct cred *cred, const char *name)
{
	struct disk d = { .root = dir->root, .cred = cred };
	char path[PATH_MAX];
	int n = snprintf(
	    path, sizeof(path), "%s%s%s", dir->path, *dir->path != '\0' ? "/" : "", name);

	if (n < 0 || (size_t)n >= sizeof(path)) {
		errno = ENOENT;
		return -1;
	}
	return beneath_open(&d, path, O_PATH);
}

static bool
is_link(const struct disk_dir *dir, const struct dirent_raw *e)
{
	struct stat st;

	if (e->type != DT_UNKNOWN)
		return e->type == DT_LNK;
	return fstatat(dir->fd, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static bool
is_shown(const struct disk_dir *dir, const struct dirent_raw *e)
{
	int fd;

	if (e->dot)
		return false;
	if (dir->links || !is_link(dir, e))
		return true;
	if (dfs_is_link(dir->root, dir->fd, e->name))
		return true;
	if (!dir->root->options.follow_symlinks)
		return false;
	fd = open_link(dir, NULL, e->name);
	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno != ENOENT;
}

static void
return_dot(struct disk_dir *dir, struct disk_entry *e)
{
	e->dot = true;
	e->name = dir->next == 0 ? "." : "..";
	e->next = ++dir->next;
	if (dir->buffer != NULL)
		disk_dir_rest(dir);
}

/* Of the top directory alone. */
static bool
is_dfs_name(const struct disk_dir *dir, const char *name)
{
	return *dir->path == '\0' && dfs_has_name(dir->root, name);
}

static nt_status
return_dfs(struct disk_dir *dir, struct disk_entry *e)
{
	const size_t i = dir->next < BEFORE_DFS ? 0 : (size_t)(dir->next - BEFORE_DFS);

	e->name = *dir->path == '\0' ? dfs_name(dir->root, i) : NULL;
	if (e->name == NULL)
		return STATUS_NO_MORE_FILES;
	e->dot = false;
	e->next = dir->next = BEFORE_DFS + i + 1;
	disk_dir_rest(dir);
	return STATUS_SUCCESS;
}

nt_status
disk_dir_next(struct disk_dir *dir, struct disk_entry *e)
{
	struct dirent_raw raw;
	struct dir_buffer *b;
	nt_status status;

	if (dir->next < FIRST) {
		return_dot(dir, e);
		return STATUS_SUCCESS;
	}
	if (dir->next > BEFORE_DFS)
		return return_dfs(dir, e);
	do {
		status = fill(dir);
		if (status == STATUS_NO_MORE_FILES)
			return return_dfs(dir, e);
		if (status != STATUS_SUCCESS)
			return status;
		b = dir->buffer;
		dirent_next(b->data, b->len, &b->pos, &raw);
		dir->next = raw.next + FIRST;
		spelling_from_disk(raw.name, b->name);
	} while (
	    !is_shown(dir, &raw) || veto_name(dir->root, b->name) || is_dfs_name(dir, b->name));
	b->entry = raw.name;
	b->may_link = raw.type == DT_LNK || raw.type == DT_UNKNOWN;
	b->looked = false;
	e->name = b->name;
	e->next = dir->next;
	e->dot = false;
	return STATUS_SUCCESS;
}

static nt_status
stat_path(const struct disk *d, const char *path, struct disk_stat *out)
{
	nt_status status = STATUS_SUCCESS;
	struct statx stx;
	int fd = beneath_open(d, path, O_PATH);

	if (fd < 0)
		return disk_status(errno);
	if (beneath_stat(fd, &stx) != 0)
		status = disk_status(errno);
	else
		*out = disk_stat_fd(d, fd, &stx, false);
	close(fd);
	return status;
}

/* "." and "..": by name, since the directory may have moved since. */
static nt_status
stat_dot(const struct disk_dir *dir, const struct disk *d, struct disk_stat *out)
{
	struct statx stx;
	char parent[PATH_MAX];
	char *slash;

	if (dir->next == BEFORE_DOTDOT || *dir->path == '\0') {
		if (beneath_stat(dir->fd, &stx) != 0)
			return disk_status(errno);
		*out = disk_stat_fd(d, dir->fd, &stx, false);
		return STATUS_SUCCESS;
	}
	memcpy(parent, dir->path, strlen(dir->path) + 1);
	slash = strrchr(parent, '/');
	*(slash != NULL ? slash : parent) = '\0';
	return stat_path(d, parent, out);
}

/* To clients it is a directory, with nothing of its own but its times. */
static nt_status
stat_dfs(const struct disk_dir *dir, const struct statx *stx, struct disk_stat *out)
{
	*out = disk_stat_new(dir->root, stx);
	out->attributes = FILE_ATTRIBUTE_DIRECTORY;
	out->directory = true;
	out->no_eas = true;
	out->size = out->allocated = 0;
	out->links = 1;
	return STATUS_SUCCESS;
}

static nt_status
stat_link(const struct disk_dir *dir, const struct disk *d, const char *name, struct disk_stat *out)
{
	struct statx stx;
	nt_status status = STATUS_SUCCESS;
	int fd = open_link(dir, d->cred, name);

	if (fd < 0)
		return disk_status(errno);
	if (beneath_stat(fd, &stx) != 0)
		status = disk_status(errno);
	else
		*out = disk_stat_fd(d, fd, &stx, *name == '.');
	close(fd);
	return status;
}

nt_status
disk_dir_stat(struct disk_dir *dir, const struct cred *cred, struct disk_stat *out)
{
	const struct disk d = { .root = dir->root, .cred = cred };
	struct dir_buffer *b = dir->buffer;
	struct statx stx;

	if (cred_assume(cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (dir->next <= FIRST)
		return stat_dot(dir, &d, out);
	if (dir->next > BEFORE_DFS)
		return beneath_stat(dir->fd, &stx) == 0 ? stat_dfs(dir, &stx, out)
							: disk_status(errno);
	if (b == NULL)
		return STATUS_INVALID_PARAMETER;
	if (statx(dir->fd, b->entry, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_BTIME,
		&b->stx) != 0)
		return disk_status(errno);
	if (S_ISLNK(b->stx.stx_mode) && !dir->links && dfs_is_link(dir->root, dir->fd, b->entry))
		return stat_dfs(dir, &b->stx, out);
	if (S_ISLNK(b->stx.stx_mode) && !dir->links)
		return stat_link(dir, &d, b->entry, out);
	b->looked = true;
	*out = disk_stat_at(&d, dir->fd, b->entry, &b->stx);
	return STATUS_SUCCESS;
}

/* True when the buffer alone shows that each name has its first choice. */
static bool
is_plain(const struct dir_buffer *b)
{
	struct names *names;
	struct dirent_raw e;
	bool plain;

	if (!b->whole)
		return false;
	names = names_new();
	for (size_t at = 0; dirent_next(b->data, b->len, &at, &e);)
		if (!e.dot)
			names_add(names, e.name);
	plain = names_all_first(names);
	names_free(names);
	return plain;
}

/* What there is to know of the short names of all that is in the buffer. */
static nt_status
learn_shorts(struct disk_dir *dir, const struct disk *d, struct statx *stx)
{
	struct dir_buffer *b = dir->buffer;
	char found[NAME_MAX + 1];

	if (beneath_stat(dir->fd, stx) != 0)
		return disk_status(errno);
	if (b->shorts != SHORT_UNKNOWN)
		return STATUS_SUCCESS;
	b->shorts = name_cache_shorts(dir->root->cache, stx);
	if (b->shorts == SHORT_UNKNOWN && is_plain(b))
		b->shorts = SHORT_FIRST;
	if (b->shorts != SHORT_UNKNOWN)
		return STATUS_SUCCESS;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	(void)name_cache_scan(dir->root->cache, dir->fd, b->name, found);
	b->shorts = name_cache_shorts(dir->root->cache, stx);
	if (b->shorts == SHORT_UNKNOWN) /* it changes too fast, or cannot be read */
		b->shorts = SHORT_NONE;
	return STATUS_SUCCESS;
}

nt_status
disk_dir_short(struct disk_dir *dir, const struct disk *d, char out[SHORT_NAME_SIZE])
{
	struct dir_buffer *b = dir->buffer;
	struct statx stx;
	nt_status status;

	out[0] = '\0';
	if (dir->next <= FIRST || b == NULL || name_is_8_3(b->name))
		return STATUS_SUCCESS;
	if (b->shorts == SHORT_UNKNOWN || b->shorts == SHORT_EACH) {
		if (cred_assume(d->cred) != 0)
			return STATUS_ACCESS_DENIED;
		status = learn_shorts(dir, d, &stx);
		if (status != STATUS_SUCCESS)
			return status;
	}
	if (b->shorts == SHORT_FIRST)
		short_name_put(b->name, short_name_choice(b->name, 0), out);
	else if (b->shorts == SHORT_EACH)
		name_cache_short(dir->root->cache, &stx, b->entry, out);
	return STATUS_SUCCESS;
}

static int
open_entry(const struct disk_dir *dir, const struct cred *cred)
{
	const struct dir_buffer *b = dir->buffer;
	struct stat st;
	int fd = openat(dir->fd, b->entry, O_PATH | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || !b->may_link || dir->links || fstat(fd, &st) != 0 || !S_ISLNK(st.st_mode))
		return fd;
	close(fd);
	return open_link(dir, cred, b->entry);
}

static nt_status
eas_of(const struct disk *d, int fd, uint32_t wanted, struct arena *a, struct disk_eas *out)
{
	nt_status status = wanted != 0 ? access_stored(d, fd, wanted) : STATUS_SUCCESS;

	if (status == STATUS_SUCCESS)
		eas_read_fd(d->root, a, fd, out);
	return status;
}

/* As the kernel and the stored descriptor have it. */
static bool
may(const struct disk *d, int fd, int mode, uint32_t right)
{
	return faccessat(fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) == 0 &&
	    access_stored(d, fd, right) == STATUS_SUCCESS;
}

bool
disk_dir_shows(const struct disk_dir *dir, const struct disk *d, const struct disk_stat *st)
{
	const struct disk_options *options = &dir->root->options;
	bool write = options->hide_unwriteable_files && !st->directory, shows;
	int fd;

	if (dir->next <= FIRST || dir->buffer == NULL || !(options->hide_unreadable || write))
		return true;
	fd = cred_assume(d->cred) == 0 ? open_entry(dir, d->cred) : -1;
	if (fd < 0)
		return false;
	shows = (!options->hide_unreadable || may(d, fd, R_OK, FILE_READ_DATA)) &&
	    (!write || may(d, fd, W_OK, FILE_WRITE_DATA));
	close(fd);
	return shows;
}

static bool
has_no_eas(const struct disk_dir *dir, const struct cred *cred)
{
	const struct disk d = { .root = dir->root, .cred = cred };
	const struct dir_buffer *b = dir->buffer;
	char path[32 + NAME_MAX + 1];

	snprintf(path, sizeof(path), "%s/%s", fd_path(dir->fd).path, b->entry);
	return eas_none(&d, path, b->looked ? &b->stx : NULL, true);
}

nt_status
disk_dir_eas(struct disk_dir *dir, const struct disk *d, uint32_t wanted, struct arena *a,
    struct disk_eas *out)
{
	struct disk of = *d;
	nt_status status;
	int fd;

	of.root = dir->root;
	*out = (struct disk_eas){ .n = 0 };
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (dir->next == BEFORE_DOTDOT)
		return eas_of(&of, dir->fd, wanted, a, out);
	if (dir->next <= FIRST || !dir->root->options.ea_support)
		return STATUS_SUCCESS;
	if (dir->buffer == NULL)
		return STATUS_INVALID_PARAMETER;
	if (!dir->buffer->may_link && has_no_eas(dir, d->cred))
		return STATUS_SUCCESS;
	fd = open_entry(dir, d->cred);
	if (fd < 0)
		return disk_status(errno);
	status = eas_of(&of, fd, wanted, a, out);
	close(fd);
	return status;
}

nt_status
disk_dir_is_empty(const struct disk *d, const struct disk_file *f)
{
	char buf[1024];
	struct dirent_raw e;
	bool empty = true;
	ssize_t n;
	int fd, error = 0;

	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return disk_status(errno);
	while (empty && (n = dirent_read(fd, buf, sizeof(buf))) != 0) {
		error = n < 0 ? errno : 0;
		if (error != 0)
			break;
		for (size_t at = 0; empty && dirent_next(buf, (size_t)n, &at, &e);)
			empty = e.dot;
	}
	close(fd);
	if (error != 0)
		return disk_status(error);
	return empty ? STATUS_SUCCESS : STATUS_DIRECTORY_NOT_EMPTY;
}
