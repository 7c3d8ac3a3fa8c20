/* SPDX-License-Identifier: BSD-2-Clause */

/* POSIX_LOCK of SET_FILE_INFORMATION and QUERY_FILE_INFORMATION: fcntl(2)'s locks. */
#include "file/lock.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/handle.h"
#include "smb/lock_wait.h"
#include "smb/trans/posix.h"

#define LOCK_READ   0
#define LOCK_WRITE  1
#define LOCK_UNLOCK 2

#define LOCK_LEN 24u
#define WAITS    1

struct posix_lock {
	struct trans *t;
	struct handle *handle;
	uint16_t type, flags;
	struct lock_range range;
	uint32_t pause;
	bool waited;
};

static nt_status
read_lock(struct request *req, struct trans *t, struct handle *h, struct posix_lock **out)
{
	struct posix_lock *l = arena_alloc(&req->arena, sizeof(*l));
	struct reader *r = &t->data;

	*out = l;
	l->t = t;
	l->handle = h;
	if (rd_left(r) != LOCK_LEN)
		return STATUS_INVALID_PARAMETER;
	l->type = rd_u16(r);
	l->flags = rd_u16(r);
	l->range.pid = rd_u32(r);
	l->range.offset = rd_u64(r);
	l->range.length = rd_u64(r);
	l->range.exclusive = l->type == LOCK_WRITE;
	l->range.posix = true;
	if (l->type > LOCK_UNLOCK || l->flags > WAITS)
		return STATUS_INVALID_PARAMETER;
	return h->open->file->directory ? STATUS_INVALID_HANDLE : STATUS_SUCCESS;
}

static nt_status try_or_wait(struct request *req, struct posix_lock *l);

static nt_status
woken(struct request *req, void *arg, nt_status why)
{
	struct posix_lock *l = arg;

	if (why == STATUS_FILE_CLOSED || l->handle->closed)
		return STATUS_RANGE_NOT_LOCKED;
	if (why == STATUS_CANCELLED)
		return STATUS_FILE_LOCK_CONFLICT;
	return why == STATUS_SUCCESS || why == STATUS_IO_TIMEOUT ? try_or_wait(req, l) : why;
}

static nt_status
wait_on(struct request *req, struct posix_lock *l)
{
	struct request_timeout t = { .list = file_lock_waiters(l->handle->open) };

	if (!l->waited && conn_is_busy(req->conn))
		return STATUS_INSUFF_SERVER_RESOURCES;
	l->waited = true;
	t.ms = lock_next_pause(l->handle->open, &l->pause);
	return t.ms == 0 ? request_wait(req, t.list, woken, l)
			 : request_wait_for(req, &t, woken, l);
}

static nt_status
try_or_wait(struct request *req, struct posix_lock *l)
{
	nt_status status = file_posix_lock(l->handle->open, &l->range);

	if (status == STATUS_FILE_LOCK_CONFLICT && l->flags == WAITS)
		return wait_on(req, l);
	return posix_answer(req, l->t, status);
}

nt_status
posix_lock(struct request *req, struct trans *t, struct handle *h)
{
	struct posix_lock *l;
	nt_status status = read_lock(req, t, h, &l);

	if (status != STATUS_SUCCESS)
		return status;
	if (l->type == LOCK_UNLOCK)
		return posix_answer(req, t, file_posix_unlock(h->open, &l->range));
	return try_or_wait(req, l);
}

static void
put_lock(struct writer *w, uint16_t type, const struct lock_range *r)
{
	wr_u16(w, type);
	wr_u16(w, 0);
	wr_u32(w, r->pid);
	wr_u64(w, r->offset);
	wr_u64(w, r->length);
}

/* There is no point in asking for an unlock. */
nt_status
posix_lock_query(struct request *req, struct trans *t, struct handle *h)
{
	struct posix_lock *l;
	struct lock_range by;
	nt_status status = read_lock(req, t, h, &l);

	if (status == STATUS_SUCCESS &&
	    (l->type == LOCK_UNLOCK || l->range.length == 0 ||
		l->range.offset + l->range.length - 1 < l->range.offset))
		status = STATUS_INVALID_PARAMETER;
	if (status != STATUS_SUCCESS)
		return status;
	if (t->max_data < LOCK_LEN)
		return STATUS_INFO_LENGTH_MISMATCH;
	trans_out(req, t, 2, LOCK_LEN);
	wr_u16(&t->out_params, 0); /* EaErrorOffset */
	if (file_posix_bars(h->open, &l->range, &by))
		put_lock(&t->out_data, by.exclusive ? LOCK_WRITE : LOCK_READ, &by);
	else
		put_lock(&t->out_data, LOCK_UNLOCK, &l->range);
	return STATUS_SUCCESS;
}
