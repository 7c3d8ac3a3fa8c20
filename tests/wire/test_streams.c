/* SPDX-License-Identifier: BSD-2-Clause */

/* Alternate data streams: every command that takes a path, what is refused, and with whom. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "server.h"

#define SMB_COM_DELETE         0x06
#define SMB_COM_RENAME         0x07
#define SMB_COM_CLOSE          0x04
#define SMB_COM_OPEN           0x02
#define SMB_COM_GETATR         0x08
#define SMB_COM_OPEN_ANDX      0x2D
#define SMB_COM_READ           0x2E
#define SMB_COM_WRITE          0x2F
#define SMB_COM_NT_CREATE_ANDX 0xA2
#define SMB_COM_NT_RENAME      0xA5

#define OPEN2                  0x0000
#define FIND_FIRST2            0x0001
#define QUERY_FS_INFORMATION   0x0003
#define QUERY_PATH_INFORMATION 0x0005
#define SET_PATH_INFORMATION   0x0006
#define QUERY_FILE_INFORMATION 0x0007
#define SET_FILE_INFORMATION   0x0008

#define DATA      0x00000003u
#define DELETE    0x00010000u
#define ATTRS     0x00000080u
#define SET_ATTRS 0x00000100u

#define OPEN         1
#define CREATE       2
#define OPEN_IF      3
#define OVERWRITE    4
#define OVERWRITE_IF 5

#define SHARE_NONE   0
#define SHARE_ALL    7
#define SHARE_DELETE 4

#define DIRECTORY_FILE  0x00000001u
#define DELETE_ON_CLOSE 0x00001000u

#define LARGE ((size_t)5 << 20)
#define PIECE ((size_t)60000)

static struct server server;
static struct client *c, *other;
static char *text;

struct opening {
	const char *name;
	uint32_t access, share, disposition, options, root;
};

static nt_status
open_as(struct client *by, const struct opening *o, uint16_t *fid)
{
	struct writer *w = client_begin(by, SMB_COM_NT_CREATE_ANDX);
	struct reply r;
	nt_status status;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(2 * strlen(o->name)));
	wr_u32(w, 0);
	wr_u32(w, o->root);
	wr_u32(w, o->access);
	wr_zero(w, 12);
	wr_u32(w, o->share);
	wr_u32(w, o->disposition);
	wr_u32(w, o->options);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, o->name);
	status = client_call(by, &r);
	rd_skip(&r.words, 5);
	*fid = rd_u16(&r.words);
	return status;
}

static nt_status
try_open(const char *name, uint32_t access, uint32_t disposition)
{
	const struct opening o = { name, access, SHARE_ALL, disposition, 0, 0 };
	uint16_t fid;

	return open_as(c, &o, &fid);
}

static uint16_t
opened(const char *name, uint32_t access, uint32_t disposition)
{
	const struct opening o = { name, access, SHARE_ALL, disposition, 0, 0 };
	uint16_t fid;

	ck_assert_uint_eq(open_as(c, &o, &fid), STATUS_SUCCESS);
	return fid;
}

static void
shut(struct client *by, uint16_t fid)
{
	struct writer *w = client_begin(by, SMB_COM_CLOSE);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(by, &r), STATUS_SUCCESS);
}

static void
put(uint16_t fid, const void *bytes, size_t n, uint32_t off)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, off);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_u16(w, 0);
	wr_u16(w, (uint16_t)n);
	wr_u16(w, 32 + 1 + 24 + 2);
	wr_block_bytes(w);
	wr_bytes(w, bytes, n);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), n);
}

/* The bytes, valid until the next message. */
static const uint8_t *
get(uint16_t fid, size_t n, uint32_t off, size_t *got)
{
	struct writer *w = client_begin(c, SMB_COM_READ);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, off);
	wr_u16(w, (uint16_t)n);
	wr_u16(w, 0);
	wr_u32(w, 0);
	wr_u16(w, 0);
	wr_block_bytes(w);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4 + 6);
	*got = rd_u16(&r.words);
	return r.msg + rd_u16(&r.words);
}

static void
store(const char *name, const char *content)
{
	uint16_t fid = opened(name, DATA, OPEN_IF);

	put(fid, content, strlen(content), 0);
	shut(c, fid);
}

