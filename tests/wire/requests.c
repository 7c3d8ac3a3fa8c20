/* SPDX-License-Identifier: BSD-2-Clause */
#include "requests.h"

#include <string.h>

const struct request_row *request_row;

static void
path(struct writer *w, const char *name)
{
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
}

static void
fid_words(struct client *c, uint8_t command, uint16_t fid, size_t more)
{
	struct writer *w = client_begin(c, command);

	wr_u16(w, fid);
	wr_zero(w, more);
}

static void
echo(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2B);

	(void)fid;
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_bytes(w, "echo", 4);
}

static void
create_directory(struct client *c, uint16_t fid)
{
	(void)fid;
	path(client_begin(c, 0x00), "\\new folder");
}

static void
delete_directory(struct client *c, uint16_t fid)
{
	(void)fid;
	path(client_begin(c, 0x01), "\\empty");
}

static void
open_file(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x02);

	(void)fid;
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	path(w, "\\file.txt");
}

static void
create(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, (uint8_t)request_row->level);

	(void)fid;
	wr_u16(w, 0);
	wr_u32(w, 0x40000000);
	path(w, "\\made.txt");
}

static void
close_file(struct client *c, uint16_t fid)
{
	fid_words(c, 0x04, fid, 4);
}

static void
close_and_tree_disc(struct client *c, uint16_t fid)
{
	fid_words(c, 0x31, fid, 4);
}

static void
copy(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, (uint8_t)request_row->level);

	(void)fid;
	wr_u16(w, 0xFFFF);
	wr_u16(w, 0x12);
	wr_u16(w, 0);
	path(w, "\\victim.txt");
	wr_u8(w, 4);
	wr_string(w, "\\copied.txt");
}

static void
flush(struct client *c, uint16_t fid)
{
	fid_words(c, 0x05, fid, 0);
}

static void delete (struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x06);

	(void)fid;
	wr_u16(w, 0x16);
	path(w, "\\victim.txt");
}

static void
rename_file(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x07);

	(void)fid;
	wr_u16(w, 0x16);
	path(w, "\\victim.txt");
	wr_u8(w, 4);
	wr_string(w, "\\renamed.txt");
}

static void
query_information(struct client *c, uint16_t fid)
{
	(void)fid;
	path(client_begin(c, 0x08), "\\file.txt");
}

static void
set_information(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x09);

	(void)fid;
	wr_u16(w, 0x20);
	wr_u32(w, 0x40000000);
	wr_zero(w, 10);
	path(w, "\\file.txt");
}

static void
check_directory(struct client *c, uint16_t fid)
{
	(void)fid;
	path(client_begin(c, 0x10), "\\folder");
}

static void
seek(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x12);

	wr_u16(w, fid);
	wr_u16(w, 2);
	wr_u32(w, 0);
}

static void
set_information2(struct client *c, uint16_t fid)
{
	fid_words(c, 0x22, fid, 12);
}

static void
query_information2(struct client *c, uint16_t fid)
{
	fid_words(c, 0x23, fid, 0);
}

static void
open_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x2D);

	(void)fid;
	client_no_andx(w);
	wr_u16(w, 1);
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\file.txt");
}

static void
tree_connect(struct client *c, uint16_t fid)
{
	static const char *const strings[] = { "\\\\WIRE\\share", "", "A:" };
	struct writer *w = client_begin(c, 0x70);

	(void)fid;
	wr_block_bytes(w);
	for (size_t i = 0; i < 3; i++) {
		wr_u8(w, 4);
		wr_string_oem(w, strings[i]);
	}
}

static void
tree_connect_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x75);

	(void)fid;
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, "\\\\SERVER\\share");
	wr_bytes(w, "?????", 6);
}

static void
nothing(struct client *c, uint16_t fid)
{
	(void)fid;
	client_begin(c, (uint8_t)request_row->level);
}

static void
logoff(struct client *c, uint16_t fid)
{
	(void)fid;
	client_no_andx(client_begin(c, 0x74));
}

static void
find_close2(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 1);
	uint16_t sid;

	(void)fid;
	wr_u16(w, 0x16);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u16(w, 0x104);
	wr_u32(w, 0);
	wr_string(w, "\\*");
	client_trans2_call(c, &t);
	sid = rd_u16(&t.got_parameters);
	wr_u16(client_begin(c, 0x34), sid);
}

static void
nt_create_andx(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0xA2);

	(void)fid;
	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 16);
	wr_zero(w, 8);
	wr_u32(w, 0x0012019F);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, 1);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, "file.txt");
}

