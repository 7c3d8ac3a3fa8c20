/* SPDX-License-Identifier: BSD-2-Clause */

/* Open PS2 Loader and PS2SDK's smbman. */
#include <string.h>

#include "../ntlm.h"
#include "talk.h"

#define CASELESS       0x08
#define CANONICAL      0x10
#define SETUP_FLAGS2   (SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS)
#define PATH_FLAGS2    (SETUP_FLAGS2 | SMB_FLAGS2_UNICODE)
#define CAPABILITIES   0xC04C /* those of these it finds: no other */
#define CLOSE_AT_END   0x02
#define RESUME_KEYS    0x04
#define CONTINUE       0x08
#define BOTH_DIRECTORY 0x104
#define DOMAIN_FIELD   32

static const struct names names = { "torture", NTLM_DOMAIN, "PlayStation 2", "SMBMAN" };

static void
negotiated(void)
{
	talk_begin(CASELESS, SETUP_FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	ck_assert_uint_eq(c->capabilities & 0x80000000u, 0);
	c->offers = c->capabilities & CAPABILITIES;
	ck_assert_uint_eq(c->offers, CAPABILITIES);
	c->flags2 = PATH_FLAGS2;
}

/* It has one response: in the field for NTLM first, in the other for LM. */
static nt_status
log_on(bool ntlm, const char *password)
{
	uint8_t response[24];
	struct passwords p = { .oem = response, .unicode = response };

	if (ntlm) {
		ntlm_response_to(password, response);
		p.unicode_len = sizeof(response);
	} else {
		lm_response(password, response);
		p.oem_len = sizeof(response);
	}
	return log_on_nt(&p, &names);
}

static void
connected(void)
{
	negotiated();
	ck_assert_uint_eq(log_on(true, "secret"), STATUS_SUCCESS);
	ck_assert_uint_ne(c->uid, 0);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\192.168.0.10\\share", "?????"), STATUS_SUCCESS);
	ck_assert_uint_ne(c->tid, 0);
	c->flags = CANONICAL;
}

START_TEST(open_ps2_loader_keeps_the_domain_in_32_bytes)
{
	const char *domain;

	negotiated();
	rd_skip(&r.bytes, 8);
	r.bytes.unicode = true;
	domain = rd_string(&r.bytes);
	ck_assert_uint_gt(strlen(domain), 0);
	ck_assert_uint_lt(strlen(domain), DOMAIN_FIELD);
}
END_TEST

START_TEST(open_ps2_loader_tries_lm_after_logon_failure_alone)
{
	negotiated();
	ck_assert_uint_eq(log_on(true, "wrong"), STATUS_LOGON_FAILURE);
	ck_assert_uint_eq(log_on(false, "secret"), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 0); /* no guest */
}
END_TEST

/* As it finds it in NEGOTIATE: the response goes with the share, or the password as it is. */
START_TEST(open_ps2_loader_knows_passwords_of_shares)
{
	struct writer *w;
	uint8_t response[24];
	const struct passwords none = { .oem = "", .unicode = "" };

	talk_begin_with(&by_shares, CASELESS, SETUP_FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u8(&r.words) & 0x03, 0x02);
	c->flags2 = PATH_FLAGS2;
	ck_assert_uint_eq(log_on_nt(&none, &names), STATUS_SUCCESS);
	ntlm_response_to("secret", response);
	w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, sizeof(response));
	wr_block_bytes(w);
	wr_bytes(w, response, sizeof(response));
	wr_string(w, "\\\\192.168.0.10\\private");
	wr_bytes(w, "?????", 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	c->tid = r.h.tid;
	client_open(c, "\\hello.txt");
}
END_TEST

START_TEST(open_ps2_loader_sends_a_readable_password_when_asked)
{
	const struct passwords p = { .oem = "secret", .oem_len = 6, .unicode = "" };

	talk_begin_with(&plain, CASELESS, SETUP_FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	c->flags2 = PATH_FLAGS2;
	ck_assert_uint_eq(log_on_nt(&p, &names), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 0); /* no guest */
}
END_TEST

/* Its NameLength counts the NUL, and a byte too many follows. */
static nt_status
open_nt(const char *path, bool for_writing, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_NT_CREATE_ANDX);

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(2 * (strlen(path) + 1)));
	wr_u32(w, 0);
	wr_u32(w, 0);
	wr_u32(w, for_writing ? 0x2019F : 0x20089);
	wr_u64(w, 0);
	wr_u32(w, for_writing ? 0x80 : 0x01);
	wr_u32(w, 1);
	wr_u32(w, for_writing ? 5 : 1); /* overwrite or create; open */
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 3);
	wr_block_bytes(w);
	wr_string(w, path);
	send_with_junk(1);
	rd_skip(&r.words, 5);
	*fid = rd_u16(&r.words);
	return r.h.status;
}

