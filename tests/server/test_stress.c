/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Sixteen connections that open, lock, write, break, rename and delete the same twenty files at
 * random, against a model of what must hold. STRESS_SECONDS says for how long, STRESS_SEED repeats
 * the dice of an earlier run.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/loop.h"
#include "player.h"
#include "server/ctl/ctl.h"
#include "server/server.h"

#define ROUND_MS     1500
#define ANSWER_MS    30000 /* whoever is not answered by then never will be */
#define SPARE_MEMORY (256 * 1024)

static void
turn(int ms)
{
	loop_turn(game.inside.loop, ms);
	for (int i = 0; i < PLAYERS; i++)
		player_listen(&game.players[i]);
	model_check_breaks(game.model);
}

static bool
all_given_back(void)
{
	for (int i = 0; i < PLAYERS; i++) {
		for (int j = 0; j < FILES; j++) {
			if (game.players[i].files[j].open != NULL)
				return false;
		}
		for (int j = 0; j < QUESTIONS; j++) {
			if (game.players[i].questions[j].used)
				return false;
		}
	}
	return true;
}

static json_t *
status_document(void)
{
	const struct ctl_subject subject = { .server = game.inside.server };
	char *text = ctl_answer(&subject, "status");
	json_t *document = json_loads(text, 0, NULL);

	free(text);
	ck_assert_ptr_nonnull(document);
	return document;
}

/* A figure of the server's, with a dot for one within another. */
static json_int_t
figure(const char *group, const char *name)
{
	json_t *document = status_document();
	json_t *from = group != NULL ? json_object_get(document, group) : document;
	json_int_t n = json_integer_value(json_object_get(from, name));

	json_decref(document);
	return n;
}

static bool
nothing_open(void)
{
	static const char *const all[] = { "nodes", "opens", "locks", "oplocks", "breaks",
		"waiters", "outstanding", "handles" };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		if (figure("counts", all[i]) != 0)
			return false;
	}
	return true;
}

static const char *
what_is_open(void)
{
	const struct ctl_subject subject = { .server = game.inside.server };
	static char text[4096];
	char *files = ctl_answer(&subject, "files"), *locks = ctl_answer(&subject, "locks");

	snprintf(text, sizeof text, "%.2000s %.2000s", files, locks);
	free(files);
	free(locks);
	return text;
}

/* Those who wait for a lock get it as it comes free, and give it back: nobody is forgotten. */
static void
become_quiet(void)
{
	uint64_t end = loop_now_ms() + ANSWER_MS;

	game.quiet = true;
	while (!all_given_back()) {
		ck_assert_msg(loop_now_ms() < end, "somebody is not answered: %s", what_is_open());
		for (int i = 0; i < PLAYERS; i++)
			player_step(&game.players[i]);
		turn(1);
	}
	/* What those who hung up had open closes when its jobs are done. */
	while (!nothing_open()) {
		ck_assert_msg(loop_now_ms() < end, "something is left: %s", what_is_open());
		turn(1);
	}
	game.quiet = false;
}

static void
compare_file(const char *name)
{
	char path[128];
	uint8_t data[MODEL_SLOTS * MODEL_SLOT_SIZE] = { 0 };
	struct stat st;
	int fd;

	snprintf(path, sizeof path, "%s/%s", game.inside.folder, name);
	fd = open(path, O_RDONLY);
	ck_assert(fd >= 0 && fstat(fd, &st) == 0 && read(fd, data, sizeof data) >= 0);
	close(fd);
	for (unsigned i = 0; i < MODEL_SLOTS; i++)
		model_on_disk(
		    game.model, st.st_ino, i, get_le(data + i * MODEL_SLOT_SIZE, MODEL_SLOT_SIZE));
}

static void
compare_disk(void)
{
	DIR *dir = opendir(game.inside.folder);
	struct dirent *e;

	ck_assert_ptr_nonnull(dir);
	while ((e = readdir(dir)) != NULL) {
		if (e->d_name[0] == 'f')
			compare_file(e->d_name);
	}
	closedir(dir);
}

