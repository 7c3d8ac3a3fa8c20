/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Which right each information level, part of a descriptor and control code needs, of a handle and
 * by path: each against each set of rights, and what must come of it by rule.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "rights.h"
#include "wire/status.h"

#define OPEN 1

#define OWNER 1u
#define GROUP 2u
#define DACL  4u
#define SACL  8u

#define SECRET "secret"

static const char path[] = "\\box\\file";

/* The file has an EA "A" with a secret in it. */
static void
furnish(void)
{
	char name[160];

	rights_furnish();
	snprintf(name, sizeof(name), "%s/box/file", rights_server.root);
	ck_assert_int_eq(setxattr(name, "user.A", SECRET, strlen(SECRET), 0), 0);
}

/* Levels that do not do, or want other data, are refused for that; here it counts for what. */
static void
expect(bool may, nt_status status, const char *what, uint32_t row, uint32_t rights)
{
	ck_assert_msg((status != STATUS_ACCESS_DENIED) == may, "%s %x with %08x: %s", what, row,
	    rights, status_name(status));
}

static uint16_t
open_with(uint32_t rights)
{
	uint16_t fid;

	ck_assert_uint_eq(client_try_open(rights_client, path, rights, OPEN, &fid), STATUS_SUCCESS);
	return fid;
}

/* --- what is told --- */

static const uint16_t query_levels[] = { 0x0001, 0x0002, 0x0003, 0x0004, 0x0101, 0x0102, 0x0103,
	0x0104, 0x0107, 0x0108, 0x0109, 0x010B, 1004, 1005, 1006, 1007, 1008, 1009, 1014, 1015,
	1016, 1017, 1018, 1021, 1022, 1028, 1034, 1035 };

/* [MS-FSA] 2.1.5.12; attributes this server tells of any handle, as a listing does of any file. */
static uint32_t
needs_to_query(uint16_t level)
{
	return level == 3 || level == 4 || level == 1015 ? FILE_READ_EA : 0;
}

static nt_status
query(struct trans2 *t, uint16_t level)
{
	if (level == 3) {
		client_trans2_data(rights_client, t);
		wr_bytes(&rights_client->out, "\7\0\0\0\1A\0", 7);
	}
	return client_trans2_call(rights_client, t);
}

static bool
told(const struct reply *r)
{
	return memmem(r->msg, r->len, SECRET, strlen(SECRET)) != NULL;
}

static void
try_query(struct trans2 *t, uint16_t level, uint32_t rights)
{
	const bool may = (needs_to_query(level) & ~rights) == 0;

	expect(may, query(t, level), "QUERY_INFORMATION", level, rights);
	ck_assert(may || !told(&t->reply));
}

static void
query_by_handle(uint32_t rights)
{
	const uint16_t fid = open_with(rights);
	struct trans2 t;
	struct writer *w;

	for (size_t i = 0; i < sizeof(query_levels) / sizeof(query_levels[0]); i++) {
		w = client_trans2_begin(rights_client, &t, 7);
		wr_u16(w, fid);
		wr_u16(w, query_levels[i]);
		try_query(&t, query_levels[i], rights);
	}
	rights_close(fid);
}

static void
query_by_path(uint32_t rights)
{
	struct trans2 t;
	struct writer *w;

	for (size_t i = 0; i < sizeof(query_levels) / sizeof(query_levels[0]); i++) {
		w = client_trans2_begin(rights_client, &t, 5);
		wr_u16(w, query_levels[i]);
		wr_u32(w, 0);
		wr_string(w, path);
		try_query(&t, query_levels[i], rights);
	}
}

/* So that not each test asks for each set. */
static void
learn(void)
{
	rights_setup();
	furnish();
	for (size_t i = 0; i < rights_nsets; i++)
		rights_stamp("box/file", rights_set(i));
	rights_teardown();
}

START_TEST(levels_are_told_to_who_may_know)
{
	furnish();
	for (size_t i = 0; i < rights_nsets; i++) {
		rights_stamp("box/file", FILE_ALL_ACCESS);
		query_by_handle(rights_set(i));
		rights_stamp("box/file", rights_set(i));
		query_by_path(rights_set(i));
	}
}
END_TEST

/* To see the directory is not to see the EAs of what is in it. */
START_TEST(listing_tells_eas_to_who_may_read_them)
{
	static const char *const patterns[] = { "\\box\\*", "\\box\\file" };
	struct trans2 t;
	struct writer *w;

	furnish();
	for (size_t i = 0; i < rights_nsets; i++) {
		rights_stamp("box/file", rights_set(i));
		w = client_trans2_begin(rights_client, &t, 1);
		wr_u16(w, 0x16);
		wr_u16(w, 10);
		wr_u16(w, 1);
		wr_u16(w, 3);
		wr_u32(w, 0);
		wr_string(w, patterns[_i]);
		ck_assert_uint_eq(query(&t, 3), STATUS_SUCCESS);
		ck_assert_msg(told(&t.reply) == ((rights_set(i) & FILE_READ_EA) != 0),
		    "FIND_FIRST2 of %s with %08x", patterns[_i], rights_set(i));
	}
}
END_TEST

