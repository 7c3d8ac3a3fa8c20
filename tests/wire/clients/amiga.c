/* SPDX-License-Identifier: BSD-2-Clause */

/* amiga-smbfs, as it is and made to use the commands of the core protocol. */
#include <stdio.h>
#include <string.h>

#include "talk.h"

#define ENTRY 43
#define KEY   21

/* OPEN's modes: read; read and write, shared with all */
#define TO_READ 0x40
#define TO_BOTH 0x42

static const char *const offered[] = { "PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03",
	"MICROSOFT NETWORKS 3.0", "LANMAN1.0", "LM1.2X002", "NT LM 0.12", "NT LANMAN 1.0", NULL };

/* It has one process, of number 0. */
static void
begin(void)
{
	talk_begin(0, 0);
	c->pid = 0;
}

static void
negotiated(const char *const *dialects, uint16_t index, uint8_t words)
{
	talk_negotiate(dialects, index, words);
	c->flags = SMB_FLAGS_CASE_INSENSITIVE;
	c->flags2 = SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_EAS;
}

/* Made to, it ends its offer before LAN Manager's; a share is called by its name alone. */
static void
core_connected(void)
{
	begin();
	negotiated(DIALECTS("PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03"), 1, 1);
	ck_assert_uint_eq(tree_connect_core("share", "", "A:"), STATUS_SUCCESS);
	ck_assert_uint_ne(c->tid, 0);
}

/* NT's dialect, with errors of DOS; unicode once it has logged on. */
static void
nt_connected(void)
{
	const struct names names = { "TORTURE", "WORKGROUP", "AmigaOS", "smbfs" };
	uint8_t lm[24], nt[24];
	const struct passwords p = { lm, sizeof(lm), nt, sizeof(nt) };

	begin();
	negotiated(offered, 5, 17);
	lm_response("secret", lm);
	ntlm_response_to("secret", nt);
	ck_assert_uint_eq(log_on_nt(&p, &names), STATUS_SUCCESS);
	c->flags2 |= SMB_FLAGS2_UNICODE;
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\SHARE", "A:"), STATUS_SUCCESS);
}

static uint16_t
created(const char *path)
{
	struct writer *w = client_begin(c, SMB_COM_CREATE);

	wr_u16(w, 0);
	wr_u32(w, 0x60000000);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	return rd_u16(&r.words);
}

/* Close at the end, resume keys, go on: the last from the first request on. */
#define FIND_FLAGS 0x0E

START_TEST(amiga_smbfs_lists_with_all_flags_at_once)
{
	const struct find_first first = { .attributes = 0x10,
		.count = 4,
		.flags = FIND_FLAGS,
		.level = 0x104,
		.pattern = "\\folder\\*" };
	struct find_next next = {
		.count = 4, .level = 0x104, .flags = FIND_FLAGS, .name = "\\folder\\*"
	};
	struct found got;
	unsigned n = 0;

	nt_connected();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	next.sid = got.sid;
	for (;;) {
		ck_assert_uint_gt(got.count, 0);
		while (both_name(&got.data) != NULL)
			n++;
		if (got.end || n > ENTRIES + 2)
			break;
		ck_assert_uint_eq(find_next2(&next, &got), STATUS_SUCCESS);
	}
	ck_assert_uint_eq(n, ENTRIES + 2);
}
END_TEST

/* MaxParameterCount is 0, though there are some. */
START_TEST(amiga_smbfs_asks_by_name_and_takes_no_parameters)
{
	struct trans2 t;
	struct writer *w;

	nt_connected();
	w = client_trans2_begin(c, &t, 5);
	wr_patch16(w, 37, 0);
	wr_u16(w, 0x107);
	wr_u32(w, 0);
	wr_string(w, "\\hello.txt");
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_parameters), 0);
	for (int i = 0; i < 4; i++) /* no time without a date */
		ck_assert_uint_ne(rd_u64(&t.got_data), 0);
	rd_skip(&t.got_data, 16);
	ck_assert_uint_eq(rd_u64(&t.got_data), FILE_LEN);
}
END_TEST

/* ByteCount is two too many: it stands there twice. */
START_TEST(amiga_smbfs_counts_its_bytes_twice)
{
	struct writer *w;
	struct reader data;
	uint16_t fid;

	nt_connected();
	ck_assert_uint_eq(client_try_open(c, "\\twice.txt", 0x0012019F, 5, &fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_WRITE_ANDX);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 14);
	wr_u16(w, 5);
	wr_u16(w, 66);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u16(w, 1 + 5);
	wr_u8(w, 0);
	ck_assert_uint_eq(w->pos, 66);
	wr_bytes(w, "amiga", 5);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 5);
	w = client_begin(c, SMB_COM_READ_ANDX);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 100);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 0, 100, &data), STATUS_SUCCESS);
	expect_bytes(data, "amiga");
}
END_TEST

