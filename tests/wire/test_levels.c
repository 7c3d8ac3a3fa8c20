/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every information level, asked with too little room, just enough, and plenty; each field against
 * what is known of the file from beside the server.
 */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/ntime.h"
#include "client.h"
#include "server.h"
#include "wire/frame.h"

#define FIND_FIRST2            1
#define QUERY_FS_INFORMATION   3
#define QUERY_PATH_INFORMATION 5
#define SET_PATH_INFORMATION   6
#define QUERY_FILE_INFORMATION 7
#define SET_FILE_INFORMATION   8

#define PLENTY      0xFFFF
#define MAX_DATA_AT 39 /* MaxDataCount in a TRANSACTION2 request */

#define ARCHIVE      0x20u
#define HIDDEN       0x02u
#define DIRECTORY    0x10u
#define ALL_ACCESS   0x001F01FFu
#define LOOK_ACCESS  0x00100080u /* what a query by path opens for */
#define BASIC        0x0101
#define SEQUENTIAL   0x00000004u
#define SECTOR_BYTES 512

static struct server server;
static struct client *c;
static uint16_t file_fid, dir_fid, stream_fid;

/* What is known of a file. */
struct model {
	const char *path, *shorter;
	uint16_t fid;
	uint32_t attributes, access, ea_size, mode;
	uint64_t created, accessed, written, changed;
	uint64_t size, allocated, position, ino;
	bool directory;
};

static void
put_dos(struct writer *w, uint64_t t)
{
	uint16_t date, time;

	ntime_to_dos(t, &date, &time);
	wr_u16(w, date);
	wr_u16(w, time);
}

static void
put_name(struct writer *w, const char *name)
{
	size_t at = wr_hole32(w);

	wr_patch32(w, at, (uint32_t)wr_utf16(w, name));
}

/* The streams of the file: its data, and one of three bytes. */
static void
put_streams(struct writer *w, const struct model *m)
{
	if (m->directory)
		return;
	wr_u32(w, 40);
	wr_u32(w, 14);
	wr_u64(w, 7);
	wr_u64(w, m->allocated);
	wr_utf16(w, "::$DATA");
	wr_align(w, 8, 0);
	wr_u32(w, 0);
	wr_u32(w, 26);
	wr_u64(w, 3);
	wr_u64(w, 8);
	wr_utf16(w, ":stream:$DATA");
}

/* One field of a level, by a letter. */
static void
put_field(struct writer *w, char field, const struct model *m)
{
	const uint64_t times[] = { m->created, m->accessed, m->written, m->changed };

	switch (field) {
	case 'C': /* the four times, and as DOS has three of them */
		for (int i = 0; i < 4; i++)
			wr_u64(w, times[i]);
		break;
	case 'c':
		for (int i = 0; i < 3; i++)
			put_dos(w, times[i]);
		break;
	case 'S':
		wr_u64(w, m->size);
		break;
	case 's':
		wr_u32(w, (uint32_t)m->size);
		break;
	case 'L':
		wr_u64(w, m->allocated);
		break;
	case 'l':
		wr_u32(w, (uint32_t)m->allocated);
		break;
	case 'T':
		wr_u32(w, m->attributes);
		break;
	case 't':
		wr_u16(w, (uint16_t)m->attributes);
		break;
	case 'N': /* number of links, delete pending, directory */
		wr_u32(w, 1);
		wr_u8(w, 0);
		wr_u8(w, m->directory);
		break;
	case 'E':
		wr_u32(w, m->ea_size);
		break;
	case 'e': /* all EAs as a list */
		wr_u32(w, m->ea_size != 0 ? m->ea_size : 4);
		wr_bytes(w, "\0\1\1\0A\0v", m->ea_size != 0 ? 7 : 0);
		break;
	case 'q': /* and as a chain */
		wr_u32(w, 0);
		wr_bytes(w, "\0\1\1\0A\0v", 7);
		break;
	case 'I':
		wr_u64(w, m->ino);
		break;
	case 'X':
		wr_u32(w, m->access);
		break;
	case 'P':
		wr_u64(w, m->position);
		break;
	case 'M':
		wr_u32(w, m->mode);
		break;
	case 'F':
		put_name(w, m->path);
		break;
	case 'f':
		put_name(w, m->shorter);
		break;
	case 'R':
		put_streams(w, m);
		break;
	default: /* so many zeroes */
		wr_zero(w, (size_t)(field - '0'));
		break;
	}
}