/* --- what is set --- */

static const struct {
	uint16_t level;
	uint32_t needs; /* [MS-FSA] 2.1.5.15 */
	uint8_t size, data[40];
} set_levels[] = {
	{ 0x0001, FILE_WRITE_ATTRIBUTES, 22, { 0 } },
	{ 0x0101, FILE_WRITE_ATTRIBUTES, 40, { 0 } },
	{ 1004, FILE_WRITE_ATTRIBUTES, 40, { 0 } },
	{ 0x0002, FILE_WRITE_EA, 11, "\x0b\0\0\0\0\1\1\0B\0v" },
	{ 1015, FILE_WRITE_EA, 11, "\0\0\0\0\0\1\1\0B\0v" },
	{ 0x0102, ACCESS_DELETE, 1, { 1 } },
	{ 1013, ACCESS_DELETE, 1, { 1 } },
	{ 1010, ACCESS_DELETE, 18, "\0\0\0\0\0\0\0\0\6\0\0\0n\0e\0w" },
	{ 0x0103, FILE_WRITE_DATA, 8, { 1 } },
	{ 0x0104, FILE_WRITE_DATA, 8, { 1 } },
	{ 1019, FILE_WRITE_DATA, 8, { 1 } },
	{ 1020, FILE_WRITE_DATA, 8, { 1 } },
	{ 1039, FILE_WRITE_DATA, 8, { 1 } },
	{ 1011, 0, 18, "\0\0\0\0\0\0\0\0\6\0\0\0n\0e\0w" },
	{ 1014, 0, 8, { 1 } },
	{ 1016, 0, 4, { 0 } },
};

static nt_status
set(struct trans2 *t, int i)
{
	client_trans2_data(rights_client, t);
	wr_bytes(&rights_client->out, set_levels[i].data, set_levels[i].size);
	return client_trans2_call(rights_client, t);
}

START_TEST(level_is_set_by_who_may)
{
	for (size_t i = 0; i < 2 * rights_nsets; i++) {
		uint32_t rights = rights_set(i % rights_nsets);
		bool by_path = i >= rights_nsets;
		struct trans2 t;
		struct writer *w;
		uint16_t fid = 0;

		furnish();
		rights_stamp("box/file", by_path ? rights : FILE_ALL_ACCESS);
		if (!by_path)
			fid = open_with(rights);
		if (by_path) {
			w = client_trans2_begin(rights_client, &t, 6);
			wr_u16(w, set_levels[_i].level);
			wr_u32(w, 0);
			wr_string(w, path);
		} else {
			w = client_trans2_begin(rights_client, &t, 8);
			wr_u16(w, fid);
			wr_u16(w, set_levels[_i].level);
			wr_u16(w, 0);
		}
		expect((set_levels[_i].needs & ~rights) == 0, set(&t, _i),
		    by_path ? "SET_PATH_INFORMATION" : "SET_FILE_INFORMATION", set_levels[_i].level,
		    rights);
		rights_close_all();
	}
}
END_TEST

/* --- descriptors --- */

static uint32_t
needs_to_see(uint32_t parts)
{
	return ((parts & (OWNER | GROUP | DACL)) != 0 ? ACCESS_READ_CONTROL : 0) |
	    ((parts & SACL) != 0 ? ACCESS_SYSTEM_SECURITY : 0);
}

static uint32_t
needs_to_change(uint32_t parts)
{
	return ((parts & (OWNER | GROUP)) != 0 ? ACCESS_WRITE_OWNER : 0) |
	    ((parts & DACL) != 0 ? ACCESS_WRITE_DAC : 0) |
	    ((parts & SACL) != 0 ? ACCESS_SYSTEM_SECURITY : 0);
}

static nt_status
security(uint16_t function, uint16_t fid, uint32_t parts)
{
	struct ace ace = { .mask = FILE_ALL_ACCESS, .sid = sid_everyone };
	struct acl acl = { .revision = 2, .count = 1, .aces = &ace };
	struct sid owner = sid_everyone;
	const struct sd sd = { .control = SD_DACL_PRESENT | SD_SACL_PRESENT,
		.owner = &owner,
		.group = &owner,
		.dacl = &acl,
		.sacl = &acl };
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, function, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, parts);
	client_trans2_data(rights_client, &t);
	if (function == 3)
		sd_encode(w, &sd, w->pos);
	return client_trans2_call(rights_client, &t);
}

START_TEST(descriptor_is_seen_and_changed_by_who_may)
{
	const uint32_t parts = (uint32_t)_i;

	furnish();
	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);
		uint16_t fid;

		rights_stamp("box/file", FILE_ALL_ACCESS);
		fid = open_with(rights);
		expect((needs_to_see(parts) & ~rights) == 0, security(6, fid, parts),
		    "QUERY_SECURITY_DESC", parts, rights);
		expect((needs_to_change(parts) & ~rights) == 0, security(3, fid, parts),
		    "SET_SECURITY_DESC", parts, rights);
		rights_close(fid);
	}
}
END_TEST

/* --- control codes, and watching --- */

