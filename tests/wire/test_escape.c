/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Symbolic links that lead out of the share. A directory and a file change places with such links
 * while several connections do all there is to do with both: nothing outside is touched, and
 * nothing of it is told. A link that stands still tells not even whether it leads to something.
 */
#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "escape.h"
#include "server.h"
#include "told.h"

#define CLIENTS 4
#define ROUNDS  1000 /* unless ESCAPE_SECONDS says how long */

static struct server server;
static const char *const shares[] = { "share", "followed" };

/* What lies outside has these in its names, contents, attributes, size and owner. */
#define WORD  "OUTSIDE"
#define SIZE  0x01234567
#define OWNER 0x00ABCDEF

static const char *
path_of(const char *name)
{
	static char path[2][192];
	static int i;

	i = !i;
	snprintf(path[i], sizeof(path[i]), "%s/%s", server.dir, name);
	return path[i];
}

/* --- what lies outside --- */

static void
make_outside_file(const char *name)
{
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 1000000000 } };
	const char *path = path_of(name);
	int fd = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0666);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, WORD, sizeof(WORD)), sizeof(WORD));
	ck_assert_int_eq(ftruncate(fd, SIZE), 0);
	ck_assert_int_eq(fsetxattr(fd, "user." WORD, WORD, sizeof(WORD), 0), 0);
	ck_assert_int_eq(fsetxattr(fd, "user.DosStream." WORD ":$DATA", WORD, sizeof(WORD), 0), 0);
	if (getuid() == 0)
		ck_assert_int_eq(fchown(fd, OWNER, OWNER), 0);
	fchmod(fd, 0666);
	/* Reading it would show. */
	ck_assert_int_eq(futimens(fd, times), 0);
	close(fd);
}

static void
make_outside(void)
{
	static const char *const files[] = { "outside/OUTSIDE", "outside/secret", "outside/victim",
		"outside/keep", "outside/f", "outside/sub/inner" };

	mkdir(path_of("outside"), 0777);
	mkdir(path_of("outside/sub"), 0777);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		make_outside_file(files[i]);
	chmod(path_of("outside"), 0777);
	chmod(path_of("outside/sub"), 0777);
}

/* Without reading anything that would note it. Who is added or removed shows in the times of the
 * directory. */
static char *
outside(void)
{
	static const char *const all[] = { "outside", "outside/OUTSIDE", "outside/secret",
		"outside/victim", "outside/keep", "outside/f", "outside/sub", "outside/sub/inner" };
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		told_one(to, path_of(all[i]), true);
	fclose(to);
	return text;
}

static void
is_untouched(char *before)
{
	char *after = outside();

	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}

/* --- what is told --- */

static bool
contains(const struct reply *r, const void *what, size_t n)
{
	return memmem(r->msg, r->len, what, n) != NULL;
}

static void
check_reply(const struct reply *r, const char *what)
{
	static const char wide[] = "O\0U\0T\0S\0I\0D\0E";
	static const uint8_t size[] = { 0x67, 0x45, 0x23, 0x01 }, owner[] = { 0xEF, 0xCD, 0xAB, 0 };

	ck_assert(!r->closed);
	ck_assert_msg(!contains(r, WORD, strlen(WORD)) && !contains(r, wide, sizeof(wide) - 1) &&
		!contains(r, size, sizeof(size)) && !contains(r, owner, sizeof(owner)),
	    "%s tells what lies outside", what);
}

/* --- links that stand still --- */

/* The whole answer, but for the MID, which is the same each time. */
static char *
answers(struct client *c, size_t *n)
{
	char *text = NULL;
	FILE *to = open_memstream(&text, n);
	struct reply r;

	c->mid = 100;
	for (size_t i = 0; i < escape_count; i++) {
		escapes[i].build(c, "\\d");
		client_send(c);
		client_receive(c, &r);
		check_reply(&r, escapes[i].name);
		ck_assert_msg(r.h.status != STATUS_SUCCESS || escapes[i].harmless,
		    "%s succeeds through a link", escapes[i].name);
		fwrite(r.msg, 1, r.len, to);
	}
	fclose(to);
	return text;
}

static void
point(const char *name, const char *to)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	unlink(path);
	ck_assert_int_eq(symlink(to, path), 0);
}

