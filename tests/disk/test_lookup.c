/* SPDX-License-Identifier: BSD-2-Clause */

#include "first_short.h"
#include "scratch.h"

#include "disk/beneath.h"
#include "disk/cache.h"
#include "disk/dir.h"
#include "disk/lookup.h"

static void
setup_in_memory(void)
{
	if (access("/dev/shm", W_OK) == 0)
		scratch_base = "/dev/shm";
	scratch_setup();
}

static nt_status
look(const char *path, char **real)
{
	struct disk_stat st;

	return disk_lookup(&scratch, &scratch_arena, path, &st, real);
}

static void
expect_real(const char *path, const char *expected)
{
	char *real = NULL;

	ck_assert_msg(look(path, &real) == STATUS_SUCCESS, "%s is not found", path);
	ck_assert_str_eq(real, expected);
}

static void
expect(const char *path, nt_status status)
{
	nt_status got = look(path, NULL);

	ck_assert_msg(got == status, "%s: %08X, not %08X", path, got, status);
}

START_TEST(names_are_found_in_any_case)
{
	others_mkdir("Dir");
	others_mkdir("Dir/Sub");
	others_write("Dir/Sub/Füße.txt", "x");
	expect_real("Dir/Sub/Füße.txt", "Dir/Sub/Füße.txt");
	expect_real("DIR/SUB/FÜßE.TXT", "Dir/Sub/Füße.txt");
	expect_real("dir/Sub/füße.TXT", "Dir/Sub/Füße.txt");
	expect_real("", "");
}
END_TEST

START_TEST(the_exact_spelling_wins)
{
	others_write("name", "1");
	others_write("Name", "2");
	others_write("NAME", "3");
	expect_real("name", "name");
	expect_real("Name", "Name");
	expect_real("NAME", "NAME");
	expect_real("nAME", "NAME"); /* the first in byte order */
}
END_TEST

