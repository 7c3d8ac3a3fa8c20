/* SPDX-License-Identifier: BSD-2-Clause */

/* FIND_FIRST2, FIND_NEXT2 and FIND_CLOSE2 as the clients out there use them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"

#define FIND_CLOSE2     0x34
#define SET_INFORMATION 0x09
#define FIND_FIRST2     0x0001
#define FIND_NEXT2      0x0002

#define QUERY_PATH_INFORMATION 0x0005

#define CLOSE_AFTER_REQUEST 0x1
#define CLOSE_AT_EOS        0x2
#define RETURN_RESUME_KEYS  0x4
#define CONTINUE_FROM_LAST  0x8

#define DIRECTORIES 0x16 /* hidden and system ones too */

#define NAMES 8 /* in \eight, beside "." and ".." */

static struct server server;
static struct client *c;

/* One reply. */
struct found {
	nt_status status;
	uint16_t sid, n;
	bool end;
	size_t last;
	char names[32][32], shorts[32][16];
	uint32_t keys[32];
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
read_short(char out[16], struct reader *r)
{
	unsigned n = rd_u8(r) / 2u;

	rd_skip(r, 1);
	ck_assert_uint_le(n, 12);
	for (unsigned i = 0; i < 12; i++)
		out[i] = (char)rd_u16(r);
	out[n] = '\0';
}

/* Reads entries of level 0x0104, or of level 1 with resume keys. */
static void
read_entries(struct found *f, struct trans2 *t, uint16_t level)
{
	struct reader r = t->got_data;
	uint32_t next, n;
	size_t at;

	for (unsigned i = 0; i < f->n && i < 32; i++) {
		at = r.pos;
		if (level == 1) {
			f->keys[i] = rd_u32(&r);
			rd_skip(&r, 22);
			n = rd_u8(&r);
			rd_align(&r, 2);
			strncpy(f->names[i], rd_text(&r, n), 31);
			rd_skip(&r, 2);
			continue;
		}
		next = rd_u32(&r);
		rd_skip(&r, 56);
		n = rd_u32(&r);
		rd_skip(&r, 4);
		read_short(f->shorts[i], &r);
		strncpy(f->names[i], rd_text(&r, n), 31);
		ck_assert((next == 0) == (i + 1u == f->n));
		if (next == 0)
			ck_assert_uint_eq(at - t->got_data.pos, f->last);
		r.pos = at + next;
	}
	ck_assert(rd_ok(&r));
}

static void
call(struct found *f, struct trans2 *t, bool first, uint16_t level)
{
	struct reader *p = &t->got_parameters;

	memset(f, 0, sizeof(*f));
	f->status = client_trans2_call(c, t);
	if (f->status != STATUS_SUCCESS)
		return;
	if (first)
		f->sid = rd_u16(p);
	f->n = rd_u16(p);
	f->end = rd_u16(p) != 0;
	ck_assert_uint_eq(rd_u16(p), 0); /* EaErrorOffset */
	f->last = rd_u16(p);
	ck_assert(rd_ok(p));
	read_entries(f, t, level);
}

struct asked {
	uint16_t attributes, count, flags, level;
};

static void
find_first(struct found *f, const char *pattern, struct asked a)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, FIND_FIRST2);

	wr_u16(w, a.attributes);
	wr_u16(w, a.count);
	wr_u16(w, a.flags);
	wr_u16(w, a.level != 0 ? a.level : 0x0104);
	wr_u32(w, 0);
	wr_string(w, pattern);
	call(f, &t, true, a.level);
}

static void
find_next(struct found *f, uint16_t sid, uint32_t key, const char *name, struct asked a)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, FIND_NEXT2);

	wr_u16(w, sid);
	wr_u16(w, a.count);
	wr_u16(w, a.level != 0 ? a.level : 0x0104);
	wr_u32(w, key);
	wr_u16(w, a.flags);
	wr_string(w, name);
	call(f, &t, false, a.level);
}

static nt_status
find_close(uint16_t sid)
{
	struct writer *w = client_begin(c, FIND_CLOSE2);
	struct reply r;

	wr_u16(w, sid);
	return client_call(c, &r);
}

/* Marks the names of a reply in seen; each may come only once. */
static void
see(bool seen[NAMES], const struct found *f)
{
	unsigned i;

	for (unsigned k = 0; k < f->n; k++) {
		if (f->names[k][0] == '.')
			continue;
		i = (unsigned)atoi(f->names[k] + 4);
		ck_assert_uint_lt(i, NAMES);
		ck_assert(!seen[i]);
		seen[i] = true;
	}
}

static void
saw_all(const bool seen[NAMES])
{
	for (unsigned i = 0; i < NAMES; i++)
		ck_assert(seen[i]);
}

