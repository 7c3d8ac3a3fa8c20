/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Each command in each dialect that has it: a good request after that dialect's own beginning, with
 * its strings and its errors. Prints the table at the end, and fails where a cell is empty; and
 * every code without a row is none that the server knows.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "auth/crypto.h"
#include "auth/ntlm.h"
#include "base/charset.h"
#include "client.h"
#include "requests.h"
#include "server.h"
#include "smb/codes.h"
#include "wire/status.h"

/* By rank; LM1.2X002 and LANMAN2.1 are one to the server. */
enum dialect { CORE, COREPLUS, LANMAN1, LM12, LANMAN2, NT, DIALECTS };

static const struct {
	const char *name;
	uint8_t words; /* of the NEGOTIATE reply */
} dialects[DIALECTS] = {
	[CORE] = { "PC NETWORK PROGRAM 1.0", 1 },
	[COREPLUS] = { "MICROSOFT NETWORKS 1.03", 1 },
	[LANMAN1] = { "LANMAN1.0", 13 },
	[LM12] = { "LM1.2X002", 13 },
	[LANMAN2] = { "LANMAN2.1", 13 },
	[NT] = { "NT LM 0.12", 17 },
};

/* What a cell begins with, where it is not a connection to the share. */
#define FRESH     0x1000u /* no NEGOTIATE yet */
#define NO_LOG_ON 0x2000u /* nor anything after it */
#define ON_IPC    0x4000u /* the FID is a pipe's */
#define NEEDS_ALL (NEEDS_UID | NEEDS_TID | NEEDS_FID)

/* The errors of what is not served, for clients of NT and all before. */
#define NOT_IMPLEMENTED STATUS_NOT_IMPLEMENTED, ERRDOS | 1u << 16
#define BAD_COMMAND     STATUS_SMB_BAD_COMMAND, ERRSRV | 22u << 16
#define BAD_SMB         STATUS_INVALID_SMB, ERRSRV | 1u << 16
#define USE_STANDARD    STATUS_SMB_USE_STANDARD, ERRSRV | 251u << 16

struct row {
	uint8_t code;
	enum dialect since;
	const char *name; /* of the good request, in request_rows where it is of several */
	void (*build)(struct client *c, uint16_t fid); /* NULL: that of the row of that name */
	uint8_t word_count;
	unsigned flags;
	nt_status error, dos_error; /* by design; 0: none */
};

static struct server server;
static enum dialect dialect;  /* of the cell */
static const struct row *row; /* ... */
static bool tested[256][DIALECTS];

/* --- the beginnings --- */

static void
negotiate(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_NEGOTIATE);

	(void)fid;
	wr_block_bytes(w);
	wr_u8(w, 2);
	wr_string_oem(w, dialects[dialect].name);
}

/* With the LM response of LAN Manager and NT's NTLM one beside it. */
static void
session_setup(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	uint8_t hash[16], response[24];

	(void)fid;
	ck_assert_ptr_null(crypto_init());
	ck_assert(ntlm_lm_hash(crypto_oem(), "SECRET", hash));
	ntlm_response(hash, c->challenge, response);
	client_no_andx(w);
	wr_u16(w, 4356);
	wr_u16(w, 2);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, sizeof(response));
	if (dialect == NT) {
		wr_u16(w, 0);
		wr_u32(w, 0);
		wr_u32(w, c->offers);
	} else {
		wr_u32(w, 0);
	}
	wr_block_bytes(w);
	wr_bytes(w, response, sizeof(response));
	wr_string(w, "torture");
}

static void
say(struct client *c, void (*build)(struct client *c, uint16_t fid), struct reply *r)
{
	nt_status status;

	build(c, 0);
	status = client_call(c, r);
	ck_assert_msg(status == STATUS_SUCCESS, "%s: 0x%08x", dialects[dialect].name, status);
}

static void
tree(struct client *c, const char *share)
{
	struct writer *w;
	struct reply r;

	if (dialect >= LANMAN1) {
		ck_assert_uint_eq(client_try_tree(c, share, "?????", &r), STATUS_SUCCESS);
		return;
	}
	w = client_begin(c, SMB_COM_TREE_CONNECT);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string_oem(w, arena_printf(&c->arena, "\\\\WIRE\\%s", share));
	wr_bytes(w, "\4\0\4?????", 9);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 2);
	c->tid = rd_u16(&r.words);
}

