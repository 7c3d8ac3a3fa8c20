/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/dispatch.h"

#include <string.h>
#include <time.h>

#include "base/charset.h"
#include "base/log.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"
#include "server/tree.h"
#include "smb/commands.h"
#include "wire/frame.h"
#include "wire/status.h"

#define NO_ANDX   0xFF
#define MAX_DEPTH 32
#define MAX_REPLY (130u * 1024)

static void step(struct request *req);

static uint64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000u + (uint64_t)ts.tv_nsec / 1000u;
}

static void
start_reply(struct request *req)
{
	struct smb_header h = req->hdr;

	wr_init(&req->reply, MAX_REPLY);
	req->reply.unicode = (req->hdr.flags2 & SMB_FLAGS2_UNICODE) != 0;
	req->reply.oem = req->conn->server->oem;
	h.status = STATUS_SUCCESS;
	h.flags = SMB_FLAGS_REPLY | (req->hdr.flags & SMB_FLAGS_CASE_INSENSITIVE);
	h.flags2 = (uint16_t)(req->hdr.flags2 & ~(SMB_FLAGS2_DFS | SMB_FLAGS2_REPARSE_PATH));
	smb_header_write(&req->reply, &h);
	req->reply_at = req->reply.pos;
	req->block_at = 0;
}

/* UID and TID of a reply are those the request has become. */
static void
patch_header(struct request *req, nt_status status)
{
	uint16_t flags2 = req->hdr.flags2;

	/* What has no NT status goes out as the DOS error it is, and says so. */
	if (status_is_error(status) && status >> 30 == 0) {
		flags2 &= (uint16_t)~SMB_FLAGS2_NT_STATUS;
		wr_patch16(&req->reply, SMB_FLAGS2_AT, flags2);
	}
	smb_header_patch_status(&req->reply, status, flags2);
	wr_patch16(&req->reply, SMB_TID_AT, req->hdr.tid);
	wr_patch16(&req->reply, SMB_UID_AT, req->hdr.uid);
}

static void
send_reply(struct request *req, nt_status status)
{
	struct conn *c = req->conn;
	struct frame *f;

	patch_header(req, status);
	f = wr_take(&req->reply);
	if (signing_active(&c->signing))
		signing_sign(&c->signing, f, req->sequence + 1);
	conn_send(c, f);
}

/* Tells the element before where the next one begins, which 16 bits must be able to say. */
static void
link_block(struct request *req)
{
	struct writer *w = &req->reply;

	if (req->block_at == 0)
		return;
	wr_align(w, 4, 0);
	if (w->pos > UINT16_MAX) {
		w->full = true;
		return;
	}
	wr_patch8(w, req->block_at + 1, req->command_code);
	wr_patch16(w, req->block_at + 3, (uint16_t)w->pos);
}

/*
 * Opens the element's block, with the AndX words where it has them; links it to the element before.
 */
static void
open_block(struct request *req)
{
	struct writer *w = &req->reply;
	size_t at;

	link_block(req);
	req->reply_at = w->pos;
	at = w->pos;
	wr_block(w);
	req->block_at = 0;
	if ((req->command->flags & ANDX) == 0)
		return;
	req->block_at = at;
	wr_u8(w, NO_ANDX);
	wr_u8(w, 0);
	wr_u16(w, 0);
}

static void
encode(struct request *req)
{
	open_block(req);
	if (req->command->encode != NULL)
		req->command->encode(req, req->args, &req->reply);
	wr_block_end(&req->reply);
}

/*
 * An error takes the place of this element's block: no words, no bytes; what came before it in the
 * chain stays.
 */
static void
encode_error(struct request *req)
{
	struct writer *w = &req->reply;

	link_block(req);
	wr_block(w);
	wr_block_end(w);
}

static void
note_step(const struct request *req, nt_status status)
{
	struct command_stats *stats = &req->conn->server->stats[req->command_code];
	uint64_t us = now_us() - req->started_us;

	if (req->command != NULL) {
		stats->requests++;
		stats->errors += status_is_error(status) ? 1 : 0;
		stats->us += us;
		if (us > stats->longest_us)
			stats->longest_us = us;
	}
	if (log_debugs())
		log_debug("%s: mid %u %s uid %u tid %u: %s, %llu us", req->conn->peer, req->hdr.mid,
		    req->command != NULL ? req->command->name : "?", req->hdr.uid, req->hdr.tid,
		    status_name(status), (unsigned long long)us);
}

