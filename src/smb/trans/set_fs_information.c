/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * TRANS2_SET_FS_INFORMATION ([MS-SMB] 2.2.6.5): by any handle of the share. The label is the
 * share's name, the object id is made up, and the kernel has no switches for quotas.
 */
#include "smb/trans/trans2.h"

struct set_fs {
	uint16_t fid, level;
};

static void
decode(void *args, struct trans *t)
{
	struct set_fs *s = args;

	s->fid = rd_u16(&t->params);
	s->level = rd_u16(&t->params);
}

static nt_status
answer(uint16_t level)
{
	switch (level) {
	case 1002: /* FileFsLabelInformation */
	case 1008: /* FileFsObjectIdInformation */
		return STATUS_ACCESS_DENIED;
	case 1006: /* FileFsControlInformation */
		return STATUS_NOT_SUPPORTED;
	default:
		return STATUS_INVALID_LEVEL;
	}
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	const struct set_fs *s = args;

	(void)t;
	return request_handle(req, s->fid) != NULL ? answer(s->level) : STATUS_INVALID_HANDLE;
}

const struct trans_command trans2_set_fs_information = {
	.name = "SET_FS_INFORMATION",
	.flags = WRITES,
	.args = sizeof(struct set_fs),
	.decode = decode,
	.run = run,
};
