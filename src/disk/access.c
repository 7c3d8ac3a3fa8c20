/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/access.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/acl.h"

#define READING  (FILE_GENERIC_READ | FILE_GENERIC_EXECUTE)
#define WRITING  FILE_GENERIC_WRITE
#define ANYBODYS (FILE_READ_ATTRIBUTES | ACCESS_READ_CONTROL | ACCESS_SYNCHRONIZE)
#define OWNERS   (ACCESS_READ_CONTROL | ACCESS_WRITE_DAC)
#define CHANGES  (FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA | ACCESS_WRITE_DAC | ACCESS_WRITE_OWNER)

#define READ_CONTENT  (FILE_READ_DATA | FILE_EXECUTE)
#define WRITE_CONTENT (FILE_WRITE_DATA | FILE_APPEND_DATA)

static const struct cred *
user_of(const struct disk *d)
{
	return d->cred != NULL ? d->cred : cred_of_process();
}

static bool
in_group(const struct cred *c, gid_t gid)
{
	if (c->gid == gid)
		return true;
	for (size_t i = 0; i < c->ngroups; i++) {
		if (c->groups[i] == gid)
			return true;
	}
	return false;
}

static bool
is_well_known(const struct disk *d, const struct sid *sid)
{
	if (sid_equal(sid, &sid_everyone) || sid_equal(sid, &sid_network))
		return true;
	if (d->guest)
		return sid_equal(sid, &sid_guests);
	return sid_equal(sid, &sid_authenticated_users) || sid_equal(sid, &sid_users) ||
	    (d->admin && sid_equal(sid, &sid_administrators));
}

bool
access_is(const struct disk *d, const struct sid *sid)
{
	const struct cred *c = user_of(d);
	uint32_t id;

	if (sid_to_unix(sid, SID_UNIX_USERS, &id))
		return id == c->uid;
	if (sid_to_unix(sid, SID_UNIX_GROUPS, &id))
		return in_group(c, id);
	return is_well_known(d, sid);
}

/* One descriptor, seen by one user. */
struct view {
	const struct disk *d;
	const struct sd *sd;
	const struct statx *stx;
};

static bool
stands_for(const struct view *v, const struct sid *sid)
{
	const struct cred *c = user_of(v->d);

	if (!sid_is_account(sid))
		return access_is(v->d, sid);
	if (v->sd->owner != NULL && sid_equal(sid, v->sd->owner) && v->stx->stx_uid == c->uid)
		return true;
	return v->sd->group != NULL && sid_equal(sid, v->sd->group) && in_group(c, v->stx->stx_gid);
}

/* A file is no object of any kind: what is allowed to one kind is not allowed to it. */
static bool
allows(const struct ace *ace)
{
	return ace->type == ACE_ALLOWED ||
	    (ace->type == ACE_ALLOWED_OBJECT && !ace_names_object(ace));
}

/* A condition that nobody here can judge denies, and does not allow. */
static bool
denies(const struct ace *ace)
{
	return ace->type == ACE_DENIED || ace->type == ACE_DENIED_OBJECT ||
	    ace->type == ACE_DENIED_CALLBACK || ace->type == ACE_DENIED_CALLBACK_OBJECT;
}

uint32_t
access_rights(const struct disk *d, const struct sd *sd, const struct statx *stx)
{
	const struct view v = { d, sd, stx };
	const struct acl *acl = sd->dacl;
	uint32_t allowed = 0, denied = 0;
	bool owner = sd->owner != NULL && stands_for(&v, sd->owner), limited = false;

	if (acl == NULL)
		return FILE_ALL_ACCESS;
	for (unsigned i = 0; i < acl->count; i++) {
		const struct ace *ace = &acl->aces[i];
		uint32_t mask = access_map(ace->mask, 0) & FILE_ALL_ACCESS;
		bool of_owner = sid_equal(&ace->sid, &sid_owner_rights);

		if ((ace->flags & ACE_INHERIT_ONLY) != 0)
			continue;
		limited = limited || of_owner;
		if (of_owner ? !owner : !stands_for(&v, &ace->sid))
			continue;
		if (allows(ace))
			allowed |= mask & ~denied;
		else if (denies(ace))
			denied |= mask & ~allowed;
	}
	return allowed | (owner && !limited ? OWNERS : 0);
}

