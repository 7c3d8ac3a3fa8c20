/* SPDX-License-Identifier: BSD-2-Clause */
#include "escape.h"

#include <stdio.h>
#include <string.h>

#define OPEN         1
#define OPEN_IF      3
#define OVERWRITE_IF 5

#define READ  0x00020089
#define WRITE 0x0012019F
#define ALL   0x001F01FF

static const char *
below(const char *dir, const char *name)
{
	static char path[4][64];
	static int i;

	i = (i + 1) % 4;
	snprintf(path[i], sizeof(path[i]), "%s\\%s", dir, name);
	return path[i];
}

/* --- NT_CREATE_ANDX and its elders --- */

static void
nt_create(struct client *c, const char *path, uint32_t access, uint32_t disposition)
{
	struct writer *w = client_begin(c, 0xA2);

	client_no_andx(w);
	wr_zero(w, 3);
	wr_zero(w, 8);
	wr_u32(w, access);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, disposition);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, path);
}

static void
open_secret(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "secret"), READ, OPEN);
}

static void
open_sub(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "sub"), READ, OPEN);
}

static void
open_inner(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "sub\\inner"), READ, OPEN);
}

static void
open_victim(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "victim"), ALL, OPEN_IF);
}

static void
open_keep(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "keep"), WRITE, OPEN_IF);
}

static void
empty_victim(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "victim"), WRITE, OVERWRITE_IF);
}

static void
open_stream(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "victim:s"), WRITE, OPEN_IF);
}

static void
open_stream_outside(struct client *c, const char *dir)
{
	nt_create(c, below(dir, "keep:secret"), READ, OPEN);
}

static void
open_directory(struct client *c, const char *dir)
{
	nt_create(c, dir, READ, OPEN);
}

static void
open_directory_stream(struct client *c, const char *dir)
{
	char path[32];

	snprintf(path, sizeof(path), "%s:s", dir);
	nt_create(c, path, WRITE, OPEN_IF);
}

static void
open_file(struct client *c, const char *dir)
{
	(void)dir;
	nt_create(c, "\\f", ALL, OPEN);
}

static void
create_file(struct client *c, const char *dir)
{
	(void)dir;
	nt_create(c, "\\f", ALL, OPEN_IF);
}

static void
empty_file(struct client *c, const char *dir)
{
	(void)dir;
	nt_create(c, "\\f", WRITE, 4);
}

static void
file_stream(struct client *c, const char *dir)
{
	(void)dir;
	nt_create(c, "\\f:s", WRITE, OPEN_IF);
}

static void
simple(struct client *c, uint8_t command, size_t words, const char *path)
{
	struct writer *w = client_begin(c, command);

	wr_zero(w, words);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
}

static void
core_open(struct client *c, const char *dir)
{
	simple(c, 0x02, 4, below(dir, "secret"));
}

static void
core_create(struct client *c, const char *dir)
{
	simple(c, 0x03, 6, below(dir, "victim"));
}

static void
core_create_new(struct client *c, const char *dir)
{
	simple(c, 0x0F, 6, below(dir, "made"));
}

static void
create_temporary(struct client *c, const char *dir)
{
	simple(c, 0x0E, 6, dir);
}

static void
open_andx(struct client *c, const char *dir)
{
	struct writer *w = client_begin(c, 0x2D);

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, 0x12); /* create, or overwrite */
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, below(dir, "keep"));
}

static void
open2(struct client *c, const char *dir)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 0);

	wr_u16(w, 8);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, 0x11);
	wr_zero(w, 14);
	wr_string(w, below(dir, "keep"));
	client_trans2_end(c, &t);
}

/* With a descriptor and an EA. */
static void
nt_transact_create(struct client *c, const char *dir)
{
	static const uint8_t descriptor[] = { 1, 0, 4, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20,
		0, 0, 0, 2, 0, 28, 0, 1, 0, 0, 0, 0, 0, 20, 0, 0xFF, 1, 0x1F, 0, 1, 1, 0, 0, 0, 0,
		0, 1, 0, 0, 0, 0 };
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 1, NULL, 0);

	wr_zero(w, 8);
	wr_u32(w, ALL);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, OVERWRITE_IF);
	wr_u32(w, 0);
	wr_u32(w, sizeof(descriptor));
	wr_u32(w, 15);
	wr_zero(w, 9);
	wr_string(w, below(dir, "victim"));
	client_trans2_data(c, &t);
	wr_bytes(w, descriptor, sizeof(descriptor));
	wr_u32(w, 0);
	wr_bytes(w, "\0\1\5\0A\0value", 11);
	client_trans2_end(c, &t);
}

