/* SPDX-License-Identifier: BSD-2-Clause */

/* What is kept for who watches a directory; what the kernel and the limits do to it. */

#include <check.h>
#include <event2/event.h>
#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>
#include <time.h>

#include "../disk/scratch.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/worker.h"
#include "disk/attr.h"
#include "disk/name.h"
#include "disk/watch.h"
#include "disk/watch_scan.h"
#include "file/node.h"
#include "file/notify.h"

#define NAMES (FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME)

static struct loop *loop;
static struct worker *worker;
static struct file_table *files;
static struct notify_table *table;
static struct open *opens[300];
static unsigned nopens, warnings;

static void
count_warnings(enum log_level level, const char *line)
{
	(void)line;
	warnings += level == LOG_LEVEL_WARNING;
}

static void
start(unsigned max)
{
	struct disk_options options = scratch_defaults();
	static const char *const veto[] = { "*.secret", "hidden", NULL };

	scratch_setup();
	loop = loop_new();
	worker = worker_new(loop, 0, 16);
	files = file_table_new();
	table = notify_table_new(loop, worker, max);
	options.watch = notify_watch(table);
	options.veto_files = veto;
	scratch_reopen(options);
	nopens = warnings = 0;
	log_redirect(count_warnings);
}

static void
setup(void)
{
	start(1000);
}

static void
teardown(void)
{
	struct disk_file *f;

	while (nopens > 0) {
		ck_assert_ptr_null(file_close(&opens[--nopens], &f, NULL));
		disk_close(&f);
	}
	notify_poll(table);
	for (int i = 0; i < 100 && notify_directories(table) > 0; i++)
		notify_poll(table);
	ck_assert_uint_eq(notify_directories(table), 0);
	ck_assert_uint_eq(notify_count(table), 0);
	notify_table_free(&table);
	file_table_free(&files);
	worker_free(worker);
	loop_free(loop);
	log_redirect(NULL);
	scratch_teardown();
}

static struct open *
watch_within(const char *path, uint32_t filter, bool tree, uint32_t buffer)
{
	struct disk_open o = { .path = path, .access = DISK_READ, .type = DISK_DIRECTORY };
	const struct share_mode mode = { .access = FILE_READ_DATA, .share = 7 };
	const struct notify_ask ask = { .filter = filter, .tree = tree, .buffer = buffer };
	struct open *open;

	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	ck_assert_uint_eq(file_open(files, o.file, o.real, &mode, &open), STATUS_SUCCESS);
	opens[nopens++] = open;
	ck_assert_uint_eq(notify_start(table, open, NULL, &ask), STATUS_SUCCESS);
	return open;
}

static struct open *
watch(const char *path, uint32_t filter, bool tree)
{
	return watch_within(path, filter, tree, 4096);
}

/* "+added -removed ~modified", "" when nothing is, "!" when it is too much to tell. */
static const char *
told(struct open *o)
{
	static const char signs[] = "?+-~<>";
	static char text[4096];
	struct notify_wait w = { .room = 65536 };
	const struct notify_change *c;
	size_t len = 0;

	text[0] = '\0';
	notify_poll(table);
	if (notify_get(o->notify, &w) == STATUS_SUCCESS) {
		STAILQ_FOREACH (c, &w.changes, link)
			len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%c%s",
			    len > 0 ? " " : "", signs[c->action], c->path);
		if (w.status == STATUS_NOTIFY_ENUM_DIR)
			memcpy(text, "!", 2);
	}
	notify_done(&w);
	return text;
}

/* Somebody else's doing. */
static void
make_dir(const char *path)
{
	ck_assert_int_eq(mkdirat(scratch_fd, path, 0755), 0);
}

