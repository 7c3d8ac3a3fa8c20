/* SPDX-License-Identifier: BSD-2-Clause */

/* Control codes that are answered from what is known anyway ([MS-FSCC] 2.3). */
#include "disk/compress.h"
#include "disk/object_id.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/fsctl/fsctl.h"
#include "smb/info/query.h"

#define FSCTL_IS_PATHNAME_VALID       0x0009002C
#define FSCTL_GET_COMPRESSION         0x0009003C
#define FSCTL_SET_COMPRESSION         0x0009C040
#define FSCTL_IS_VOLUME_DIRTY         0x00090078
#define FSCTL_SET_OBJECT_ID           0x00090098
#define FSCTL_GET_OBJECT_ID           0x0009009C
#define FSCTL_DELETE_OBJECT_ID        0x000900A0
#define FSCTL_SET_OBJECT_ID_EXTENDED  0x000900BC
#define FSCTL_CREATE_OR_GET_OBJECT_ID 0x000900C0
#define FSCTL_SET_REPARSE_POINT       0x000900A4
#define FSCTL_GET_REPARSE_POINT       0x000900A8
#define FSCTL_DELETE_REPARSE_POINT    0x000900AC

#define OBJECT_ID_SIZE 64

#define CHANGES (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)

struct compression {
	struct fsctl_call *call;
	uint16_t format;
	struct disk_stat st;
};

struct object_id {
	struct fsctl_call *call;
	struct object_ids ids;
};

static nt_status
nothing(struct request *req, struct fsctl_call *c)
{
	trans_out(req, c->t, 0, 0);
	return fsctl_end(c, STATUS_SUCCESS);
}

static nt_status
stat_work(const struct disk *d, struct arena *a, void *arg)
{
	struct compression *s = arg;

	(void)a;
	return disk_file_stat(d, s->call->handle->open->file, &s->st);
}

static nt_status
compression_known(struct request *req, void *arg, nt_status status)
{
	struct compression *s = arg;
	struct fsctl_call *c = s->call;

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, c->t, 0, 2);
	wr_u16(&c->t->out_data,
	    (s->st.attributes & FILE_ATTRIBUTE_COMPRESSED) != 0 ? COMPRESSION_FORMAT_LZNT1
								: COMPRESSION_FORMAT_NONE);
	return fsctl_end(c, STATUS_SUCCESS);
}

static nt_status
get_compression(struct request *req, struct fsctl_call *c)
{
	struct compression *s = c->args;

	s->call = c;
	return request_work(req, WORK_QUICK, stat_work, compression_known, s);
}

static void
decode_compression(void *args, struct reader *data)
{
	struct compression *a = args;

	a->format = rd_u16(data);
}

static nt_status
compress_work(const struct disk *d, struct arena *a, void *arg)
{
	const struct compression *s = arg;

	(void)a;
	return disk_set_compressed(
	    d, s->call->handle->open->file, s->format != COMPRESSION_FORMAT_NONE);
}

static nt_status
compressed(struct request *req, void *arg, nt_status status)
{
	struct compression *s = arg;

	return status == STATUS_SUCCESS ? nothing(req, s->call) : status;
}

static nt_status
set_compression(struct request *req, struct fsctl_call *c)
{
	struct compression *s = c->args;

	s->call = c;
	if (s->format > COMPRESSION_FORMAT_LZNT1)
		return STATUS_INVALID_PARAMETER;
	return request_work(req, WORK_SLOW, compress_work, compressed, s);
}

static nt_status
is_volume_dirty(struct request *req, struct fsctl_call *c)
{
	trans_out(req, c->t, 0, 4);
	wr_u32(&c->t->out_data, 0);
	return fsctl_end(c, STATUS_SUCCESS);
}

static nt_status
object_id_work(const struct disk *d, struct arena *a, void *arg)
{
	struct object_id *s = arg;

	(void)a;
	return disk_object_ids(d, s->call->handle->open->file, &s->ids);
}

