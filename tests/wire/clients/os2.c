/* SPDX-License-Identifier: BSD-2-Clause */

/* OS/2, eComStation and ArcaOS. */
#include <string.h>
#include <unistd.h>

#include "talk.h"

#define FIND_FLAGS  0x06 /* close at the end, resume keys */
#define EA_SIZE     2
#define EAS_OF_LIST 3

static const char *const offered[] = { "PC NETWORK PROGRAM 1.0", "XENIX CORE", "LANMAN1.0",
	"LM1.2X002", "LANMAN2.1", NULL };

static const struct names names = { "TORTURE", "WORKGROUP", "OS/2", "LAN Server" };

static void
connected(void)
{
	uint8_t lm[24];

	talk_begin(0x18, SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_EAS);
	talk_negotiate(offered, 4, 13);
	lm_response("SECRET", lm);
	ck_assert_uint_eq(log_on_lanman(lm, sizeof(lm), &names), STATUS_SUCCESS);
	ck_assert_uint_eq(tree_connect_andx(0, "\\\\WIRE\\SHARE", "A:"), STATUS_SUCCESS);
}

static struct writer *
begin_set(struct trans2 *t, const char *path)
{
	struct writer *w = client_trans2_begin(c, t, 6);

	wr_u16(w, EA_SIZE);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, t);
	return w;
}

/* The Workplace Shell sends a list with nothing in it, by its length alone. */
START_TEST(os2_sets_an_empty_list_of_eas)
{
	struct trans2 t;

	server_file(&server, "shell.txt", "", 0);
	connected();
	wr_u32(begin_set(&t, "\\shell.txt"), 4);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
}
END_TEST

static void
put_ea(struct writer *w, const char *name, const char *value)
{
	wr_u32(w, (uint32_t)(4 + 4 + strlen(name) + 1 + strlen(value)));
	wr_u8(w, 0);
	wr_u8(w, (uint8_t)strlen(name));
	wr_u16(w, (uint16_t)strlen(value));
	wr_bytes(w, name, strlen(name) + 1);
	wr_bytes(w, value, strlen(value));
}

/* FIND_FIRST2 with a list of one name behind it. */
START_TEST(os2_lists_a_directory_with_the_eas_it_asks_for)
{
	struct trans2 t;
	struct writer *w;
	uint32_t len;

	server_mkdir(&server, "desktop");
	server_file(&server, "desktop/prog.exe", "", 0);
	connected();
	put_ea(begin_set(&t, "\\desktop\\prog.exe"), ".TYPE", "Program");
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	w = client_trans2_begin(c, &t, 1);
	wr_u16(w, 0x16);
	wr_u16(w, 10);
	wr_u16(w, FIND_FLAGS);
	wr_u16(w, EAS_OF_LIST);
	wr_u32(w, 0);
	wr_string(w, "\\desktop\\prog*");
	client_trans2_data(c, &t);
	wr_u32(w, 4 + 1 + 6);
	wr_u8(w, 5);
	wr_bytes(w, ".TYPE", 6);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 1);
	rd_skip(&t.got_data, 4 + 22); /* key, times, sizes, attributes */
	len = rd_u32(&t.got_data);
	ck_assert_uint_eq(len, 4 + 4 + 6 + 7);
	rd_skip(&t.got_data, 4);
	ck_assert_mem_eq(rd_bytes(&t.got_data, 6), ".TYPE", 6);
	ck_assert_mem_eq(rd_bytes(&t.got_data, 7), "Program", 7);
	ck_assert_uint_eq(rd_u8(&t.got_data), 8);
	ck_assert_mem_eq(rd_bytes(&t.got_data, 8), "prog.exe", 8);
}
END_TEST

/* Level 1, two entries; the rest is for FIND_NEXT2. */
static uint16_t
begin_search(const char *pattern, struct found *got)
{
	const struct find_first first = {
		.attributes = 0x16, .count = 4, .flags = FIND_FLAGS, .level = 1, .pattern = pattern
	};

	ck_assert_uint_eq(find_first2(&first, got), STATUS_SUCCESS);
	return got->sid;
}

/* Of the entry that comes next in level 1. */
static const char *
next_name(struct reader *data)
{
	const char *name;
	size_t n;

	rd_skip(data, 4 + 22);
	n = rd_u8(data);
	name = rd_text(data, n);
	rd_skip(data, 1);
	ck_assert(rd_ok(data));
	return name;
}

START_TEST(os2_closes_all_searches_at_once)
{
	struct find_next next = { .count = 4, .level = 1, .flags = FIND_FLAGS, .name = "" };
	struct found got;

	connected();
	next.sid = begin_search("\\folder\\*", &got);
	wr_u16(client_begin(c, SMB_COM_FIND_CLOSE2), 0xFFFF);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(find_next2(&next, &got), DOS(1, 6));
}
END_TEST

START_TEST(os2_means_all_by_an_empty_pattern)
{
	struct found got;

	connected();
	begin_search("", &got);
	ck_assert_uint_eq(got.count, 4);
	begin_search("\\folder\\", &got);
	ck_assert_uint_eq(got.count, 4);
	ck_assert_str_eq(next_name(&got.data), ".");
}
END_TEST

