/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/quota.h"

#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <linux/quota.h>

#include "base/cred.h"
#include "disk/beneath.h"

bool
disk_has_quotas(const struct disk_root *root)
{
	return root != NULL && root->options.quotas;
}

void
disk_quota_state(const struct disk *d, struct disk_quota_state *out)
{
	struct fs_quota_statv state = { .qs_version = FS_QSTATV_VERSION1 };

	*out = (struct disk_quota_state){ false, false };
	if (!disk_has_quotas(d->root) || quota_kernel(d->root->fd, Q_XGETQSTATV, 0, &state) != 0)
		return;
	out->counted = (state.qs_flags & FS_QUOTA_UDQ_ACCT) != 0;
	out->enforced = out->counted && (state.qs_flags & FS_QUOTA_UDQ_ENFD) != 0;
}

/* May anything be asked here at all? */
static nt_status
check(const struct disk *d)
{
	struct disk_quota_state state;

	disk_quota_state(d, &state);
	if (!state.counted)
		return STATUS_INVALID_DEVICE_REQUEST;
	return d->guest ? STATUS_ACCESS_DENIED : STATUS_SUCCESS;
}

static nt_status
check_admin(const struct disk *d)
{
	nt_status status = check(d);

	if (status != STATUS_SUCCESS)
		return status;
	return d->admin && !disk_is_read_only(d) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/* Whose files this user's are. */
static uint32_t
own_uid(const struct disk *d)
{
	return d->cred != NULL ? d->cred->uid : cred_of_process()->uid;
}

static uint64_t
bytes_of(uint64_t blocks)
{
	if (blocks == 0)
		return QUOTA_NO_LIMIT;
	return blocks < INT64_MAX >> QIF_DQBLKSIZE_BITS ? blocks << QIF_DQBLKSIZE_BITS : INT64_MAX;
}

/* The kernel's 0 means no limit: the least there can be is one block. */
static uint64_t
blocks_of(uint64_t bytes)
{
	if (bytes == QUOTA_NO_LIMIT)
		return 0;
	return bytes == 0 ? 1 : (bytes - 1) / QIF_DQBLKSIZE + 1;
}

nt_status
disk_quota_enforce(const struct disk *d, bool on)
{
	uint32_t flags = FS_QUOTA_UDQ_ENFD;
	nt_status status = check_admin(d);

	if (status != STATUS_SUCCESS)
		return status;
	if (quota_kernel(d->root->fd, on ? Q_XQUOTAON : Q_XQUOTAOFF, 0, &flags) == 0)
		return STATUS_SUCCESS;
	/* So it was before. */
	return errno == EEXIST || errno == EALREADY ? STATUS_SUCCESS : disk_status(errno);
}

static nt_status
get(const struct disk *d, struct disk_quota *out)
{
	struct if_dqblk q = { .dqb_valid = 0 };

	if (quota_kernel(d->root->fd, Q_GETQUOTA, out->uid, &q) != 0 && errno != ENOENT)
		return disk_status(errno);
	out->used = q.dqb_curspace;
	out->threshold = bytes_of(q.dqb_bsoftlimit);
	out->limit = bytes_of(q.dqb_bhardlimit);
	return STATUS_SUCCESS;
}

nt_status
disk_quota_get(const struct disk *d, struct disk_quota *out)
{
	nt_status status = check(d);

	if (status != STATUS_SUCCESS)
		return status;
	if (!d->admin && out->uid != own_uid(d))
		return STATUS_ACCESS_DENIED;
	return get(d, out);
}

nt_status
disk_quota_next(const struct disk *d, struct disk_quota *out)
{
	struct if_nextdqblk q = { .dqb_valid = 0 };
	nt_status status = check(d);

	if (status != STATUS_SUCCESS)
		return status;
	if (!d->admin) {
		if (out->uid > own_uid(d))
			return STATUS_NO_MORE_ENTRIES;
		out->uid = own_uid(d);
		return get(d, out);
	}
	if (quota_kernel(d->root->fd, Q_GETNEXTQUOTA, out->uid, &q) != 0)
		return errno == ENOENT || errno == ESRCH ? STATUS_NO_MORE_ENTRIES
							 : disk_status(errno);
	/* Beyond the last user some file systems begin again. */
	if (q.dqb_id < out->uid)
		return STATUS_NO_MORE_ENTRIES;
	*out = (struct disk_quota){
		.uid = q.dqb_id,
		.used = q.dqb_curspace,
		.threshold = bytes_of(q.dqb_bsoftlimit),
		.limit = bytes_of(q.dqb_bhardlimit),
	};
	return STATUS_SUCCESS;
}

nt_status
disk_quota_set(const struct disk *d, const struct disk_quota *q)
{
	struct if_dqblk block = {
		.dqb_bsoftlimit = blocks_of(q->threshold),
		.dqb_bhardlimit = blocks_of(q->limit),
		.dqb_valid = QIF_BLIMITS,
	};
	nt_status status = check_admin(d);

	if (status != STATUS_SUCCESS)
		return status;
	return quota_kernel(d->root->fd, Q_SETQUOTA, q->uid, &block) == 0 ? STATUS_SUCCESS
									  : disk_status(errno);
}
