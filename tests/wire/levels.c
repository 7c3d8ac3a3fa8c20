/* SPDX-License-Identifier: BSD-2-Clause */
#include "levels.h"

#include <check.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ntime.h"
#include "wire/frame.h"

#define QUERY_PATH_INFORMATION 5
#define SET_PATH_INFORMATION   6
#define QUERY_FILE_INFORMATION 7
#define SET_FILE_INFORMATION   8

#define MAX_DATA_AT 39 /* MaxDataCount in a TRANSACTION2 request */

#define LOOK_ACCESS 0x00100080u /* what a query by path opens for */
#define SEQUENTIAL  0x00000004u
#define LARGE_SIZE  (5ULL << 30)
#define LARGE_NAME  "Large file, seldom full.text"

struct server server;
struct client *c;
static uint16_t fids[MODELS];

static const struct {
	const char *path, *on_disk;
} places[MODELS] = {
	[THE_FILE] = { "\\dir\\file.txt", "dir/file.txt" },
	[THE_LARGE_FILE] = { "\\dir\\" LARGE_NAME, "dir/" LARGE_NAME },
	[THE_DIRECTORY] = { "\\dir", "dir" },
	[THE_ROOT] = { "\\", "." },
	[THE_STREAM] = { "\\dir\\file.txt:stream", "dir/file.txt" },
};

const char *
levels_on_disk(const char *name)
{
	static char path[160];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return path;
}

uint64_t
levels_born(const char *name)
{
	struct statx stx;

	ck_assert_int_eq(statx(AT_FDCWD, levels_on_disk(name), 0, STATX_BTIME, &stx), 0);
	return ntime_from_timespec(
	    (struct timespec){ stx.stx_btime.tv_sec, stx.stx_btime.tv_nsec });
}

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

static void
put_streams(struct writer *w, const struct model *m)
{
	size_t chain = 0, length;

	for (size_t i = 0; i < m->nstreams; i++) {
		wr_align(w, 8, 0);
		if (i > 0)
			wr_patch32(w, chain, (uint32_t)(w->pos - chain));
		chain = wr_hole32(w);
		length = wr_hole32(w);
		wr_u64(w, m->streams[i].size);
		wr_u64(w, m->streams[i].allocated);
		wr_patch32(w, length, (uint32_t)wr_utf16(w, m->streams[i].name));
	}
}

static void
put_times(struct writer *w, const struct model *m, bool dos)
{
	const uint64_t times[] = { m->created, m->accessed, m->written, m->changed };

	for (int i = 0; i < (dos ? 3 : 4); i++) {
		if (dos)
			put_dos(w, times[i]);
		else
			wr_u64(w, times[i]);
	}
}

static uint32_t
low(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

/* What the one EA is on the wire, without the length of a list. */
static void
put_ea(struct writer *w)
{
	wr_bytes(w, "\0\1\1\0A\0v", 7);
}

static void
put_eas(struct writer *w, const struct model *m, bool chain)
{
	if (chain) {
		wr_u32(w, 0);
		put_ea(w);
	} else {
		wr_u32(w, m->ea_size != 0 ? m->ea_size : 4);
		if (m->ea_size != 0)
			put_ea(w);
	}
}

static void
put_number(struct writer *w, char field, const struct model *m)
{
	switch (field) {
	case 'S':
		wr_u64(w, m->size);
		break;
	case 's':
		wr_u32(w, low(m->size));
		break;
	case 'L':
		wr_u64(w, m->allocated);
		break;
	case 'l':
		wr_u32(w, low(m->allocated));
		break;
	case 'T':
		wr_u32(w, m->attributes);
		break;
	case 't':
		wr_u16(w, (uint16_t)m->attributes);
		break;
	case 'E':
		wr_u32(w, m->ea_size);
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
	default:
		ck_assert_msg(field >= '0' && field <= '9', "no field %c", field);
		wr_zero(w, (size_t)(field - '0'));
		break;
	}
}

static void
put_field(struct writer *w, char field, const struct model *m)
{
	switch (field) {
	case 'C':
	case 'c':
		put_times(w, m, field == 'c');
		break;
	case 'N':
		wr_u32(w, m->links);
		wr_u8(w, m->delete_pending);
		wr_u8(w, m->directory);
		break;
	case 'e':
	case 'q':
		put_eas(w, m, field == 'q');
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
	default:
		put_number(w, field, m);
		break;
	}
}

void
levels_put(struct writer *w, const char *layout, const struct model *m)
{
	for (; *layout != '\0'; layout++)
		put_field(w, *layout, m);
}

void
levels_room(uint16_t room)
{
	wr_patch16(&c->out, MAX_DATA_AT, room);
}

nt_status
levels_query(struct trans2 *t, const struct model *m, uint16_t level, uint16_t room)
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
	levels_room(room);
	return client_trans2_call(c, t);
}