START_TEST(everything_at_once)
{
	bool seen[NAMES] = { false };
	struct found f;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 100, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_SUCCESS);
	ck_assert_uint_eq(f.n, NAMES + 2);
	ck_assert(f.end);
	ck_assert_str_eq(f.names[0], ".");
	ck_assert_str_eq(f.names[1], "..");
	see(seen, &f);
	saw_all(seen);
}
END_TEST

/* Open PS2 Loader takes one entry at a time, by the server's own place. */
START_TEST(one_by_one_from_the_servers_place)
{
	bool seen[NAMES] = { false };
	struct found f;
	unsigned n = 1;
	uint16_t sid;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 1, RETURN_RESUME_KEYS, 0 });
	sid = f.sid;
	see(seen, &f);
	while (!f.end) {
		find_next(&f, sid, 0, "", (struct asked){ 0, 1, CONTINUE_FROM_LAST, 0 });
		ck_assert_uint_eq(f.status, STATUS_SUCCESS);
		ck_assert_uint_eq(f.n, 1);
		see(seen, &f);
		n++;
	}
	ck_assert_uint_eq(n, NAMES + 2);
	saw_all(seen);
}
END_TEST

/* libdsm's resume key is the offset of the last name, and its name the pattern. */
START_TEST(the_continue_flag_beats_a_wrong_key_and_name)
{
	bool seen[NAMES] = { false };
	struct found f;
	uint16_t sid;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 3, 0, 0 });
	sid = f.sid;
	see(seen, &f);
	while (!f.end) {
		find_next(&f, sid, (uint32_t)f.last, "\\eight\\*",
		    (struct asked){ 0, 3, CONTINUE_FROM_LAST, 0 });
		ck_assert_uint_eq(f.status, STATUS_SUCCESS);
		see(seen, &f);
	}
	saw_all(seen);
}
END_TEST

START_TEST(any_name_of_the_last_reply_is_a_place_to_go_on)
{
	struct found f, again;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 6, 0, 0 });
	find_next(&again, f.sid, 0, f.names[2], (struct asked){ 0, 1, 0, 0 });
	ck_assert_uint_eq(again.n, 1);
	ck_assert_str_eq(again.names[0], f.names[3]);
	find_next(&again, f.sid, 0, f.names[3], (struct asked){ 0, 2, 0, 0 });
	ck_assert_str_eq(again.names[0], f.names[4]);
	ck_assert_str_eq(again.names[1], f.names[5]);
}
END_TEST

START_TEST(names_of_earlier_replies_are_places_too)
{
	struct found f, again;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 5, 0, 0 });
	find_next(&again, f.sid, 0, "", (struct asked){ 0, 2, CONTINUE_FROM_LAST, 0 });
	find_next(&again, f.sid, 0, f.names[3], (struct asked){ 0, 1, 0, 0 });
	ck_assert_str_eq(again.names[0], f.names[4]);
}
END_TEST

/* Windows 95 names "." and "..". */
START_TEST(the_dots_are_places_to_go_on)
{
	struct found f, again;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 5, 0, 0 });
	find_next(&again, f.sid, 0, "..", (struct asked){ 0, 1, 0, 0 });
	ck_assert_str_eq(again.names[0], f.names[2]);
	find_next(&again, f.sid, 0, ".", (struct asked){ 0, 1, 0, 0 });
	ck_assert_str_eq(again.names[0], "..");
}
END_TEST

START_TEST(resume_keys_of_the_old_levels_are_places_to_go_on)
{
	const struct asked a = { DIRECTORIES, 4, RETURN_RESUME_KEYS, 1 };
	struct found f, again;

	find_first(&f, "\\eight\\*", a);
	ck_assert_uint_eq(f.n, 4);
	find_next(&again, f.sid, f.keys[1], "", (struct asked){ 0, 1, RETURN_RESUME_KEYS, 1 });
	ck_assert_str_eq(again.names[0], f.names[2]);
}
END_TEST

/* OS/2 deletes what it was told of, then goes on behind it. */
START_TEST(a_name_deleted_meanwhile_is_still_a_place)
{
	struct found f, again;
	char path[160];

	server_mkdir(&server, "going");
	for (int i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "going/file%d", i);
		server_file(&server, path, "", 0);
	}
	find_first(&f, "\\going\\*", (struct asked){ 0, 3, 0, 0 });
	ck_assert_uint_eq(f.n, 3);
	snprintf(path, sizeof(path), "%s/going/%s", server.root, f.names[2]);
	ck_assert_int_eq(remove(path), 0);
	find_next(&again, f.sid, 0, f.names[2], (struct asked){ 0, 10, 0, 0 });
	ck_assert_uint_eq(again.status, STATUS_SUCCESS);
	ck_assert_uint_eq(again.n, 3);
	ck_assert(again.end);
}
END_TEST

