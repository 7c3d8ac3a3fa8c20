/* SPDX-License-Identifier: BSD-2-Clause */

/* Linux's cifs.ko with vers=1.0, smbclient and gvfs. */
#include <string.h>

#include "../ntlm.h"
#include "../ntlmssp.h"
#include "talk.h"

#define FLAGS2    (SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_UNICODE)
#define FIND_UNIX 0x202
#define MANY      2000
#define COUNT     150
#define PARTS     0x0E /* close at the end, resume keys, go on */

static void
connected(void)
{
	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12", "POSIX 2"), 0, 17);
	client_guest(c);
	client_tree(c, "share");
}

/* It fails with "buffer too small" where one is missing. */
START_TEST(cifs_ko_finds_three_names_in_the_answer_to_its_log_on)
{
	uint8_t lm[24], nt[24];
	const struct passwords p = { lm, sizeof(lm), nt, sizeof(nt) };
	const struct names names = { "torture", NTLM_DOMAIN, "Linux version 6.1",
		"CIFS VFS Client for Linux" };

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12", "POSIX 2"), 0, 17);
	lm_response("secret", lm);
	ntlm_response_to("secret", nt);
	ck_assert_uint_eq(log_on_nt(&p, &names), STATUS_SUCCESS);
	for (int i = 0; i < 3; i++)
		ck_assert_uint_gt(strlen(rd_string(&r.bytes)), 0);
	ck_assert(rd_ok(&r.bytes));
}
END_TEST

/* "mount error 22" where the length announces more than comes. */
START_TEST(cifs_ko_gets_the_token_that_is_announced)
{
	uint16_t len;

	talk_begin(0x18, FLAGS2 | SMB_FLAGS2_EXTENDED_SECURITY);
	talk_negotiate(DIALECTS("NT LM 0.12", "POSIX 2"), 0, 17);
	ck_assert_uint_eq(client_try_ntlmssp(c, "torture", "secret", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 4);
	rd_skip(&r.words, 6);
	len = rd_u16(&r.words);
	ck_assert_uint_le(len, rd_left(&r.bytes));
	rd_skip(&r.bytes, len);
	ck_assert_uint_gt(strlen(rd_string(&r.bytes)), 0);
}
END_TEST

START_TEST(cifs_ko_is_never_given_an_id_of_0_or_ffff)
{
	uint16_t fid;

	connected();
	ck_assert(c->uid != 0 && c->uid != 0xFFFF);
	ck_assert(c->tid != 0 && c->tid != 0xFFFF);
	for (int i = 0; i < 300; i++) {
		ck_assert_uint_eq(open_core("\\hello.txt", 0x40, &fid), STATUS_SUCCESS);
		ck_assert(fid != 0 && fid != 0xFFFF);
		ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	}
}
END_TEST

/* Names in FIND_UNIX end in a NUL; a list that does not fit goes on. */
START_TEST(cifs_ko_lists_thousands_of_files)
{
	const struct find_first first = { .attributes = 0x16,
		.count = COUNT,
		.flags = 6,
		.level = FIND_UNIX,
		.pattern = "/heap/*" };
	struct find_next next = { .count = COUNT, .level = FIND_UNIX, .flags = PARTS, .name = "" };
	char name[64];
	struct found got;
	struct trans2 t;
	struct writer *w;
	unsigned n = 0;

	server_mkdir(&server, "heap");
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "heap/file number %d", i);
		server_file(&server, name, "", 0);
	}
	connected();
	w = client_trans2_begin(c, &t, 4); /* chooses POSIX names */
	wr_u16(w, 0);
	wr_u16(w, 0x200);
	client_trans2_data(c, &t);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u64(w, 0x10);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	next.sid = got.sid;
	for (;;) {
		ck_assert_uint_gt(got.count, 0);
		for (unsigned i = 0; i < got.count; i++) {
			struct reader e = got.data;
			uint32_t size = rd_u32(&e);

			rd_skip(&e, 4 + 100);
			ck_assert_ptr_nonnull(memchr(e.msg + e.pos, 0, rd_left(&e)));
			n += strncmp(rd_string(&e), "file number ", 12) == 0;
			rd_skip(&got.data, size);
		}
		if (got.end)
			break;
		ck_assert_uint_eq(find_next2(&next, &got), STATUS_SUCCESS);
	}
	ck_assert_uint_eq(n, MANY);
}
END_TEST

START_TEST(cifs_ko_falls_back_to_the_old_disk_information)
{
	struct trans2 t;

	connected();
	wr_u16(client_trans2_begin(c, &t, 3), 0x7777);
	ck_assert_uint_ne(client_trans2_call(c, &t), STATUS_SUCCESS);
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(cifs_ko_gets_an_error_for_what_nobody_knows)
{
	connected();
	client_begin(c, 0x5F);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SMB_BAD_COMMAND);
	ck_assert_uint_eq(
	    by_path(SMB_COM_QUERY_INFORMATION, NULL, 0, "\\hello.txt"), STATUS_SUCCESS);
}
END_TEST

START_TEST(cifs_ko_asks_for_no_echo_and_hears_none)
{
	struct writer *w;
	unsigned before;
	nt_status last;

	connected();
	w = client_begin(c, SMB_COM_ECHO);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 'x');
	client_send(c);
	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 0);
}
END_TEST

/* More than 16 bits count, in one message, since the capability is there. */
START_TEST(smbclient_writes_more_than_64_kib_at_once)
{
	static uint8_t large[100000];
	struct reader data;
	uint16_t fid;

	for (size_t i = 0; i < sizeof(large); i++)
		large[i] = (uint8_t)(i * 7 >> 4);
	connected();
	ck_assert_uint_ne(c->capabilities & 0x8000, 0);
	ck_assert_uint_eq(client_try_open(c, "\\large.bin", 0x0012019F, 5, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(write_andx(fid, 0, large, sizeof(large)), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), sizeof(large) & 0xFFFF);
	rd_skip(&r.words, 2);
	ck_assert_uint_eq(rd_u16(&r.words), sizeof(large) >> 16);
	ck_assert_uint_eq(server_size(&server, "large.bin"), sizeof(large));
	ck_assert_uint_eq(read_andx(fid, 70000, 30000, &data), STATUS_SUCCESS);
	ck_assert_mem_eq(rd_bytes(&data, 30000), large + 70000, 30000);
}
END_TEST

/* libsmbclient of old sends as many writes at once, less one. */
START_TEST(smbclient_is_let_have_two_requests_at_least_on_the_way)
{
	connected();
	ck_assert_uint_ge(c->max_mux, 2);
}
END_TEST

TCase *
linux_client(void)
{
	TCase *t = tcase_create("Linux");

	tcase_add_test(t, cifs_ko_finds_three_names_in_the_answer_to_its_log_on);
	tcase_add_test(t, cifs_ko_gets_the_token_that_is_announced);
	tcase_add_test(t, cifs_ko_is_never_given_an_id_of_0_or_ffff);
	tcase_add_test(t, cifs_ko_lists_thousands_of_files);
	tcase_add_test(t, cifs_ko_falls_back_to_the_old_disk_information);
	tcase_add_test(t, cifs_ko_gets_an_error_for_what_nobody_knows);
	tcase_add_test(t, cifs_ko_asks_for_no_echo_and_hears_none);
	tcase_add_test(t, smbclient_writes_more_than_64_kib_at_once);
	tcase_add_test(t, smbclient_is_let_have_two_requests_at_least_on_the_way);
	return t;
}
