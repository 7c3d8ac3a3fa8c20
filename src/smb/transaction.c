/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_TRANSACTION ([MS-CIFS] 2.2.4.33, 2.2.5): named pipes, and calls of [MS-RAP]. */
#include <string.h>
#include <strings.h>

#include "server/tree.h"
#include "smb/trans/pieces.h"
#include "smb/trans/pipe.h"
#include "smb/trans/rap.h"

#define NO_RESPONSE 0x0002

#define RAP_NAME "\\PIPE\\LANMAN"

/* By subcommand, the first Setup word. */
static const struct trans_command *const subcommands[] = {
	[0x01] = &trans_set_nmpipe_state,
	[0x11] = &trans_raw_read_nmpipe,
	[0x21] = &trans_query_nmpipe_state,
	[0x22] = &trans_query_nmpipe_info,
	[0x23] = &trans_peek_nmpipe,
	[0x26] = &trans_transact_nmpipe,
	[0x31] = &trans_write_nmpipe, /* RAW_WRITE_NMPIPE */
	[0x36] = &trans_read_nmpipe,
	[0x37] = &trans_write_nmpipe,
	[0x53] = &trans_wait_nmpipe,
	[0x54] = &trans_call_nmpipe,
};

static void
decode(void *args, struct smb_in *in)
{
	struct trans_primary *p = args;

	trans_decode(p, in);
	/* Popcorn Hour says there are no bytes, though a name and data come. */
	p->t.name = rd_left(&in->bytes) != 0 ? rd_string(&in->bytes) : "";
}

/* "\PIPE\..." or, of Windows 95, "\PIPE"; or none, where the FID says it all. */
static bool
is_pipe(const char *name)
{
	return name[0] == '\0' ||
	    (strncasecmp(name, "\\PIPE", 5) == 0 && strchr("\\", name[5]) != NULL);
}

static nt_status
run_whole(struct request *req, struct trans *t)
{
	const struct trans_primary *p = req->args;
	const struct trans_command *c = NULL;

	if ((p->flags & NO_RESPONSE) != 0)
		req->silent = true;
	/* Windows and Samba answer calls on any tree; they are about the server. */
	if (strcasecmp(t->name, RAP_NAME) == 0)
		return trans_run(req, t, &trans_rap);
	if (!req->tree->ipc)
		return STATUS_ACCESS_DENIED;
	if (!is_pipe(t->name) || t->nsetup == 0)
		return STATUS_NOT_SUPPORTED;
	if (t->setup[0] < sizeof(subcommands) / sizeof(subcommands[0]))
		c = subcommands[t->setup[0]];
	return c != NULL ? trans_run(req, t, c) : STATUS_NOT_SUPPORTED;
}

static nt_status
run(struct request *req, void *args)
{
	return trans_begin(req, args, run_whole);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	(void)args;
	trans_encode(req, &((struct trans_primary *)req->args)->t, w);
}

const struct smb_command smb_transaction = {
	.name = "TRANSACTION",
	.words = WORDS_FROM(14),
	.flags = NEED_TID,
	.args = sizeof(struct trans_primary),
	.decode = decode,
	.run = run,
	.encode = encode,
};