/* FILE_OBJECTID_BUFFER ([MS-FSCC] 2.1.3.1): where it is was it born, as far as is known. */
static nt_status
object_id_known(struct request *req, void *arg, nt_status status)
{
	struct object_id *s = arg;
	struct writer *w = &s->call->t->out_data;

	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, s->call->t, 0, OBJECT_ID_SIZE);
	wr_bytes(w, s->ids.object, OBJECT_ID_BYTES);
	wr_u64(w, s->ids.volume); /* BirthVolumeId */
	wr_u64(w, 0);
	wr_bytes(w, s->ids.object, OBJECT_ID_BYTES); /* BirthObjectId */
	wr_zero(w, 16);                              /* DomainId */
	return fsctl_end(s->call, STATUS_SUCCESS);
}

/* Every file has one, so that to get it and to make it are the same. */
static nt_status
get_object_id(struct request *req, struct fsctl_call *c)
{
	struct object_id *s = c->args;

	s->call = c;
	return request_work(req, WORK_QUICK, object_id_work, object_id_known, s);
}

/* Only who may restore files gives them another ([MS-FSA]), which nobody may over the network. */
static nt_status
keep_object_id(struct request *req, struct fsctl_call *c)
{
	(void)req;
	(void)c;
	return STATUS_ACCESS_DENIED;
}

/*
 * No client gets to see a reparse point ([MS-FSCC] 2.1.2). A symbolic link on disk is followed
 * where that stays inside the share, and what it leads to is what was opened; elsewhere it does not
 * exist. Its text is told to nobody: it may name what is outside, and SMB1 clients other than those
 * of the UNIX extensions do not resolve links. Nor is one made.
 */
static nt_status
no_reparse_point(struct request *req, struct fsctl_call *c)
{
	(void)req;
	(void)c;
	return STATUS_NOT_A_REPARSE_POINT;
}

static nt_status
not_supported(struct request *req, struct fsctl_call *c)
{
	(void)req;
	(void)c;
	return STATUS_NOT_SUPPORTED;
}

const struct fsctl fsctl_answers[] = {
	{ FSCTL_IS_PATHNAME_VALID, "IS_PATHNAME_VALID", 0, 0, 0, NULL, nothing },
	{ FSCTL_GET_COMPRESSION, "GET_COMPRESSION", 0, 2, sizeof(struct compression), NULL,
	    get_compression },
	{ FSCTL_SET_COMPRESSION, "SET_COMPRESSION", FILE_WRITE_DATA, 0, sizeof(struct compression),
	    decode_compression, set_compression },
	{ FSCTL_IS_VOLUME_DIRTY, "IS_VOLUME_DIRTY", 0, 4, 0, NULL, is_volume_dirty },
	{ FSCTL_GET_OBJECT_ID, "GET_OBJECT_ID", 0, OBJECT_ID_SIZE, sizeof(struct object_id), NULL,
	    get_object_id },
	{ FSCTL_CREATE_OR_GET_OBJECT_ID, "CREATE_OR_GET_OBJECT_ID", 0, OBJECT_ID_SIZE,
	    sizeof(struct object_id), NULL, get_object_id },
	{ FSCTL_SET_OBJECT_ID, "SET_OBJECT_ID", 0, 0, 0, NULL, keep_object_id },
	{ FSCTL_SET_OBJECT_ID_EXTENDED, "SET_OBJECT_ID_EXTENDED", 0, 0, 0, NULL, keep_object_id },
	{ FSCTL_DELETE_OBJECT_ID, "DELETE_OBJECT_ID", 0, 0, 0, NULL, keep_object_id },
	{ FSCTL_SET_REPARSE_POINT, "SET_REPARSE_POINT", CHANGES, 0, 0, NULL, not_supported },
	{ FSCTL_GET_REPARSE_POINT, "GET_REPARSE_POINT", 0, 0, 0, NULL, no_reparse_point },
	{ FSCTL_DELETE_REPARSE_POINT, "DELETE_REPARSE_POINT", CHANGES, 0, 0, NULL,
	    no_reparse_point },
	{ 0 },
};