static uint16_t
open_by_name(struct client *c, const char *name)
{
	struct writer *w = client_begin(c, SMB_COM_OPEN);
	struct reply r;

	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	return rd_u16(&r.words);
}

/* As the row wants it. */
static struct client *
begin(uint16_t *fid)
{
	struct client *c = client_connect(server.port);
	struct reply r;

	*fid = 0;
	if (dialect < NT)
		c->flags = 0, c->flags2 = 0;
	if (row->flags & FRESH)
		return c;
	say(c, negotiate, &r);
	if (dialects[dialect].words != 1)
		memcpy(c->challenge, rd_bytes(&r.bytes, 8), 8);
	if (row->flags & NO_LOG_ON)
		return c;
	if (dialect >= LANMAN1) {
		say(c, session_setup, &r);
		c->uid = r.h.uid;
	}
	tree(c, row->flags & ON_IPC ? "IPC$" : "share");
	if (row->flags & NEEDS_FID)
		*fid = open_by_name(c, row->flags & ON_IPC ? "\\PIPE\\srvsvc" : "\\file.txt");
	return c;
}

/* --- good requests beside those of requests.c --- */

/* A request whose words and bytes nobody looks at. */
static void
any(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, row->code);

	wr_u16(w, fid);
	wr_zero(w, row->code == SMB_COM_IOCTL ? 26 : 0);
	wr_block_bytes(w);
}

static void
pipe_state(struct client *c, uint16_t fid)
{
	struct trans2 t;

	client_trans_begin(c, &t, "\\PIPE\\", (const uint16_t[]){ 0x21, fid });
	client_trans2_end(c, &t);
}

/*
 * What was built has all its parameters: sends it as if they came later, and builds the rest. n of
 * them, which are few.
 */
static void
parameters_later(struct client *c, const struct trans2 *t, size_t n)
{
	size_t count_at = t->nt ? 52 : 51, width = t->nt ? 4 : 2;
	uint8_t parameters[8];
	struct writer *w;
	struct reply r;

	ck_assert_uint_le(n, sizeof(parameters));
	memcpy(parameters, client_message(c, &(size_t){ 0 }) + t->parameters, n);
	if (t->nt)
		wr_patch32(&c->out, count_at, 0);
	else
		wr_patch16(&c->out, count_at, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 0);
	c->mid--;
	w = client_begin(c, row->code);
	wr_zero(w, t->nt ? 3 : 0);
	for (unsigned i = 0; i < 8; i++) {
		uint32_t value = i == 0 || i == 2 ? (uint32_t)n : i == 3 ? 80 : 0;

		wr_u16(w, (uint16_t)value);
		wr_zero(w, width - 2);
	}
	wr_zero(w, t->nt ? 1 : 0);
	wr_zero(w, row->code == SMB_COM_TRANSACTION2_SECONDARY ? 2 : 0);
	wr_block_bytes(w);
	wr_zero(w, 80 - w->pos);
	wr_bytes(w, parameters, n);
}

static void
transaction_secondary(struct client *c, uint16_t fid)
{
	struct trans2 t;

	wr_u16(client_trans_begin(c, &t, "\\PIPE\\", (const uint16_t[]){ 0x01, fid }), 0x8000);
	client_trans2_end(c, &t);
	parameters_later(c, &t, 2);
}

static void
transaction2_secondary(struct client *c, uint16_t fid)
{
	struct trans2 t;

	(void)fid;
	wr_u16(client_trans2_begin(c, &t, 3), 1);
	client_trans2_end(c, &t);
	parameters_later(c, &t, 2);
}

static void
nt_transact_secondary(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 6, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 7);
	client_trans2_end(c, &t);
	parameters_later(c, &t, 8);
}

