/* SPDX-License-Identifier: BSD-2-Clause */

/* Windows NT 4.0, 2000 and XP. */
#include <string.h>

#include "../ntlm.h"
#include "../sign.h"
#include "talk.h"

#define FLAGS           0x18
#define FLAGS2          (SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_UNICODE)
#define CHANGE_LOCKTYPE 0x04
#define POSITIVE        0x82
#define BOTH_FIXED      94
#define SEARCH_BITS     0x0001

static const char *const offered_nt4[] = { "PC NETWORK PROGRAM 1.0", "XENIX CORE",
	"MICROSOFT NETWORKS 1.03", "LANMAN1.0", "Windows for Workgroups 3.1a", "LM1.2X002",
	"LANMAN2.1", "NT LM 0.12", NULL };
static const char *const offered_xp[] = { "PC NETWORK PROGRAM 1.0", "LANMAN1.0",
	"Windows for Workgroups 3.1a", "LM1.2X002", "LANMAN2.1", "NT LM 0.12", NULL };

static const struct names names = { "torture", NTLM_DOMAIN, "Windows NT 1381", "Windows NT 4.0" };

static void
logged_on_nt4(void)
{
	uint8_t lm[24], nt[24];
	const struct passwords p = { lm, sizeof(lm), nt, sizeof(nt) };

	talk_begin(FLAGS, FLAGS2);
	talk_negotiate(offered_nt4, 7, 17);
	lm_response("secret", lm);
	ntlm_response_to("secret", nt);
	ck_assert_uint_eq(log_on_nt(&p, &names), STATUS_SUCCESS);
}

static void
connected_nt4(void)
{
	logged_on_nt4();
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\PRIVATE", "?????"), STATUS_SUCCESS);
}

/* The length of the field that it leaves empty may be anything up to there. */
START_TEST(windows_nt_sends_a_readable_password_beside_a_stray_length)
{
	const uint8_t stray[5] = { 0 };
	const struct passwords p = { "secret", 7, stray, sizeof(stray) };

	talk_begin_with(&plain, FLAGS, FLAGS2);
	talk_negotiate(offered_nt4, 7, 17);
	ck_assert_uint_eq(log_on_nt(&p, &names), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), 0); /* no guest */
}
END_TEST

/* NT and 2000 call the first, XP the second, when they have an address alone. */
START_TEST(windows_calls_a_server_whose_name_it_does_not_know)
{
	static const char *const called[] = { "*SMBSERVER", "*SMBSERV" };
	uint8_t error;

	c = client_connect(server.netbios_port);
	ck_assert_uint_eq(client_netbios(c, called[_i], &error), POSITIVE);
	talk_negotiate(offered_xp, 5, 17);
}
END_TEST

/* 0 says that all older connections are dead, which one behind a translated address cannot know. */
START_TEST(windows_nt_with_vc_number_0_ends_no_other_connection)
{
	struct client *first;
	struct writer *w;

	connected_nt4();
	first = c;
	talk_begin(FLAGS, FLAGS2);
	talk_negotiate(offered_xp, 5, 17);
	w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	client_no_andx(w);
	wr_u16(w, 4356);
	wr_u16(w, 10);
	wr_u16(w, 0); /* VcNumber */
	wr_zero(w, 12);
	wr_u32(w, 0xD4);
	wr_block_bytes(w);
	wr_string(w, "");
	wr_string(w, "");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	client_close(&c);
	c = first;
	ck_assert_uint_eq(
	    by_path(SMB_COM_QUERY_INFORMATION, NULL, 0, "\\hello.txt"), STATUS_SUCCESS);
}
END_TEST

START_TEST(windows_nt_is_told_that_locks_do_not_change)
{
	struct writer *w;
	uint16_t fid;

	connected_nt4();
	fid = client_open(c, "\\hello.txt");
	w = client_begin(c, SMB_COM_LOCKING_ANDX);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u8(w, CHANGE_LOCKTYPE);
	wr_u8(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u32(w, 1);
	c->flags2 &= (uint16_t)~SMB_FLAGS2_NT_STATUS;
	wr_patch16(w, SMB_FLAGS2_AT, c->flags2);
	ck_assert_uint_eq(client_call(c, &r), DOS(1, 174));
}
END_TEST

START_TEST(windows_explorer_reads_the_search_bits)
{
	connected_nt4();
	ck_assert_uint_eq(r.word_count, 3);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words) & SEARCH_BITS, SEARCH_BITS);
}
END_TEST

/* Where one entry is all, XP reads its name up to a NUL. */
START_TEST(windows_xp_finds_a_nul_behind_a_single_entry)
{
	const struct find_first first = {
		.attributes = 0x16, .count = 1, .flags = 6, .level = 0x104, .pattern = "\\folder"
	};
	struct reader data;
	struct found got;
	const uint8_t *nul;

	connected_nt4();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, 1);
	data = got.data;
	rd_skip(&data, BOTH_FIXED + 2 * strlen("folder"));
	nul = rd_bytes(&data, 2);
	ck_assert_ptr_nonnull(nul);
	ck_assert_mem_eq(nul, "\0\0", 2);
}
END_TEST