static void
play_round(void)
{
	uint64_t end = loop_now_ms() + ROUND_MS;

	while (loop_now_ms() < end) {
		struct player *p = &game.players[dice(PLAYERS)];

		if (p->c.fd < 0)
			player_enter(p);
		else if (dice(1500) == 0)
			player_hang_up(p);
		else
			player_step(p);
		turn(0);
	}
	become_quiet();
	compare_disk();
	model_quiet(game.model);
	game.wild = !game.wild;
}

static unsigned
seconds(void)
{
	const char *text = getenv("STRESS_SECONDS");

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : 8;
}

static void
choose_seed(void)
{
	const char *text = getenv("STRESS_SEED");

	if (text != NULL)
		game.dice = strtoull(text, NULL, 0);
	else
		ck_assert_int_eq(getrandom(&game.dice, sizeof game.dice, 0), sizeof game.dice);
	game.dice |= 1;
	fprintf(stderr, "# STRESS_SEED=0x%llx\n", (unsigned long long)game.dice);
}

/* What is left of memory and descriptors when all have gone. */
struct idle {
	json_int_t allocated, descriptors;
};

static struct idle
idle_figures(void)
{
	struct idle idle = { .allocated = figure("memory", "allocated"),
		.descriptors = figure(NULL, "descriptors") };

	return idle;
}

static struct idle
play(uint64_t ms)
{
	uint64_t end = loop_now_ms() + ms;

	do
		play_round();
	while (loop_now_ms() < end);
	for (int i = 0; i < PLAYERS; i++)
		client_close(&game.players[i].c);
	for (end = loop_now_ms() + ANSWER_MS; figure("counts", "connections") != 0; turn(1))
		ck_assert_msg(loop_now_ms() < end, "connections are left");
	ck_assert_int_eq(figure("counts", "sessions"), 0);
	ck_assert_int_eq(figure("counts", "trees"), 0);
	return idle_figures();
}

static void
report(void)
{
	const struct model_figures *f = model_figures(game.model);

	fprintf(stderr,
	    "# %u opens, %u refused; %u locks, %u refused; %u reads, %u writes, %u intrusions; "
	    "%u oplocks, %u broken; %u renames, %u deletes\n",
	    f->opens, f->open_refusals, f->locks, f->lock_refusals, f->reads, f->writes,
	    f->intrusions, f->oplocks, f->breaks, f->renames, f->deletes);
	ck_assert_uint_gt(f->opens, 100);
	ck_assert_uint_gt(f->locks, 50);
	ck_assert_uint_gt(f->lock_refusals, 0);
	ck_assert_uint_gt(f->reads, 20);
	ck_assert_uint_gt(f->writes, 20);
	ck_assert_uint_gt(f->intrusions, 20);
	ck_assert_uint_gt(f->renames, 0);
	ck_assert_uint_gt(f->deletes, 0);
}

static void
stress(bool slow_disk)
{
	static const char *const keys[][3] = { { NULL, "oplock break timeout", "1" }, { 0 } };
	uint64_t half = seconds() * 1000 / 4;
	struct idle before, first, second;

	choose_seed();
	inside_start(&game.inside, 4, keys);
	if (slow_disk)
		inside_slow_disk(&game.inside);
	game.model = model_new();
	for (int i = 0; i < PLAYERS; i++)
		game.players[i].c.fd = -1;
	before = idle_figures();
	first = play(half);
	second = play(half);
	report();
	ck_assert_int_eq(first.descriptors, before.descriptors);
	ck_assert_int_eq(second.descriptors, before.descriptors);
	ck_assert_msg(second.allocated <= first.allocated + SPARE_MEMORY,
	    "memory went from %lld to %lld", (long long)first.allocated,
	    (long long)second.allocated);
	model_free(&game.model);
	inside_stop(&game.inside);
}

START_TEST(many_share_files_on_a_quick_disk)
{
	stress(false);
}
END_TEST

START_TEST(many_share_files_on_a_slow_disk)
{
	stress(true);
}
END_TEST

static Suite *
suite(void)
{
	Suite *suite = suite_create("server/stress");
	TCase *tc = tcase_create("stress");

	tcase_set_timeout(tc, seconds() * 5 + 120);
	tcase_add_test(tc, many_share_files_on_a_quick_disk);
	tcase_add_test(tc, many_share_files_on_a_slow_disk);
	suite_add_tcase(suite, tc);
	return suite;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
