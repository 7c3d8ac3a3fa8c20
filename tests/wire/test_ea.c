/* SPDX-License-Identifier: BSD-2-Clause */

/* Extended attributes: what each level tells of them, how they are set, what is refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "client.h"
#include "server.h"

#define OPEN2                   0x0000
#define FIND_FIRST2             0x0001
#define QUERY_PATH_INFORMATION  0x0005
#define SET_PATH_INFORMATION    0x0006
#define QUERY_FILE_INFORMATION  0x0007
#define SET_FILE_INFORMATION    0x0008
#define TRANS2_CREATE_DIRECTORY 0x000D
#define NT_TRANSACT_CREATE      0x0001

#define NT_RENAME 0xA5
#define COPY_FILE 0x0105

#define OPEN              1
#define CREATE            2
#define OVERWRITE         4
#define DIRECTORY_FILE    0x00000001u
#define NO_EA_KNOWLEDGE   0x00000200u
#define EXTENDED_RESPONSE 0x00000010u

#define EA_SIZE_LEVEL 0x0002
#define FROM_LIST     0x0003
#define ALL_EAS       0x0004
#define EA_INFO       0x0103
#define ALL_INFO      0x0107
#define EA_INFO_PASS  1007
#define FULL_EAS      1015

#define READ_ATTRIBUTES 0x00000080u
#define READ_EA         0x00000008u
#define WRITE_EA        0x00000010u

static struct server server;
static struct client *c;

static void
setup(void)
{
	c = client_on(server.port, "share");
	server_file(&server, "file", "content", 7);
}

static const char *
on_disk(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return path;
}

static void
teardown(void)
{
	client_close(&c);
	unlink(on_disk("file"));
	unlink(on_disk("new"));
	rmdir(on_disk("dir"));
}

/* One FEA or, without a value, GEA after the other; the list's length in front. */
struct pair {
	const char *name, *value;
};

static void
put_list(struct writer *w, const struct pair *pairs, size_t n)
{
	size_t at = wr_hole32(w);

	for (size_t i = 0; i < n; i++) {
		if (pairs[i].value != NULL)
			wr_u8(w, 0);
		wr_u8(w, (uint8_t)strlen(pairs[i].name));
		if (pairs[i].value != NULL)
			wr_u16(w, (uint16_t)strlen(pairs[i].value));
		wr_bytes(w, pairs[i].name, strlen(pairs[i].name) + 1);
		if (pairs[i].value != NULL)
			wr_bytes(w, pairs[i].value, strlen(pairs[i].value));
	}
	wr_patch32(w, at, (uint32_t)(w->pos - at));
}

static void
put_chain(struct writer *w, const struct pair *pairs, size_t n)
{
	size_t at, start = w->pos;

	for (size_t i = 0; i < n; i++) {
		at = wr_hole32(w);
		wr_u8(w, 0);
		wr_u8(w, (uint8_t)strlen(pairs[i].name));
		wr_u16(w, (uint16_t)strlen(pairs[i].value));
		wr_bytes(w, pairs[i].name, strlen(pairs[i].name) + 1);
		wr_bytes(w, pairs[i].value, strlen(pairs[i].value));
		if (i + 1 == n)
			return;
		wr_align(w, 4, start);
		wr_patch32(w, at, (uint32_t)(w->pos - at));
	}
}

static uint16_t
error_offset(struct trans2 *t)
{
	return rd_u16(&t->got_parameters);
}

static nt_status
set_path(struct trans2 *t, const char *path, const struct pair *pairs, size_t n)
{
	struct writer *w = client_trans2_begin(c, t, SET_PATH_INFORMATION);

	wr_u16(w, EA_SIZE_LEVEL);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, t);
	put_list(w, pairs, n);
	return client_trans2_call(c, t);
}

static void
set(const char *path, const char *name, const char *value)
{
	const struct pair pair = { name, value };
	struct trans2 t;

	ck_assert_uint_eq(set_path(&t, path, &pair, 1), STATUS_SUCCESS);
}

static nt_status
set_chain(uint16_t fid, const struct pair *pairs, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, FULL_EAS);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	put_chain(w, pairs, n);
	return client_trans2_call(c, &t);
}

static struct writer *
begin_query(struct trans2 *t, const char *path, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_PATH_INFORMATION);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, t);
	return w;
}