static void
put_layout(struct writer *w, const char *layout, const struct model *m)
{
	for (; *layout != '\0'; layout++)
		put_field(w, *layout, m);
}

/* minimum: bytes without which it is refused; beyond them what does not fit is cut. */
struct level {
	uint16_t level, minimum;
	const char *layout;
};

static const struct level query_levels[] = {
	{ 0x0001, 22, "cslt" },
	{ 0x0002, 26, "csltE" },
	{ 0x0003, 4, "e" },
	{ 0x0004, 4, "e" },
	{ BASIC, 36, "CT4" },
	{ 0x0102, 22, "LSN2" },
	{ 0x0103, 4, "E" },
	{ 0x0104, 4, "F" },
	{ 0x0105, 8, "L" },
	{ 0x0106, 8, "S" },
	{ 0x0107, 72, "CT4LSN2EF" },
	{ 0x0108, 4, "f" },
	{ 0x0109, 0, "R" },
	{ 0x010B, 16, "S8" },
	{ 1004, 36, "CT4" },
	{ 1005, 22, "LSN2" },
	{ 1006, 8, "I" },
	{ 1007, 4, "E" },
	{ 1008, 4, "X" },
	{ 1009, 4, "F" },
	{ 1014, 8, "P" },
	{ 1015, 0, "q" },
	{ 1016, 4, "M" },
	{ 1017, 4, "4" },
	{ 1018, 72, "CT4LSN2EF" },
	{ 1019, 8, "L" },
	{ 1020, 8, "S" },
	{ 1021, 4, "f" },
	{ 1022, 0, "R" },
	{ 1028, 16, "S8" },
	{ 1034, 56, "CLST4" },
	{ 1035, 8, "T4" },
};

#define QUERY_LEVELS (sizeof(query_levels) / sizeof(query_levels[0]))

static nt_status
query(struct trans2 *t, const struct model *m, uint16_t level, uint16_t room)
{
	struct writer *w = client_trans2_begin(
	    c, t, m->fid != 0 ? QUERY_FILE_INFORMATION : QUERY_PATH_INFORMATION);

	if (m->fid != 0)
		wr_u16(w, m->fid);
	wr_u16(w, level);
	if (m->fid == 0) {
		wr_u32(w, 0);
		wr_string(w, m->path);
	}
	client_trans2_data(c, t);
	if (level == 0x0003) /* the names it wants: one */
		wr_bytes(w, "\7\0\0\0\1A\0", m->ea_size != 0 ? 7 : 0);
	wr_patch16(&c->out, MAX_DATA_AT, room);
	return client_trans2_call(c, t);
}

/* The lists of whole entries are cut between them, not anywhere. */
static bool
tells_entries(const struct level *l)
{
	return strpbrk(l->layout, "eqR") != NULL;
}

static void
cut_answer(const struct model *m, const struct level *l, uint16_t room, const struct writer *whole)
{
	struct trans2 t;
	nt_status status = query(&t, m, l->level, room);
	size_t n = rd_left(&t.got_data);

	if (room < l->minimum) {
		ck_assert_uint_eq(status, STATUS_INFO_LENGTH_MISMATCH);
		ck_assert_uint_eq(t.reply.word_count, 0);
		return;
	}
	ck_assert_uint_eq(status, room < whole->pos ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS);
	ck_assert_uint_le(n, room);
	if (tells_entries(l))
		return;
	ck_assert_uint_eq(n, room < whole->pos ? room : whole->pos);
	ck_assert_mem_eq(rd_bytes(&t.got_data, n), whole->frame->smb, n);
}

static void
check_level(const struct model *m, const struct level *l)
{
	struct writer whole;
	struct trans2 t;

	wr_init(&whole, 1024);
	put_layout(&whole, l->layout, m);
	ck_assert_uint_eq(query(&t, m, l->level, PLENTY), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), whole.pos);
	ck_assert_mem_eq(rd_bytes(&t.got_data, whole.pos), whole.frame->smb, whole.pos);
	for (uint16_t room = 0; room <= whole.pos; room++)
		cut_answer(m, l, room, &whole);
	wr_clear(&whole);
}

static const char *
on_disk(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return path;
}

