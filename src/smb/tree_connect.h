/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TREE_CONNECT_H
#define SMB_TREE_CONNECT_H

#include <stddef.h>
#include <stdint.h>

#include "auth/logon.h"
#include "server/request.h"
#include "smb/logon.h"

struct share;

/* What TREE_CONNECT and TREE_CONNECT_ANDX ask for. */
struct tree_connect {
	const char *path, *service;
	const uint8_t *password; /* of the share, where passwords belong to shares */
	size_t password_len;
	struct tree *tree; /* the answer */
	/* on the way */
	struct session *session;
	struct share *share;
	struct logon logon;
	struct logon_lookup known;
};

/* Ends a request: with the tree connected, and bound to it from there on. */
nt_status tree_connect_run(struct request *req, struct tree_connect *t);

/* "A:" or "IPC", as the client is told. */
const char *tree_connect_service(const struct tree_connect *t);

#endif