nt_status
levels_set(const struct model *m, uint16_t level, const void *data, size_t n)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(
	    c, &t, m->fid != 0 ? SET_FILE_INFORMATION : SET_PATH_INFORMATION);

	if (m->fid != 0)
		wr_u16(w, m->fid);
	wr_u16(w, level);
	wr_zero(w, m->fid != 0 ? 2 : 4);
	if (m->fid == 0)
		wr_string(w, m->path);
	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return client_trans2_call(c, &t);
}

void
levels_same(uint16_t level, struct reader got, const uint8_t *wanted, size_t n)
{
	size_t left = rd_left(&got);
	const uint8_t *bytes = rd_bytes(&got, left);

	for (size_t i = 0; i < n && i < left; i++)
		ck_assert_msg(bytes[i] == wanted[i], "level %u: byte %zu is %02x, not %02x", level,
		    i, bytes[i], wanted[i]);
	ck_assert_msg(left == n, "level %u: %zu bytes, not %zu", level, left, n);
}

void
levels_check(const struct model *m, uint16_t level, const char *layout)
{
	struct writer whole;
	struct trans2 t;
	nt_status status;

	wr_init(&whole, 1024);
	levels_put(&whole, layout, m);
	status = levels_query(&t, m, level, PLENTY);
	ck_assert_msg(status == STATUS_SUCCESS, "level %u: %08x", level, status);
	levels_same(level, t.got_data, whole.frame->smb, whole.pos);
	wr_clear(&whole);
}

void
levels_look(struct model *m, const char *name)
{
	struct stat st;

	ck_assert_int_eq(stat(levels_on_disk(name), &st), 0);
	m->ino = st.st_ino;
	m->created = levels_born(name);
	m->accessed = ntime_from_timespec(st.st_atim);
	m->written = ntime_from_timespec(st.st_mtim);
	m->changed = ntime_from_timespec(st.st_ctim);
	m->directory = S_ISDIR(st.st_mode);
	m->links = m->directory ? 1 : (uint32_t)st.st_nlink;
	m->size = m->directory ? 0 : (uint64_t)st.st_size;
	m->allocated = m->directory ? 0 : (uint64_t)st.st_blocks * SECTOR_BYTES;
	m->attributes = m->directory ? DIRECTORY : NORMAL;
	if (!m->directory)
		m->streams[m->nstreams++] = (struct model_stream){ "::$DATA", m->size,
			m->allocated };
}

/* Small streams are told in eights, as where NTFS keeps them in the file's record. */
static void
see_file(struct model *m, enum model_kind kind, bool by_handle)
{
	m->attributes = HIDDEN | ARCHIVE;
	m->created = ntime_from_utime(1000000000) + 1234567;
	m->ea_size = 4 + 7;
	m->streams[m->nstreams++] = (struct model_stream){ ":stream:$DATA", 3, 8 };
	if (kind == THE_STREAM) {
		m->size = 3;
		m->allocated = 8;
	} else if (by_handle) {
		m->position = 3;
		m->mode = SEQUENTIAL;
	}
}

