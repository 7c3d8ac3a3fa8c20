/* SPDX-License-Identifier: BSD-2-Clause */

/* SEARCH, FIND, FIND_UNIQUE and FIND_CLOSE: the searches of DOS. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"

#define SEARCH      0x81
#define FIND        0x82
#define FIND_UNIQUE 0x83
#define FIND_CLOSE  0x84

#define KEY   21
#define ENTRY 43
#define FILES 7 /* in \dir */

#define VOLUME 0x08

static struct server server;
static struct client *c;

struct found {
	nt_status status;
	uint16_t n;
	uint8_t keys[32][KEY];
	uint8_t attributes[32];
	char names[32][16];
};

static void
setup(void)
{
	c = client_on(server.port, "share");
}

static void
teardown(void)
{
	client_close(&c);
}

static void
read_entries(struct found *f, struct reply *r)
{
	const uint8_t *key;

	f->n = rd_u16(&r->words);
	ck_assert_uint_eq(rd_u8(&r->bytes), 0x05);
	ck_assert_uint_eq(rd_u16(&r->bytes), f->n * ENTRY);
	ck_assert_uint_le(f->n, 32);
	for (unsigned i = 0; i < f->n; i++) {
		key = rd_bytes(&r->bytes, KEY);
		ck_assert_ptr_nonnull(key);
		memcpy(f->keys[i], key, KEY);
		f->attributes[i] = rd_u8(&r->bytes);
		rd_skip(&r->bytes, 8);
		memcpy(f->names[i], rd_bytes(&r->bytes, 13), 13);
	}
	ck_assert(rd_ok(&r->bytes));
	ck_assert_uint_eq(rd_left(&r->bytes), 0);
}

/* key NULL: begins at name. */
static void
ask(struct found *f, uint8_t command, uint16_t count, const char *name, const uint8_t *key)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	wr_u16(w, count);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	wr_u8(w, 5);
	wr_u16(w, key != NULL ? KEY : 0);
	if (key != NULL)
		wr_bytes(w, key, KEY);
	memset(f, 0, sizeof(*f));
	f->status = client_call(c, &r);
	if (f->status == STATUS_SUCCESS)
		read_entries(f, &r);
}

START_TEST(it_goes_on_behind_any_entry)
{
	bool seen[FILES] = { false };
	struct found f, again;
	unsigned n = 0;

	ask(&f, SEARCH, 2, "\\dir\\*.txt", NULL);
	while (f.status == STATUS_SUCCESS && f.n > 0) {
		for (unsigned i = 0; i < f.n; i++) {
			seen[f.names[i][1] - '0'] = true;
			n++;
		}
		again = f;
		ask(&f, SEARCH, 2, "", f.keys[f.n - 1]);
	}
	ck_assert_uint_eq(n, FILES);
	for (unsigned i = 0; i < FILES; i++)
		ck_assert(seen[i]);
	ask(&f, SEARCH, 1, "", again.keys[0]);
	ck_assert_uint_eq(f.status, STATUS_SUCCESS);
}
END_TEST

START_TEST(question_marks_mean_up_to_so_many)
{
	struct found f;

	ask(&f, SEARCH, 30, "\\dir\\????????.???", NULL);
	ck_assert_uint_eq(f.n, FILES + 2);
}
END_TEST

static void
expect_names(const char *pattern, uint16_t n)
{
	struct found f;

	ask(&f, SEARCH, 30, pattern, NULL);
	ck_assert_uint_eq(f.status, n > 0 ? STATUS_SUCCESS : STATUS_NO_MORE_FILES);
	ck_assert_msg(f.n == n, "%s finds %u, not %u", pattern, f.n, n);
}

