/* SPDX-License-Identifier: BSD-2-Clause */

/* POSIX_OPEN of SET_PATH_INFORMATION: open(2) and mkdir(2), with what stat(2) says of it. */
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/node.h"
#include "file/times.h"
#include "server/handle.h"
#include "server/path.h"
#include "smb/nt_create.h"
#include "smb/trans/posix.h"

#define SMB_O_RDONLY    0x001u
#define SMB_O_WRONLY    0x002u
#define SMB_O_RDWR      0x004u
#define SMB_O_ACCMODE   0x007u
#define SMB_O_CREAT     0x010u
#define SMB_O_EXCL      0x020u
#define SMB_O_TRUNC     0x040u
#define SMB_O_APPEND    0x080u
#define SMB_O_SYNC      0x100u
#define SMB_O_DIRECTORY 0x200u
#define SMB_O_NOFOLLOW  0x400u

#define READING (FILE_READ_DATA | FILE_READ_ATTRIBUTES | FILE_READ_EA)
#define WRITING (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES | FILE_WRITE_EA)

/* What fchmod(2) and its like need, for who has it. */
#define OWNERS (FILE_WRITE_ATTRIBUTES | ACCESS_WRITE_DAC | ACCESS_WRITE_OWNER)

#define NO_LEVEL  0xFFFF
#define NO_OPLOCK 0

struct posix_create {
	struct trans *t;
	uint32_t mode, permissions;
	uint16_t level;        /* what the answer tells of the file */
	struct nt_create open; /* for its oplock */
	struct disk_stat stat;
	struct file_before before;
	nt_status status;
};

static void
put_info(struct writer *w, uint16_t level, const struct disk_stat *st)
{
	const bool known = level == UNIX_BASIC || level == UNIX_INFO2;

	wr_u16(w, known ? level : NO_LEVEL);
	wr_u16(w, 0);
	if (level == UNIX_BASIC)
		unix_put_basic(w, st);
	else if (level == UNIX_INFO2)
		unix_put_info2(w, st);
}

static nt_status
made(struct request *req, void *arg, nt_status status)
{
	struct posix_create *a = arg;

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, a->t, 2, 12 + UNIX_INFO2_LEN);
	wr_u16(&a->t->out_params, 0); /* EaErrorOffset */
	wr_u16(&a->t->out_data, NO_OPLOCK);
	wr_u16(&a->t->out_data, 0); /* it is not opened */
	wr_u32(&a->t->out_data, ACTION_CREATED);
	put_info(&a->t->out_data, a->level, &a->stat);
	return STATUS_SUCCESS;
}

static nt_status
mkdir_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct posix_create *a = arg;
	const char *path = a->open.create.path;
	nt_status status = disk_mkdir_mode(d, path, a->permissions & 01777, 0, NULL);

	return status == STATUS_SUCCESS ? disk_lookup(d, arena, path, &a->stat, NULL) : status;
}

static nt_status
answer(struct request *req, struct posix_create *a)
{
	const struct create *c = &a->open.create;

	trans_out(req, a->t, 2, 12 + UNIX_INFO2_LEN);
	wr_u16(&a->t->out_params, 0); /* EaErrorOffset */
	wr_u16(&a->t->out_data, nt_create_oplock(&a->open));
	wr_u16(&a->t->out_data, c->handle->fid);
	wr_u32(&a->t->out_data, c->action);
	put_info(&a->t->out_data, a->level, &c->stat);
	return STATUS_SUCCESS;
}

/* It was opened for this, so that nobody is left it. */
static nt_status
not_emptied(struct request *req, void *arg, nt_status status)
{
	const struct posix_create *a = arg;

	(void)req;
	return status == STATUS_SUCCESS ? a->status : status;
}

static nt_status
empty_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct posix_create *a = arg;
	const struct disk_file *f = a->open.create.handle->open->file;
	nt_status status;

	(void)arena;
	file_before_read(f, &a->before);
	status = disk_truncate(f, 0);
	return status == STATUS_SUCCESS ? disk_file_stat(d, f, &a->open.create.stat) : status;
}

static nt_status
emptied(struct request *req, void *arg, nt_status status)
{
	struct posix_create *a = arg;
	struct create *c = &a->open.create;

	file_oplock_changed(c->handle->open);
	if (status != STATUS_SUCCESS) {
		a->status = status;
		req->chain_fid = 0;
		return c->handle->closed ? status : request_close(req, c->handle, not_emptied, a);
	}
	c->handle->open->written = true;
	file_resized(c->handle->open, &a->before);
	c->action = ACTION_OVERWRITTEN;
	return answer(req, a);
}

