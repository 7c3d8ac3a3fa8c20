/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_QUERY_PATH_INFORMATION and TRANS2_QUERY_FILE_INFORMATION ([MS-CIFS] 2.2.6.6, 2.2.6.8). */
#include <string.h>

#include "disk/lookup.h"
#include "disk/spelling.h"
#include "file/node.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/path.h"
#include "server/server.h"
#include "server/tree.h"
#include "smb/info/ea.h"
#include "smb/info/pipe.h"
#include "smb/info/query.h"
#include "smb/info/unix.h"
#include "smb/trans/posix.h"
#include "smb/trans/trans2.h"

/* A question about a name, not a file, which need not exist. */
#define INFO_IS_NAME_VALID 6

/* What a query by path opens the file for, as seen in FileAccessInformation. */
#define PATH_ACCESS (FILE_READ_ATTRIBUTES | ACCESS_SYNCHRONIZE)

struct query {
	uint16_t level, fid;
	const char *name; /* as the client wrote it */
	struct trans *t;
	const struct info_level *row;
	const char *path;
	char *real;
	struct handle *handle;
	struct disk_eas wanted; /* the names of INFO_LISTED_EAS */
	uint32_t ea_error;
	struct info_subject s;
	nt_status status; /* of putting it */
};

static void
decode_path(void *args, struct trans *t)
{
	struct query *q = args;

	q->level = rd_u16(&t->params);
	rd_skip(&t->params, 4);
	q->name = rd_string(&t->params);
}

static void
decode_file(void *args, struct trans *t)
{
	struct query *q = args;

	q->fid = rd_u16(&t->params);
	q->level = rd_u16(&t->params);
}

/* Between two characters, where the level ends in a text. */
static void
cut(struct trans *t)
{
	t->warning = STATUS_BUFFER_OVERFLOW;
	if (t->out_data.pos > t->max_data)
		wr_rewind(&t->out_data, t->out_data.unicode ? t->max_data & ~1u : t->max_data);
}

static nt_status
answer(struct request *req, struct query *q, const char *path)
{
	struct trans *t = q->t;

	q->s.name = path_for_client(&req->arena, path);
	file_seen(req->conn->server->files, &q->s.stat);
	trans_out(req, t, 2, info_query_room(&q->s));
	wr_u16(&t->out_params, 0); /* EaErrorOffset */
	q->row->put(&q->s, &t->out_data);
	if (status_is_error(q->status)) {
		t->replied = false;
		return q->status;
	}
	if (t->out_data.pos > t->max_data || q->status == STATUS_BUFFER_OVERFLOW)
		cut(t);
	return t->warning;
}

/* The names of the EAs that are asked for. */
static nt_status
read_names(struct request *req, struct query *q)
{
	nt_status status = ea_names_read(&q->t->data, &q->wanted, &q->ea_error);

	if (status != STATUS_SUCCESS) {
		trans_out(req, q->t, 2, 0);
		wr_u16(&q->t->out_params, (uint16_t)q->ea_error);
		req->error_data = true;
	}
	return status;
}

static nt_status
find_level(struct request *req, struct query *q, struct trans *t)
{
	q->t = t;
	q->s.room = t->max_data;
	q->s.status = &q->status;
	q->row = info_query_level(q->level);
	if (q->row == NULL || (q->row->posix != INFO_NOT_UNIX && !unix_on(req)))
		return STATUS_INVALID_LEVEL;
	req->disk.links |= q->row->posix != INFO_NOT_UNIX;
	if (t->max_data < info_query_least(q->row, q->level))
		return STATUS_INFO_LENGTH_MISMATCH;
	return q->row->eas == INFO_LISTED_EAS ? read_names(req, q) : STATUS_SUCCESS;
}

static void
take_eas(struct query *q, struct arena *a, const struct disk_eas *eas)
{
	if (q->row->eas == INFO_LISTED_EAS)
		disk_eas_select(a, eas, &q->wanted, &q->s.eas);
	else
		q->s.eas = *eas;
}

