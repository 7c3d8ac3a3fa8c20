/* SPDX-License-Identifier: BSD-2-Clause */

/* Previous versions: found by their names, looked up by their time. */
#include "scratch.h"

#include "disk/lookup.h"
#include "disk/snapshot.h"

static void
setup(void)
{
	struct disk_options options = scratch_defaults();

	options.snap_dir = "snaps";
	options.snap_format = "auto";
	scratch_setup();
	others_mkdir("snaps");
	scratch_reopen(options);
}

static const char *
name_of(const char *format, bool local, const char *text)
{
	static char name[SNAPSHOT_TOKEN + 1];
	const struct snapshot_times t = { format, local };
	struct snapshot s;

	if (!snapshot_time(&t, text, &s.when))
		return "none";
	snapshot_name(&s, name);
	return name;
}

START_TEST(a_date_is_found_in_any_name)
{
	static const char *const names[][2] = {
		{ "@GMT-2026.11.23-18.05.09", "@GMT-2026.11.23-18.05.09" },
		{ "autosnap_2026-11-23_18:05:09_daily", "@GMT-2026.11.23-18.05.09" },
		{ "zfs-auto-snap_hourly-2026-11-23-1805", "@GMT-2026.11.23-18.05.00" },
		{ "home.20261123T1805", "@GMT-2026.11.23-18.05.00" },
		{ "2026-11-23", "@GMT-2026.11.23-00.00.00" },
		{ "1234-2026-11-23", "@GMT-2026.11.23-00.00.00" },
		{ "latest", "none" },
		{ "2026", "none" },
		{ "2026-13-01", "none" },
		{ "", "none" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_str_eq(name_of("auto", false, names[i][0]), names[i][1]);
}
END_TEST

START_TEST(a_format_is_followed_to_the_letter)
{
	ck_assert_str_eq(name_of("day-%Y%m%d", false, "day-20261123"), "@GMT-2026.11.23-00.00.00");
	ck_assert_str_eq(name_of("day-%Y%m%d", false, "day-20261123-2"), "none");
	ck_assert_str_eq(name_of("day-%Y%m%d", false, "night-20261123"), "none");
}
END_TEST

START_TEST(local_names_are_told_in_utc)
{
	setenv("TZ", "EST5", 1);
	tzset();
	ck_assert_str_eq(name_of("auto", true, "2026-11-23_18:00"), "@GMT-2026.11.23-23.00.00");
	setenv("TZ", "UTC0", 1);
	tzset();
}
END_TEST

START_TEST(snapshots_are_listed_newest_first_and_once)
{
	struct snapshot *all;
	char name[SNAPSHOT_TOKEN + 1];
	size_t n;

	others_mkdir("snaps/2026-11-21");
	others_mkdir("snaps/2026-11-23");
	others_mkdir("snaps/2026-11-22");
	others_mkdir("snaps/also-2026-11-22");
	others_mkdir("snaps/.2026-11-24");
	others_mkdir("snaps/other");
	ck_assert_uint_eq(disk_snapshots(&scratch, &scratch_arena, &all, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 3);
	snapshot_name(&all[0], name);
	ck_assert_str_eq(name, "@GMT-2026.11.23-00.00.00");
	snapshot_name(&all[2], name);
	ck_assert_str_eq(name, "@GMT-2026.11.21-00.00.00");
}
END_TEST

START_TEST(numbered_ones_are_found_a_level_deeper)
{
	struct snapshot *all;
	size_t n;

	others_mkdir("snaps/17");
	others_mkdir("snaps/17/snapshot");
	others_mkdir("snaps/18");
	ck_assert_uint_eq(disk_snapshots(&scratch, &scratch_arena, &all, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 1);
	ck_assert_str_eq(all[0].path, "snaps/17/snapshot");
}
END_TEST

static nt_status
look_up(const char *path, struct disk_stat *st)
{
	return disk_lookup(&scratch, &scratch_arena, path, st, NULL);
}

START_TEST(a_path_is_looked_up_as_it_was)
{
	struct disk_stat st;

	others_mkdir("snaps/2026-11-23");
	others_mkdir("snaps/2026-11-23/Dir");
	others_write("snaps/2026-11-23/Dir/File", "before");
	others_mkdir("dir");
	others_write("dir/file", "now");
	ck_assert_uint_eq(look_up("@GMT-2026.11.23-00.00.00/DIR/file", &st), STATUS_SUCCESS);
	ck_assert_uint_eq(st.size, 6);
	ck_assert_uint_eq(look_up("@GMT-2026.11.23-00.00.00", &st), STATUS_SUCCESS);
	ck_assert(st.directory);
	ck_assert_uint_eq(
	    look_up("@GMT-2026.11.23-00.00.00/no", &st), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(look_up("@GMT-2026.11.22-00.00.00", &st), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(
	    look_up("@GMT-2026.11.22-00.00.00/dir", &st), STATUS_OBJECT_PATH_NOT_FOUND);
}
END_TEST

START_TEST(a_snapshot_does_not_lead_out_of_the_share)
{
	struct disk_stat st;

	others_symlink("../../outside", "snaps/2026-11-23");
	ck_assert_uint_ne(look_up("@GMT-2026.11.23-00.00.00", &st), STATUS_SUCCESS);
}
END_TEST

/* The share again, with a snapshot that holds links of every kind. */
static void
link_much(bool follow)
{
	static const char *const vetoed[] = { "secret*", NULL };
	struct disk_options options = scratch_defaults();

	options.snap_dir = "snaps";
	options.snap_format = "auto";
	options.follow_symlinks = follow;
	options.veto_files = vetoed;
	scratch_reopen(options);
}

START_TEST(links_in_a_snapshot_lead_nowhere_they_would_not_lead_today)
{
	static const char *const out[] = { "up", "up/file", "absolute", "absolute/file", "file",
		"magic", "dir/secret", "secrets/file", "SECRET" };
	char path[128];
	struct disk_file *f;
	struct disk_stat st;

	others_mkdir("snaps/2026-11-23");
	others_mkdir("snaps/2026-11-23/dir");
	others_mkdir("snaps/2026-11-23/secrets");
	others_write("../outside/file", "outside");
	others_write("snaps/2026-11-23/dir/file", "before");
	others_write("snaps/2026-11-23/dir/secret", "before");
	others_write("snaps/2026-11-23/secrets/file", "before");
	others_write("snaps/2026-11-23/secret", "before");
	others_symlink("../../../outside", "snaps/2026-11-23/up");
	others_symlink("../../../outside/file", "snaps/2026-11-23/file");
	others_symlink("/proc/self/root", "snaps/2026-11-23/magic");
	snprintf(path, sizeof(path), "%s/outside", scratch_top);
	others_symlink(path, "snaps/2026-11-23/absolute");
	others_symlink("dir", "snaps/2026-11-23/within");
	for (int follow = 0; follow <= 1; follow++) {
		link_much(follow);
		for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++) {
			snprintf(path, sizeof(path), "@GMT-2026.11.23-00.00.00/%s", out[i]);
			ck_assert_uint_ne(look_up(path, &st), STATUS_SUCCESS);
			ck_assert_uint_ne(
			    scratch_open(path, DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
		}
		ck_assert_uint_eq(
		    look_up("@GMT-2026.11.23-00.00.00/dir/FILE", &st), STATUS_SUCCESS);
		ck_assert_int_eq(
		    look_up("@GMT-2026.11.23-00.00.00/within/file", &st) == STATUS_SUCCESS, follow);
	}
}
END_TEST

START_TEST(without_the_directory_there_are_none)
{
	struct snapshot *all;
	size_t n;

	ck_assert_int_eq(unlinkat(scratch_fd, "snaps", AT_REMOVEDIR), 0);
	ck_assert_uint_eq(disk_snapshots(&scratch, &scratch_arena, &all, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 0);
	ck_assert(snapshot_token("@GMT-2026.11.23-00.00.00", 24));
	ck_assert(!snapshot_token("@GMT-2026.11.23-00.00.0x", 24));
	ck_assert(!snapshot_token("@GMT-2026.11.23-00.00.000", 25));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("disk/snapshot");
	TCase *tc = tcase_create("snapshot");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_add_test(tc, a_date_is_found_in_any_name);
	tcase_add_test(tc, a_format_is_followed_to_the_letter);
	tcase_add_test(tc, local_names_are_told_in_utc);
	tcase_add_test(tc, snapshots_are_listed_newest_first_and_once);
	tcase_add_test(tc, numbered_ones_are_found_a_level_deeper);
	tcase_add_test(tc, a_path_is_looked_up_as_it_was);
	tcase_add_test(tc, a_snapshot_does_not_lead_out_of_the_share);
	tcase_add_test(tc, links_in_a_snapshot_lead_nowhere_they_would_not_lead_today);
	tcase_add_test(tc, without_the_directory_there_are_none);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