static void
make_file(const char *path)
{
	int fd = openat(scratch_fd, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	ck_assert_int_ge(fd, 0);
	close(fd);
}

START_TEST(hidden_names_are_not_told)
{
	struct open *o = watch("", NAMES, true);

	make_file("a.secret");
	make_dir("hidden");
	make_file("hidden/b");
	make_dir(".smb1d.streams");
	make_file(".smb1d.streams/c");
	make_file("d");
	ck_assert_str_eq(told(o), "+d");
	ck_assert_uint_eq(notify_directories(table), 1);
}
END_TEST

START_TEST(hidden_directories_are_not_watched)
{
	struct open *o;

	make_dir("hidden");
	make_dir("hidden/deep");
	make_dir("seen");
	o = watch("", NAMES, true);
	ck_assert_uint_eq(notify_directories(table), 2);
	make_file("hidden/deep/a");
	make_file("seen/b");
	ck_assert_str_eq(told(o), "+seen\\b");
}
END_TEST

START_TEST(names_no_client_could_use_are_spelled_for_it)
{
	struct open *o = watch("", NAMES, false);

	make_file("a:b");
	ck_assert_str_eq(told(o),
	    "+a\xEF\x80\xA2"
	    "b");
}
END_TEST

START_TEST(links_are_not_followed)
{
	struct open *o;

	make_dir("real");
	ck_assert_int_eq(symlinkat("../outside", scratch_fd, "out"), 0);
	ck_assert_int_eq(symlinkat(".", scratch_fd, "loop"), 0);
	o = watch("", NAMES, true);
	ck_assert_uint_eq(notify_directories(table), 2);
	make_file("real/a");
	ck_assert_str_eq(told(o), "+real\\a");
}
END_TEST

START_TEST(our_own_change_is_told_for_what_it_is)
{
	struct open *o = watch("", FILE_NOTIFY_CHANGE_ATTRIBUTES, false);
	struct disk_open made = { .path = "a", .access = DISK_WRITE, .create = DISK_CREATE };
	const struct disk_attr time = { .written = 0x01BF53EB256D4000 };
	const struct disk_attr hide = { .attributes = FILE_ATTRIBUTE_HIDDEN };

	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &made), STATUS_SUCCESS);
	ck_assert_str_eq(told(o), "");
	ck_assert_uint_eq(disk_set_attr(&scratch, made.file, &time), STATUS_SUCCESS);
	ck_assert_str_eq(told(o), "");
	ck_assert_uint_eq(disk_set_attr(&scratch, made.file, &hide), STATUS_SUCCESS);
	ck_assert_str_eq(told(o), "~a");
	disk_close(&made.file);
}
END_TEST

START_TEST(what_cannot_all_be_watched_is_looked_at_now_and_then)
{
	struct open *o;

	for (int i = 0; i < 9; i++) {
		char name[2] = { (char)('a' + i), 0 };

		make_dir(name);
	}
	o = watch("", NAMES, true);
	ck_assert_uint_le(notify_directories(table), 5);
	ck_assert_uint_eq(warnings, 1);
	make_file("file");
	ck_assert_str_eq(told(o), "+file");
	for (int i = 0; i < 60; i++)
		notify_tick(table);
	ck_assert_str_eq(told(o), "!");
	ck_assert_str_eq(told(o), "");
	for (int i = 0; i < 60; i++)
		notify_tick(table);
	ck_assert_str_eq(told(o), "!");
	ck_assert_uint_eq(warnings, 1);
	/* There is room again. */
	for (int i = 2; i < 9; i++) {
		char name[2] = { (char)('a' + i), 0 };

		ck_assert_int_eq(unlinkat(scratch_fd, name, AT_REMOVEDIR), 0);
	}
	for (int i = 0; i < 120; i++)
		notify_tick(table);
	told(o);
	make_file("a/x");
	make_file("b/y");
	ck_assert_str_eq(told(o), "+a\\x +b\\y");
	for (int i = 0; i < 120; i++)
		notify_tick(table);
	ck_assert_str_eq(told(o), "");
}
END_TEST

START_TEST(who_waits_where_nothing_can_be_watched_is_told_to_look)
{
	struct notify_wait w = { .room = 65536 };
	struct open *o = watch("", NAMES, false);

	ck_assert_uint_eq(notify_directories(table), 0);
	ck_assert_uint_eq(notify_get(o->notify, &w), STATUS_PENDING);
	/* As request_wait does it, so that somebody is there. */
	struct waiter waiter;

	waiter_init(&waiter, loop, NULL);
	waiter_add(&w.list, &waiter);
	for (int i = 0; i < 60; i++)
		notify_tick(table);
	ck_assert_uint_eq(w.status, STATUS_NOTIFY_ENUM_DIR);
	waiter_cancel(&waiter);
	notify_done(&w);
}
END_TEST