static const struct {
	uint32_t code, any; /* of these is enough */
} codes[] = {
	{ 0x000900C4, FILE_WRITE_DATA | FILE_APPEND_DATA | FILE_WRITE_ATTRIBUTES },
	{ 0x000980C8, FILE_WRITE_DATA },
	{ 0x000940CF, FILE_READ_DATA },
	{ 0x0009003C, 0 },
	{ 0x0009C040, FILE_WRITE_DATA },
	{ 0x00090078, 0 },
	{ 0x000900C0, 0 },
	{ 0x0009009C, 0 },
	{ 0x00140078, 0 },
	{ 0x00144064, 0 },
};

static nt_status
control(uint16_t fid, uint32_t code, const void *data, size_t n)
{
	const uint16_t setup[] = { (uint16_t)code, (uint16_t)(code >> 16), fid, 1 };
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, 2, setup, 4);

	client_trans2_data(rights_client, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(rights_client, &t);
}

START_TEST(control_code_is_for_who_may)
{
	static const uint8_t data[16];

	furnish();
	rights_stamp("box/file", FILE_ALL_ACCESS);
	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t any = codes[_i].any;
		uint16_t fid = open_with(rights_set(i));

		expect(any == 0 || (rights_set(i) & any) != 0,
		    control(fid, codes[_i].code, data, sizeof(data)), "IOCTL", codes[_i].code,
		    rights_set(i));
		rights_close(fid);
	}
}
END_TEST

/* The key of one handle, and a copy of one chunk to another. */
static nt_status
copy_chunk(uint16_t from, uint16_t to)
{
	const uint16_t setup[] = { 0x0078, 0x0014, from, 1 };
	uint8_t copy[56] = { [24] = 1, [40] = 20, [48] = 1 };
	struct trans2 t;
	const uint8_t *key;

	client_nt_begin(rights_client, &t, 2, setup, 4);
	ck_assert_uint_eq(client_trans2_call(rights_client, &t), STATUS_SUCCESS);
	key = rd_bytes(&t.got_data, 24);
	ck_assert_ptr_nonnull(key);
	memcpy(copy, key, 24);
	return control(to, 0x001440F2, copy, sizeof(copy));
}

START_TEST(chunks_are_copied_by_who_may_read_here_and_write_there)
{
	furnish();
	rights_stamp("box/file", FILE_ALL_ACCESS);
	for (size_t i = 0; i < rights_nsets; i++) {
		uint32_t rights = rights_set(i);
		uint16_t some = open_with(rights), all = open_with(FILE_ALL_ACCESS);

		expect((rights & (FILE_READ_DATA | FILE_EXECUTE)) != 0, copy_chunk(some, all),
		    "SRV_COPYCHUNK from", 0, rights);
		expect((rights & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0 &&
			(rights & FILE_READ_DATA) != 0,
		    copy_chunk(all, some), "SRV_COPYCHUNK to", 0, rights);
		rights_close(some);
		rights_close(all);
	}
}
END_TEST

START_TEST(directory_is_watched_by_who_may_list_it)
{
	furnish();
	rights_stamp("box/dir", FILE_ALL_ACCESS);
	for (size_t i = 0; i < rights_nsets; i++) {
		uint16_t setup[] = { 3, 0, 0, 1 };
		struct trans2 t;
		struct reply r;

		ck_assert_uint_eq(
		    client_try_open(rights_client, "\\box\\dir", rights_set(i), OPEN, &setup[2]),
		    STATUS_SUCCESS);
		client_nt_begin(rights_client, &t, 4, setup, 4);
		client_trans2_end(rights_client, &t);
		client_send(rights_client);
		rights_client->mid--;
		client_begin(rights_client, 0xA4);
		client_send(rights_client);
		client_receive(rights_client, &r);
		ck_assert_uint_eq(r.h.status,
		    (rights_set(i) & FILE_READ_DATA) != 0 ? STATUS_CANCELLED
							  : STATUS_ACCESS_DENIED);
		rights_close(setup[2]);
	}
}
END_TEST

#define LOOP(tc, test, table) tcase_add_loop_test(tc, test, 0, sizeof(table) / sizeof((table)[0]))

int
main(void)
{
	Suite *s = suite_create("rights of levels");
	TCase *tc = tcase_create("rights");
	SRunner *r;
	int failed;

	tcase_add_unchecked_fixture(tc, learn, NULL);
	tcase_add_checked_fixture(tc, rights_setup, rights_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, levels_are_told_to_who_may_know);
	tcase_add_loop_test(tc, listing_tells_eas_to_who_may_read_them, 0, 2);
	LOOP(tc, level_is_set_by_who_may, set_levels);
	tcase_add_loop_test(tc, descriptor_is_seen_and_changed_by_who_may, 0, 16);
	LOOP(tc, control_code_is_for_who_may, codes);
	tcase_add_test(tc, chunks_are_copied_by_who_may_read_here_and_write_there);
	tcase_add_test(tc, directory_is_watched_by_who_may_list_it);
	suite_add_tcase(s, tc);
	server_start(&rights_server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&rights_server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
