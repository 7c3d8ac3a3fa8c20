/* SPDX-License-Identifier: BSD-2-Clause */

/* Devices: scanners, players, virtual media, a controller, a games console, and JCIFS in Android.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "../ntlm.h"
#include "talk.h"

#define FLAGS2 (SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_UNICODE)

static const char *const libsmbclient[] = { "PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03",
	"MICROSOFT NETWORKS 3.0", "LANMAN1.0", "LM1.2X002", "DOS LANMAN2.1", "LANMAN2.1", "Samba",
	"NT LANMAN 1.0", "NT LM 0.12", NULL };

static const struct names torture = { "torture", NTLM_DOMAIN, "", "" };

/* LM and NTLM in one request, as those before NTLMv2. */
static void
ntlm_logged_on(const struct names *names, const char *password)
{
	uint8_t lm[24], nt[24];
	const struct passwords p = { lm, sizeof(lm), nt, sizeof(nt) };

	lm_response(password, lm);
	ntlm_response_to(password, nt);
	ck_assert_uint_eq(log_on_nt(&p, names), STATUS_SUCCESS);
}

static bool
is_guest(void)
{
	rd_skip(&r.words, 4);
	return (rd_u16(&r.words) & 1) != 0;
}

/* --- scanners --- */

static nt_status
create(const char *path, uint16_t *fid)
{
	const struct open_andx new = { .access = 0x41, .attributes = 0x20, .function = 0x10 };

	return open_andx(path, &new, fid);
}

