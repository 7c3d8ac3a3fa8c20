/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/oplock_break.h"

#include "base/log.h"
#include "base/loop.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/server.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/commands.h"

/*
 * A request from the server to the client, which is why nothing of its header is anybody's
 * ([MS-CIFS] 3.3.4.2, 2.2.4.32.1); never signed, and no sequence number is used up.
 */
#define NOBODY 0xFFFF

#define NO_ANDX        0xFF
#define OPLOCK_RELEASE 0x02
#define MAX_BREAK      64

static void
send_break(const struct open *o, enum oplock_level to)
{
	const struct handle *h = o->oplock.holder;
	const struct smb_header hdr = {
		.command = SMB_COM_LOCKING_ANDX,
		.pid = NOBODY,
		.mid = NOBODY,
		.tid = h->tree->tid,
	};
	struct writer w;

	wr_init(&w, MAX_BREAK);
	smb_header_write(&w, &hdr);
	wr_block(&w);
	wr_u8(&w, NO_ANDX);
	wr_u8(&w, 0);
	wr_u16(&w, 0);
	wr_u16(&w, h->fid);
	wr_u8(&w, OPLOCK_RELEASE);
	wr_u8(&w, to == OPLOCK_LEVEL_II ? NEW_LEVEL_II : NEW_LEVEL_NONE);
	wr_zero(&w, 8); /* Timeout, NumberOfRequestedUnlocks, NumberOfRequestedLocks */
	wr_block_end(&w);
	conn_send(h->conn, wr_take(&w));
}

static void
lost(const struct open *o)
{
	const struct handle *h = o->oplock.holder;

	log_info("%s: %s: oplock taken away: its break was not answered within \"oplock break "
		 "timeout\"",
	    h->conn->peer, log_clean(o->path));
}

const struct oplock_ops smb_oplock_ops = { .send = send_break, .lost = lost };

uint32_t
smb_ask_holders(
    const struct request *req, const struct disk_id *id, struct oplock_conflict conflict)
{
	conflict.now = loop_now_ms();
	conflict.timeout = req->conn->set->config->oplock_break_timeout * 1000;
	return file_oplock_break(req->conn->server->files, id, &conflict);
}

nt_status
smb_break_oplocks(struct request *req, const struct disk_id *id, struct oplock_conflict conflict,
    request_done_fn *again, void *arg)
{
	struct request_timeout timeout = { .ms = smb_ask_holders(req, id, conflict) };

	if (timeout.ms == 0)
		return STATUS_SUCCESS;
	timeout.list = file_waiters(req->conn->server->files, id);
	return request_wait_for(req, &timeout, again, arg);
}
