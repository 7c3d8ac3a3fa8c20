/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * TRANS2_SET_FS_INFORMATION ([MS-SMB] 2.2.6.5): by any handle of the share. The label is the
 * share's name and the object id made of what the disk has; of quotas, whether they are enforced
 * may be changed. Of the UNIX extensions a client chooses here, without a handle, what it will use
 * of them; it may read the share alone for all that.
 */
#include "disk/quota.h"
#include "server/tree.h"
#include "smb/info/fs.h"
#include "smb/info/unix.h"
#include "smb/trans/trans2.h"

#define FILE_FS_LABEL_INFORMATION     1002
#define FILE_FS_CONTROL_INFORMATION   1006
#define FILE_FS_OBJECT_ID_INFORMATION 1008

struct set_fs {
	struct trans *t;
	uint16_t fid, level;
	uint64_t default_threshold, default_limit;
	uint32_t control;
};

static void
decode(void *args, struct trans *t)
{
	struct set_fs *s = args;

	s->fid = rd_u16(&t->params);
	s->level = rd_u16(&t->params);
	if (s->level != FILE_FS_CONTROL_INFORMATION)
		return;
	rd_skip(&t->data, 24);
	s->default_threshold = rd_u64(&t->data);
	s->default_limit = rd_u64(&t->data);
	s->control = rd_u32(&t->data);
	rd_skip(&t->data, 4);
}

static nt_status
enforce(const struct disk *d, struct arena *a, void *arg)
{
	const struct set_fs *s = arg;

	(void)a;
	return disk_quota_enforce(d, (s->control & FILE_VC_QUOTA_ENFORCE) != 0);
}

static nt_status
enforced(struct request *req, void *arg, nt_status status)
{
	const struct set_fs *s = arg;

	if (status == STATUS_SUCCESS)
		trans_out(req, s->t, 0, 0);
	return status;
}

/* The kernel limits nobody who has no entry, and counts as long as the file system is mounted. */
static nt_status
set_control(struct request *req, struct set_fs *s)
{
	if (!disk_has_quotas(req->disk.root))
		return STATUS_INVALID_DEVICE_REQUEST;
	if (s->default_threshold != UINT64_MAX || s->default_limit != UINT64_MAX ||
	    (s->control & (FILE_VC_QUOTA_TRACK | FILE_VC_QUOTA_ENFORCE)) == 0)
		return STATUS_NOT_SUPPORTED;
	return request_work(req, WORK_SLOW, enforce, enforced, s);
}

/* What is not served is not chosen. */
static nt_status
choose(struct request *req, struct trans *t)
{
	uint64_t caps;

	if (!unix_on(req))
		return STATUS_INVALID_LEVEL;
	rd_skip(&t->data, 4); /* the client's version */
	caps = rd_u64(&t->data);
	if (!rd_ok(&t->data))
		return STATUS_INVALID_PARAMETER;
	req->tree->unix_caps = (uint32_t)(caps & FS_UNIX_CAPS);
	trans_out(req, t, 0, 0);
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct set_fs *s = args;

	s->t = t;
	if (s->level == FS_CIFS_UNIX)
		return choose(req, t);
	if (req->disk.read_only)
		return STATUS_ACCESS_DENIED;
	if (request_handle(req, s->fid) == NULL)
		return STATUS_INVALID_HANDLE;
	switch (s->level) {
	case FILE_FS_LABEL_INFORMATION:
	case FILE_FS_OBJECT_ID_INFORMATION:
		return STATUS_ACCESS_DENIED;
	case FILE_FS_CONTROL_INFORMATION:
		return set_control(req, s);
	default:
		return STATUS_INVALID_LEVEL;
	}
}

const struct trans_command trans2_set_fs_information = {
	.name = "SET_FS_INFORMATION",
	.args = sizeof(struct set_fs),
	.decode = decode,
	.run = run,
};
