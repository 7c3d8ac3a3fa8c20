/* SPDX-License-Identifier: BSD-2-Clause */

/* Streams are renamed within their file, to ":new" ([MS-FSA] 2.1.5.15.11). */
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/stream.h"
#include "file/streams.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/match.h"
#include "smb/rename_names.h"

static struct disk_id
new_id(const struct rename *r)
{
	const char *name = disk_stream_of(r->to);
	struct disk_id id = r->source.id;

	id.stream = *name != '\0' ? disk_stream_number(name) : 0;
	return id;
}

static nt_status
may_rename(const struct request *req, const struct rename *r)
{
	const struct file_table *files = req->conn->server->files;
	const struct file_taker taker = { .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
		.own = r->own };
	const struct disk_id to = new_id(r);
	nt_status status;

	if (r->search && !attributes_match(r->source.attributes, r->attributes))
		return STATUS_NO_SUCH_FILE;
	status = file_may_remove(files, &r->source.id, &taker);
	if (status != STATUS_SUCCESS)
		return status;
	if (r->own == NULL && rename_is_held(files, &r->source.id))
		return STATUS_SHARING_VIOLATION;
	if (to.stream == r->source.id.stream || file_opens(files, &to) == NULL)
		return STATUS_SUCCESS;
	return r->replace ? STATUS_INVALID_PARAMETER : STATUS_OBJECT_NAME_COLLISION;
}

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct rename *r = arg;

	return disk_lookup(d, a, r->from, &r->source, &r->real);
}

static nt_status
change_name(const struct disk *d, struct arena *a, void *arg)
{
	struct rename *r = arg;

	return disk_rename(d, a, &r->disk);
}

static nt_status
changed(struct request *req, void *arg, nt_status status)
{
	struct rename *r = arg;
	const struct disk_id to = new_id(r);

	/* Also when nobody waits for the answer any more. */
	if (r->disk.real != NULL)
		file_stream_renamed(req->conn->server->files, &r->source.id, &to, r->disk.real);
	return r->done(req, r->arg, status);
}

static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct rename *r = arg;

	if (status == STATUS_SUCCESS)
		status = may_rename(req, r);
	if (status != STATUS_SUCCESS)
		return r->done(req, r->arg, status);
	r->disk.from = r->real;
	r->disk.to = r->to;
	r->disk.id = &r->source.id;
	r->disk.replace = r->replace;
	r->disk.granted = r->own != NULL;
	return request_work(req, disk_work_of(r->source.size), change_name, changed, r);
}

nt_status
rename_stream(struct request *req, struct rename *r)
{
	if (r->to[0] != ':')
		return r->done(req, r->arg, STATUS_INVALID_PARAMETER);
	return request_work(req, WORK_CACHED, look_up, looked_up, r);
}