/* By the thread's present identity. A kernel that cannot say will say so when it matters. */
static bool
kernel_allows(int fd, int mode)
{
	return syscall(SYS_faccessat2, fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) == 0 ||
	    errno == ENOSYS;
}

/* What the kernel allows with a file, but to delete it, which is its directory's matter. */
static uint32_t
kernel_rights(const struct disk *d, int fd, const struct statx *stx)
{
	uid_t uid = user_of(d)->uid;
	bool directory = S_ISDIR(stx->stx_mode), reads, writes;
	uint32_t rights = ANYBODYS;

	if (uid == 0)
		return FILE_ALL_ACCESS;
	reads = kernel_allows(fd, R_OK);
	writes = kernel_allows(fd, directory ? W_OK | X_OK : W_OK);
	if (reads)
		rights |= READING;
	if (directory && kernel_allows(fd, X_OK))
		rights |= FILE_EXECUTE;
	if (writes)
		rights |= WRITING | FILE_DELETE_CHILD;
	if (uid == stx->stx_uid)
		rights |= CHANGES;
	return rights;
}

/* False: no descriptor is stored. */
static bool
stored_rights(const struct disk *d, int fd, const struct statx *stx, uint32_t *rights)
{
	struct arena a;
	struct sd sd;
	enum ntacl what;

	arena_init(&a);
	what = acl_load(d, &a, fd, stx, &sd);
	if (what == NTACL_VALID)
		*rights = access_rights(d, &sd, stx);
	else if (what == NTACL_BAD) /* the owner may mend it */
		*rights = user_of(d)->uid == stx->stx_uid ? OWNERS : 0;
	arena_clear(&a);
	return what != NTACL_STALE;
}

static bool
is_root(const struct place *p)
{
	return p->path[0] == '\0';
}

/* Its sticky bit leaves a directory's files to their owners. */
static bool
sticky_keeps(const struct disk *d, const struct statx *dir, const struct statx *file)
{
	uid_t uid = user_of(d)->uid;

	return (dir->stx_mode & S_ISVTX) != 0 && uid != 0 && uid != dir->stx_uid &&
	    uid != file->stx_uid;
}

/* Rights to a file that come with rights to its directory ([MS-FSA] 2.1.5.1.2.1). */
static nt_status
rights_from_parent(const struct disk *d, struct place *p, uint32_t *rights)
{
	uint32_t of_parent;
	struct statx stx;
	nt_status status;

	*rights = is_root(p) ? ACCESS_DELETE : 0;
	if (is_root(p))
		return STATUS_SUCCESS;
	status = place_parent(d, p);
	if (status != STATUS_SUCCESS)
		return status;
	if (beneath_stat(p->parent, &stx) != 0)
		return disk_status(errno);
	if (!stored_rights(d, p->parent, &stx, &of_parent)) {
		of_parent = kernel_rights(d, p->parent, &stx);
		if (sticky_keeps(d, &stx, &p->stx))
			of_parent &= ~FILE_DELETE_CHILD;
	}
	if ((of_parent & FILE_DELETE_CHILD) != 0)
		*rights |= ACCESS_DELETE;
	if ((of_parent & FILE_READ_DATA) != 0)
		*rights |= FILE_READ_ATTRIBUTES;
	return STATUS_SUCCESS;
}

/* What opening the file will ask the kernel for is not asked here. */
static bool
open_will_tell(const struct place *p, const struct access_ask *ask)
{
	uint32_t told = ANYBODYS;

	if (S_ISDIR(p->stx.stx_mode))
		return false;
	if ((ask->opens & DISK_READ) != 0)
		told |= READING;
	if ((ask->opens & DISK_WRITE) != 0)
		told |= WRITING;
	return ((ask->wanted | ask->implied) & ~told) == 0;
}

/* As far as the kernel lets the content be read and written. */
static uint32_t
within_kernel(const struct disk *d, const struct place *p, uint32_t rights)
{
	const uint32_t kernel = kernel_rights(d, p->fd, &p->stx);

	return rights & (kernel | ~(READ_CONTENT | WRITE_CONTENT));
}

