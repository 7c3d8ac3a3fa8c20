/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/unix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/access.h"
#include "disk/attr.h"
#include "disk/dfs.h"
#include "disk/place.h"
#include "disk/spelling.h"
#include "disk/watch.h"
#include "disk/xattr.h"

/* The flags of statx are those of lsattr by another name. */
#define FLAGS_TOLD \
	(STATX_ATTR_COMPRESSED | STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_NODUMP | \
	    STATX_ATTR_ENCRYPTED)

static nt_status
read_link(struct arena *a, int fd, const char **out)
{
	char text[PATH_MAX], *shown;
	ssize_t n = readlinkat(fd, "", text, sizeof(text) - 1);

	if (n < 0)
		return disk_status(errno);
	text[n] = '\0';
	shown = arena_alloc_raw(a, 3 * (size_t)n + 1);
	spelling_posix_from_disk(text, shown);
	*out = shown;
	return STATUS_SUCCESS;
}

static const struct posix_acl *
read_acl(struct arena *a, int fd, const char *name, const struct statx *stx)
{
	struct posix_acl *acl = arena_alloc(a, sizeof(*acl));

	posix_acl_read(fd, name, stx, acl);
	return acl;
}

static nt_status
look(struct arena *a, int fd, const struct statx *stx, enum disk_unix_what what,
    struct disk_unix *out)
{
	static const struct posix_acl none = { .count = 0 };
	const bool link = S_ISLNK(stx->stx_mode);

	switch (what) {
	case DISK_UNIX_LINK:
		return link ? read_link(a, fd, &out->text) : STATUS_INVALID_PARAMETER;
	case DISK_UNIX_ACLS:
		if (link)
			return STATUS_ACCESS_DENIED;
		out->own = read_acl(a, fd, POSIX_ACL_ACCESS, stx);
		out->for_new = S_ISDIR(stx->stx_mode) ? read_acl(a, fd, POSIX_ACL_DEFAULT, stx)
						      : &none;
		return STATUS_SUCCESS;
	case DISK_UNIX_FLAGS:
	default:
		out->flags_known = stx->stx_attributes_mask & FLAGS_TOLD;
		out->flags = stx->stx_attributes & out->flags_known;
		return STATUS_SUCCESS;
	}
}