static nt_status
query(struct trans2 *t, const char *path, uint16_t level)
{
	begin_query(t, path, level);
	return client_trans2_call(c, t);
}

static nt_status
query_file(struct trans2 *t, uint16_t fid, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, level);
	return client_trans2_call(c, t);
}

/* The entries a list has, and that it is as long as it says. */
static void
list_is(struct reader r, const struct pair *pairs, size_t n)
{
	size_t start = r.pos;

	ck_assert_uint_eq(rd_u32(&r), r.end - start);
	for (size_t i = 0; i < n; i++) {
		size_t name = strlen(pairs[i].name), value = strlen(pairs[i].value);

		ck_assert_uint_eq(rd_u8(&r), 0);
		ck_assert_uint_eq(rd_u8(&r), name);
		ck_assert_uint_eq(rd_u16(&r), value);
		ck_assert_mem_eq(rd_bytes(&r, name + 1), pairs[i].name, name + 1);
		ck_assert_mem_eq(rd_bytes(&r, value), pairs[i].value, value);
	}
	ck_assert(rd_ok(&r));
	ck_assert_uint_eq(rd_left(&r), 0);
}

static void
all_eas_are(const char *path, const struct pair *pairs, size_t n)
{
	struct trans2 t;

	ck_assert_uint_eq(query(&t, path, ALL_EAS), STATUS_SUCCESS);
	list_is(t.got_data, pairs, n);
}

START_TEST(what_is_set_is_told)
{
	static const struct pair icon = { ".ICON", "picture" }, again = { ".ICON", "other" };

	all_eas_are("\\file", NULL, 0);
	set("\\file", ".ICON", "picture");
	all_eas_are("\\file", &icon, 1);
	set("\\FILE", ".icon", "other");
	all_eas_are("\\file", &again, 1);
	set("\\file", ".ICON", "");
	all_eas_are("\\file", NULL, 0);
}
END_TEST

START_TEST(size_is_told_by_every_level_that_has_one)
{
	static const struct {
		uint16_t level;
		size_t at;
	} levels[] = { { EA_SIZE_LEVEL, 22 }, { EA_INFO, 0 }, { EA_INFO_PASS, 0 },
		{ ALL_INFO, 40 + 24 }, { 1018, 40 + 24 } };
	uint16_t fid = client_open(c, "\\file");
	struct trans2 t;

	for (int with = 0; with < 2; with++) {
		for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
			ck_assert_uint_eq(query(&t, "\\file", levels[i].level), STATUS_SUCCESS);
			rd_skip(&t.got_data, levels[i].at);
			ck_assert_uint_eq(rd_u32(&t.got_data), with ? 4 + 5 + 2 + 3 : 0);
			ck_assert_uint_eq(query_file(&t, fid, levels[i].level), STATUS_SUCCESS);
			rd_skip(&t.got_data, levels[i].at);
			ck_assert_uint_eq(rd_u32(&t.got_data), with ? 4 + 5 + 2 + 3 : 0);
		}
		set("\\file", "AB", "xyz");
	}
}
END_TEST

START_TEST(names_asked_for_come_in_order_with_what_they_have)
{
	static const struct pair asked[] = { { "none", NULL }, { "two", NULL } };
	static const struct pair told[] = { { "none", "" }, { "two", "2" } };
	struct trans2 t;

	set("\\file", "ONE", "1");
	set("\\file", "TWO", "2");
	put_list(begin_query(&t, "\\file", FROM_LIST), asked, 2);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(error_offset(&t), 0);
	list_is(t.got_data, told, 2);
}
END_TEST

START_TEST(list_of_names_at_fault_is_pointed_at)
{
	struct trans2 t;
	struct writer *w = begin_query(&t, "\\file", FROM_LIST);

	wr_u32(w, 10);
	wr_bytes(w, "\1A\0\4BC", 6);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_EA_LIST_INCONSISTENT);
	ck_assert_uint_eq(error_offset(&t), 7);
}
END_TEST

START_TEST(chain_is_set_and_told)
{
	static const struct pair pairs[] = { { "A", "first" }, { "LONGER", "2" } };
	uint16_t fid = client_open(c, "\\file");
	struct trans2 t;

	ck_assert_uint_eq(query_file(&t, fid, FULL_EAS), STATUS_NO_EAS_ON_FILE);
	ck_assert_uint_eq(set_chain(fid, pairs, 2), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(&t, fid, FULL_EAS), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 16);
	ck_assert_mem_eq(rd_bytes(&t.got_data, 12), "\0\1\5\0A\0first\0", 12);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	ck_assert_mem_eq(rd_bytes(&t.got_data, 12), "\0\6\1\0LONGER\0002", 12);
	ck_assert_uint_eq(rd_left(&t.got_data), 0);
}
END_TEST

