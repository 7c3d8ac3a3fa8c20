/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/unix.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/arena.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/share.h"
#include "smb/info/fields.h"

#define EXT_HIDDEN 0x80u /* the only one of its flags that is kept: as the attribute of DOS */

#define ACL_VERSION   1
#define ACL_IGNORED   0xFFFF
#define ACL_HEAD_LEN  6u
#define ACL_ENTRY_LEN 10u

#define SAME64 UINT64_MAX

bool
unix_on(const struct request *req)
{
	return req->conn->set->config->unix_extensions;
}

static uint32_t
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return UNIX_TYPE_DIR;
	case S_IFLNK:
		return UNIX_TYPE_SYMLINK;
	case S_IFCHR:
		return UNIX_TYPE_CHARDEV;
	case S_IFBLK:
		return UNIX_TYPE_BLKDEV;
	case S_IFIFO:
		return UNIX_TYPE_FIFO;
	case S_IFSOCK:
		return UNIX_TYPE_SOCKET;
	default:
		return UNIX_TYPE_FILE;
	}
}

void
unix_put_basic(struct writer *w, const struct disk_stat *st)
{
	wr_u64(w, st->size);
	wr_u64(w, st->allocated);
	wr_u64(w, st->changed);
	wr_u64(w, st->accessed);
	wr_u64(w, st->written);
	wr_u64(w, st->uid);
	wr_u64(w, st->gid);
	wr_u32(w, type_of(st->mode));
	wr_u64(w, major(st->device));
	wr_u64(w, minor(st->device));
	wr_u64(w, st->id.ino);
	wr_u64(w, st->mode & 07777);
	wr_u64(w, st->names);
}

/* What is no file and no directory has no attributes. */
static bool
has_attributes(const struct disk_stat *st)
{
	return S_ISREG(st->mode) || S_ISDIR(st->mode);
}

void
unix_put_info2(struct writer *w, const struct disk_stat *st)
{
	const bool hidden = has_attributes(st) && (st->attributes & FILE_ATTRIBUTE_HIDDEN) != 0;

	unix_put_basic(w, st);
	wr_u64(w, st->created);
	wr_u32(w, hidden ? EXT_HIDDEN : 0);
	wr_u32(w, has_attributes(st) ? EXT_HIDDEN : 0);
}

/* An id where there is none is all ones. */
static void
put_entries(struct writer *w, const struct posix_acl *acl)
{
	for (unsigned i = 0; i < acl->count; i++) {
		const struct posix_ace *ace = &acl->aces[i];
		bool named = ace->tag == POSIX_USER || ace->tag == POSIX_GROUP;

		wr_u8(w, (uint8_t)ace->tag);
		wr_u8(w, (uint8_t)ace->perm);
		wr_u64(w, named ? ace->id : SAME64);
	}
}

size_t
unix_acls_len(const struct disk_unix *u)
{
	return ACL_HEAD_LEN + ((size_t)u->own->count + u->for_new->count) * ACL_ENTRY_LEN;
}

void
unix_put_acls(struct writer *w, const struct disk_unix *u)
{
	wr_u16(w, ACL_VERSION);
	wr_u16(w, (uint16_t)u->own->count);
	wr_u16(w, (uint16_t)u->for_new->count);
	put_entries(w, u->own);
	put_entries(w, u->for_new);
}

/* A 64-bit field of a number of 32 bits. False: it is no such number. */
static bool
read_id(struct reader *r, uint32_t *out)
{
	uint64_t n = rd_u64(r);

	*out = (uint32_t)n;
	/* Old clients fill half of it to say "as it is". */
	return n <= UINT32_MAX || n == SAME64;
}

nt_status
unix_read_basic(struct reader *r, struct unix_set *out)
{
	struct disk_unix_change *c = &out->change;
	bool good;

	/* Old clients left the size 0 when they changed something else. */
	c->size = rd_u64(r);
	if (c->size == 0)
		c->size = DISK_UNIX_NO_SIZE;
	rd_skip(r, 16); /* bytes on disk, change time */
	c->accessed = rd_u64(r);
	c->written = rd_u64(r);
	good = read_id(r, &c->uid);
	good = read_id(r, &c->gid) && good;
	out->type = rd_u32(r);
	rd_skip(r, 24); /* device, unique id */
	c->mode = rd_u32(r);
	rd_skip(r, 12); /* its upper half, names */
	return good ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

/* The creation time is not the client's to set: POSIX knows none. */
nt_status
unix_read_info2(struct reader *r, struct unix_set *out)
{
	nt_status status = unix_read_basic(r, out);
	uint32_t flags, mask;

	rd_skip(r, 8);
	flags = rd_u32(r);
	mask = rd_u32(r);
	if ((mask & ~EXT_HIDDEN) != 0)
		return STATUS_INVALID_PARAMETER;
	out->change.hide = mask != 0 ? FILE_ATTRIBUTE_HIDDEN : 0;
	out->change.hidden = (flags & mask) != 0 ? FILE_ATTRIBUTE_HIDDEN : 0;
	return status;
}

static bool
read_entry(struct reader *r, struct posix_ace *ace)
{
	ace->tag = rd_u8(r);
	ace->perm = rd_u8(r);
	switch (ace->tag) {
	case POSIX_USER:
	case POSIX_GROUP:
		return read_id(r, &ace->id) && ace->id != DISK_UNIX_SAME && ace->perm <= 7;
	case POSIX_USER_OBJ:
	case POSIX_GROUP_OBJ:
	case POSIX_MASK:
	case POSIX_OTHER:
		rd_skip(r, 8);
		ace->id = DISK_UNIX_SAME;
		return ace->perm <= 7;
	default:
		return false;
	}
}

/* NULL: it is left as it is. */
static nt_status
read_entries(struct reader *r, uint16_t count, const struct posix_acl **out)
{
	struct posix_acl *acl;

	if (count == ACL_IGNORED)
		return STATUS_SUCCESS;
	if (count > POSIX_ACES_MAX || rd_left(r) / ACL_ENTRY_LEN < count)
		return STATUS_INVALID_PARAMETER;
	acl = arena_alloc(r->arena, sizeof(*acl));
	for (acl->count = 0; acl->count < count; acl->count++) {
		if (!read_entry(r, &acl->aces[acl->count]))
			return STATUS_INVALID_PARAMETER;
	}
	*out = acl;
	return STATUS_SUCCESS;
}

nt_status
unix_read_acls(struct reader *r, struct disk_unix_acls *out)
{
	uint16_t version = rd_u16(r), own = rd_u16(r), for_new = rd_u16(r);
	nt_status status;

	if (version != ACL_VERSION || !rd_ok(r))
		return STATUS_INVALID_PARAMETER;
	status = read_entries(r, own, &out->own);
	return status == STATUS_SUCCESS ? read_entries(r, for_new, &out->for_new) : status;
}
