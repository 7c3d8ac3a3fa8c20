/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The messenger's commands (X/Open C209, 14): texts for people, which a client sends over a
 * connection of their own, without NEGOTIATE and without a log-on.
 */
#include "base/arena.h"
#include "config/schema.h"
#include "server/conn.h"
#include "server/messenger.h"
#include "server/share.h"
#include "smb/commands.h"

#define FORMAT_STRING 0x04
#define FORMAT_DATA   0x01
#define END_OF_LINE   0x14

/* One at a time is all a connection has. */
#define GROUP 1

struct args {
	uint16_t group;
	struct message m;
};

static char *
decode_string(struct reader *r)
{
	if (rd_u8(r) != FORMAT_STRING)
		r->bad = true;
	return rd_string_oem(r);
}

static void
decode_names(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->m.from = decode_string(&in->bytes);
	a->m.to = decode_string(&in->bytes);
}

/* In the client's code page, whatever Flags2 says; a line ends as on this machine. */
static const char *
decode_data(struct reader *r)
{
	char *text, *to;
	uint16_t n;

	if (rd_u8(r) != FORMAT_DATA)
		r->bad = true;
	n = rd_u16(r);
	r->unicode = false;
	text = to = rd_text(r, n);
	for (const char *from = text; *from != '\0'; from++) {
		if (*from != '\r')
			*to++ = (char)(*from == END_OF_LINE ? '\n' : *from);
	}
	*to = '\0';
	return text;
}

static void
decode_whole(void *args, struct smb_in *in)
{
	struct args *a = args;

	decode_names(args, in);
	a->m.text = decode_data(&in->bytes);
}

static void
decode_block(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->group = rd_u16(&in->words);
	a->m.text = decode_data(&in->bytes);
}

static void
decode_group(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->group = rd_u16(&in->words);
}

static nt_status
run_whole(struct request *req, void *args)
{
	const struct args *a = args;

	messenger_deliver(req->conn, &a->m);
	return STATUS_SUCCESS;
}

static nt_status
run_broadcast(struct request *req, void *args)
{
	req->silent = true;
	return run_whole(req, args);
}

static nt_status
run_start(struct request *req, void *args)
{
	const struct args *a = args;

	return messenger_begin(req->conn, &a->m);
}

static nt_status
run_text(struct request *req, void *args)
{
	const struct args *a = args;

	if (a->group != GROUP)
		return STATUS_INVALID_PARAMETER;
	return messenger_add(req->conn, a->m.text);
}

static nt_status
run_end(struct request *req, void *args)
{
	const struct args *a = args;

	return a->group == GROUP ? messenger_end(req->conn) : STATUS_INVALID_PARAMETER;
}

static void
encode_start(struct request *req, const void *args, struct writer *w)
{
	(void)req;
	(void)args;
	wr_u16(w, GROUP);
}

/* Whoever asks where a user is may find him here. */
static void
decode_user(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->m.to = decode_string(&in->bytes);
}

static nt_status
run_machine_name(struct request *req, void *args)
{
	(void)req;
	(void)args;
	return STATUS_SUCCESS;
}

static void
encode_machine_name(struct request *req, const void *args, struct writer *w)
{
	(void)args;
	wr_block_bytes(w);
	wr_u8(w, FORMAT_STRING);
	wr_string_oem(w, req->conn->set->config->netbios_name);
}

const struct smb_command smb_send_message = {
	.name = "SEND_MESSAGE",
	.words = WORDS(0),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_whole,
	.run = run_whole,
};

const struct smb_command smb_send_broadcast = {
	.name = "SEND_BROADCAST",
	.words = WORDS(0),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_whole,
	.run = run_broadcast,
};

const struct smb_command smb_get_machine_name = {
	.name = "GET_MACHINE_NAME",
	.words = WORDS(0),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_user,
	.run = run_machine_name,
	.encode = encode_machine_name,
};

const struct smb_command smb_send_start = {
	.name = "SEND_START_MB_MESSAGE",
	.words = WORDS(0),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_names,
	.run = run_start,
	.encode = encode_start,
};

const struct smb_command smb_send_end = {
	.name = "SEND_END_MB_MESSAGE",
	.words = WORDS(1),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_group,
	.run = run_end,
};

const struct smb_command smb_send_text = {
	.name = "SEND_TEXT_MB_MESSAGE",
	.words = WORDS(1),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode_block,
	.run = run_text,
};