static void
holds(const char *name, const char *content)
{
	uint16_t fid = opened(name, DATA, OPEN);
	size_t got;
	const uint8_t *bytes = get(fid, strlen(content) + 10, 0, &got);

	ck_assert_uint_eq(got, strlen(content));
	ck_assert_mem_eq(bytes, content, got);
	shut(c, fid);
}

static void
begin(void)
{
	server_mkdir(&server, "dir");
	c = client_on(server.port, "share");
	other = client_on(server.port, "share");
}

static nt_status
by_name(uint8_t command, const char *name, const char *to)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	wr_u16(w, 0x16);
	if (command == SMB_COM_NT_RENAME) {
		wr_u16(w, 0x0104);
		wr_u32(w, 0);
	}
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	if (to != NULL) {
		wr_u8(w, 4);
		wr_string(w, to);
	}
	return client_call(c, &r);
}

static void
end(void)
{
	static const char *const names[] = { "f", "g", "copy" };

	/* A new connection: the test may have left files open. */
	client_close(&other);
	client_close(&c);
	c = client_on(server.port, "share");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		(void)by_name(SMB_COM_DELETE, names[i], NULL);
	client_close(&c);
}

static nt_status
query_path(struct trans2 *t, const char *name, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_PATH_INFORMATION);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, name);
	client_trans2_data(c, t);
	return client_trans2_call(c, t);
}

static nt_status
query_file(struct trans2 *t, uint16_t fid, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, level);
	client_trans2_data(c, t);
	return client_trans2_call(c, t);
}

/* The names of the streams, each with its size: "::$DATA=7 :s:$DATA=3". */
static const char *
streams(const char *name)
{
	struct trans2 t;
	uint32_t next, length;
	struct reader all;

	ck_assert_uint_eq(query_path(&t, name, 0x0109), STATUS_SUCCESS);
	text[0] = '\0';
	all = t.got_data;
	while (rd_left(&all) > 0) {
		struct reader r = all;
		char *at = text + strlen(text);

		next = rd_u32(&r);
		length = rd_u32(&r);
		uint64_t size = rd_u64(&r);
		rd_skip(&r, 8);
		for (uint32_t i = 0; i < length / 2; i++)
			*at++ = (char)rd_u16(&r);
		sprintf(at, "=%llu ", (unsigned long long)size);
		ck_assert(rd_ok(&r));
		if (next == 0)
			break;
		rd_skip(&all, next);
	}
	if (*text != '\0')
		text[strlen(text) - 1] = '\0';
	return text;
}

START_TEST(stream_is_made_with_its_file_and_listed)
{
	store("f:one", "first");
	ck_assert(server_has(&server, "f"));
	ck_assert_uint_eq(server_size(&server, "f"), 0);
	ck_assert_str_eq(streams("f"), "::$DATA=0 :one:$DATA=5");
	store("f:Two:$data", "second stream");
	store("f::$DATA", "file");
	ck_assert_str_eq(streams("F:ONE"), "::$DATA=4 :one:$DATA=5 :Two:$DATA=13");
	holds("f:two", "second stream");
	holds("f", "file");
}
END_TEST

START_TEST(large_stream_is_written_and_read_in_pieces)
{
	char *bytes = malloc(LARGE);
	uint16_t fid = opened("f:large", DATA, CREATE);
	const uint8_t *read;
	struct trans2 t;
	size_t got;

	for (size_t i = 0; i < LARGE; i++)
		bytes[i] = (char)(i * 13 + i / 509);
	for (size_t at = 0; at < LARGE; at += PIECE)
		put(fid, bytes + at, LARGE - at < PIECE ? LARGE - at : PIECE, (uint32_t)at);
	shut(c, fid);
	fid = opened("f:large", DATA, OPEN);
	for (size_t at = 0; at < LARGE; at += got) {
		read = get(fid, PIECE, (uint32_t)at, &got);
		ck_assert_uint_gt(got, 0);
		ck_assert(memcmp(read, bytes + at, got) == 0);
	}
	ck_assert_uint_eq(query_file(&t, fid, 0x0102), STATUS_SUCCESS);
	ck_assert_uint_ge(rd_u64(&t.got_data), LARGE);
	ck_assert_uint_eq(rd_u64(&t.got_data), LARGE);
	shut(c, fid);
	ck_assert_str_eq(streams("f"), "::$DATA=0 :large:$DATA=5242880");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f", NULL), STATUS_SUCCESS);
	free(bytes);
}
END_TEST

