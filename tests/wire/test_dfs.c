/* SPDX-License-Identifier: BSD-2-Clause */

/* A DFS root: its links, paths that name server and share, and referrals byte by byte. */
#include <check.h>
#include <err.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/charset.h"
#include "client.h"
#include "server.h"

#define CHECK_DIRECTORY 0x10
#define FIND_FIRST2     0x01
#define QUERY_PATH      0x05
#define GET_REFERRAL    0x10
#define REPORT          0x11

#define FLAGS2_DFS  0x1000
#define CAP_DFS     0x1000u
#define DIRECTORY   0x10u
#define MAX_DATA_AT (32 + 1 + 6)

#define READ    0x00120089u
#define OPEN    1
#define CREATE  2
#define OPEN_IF 3

static struct server server;
static struct client *c;
static char top[64]; /* what [dfs] shares */
static struct trans2 t;

static void
setup(void)
{
	c = client_on(server.port, "dfs");
}

static void
teardown(void)
{
	client_close(&c);
}

static nt_status
refer(struct client *by, uint16_t level, const char *path, uint16_t room)
{
	struct writer *w = client_trans2_begin(by, &t, GET_REFERRAL);

	wr_u16(w, level);
	wr_string(w, path);
	client_trans2_data(by, &t);
	wr_patch16(&by->out, MAX_DATA_AT, room);
	return client_trans2_call(by, &t);
}

/* The next bytes are this text as UTF-16, and a NUL. */
static void
expect_text(struct reader *r, const char *text)
{
	uint8_t bytes[256];
	size_t n = utf16le_from_utf8(text, bytes, sizeof(bytes));

	ck_assert_uint_ge(rd_left(r), n + 2);
	ck_assert_mem_eq(rd_bytes(r, n), bytes, n);
	ck_assert_uint_eq(rd_u16(r), 0);
}

static void
expect_header(const char *consumed, uint16_t n, uint32_t flags)
{
	ck_assert_uint_eq(rd_u16(&t.got_data), 2 * strlen(consumed));
	ck_assert_uint_eq(rd_u16(&t.got_data), n);
	ck_assert_uint_eq(rd_u32(&t.got_data), flags);
}

/* Of the entries of versions 2 and 3: what comes first, and the strings its offsets lead to. */
static void
expect_entry(unsigned version, uint16_t type, const char *path, const char *target)
{
	const size_t at = t.got_data.pos;
	const uint16_t size = version == 2 ? 22 : 34;
	struct reader all = t.got_data, *r = &t.got_data, text;

	ck_assert_uint_eq(rd_u16(r), version);
	ck_assert_uint_eq(rd_u16(r), size);
	ck_assert_uint_eq(rd_u16(r), type);
	ck_assert_uint_eq(rd_u16(r), 0);
	if (version == 2)
		ck_assert_uint_eq(rd_u32(r), 0);
	ck_assert_uint_eq(rd_u32(r), type == 1 ? 300 : 1800);
	for (int i = 0; i < 3; i++) {
		text = all;
		rd_skip(&text, rd_u16(r));
		expect_text(&text, i < 2 ? path : target);
	}
	for (int i = 0; version == 3 && i < 16; i++)
		ck_assert_uint_eq(rd_u8(r), 0);
	ck_assert_uint_eq(r->pos - at, size);
}

START_TEST(version_1_is_entries_with_their_share)
{
	struct reader *r = &t.got_data;

	ck_assert_uint_eq(refer(c, 1, "\\WIRE\\dfs\\two", 1000), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_parameters), 0);
	expect_header("\\WIRE\\dfs\\two", 2, 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(rd_u16(r), 1);
		ck_assert_uint_eq(rd_u16(r), 8 + 2 * 9 + 2);
		ck_assert_uint_eq(rd_u16(r), 0);
		ck_assert_uint_eq(rd_u16(r), 0);
		expect_text(r, i == 0 ? "\\one\\data" : "\\two\\data");
	}
	ck_assert_uint_eq(rd_left(r), 0);
}
END_TEST

START_TEST(versions_2_and_3_are_entries_with_offsets)
{
	const unsigned version = _i == 4 ? 3 : (unsigned)_i;
	const size_t strings = 2 * (strlen("\\WIRE\\dfs\\two") + 1) + 2 * 2 * (9 + 1);

	ck_assert_uint_eq(refer(c, (uint16_t)_i, "\\WIRE\\dfs\\two", 1000), STATUS_SUCCESS);
	expect_header("\\WIRE\\dfs\\two", 2, 2);
	expect_entry(version, 0, "\\WIRE\\dfs\\two", "\\one\\data");
	expect_entry(version, 0, "\\WIRE\\dfs\\two", "\\two\\data");
	ck_assert_uint_eq(rd_left(&t.got_data), strings);
}
END_TEST

