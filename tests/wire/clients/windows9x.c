/* SPDX-License-Identifier: BSD-2-Clause */

/* Windows 95, 98 and Me. */
#include <string.h>

#include "../ntlm.h"
#include "talk.h"

#define CLOSE_AT_END 0x02
#define RESUME_KEYS  0x04

#define STANDARD_FIXED 23

static const char *const offered[] = { "PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 3.0",
	"DOS LM1.2X002", "DOS LANMAN2.1", "Windows for Workgroups 3.1a", "NT LM 0.12", NULL };

/* 95 leaves the last name out, 98 has all four. */
static const struct names names95 = { "TORTURE", NTLM_DOMAIN, "Windows 4.0", NULL };
static const struct names guest98 = { "ANYBODY", NTLM_DOMAIN, "Windows 4.0", "Windows 4.0" };

static void
negotiated(void)
{
	talk_begin(0x18, SMB_FLAGS2_LONG_NAMES);
	talk_negotiate(offered, 5, 17);
}

static nt_status
log_on_by_lm(const struct names *names)
{
	uint8_t lm[24];
	const struct passwords p = { .oem = lm, .oem_len = sizeof(lm), .unicode = "" };

	lm_response("SECRET", lm);
	return log_on_nt(&p, names);
}

static void
connected(void)
{
	negotiated();
	ck_assert_uint_eq(log_on_by_lm(&guest98), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\SHARE", "A:"), STATUS_SUCCESS);
}

START_TEST(windows_95_logs_on_by_lm_without_its_last_name)
{
	negotiated();
	ck_assert_uint_eq(log_on_by_lm(&names95), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 0); /* no guest */
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\PRIVATE", "A:"), STATUS_SUCCESS);
}
END_TEST

/* 24 bytes, of which the password and its NUL are the first, in capitals. */
START_TEST(windows_95_sends_a_readable_password_in_24_bytes)
{
	uint8_t field[24] = "SECRET\0left over from be";
	const struct passwords p = { .oem = field, .oem_len = sizeof(field), .unicode = "" };

	talk_begin_with(&plain, 0x18, SMB_FLAGS2_LONG_NAMES);
	talk_negotiate(offered, 5, 17);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u8(&r.words) & 0x02, 0); /* no challenge */
	ck_assert_uint_eq(log_on_nt(&p, &names95), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 0);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\PRIVATE", "A:"), STATUS_SUCCESS);
	field[0] = 'X';
	ck_assert_uint_eq(log_on_nt(&p, &names95), DOS(2, 2));
}
END_TEST

START_TEST(windows_98_asks_for_the_disk_right_after_connecting)
{
	uint32_t total, sectors, free;

	connected();
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 5);
	total = rd_u16(&r.words);
	sectors = rd_u16(&r.words);
	ck_assert_uint_eq(rd_u16(&r.words), 512);
	free = rd_u16(&r.words);
	ck_assert_uint_gt(total, 0);
	ck_assert_uint_gt(sectors, 0);
	ck_assert_uint_gt(free, 0);
	ck_assert_uint_le(free, total);
}
END_TEST

/* SMB_INFO_STANDARD, with resume keys. */
static const char *
next_name(struct reader *data)
{
	const char *name;
	size_t n;

	if (rd_left(data) == 0)
		return NULL;
	rd_skip(data, 4 + STANDARD_FIXED - 1);
	n = rd_u8(data);
	name = rd_text(data, n);
	rd_skip(data, 1);
	ck_assert(rd_ok(data));
	return name;
}

START_TEST(windows_95_goes_on_behind_two_dots)
{
	const struct find_first first = { .attributes = 0x16,
		.count = 2,
		.flags = CLOSE_AT_END | RESUME_KEYS,
		.level = 1,
		.pattern = "\\folder\\*" };
	struct find_next next = {
		.count = 20, .level = 1, .flags = CLOSE_AT_END | RESUME_KEYS, .name = ".."
	};
	const char *names[2];
	struct found got;
	unsigned n = 0;

	connected();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, 2);
	for (int i = 0; i < 2; i++)
		names[i] = next_name(&got.data);
	ck_assert_str_eq(names[0], ".");
	ck_assert_str_eq(names[1], "..");
	next.sid = got.sid;
	ck_assert_uint_eq(find_next2(&next, &got), STATUS_SUCCESS);
	while ((names[0] = next_name(&got.data)) != NULL) {
		ck_assert_int_eq(strncmp(names[0], "ENTRY", 5), 0);
		n++;
	}
	ck_assert_uint_eq(n, ENTRIES);
	ck_assert_uint_eq(got.end, 1);
}
END_TEST

/* Or it asks on for ever. */
START_TEST(windows_95_is_told_that_a_search_for_one_name_has_ended)
{
	const struct find_first first = { .attributes = 0x16,
		.count = 1,
		.flags = CLOSE_AT_END | RESUME_KEYS,
		.level = 1,
		.pattern = "\\hello.txt" };
	struct found got;

	connected();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, 1);
	ck_assert_uint_eq(got.end, 1);
	ck_assert_str_eq(next_name(&got.data), "hello.txt");
}
END_TEST