START_TEST(store_of_large_streams_is_not_listed)
{
	struct trans2 t;
	struct writer *w;
	uint16_t fid = opened("f:large", DATA, CREATE);

	put(fid, "x", 1, 1000000);
	shut(c, fid);
	ck_assert(server_has(&server, ".smb1d.streams"));
	w = client_trans2_begin(c, &t, FIND_FIRST2);
	wr_u16(w, 0x16);
	wr_u16(w, 100);
	wr_u16(w, 1);
	wr_u16(w, 0x0103);
	wr_u32(w, 0);
	wr_string(w, "*");
	client_trans2_data(c, &t);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2);
	/* ".", "..", "dir", "f" */
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 4);
	ck_assert_uint_eq(try_open(".smb1d.streams", ATTRS, OPEN), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(names_that_are_none)
{
	static const struct {
		const char *name;
		nt_status status;
	} bad[] = {
		{ "f:", STATUS_OBJECT_NAME_INVALID },
		{ "f:s:", STATUS_OBJECT_NAME_INVALID },
		{ "f:s:$FOO", STATUS_OBJECT_NAME_INVALID },
		{ "f:s:$DATA:", STATUS_OBJECT_NAME_INVALID },
		{ "f::", STATUS_OBJECT_NAME_INVALID },
		{ "f:a\\b", STATUS_OBJECT_NAME_INVALID },
		{ "f:a/b", STATUS_OBJECT_NAME_INVALID },
		{ "f*:s", STATUS_OBJECT_NAME_INVALID },
		{ "f:none", STATUS_OBJECT_NAME_NOT_FOUND },
		{ "none:s", STATUS_OBJECT_NAME_NOT_FOUND },
		{ "none\\f:s", STATUS_OBJECT_PATH_NOT_FOUND },
		{ "dir::$DATA", STATUS_FILE_IS_A_DIRECTORY },
	};

	store("f", "file");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(try_open(bad[i].name, DATA, OPEN) == bad[i].status, "%s: %#x",
		    bad[i].name, try_open(bad[i].name, DATA, OPEN));
	store("f:?* \"<>|\x05", "odd");
	holds("f:?* \"<>|\x05", "odd");
}
END_TEST

START_TEST(stream_is_no_directory)
{
	const struct opening as_directory = { "f:s", ATTRS, SHARE_ALL, OPEN_IF, DIRECTORY_FILE, 0 };
	uint16_t fid;

	store("f", "file");
	ck_assert_uint_eq(open_as(c, &as_directory, &fid), STATUS_NOT_A_DIRECTORY);
	store("dir:s", "of the directory");
	holds("DIR:S", "of the directory");
	ck_assert_str_eq(streams("dir"), ":s:$DATA=16");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "dir:s", NULL), STATUS_SUCCESS);
	ck_assert_str_eq(streams("dir"), "");
}
END_TEST

