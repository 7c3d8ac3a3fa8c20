/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_SET_PATH_INFORMATION and TRANS2_SET_FILE_INFORMATION ([MS-CIFS] 2.2.6.7, 2.2.6.9). */
#include <string.h>

#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/node.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/server.h"
#include "server/tree.h"
#include "smb/create.h"
#include "smb/info/pipe.h"
#include "smb/info/set.h"
#include "smb/rename_names.h"
#include "smb/trans/posix.h"
#include "smb/trans/trans2.h"

struct set {
	uint16_t level, fid;
	const char *name; /* as the client wrote it */
	struct trans *t;
	const struct set_level *row;
	struct info_change change;
	struct handle *handle;
	struct file_before before;
	ntime changed;        /* the change time on disk afterwards; 0: the client has set none */
	struct rename rename; /* or link */
	/* by path */
	struct create create;
	nt_status status;
};

static void
decode_path(void *args, struct trans *t)
{
	struct set *s = args;

	s->level = rd_u16(&t->params);
	rd_skip(&t->params, 4);
	s->name = rd_string(&t->params);
}

static void
decode_file(void *args, struct trans *t)
{
	struct set *s = args;

	s->fid = rd_u16(&t->params);
	s->level = rd_u16(&t->params);
}

static nt_status
answer(struct set *s, nt_status status)
{
	if (status == STATUS_SUCCESS)
		wr_u16(&s->t->out_params, 0); /* EaErrorOffset */
	return status;
}

/* Names that no EA can have are refused before the file is looked at. */
static nt_status
check_eas(struct request *req, struct set *s)
{
	struct info_change *c = &s->change;
	nt_status status = c->eas_status;
	size_t bad = 0;

	if (status == STATUS_SUCCESS && c->eas.n > 0) {
		status = disk_eas_check(&req->disk, &c->eas, &bad);
		c->ea_error = status == STATUS_SUCCESS ? 0 : c->eas.ea[bad].at;
	}
	if (status != STATUS_SUCCESS) {
		wr_u16(&s->t->out_params, (uint16_t)c->ea_error);
		req->error_data = true;
	}
	return status;
}

static nt_status
closed(struct request *req, void *arg, nt_status status)
{
	struct set *s = arg;

	(void)req;
	return status == STATUS_SUCCESS ? answer(s, s->status) : status;
}

/* A file that was opened for this is closed first: what a disposition removes is gone when we
 * answer. */
static nt_status
finish(struct request *req, void *arg, nt_status status)
{
	struct set *s = arg;

	if (s->name == NULL || s->handle->closed)
		return answer(s, status);
	s->status = status;
	req->chain_fid = 0;
	return request_close(req, s->handle, closed, s);
}

static nt_status
change_file(const struct disk *d, struct arena *a, void *arg)
{
	struct set *s = arg;

	const struct disk_file *f = s->handle->open->file;
	ntime written;
	nt_status status;

	(void)a;
	file_before_read(f, &s->before);
	status = s->row->apply(d, f, &s->change);
	if (status == STATUS_SUCCESS && ntime_given(s->change.attr.changed) &&
	    !disk_times(f, &written, &s->changed))
		s->changed = 0;
	return status;
}

static nt_status
changed(struct request *req, void *arg, nt_status status)
{
	struct set *s = arg;
	struct open *o = s->handle->open;

	if (s->row->access == FILE_WRITE_DATA)
		file_oplock_changed(o);
	if (status != STATUS_SUCCESS)
		return finish(req, s, status);
	if (s->row->access == FILE_WRITE_DATA) {
		o->written = true;
		file_resized(o, &s->before);
		if (s->row->level == SET_ALLOCATION)
			file_reserved(o, s->change.size);
	} else {
		file_time_set(o, s->change.attr.written);
		if (s->changed != 0)
			file_changed_set(req->conn->server->files, &o->file->id,
			    s->change.attr.changed, s->changed);
	}
	return finish(req, s, STATUS_SUCCESS);
}

