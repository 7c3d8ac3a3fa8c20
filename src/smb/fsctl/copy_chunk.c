/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Copies within the server ([MS-SMB] 2.2.7.2.1, 3.3.5.11.1): a key stands for the file to copy
 * from, then chunks of it are named. One chunk is one job, so that others have their turn and locks
 * are heard between them.
 */
#include "disk/sparse.h"
#include "file/lock.h"
#include "file/node.h"
#include "file/oplock.h"
#include "file/times.h"
#include "server/handle.h"
#include "server/session.h"
#include "smb/fsctl/fsctl.h"

#define FSCTL_SRV_REQUEST_RESUME_KEY 0x00140078
#define FSCTL_SRV_COPYCHUNK          0x001440F2

/* As Windows has them; what exceeds them is answered with these. */
#define CHUNKS_MAX      256u
#define CHUNK_BYTES_MAX (1u << 20)
#define TOTAL_BYTES_MAX (16u << 20)

#define KEY_SIZE    24
#define KEY_ANSWER  (KEY_SIZE + 4)
#define CHUNK_SIZE  24
#define COPY_ANSWER 12

struct copy_chunks {
	struct fsctl_call *call;
	uint64_t serial;
	uint16_t fid;
	uint32_t n;
	struct reader chunks;
	struct handle *source;
	struct disk_copy one;
	struct file_before before;
	/* so far */
	uint32_t written, total;
};

static nt_status
request_resume_key(struct request *req, struct fsctl_call *c)
{
	struct writer *w = &c->t->out_data;

	trans_out(req, c->t, 0, KEY_ANSWER);
	wr_u64(w, c->handle->serial);
	wr_u16(w, c->handle->fid);
	wr_zero(w, KEY_SIZE - 10);
	wr_u32(w, 0); /* ContextLength */
	return fsctl_end(c, STATUS_SUCCESS);
}

static void
decode(void *args, struct reader *data)
{
	struct copy_chunks *a = args;

	a->serial = rd_u64(data);
	a->fid = rd_u16(data);
	rd_skip(data, KEY_SIZE - 10);
	a->n = rd_u32(data);
	rd_skip(data, 4);
	a->chunks = *data;
}

static nt_status
answer(struct copy_chunks *a, const uint32_t figures[3], nt_status status, struct request *req)
{
	struct trans *t = a->call->t;

	trans_out(req, t, 0, COPY_ANSWER);
	for (int i = 0; i < 3; i++)
		wr_u32(&t->out_data, figures[i]);
	req->error_data = status != STATUS_SUCCESS;
	return fsctl_end(a->call, status);
}

static nt_status
finish(struct request *req, struct copy_chunks *a, nt_status status)
{
	const uint32_t done[3] = { a->written, status == STATUS_SUCCESS ? 0 : (uint32_t)a->one.done,
		a->total };

	return answer(a, done, status, req);
}

static nt_status
refuse_size(struct request *req, struct copy_chunks *a)
{
	static const uint32_t limits[3] = { CHUNKS_MAX, CHUNK_BYTES_MAX, TOTAL_BYTES_MAX };

	return answer(a, limits, STATUS_INVALID_PARAMETER, req);
}

static bool
within_limits(const struct copy_chunks *a)
{
	struct reader r = a->chunks;
	uint32_t i, length, total = 0;

	if (a->n == 0 || a->n > CHUNKS_MAX)
		return false;
	for (i = 0; i < a->n; i++) {
		rd_skip(&r, 16);
		length = rd_u32(&r);
		rd_skip(&r, 4);
		if (length == 0 || length > CHUNK_BYTES_MAX)
			return false;
		total += length; /* at most 2^28 */
	}
	return total <= TOTAL_BYTES_MAX;
}

