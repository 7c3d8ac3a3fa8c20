/* SPDX-License-Identifier: BSD-2-Clause */

/* Windows for Workgroups 3.11, LAN Manager for MS-DOS and Microsoft's Network Client 3.0. */
#include <string.h>
#include <sys/statvfs.h>

#include "talk.h"

#define DIRECTORY 0x10
#define HIDDEN    0x02

/* Without "NT LM 0.12", which of these only Windows 95 knows. */
static const char *const offered[] = { "PC NETWORK PROGRAM 1.0", "MICROSOFT NETWORKS 3.0",
	"DOS LM1.2X002", "DOS LANMAN2.1", "Windows for Workgroups 3.1a", NULL };

static const struct names names = { "TORTURE", "WORKGROUP", NULL, NULL };

static void
connected(void)
{
	uint8_t lm[24];

	talk_begin(0, 0);
	talk_negotiate(offered, 3, 13);
	lm_response("SECRET", lm);
	ck_assert_uint_eq(log_on_lanman(lm, sizeof(lm), &names), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\PRIVATE", "A:"), STATUS_SUCCESS);
}

static nt_status
query(const char *path)
{
	return by_path(SMB_COM_QUERY_INFORMATION, NULL, 0, path);
}

START_TEST(wfw_311_sees_a_hidden_directory_in_an_empty_name)
{
	uint16_t attributes;

	connected();
	ck_assert_uint_eq(query(""), STATUS_SUCCESS);
	attributes = rd_u16(&r.words);
	ck_assert_uint_eq(attributes & (DIRECTORY | HIDDEN), DIRECTORY | HIDDEN);
}
END_TEST

/* DOS makes other messages, and other choices, of the two. */
START_TEST(ms_client_tells_a_missing_directory_from_a_missing_file)
{
	const uint16_t attributes = 0x16;
	uint16_t fid;

	connected();
	ck_assert_uint_eq(query("\\MISSING.TXT"), ERR_BAD_FILE);
	ck_assert_uint_eq(query("\\MISSING\\FILE.TXT"), ERR_BAD_PATH);
	ck_assert_uint_eq(open_core("\\FOLDER\\MISSING.TXT", 0, &fid), ERR_BAD_FILE);
	ck_assert_uint_eq(open_core("\\MISSING\\FILE.TXT", 0, &fid), ERR_BAD_PATH);
	ck_assert_uint_eq(by_path(SMB_COM_CHECK_DIRECTORY, NULL, 0, "\\MISSING"), ERR_BAD_PATH);
	ck_assert_uint_eq(
	    by_path(SMB_COM_CHECK_DIRECTORY, NULL, 0, "\\MISSING\\SUB"), ERR_BAD_PATH);
	ck_assert_uint_eq(
	    by_path(SMB_COM_DELETE, &attributes, 1, "\\MISSING\\FILE.TXT"), ERR_BAD_PATH);
	ck_assert_uint_eq(by_path(SMB_COM_DELETE, &attributes, 1, "\\MISSING.TXT"), ERR_BAD_FILE);
}
END_TEST

/* Its programs multiply the three: more than 2 GiB would come out as anything. */
START_TEST(ms_client_is_shown_2_gib_of_disk_at_most)
{
	struct statvfs fs;
	uint64_t size;
	uint32_t total, sectors;

	connected();
	ck_assert_int_eq(statvfs(server.root, &fs), 0);
	size = (uint64_t)fs.f_blocks * fs.f_frsize;
	client_begin(c, SMB_COM_QUERY_INFORMATION_DISK);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	total = rd_u16(&r.words);
	sectors = rd_u16(&r.words);
	ck_assert_uint_le(sectors, 64);
	ck_assert_uint_eq(rd_u16(&r.words), 512);
	ck_assert_uint_le(rd_u16(&r.words), total);
	if (size > 65535ull * 64 * 512) {
		ck_assert_uint_eq(sectors, 64);
		ck_assert_uint_eq(total, 65535);
	} else
		ck_assert_uint_le((uint64_t)total * sectors * 512, size);
}
END_TEST

START_TEST(wfw_311_writes_raw_behind_and_hears_nothing_more)
{
	struct writer *w;
	unsigned before;
	nt_status last;
	uint16_t fid;

	server_file(&server, "behind.txt", "", 0);
	connected();
	ck_assert_uint_eq(open_core("\\BEHIND.TXT", 0x42, &fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_WRITE_RAW);
	wr_u16(w, fid);
	wr_u16(w, 5);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0); /* behind */
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 59);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.h.command, SMB_COM_WRITE_RAW);
	ck_assert(client_send_message(c, "quiet", 5));
	ck_assert(client_sync(c, &before, &last));
	ck_assert_uint_eq(before, 0);
	ck_assert_uint_eq(read_core(fid, 10, 0), STATUS_SUCCESS);
	expect_read("quiet");
}
END_TEST