START_TEST(scanner_probes_writes_and_renames)
{
	const uint16_t attributes = 0x06;
	struct writer *w;
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(libsmbclient, 9, 17);
	ntlm_logged_on(&torture, "secret");
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\PRIVATE", "A:"), STATUS_SUCCESS);
	ck_assert_uint_eq(create("\\probe.tmp", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	ck_assert_uint_eq(by_path(SMB_COM_DELETE, &attributes, 1, "\\probe.tmp"), STATUS_SUCCESS);
	ck_assert_uint_eq(create("\\scan.tmp", &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(write_andx(fid, 0, "%PDF-", 5), STATUS_SUCCESS);
	ck_assert_uint_eq(write_andx(fid, 5, "1.4", 3), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, attributes);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\scan.tmp");
	wr_u8(w, 4);
	wr_string(w, "\\SCAN0001.PDF");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "SCAN0001.PDF"), 8);
}
END_TEST

/* --- players --- */

START_TEST(sonos_logs_on_by_ntlm_and_plays)
{
	struct reader data;
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("LM1.2X002", "LANMAN2.1", "NT LM 0.12"), 2, 17);
	ntlm_logged_on(&torture, "secret");
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\READONLY", "?????"), STATUS_SUCCESS);
	ck_assert_uint_eq(client_try_open(c, "\\hello.txt", 0x00120089, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 0, 61440, &data), STATUS_SUCCESS);
	expect_bytes(data, FILE_TEXT);
}
END_TEST

/* Popcorn Hour says that there are no bytes; name and data come nevertheless. */
START_TEST(popcorn_hour_counts_no_bytes)
{
	const uint16_t setup[2] = { 0x26, 0 };
	const uint8_t *msg;
	struct trans2 t;
	struct writer *w;
	uint16_t fid;
	size_t len;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(libsmbclient, 9, 17);
	client_guest(c);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\IPC$", "?????"), STATUS_SUCCESS);
	fid = client_open(c, "\\srvsvc");
	w = client_trans_begin(c, &t, "\\PIPE\\", setup);
	wr_patch16(w, 63, fid);
	client_trans2_data(c, &t);
	wr_bytes(w, bind_pdu, sizeof(bind_pdu));
	client_trans2_end(c, &t);
	msg = client_message(c, &len);
	wr_patch16(w, 65, 0);
	ck_assert(client_send_message(c, msg, len));
	client_receive(c, &t.reply);
	ck_assert_uint_eq(t.reply.h.status, STATUS_SUCCESS);
	client_trans2_read(&t);
	rd_skip(&t.got_data, 2);
	ck_assert_uint_eq(rd_u8(&t.got_data), 12); /* bind_ack */
}
END_TEST

/* 64 KiB at a time, of which a reply may bring less; to the end. */
START_TEST(media_player_reads_in_large_chunks)
{
	static uint8_t film[200000];
	struct reader data;
	uint64_t at = 0;
	uint16_t fid;

	for (size_t i = 0; i < sizeof(film); i++)
		film[i] = (uint8_t)(i * 13 >> 5);
	server_file(&server, "film.avi", film, sizeof(film));
	talk_begin(0x18, FLAGS2);
	talk_negotiate(libsmbclient, 9, 17);
	client_guest(c);
	client_tree(c, "readonly");
	ck_assert_uint_eq(client_try_open(c, "\\film.avi", 0x00120089, 1, &fid), STATUS_SUCCESS);
	while (at < sizeof(film)) {
		size_t n;

		ck_assert_uint_eq(read_andx(fid, at, 0x10000, &data), STATUS_SUCCESS);
		n = rd_left(&data);
		ck_assert_uint_gt(n, 0);
		ck_assert(n >= 0xF000 || at + n == sizeof(film));
		ck_assert_uint_le(at + n, sizeof(film));
		ck_assert_mem_eq(rd_bytes(&data, n), film + at, n);
		at += n;
	}
}
END_TEST

/* --- virtual media --- */

START_TEST(bmc_reads_anywhere_in_a_large_image)
{
	static const uint64_t places[] = { 0, 0x8000, 0x13FFFFF00, 0xFFFFFF00, 0x100000000 };
	struct reader data;
	char path[128], want[32];
	uint16_t fid;
	int image;

	snprintf(path, sizeof(path), "%s/install.iso", server.root);
	image = open(path, O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(image, 0);
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(want, sizeof(want), "sector %010llx", (unsigned long long)places[i]);
		ck_assert_int_gt(pwrite(image, want, strlen(want), (off_t)places[i]), 0);
	}
	close(image);
	talk_begin(0x18, FLAGS2);
	talk_negotiate(libsmbclient, 9, 17);
	client_guest(c);
	client_tree(c, "readonly");
	ck_assert_uint_eq(client_try_open(c, "\\install.iso", 0x00120089, 1, &fid), STATUS_SUCCESS);
	for (size_t i = sizeof(places) / sizeof(places[0]); i-- > 0;) {
		snprintf(want, sizeof(want), "sector %010llx", (unsigned long long)places[i]);
		ck_assert_uint_eq(
		    read_andx(fid, places[i], (uint32_t)strlen(want), &data), STATUS_SUCCESS);
		expect_bytes(data, want);
	}
	unlink(path);
}
END_TEST

/* It says "mount failed" and no more: the log must say of what. */
START_TEST(bmc_that_mounts_nothing_is_explained_in_the_log)
{
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(libsmbclient, 9, 17);
	ntlm_logged_on(&torture, "secret");
	ck_assert_uint_ne(tree_connect_andx(0, "\\\\WIRE\\isos", "?????"), STATUS_SUCCESS);
	ck_assert(logged("user torture: no such share: isos"));
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\readonly", "?????"), STATUS_SUCCESS);
	ck_assert_uint_ne(
	    client_try_open(c, "\\images\\install.iso", 0x00120089, 1, &fid), STATUS_SUCCESS);
	ck_assert(logged("user torture, share readonly, path \\images\\install.iso"));
}
END_TEST

/* --- JCIFS --- */

START_TEST(jcifs_reads_nothing_at_the_end)
{
	struct reader data;
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	client_guest(c);
	client_tree(c, "readonly");
	ck_assert_uint_eq(client_try_open(c, "\\hello.txt", 0x00120089, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, FILE_LEN, 4096, &data), STATUS_SUCCESS);
	expect_bytes(data, "");
	ck_assert_uint_eq(read_andx(fid, 1000, 4096, &data), STATUS_SUCCESS);
	expect_bytes(data, "");
}
END_TEST

START_TEST(jcifs_is_a_guest_under_any_name)
{
	const struct names names = { "nova", "?", "Android", "jCIFS" };

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	ntlm_logged_on(&names, "whatever");
	ck_assert(is_guest());
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\readonly", "?????"), STATUS_SUCCESS);
}
END_TEST

/* More than it needs, of a share for reading only: all there is, in three ways to say it. */
START_TEST(jcifs_asks_for_more_than_a_share_for_reading_allows)
{
	static const uint32_t masks[] = { 0x02000000, 0x10000000, 0x001F01A9 };
	struct reader data;
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	client_guest(c);
	client_tree(c, "readonly");
	ck_assert_uint_eq(client_try_open(c, "\\hello.txt", masks[_i], 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 0, 4096, &data), STATUS_SUCCESS);
	expect_bytes(data, FILE_TEXT);
	ck_assert_uint_ne(write_andx(fid, 0, "x", 1), STATUS_SUCCESS);
}
END_TEST

/* --- a controller in a factory --- */

/* It knows no user and no password, and shares that say so. */
START_TEST(industrial_machine_reads_and_writes_without_a_user)
{
	const struct names nobody = { "", NULL, NULL, NULL };
	uint16_t fid;

	server_file(&server, "part.nc", "G0 X0", 5);
	talk_begin(0, 0);
	talk_negotiate(DIALECTS("PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 1.03",
			   "MICROSOFT NETWORKS 3.0", "MICROSOFT NETWORKS DEC"),
	    2, 13);
	ck_assert_uint_eq(log_on_lanman("", 0, &nobody), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_core("\\\\WIRE\\SHARE", "", "A:"), STATUS_SUCCESS);
	ck_assert_uint_eq(open_core("\\PART.NC", 0x42, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_core(fid, 100, 0), STATUS_SUCCESS);
	expect_read("G0 X0");
	ck_assert_uint_eq(write_core(fid, " Y0", 3, 5), STATUS_SUCCESS);
	ck_assert_uint_eq(close_fid(fid), STATUS_SUCCESS);
	ck_assert_uint_eq(server_size(&server, "part.nc"), 8);
}
END_TEST

/* --- a games console --- */

START_TEST(xbox_lists_and_reads_as_a_guest)
{
	const struct names names = { "xbox", NTLM_DOMAIN, "Xbox", "XBMC" };
	const struct find_first first = { .attributes = 0x16,
		.count = 512,
		.flags = 6,
		.level = 0x104,
		.pattern = "\\folder\\*" };
	struct reader data;
	struct found got;
	uint16_t fid;

	talk_begin(0x18, FLAGS2);
	talk_negotiate(DIALECTS("NT LM 0.12"), 0, 17);
	ntlm_logged_on(&names, "xbox");
	ck_assert(is_guest());
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\SHARE", "?????"), STATUS_SUCCESS);
	ck_assert_uint_eq(find_first2(&first, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, ENTRIES + 2);
	ck_assert_uint_eq(got.end, 1);
	ck_assert_uint_eq(
	    client_try_open(c, "\\folder\\entry03.txt", 0x00120089, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(read_andx(fid, 0, 32768, &data), STATUS_SUCCESS);
	expect_bytes(data, FILE_TEXT);
}
END_TEST

TCase *
device_clients(void)
{
	TCase *t = tcase_create("devices");

	tcase_add_test(t, scanner_probes_writes_and_renames);
	tcase_add_test(t, sonos_logs_on_by_ntlm_and_plays);
	tcase_add_test(t, popcorn_hour_counts_no_bytes);
	tcase_add_test(t, media_player_reads_in_large_chunks);
	tcase_add_test(t, bmc_reads_anywhere_in_a_large_image);
	tcase_add_test(t, bmc_that_mounts_nothing_is_explained_in_the_log);
	tcase_add_test(t, jcifs_reads_nothing_at_the_end);
	tcase_add_test(t, jcifs_is_a_guest_under_any_name);
	tcase_add_loop_test(t, jcifs_asks_for_more_than_a_share_for_reading_allows, 0, 3);
	tcase_add_test(t, industrial_machine_reads_and_writes_without_a_user);
	tcase_add_test(t, xbox_lists_and_reads_as_a_guest);
	return t;
}