/* The key is good for whoever is logged on as he who asked for it, from any of his trees. */
static nt_status
find_source(struct request *req, struct copy_chunks *a)
{
	struct handle *h = handle_get(req->conn, a->fid);

	if (h == NULL || h->open == NULL || h->serial != a->serial || h->uid != req->session->uid)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	a->source = h;
	if (h->open->file->directory || a->call->handle->open->file->directory)
		return STATUS_INVALID_DEVICE_REQUEST;
	if ((h->open->mode.access & (FILE_READ_DATA | FILE_EXECUTE)) == 0 ||
	    (a->call->handle->open->mode.access & FILE_READ_DATA) == 0)
		return STATUS_ACCESS_DENIED;
	request_handle_new(req, h);
	return STATUS_SUCCESS;
}

static nt_status
check_locks(const struct request *req, const struct copy_chunks *a)
{
	const struct lock_range from = {
		.offset = a->one.from_offset, .length = a->one.length, .pid = req->hdr.pid & 0xFFFF
	};
	const struct lock_range to = { .offset = a->one.to_offset,
		.length = a->one.length,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = true };
	nt_status status = file_lock_check(a->source->open, &from);

	return status == STATUS_SUCCESS ? file_lock_check(a->call->handle->open, &to) : status;
}

static nt_status
copy_work(const struct disk *d, struct arena *arena, void *arg)
{
	struct copy_chunks *a = arg;

	(void)d;
	(void)arena;
	file_before_read(a->one.to, &a->before);
	return disk_copy_range(&a->one);
}

static nt_status next_chunk(struct request *req, struct copy_chunks *a);

static nt_status
copied(struct request *req, void *arg, nt_status status)
{
	struct copy_chunks *a = arg;
	struct open *o = a->call->handle->open;

	file_written(o, &a->before);
	file_oplock_changed(o);
	a->total += (uint32_t)a->one.done;
	if (status == STATUS_SUCCESS)
		a->written++;
	/* Nobody is there any more to copy for. */
	if (status == STATUS_CANCELLED)
		return status;
	return status == STATUS_SUCCESS ? next_chunk(req, a) : finish(req, a, status);
}

static nt_status
next_chunk(struct request *req, struct copy_chunks *a)
{
	struct open *o = a->call->handle->open;
	nt_status status;

	if (a->written == a->n)
		return finish(req, a, STATUS_SUCCESS);
	a->one = (struct disk_copy){ .from = a->source->open->file, .to = o->file };
	a->one.from_offset = rd_u64(&a->chunks);
	a->one.to_offset = rd_u64(&a->chunks);
	a->one.length = rd_u32(&a->chunks);
	rd_skip(&a->chunks, 4);
	if (a->source->closed || a->call->handle->closed)
		return STATUS_FILE_CLOSED;
	status = check_locks(req, a);
	if (status != STATUS_SUCCESS)
		return finish(req, a, status);
	o->written = true;
	file_oplock_changed(o);
	file_before_write(o, &a->before);
	return request_work(req, WORK_SLOW, copy_work, copied, a);
}

static nt_status
copy_chunk(struct request *req, struct fsctl_call *c)
{
	struct copy_chunks *a = c->args;
	nt_status status;

	a->call = c;
	if (!within_limits(a))
		return refuse_size(req, a);
	if (rd_left(&a->chunks) < (size_t)a->n * CHUNK_SIZE)
		return STATUS_INVALID_PARAMETER;
	status = find_source(req, a);
	return status == STATUS_SUCCESS ? next_chunk(req, a) : status;
}

const struct fsctl fsctl_copy_chunk[] = {
	{ FSCTL_SRV_REQUEST_RESUME_KEY, "SRV_REQUEST_RESUME_KEY", 0, KEY_ANSWER, 0, NULL,
	    request_resume_key },
	{ FSCTL_SRV_COPYCHUNK, "SRV_COPYCHUNK", FILE_WRITE_DATA | FILE_APPEND_DATA, COPY_ANSWER,
	    sizeof(struct copy_chunks), decode, copy_chunk },
	{ 0 },
};
