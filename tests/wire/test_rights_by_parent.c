/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What a directory's descriptor has to say about what is in it: each command that takes a path,
 * against each right on the directory and sets of rights on what is there. What must come of it
 * follows from one rule, [MS-FSA] 2.1.5.1.1 and 2.1.5.1.2.1.
 */
#include <check.h>
#include <stdlib.h>

#include "rights.h"
#include "wire/status.h"

#define OPEN      1
#define CREATE    2
#define OPEN_IF   3
#define OVERWRITE 4

#define LIST          FILE_READ_DATA
#define ADD_FILE      FILE_WRITE_DATA
#define ADD_DIRECTORY FILE_APPEND_DATA
/* By whoever opens something to change it. */
#define SEEN FILE_READ_ATTRIBUTES

#define OVERWRITING (FILE_WRITE_DATA | FILE_WRITE_EA | FILE_WRITE_ATTRIBUTES)

#define DIRECTORY_FILE  0x0001u
#define DELETE_ON_CLOSE 0x1000u

static const char file[] = "\\box\\dir\\file", sub[] = "\\box\\dir\\sub", new[] = "\\box\\dir\\new",
		  beside[] = "\\box\\file", moved[] = "\\box\\moved";
static const char file_on_disk[] = "box/dir/file", sub_on_disk[] = "box/dir/sub";

struct row {
	const char *name;
	const char *target; /* what has the rights of its own; NULL: what is needed is the parent */
	uint32_t needs;     /* of it */
	uint32_t of_parent;
	nt_status (*run)(const struct row *row);
	uint32_t how; /* for run */
	const char *path;
};

/* --- the rule --- */

static bool
allowed(const struct row *row, uint32_t rights, uint32_t of_parent)
{
	if ((of_parent & FILE_DELETE_CHILD) != 0)
		rights |= ACCESS_DELETE;
	if ((of_parent & LIST) != 0)
		rights |= FILE_READ_ATTRIBUTES;
	return (row->needs & ~rights) == 0 && (row->of_parent & ~of_parent) == 0;
}

/* --- commands --- */

static nt_status
simple(uint8_t command, size_t words, const char *path)
{
	struct writer *w = client_begin(rights_client, command);

	wr_zero(w, words);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	return rights_call();
}

/* CREATE_DIRECTORY and such, which have nothing but a path; FID-less ones with attributes. */
static nt_status
bare(const struct row *row)
{
	return simple((uint8_t)row->how, 0, row->path);
}

static nt_status
with_attributes(const struct row *row)
{
	struct writer *w = client_begin(rights_client, (uint8_t)row->how);

	wr_u16(w, 0x16);
	wr_zero(w, row->how == 0x06 ? 0 : 4);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, row->path);
	return rights_call();
}

static nt_status
two_paths(uint16_t level, const char *from, const char *to)
{
	struct writer *w = client_begin(rights_client, level == 0 ? 0x07 : 0xA5);

	wr_u16(w, 0x16);
	if (level != 0) {
		wr_u16(w, level);
		wr_u32(w, 0);
	}
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return rights_call();
}

static nt_status
within(const struct row *row)
{
	return two_paths((uint16_t)row->how, row->path, new);
}

static nt_status
inwards(const struct row *row)
{
	return two_paths((uint16_t)row->how, beside, new);
}

static nt_status
outwards(const struct row *row)
{
	return two_paths((uint16_t)row->how, row->path, moved);
}

/* COPY and MOVE */
static nt_status
core_two_paths(uint32_t command, uint16_t function, const char *from, const char *to)
{
	struct writer *w = client_begin(rights_client, (uint8_t)command);

	wr_u16(w, 0xFFFF);
	wr_u16(w, function);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return rights_call();
}

static nt_status
core_inwards(const struct row *row)
{
	return core_two_paths(row->how, 0x10, beside, new);
}

static nt_status
core_outwards(const struct row *row)
{
	return core_two_paths(row->how, 0x10, row->path, moved);
}

static nt_status
core_over(const struct row *row)
{
	return core_two_paths(row->how, 0x02, beside, row->path);
}

static nt_status
core_behind(const struct row *row)
{
	return core_two_paths(row->how, 0x01, beside, row->path);
}

