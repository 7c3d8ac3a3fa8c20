/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_QUERY_FS_INFORMATION ([MS-CIFS] 2.2.6.4). */
#include <string.h>

#include "config/schema.h"
#include "disk/lookup.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/info/fs.h"
#include "smb/trans/trans2.h"

/* Clients decide by it what a volume can do; the name of the real one would tell them nothing. */
#define FS_TYPE "NTFS"

struct query_fs {
	uint16_t level;
	struct trans *t;
	const struct fs_level *row;
	struct fs_subject s;
};

static void
decode(void *args, struct trans *t)
{
	struct query_fs *q = args;

	q->level = rd_u16(&t->params);
}

static nt_status
stat_fs(const struct disk *d, struct arena *a, void *arg)
{
	struct query_fs *q = arg;
	struct disk_stat root;
	nt_status status = disk_fs_stat(d, &q->s.fs);

	if (status == STATUS_SUCCESS)
		status = disk_lookup(d, a, "", &root, NULL);
	if (status == STATUS_SUCCESS)
		q->s.created = root.created;
	if (status == STATUS_SUCCESS && q->row->quotas)
		disk_quota_state(d, &q->s.quota);
	return status;
}

static nt_status
known(struct request *req, void *arg, nt_status status)
{
	struct query_fs *q = arg;
	struct trans *t = q->t;

	if (status != STATUS_SUCCESS)
		return status;
	q->s.label = req->tree->share->conf->name;
	q->s.type = FS_TYPE;
	q->s.read_only = req->disk.read_only;
	q->s.acls = req->tree->share->conf->nt_acl_support;
	trans_out(req, t, 0, 64 + 2 * strlen(q->s.label));
	q->row->put(&q->s, &t->out_data);
	if (t->out_data.pos > t->max_data)
		t->warning = STATUS_BUFFER_OVERFLOW;
	return t->warning;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct query_fs *q = args;

	q->t = t;
	q->row = fs_query_level(q->level);
	if (q->row == NULL)
		return STATUS_INVALID_LEVEL;
	if (t->max_data < (q->level == q->row->level ? q->row->least : q->row->twin_least))
		return STATUS_INFO_LENGTH_MISMATCH;
	return request_work(req,
	    q->row->quotas && disk_has_quotas(req->disk.root) ? WORK_SLOW : WORK_QUICK, stat_fs,
	    known, q);
}

const struct trans_command trans2_query_fs_information = {
	.name = "QUERY_FS_INFORMATION",
	.args = sizeof(struct query_fs),
	.decode = decode,
	.run = run,
};
