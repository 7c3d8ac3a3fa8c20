/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "server/session.h"
#include "smb/commands.h"

/* SMB_COM_PROCESS_EXIT ([MS-CIFS] 2.2.4.18): closes what this process of the client has open. */
static nt_status
run(struct request *req, void *args)
{
	/* Where passwords belong to shares, all of them: a process is no share's. */
	const struct conn_owner owner = {
		.uid = req->conn->share_level ? 0 : req->session->uid,
		.by_pid = true,
		.pid = req->hdr.pid,
	};

	(void)args;
	conn_release(req->conn, &owner);
	return STATUS_SUCCESS;
}

const struct smb_command smb_process_exit = {
	.name = "PROCESS_EXIT",
	.words = WORDS(0),
	.flags = NEED_UID | BY_SHARE,
	.run = run,
};