static nt_status
nt_create(const struct row *row, uint32_t access, uint32_t disposition, uint32_t options)
{
	struct writer *w = client_begin(rights_client, 0xA2);
	struct reply r;
	nt_status status;

	client_no_andx(w);
	wr_zero(w, 3 + 8);
	wr_u32(w, access);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, disposition);
	wr_u32(w, options);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, row->path);
	status = client_call(rights_client, &r);
	rd_skip(&r.words, 5);
	/* What goes when it is closed is gone then. */
	if (status == STATUS_SUCCESS)
		rights_close(rd_u16(&r.words));
	return status;
}

/* Whoever makes a file may do all with it. */
static nt_status
make(const struct row *row)
{
	return nt_create(row, FILE_ALL_ACCESS, row->how, 0);
}

static nt_status
add_stream(const struct row *row)
{
	return nt_create(row, FILE_WRITE_DATA, row->how, 0);
}

static nt_status
make_directory(const struct row *row)
{
	return nt_create(row, FILE_ALL_ACCESS, row->how, DIRECTORY_FILE);
}

static nt_status
open_for(const struct row *row)
{
	return nt_create(row, row->how, OPEN, 0);
}

static nt_status
overwrite(const struct row *row)
{
	return nt_create(row, FILE_READ_ATTRIBUTES, row->how, 0);
}

static nt_status
delete_on_close(const struct row *row)
{
	return nt_create(row, ACCESS_DELETE, OPEN, DELETE_ON_CLOSE);
}

static nt_status
open_andx(const struct row *row)
{
	struct writer *w = client_begin(rights_client, 0x2D);

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, (uint16_t)row->how);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, row->path);
	return rights_call();
}

static nt_status
open2(const struct row *row)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 0);

	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, (uint16_t)row->how);
	wr_zero(w, 14);
	wr_string(w, row->path);
	return client_trans2_call(rights_client, &t);
}

static nt_status
nt_transact_create(const struct row *row)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(rights_client, &t, 1, NULL, 0);

	wr_zero(w, 8);
	wr_u32(w, FILE_ALL_ACCESS);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, row->how);
	wr_zero(w, 12);
	wr_zero(w, 9);
	wr_string(w, row->path);
	return client_trans2_call(rights_client, &t);
}

static nt_status
create_directory2(const struct row *row)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 0x0D);

	wr_u32(w, 0);
	wr_string(w, row->path);
	client_trans2_data(rights_client, &t);
	wr_u32(w, 11);
	wr_bytes(w, "\0\1\1\0A\0v", 7);
	return client_trans2_call(rights_client, &t);
}

static nt_status
find_first(const struct row *row)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 1);

	wr_u16(w, 0x16);
	wr_u16(w, 10);
	wr_u16(w, 1);
	wr_u16(w, (uint16_t)row->how);
	wr_u32(w, 0);
	wr_string(w, row->path);
	if (row->how == 3) {
		client_trans2_data(rights_client, &t);
		wr_u32(w, 4);
	}
	return client_trans2_call(rights_client, &t);
}

static nt_status
core_search(const struct row *row)
{
	struct writer *w = client_begin(rights_client, (uint8_t)row->how);

	wr_u16(w, 5);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, row->path);
	wr_u8(w, 5);
	wr_u16(w, 0);
	return rights_call();
}

static nt_status
set_path(const struct row *row)
{
	static const uint8_t name[] = "\0\0\0\0\0\0\0\0\6\0\0\0n\0e\0w";
	struct trans2 t;
	struct writer *w = client_trans2_begin(rights_client, &t, 6);

	wr_u16(w, (uint16_t)row->how);
	wr_u32(w, 0);
	wr_string(w, row->path);
	client_trans2_data(rights_client, &t);
	if (row->how == 1013)
		wr_u8(w, 1);
	else
		wr_bytes(w, name, sizeof(name));
	return client_trans2_call(rights_client, &t);
}