static uint64_t
born(const char *name)
{
	struct statx stx;

	ck_assert_int_eq(statx(AT_FDCWD, on_disk(name), 0, STATX_BTIME, &stx), 0);
	return ntime_from_timespec(
	    (struct timespec){ stx.stx_btime.tv_sec, stx.stx_btime.tv_nsec });
}

static void
look(struct model *m, const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(on_disk(name), &st), 0);
	m->ino = st.st_ino;
	m->accessed = ntime_from_timespec(st.st_atim);
	m->written = ntime_from_timespec(st.st_mtim);
	m->changed = ntime_from_timespec(st.st_ctim);
	m->directory = S_ISDIR(st.st_mode);
	m->size = m->directory ? 0 : (uint64_t)st.st_size;
	m->allocated = m->directory ? 0 : (uint64_t)st.st_blocks * SECTOR_BYTES;
}

static struct model
the_file(bool by_handle)
{
	struct model m = {
		.path = "\\dir\\file.txt",
		.shorter = "file.txt",
		.fid = by_handle ? file_fid : 0,
		.attributes = HIDDEN | ARCHIVE,
		.access = by_handle ? ALL_ACCESS : LOOK_ACCESS,
		.ea_size = 4 + 7,
		.position = by_handle ? 3 : 0,
		.mode = by_handle ? SEQUENTIAL : 0,
	};

	look(&m, "dir/file.txt");
	m.created = ntime_from_utime(1000000000);
	return m;
}

static struct model
the_directory(bool by_handle)
{
	struct model m = {
		.path = "\\dir",
		.shorter = "dir",
		.fid = by_handle ? dir_fid : 0,
		.attributes = DIRECTORY,
		.access = by_handle ? ALL_ACCESS : LOOK_ACCESS,
	};

	look(&m, "dir");
	m.created = born("dir");
	return m;
}

static struct model
the_stream(bool by_handle)
{
	struct model m = the_file(by_handle);

	m.path = "\\dir\\file.txt:stream";
	m.fid = by_handle ? stream_fid : 0;
	m.size = 3;
	m.allocated = 8; /* in eights, as where NTFS keeps it in the file's record */
	m.position = 0;
	m.mode = 0;
	return m;
}

/* Each level of each: the file, the directory; by path, by handle. */
START_TEST(level_tells_what_is_known_of_a_file)
{
	const struct level *l = &query_levels[_i];
	const struct model models[] = { the_file(false), the_file(true) };

	for (size_t i = 0; i < 2; i++)
		check_level(&models[i], l);
}
END_TEST

START_TEST(level_tells_what_is_known_of_a_directory)
{
	const struct level *l = &query_levels[_i];
	const struct model models[] = { the_directory(false), the_directory(true) };
	struct trans2 t;

	for (size_t i = 0; i < 2; i++) {
		if (l->level == 1015)
			ck_assert_uint_eq(
			    query(&t, &models[i], l->level, PLENTY), STATUS_NO_EAS_ON_FILE);
		else
			check_level(&models[i], l);
	}
}
END_TEST

START_TEST(level_tells_what_is_known_of_a_stream)
{
	const struct level *l = &query_levels[_i];
	const struct model models[] = { the_stream(false), the_stream(true) };
	struct trans2 t;

	for (size_t i = 0; i < 2; i++) {
		/* Those are all of the file. */
		if (strpbrk(l->layout, "R") != NULL)
			continue;
		if (strpbrk(l->layout, "eq") != NULL)
			ck_assert_uint_eq(
			    query(&t, &models[i], l->level, PLENTY), STATUS_INVALID_PARAMETER);
		else
			check_level(&models[i], l);
	}
}
END_TEST

static bool
is_known(uint16_t level, const struct level *levels, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (levels[i].level == level)
			return true;
	}
	return false;
}

static const uint16_t tried[] = { 0, 1, 2, 5, 7, 0x10, 0x100, 0x101, 0x102, 0x10A, 0x10C, 0x110,
	999, 1000, 1001, 1002, 1003, 1010, 1011, 1012, 1013, 1023, 1025, 1027, 1033, 1036, 1040,
	1100, 0x7FFF, 0xFFFF };