static void
none(void)
{
	start(0);
}

static void
few(void)
{
	start(5);
}

START_TEST(what_the_kernel_lost_is_said_and_the_tree_watched_on)
{
	struct open *o = watch("", NAMES, true);
	char name[16];

	for (int i = 0; i < 9000; i++) {
		snprintf(name, sizeof(name), "%d", i);
		make_file(name);
		ck_assert_int_eq(unlinkat(scratch_fd, name, 0), 0);
	}
	make_dir("late");
	ck_assert_str_eq(told(o), "!");
	make_file("late/a");
	ck_assert_str_eq(told(o), "+late\\a");
}
END_TEST

/* Each takes 212 bytes to be told. */
static void
make_files(unsigned n)
{
	char name[128];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%0100u", i);
		make_file(name);
	}
}

/* How many of them are told to look for themselves. */
static unsigned
lost(unsigned from, unsigned to)
{
	struct notify_wait w = { .room = 65536 };
	unsigned n = 0;

	for (; from < to; from++) {
		ck_assert_uint_eq(notify_get(opens[from]->notify, &w), STATUS_SUCCESS);
		n += w.status == STATUS_NOTIFY_ENUM_DIR;
		notify_done(&w);
	}
	return n;
}

START_TEST(one_client_is_kept_only_so_much_in_all_its_directories)
{
	static unsigned kept[2]; /* until the directories are closed */

	for (int i = 0; i < 80; i++)
		watch_within("", NAMES, false, 65536)->owner_changes = &kept[i < 60];
	make_files(250);
	notify_poll(table);
	ck_assert_uint_le(kept[1], 2 << 20);
	ck_assert_uint_ge(kept[1], 1 << 20);
	ck_assert_uint_ge(lost(0, 60), 1);
	ck_assert_uint_eq(kept[1], 0);
	/* Another one's are all there. */
	ck_assert_uint_ge(kept[0], 1 << 20);
	ck_assert_uint_eq(lost(60, 80), 0);
	ck_assert_uint_eq(kept[0], 0);
	make_file("a");
	ck_assert_str_eq(told(opens[0]), "+a");
}
END_TEST

START_TEST(all_are_kept_only_so_much)
{
	unsigned told_to_look;

	for (int i = 0; i < 300; i++)
		watch_within("", NAMES, false, 65536);
	make_files(300);
	notify_poll(table);
	told_to_look = lost(0, 300);
	ck_assert_uint_ge(told_to_look, 1);
	ck_assert_uint_lt(told_to_look, 300);
	make_file("a");
	notify_poll(table);
	ck_assert_uint_eq(lost(0, 299), 0);
	ck_assert_str_eq(told(opens[299]), "+a");
}
END_TEST

START_TEST(many_handles_share_the_watches)
{
	struct open *a, *b, *c;

	make_dir("x");
	make_dir("x/y");
	a = watch("x", NAMES, true);
	ck_assert_uint_eq(notify_directories(table), 2);
	b = watch("x/y", NAMES, false);
	ck_assert_uint_eq(notify_directories(table), 2);
	c = watch("", NAMES, true);
	ck_assert_uint_eq(notify_directories(table), 3);
	make_file("x/y/z");
	ck_assert_str_eq(told(a), "+y\\z");
	ck_assert_str_eq(told(b), "+z");
	ck_assert_str_eq(told(c), "+x\\y\\z");
}
END_TEST

START_TEST(what_is_below_goes_with_who_watched_it)
{
	struct disk_file *f;
	char name[16];

	make_dir("keep");
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		make_dir(name);
	}
	watch("keep", NAMES, true);
	watch("", NAMES, true);
	ck_assert_uint_eq(notify_directories(table), 302);
	ck_assert_ptr_null(file_close(&opens[--nopens], &f, NULL));
	disk_close(&f);
	for (int i = 0; i < 3; i++)
		notify_poll(table);
	ck_assert_uint_eq(notify_directories(table), 1);
	make_file("keep/a");
	ck_assert_str_eq(told(opens[0]), "+a");
}
END_TEST

