/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/ntime.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/tree.h"
#include "smb/commands.h"

/*
 * SMB_COM_CLOSE_AND_TREE_DISC ([MS-CIFS] 2.2.4.45): CLOSE and TREE_DISCONNECT in one, of which the
 * second closes whatever the tree has open.
 */

struct args {
	uint16_t fid;
	ntime written; /* 0: as it is */
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->fid = rd_u16(&in->words);
	a->written = ntime_from_utime(rd_u32(&in->words));
}

static nt_status
run(struct request *req, void *args)
{
	const struct args *a = args;
	struct handle *h = request_handle(req, a->fid);
	struct tree *t = req->tree;
	nt_status status;

	if (h == NULL)
		return STATUS_INVALID_HANDLE;
	status = handle_write_error(h);
	if ((h->open->mode.access & (FILE_WRITE_DATA | FILE_WRITE_ATTRIBUTES)) != 0)
		h->open->close_time = a->written;
	tree_disconnect(&t);
	request_bind(req, tree_session(req->conn, NULL, req->hdr.uid), NULL);
	return status;
}

const struct smb_command smb_close_and_tree_disc = {
	.name = "CLOSE_AND_TREE_DISC",
	.words = WORDS(3),
	.flags = NEED_TID | BY_FID,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
};
