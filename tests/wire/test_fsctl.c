/* SPDX-License-Identifier: BSD-2-Clause */

/* NT_TRANSACT_IOCTL: sparse files, copies within the server, and what is merely answered. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "server.h"

#define IOCTL        0x27
#define LOCKING_ANDX 0x24
#define NT_IOCTL     2
#define READ         0x2E
#define QUERY_FS     3
#define QUERY_FILE   7

#define SET_SPARSE              0x900C4
#define SET_ZERO_DATA           0x980C8
#define QUERY_ALLOCATED_RANGES  0x940CF
#define GET_COMPRESSION         0x9003C
#define SET_COMPRESSION         0x9C040
#define IS_VOLUME_DIRTY         0x90078
#define CREATE_OR_GET_OBJECT_ID 0x900C0
#define SET_OBJECT_ID           0x90098
#define GET_OBJECT_ID           0x9009C
#define DELETE_OBJECT_ID        0x900A0
#define SET_OBJECT_ID_EXTENDED  0x900BC
#define SET_REPARSE_POINT       0x900A4
#define GET_REPARSE_POINT       0x900A8
#define DELETE_REPARSE_POINT    0x900AC
#define RESUME_KEY              0x140078
#define COPYCHUNK               0x1440F2

#define READ_WRITE 0x0012019Fu
#define READ_ONLY  0x00120089u
#define OPEN       1
#define OPEN_IF    3

#define SIZE 200000

static struct server server;
static struct client *c;
static uint16_t source, target;
static uint8_t content[SIZE];

static uint16_t
open_file(const char *name, uint32_t access)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, name, access, OPEN_IF, &fid), STATUS_SUCCESS);
	return fid;
}

static void
setup(void)
{
	for (size_t i = 0; i < SIZE; i++)
		content[i] = (uint8_t)(i * 7 + i / 251);
	server_file(&server, "source", content, SIZE);
	server_file(&server, "target", "", 0);
	c = client_on(server.port, "share");
	source = open_file("\\source", READ_WRITE);
	target = open_file("\\target", READ_WRITE);
}

static void
teardown(void)
{
	client_close(&c);
}

static struct trans2 t;

static struct writer *
begin(uint32_t code, uint16_t fid)
{
	const uint16_t setup_words[] = { (uint16_t)code, (uint16_t)(code >> 16), fid, 1 };
	struct writer *w = client_nt_begin(c, &t, NT_IOCTL, setup_words, 4);

	client_trans2_data(c, &t);
	return w;
}

static nt_status
call(void)
{
	return client_trans2_call(c, &t);
}

static nt_status
simple(uint32_t code, uint16_t fid)
{
	begin(code, fid);
	return call();
}

static nt_status
with_range(uint32_t code, uint64_t from, uint64_t to)
{
	struct writer *w = begin(code, source);

	wr_u64(w, from);
	wr_u64(w, to);
	return call();
}

static uint32_t
attributes_of(uint16_t fid)
{
	struct trans2 q;
	struct writer *w = client_trans2_begin(c, &q, QUERY_FILE);

	wr_u16(w, fid);
	wr_u16(w, 0x0101);
	ck_assert_uint_eq(client_trans2_call(c, &q), STATUS_SUCCESS);
	rd_skip(&q.got_data, 32);
	return rd_u32(&q.got_data);
}

static const uint8_t *
read_at(uint16_t fid, uint32_t at, uint16_t n)
{
	static uint8_t got[0x10000];
	struct writer *w = client_begin(c, READ);
	struct reply r;
	const uint8_t *data;
	uint16_t length, offset;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, at);
	wr_u16(w, n);
	wr_zero(w, 8);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 10);
	length = rd_u16(&r.words);
	offset = rd_u16(&r.words);
	ck_assert_uint_eq(length, n);
	data = r.msg + offset;
	memcpy(got, data, n);
	return got;
}

START_TEST(a_file_becomes_sparse_and_solid_again)
{
	ck_assert_uint_eq(simple(SET_SPARSE, source), STATUS_SUCCESS);
	ck_assert_uint_eq(attributes_of(source) & 0x200, 0x200);
	wr_u8(begin(SET_SPARSE, source), 0);
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	ck_assert_uint_eq(attributes_of(source) & 0x200, 0);
}
END_TEST

START_TEST(allocated_ranges_leave_the_hole_out)
{
	ck_assert_uint_eq(simple(SET_SPARSE, source), STATUS_SUCCESS);
	ck_assert_uint_eq(with_range(SET_ZERO_DATA, 65536, 131072), STATUS_SUCCESS);
	ck_assert_uint_eq(with_range(QUERY_ALLOCATED_RANGES, 0, SIZE), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 32);
	ck_assert_uint_eq(rd_u64(&t.got_data), 0);
	ck_assert_uint_eq(rd_u64(&t.got_data), 65536);
	ck_assert_uint_eq(rd_u64(&t.got_data), 131072);
	ck_assert_uint_eq(rd_u64(&t.got_data), SIZE - 131072);
	ck_assert_int_eq(read_at(source, 65535, 2)[0], content[65535]);
	ck_assert_int_eq(read_at(source, 65535, 2)[1], 0);
	ck_assert_int_eq(read_at(source, 131071, 2)[0], 0);
	ck_assert_int_eq(read_at(source, 131071, 2)[1], content[131072]);
}
END_TEST

START_TEST(ranges_that_are_none_are_refused)
{
	ck_assert_uint_eq(with_range(SET_ZERO_DATA, 10, 9), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(with_range(SET_ZERO_DATA, 0, UINT64_MAX), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    with_range(QUERY_ALLOCATED_RANGES, UINT64_MAX, 1), STATUS_INVALID_PARAMETER);
	wr_u64(begin(SET_ZERO_DATA, source), 0);
	ck_assert_uint_eq(call(), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(each_code_needs_its_right)
{
	uint16_t fid = open_file("\\source", READ_ONLY);

	ck_assert_uint_eq(simple(SET_SPARSE, fid), STATUS_ACCESS_DENIED);
	wr_zero(begin(SET_ZERO_DATA, fid), 16);
	ck_assert_uint_eq(call(), STATUS_ACCESS_DENIED);
	wr_u16(begin(SET_COMPRESSION, fid), 0);
	ck_assert_uint_eq(call(), STATUS_ACCESS_DENIED);
	wr_zero(begin(COPYCHUNK, fid), 56);
	ck_assert_uint_eq(call(), STATUS_ACCESS_DENIED);
}
END_TEST

static void
get_key(uint16_t fid, uint8_t key[24])
{
	const uint8_t *got;

	ck_assert_uint_eq(simple(RESUME_KEY, fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 28);
	got = rd_bytes(&t.got_data, 24);
	memcpy(key, got, 24);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
}

struct chunk {
	uint64_t from, to;
	uint32_t length;
};

static nt_status
copy(const uint8_t key[24], const struct chunk *chunks, uint32_t n)
{
	struct writer *w = begin(COPYCHUNK, target);

	wr_bytes(w, key, 24);
	wr_u32(w, n);
	wr_u32(w, 0);
	for (uint32_t i = 0; i < n; i++) {
		wr_u64(w, chunks[i].from);
		wr_u64(w, chunks[i].to);
		wr_u32(w, chunks[i].length);
		wr_u32(w, 0);
	}
	return call();
}

static void
expect_figures(uint32_t a, uint32_t b, uint32_t total)
{
	ck_assert_uint_eq(rd_left(&t.got_data), 12);
	ck_assert_uint_eq(rd_u32(&t.got_data), a);
	ck_assert_uint_eq(rd_u32(&t.got_data), b);
	ck_assert_uint_eq(rd_u32(&t.got_data), total);
}

START_TEST(chunks_are_copied_within_the_server)
{
	static const struct chunk chunks[] = { { 0, 100000, 50000 }, { 150000, 0, 50000 } };
	uint8_t key[24];

	get_key(source, key);
	ck_assert_uint_eq(copy(key, chunks, 2), STATUS_SUCCESS);
	expect_figures(2, 0, 100000);
	ck_assert_mem_eq(read_at(target, 0, 50000), content + 150000, 50000);
	ck_assert_mem_eq(read_at(target, 100000, 50000), content, 50000);
	ck_assert_int_eq(read_at(target, 75000, 1)[0], 0);
}
END_TEST

START_TEST(too_much_at_once_is_told_the_limits)
{
	static const struct chunk large = { 0, 0, (1 << 20) + 1 }, none = { 0, 0, 0 };
	uint8_t key[24];

	get_key(source, key);
	ck_assert_uint_eq(copy(key, &large, 1), STATUS_INVALID_PARAMETER);
	expect_figures(256, 1 << 20, 16 << 20);
	ck_assert_uint_eq(copy(key, &none, 1), STATUS_INVALID_PARAMETER);
	expect_figures(256, 1 << 20, 16 << 20);
	ck_assert_uint_eq(copy(key, NULL, 0), STATUS_INVALID_PARAMETER);
	expect_figures(256, 1 << 20, 16 << 20);
}
END_TEST

START_TEST(a_chunk_past_the_end_tells_how_far_it_came)
{
	static const struct chunk chunks[] = { { 0, 0, 1000 }, { SIZE - 10, 1000, 11 } };
	uint8_t key[24];

	get_key(source, key);
	ck_assert_uint_eq(copy(key, chunks, 2), STATUS_INVALID_VIEW_SIZE);
	expect_figures(1, 0, 1000);
}
END_TEST

START_TEST(locked_bytes_are_not_copied)
{
	static const struct chunk chunks[] = { { 0, 0, 1000 }, { 1000, 1000, 1000 } };
	struct client *other = client_on(server.port, "share");
	struct writer *w;
	struct reply r;
	uint16_t fid = 0;
	uint8_t key[24];

	ck_assert_uint_eq(
	    client_try_open(other, "\\source", READ_WRITE, OPEN, &fid), STATUS_SUCCESS);
	w = client_begin(other, LOCKING_ANDX);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 6);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u16(w, (uint16_t)other->pid);
	wr_u32(w, 1500);
	wr_u32(w, 1);
	ck_assert_uint_eq(client_call(other, &r), STATUS_SUCCESS);
	get_key(source, key);
	ck_assert_uint_eq(copy(key, chunks, 2), STATUS_FILE_LOCK_CONFLICT);
	expect_figures(1, 0, 1000);
	client_close(&other);
}
END_TEST

START_TEST(a_key_is_good_while_its_file_is_open)
{
	static const struct chunk chunk = { 0, 0, 10 };
	struct reply r;
	struct writer *w;
	uint16_t again;
	uint8_t key[24];

	get_key(source, key);
	w = client_begin(c, 0x04);
	wr_u16(w, source);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_OBJECT_NAME_NOT_FOUND);
	again = open_file("\\source", READ_WRITE);
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_OBJECT_NAME_NOT_FOUND);
	get_key(again, key);
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_SUCCESS);
	memset(key, 0xFF, sizeof(key));
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

/* A key is a number of the server's own and a FID: the next one is easily guessed. */
START_TEST(a_pipe_has_no_key_to_be_guessed)
{
	static const struct chunk chunk = { 0, 0, 10 };
	uint16_t tid = c->tid, pipe;
	uint8_t key[24];

	get_key(open_file("\\source", READ_WRITE), key);
	ck_assert_uint_lt(key[0], 0xFF);
	client_tree(c, "IPC$");
	pipe = client_open(c, "srvsvc");
	c->tid = tid;
	key[0]++;
	key[8] = (uint8_t)pipe;
	key[9] = (uint8_t)(pipe >> 8);
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_OBJECT_NAME_NOT_FOUND);
	get_key(source, key);
	ck_assert_uint_eq(copy(key, &chunk, 1), STATUS_SUCCESS);
}
END_TEST