/* --- names --- */

static void
make_directory(struct client *c, const char *dir)
{
	simple(c, 0x00, 0, below(dir, "dir"));
}

static void
make_directory_there(struct client *c, const char *dir)
{
	simple(c, 0x00, 0, dir);
}

static void
make_directory2(struct client *c, const char *dir)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 0x0D);

	wr_u32(w, 0);
	wr_string(w, below(dir, "dir"));
	client_trans2_data(c, &t);
	wr_u32(w, 11);
	wr_bytes(w, "\0\1\1\0A\0v", 7);
	client_trans2_end(c, &t);
}

static void
remove_directory(struct client *c, const char *dir)
{
	simple(c, 0x01, 0, below(dir, "dir"));
}

static void
remove_sub(struct client *c, const char *dir)
{
	simple(c, 0x01, 0, below(dir, "sub"));
}

static void
check_directory(struct client *c, const char *dir)
{
	simple(c, 0x10, 0, dir);
}

static void
check_sub(struct client *c, const char *dir)
{
	simple(c, 0x10, 0, below(dir, "sub"));
}

static void
delete_keep(struct client *c, const char *dir)
{
	simple(c, 0x06, 2, below(dir, "keep"));
}

static void
delete_all(struct client *c, const char *dir)
{
	simple(c, 0x06, 2, below(dir, "*"));
}

static void
delete_stream(struct client *c, const char *dir)
{
	simple(c, 0x06, 2, below(dir, "victim:s"));
}

static void
two_paths(struct client *c, uint16_t level, const char *from, const char *to)
{
	struct writer *w = client_begin(c, level == 0 ? 0x07 : 0xA5);

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
}

static void
rename_away(struct client *c, const char *dir)
{
	two_paths(c, 0, below(dir, "victim"), below(dir, "moved"));
}

static void
rename_out(struct client *c, const char *dir)
{
	two_paths(c, 0x104, below(dir, "keep"), "\\inside");
}

static void
rename_in(struct client *c, const char *dir)
{
	two_paths(c, 0x104, "\\inside", below(dir, "back"));
}

static void
link_in(struct client *c, const char *dir)
{
	two_paths(c, 0x103, below(dir, "victim"), below(dir, "link"));
}

static void
link_file(struct client *c, const char *dir)
{
	two_paths(c, 0x103, "\\f", below(dir, "link"));
}

static void
copy_secret(struct client *c, const char *dir)
{
	two_paths(c, 0x105, below(dir, "secret"), "\\copied");
}

static void
copy_file(struct client *c, const char *dir)
{
	two_paths(c, 0x105, "\\f", below(dir, "copy"));
}

/* COPY and MOVE */
static void
core_two_paths(struct client *c, uint8_t command, const char *from, const char *to)
{
	struct writer *w = client_begin(c, command);

	wr_u16(w, 0xFFFF);
	wr_u16(w, 0x12); /* create, or replace */
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
}

static void
core_copy_out(struct client *c, const char *dir)
{
	core_two_paths(c, 0x29, below(dir, "*"), "\\copied");
}

static void
core_copy_in(struct client *c, const char *dir)
{
	core_two_paths(c, 0x29, "\\f", below(dir, "victim"));
}

static void
core_move_out(struct client *c, const char *dir)
{
	core_two_paths(c, 0x2A, below(dir, "keep"), "\\inside");
}

static void
core_move_in(struct client *c, const char *dir)
{
	core_two_paths(c, 0x2A, "\\inside", below(dir, "keep"));
}

/* --- what is told --- */

static void
query_information(struct client *c, const char *dir)
{
	simple(c, 0x08, 0, below(dir, "secret"));
}

static void
query_path(struct client *c, const char *path, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 5);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_end(c, &t);
}

