/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "disk/access.h"
#include "disk/acl.h"
#include "disk/place.h"
#include "disk/spelling.h"
#include "disk/stream.h"
#include "disk/stream_file.h"

/* Finds what a change begins at. On success place_done must follow. */
static nt_status
find_for_change(const struct disk *d, const char *path, const struct disk_id *id, struct place *p)
{
	struct disk_id found;
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	if (*path == '\0')
		return STATUS_ACCESS_DENIED;
	status = place_find(d, path, p);
	if (status != STATUS_SUCCESS)
		return status;
	if (p->fd >= 0)
		found = disk_id_of(&p->stx);
	if (p->fd < 0 || (id != NULL && !disk_id_equal(id, &found)))
		status = STATUS_OBJECT_NAME_NOT_FOUND;
	else
		status = place_parent(d, p);
	if (status != STATUS_SUCCESS)
		place_done(p);
	return status;
}

/* The name still means the file that was found, or a link to it; *is_link tells. */
static bool
still_there(const struct disk *d, const struct place *p, bool *is_link)
{
	struct disk_id found = disk_id_of(&p->stx), now;
	struct stat st;

	*is_link = false;
	if (fstatat(p->parent, place_name(p), &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	now = (struct disk_id){ st.st_dev, st.st_ino, 0 };
	*is_link = S_ISLNK(st.st_mode);
	return *is_link && !d->links ? d->root->options.follow_symlinks
				     : disk_id_equal(&found, &now);
}

/* What a new directory carries from the start. */
static nt_status
equip(const struct disk *d, const struct place *p, uint32_t attributes)
{
	nt_status status;
	int fd;

	attributes &= FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM;
	if (attributes == 0 && !d->root->options.nt_acls)
		return STATUS_SUCCESS;
	fd = openat(p->parent, place_name(p), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return STATUS_SUCCESS;
	if (attributes != 0)
		disk_store_new(d->root, fd, attributes | FILE_ATTRIBUTE_DIRECTORY);
	status = acl_inherit(d, p->parent, fd);
	close(fd);
	return status;
}

static struct disk_id
id_at(const struct place *p)
{
	struct stat st;

	if (fstatat(p->parent, place_name(p), &st, AT_SYMLINK_NOFOLLOW) != 0)
		return (struct disk_id){ .ino = 0 };
	return (struct disk_id){ st.st_dev, st.st_ino, 0 };
}

static nt_status
make_directory(
    const struct disk *d, struct place *p, mode_t mode, uint32_t attributes, struct disk_id *made)
{
	nt_status status = place_parent(d, p);

	if (status == STATUS_SUCCESS)
		status = access_may_add(d, p, true);
	if (status != STATUS_SUCCESS)
		return status;
	if (mkdirat(p->parent, place_name(p), mode & d->root->options.directory_mask) != 0)
		return disk_status(errno);
	if (made != NULL)
		*made = id_at(p);
	status = equip(d, p, attributes);
	if (status != STATUS_SUCCESS)
		(void)unlinkat(p->parent, place_name(p), AT_REMOVEDIR);
	return status;
}

nt_status
disk_mkdir(const struct disk *d, const char *path, uint32_t attributes, struct disk_id *made)
{
	return disk_mkdir_mode(d, path, 0777, attributes, made);
}

nt_status
disk_mkdir_mode(
    const struct disk *d, const char *path, mode_t mode, uint32_t attributes, struct disk_id *made)
{
	struct place p;
	nt_status status;

	if (disk_is_read_only(d))
		return STATUS_ACCESS_DENIED;
	if (d->nowait)
		return STATUS_CANT_WAIT;
	status = place_find(d, path, &p);
	if (status != STATUS_SUCCESS)
		return status;
	status = p.fd >= 0 ? STATUS_OBJECT_NAME_COLLISION
			   : make_directory(d, &p, mode, attributes, made);
	place_done(&p);
	return status;
}

/* To who knows permissions those that forbid writing say nothing of the name. */
static bool
is_protected(const struct disk *d, struct place *p)
{
	if (d->links && (p->stx.stx_mode & 0222) == 0)
		return false;
	return (place_stat(d, p).attributes & FILE_ATTRIBUTE_READONLY) != 0;
}

static nt_status
may_remove(const struct disk *d, struct place *p, bool directory)
{
	if (S_ISDIR(p->stx.stx_mode) && !directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	if (!S_ISDIR(p->stx.stx_mode) && directory)
		return STATUS_NOT_A_DIRECTORY;
	if (is_protected(d, p))
		return STATUS_CANNOT_DELETE;
	return access_may_remove(d, p);
}

static nt_status
remove_name(const struct disk *d, const char *path, const struct disk_id *id, bool directory)
{
	struct place p;
	nt_status status = find_for_change(d, path, id, &p);
	bool is_link;

	if (status != STATUS_SUCCESS)
		return status;
	status = may_remove(d, &p, directory);
	if (status == STATUS_SUCCESS) {
		if (!still_there(d, &p, &is_link))
			status = STATUS_OBJECT_NAME_NOT_FOUND;
		else if (unlinkat(p.parent, place_name(&p),
			     directory && !is_link ? AT_REMOVEDIR : 0) != 0)
			status = disk_status(errno == EEXIST ? ENOTEMPTY : errno);
		else if (!is_link)
			side_forget(d, p.fd);
		if (status == STATUS_SUCCESS && !directory)
			place_note_gone(d, &p);
	}
	place_done(&p);
	return status;
}

nt_status
disk_unlink(const struct disk *d, const char *path, const struct disk_id *id)
{
	if (disk_stream_of(path) != NULL)
		return stream_unlink(d, path, id);
	return remove_name(d, path, id, false);
}

nt_status
disk_may_unlink(const struct disk *d, const char *path, const struct disk_id *id)
{
	struct place p;
	nt_status status;

	if (disk_stream_of(path) != NULL)
		return stream_may_unlink(d, path, id);
	status = find_for_change(d, path, id, &p);
	if (status != STATUS_SUCCESS)
		return status;
	status = may_remove(d, &p, false);
	place_done(&p);
	return status;
}

nt_status
disk_rmdir(const struct disk *d, const char *path, const struct disk_id *id)
{
	return remove_name(d, path, id, true);
}

/* The two ends of a rename, and the new name in disk spelling. */
struct move {
	const struct disk *d;
	struct place from, to;
	char name[NAME_MAX + 1];
};

static nt_status
rename_error(int error)
{
	switch (error) {
	case EINVAL: /* into itself */
		return STATUS_SHARING_VIOLATION;
	case ENOTDIR:
	case EISDIR:
	case ENOTEMPTY:
		return STATUS_ACCESS_DENIED;
	default:
		return disk_status(error);
	}
}

static nt_status
rename_to(const struct move *m, const char *name, unsigned flags)
{
	if (renameat2(m->from.parent, place_name(&m->from), m->to.parent, name, flags) != 0)
		return rename_error(errno);
	return STATUS_SUCCESS;
}

/* The same name, perhaps in another case; a case-folding file system calls that taken. */
static nt_status
respell(const struct move *m)
{
	nt_status status;

	if (strcmp(place_name(&m->from), m->name) == 0)
		return STATUS_SUCCESS;
	status = rename_to(m, m->name, RENAME_NOREPLACE);
	if (status == STATUS_OBJECT_NAME_COLLISION)
		status = rename_to(m, m->name, 0);
	return status;
}

static nt_status
may_replace(struct move *m)
{
	if (S_ISDIR(m->to.stx.stx_mode) || S_ISDIR(m->from.stx.stx_mode))
		return STATUS_ACCESS_DENIED;
	if (place_stat(m->d, &m->to).attributes & FILE_ATTRIBUTE_READONLY)
		return STATUS_ACCESS_DENIED;
	return access_may_remove(m->d, &m->to);
}

static nt_status
replace(struct move *m)
{
	struct disk_id from = disk_id_of(&m->from.stx), to = disk_id_of(&m->to.stx);
	nt_status status = may_replace(m);

	if (status != STATUS_SUCCESS)
		return status;
	if (disk_id_equal(&from, &to)) /* two links to one file: rename(2) would keep both */
		return unlinkat(m->from.parent, place_name(&m->from), 0) == 0 ? STATUS_SUCCESS
									      : disk_status(errno);
	status = rename_to(m, place_name(&m->to), 0);
	if (status == STATUS_SUCCESS)
		side_forget(m->d, m->to.fd);
	/* The old file made way under its own spelling, but the name asked for is another. */
	if (status == STATUS_SUCCESS && strcmp(place_name(&m->to), m->name) != 0 &&
	    renameat2(m->to.parent, place_name(&m->to), m->to.parent, m->name, RENAME_NOREPLACE) !=
		0)
		memcpy(m->name, place_name(&m->to), strlen(place_name(&m->to)) + 1);
	return status;
}

/* True when both paths ended at one name. */
static bool
same_place(const struct move *m)
{
	return m->to.fd >= 0 && strcmp(m->from.path, m->to.path) == 0;
}

static nt_status
rename_to_new(struct move *m)
{
	if (!S_ISDIR(m->from.stx.stx_mode)) {
		place_restore_name(m->d, &m->to);
		memcpy(m->name, place_name(&m->to), strlen(place_name(&m->to)) + 1);
	}
	return rename_to(m, m->name, RENAME_NOREPLACE);
}

static nt_status
do_move(struct move *m, const struct disk_rename *r)
{
	nt_status status = place_parent(m->d, &m->to);
	bool is_link;

	if (status == STATUS_SUCCESS)
		status = r->granted ? STATUS_SUCCESS : access_may_remove(m->d, &m->from);
	if (status == STATUS_SUCCESS && m->to.fd < 0)
		status = access_may_add(m->d, &m->to, S_ISDIR(m->from.stx.stx_mode));
	if (status != STATUS_SUCCESS)
		return status;
	if (!still_there(m->d, &m->from, &is_link))
		return STATUS_OBJECT_NAME_NOT_FOUND;
	if (same_place(m))
		return respell(m);
	if (m->to.fd < 0)
		return rename_to_new(m);
	return r->replace ? replace(m) : STATUS_OBJECT_NAME_COLLISION;
}

/* The new name is made as spelled by the client, whatever it is found as. */
static nt_status
find_target(struct move *m, const char *path)
{
	char name[PATH_MAX];
	const char *slash = strrchr(path, '/');
	nt_status status;

	if (*path == '\0')
		return STATUS_OBJECT_NAME_COLLISION;
	status = spelling_to_disk(slash != NULL ? slash + 1 : path, name);
	if (status != STATUS_SUCCESS)
		return status;
	memcpy(m->name, name, strlen(name) + 1); /* one part: at most NAME_MAX */
	return place_find(m->d, path, &m->to);
}

static char *
new_path(struct arena *a, const struct move *m)
{
	char path[PATH_MAX + NAME_MAX];
	char *real;

	snprintf(path, sizeof(path), "%.*s%s", (int)m->to.name_at, m->to.path, m->name);
	real = arena_alloc_raw(a, 3 * strlen(path) + 1);
	spelling_path_from_disk(path, real);
	return real;
}

nt_status
disk_rename(const struct disk *d, struct arena *a, struct disk_rename *r)
{
	struct move m = { .d = d };
	nt_status status;

	r->real = NULL;
	if (disk_stream_of(r->from) != NULL)
		return stream_rename(d, a, r);
	status = find_for_change(d, r->from, r->id, &m.from);
	if (status != STATUS_SUCCESS)
		return status;
	status = find_target(&m, r->to);
	if (status == STATUS_SUCCESS) {
		status = do_move(&m, r);
		if (status == STATUS_SUCCESS && !S_ISDIR(m.from.stx.stx_mode) && !same_place(&m))
			place_note_gone(d, &m.from);
		place_done(&m.to);
	}
	place_done(&m.from);
	if (status == STATUS_SUCCESS)
		r->real = new_path(a, &m);
	return status;
}

static nt_status
link_places(const struct disk *d, const struct place *from, struct place *to)
{
	nt_status status;

	if (S_ISDIR(from->stx.stx_mode))
		return STATUS_FILE_IS_A_DIRECTORY;
	if (to->fd >= 0)
		return STATUS_OBJECT_NAME_COLLISION;
	status = place_parent(d, to);
	if (status == STATUS_SUCCESS)
		status = access_may_add(d, to, false);
	if (status != STATUS_SUCCESS)
		return status;
	if (linkat(AT_FDCWD, fd_path(from->fd).path, to->parent, place_name(to),
		AT_SYMLINK_FOLLOW) != 0)
		return disk_status(errno);
	return STATUS_SUCCESS;
}

nt_status
disk_link(const struct disk *d, const char *from, const char *to, const struct disk_id *id)
{
	struct place old, new;
	nt_status status = find_for_change(d, from, id, &old);

	if (status != STATUS_SUCCESS)
		return status;
	status = place_find(d, to, &new);
	if (status == STATUS_SUCCESS) {
		status = link_places(d, &old, &new);
		place_done(&new);
	}
	place_done(&old);
	return status;
}
