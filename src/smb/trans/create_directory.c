/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_CREATE_DIRECTORY ([MS-CIFS] 2.2.6.14). */
#include "disk/name.h"
#include "server/path.h"
#include "smb/info/ea.h"
#include "smb/trans/trans2.h"

struct create_directory {
	const char *name, *path;
	struct disk_eas eas;
	nt_status eas_status; /* of reading their list */
	uint32_t ea_error;
	struct trans *t;
};

static void
decode(void *args, struct trans *t)
{
	struct create_directory *a = args;

	rd_skip(&t->params, 4);
	a->name = rd_string(&t->params);
	a->eas_status = ea_list_read(&t->data, &a->eas, &a->ea_error);
}

static nt_status
work(const struct disk *d, struct arena *arena, void *arg)
{
	const struct create_directory *a = arg;
	struct disk_id id;
	struct disk_open made = { .path = a->path, .type = DISK_DIRECTORY, .made = &id };
	nt_status status = disk_mkdir(d, a->path, 0, &id);

	if (status != STATUS_SUCCESS || a->eas.n == 0)
		return status;
	status = disk_open(d, arena, &made);
	if (status != STATUS_SUCCESS)
		return status;
	status = disk_eas_write(d, made.file, &a->eas, true);
	disk_close(&made.file);
	if (status != STATUS_SUCCESS)
		(void)disk_rmdir(d, a->path, &made.stat.id);
	return status;
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
refuse_eas(struct request *req, struct create_directory *a, nt_status status)
{
	trans_out(req, a->t, 2, 0);
	wr_u16(&a->t->out_params, (uint16_t)a->ea_error);
	req->error_data = true;
	return status;
}

static nt_status
check_eas(const struct request *req, struct create_directory *a)
{
	size_t bad = 0;
	nt_status status = a->eas_status;

	if (status != STATUS_SUCCESS || a->eas.n == 0)
		return status;
	status = disk_eas_check(&req->disk, &a->eas, &bad);
	if (status != STATUS_SUCCESS)
		a->ea_error = a->eas.ea[bad].at;
	return status;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct create_directory *a = args;
	nt_status status = request_path(req, a->name, &a->path);

	if (status != STATUS_SUCCESS)
		return status;
	a->t = t;
	status = check_eas(req, a);
	if (status != STATUS_SUCCESS)
		return refuse_eas(req, a, status);
	return request_work(req, disk_work_of_eas(&a->eas, WORK_QUICK), work, done, a);
}

const struct trans_command trans2_create_directory = {
	.name = "CREATE_DIRECTORY",
	.flags = WRITES,
	.args = sizeof(struct create_directory),
	.decode = decode,
	.run = run,
};