/* O_TRUNC is not FILE_OVERWRITE, which takes streams and attributes away as well. */
static nt_status
opened(struct request *req, void *arg)
{
	struct posix_create *a = arg;
	struct create *c = &a->open.create;

	c->handle->open->posix = true;
	if ((a->mode & SMB_O_TRUNC) == 0 || c->action != ACTION_OPENED)
		return answer(req, a);
	file_before_resize(c->handle->open, &a->before);
	return request_work(req, disk_work_of(c->stat.allocated), empty_work, emptied, a);
}

static bool
choose_access(struct create *c, uint32_t mode)
{
	switch (mode & SMB_O_ACCMODE) {
	case SMB_O_RDONLY:
		c->access = READING;
		break;
	case SMB_O_WRONLY:
		c->access = WRITING;
		break;
	case SMB_O_RDWR:
		c->access = READING | WRITING;
		break;
	default:
		return false;
	}
	if ((mode & SMB_O_APPEND) != 0)
		c->access |= FILE_APPEND_DATA;
	if ((mode & SMB_O_TRUNC) != 0)
		c->access |= FILE_WRITE_DATA;
	c->changes_data = (mode & SMB_O_TRUNC) != 0;
	c->access |= OWNERS;
	c->may_go = OWNERS;
	return true;
}

/* Some clients say O_EXCL without O_CREAT, which says nothing. */
static uint32_t
disposition(uint32_t mode)
{
	if ((mode & SMB_O_CREAT) == 0)
		return FILE_OPEN;
	return (mode & SMB_O_EXCL) != 0 ? FILE_CREATE : FILE_OPEN_IF;
}

/* A directory is opened for reading alone. */
static uint32_t
options(uint32_t mode, uint32_t disposition)
{
	uint32_t options = (mode & SMB_O_SYNC) != 0 ? FILE_WRITE_THROUGH : 0;

	if ((mode & SMB_O_DIRECTORY) != 0)
		return options | FILE_DIRECTORY_FILE;
	if ((mode & (SMB_O_ACCMODE | SMB_O_TRUNC)) != SMB_O_RDONLY || disposition != FILE_OPEN)
		options |= FILE_NON_DIRECTORY_FILE;
	return options;
}

static nt_status
open_file(struct request *req, struct posix_create *a)
{
	struct create *c = &a->open.create;

	if (!choose_access(c, a->mode))
		return STATUS_INVALID_PARAMETER;
	if ((a->mode & SMB_O_DIRECTORY) != 0 && (a->mode & SMB_O_ACCMODE) != SMB_O_RDONLY)
		return STATUS_FILE_IS_A_DIRECTORY;
	c->share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	c->disposition = disposition(a->mode);
	c->options = options(a->mode, c->disposition);
	c->level2 = true;
	c->has_mode = true;
	c->mode = a->permissions;
	if ((a->mode & SMB_O_CREAT) != 0 && a->permissions == DISK_UNIX_SAME)
		return STATUS_INVALID_PARAMETER;
	if ((a->mode & SMB_O_NOFOLLOW) != 0)
		req->disk.links = true;
	return smb_create(req, c, opened, a);
}

static nt_status
make_directory(struct request *req, struct posix_create *a)
{
	if (req->disk.read_only)
		return STATUS_ACCESS_DENIED;
	if (a->permissions == DISK_UNIX_SAME)
		return STATUS_INVALID_PARAMETER;
	return request_work(req, WORK_QUICK, mkdir_work, made, a);
}

nt_status
posix_open(struct request *req, struct trans *t, const char *name)
{
	struct posix_create *a = arena_alloc(&req->arena, sizeof(*a));
	struct reader *r = &t->data;
	nt_status status;

	a->t = t;
	a->open.create.oplock = nt_create_asked_oplock(rd_u32(r));
	a->mode = rd_u32(r);
	a->permissions = rd_u32(r);
	rd_skip(r, 4);
	a->level = rd_u16(r);
	if (!rd_ok(r))
		return STATUS_INVALID_PARAMETER;
	status = request_path(req, name, &a->open.create.path);
	if (status != STATUS_SUCCESS)
		return status;
	if (a->mode == (SMB_O_CREAT | SMB_O_DIRECTORY))
		return make_directory(req, a);
	return open_file(req, a);
}