static void
query_secret(struct client *c, const char *dir)
{
	query_path(c, below(dir, "secret"), 0x107);
}

static void
query_victim(struct client *c, const char *dir)
{
	query_path(c, below(dir, "victim"), 0x107);
}

static void
query_victim_eas(struct client *c, const char *dir)
{
	query_path(c, below(dir, "victim"), 0x004);
}

static void
query_victim_streams(struct client *c, const char *dir)
{
	query_path(c, below(dir, "victim"), 0x109);
}

static void
query_file_streams(struct client *c, const char *dir)
{
	(void)dir;
	query_path(c, "\\f", 0x109);
}

static void
query_file_eas(struct client *c, const char *dir)
{
	(void)dir;
	query_path(c, "\\f", 0x004);
}

static void
query_directory(struct client *c, const char *dir)
{
	query_path(c, dir, 0x101);
}

static void
find(struct client *c, const char *pattern, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 1);

	wr_u16(w, 0x16);
	wr_u16(w, 100);
	wr_u16(w, 1); /* close */
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, pattern);
	client_trans2_end(c, &t);
}

static void
find_all(struct client *c, const char *dir)
{
	find(c, below(dir, "*"), 0x104);
}

static void
find_eas(struct client *c, const char *dir)
{
	find(c, below(dir, "*"), 0x002);
}

static void
find_secret(struct client *c, const char *dir)
{
	find(c, below(dir, "secret"), 0x106);
}

static void
find_names(struct client *c, const char *dir)
{
	(void)dir;
	find(c, "\\*", 0x103);
}

static void
core_search(struct client *c, const char *dir)
{
	struct writer *w = client_begin(c, 0x83);

	wr_u16(w, 50);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, below(dir, "*.*"));
	wr_u8(w, 5);
	wr_u16(w, 0);
}

/* --- what is changed --- */

static void
set_information(struct client *c, const char *dir)
{
	struct writer *w = client_begin(c, 0x09);

	wr_u16(w, 0x20);
	wr_u32(w, 0x40000000);
	wr_zero(w, 10);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, below(dir, "victim"));
}

static void
set_path(struct client *c, const char *path, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 6);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	client_trans2_end(c, &t);
}

static const uint8_t basic[40] = { [32] = 0x22 }, one[8] = { 1 };

static void
set_basic(struct client *c, const char *dir)
{
	set_path(c, below(dir, "keep"), 0x101, basic, sizeof(basic));
}

static void
set_basic_of_directory(struct client *c, const char *dir)
{
	set_path(c, dir, 0x101, basic, sizeof(basic));
}

static void
set_eas(struct client *c, const char *dir)
{
	set_path(c, below(dir, "victim"), 0x002, "\x0b\0\0\0\0\1\1\0A\0v", 11);
}

static void
set_end(struct client *c, const char *dir)
{
	set_path(c, below(dir, "victim"), 1020, one, 8);
}

static void
set_end_of_file(struct client *c, const char *dir)
{
	(void)dir;
	set_path(c, "\\f", 1020, one, 8);
}

static void
set_disposition(struct client *c, const char *dir)
{
	set_path(c, below(dir, "keep"), 1013, one, 1);
}

static void
set_name(struct client *c, const char *dir)
{
	set_path(c, below(dir, "keep"), 1010, "\1\0\0\0\0\0\0\0\6\0\0\0n\0e\0w", 18);
}

#define NEVER    true, false
#define PERHAPS  false, false
#define HARMLESS false, true