static const struct row rows[] = {
	/* what makes something */
	{ "CREATE_DIRECTORY", NULL, 0, ADD_DIRECTORY, bare, 0x00, new },
	{ "TRANS2_CREATE_DIRECTORY", NULL, 0, ADD_DIRECTORY, create_directory2, 0, new },
	{ "NT_CREATE of a directory", NULL, 0, ADD_DIRECTORY, make_directory, CREATE, new },
	{ "NT_CREATE of a file", NULL, 0, ADD_FILE, make, CREATE, new },
	{ "NT_CREATE if there is none", NULL, 0, ADD_FILE, make, OPEN_IF, new },
	{ "NT_CREATE of a file by its stream", NULL, 0, ADD_FILE, make, CREATE,
	    "\\box\\dir\\new:s" },
	{ "NT_TRANSACT_CREATE", NULL, 0, ADD_FILE, nt_transact_create, CREATE, new },
	{ "CREATE", NULL, 0, ADD_FILE, with_attributes, 0x03, new },
	{ "CREATE_NEW", NULL, 0, ADD_FILE, with_attributes, 0x0F, new },
	{ "CREATE_TEMPORARY", NULL, 0, ADD_FILE, with_attributes, 0x0E, "\\box\\dir" },
	{ "OPEN_ANDX", NULL, 0, ADD_FILE, open_andx, 0x10, new },
	{ "OPEN2", NULL, 0, ADD_FILE, open2, 0x10, new },
	{ "RENAME into it", NULL, 0, ADD_FILE, inwards, 0, NULL },
	{ "NT_RENAME into it", NULL, 0, ADD_FILE, inwards, 0x104, NULL },
	{ "NT_RENAME to link into it", NULL, 0, ADD_FILE, inwards, 0x103, NULL },
	{ "NT_RENAME to copy into it", NULL, 0, ADD_FILE, inwards, 0x105, NULL },
	{ "COPY into it", NULL, 0, ADD_FILE, core_inwards, 0x29, NULL },
	{ "MOVE into it", NULL, 0, ADD_FILE, core_inwards, 0x2A, NULL },
	/* what takes something away */
	{ "MOVE out of it", file_on_disk, ACCESS_DELETE, 0, core_outwards, 0x2A, file },
	{ "DELETE", file_on_disk, ACCESS_DELETE, 0, with_attributes, 0x06, file },
	{ "DELETE of a pattern", file_on_disk, ACCESS_DELETE, LIST, with_attributes, 0x06,
	    "\\box\\dir\\f*" },
	{ "DELETE of a stream", file_on_disk, ACCESS_DELETE, 0, with_attributes, 0x06,
	    "\\box\\dir\\file:s" },
	{ "DELETE_DIRECTORY", sub_on_disk, ACCESS_DELETE, 0, bare, 0x01, sub },
	{ "RENAME out of it", file_on_disk, ACCESS_DELETE, 0, outwards, 0, file },
	{ "NT_RENAME out of it", file_on_disk, ACCESS_DELETE, 0, outwards, 0x104, file },
	{ "RENAME of a directory out of it", sub_on_disk, ACCESS_DELETE, 0, outwards, 0, sub },
	{ "RENAME within", file_on_disk, ACCESS_DELETE, ADD_FILE, within, 0, file },
	{ "NT_RENAME within", file_on_disk, ACCESS_DELETE, ADD_FILE, within, 0x104, file },
	{ "RENAME of a directory within", sub_on_disk, ACCESS_DELETE, ADD_DIRECTORY, within, 0,
	    sub },
	{ "SET_PATH_INFORMATION disposition", file_on_disk, SEEN | ACCESS_DELETE, 0, set_path, 1013,
	    file },
	{ "SET_PATH_INFORMATION rename", file_on_disk, SEEN | ACCESS_DELETE, ADD_FILE, set_path,
	    1010, file },
	{ "NT_CREATE to delete", file_on_disk, ACCESS_DELETE, 0, open_for, ACCESS_DELETE, file },
	{ "NT_CREATE to delete on close", file_on_disk, ACCESS_DELETE, 0, delete_on_close, 0,
	    file },
	{ "NT_CREATE to supersede", file_on_disk, SEEN | ACCESS_DELETE, 0, overwrite, 0, file },
	/* what the directory has no say in */
	{ "NT_CREATE to overwrite", file_on_disk, SEEN | OVERWRITING, 0, overwrite, OVERWRITE,
	    file },
	{ "NT_CREATE to read", file_on_disk, FILE_READ_DATA, 0, open_for, FILE_READ_DATA, file },
	{ "NT_CREATE to write", file_on_disk, FILE_WRITE_DATA, 0, open_for, FILE_WRITE_DATA, file },
	{ "NT_CREATE to own", file_on_disk, ACCESS_WRITE_OWNER, 0, open_for, ACCESS_WRITE_OWNER,
	    file },
	{ "NT_CREATE to see attributes", file_on_disk, FILE_READ_ATTRIBUTES, 0, open_for,
	    FILE_READ_ATTRIBUTES, file },
	{ "NT_CREATE of another stream", file_on_disk, FILE_WRITE_DATA, 0, add_stream, OPEN_IF,
	    "\\box\\dir\\file:new" },
	{ "NT_RENAME to link", file_on_disk, 0, 0, outwards, 0x103, file },
	{ "NT_RENAME to copy", file_on_disk, FILE_READ_DATA | FILE_READ_EA, 0, outwards, 0x105,
	    file },
	{ "COPY", file_on_disk, FILE_READ_DATA | FILE_READ_EA, 0, core_outwards, 0x29, file },
	{ "COPY in its place", file_on_disk, OVERWRITING, 0, core_over, 0x29, file },
	{ "COPY behind it", file_on_disk, OVERWRITING, 0, core_behind, 0x29, file },
	/* what only looks */
	{ "FIND_FIRST2", NULL, 0, LIST, find_first, 0x104, "\\box\\dir\\*" },
	{ "FIND_FIRST2 with EAs", NULL, 0, LIST, find_first, 3, "\\box\\dir\\*" },
	{ "SEARCH", NULL, 0, LIST, core_search, 0x81, "\\box\\dir\\*.*" },
	{ "FIND", NULL, 0, LIST, core_search, 0x82, "\\box\\dir\\*.*" },
	{ "FIND_UNIQUE", NULL, 0, LIST, core_search, 0x83, "\\box\\dir\\*.*" },
	{ "CHECK_DIRECTORY", NULL, 0, 0, bare, 0x10, "\\box\\dir" },
	{ "QUERY_INFORMATION", file_on_disk, 0, 0, bare, 0x08, file },
};

