/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_RENAME ([MS-CIFS] 2.2.4.8), with wildcards in both names as DOS has them. */
#include "smb/rename_names.h"

#include <string.h>

#include "base/charset.h"
#include "disk/lookup.h"
#include "server/conn.h"
#include "server/path.h"
#include "smb/commands.h"
#include "smb/match.h"
#include "smb/trans/listing.h"

/* Names one request takes at most. */
#define NAMES_MAX 65536

struct rename_args {
	uint16_t attributes;
	const char *from, *to;
	/* both cut into directory and pattern */
	const char *from_dir, *from_pattern, *to_dir, *to_pattern;
	struct listing names;
	const struct find_entry *next;
	bool any;
	struct rename one;
};

static nt_status rename_next(struct request *req, struct rename_args *a);

static void
decode(void *args, struct smb_in *in)
{
	struct rename_args *a = args;

	a->attributes = rd_u16(&in->words);
	a->from = rd_string_04(&in->bytes);
	a->to = rd_string_04(&in->bytes);
}

static const char *
join(struct request *req, const char *dir, const char *name)
{
	return dir[0] == '\0' ? name : arena_printf(&req->arena, "%s/%s", dir, name);
}

static nt_status
rename_one(struct request *req, struct rename_args *a, const char *name, request_done_fn *done)
{
	struct rename *r = &a->one;
	const char *to = rename_expand(&req->arena, a->to_pattern, name);

	if (!disk_name_valid(to))
		return STATUS_OBJECT_NAME_INVALID;
	*r = (struct rename){
		.from = join(req, a->from_dir, name),
		.to = join(req, a->to_dir, to),
		.search = true,
		.attributes = a->attributes,
	};
	return rename_run(req, r, done, a);
}

/* The first that cannot be renamed ends it: those before it have their new names. */
static nt_status
renamed_one_of_many(struct request *req, void *arg, nt_status status)
{
	struct rename_args *a = arg;

	if (status != STATUS_SUCCESS)
		return status;
	a->any = true;
	return rename_next(req, a);
}

static bool
is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static nt_status
rename_next(struct request *req, struct rename_args *a)
{
	const struct find_entry *e = a->next;

	while (e != NULL && is_dot(e->name))
		e = STAILQ_NEXT(e, link);
	if (e == NULL)
		return a->any ? STATUS_SUCCESS : STATUS_NO_SUCH_FILE;
	a->next = STAILQ_NEXT(e, link);
	return rename_one(req, a, e->name, renamed_one_of_many);
}

static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct rename_args *a = arg;

	disk_dir_close(&a->names.dir);
	if (status != STATUS_SUCCESS)
		return status;
	a->next = STAILQ_FIRST(&a->names.entries);
	return rename_next(req, a);
}

/* A list of names is long: one connection has one at a time. */
static bool
renames_many_already(const struct request *req)
{
	const struct request *other;

	TAILQ_FOREACH (other, &req->conn->requests, link) {
		if (other != req && other->command == &smb_rename && other->args != NULL &&
		    ((const struct rename_args *)other->args)->names.level != NULL)
			return true;
	}
	return false;
}

static nt_status
rename_many(struct request *req, struct rename_args *a)
{
	struct listing *l = &a->names;

	if (renames_many_already(req))
		return STATUS_INSUFF_SERVER_RESOURCES;
	l->path = a->from_dir;
	l->pattern = pattern_translate(req, a->from_pattern);
	l->attributes = a->attributes;
	l->count = NAMES_MAX;
	l->room = SIZE_MAX;
	l->level = find_level(0x0103);
	return listing_run(req, l, listed, a);
}

static nt_status
rename_path(struct request *req, struct rename_args *a)
{
	const char *path;
	nt_status status = request_path(req, a->from, &path);

	if (status != STATUS_SUCCESS)
		return status;
	a->one = (struct rename){ .from = path, .search = true, .attributes = a->attributes };
	status = request_path(req, a->to, &a->one.to);
	if (status != STATUS_SUCCESS)
		return status;
	return rename_run(req, &a->one, request_answer, a);
}

static nt_status
run(struct request *req, void *args)
{
	struct rename_args *a = args;
	const char *path;
	nt_status status;

	if (request_names_stream(a->from) || request_names_stream(a->to))
		return rename_path(req, a);
	status = request_pattern(req, a->from, &a->from_dir, &a->from_pattern);
	if (status == STATUS_SUCCESS)
		status = request_pattern(req, a->to, &a->to_dir, &a->to_pattern);
	if (status != STATUS_SUCCESS)
		return status;
	if (name_has_wildcard(a->from_pattern))
		return rename_many(req, a);
	if (!name_has_wildcard(a->to_pattern))
		return rename_path(req, a);
	status = request_path(req, a->from, &path);
	if (status != STATUS_SUCCESS)
		return status;
	return rename_one(req, a, a->from_pattern, request_answer);
}

const struct smb_command smb_rename = {
	.name = "RENAME",
	.words = WORDS(1),
	.flags = NEED_DISK | WRITES,
	.args = sizeof(struct rename_args),
	.decode = decode,
	.run = run,
};
