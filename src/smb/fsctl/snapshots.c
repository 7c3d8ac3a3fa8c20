/* SPDX-License-Identifier: BSD-2-Clause */

/* FSCTL_SRV_ENUMERATE_SNAPSHOTS ([MS-SMB] 2.2.7.2.1, 2.2.7.2.2.1). */
#include "disk/snapshot.h"
#include "smb/fsctl/fsctl.h"

#define FSCTL_SRV_ENUMERATE_SNAPSHOTS 0x00144064

#define HEAD      12
#define LEAST     16 /* Windows wants room for a few bytes more */
#define NAME_SIZE ((SNAPSHOT_TOKEN + 1) * 2)

struct enumerate {
	struct fsctl_call *call;
	struct snapshot *all;
	size_t n;
};

static nt_status
list_work(const struct disk *d, struct arena *a, void *arg)
{
	struct enumerate *e = arg;

	return disk_snapshots(d, a, &e->all, &e->n);
}

/* All of them, or none and how much room they take. */
static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct enumerate *e = arg;
	struct trans *t = e->call->t;
	struct writer *w = &t->out_data;
	size_t size = e->n * NAME_SIZE + 2, i;
	bool fits = HEAD + size <= t->max_data;
	char name[SNAPSHOT_TOKEN + 1];

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, t, 0, HEAD + size);
	wr_u32(w, (uint32_t)e->n);
	wr_u32(w, fits ? (uint32_t)e->n : 0);
	wr_u32(w, (uint32_t)size);
	for (i = 0; fits && i < e->n; i++) {
		snapshot_name(&e->all[i], name);
		wr_utf16(w, name);
		wr_u16(w, 0);
	}
	if (fits)
		wr_u16(w, 0);
	return fsctl_end(e->call, STATUS_SUCCESS);
}

static nt_status
enumerate(struct request *req, struct fsctl_call *c)
{
	struct enumerate *e = c->args;

	e->call = c;
	return request_work(req, WORK_SLOW, list_work, listed, e);
}

const struct fsctl fsctl_snapshots[] = {
	{ FSCTL_SRV_ENUMERATE_SNAPSHOTS, "SRV_ENUMERATE_SNAPSHOTS", 0, LEAST,
	    sizeof(struct enumerate), NULL, enumerate },
	{ 0 },
};