START_TEST(levels_there_are_not_are_refused)
{
	const struct model path = the_file(false), handle = the_file(true);
	struct trans2 t;

	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		if (is_known(tried[i], query_levels, QUERY_LEVELS))
			continue;
		ck_assert_uint_eq(query(&t, &path, tried[i], PLENTY), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(query(&t, &handle, tried[i], PLENTY), STATUS_INVALID_LEVEL);
	}
}
END_TEST

/* Up to the name; what is in front of it and behind it. */
static const struct find_level {
	struct level l;
	enum { BYTE, BYTE_UNALIGNED, WORD32 } length;
} find_levels[] = {
	{ { 0x0001, 0, "cslt" }, BYTE },
	{ { 0x0002, 0, "csltE" }, BYTE_UNALIGNED },
	{ { 0x0003, 0, "cslte" }, BYTE_UNALIGNED },
	{ { 0x0101, 0, "4KCSLTn" }, WORD32 },
	{ { 0x0102, 0, "4KCSLTnE" }, WORD32 },
	{ { 0x0103, 0, "4Kn" }, WORD32 },
	{ { 0x0104, 0, "4KCSLTnEh" }, WORD32 },
	{ { 0x0105, 0, "4KCSLTnE4I" }, WORD32 },
	{ { 0x0106, 0, "4KCSLTnEh2I" }, WORD32 },
};

static void
put_entry(struct writer *w, const struct find_level *f, const struct model *m)
{
	const char *name = "file.txt";

	for (const char *p = f->l.layout; *p != '\0'; p++) {
		if (*p == 'K')
			wr_u32(w, 1); /* its resume key */
		else if (*p == 'n')
			wr_u32(w, 16);
		else if (*p == 'h')
			wr_zero(w, 26); /* it needs no short name */
		else
			put_field(w, *p, m);
	}
	if (f->length != WORD32)
		wr_u8(w, 16);
	if (f->length == BYTE)
		wr_align(w, 2, 0);
	wr_utf16(w, name);
	wr_zero(w, f->length == BYTE_UNALIGNED ? 1 : 2);
}

static nt_status
find(struct trans2 *t, uint16_t level, uint16_t room)
{
	struct writer *w = client_trans2_begin(c, t, FIND_FIRST2);

	wr_u16(w, 0x16);
	wr_u16(w, 1);
	wr_u16(w, 1); /* close */
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, "\\dir\\file.txt");
	client_trans2_data(c, t);
	if (level == 0x0003)
		wr_bytes(w, "\7\0\0\0\1A\0", 7);
	wr_patch16(&c->out, MAX_DATA_AT, room);
	return client_trans2_call(c, t);
}

START_TEST(listing_tells_what_is_known)
{
	const struct find_level *f = &find_levels[_i];
	const struct model m = the_file(false);
	struct writer whole;
	struct trans2 t;

	wr_init(&whole, 1024);
	put_entry(&whole, f, &m);
	ck_assert_uint_eq(find(&t, f->l.level, PLENTY), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), whole.pos);
	ck_assert_mem_eq(rd_bytes(&t.got_data, whole.pos), whole.frame->smb, whole.pos);
	for (uint16_t room = 0; room <= whole.pos; room++) {
		ck_assert_uint_eq(find(&t, f->l.level, room),
		    room < whole.pos ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_data), room < whole.pos ? 0 : whole.pos);
	}
	wr_clear(&whole);
}
END_TEST

START_TEST(listings_there_are_not_are_refused)
{
	struct trans2 t;

	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		if (tried[i] != 1 && tried[i] != 2 && tried[i] != 0x101 && tried[i] != 0x102)
			ck_assert_uint_eq(find(&t, tried[i], PLENTY), STATUS_INVALID_LEVEL);
	}
}
END_TEST

/* The size of what is to be set, and that anything less is refused. */
static const struct set_level {
	uint16_t level;
	uint8_t size;
	const char *data;
	nt_status by_path;
} set_levels[] = {
	{ 0x0001, 12, "", STATUS_SUCCESS },
	{ 0x0101, 36, "", STATUS_SUCCESS },
	{ 1004, 36, "", STATUS_SUCCESS },
	{ 0x0102, 1, "", STATUS_SUCCESS },
	{ 1013, 1, "", STATUS_SUCCESS },
	{ 0x0103, 8, "\7", STATUS_INVALID_LEVEL },
	{ 1019, 8, "\7", STATUS_SUCCESS },
	{ 0x0104, 8, "\7", STATUS_INVALID_LEVEL },
	{ 1020, 8, "\7", STATUS_SUCCESS },
	{ 1039, 8, "\7", STATUS_SUCCESS },
	{ 1014, 8, "\3", STATUS_SUCCESS },
	{ 1016, 4, "\4", STATUS_SUCCESS },
};

