/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/acl.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/access.h"
#include "disk/beneath.h"
#include "disk/posix_acl.h"
#include "disk/stored.h"
#include "disk/xattr.h"
#include "disk/watch.h"

#define ACL_REVISION 2
#define USUAL_VALUE  1024 /* bytes; enough for most */
#define INHERITABLE  (ACE_OBJECT_INHERIT | ACE_CONTAINER_INHERIT)

#define DACL_KEPT (SD_DACL_PRESENT | SD_DACL_DEFAULTED | SD_DACL_PROTECTED)
#define SACL_KEPT (SD_SACL_PRESENT | SD_SACL_DEFAULTED | SD_SACL_PROTECTED)

/* In the arena; where there is none p is NULL, and errno says why. */
static struct ntacl_value
read_value(struct arena *a, int fd, const char *name)
{
	unsigned char usual[USUAL_VALUE];
	struct ntacl_value v = { 0 };
	void *large;
	ssize_t got = xattr_get(fd, name, usual, sizeof(usual));

	if (got >= 0) {
		v.n = (size_t)got;
		v.p = arena_memdup(a, usual, v.n);
	} else if (errno == ERANGE) {
		/* One that is larger still is no descriptor, as one of no bytes is none. */
		v.p = large = arena_alloc_raw(a, NTACL_MAX);
		got = xattr_get(fd, name, large, NTACL_MAX);
		v.n = got >= 0 ? (size_t)got : 0;
	}
	return v;
}

enum ntacl
acl_load(const struct disk *d, struct arena *a, int fd, const struct statx *stx, struct sd *out)
{
	const struct ntacl_file file = { fd, stx };
	struct ntacl_value v = { 0 };
	bool keep, absent = true;

	if (!d->root->options.nt_acls || cred_assume(d->cred) != 0 ||
	    stored_cache_lacks(d, stx, STORED_ACL))
		return NTACL_STALE;
	keep = stored_cache_keeps(d, stx);
	if (!d->root->options.trusted_acls) {
		v = read_value(a, fd, NTACL_USER);
		absent = errno == ENODATA;
	}
	if (v.p == NULL)
		v = read_value(a, fd, NTACL_TRUSTED);
	if (v.p != NULL)
		return ntacl_decode(a, &v, &file, out);
	if (keep && absent && errno == ENODATA)
		stored_cache_note_lack(d, stx, STORED_ACL);
	return NTACL_STALE;
}

static uint32_t
rights_of(unsigned perm, bool directory)
{
	uint32_t rights = 0;

	if ((perm & 4) != 0)
		rights |= FILE_GENERIC_READ | FILE_GENERIC_EXECUTE;
	if ((perm & 2) != 0)
		rights |= FILE_GENERIC_WRITE | (directory ? FILE_DELETE_CHILD : 0);
	if ((perm & 1) != 0)
		rights |= FILE_GENERIC_EXECUTE;
	return rights;
}

static uint32_t
rights_of_owner(unsigned perm, bool directory)
{
	const uint32_t always = ACCESS_READ_CONTROL | ACCESS_WRITE_DAC | ACCESS_WRITE_OWNER |
	    ACCESS_SYNCHRONIZE | FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES | FILE_READ_EA |
	    FILE_WRITE_EA;

	return (perm & 6) == 6 ? FILE_ALL_ACCESS : rights_of(perm, directory) | always;
}

/* A list being made of POSIX entries. */
struct mapping {
	const struct statx *stx;
	struct acl *acl;
	bool directory;
};

static void
add(struct mapping *m, const struct ace *ace)
{
	if (ace->mask != 0)
		m->acl->aces[m->acl->count++] = *ace;
}

/* What is in effect already is inherited from there. */
static void
add_waiting(struct mapping *m, const struct ace *ace)
{
	for (unsigned i = 0; i < m->acl->count; i++) {
		struct ace *there = &m->acl->aces[i];

		if (there->mask == ace->mask && sid_equal(&there->sid, &ace->sid)) {
			there->flags |= INHERITABLE;
			return;
		}
	}
	add(m, ace);
}