START_TEST(amiga_smbfs_aligns_the_second_name)
{
	struct writer *w;
	uint16_t fid;

	nt_connected();
	ck_assert_uint_eq(client_try_open(c, "\\first.txt", 0x0012019F, 5, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, 0x06);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\first.txt");
	wr_u8(w, 4);
	wr_u8(w, 0);
	wr_string(w, "\\second.txt");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "second.txt"));
}
END_TEST

START_TEST(amiga_smbfs_creates_writes_and_reads)
{
	uint16_t fid;

	core_connected();
	fid = created("\\AMIGA.TXT");
	ck_assert_uint_eq(write_core(fid, "workbench", 9, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 9);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	ck_assert_uint_eq(open_core("\\AMIGA.TXT", TO_READ, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 7);
	ck_assert_uint_eq(read_core(fid, 100, 4), STATUS_SUCCESS);
	expect_read("bench");
	ck_assert_uint_eq(read_core(fid, 100, 9), STATUS_SUCCESS);
	expect_read("");
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

/* An empty string takes the place of the data. */
static nt_status
set_size(uint16_t fid, uint32_t size)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, size);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_bytes(w, "\4\0", 3);
	return client_call(c, &r);
}

START_TEST(amiga_smbfs_sets_a_size_by_writing_nothing)
{
	uint16_t fid;

	core_connected();
	fid = created("\\SIZE.TXT");
	ck_assert_uint_eq(write_core(fid, "workbench", 9, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(set_size(fid, 4), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "SIZE.TXT"), 4);
	ck_assert_uint_eq(set_size(fid, 400), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "SIZE.TXT"), 400);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

/* One SEARCH; its entries are counted, and the key of the last kept. */
static nt_status
search(const char *pattern, uint8_t key[KEY], unsigned *n)
{
	struct writer *w = client_begin(c, SMB_COM_SEARCH);
	nt_status status;

	wr_u16(w, 3);
	wr_u16(w, 0x10);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, pattern);
	wr_u8(w, 5);
	wr_u16(w, pattern[0] == '\0' ? KEY : 0);
	if (pattern[0] == '\0')
		wr_bytes(w, key, KEY);
	status = client_call(c, &r);
	*n = rd_u16(&r.words);
	rd_skip(&r.bytes, 3);
	for (unsigned i = 0; i < *n; i++) {
		memcpy(key, rd_bytes(&r.bytes, KEY), KEY);
		rd_skip(&r.bytes, ENTRY - KEY);
	}
	return status;
}

START_TEST(amiga_smbfs_searches_a_directory)
{
	uint8_t key[KEY];
	unsigned n, all = 0;
	nt_status status;

	core_connected();
	status = search("\\FOLDER\\*.*", key, &n);
	while (status == STATUS_SUCCESS) {
		ck_assert_uint_gt(n, 0);
		all += n;
		status = search("", key, &n);
	}
	ck_assert_uint_eq(status, ERR_NO_FILES);
	ck_assert_uint_eq(all, ENTRIES + 2);
}
END_TEST

START_TEST(amiga_smbfs_gets_and_sets_attributes)
{
	uint16_t fid;
	struct writer *w;

	core_connected();
	fid = created("\\ATTR.TXT");
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_SET_INFORMATION);
	wr_u16(w, 0x20);
	wr_u32(w, 0x50000000);
	wr_zero(w, 10);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\ATTR.TXT"); /* and not the empty name behind it */
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    by_path(SMB_COM_QUERY_INFORMATION, NULL, 0, "\\ATTR.TXT"), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), 0x20);
	ck_assert_uint_eq(rd_u32(&r.words), 0x50000000);
	ck_assert_uint_eq(rd_u32(&r.words), 0);
	ck_assert_uint_eq(open_core("\\ATTR.TXT", TO_BOTH, &fid), STATUS_SUCCESS);
	wr_u16(client_begin(c, SMB_COM_QUERY_INFORMATION2), fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 11);
	for (int i = 0; i < 3; i++) { /* no time without a date */
		ck_assert_uint_ne(rd_u16(&r.words), 0);
		rd_skip(&r.words, 2);
	}
}
END_TEST

