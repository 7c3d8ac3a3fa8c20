/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_QUERY_QUOTA and NT_TRANSACT_SET_QUOTA ([MS-SMB] 2.2.7.3, 2.2.7.4): by any handle of
 * the share; clients open the index of NTFS for it (server/path.c). */
#include "disk/quota.h"
#include "server/handle.h"
#include "smb/trans/nt.h"
#include "wire/access.h"
#include "wire/sid.h"

/* FILE_QUOTA_INFORMATION ([MS-FSCC] 2.4.33) before its SID, and how each is aligned. */
#define ENTRY_FIXED 40u
#define ENTRY_ALIGN 8u
#define SID_LEAST   8u
#define LIST_LEAST  (8u + SID_LEAST) /* of FILE_GET_QUOTA_INFORMATION */

/* Most that is told at once, however much the client takes. */
#define ROOM_MAX 65536u

/* QuotaLimit and QuotaThreshold. */
#define NO_LIMIT     UINT64_MAX
#define REMOVE_LIMIT (UINT64_MAX - 1)

struct entry {
	struct sid sid;
	struct disk_quota quota;
};

struct quota {
	uint16_t fid;
	bool single, restart;
	uint32_t list, start, start_at; /* bytes of SIDs to tell of; the SID to begin with */
	struct trans *t;
	struct handle *handle;
	bool listed;
	uint64_t from; /* the user to begin with */
	size_t nlist;
	struct entry *entries; /* those listed, those found, or those to set */
	size_t n, size, room;  /* bytes */
};

static void
decode_query(void *args, struct trans *t)
{
	struct quota *q = args;

	q->fid = rd_u16(&t->params);
	q->single = rd_u8(&t->params) != 0;
	q->restart = rd_u8(&t->params) != 0;
	q->list = rd_u32(&t->params);
	q->start = rd_u32(&t->params);
	q->start_at = rd_u32(&t->params);
}

static void
decode_set(void *args, struct trans *t)
{
	struct quota *q = args;

	q->fid = rd_u16(&t->params);
}

