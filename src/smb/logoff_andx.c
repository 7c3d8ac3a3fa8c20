/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/log.h"
#include "server/conn.h"
#include "server/session.h"
#include "smb/commands.h"

/* SMB_COM_LOGOFF_ANDX ([MS-CIFS] 2.2.4.54): the UID and what it opened are gone. */
static nt_status
run(struct request *req, void *args)
{
	struct session *s = req->session;

	(void)args;
	/* Where passwords belong to shares nobody logged on, and what is open goes with its tree.
	 */
	if (req->conn->share_level)
		return STATUS_SUCCESS;
	log_info("%s: user %s logged off", req->conn->peer, log_clean(s->user));
	session_end(&s);
	request_bind(req, NULL, NULL);
	return STATUS_SUCCESS;
}

const struct smb_command smb_logoff_andx = {
	.name = "LOGOFF_ANDX",
	.words = WORDS(2),
	.flags = NEED_UID | BY_SHARE | ANDX,
	.run = run,
};