/* waiting: for who makes something in the directory, and his group. */
static struct ace
map_entry(const struct mapping *m, const struct posix_acl *acl, const struct posix_ace *from,
    bool waiting)
{
	const unsigned perm = posix_acl_effective(acl, from);
	struct ace ace = { .type = ACE_ALLOWED,
		.flags = waiting ? INHERITABLE | ACE_INHERIT_ONLY : 0,
		.mask = rights_of(perm, m->directory) };

	switch (from->tag) {
	case POSIX_USER_OBJ:
		ace.mask = rights_of_owner(perm, m->directory);
		ace.sid = waiting ? sid_creator_owner
				  : sid_of_unix(SID_UNIX_USERS, m->stx->stx_uid);
		break;
	case POSIX_GROUP_OBJ:
		ace.sid = waiting ? sid_creator_group
				  : sid_of_unix(SID_UNIX_GROUPS, m->stx->stx_gid);
		break;
	case POSIX_USER:
		ace.sid = sid_of_unix(SID_UNIX_USERS, from->id);
		break;
	case POSIX_GROUP:
		ace.sid = sid_of_unix(SID_UNIX_GROUPS, from->id);
		break;
	case POSIX_OTHER:
		ace.sid = sid_everyone;
		break;
	default:
		ace.mask = 0;
		break;
	}
	return ace;
}

static void
map_list(struct mapping *m, const struct posix_acl *acl, bool waiting)
{
	for (unsigned i = 0; i < acl->count; i++) {
		const struct ace ace = map_entry(m, acl, &acl->aces[i], waiting);

		if (waiting)
			add_waiting(m, &ace);
		else
			add(m, &ace);
	}
}

static void
map_owners(struct arena *a, const struct statx *stx, struct sd *out)
{
	const struct sid owner = sid_of_unix(SID_UNIX_USERS, stx->stx_uid);
	const struct sid group = sid_of_unix(SID_UNIX_GROUPS, stx->stx_gid);

	out->owner = arena_memdup(a, &owner, sizeof(owner));
	out->group = arena_memdup(a, &group, sizeof(group));
}

/* What is made in a directory without a default list is meant for those the directory is for. */
void
acl_map(struct arena *a, int fd, const struct statx *stx, struct sd *out)
{
	struct posix_acl acl, heirs = { .count = 0 };
	struct mapping m = { .stx = stx, .directory = S_ISDIR(stx->stx_mode) };

	posix_acl_read(fd, POSIX_ACL_ACCESS, stx, &acl);
	if (m.directory)
		posix_acl_read(fd, POSIX_ACL_DEFAULT, stx, &heirs);
	m.acl = arena_alloc(a, sizeof(*m.acl));
	m.acl->revision = ACL_REVISION;
	m.acl->aces = arena_alloc(a, 2 * (acl.count + heirs.count) * sizeof(m.acl->aces[0]));
	map_list(&m, &acl, false);
	if (m.directory)
		map_list(&m, heirs.count != 0 ? &heirs : &acl, true);
	*out = (struct sd){ .control = SD_DACL_PRESENT, .dacl = m.acl };
	map_owners(a, stx, out);
}

/* A list that is none gives everybody everything: what a file system without rights shows. */
static void
map_nothing(struct arena *a, struct sd *out)
{
	*out = (struct sd){ .control = SD_DACL_PRESENT };
	out->owner = arena_memdup(a, &sid_everyone, sizeof(sid_everyone));
	out->group = arena_memdup(a, &sid_everyone, sizeof(sid_everyone));
}