static nt_status
find_handle(struct request *req, struct quota *q, struct trans *t, uint32_t access)
{
	q->t = t;
	q->handle = request_handle(req, q->fid);
	if (q->handle == NULL)
		return STATUS_INVALID_HANDLE;
	if (!disk_has_quotas(req->disk.root))
		return STATUS_INVALID_DEVICE_REQUEST;
	return (q->handle->open->mode.access & access) != 0 ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/*
 * Goes to the next entry of a chain, next bytes behind where this one began at; the reader stands
 * at this one's end. False at the last, or with the reader bad when it leads nowhere.
 */
static bool
follow(struct reader *r, size_t at, uint32_t next)
{
	if (next == 0 || !rd_ok(r))
		return false;
	if (next < r->pos - at)
		r->bad = true;
	else
		rd_skip(r, next - (r->pos - at));
	return rd_ok(r);
}

/* FILE_GET_QUOTA_INFORMATION ([MS-FSCC] 2.4.33.1): whom to tell of. */
static bool
read_list(struct arena *a, struct quota *q, struct reader r)
{
	uint32_t next, length;
	struct reader sid;
	size_t at;

	q->entries = arena_alloc(a, (rd_left(&r) / LIST_LEAST + 1) * sizeof(*q->entries));
	do {
		at = r.pos;
		next = rd_u32(&r);
		length = rd_u32(&r);
		sid = rd_sub(&r, length);
		sid_read(&sid, &q->entries[q->nlist++].sid);
		r.bad = r.bad || !rd_ok(&sid);
	} while (follow(&r, at, next));
	return rd_ok(&r);
}

static bool
read_start(struct quota *q)
{
	struct reader r = rd_at(&q->t->data, q->start_at, q->start);
	struct sid sid;
	uint32_t uid;

	sid_read(&r, &sid);
	if (!rd_ok(&r) || !sid_to_unix(&sid, SID_UNIX_USERS, &uid))
		return false;
	q->from = uid;
	return true;
}

/* False: it does not fit any more. */
static bool
take(struct quota *q, const struct sid *sid, const struct disk_quota *found)
{
	size_t at = (q->size + ENTRY_ALIGN - 1) & ~(size_t)(ENTRY_ALIGN - 1);
	size_t size = ENTRY_FIXED + sid_size(sid);

	if (at > q->room || size > q->room - at)
		return false;
	q->entries[q->n++] = (struct entry){ *sid, *found };
	q->size = at + size;
	return true;
}

/* Who is no user of this system takes nothing and has no limit. */
static nt_status
tell_listed(const struct disk *d, struct quota *q)
{
	nt_status status;

	for (size_t i = 0; i < q->nlist; i++) {
		struct disk_quota found = { .threshold = NO_LIMIT, .limit = NO_LIMIT };
		const struct sid sid = q->entries[i].sid;

		status = sid_to_unix(&sid, SID_UNIX_USERS, &found.uid) ? disk_quota_get(d, &found)
								       : STATUS_SUCCESS;
		if (status != STATUS_SUCCESS)
			return status;
		if (!take(q, &sid, &found))
			break;
	}
	return q->n > 0 ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
}

static nt_status
tell_all(const struct disk *d, struct quota *q)
{
	while (q->from < UINT32_MAX) {
		struct disk_quota found = { .uid = (uint32_t)q->from };
		nt_status status = disk_quota_next(d, &found);
		struct sid sid = sid_of_unix(SID_UNIX_USERS, found.uid);

		if (status == STATUS_NO_MORE_ENTRIES)
			break;
		if (status != STATUS_SUCCESS)
			return status;
		if (!take(q, &sid, &found))
			return q->n > 0 ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
		q->from = (uint64_t)found.uid + 1;
		if (q->single)
			break;
	}
	return q->n > 0 ? STATUS_SUCCESS : STATUS_NO_MORE_ENTRIES;
}

static nt_status
query_work(const struct disk *d, struct arena *a, void *arg)
{
	struct quota *q = arg;

	(void)a;
	return q->listed ? tell_listed(d, q) : tell_all(d, q);
}

static void
put_entry(struct writer *w, const struct entry *e, bool last)
{
	size_t at = wr_hole32(w);

	wr_u32(w, (uint32_t)sid_size(&e->sid));
	wr_u64(w, 0); /* ChangeTime: not kept */
	wr_u64(w, e->quota.used);
	wr_u64(w, e->quota.threshold);
	wr_u64(w, e->quota.limit);
	sid_write(w, &e->sid);
	if (last)
		return;
	wr_align(w, ENTRY_ALIGN, 0);
	wr_patch32(w, at, (uint32_t)(w->pos - at));
}

static nt_status
queried(struct request *req, void *arg, nt_status status)
{
	struct quota *q = arg;

	if (status != STATUS_SUCCESS)
		return status;
	if (!q->listed)
		q->handle->quota_next = q->from;
	trans_out(req, q->t, 4, q->size);
	wr_u32(&q->t->out_params, (uint32_t)q->size);
	for (size_t i = 0; i < q->n; i++)
		put_entry(&q->t->out_data, &q->entries[i], i + 1 == q->n);
	return STATUS_SUCCESS;
}

/* Whose quotas are asked for: of those listed, or of all from one on. */
static bool
read_question(struct request *req, struct quota *q)
{
	q->listed = q->list != 0;
	q->room = q->t->max_data < ROOM_MAX ? q->t->max_data : ROOM_MAX;
	if (q->listed)
		return read_list(&req->arena, q, rd_at(&q->t->data, 0, q->list));
	q->entries = arena_alloc(
	    &req->arena, (q->room / (ENTRY_FIXED + SID_LEAST) + 1) * sizeof(*q->entries));
	q->from = q->restart ? 0 : q->handle->quota_next;
	return q->start == 0 || read_start(q);
}

static nt_status
run_query(struct request *req, struct trans *t, void *args)
{
	struct quota *q = args;
	nt_status status = find_handle(req, q, t, FILE_READ_DATA);

	if (status != STATUS_SUCCESS)
		return status;
	if (!read_question(req, q))
		return STATUS_INVALID_PARAMETER;
	return request_work(req, WORK_SLOW, query_work, queried, q);
}

static bool
read_limit(struct reader *r, uint64_t *out)
{
	uint64_t bytes = rd_u64(r);

	*out = bytes == REMOVE_LIMIT || bytes == NO_LIMIT ? QUOTA_NO_LIMIT : bytes;
	return *out == QUOTA_NO_LIMIT || bytes <= INT64_MAX;
}

/* What is to be set; a user who is none of this system has no place to keep it. */
static nt_status
read_entries(struct arena *a, struct quota *q, struct reader r)
{
	struct reader sid;
	struct entry *e;
	uint32_t next, length;
	bool valid = true;
	size_t at;

	q->entries = arena_alloc(
	    a, (rd_left(&r) / (ENTRY_FIXED + SID_LEAST) + 1) * sizeof(*q->entries));
	do {
		e = &q->entries[q->n++];
		at = r.pos;
		next = rd_u32(&r);
		length = rd_u32(&r);
		rd_skip(&r, 16); /* ChangeTime, QuotaUsed */
		valid = read_limit(&r, &e->quota.threshold) && valid;
		valid = read_limit(&r, &e->quota.limit) && valid;
		sid = rd_sub(&r, length);
		sid_read(&sid, &e->sid);
		if (!rd_ok(&r) || !rd_ok(&sid) || !valid)
			return STATUS_INVALID_PARAMETER;
		if (!sid_to_unix(&e->sid, SID_UNIX_USERS, &e->quota.uid))
			return STATUS_INVALID_SID;
	} while (follow(&r, at, next));
	return rd_ok(&r) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
}

static nt_status
set_work(const struct disk *d, struct arena *a, void *arg)
{
	struct quota *q = arg;
	nt_status status = STATUS_SUCCESS;

	(void)a;
	for (size_t i = 0; i < q->n && status == STATUS_SUCCESS; i++)
		status = disk_quota_set(d, &q->entries[i].quota);
	return status;
}

static nt_status
set_done(struct request *req, void *arg, nt_status status)
{
	struct quota *q = arg;

	if (status == STATUS_SUCCESS)
		trans_out(req, q->t, 0, 0);
	return status;
}

static nt_status
run_set(struct request *req, struct trans *t, void *args)
{
	struct quota *q = args;
	nt_status status = find_handle(req, q, t, FILE_WRITE_DATA);

	if (status == STATUS_SUCCESS)
		status = read_entries(&req->arena, q, t->data);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_SLOW, set_work, set_done, q);
}

const struct trans_command nt_query_quota = {
	.name = "QUERY_QUOTA",
	.args = sizeof(struct quota),
	.decode = decode_query,
	.run = run_query,
};

const struct trans_command nt_set_quota = {
	.name = "SET_QUOTA",
	.flags = WRITES,
	.args = sizeof(struct quota),
	.decode = decode_set,
	.run = run_set,
};