START_TEST(amiga_smbfs_makes_moves_and_removes)
{
	const uint16_t attributes = 0x16;
	struct writer *w;

	core_connected();
	ck_assert_uint_eq(by_path(SMB_COM_CREATE_DIRECTORY, NULL, 0, "\\DRAWER"), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(created("\\DRAWER\\A.TXT")), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, attributes);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\DRAWER\\A.TXT");
	wr_u8(w, 4);
	wr_string(w, "\\DRAWER\\B.TXT");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "DRAWER/B.TXT"));
	ck_assert_uint_ne(by_path(SMB_COM_DELETE_DIRECTORY, NULL, 0, "\\DRAWER"), STATUS_SUCCESS);
	ck_assert_uint_eq(
	    by_path(SMB_COM_DELETE, &attributes, 1, "\\DRAWER\\B.TXT"), STATUS_SUCCESS);
	ck_assert_uint_eq(by_path(SMB_COM_DELETE_DIRECTORY, NULL, 0, "\\DRAWER"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "DRAWER"));
}
END_TEST

START_TEST(amiga_smbfs_asks_for_the_disk)
{
	core_connected();
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 5);
	ck_assert_uint_gt(rd_u16(&r.words), 0);
}
END_TEST

START_TEST(amiga_smbfs_reads_and_writes_raw)
{
	struct writer *w;
	const uint8_t *raw;
	uint16_t fid;
	size_t n;

	core_connected();
	fid = created("\\RAW.TXT");
	ck_assert_uint_eq(write_core(fid, "0123456789", 10, 0), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_READ_RAW);
	wr_u16(w, fid);
	wr_u32(w, 2);
	wr_u16(w, 5);
	wr_zero(w, 8);
	client_send(c);
	raw = client_receive_raw(c, &n);
	ck_assert_uint_eq(n, 5);
	ck_assert_mem_eq(raw, "23456", 5);
	w = client_begin(c, SMB_COM_WRITE_RAW);
	wr_u16(w, fid);
	wr_u16(w, 3);
	wr_u16(w, 0);
	wr_u32(w, 10);
	wr_u32(w, 0);
	wr_u16(w, 1); /* write through */
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 59);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(client_send_message(c, "abc", 3));
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.command, SMB_COM_WRITE_COMPLETE);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "RAW.TXT"), 13);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
}
END_TEST

/* Versions before 1.73 did not cut the message behind its last byte. */
START_TEST(amiga_smbfs_sends_junk_behind_the_body)
{
	struct writer *w;

	core_connected();
	w = client_begin(c, SMB_COM_CHECK_DIRECTORY);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\FOLDER");
	send_with_junk(100);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
}
END_TEST

/* An old one never closed: the error must not be for everybody. */
START_TEST(amiga_smbfs_leaks_500_files_and_goes_on)
{
	uint16_t fid, last;

	core_connected();
	for (int i = 0; i < 600; i++)
		ck_assert_uint_eq(open_core("\\HELLO.TXT", TO_READ, &last), STATUS_SUCCESS);
	ck_assert_uint_eq(open_core("\\HELLO.TXT", TO_READ, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_core(last, 3, 0), STATUS_SUCCESS);
	expect_read("012");
}
END_TEST

TCase *
amiga_client(void)
{
	TCase *t = tcase_create("amiga-smbfs");

	tcase_add_test(t, amiga_smbfs_lists_with_all_flags_at_once);
	tcase_add_test(t, amiga_smbfs_asks_by_name_and_takes_no_parameters);
	tcase_add_test(t, amiga_smbfs_counts_its_bytes_twice);
	tcase_add_test(t, amiga_smbfs_aligns_the_second_name);
	tcase_add_test(t, amiga_smbfs_creates_writes_and_reads);
	tcase_add_test(t, amiga_smbfs_sets_a_size_by_writing_nothing);
	tcase_add_test(t, amiga_smbfs_searches_a_directory);
	tcase_add_test(t, amiga_smbfs_gets_and_sets_attributes);
	tcase_add_test(t, amiga_smbfs_makes_moves_and_removes);
	tcase_add_test(t, amiga_smbfs_asks_for_the_disk);
	tcase_add_test(t, amiga_smbfs_reads_and_writes_raw);
	tcase_add_test(t, amiga_smbfs_sends_junk_behind_the_body);
	tcase_add_test(t, amiga_smbfs_leaks_500_files_and_goes_on);
	return t;
}