START_TEST(windows_nt4_uses_core_commands_and_empty_writes)
{
	uint16_t fid;

	server_file(&server, "nt4.txt", FILE_TEXT, FILE_LEN);
	connected_nt4();
	ck_assert_uint_eq(by_path(SMB_COM_CREATE_DIRECTORY, NULL, 0, "\\nt4"), STATUS_SUCCESS);
	fid = client_open(c, "\\nt4.txt");
	ck_assert_uint_eq(write_core(fid, "", 0, 4), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "nt4.txt"), 4);
	ck_assert_uint_eq(by_path(SMB_COM_DELETE_DIRECTORY, NULL, 0, "\\nt4"), STATUS_SUCCESS);
}
END_TEST

START_TEST(windows_2000_renames_a_directory_by_rename)
{
	struct writer *w;

	server_mkdir(&server, "before");
	connected_nt4();
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\before");
	wr_u8(w, 4);
	wr_string(w, "\\behind");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "behind"));
}
END_TEST

START_TEST(windows_regedit_flushes_what_it_saves)
{
	uint16_t fid;

	server_file(&server, "hive.reg", "", 0);
	connected_nt4();
	fid = client_open(c, "\\hive.reg");
	ck_assert_uint_eq(write_andx(fid, 0, "regf", 4), STATUS_SUCCESS);
	wr_u16(client_begin(c, SMB_COM_FLUSH), fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(windows_xp_signs_its_tree_connect)
{
	struct mac_key key;
	struct writer *w;
	uint8_t out[256];
	const uint8_t *msg;
	size_t len;

	talk_begin(FLAGS, FLAGS2 | SMB_FLAGS2_SMB_SECURITY_SIGNATURE);
	talk_negotiate(offered_xp, 5, 17);
	mac_key_ntlm_v2(&key, "torture", "secret", c->challenge);
	ck_assert_uint_eq(client_try_logon(c, "torture", "secret", &r), STATUS_SUCCESS);
	ck_assert(mac_good(&key, r.msg, r.len, 1));
	w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);
	client_no_andx(w);
	wr_u16(w, 8);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\WIRE\\PRIVATE");
	wr_bytes(w, "?????", 6);
	msg = client_message(c, &len);
	ck_assert_uint_le(len, sizeof(out));
	memcpy(out, msg, len);
	mac_sign(&key, out, len, 2);
	ck_assert(client_send_message(c, out, len));
	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 7);
	ck_assert(mac_good(&key, r.msg, r.len, 3));
}
END_TEST

/* Firefox opens what it was listed by the short name: told names must open. */
START_TEST(windows_xp_opens_files_by_the_short_names_it_is_told)
{
	const struct find_first first = {
		.attributes = 0x16, .count = 1, .flags = 6, .level = 0x104, .pattern = "\\Fire fox*"
	};
	struct found got;
	struct reader e;
	const char *shorter;
	uint16_t fid;
	size_t n;

	server_file(&server, "Fire fox profile.text", "", 0);
	connected_nt4();
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	e = got.data;
	rd_skip(&e, 68);
	n = rd_u8(&e);
	rd_skip(&e, 1);
	ck_assert_uint_gt(n, 0);
	shorter = rd_text(&e, n);
	ck_assert_uint_eq(
	    client_try_open(c, arena_printf(&c->arena, "\\%s", shorter), 0x0012019F, 1, &fid),
	    STATUS_SUCCESS);
}
END_TEST

TCase *
windows_nt_client(void)
{
	TCase *t = tcase_create("Windows NT");

	tcase_add_test(t, windows_nt_sends_a_readable_password_beside_a_stray_length);
	tcase_add_loop_test(t, windows_calls_a_server_whose_name_it_does_not_know, 0, 2);
	tcase_add_test(t, windows_nt_with_vc_number_0_ends_no_other_connection);
	tcase_add_test(t, windows_nt_is_told_that_locks_do_not_change);
	tcase_add_test(t, windows_explorer_reads_the_search_bits);
	tcase_add_test(t, windows_xp_finds_a_nul_behind_a_single_entry);
	tcase_add_test(t, windows_nt4_uses_core_commands_and_empty_writes);
	tcase_add_test(t, windows_2000_renames_a_directory_by_rename);
	tcase_add_test(t, windows_regedit_flushes_what_it_saves);
	tcase_add_test(t, windows_xp_signs_its_tree_connect);
	tcase_add_test(t, windows_xp_opens_files_by_the_short_names_it_is_told);
	return t;
}