static uint16_t
opened(const char *path, bool for_writing)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(open_nt(path, for_writing, &fid), STATUS_SUCCESS);
	return fid;
}

START_TEST(open_ps2_loader_reads_a_game)
{
	struct open_andx reading = { .access = 0, .attributes = 1, .function = 1 };
	struct reader data;
	uint16_t fid;

	connected();
	fid = opened("\\hello.txt", false);
	rd_skip(&r.words, 48);
	ck_assert_uint_eq(rd_u64(&r.words), FILE_LEN);
	c->flags = 0;
	c->flags2 = SMB_FLAGS2_NT_STATUS;
	ck_assert_uint_eq(read_andx(fid, 3, 8192, &data), STATUS_SUCCESS);
	expect_bytes(data, "3456789");
	ck_assert_uint_eq(read_andx(fid, FILE_LEN, 8192, &data), STATUS_SUCCESS);
	expect_bytes(data, "");
	c->flags2 = PATH_FLAGS2;
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	ck_assert_uint_eq(open_andx("\\hello.txt", &reading, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

/* As much as 16 bits count: with the byte before it, ByteCount is zero again. */
START_TEST(open_ps2_loader_writes_a_memory_card)
{
	static uint8_t card[65535], again[65535];
	struct reader data;
	uint16_t fid;

	for (size_t i = 0; i < sizeof(card); i++)
		card[i] = (uint8_t)(i * 11 >> 4);
	connected();
	fid = opened("\\card.bin", true);
	c->flags = 0;
	c->flags2 = SMB_FLAGS2_NT_STATUS;
	ck_assert_uint_eq(write_andx(fid, 0, card, sizeof(card)), STATUS_SUCCESS);
	ck_assert_uint_eq(write_andx(fid, sizeof(card), "end", 3), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "card.bin"), sizeof(card) + 3);
	ck_assert_uint_eq(read_andx(fid, 0, sizeof(again), &data), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&data), sizeof(card));
	ck_assert_mem_eq(rd_bytes(&data, sizeof(card)), card, sizeof(card));
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

START_TEST(open_ps2_loader_renames_and_deletes)
{
	const uint16_t no_attributes = 0;
	struct writer *w;

	connected();
	close_fid(opened("\\old.bin", true));
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\old.bin");
	wr_u8(w, 4);
	wr_string(w, "\\new.bin");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "new.bin"));
	ck_assert_uint_eq(by_path(SMB_COM_DELETE, &no_attributes, 1, "\\new.bin"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "new.bin"));
	ck_assert_uint_eq(by_path(SMB_COM_CREATE_DIRECTORY, NULL, 0, "\\CFG"), STATUS_SUCCESS);
	ck_assert(server_has(&server, "CFG"));
	ck_assert_uint_eq(by_path(SMB_COM_DELETE_DIRECTORY, NULL, 0, "\\CFG"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "CFG"));
}
END_TEST

static nt_status
query_path(uint16_t level, struct trans2 *t)
{
	struct writer *w = client_trans2_begin(c, t, 5);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, "\\hello.txt");
	return client_trans2_call(c, t);
}

START_TEST(open_ps2_loader_asks_for_times_and_size_by_name)
{
	struct trans2 t;

	connected();
	ck_assert_uint_eq(query_path(0x101, &t), STATUS_SUCCESS);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_ne(rd_u64(&t.got_data), 0);
	ck_assert_uint_eq(query_path(0x102, &t), STATUS_SUCCESS);
	rd_skip(&t.got_data, 8);
	ck_assert_uint_eq(rd_u64(&t.got_data), FILE_LEN);
	rd_skip(&t.got_data, 5);
	ck_assert_uint_eq(rd_u8(&t.got_data), 0); /* no directory */
}
END_TEST

