/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_CREATE_DIRECTORY ([MS-CIFS] 2.2.6.14). */
#include "disk/name.h"
#include "server/path.h"
#include "smb/trans/trans2.h"

/* A list of no extended attributes: its own length. */
#define NO_EAS 4

struct create_directory {
	const char *name, *path;
	uint32_t ea_bytes;
	struct trans *t;
};

static void
decode(void *args, struct trans *t)
{
	struct create_directory *a = args;

	rd_skip(&t->params, 4);
	a->name = rd_string(&t->params);
	if (rd_left(&t->data) >= NO_EAS)
		a->ea_bytes = rd_u32(&t->data);
}

static nt_status
work(const struct disk *d, struct arena *arena, void *arg)
{
	const struct create_directory *a = arg;

	(void)arena;
	return disk_mkdir(d, a->path, 0);
}

static nt_status
done(struct request *req, void *arg, nt_status status)
{
	struct create_directory *a = arg;

	/* What Windows tells DOS, other than by CREATE_DIRECTORY. */
	if (status == STATUS_OBJECT_NAME_COLLISION && (req->hdr.flags2 & SMB_FLAGS2_NT_STATUS) == 0)
		return STATUS_DOS_ALREADY_EXISTS;
	if (status != STATUS_SUCCESS)
		return status;
	trans_out(req, a->t, 2, 0);
	wr_u16(&a->t->out_params, 0); /* EaErrorOffset */
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct create_directory *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status != STATUS_SUCCESS)
		return status;
	if (a->ea_bytes > NO_EAS)
		return STATUS_EAS_NOT_SUPPORTED;
	a->t = t;
	return request_work(req, WORK_QUICK, work, done, a);
}

const struct trans_command trans2_create_directory = {
	.name = "CREATE_DIRECTORY",
	.flags = WRITES,
	.args = sizeof(struct create_directory),
	.decode = decode,
	.run = run,
};