/* Of the message's own command; what follows in a chain has none of these. */
static bool
has_flag(const struct request *req, uint32_t flag)
{
	return req->command != NULL && req->command_code == req->hdr.command &&
	    (req->command->flags & flag) != 0;
}

static void
end(struct request *req)
{
	request_free(&req);
}

/* Success and information carry their answer; of warnings and errors these two do. */
static bool
answers_with_data(nt_status status)
{
	if (status == STATUS_BUFFER_OVERFLOW || status == STATUS_MORE_PROCESSING_REQUIRED)
		return true;
	return status >> 31 == 0 && !status_is_error(status);
}

/* The last message to a request. */
static void
send_final(struct request *req, nt_status status)
{
	if (has_flag(req, COMPLETE))
		wr_patch8(&req->reply, SMB_COMMAND_AT, SMB_COM_WRITE_COMPLETE);
	send_reply(req, status);
	end(req);
}

static void
fail(struct request *req, nt_status status)
{
	note_step(req, status);
	encode_error(req);
	send_final(req, status);
}

static void
finish_raw(struct request *req, nt_status status)
{
	note_step(req, status);
	wr_rewind(&req->reply, 0);
	if (status == STATUS_SUCCESS)
		req->command->encode(req, req->args, &req->reply);
	conn_send(req->conn, wr_take(&req->reply));
	end(req);
}

/* run has answered: encodes, then goes on in the chain or sends. */
static void
finish(struct request *req, nt_status status)
{
	if (req->conn->closing || req->silent) {
		note_step(req, status);
		end(req);
		return;
	}
	if (has_flag(req, RAW)) {
		finish_raw(req, status);
		return;
	}
	if (!answers_with_data(status) && !req->error_data) {
		fail(req, status);
		return;
	}
	note_step(req, status);
	encode(req);
	if (req->reply.full) {
		wr_rewind(&req->reply, req->reply_at);
		req->block_at = 0;
		fail(req, STATUS_INSUFF_SERVER_RESOURCES);
		return;
	}
	if (status == STATUS_SUCCESS && req->next != 0 && req->block_at != 0) {
		step(req);
		return;
	}
	send_final(req, status);
}

void
dispatch_reply_part(struct request *req, nt_status status)
{
	encode(req);
	send_reply(req, status);
	start_reply(req);
}

void
dispatch_continue(struct request *req, nt_status status)
{
	wr_block_end(&req->reply);
	send_reply(req, status);
	start_reply(req);
	open_block(req);
}

void
dispatch_interim(struct request *req)
{
	encode_error(req);
	send_reply(req, STATUS_SUCCESS);
	start_reply(req);
}

/* Cuts the element at req->next into words and bytes. */
static bool
open_element(struct request *req, struct smb_in *in)
{
	struct reader r;
	uint16_t count;

	rd_init(&r, req->frame->smb, req->frame->len);
	r.arena = &req->arena;
	r.oem = req->conn->server->oem;
	r.unicode = (req->hdr.flags2 & SMB_FLAGS2_UNICODE) != 0;
	rd_skip(&r, req->next);
	in->word_count = rd_u8(&r);
	in->words = rd_sub(&r, 2u * in->word_count);
	count = rd_u16(&r);
	in->rest = r;
	/*
	 * More than ByteCount can say may follow (large writes), but what it says must be there:
	 * half a name is another name.
	 */
	in->bytes = rd_sub(&r, count);
	return rd_ok(&r);
}

/*
 * The follower of an AndX block: strictly behind this element's words, so that a chain only goes
 * forward. (Behind the words and not the bytes: OS/2 puts the next words in between.)
 */
static bool
read_andx(struct request *req, struct smb_in *in)
{
	size_t end_of_words = in->words.end;
	uint16_t offset;

	req->next_command = rd_u8(&in->words);
	rd_skip(&in->words, 1);
	offset = rd_u16(&in->words);
	req->next = 0;
	if (req->next_command == NO_ANDX)
		return rd_ok(&in->words);
	if (offset < end_of_words || offset >= req->frame->len)
		return false;
	req->next = offset;
	return rd_ok(&in->words);
}

static bool
word_count_fits(const struct smb_command *cmd, unsigned count)
{
	return (cmd->words >> (count > 31 ? 31 : count) & 1) != 0;
}

/* Asked before there is anybody where passwords belong to shares. */
static bool
is_nobodys(const struct request *req)
{
	return req->conn->share_level && (req->command->flags & BY_SHARE) != 0;
}