static nt_status
may_delete(const struct disk *d, struct arena *a, void *arg)
{
	struct set *s = arg;
	const struct disk_file *f = s->handle->open->file;
	struct disk_stat st;
	nt_status status = disk_file_stat(d, f, &st);

	(void)a;
	if (status != STATUS_SUCCESS)
		return status;
	if ((st.attributes & FILE_ATTRIBUTE_READONLY) != 0)
		return STATUS_CANNOT_DELETE;
	return f->directory ? disk_dir_is_empty(d, f) : STATUS_SUCCESS;
}

static nt_status
set_disposition(struct request *req, void *arg, nt_status status)
{
	struct set *s = arg;

	if (status == STATUS_SUCCESS)
		file_set_delete(s->handle->open, s->change.on, s->handle->cred);
	return finish(req, s, status);
}

/* Of a stream of the same file; the file's own data cannot become one. */
static nt_status
new_stream(struct request *req, struct set *s)
{
	if (s->handle->open->file->stream == NULL)
		return STATUS_INVALID_PARAMETER;
	return request_path(req, s->change.name, &s->rename.to);
}

/* The new name stands in the same directory: SMB1 knows no other form ([MS-SMB] 2.2.8.4). */
static nt_status
new_path(struct request *req, struct set *s)
{
	/* A copy: it may change while a job reads it. */
	const char *from = arena_strdup(&req->arena, file_path(s->handle->open));
	const char *slash = strrchr(from, '/');
	const char *name = s->change.name;
	int dir = slash != NULL ? (int)(slash - from) : 0;

	if (s->change.root_fid != 0)
		return STATUS_INVALID_PARAMETER;
	if (strpbrk(name, "\\/") != NULL)
		return STATUS_NOT_SUPPORTED;
	s->rename.from = from;
	if (name[0] == ':')
		return new_stream(req, s);
	if (name[0] == '\0' || !disk_name_valid(name))
		return STATUS_OBJECT_NAME_INVALID;
	s->rename.to = dir == 0 ? name : arena_printf(&req->arena, "%.*s/%s", dir, from, name);
	return STATUS_SUCCESS;
}

static nt_status
link_name(const struct disk *d, struct arena *a, void *arg)
{
	struct set *s = arg;

	(void)a;
	return disk_link(d, s->rename.from, s->rename.to, &s->handle->open->file->id);
}

static nt_status
set_name(struct request *req, struct set *s)
{
	nt_status status;

	s->rename.replace = s->change.on;
	s->rename.own = s->handle->open;
	status = new_path(req, s);
	if (status != STATUS_SUCCESS)
		return finish(req, s, status);
	if (s->row->kind == SET_RENAME)
		return rename_run(req, &s->rename, finish, s);
	return request_work(req, WORK_QUICK, link_name, finish, s);
}

static nt_status
set_on_handle(struct request *req, struct set *s)
{
	struct handle *h = s->handle;
	nt_status status = s->row->apply(NULL, h->open->file, &s->change);

	if (status != STATUS_SUCCESS)
		return finish(req, s, status);
	if (s->row->kind == SET_POSITION)
		h->open->position->at = s->change.size;
	else
		h->open->options = (h->open->options & ~MODE_SETTABLE) | s->change.mode;
	return finish(req, s, STATUS_SUCCESS);
}

static uint64_t
space_moved(const struct set *s)
{
	uint64_t now;

	if (s->row->access != FILE_WRITE_DATA)
		return 0;
	now = disk_allocated(s->handle->open->file);
	return s->change.size > now ? s->change.size : now;
}

