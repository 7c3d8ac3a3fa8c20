/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_CREATE ([MS-CIFS] 2.2.7.1): NT_CREATE_ANDX with a security descriptor and EAs. */
#include "server/handle.h"
#include "smb/info/ea.h"
#include "smb/nt_create.h"
#include "smb/trans/nt.h"

#define PARAMS_MAX 101
#define PARAMS_MIN 69

struct args {
	struct nt_create nt;
	nt_status eas_status; /* of reading their list */
	struct trans *t;
};

/*
 * The EAs follow the descriptor, with Windows aligned, with others at once: only where its length
 * is odd, and those who fill up have the bytes for it.
 */
static struct reader
eas_of(struct reader *data, uint32_t sd_size, uint32_t ea_size)
{
	uint32_t gap = (4 - sd_size % 4) % 4;

	if (rd_left(data) >= gap && rd_left(data) - gap >= ea_size)
		rd_skip(data, gap);
	return rd_sub(data, ea_size);
}

static void
decode(void *args, struct trans *t)
{
	struct args *a = args;
	struct create *c = &a->nt.create;
	struct reader *p = &t->params, eas;
	uint32_t sd_size, ea_size;

	nt_create_read(&a->nt, p);
	sd_size = rd_u32(p);
	ea_size = rd_u32(p);
	rd_skip(p, 4); /* NameLength: the string ends itself */
	rd_skip(p, 5); /* ImpersonationLevel, SecurityFlags */
	a->nt.name = rd_string(p);
	c->sd_size = sd_size;
	c->sd = sd_size != 0 ? rd_bytes(&t->data, sd_size) : NULL;
	eas = eas_of(&t->data, sd_size, ea_size);
	if (rd_ok(&eas))
		a->eas_status = ea_full_read(&eas, &c->eas, &c->ea_error);
}

static nt_status
opened(struct request *req, void *arg)
{
	struct args *a = arg;
	const struct create *c = &a->nt.create;
	struct writer *w = &a->t->out_params;

	trans_out(req, a->t, PARAMS_MAX, 0);
	wr_u8(w, nt_create_oplock(&a->nt));
	wr_u8(w, 0);
	wr_u16(w, c->handle->fid);
	wr_u32(w, c->action);
	wr_u32(w, 0); /* EAErrorOffset */
	nt_create_put(&a->nt, w);
	return STATUS_SUCCESS;
}

/* All but EAErrorOffset means nothing then. */
static nt_status
refuse_eas(struct request *req, struct args *a, nt_status status)
{
	struct writer *w = &a->t->out_params;

	trans_out(req, a->t, PARAMS_MIN, 0);
	wr_zero(w, 8);
	wr_u32(w, a->nt.create.ea_error);
	wr_zero(w, PARAMS_MIN - 12);
	req->error_data = true;
	return status;
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct args *a = args;
	nt_status status;

	a->t = t;
	if (a->eas_status != STATUS_SUCCESS)
		return refuse_eas(req, a, a->eas_status);
	status = nt_create_run(req, &a->nt, opened, a);
	return status == STATUS_INVALID_EA_NAME ? refuse_eas(req, a, status) : status;
}

const struct trans_command nt_transact_create = {
	.name = "NT_CREATE",
	.flags = TRANS_IPC,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