static nt_status
set(uint16_t fid, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(
	    c, &t, fid != 0 ? SET_FILE_INFORMATION : SET_PATH_INFORMATION);

	if (fid != 0)
		wr_u16(w, fid);
	wr_u16(w, level);
	wr_zero(w, fid != 0 ? 2 : 4);
	if (fid == 0)
		wr_string(w, "\\dir\\file.txt");
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(c, &t);
}

START_TEST(setting_takes_what_is_whole)
{
	const struct set_level *l = &set_levels[_i];
	uint8_t data[40] = { 0 };

	memcpy(data, l->data, strlen(l->data));
	for (size_t n = 0; n < l->size; n++) {
		ck_assert_uint_eq(set(file_fid, l->level, data, n), STATUS_INVALID_PARAMETER);
		ck_assert_uint_eq(set(0, l->level, data, n), STATUS_INVALID_PARAMETER);
	}
	ck_assert_uint_eq(set(file_fid, l->level, data, l->size), STATUS_SUCCESS);
	ck_assert_uint_eq(set(file_fid, l->level, data, sizeof(data)), STATUS_SUCCESS);
	ck_assert_uint_eq(set(0, l->level, data, l->size), l->by_path);
}
END_TEST

START_TEST(setting_what_there_is_not_is_refused)
{
	const uint8_t data[40] = { 0 };

	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]); i++) {
		bool known = tried[i] == 1010 || tried[i] == 1011 || tried[i] == 2;

		for (size_t k = 0; k < sizeof(set_levels) / sizeof(set_levels[0]); k++)
			known |= set_levels[k].level == tried[i];
		if (known)
			continue;
		ck_assert_uint_eq(set(file_fid, tried[i], data, 40), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(set(0, tried[i], data, 40), STATUS_INVALID_LEVEL);
	}
}
END_TEST

/* What a file system's level begins with that does not change under us; then its size. */
static const struct fs_level {
	uint16_t level, minimum, size;
	const char *type; /* of the field checked */
	size_t at;
} fs_levels[] = {
	{ 0x0001, 18, 18, "sector", 16 },
	{ 0x0002, 5, 5 + 10 + 2, "length8", 4 },
	{ 0x0102, 18, 18 + 10, "label", 12 },
	{ 0x0103, 24, 24, "total", 0 },
	{ 0x0104, 8, 8, "disk", 0 },
	{ 0x0105, 12, 12 + 8, "names", 4 },
	{ 1001, 18, 18 + 10, "label", 12 },
	{ 1003, 24, 24, "total", 0 },
	{ 1004, 8, 8, "disk", 0 },
	{ 1005, 12, 12 + 8, "names", 4 },
	{ 1007, 32, 32, "total", 0 },
	{ 1008, 64, 64, "", 0 },
	{ 1011, 28, 28, "sector32", 0 },
};

static nt_status
query_fs(struct trans2 *t, uint16_t level, uint16_t room)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_FS_INFORMATION);

	wr_u16(w, level);
	client_trans2_data(c, t);
	wr_patch16(&c->out, MAX_DATA_AT, room);
	return client_trans2_call(c, t);
}

static void
check_fs_field(const struct fs_level *l, struct reader r)
{
	struct statvfs fs;

	rd_skip(&r, l->at);
	ck_assert_int_eq(statvfs(server.root, &fs), 0);
	if (strcmp(l->type, "sector") == 0)
		ck_assert_uint_eq(rd_u16(&r), SECTOR_BYTES);
	else if (strcmp(l->type, "sector32") == 0)
		ck_assert_uint_eq(rd_u32(&r), SECTOR_BYTES);
	else if (strcmp(l->type, "length8") == 0)
		ck_assert_uint_eq(rd_u8(&r), 10);
	else if (strcmp(l->type, "label") == 0)
		ck_assert_uint_eq(rd_u32(&r), 10);
	else if (strcmp(l->type, "total") == 0)
		ck_assert_uint_eq(rd_u64(&r), fs.f_blocks);
	else if (strcmp(l->type, "disk") == 0)
		ck_assert_uint_eq(rd_u32(&r), 7);
	else if (strcmp(l->type, "names") == 0)
		ck_assert_uint_eq(rd_u32(&r), 255);
}