static void
find_first2(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 1);

	(void)fid;
	wr_u16(w, 0x16);
	wr_u16(w, 100);
	wr_u16(w, 2);
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_string(w, "\\*");
	client_trans2_end(c, &t);
}

static void
find_next2(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 1);
	uint16_t sid;

	(void)fid;
	wr_u16(w, 0x16);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_string(w, "\\*");
	client_trans2_call(c, &t);
	sid = rd_u16(&t.got_parameters);
	w = client_trans2_begin(c, &t, 2);
	wr_u16(w, sid);
	wr_u16(w, 100);
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_u16(w, 8);
	wr_string(w, "");
	client_trans2_end(c, &t);
}

static void
query_fs(struct client *c, uint16_t fid)
{
	struct trans2 t;

	(void)fid;
	wr_u16(client_trans2_begin(c, &t, 3), request_row->level);
	client_trans2_end(c, &t);
}

static void
query_path(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 5);

	(void)fid;
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_string(w, "\\file.txt");
	client_trans2_end(c, &t);
}

static void
query_file(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 7);

	wr_u16(w, fid);
	wr_u16(w, request_row->level);
	client_trans2_end(c, &t);
}

/* Data that each SET level takes and that changes nothing much. */
static void
set_data(struct writer *w, uint16_t level)
{
	switch (level) {
	case 0x1: /* dates, sizes, attributes */
		wr_zero(w, 22);
		break;
	case 0x101: /* basic: four times and attributes */
	case 1004:
		wr_zero(w, 40);
		break;
	case 0x102: /* disposition */
	case 1013:
		wr_zero(w, 1);
		break;
	case 1010: /* rename */
		wr_u32(w, 0);
		wr_u32(w, 0);
		wr_u32(w, 2 * sizeof("new.txt") - 2);
		wr_utf16(w, "new.txt");
		break;
	case 0x2: /* EAs, as a list */
		wr_u32(w, 11);
		wr_bytes(w, "\0\1\1\0A\0v", 7);
		break;
	case 1015: /* and as a chain */
		wr_u32(w, 0);
		wr_bytes(w, "\0\1\1\0A\0v", 7);
		break;
	default: /* allocation, end of file */
		wr_u64(w, 7);
		break;
	}
}

static void
set_path(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 6);

	(void)fid;
	wr_u16(w, request_row->level);
	wr_u32(w, 0);
	wr_string(w, "\\victim.txt");
	client_trans2_data(c, &t);
	set_data(w, request_row->level);
	client_trans2_end(c, &t);
}

static void
set_file(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 8);

	wr_u16(w, fid);
	wr_u16(w, request_row->level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	set_data(w, request_row->level);
	client_trans2_end(c, &t);
}

static void
nt_transact_create(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 1, NULL, 0);

	(void)fid;
	wr_zero(w, 8);
	wr_u32(w, 0x00120089);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, 1); /* open */
	wr_zero(w, 8);
	wr_u32(w, 15); /* EALength */
	wr_zero(w, 9);
	wr_string(w, "\\file.txt");
	client_trans2_data(c, &t);
	wr_u32(w, 0);
	wr_bytes(w, "\0\1\5\0A\0value", 11);
	client_trans2_end(c, &t);
}

static void
open2(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 0);

	(void)fid;
	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 1);
	wr_zero(w, 14);
	wr_string(w, "\\file.txt");
	client_trans2_end(c, &t);
}

static void
create_directory2(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 0x0D);

	(void)fid;
	wr_u32(w, 0);
	wr_string(w, "\\new folder");
	client_trans2_end(c, &t);
}

static void
nt_rename(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0xA5);

	(void)fid;
	wr_u16(w, 0x16);
	wr_u16(w, 0x104);
	wr_u32(w, 0);
	path(w, "\\victim.txt");
	wr_u8(w, 4);
	wr_string(w, "\\renamed.txt");
}

static void
query_security(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 6, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 7);
	client_trans2_end(c, &t);
}

/* Everybody may do everything, in a list of one entry. */
static void
set_security(struct client *c, uint16_t fid)
{
	struct trans2 t;
	struct writer *w = client_nt_begin(c, &t, 3, NULL, 0);

	wr_u16(w, fid);
	wr_u16(w, 0);
	wr_u32(w, 4);
	client_trans2_data(c, &t);
	wr_u16(w, 1);
	wr_u16(w, 0x8004);
	wr_zero(w, 12);
	wr_u32(w, 20);
	wr_u16(w, 2);
	wr_u16(w, 28);
	wr_u32(w, 1);
	wr_u16(w, 0);
	wr_u16(w, 20);
	wr_u32(w, 0x001F01FF);
	wr_bytes(w, "\1\1\0\0\0\0\0\1\0\0\0\0", 12);
	client_trans2_end(c, &t);
}

