/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * UNIX_BASIC and UNIX_INFO2 of SET_PATH_INFORMATION and SET_FILE_INFORMATION: owners, permissions,
 * times and size; of a name that does not exist they make a pipe or a socket. Device nodes are
 * nobody's to make from afar.
 */
#include <sys/stat.h>

#include "disk/io.h"
#include "disk/lookup.h"
#include "file/node.h"
#include "file/times.h"
#include "server/handle.h"
#include "smb/trans/posix.h"

struct basic {
	struct posix_target target;
	struct unix_set set;
	struct disk_stat stat;
	struct file_before before;
};

static bool
resizes(const struct basic *b)
{
	return b->set.change.size != DISK_UNIX_NO_SIZE;
}

static uint32_t
rights(const struct basic *b)
{
	return disk_unix_rights(&b->set.change) | (resizes(b) ? FILE_WRITE_DATA : 0);
}

/* The size first, since that changes times. */
static nt_status
work(const struct disk *d, struct arena *a, void *arg)
{
	struct basic *b = arg;
	const struct disk_file *f = b->target.handle->open->file;
	nt_status status = STATUS_SUCCESS;

	(void)a;
	file_before_read(f, &b->before);
	if (resizes(b))
		status = disk_truncate(f, b->set.change.size);
	return status == STATUS_SUCCESS ? disk_unix_set(d, f, &b->set.change) : status;
}

static nt_status
changed(struct request *req, void *arg, nt_status status)
{
	struct basic *b = arg;
	struct open *o = b->target.handle->open;

	if (status != STATUS_SUCCESS)
		return posix_end(req, &b->target, status);
	if (resizes(b)) {
		file_oplock_changed(o);
		o->written = true;
		file_resized(o, &b->before);
	}
	file_time_set(o, b->set.change.written);
	return posix_end(req, &b->target, status);
}

static uint64_t
space_moved(const struct basic *b, const struct disk_file *f)
{
	uint64_t now;

	if (!resizes(b))
		return 0;
	now = disk_allocated(f);
	return b->set.change.size > now ? b->set.change.size : now;
}

static nt_status
apply(struct request *req, void *arg)
{
	struct basic *b = arg;
	struct open *o = b->target.handle->open;

	if (resizes(b) && (o->file->directory || b->set.change.size > INT64_MAX))
		return posix_end(req, &b->target, STATUS_INVALID_PARAMETER);
	if (resizes(b))
		file_oplock_changed(o);
	file_before_resize(o, &b->before);
	return request_work(req, disk_work_of(space_moved(b, o->file)), work, changed, b);
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	const struct basic *b = arg;

	return posix_answer(req, b->target.t, status);
}

static nt_status
special_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct basic *b = arg;

	(void)a;
	return disk_unix_set_special(d, b->target.create.path, &b->set.change);
}

static nt_status
make_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct basic *b = arg;

	(void)a;
	return disk_unix_make(d, b->target.create.path,
	    b->set.type == UNIX_TYPE_FIFO ? S_IFIFO : S_IFSOCK, b->set.change.mode);
}

static nt_status
make(struct request *req, struct basic *b)
{
	switch (b->set.type) {
	case UNIX_TYPE_FIFO:
	case UNIX_TYPE_SOCKET:
		if (b->set.change.mode == DISK_UNIX_SAME)
			return STATUS_INVALID_PARAMETER;
		return request_work(req, WORK_QUICK, make_work, done, b);
	case UNIX_TYPE_CHARDEV:
	case UNIX_TYPE_BLKDEV:
		return STATUS_ACCESS_DENIED;
	default:
		return STATUS_OBJECT_NAME_NOT_FOUND;
	}
}

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct basic *b = arg;

	return disk_lookup(d, a, b->target.create.path, &b->stat, NULL);
}

static nt_status
found(struct request *req, void *arg, nt_status status)
{
	struct basic *b = arg;

	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		return make(req, b);
	if (status != STATUS_SUCCESS)
		return status;
	if (S_ISREG(b->stat.mode) || S_ISDIR(b->stat.mode))
		return posix_open_target(req, &b->target, rights(b));
	return request_work(req, WORK_QUICK, special_work, done, b);
}

typedef nt_status read_fn(struct reader *r, struct unix_set *out);

static nt_status
begin(struct request *req, struct trans *t, read_fn *read, struct basic **out)
{
	struct basic *b = arena_alloc(&req->arena, sizeof(*b));
	nt_status status = read(&t->data, &b->set);

	b->target = (struct posix_target){ .t = t, .apply = apply, .arg = b };
	*out = b;
	return rd_ok(&t->data) ? status : STATUS_INVALID_PARAMETER;
}

static nt_status
set_path(struct request *req, struct trans *t, const char *name, read_fn *read)
{
	struct basic *b;
	nt_status status = begin(req, t, read, &b);

	if (status == STATUS_SUCCESS)
		status = posix_path(req, name, &b->target.create.path);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_CACHED, look_up, found, b);
}

static nt_status
set_file(struct request *req, struct trans *t, struct handle *h, read_fn *read)
{
	struct basic *b;
	nt_status status = begin(req, t, read, &b);

	if (status != STATUS_SUCCESS)
		return status;
	b->target.handle = h;
	return posix_use_handle(req, &b->target, rights(b));
}

nt_status
posix_basic_path(struct request *req, struct trans *t, const char *name)
{
	return set_path(req, t, name, unix_read_basic);
}

nt_status
posix_basic_file(struct request *req, struct trans *t, struct handle *h)
{
	return set_file(req, t, h, unix_read_basic);
}

nt_status
posix_info2_path(struct request *req, struct trans *t, const char *name)
{
	return set_path(req, t, name, unix_read_info2);
}

nt_status
posix_info2_file(struct request *req, struct trans *t, struct handle *h)
{
	return set_file(req, t, h, unix_read_info2);
}
