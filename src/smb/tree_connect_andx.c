/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "file/share_mode.h"
#include "server/conn.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/commands.h"

/* SMB_COM_TREE_CONNECT_ANDX ([MS-CIFS] 2.2.4.55, [MS-SMB] 2.2.4.7). */

#define TREE_CONNECT_DISCONNECT_TID    0x0001
#define TREE_CONNECT_EXTENDED_RESPONSE 0x0008
#define SUPPORT_SEARCH_BITS            0x0001

struct args {
	uint16_t flags, password_len;
	const char *path, *service;
	struct tree *tree;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->flags = rd_u16(&in->words);
	a->password_len = rd_u16(&in->words);
	rd_skip(&in->bytes, a->password_len);
	a->path = rd_string(&in->bytes);
	a->service = rd_string_oem(&in->bytes);
}

/* "\\server\share" or the share alone. */
static const char *
share_name(const char *path)
{
	const char *slash = strrchr(path, '\\');

	return slash != NULL ? slash + 1 : path;
}

static nt_status
check_service(const struct share *sh, const char *service)
{
	const char *ours = sh->conf == NULL ? "IPC" : "A:";

	if (service[0] == '\0' || strcmp(service, "?????") == 0 || strcasecmp(service, ours) == 0)
		return STATUS_SUCCESS;
	return STATUS_BAD_DEVICE_TYPE;
}

static nt_status
connect_share(struct request *req, struct args *a)
{
	struct conn *c = req->conn;
	const char *name = share_name(a->path), *reason = "";
	struct share *sh = share_find(req->session->set, name);
	nt_status status;

	if (sh == NULL) {
		log_info("%s: user %s: no such share: %s", c->peer, log_clean(req->session->user),
		    log_clean(name));
		return STATUS_BAD_NETWORK_NAME;
	}
	status = check_service(sh, a->service);
	if (status != STATUS_SUCCESS) {
		log_info("%s: user %s: share %s refused: it is no %s", c->peer,
		    log_clean(req->session->user), log_clean(name), log_clean(a->service));
		return status;
	}
	status = share_admit(sh, c, req->session, &reason);
	if (status != STATUS_SUCCESS) {
		log_info("%s: user %s: share %s refused: %s", c->peer,
		    log_clean(req->session->user), log_clean(name), reason);
		return status;
	}
	return tree_connect(c, req->session, sh, &a->tree);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct tree *old;
	nt_status status;

	if ((a->flags & TREE_CONNECT_DISCONNECT_TID) != 0 &&
	    (old = tree_get(req->conn, req->hdr.tid)) != NULL)
		tree_disconnect(&old);
	status = connect_share(req, a);
	if (status != STATUS_SUCCESS)
		return status;
	req->hdr.tid = a->tree->tid;
	request_bind(req, req->session, a->tree);
	log_debug("%s: user %s: tree %u is %s", req->conn->peer, log_clean(req->session->user),
	    a->tree->tid, a->tree->ipc ? "IPC$" : a->tree->share->conf->name);
	return STATUS_SUCCESS;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	wr_u16(w, a->tree->ipc ? 0 : SUPPORT_SEARCH_BITS);
	if ((a->flags & TREE_CONNECT_EXTENDED_RESPONSE) != 0) {
		wr_u32(w,
		    req->disk.read_only ? FILE_GENERIC_READ | FILE_GENERIC_EXECUTE
					: FILE_ALL_ACCESS);
		wr_u32(w, 0); /* GuestMaximalShareAccessRights */
	}
	wr_block_bytes(w);
	wr_string_oem(w, a->tree->ipc ? "IPC" : "A:");
	wr_string(w, a->tree->ipc ? "" : "NTFS");
}

const struct smb_command smb_tree_connect_andx = {
	.name = "TREE_CONNECT_ANDX",
	.words = WORDS(4),
	.flags = NEED_UID | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
