/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <sys/xattr.h>

#include "disk/dir.h"
#include "disk/ea.h"

static const char *
on_disk(const char *name)
{
	return arena_printf(&scratch_arena, "%s/root/%s", scratch_top, name);
}

static struct disk_ea
ea(const char *name, const char *value)
{
	return (struct disk_ea){
		.name = name,
		.value = (const uint8_t *)value,
		.size = (uint16_t)strlen(value),
	};
}

static nt_status
write_eas(const char *path, struct disk_ea *list, size_t n, bool only)
{
	const struct disk_eas eas = { list, n };
	struct disk_file *f;
	nt_status status;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	status = disk_eas_write(&scratch, f, &eas, only);
	disk_close(&f);
	return status;
}

static void
set(const char *path, const char *name, const char *value)
{
	struct disk_ea one = ea(name, value);

	ck_assert_uint_eq(write_eas(path, &one, 1, false), STATUS_SUCCESS);
}

static struct disk_eas
read_eas(const char *path)
{
	struct disk_eas eas;

	ck_assert_uint_eq(
	    disk_eas_of_path(&scratch, &scratch_arena, path, 0, &eas), STATUS_SUCCESS);
	return eas;
}

/* "" when there is none. */
static const char *
value_of(const char *path, const char *name)
{
	struct disk_eas eas = read_eas(path), out;
	struct disk_ea wanted = ea(name, "");

	disk_eas_select(&scratch_arena, &eas, &(struct disk_eas){ &wanted, 1 }, &out);
	ck_assert_uint_eq(out.n, 1);
	ck_assert_str_eq(out.ea[0].name, name);
	if (out.ea[0].size == 0)
		return "";
	return arena_strndup(&scratch_arena, (const char *)out.ea[0].value, out.ea[0].size);
}

static bool
xattr_is(const char *file, const char *name, const char *value)
{
	char buf[256];
	ssize_t n = getxattr(on_disk(file), name, buf, sizeof(buf));

	return n == (ssize_t)strlen(value) && memcmp(buf, value, (size_t)n) == 0;
}

START_TEST(value_is_stored_bare_under_its_own_name)
{
	scratch_create("f");
	set("f", ".LONGNAME", "A long name");
	ck_assert(xattr_is("f", "user..LONGNAME", "A long name"));
	ck_assert_str_eq(value_of("f", ".LONGNAME"), "A long name");
}
END_TEST

START_TEST(name_keeps_the_case_it_came_with)
{
	scratch_create("f");
	set("f", "Icon", "one");
	set("f", "ICON", "two");
	ck_assert_str_eq(value_of("f", "icon"), "two");
	ck_assert_uint_eq(read_eas("f").n, 1);
	ck_assert_str_eq(read_eas("f").ea[0].name, "Icon");
	set("f", "iCON", "");
	ck_assert_uint_eq(read_eas("f").n, 0);
	set("f", "iCON", ""); /* nothing to remove is fine */
}
END_TEST

START_TEST(directories_have_eas)
{
	others_mkdir("d");
	set("d", ".ICON", "picture");
	ck_assert_str_eq(value_of("d", ".ICON"), "picture");
	ck_assert_str_eq(value_of("", ".ICON"), "");
}
END_TEST

START_TEST(what_the_server_keeps_there_is_not_shown)
{
	static const char *const hidden[] = { "user.DOSATTRIB", "user.DosStream.x:$DATA",
		"user.SAMBA_PAI", "user.NTACL", "user.smb1d.streams", "user.bad:name", "user.\xFF",
		"user.empty" };

	scratch_create("f");
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		ck_assert_int_eq(
		    setxattr(on_disk("f"), hidden[i], "x", strcmp(hidden[i], "user.empty") != 0, 0),
		    0);
	ck_assert_uint_eq(read_eas("f").n, 0);
	set("f", "seen", "yes");
	ck_assert_uint_eq(read_eas("f").n, 1);
}
END_TEST

START_TEST(size_is_counted_as_on_os2)
{
	struct disk_eas eas;

	scratch_create("f");
	eas = read_eas("f");
	ck_assert_uint_eq(disk_eas_size(&eas), 0);
	set("f", "AB", "xyz");
	set("f", "\xC3\xA9", "1"); /* one character */
	eas = read_eas("f");
	ck_assert_uint_eq(disk_eas_size(&eas), 4 + (4 + 2 + 1 + 3) + (4 + 1 + 1 + 1));
}
END_TEST