const struct escape escapes[] = {
	{ "NT_CREATE of secret", open_secret, NEVER },
	{ "NT_CREATE of sub", open_sub, NEVER },
	{ "NT_CREATE of inner", open_inner, NEVER },
	{ "NT_CREATE of victim", open_victim, PERHAPS },
	{ "NT_CREATE of keep", open_keep, PERHAPS },
	{ "NT_CREATE to empty victim", empty_victim, PERHAPS },
	{ "NT_CREATE of a stream", open_stream, PERHAPS },
	{ "NT_CREATE of a stream outside", open_stream_outside, NEVER },
	{ "NT_CREATE of the directory", open_directory, PERHAPS },
	{ "NT_CREATE of the directory's stream", open_directory_stream, PERHAPS },
	{ "NT_CREATE of the file", open_file, PERHAPS },
	{ "NT_CREATE of the file if need be", create_file, PERHAPS },
	{ "NT_CREATE to empty the file", empty_file, PERHAPS },
	{ "NT_CREATE of the file's stream", file_stream, PERHAPS },
	{ "OPEN", core_open, NEVER },
	{ "CREATE", core_create, PERHAPS },
	{ "CREATE_NEW", core_create_new, PERHAPS },
	{ "CREATE_TEMPORARY", create_temporary, PERHAPS },
	{ "OPEN_ANDX", open_andx, PERHAPS },
	{ "OPEN2", open2, PERHAPS },
	{ "NT_TRANSACT_CREATE", nt_transact_create, PERHAPS },
	{ "CREATE_DIRECTORY", make_directory, PERHAPS },
	{ "CREATE_DIRECTORY in its place", make_directory_there, PERHAPS },
	{ "TRANS2_CREATE_DIRECTORY", make_directory2, PERHAPS },
	{ "DELETE_DIRECTORY", remove_directory, PERHAPS },
	{ "DELETE_DIRECTORY of sub", remove_sub, NEVER },
	{ "CHECK_DIRECTORY", check_directory, PERHAPS },
	{ "CHECK_DIRECTORY of sub", check_sub, NEVER },
	{ "DELETE", delete_keep, PERHAPS },
	{ "DELETE of all", delete_all, PERHAPS },
	{ "DELETE of a stream", delete_stream, PERHAPS },
	{ "RENAME", rename_away, PERHAPS },
	{ "NT_RENAME out of it", rename_out, PERHAPS },
	{ "NT_RENAME into it", rename_in, PERHAPS },
	{ "NT_RENAME to link", link_in, PERHAPS },
	{ "NT_RENAME to link the file", link_file, PERHAPS },
	{ "NT_RENAME to copy secret", copy_secret, PERHAPS },
	{ "NT_RENAME to copy the file", copy_file, PERHAPS },
	{ "COPY out of it", core_copy_out, PERHAPS },
	{ "COPY into it", core_copy_in, PERHAPS },
	{ "MOVE out of it", core_move_out, PERHAPS },
	{ "MOVE into it", core_move_in, PERHAPS },
	{ "QUERY_INFORMATION", query_information, PERHAPS },
	{ "QUERY_PATH_INFORMATION of secret", query_secret, PERHAPS },
	{ "QUERY_PATH_INFORMATION", query_victim, PERHAPS },
	{ "QUERY_PATH_INFORMATION EAs", query_victim_eas, PERHAPS },
	{ "QUERY_PATH_INFORMATION streams", query_victim_streams, PERHAPS },
	{ "QUERY_PATH_INFORMATION streams of the file", query_file_streams, PERHAPS },
	{ "QUERY_PATH_INFORMATION EAs of the file", query_file_eas, PERHAPS },
	{ "QUERY_PATH_INFORMATION of the directory", query_directory, PERHAPS },
	{ "FIND_FIRST2", find_all, PERHAPS },
	{ "FIND_FIRST2 EAs", find_eas, PERHAPS },
	{ "FIND_FIRST2 of secret", find_secret, PERHAPS },
	{ "FIND_FIRST2 beside it", find_names, HARMLESS },
	{ "FIND_UNIQUE", core_search, PERHAPS },
	{ "SET_INFORMATION", set_information, PERHAPS },
	{ "SET_PATH_INFORMATION basic", set_basic, PERHAPS },
	{ "SET_PATH_INFORMATION basic of the directory", set_basic_of_directory, PERHAPS },
	{ "SET_PATH_INFORMATION EAs", set_eas, PERHAPS },
	{ "SET_PATH_INFORMATION end of file", set_end, PERHAPS },
	{ "SET_PATH_INFORMATION end of the file", set_end_of_file, PERHAPS },
	{ "SET_PATH_INFORMATION disposition", set_disposition, PERHAPS },
	{ "SET_PATH_INFORMATION rename", set_name, PERHAPS },
};
const size_t escape_count = sizeof(escapes) / sizeof(escapes[0]);
