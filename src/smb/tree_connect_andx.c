/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/dfs.h"
#include "file/share_mode.h"
#include "server/conn.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "smb/tree_connect.h"

/* SMB_COM_TREE_CONNECT_ANDX ([MS-CIFS] 2.2.4.55, [MS-SMB] 2.2.4.7). */

#define TREE_CONNECT_DISCONNECT_TID    0x0001
#define TREE_CONNECT_EXTENDED_RESPONSE 0x0008
#define SUPPORT_SEARCH_BITS            0x0001
#define SHARE_IS_IN_DFS                0x0002

struct args {
	uint16_t flags;
	struct tree_connect tree;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->flags = rd_u16(&in->words);
	a->tree.password_len = rd_u16(&in->words);
	a->tree.password = rd_bytes(&in->bytes, a->tree.password_len);
	a->tree.path = rd_string(&in->bytes);
	a->tree.service = rd_string_oem(&in->bytes);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct tree *old;

	if ((a->flags & TREE_CONNECT_DISCONNECT_TID) != 0 &&
	    (old = tree_get(req->conn, req->hdr.tid)) != NULL) {
		tree_disconnect(&old);
		request_bind(req, tree_session(req->conn, NULL, req->hdr.uid), NULL);
	}
	return tree_connect_run(req, &a->tree);
}

/* LAN Manager's dialects have neither the first word nor the name of a file system. */
static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;
	const struct tree *t = a->tree.tree;
	bool nt = req->conn->protocol >= PROTOCOL_NT1;

	if (nt)
		wr_u16(w,
		    (t->ipc ? 0 : SUPPORT_SEARCH_BITS) |
			(disk_is_dfs_root(t->share->root) ? SHARE_IS_IN_DFS : 0));
	if (nt && (a->flags & TREE_CONNECT_EXTENDED_RESPONSE) != 0) {
		wr_u32(w,
		    req->disk.read_only ? FILE_GENERIC_READ | FILE_GENERIC_EXECUTE
					: FILE_ALL_ACCESS);
		wr_u32(w, 0); /* GuestMaximalShareAccessRights */
	}
	wr_block_bytes(w);
	wr_string_oem(w, tree_connect_service(&a->tree));
	if (nt)
		wr_string(w, t->ipc ? "" : "NTFS");
}

const struct smb_command smb_tree_connect_andx = {
	.name = "TREE_CONNECT_ANDX",
	.words = WORDS(4),
	.flags = NEED_UID | BY_SHARE | ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