static void
find_close(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_FIND);
	uint8_t key[21];
	struct reply r;

	(void)fid;
	wr_u16(w, 1);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\*.*");
	wr_u8(w, 5);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 1);
	rd_skip(&r.bytes, 3);
	memcpy(key, rd_bytes(&r.bytes, sizeof(key)), sizeof(key));
	w = client_begin(c, SMB_COM_FIND_CLOSE);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "");
	wr_u8(w, 5);
	wr_u16(w, sizeof(key));
	wr_bytes(w, key, sizeof(key));
}

static void
name(struct writer *w, const char *text)
{
	wr_u8(w, 4);
	wr_string_oem(w, text);
}

static void
text(struct writer *w)
{
	wr_u8(w, 1);
	wr_u16(w, 5);
	wr_bytes(w, "hello", 5);
}

static void
message(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, row->code);

	(void)fid;
	wr_block_bytes(w);
	name(w, "WFW");
	name(w, "OPERATOR");
	if (row->code != SMB_COM_SEND_START_MB_MESSAGE)
		text(w);
}

static void
machine_name(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, row->code);

	(void)fid;
	wr_block_bytes(w);
	name(w, "OPERATOR");
}

/* More of a message that was begun, or its end. */
static void
message_of_several(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_SEND_START_MB_MESSAGE);
	struct reply r;
	uint16_t group;

	(void)fid;
	wr_block_bytes(w);
	name(w, "WFW");
	name(w, "OPERATOR");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	group = rd_u16(&r.words);
	wr_u16(client_begin(c, row->code), group);
	wr_block_bytes(&c->out);
	if (row->code == SMB_COM_SEND_TEXT_MB_MESSAGE)
		text(&c->out);
}

/* --- the rows, by code: [MS-CIFS] 2.2.2.1 --- */

