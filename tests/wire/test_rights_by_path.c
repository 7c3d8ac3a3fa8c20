/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Which right each command that takes a path needs: what the descriptor of the file, or of the
 * directory, gives decides.
 */
#include <check.h>
#include <stdlib.h>

#include "rights.h"

#define OPEN 1

static const uint8_t zeros[40], one[8] = { 1 };

/* --- by path */

static void
put_path(struct writer *w, const char *path)
{
	wr_u8(w, 4);
	wr_string(w, path);
}

static nt_status
simple(uint8_t command, size_t words, const char *path)
{
	struct writer *w = client_begin(rights_client, command);

	wr_zero(w, words);
	wr_block_bytes(w);
	put_path(w, path);
	return rights_call();
}

static nt_status
dos_open(uint16_t mode)
{
	struct writer *w = client_begin(rights_client, 0x02);

	wr_u16(w, mode);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	put_path(w, "\\box\\file");
	return rights_call();
}

static nt_status
open_to_read(void)
{
	return dos_open(0x40);
}

static nt_status
open_to_write(void)
{
	return dos_open(0x41);
}

static nt_status
open_for_both(void)
{
	return dos_open(0x42);
}

static nt_status
create(void)
{
	return simple(0x03, 6, "\\box\\file");
}

static nt_status delete (void)
{
	return simple(0x06, 2, "\\box\\file");
}

static nt_status
delete_all(void)
{
	return simple(0x06, 2, "\\box\\f*");
}

static nt_status
query_information(void)
{
	return simple(0x08, 0, "\\box\\file");
}

static nt_status
two_paths(uint8_t command, uint16_t level)
{
	struct writer *w = client_begin(rights_client, command);

	wr_u16(w, 0x16);
	if (level != 0) {
		wr_u16(w, level);
		wr_u32(w, 0);
	}
	wr_block_bytes(w);
	put_path(w, "\\box\\file");
	put_path(w, "\\box\\other");
	return rights_call();
}

static nt_status
rename_it(void)
{
	return two_paths(0x07, 0);
}

static nt_status
nt_rename(void)
{
	return two_paths(0xA5, 0x104);
}

static nt_status
copy(void)
{
	return two_paths(0xA5, 0x105);
}

static nt_status
set_information(void)
{
	struct writer *w = client_begin(rights_client, 0x09);

	wr_u16(w, 0x20);
	wr_zero(w, 14);
	wr_block_bytes(w);
	put_path(w, "\\box\\file");
	return rights_call();
}

static nt_status
set_path(uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 6);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, "\\box\\file");
	client_trans2_data(rights_client, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(rights_client, &t);
}

static nt_status
set_path_basic(void)
{
	return set_path(0x101, zeros, 40);
}

static nt_status
set_path_end(void)
{
	return set_path(1020, one, 8);
}

static nt_status
set_path_disposition(void)
{
	return set_path(1013, one, 1);
}

static nt_status
query_path(uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 5);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, "\\box\\file");
	return client_trans2_call(rights_client, &t);
}

static nt_status
query_path_basic(void)
{
	return query_path(0x101);
}

static nt_status
delete_stream(void)
{
	return simple(0x06, 2, "\\box\\file:s");
}

static nt_status
write_stream(void)
{
	uint16_t fid;

	return client_try_open(rights_client, "\\box\\file:s", FILE_WRITE_DATA, OPEN, &fid);
}

static nt_status
query_path_eas(void)
{
	return query_path(0x004);
}

#define DOS_READ  FILE_GENERIC_READ
#define DOS_WRITE FILE_GENERIC_WRITE

static const struct {
	const char *name;
	uint32_t all; /* are needed */
	nt_status (*run)(void);
} by_path[] = {
	{ "OPEN to read", DOS_READ, open_to_read },
	{ "OPEN to write", DOS_WRITE, open_to_write },
	{ "OPEN for both", DOS_READ | DOS_WRITE, open_for_both },
	{ "CREATE", DOS_READ | DOS_WRITE, create },
	{ "DELETE", ACCESS_DELETE, delete },
	{ "QUERY_INFORMATION", 0, query_information },
	{ "RENAME", ACCESS_DELETE, rename_it },
	{ "NT_RENAME", ACCESS_DELETE, nt_rename },
	{ "NT_RENAME to copy", FILE_READ_DATA | FILE_READ_EA, copy },
	{ "SET_INFORMATION", FILE_WRITE_ATTRIBUTES, set_information },
	{ "SET_PATH_INFORMATION basic", FILE_WRITE_ATTRIBUTES, set_path_basic },
	{ "SET_PATH_INFORMATION end of file", FILE_WRITE_DATA, set_path_end },
	{ "SET_PATH_INFORMATION disposition", ACCESS_DELETE, set_path_disposition },
	{ "QUERY_PATH_INFORMATION basic", 0, query_path_basic },
	{ "QUERY_PATH_INFORMATION all EAs", FILE_READ_EA, query_path_eas },
	{ "DELETE of a stream", ACCESS_DELETE, delete_stream },
	{ "NT_CREATE_ANDX of a stream", FILE_WRITE_DATA, write_stream },
};

START_TEST(path_does_what_its_descriptor_allows)
{
	uint32_t all = by_path[_i].all & ~FILE_READ_ATTRIBUTES;

	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);

		rights_furnish();
		rights_stamp("box/file", rights);
		rights_expect((all & ~rights) == 0, by_path[_i].run(), by_path[_i].name, rights);
		rights_close_all();
	}
}
END_TEST