/* The name is one byte, whatever its characters are. */
static nt_status
next_entry(uint16_t sid, struct found *got)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 2);
	nt_status status;

	wr_u16(w, sid);
	wr_u16(w, 1);
	wr_u16(w, BOTH_DIRECTORY);
	wr_u32(w, 0);
	wr_u16(w, CLOSE_AT_END | RESUME_KEYS | CONTINUE);
	wr_u8(w, 0);
	status = client_trans2_call(c, &t);
	got->count = rd_u16(&t.got_parameters);
	got->end = rd_u16(&t.got_parameters);
	got->data = t.got_data;
	return status;
}

START_TEST(open_ps2_loader_lists_games_one_by_one)
{
	const struct find_first first = { .attributes = 0x37,
		.count = 1,
		.flags = CLOSE_AT_END | RESUME_KEYS,
		.level = BOTH_DIRECTORY,
		.pattern = "\\folder\\*" };
	struct found got;
	unsigned n = 1, games = 0;

	connected();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, 1);
	for (; n <= ENTRIES + 2; n++) {
		struct reader data = got.data;
		uint16_t sid = got.sid;

		games += strncmp(both_name(&data), "ENTRY", 5) == 0;
		if (got.end)
			break;
		ck_assert_uint_eq(next_entry(sid, &got), STATUS_SUCCESS);
		got.sid = sid;
		if (got.count == 0) /* -EINVAL there: the list ends */
			break;
	}
	ck_assert_uint_eq(games, ENTRIES);
}
END_TEST

/* NetShareEnum of level 1, at the offsets it counted. */
static nt_status
net_share_enum(struct trans2 *t)
{
	static const char bytes[] = "\\PIPE\\LANMAN\0\0\0WrLeh\0B13BWz\0\1\0\xA0\x1F";
	struct writer *w = client_begin(c, SMB_COM_TRANSACTION);

	memset(t, 0, sizeof(*t));
	wr_u16(w, 19);
	wr_u16(w, 0);
	wr_u16(w, 1024);
	wr_u16(w, 0x1C00);
	wr_zero(w, 10);
	wr_u16(w, 19);
	wr_u16(w, 76);
	wr_u16(w, 0);
	wr_u16(w, 95);
	wr_zero(w, 2);
	wr_block_bytes(w);
	wr_bytes(w, bytes, sizeof(bytes) - 1);
	ck_assert_uint_eq(w->pos, 95);
	client_call(c, &t->reply);
	client_trans2_read(t);
	return t->reply.h.status;
}

/* An entry as it reads it: a name of 13 bytes and one, a type, a comment counted from the data. */
static bool
is_share(const struct reader *data, size_t at, const char *name)
{
	struct reader e = *data, comment;
	const uint8_t *p;

	rd_skip(&e, at);
	p = rd_bytes(&e, 14);
	if (p == NULL || memcmp(p, name, strlen(name) + 1) != 0 || rd_u16(&e) != 0)
		return false;
	comment = *data;
	rd_skip(&comment, rd_u16(&e));
	return rd_left(&comment) > 0 && rd_u8(&comment) == 0;
}

START_TEST(open_ps2_loader_lists_shares_by_rap)
{
	struct trans2 t;
	bool found = false;
	uint16_t n;

	negotiated();
	ck_assert_uint_eq(log_on(true, "secret"), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\192.168.0.10\\IPC$", "?????"), STATUS_SUCCESS);
	c->flags = 0;
	c->flags2 = 0;
	ck_assert_uint_eq(net_share_enum(&t), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0); /* the converter: it knows none */
	rd_skip(&t.got_parameters, 2);
	n = rd_u16(&t.got_parameters);
	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; i < n; i++)
		found |= is_share(&t.got_data, 20 * i, "share");
	ck_assert(found);
}
END_TEST

