/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/copy_file.h"

#include "disk/attr.h"
#include "disk/beneath.h"
#include "disk/ea.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "disk/stream.h"
#include "file/node.h"
#include "file/streams.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/match.h"
#include "smb/oplock_break.h"

#define CHUNK ((size_t)256 << 10)
#define PIECE 32 /* chunks that one job copies */

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct copy_file *c = arg;
	nt_status status = disk_lookup(d, a, c->from, &c->source, NULL);

	if (status != STATUS_SUCCESS)
		return status;
	status = disk_lookup(d, a, c->to, &c->target, NULL);
	c->exists = status == STATUS_SUCCESS;
	return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
}

/* A file is not copied to itself; one that is open is not changed behind its user's back. */
static nt_status
may_change_target(const struct request *req, const struct copy_file *c)
{
	if (!c->exists)
		return c->must_exist ? STATUS_OBJECT_NAME_NOT_FOUND : STATUS_SUCCESS;
	if (!c->append && !c->replace)
		return STATUS_OBJECT_NAME_COLLISION;
	if (c->target.directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	if (disk_id_equal(&c->source.id, &c->target.id) ||
	    file_is_open(req->conn->server->files, &c->target.id))
		return STATUS_SHARING_VIOLATION;
	return STATUS_SUCCESS;
}

/* As if it were opened for reading. */
static nt_status
may_copy(const struct request *req, const struct copy_file *c)
{
	static const struct share_mode reading = {
		.access = FILE_READ_DATA,
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
	};
	const struct open_list *opens;
	const struct open *o;

	if (c->source.directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	if (!attributes_match(c->source.attributes, c->attributes))
		return STATUS_NO_SUCH_FILE;
	opens = file_opens(req->conn->server->files, &c->source.id);
	if (opens == NULL)
		return may_change_target(req, c);
	TAILQ_FOREACH (o, opens, link) {
		if (!share_mode_compatible(&o->mode, &reading))
			return STATUS_SHARING_VIOLATION;
	}
	return may_change_target(req, c);
}

/* What was there makes way, its streams too. */
static nt_status
empty(const struct disk *d, const struct disk_file *f)
{
	nt_status status = disk_truncate(f, 0);

	return status != STATUS_SUCCESS || f->stream != NULL ? status : disk_streams_remove(d, f);
}

static nt_status
open_both(const struct disk *d, struct arena *a, struct copy_file *c)
{
	/* Its EAs go with the file, for which they must be his to read. */
	struct disk_open from = { .path = c->from,
		.access = DISK_READ,
		.type = DISK_FILE,
		.wanted = FILE_READ_DATA | FILE_READ_EA };
	struct disk_open to = {
		.path = c->to,
		.access = DISK_WRITE,
		.type = DISK_FILE,
		.create = c->exists ? DISK_OPEN : DISK_CREATE,
		.wanted = c->exists ? FILE_WRITE_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES : 0,
	};
	nt_status status = disk_open(d, a, &from);

	if (status != STATUS_SUCCESS)
		return status;
	c->in = from.file;
	status = disk_open(d, a, &to);
	c->out = to.file;
	c->real = to.real;
	if (status == STATUS_SUCCESS && c->append)
		c->behind = to.stat.size;
	if (status == STATUS_SUCCESS && c->exists && !c->append)
		status = empty(d, c->out);
	return status;
}

static nt_status
copy_chunk(struct copy_file *c)
{
	size_t n, put;
	nt_status status = disk_read(c->in, c->chunk, CHUNK, c->at, &n);

	c->whole = n == 0;
	if (status != STATUS_SUCCESS || n == 0)
		return status;
	status = disk_write(c->out, c->chunk, n, c->behind + c->at, &put);
	c->at += n;
	return status == STATUS_SUCCESS && put < n ? STATUS_DISK_FULL : status;
}

/* What a file has beside its data. */
static nt_status
copy_rest(const struct disk *d, const struct copy_file *c)
{
	nt_status status = disk_streams_copy(d, c->in, c->out);

	return status == STATUS_SUCCESS ? disk_eas_copy(d, c->in, c->out) : status;
}

/* A piece; then others have the thread. */
static nt_status
copy(const struct disk *d, struct arena *a, void *arg)
{
	struct copy_file *c = arg;
	const struct disk_attr attr = {
		.attributes = c->source.attributes,
		.written = c->source.written,
	};
	nt_status status = STATUS_SUCCESS;

	if (c->chunk == NULL)
		c->chunk = arena_alloc_raw(a, CHUNK);
	if (c->in == NULL)
		status = open_both(d, a, c);
	for (int i = 0; i < PIECE && status == STATUS_SUCCESS && !c->whole; i++)
		status = copy_chunk(c);
	/* Of what goes into a stream, the file it belongs to gets nothing. */
	if (status != STATUS_SUCCESS || !c->whole || (c->exists && c->append) ||
	    c->out->stream != NULL)
		return status;
	if (c->in->stream == NULL)
		status = copy_rest(d, c);
	if (status == STATUS_SUCCESS)
		status = disk_set_attr(d, c->out, &attr);
	return status;
}

static nt_status
copied(struct request *req, void *arg, nt_status status)
{
	struct copy_file *c = arg;

	if (status == STATUS_SUCCESS && !c->whole)
		return request_work(req, WORK_SLOW, copy, copied, c);
	/* Half a copy is none, whoever is still there to hear of it. */
	if (c->out != NULL && status != STATUS_SUCCESS && !c->exists)
		(void)disk_unlink(&req->disk, c->real, &c->out->id);
	disk_close(&c->out);
	disk_close(&c->in);
	return c->done(req, c->arg, status);
}

static nt_status again(struct request *req, void *arg, nt_status why);

/* As an open does: those who may have closed it long ago before sharing is judged. */
static nt_status
ask_holders(struct request *req, struct copy_file *c, bool batch_only)
{
	const struct oplock_conflict conflict = {
		.batch_only = batch_only,
		.left = OPLOCK_LEVEL_II,
	};

	return smb_break_oplocks(req, &c->source.id, conflict, again, c);
}

static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct copy_file *c = arg;

	if (status != STATUS_SUCCESS)
		return c->done(req, c->arg, status);
	status = ask_holders(req, c, true);
	if (status != STATUS_SUCCESS)
		return status;
	status = may_copy(req, c);
	if (status != STATUS_SUCCESS)
		return c->done(req, c->arg, status);
	status = ask_holders(req, c, false);
	return status == STATUS_SUCCESS ? request_work(req, WORK_SLOW, copy, copied, c) : status;
}

static nt_status
again(struct request *req, void *arg, nt_status why)
{
	struct copy_file *c = arg;

	if (!smb_starts_over(why))
		return c->done(req, c->arg, why);
	return request_work(req, WORK_CACHED, look_up, looked_up, c);
}

nt_status
copy_run(struct request *req, struct copy_file *c, request_done_fn *done, void *arg)
{
	c->done = done;
	c->arg = arg;
	return request_work(req, WORK_CACHED, look_up, looked_up, c);
}
