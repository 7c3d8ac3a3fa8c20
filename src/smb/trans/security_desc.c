/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_QUERY_SECURITY_DESC and NT_TRANSACT_SET_SECURITY_DESC ([MS-CIFS] 2.2.7.6, 2.2.7.3).
 */
#include "disk/acl.h"
#include "server/domain.h"
#include "server/handle.h"
#include "smb/trans/nt.h"
#include "wire/access.h"

struct security {
	uint16_t fid;
	uint32_t parts;
	struct trans *t;
	struct handle *handle;
	struct sd sd;
};

static void
decode(void *args, struct trans *t)
{
	struct security *s = args;

	s->fid = rd_u16(&t->params);
	rd_skip(&t->params, 2);
	s->parts = rd_u32(&t->params);
}

static uint32_t
access_to_read(uint32_t parts)
{
	uint32_t access = 0;

	if ((parts & (SECURITY_OWNER | SECURITY_GROUP | SECURITY_DACL)) != 0)
		access |= ACCESS_READ_CONTROL;
	if ((parts & SECURITY_SACL) != 0)
		access |= ACCESS_SYSTEM_SECURITY;
	return access;
}

static uint32_t
access_to_write(uint32_t parts)
{
	uint32_t access = 0;

	if ((parts & (SECURITY_OWNER | SECURITY_GROUP)) != 0)
		access |= ACCESS_WRITE_OWNER;
	if ((parts & SECURITY_DACL) != 0)
		access |= ACCESS_WRITE_DAC;
	if ((parts & SECURITY_SACL) != 0)
		access |= ACCESS_SYSTEM_SECURITY;
	return access;
}

static nt_status
find_handle(struct request *req, struct security *s, struct trans *t, uint32_t access)
{
	s->t = t;
	s->handle = request_handle(req, s->fid);
	if (s->handle == NULL)
		return STATUS_INVALID_HANDLE;
	return (access & ~s->handle->open->mode.access) != 0 ? STATUS_ACCESS_DENIED
							     : STATUS_SUCCESS;
}

static nt_status
query_work(const struct disk *d, struct arena *a, void *arg)
{
	struct security *s = arg;

	return disk_acl_get(d, a, s->handle->open->file, &s->sd);
}

/* Windows says of every list that was asked for that it is there, be it no list at all. */
static void
leave_parts(struct sd *sd, uint32_t parts)
{
	if ((parts & SECURITY_OWNER) == 0)
		sd->owner = NULL;
	if ((parts & SECURITY_GROUP) == 0)
		sd->group = NULL;
	if ((parts & SECURITY_DACL) == 0) {
		sd->dacl = NULL;
		sd->control &= (uint16_t) ~(SD_DACL_PRESENT | SD_DACL_DEFAULTED |
		    SD_DACL_PROTECTED | SD_DACL_AUTO_INHERITED | SD_DACL_AUTO_INHERIT_REQ);
	} else {
		sd->control |= SD_DACL_PRESENT;
	}
	if ((parts & SECURITY_SACL) == 0) {
		sd->sacl = NULL;
		sd->control &= (uint16_t) ~(SD_SACL_PRESENT | SD_SACL_DEFAULTED |
		    SD_SACL_PROTECTED | SD_SACL_AUTO_INHERITED | SD_SACL_AUTO_INHERIT_REQ);
	} else {
		sd->control |= SD_SACL_PRESENT;
	}
}

/* Where it does not fit, the client is told how much room it takes, and nothing else. */
static nt_status
queried(struct request *req, void *arg, nt_status status)
{
	struct security *s = arg;
	struct trans *t = s->t;
	size_t n;

	if (status != STATUS_SUCCESS)
		return status;
	leave_parts(&s->sd, s->parts);
	n = sd_size(&s->sd);
	trans_out(req, t, 4, n);
	wr_u32(&t->out_params, (uint32_t)n);
	if (n > t->max_data) {
		req->error_data = true;
		return STATUS_BUFFER_TOO_SMALL;
	}
	sd_encode(&t->out_data, &s->sd, 0);
	return STATUS_SUCCESS;
}

static nt_status
run_query(struct request *req, struct trans *t, void *args)
{
	struct security *s = args;
	nt_status status = find_handle(req, s, t, access_to_read(s->parts));

	if (status != STATUS_SUCCESS)
		return status;
	return request_work(req, WORK_QUICK, query_work, queried, s);
}

static nt_status
set_work(const struct disk *d, struct arena *a, void *arg)
{
	struct security *s = arg;

	return disk_acl_set(d, a, s->handle->open->file, s->parts, &s->sd);
}

static nt_status
set_done(struct request *req, void *arg, nt_status status)
{
	struct security *s = arg;

	if (status == STATUS_SUCCESS)
		trans_out(req, s->t, 0, 0);
	return status;
}

static nt_status
run_set(struct request *req, struct trans *t, void *args)
{
	struct security *s = args;
	const size_t n = rd_left(&t->data);
	nt_status status = find_handle(req, s, t, access_to_write(s->parts));

	if (status != STATUS_SUCCESS)
		return status;
	if (!sd_decode(&req->arena, rd_bytes(&t->data, n), n, &s->sd))
		return STATUS_INVALID_SECURITY_DESCR;
	domain_to_unix(req->session, &s->sd);
	return request_work(req, WORK_QUICK, set_work, set_done, s);
}

const struct trans_command nt_query_security_desc = {
	.name = "QUERY_SECURITY_DESC",
	.args = sizeof(struct security),
	.decode = decode,
	.run = run_query,
};

const struct trans_command nt_set_security_desc = {
	.name = "SET_SECURITY_DESC",
	.flags = WRITES,
	.args = sizeof(struct security),
	.decode = decode,
	.run = run_set,
};