nt_status
disk_acl_get(const struct disk *d, struct arena *a, const struct disk_file *f, struct sd *out)
{
	struct statx stx;

	if (cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (!f->root->options.nt_acls) {
		map_nothing(a, out);
		return STATUS_SUCCESS;
	}
	if (beneath_stat(f->fd, &stx) != 0)
		return disk_status(errno);
	switch (acl_load(d, a, f->fd, &stx, out)) {
	case NTACL_VALID:
		return STATUS_SUCCESS;
	case NTACL_STALE:
		acl_map(a, f->fd, &stx, out);
		return STATUS_SUCCESS;
	case NTACL_BAD:
	default:
		return STATUS_INVALID_SECURITY_DESCR;
	}
}

nt_status
acl_store(const struct disk_root *root, struct arena *a, int fd, const struct sd *sd)
{
	const char *name = root->options.trusted_acls ? NTACL_TRUSTED : NTACL_USER;
	uint8_t hash[NTACL_HASH];
	struct ntacl_value v;
	struct statx stx;

	if (beneath_stat(fd, &stx) != 0)
		return disk_status(errno);
	if (!sd_fits(sd) || !ntacl_hash(fd, &stx, hash))
		return STATUS_INSUFFICIENT_RESOURCES;
	v = ntacl_encode(a, sd, hash);
	if (v.n == 0)
		return STATUS_INSUFFICIENT_RESOURCES;
	return xattr_set(fd, name, v.p, v.n, 0) == 0 ? STATUS_SUCCESS : disk_status(errno);
}

/* Lists hold what a right is, not what it is called in general, but where it is yet to be
 * inherited. */
static struct acl *
mapped_list(struct arena *a, const struct acl *from)
{
	struct acl *acl;

	if (from == NULL)
		return NULL;
	acl = arena_memdup(a, from, sizeof(*from));
	acl->aces = arena_memdup(a, from->aces, from->count * sizeof(from->aces[0]));
	for (unsigned i = 0; i < acl->count; i++) {
		if ((acl->aces[i].flags & ACE_INHERIT_ONLY) == 0)
			acl->aces[i].mask = access_map(acl->aces[i].mask, 0);
	}
	return acl;
}

/* Who asks for inheritance to be noted has arranged it himself ([MS-DTYP] 2.5.3.4.2). */
static uint16_t
inheritance(uint16_t control, unsigned asked, unsigned noted)
{
	return (control & (asked | noted)) == (asked | noted) ? (uint16_t)noted : 0;
}

static void
take_lists(struct arena *a, struct sd *to, uint32_t parts, const struct sd *from)
{
	unsigned control = to->control;

	if ((parts & SECURITY_DACL) != 0) {
		control &= ~(DACL_KEPT | SD_DACL_AUTO_INHERITED);
		control |= (from->control & DACL_KEPT) | SD_DACL_PRESENT |
		    inheritance(from->control, SD_DACL_AUTO_INHERIT_REQ, SD_DACL_AUTO_INHERITED);
		to->dacl = mapped_list(a, from->dacl);
	}
	if ((parts & SECURITY_SACL) != 0) {
		control &= ~(SACL_KEPT | SD_SACL_AUTO_INHERITED);
		control |= (from->control & SACL_KEPT) | SD_SACL_PRESENT |
		    inheritance(from->control, SD_SACL_AUTO_INHERIT_REQ, SD_SACL_AUTO_INHERITED);
		to->sacl = mapped_list(a, from->sacl);
	}
	to->control = (uint16_t)control;
}

/* On disk. The kernel judges; of owners and groups that are not of this system it knows nothing. */
static nt_status
change_owners(const struct disk_file *f, const struct statx *stx, const struct sd *sd)
{
	uint32_t uid = stx->stx_uid, gid = stx->stx_gid;

	if (sd->owner != NULL)
		(void)sid_to_unix(sd->owner, SID_UNIX_USERS, &uid);
	if (sd->group != NULL)
		(void)sid_to_unix(sd->group, SID_UNIX_GROUPS, &gid);
	if (uid == stx->stx_uid && gid == stx->stx_gid)
		return STATUS_SUCCESS;
	return fchownat(AT_FDCWD, fd_path(f->fd).path, uid, gid, 0) == 0 ? STATUS_SUCCESS
									 : disk_status(errno);
}

/* Ownership is taken, not given. */
static bool
may_own(const struct disk *d, const struct sd *now, const struct sid *owner)
{
	return d->admin || access_is(d, owner) ||
	    (now->owner != NULL && sid_equal(now->owner, owner));
}

static nt_status
present(const struct disk *d, struct arena *a, const struct disk_file *f, const struct statx *stx,
    struct sd *out)
{
	if (acl_load(d, a, f->fd, stx, out) != NTACL_VALID)
		acl_map(a, f->fd, stx, out);
	return STATUS_SUCCESS;
}

static nt_status
merge(const struct disk *d, struct arena *a, struct sd *to, uint32_t parts, const struct sd *from)
{
	if ((parts & SECURITY_OWNER) != 0 && from->owner != NULL) {
		if (!may_own(d, to, from->owner))
			return STATUS_INVALID_OWNER;
		to->owner = from->owner;
	}
	if ((parts & SECURITY_GROUP) != 0 && from->group != NULL)
		to->group = from->group;
	take_lists(a, to, parts, from);
	return STATUS_SUCCESS;
}

nt_status
disk_acl_set(const struct disk *d, struct arena *a, const struct disk_file *f, uint32_t parts,
    const struct sd *sd)
{
	struct sd now;
	struct statx stx;
	struct watch_own own;
	nt_status status;

	if (disk_is_read_only(d) || cred_assume(d->cred) != 0)
		return STATUS_ACCESS_DENIED;
	if (!f->root->options.nt_acls)
		return STATUS_NOT_SUPPORTED;
	if (beneath_stat(f->fd, &stx) != 0)
		return disk_status(errno);
	status = present(d, a, f, &stx, &now);
	if (status == STATUS_SUCCESS)
		status = merge(d, a, &now, parts, sd);
	watch_own_begin(f->root, f->fd, FILE_NOTIFY_CHANGE_SECURITY, &own);
	if (status == STATUS_SUCCESS)
		status = change_owners(f, &stx, &now);
	if (status == STATUS_SUCCESS)
		status = acl_store(f->root, a, f->fd, &now);
	watch_own_end(&own);
	return status;
}

uint32_t
acl_parts(const struct sd *sd)
{
	uint32_t parts = 0;

	if (sd->owner != NULL)
		parts |= SECURITY_OWNER;
	if (sd->group != NULL)
		parts |= SECURITY_GROUP;
	if ((sd->control & SD_DACL_PRESENT) != 0)
		parts |= SECURITY_DACL;
	if ((sd->control & SD_SACL_PRESENT) != 0)
		parts |= SECURITY_SACL;
	return parts;
}

/*
 * False: there is nothing to store. An audit list alone would leave the file without a list of
 * rights, which gives everybody all.
 */
static bool
inherited(struct arena *a, const struct sd *from, const struct statx *stx, struct sd *out)
{
	struct acl_child child = { .directory = S_ISDIR(stx->stx_mode) };

	*out = (struct sd){ .control = SD_DACL_PRESENT };
	out->control |= from->control & SD_DACL_AUTO_INHERITED;
	map_owners(a, stx, out);
	child.owner = out->owner;
	child.group = out->group;
	out->dacl = acl_inherited(a, from, &child);
	out->sacl = acl_inherited_audit(a, from, &child);
	if (out->sacl != NULL)
		out->control |= SD_SACL_PRESENT | (from->control & SD_SACL_AUTO_INHERITED);
	return out->dacl != NULL;
}

nt_status
acl_inherit(const struct disk *d, int parent, int fd)
{
	struct sd from, sd;
	struct statx stx, parent_stx;
	struct watch_own own;
	nt_status status = STATUS_SUCCESS;
	struct arena a;

	if (!d->root->options.nt_acls || beneath_stat(parent, &parent_stx) != 0 ||
	    beneath_stat(fd, &stx) != 0)
		return STATUS_SUCCESS;
	arena_init(&a);
	if (acl_load(d, &a, parent, &parent_stx, &from) == NTACL_VALID &&
	    inherited(&a, &from, &stx, &sd)) {
		watch_own_begin(d->root, fd, 0, &own);
		status = acl_store(d->root, &a, fd, &sd);
		watch_own_end(&own);
	}
	arena_clear(&a);
	return status;
}
