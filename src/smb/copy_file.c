/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/copy_file.h"

#include "disk/attr.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/match.h"

#define CHUNK ((size_t)256 << 10)

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct copy_file *c = arg;

	return disk_lookup(d, a, c->from, &c->source, NULL);
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
		return STATUS_SUCCESS;
	TAILQ_FOREACH (o, opens, link) {
		if (!share_mode_compatible(&o->mode, &reading))
			return STATUS_SHARING_VIOLATION;
	}
	return STATUS_SUCCESS;
}

static nt_status
copy_content(struct arena *a, const struct disk_file *from, const struct disk_file *to)
{
	uint8_t *buf = arena_alloc_raw(a, CHUNK);
	uint64_t at = 0;
	size_t n, put;
	nt_status status;

	for (;;) {
		status = disk_read(from, buf, CHUNK, at, &n);
		if (status != STATUS_SUCCESS || n == 0)
			return status;
		status = disk_write(to, buf, n, at, &put);
		if (status == STATUS_SUCCESS && put < n)
			status = STATUS_DISK_FULL;
		if (status != STATUS_SUCCESS)
			return status;
		at += n;
	}
}

static nt_status
copy(const struct disk *d, struct arena *a, void *arg)
{
	const struct copy_file *c = arg;
	const struct disk_attr attr = {
		.attributes = c->source.attributes,
		.written = c->source.written,
	};
	struct disk_open from = { .path = c->from, .access = DISK_READ, .type = DISK_FILE };
	struct disk_open to = {
		.path = c->to, .access = DISK_WRITE, .type = DISK_FILE, .create = DISK_CREATE
	};
	nt_status status = disk_open(d, a, &from);

	if (status != STATUS_SUCCESS)
		return status;
	status = disk_open(d, a, &to);
	if (status == STATUS_SUCCESS) {
		status = copy_content(a, from.file, to.file);
		if (status == STATUS_SUCCESS)
			status = disk_set_attr(d, to.file, &attr);
		/* Half a copy is none. */
		if (status != STATUS_SUCCESS)
			(void)disk_unlink(d, to.real, &to.file->id);
		disk_close(&to.file);
	}
	disk_close(&from.file);
	return status;
}

static nt_status
copied(struct request *req, void *arg, nt_status status)
{
	struct copy_file *c = arg;

	return c->done(req, c->arg, status);
}

static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct copy_file *c = arg;

	if (status == STATUS_SUCCESS)
		status = may_copy(req, c);
	if (status != STATUS_SUCCESS)
		return c->done(req, c->arg, status);
	return request_work(req, WORK_SLOW, copy, copied, c);
}

nt_status
copy_run(struct request *req, struct copy_file *c, request_done_fn *done, void *arg)
{
	c->done = done;
	c->arg = arg;
	return request_work(req, WORK_CACHED, look_up, looked_up, c);
}