START_TEST(what_is_known_is_answered)
{
	ck_assert_uint_eq(simple(GET_COMPRESSION, source), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 2);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	ck_assert_uint_eq(simple(IS_VOLUME_DIRTY, source), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	wr_u16(begin(SET_COMPRESSION, source), 3);
	ck_assert_uint_eq(call(), STATUS_INVALID_PARAMETER);
}
END_TEST

struct object_id {
	uint8_t object[16], volume[16], birth[16], domain[16];
};

static struct object_id
object_id_of(uint32_t code, uint16_t of)
{
	struct object_id id;

	ck_assert_uint_eq(simple(code, of), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), sizeof(id));
	memcpy(&id, rd_bytes(&t.got_data, sizeof(id)), sizeof(id));
	return id;
}

START_TEST(each_file_has_an_object_id_of_its_own)
{
	static const uint8_t zeros[16];
	struct object_id a = object_id_of(CREATE_OR_GET_OBJECT_ID, source);
	struct object_id b = object_id_of(CREATE_OR_GET_OBJECT_ID, target);
	struct object_id again = object_id_of(GET_OBJECT_ID, source);

	ck_assert_mem_eq(&again, &a, sizeof(a));
	ck_assert_mem_ne(b.object, a.object, 16);
	ck_assert_mem_ne(a.object, zeros, 16);
	ck_assert_mem_eq(b.volume, a.volume, 16);
	ck_assert_mem_eq(a.birth, a.object, 16);
	ck_assert_mem_eq(a.domain, zeros, 16);
}
END_TEST