START_TEST(streams_share_for_themselves)
{
	const struct opening alone = { "f:one", DATA, SHARE_NONE, OPEN_IF, 0, 0 },
			     two = { "f:two", DATA, SHARE_NONE, OPEN_IF, 0, 0 },
			     file = { "f", DATA, SHARE_NONE, OPEN, 0, 0 };
	uint16_t a, b, base;

	ck_assert_uint_eq(open_as(c, &alone, &a), STATUS_SUCCESS);
	ck_assert_uint_eq(open_as(c, &two, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(open_as(c, &file, &base), STATUS_SUCCESS);
	ck_assert_uint_eq(try_open("f:ONE", DATA, OPEN), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(try_open("f", DATA, OPEN), STATUS_SHARING_VIOLATION);
	shut(c, base);
	shut(c, a);
	ck_assert_uint_eq(try_open("f:one", DATA, OPEN), STATUS_SUCCESS);
	shut(c, b);
}
END_TEST

START_TEST(file_is_not_deleted_under_a_stream_that_denies_it)
{
	const struct opening deny = { "f:s", DATA, SHARE_NONE, OPEN_IF, 0, 0 };
	uint16_t fid;

	ck_assert_uint_eq(open_as(other, &deny, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f", NULL), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(try_open("f", DELETE, OPEN), STATUS_SHARING_VIOLATION);
	ck_assert_uint_eq(try_open("f", DATA, OVERWRITE), STATUS_SHARING_VIOLATION);
	shut(other, fid);
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f", NULL), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "f"));
}
END_TEST

START_TEST(deleted_file_goes_with_the_last_of_its_streams)
{
	uint16_t one = opened("f:one", DATA, CREATE), two = opened("f:two", DATA, CREATE);
	struct trans2 t;

	put(one, "still here", 10, 0);
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path(&t, "f", 0x0102), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(query_path(&t, "f:one", 0x0102), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(try_open("f", ATTRS, OPEN), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(try_open("f:one", ATTRS, OPEN), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(query_file(&t, one, 0x0102), STATUS_SUCCESS);
	rd_skip(&t.got_data, 20);
	ck_assert_uint_eq(rd_u8(&t.got_data), 1);
	put(one, "!", 1, 10);
	shut(c, two);
	ck_assert(server_has(&server, "f"));
	shut(c, one);
	ck_assert(!server_has(&server, "f"));
}
END_TEST

START_TEST(closing_the_file_first_leaves_it_to_the_stream)
{
	const struct opening doomed = { "f", DELETE, SHARE_ALL, OPEN, DELETE_ON_CLOSE, 0 };
	uint16_t stream = opened("f:s", DATA, CREATE), file;

	ck_assert_uint_eq(open_as(c, &doomed, &file), STATUS_SUCCESS);
	shut(c, file);
	ck_assert(server_has(&server, "f"));
	ck_assert_uint_eq(try_open("f", ATTRS, OPEN), STATUS_DELETE_PENDING);
	shut(c, stream);
	ck_assert(!server_has(&server, "f"));
}
END_TEST

START_TEST(stream_is_deleted_without_its_file)
{
	const struct opening doomed = { "f:two", DELETE, SHARE_ALL, OPEN, DELETE_ON_CLOSE, 0 };
	uint16_t fid;

	store("f:one", "1");
	store("f:two", "2");
	store("f", "file");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f:ONE", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f:one", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(open_as(c, &doomed, &fid), STATUS_SUCCESS);
	shut(c, fid);
	ck_assert_str_eq(streams("f"), "::$DATA=4");
	holds("f", "file");
}
END_TEST

START_TEST(overwriting_a_file_deletes_its_streams)
{
	store("f:s", "stream");
	shut(c, opened("f", DATA, OVERWRITE));
	ck_assert_str_eq(streams("f"), "::$DATA=0");
	store("f:s", "stream");
	store("f", "file");
	shut(c, opened("f:s", DATA, OVERWRITE_IF));
	ck_assert_str_eq(streams("f"), "::$DATA=4 :s:$DATA=0");
}
END_TEST

static nt_status
rename_file(uint16_t fid, const char *to, bool replace)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, 1010);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u32(w, replace);
	wr_u32(w, 0);
	wr_u32(w, (uint32_t)(2 * strlen(to)));
	wr_utf16(w, to);
	return client_trans2_call(c, &t);
}

START_TEST(stream_is_renamed_within_its_file)
{
	uint16_t fid;

	store("f:one", "1");
	ck_assert_uint_eq(by_name(SMB_COM_NT_RENAME, "f:one", "f:two"), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    by_name(SMB_COM_NT_RENAME, "f:one", "::$DATA"), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(by_name(SMB_COM_NT_RENAME, "f:one", "g"), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(by_name(SMB_COM_RENAME, "f", "f:x"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(by_name(SMB_COM_NT_RENAME, "f:one", ":Two"), STATUS_SUCCESS);
	ck_assert_str_eq(streams("f"), "::$DATA=0 :Two:$DATA=1");
	ck_assert_uint_eq(by_name(SMB_COM_RENAME, "f:two", ":three:$DATA"), STATUS_SUCCESS);
	fid = opened("f:three", DATA | DELETE, OPEN);
	ck_assert_uint_eq(rename_file(fid, ":four", false), STATUS_SUCCESS);
	put(fid, "44", 2, 0);
	ck_assert_uint_eq(try_open("f:three", DATA, OPEN), STATUS_OBJECT_NAME_NOT_FOUND);
	holds("f:four", "44");
	ck_assert_uint_eq(rename_file(fid, "plain", false), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(rename_file(fid, "::$DATA", true), STATUS_SUCCESS);
	put(fid, "data", 4, 0);
	holds("f", "data");
	shut(c, fid);
	ck_assert_str_eq(streams("f"), "::$DATA=4");
}
END_TEST

START_TEST(rename_of_the_file_takes_open_streams_along)
{
	uint16_t fid = opened("f:s", DATA, CREATE);
	struct trans2 t;

	put(fid, "before", 6, 0);
	ck_assert_uint_eq(by_name(SMB_COM_RENAME, "f", "g"), STATUS_SUCCESS);
	put(fid, " after", 6, 6);
	ck_assert_uint_eq(query_file(&t, fid, 0x0104), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 2 * strlen("\\g:s"));
	shut(c, fid);
	holds("g:s", "before after");
}
END_TEST

START_TEST(stream_is_opened_beside_a_handle)
{
	struct opening beside = { ":s", DATA, SHARE_ALL, OPEN_IF, 0, 0 };
	uint16_t file = opened("f", DATA, CREATE), dir = opened("dir", ATTRS, OPEN), fid;

	beside.root = file;
	ck_assert_uint_eq(open_as(c, &beside, &fid), STATUS_SUCCESS);
	put(fid, "beside", 6, 0);
	beside.root = fid;
	ck_assert_uint_eq(open_as(c, &beside, &fid), STATUS_INVALID_HANDLE);
	beside.root = dir;
	ck_assert_uint_eq(open_as(c, &beside, &fid), STATUS_SUCCESS);
	put(fid, "of dir", 6, 0);
	holds("f:s", "beside");
	holds("dir:s", "of dir");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "dir:s", NULL), STATUS_SHARING_VIOLATION);
	shut(c, fid);
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "dir:s", NULL), STATUS_SUCCESS);
}
END_TEST

START_TEST(root_of_the_share_has_streams)
{
	store("\\:s", "root");
	holds(":s", "root");
	ck_assert_str_eq(streams("\\"), ":s:$DATA=4");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "\\:s", NULL), STATUS_SUCCESS);
	ck_assert_str_eq(streams(""), "");
}
END_TEST

START_TEST(file_with_an_open_stream_is_not_replaced)
{
	uint16_t stream = opened("f:s", DATA, CREATE), file = opened("g", DATA | DELETE, CREATE);

	ck_assert_uint_eq(rename_file(file, "f", true), STATUS_ACCESS_DENIED);
	shut(c, stream);
	ck_assert_uint_eq(rename_file(file, "f", true), STATUS_SUCCESS);
	shut(c, file);
	ck_assert_str_eq(streams("f"), "::$DATA=0");
}
END_TEST

START_TEST(attributes_and_times_are_the_files)
{
	uint16_t fid;
	struct trans2 t;
	struct writer *w;

	store("f:s", "12345");
	fid = opened("f:s", ATTRS | SET_ATTRS, OPEN);
	w = client_trans2_begin(c, &t, SET_FILE_INFORMATION);
	wr_u16(w, fid);
	wr_u16(w, 0x0101);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_zero(w, 16);
	wr_u64(w, 130000000000000000);
	wr_zero(w, 8);
	wr_u32(w, 2);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	shut(c, fid);
	ck_assert_uint_eq(query_path(&t, "f", 0x0101), STATUS_SUCCESS);
	rd_skip(&t.got_data, 16);
	ck_assert_uint_eq(rd_u64(&t.got_data), 130000000000000000);
	rd_skip(&t.got_data, 8);
	ck_assert_uint_eq(rd_u32(&t.got_data), 2);
	ck_assert_uint_eq(query_path(&t, "f:s", 0x0107), STATUS_SUCCESS);
	rd_skip(&t.got_data, 32);
	ck_assert_uint_eq(rd_u32(&t.got_data), 2);
	rd_skip(&t.got_data, 4 + 8);
	ck_assert_uint_eq(rd_u64(&t.got_data), 5);
}
END_TEST

START_TEST(eas_are_the_files_alone)
{
	struct trans2 t;

	store("f:s", "12345");
	ck_assert_uint_eq(query_path(&t, "f:s", 0x0004), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(query_path(&t, "f:s", 0x0103), STATUS_SUCCESS);
}
END_TEST

START_TEST(older_commands_know_streams)
{
	struct writer *w;
	struct reply r;
	struct trans2 t;

	store("f:s", "12345");
	w = client_begin(c, SMB_COM_OPEN_ANDX);
	client_no_andx(w);
	wr_u16(w, 1);
	wr_u16(w, 0x40);
	wr_zero(w, 8);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "f:s");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4 + 2 + 2 + 4);
	ck_assert_uint_eq(rd_u32(&r.words), 5);
	w = client_begin(c, SMB_COM_OPEN);
	wr_u16(w, 0x40);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "f:s");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_GETATR);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "f:s");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 6);
	ck_assert_uint_eq(rd_u32(&r.words), 5);
	w = client_trans2_begin(c, &t, OPEN2);
	wr_u16(w, 0);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, 0x11);
	wr_zero(w, 4 + 10);
	wr_string(w, "f:new");
	client_trans2_data(c, &t);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_str_eq(streams("f"), "::$DATA=0 :new:$DATA=0 :s:$DATA=5");
	ck_assert_uint_eq(by_name(SMB_COM_DELETE, "f:*", NULL), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(copy_carries_streams)
{
	struct writer *w;
	struct reply r;
	uint16_t fid;

	store("f", "file");
	store("f:small", "small");
	fid = opened("f:large", DATA, CREATE);
	put(fid, "end", 3, 300000);
	shut(c, fid);
	w = client_begin(c, SMB_COM_NT_RENAME);
	wr_u16(w, 0x16);
	wr_u16(w, 0x0105);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "f");
	wr_u8(w, 4);
	wr_string(w, "copy");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_str_eq(streams("copy"), "::$DATA=4 :large:$DATA=300003 :small:$DATA=5");
	holds("copy:small", "small");
}
END_TEST