/* Nothing but the command stands in these headers: no Flags2 at all. */
START_TEST(open_ps2_loader_sends_some_requests_without_flags2)
{
	struct writer *w;

	connected();
	c->flags = 0;
	c->flags2 = 0;
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 5);
	w = client_begin(c, SMB_COM_ECHO);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_bytes(w, "PS2", 3);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	expect_bytes(r.bytes, "PS2");
	client_begin(c, SMB_COM_TREE_DISCONNECT);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), DOS(2, 5)); /* in the form it asked for */
	client_no_andx(client_begin(c, SMB_COM_LOGOFF_ANDX));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

/*
 * NetShareEnum as it is built by hand: no flags, parameters that end where data would begin. Of the
 * answer the status, how many entries there are, names of 13 bytes, and comments by plain offsets.
 */
static const char list_shares[] = "\\PIPE\\LANMAN\0"
				  "\0\0"
				  "WrLeh\0"
				  "B13BWz\0"
				  "\x01\0\xA0\x1F";
#define LIST_LEN       (sizeof(list_shares) - 1)
#define LIST_PARAMS    19
#define LIST_PARAMS_AT 76
#define LIST_MOST      8096
#define ENTRY_LEN      20

static void
call_list_shares(void)
{
	struct writer *w = client_begin(c, SMB_COM_TRANSACTION);

	wr_u16(w, LIST_PARAMS);
	wr_u16(w, 0);
	wr_u16(w, 1024);
	wr_u16(w, LIST_MOST);
	wr_zero(w, 10);
	wr_u16(w, LIST_PARAMS);
	wr_u16(w, LIST_PARAMS_AT);
	wr_u16(w, 0);
	wr_u16(w, LIST_PARAMS_AT + LIST_PARAMS);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_bytes(w, list_shares, LIST_LEN);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

START_TEST(open_ps2_loader_lists_shares)
{
	struct reader whole, params, data, comment;
	uint16_t n, at;
	bool found = false;
	const char *name;

	connected();
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\192.168.0.10\\IPC$", "?????"), STATUS_SUCCESS);
	c->flags = 0;
	c->flags2 = 0;
	call_list_shares();
	rd_init(&whole, r.msg, r.len);
	rd_skip(&r.words, 6);
	n = rd_u16(&r.words);
	at = rd_u16(&r.words);
	ck_assert_uint_eq(at % 2, 0);
	params = rd_at(&whole, at, n);
	rd_skip(&r.words, 2);
	n = rd_u16(&r.words);
	data = rd_at(&whole, rd_u16(&r.words), n);
	comment = data;
	ck_assert_uint_eq(rd_u16(&params), 0);
	ck_assert_uint_eq(rd_u16(&params), 0);
	rd_skip(&params, 2);
	n = rd_u16(&params);
	ck_assert_uint_gt(n, 0);
	ck_assert_uint_ge(rd_left(&data), (size_t)ENTRY_LEN * n);
	while (n-- != 0) {
		name = (const char *)rd_bytes(&data, 14);
		found |= rd_u16(&data) == 0 && strcmp(name, "share") == 0;
		at = rd_u16(&data);
		ck_assert_uint_lt(at, rd_left(&comment));
		ck_assert_uint_eq(rd_u16(&data), 0);
	}
	ck_assert(found);
}
END_TEST

TCase *
ps2_client(void)
{
	TCase *t = tcase_create("Open PS2 Loader");

	tcase_add_test(t, open_ps2_loader_keeps_the_domain_in_32_bytes);
	tcase_add_test(t, open_ps2_loader_tries_lm_after_logon_failure_alone);
	tcase_add_test(t, open_ps2_loader_knows_passwords_of_shares);
	tcase_add_test(t, open_ps2_loader_sends_a_readable_password_when_asked);
	tcase_add_test(t, open_ps2_loader_reads_a_game);
	tcase_add_test(t, open_ps2_loader_writes_a_memory_card);
	tcase_add_test(t, open_ps2_loader_renames_and_deletes);
	tcase_add_test(t, open_ps2_loader_asks_for_times_and_size_by_name);
	tcase_add_test(t, open_ps2_loader_lists_games_one_by_one);
	tcase_add_test(t, open_ps2_loader_lists_shares_by_rap);
	tcase_add_test(t, open_ps2_loader_sends_some_requests_without_flags2);
	tcase_add_test(t, open_ps2_loader_lists_shares);
	return t;
}
