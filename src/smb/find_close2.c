/* SPDX-License-Identifier: BSD-2-Clause */

/* SMB_COM_FIND_CLOSE2 ([MS-CIFS] 2.2.4.48). */
#include "base/idmap.h"
#include "server/conn.h"
#include "server/search.h"
#include "server/session.h"
#include "server/tree.h"
#include "smb/command.h"

/* OS/2 closes all searches of a tree at once with it. */
#define EVERY_SEARCH 0xFFFF

struct find_close2 {
	uint16_t sid;
};

static void
decode(void *args, struct smb_in *in)
{
	struct find_close2 *a = args;

	a->sid = rd_u16(&in->words);
}

static void
close_all(struct request *req)
{
	struct search *s;
	uint32_t pos = 0;

	while ((s = idmap_next(&req->conn->searches, &pos)) != NULL) {
		if (s->tree == req->tree && s->uid == req->session->uid)
			search_close(s);
	}
}

static nt_status
run(struct request *req, void *args)
{
	const struct find_close2 *a = args;
	struct search *s;

	if (a->sid == EVERY_SEARCH) {
		close_all(req);
		return STATUS_SUCCESS;
	}
	s = request_search(req, a->sid);
	if (s == NULL)
		return STATUS_INVALID_HANDLE;
	search_close(s);
	return STATUS_SUCCESS;
}

const struct smb_command smb_find_close2 = {
	.name = "FIND_CLOSE2",
	.words = WORDS(1),
	.flags = NEED_DISK,
	.args = sizeof(struct find_close2),
	.decode = decode,
	.run = run,
};