START_TEST(what_a_link_outside_leads_to_cannot_be_told)
{
	static const char *const to[][2] = { { "../outside", "../outside/f" },
		{ "../nowhere", "../outside/no" }, { "../outside/secret", "../outside/sub" } };
	struct client *c = client_on(server.port, shares[_i]);
	char *before = outside(), *said[3];
	size_t n[3];

	for (int i = 0; i < 3; i++) {
		point("d", to[i][0]);
		point("f", to[i][1]);
		said[i] = answers(c, &n[i]);
		ck_assert_uint_eq(n[i], n[0]);
		ck_assert_mem_eq(said[i], said[0], n[0]);
	}
	for (int i = 0; i < 3; i++)
		free(said[i]);
	is_untouched(before);
	client_close(&c);
}
END_TEST

/* --- links that come and go --- */

static atomic_bool stop;

static void *
flip(void *arg)
{
	int fd = open(server.root, O_PATH | O_CLOEXEC);

	(void)arg;
	while (!atomic_load(&stop)) {
		renameat2(fd, "d", fd, "l", RENAME_EXCHANGE);
		renameat2(fd, "f", fd, "g", RENAME_EXCHANGE);
		usleep(20); /* the others want the directory's lock too */
	}
	close(fd);
	return NULL;
}

static unsigned
dice(unsigned n)
{
	static uint32_t seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static unsigned done[2]; /* refused, and not */

/* What was opened is used, and closed. */
static void
receive(struct client *c, const struct escape *e)
{
	struct reply r;
	uint16_t fid;

	client_receive(c, &r);
	check_reply(&r, e->name);
	done[r.h.status == STATUS_SUCCESS]++;
	ck_assert_msg(r.h.status != STATUS_SUCCESS || !e->never, "%s succeeds", e->name);
	if (!escape_fid(&r, &fid))
		return;
	for (size_t i = 0; i < escape_fid_count; i++) {
		escape_by_fid[i](c, fid);
		client_send(c);
		client_receive(c, &r);
		check_reply(&r, e->name);
	}
	escape_watch(c, fid);
	client_receive(c, &r);
	check_reply(&r, "NOTIFY_CHANGE");
	escape_close(c, fid);
	client_send(c);
	client_receive(c, &r);
}

static void
all_at_once(struct client *const *c)
{
	const struct escape *asked[CLIENTS];

	for (int i = 0; i < CLIENTS; i++) {
		asked[i] = &escapes[dice((unsigned)escape_count)];
		asked[i]->build(c[i], dice(2) == 0 ? "\\d" : "\\D");
		client_send(c[i]);
	}
	for (int i = 0; i < CLIENTS; i++)
		receive(c[i], asked[i]);
}

static bool
goes_on(unsigned round, const struct timespec *since)
{
	const char *seconds = getenv("ESCAPE_SECONDS");
	struct timespec now;

	if (seconds == NULL)
		return round < ROUNDS;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec - since->tv_sec < atol(seconds);
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *at)
{
	(void)st, (void)flag;
	return at->level > 0 ? remove(path) : 0;
}

static void
clear_root(void)
{
	ck_assert_int_eq(nftw(server.root, remove_one, 16, FTW_DEPTH | FTW_PHYS), 0);
}

START_TEST(a_link_flipped_at_any_moment_leads_nowhere)
{
	struct client *c[CLIENTS];
	char *before = outside();
	struct timespec since;
	pthread_t thread;

	clock_gettime(CLOCK_MONOTONIC, &since);
	server_mkdir(&server, "d");
	server_file(&server, "f", "inside", 6);
	point("l", "../outside");
	point("g", "../outside/f");
	for (int i = 0; i < CLIENTS; i++)
		c[i] = client_on(server.port, shares[_i]);
	atomic_store(&stop, false);
	ck_assert_int_eq(pthread_create(&thread, NULL, flip, NULL), 0);
	for (unsigned round = 0; goes_on(round, &since); round++)
		all_at_once(c);
	atomic_store(&stop, true);
	pthread_join(thread, NULL);
	for (int i = 0; i < CLIENTS; i++)
		client_close(&c[i]);
	is_untouched(before);
	ck_assert_uint_gt(done[0], 0);
	ck_assert_uint_gt(done[1], 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("escape");
	TCase *tc = tcase_create("links"), *race = tcase_create("races");
	SRunner *r;
	int failed;

	tcase_add_unchecked_fixture(tc, make_outside, NULL);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, what_a_link_outside_leads_to_cannot_be_told, 0, 2);
	tcase_add_checked_fixture(race, clear_root, NULL);
	tcase_set_timeout(race, 3600);
	tcase_add_loop_test(race, a_link_flipped_at_any_moment_leads_nowhere, 0, 2);
	suite_add_tcase(s, tc);
	suite_add_tcase(s, race);
	server_start(&server, "");
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return server_stop(&server) != 0 || failed != 0;
}
