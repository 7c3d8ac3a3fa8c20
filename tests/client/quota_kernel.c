/* SPDX-License-Identifier: BSD-2-Clause */

/* Stands in for quotactl_fd(2) of a file system that counts three users. */
#include <errno.h>
#include <linux/dqblk_xfs.h>
#include <linux/quota.h>
#include <pthread.h>
#include <string.h>

#include "disk/quota.h"

#define USERS 8

static struct if_nextdqblk users[USERS] = {
	{ .dqb_id = 0, .dqb_curspace = 10 << 20 },
	{ .dqb_id = 1000,
	    .dqb_curspace = 5 << 20,
	    .dqb_bsoftlimit = 8 << 10,
	    .dqb_bhardlimit = 10 << 10 },
	{ .dqb_id = 4000000000u, .dqb_curspace = 4096 },
};
static size_t nusers = 3;
static uint32_t flags = FS_QUOTA_UDQ_ACCT | FS_QUOTA_UDQ_ENFD;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* The first from there on, as they are in order. */
static struct if_nextdqblk *
find(uint32_t from)
{
	for (size_t i = 0; i < nusers; i++) {
		if (users[i].dqb_id >= from)
			return &users[i];
	}
	return NULL;
}

static int
get(uint32_t uid, struct if_dqblk *out)
{
	const struct if_nextdqblk *u = find(uid);

	memset(out, 0, sizeof(*out));
	if (u == NULL || u->dqb_id != uid)
		return 0;
	out->dqb_curspace = u->dqb_curspace;
	out->dqb_bsoftlimit = u->dqb_bsoftlimit;
	out->dqb_bhardlimit = u->dqb_bhardlimit;
	return 0;
}

static int
set(uint32_t uid, const struct if_dqblk *q)
{
	struct if_nextdqblk *u = find(uid);

	if (q->dqb_valid != QIF_BLIMITS)
		return fail(EINVAL);
	if (u == NULL || u->dqb_id != uid)
		return fail(ESRCH);
	u->dqb_bsoftlimit = q->dqb_bsoftlimit;
	u->dqb_bhardlimit = q->dqb_bhardlimit;
	return 0;
}

static int
next(uint32_t from, struct if_nextdqblk *out)
{
	const struct if_nextdqblk *u = find(from);

	if (u == NULL)
		return fail(ENOENT);
	*out = *u;
	return 0;
}

static int
answer(unsigned command, uint32_t uid, void *data)
{
	switch (command) {
	case Q_XGETQSTATV:
		((struct fs_quota_statv *)data)->qs_flags = (uint16_t)flags;
		return 0;
	case Q_XQUOTAON:
		flags |= *(uint32_t *)data;
		return 0;
	case Q_XQUOTAOFF:
		flags &= ~*(uint32_t *)data;
		return 0;
	case Q_GETQUOTA:
		return get(uid, data);
	case Q_GETNEXTQUOTA:
		return next(uid, data);
	case Q_SETQUOTA:
		return set(uid, data);
	default:
		return fail(EINVAL);
	}
}

int
quota_kernel(int fd, unsigned command, uint32_t uid, void *data)
{
	int result;

	if (fd < 0)
		return fail(EBADF);
	pthread_mutex_lock(&lock);
	result = answer(command, uid, data);
	pthread_mutex_unlock(&lock);
	return result;
}