/* In \few are A, A.B, A.BC, AB.C and ABCDEFGH.IJK. */
START_TEST(patterns_mean_what_they_mean_on_fat)
{
	expect_names("\\few\\*.*", 7); /* with "." and ".." */
	expect_names("\\few\\*.", 3);
	expect_names("\\few\\A.", 1);
	expect_names("\\few\\a", 1);
	expect_names("\\few\\A.*", 3);
	expect_names("\\few\\A.?", 2);
	expect_names("\\few\\A?.?", 3);
	expect_names("\\few\\?.??", 4);
	expect_names("\\few\\??.b?", 2);
	expect_names("\\few\\A*.B", 1);
	expect_names("\\few\\A*", 5);
	expect_names("\\few\\*.???", 7);
	expect_names("\\few\\*C", 2);
	expect_names("\\few\\*.*C", 2);
	expect_names("\\few\\???.*", 6);
	expect_names("\\few\\?????????.*", 7);
	expect_names("\\few\\B*.*", 0);
}
END_TEST

/* DOS would open the device instead. */
START_TEST(names_of_devices_show_short)
{
	struct found f, again;
	char path[32];

	ask(&f, SEARCH, 30, "\\devices\\*.*", NULL);
	ck_assert_uint_eq(f.n, 4);
	for (unsigned i = 2; i < 4; i++) {
		ck_assert_ptr_nonnull(strchr(f.names[i], '~'));
		snprintf(path, sizeof(path), "\\devices\\%s", f.names[i]);
		ask(&again, SEARCH, 30, path, NULL);
		ck_assert_uint_eq(again.n, 1);
	}
}
END_TEST

START_TEST(long_names_show_short)
{
	struct found f, again;
	char path[32];

	ask(&f, SEARCH, 30, "\\long\\*.*", NULL);
	ck_assert_uint_eq(f.n, 3);
	ck_assert_ptr_nonnull(strchr(f.names[2], '~'));
	ck_assert_uint_le(strlen(f.names[2]), 12);
	snprintf(path, sizeof(path), "\\long\\%s", f.names[2]);
	ask(&again, SEARCH, 30, path, NULL);
	ck_assert_uint_eq(again.n, 1);
	ck_assert_str_eq(again.names[0], f.names[2]);
}
END_TEST

/* The two of the directory want the same short name. */
START_TEST(no_two_files_are_shown_by_one_name)
{
	struct found f, again;
	char path[32];

	ask(&f, SEARCH, 30, "\\clash\\*.*", NULL);
	ck_assert_uint_eq(f.n, 4);
	ck_assert_str_ne(f.names[2], f.names[3]);
	for (unsigned i = 2; i < 4; i++) {
		snprintf(path, sizeof(path), "\\clash\\%s", f.names[i]);
		ask(&again, SEARCH, 30, path, NULL);
		ck_assert_uint_eq(again.n, 1);
		ck_assert_str_eq(again.names[0], f.names[i]);
	}
}
END_TEST

START_TEST(names_are_capitals_for_those_who_know_no_long_ones)
{
	struct found f;

	c->flags2 &= (uint16_t)~SMB_FLAGS2_LONG_NAMES;
	ask(&f, SEARCH, 1, "\\dir\\f3.txt", NULL);
	ck_assert_str_eq(f.names[0], "F3.TXT");
}
END_TEST

START_TEST(nothing_found_is_the_end)
{
	struct found f;

	ask(&f, SEARCH, 30, "\\dir\\*.exe", NULL);
	ck_assert_uint_eq(f.status, STATUS_NO_MORE_FILES);
}
END_TEST

