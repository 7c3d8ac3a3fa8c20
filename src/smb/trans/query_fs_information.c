/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_QUERY_FS_INFORMATION ([MS-CIFS] 2.2.6.4). */
#include "base/arena.h"
#include "base/cred.h"
#include "config/schema.h"
#include "disk/lookup.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/info/fs.h"
#include "smb/info/unix.h"
#include "smb/trans/trans2.h"

/* Clients decide by it what a volume can do; the name of the real one would tell them nothing. */
#define FS_TYPE "NTFS"

/* Of a user's SIDs those that are neither his nor a supplementary group's, and those two. */
#define WELL_KNOWN 6

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

/* As access checks see him. */
static const struct sid *
sids_of(struct request *req, const struct cred *c, size_t *n)
{
	const bool guest = req->disk.guest;
	struct sid *sids = arena_alloc(&req->arena, (c->ngroups + WELL_KNOWN) * sizeof(*sids));

	*n = 0;
	sids[(*n)++] = sid_of_unix(SID_UNIX_USERS, c->uid);
	sids[(*n)++] = sid_of_unix(SID_UNIX_GROUPS, c->gid);
	for (size_t i = 0; i < c->ngroups; i++)
		sids[(*n)++] = sid_of_unix(SID_UNIX_GROUPS, c->groups[i]);
	sids[(*n)++] = sid_everyone;
	sids[(*n)++] = sid_network;
	sids[(*n)++] = guest ? sid_guests : sid_authenticated_users;
	if (!guest)
		sids[(*n)++] = sid_users;
	return sids;
}

static const struct fs_user *
whoami(struct request *req)
{
	const struct cred *c = req->cred != NULL ? req->cred : cred_of_process();
	struct fs_user *u = arena_alloc(&req->arena, sizeof(*u));

	*u = (struct fs_user){
		.guest = req->disk.guest,
		.uid = c->uid,
		.gid = c->gid,
		.ngroups = c->ngroups,
		.groups = c->groups,
	};
	u->sids = sids_of(req, c, &u->nsids);
	return u;
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
	q->s.room = t->max_data;
	q->s.user = q->row->posix ? whoami(req) : NULL;
	trans_out(req, t, 0, fs_query_room(&q->s));
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
	if (q->row == NULL || (q->row->posix && !unix_on(req)))
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