#define QUERY_FILE(level) \
	{ \
		"QUERY_FILE_INFORMATION " #level, DISK_FID, query_file, 10, level \
	}
#define QUERY_PATH(level) \
	{ \
		"QUERY_PATH_INFORMATION " #level, ON_DISK, query_path, 10, level \
	}
#define SET_FILE(level) \
	{ \
		"SET_FILE_INFORMATION " #level, DISK_FID | CHANGES, set_file, 10, level \
	}
#define SET_PATH(level) \
	{ \
		"SET_PATH_INFORMATION " #level, ON_DISK | CHANGES, set_path, 10, level \
	}
#define QUERY_FS(level) \
	{ \
		"QUERY_FS_INFORMATION " #level, ON_DISK, query_fs, 10, level \
	}
#define FIND_FIRST(level) \
	{ \
		"FIND_FIRST2 " #level, ON_DISK, find_first2, 10, level \
	}

static void
create_temporary(struct client *c, uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0E);

	(void)fid;
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\folder");
}

static void
core_search(struct client *c, uint8_t command)
{
	struct writer *w = client_begin(c, command);

	wr_u16(w, 5);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\*.*");
	wr_u8(w, 5);
	wr_u16(w, 0);
}

static void
search(struct client *c, uint16_t fid)
{
	(void)fid;
	core_search(c, 0x81);
}

static void
find(struct client *c, uint16_t fid)
{
	(void)fid;
	core_search(c, 0x82);
}

static void
find_unique(struct client *c, uint16_t fid)
{
	(void)fid;
	core_search(c, 0x83);
}

/* What changed since an earlier request waits, so that this one is answered at once. */
static void
notify_change(struct client *c, uint16_t fid)
{
	uint16_t setup[] = { 3, 0, 0, 1 };
	struct trans2 t;
	struct reply r;

	(void)fid;
	if (client_try_open(c, "", 0x00100001, 1, &setup[2]) != STATUS_SUCCESS)
		client_failed("the share's directory cannot be opened");
	client_nt_begin(c, &t, 4, setup, 4);
	client_trans2_end(c, &t);
	client_send(c);
	c->mid--;
	client_begin(c, 0xA4);
	client_send(c);
	client_receive(c, &r);
	create_directory(c, 0);
	client_call(c, &r);
	path(client_begin(c, 0x01), "\\new folder");
	client_call(c, &r);
	client_nt_begin(c, &t, 4, setup, 4);
	client_trans2_end(c, &t);
}