START_TEST(bad_and_reserved_names_are_refused)
{
	static const struct {
		const char *name;
		nt_status status;
	} names[] = {
		{ "fine name.1", STATUS_SUCCESS },
		{ "", STATUS_INVALID_EA_NAME },
		{ "a:b", STATUS_INVALID_EA_NAME },
		{ "a\x1F", STATUS_INVALID_EA_NAME },
		{ "\xFF", STATUS_INVALID_EA_NAME },
		{ "DosAttrib", STATUS_ACCESS_DENIED },
		{ "dosstream.a", STATUS_ACCESS_DENIED },
		{ "ntacl", STATUS_ACCESS_DENIED },
		{ "SMB1D.need_ea", STATUS_ACCESS_DENIED },
		{ "NTACLS", STATUS_SUCCESS },
	};
	char name[3] = "X?";
	size_t bad;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct disk_ea list[2] = { ea("good", "v"), ea(names[i].name, "v") };

		ck_assert_uint_eq(
		    disk_eas_check(&scratch, &(struct disk_eas){ list, 2 }, &bad), names[i].status);
		if (names[i].status != STATUS_SUCCESS)
			ck_assert_uint_eq(bad, 1);
	}
	for (int c = 1; c < 0x80; c++) {
		struct disk_ea one;

		name[1] = (char)c;
		one = ea(name, "v");
		ck_assert_uint_eq(disk_eas_check(&scratch, &(struct disk_eas){ &one, 1 }, &bad),
		    c < 32 || strchr("\"*+,/:;<=>?[\\]|", c) ? STATUS_INVALID_EA_NAME
							     : STATUS_SUCCESS);
	}
}
END_TEST

/* Whatever the file system's limit is, a list beyond the protocol's is beyond it too. */
START_TEST(list_that_does_not_fit_changes_nothing)
{
	static char big[60000];
	struct disk_ea list[3];

	memset(big, 'x', sizeof(big) - 1);
	scratch_create("f");
	set("f", "KEEP", "as it was");
	list[0] = ea("NEW", "value");
	list[1] = ea("keep", "changed");
	list[2] = ea("BIG", big);
	ck_assert_uint_eq(write_eas("f", list, 2, false), STATUS_SUCCESS);
	list[0] = ea("NEW", "");
	list[1] = ea("keep", "again");
	ck_assert_uint_eq(write_eas("f", list, 3, false), STATUS_EA_TOO_LARGE);
	ck_assert_str_eq(value_of("f", "KEEP"), "changed");
	ck_assert_str_eq(value_of("f", "NEW"), "value");
	ck_assert_str_eq(value_of("f", "BIG"), "");
}
END_TEST

START_TEST(more_than_a_list_can_tell_is_refused)
{
	static char part[3][30000];
	struct disk_ea list[3];

	for (size_t i = 0; i < 3; i++) {
		memset(part[i], 'x', sizeof(part[i]) - 1);
		list[i] = ea(i == 0 ? "A" : i == 1 ? "B" : "C", part[i]);
	}
	scratch_create("f");
	ck_assert_uint_eq(write_eas("f", list, 3, false), STATUS_EA_TOO_LARGE);
	ck_assert_uint_eq(read_eas("f").n, 0);
}
END_TEST

START_TEST(only_replaces_what_was_there)
{
	struct disk_ea list[2] = { ea("two", "new"), ea("three", "3") };

	scratch_create("f");
	set("f", "ONE", "1");
	set("f", "TWO", "2");
	ck_assert_uint_eq(write_eas("f", list, 2, true), STATUS_SUCCESS);
	ck_assert_uint_eq(read_eas("f").n, 2);
	ck_assert_str_eq(value_of("f", "TWO"), "new");
	ck_assert_str_eq(value_of("f", "THREE"), "3");
	ck_assert_uint_eq(write_eas("f", NULL, 0, true), STATUS_SUCCESS);
	ck_assert_uint_eq(read_eas("f").n, 0);
}
END_TEST

START_TEST(last_of_a_name_that_comes_twice_counts)
{
	struct disk_ea list[4] = { ea("twice", "first"), ea("gone", "x"), ea("TWICE", "second"),
		ea("gone", "") };

	scratch_create("f");
	set("f", "GONE", "there");
	ck_assert_uint_eq(write_eas("f", list, 4, false), STATUS_SUCCESS);
	ck_assert_uint_eq(read_eas("f").n, 1);
	ck_assert_str_eq(value_of("f", "twice"), "second");
}
END_TEST

START_TEST(list_of_thousands_is_dealt_with_in_no_time)
{
	static struct disk_ea list[9000];
	struct disk_eas names = { list, 9000 }, eas, out;

	for (size_t i = 0; i < 9000; i++)
		list[i] = ea(arena_printf(&scratch_arena, "%zu", i), "");
	scratch_create("f");
	set("f", "42", "answer");
	eas = read_eas("f");
	for (int i = 0; i < 20; i++)
		disk_eas_select(&scratch_arena, &eas, &names, &out);
	ck_assert_uint_eq(out.ea[42].size, 6);
	ck_assert_uint_eq(out.ea[43].size, 0);
	/* More than any file can have. */
	for (size_t i = 0; i < 9000; i++)
		list[i] = ea(list[i].name, "v");
	ck_assert_uint_eq(write_eas("f", list, 9000, false), STATUS_EA_TOO_LARGE);
	ck_assert_uint_eq(read_eas("f").n, 1);
}
END_TEST

