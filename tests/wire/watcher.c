/* SPDX-License-Identifier: BSD-2-Clause */
#include "watcher.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smb/commands.h"

#define NOTIFY_CHANGE  0x0004
#define LIST_DIRECTORY 0x00100001u

const struct asked names = { .filter = NAMES };
const struct asked tree = { .filter = NAMES, .tree = true };

struct server server;
struct client *c, *maker;
uint16_t fid;

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* Below the share, on disk. One of 4 in turn. */
const char *
local(const char *name)
{
	static char paths[4][256];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", server.root, name);
	return path;
}

uint16_t
open_dir(struct client *by, const char *name)
{
	const struct how how = { .name = name, .access = LIST_DIRECTORY, .share = SHARE_ALL };

	return open_granted(by, &how, NO_OPLOCK);
}

void
watcher_begin(void)
{
	nftw(local("dir"), remove_one, 16, FTW_DEPTH | FTW_PHYS);
	server_mkdir(&server, "dir");
	server_mkdir(&server, "elsewhere");
	c = client_on(server.port, "share");
	maker = client_on(server.port, "share");
	fid = open_dir(c, "dir");
}

void
watcher_end(void)
{
	client_close(&c);
	client_close(&maker);
}

uint16_t
ask_on(struct client *by, uint16_t of, const struct asked *a)
{
	const uint16_t setup_words[] = { (uint16_t)a->filter, (uint16_t)(a->filter >> 16), of,
		a->tree };
	struct trans2 t;

	client_nt_begin(by, &t, NOTIFY_CHANGE, setup_words, 4);
	wr_patch32(&by->out, 44, a->room != 0 ? a->room : 4096);
	client_trans2_end(by, &t);
	client_send(by);
	return by->mid;
}

uint16_t
ask(const struct asked *a)
{
	return ask_on(c, fid, a);
}

/* The changes of a reply as text: "+added -removed ~modified <old >new", in the order told; of
 * streams
 * "*added /removed =modified". */
static const char *
changes(struct reader *r)
{
	static const char signs[] = "?+-~<>*/=";
	static char text[65536];
	uint32_t next, action, n;
	size_t len = 0, at;

	text[0] = '\0';
	while (rd_left(r) > 0) {
		at = r->pos;
		next = rd_u32(r);
		action = rd_u32(r);
		n = rd_u32(r);
		ck_assert_uint_eq(next % 4, 0);
		ck_assert_uint_le(n, rd_left(r));
		r->unicode = true;
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%c%s",
		    len > 0 ? " " : "", action < sizeof(signs) - 1 ? signs[action] : '?',
		    rd_text(r, n));
		ck_assert_uint_lt(len, sizeof(text));
		if (next == 0)
			break;
		rd_skip(r, at + next - r->pos);
	}
	ck_assert(rd_ok(r));
	return text;
}

const char *
told_to(struct client *by, uint16_t mid)
{
	struct trans2 t = { .nt = true };

	client_receive(by, &t.reply);
	ck_assert(!t.reply.closed);
	ck_assert_uint_eq(t.reply.h.command, SMB_COM_NT_TRANSACT);
	ck_assert_uint_eq(t.reply.h.mid, mid);
	ck_assert_uint_eq(t.reply.h.status, STATUS_SUCCESS);
	ck_assert_uint_eq(t.reply.word_count, 18);
	client_trans2_read(&t);
	return changes(&t.got_parameters);
}

/* Asked, and the server has nothing to tell yet. */
/* All trees are watched that were asked for. */
void
settled(void)
{
	const char *build = getenv("builddir");
	char command[512], line[8192];
	bool scans = true;
	FILE *f;

	snprintf(command, sizeof(command), "%s/smb1ctl -s %s/control --json status",
	    build != NULL ? build : "build", server.dir);
	while (scans) {
		f = popen(command, "r");
		ck_assert_ptr_nonnull(f);
		scans = false;
		while (fgets(line, sizeof(line), f) != NULL)
			scans |= strstr(line, "\"scans\":") != NULL &&
			    strstr(line, "\"scans\": 0") == NULL &&
			    strstr(line, "\"scans\":0") == NULL;
		ck_assert_int_eq(pclose(f), 0);
	}
}

uint16_t
waiting_on(struct client *by, uint16_t of, const struct asked *a)
{
	uint16_t mid = ask_on(by, of, a);

	nothing_comes(by);
	if (a->tree)
		settled();
	return mid;
}

uint16_t
waiting(const struct asked *a)
{
	return waiting_on(c, fid, a);
}

nt_status
ended(uint16_t mid)
{
	return simple_reply(c, mid);
}

void
begin(const struct asked *a)
{
	uint16_t mid = ask(a);

	cancel(c, mid);
	ck_assert_uint_eq(ended(mid), STATUS_CANCELLED);
	if (a->tree)
		settled();
}

/* All that has been told since the last request, in as many replies as it takes to have n. */
void
expect_in_time(const struct asked *a, size_t n, const char *text)
{
	char all[4096] = "";

	while (n > 0) {
		const char *part = told_to(c, ask(a));

		ck_assert_uint_gt(strlen(part), 0);
		for (const char *p = part; p != NULL; p = strchr(p + 1, ' '))
			n -= n > 0;
		ck_assert_uint_lt(strlen(all) + strlen(part) + 2, sizeof(all));
		if (all[0] != '\0')
			strcat(all, " ");
		strcat(all, part);
	}
	ck_assert_str_eq(all, text);
}

void
touch(const char *name)
{
	int fd = open(local(name), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

static void
done(struct client *by)
{
	struct reply r;

	ck_assert_uint_eq(client_call(by, &r), STATUS_SUCCESS);
}

static void
named(uint8_t command, const char *name)
{
	struct writer *w = client_begin(maker, command);

	if (command == SMB_COM_DELETE)
		wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	done(maker);
}

void
mkdir_by(const char *name)
{
	named(SMB_COM_CREATE_DIRECTORY, name);
}

void
rmdir_by(const char *name)
{
	named(SMB_COM_DELETE_DIRECTORY, name);
}

void
delete_by(const char *name)
{
	named(SMB_COM_DELETE, name);
}

uint16_t
open_by(const char *name)
{
	const struct how how = {
		.name = name, .share = SHARE_ALL, .disposition = DISPOSITION_OPEN_IF
	};

	return open_granted(maker, &how, NO_OPLOCK);
}

void
create_by(const char *name)
{
	must_close(maker, open_by(name));
}

void
rename_by(const char *from, const char *to)
{
	struct writer *w = client_begin(maker, SMB_COM_RENAME);

	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	done(maker);
}

void
set_attributes_by(const char *name, uint16_t attributes, uint32_t written)
{
	struct writer *w = client_begin(maker, SMB_COM_SET_INFORMATION);

	wr_u16(w, attributes);
	wr_u32(w, written);
	wr_zero(w, 10);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	done(maker);
}

TCase *
watcher_case(Suite *s, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_add_checked_fixture(tc, watcher_begin, watcher_end);
	tcase_set_timeout(tc, 120);
	suite_add_tcase(s, tc);
	return tc;
}

int
watcher_main(Suite *s)
{
	SRunner *sr;
	int failed;

	server_start(&server, "");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