/* SEARCH with the pattern DOS makes of *.* */
START_TEST(ms_client_is_shown_short_names_in_capitals)
{
	struct writer *w;
	const char *name;
	uint16_t n;

	server_mkdir(&server, "mixed");
	server_file(&server, "mixed/lower.txt", "", 0);
	server_file(&server, "mixed/A name too long.text", "", 0);
	connected();
	w = client_begin(c, SMB_COM_SEARCH);
	wr_u16(w, 10);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\MIXED\\????????.???");
	wr_u8(w, 5);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	n = rd_u16(&r.words);
	ck_assert_uint_eq(n, 4);
	rd_skip(&r.bytes, 3);
	for (unsigned i = 0; i < n; i++) {
		rd_skip(&r.bytes, 30);
		name = (const char *)rd_bytes(&r.bytes, 13);
		ck_assert_ptr_nonnull(name);
		ck_assert_ptr_nonnull(memchr(name, 0, 13));
		for (const char *p = name; *p != '\0'; p++)
			ck_assert(*p < 'a' || *p > 'z');
	}
}
END_TEST

/* DEL *.* and REN *.TXT *.BAK come as one request each. */
START_TEST(ms_client_leaves_wildcards_to_the_server)
{
	const uint16_t attributes = 0x06;
	struct writer *w;

	server_mkdir(&server, "wild");
	server_file(&server, "wild/A.TXT", "", 0);
	server_file(&server, "wild/B.TXT", "", 0);
	connected();
	w = client_begin(c, SMB_COM_RENAME);
	wr_u16(w, attributes);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\WILD\\????????.TXT");
	wr_u8(w, 4);
	wr_string(w, "\\WILD\\????????.BAK");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert(server_has(&server, "wild/A.BAK"));
	ck_assert(server_has(&server, "wild/B.BAK"));
	ck_assert_uint_eq(
	    by_path(SMB_COM_DELETE, &attributes, 1, "\\WILD\\????????.???"), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "wild/A.BAK"));
	ck_assert(!server_has(&server, "wild/B.BAK"));
}
END_TEST

/* One byte each, as dBASE locks its records. */
static nt_status
lock(uint8_t command, uint16_t fid, uint32_t offset)
{
	struct writer *w = client_begin(c, command);

	wr_u16(w, fid);
	wr_u32(w, 1);
	wr_u32(w, offset);
	return client_call(c, &r);
}

START_TEST(dos_database_is_kept_from_records_another_has_locked)
{
	struct client *first;
	uint16_t fid, other;

	server_file(&server, "base.dbf", FILE_TEXT, FILE_LEN);
	connected();
	ck_assert_uint_eq(open_core("\\BASE.DBF", 0x42, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(lock(SMB_COM_LOCK_BYTE_RANGE, fid, 3), STATUS_SUCCESS);
	first = c;
	connected();
	ck_assert_uint_eq(open_core("\\BASE.DBF", 0x42, &other), STATUS_SUCCESS);
	ck_assert_uint_eq(lock(SMB_COM_LOCK_BYTE_RANGE, other, 3), DOS(1, 33));
	ck_assert_uint_eq(write_core(other, "x", 1, 3), DOS(1, 33));
	ck_assert_uint_eq(lock(SMB_COM_LOCK_BYTE_RANGE, other, 4), STATUS_SUCCESS);
	client_close(&c);
	c = first;
	ck_assert_uint_eq(lock(SMB_COM_UNLOCK_BYTE_RANGE, fid, 3), STATUS_SUCCESS);
}
END_TEST

TCase *
dos_client(void)
{
	TCase *t = tcase_create("DOS");

	tcase_add_test(t, wfw_311_sees_a_hidden_directory_in_an_empty_name);
	tcase_add_test(t, ms_client_tells_a_missing_directory_from_a_missing_file);
	tcase_add_test(t, ms_client_is_shown_2_gib_of_disk_at_most);
	tcase_add_test(t, wfw_311_writes_raw_behind_and_hears_nothing_more);
	tcase_add_test(t, ms_client_is_shown_short_names_in_capitals);
	tcase_add_test(t, ms_client_leaves_wildcards_to_the_server);
	tcase_add_test(t, dos_database_is_kept_from_records_another_has_locked);
	return t;
}