START_TEST(a_root_is_where_it_was_asked_for)
{
	static const char *const names[] = { "\\any.name\\DFS", "\\\\any.name\\DFS",
		"\\any.name\\DFS\\" };

	for (size_t i = 0; i < 3; i++) {
		ck_assert_uint_eq(refer(c, 3, names[i], 1000), STATUS_SUCCESS);
		expect_header(i == 1 ? names[1] : names[0], 1, 3);
		expect_entry(3, 1, names[0], names[0]);
	}
}
END_TEST

START_TEST(a_link_on_disk_is_found_at_its_place)
{
	ck_assert_uint_eq(refer(c, 3, "\\WIRE\\dfs\\Dir\\LINK\\a\\b", 1000), STATUS_SUCCESS);
	expect_header("\\WIRE\\dfs\\Dir\\LINK", 2, 2);
	expect_entry(3, 0, "\\WIRE\\dfs\\Dir\\LINK", "\\s1\\x");
	expect_entry(3, 0, "\\WIRE\\dfs\\Dir\\LINK", "\\s2\\y\\z");
}
END_TEST

START_TEST(a_proxy_refers_for_all_that_is_on_it)
{
	struct client *p = client_on(server.port, "proxy");
	uint16_t fid = 0;

	ck_assert_uint_eq(refer(p, 3, "\\WIRE\\proxy\\a\\b", 1000), STATUS_SUCCESS);
	expect_header("\\WIRE\\proxy", 1, 2);
	expect_entry(3, 0, "\\WIRE\\proxy", "\\far\\away");
	ck_assert_uint_eq(client_try_open(p, "\\dir", READ, OPEN, &fid), STATUS_PATH_NOT_COVERED);
	ck_assert_uint_eq(client_try_open(p, "", READ, OPEN, &fid), STATUS_PATH_NOT_COVERED);
	client_close(&p);
}
END_TEST

START_TEST(referrals_are_given_on_ipc)
{
	struct client *ipc = client_on(server.port, "IPC$");

	ck_assert_uint_eq(refer(ipc, 2, "\\WIRE\\dfs\\dir\\link", 1000), STATUS_SUCCESS);
	expect_header("\\WIRE\\dfs\\dir\\link", 2, 2);
	expect_entry(2, 0, "\\WIRE\\dfs\\dir\\link", "\\s1\\x");
	client_close(&ipc);
}
END_TEST

/* As many targets as fit. */
START_TEST(too_little_room_leaves_whole_entries)
{
	static const size_t fixed[] = { 0, 8, 22, 34 };
	const size_t one = 8 + fixed[_i] + 2 * 10 + (_i > 1 ? 2 * 14 : 0);
	const size_t two = one + fixed[_i] + 2 * 10;

	for (uint16_t room = 0; room <= two + 1; room++) {
		const nt_status status = refer(c, (uint16_t)_i, "\\WIRE\\dfs\\two", room);

		ck_assert_uint_eq(status, room < one ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS);
		if (room < one)
			continue;
		ck_assert_uint_eq(rd_left(&t.got_data), room < two ? one : two);
		expect_header("\\WIRE\\dfs\\two", room < two ? 1 : 2, 2);
	}
}
END_TEST

START_TEST(what_is_nowhere_else_is_not_referred)
{
	static const char *const names[] = { "", "\\", "\\\\", "\\WIRE", "\\WIRE\\", "\\WIRE\\none",
		"\\WIRE\\share", "\\WIRE\\share\\hidden", "\\WIRE\\barred\\two", "\\WIRE\\IPC$",
		"\\WIRE\\dfs\\dir", "\\WIRE\\dfs\\none\\link", "\\WIRE\\dfs\\bad",
		"\\WIRE\\dfs\\worse", "\\WIRE\\dfs\\..\\two", "\\WORKGROUP\\SYSVOL" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(refer(c, 3, names[i], 1000) == STATUS_NOT_FOUND, "%s", names[i]);
	ck_assert_uint_eq(refer(c, 0, "\\WIRE\\dfs\\two", 1000), STATUS_INVALID_PARAMETER);
	client_trans2_begin(c, &t, REPORT);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_NOT_IMPLEMENTED);
}
END_TEST

static nt_status
check_directory(const char *path)
{
	struct writer *w = client_begin(c, CHECK_DIRECTORY);
	struct reply r;

	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	return client_call(c, &r);
}