const struct request_row request_rows[] = {
	{ "ECHO", 0, echo, 1, 0 },
	{ "CREATE_DIRECTORY", ON_DISK | CHANGES, create_directory, 0, 0 },
	{ "DELETE_DIRECTORY", ON_DISK | CHANGES, delete_directory, 0, 0 },
	{ "OPEN", ON_DISK, open_file, 7, 0 },
	{ "CREATE", ON_DISK | CHANGES, create, 1, 0x03 },
	{ "CREATE_NEW", ON_DISK | CHANGES, create, 1, 0x0F },
	{ "CLOSE", DISK_FID | BY_HANDLE, close_file, 0, 0 },
	{ "FLUSH", DISK_FID | BY_HANDLE, flush, 0, 0 },
	{ "DELETE", ON_DISK | CHANGES, delete, 0, 0 },
	{ "RENAME", ON_DISK | CHANGES, rename_file, 0, 0 },
	{ "QUERY_INFORMATION", ON_DISK, query_information, 10, 0 },
	{ "SET_INFORMATION", ON_DISK | CHANGES, set_information, 0, 0 },
	{ "READ", DISK_FID | BY_HANDLE, read_file, 5, 0 },
	{ "WRITE", DISK_FID | BY_HANDLE | CHANGES, write_file, 1, 0 },
	{ "LOCK_AND_READ", DISK_FID | BY_HANDLE, lock_and_read, 5, 0 },
	{ "WRITE_AND_UNLOCK", DISK_FID | BY_HANDLE | CHANGES, write_and_unlock, 1, 0 },
	{ "WRITE_AND_CLOSE", DISK_FID | BY_HANDLE | CHANGES, write_and_close, 1, 6 },
	{ "WRITE_AND_CLOSE, 12 words", DISK_FID | BY_HANDLE | CHANGES, write_and_close, 1, 12 },
	{ "READ_RAW", DISK_FID | BY_HANDLE | BARE, read_raw, 0, 8 },
	{ "READ_RAW, 64-bit", DISK_FID | BY_HANDLE | BARE, read_raw, 0, 10 },
	{ "WRITE_RAW", DISK_FID | BY_HANDLE | CHANGES, write_raw, 1, 12 },
	{ "WRITE_RAW, 64-bit", DISK_FID | BY_HANDLE | CHANGES, write_raw, 1, 14 },
	{ "CHECK_DIRECTORY", ON_DISK, check_directory, 0, 0 },
	{ "PROCESS_EXIT", NEEDS_UID, nothing, 0, 0x11 },
	{ "SEEK", DISK_FID | BY_HANDLE, seek, 2, 0 },
	{ "SET_INFORMATION2", DISK_FID | BY_HANDLE | CHANGES, set_information2, 0, 0 },
	{ "QUERY_INFORMATION2", DISK_FID | BY_HANDLE, query_information2, 11, 0 },
	{ "OPEN_ANDX", ON_DISK, open_andx, 15, 0 },
	{ "READ_ANDX", DISK_FID | BY_HANDLE, read_andx, 12, 10 },
	{ "READ_ANDX, 64-bit", DISK_FID | BY_HANDLE, read_andx, 12, 12 },
	{ "WRITE_ANDX", DISK_FID | BY_HANDLE | CHANGES, write_andx, 6, 12 },
	{ "WRITE_ANDX, 64-bit", DISK_FID | BY_HANDLE | CHANGES, write_andx, 6, 14 },
	{ "LOCK_BYTE_RANGE", DISK_FID | BY_HANDLE, lock_byte_range, 0, 0 },
	{ "UNLOCK_BYTE_RANGE", DISK_FID | BY_HANDLE, unlock_byte_range, 0, 0 },
	{ "LOCKING_ANDX", DISK_FID | BY_HANDLE, locking_andx, 2, 0 },
	{ "LOCKING_ANDX, 64-bit", DISK_FID | BY_HANDLE, locking_andx, 2, 0x10 },
	{ "CREATE_TEMPORARY", ON_DISK | CHANGES, create_temporary, 1, 0 },
	{ "SEARCH", ON_DISK, search, 1, 0 },
	{ "FIND", ON_DISK, find, 1, 0 },
	{ "FIND_UNIQUE", ON_DISK, find_unique, 1, 0 },
	{ "NT_RENAME", ON_DISK | CHANGES, nt_rename, 0, 0 },
	{ "COPY", ON_DISK | CHANGES, copy, 1, 0x29 },
	{ "MOVE", ON_DISK | CHANGES, copy, 1, 0x2A },
	{ "CLOSE_AND_TREE_DISC", DISK_FID | BY_HANDLE, close_and_tree_disc, 0, 0 },
	{ "TRANS2 OPEN2", ON_DISK, open2, 10, 0 },
	{ "NT_TRANSACT CREATE", ON_DISK, nt_transact_create, 18, 0 },
	{ "TRANS2 CREATE_DIRECTORY", ON_DISK | CHANGES, create_directory2, 10, 0 },
	{ "TREE_DISCONNECT", NEEDS_TID, nothing, 0, 0x71 },
	{ "TREE_CONNECT", NEEDS_UID, tree_connect, 2, 0 },
	{ "TREE_CONNECT_ANDX", NEEDS_UID, tree_connect_andx, 3, 0 },
	{ "LOGOFF_ANDX", NEEDS_UID, logoff, 2, 0 },
	{ "QUERY_INFORMATION_DISK", ON_DISK, nothing, 5, 0x80 },
	{ "NT_CREATE_ANDX", ON_DISK, nt_create_andx, 34, 0 },
	{ "NT_CANCEL", SILENT, nothing, 0, 0xA4 },
	{ "FIND_CLOSE2", NEEDS_UID | NEEDS_TID, find_close2, 0, 0 },
	FIND_FIRST(0x1),
	FIND_FIRST(0x2),
	FIND_FIRST(0x3),
	FIND_FIRST(0x101),
	FIND_FIRST(0x102),
	FIND_FIRST(0x103),
	FIND_FIRST(0x104),
	FIND_FIRST(0x105),
	FIND_FIRST(0x106),
	{ "FIND_NEXT2", ON_DISK, find_next2, 10, 0x104 },
	QUERY_FS(0x1),
	QUERY_FS(0x2),
	QUERY_FS(0x102),
	QUERY_FS(0x103),
	QUERY_FS(0x104),
	QUERY_FS(0x105),
	QUERY_FS(1001),
	QUERY_FS(1006),
	QUERY_FS(1007),
	QUERY_FS(1008),
	QUERY_FS(1011),
	QUERY_FS(1003),
	QUERY_FS(1004),
	QUERY_FS(1005),
	QUERY_PATH(0x1),
	QUERY_PATH(0x2),
	QUERY_PATH(0x3),
	QUERY_PATH(0x4),
	QUERY_PATH(0x101),
	QUERY_PATH(0x102),
	QUERY_PATH(0x103),
	QUERY_PATH(0x104),
	QUERY_PATH(0x107),
	QUERY_PATH(0x108),
	QUERY_PATH(0x109),
	QUERY_PATH(0x10B),
	QUERY_PATH(1004),
	QUERY_PATH(1005),
	QUERY_PATH(1006),
	QUERY_PATH(1007),
	QUERY_PATH(1009),
	QUERY_PATH(1014),
	QUERY_PATH(1016),
	QUERY_PATH(1018),
	QUERY_PATH(1021),
	QUERY_PATH(1022),
	QUERY_PATH(1028),
	QUERY_PATH(1034),
	QUERY_PATH(1035),
	QUERY_FILE(0x1),
	QUERY_FILE(0x2),
	QUERY_FILE(0x3),
	QUERY_FILE(0x4),
	QUERY_FILE(0x101),
	QUERY_FILE(0x102),
	QUERY_FILE(0x103),
	QUERY_FILE(0x104),
	QUERY_FILE(0x107),
	QUERY_FILE(0x108),
	QUERY_FILE(0x109),
	QUERY_FILE(0x10B),
	QUERY_FILE(1004),
	QUERY_FILE(1005),
	QUERY_FILE(1006),
	QUERY_FILE(1007),
	QUERY_FILE(1009),
	QUERY_FILE(1014),
	QUERY_FILE(1016),
	QUERY_FILE(1018),
	QUERY_FILE(1021),
	QUERY_FILE(1022),
	QUERY_FILE(1028),
	QUERY_FILE(1034),
	QUERY_FILE(1035),
	SET_PATH(0x1),
	SET_PATH(0x2),
	SET_PATH(1015),
	SET_PATH(0x101),
	SET_PATH(1004),
	SET_PATH(1010),
	SET_FILE(0x1),
	SET_FILE(0x2),
	SET_FILE(1015),
	SET_FILE(0x101),
	SET_FILE(0x102),
	SET_FILE(0x103),
	SET_FILE(0x104),
	SET_FILE(1004),
	SET_FILE(1013),
	SET_FILE(1019),
	SET_FILE(1020),
	SET_FILE(1039),
	{ "NOTIFY_CHANGE", ON_DISK, notify_change, 18, 0 },
	{ "QUERY_SECURITY_DESC", DISK_FID, query_security, 18, 0 },
	{ "SET_SECURITY_DESC", DISK_FID | CHANGES, set_security, 18, 0 },
	{ "FSCTL SET_SPARSE", DISK_FID | CHANGES, fsctl, 19, 0 },
	{ "FSCTL SET_ZERO_DATA", DISK_FID | CHANGES, fsctl, 19, 1 },
	{ "FSCTL QUERY_ALLOCATED_RANGES", DISK_FID, fsctl, 19, 2 },
	{ "FSCTL GET_COMPRESSION", DISK_FID, fsctl, 19, 3 },
	{ "FSCTL SET_COMPRESSION", DISK_FID | CHANGES, fsctl, 19, 4 },
	{ "FSCTL IS_VOLUME_DIRTY", DISK_FID, fsctl, 19, 5 },
	{ "FSCTL CREATE_OR_GET_OBJECT_ID", DISK_FID, fsctl, 19, 6 },
	{ "FSCTL IS_PATHNAME_VALID", DISK_FID, fsctl, 19, 7 },
	{ "FSCTL SRV_REQUEST_RESUME_KEY", DISK_FID, fsctl, 19, 8 },
	{ "FSCTL SRV_COPYCHUNK", DISK_FID | CHANGES, fsctl, 19, 9 },
	{ "NT_TRANSACT_RENAME", DISK_FID, nt_transact_rename, 18, 0 },
};
const size_t request_row_count = sizeof(request_rows) / sizeof(request_rows[0]);

void
request_build(size_t i, struct client *c, uint16_t fid)
{
	request_row = &request_rows[i];
	request_row->build(c, fid);
}