static nt_status
find_rights(const struct disk *d, struct place *p, const struct access_ask *ask, uint32_t *rights)
{
	const uint32_t by_parent = ACCESS_DELETE | FILE_READ_ATTRIBUTES;
	const bool maximum = (ask->wanted & ACCESS_MAXIMUM_ALLOWED) != 0;
	uint32_t all = ask->wanted | ask->implied, more = 0;
	nt_status status = STATUS_SUCCESS;

	if (!stored_rights(d, p->fd, &p->stx, rights)) {
		if (open_will_tell(p, ask)) {
			*rights = all;
			return STATUS_SUCCESS;
		}
		*rights = kernel_rights(d, p->fd, &p->stx) & ~ACCESS_DELETE;
	} else if (maximum) {
		*rights = within_kernel(d, p, *rights);
	}
	if (maximum || (all & by_parent & ~*rights) != 0)
		status = rights_from_parent(d, p, &more);
	*rights |= more;
	return status;
}

static bool
obeys_acls(const struct disk *d)
{
	return d->root->options.nt_acls && !d->admin && !d->granted;
}

/* Where nobody is asked: all there is, for the kernel to refuse. */
static nt_status
grant_all(const struct disk *d, const struct access_ask *ask, uint32_t *granted)
{
	if ((ask->wanted & ACCESS_SYSTEM_SECURITY) != 0 && !d->admin)
		return STATUS_PRIVILEGE_NOT_HELD;
	*granted = ask->wanted & ~ACCESS_MAXIMUM_ALLOWED;
	if ((ask->wanted & ACCESS_MAXIMUM_ALLOWED) != 0)
		*granted |= FILE_ALL_ACCESS;
	return STATUS_SUCCESS;
}

nt_status
access_of_creator(const struct disk *d, const struct access_ask *ask, uint32_t *granted)
{
	return grant_all(d, ask, granted);
}

nt_status
access_check(const struct disk *d, struct place *p, const struct access_ask *ask, uint32_t *granted)
{
	const uint32_t maximum = ask->wanted & ACCESS_MAXIMUM_ALLOWED;
	uint32_t wanted = ask->wanted & ~ACCESS_MAXIMUM_ALLOWED, rights, missing;
	nt_status status = grant_all(d, ask, granted);

	if (status != STATUS_SUCCESS || ask->wanted == 0 || !obeys_acls(d))
		return status;
	status = find_rights(d, p, ask, &rights);
	if (status != STATUS_SUCCESS)
		return status;
	missing = (wanted | ask->implied) & ~rights;
	if ((missing & ~ask->may_go) != 0)
		return STATUS_ACCESS_DENIED;
	*granted = (wanted & ~missing) | (maximum != 0 ? rights : 0);
	return STATUS_SUCCESS;
}

nt_status
access_maximal(const struct disk *d, struct place *p, uint32_t *rights)
{
	const struct access_ask all = { .wanted = ACCESS_MAXIMUM_ALLOWED };

	return access_check(d, p, &all, rights);
}

nt_status
access_may_remove(const struct disk *d, struct place *p)
{
	uint32_t rights;
	nt_status status;

	if (!obeys_acls(d))
		return STATUS_SUCCESS;
	if (stored_rights(d, p->fd, &p->stx, &rights) && (rights & ACCESS_DELETE) != 0)
		return STATUS_SUCCESS;
	status = rights_from_parent(d, p, &rights);
	if (status != STATUS_SUCCESS)
		return status;
	return (rights & ACCESS_DELETE) != 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

nt_status
access_may_add(const struct disk *d, struct place *p, bool directory)
{
	uint32_t needs = directory ? FILE_APPEND_DATA : FILE_WRITE_DATA, rights;
	struct statx stx;
	nt_status status;

	if (!obeys_acls(d))
		return STATUS_SUCCESS;
	status = place_parent(d, p);
	if (status != STATUS_SUCCESS)
		return status;
	if (beneath_stat(p->parent, &stx) != 0)
		return disk_status(errno);
	if (!stored_rights(d, p->parent, &stx, &rights))
		return STATUS_SUCCESS;
	return (rights & needs) != 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

static nt_status
stored_gives(const struct disk *d, int fd, const struct statx *stx, uint32_t wanted)
{
	uint32_t rights;

	if (!obeys_acls(d) || !stored_rights(d, fd, stx, &rights))
		return STATUS_SUCCESS;
	return (wanted & ~rights) == 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

nt_status
access_stored(const struct disk *d, int fd, uint32_t wanted)
{
	struct statx stx;

	if (beneath_stat(fd, &stx) != 0)
		return disk_status(errno);
	return stored_gives(d, fd, &stx, wanted);
}

nt_status
access_may_list(const struct disk *d, const struct place *p)
{
	return stored_gives(d, p->fd, &p->stx, FILE_READ_DATA);
}