/* Whatever the flag of the header says. */
START_TEST(windows_9x_names_files_in_any_case)
{
	uint16_t fid;

	connected();
	c->flags = 0;
	ck_assert_uint_eq(open_core("\\HELLO.TXT", 0x40, &fid), STATUS_SUCCESS);
	c->flags = 0x08;
	ck_assert_uint_eq(open_core("\\Hello.Txt", 0x40, &fid), STATUS_SUCCESS);
}
END_TEST

/* The words of a follower, with no bytes behind them. */
static void
put_read(struct writer *w, uint16_t fid)
{
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 2);
	wr_u16(w, 4);
	wr_u16(w, 4);
	wr_zero(w, 6);
}

/* Of a program started from the share: to execute is to read. */
START_TEST(windows_9x_opens_and_reads_in_one_message)
{
	struct reader whole;
	struct writer *w;
	uint16_t fid, at;

	connected();
	w = client_begin(c, SMB_COM_OPEN_ANDX);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x43); /* execute */
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\hello.txt");
	client_andx(c, SMB_COM_READ_ANDX);
	put_read(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 15);
	ck_assert_uint_eq(rd_u8(&r.words), SMB_COM_READ_ANDX);
	rd_skip(&r.words, 1);
	at = rd_u16(&r.words);
	fid = rd_u16(&r.words);
	rd_init(&whole, r.msg, r.len);
	whole = rd_at(&whole, at, r.len - at);
	ck_assert_uint_eq(rd_u8(&whole), 12);
	rd_skip(&whole, 10);
	ck_assert_uint_eq(rd_u16(&whole), 4);
	at = rd_u16(&whole);
	ck_assert_uint_le(at + 4u, r.len);
	ck_assert_mem_eq(r.msg + at, "2345", 4);
	ck_assert_uint_ne(write_core(fid, "x", 1, 0), STATUS_SUCCESS);
}
END_TEST

/* What comes behind has the UID and TID of what went before. */
START_TEST(windows_98_logs_on_connects_and_asks_in_one_message)
{
	uint8_t lm[24];
	struct writer *w;
	uint16_t fid;

	negotiated();
	lm_response("SECRET", lm);
	w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	client_no_andx(w);
	wr_u16(w, 2920);
	wr_u16(w, 2);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, sizeof(lm));
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 1);
	wr_block_bytes(w);
	wr_bytes(w, lm, sizeof(lm));
	wr_string(w, "TORTURE");
	wr_string(w, NTLM_DOMAIN);
	wr_string(w, "Windows 4.0");
	wr_string(w, "Windows 4.0");
	client_andx(c, SMB_COM_TREE_CONNECT_ANDX);
	client_no_andx(w);
	wr_u16(w, 2);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\WIRE\\PRIVATE");
	wr_string(w, "?????");
	client_andx(c, SMB_COM_QUERY_INFORMATION);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\hello.txt");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_ne(r.h.uid, 0);
	ck_assert_uint_ne(r.h.tid, 0);
	c->uid = r.h.uid;
	c->tid = r.h.tid;
	ck_assert_uint_eq(open_core("\\HELLO.TXT", 0x40, &fid), STATUS_SUCCESS);
}
END_TEST

/* Where Unicode is spoken, the name of the pipes lacks its last backslash. */
START_TEST(windows_9x_calls_a_pipe_without_the_last_backslash)
{
	uint16_t setup[2] = { 0x26, 0 };
	struct trans2 t;
	struct writer *w;

	negotiated();
	ck_assert_uint_eq(log_on_by_lm(&guest98), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\IPC$", "IPC"), STATUS_SUCCESS);
	c->flags2 |= SMB_FLAGS2_UNICODE;
	setup[1] = client_open(c, "\\srvsvc");
	w = client_trans_begin(c, &t, "\\PIPE", setup);
	client_trans2_data(c, &t);
	wr_bytes(w, bind_pdu, sizeof(bind_pdu));
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	rd_skip(&t.got_data, 2);
	ck_assert_uint_eq(rd_u8(&t.got_data), 12); /* bind_ack */
}
END_TEST

TCase *
windows9x_client(void)
{
	TCase *t = tcase_create("Windows 9x");

	tcase_add_test(t, windows_95_logs_on_by_lm_without_its_last_name);
	tcase_add_test(t, windows_95_sends_a_readable_password_in_24_bytes);
	tcase_add_test(t, windows_98_asks_for_the_disk_right_after_connecting);
	tcase_add_test(t, windows_95_goes_on_behind_two_dots);
	tcase_add_test(t, windows_95_is_told_that_a_search_for_one_name_has_ended);
	tcase_add_test(t, windows_9x_names_files_in_any_case);
	tcase_add_test(t, windows_9x_opens_and_reads_in_one_message);
	tcase_add_test(t, windows_98_logs_on_connects_and_asks_in_one_message);
	tcase_add_test(t, windows_9x_calls_a_pipe_without_the_last_backslash);
	return t;
}