/* The words of the second lie between the words of the first and its bytes. */
START_TEST(os2_writes_and_reads_in_one_message)
{
	struct reader whole;
	struct writer *w;
	size_t data_at, element, len;
	const uint8_t *msg;
	uint16_t fid, at;

	server_file(&server, "chain.txt", FILE_TEXT, FILE_LEN);
	connected();
	ck_assert_uint_eq(open_core("\\chain.txt", 0x42, &fid), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_WRITE_ANDX);
	wr_u8(w, SMB_COM_READ_ANDX);
	wr_u8(w, 0);
	wr_u16(w, 0);
	wr_u16(w, fid);
	wr_u32(w, 2);
	wr_zero(w, 10);
	wr_u16(w, 3);
	data_at = wr_hole16(w);
	wr_block_bytes(w);
	element = w->pos;
	wr_patch16(w, SMB_HEADER_LEN + 3, (uint16_t)element);
	wr_u8(w, 10);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, 6);
	wr_zero(w, 8);
	wr_u16(w, 0); /* its ByteCount */
	wr_patch16(w, data_at, (uint16_t)w->pos);
	wr_bytes(w, "abc", 3);
	msg = client_message(c, &len);
	ck_assert(client_send_message(c, msg, len));
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 6);
	ck_assert_uint_eq(rd_u8(&r.words), SMB_COM_READ_ANDX);
	rd_skip(&r.words, 1);
	at = rd_u16(&r.words);
	ck_assert_uint_eq(rd_u16(&r.words), 3);
	rd_init(&whole, r.msg, r.len);
	whole = rd_at(&whole, at, r.len - at);
	ck_assert_uint_eq(rd_u8(&whole), 12);
	rd_skip(&whole, 10);
	ck_assert_uint_eq(rd_u16(&whole), 6);
	at = rd_u16(&whole);
	ck_assert_uint_le(at + 6u, r.len);
	ck_assert_mem_eq(r.msg + at, "01abc5", 6);
}
END_TEST

/* It deletes what it was told of, then goes on behind it. */
START_TEST(os2_goes_on_though_the_name_is_gone)
{
	struct find_next next = { .count = 20, .level = 1, .flags = FIND_FLAGS };
	char name[32], path[160];
	struct found got;

	server_mkdir(&server, "gone");
	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "gone/f%d", i);
		server_file(&server, name, "", 0);
	}
	connected();
	next.sid = begin_search("\\gone\\*", &got);
	for (int i = 0; i < 4; i++)
		next.name = next_name(&got.data);
	snprintf(name, sizeof(name), "%s", next.name);
	next.name = name;
	snprintf(path, sizeof(path), "%s/gone/%s", server.root, name);
	ck_assert_int_eq(unlink(path), 0);
	ck_assert_uint_eq(find_next2(&next, &got), STATUS_SUCCESS);
	ck_assert_uint_eq(got.count, 6);
	ck_assert_uint_eq(got.end, 1);
}
END_TEST

/* It tries what names the disk takes. */
START_TEST(os2_probes_for_a_name_that_is_not_there)
{
	const struct find_first first = {
		.attributes = 0x16, .count = 1, .flags = 1, .level = 1, .pattern = "\\.+,;=[]."
	};
	struct found got;
	nt_status status;
	struct trans2 t;
	struct writer *w;

	connected();
	ck_assert_uint_eq(find_first2(&first, &got), ERR_NO_FILES);
	w = client_trans2_begin(c, &t, 5);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_string(w, "\\.+,;=[].");
	status = client_trans2_call(c, &t);
	ck_assert_uint_eq(status, ERR_BAD_FILE);
}
END_TEST

/* What does not fit is left out, and the status says so; nothing is refused. */
START_TEST(os2_gets_what_fits_of_its_eas)
{
	struct trans2 t;
	struct writer *w;

	server_file(&server, "large.txt", "", 0);
	connected();
	put_ea(begin_set(&t, "\\large.txt"), ".SUBJECT", "more than fits");
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	w = client_trans2_begin(c, &t, 5);
	wr_patch16(w, 39, 20); /* MaxDataCount */
	wr_u16(w, 4);
	wr_u32(w, 0);
	wr_string(w, "\\large.txt");
	ck_assert_uint_eq(client_trans2_call(c, &t), DOS(1, 234));
	ck_assert_uint_eq(rd_left(&t.got_data), 4);
	ck_assert_uint_eq(rd_u32(&t.got_data), 4);
}
END_TEST

TCase *
os2_client(void)
{
	TCase *t = tcase_create("OS/2");

	tcase_add_test(t, os2_sets_an_empty_list_of_eas);
	tcase_add_test(t, os2_lists_a_directory_with_the_eas_it_asks_for);
	tcase_add_test(t, os2_closes_all_searches_at_once);
	tcase_add_test(t, os2_means_all_by_an_empty_pattern);
	tcase_add_test(t, os2_writes_and_reads_in_one_message);
	tcase_add_test(t, os2_goes_on_though_the_name_is_gone);
	tcase_add_test(t, os2_probes_for_a_name_that_is_not_there);
	tcase_add_test(t, os2_gets_what_fits_of_its_eas);
	return t;
}