static const struct row rows[] = {
	{ 0x00, CORE, "CREATE_DIRECTORY", NULL, 0, 0, 0, 0 },
	{ 0x01, CORE, "DELETE_DIRECTORY", NULL, 0, 0, 0, 0 },
	{ 0x02, CORE, "OPEN", NULL, 0, 0, 0, 0 },
	{ 0x03, CORE, "CREATE", NULL, 0, 0, 0, 0 },
	{ 0x04, CORE, "CLOSE", NULL, 0, 0, 0, 0 },
	{ 0x05, CORE, "FLUSH", NULL, 0, 0, 0, 0 },
	{ 0x06, CORE, "DELETE", NULL, 0, 0, 0, 0 },
	{ 0x07, CORE, "RENAME", NULL, 0, 0, 0, 0 },
	{ 0x08, CORE, "QUERY_INFORMATION", NULL, 0, 0, 0, 0 },
	{ 0x09, CORE, "SET_INFORMATION", NULL, 0, 0, 0, 0 },
	{ 0x0A, CORE, "READ", NULL, 0, 0, 0, 0 },
	{ 0x0B, CORE, "WRITE", NULL, 0, 0, 0, 0 },
	{ 0x0C, CORE, "LOCK_BYTE_RANGE", NULL, 0, 0, 0, 0 },
	{ 0x0D, CORE, "UNLOCK_BYTE_RANGE", NULL, 0, 0, 0, 0 },
	{ 0x0E, CORE, "CREATE_TEMPORARY", NULL, 0, 0, 0, 0 },
	{ 0x0F, CORE, "CREATE_NEW", NULL, 0, 0, 0, 0 },
	{ 0x10, CORE, "CHECK_DIRECTORY", NULL, 0, 0, 0, 0 },
	{ 0x11, CORE, "PROCESS_EXIT", NULL, 0, 0, 0, 0 },
	{ 0x12, CORE, "SEEK", NULL, 0, 0, 0, 0 },
	{ 0x13, COREPLUS, "LOCK_AND_READ", NULL, 0, 0, 0, 0 },
	{ 0x14, COREPLUS, "WRITE_AND_UNLOCK", NULL, 0, 0, 0, 0 },
	{ 0x1A, COREPLUS, "READ_RAW", NULL, 0, 0, 0, 0 },
	{ 0x1B, LANMAN1, "READ_MPX", any, 0, NEEDS_ALL, USE_STANDARD },
	{ 0x1C, LANMAN1, "READ_MPX_SECONDARY", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x1D, COREPLUS, "WRITE_RAW", NULL, 0, 0, 0, 0 },
	{ 0x1E, LANMAN1, "WRITE_MPX", any, 0, NEEDS_ALL, USE_STANDARD },
	{ 0x1F, LANMAN1, "WRITE_MPX_SECONDARY", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x20, LANMAN1, "WRITE_COMPLETE", write_raw, 1, NEEDS_ALL, 0, 0 },
	{ 0x21, NT, "QUERY_SERVER", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x22, LANMAN1, "SET_INFORMATION2", NULL, 0, 0, 0, 0 },
	{ 0x23, LANMAN1, "QUERY_INFORMATION2", NULL, 0, 0, 0, 0 },
	{ 0x24, LANMAN1, "LOCKING_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x25, LANMAN1, "TRANSACTION", pipe_state, 10, ON_IPC | NEEDS_FID, 0, 0 },
	{ 0x26, LANMAN1, "TRANSACTION_SECONDARY", transaction_secondary, 10, ON_IPC | NEEDS_FID, 0,
	    0 },
	{ 0x27, LANMAN1, "IOCTL", any, 0, NEEDS_ALL, BAD_SMB },
	{ 0x28, LANMAN1, "IOCTL_SECONDARY", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x29, LANMAN1, "COPY", NULL, 0, 0, 0, 0 },
	{ 0x2A, LANMAN1, "MOVE", NULL, 0, 0, 0, 0 },
	{ 0x2B, LANMAN1, "ECHO", NULL, 0, 0, 0, 0 },
	{ 0x2C, LANMAN1, "WRITE_AND_CLOSE", NULL, 0, 0, 0, 0 },
	{ 0x2D, LANMAN1, "OPEN_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x2E, LANMAN1, "READ_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x2F, LANMAN1, "WRITE_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x30, NT, "NEW_FILE_SIZE", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x31, NT, "CLOSE_AND_TREE_DISC", NULL, 0, 0, 0, 0 },
	{ 0x32, LM12, "FIND_FIRST2 0x1", NULL, 0, 0, 0, 0 },
	{ 0x33, LM12, "TRANSACTION2_SECONDARY", transaction2_secondary, 10, 0, 0, 0 },
	{ 0x34, LM12, "FIND_CLOSE2", NULL, 0, 0, 0, 0 },
	{ 0x35, LM12, "FIND_NOTIFY_CLOSE", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x70, CORE, "TREE_CONNECT", NULL, 0, 0, 0, 0 },
	{ 0x71, CORE, "TREE_DISCONNECT", NULL, 0, 0, 0, 0 },
	{ 0x72, CORE, "NEGOTIATE", negotiate, 1, FRESH, 0, 0 },
	{ 0x73, LANMAN1, "SESSION_SETUP_ANDX", session_setup, 3, NO_LOG_ON, 0, 0 },
	{ 0x74, LM12, "LOGOFF_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x75, LANMAN1, "TREE_CONNECT_ANDX", NULL, 0, 0, 0, 0 },
	{ 0x7E, LANMAN1, "SECURITY_PACKAGE_ANDX", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0x80, CORE, "QUERY_INFORMATION_DISK", NULL, 0, 0, 0, 0 },
	{ 0x81, CORE, "SEARCH", NULL, 0, 0, 0, 0 },
	{ 0x82, LANMAN1, "FIND", NULL, 0, 0, 0, 0 },
	{ 0x83, LANMAN1, "FIND_UNIQUE", NULL, 0, 0, 0, 0 },
	{ 0x84, LANMAN1, "FIND_CLOSE", find_close, 1, 0, 0, 0 },
	{ 0xA0, NT, "NT_TRANSACT CREATE", NULL, 0, 0, 0, 0 },
	{ 0xA1, NT, "NT_TRANSACT_SECONDARY", nt_transact_secondary, 18, NEEDS_FID, 0, 0 },
	{ 0xA2, NT, "NT_CREATE_ANDX", NULL, 0, 0, 0, 0 },
	{ 0xA4, NT, "NT_CANCEL", NULL, 0, 0, 0, 0 },
	{ 0xA5, NT, "NT_RENAME", NULL, 0, 0, 0, 0 },
	{ 0xC0, CORE, "OPEN_PRINT_FILE", any, 0, NEEDS_ALL, BAD_COMMAND },
	{ 0xC1, CORE, "WRITE_PRINT_FILE", any, 0, NEEDS_ALL, BAD_COMMAND },
	{ 0xC2, CORE, "CLOSE_PRINT_FILE", any, 0, NEEDS_ALL, BAD_SMB },
	{ 0xC3, CORE, "GET_PRINT_QUEUE", any, 0, NEEDS_ALL, BAD_COMMAND },
	{ 0xD0, CORE, "SEND_MESSAGE", message, 0, FRESH, 0, 0 },
	{ 0xD1, CORE, "SEND_BROADCAST", message, 0, NEEDS_TID | SILENT, 0, 0 },
	{ 0xD2, CORE, "FORWARD_USER_NAME", any, 0, NO_LOG_ON, NOT_IMPLEMENTED },
	{ 0xD3, CORE, "CANCEL_FORWARD", any, 0, NO_LOG_ON, NOT_IMPLEMENTED },
	{ 0xD4, CORE, "GET_MACHINE_NAME", machine_name, 0, FRESH, 0, 0 },
	{ 0xD5, CORE, "SEND_START_MB_MESSAGE", message, 1, FRESH, 0, 0 },
	{ 0xD6, CORE, "SEND_END_MB_MESSAGE", message_of_several, 0, FRESH, 0, 0 },
	{ 0xD7, CORE, "SEND_TEXT_MB_MESSAGE", message_of_several, 0, FRESH, 0, 0 },
	{ 0xD8, NT, "READ_BULK", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0xD9, NT, "WRITE_BULK", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
	{ 0xDA, NT, "WRITE_BULK_DATA", any, 0, NEEDS_ALL, NOT_IMPLEMENTED },
};
#define NROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static const struct request_row *
request_named(const char *wanted)
{
	for (size_t i = 0; i < request_row_count; i++)
		if (strcmp(request_rows[i].name, wanted) == 0)
			return &request_rows[i];
	ck_abort_msg("requests.c has no %s", wanted);
	return NULL;
}

/* --- a cell --- */

static void
furnish(void)
{
	static const char *const made[] = { "new folder", "made.txt", "renamed.txt", "copied.txt" };
	char path[256];

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", server.root, made[i]);
		remove(path);
	}
	server_file(&server, "file.txt", "0123456789", 10);
	server_file(&server, "victim.txt", "victim", 6);
	server_mkdir(&server, "folder");
	server_mkdir(&server, "empty");
}

/* How many words the reply has in this dialect. */
static uint8_t
words_expected(const struct request_row *good)
{
	if (row->code == SMB_COM_NEGOTIATE)
		return dialects[dialect].words;
	if (row->code == SMB_COM_TREE_CONNECT_ANDX && dialect < NT)
		return 2;
	return good->word_count;
}

static void
answered(struct client *c, const struct request_row *good)
{
	nt_status error = dialect == NT ? row->error : row->dos_error, status;
	uint8_t code = row->code;
	struct reply r;

	status = client_call(c, &r);
	if (code == SMB_COM_WRITE_COMPLETE) {
		ck_assert_uint_eq(status, STATUS_SUCCESS);
		client_send_message(c, "more", 4);
		client_receive(c, &r);
		status = r.h.status;
	}
	ck_assert_msg(status == error, "%s, %s: 0x%08x instead of 0x%08x", row->name,
	    dialects[dialect].name, status, error);
	ck_assert_msg(r.word_count == (error != 0 ? 0 : words_expected(good)), "%s, %s: %u words",
	    row->name, dialects[dialect].name, r.word_count);
	if (dialect < NT)
		ck_assert_uint_eq(r.h.flags2 & (SMB_FLAGS2_UNICODE | SMB_FLAGS2_NT_STATUS), 0);
	if (code != SMB_COM_TRANSACTION_SECONDARY && code != SMB_COM_TRANSACTION2_SECONDARY &&
	    code != SMB_COM_NT_TRANSACT_SECONDARY)
		ck_assert_uint_eq(r.h.command, code);
}

static void
answered_without_a_header(struct client *c)
{
	size_t len;

	client_send(c);
	ck_assert_mem_eq(client_receive_raw(c, &len), "23456", 5);
	ck_assert_uint_eq(len, 5);
}

static void
taken_in_silence(struct client *c)
{
	unsigned before;
	nt_status last;

	client_send(c);
	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 0);
}

/* The level is how many words write_raw has; no other builder here asks for it. */
static void
run_cell(void)
{
	const struct request_row own = {
		.name = row->name,
		.flags = row->flags,
		.build = row->build,
		.word_count = row->word_count,
		.level = 12,
	};
	const struct request_row *good = row->build != NULL ? &own : request_named(row->name);
	struct row wanted = *row;
	struct client *c;
	uint16_t fid;

	wanted.flags |= good->flags;
	row = &wanted;
	furnish();
	c = begin(&fid);
	request_row = good;
	good->build(c, fid);
	if (good->flags & SILENT)
		taken_in_silence(c);
	else if (good->flags & BARE)
		answered_without_a_header(c);
	else
		answered(c, good);
	client_close(&c);
}

START_TEST(a_command_is_answered_in_each_dialect_that_has_it)
{
	for (dialect = rows[_i].since; dialect < DIALECTS; dialect++) {
		row = &rows[_i];
		run_cell();
		tested[rows[_i].code][dialect] = true;
	}
}
END_TEST

static bool
has_row(unsigned code)
{
	for (int i = 0; i < NROWS; i++)
		if (rows[i].code == code)
			return true;
	return false;
}

START_TEST(what_has_no_row_is_no_command)
{
	struct row none = { 0, CORE, "no command", any, 0, NEEDS_ALL, BAD_COMMAND };
	const struct request_row good = { .name = none.name };
	struct client *c;
	uint16_t fid;
	int sent = 0;

	dialect = (enum dialect)_i;
	row = &none;
	furnish();
	c = begin(&fid);
	for (unsigned code = 0; code < 256; code++) {
		if (has_row(code))
			continue;
		none.code = (uint8_t)code;
		any(c, fid);
		answered(c, &good);
		sent++;
	}
	ck_assert_int_eq(sent, 256 - NROWS);
	client_close(&c);
}
END_TEST

/* --- the table --- */

/* The cells that are empty. */
static int
print_row(const struct row *r)
{
	int empty = 0;

	printf("# %02X %-24s", r->code, r->name);
	for (enum dialect d = CORE; d < DIALECTS; d++) {
		const char *cell = d < r->since ? ""
		    : !tested[r->code][d]       ? "EMPTY"
		    : r->error != 0             ? "error"
						: "yes";

		empty += d >= r->since && !tested[r->code][d];
		printf(" %-9s", cell);
	}
	printf("\n");
	return empty;
}

static int
print_table(void)
{
	int bad = 0, cells = 0;

	printf("# %-27s %-9s %-9s %-9s %-9s %-9s %-9s\n", "", "core", "core+", "LANMAN1.0",
	    "LM1.2X002", "LANMAN2.1", "NT");
	for (int i = 0; i < NROWS; i++) {
		bad += print_row(&rows[i]);
		cells += DIALECTS - (int)rows[i].since;
	}
	printf("# %d commands, %d cells, %d faults\n", NROWS, cells, bad);
	return bad;
}

int
main(void)
{
	Suite *suite = suite_create("coverage");
	TCase *tc = tcase_create("commands");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tc, 300);
	tcase_add_loop_test(tc, a_command_is_answered_in_each_dialect_that_has_it, 0, NROWS);
	tcase_add_loop_test(tc, what_has_no_row_is_no_command, 0, DIALECTS);
	suite_add_tcase(suite, tc);
	runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK); /* the table is remembered here */
	server_start(&server,
	    "\tserver min protocol = CORE\n\tlanman auth = yes\n\tntlm auth = ntlmv1-permitted\n"
	    "\tplaintext auth = yes\n\tmax connections per address = 0");
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner) + print_table() + server_stop(&server);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