/* To see them is a right; how much they take is anybody's to know ([MS-FSA] 2.1.5.12). */
static bool
tells_eas(const struct info_level *level)
{
	return level->eas != INFO_NO_EAS && level->eas != INFO_EA_SIZE;
}

/* How much they take is that of the file. */
static nt_status
may_have_eas(const struct query *q)
{
	return q->s.stat.id.stream != 0 && tells_eas(q->row) ? STATUS_INVALID_PARAMETER
							     : STATUS_SUCCESS;
}

/* That there are none tells how much they take. */
static bool
needs_eas(const struct query *q)
{
	return tells_eas(q->row) || (q->row->eas == INFO_EA_SIZE && !q->s.stat.no_eas);
}

static nt_status
streams_of_path(const struct disk *d, struct arena *a, struct query *q)
{
	struct disk_open o = { .path = q->path };
	nt_status status = disk_open(d, a, &o);

	if (status != STATUS_SUCCESS)
		return status;
	status = disk_streams(d, a, o.file, &q->s.streams);
	disk_close(&o.file);
	return status;
}

/* A file that is found by no name but its long one has no other ([MS-FSA] 2.1.5.12). */
static nt_status
find_short_name(const struct disk *d, struct arena *a, struct query *q)
{
	const char *file = arena_strndup(a, q->path, strcspn(q->path, ":"));
	nt_status status = disk_short_name(d, file, q->s.shorter);

	if (strrchr(file, '/') != NULL)
		file = strrchr(file, '/') + 1;
	if (status != STATUS_SUCCESS || q->s.shorter[0] != '\0' || name_is_8_3(file))
		return status;
	return STATUS_OBJECT_NAME_NOT_FOUND;
}

/* False: what the file is says it all. */
static bool
tells_unix(const struct info_level *level, enum disk_unix_what *what)
{
	switch (level->posix) {
	case INFO_UNIX_LINK:
		*what = DISK_UNIX_LINK;
		return true;
	case INFO_UNIX_ACLS:
		*what = DISK_UNIX_ACLS;
		return true;
	case INFO_UNIX_FLAGS:
		*what = DISK_UNIX_FLAGS;
		return true;
	case INFO_NOT_UNIX:
	case INFO_UNIX:
	default:
		return false;
	}
}

static nt_status
look_up(const struct disk *d, struct arena *a, void *arg)
{
	struct query *q = arg;
	enum disk_unix_what what;
	struct disk_eas eas;
	nt_status status = disk_lookup(d, a, q->path, &q->s.stat, &q->real);

	if (status == STATUS_SUCCESS && q->row->level == INFO_ALT_NAME)
		return find_short_name(d, a, q);
	if (status == STATUS_SUCCESS && q->row->streams)
		return streams_of_path(d, a, q);
	if (status == STATUS_SUCCESS && tells_unix(q->row, &what))
		return disk_unix_of_path(d, a, q->path, what, &q->s.posix);
	if (status == STATUS_SUCCESS)
		status = may_have_eas(q);
	if (status != STATUS_SUCCESS || !needs_eas(q))
		return status;
	status = disk_eas_of_path(d, a, q->path, tells_eas(q->row) ? FILE_READ_EA : 0, &eas);
	if (status == STATUS_SUCCESS)
		take_eas(q, a, &eas);
	return status;
}

/*
 * Where a name ends in a dot or holds what clients cannot spell, it is shown in other characters
 * (disk/spelling.h). Who spelled it as it is on disk is told it like that.
 */
static const char *
told_path(const struct query *q)
{
	char asked[PATH_MAX], real[PATH_MAX];

	if (spelling_to_disk(q->path, asked) == STATUS_SUCCESS &&
	    spelling_to_disk(q->real, real) == STATUS_SUCCESS && strcmp(asked, real) == 0)
		return q->path;
	return q->real;
}