START_TEST(the_volume_of_an_object_id_is_that_of_the_share)
{
	struct object_id id = object_id_of(GET_OBJECT_ID, source);
	struct trans2 q;

	wr_u16(client_trans2_begin(c, &q, QUERY_FS), 1008);
	ck_assert_uint_eq(client_trans2_call(c, &q), STATUS_SUCCESS);
	ck_assert_mem_eq(rd_bytes(&q.got_data, 16), id.volume, 16);
}
END_TEST

START_TEST(an_object_id_outlives_the_name_and_not_the_file)
{
	struct object_id before = object_id_of(GET_OBJECT_ID, source), after;
	char from[128], to[128];

	snprintf(from, sizeof(from), "%s/source", server.root);
	snprintf(to, sizeof(to), "%s/moved", server.root);
	ck_assert_int_eq(rename(from, to), 0);
	after = object_id_of(GET_OBJECT_ID, open_file("\\moved", READ_ONLY));
	ck_assert_mem_eq(&after, &before, sizeof(after));
	ck_assert_int_eq(unlink(to), 0);
	after = object_id_of(GET_OBJECT_ID, open_file("\\moved", READ_ONLY));
	ck_assert_mem_ne(after.object, before.object, 16);
}
END_TEST

START_TEST(nobody_gives_a_file_another_object_id)
{
	wr_zero(begin(SET_OBJECT_ID, source), 64);
	ck_assert_uint_eq(call(), STATUS_ACCESS_DENIED);
	wr_zero(begin(SET_OBJECT_ID_EXTENDED, source), 48);
	ck_assert_uint_eq(call(), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(simple(DELETE_OBJECT_ID, source), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(a_link_is_what_it_leads_to_and_no_reparse_point)
{
	char link[128];
	uint16_t linked, readable = open_file("\\target", READ_ONLY);

	snprintf(link, sizeof(link), "%s/link", server.root);
	ck_assert_int_eq(symlink("source", link), 0);
	linked = open_file("\\link", READ_WRITE);
	ck_assert_uint_eq(simple(GET_REPARSE_POINT, linked), STATUS_NOT_A_REPARSE_POINT);
	ck_assert_uint_eq(simple(DELETE_REPARSE_POINT, linked), STATUS_NOT_A_REPARSE_POINT);
	ck_assert_uint_eq(attributes_of(linked) & 0x400, 0);
	wr_zero(begin(SET_REPARSE_POINT, linked), 24);
	ck_assert_uint_eq(call(), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(simple(DELETE_REPARSE_POINT, readable), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(simple(SET_REPARSE_POINT, readable), STATUS_ACCESS_DENIED);
	ck_assert_int_eq(unlink(link), 0);
}
END_TEST

START_TEST(what_is_not_known_is_not_supported)
{
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(simple(0x9008F, source), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(simple(0, source), STATUS_NOT_SUPPORTED);
	ck_assert_uint_eq(simple(SET_SPARSE, 0x7777), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(simple(0, 0x7777), STATUS_INVALID_HANDLE);
	w = client_begin(c, IOCTL);
	wr_u16(w, source);
	wr_zero(w, 26);
	ck_assert_uint_eq(client_call(c, &r), STATUS_INVALID_SMB);
}
END_TEST

static nt_status
quota(uint16_t function, uint16_t fid)
{
	struct writer *w = client_nt_begin(c, &t, function, NULL, 0);

	wr_u16(w, fid);
	wr_zero(w, function == 7 ? 14 : 0);
	return call();
}

START_TEST(without_quotas_on_the_share_there_are_none)
{
	ck_assert_uint_eq(quota(7, source), STATUS_INVALID_DEVICE_REQUEST);
	ck_assert_uint_eq(quota(8, source), STATUS_INVALID_DEVICE_REQUEST);
	ck_assert_uint_eq(quota(7, 0x7777), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(quota(8, 0x7777), STATUS_INVALID_HANDLE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("fsctl");
	TCase *tc = tcase_create("fsctl");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, a_file_becomes_sparse_and_solid_again);
	tcase_add_test(tc, allocated_ranges_leave_the_hole_out);
	tcase_add_test(tc, ranges_that_are_none_are_refused);
	tcase_add_test(tc, each_code_needs_its_right);
	tcase_add_test(tc, chunks_are_copied_within_the_server);
	tcase_add_test(tc, too_much_at_once_is_told_the_limits);
	tcase_add_test(tc, a_chunk_past_the_end_tells_how_far_it_came);
	tcase_add_test(tc, locked_bytes_are_not_copied);
	tcase_add_test(tc, a_key_is_good_while_its_file_is_open);
	tcase_add_test(tc, a_pipe_has_no_key_to_be_guessed);
	tcase_add_test(tc, what_is_known_is_answered);
	tcase_add_test(tc, each_file_has_an_object_id_of_its_own);
	tcase_add_test(tc, the_volume_of_an_object_id_is_that_of_the_share);
	tcase_add_test(tc, an_object_id_outlives_the_name_and_not_the_file);
	tcase_add_test(tc, nobody_gives_a_file_another_object_id);
	tcase_add_test(tc, a_link_is_what_it_leads_to_and_no_reparse_point);
	tcase_add_test(tc, what_is_not_known_is_not_supported);
	tcase_add_test(tc, without_quotas_on_the_share_there_are_none);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