START_TEST(the_volume_has_a_label)
{
	struct writer *w = client_begin(c, SEARCH);
	struct found f;
	struct reply r;

	wr_u16(w, 1);
	wr_u16(w, VOLUME);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\????????.???");
	wr_u8(w, 5);
	wr_u16(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	read_entries(&f, &r);
	ck_assert_uint_eq(f.n, 1);
	ck_assert_uint_eq(f.attributes[0], VOLUME);
	ck_assert_str_eq(f.names[0], "share");
}
END_TEST

START_TEST(a_unique_search_is_over_at_once)
{
	struct found f;

	ask(&f, FIND_UNIQUE, 2, "\\dir\\*.txt", NULL);
	ck_assert_uint_eq(f.n, 2);
	ask(&f, FIND, 2, "", f.keys[1]);
	ck_assert_uint_eq(f.status, STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(a_closed_search_does_not_go_on)
{
	struct writer *w;
	struct found f;
	struct reply r;

	ask(&f, FIND, 2, "\\dir\\*.txt", NULL);
	w = client_begin(c, FIND_CLOSE);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "");
	wr_u8(w, 5);
	wr_u16(w, KEY);
	wr_bytes(w, f.keys[0], KEY);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ask(&f, FIND, 2, "", f.keys[1]);
	ck_assert_uint_eq(f.status, STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(the_clients_part_of_a_key_comes_back)
{
	struct found f;

	ask(&f, SEARCH, 1, "\\dir\\*.txt", NULL);
	memset(f.keys[0] + 17, 0xA5, 4);
	ask(&f, SEARCH, 1, "", f.keys[0]);
	ck_assert_mem_eq(f.keys[0] + 17, "\xA5\xA5\xA5\xA5", 4);
}
END_TEST

START_TEST(keys_made_up_do_no_harm)
{
	struct found f, g;
	uint8_t key[KEY];

	ask(&f, SEARCH, 1, "\\dir\\*.txt", NULL);
	for (unsigned i = 0; i < KEY * 8; i++) {
		memcpy(key, f.keys[0], KEY);
		key[i / 8] ^= (uint8_t)(1u << i % 8);
		ask(&g, SEARCH, 3, "", key);
	}
	ask(&g, SEARCH, 1, "", f.keys[0]);
	ck_assert_uint_eq(g.status, STATUS_SUCCESS);
}
END_TEST

START_TEST(searches_never_ended_do_not_run_out)
{
	struct found first, f;

	ask(&first, SEARCH, 1, "\\dir\\*.txt", NULL);
	for (int i = 0; i < 3000; i++) {
		ask(&f, SEARCH, 1, "\\dir\\*.txt", NULL);
		ck_assert_uint_eq(f.status, STATUS_SUCCESS);
	}
	ask(&f, SEARCH, 1, "", f.keys[0]);
	ck_assert_uint_eq(f.status, STATUS_SUCCESS);
	ask(&f, SEARCH, 1, "", first.keys[0]);
	ck_assert_uint_eq(f.status, STATUS_INVALID_HANDLE);
}
END_TEST

static void
make_files(void)
{
	char name[32];

	server_mkdir(&server, "dir");
	for (int i = 0; i < FILES; i++) {
		snprintf(name, sizeof(name), "dir/f%d.txt", i);
		server_file(&server, name, "", 0);
	}
	server_mkdir(&server, "long");
	server_file(&server, "long/a name that is long.text", "", 0);
	server_mkdir(&server, "few");
	server_file(&server, "few/A", "", 0);
	server_file(&server, "few/A.B", "", 0);
	server_file(&server, "few/A.BC", "", 0);
	server_file(&server, "few/AB.C", "", 0);
	server_file(&server, "few/ABCDEFGH.IJK", "", 0);
	server_mkdir(&server, "devices");
	server_file(&server, "devices/con", "", 0);
	server_file(&server, "devices/aux.c", "", 0);
	server_mkdir(&server, "clash");
	server_file(&server, "clash/Document 29630.text", "", 0);
	server_file(&server, "clash/Document 72557.text", "", 0);
}

static TCase *
tests(void)
{
	TCase *tc = tcase_create("search");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, it_goes_on_behind_any_entry);
	tcase_add_test(tc, question_marks_mean_up_to_so_many);
	tcase_add_test(tc, patterns_mean_what_they_mean_on_fat);
	tcase_add_test(tc, names_of_devices_show_short);
	tcase_add_test(tc, long_names_show_short);
	tcase_add_test(tc, no_two_files_are_shown_by_one_name);
	tcase_add_test(tc, names_are_capitals_for_those_who_know_no_long_ones);
	tcase_add_test(tc, nothing_found_is_the_end);
	tcase_add_test(tc, the_volume_has_a_label);
	tcase_add_test(tc, a_unique_search_is_over_at_once);
	tcase_add_test(tc, a_closed_search_does_not_go_on);
	tcase_add_test(tc, the_clients_part_of_a_key_comes_back);
	tcase_add_test(tc, keys_made_up_do_no_harm);
	tcase_add_test(tc, searches_never_ended_do_not_run_out);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("search");
	SRunner *sr;
	int failed;

	suite_add_tcase(s, tests());
	server_start(&server, "");
	make_files();
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
