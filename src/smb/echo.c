/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/commands.h"
#include "smb/dispatch.h"

/*
 * SMB_COM_ECHO ([MS-CIFS] 2.2.4.39). How much one request may bring back is the server's to choose.
 */
#define MAX_ECHO_BYTES (1u << 20)
#define MAX_ECHOES     1000

struct args {
	uint16_t count, sequence;
	const uint8_t *data;
	size_t len;
};

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->count = rd_u16(&in->words);
	a->len = rd_left(&in->bytes);
	a->data = rd_bytes(&in->bytes, a->len);
}

static unsigned
replies(const struct args *a)
{
	size_t most = MAX_ECHO_BYTES / (a->len + 64);

	if (most > MAX_ECHOES)
		most = MAX_ECHOES;
	return a->count < most ? a->count : (unsigned)most;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	unsigned n = replies(a);

	if (n == 0)
		req->silent = true;
	for (a->sequence = 1; a->sequence < n; a->sequence++)
		dispatch_reply_part(req, STATUS_SUCCESS);
	return STATUS_SUCCESS;
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	(void)req;
	wr_u16(w, a->sequence);
	wr_block_bytes(w);
	wr_bytes(w, a->data, a->len);
}

const struct smb_command smb_echo = {
	.name = "ECHO",
	.words = WORDS(1),
	.flags = 0,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
