/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/rename_names.h"

#include <string.h>

#include "base/charset.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/stream.h"
#include "file/streams.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/oplock_break.h"

#define HIDING (FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM)

static bool
same_file(const struct disk_stat *a, const struct disk_stat *b)
{
	return a->id.dev == b->id.dev && a->id.ino == b->id.ino;
}

bool
rename_is_held(const struct file_table *files, const struct disk_id *id)
{
	const struct open_list *opens = file_opens(files, id);
	const struct open *o;

	if (opens == NULL)
		return false;
	TAILQ_FOREACH (o, opens, link) {
		if ((o->mode.access & ACCESS_DELETE) != 0)
			return true;
	}
	return false;
}

static nt_status
may_rename(const struct request *req, const struct rename *r)
{
	const struct file_table *files = req->conn->server->files;
	const struct file_taker taker = {
		/* Through an open that was judged when it was made. */
		.share = FILE_SHARE_READ | FILE_SHARE_WRITE |
		    (r->own != NULL ? FILE_SHARE_DELETE : 0),
		.own = r->own,
	};
	nt_status status = file_may_remove(files, &r->source.id, &taker);

	if (status != STATUS_SUCCESS)
		return status;
	if (r->own == NULL && rename_is_held(files, &r->source.id))
		return STATUS_SHARING_VIOLATION;
	if (r->source.directory && file_opens_below(files, req->disk.root, r->real, r->own))
		return STATUS_ACCESS_DENIED;
	if (!r->target_exists || same_file(&r->source, &r->target))
		return STATUS_SUCCESS;
	if (!r->replace)
		return STATUS_OBJECT_NAME_COLLISION;
	return r->target.directory || file_is_open(files, &r->target.id) ? STATUS_ACCESS_DENIED
									 : STATUS_SUCCESS;
}

static nt_status again(struct request *req, void *arg, nt_status why);

/* All who hold one below the directory are asked at once. */
static nt_status
ask_below(struct request *req, struct rename *r, const struct oplock_conflict *conflict)
{
	const struct file_table *files = req->conn->server->files;
	const struct disk_id *id = NULL, *one = NULL;

	while (file_batch_below(files, req->disk.root, r->real, &id)) {
		if (smb_ask_holders(req, id, *conflict) > 0)
			one = id;
	}
	return one != NULL ? smb_break_oplocks(req, one, *conflict, again, r) : STATUS_SUCCESS;
}

/*
 * Whoever holds a batch oplock may have closed long ago the file that is to have another name, one
 * below a directory that is, or one that is to make room.
 */
static nt_status
ask_holders(struct request *req, struct rename *r)
{
	const struct oplock_conflict conflict = {
		.own = r->own,
		.batch_only = true,
		.left = OPLOCK_LEVEL_II,
	};
	nt_status status = STATUS_SUCCESS;

	if (r->own == NULL)
		status = smb_break_oplocks(req, &r->source.id, conflict, again, r);
	if (status == STATUS_SUCCESS && r->source.directory)
		status = ask_below(req, r, &conflict);
	if (status == STATUS_SUCCESS && r->replace && r->target_exists)
		status = smb_break_oplocks(req, &r->target.id, conflict, again, r);
	return status;
}

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct rename *r = arg;
	nt_status status = disk_lookup(d, a, r->from, &r->source, &r->real);

	if (status != STATUS_SUCCESS)
		return status;
	status = disk_lookup(d, a, r->to, &r->target, NULL);
	r->target_exists = status == STATUS_SUCCESS;
	return status == STATUS_OBJECT_NAME_NOT_FOUND ? STATUS_SUCCESS : status;
}

/* What Windows tells DOS of a new name that is taken is not what it tells it of a new file. */
static nt_status
end(struct request *req, struct rename *r, nt_status status)
{
	if (status == STATUS_OBJECT_NAME_COLLISION && (req->hdr.flags2 & SMB_FLAGS2_NT_STATUS) == 0)
		status = STATUS_DOS_ALREADY_EXISTS;
	return r->done(req, r->arg, status);
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

	/* Also when nobody waits for the answer any more: what is open there has moved. */
	if (r->disk.real != NULL)
		file_renamed(req->conn->server->files, req->disk.root, r->real, r->disk.real);
	return end(req, r, status);
}

static nt_status
rename_now(struct request *req, struct rename *r)
{
	nt_status status = may_rename(req, r);

	if (status != STATUS_SUCCESS)
		return end(req, r, status);
	r->disk.from = r->real;
	r->disk.to = r->to;
	r->disk.id = &r->source.id;
	r->disk.replace = r->replace;
	r->disk.granted = r->own != NULL;
	return request_work(req, disk_work_of(r->target.allocated), change_name, changed, r);
}

static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct rename *r = arg;

	if (status == STATUS_SUCCESS && r->search &&
	    (r->source.attributes & HIDING & ~(uint32_t)r->attributes) != 0)
		status = STATUS_NO_SUCH_FILE;
	if (status != STATUS_SUCCESS)
		return r->done(req, r->arg, status);
	status = ask_holders(req, r);
	return status == STATUS_SUCCESS ? rename_now(req, r) : status;
}

static nt_status
again(struct request *req, void *arg, nt_status why)
{
	struct rename *r = arg;

	if (!smb_starts_over(why))
		return r->done(req, r->arg, why);
	return request_work(req, WORK_CACHED, look_up, looked_up, r);
}

nt_status
rename_run(struct request *req, struct rename *r, request_done_fn *done, void *arg)
{
	r->done = done;
	r->arg = arg;
	if (r->from[0] == '\0')
		return done(req, arg, STATUS_ACCESS_DENIED);
	if (disk_stream_of(r->from) != NULL)
		return rename_stream(req, r);
	if (disk_stream_of(r->to) != NULL)
		return done(req, arg, STATUS_OBJECT_NAME_INVALID);
	return request_work(req, WORK_CACHED, look_up, looked_up, r);
}

/* Expands the part of a pattern before end against the part of a name before name_end. */
static char *
expand_part(char *out, const char *pattern, const char *end, const char *name, const char *name_end)
{
	const char *at;
	uint32_t c;

	while (pattern < end) {
		c = utf8_next(&pattern);
		if (c == '*') {
			memcpy(out, name, (size_t)(name_end - name));
			return out + (name_end - name);
		}
		at = name;
		if (name < name_end)
			utf8_next(&name);
		if (c != '?') {
			out += utf8_put(out, c);
		} else {
			memcpy(out, at, (size_t)(name - at));
			out += name - at;
		}
	}
	return out;
}

static const char *
extension(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot : name + strlen(name);
}

const char *
rename_expand(struct arena *a, const char *pattern, const char *name)
{
	/*
	 * No character of the pattern becomes longer than three bytes or what is left of the name.
	 */
	char *out = arena_alloc(a, 3 * strlen(pattern) + 2 * strlen(name) + 2), *p;
	const char *pattern_dot = extension(pattern), *name_dot = extension(name);

	if (*pattern_dot == '\0')
		name_dot = name + strlen(name);
	p = expand_part(out, pattern, pattern_dot, name, name_dot);
	if (*pattern_dot == '\0')
		return out;
	*p++ = '.';
	if (*name_dot == '.')
		name_dot++;
	p = expand_part(
	    p, pattern_dot + 1, pattern + strlen(pattern), name_dot, name_dot + strlen(name_dot));
	/* An extension that came out empty takes its dot along. */
	if (p[-1] == '.')
		p--;
	*p = '\0';
	return out;
}
