/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/arena.h"
#include "base/charset.h"
#include "disk/beneath.h"
#include "disk/dir.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "file/streams.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/server.h"
#include "smb/commands.h"
#include "smb/match.h"
#include "smb/oplock_break.h"

/*
 * SMB_COM_DELETE ([MS-CIFS] 2.2.4.7), wildcards expanded here, since DOS does not. Names are
 * taken a batch at a time: listed by a job, held against what is open on the reactor, removed by a
 * job.
 */

#define BATCH 64

struct victim {
	const char *path;
	struct disk_stat stat;
	nt_status status; /* from the reactor's check */
	nt_status right;  /* to delete what is open; PENDING: to be asked */
	bool asked;
	bool later; /* it goes when it is closed */
	bool kept;  /* closed, until it has gone */
};

struct args {
	uint16_t attributes;
	const char *name, *dir, *pattern;
	bool wildcard;
	/* the walk */
	struct disk_dir *listing;
	struct arena names; /* of the batch */
	struct victim batch[BATCH];
	unsigned n;
	bool at_end;
	/* the outcome */
	unsigned removed;
	nt_status error; /* the first */
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->attributes = rd_u16(&in->words);
	a->name = rd_string_04(&in->bytes);
}

static const char *
join(struct arena *arena, const char *dir, const char *name)
{
	return dir[0] == '\0' ? arena_strdup(arena, name) : arena_printf(arena, "%s/%s", dir, name);
}

static nt_status
list_some(const struct disk *d, struct args *a)
{
	struct disk_entry e;
	nt_status status = STATUS_SUCCESS;

	while (a->n < BATCH && (status = disk_dir_next(a->listing, &e)) == STATUS_SUCCESS) {
		struct victim *v = &a->batch[a->n];

		if (e.dot || !name_matches(a->pattern, e.name) ||
		    disk_dir_stat(a->listing, d->cred, &v->stat) != STATUS_SUCCESS)
			continue;
		if (v->stat.directory || !attributes_match(v->stat.attributes, a->attributes))
			continue;
		v->asked = false;
		v->right = STATUS_SUCCESS;
		v->path = join(&a->names, a->dir, e.name);
		a->n++;
	}
	a->at_end = status == STATUS_NO_MORE_FILES;
	return status == STATUS_NO_MORE_FILES ? STATUS_SUCCESS : status;
}

static nt_status
look_up_one(const struct disk *d, struct arena *arena, struct args *a)
{
	struct victim *v = &a->batch[0];
	char *real;
	nt_status status = disk_lookup(d, arena, v->path, &v->stat, &real);

	a->at_end = true;
	if (status != STATUS_SUCCESS)
		return status;
	v->path = real;
	if (v->stat.directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	if (!attributes_match(v->stat.attributes, a->attributes))
		return STATUS_NO_SUCH_FILE;
	a->n = 1;
	return STATUS_SUCCESS;
}

static nt_status
find_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;
	nt_status status;

	a->n = 0;
	if (!a->wildcard)
		return look_up_one(d, arena, a);
	arena_clear(&a->names);
	if (a->listing == NULL &&
	    (status = disk_dir_open(d, a->dir, &a->listing)) != STATUS_SUCCESS)
		return status;
	return list_some(d, a);
}

static nt_status
remove_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;
	unsigned i;

	(void)arena;
	for (i = 0; i < a->n; i++) {
		struct victim *v = &a->batch[i];

		if (v->status == STATUS_SUCCESS && !v->later)
			v->status = disk_unlink(d, v->path, &v->stat.id);
	}
	return STATUS_SUCCESS;
}

/* What is open is not removed here, where the right to would be asked for. */
static nt_status
ask_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct args *a = arg;
	unsigned i;

	(void)arena;
	for (i = 0; i < a->n; i++) {
		struct victim *v = &a->batch[i];

		if (v->right == STATUS_PENDING)
			v->right = disk_may_unlink(d, v->path, &v->stat.id);
	}
	return STATUS_SUCCESS;
}

static nt_status find_more(struct request *req, struct args *a);

static nt_status
finish(struct args *a, nt_status status)
{
	if (a->listing != NULL)
		disk_dir_close(&a->listing);
	arena_clear(&a->names);
	if (status != STATUS_SUCCESS)
		return status;
	if (a->removed == 0)
		return a->error != STATUS_SUCCESS ? a->error : STATUS_NO_SUCH_FILE;
	return STATUS_SUCCESS;
}

/* The file that a stream was removed from may have been closed meanwhile, to be deleted. */
static void
let_open(const struct request *req, const struct victim *v)
{
	struct file_removal *r = file_let_open(req->conn->server->files, &v->stat.id);

	if (r == NULL)
		return;
	(void)file_removal_run(r);
	file_removal_free(&r);
}

