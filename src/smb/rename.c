/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_RENAME ([MS-CIFS] 2.2.4.8), with wildcards in both names as DOS has them. */
#include "smb/rename_names.h"

#include "smb/commands.h"
#include "smb/two_names.h"

struct rename_args {
	struct two_names names;
	struct rename one;
};

static void
decode(void *args, struct smb_in *in)
{
	struct rename_args *a = args;

	a->names.attributes = rd_u16(&in->words);
	a->names.from = rd_string_04(&in->bytes);
	a->names.to = rd_string_04(&in->bytes);
}

static nt_status
rename_one(struct request *req, struct two_names *n, const char *from, const char *to,
    request_done_fn *done)
{
	struct rename_args *a = (struct rename_args *)(void *)n;

	a->one = (struct rename){
		.from = from,
		.to = to,
		.search = true,
		.attributes = n->attributes,
	};
	return rename_run(req, &a->one, done, n);
}

static nt_status
run(struct request *req, void *args)
{
	struct rename_args *a = args;

	a->names.one = rename_one;
	return two_names_run(req, &a->names);
}

const struct smb_command smb_rename = {
	.name = "RENAME",
	.words = WORDS(1),
	.flags = NEED_DISK | WRITES,
	.args = sizeof(struct rename_args),
	.decode = decode,
	.run = run,
};