/* QUERY_FILE_ALT_NAME_INFO */
static void
expect_alt_name(const char *dir, const char *name, const char *expected)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, QUERY_PATH_INFORMATION);
	char path[64];

	snprintf(path, sizeof(path), "\\%s\\%s", dir, name);
	wr_u16(w, 0x0108);
	wr_u32(w, 0);
	wr_string(w, path);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_str_eq(rd_text(&t.got_data, rd_u32(&t.got_data)), expected);
}

/* Two of the four want the same short name, and one is called like that of a third. */
START_TEST(a_file_is_found_by_the_short_name_it_is_listed_with)
{
	struct found f, one;
	char path[64];

	find_first(&f, "\\clash\\*", (struct asked){ 0, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 4);
	for (unsigned i = 0; i < f.n; i++) {
		const char *alias = f.shorts[i][0] != '\0' ? f.shorts[i] : f.names[i];

		for (unsigned k = 0; k < i; k++)
			ck_assert_str_ne(f.shorts[i], f.shorts[k]);
		expect_alt_name("clash", f.names[i], alias);
		expect_alt_name("clash", alias, alias);
		snprintf(path, sizeof(path), "\\clash\\%s", alias);
		find_first(&one, path, (struct asked){ 0, 1, 0, 0 });
		ck_assert_uint_eq(one.n, 1);
		ck_assert_str_eq(one.names[0], f.names[i]);
		ck_assert_str_eq(one.shorts[0], f.shorts[i]);
		strcpy(strrchr(path, '.'), ".*");
		find_first(&one, path, (struct asked){ 0, 1, 0, 0 });
		ck_assert_uint_eq(one.n, 1);
		ck_assert_str_eq(one.names[0], f.names[i]);
	}
}
END_TEST

/* "clash" has four names and no dots are asked for; the first reply is forgotten by the second. */
START_TEST(a_short_name_told_long_ago_is_a_place_too)
{
	struct found f, again;
	unsigned i = 0;

	find_first(&f, "\\clash\\*", (struct asked){ 0, 3, 0, 0 });
	ck_assert_uint_eq(f.n, 3);
	while (f.shorts[i][0] == '\0')
		i++;
	find_next(&again, f.sid, 0, "", (struct asked){ 0, 1, CONTINUE_FROM_LAST, 0 });
	ck_assert_uint_eq(again.n, 1);
	find_next(&again, f.sid, 0, f.shorts[i], (struct asked){ 0, 3, 0, 0 });
	ck_assert_uint_eq(again.n, 3 - i);
	if (i < 2)
		ck_assert_str_eq(again.names[0], f.names[i + 1]);
}
END_TEST

START_TEST(a_name_never_heard_of_starts_over)
{
	struct found f, again;

	find_first(&f, "\\eight\\*", (struct asked){ DIRECTORIES, 5, 0, 0 });
	find_next(&again, f.sid, 0, "nobody", (struct asked){ 0, 5, 0, 0 });
	ck_assert_uint_eq(again.status, STATUS_SUCCESS);
	ck_assert_str_eq(again.names[0], ".");
}
END_TEST

START_TEST(a_search_without_wildcards_ends_at_once)
{
	struct found f;

	find_first(&f, "\\EIGHT\\FILE3", (struct asked){ DIRECTORIES, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 1);
	ck_assert(f.end);
	ck_assert_str_eq(f.names[0], "file3");
	find_next(&f, f.sid, 0, "file3", (struct asked){ 0, 1, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_SUCCESS);
	ck_assert_uint_eq(f.n, 0);
	ck_assert(f.end);
}
END_TEST

START_TEST(nothing_found_is_no_such_file)
{
	struct found f;

	find_first(&f, "\\eight\\x*", (struct asked){ DIRECTORIES, 100, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_NO_SUCH_FILE);
	find_first(&f, "\\eight\\missing", (struct asked){ DIRECTORIES, 100, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_NO_SUCH_FILE);
	find_first(&f, "\\missing\\*", (struct asked){ DIRECTORIES, 100, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(an_unknown_level_is_refused)
{
	struct found f;

	find_first(&f, "\\eight\\*", (struct asked){ 0, 100, 0, 0x0999 });
	ck_assert_uint_eq(f.status, STATUS_INVALID_LEVEL);
}
END_TEST

static void
hide(const char *path)
{
	struct writer *w = client_begin(c, SET_INFORMATION);
	struct reply r;

	wr_u16(w, 0x22);
	wr_zero(w, 14);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

START_TEST(attributes_must_be_asked_for_or_are_demanded)
{
	struct found f;

	server_mkdir(&server, "kinds");
	server_mkdir(&server, "kinds/dir");
	server_file(&server, "kinds/plain", "", 0);
	server_file(&server, "kinds/secret", "", 0);
	hide("\\kinds\\secret");
	find_first(&f, "\\kinds\\*", (struct asked){ 0, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.names[0], "plain");
	find_first(&f, "\\kinds\\*", (struct asked){ 0x02, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 2);
	find_first(&f, "\\kinds\\*", (struct asked){ 0x0202, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.names[0], "secret");
	find_first(&f, "\\kinds\\d*", (struct asked){ 0x1010, 100, 0, 0 });
	ck_assert_uint_eq(f.n, 1);
	ck_assert_str_eq(f.names[0], "dir");
	find_first(&f, "\\kinds\\dir", (struct asked){ 0, 100, 0, 0 });
	ck_assert_uint_eq(f.status, STATUS_NO_SUCH_FILE);
}
END_TEST

START_TEST(a_search_closes_when_asked_to)
{
	struct found f;
	uint16_t sid;

	find_first(&f, "\\eight\\*", (struct asked){ 0, 2, CLOSE_AFTER_REQUEST, 0 });
	find_next(&f, f.sid, 0, "", (struct asked){ 0, 2, CONTINUE_FROM_LAST, 0 });
	ck_assert_uint_eq(f.status, STATUS_INVALID_HANDLE);
	find_first(&f, "\\eight\\*", (struct asked){ 0, 2, CLOSE_AT_EOS, 0 });
	sid = f.sid;
	find_next(&f, sid, 0, "", (struct asked){ 0, 9, CONTINUE_FROM_LAST | CLOSE_AT_EOS, 0 });
	ck_assert(f.end);
	ck_assert_uint_eq(find_close(sid), STATUS_INVALID_HANDLE);
	find_first(&f, "\\eight\\*", (struct asked){ 0, 2, 0, 0 });
	ck_assert_uint_eq(find_close(f.sid), STATUS_SUCCESS);
	ck_assert_uint_eq(find_close(f.sid), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(ffff_closes_every_search)
{
	struct found f, g;

	find_first(&f, "\\eight\\*", (struct asked){ 0, 2, 0, 0 });
	find_first(&g, "\\eight\\*", (struct asked){ 0, 2, 0, 0 });
	ck_assert_uint_eq(find_close(0xFFFF), STATUS_SUCCESS);
	ck_assert_uint_eq(find_close(f.sid), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(find_close(g.sid), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(searches_are_not_shared_between_connections)
{
	struct client *other = client_on(server.port, "share"), *mine = c;
	struct found f;

	find_first(&f, "\\eight\\*", (struct asked){ 0, 2, 0, 0 });
	c = other;
	ck_assert_uint_eq(find_close(f.sid), STATUS_INVALID_HANDLE);
	c = mine;
	ck_assert_uint_eq(find_close(f.sid), STATUS_SUCCESS);
	client_close(&other);
}
END_TEST

static void
make_files(void)
{
	char name[32];

	server_mkdir(&server, "eight");
	for (int i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "eight/file%d", i);
		server_file(&server, name, "", 0);
	}
	server_mkdir(&server, "clash");
	server_file(&server, "clash/Document 29630.text", "", 0);
	server_file(&server, "clash/Document 72557.text", "", 0);
	server_file(&server, "clash/Long Name.Text", "", 0);
	server_file(&server, "clash/L~Y0MK01.TEX", "", 0);
}

static TCase *
tests(void)
{
	TCase *tc = tcase_create("find");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, everything_at_once);
	tcase_add_test(tc, one_by_one_from_the_servers_place);
	tcase_add_test(tc, the_continue_flag_beats_a_wrong_key_and_name);
	tcase_add_test(tc, any_name_of_the_last_reply_is_a_place_to_go_on);
	tcase_add_test(tc, names_of_earlier_replies_are_places_too);
	tcase_add_test(tc, the_dots_are_places_to_go_on);
	tcase_add_test(tc, resume_keys_of_the_old_levels_are_places_to_go_on);
	tcase_add_test(tc, a_name_deleted_meanwhile_is_still_a_place);
	tcase_add_test(tc, a_file_is_found_by_the_short_name_it_is_listed_with);
	tcase_add_test(tc, a_short_name_told_long_ago_is_a_place_too);
	tcase_add_test(tc, a_name_never_heard_of_starts_over);
	tcase_add_test(tc, a_search_without_wildcards_ends_at_once);
	tcase_add_test(tc, nothing_found_is_no_such_file);
	tcase_add_test(tc, an_unknown_level_is_refused);
	tcase_add_test(tc, attributes_must_be_asked_for_or_are_demanded);
	tcase_add_test(tc, a_search_closes_when_asked_to);
	tcase_add_test(tc, ffff_closes_every_search);
	tcase_add_test(tc, searches_are_not_shared_between_connections);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("find");
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
