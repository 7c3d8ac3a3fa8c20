/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * SMB_COM_COPY and SMB_COM_MOVE, which LAN Manager's clients send and [MS-CIFS] 2.2.4.42 and
 * 2.2.4.43 call obsolete: the fields are those of X/Open's CAE specification C209, 11.10 and 11.11.
 */
#include "base/charset.h"
#include "disk/lookup.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/copy_file.h"
#include "smb/rename_names.h"
#include "smb/two_names.h"

#define SAME_TREE 0xFFFF /* TID2: that of the header */

/* OpenFunction */
#define EXISTS         0x03
#define EXISTS_APPEND  0x01
#define EXISTS_REPLACE 0x02
#define CREATES        0x10

/* Flags */
#define TO_FILE      0x0001
#define TO_DIRECTORY 0x0002
#define TREE_COPY    0x0020

/* All that is not hidden: the commands have no SearchAttributes. */
#define PLAIN 0

struct copy_args {
	struct two_names names;
	uint16_t tid, function, flags;
	const char *to_path; /* as far as it is one */
	struct disk_stat to;
	union {
		struct copy_file copy;
		struct rename rename;
	} one;
};

static void
decode(void *args, struct smb_in *in)
{
	struct copy_args *a = args;

	a->tid = rd_u16(&in->words);
	a->function = rd_u16(&in->words);
	a->flags = rd_u16(&in->words);
	a->names.attributes = PLAIN;
	a->names.from = rd_string_04(&in->bytes);
	a->names.to = rd_string_04(&in->bytes);
}

static nt_status
copy_one(struct request *req, struct two_names *n, const char *from, const char *to,
    request_done_fn *done)
{
	struct copy_args *a = (struct copy_args *)(void *)n;

	a->one.copy = (struct copy_file){
		.from = from,
		.to = to,
		.attributes = n->attributes,
		.must_exist = (a->function & CREATES) == 0,
		.append = (a->function & EXISTS) == EXISTS_APPEND,
		.replace = (a->function & EXISTS) == EXISTS_REPLACE,
		.chunk = a->one.copy.chunk,
	};
	return copy_run(req, &a->one.copy, done, n);
}

static nt_status
move_one(struct request *req, struct two_names *n, const char *from, const char *to,
    request_done_fn *done)
{
	struct copy_args *a = (struct copy_args *)(void *)n;

	a->one.rename = (struct rename){
		.from = from,
		.to = to,
		.replace = (a->function & EXISTS) == EXISTS_REPLACE,
		.search = true,
		.attributes = n->attributes,
	};
	return rename_run(req, &a->one.rename, done, n);
}

static nt_status
look_up_target(const struct disk *d, struct arena *arena, void *arg)
{
	struct copy_args *a = arg;

	return disk_lookup(d, arena, a->to_path, &a->to, NULL);
}

/* A directory takes the files by their own names. */
static nt_status
target_known(struct request *req, void *arg, nt_status status)
{
	struct copy_args *a = arg;
	bool directory = status == STATUS_SUCCESS && a->to.directory;

	if (status == STATUS_CANCELLED)
		return status;
	if ((a->flags & TO_DIRECTORY) != 0 && !directory)
		return status == STATUS_SUCCESS ? STATUS_NOT_A_DIRECTORY
						: STATUS_OBJECT_PATH_NOT_FOUND;
	if ((a->flags & TO_FILE) != 0 && directory)
		return STATUS_FILE_IS_A_DIRECTORY;
	a->names.into = directory;
	return two_names_run(req, &a->names);
}

static nt_status
run_names(struct request *req, struct copy_args *a, two_names_fn *one)
{
	nt_status status;

	if (a->tid != SAME_TREE && a->tid != req->tree->tid)
		return tree_get(req->conn, a->tid) != NULL ? STATUS_NOT_SAME_DEVICE
							   : STATUS_SMB_BAD_TID;
	if ((a->flags & TREE_COPY) != 0)
		return STATUS_NOT_SUPPORTED;
	a->names.one = one;
	a->names.tells = true;
	if (request_names_one(req, a->names.to) || name_has_wildcard(a->names.to))
		return two_names_run(req, &a->names);
	status = request_path(req, a->names.to, &a->to_path);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_CACHED, look_up_target, target_known, a);
}

static nt_status
run_copy(struct request *req, void *args)
{
	return run_names(req, args, copy_one);
}

static nt_status
run_move(struct request *req, void *args)
{
	return run_names(req, args, move_one);
}

/* How many, and of a failure the file it happened at. */
static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct copy_args *a = args;

	wr_u16(w, a->names.files);
	wr_block_bytes(w);
	if (!req->error_data)
		return;
	wr_u8(w, 0x04);
	wr_string(w, path_for_client(&req->arena, a->names.at));
}

const struct smb_command smb_copy = {
	.name = "COPY",
	.words = WORDS(3),
	.flags = NEED_DISK | WRITES,
	.args = sizeof(struct copy_args),
	.decode = decode,
	.run = run_copy,
	.encode = encode,
};

const struct smb_command smb_move = {
	.name = "MOVE",
	.words = WORDS(3),
	.flags = NEED_DISK | WRITES,
	.args = sizeof(struct copy_args),
	.decode = decode,
	.run = run_move,
	.encode = encode,
};
