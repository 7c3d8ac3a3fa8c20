/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "server/tree.h"
#include "smb/commands.h"

/* SMB_COM_TREE_DISCONNECT ([MS-CIFS] 2.2.4.51). */
static nt_status
run(struct request *req, void *args)
{
	struct tree *t = req->tree;

	(void)args;
	tree_disconnect(&t);
	request_bind(req, tree_session(req->conn, NULL, req->hdr.uid), NULL);
	return STATUS_SUCCESS;
}

const struct smb_command smb_tree_disconnect = {
	.name = "TREE_DISCONNECT",
	.words = WORDS(0),
	.flags = ON_TREE | CHAINS,
	.run = run,
};
