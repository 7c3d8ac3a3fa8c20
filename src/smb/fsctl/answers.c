/* SPDX-License-Identifier: BSD-2-Clause */

/* Control codes that are answered from what is known anyway ([MS-FSCC] 2.3). */
#include "disk/root.h"
#include "file/node.h"
#include "server/handle.h"
#include "smb/fsctl/fsctl.h"

#define FSCTL_IS_PATHNAME_VALID       0x0009002C
#define FSCTL_GET_COMPRESSION         0x0009003C
#define FSCTL_SET_COMPRESSION         0x0009C040
#define FSCTL_IS_VOLUME_DIRTY         0x00090078
#define FSCTL_GET_OBJECT_ID           0x0009009C
#define FSCTL_CREATE_OR_GET_OBJECT_ID 0x000900C0
#define FSCTL_SET_REPARSE_POINT       0x000900A4
#define FSCTL_GET_REPARSE_POINT       0x000900A8
#define FSCTL_DELETE_REPARSE_POINT    0x000900AC

#define COMPRESSION_FORMAT_NONE 0

#define OBJECT_ID_SIZE 64

struct compression {
	uint16_t format;
};

static nt_status
nothing(struct request *req, struct fsctl_call *c)
{
	trans_out(req, c->t, 0, 0);
	return fsctl_end(c, STATUS_SUCCESS);
}

static nt_status
get_compression(struct request *req, struct fsctl_call *c)
{
	trans_out(req, c->t, 0, 2);
	wr_u16(&c->t->out_data, COMPRESSION_FORMAT_NONE);
	return fsctl_end(c, STATUS_SUCCESS);
}

static void
decode_compression(void *args, struct reader *data)
{
	struct compression *a = args;

	a->format = rd_u16(data);
}

static nt_status
set_compression(struct request *req, struct fsctl_call *c)
{
	const struct compression *a = c->args;

	return a->format == COMPRESSION_FORMAT_NONE ? nothing(req, c) : STATUS_NOT_SUPPORTED;
}

static nt_status
is_volume_dirty(struct request *req, struct fsctl_call *c)
{
	trans_out(req, c->t, 0, 4);
	wr_u32(&c->t->out_data, 0);
	return fsctl_end(c, STATUS_SUCCESS);
}

/* Made of what names the file on this machine; nothing is known of where it was born. */
static void
put_object_id(struct writer *w, const struct disk_id *id)
{
	wr_u64(w, id->dev);
	wr_u64(w, id->ino);
}

static nt_status
get_object_id(struct request *req, struct fsctl_call *c)
{
	const struct disk_id *id = &c->handle->open->file->id;
	struct writer *w = &c->t->out_data;

	trans_out(req, c->t, 0, OBJECT_ID_SIZE);
	put_object_id(w, id);
	wr_u64(w, id->dev); /* BirthVolumeId */
	wr_u64(w, 0);
	put_object_id(w, id); /* BirthObjectId */
	wr_zero(w, 16);       /* DomainId */
	return fsctl_end(c, STATUS_SUCCESS);
}

/* Links on disk are followed or do not exist; none is shown as what it is. */
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
	{ FSCTL_GET_COMPRESSION, "GET_COMPRESSION", 0, 2, 0, NULL, get_compression },
	{ FSCTL_SET_COMPRESSION, "SET_COMPRESSION", FILE_WRITE_DATA, 0, sizeof(struct compression),
	    decode_compression, set_compression },
	{ FSCTL_IS_VOLUME_DIRTY, "IS_VOLUME_DIRTY", 0, 4, 0, NULL, is_volume_dirty },
	{ FSCTL_GET_OBJECT_ID, "GET_OBJECT_ID", 0, OBJECT_ID_SIZE, 0, NULL, get_object_id },
	{ FSCTL_CREATE_OR_GET_OBJECT_ID, "CREATE_OR_GET_OBJECT_ID", 0, OBJECT_ID_SIZE, 0, NULL,
	    get_object_id },
	{ FSCTL_SET_REPARSE_POINT, "SET_REPARSE_POINT", 0, 0, 0, NULL, not_supported },
	{ FSCTL_GET_REPARSE_POINT, "GET_REPARSE_POINT", 0, 0, 0, NULL, no_reparse_point },
	{ FSCTL_DELETE_REPARSE_POINT, "DELETE_REPARSE_POINT", 0, 0, 0, NULL, no_reparse_point },
	{ 0 },
};
