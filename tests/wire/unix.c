/* SPDX-License-Identifier: BSD-2-Clause */
#include "unix.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define MAX_DATA_AT 39 /* MaxDataCount in a TRANSACTION2 request */

struct server server;
struct client *c;
struct trans2 t;

const struct basic nothing = { SAME, SAME, SAME, SAME, SAME, 0, SAME, 0, 0 };

void
unix_begin(void)
{
	c = client_on(server.port, "share");
	ck_assert_uint_eq(choose(POSIX_PATHS), STATUS_SUCCESS);
}

void
unix_end(void)
{
	client_close(&c);
}

nt_status
unix_call(size_t room)
{
	if (room != 0)
		wr_patch16(&c->out, MAX_DATA_AT, (uint16_t)room);
	return client_trans2_call(c, &t);
}

nt_status
choose(uint64_t caps)
{
	struct writer *w = client_trans2_begin(c, &t, SET_FS);

	wr_u16(w, 0);
	wr_u16(w, CIFS_UNIX);
	client_trans2_data(c, &t);
	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u64(w, caps);
	return unix_call(0);
}

static struct writer *
by_path(uint16_t subcommand, const char *path, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, &t, subcommand);

	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, path);
	client_trans2_data(c, &t);
	return w;
}

static struct writer *
by_file(uint16_t subcommand, uint16_t fid, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, &t, subcommand);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	return w;
}

nt_status
query_path(const char *path, uint16_t level)
{
	(void)by_path(QUERY_PATH, path, level);
	return unix_call(0);
}

nt_status
query_file(uint16_t fid, uint16_t level)
{
	(void)by_file(QUERY_FILE, fid, level);
	return unix_call(0);
}

nt_status
set_path(const char *path, uint16_t level, const void *data, size_t n)
{
	wr_bytes(by_path(SET_PATH, path, level), data, n);
	return unix_call(0);
}

nt_status
set_file(uint16_t fid, uint16_t level, const void *data, size_t n)
{
	wr_bytes(by_file(SET_FILE, fid, level), data, n);
	return unix_call(0);
}

nt_status
set_text(const char *path, uint16_t level, const char *text)
{
	wr_string(by_path(SET_PATH, path, level), text);
	return unix_call(0);
}

nt_status
set_basic(const char *path, uint16_t level, const struct basic *b)
{
	struct writer *w = by_path(SET_PATH, path, level);

	wr_u64(w, b->size);
	wr_u64(w, SAME);
	wr_u64(w, SAME);
	wr_u64(w, b->accessed);
	wr_u64(w, b->written);
	wr_u64(w, b->uid);
	wr_u64(w, b->gid);
	wr_u32(w, b->type);
	wr_zero(w, 24);
	wr_u64(w, b->mode);
	wr_u64(w, 0);
	if (level == UNIX_INFO2) {
		wr_u64(w, SAME);
		wr_u32(w, b->flags);
		wr_u32(w, b->mask);
	}
	return unix_call(0);
}

nt_status
posix_open(const char *path, uint32_t flags, uint32_t mode, uint16_t *fid)
{
	struct writer *w = by_path(SET_PATH, path, POSIX_OPEN);
	nt_status status;

	wr_u32(w, 0);
	wr_u32(w, flags);
	wr_u64(w, mode);
	wr_u16(w, UNIX_BASIC);
	status = unix_call(0);
	if (status != STATUS_SUCCESS)
		return status;
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	*fid = rd_u16(&t.got_data);
	return status;
}

nt_status
posix_unlink(const char *path, uint16_t type)
{
	wr_u16(by_path(SET_PATH, path, POSIX_UNLINK), type);
	return unix_call(0);
}

const char *
disk_path(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return path;
}

void
disk_symlink(const char *text, const char *name)
{
	(void)unlink(disk_path(name));
	ck_assert_int_eq(symlink(text, disk_path(name)), 0);
}

uint16_t
open_file(const char *path)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(posix_open(path, O_RW, 0, &fid), STATUS_SUCCESS);
	return fid;
}

void
close_file(uint16_t fid)
{
	struct writer *w = client_begin(c, 0x04);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}

struct stat
on_disk(const char *name)
{
	struct stat st;

	ck_assert_int_eq(lstat(disk_path(name), &st), 0);
	return st;
}

static uint64_t
ntime_of(struct timespec ts)
{
	return ntime_from_timespec(ts);
}

void
expect_basic(struct reader *r, const struct stat *st, uint32_t type)
{
	const bool device = S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode);
	const dev_t dev = device ? st->st_rdev : st->st_dev;

	ck_assert_uint_eq(rd_u64(r), S_ISDIR(st->st_mode) ? 0 : (uint64_t)st->st_size);
	ck_assert_uint_eq(
	    rd_u64(r), S_ISREG(st->st_mode) && st->st_size > 0 ? 512 * (uint64_t)st->st_blocks : 0);
	ck_assert_uint_eq(rd_u64(r), ntime_of(st->st_ctim));
	ck_assert_uint_eq(rd_u64(r), ntime_of(st->st_atim));
	ck_assert_uint_eq(rd_u64(r), ntime_of(st->st_mtim));
	ck_assert_uint_eq(rd_u64(r), st->st_uid);
	ck_assert_uint_eq(rd_u64(r), st->st_gid);
	ck_assert_uint_eq(rd_u32(r), type);
	ck_assert_uint_eq(rd_u64(r), major(dev));
	ck_assert_uint_eq(rd_u64(r), minor(dev));
	ck_assert_uint_eq(rd_u64(r), st->st_ino);
	ck_assert_uint_eq(rd_u64(r), st->st_mode & 07777);
	ck_assert_uint_eq(rd_u64(r), st->st_nlink);
}

size_t
put_acl(uint8_t *p, uint16_t version, uint16_t own, uint16_t for_new)
{
	p[0] = (uint8_t)version, p[1] = 0;
	p[2] = (uint8_t)own, p[3] = (uint8_t)(own >> 8);
	p[4] = (uint8_t)for_new, p[5] = (uint8_t)(for_new >> 8);
	return 6;
}

size_t
put_ace(uint8_t *p, uint8_t tag, uint8_t perm, uint64_t id)
{
	p[0] = tag;
	p[1] = perm;
	for (int i = 0; i < 8; i++)
		p[2 + i] = (uint8_t)(id >> 8 * i);
	return 10;
}

int
unix_main(const char *name, void (*add)(void *suite))
{
	Suite *s = suite_create(name);
	SRunner *sr;
	int failed;

	add(s);
	server_start(&server, "\tunix extensions = yes");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