static nt_status
removed(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;
	unsigned i;

	for (i = 0; i < a->n; i++) {
		const struct victim *v = &a->batch[i];

		if (v->kept)
			let_open(req, v);
		if (v->status == STATUS_SUCCESS)
			a->removed++;
		else if (a->error == STATUS_SUCCESS)
			a->error = v->status;
	}
	if (status != STATUS_SUCCESS || a->at_end)
		return finish(a, status);
	return find_more(req, a);
}

static const struct file_taker alone = { 0 };

/* Of those that are open now it is not known yet whether this user may delete them. */
static bool
must_ask(const struct request *req, struct args *a)
{
	const struct file_table *files = req->conn->server->files;
	bool any = false;
	unsigned i;

	for (i = 0; i < a->n; i++) {
		struct victim *v = &a->batch[i];

		if (v->asked || !file_goes_later(files, &v->stat.id) ||
		    file_may_remove(files, &v->stat.id, &alone) != STATUS_SUCCESS)
			continue;
		v->asked = any = true;
		v->right = STATUS_PENDING;
	}
	return any;
}

/* Is it another name of a file that goes already, and waits for nothing but that? */
static bool
is_another_name(const struct args *a, const struct victim *v)
{
	const struct victim *before;

	for (before = a->batch; before < v; before++) {
		if (before->status == STATUS_SUCCESS &&
		    disk_id_equal(&before->stat.id, &v->stat.id))
			return true;
	}
	return false;
}

/* An open file, or one of which a stream is open, goes when it is closed; its other names now. */
static void
judge(struct request *req, const struct args *a, struct victim *v)
{
	struct file_table *files = req->conn->server->files;
	const struct file_name name = {
		.id = v->stat.id,
		.root = req->disk.root,
		.path = v->path,
		.cred = req->cred,
	};
	bool later = v->asked && file_goes_later(files, &v->stat.id);

	v->status = file_may_remove(files, &v->stat.id, &alone);
	if (v->status == STATUS_DELETE_PENDING && is_another_name(a, v)) {
		v->status = STATUS_SUCCESS;
		later = false;
	}
	if (v->status == STATUS_SUCCESS && (v->stat.attributes & FILE_ATTRIBUTE_READONLY) != 0)
		v->status = STATUS_CANNOT_DELETE;
	if (v->status == STATUS_SUCCESS && later)
		v->status = v->right;
	v->later = v->status == STATUS_SUCCESS && later && file_delete_later(files, &name);
	v->kept = v->status == STATUS_SUCCESS && !v->later;
	if (v->kept)
		file_keep_closed(files, &v->stat.id);
}

static nt_status found(struct request *req, void *arg, nt_status status);

/* Whoever holds a batch oplock may have closed the file long ago. All are asked at once. */
static nt_status
ask_holders(struct request *req, struct args *a)
{
	const struct oplock_conflict conflict = { .batch_only = true, .left = OPLOCK_LEVEL_II };
	nt_status status = STATUS_SUCCESS;
	unsigned i;

	for (i = 0; i < a->n; i++)
		(void)smb_ask_holders(req, &a->batch[i].stat.id, conflict);
	for (i = 0; i < a->n && status == STATUS_SUCCESS; i++)
		status = smb_break_oplocks(req, &a->batch[i].stat.id, conflict, found, a);
	return status;
}

/* Also when a holder has answered: the names are removed only from the files they were found on. */
static nt_status
found(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;
	uint64_t space = 0;
	unsigned i;

	if (!smb_starts_over(status))
		return finish(a, status);
	status = ask_holders(req, a);
	if (status != STATUS_SUCCESS)
		return status;
	if (must_ask(req, a))
		return request_work(req, WORK_QUICK, ask_work, found, a);
	for (i = 0; i < a->n; i++) {
		judge(req, a, &a->batch[i]);
		space += a->batch[i].stat.allocated;
	}
	return request_work(req, disk_work_of(space), remove_work, removed, a);
}

static nt_status
find_more(struct request *req, struct args *a)
{
	/* However few names match, a large directory takes long to read. */
	return request_work(req, a->wildcard ? WORK_SLOW : WORK_CACHED, find_work, found, a);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	nt_status status = STATUS_SUCCESS;

	if (!request_names_one(req, a->name)) {
		status = request_pattern(req, a->name, &a->dir, &a->pattern);
		if (status != STATUS_SUCCESS)
			return status;
		a->wildcard = name_has_wildcard(a->pattern);
	}
	if (a->wildcard)
		a->pattern = pattern_translate(req, a->pattern);
	else
		status = request_path(req, a->name, &a->batch[0].path);
	if (status != STATUS_SUCCESS)
		return status;
	if (!a->wildcard && a->batch[0].path[0] == '\0')
		return STATUS_FILE_IS_A_DIRECTORY;
	return find_more(req, a);
}

const struct smb_command smb_delete = {
	.name = "DELETE",
	.words = WORDS(1),
	.flags = NEED_DISK | CHAINS | WRITES,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