/* The short name of the long one is the server's to choose; the file answers to it. */
static const char *
short_name(const char *path)
{
	const struct model asked = { .path = path };
	static char name[13];
	struct trans2 t;
	uint32_t n;

	ck_assert_uint_eq(levels_query(&t, &asked, 0x0108, PLENTY), STATUS_SUCCESS);
	n = rd_u32(&t.got_data);
	ck_assert_uint_le(n, 24);
	for (uint32_t i = 0; i < n / 2; i++)
		name[i] = (char)rd_u16(&t.got_data);
	name[n / 2] = '\0';
	ck_assert_ptr_nonnull(strchr(name, '~'));
	return name;
}

struct model
levels_model(enum model_kind kind, bool by_handle)
{
	struct model m = {
		.path = places[kind].path,
		.fid = by_handle ? fids[kind] : 0,
		.access = by_handle ? ALL_ACCESS : LOOK_ACCESS,
	};

	levels_look(&m, places[kind].on_disk);
	if (kind == THE_FILE || kind == THE_STREAM)
		see_file(&m, kind, by_handle);
	if (kind == THE_FILE || kind == THE_STREAM)
		m.shorter = "file.txt";
	else if (kind == THE_LARGE_FILE)
		m.shorter = short_name(m.path);
	else
		m.shorter = m.path + 1;
	return m;
}

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

static void
open_it(enum model_kind kind, uint32_t disposition)
{
	ck_assert_uint_eq(
	    client_try_open(c, places[kind].path, ALL_ACCESS, disposition, &fids[kind]),
	    STATUS_SUCCESS);
}

static void
make_large_file(void)
{
	char name[160];
	int fd;

	snprintf(name, sizeof(name), "%s", levels_on_disk(places[THE_LARGE_FILE].on_disk));
	fd = open(name, O_WRONLY | O_CREAT, 0666);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, "x", 1, LARGE_SIZE), 1);
	close(fd);
	ck_assert_int_eq(link(name, levels_on_disk("dir/link")), 0);
}

/* What a test that failed has left. */
static void
sweep(void)
{
	unlink(levels_on_disk("dir/file.txt"));
	unlink(levels_on_disk("dir/link"));
	unlink(levels_on_disk(places[THE_LARGE_FILE].on_disk));
	rmdir(levels_on_disk("dir"));
}

static void
change_file(void)
{
	const struct model by_path = { .path = places[THE_FILE].path };
	const struct model by_handle = { .fid = fids[THE_FILE] };
	struct writer w;

	ck_assert_uint_eq(
	    levels_set(&by_path, 0x0002, "\x0B\0\0\0\0\1\1\0A\0v", 11), STATUS_SUCCESS);
	read_some(fids[THE_FILE]);
	ck_assert_uint_eq(levels_set(&by_handle, 1016, "\4\0\0", 4), STATUS_SUCCESS);
	wr_init(&w, 64);
	for (uint32_t i = 0; i < 3; i++)
		wr_u64(&w, ntime_from_utime(1000000000 + i * 100000) + 1234567);
	wr_u64(&w, 0);
	wr_u32(&w, HIDDEN | ARCHIVE);
	ck_assert_uint_eq(levels_set(&by_handle, BASIC, w.frame->smb, w.pos), STATUS_SUCCESS);
	wr_clear(&w);
}

void
levels_setup(void)
{
	sweep();
	server_mkdir(&server, "dir");
	server_file(&server, "dir/file.txt", "content", 7);
	make_large_file();
	c = client_on(server.port, "share");
	open_it(THE_STREAM, 2);
	write_at(fids[THE_STREAM], "abc");
	for (enum model_kind kind = 0; kind < MODELS; kind++) {
		if (kind != THE_STREAM)
			open_it(kind, 1);
	}
	change_file();
}

void
levels_teardown(void)
{
	client_close(&c);
}

int
levels_run(struct TCase *tc)
{
	Suite *s = suite_create("levels");
	SRunner *r;
	int failed;

	tcase_set_timeout(tc, 60);
	suite_add_tcase(s, tc);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return server_stop(&server) != 0 || failed != 0;
}
