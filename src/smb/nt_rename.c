/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_NT_RENAME ([MS-CIFS] 2.2.4.66): renames, links or copies one file. */
#include "base/charset.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "server/path.h"
#include "smb/commands.h"
#include "smb/copy_file.h"
#include "smb/match.h"
#include "smb/rename_names.h"

/* InformationLevel */
#define MOVE_CLUSTER_INFO 0x0102 /* for defragmenters; Windows never took it over the wire */
#define SET_LINK_INFO     0x0103
#define RENAME_FILE       0x0104
#define COPY_FILE         0x0105 /* MOVE_FILE by its name, a copy by what it does */

struct nt_rename {
	uint16_t attributes, level;
	const char *from, *to, *from_path, *to_path;
	struct rename rename;
	struct copy_file copy;
};

static void
decode(void *args, struct smb_in *in)
{
	struct nt_rename *a = args;

	a->attributes = rd_u16(&in->words);
	a->level = rd_u16(&in->words);
	rd_skip(&in->words, 4);
	a->from = rd_string_04(&in->bytes);
	a->to = rd_string_04(&in->bytes);
}

static nt_status
link_work(const struct disk *d, struct arena *arena, void *arg)
{
	const struct nt_rename *a = arg;
	struct disk_stat st;
	nt_status status = disk_lookup(d, arena, a->from_path, &st, NULL);

	if (status != STATUS_SUCCESS)
		return status;
	if (!attributes_match(st.attributes & ~FILE_ATTRIBUTE_DIRECTORY, a->attributes))
		return STATUS_NO_SUCH_FILE;
	return disk_link(d, a->from_path, a->to_path, NULL);
}

static nt_status
rename_file(struct request *req, struct nt_rename *a)
{
	a->rename = (struct rename){
		.from = a->from_path,
		.to = a->to_path,
		.search = true,
		.attributes = a->attributes,
	};
	return rename_run(req, &a->rename, request_answer, a);
}

static nt_status
copy_file(struct request *req, struct nt_rename *a)
{
	a->copy = (struct copy_file){
		.from = a->from_path,
		.to = a->to_path,
		.attributes = a->attributes,
	};
	return copy_run(req, &a->copy, request_answer, a);
}

static bool
has_wildcard(const struct request *req, const char *name)
{
	return !request_names_one(req, name) && name_has_wildcard(name);
}

static nt_status
run(struct request *req, void *args)
{
	struct nt_rename *a = args;
	nt_status status;

	if (a->level < MOVE_CLUSTER_INFO || a->level > COPY_FILE)
		return STATUS_ACCESS_DENIED;
	if (a->level == MOVE_CLUSTER_INFO)
		return STATUS_INVALID_PARAMETER;
	if (has_wildcard(req, a->from) || has_wildcard(req, a->to))
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	status = request_path(req, a->from, &a->from_path);
	if (status == STATUS_SUCCESS)
		status = request_path(req, a->to, &a->to_path);
	if (status != STATUS_SUCCESS)
		return status;
	if (a->level == RENAME_FILE)
		return rename_file(req, a);
	if (a->level == COPY_FILE)
		return copy_file(req, a);
	return request_work(req, WORK_QUICK, link_work, NULL, a);
}

const struct smb_command smb_nt_rename = {
	.name = "NT_RENAME",
	.words = WORDS(4),
	.flags = NEED_DISK | WRITES,
	.args = sizeof(struct nt_rename),
	.decode = decode,
	.run = run,
};