static nt_status
query(const char *path)
{
	struct writer *w = client_trans2_begin(c, &t, QUERY_PATH);

	wr_u16(w, 0x101);
	wr_u32(w, 0);
	wr_string(w, path);
	return client_trans2_call(c, &t);
}

START_TEST(a_path_through_a_link_is_not_covered)
{
	static const char *const names[] = { "\\two", "\\TWO\\file", "\\dir\\link",
		"\\DIR\\Link\\a\\b", "\\bad\\x" };
	uint16_t fid = 0;

	for (size_t i = 0; i < 10; i++) {
		const char *name = names[i / 2];

		c->flags2 = (uint16_t)(i % 2 == 0 ? c->flags2 & ~FLAGS2_DFS
						  : c->flags2 | FLAGS2_DFS);
		ck_assert_uint_eq(check_directory(name), STATUS_PATH_NOT_COVERED);
		ck_assert_uint_eq(query(name), STATUS_PATH_NOT_COVERED);
		for (uint32_t how = OPEN; how <= OPEN_IF; how++)
			ck_assert_uint_eq(
			    client_try_open(c, name, READ, how, &fid), STATUS_PATH_NOT_COVERED);
	}
}
END_TEST

START_TEST(a_path_may_begin_with_server_and_share)
{
	static const char *const names[] = { "\\WIRE\\dfs\\dir", "\\\\wire.example\\DFS\\dir",
		"\\WIRE\\dfs", "\\WIRE\\dfs\\", "\\WIRE\\dfs\\dir\\inner", "\\dir", "dir\\inner",
		"" };

	c->flags2 |= FLAGS2_DFS;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(query(names[i]) == STATUS_SUCCESS, "%s", names[i]);
	ck_assert_uint_eq(query("\\WIRE\\dfs\\two"), STATUS_PATH_NOT_COVERED);
	ck_assert_uint_eq(query("\\WIRE\\dfs\\..\\dir"), STATUS_OBJECT_PATH_SYNTAX_BAD);
	ck_assert_uint_eq(query("\\WIRE\\other\\dir"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(query("\\WIRE\\dfsx\\dir"), STATUS_OBJECT_PATH_NOT_FOUND);
	c->flags2 &= (uint16_t)~FLAGS2_DFS;
	ck_assert_uint_eq(query("\\WIRE\\dfs\\dir"), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

/* "name/" for a directory, in the order of the alphabet they have here. */
static const char *
list(struct client *by, const char *pattern)
{
	static char names[1024];
	struct writer *w = client_trans2_begin(by, &t, FIND_FIRST2);
	size_t at, n = 0;

	wr_u16(w, 0x16);
	wr_u16(w, 100);
	wr_u16(w, 0);
	wr_u16(w, 0x0104);
	wr_u32(w, 0);
	wr_string(w, pattern);
	names[0] = '\0';
	if (client_trans2_call(by, &t) != STATUS_SUCCESS)
		return names;
	for (uint32_t next = 1; next != 0;
	     rd_skip(&t.got_data, next > 0 ? next - (t.got_data.pos - at) : 0)) {
		uint32_t attributes, length;

		at = t.got_data.pos;
		next = rd_u32(&t.got_data);
		rd_skip(&t.got_data, 52);
		attributes = rd_u32(&t.got_data);
		length = rd_u32(&t.got_data);
		rd_skip(&t.got_data, 30);
		t.got_data.unicode = true;
		n += (size_t)snprintf(names + n, sizeof(names) - n, "%s%s ",
		    rd_text(&t.got_data, length), (attributes & DIRECTORY) != 0 ? "/" : "");
	}
	return names;
}

START_TEST(links_are_listed_as_directories)
{
	ck_assert_str_eq(list(c, "\\dir\\*"), "./ ../ inner link/ ");
	ck_assert_str_eq(list(c, "\\two"), "two/ ");
	ck_assert_str_eq(list(c, "\\t*"), "two/ ");
	ck_assert_str_eq(list(c, "\\dir\\li?k"), "link/ ");
	ck_assert_ptr_nonnull(strstr(list(c, "\\*"), "two/ "));
	ck_assert_ptr_nonnull(strstr(list(c, "\\*"), "other/ "));
	ck_assert_ptr_null(strstr(list(c, "\\*"), "two "));
	c->flags2 |= FLAGS2_DFS;
	ck_assert_str_eq(list(c, "\\WIRE\\dfs\\t*"), "two/ ");
}
END_TEST

START_TEST(on_a_share_that_is_no_root_such_links_do_not_exist)
{
	struct client *other = client_on(server.port, "share");
	uint16_t fid = 0;
	char link[128];

	snprintf(link, sizeof(link), "%s/hidden", server.root);
	(void)unlink(link);
	ck_assert_int_eq(symlink("msdfs:server\\share", link), 0);
	ck_assert_str_eq(list(other, "\\hidden"), "");
	ck_assert_uint_eq(
	    client_try_open(other, "\\hidden", READ, OPEN, &fid), STATUS_OBJECT_NAME_NOT_FOUND);
	client_close(&other);
}
END_TEST

static uint16_t
support(const char *share)
{
	struct client *by = client_on(server.port, "dfs");
	struct reply r;
	uint16_t bits;

	ck_assert_uint_eq(client_try_tree(by, share, "?????", &r), STATUS_SUCCESS);
	ck_assert_uint_eq(by->capabilities & CAP_DFS, CAP_DFS);
	rd_skip(&r.words, 4);
	bits = rd_u16(&r.words);
	client_close(&by);
	return bits;
}

START_TEST(who_connects_is_told_what_is_a_root)
{
	struct server plain;
	struct client *by;

	ck_assert_uint_eq(support("dfs"), 3);
	ck_assert_uint_eq(support("proxy"), 3);
	ck_assert_uint_eq(support("share"), 1);
	ck_assert_uint_eq(support("IPC$"), 0);
	server_start(&plain,
	    "\thost msdfs = no\n[dfs]\n\tpath = /tmp\n\tguest ok = yes\n\tmsdfs root = yes");
	by = client_on(plain.port, "dfs");
	ck_assert_uint_eq(by->capabilities & CAP_DFS, 0);
	ck_assert_uint_eq(refer(by, 3, "\\WIRE\\dfs", 1000), STATUS_NOT_FOUND);
	client_close(&by);
	ck_assert_int_eq(server_stop(&plain), 0);
}
END_TEST

static void
must(bool done, const char *path)
{
	if (!done)
		err(99, "%s", path);
}

static void
make_link(const char *text, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", top, name);
	must(symlink(text, path) == 0, path);
}

static void
make_file(const char *name)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "w");
	must(f != NULL, path);
	fclose(f);
}

static void
begin(void)
{
	char global[1024], dir[128];

	snprintf(top, sizeof(top), "/tmp/smb1d-dfs-XXXXXX");
	must(mkdtemp(top) != NULL, top);
	snprintf(dir, sizeof(dir), "%s/dir", top);
	must(mkdir(dir, 0755) == 0, dir);
	make_file("dir/inner");
	make_file("two");
	make_link("msdfs:s1\\x,\\s2/y/z", "dir/link");
	make_link("msdfs:server", "bad");
	make_link("/nowhere", "worse");
	snprintf(global, sizeof(global),
	    "[dfs]\n\tpath = %s\n\tguest ok = yes\n\tread only = no\n\tmsdfs root = yes\n"
	    "\tmsdfs links = two=\\\\one\\data, other=//far/away, TWO=\\\\two\\data\n"
	    "[barred]\n\tpath = %s\n\tguest ok = no\n\tmsdfs root = yes\n\tmsdfs links = two=//a/b\n"
	    "[proxy]\n\tpath = %s\n\tguest ok = yes\n\tmsdfs root = yes\n\tmsdfs proxy = \\\\far\\away\n",
	    top, top, top);
	server_start(&server, global);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

int
main(void)
{
	Suite *s = suite_create("dfs");
	TCase *tc = tcase_create("dfs");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, version_1_is_entries_with_their_share);
	tcase_add_loop_test(tc, versions_2_and_3_are_entries_with_offsets, 2, 5);
	tcase_add_test(tc, a_root_is_where_it_was_asked_for);
	tcase_add_test(tc, a_link_on_disk_is_found_at_its_place);
	tcase_add_test(tc, a_proxy_refers_for_all_that_is_on_it);
	tcase_add_test(tc, referrals_are_given_on_ipc);
	tcase_add_loop_test(tc, too_little_room_leaves_whole_entries, 1, 4);
	tcase_add_test(tc, what_is_nowhere_else_is_not_referred);
	tcase_add_test(tc, a_path_through_a_link_is_not_covered);
	tcase_add_test(tc, a_path_may_begin_with_server_and_share);
	tcase_add_test(tc, links_are_listed_as_directories);
	tcase_add_test(tc, on_a_share_that_is_no_root_such_links_do_not_exist);
	tcase_add_test(tc, who_connects_is_told_what_is_a_root);
	suite_add_tcase(s, tc);
	begin();
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	nftw(top, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return server_stop(&server) != 0 || failed != 0;
}