/* Left unread it would keep the loop turning for ever. */
static bool
ignored(struct watch *w, int wd)
{
	struct watch_events events = STAILQ_HEAD_INITIALIZER(events);
	struct watch_event *e;
	bool found = false;

	watch_take(w, &events);
	while ((e = STAILQ_FIRST(&events)) != NULL) {
		STAILQ_REMOVE_HEAD(&events, link);
		found |= e->wd == wd && (e->mask & IN_IGNORED) != 0;
		free(e);
	}
	return found;
}

/* A tree of thousands that nobody watches any more says so thousands of times. */
START_TEST(watches_ended_by_us_are_no_news)
{
	struct watch *w = watch_new();
	int fd, wd;

	make_dir("d");
	fd = openat(scratch_fd, "d", O_PATH | O_CLOEXEC);
	wd = watch_add(w, fd);
	watch_remove(w, wd);
	ck_assert(!ignored(w, wd));
	wd = watch_add(w, fd);
	close(fd);
	ck_assert_int_eq(unlinkat(scratch_fd, "d", AT_REMOVEDIR), 0);
	ck_assert(ignored(w, wd));
	watch_free(&w);
}
END_TEST

START_TEST(what_a_scan_missed_is_for_who_watched_by_then)
{
	struct watch *w = watch_new();
	const struct watch_scan_from from = { .fd = scratch_fd, .path = "d", .most = 10 };
	struct timespec before, after;
	struct watch_scan *s;

	make_dir("d");
	clock_gettime(CLOCK_REALTIME_COARSE, &before);
	s = watch_scan_new(w, &scratch, &from);
	make_dir("d/new");
	clock_gettime(CLOCK_REALTIME, &after);
	after.tv_sec++;
	ck_assert(watch_scan_run(s, false));
	ck_assert(watch_scan_missed(s, &before));
	ck_assert(!watch_scan_missed(s, &after));
	watch_scan_free(&s);
	watch_free(&w);
}
END_TEST

START_TEST(what_the_kernel_says_when_the_last_watch_goes_is_read)
{
	struct disk_file *f;
	struct pollfd unread;

	make_dir("d");
	watch("", NAMES, true);
	ck_assert_ptr_null(file_close(&opens[--nopens], &f, NULL));
	disk_close(&f);
	for (int i = 0; i < 100 && notify_directories(table) > 0; i++)
		notify_poll(table);
	ck_assert_uint_eq(notify_directories(table), 0);
	unread = (struct pollfd){ .fd = watch_fd(notify_watch(table)), .events = POLLIN };
	event_base_loop(loop->base, EVLOOP_NONBLOCK);
	ck_assert_int_eq(poll(&unread, 1, 0), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notify");
	TCase *tc = tcase_create("kept"), *limited = tcase_create("limited");
	TCase *blind = tcase_create("blind");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, hidden_names_are_not_told);
	tcase_add_test(tc, hidden_directories_are_not_watched);
	tcase_add_test(tc, names_no_client_could_use_are_spelled_for_it);
	tcase_add_test(tc, links_are_not_followed);
	tcase_add_test(tc, our_own_change_is_told_for_what_it_is);
	tcase_add_test(tc, what_the_kernel_lost_is_said_and_the_tree_watched_on);
	tcase_add_test(tc, one_client_is_kept_only_so_much_in_all_its_directories);
	tcase_add_test(tc, all_are_kept_only_so_much);
	tcase_add_test(tc, many_handles_share_the_watches);
	tcase_add_test(tc, what_is_below_goes_with_who_watched_it);
	tcase_add_test(tc, watches_ended_by_us_are_no_news);
	tcase_add_test(tc, what_a_scan_missed_is_for_who_watched_by_then);
	tcase_add_test(tc, what_the_kernel_says_when_the_last_watch_goes_is_read);
	suite_add_tcase(s, tc);
	tcase_add_checked_fixture(limited, few, teardown);
	tcase_add_test(limited, what_cannot_all_be_watched_is_looked_at_now_and_then);
	tcase_add_checked_fixture(blind, none, teardown);
	tcase_add_test(blind, who_waits_where_nothing_can_be_watched_is_told_to_look);
	suite_add_tcase(s, blind);
	suite_add_tcase(s, limited);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