static nt_status
nobody(const struct request *req)
{
	return req->conn->share_level ? STATUS_SMB_BAD_TID : STATUS_SMB_BAD_UID;
}

/* What the row asks for: session, tree, rights. */
static nt_status
admit(struct request *req)
{
	uint32_t flags = req->command->flags;
	struct tree *tree = tree_get(req->conn, req->hdr.tid);
	struct session *session = tree_session(req->conn, tree, req->hdr.uid);

	if (!req->conn->negotiated && (flags & ANY_TIME) == 0)
		return STATUS_INVALID_SMB;
	request_bind(req, session, tree);
	if ((flags & ON_UID) != 0 && session == NULL && !is_nobodys(req))
		return (flags & BY_FID) != 0 ? STATUS_INVALID_HANDLE : nobody(req);
	if ((flags & ON_TREE) != 0 && tree == NULL)
		return (flags & BY_FID) != 0 ? STATUS_INVALID_HANDLE : STATUS_SMB_BAD_TID;
	if ((flags & ON_DISK) != 0 && tree->ipc)
		return STATUS_ACCESS_DENIED;
	if ((flags & NEED_TID) == NEED_TID && (flags & BY_FID) == 0 && !tree_admits(tree, session))
		return STATUS_ACCESS_DENIED;
	if ((flags & WRITES) != 0 && req->disk.read_only)
		return STATUS_ACCESS_DENIED;
	return STATUS_SUCCESS;
}

static nt_status
decode(struct request *req, struct smb_in *in)
{
	const struct smb_command *cmd = req->command;

	if (!word_count_fits(cmd, in->word_count))
		return STATUS_INVALID_SMB;
	req->next = 0;
	if ((cmd->flags & ANDX) != 0 && !read_andx(req, in))
		return STATUS_INVALID_SMB;
	req->args = arena_alloc(&req->arena, cmd->args);
	if (cmd->decode != NULL)
		cmd->decode(req->args, in);
	return rd_ok(&in->words) && rd_ok(&in->bytes) ? STATUS_SUCCESS : STATUS_INVALID_SMB;
}

/* Only AndX commands and those marked may stand behind another. */
static bool
may_follow(const struct request *req)
{
	return req->depth == 0 || (req->command->flags & (ANDX | CHAINS)) != 0;
}

static nt_status
begin(struct request *req)
{
	struct smb_in in;
	nt_status status;

	req->command_code = req->depth == 0 ? req->hdr.command : req->next_command;
	req->command = smb_command_of(req->command_code);
	if (req->command == NULL)
		return STATUS_SMB_BAD_COMMAND;
	req->conn->server->stats[req->command_code].name = req->command->name;
	if (req->depth == MAX_DEPTH || !may_follow(req) || !open_element(req, &in))
		return STATUS_INVALID_SMB;
	req->depth++;
	status = admit(req);
	if (status != STATUS_SUCCESS)
		return status;
	status = decode(req, &in);
	if (status != STATUS_SUCCESS)
		return status;
	return req->command->run(req, req->args);
}

static void
step(struct request *req)
{
	nt_status status = begin(req);

	if (status != STATUS_PENDING)
		finish(req, status);
}

/*
 * Every request takes two sequence numbers, its own and its reply's; NT_CANCEL, which has no
 * reply, takes one ([MS-CIFS] 3.3.5.1).
 */
static bool
check_signature(struct request *req)
{
	struct signing *s = &req->conn->signing;

	if (!signing_active(s))
		return true;
	req->sequence = s->next;
	s->next += req->hdr.command == SMB_COM_NT_CANCEL ? 1 : 2;
	return signing_verify(s, req->frame, req->sequence);
}

static void
on_frame(struct conn *c, struct frame *f)
{
	struct request *req = request_new(c, f);
	struct reader r;

	rd_init(&r, f->smb, f->len);
	req->finish = finish;
	req->started_us = now_us();
	if (!smb_header_read(&r, &req->hdr)) {
		conn_close(c,
		    f->len >= 4 && memcmp(f->smb, "\xfeSMB", 4) == 0
			? "speaks SMB2, which is not served here"
			: "not an SMB message");
		end(req);
		return;
	}
	if (!check_signature(req)) {
		conn_close(c, "bad signature");
		end(req);
		return;
	}
	req->next = SMB_HEADER_LEN;
	start_reply(req);
	step(req);
}

const struct conn_ops smb_conn_ops = {
	.frame = on_frame,
};