START_TEST(what_is_missing_is_told_apart)
{
	others_mkdir("d");
	others_write("d/f", "x");
	expect("none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("d/none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("D/none", STATUS_OBJECT_NAME_NOT_FOUND);
	expect("none/f", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/none/f", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/f/x", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("D/F/x", STATUS_OBJECT_PATH_NOT_FOUND);
	expect("d/f/x/y", STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(invalid_names_are_refused)
{
	expect("a*b", STATUS_OBJECT_NAME_INVALID);
	expect("a:b/c", STATUS_OBJECT_NAME_INVALID);
	expect("..", STATUS_OBJECT_NAME_INVALID);
	expect("a/../..", STATUS_OBJECT_NAME_INVALID);
}
END_TEST

START_TEST(names_of_any_bytes_are_reached)
{
	others_write("caf\xE9*", "x");
	expect_real("caf\uEEE9\uF021", "caf\uEEE9\uF021");
	expect_real("CAF\uEEE9\uF021", "caf\uEEE9\uF021");
	expect("caf?", STATUS_OBJECT_NAME_INVALID);
}
END_TEST

START_TEST(short_names_lead_to_their_files)
{
	char alias[13], lower[13];

	others_write("A rather long name.text", "x");
	others_mkdir("Some long directory");
	others_write("Some long directory/file", "x");
	first_short_name("A rather long name.text", alias);
	ck_assert_uint_eq(strlen(alias), 12);
	ck_assert_str_eq(alias + 8, ".TEX");
	expect_real(alias, "A rather long name.text");
	for (size_t i = 0; i < sizeof(alias); i++)
		lower[i] = (char)(alias[i] >= 'A' && alias[i] <= 'Z' ? alias[i] + 32 : alias[i]);
	expect_real(lower, "A rather long name.text");
	first_short_name("Some long directory", alias);
	expect_real(arena_printf(&scratch_arena, "%s/FILE", alias), "Some long directory/file");
	expect("A~000000.TEX", STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(a_file_named_like_a_short_name_wins)
{
	char alias[SHORT_NAME_SIZE], other[SHORT_NAME_SIZE];

	others_write("A rather long name.text", "x");
	first_short_name("A rather long name.text", alias);
	expect_real(alias, "A rather long name.text");
	others_write(alias, "y");
	expect_real(alias, alias);
	ck_assert_uint_eq(
	    disk_short_name(&scratch, "A rather long name.text", other), STATUS_SUCCESS);
	ck_assert_str_ne(other, alias);
	expect_real(other, "A rather long name.text");
	ck_assert_int_eq(unlinkat(scratch_fd, alias, 0), 0);
	expect(alias, STATUS_OBJECT_NAME_NOT_FOUND);
	expect_real(other, "A rather long name.text");
	ck_assert_int_eq(unlinkat(scratch_fd, "A rather long name.text", 0), 0);
	expect(other, STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(short_names_are_what_dos_allows)
{
	static const char *const none[] = { "README.TXT", "readme.txt", "a", "12345678.123", "A~B",
		"{x}.$$$", "CONS", "COM", "COM10", "XNUL.TXT", "AUX1" };
	static const char *const some[] = { "123456789", "a.text", "a b.txt", ".profile", "a.b.c",
		"Füße.txt", "x.", "a+b", "name \uF028", "日本語.txt", "con", "Nul.txt", "aux.c",
		"PRN.", "COM1", "lpt9.dat", "CONIN$", "conout$.x", "CLOCK$" };
	char alias[13], again[13];

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		first_short_name(none[i], alias);
		ck_assert_str_eq(alias, "");
	}
	for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		first_short_name(some[i], alias);
		ck_assert_uint_ge(strlen(alias), 8);
		first_short_name(alias, again);
		ck_assert_msg(
		    again[0] == '\0', "%s has %s, which needs one itself", some[i], alias);
	}
	first_short_name(
	    "Long Name.Text", alias); /* stable for ever: clients keep them in shortcuts */
	ck_assert_str_eq(alias, "L~Y0MK01.TEX");
}
END_TEST

START_TEST(missing_names_cost_no_scan)
{
	others_mkdir("d");
	others_write("d/file", "x");
	expect("d/none", STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
	for (int i = 0; i < 100; i++) {
		expect(arena_printf(&scratch_arena, "d/none%d", i), STATUS_OBJECT_NAME_NOT_FOUND);
		expect_real("d/FILE", "d/file");
	}
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
}
END_TEST

START_TEST(what_others_change_is_seen_at_once)
{
	expect("Name", STATUS_OBJECT_NAME_NOT_FOUND);
	for (int i = 0; i < 200; i++) {
		others_write("name", "x");
		expect_real("NAME", "name");
		ck_assert_int_eq(renameat(scratch_fd, "name", scratch_fd, "nAmE"), 0);
		expect_real("NAME", "nAmE");
		expect_real("name", "nAmE");
		ck_assert_int_eq(unlinkat(scratch_fd, "nAmE", 0), 0);
		expect("NAME", STATUS_OBJECT_NAME_NOT_FOUND);
		others_mkdir("NaMe");
		expect_real("NAME", "NaMe");
		ck_assert_int_eq(unlinkat(scratch_fd, "NaMe", AT_REMOVEDIR), 0);
		expect("NAME", STATUS_OBJECT_NAME_NOT_FOUND);
	}
	ck_assert_uint_eq(disk_root_scans(scratch.root), 1);
}
END_TEST

START_TEST(what_others_change_is_seen_by_times_alone)
{
	name_cache_unwatched(scratch.root->cache);
	expect("Name", STATUS_OBJECT_NAME_NOT_FOUND);
	for (int i = 0; i < 50; i++) {
		others_write("name", "x");
		expect_real("NAME", "name");
		ck_assert_int_eq(renameat(scratch_fd, "name", scratch_fd, "nAmE"), 0);
		expect_real("name", "nAmE");
		ck_assert_int_eq(unlinkat(scratch_fd, "nAmE", 0), 0);
		expect("NAME", STATUS_OBJECT_NAME_NOT_FOUND);
	}
}
END_TEST

START_TEST(young_times_prove_no_absence)
{
	struct disk cached = scratch;
	nt_status status = STATUS_SUCCESS;

	name_cache_unwatched(scratch.root->cache);
	cached.nowait = true;
	/*
	 * On a busy machine the times may have grown old before they are looked at: then once more.
	 */
	for (int i = 0; i < 1000 && status != STATUS_CANT_WAIT; i++) {
		others_write("new", "x");
		ck_assert_int_eq(unlinkat(scratch_fd, "new", 0), 0);
		expect("none", STATUS_OBJECT_NAME_NOT_FOUND);
		status = disk_lookup(&cached, &scratch_arena, "none", NULL, NULL);
	}
	ck_assert_uint_eq(status, STATUS_CANT_WAIT);
	usleep(30000);
	expect("none", STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "none", NULL, NULL), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(a_directory_made_anew_is_another)
{
	for (int i = 0; i < 50; i++) {
		others_mkdir("d");
		others_write("d/one", "x");
		expect_real("d/ONE", "d/one");
		ck_assert_int_eq(unlinkat(scratch_fd, "d/one", 0), 0);
		ck_assert_int_eq(unlinkat(scratch_fd, "d", AT_REMOVEDIR), 0);
		others_mkdir("d");
		others_write("d/two", "x");
		expect("d/ONE", STATUS_OBJECT_NAME_NOT_FOUND);
		expect_real("d/TWO", "d/two");
		ck_assert_int_eq(unlinkat(scratch_fd, "d/two", 0), 0);
		ck_assert_int_eq(unlinkat(scratch_fd, "d", AT_REMOVEDIR), 0);
	}
}
END_TEST

START_TEST(a_lost_event_queue_loses_no_change)
{
	expect("none", STATUS_OBJECT_NAME_NOT_FOUND);
	for (int i = 0; i < 20000; i++) { /* more than the kernel keeps for us */
		char name[32];

		snprintf(name, sizeof(name), "f%d", i);
		ck_assert_int_eq(mknodat(scratch_fd, name, S_IFREG | 0644, 0), 0);
	}
	expect_real("F19999", "f19999");
	expect_real("F0", "f0");
	expect("f20000", STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(many_directories_are_not_all_kept)
{
	char name[64];

	for (int i = 0; i < 1500; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		others_mkdir(name);
		snprintf(name, sizeof(name), "d%d/file", i);
		others_write(name, "x");
	}
	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < 1500; i++) {
			snprintf(name, sizeof(name), "d%d/FILE", i);
			ck_assert_uint_eq(look(name, NULL), STATUS_SUCCESS);
		}
	}
	ck_assert_uint_ge(disk_root_scans(scratch.root), 2000);
}
END_TEST

START_TEST(without_waiting_only_what_is_known_is_answered)
{
	struct disk cached = scratch;
	char *real;

	cached.nowait = true;
	others_mkdir("Dir");
	others_write("Dir/File", "x");
	/* Never looked at: the name could only be found by reading. */
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "DIR/FILE", NULL, NULL), STATUS_CANT_WAIT);
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "Dir/none", NULL, NULL), STATUS_CANT_WAIT);
	expect_real("DIR/FILE", "Dir/File");
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "DIR/FILE", NULL, &real), STATUS_SUCCESS);
	ck_assert_str_eq(real, "Dir/File");
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "Dir/File", NULL, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_lookup(&cached, &scratch_arena, "dir/none", NULL, NULL),
	    STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(disk_lookup(&cached, &scratch_arena, "none/x", NULL, NULL),
	    STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 2);
	others_write("Dir/other", "x");
	ck_assert_uint_eq(
	    disk_lookup(&cached, &scratch_arena, "DIR/OTHER", NULL, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_root_scans(scratch.root), 2);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		names_are_found_in_any_case,
		the_exact_spelling_wins,
		what_is_missing_is_told_apart,
		invalid_names_are_refused,
		names_of_any_bytes_are_reached,
		short_names_lead_to_their_files,
		a_file_named_like_a_short_name_wins,
		short_names_are_what_dos_allows,
		missing_names_cost_no_scan,
		what_others_change_is_seen_at_once,
		what_others_change_is_seen_by_times_alone,
		young_times_prove_no_absence,
		a_directory_made_anew_is_another,
		without_waiting_only_what_is_known_is_answered,
	};
	Suite *s = suite_create("lookup");
	TCase *tc = tcase_create("lookup");

	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		tcase_add_test(tc, tests[i]);
	suite_add_tcase(s, tc);
	tc = tcase_create("in memory");
	tcase_set_timeout(tc, 120);
	tcase_add_checked_fixture(tc, setup_in_memory, scratch_teardown);
	tcase_add_test(tc, a_lost_event_queue_loses_no_change);
	tcase_add_test(tc, many_directories_are_not_all_kept);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
