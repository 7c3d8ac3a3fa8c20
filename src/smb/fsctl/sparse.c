/* SPDX-License-Identifier: BSD-2-Clause */

/* Files with holes ([MS-FSCC] 2.3.48, 2.3.64, 2.3.67). */
#include "disk/sparse.h"

#include "disk/io.h"
#include "file/lock.h"
#include "file/node.h"
#include "file/oplock.h"
#include "file/times.h"
#include "server/handle.h"
#include "smb/fsctl/fsctl.h"

#define FSCTL_SET_SPARSE             0x000900C4
#define FSCTL_SET_ZERO_DATA          0x000980C8
#define FSCTL_QUERY_ALLOCATED_RANGES 0x000940CF

#define CHANGES (FILE_WRITE_DATA | FILE_APPEND_DATA)

/* Most ranges one answer tells, however many the client takes. */
#define RANGES_MAX 4096
#define RANGE_SIZE 16

struct sparse {
	struct fsctl_call *call;
	bool on;
	uint64_t from, length; /* or where it ends */
	struct file_before before;
	struct disk_ranges ranges;
};

static const struct disk_file *
file_of(const struct sparse *s)
{
	return s->call->handle->open->file;
}

static nt_status
ended(struct request *req, void *arg, nt_status status)
{
	struct sparse *s = arg;

	(void)req;
	return fsctl_end(s->call, status);
}

/* Nothing at all means TRUE, as Windows 2000 had it. */
static void
decode_sparse(void *args, struct reader *data)
{
	struct sparse *s = args;

	s->on = rd_left(data) == 0 || rd_u8(data) != 0;
}

static nt_status
sparse_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct sparse *s = arg;

	(void)a;
	return disk_set_sparse(d, file_of(s), s->on);
}

static nt_status
set_sparse(struct request *req, struct fsctl_call *c)
{
	struct sparse *s = c->args;

	s->call = c;
	trans_out(req, c->t, 0, 0);
	return request_work(req, WORK_QUICK, sparse_work, ended, s);
}

static void
decode_range(void *args, struct reader *data)
{
	struct sparse *s = args;

	s->from = rd_u64(data);
	s->length = rd_u64(data);
}

static nt_status
zero_work(const struct disk *d, struct arena *a, void *arg)
{
	struct sparse *s = arg;
	struct disk_stat st;
	nt_status status = disk_file_stat(d, file_of(s), &st);

	(void)a;
	if (status != STATUS_SUCCESS)
		return status;
	file_before_read(file_of(s), &s->before);
	return disk_zero(
	    file_of(s), s->from, s->length, (st.attributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0);
}

static nt_status
zeroed(struct request *req, void *arg, nt_status status)
{
	struct sparse *s = arg;
	struct open *o = s->call->handle->open;

	(void)req;
	file_written(o, &s->before);
	file_oplock_changed(o);
	return fsctl_end(s->call, status);
}

static nt_status
set_zero_data(struct request *req, struct fsctl_call *c)
{
	struct sparse *s = c->args;
	struct open *o = c->handle->open;
	const struct lock_range range = {
		.offset = s->from,
		.length = s->length - s->from,
		.pid = req->hdr.pid & 0xFFFF,
		.exclusive = true,
	};
	nt_status status;

	s->call = c;
	if (s->length > INT64_MAX || s->from > s->length)
		return STATUS_INVALID_PARAMETER;
	status = file_lock_check(o, &range);
	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, c->t, 0, 0);
	o->written = true;
	file_oplock_changed(o);
	file_before_write(o, &s->before);
	return request_work(req, disk_work_of(s->length - s->from), zero_work, zeroed, s);
}

static nt_status
ranges_work(const struct disk *d, struct arena *a, void *arg)
{
	struct sparse *s = arg;
	struct disk_stat st;
	nt_status status = disk_file_stat(d, file_of(s), &st);

	(void)a;
	if (status != STATUS_SUCCESS)
		return status;
	s->ranges.window = (struct disk_range){ s->from, s->length };
	s->ranges.sparse = (st.attributes & FILE_ATTRIBUTE_SPARSE_FILE) != 0;
	return disk_ranges(file_of(s), &s->ranges);
}

static nt_status
ranges_known(struct request *req, void *arg, nt_status status)
{
	struct sparse *s = arg;
	struct trans *t = s->call->t;

	if (status == STATUS_BUFFER_OVERFLOW && s->ranges.room == 0)
		return STATUS_BUFFER_TOO_SMALL;
	if (status == STATUS_BUFFER_OVERFLOW)
		t->warning = status;
	else if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, t, 0, s->ranges.n * RANGE_SIZE);
	for (size_t i = 0; i < s->ranges.n; i++) {
		wr_u64(&t->out_data, s->ranges.out[i].offset);
		wr_u64(&t->out_data, s->ranges.out[i].length);
	}
	return fsctl_end(s->call, status);
}

static nt_status
query_allocated_ranges(struct request *req, struct fsctl_call *c)
{
	struct sparse *s = c->args;
	size_t room = c->t->max_data / RANGE_SIZE;

	s->call = c;
	if (file_of(s)->directory || s->from > INT64_MAX || s->length > INT64_MAX - s->from)
		return STATUS_INVALID_PARAMETER;
	s->ranges.room = room < RANGES_MAX ? room : RANGES_MAX;
	s->ranges.out = arena_alloc(&req->arena, s->ranges.room * sizeof(*s->ranges.out));
	return request_work(req, WORK_SLOW, ranges_work, ranges_known, s);
}

const struct fsctl fsctl_sparse[] = {
	{ FSCTL_SET_SPARSE, "SET_SPARSE", CHANGES | FILE_WRITE_ATTRIBUTES, 0, sizeof(struct sparse),
	    decode_sparse, set_sparse },
	{ FSCTL_SET_ZERO_DATA, "SET_ZERO_DATA", FILE_WRITE_DATA, 0, sizeof(struct sparse),
	    decode_range, set_zero_data },
	{ FSCTL_QUERY_ALLOCATED_RANGES, "QUERY_ALLOCATED_RANGES", FILE_READ_DATA, 0,
	    sizeof(struct sparse), decode_range, query_allocated_ranges },
	{ 0 },
};