/* MaxDataCount is at 39 of the message. */
static nt_status
query_within(struct trans2 *t, uint16_t level, uint16_t room)
{
	begin_query(t, "\\file", level);
	wr_patch16(&c->out, 39, room);
	return client_trans2_call(c, t);
}

START_TEST(only_whole_entries_are_told)
{
	static const struct pair first = { "A", "1" };
	struct trans2 t;

	set("\\file", "A", "1");
	set("\\file", "B", "2");
	for (uint16_t room = 0; room <= 20; room++) {
		nt_status status = query_within(&t, ALL_EAS, room);

		if (room < 4)
			ck_assert_uint_eq(status, STATUS_INFO_LENGTH_MISMATCH);
		else if (room < 4 + 2 * 7)
			ck_assert_uint_eq(status, STATUS_BUFFER_OVERFLOW);
		else
			ck_assert_uint_eq(status, STATUS_SUCCESS);
		if (room >= 4 && room < 4 + 2 * 7)
			list_is(t.got_data, &first, room >= 4 + 7);
	}
	ck_assert_uint_eq(query_within(&t, FULL_EAS, 11), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(rd_left(&t.got_data), 11);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
}
END_TEST

START_TEST(bad_name_keeps_the_whole_list_from_being_set)
{
	static const struct pair pairs[] = { { "GOOD", "v" }, { "B:D", "v" }, { "LAST", "v" } };
	static const struct pair reserved = { "DOSATTRIB", "0x1" };
	struct trans2 t;

	ck_assert_uint_eq(set_path(&t, "\\file", pairs, 3), STATUS_INVALID_EA_NAME);
	ck_assert_uint_eq(error_offset(&t), 4 + 4 + 5 + 1);
	all_eas_are("\\file", NULL, 0);
	ck_assert_uint_eq(set_path(&t, "\\file", &reserved, 1), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(list_at_fault_is_pointed_at)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_PATH_INFORMATION);

	wr_u16(w, EA_SIZE_LEVEL);
	wr_u32(w, 0);
	wr_string(w, "\\file");
	client_trans2_data(c, &t);
	wr_u32(w, 20);
	wr_bytes(w, "\0\1\1\0A\0v\0\1\xFF\xFFY\0", 13);
	wr_zero(w, 3);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_EA_LIST_INCONSISTENT);
	ck_assert_uint_eq(error_offset(&t), 11);
	all_eas_are("\\file", NULL, 0);
}
END_TEST

