/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/trans/rap.h"

#include "rap/rap.h"

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct rap_transaction call = { .params = t->params, .max_data = t->max_data };

	(void)args;
	trans_out(req, t, RAP_PARAMS_MAX, t->max_data);
	call.out_params = &t->out_params;
	call.out_data = &t->out_data;
	return rap_answer(req, &call);
}

const struct trans_command trans_rap = {
	.name = "RAP",
	.flags = TRANS_IPC,
	.run = run,
};