/* Finds what is there. On success place_done must follow. */
static nt_status
find(const struct disk *d, const char *path, uint32_t rights, struct place *p)
{
	const struct access_ask ask = { .wanted = rights };
	nt_status status = place_find(d, path, p);
	uint32_t granted;

	if (status != STATUS_SUCCESS)
		return status;
	status = p->fd < 0 ? STATUS_OBJECT_NAME_NOT_FOUND : access_check(d, p, &ask, &granted);
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

nt_status
disk_unix_of_path(const struct disk *d, struct arena *a, const char *path, enum disk_unix_what what,
    struct disk_unix *out)
{
	struct place p;
	nt_status status = find(d, path, what == DISK_UNIX_ACLS ? ACCESS_READ_CONTROL : 0, &p);

	if (status != STATUS_SUCCESS)
		return status;
	status = look(a, p.fd, &p.stx, what, out);
	place_done(&p);
	return status;
}

nt_status
disk_unix_of_file(const struct disk *d, struct arena *a, const struct disk_file *f,
    enum disk_unix_what what, struct disk_unix *out)
{
	struct statx stx;

	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (beneath_stat(f->fd, &stx) != 0)
		return disk_status(errno);
	return look(a, f->fd, &stx, what, out);
}

uint32_t
disk_unix_rights(const struct disk_unix_change *c)
{
	uint32_t rights = 0;

	if (c->mode != DISK_UNIX_SAME)
		rights |= ACCESS_WRITE_DAC;
	if (c->uid != DISK_UNIX_SAME || c->gid != DISK_UNIX_SAME)
		rights |= ACCESS_WRITE_OWNER;
	if (ntime_given(c->accessed) || ntime_given(c->written) || c->hide != 0)
		rights |= FILE_WRITE_ATTRIBUTES;
	return rights;
}

/* The bits a client may set, and those others that are set already and he sets again. */
static mode_t
settable(const struct statx *stx)
{
	mode_t bits = 0777 | (stx->stx_mode & (S_ISUID | S_ISGID));

	return S_ISDIR(stx->stx_mode) ? bits | S_ISVTX : bits;
}

static nt_status
set_mode(int fd, const struct statx *stx, uint32_t mode)
{
	if (mode == DISK_UNIX_SAME)
		return STATUS_SUCCESS;
	if (S_ISLNK(stx->stx_mode))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	return chmod(fd_path(fd).path, mode & settable(stx)) == 0 ? STATUS_SUCCESS
								  : disk_status(errno);
}

static bool
may_give(const struct disk *d, uint32_t kind, uint32_t id)
{
	const struct sid sid = sid_of_unix(kind, id);

	return d->admin || access_is(d, &sid);
}

static nt_status
set_owners(const struct disk *d, int fd, const struct statx *stx, const struct disk_unix_change *c)
{
	uint32_t uid = c->uid == stx->stx_uid ? DISK_UNIX_SAME : c->uid;
	uint32_t gid = c->gid == stx->stx_gid ? DISK_UNIX_SAME : c->gid;

	if (uid == DISK_UNIX_SAME && gid == DISK_UNIX_SAME)
		return STATUS_SUCCESS;
	if ((uid != DISK_UNIX_SAME && !may_give(d, SID_UNIX_USERS, uid)) ||
	    (gid != DISK_UNIX_SAME && !may_give(d, SID_UNIX_GROUPS, gid)))
		return STATUS_ACCESS_DENIED;
	return fchownat(fd, "", uid, gid, AT_EMPTY_PATH) == 0 ? STATUS_SUCCESS : disk_status(errno);
}

static struct timespec
time_to_set(ntime t)
{
	return ntime_given(t) ? ntime_to_timespec(t) : (struct timespec){ 0, UTIME_OMIT };
}

static nt_status
set_times(int fd, const struct disk_unix_change *c)
{
	struct timespec times[2] = { time_to_set(c->accessed), time_to_set(c->written) };

	if (!ntime_given(c->accessed) && !ntime_given(c->written))
		return STATUS_SUCCESS;
	return utimensat(AT_FDCWD, fd_path(fd).path, times, 0) == 0 ? STATUS_SUCCESS
								    : disk_status(errno);
}

static uint32_t
change_of(const struct disk_unix_change *c)
{
	uint32_t change = 0;

	if (c->mode != DISK_UNIX_SAME || c->uid != DISK_UNIX_SAME || c->gid != DISK_UNIX_SAME)
		change |= FILE_NOTIFY_CHANGE_SECURITY;
	if (ntime_given(c->accessed))
		change |= FILE_NOTIFY_CHANGE_LAST_ACCESS;
	if (ntime_given(c->written))
		change |= FILE_NOTIFY_CHANGE_LAST_WRITE;
	return change;
}

/* Owners last: who gives a file away may not change it after. */
static nt_status
change(const struct disk *d, int fd, const struct statx *stx, const struct disk_unix_change *c)
{
	struct watch_own own;
	nt_status status;

	watch_own_begin(d->root, fd, change_of(c), &own);
	status = set_mode(fd, stx, c->mode);
	if (status == STATUS_SUCCESS)
		status = set_times(fd, c);
	if (status == STATUS_SUCCESS)
		status = set_owners(d, fd, stx, c);
	watch_own_end(&own);
	return status;
}

static nt_status
set_hidden(const struct disk *d, const struct disk_file *f, const struct disk_unix_change *c)
{
	struct disk_attr attr = { 0 };
	struct disk_stat now;
	nt_status status;

	if (c->hide == 0)
		return STATUS_SUCCESS;
	status = disk_file_stat(d, f, &now);
	if (status != STATUS_SUCCESS)
		return status;
	attr.attributes = (now.attributes & ~FILE_ATTRIBUTE_HIDDEN) | c->hidden;
	if (attr.attributes == 0)
		attr.attributes = FILE_ATTRIBUTE_NORMAL;
	return disk_set_attr(d, f, &attr);
}

nt_status
disk_unix_set(const struct disk *d, const struct disk_file *f, const struct disk_unix_change *c)
{
	struct statx stx;
	nt_status status;

	if (disk_is_read_only(d) || cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (beneath_stat(f->fd, &stx) != 0)
		return disk_status(errno);
	status = set_hidden(d, f, c);
	return status == STATUS_SUCCESS ? change(d, f->fd, &stx, c) : status;
}

nt_status
disk_unix_set_special(const struct disk *d, const char *path, const struct disk_unix_change *c)
{
	struct place p;
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	status = find(d, path, disk_unix_rights(c), &p);
	if (status != STATUS_SUCCESS)
		return status;
	if (S_ISREG(p.stx.stx_mode) || S_ISDIR(p.stx.stx_mode))
		status = STATUS_OBJECT_TYPE_MISMATCH;
	else
		status = change(d, p.fd, &p.stx, c);
	place_done(&p);
	return status;
}

/* A place where something can be made. On success place_done must follow. */
static nt_status
find_free(const struct disk *d, const char *path, struct place *p)
{
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	status = place_find(d, path, p);
	if (status != STATUS_SUCCESS)
		return status;
	status = p->fd >= 0 ? STATUS_OBJECT_NAME_COLLISION : place_parent(d, p);
	if (status == STATUS_SUCCESS)
		status = access_may_add(d, p, false);
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

nt_status
disk_unix_make(const struct disk *d, const char *path, mode_t type, mode_t mode)
{
	struct place p;
	nt_status status = find_free(d, path, &p);

	if (status != STATUS_SUCCESS)
		return status;
	mode &= 0777 & d->root->options.create_mask;
	if (mknodat(p.parent, place_name(&p), type | mode, 0) != 0)
		status = disk_status(errno);
	place_done(&p);
	return status;
}

nt_status
disk_symlink(const struct disk *d, const char *path, const char *text)
{
	struct place p;
	char *bytes;
	nt_status status;

	if (!d->root->options.follow_symlinks)
		return STATUS_ACCESS_DENIED;
	/* Where others are sent is not a client's to say. */
	if (disk_is_dfs_root(d->root) && strncasecmp(text, "msdfs:", 6) == 0)
		return STATUS_ACCESS_DENIED;
	status = find_free(d, path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	bytes = xstrdup(text);
	spelling_posix_to_disk(text, bytes);
	if (symlinkat(bytes, p.parent, place_name(&p)) != 0)
		status = disk_status(errno);
	free(bytes);
	place_done(&p);
	return status;
}

static nt_status
set_acl(int fd, const char *name, const struct posix_acl *acl)
{
	if (acl == NULL)
		return STATUS_SUCCESS;
	return posix_acl_write(fd, name, acl) == 0 ? STATUS_SUCCESS : disk_status(errno);
}

nt_status
disk_unix_set_acls(
    const struct disk *d, const struct disk_file *f, const struct disk_unix_acls *acls)
{
	struct watch_own own;
	nt_status status;

	if (disk_is_read_only(d) || cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	watch_own_begin(f->root, f->fd, FILE_NOTIFY_CHANGE_SECURITY, &own);
	status = set_acl(f->fd, POSIX_ACL_ACCESS, acls->own);
	if (status == STATUS_SUCCESS)
		status = set_acl(f->fd, POSIX_ACL_DEFAULT, acls->for_new);
	watch_own_end(&own);
	return status;
}