START_TEST(handle_needs_the_right)
{
	static const struct pair pair = { "A", "1" };
	struct trans2 t;
	uint16_t fid;

	set("\\file", "A", "1");
	ck_assert_uint_eq(client_try_open(c, "\\file", READ_ATTRIBUTES, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(&t, fid, EA_INFO), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(&t, fid, ALL_EAS), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(query_file(&t, fid, FULL_EAS), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_chain(fid, &pair, 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(client_try_open(c, "\\file", READ_EA, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(&t, fid, ALL_EAS), STATUS_SUCCESS);
	list_is(t.got_data, &pair, 1);
	ck_assert_uint_eq(set_chain(fid, &pair, 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(client_try_open(c, "\\file", WRITE_EA, 1, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(set_chain(fid, &pair, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(query_file(&t, fid, ALL_EAS), STATUS_ACCESS_DENIED);
}
END_TEST

/* OpenFunction 0x11 opens or creates, 0x12 empties or creates. */
static nt_status
open2(struct trans2 *t, const char *path, uint16_t function, const struct pair *pairs, size_t n)
{
	struct writer *w = client_trans2_begin(c, t, OPEN2);

	wr_u16(w, 0x0008); /* tell the size of the EAs */
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, function);
	wr_zero(w, 14);
	wr_string(w, path);
	client_trans2_data(c, t);
	if (pairs != NULL)
		put_list(w, pairs, n);
	return client_trans2_call(c, t);
}

static uint32_t
told_size(struct trans2 *t)
{
	rd_skip(&t->got_parameters, 26);
	return rd_u32(&t->got_parameters);
}

START_TEST(new_file_gets_its_eas_and_an_old_one_keeps_its_own)
{
	static const struct pair first = { "A", "1" }, second = { "B", "22" };
	struct trans2 t;

	ck_assert_uint_eq(open2(&t, "\\new", 0x11, &first, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(told_size(&t), 4 + 7);
	all_eas_are("\\new", &first, 1);
	ck_assert_uint_eq(open2(&t, "\\new", 0x11, &second, 1), STATUS_SUCCESS);
	all_eas_are("\\new", &first, 1);
	ck_assert_uint_eq(open2(&t, "\\new", 0x12, &second, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(told_size(&t), 4 + 8);
	all_eas_are("\\new", &second, 1);
	ck_assert_uint_eq(open2(&t, "\\new", 0x12, NULL, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(told_size(&t), 0);
	all_eas_are("\\new", NULL, 0);
}
END_TEST

static const char *
too_much(void)
{
	static char big[60001];

	memset(big, 'x', sizeof(big) - 1);
	return big;
}

START_TEST(file_that_cannot_have_its_eas_is_not_made)
{
	const struct pair bad = { "B:D", "v" };
	const struct pair large[] = { { "FINE", "v" }, { "LARGE", too_much() } };
	struct trans2 t;

	ck_assert_uint_eq(open2(&t, "\\new", 0x11, &bad, 1), STATUS_INVALID_EA_NAME);
	rd_skip(&t.got_parameters, 24);
	ck_assert_uint_eq(error_offset(&t), 4);
	ck_assert(!server_has(&server, "new"));
	ck_assert_uint_eq(open2(&t, "\\new", 0x11, large, 2), STATUS_EA_TOO_LARGE);
	ck_assert(!server_has(&server, "new"));
}
END_TEST

static nt_status
make_directory(struct trans2 *t, const char *path, const struct pair *pairs, size_t n)
{
	struct writer *w = client_trans2_begin(c, t, TRANS2_CREATE_DIRECTORY);

	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, t);
	put_list(w, pairs, n);
	return client_trans2_call(c, t);
}

START_TEST(new_directory_gets_its_eas_or_is_not_made)
{
	const struct pair bad = { "B:D", "v" }, good = { ".ICON", "i" };
	const struct pair large = { "LARGE", too_much() };
	struct trans2 t;

	ck_assert_uint_eq(make_directory(&t, "\\dir", &bad, 1), STATUS_INVALID_EA_NAME);
	ck_assert_uint_eq(error_offset(&t), 4);
	ck_assert(!server_has(&server, "dir"));
	ck_assert_uint_eq(make_directory(&t, "\\dir", &large, 1), STATUS_EA_TOO_LARGE);
	ck_assert(!server_has(&server, "dir"));
	ck_assert_uint_eq(make_directory(&t, "\\dir", &good, 1), STATUS_SUCCESS);
	all_eas_are("\\dir", &good, 1);
}
END_TEST

/* What of a request matters here; the rest opens for all there is. */
struct nt_create {
	uint32_t flags, disposition, options;
	const struct pair *eas;
	size_t n;
	uint8_t ea_flags;
};

static nt_status
nt_create(struct trans2 *t, const char *path, const struct nt_create *a)
{
	struct writer *w = client_nt_begin(c, t, NT_TRANSACT_CREATE, NULL, 0);
	size_t ea_size_at, before;

	wr_patch32(w, 44, 128); /* MaxParameterCount */
	wr_u32(w, a->flags);
	wr_u32(w, 0);
	wr_u32(w, 0x001201FF);
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 7);
	wr_u32(w, a->disposition);
	wr_u32(w, a->options);
	wr_u32(w, 0);
	ea_size_at = wr_hole32(w);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_align(w, 2, 0);
	wr_string(w, path);
	client_trans2_data(c, t);
	before = w->pos;
	if (a->eas != NULL)
		put_chain(w, a->eas, a->n);
	if (a->ea_flags != 0)
		wr_patch8(w, before + 4, a->ea_flags);
	wr_patch32(w, ea_size_at, (uint32_t)(w->pos - before));
	return client_trans2_call(c, t);
}

START_TEST(nt_create_gives_files_and_directories_their_eas)
{
	const struct pair pairs[] = { { "A", "1" }, { "SECOND", "2" } };
	const struct nt_create file = { .disposition = CREATE, .eas = pairs, .n = 2 };
	const struct nt_create dir = {
		.disposition = CREATE, .options = DIRECTORY_FILE, .eas = pairs, .n = 2
	};
	struct trans2 t;

	ck_assert_uint_eq(nt_create(&t, "\\new", &file), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_parameters), 69);
	all_eas_are("\\new", pairs, 2);
	ck_assert_uint_eq(nt_create(&t, "\\dir", &dir), STATUS_SUCCESS);
	all_eas_are("\\dir", pairs, 2);
}
END_TEST

START_TEST(nt_create_makes_nothing_where_the_eas_cannot_be_stored)
{
	const struct pair bad[] = { { "A", "1" }, { "B:D", "2" } };
	const struct pair large = { "LARGE", too_much() };
	struct nt_create a = { .disposition = CREATE, .eas = bad, .n = 2 };
	struct trans2 t;

	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_INVALID_EA_NAME);
	ck_assert_uint_eq(rd_left(&t.got_parameters), 69);
	rd_skip(&t.got_parameters, 8);
	ck_assert_uint_eq(rd_u32(&t.got_parameters), 12);
	ck_assert(!server_has(&server, "new"));
	a.options = DIRECTORY_FILE;
	ck_assert_uint_eq(nt_create(&t, "\\dir", &a), STATUS_INVALID_EA_NAME);
	a.eas = &large;
	a.n = 1;
	ck_assert_uint_eq(nt_create(&t, "\\dir", &a), STATUS_EA_TOO_LARGE);
	ck_assert(!server_has(&server, "dir"));
	a.options = 0;
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_EA_TOO_LARGE);
	ck_assert(!server_has(&server, "new"));
	a.eas = bad;
	a.ea_flags = 0x40;
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(who_knows_no_eas_may_not_open_a_file_that_needs_one)
{
	const struct pair pair = { "VITAL", "1" };
	struct nt_create a = { .disposition = CREATE, .eas = &pair, .n = 1, .ea_flags = 0x80 };
	struct trans2 t;

	a.options = NO_EA_KNOWLEDGE;
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_ACCESS_DENIED);
	ck_assert(!server_has(&server, "new"));
	a.options = 0;
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_SUCCESS);
	a = (struct nt_create){ .disposition = OPEN, .options = NO_EA_KNOWLEDGE };
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(nt_create(&t, "\\file", &a), STATUS_SUCCESS);
	set("\\new", "vital", "");
	ck_assert_uint_eq(nt_create(&t, "\\new", &a), STATUS_SUCCESS);
}
END_TEST

/* FileStatusFlags, and the length of the extended reply. */
START_TEST(extended_reply_tells_whether_there_are_eas)
{
	const struct nt_create a = { .flags = EXTENDED_RESPONSE, .disposition = OPEN };
	struct trans2 t;

	for (int with = 0; with < 2; with++) {
		ck_assert_uint_eq(nt_create(&t, "\\file", &a), STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_parameters), 101);
		rd_skip(&t.got_parameters, 66);
		ck_assert_uint_eq(rd_u16(&t.got_parameters) & 1, !with);
		set("\\file", "A", "1");
	}
}
END_TEST

START_TEST(streams_share_the_eas_of_their_file)
{
	const struct pair first = { "A", "1" }, both[] = { { "A", "1" }, { "B", "2" } };
	struct nt_create a = { .disposition = CREATE, .eas = &both[1], .n = 1 };
	struct trans2 t;

	set("\\file", "A", "1");
	ck_assert_uint_eq(nt_create(&t, "\\file:stream", &a), STATUS_SUCCESS);
	all_eas_are("\\file", both, 2);
	set("\\file", "B", "");
	a.disposition = OVERWRITE;
	ck_assert_uint_eq(nt_create(&t, "\\file:stream", &a), STATUS_SUCCESS);
	all_eas_are("\\file", &first, 1);
}
END_TEST

START_TEST(copy_has_the_eas_too)
{
	const struct pair pair = { "A", "1" };
	struct writer *w;
	struct reply r;

	set("\\file", "A", "1");
	w = client_begin(c, NT_RENAME);
	wr_u16(w, 0x16);
	wr_u16(w, COPY_FILE);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\file");
	wr_u8(w, 4);
	wr_string(w, "\\new");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	all_eas_are("\\new", &pair, 1);
}
END_TEST

static struct writer *
begin_find(struct trans2 *t, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 1);
	wr_u16(w, 1); /* close */
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, "\\file*");
	client_trans2_data(c, t);
	return w;
}

START_TEST(listing_tells_sizes)
{
	static const struct {
		uint16_t level;
		size_t at;
	} levels[] = { { 0x0002, 22 }, { 0x0102, 64 }, { 0x0104, 64 }, { 0x0105, 64 },
		{ 0x0106, 64 } };
	struct trans2 t;

	set("\\file", "AB", "xyz");
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		begin_find(&t, levels[i].level);
		ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
		rd_skip(&t.got_data, levels[i].at);
		ck_assert_uint_eq(rd_u32(&t.got_data), 4 + 5 + 2 + 3);
	}
}
END_TEST

START_TEST(listing_tells_the_eas_asked_for)
{
	static const struct pair asked[] = { { "none", NULL }, { "ab", NULL } };
	static const struct pair told[] = { { "none", "" }, { "ab", "xyz" } };
	const size_t size = 4 + (5 + 4) + (5 + 2 + 3);
	struct trans2 t;
	struct reader list;

	set("\\file", "AB", "xyz");
	put_list(begin_find(&t, FROM_LIST), asked, 2);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	rd_skip(&t.got_data, 22);
	list = rd_sub(&t.got_data, size);
	list_is(list, told, 2);
	ck_assert_uint_eq(rd_u8(&t.got_data), 8);
	put_list(begin_find(&t, FROM_LIST), asked, 2);
	wr_patch16(&c->out, 39, (uint16_t)(22 + size));
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_BUFFER_TOO_SMALL);
}
END_TEST

START_TEST(listing_refuses_a_list_of_names_at_fault)
{
	struct trans2 t;

	wr_bytes(begin_find(&t, FROM_LIST), "\6\0\0\0\1A", 6);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_EA_LIST_INCONSISTENT);
	rd_skip(&t.got_parameters, 6);
	ck_assert_uint_eq(error_offset(&t), 4);
}
END_TEST

START_TEST(what_others_stored_is_told_and_what_we_store_is_theirs)
{
	static const struct pair pair = { "comment", "from beside" };
	char value[16];

	ck_assert_int_eq(setxattr(on_disk("file"), "user.comment", "from beside", 11, 0), 0);
	all_eas_are("\\file", &pair, 1);
	set("\\file", "COMMENT", "from here");
	ck_assert_int_eq(getxattr(on_disk("file"), "user.comment", value, sizeof(value)), 9);
	ck_assert_mem_eq(value, "from here", 9);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ea");
	TCase *tc = tcase_create("ea");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_is_set_is_told);
	tcase_add_test(tc, size_is_told_by_every_level_that_has_one);
	tcase_add_test(tc, names_asked_for_come_in_order_with_what_they_have);
	tcase_add_test(tc, list_of_names_at_fault_is_pointed_at);
	tcase_add_test(tc, chain_is_set_and_told);
	tcase_add_test(tc, only_whole_entries_are_told);
	tcase_add_test(tc, bad_name_keeps_the_whole_list_from_being_set);
	tcase_add_test(tc, list_at_fault_is_pointed_at);
	tcase_add_test(tc, handle_needs_the_right);
	tcase_add_test(tc, new_file_gets_its_eas_and_an_old_one_keeps_its_own);
	tcase_add_test(tc, file_that_cannot_have_its_eas_is_not_made);
	tcase_add_test(tc, new_directory_gets_its_eas_or_is_not_made);
	tcase_add_test(tc, nt_create_gives_files_and_directories_their_eas);
	tcase_add_test(tc, nt_create_makes_nothing_where_the_eas_cannot_be_stored);
	tcase_add_test(tc, who_knows_no_eas_may_not_open_a_file_that_needs_one);
	tcase_add_test(tc, extended_reply_tells_whether_there_are_eas);
	tcase_add_test(tc, streams_share_the_eas_of_their_file);
	tcase_add_test(tc, copy_has_the_eas_too);
	tcase_add_test(tc, listing_tells_sizes);
	tcase_add_test(tc, listing_tells_the_eas_asked_for);
	tcase_add_test(tc, listing_refuses_a_list_of_names_at_fault);
	tcase_add_test(tc, what_others_stored_is_told_and_what_we_store_is_theirs);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