/* --- each against each --- */

static void
furnish(void)
{
	rights_furnish();
	server_mkdir(&rights_server, "box/dir/sub");
	rights_file("box/dir/file");
	rights_stamp("box/file", FILE_ALL_ACCESS);
}

/* What was refused has left all as it was; or the next that is not refused notices. */
static void
try(const struct row *row, uint32_t rights, uint32_t of_parent)
{
	const bool may = allowed(row, rights, of_parent);
	nt_status status;

	if (row->target != NULL)
		rights_stamp(row->target, rights);
	rights_stamp("box/dir", of_parent);
	status = row->run(row);
	ck_assert_msg((status == STATUS_SUCCESS) == may &&
		(may || status == STATUS_ACCESS_DENIED || status == STATUS_NO_SUCH_FILE),
	    "%s with %08x in %08x: %s", row->name, rights, of_parent, status_name(status));
	if (!may)
		return;
	rights_close_all();
	furnish();
}

/* Those of the directory with just what is needed of the file, and with nothing of it. */
static void
vary_parent(const struct row *row)
{
	for (size_t i = 0; i < rights_nsets; i++) {
		try(row, row->needs, rights_set(i));
		if (row->needs != 0 && i < rights_nbits)
			try(row, 0, rights_set(i));
	}
	try(row, row->needs, 0);
	try(row, FILE_ALL_ACCESS, 0);
}

static void
vary_own(const struct row *row)
{
	for (size_t i = 0; i < rights_nsets; i++) {
		try(row, rights_set(i), row->of_parent);
		if ((row->needs & ACCESS_DELETE) != 0)
			try(row, rights_set(i), row->of_parent | FILE_DELETE_CHILD);
	}
	try(row, 0, row->of_parent);
}

/* So that not each test asks for each set. */
static void
learn(void)
{
	rights_setup();
	furnish();
	for (size_t i = 0; i < rights_nsets; i++) {
		rights_stamp("box/dir/file", rights_set(i));
		rights_stamp("box/dir", rights_set(i));
	}
	rights_teardown();
}

START_TEST(directory_has_its_say)
{
	const struct row *row = &rows[_i];

	furnish();
	vary_parent(row);
	if (row->target != NULL)
		vary_own(row);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("rights by parent");
	TCase *tc = tcase_create("rights");
	SRunner *r;
	int failed;

	tcase_add_unchecked_fixture(tc, learn, NULL);
	tcase_add_checked_fixture(tc, rights_setup, rights_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, directory_has_its_say, 0, sizeof(rows) / sizeof(rows[0]));
	suite_add_tcase(s, tc);
	server_start(&rights_server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&rights_server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