START_TEST(file_system_is_told_by_every_level)
{
	const struct fs_level *l = &fs_levels[_i];
	struct trans2 t;

	ck_assert_uint_eq(query_fs(&t, l->level, PLENTY), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), l->size);
	check_fs_field(l, t.got_data);
	for (uint16_t room = 0; room <= l->size; room++) {
		nt_status status = query_fs(&t, l->level, room);

		if (room < l->minimum)
			ck_assert_uint_eq(status, STATUS_INFO_LENGTH_MISMATCH);
		else if (room < l->size)
			ck_assert_uint_eq(status, STATUS_BUFFER_OVERFLOW);
		else
			ck_assert_uint_eq(status, STATUS_SUCCESS);
		ck_assert_uint_eq(rd_left(&t.got_data), room < l->minimum ? 0 : room);
	}
}
END_TEST

/* The file with all that levels tell: times, attributes, an EA, a stream, a position. */
static void
write_at(uint16_t fid, const char *text)
{
	struct writer *w = client_begin(c, 0x0B);
	struct reply r;

	wr_u16(w, fid);
	wr_u16(w, (uint16_t)strlen(text));
	wr_zero(w, 6);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, (uint16_t)strlen(text));
	wr_bytes(w, text, strlen(text));
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static void
read_some(uint16_t fid)
{
	struct writer *w = client_begin(c, 0x0A);
	struct reply r;

	wr_u16(w, fid);
	wr_u16(w, 3);
	wr_zero(w, 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

static uint16_t
open_it(const char *path, uint32_t disposition)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, path, ALL_ACCESS, disposition, &fid), STATUS_SUCCESS);
	return fid;
}

static void
setup(void)
{
	struct writer w;

	/* What a test that failed has left. */
	unlink(on_disk("dir/file.txt"));
	rmdir(on_disk("dir"));
	server_mkdir(&server, "dir");
	server_file(&server, "dir/file.txt", "content", 7);
	c = client_on(server.port, "share");
	stream_fid = open_it("\\dir\\file.txt:stream", 2);
	write_at(stream_fid, "abc");
	file_fid = open_it("\\dir\\file.txt", 1);
	dir_fid = open_it("\\dir", 1);
	ck_assert_uint_eq(set(0, 0x0002, "\x0B\0\0\0\0\1\1\0A\0v", 11), STATUS_SUCCESS);
	read_some(file_fid);
	ck_assert_uint_eq(set(file_fid, 1016, "\4\0\0", 4), STATUS_SUCCESS);
	wr_init(&w, 64);
	for (uint32_t i = 0; i < 3; i++)
		wr_u64(&w, ntime_from_utime(1000000000 + i * 100000));
	wr_u64(&w, 0);
	wr_u32(&w, HIDDEN | ARCHIVE);
	ck_assert_uint_eq(set(file_fid, BASIC, w.frame->smb, w.pos), STATUS_SUCCESS);
	wr_clear(&w);
}

static void
teardown(void)
{
	client_close(&c);
}

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

int
main(void)
{
	Suite *s = suite_create("levels");
	TCase *tc = tcase_create("levels");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, level_tells_what_is_known_of_a_file, 0, COUNT(query_levels));
	tcase_add_loop_test(tc, level_tells_what_is_known_of_a_directory, 0, COUNT(query_levels));
	tcase_add_loop_test(tc, level_tells_what_is_known_of_a_stream, 0, COUNT(query_levels));
	tcase_add_test(tc, levels_there_are_not_are_refused);
	tcase_add_loop_test(tc, listing_tells_what_is_known, 0, COUNT(find_levels));
	tcase_add_test(tc, listings_there_are_not_are_refused);
	tcase_add_loop_test(tc, setting_takes_what_is_whole, 0, COUNT(set_levels));
	tcase_add_test(tc, setting_what_there_is_not_is_refused);
	tcase_add_loop_test(tc, file_system_is_told_by_every_level, 0, COUNT(fs_levels));
	suite_add_tcase(s, tc);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return server_stop(&server) != 0 || failed != 0;
}