/* What is open goes when it is closed. */
START_TEST(open_file_is_deleted_as_its_descriptor_allows)
{
	static nt_status (*const ways[])(void) = { delete, delete_all, delete_stream };
	const char *path = _i < 2 ? "\\box\\file" : "\\box\\file:s";
	uint16_t fid;

	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);
		bool allowed = (rights & ACCESS_DELETE) != 0;

		rights_furnish();
		rights_allow("\\box\\file", rights);
		ck_assert_uint_eq(
		    client_try_open(rights_client, path, FILE_READ_ATTRIBUTES, OPEN, &fid),
		    STATUS_SUCCESS);
		rights_expect(allowed, ways[_i](), "DELETE of what is open", rights);
		rights_close(fid);
		ck_assert_int_eq(server_has(&rights_server, "box/file"), !allowed || _i == 2);
	}
}
END_TEST

START_TEST(open_is_granted_bit_by_bit)
{
	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);

		rights_furnish();
		rights_allow("\\box\\file", rights);
		for (size_t k = 0; k < rights_nbits; k++) {
			uint16_t fid;
			nt_status status = client_try_open(
			    rights_client, "\\box\\file", rights_bits[k], OPEN, &fid);

			rights_expect((rights_bits[k] & (rights | FILE_READ_ATTRIBUTES)) != 0,
			    status, "NT_CREATE_ANDX", rights);
			if (status == STATUS_SUCCESS)
				rights_close(fid);
		}
	}
}
END_TEST

/* MaximalAccessRights of the extended response, 92 bytes into the words. */
static uint32_t
told_maximal(void)
{
	struct writer *w = client_begin(rights_client, 0xA2);
	struct reply r;

	client_no_andx(w);
	wr_zero(w, 3);
	wr_u32(w, 0x10);
	wr_u32(w, 0);
	wr_u32(w, FILE_READ_ATTRIBUTES);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, OPEN);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, "\\box\\file");
	ck_assert_uint_eq(client_call(rights_client, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 92);
	return rd_u32(&r.words);
}

static uint32_t
granted_maximal(void)
{
	struct trans2 t;
	struct writer *w;
	uint16_t fid;

	ck_assert_uint_eq(
	    client_try_open(rights_client, "\\box\\file", ACCESS_MAXIMUM_ALLOWED, OPEN, &fid),
	    STATUS_SUCCESS);
	w = client_trans2_begin(rights_client, &t, 7);
	wr_u16(w, fid);
	wr_u16(w, 1008); /* FileAccessInformation */
	ck_assert_uint_eq(client_trans2_call(rights_client, &t), STATUS_SUCCESS);
	rights_close(fid);
	return rd_u32(&t.got_data);
}

START_TEST(maximal_access_is_told_and_granted)
{
	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);

		rights_furnish();
		rights_allow("\\box\\file", rights);
		ck_assert_uint_eq(told_maximal(), rights | FILE_READ_ATTRIBUTES);
		ck_assert_uint_eq(granted_maximal(), rights | FILE_READ_ATTRIBUTES);
		client_close(&rights_client);
		rights_client = client_on(rights_server.port, "share");
	}
}
END_TEST

/* --- directories */

static nt_status
delete_directory(void)
{
	return simple(0x01, 0, "\\box\\dir");
}

static nt_status
create_directory(void)
{
	return simple(0x00, 0, "\\box\\dir\\sub");
}

static nt_status
create_new(void)
{
	return simple(0x0F, 6, "\\box\\dir\\new");
}

static nt_status
find_first(void)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 1);

	wr_u16(w, 0x16);
	wr_u16(w, 10);
	wr_u16(w, 1);
	wr_u16(w, 0x104);
	wr_u32(w, 0);
	wr_string(w, "\\box\\dir\\*");
	return client_trans2_call(rights_client, &t);
}

static nt_status
check_directory(void)
{
	return simple(0x10, 0, "\\box\\dir");
}

static const struct {
	const char *name;
	uint32_t all;
	nt_status (*run)(void);
} on_directory[] = {
	{ "DELETE_DIRECTORY", ACCESS_DELETE, delete_directory },
	{ "CREATE_DIRECTORY below", FILE_APPEND_DATA, create_directory },
	{ "CREATE_NEW below", FILE_WRITE_DATA, create_new },
	{ "FIND_FIRST2", FILE_READ_DATA, find_first },
	{ "CHECK_DIRECTORY", 0, check_directory },
};

START_TEST(directory_does_what_its_descriptor_allows)
{
	uint32_t all = on_directory[_i].all;

	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);

		rights_furnish();
		rights_stamp("box/dir", rights);
		rights_expect(
		    (all & ~rights) == 0, on_directory[_i].run(), on_directory[_i].name, rights);
		rights_close_all();
	}
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("rights by path");
	TCase *tc = tcase_create("rights");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, rights_setup, rights_teardown);
	tcase_set_timeout(tc, 60);
	LOOP(tc, path_does_what_its_descriptor_allows, by_path);
	tcase_add_loop_test(tc, open_file_is_deleted_as_its_descriptor_allows, 0, 3);
	tcase_add_test(tc, open_is_granted_bit_by_bit);
	tcase_add_test(tc, maximal_access_is_told_and_granted);
	LOOP(tc, directory_does_what_its_descriptor_allows, on_directory);
	suite_add_tcase(s, tc);
	server_start(&rights_server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&rights_server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
