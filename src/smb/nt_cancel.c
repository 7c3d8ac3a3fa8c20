/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/conn.h"
#include "smb/commands.h"

/* SMB_COM_NT_CANCEL ([MS-CIFS] 2.2.4.65): has no reply; the cancelled request answers. */
static nt_status
run(struct request *req, void *args)
{
	struct request *other;

	(void)args;
	req->silent = true;
	TAILQ_FOREACH (other, &req->conn->requests, link) {
		if (other != req && other->hdr.mid == req->hdr.mid &&
		    other->hdr.pid == req->hdr.pid && other->hdr.uid == req->hdr.uid &&
		    other->hdr.tid == req->hdr.tid)
			request_cancel(other);
	}
	return STATUS_SUCCESS;
}

const struct smb_command smb_nt_cancel = {
	.name = "NT_CANCEL",
	.words = WORDS(0),
	.flags = 0,
	.run = run,
};