START_TEST(many_are_left_to_a_job)
{
	struct disk_file *f;
	struct disk_eas eas;

	scratch_create("f");
	for (int i = 0; i < 60; i++)
		set("f", arena_printf(&scratch_arena, "AN ATTRIBUTE %02d", i), "v");
	ck_assert_uint_eq(scratch_open("f", 0, DISK_OPEN, &f), STATUS_SUCCESS);
	scratch.nowait = true;
	ck_assert_uint_eq(disk_eas_read(&scratch, &scratch_arena, f, &eas), STATUS_CANT_WAIT);
	scratch.nowait = false;
	ck_assert_uint_eq(disk_eas_read(&scratch, &scratch_arena, f, &eas), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 60);
	disk_close(&f);
}
END_TEST

static bool
is_needed(const char *path)
{
	struct disk_file *f;
	bool needed;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	needed = disk_eas_needed(&scratch, f);
	disk_close(&f);
	return needed;
}

START_TEST(need_flag_lasts_as_long_as_its_ea)
{
	struct disk_ea list[2] = { ea("plain", "p"), ea("vital", "v") };

	scratch_create("f");
	set("f", "other", "o");
	ck_assert(!is_needed("f"));
	list[1].flags = EA_NEED;
	ck_assert_uint_eq(write_eas("f", list, 2, false), STATUS_SUCCESS);
	ck_assert(is_needed("f"));
	for (size_t i = 0; i < read_eas("f").n; i++)
		ck_assert_uint_eq(read_eas("f").ea[i].flags,
		    strcmp(read_eas("f").ea[i].name, "vital") == 0 ? EA_NEED : 0);
	set("f", "plain", "");
	ck_assert(is_needed("f"));
	set("f", "VITAL", "");
	ck_assert(!is_needed("f"));
	ck_assert_uint_eq(read_eas("f").n, 1);
}
END_TEST

START_TEST(share_without_eas_has_none)
{
	struct disk_options options = scratch_defaults();
	struct disk_ea one = ea("A", "v");
	size_t bad;

	scratch_create("f");
	set("f", "A", "v");
	options.ea_support = false;
	scratch_reopen(options);
	ck_assert_uint_eq(read_eas("f").n, 0);
	ck_assert_uint_eq(disk_eas_check(&scratch, &(struct disk_eas){ &one, 1 }, &bad),
	    STATUS_EAS_NOT_SUPPORTED);
}
END_TEST

START_TEST(read_only_disk_takes_none)
{
	struct disk_ea one = ea("A", "v");

	scratch_create("f");
	scratch.read_only = true;
	ck_assert_uint_eq(write_eas("f", &one, 1, false), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(read_eas("f").n, 0);
}
END_TEST

/* The EAs of each entry; links that are followed have those of their files. */
START_TEST(listing_tells_the_eas_of_each_entry)
{
	struct disk_options options = scratch_defaults();
	struct disk_dir *dir;
	struct disk_entry e;
	struct disk_eas eas;
	unsigned seen = 0;

	options.follow_symlinks = true;
	scratch_reopen(options);
	scratch_create("none");
	scratch_create("one");
	set("one", "EA", "value");
	others_symlink("one", "link");
	set("", "ROOT", "r");
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS) {
		bool has = strcmp(e.name, "one") == 0 || strcmp(e.name, "link") == 0 ||
		    strcmp(e.name, ".") == 0;

		ck_assert_uint_eq(
		    disk_dir_eas(dir, &scratch, 0, &scratch_arena, &eas), STATUS_SUCCESS);
		ck_assert_uint_eq(eas.n, has);
		seen++;
	}
	ck_assert_uint_eq(seen, 5);
	disk_dir_close(&dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ea");
	TCase *tc = tcase_create("ea");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, value_is_stored_bare_under_its_own_name);
	tcase_add_test(tc, name_keeps_the_case_it_came_with);
	tcase_add_test(tc, directories_have_eas);
	tcase_add_test(tc, what_the_server_keeps_there_is_not_shown);
	tcase_add_test(tc, size_is_counted_as_on_os2);
	tcase_add_test(tc, bad_and_reserved_names_are_refused);
	tcase_add_test(tc, list_that_does_not_fit_changes_nothing);
	tcase_add_test(tc, more_than_a_list_can_tell_is_refused);
	tcase_add_test(tc, only_replaces_what_was_there);
	tcase_add_test(tc, last_of_a_name_that_comes_twice_counts);
	tcase_add_test(tc, list_of_thousands_is_dealt_with_in_no_time);
	tcase_add_test(tc, many_are_left_to_a_job);
	tcase_add_test(tc, need_flag_lasts_as_long_as_its_ea);
	tcase_add_test(tc, share_without_eas_has_none);
	tcase_add_test(tc, read_only_disk_takes_none);
	tcase_add_test(tc, listing_tells_the_eas_of_each_entry);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
