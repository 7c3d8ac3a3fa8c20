/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/two_names.h"

#include <string.h>

#include "base/charset.h"
#include "disk/lookup.h"
#include "server/conn.h"
#include "server/path.h"
#include "smb/commands.h"
#include "smb/match.h"
#include "smb/rename_names.h"

/* Names one request takes at most. */
#define NAMES_MAX 65536

static nt_status next(struct request *req, struct two_names *n);

static const char *
join(struct request *req, const char *dir, const char *name)
{
	return dir[0] == '\0' ? name : arena_printf(&req->arena, "%s/%s", dir, name);
}

/* The first that fails ends it: those before it are done. */
static nt_status
did_one(struct request *req, void *arg, nt_status status)
{
	struct two_names *n = arg;

	req->error_data = n->tells && status != STATUS_SUCCESS;
	if (status != STATUS_SUCCESS)
		return status;
	if (n->files < UINT16_MAX)
		n->files++;
	return next(req, n);
}

static nt_status
do_one(struct request *req, struct two_names *n, const char *name)
{
	const char *to = n->into ? name : rename_expand(&req->arena, n->to_pattern, name);

	n->at = join(req, n->from_dir, name);
	if (!disk_name_valid(to))
		return STATUS_OBJECT_NAME_INVALID;
	return n->one(req, n, n->at, join(req, n->to_dir, to), did_one);
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static nt_status
next(struct request *req, struct two_names *n)
{
	const struct find_entry *e = n->next;

	while (e != NULL && is_dot(e->name))
		e = STAILQ_NEXT(e, link);
	if (e == NULL)
		return n->files > 0 ? STATUS_SUCCESS : STATUS_NO_SUCH_FILE;
	n->next = STAILQ_NEXT(e, link);
	return do_one(req, n, e->name);
}

static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct two_names *n = arg;

	disk_dir_close(&n->names.dir);
	if (status != STATUS_SUCCESS)
		return status;
	n->next = STAILQ_FIRST(&n->names.entries);
	return next(req, n);
}

static bool
has_two_names(const struct smb_command *c)
{
	return c == &smb_rename || c == &smb_copy || c == &smb_move;
}

/* A list of names is long: one connection has one at a time. */
static bool
takes_many_already(const struct request *req)
{
	const struct request *other;

	TAILQ_FOREACH (other, &req->conn->requests, link) {
		if (other != req && has_two_names(other->command) && other->args != NULL &&
		    ((const struct two_names *)other->args)->names.level != NULL)
			return true;
	}
	return false;
}

static nt_status
do_many(struct request *req, struct two_names *n)
{
	struct listing *l = &n->names;

	if (takes_many_already(req))
		return STATUS_INSUFF_SERVER_RESOURCES;
	l->path = n->from_dir;
	l->pattern = pattern_translate(req, n->from_pattern);
	l->attributes = n->attributes;
	l->count = NAMES_MAX;
	l->room = SIZE_MAX;
	l->level = find_level(0x0103);
	return listing_run(req, l, listed, n);
}

/* Both as they are. */
static nt_status
do_paths(struct request *req, struct two_names *n)
{
	const char *to;
	nt_status status = request_path(req, n->from, &n->at);

	if (status == STATUS_SUCCESS)
		status = request_path(req, n->to, &to);
	return status == STATUS_SUCCESS ? n->one(req, n, n->at, to, did_one) : status;
}

nt_status
two_names_run(struct request *req, struct two_names *n)
{
	const char *path;
	nt_status status;

	if (request_names_one(req, n->from) || request_names_one(req, n->to))
		return do_paths(req, n);
	status = request_pattern(req, n->from, &n->from_dir, &n->from_pattern);
	if (status == STATUS_SUCCESS)
		status = n->into ? request_path(req, n->to, &n->to_dir)
				 : request_pattern(req, n->to, &n->to_dir, &n->to_pattern);
	if (status != STATUS_SUCCESS)
		return status;
	if (name_has_wildcard(n->from_pattern))
		return do_many(req, n);
	if (!n->into && !name_has_wildcard(n->to_pattern))
		return do_paths(req, n);
	status = request_path(req, n->from, &path);
	return status == STATUS_SUCCESS ? do_one(req, n, n->from_pattern) : status;
}