static nt_status
apply(struct request *req, struct set *s)
{
	switch (s->row->kind) {
	case SET_DISPOSITION:
		if (!s->change.on)
			return set_disposition(req, s, STATUS_SUCCESS);
		return request_work(req, WORK_QUICK, may_delete, set_disposition, s);
	case SET_RENAME:
	case SET_LINK:
		return set_name(req, s);
	case SET_POSITION:
	case SET_MODE:
		return set_on_handle(req, s);
	case SET_ON_DISK:
	default:
		if (s->row->access == FILE_WRITE_DATA)
			file_oplock_changed(s->handle->open);
		file_before_resize(s->handle->open, &s->before);
		return request_work(req,
		    disk_work_of_eas(&s->change.eas, disk_work_of(space_moved(s))), change_file,
		    changed, s);
	}
}

static nt_status
prepare(struct request *req, struct set *s, struct trans *t)
{
	s->t = t;
	s->row = info_set_level(s->level);
	if (s->row == NULL)
		return STATUS_INVALID_LEVEL;
	s->row->decode(&s->change, &t->data);
	trans_out(req, t, 2, 0);
	if (!rd_ok(&t->data))
		return s->level >= SMB_INFO_PASSTHROUGH ? STATUS_INFO_LENGTH_MISMATCH
							: STATUS_INVALID_PARAMETER;
	return check_eas(req, s);
}

static nt_status
posix_file(struct request *req, struct set *s, struct trans *t, const struct posix_level *posix)
{
	if (posix->by_file == NULL)
		return STATUS_INVALID_LEVEL;
	s->handle = request_handle(req, s->fid);
	return s->handle != NULL ? posix->by_file(req, t, s->handle) : STATUS_INVALID_HANDLE;
}

static nt_status
run_file(struct request *req, struct trans *t, void *args)
{
	struct set *s = args;
	const struct posix_level *posix = posix_level(req, s->level);
	nt_status status;

	if (req->tree->ipc)
		return info_set_pipe(req, t, s->fid, s->level);
	if (req->disk.read_only && (posix == NULL || !posix->may_only_read))
		return STATUS_ACCESS_DENIED;
	if (posix != NULL)
		return posix_file(req, s, t, posix);
	status = prepare(req, s, t);
	if (status != STATUS_SUCCESS)
		return status;
	s->handle = request_handle(req, s->fid);
	if (s->handle == NULL)
		return STATUS_INVALID_HANDLE;
	if ((s->row->access & ~s->handle->open->mode.access) != 0)
		return STATUS_ACCESS_DENIED;
	return apply(req, s);
}

static nt_status
opened(struct request *req, void *arg)
{
	struct set *s = arg;

	s->handle = s->create.handle;
	if (s->row->file_only && s->level == s->row->level)
		return finish(req, s, STATUS_INVALID_LEVEL);
	return apply(req, s);
}

/* Opened like any other file, so that those who deny it are heard. */
static nt_status
run_path(struct request *req, struct trans *t, void *args)
{
	struct set *s = args;
	struct create *c = &s->create;
	const struct posix_level *posix = posix_level(req, s->level);
	nt_status status;

	if (req->disk.read_only && (posix == NULL || !posix->may_only_read))
		return STATUS_ACCESS_DENIED;
	if (posix != NULL)
		return posix->by_path != NULL ? posix->by_path(req, t, s->name)
					      : STATUS_INVALID_LEVEL;
	status = prepare(req, s, t);
	if (status == STATUS_SUCCESS)
		status = request_path(req, s->name, &c->path);
	if (status != STATUS_SUCCESS)
		return status;
	c->access = s->row->access | FILE_READ_ATTRIBUTES;
	c->share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;
	c->disposition = FILE_OPEN;
	c->changes_data = s->row->access == FILE_WRITE_DATA;
	c->renames = s->row->kind == SET_RENAME;
	c->at_once = true;
	return smb_create(req, c, opened, s);
}

const struct trans_command trans2_set_path_information = {
	.name = "SET_PATH_INFORMATION",
	.args = sizeof(struct set),
	.decode = decode_path,
	.run = run_path,
};

const struct trans_command trans2_set_file_information = {
	.name = "SET_FILE_INFORMATION",
	.flags = TRANS_IPC,
	.args = sizeof(struct set),
	.decode = decode_file,
	.run = run_file,
};