static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct query *q = arg;

	if (status != STATUS_SUCCESS)
		return status;
	if (file_is_pending(req->conn->server->files, &q->s.stat.id))
		return STATUS_DELETE_PENDING;
	q->s.access = PATH_ACCESS;
	return answer(req, q, told_path(q));
}

static nt_status
run_path(struct request *req, struct trans *t, void *args)
{
	struct query *q = args;
	nt_status status;

	status = request_path(req, q->name, &q->path);
	if (q->level == INFO_IS_NAME_VALID) {
		trans_out(req, t, 2, 0);
		wr_u16(&t->out_params, 0);
		return status;
	}
	if (status == STATUS_SUCCESS)
		status = find_level(req, q, t);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, disk_work_of_eas(&q->wanted, WORK_CACHED), look_up, looked_up, q);
}

static nt_status
stat_file(const struct disk *d, struct arena *a, void *arg)
{
	struct query *q = arg;
	const struct disk_file *f = q->handle->open->file;
	enum disk_unix_what what;
	struct disk_eas eas;
	nt_status status = disk_file_stat(d, f, &q->s.stat);

	if (status == STATUS_SUCCESS && q->row->level == INFO_ALT_NAME)
		return find_short_name(d, a, q);
	if (status == STATUS_SUCCESS && q->row->streams)
		return disk_streams(d, a, f, &q->s.streams);
	if (status == STATUS_SUCCESS && tells_unix(q->row, &what))
		return disk_unix_of_file(d, a, f, what, &q->s.posix);
	if (status == STATUS_SUCCESS)
		status = may_have_eas(q);
	if (status == STATUS_SUCCESS && needs_eas(q)) {
		status = disk_eas_read(d, a, f, &eas);
		if (status == STATUS_SUCCESS)
			take_eas(q, a, &eas);
	}
	return status;
}

static bool
may_read_eas(const struct query *q)
{
	return !tells_eas(q->row) || (q->handle->open->mode.access & FILE_READ_EA) != 0;
}

static nt_status
file_known(struct request *req, void *arg, nt_status status)
{
	struct query *q = arg;
	const struct open *o = q->handle->open;

	if (status != STATUS_SUCCESS)
		return status;
	q->s.delete_pending = file_delete_pending(o);
	q->s.position = o->position->at;
	q->s.access = o->mode.access;
	q->s.options = o->options;
	return answer(req, q, file_path(o));
}

static nt_status
run_file(struct request *req, struct trans *t, void *args)
{
	struct query *q = args;
	nt_status status;

	if (req->tree->ipc)
		return info_query_pipe(req, t, q->fid, q->level);
	status = find_level(req, q, t);
	q->handle = request_handle(req, q->fid);
	if (q->handle == NULL)
		return STATUS_INVALID_HANDLE;
	if (q->level == POSIX_LOCK_LEVEL && unix_on(req))
		return posix_lock_query(req, t, q->handle);
	if (status != STATUS_SUCCESS)
		return status;
	if (!may_read_eas(q))
		return STATUS_ACCESS_DENIED;
	if (q->row->level == INFO_ALT_NAME) { /* the file may have another name meanwhile */
		q->path = arena_strdup(&req->arena, file_path(q->handle->open));
		return request_work(req, WORK_CACHED, stat_file, file_known, q);
	}
	return request_work(
	    req, disk_work_of_eas(&q->wanted, WORK_QUICK), stat_file, file_known, q);
}

const struct trans_command trans2_query_path_information = {
	.name = "QUERY_PATH_INFORMATION",
	.args = sizeof(struct query),
	.decode = decode_path,
	.run = run_path,
};

const struct trans_command trans2_query_file_information = {
	.name = "QUERY_FILE_INFORMATION",
	.flags = TRANS_IPC,
	.args = sizeof(struct query),
	.decode = decode_file,
	.run = run_file,
};