START_TEST(file_system_tells_that_it_has_streams)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, QUERY_FS_INFORMATION);

	wr_u16(w, 0x0105);
	client_trans2_data(c, &t);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data) & 0x40000u, 0x40000u);
}
END_TEST

START_TEST(streams_on_a_readonly_share_are_read)
{
	struct client *reader = client_on(server.port, "readonly");
	uint16_t fid;

	store("f:s", "stream");
	ck_assert_uint_eq(client_try_open(reader, "f:s", 0x80000000u, OPEN, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(client_try_open(reader, "f:s", DATA, OPEN, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_ne(client_try_open(reader, "f:t", DATA, CREATE, &fid), STATUS_SUCCESS);
	client_close(&reader);
	ck_assert_str_eq(streams("f"), "::$DATA=0 :s:$DATA=6");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("streams");
	TCase *tc = tcase_create("streams");
	SRunner *r;
	int failed;

	text = calloc(1, 1 << 16);
	tcase_add_checked_fixture(tc, begin, end);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, stream_is_made_with_its_file_and_listed);
	tcase_add_test(tc, large_stream_is_written_and_read_in_pieces);
	tcase_add_test(tc, store_of_large_streams_is_not_listed);
	tcase_add_test(tc, names_that_are_none);
	tcase_add_test(tc, stream_is_no_directory);
	tcase_add_test(tc, streams_share_for_themselves);
	tcase_add_test(tc, file_is_not_deleted_under_a_stream_that_denies_it);
	tcase_add_test(tc, deleted_file_goes_with_the_last_of_its_streams);
	tcase_add_test(tc, closing_the_file_first_leaves_it_to_the_stream);
	tcase_add_test(tc, stream_is_deleted_without_its_file);
	tcase_add_test(tc, overwriting_a_file_deletes_its_streams);
	tcase_add_test(tc, stream_is_renamed_within_its_file);
	tcase_add_test(tc, rename_of_the_file_takes_open_streams_along);
	tcase_add_test(tc, stream_is_opened_beside_a_handle);
	tcase_add_test(tc, root_of_the_share_has_streams);
	tcase_add_test(tc, file_with_an_open_stream_is_not_replaced);
	tcase_add_test(tc, attributes_and_times_are_the_files);
	tcase_add_test(tc, eas_are_the_files_alone);
	tcase_add_test(tc, older_commands_know_streams);
	tcase_add_test(tc, copy_carries_streams);
	tcase_add_test(tc, file_system_tells_that_it_has_streams);
	tcase_add_test(tc, streams_on_a_readonly_share_are_read);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	failed += server_stop(&server);
	free(text);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
