/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/cache.h"
#include "disk/dfs.h"
#include "disk/place.h"
#include "disk/snapshot.h"
#include "disk/spelling.h"
#include "disk/stream.h"
#include "disk/stream_file.h"
#include "disk/tunnel.h"

/* How often a name that the cache knew but the disk did not is looked for anew. */
#define STALE_TRIES 3

/*
 * The walk goes part by part where the path is not spelled as on disk. p->path grows by each part
 * as it was found; dirfd is the directory reached.
 */
struct walk {
	const struct disk *d;
	struct place *p;
	const char *as_is;  /* what is left of the path, in disk spelling */
	int dirfd;          /* the root's own, or ours */
	size_t len;         /* of p->path */
	bool last;          /* the part in hand is */
	bool tried;         /* to open it: so p->path ends in it */
	bool exact_missing; /* and is known not to exist as spelled */
};

static bool
is_missing(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

static size_t
part_length(const char *path)
{
	return strcspn(path, "/");
}

/* Puts a part behind those found already; false when it does not fit. */
static bool
append(struct walk *w, const char *name, size_t n)
{
	size_t at = w->len > 0 ? w->len + 1 : 0;

	if (n >= PATH_MAX - at)
		return false;
	if (at > 0)
		w->p->path[at - 1] = '/';
	memcpy(w->p->path + at, name, n);
	w->p->path[at + n] = '\0';
	w->p->name_at = at;
	return true;
}

/* How the last part of a path is opened. */
static int
last_flags(const struct disk *d, int flags)
{
	return d->links ? flags | O_NOFOLLOW : flags;
}

static int
try_name(struct walk *w, const char *name, size_t n)
{
	if (!append(w, name, n)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	w->tried = true;
	return beneath_open(
	    w->d, w->p->path, w->last ? last_flags(w->d, O_PATH) : O_PATH | O_DIRECTORY);
}

/* True when name is there after all, but as a link that leads nowhere. */
static bool
is_dead_link(int dirfd, const char *name)
{
	struct stat st;

	return fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static enum name_answer
read_names(struct walk *w, const char *part, char found[NAME_MAX + 1])
{
	enum name_answer answer;

	if (w->d->nowait) {
		errno = EAGAIN;
		return NAME_UNKNOWN;
	}
	answer = name_cache_scan(w->d->root->cache, w->dirfd, part, found);
	/* Where a directory may be searched but not read only the exact spelling counts. */
	return answer == NAME_UNKNOWN && errno == EACCES ? NAME_ABSENT : answer;
}

/*
 * The cache may hold what another user read. Who may search a directory but not read it finds
 * names by their exact spelling alone, and learns of no other.
 */
static bool
may_read(int dirfd, const struct statx *dir)
{
	if ((dir->stx_mode & 0444) == 0444)
		return true;
	return faccessat(dirfd, "", R_OK, AT_EMPTY_PATH | AT_EACCESS) == 0;
}

/* Looks up one part: a descriptor, or -1 with errno, ENOENT when no spelling of it exists. */
static int
find_part(struct walk *w)
{
	char part[SPELLING_MAX], found[NAME_MAX + 1];
	size_t as_is = part_length(w->as_is);
	struct statx dir;
	enum name_answer answer;
	int fd, tries = 0;

	w->tried = false;
	memcpy(found, w->as_is, as_is); /* one part: at most NAME_MAX */
	found[as_is] = '\0';
	spelling_from_disk(found, part);
	if (beneath_stat(w->dirfd, &dir) != 0)
		return -1;
	if (!may_read(w->dirfd, &dir))
		return try_name(w, w->as_is, as_is);
	do {
		answer = name_cache_find(w->d->root->cache, &dir, part, found);
		if (answer == NAME_UNKNOWN && !w->exact_missing) {
			fd = try_name(w, w->as_is, as_is);
			if (fd >= 0 || !is_missing(errno))
				return fd;
		}
		if (answer == NAME_UNKNOWN)
			answer = read_names(w, part, found);
		if (answer == NAME_UNKNOWN)
			return -1;
		if (answer == NAME_ABSENT)
			break;
		fd = try_name(w, found, strlen(found));
		if (fd >= 0 || errno != ENOENT || w->d->nowait || is_dead_link(w->dirfd, found))
			return fd;
		name_cache_forget(w->d->root->cache, &dir);
	} while (++tries < STALE_TRIES);
	errno = ENOENT;
	return -1;
}

static void
leave(struct walk *w, int dirfd)
{
	if (w->dirfd != w->d->root->fd)
		close(w->dirfd);
	w->dirfd = dirfd;
}

/* The status of what went wrong with a part; SUCCESS for a last part that merely does not exist. */
static nt_status
part_status(const struct walk *w, int error)
{
	if (error == EAGAIN && w->d->nowait)
		return STATUS_CANT_WAIT;
	if (!is_missing(error))
		return disk_status(error);
	return w->last ? STATUS_SUCCESS : STATUS_OBJECT_PATH_NOT_FOUND;
}

/* What did not open is a link to another server. */
static bool
leads_elsewhere(const struct walk *w)
{
	return w->tried && dfs_is_link(w->d->root, w->dirfd, place_name(w->p));
}

/* The last part: exists, or would go into w->dirfd. */
static nt_status
finish(struct walk *w, int fd, int error)
{
	nt_status status;

	if (fd >= 0) {
		w->p->fd = fd;
	} else {
		status = part_status(w, error);
		if (status != STATUS_SUCCESS)
			return status;
		if (!append(w, w->as_is, part_length(w->as_is)))
			return STATUS_OBJECT_NAME_INVALID;
	}
	if (w->dirfd != w->d->root->fd) {
		w->p->parent = w->dirfd;
		w->dirfd = w->d->root->fd;
	}
	return STATUS_SUCCESS;
}

static nt_status
walk(struct walk *w)
{
	size_t n;
	int fd, error = 0;

	for (;;) {
		n = part_length(w->as_is);
		w->last = w->as_is[n] == '\0';
		fd = find_part(w);
		if (fd < 0 && is_missing(error = errno) && leads_elsewhere(w))
			return STATUS_PATH_NOT_COVERED;
		if (w->last)
			return finish(w, fd, error);
		if (fd < 0)
			return part_status(w, error);
		leave(w, fd);
		w->len = strlen(w->p->path);
		w->as_is += n + 1;
		w->exact_missing = false;
	}
}

/* Starts at the last part when the directory is spelled as on disk, else at the first. */
static nt_status
walk_from(const struct disk *d, const char *as_is, struct place *p)
{
	struct walk w = { .d = d, .p = p, .as_is = as_is, .dirfd = d->root->fd };
	const char *slash = strrchr(as_is, '/');
	nt_status status;

	w.exact_missing = slash == NULL && !d->nowait;
	if (slash != NULL) {
		w.len = (size_t)(slash - as_is);
		memcpy(p->path, as_is, w.len);
		p->path[w.len] = '\0';
		w.dirfd = beneath_open(d, p->path, O_PATH | O_DIRECTORY);
		if (w.dirfd >= 0) {
			w.as_is = slash + 1;
			w.exact_missing = !d->nowait;
		} else {
			w.len = 0;
			w.dirfd = d->root->fd;
		}
	}
	status = walk(&w);
	leave(&w, d->root->fd);
	return status;
}

/* FNV-1a. */
static uint64_t
path_hash(const char *path)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (; *path != '\0'; path++)
		h = (h ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return h;
}

static bool
was_plain(struct disk_root *root, const char *path)
{
	uint64_t h = path_hash(path);

	return atomic_load_explicit(&root->plain[h % PLAIN_PATHS], memory_order_relaxed) == h;
}

static void
note_plain(struct disk_root *root, const struct place *p)
{
	uint64_t h;

	if (p->opened || !(S_ISREG(p->stx.stx_mode) || S_ISDIR(p->stx.stx_mode)))
		return;
	h = path_hash(p->path);
	atomic_store_explicit(&root->plain[h % PLAIN_PATHS], h, memory_order_relaxed);
}

/*
 * To open a device or a pipe can have consequences, so that an unknown file is only looked at
 * (O_PATH), and opened from there. That costs as much as all the rest; what was a file the last
 * time is opened at once and looked at then.
 */
static int
open_as_is(const struct disk *d, const char *as_is, int flags, struct place *p)
{
	int fd = -1;

	if (flags != O_PATH && was_plain(d->root, as_is))
		fd = beneath_open(d, as_is, last_flags(d, flags | O_NOCTTY | O_NONBLOCK));
	p->opened = fd >= 0;
	return fd >= 0 ? fd : beneath_open(d, as_is, last_flags(d, O_PATH));
}

static void
take_as_is(struct place *p, const char *as_is)
{
	const char *slash = strrchr(as_is, '/');

	p->name_at = slash != NULL ? (size_t)(slash - as_is) + 1 : 0;
	memcpy(p->path, as_is, strlen(as_is) + 1);
}

/* Where no other spelling counts, only the directory is still to be found. */
static nt_status
find_missing(const struct disk *d, const char *as_is, struct place *p)
{
	if (errno == EAGAIN)
		return STATUS_CANT_WAIT;
	take_as_is(p, as_is);
	return place_parent(d, p);
}

nt_status
place_find(const struct disk *d, const char *path, struct place *p)
{
	return place_find_open(d, path, O_PATH, p);
}

nt_status
place_find_open(const struct disk *d, const char *path, int flags, struct place *p)
{
	char as_is[PATH_MAX], moved[PATH_MAX];
	nt_status status;

	p->opened = false;
	p->parent = -1;
	p->fd = -1;
	if (disk_has_snapshots(d->root) && snapshot_token(path, part_length(path))) {
		status = snapshot_resolve(d, path, moved);
		if (status != STATUS_SUCCESS)
			return status;
		path = moved;
	}
	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	status = spelling_to_disk(path, as_is);
	if (status == STATUS_SUCCESS)
		status = veto_path(d->root, path);
	if (status == STATUS_SUCCESS)
		status = dfs_covers(d->root, path);
	if (status != STATUS_SUCCESS)
		return status;
	p->fd = open_as_is(d, as_is, flags, p);
	if (p->fd >= 0) {
		take_as_is(p, as_is);
	} else if (is_missing(errno) || (errno == EAGAIN && d->nowait)) {
		status = d->exact ? find_missing(d, as_is, p) : walk_from(d, as_is, p);
	} else {
		status = disk_status(errno);
	}
	if (p->fd >= 0 && status == STATUS_SUCCESS) {
		if (beneath_stat(p->fd, &p->stx) == 0)
			note_plain(d->root, p);
		else
			status = disk_status(errno);
	}
	if (status == STATUS_SUCCESS)
		status = veto_found(d->root, p->path);
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

nt_status
place_parent(const struct disk *d, struct place *p)
{
	char parent[PATH_MAX];
	size_t n = p->name_at > 0 ? p->name_at - 1 : 0;

	if (p->parent >= 0)
		return STATUS_SUCCESS;
	memcpy(parent, p->path, n);
	parent[n] = '\0';
	p->parent = beneath_open(d, parent, O_PATH | O_DIRECTORY);
	if (p->parent >= 0)
		return STATUS_SUCCESS;
	if (errno == EAGAIN && d->nowait)
		return STATUS_CANT_WAIT;
	return is_missing(errno) ? STATUS_OBJECT_PATH_NOT_FOUND : disk_status(errno);
}

static bool
parent_id(const struct place *p, struct disk_id *id)
{
	struct statx stx;

	if (p->parent < 0 || beneath_stat(p->parent, &stx) != 0)
		return false;
	*id = disk_id_of(&stx);
	return true;
}

void
place_note_gone(const struct disk *d, const struct place *p)
{
	struct disk_id dir;

	if (parent_id(p, &dir))
		tunnel_note(d->root->tunnel, &dir, place_name(p));
}

void
place_restore_name(const struct disk *d, struct place *p)
{
	char name[NAME_MAX + 1];
	struct disk_id dir;
	uint32_t number;

	if (d->exact || !short_name_number(place_name(p), &number) || !parent_id(p, &dir) ||
	    !tunnel_find(d->root->tunnel, &dir, place_name(p), name) ||
	    strlen(name) >= PATH_MAX - p->name_at)
		return;
	memcpy(p->path + p->name_at, name, strlen(name) + 1);
}

void
place_done(struct place *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->parent >= 0)
		close(p->parent);
	p->fd = p->parent = -1;
}

char *
place_real(struct arena *a, const struct place *p)
{
	char *real = arena_alloc_raw(a, 3 * strlen(p->path) + 1);

	spelling_path_from_disk(p->path, real);
	return real;
}

nt_status
disk_lookup(
    const struct disk *d, struct arena *a, const char *path, struct disk_stat *out, char **real)
{
	struct place p;
	nt_status status;

	if (disk_stream_of(path) != NULL)
		return stream_lookup(d, a, path, out, real);
	status = place_find(d, path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	if (p.fd < 0) {
		place_done(&p);
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
	if (out != NULL)
		*out = place_stat(d, &p);
	if (real != NULL)
		*real = place_real(a, &p);
	place_done(&p);
	return STATUS_SUCCESS;
}

/* The last part's in its directory: "" when the user may not look for names there. */
static nt_status
short_of(const struct disk *d, struct place *p, char out[SHORT_NAME_SIZE])
{
	char shown[SPELLING_MAX], found[NAME_MAX + 1];
	struct name_cache *cache = d->root->cache;
	struct statx dir;
	nt_status status;

	spelling_from_disk(place_name(p), shown);
	if (name_is_8_3(shown))
		return STATUS_SUCCESS;
	status = place_parent(d, p);
	if (status != STATUS_SUCCESS)
		return status;
	if (beneath_stat(p->parent, &dir) != 0)
		return disk_status(errno);
	if (!may_read(p->parent, &dir))
		return STATUS_SUCCESS;
	if (name_cache_shorts(cache, &dir) == SHORT_UNKNOWN) {
		if (d->nowait)
			return STATUS_CANT_WAIT;
		(void)name_cache_scan(cache, p->parent, shown, found);
	}
	name_cache_short(cache, &dir, place_name(p), out);
	return STATUS_SUCCESS;
}

nt_status
disk_short_name(const struct disk *d, const char *path, char out[SHORT_NAME_SIZE])
{
	struct place p;
	nt_status status;

	out[0] = '\0';
	if (*path == '\0')
		return STATUS_SUCCESS;
	status = place_find(d, path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	status = p.fd >= 0 ? short_of(d, &p, out) : STATUS_OBJECT_NAME_NOT_FOUND;
	place_done(&p);
	return status;
}
