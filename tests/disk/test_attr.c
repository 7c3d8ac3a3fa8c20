/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <sys/xattr.h>

#include "base/cred.h"
#include "disk/attr.h"
#include "disk/dosattrib.h"

#define R FILE_ATTRIBUTE_READONLY
#define H FILE_ATTRIBUTE_HIDDEN
#define S FILE_ATTRIBUTE_SYSTEM
#define A FILE_ATTRIBUTE_ARCHIVE
#define N FILE_ATTRIBUTE_NORMAL
#define D FILE_ATTRIBUTE_DIRECTORY

static struct disk_stat
stat_of(const char *path)
{
	struct disk_file *f;
	struct disk_stat st;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_file_stat(&scratch, f, &st), STATUS_SUCCESS);
	disk_close(&f);
	return st;
}

static nt_status
set(const char *path, struct disk_attr attr)
{
	struct disk_file *f;
	nt_status status;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	status = disk_set_attr(&scratch, f, &attr);
	disk_close(&f);
	return status;
}

static void
set_attributes(const char *path, uint32_t attributes)
{
	ck_assert_uint_eq(
	    set(path, (struct disk_attr){ .attributes = attributes }), STATUS_SUCCESS);
}

static ssize_t
stored(const char *name, void *value, size_t n)
{
	return getxattr(arena_printf(&scratch_arena, "%s/root/%s", scratch_top, name),
	    DOSATTRIB_NAME, value, n);
}

static void
others_store(const char *name, const void *value, size_t n)
{
	const char *path = arena_printf(&scratch_arena, "%s/root/%s", scratch_top, name);

	ck_assert_int_eq(setxattr(path, DOSATTRIB_NAME, value, n, 0), 0);
}

START_TEST(attributes_are_set_and_kept)
{
	scratch_create("f");
	ck_assert_uint_eq(stat_of("f").attributes, A);
	set_attributes("f", R | H | S);
	ck_assert_uint_eq(stat_of("f").attributes, R | H | S);
	set_attributes("f", 0); /* stays */
	ck_assert_uint_eq(stat_of("f").attributes, R | H | S);
	set_attributes("f", N);
	ck_assert_uint_eq(stat_of("f").attributes, N);
	set_attributes("f", N | A);
	ck_assert_uint_eq(stat_of("f").attributes, A);
	others_mkdir("d");
	ck_assert_uint_eq(stat_of("d").attributes, D);
	set_attributes("d", H);
	ck_assert_uint_eq(stat_of("d").attributes, D | H);
	set_attributes("d", D);
	ck_assert_uint_eq(stat_of("d").attributes, D);
	ck_assert_uint_eq(
	    set("f", (struct disk_attr){ .attributes = D }), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(a_file_of_others_has_attributes_by_its_mode)
{
	others_write("f", "x");
	ck_assert_uint_eq(stat_of("f").attributes, N);
	ck_assert_int_eq(fchmodat(scratch_fd, "f", 0444, 0), 0);
	ck_assert_uint_eq(stat_of("f").attributes, R);
	others_mkdir("d");
	ck_assert_int_eq(fchmodat(scratch_fd, "d", 0555, 0), 0);
	ck_assert_uint_eq(stat_of("d").attributes, D);
}
END_TEST

START_TEST(dot_files_are_hidden_whatever_is_stored)
{
	struct disk_options options = scratch_defaults();
	unsigned char value[64];

	others_write(".theirs", "x");
	scratch_create(".ours");
	ck_assert_uint_eq(stat_of(".theirs").attributes, H);
	ck_assert_uint_eq(stat_of(".ours").attributes, H | A);
	ck_assert_int_eq(stored(".ours", value, sizeof(value)), DOSATTRIB_SIZE);
	ck_assert_uint_eq(value[12], A); /* as Samba stores it */
	set_attributes(".ours", N);
	ck_assert_uint_eq(stat_of(".ours").attributes, H);
	options.hide_dot_files = false;
	scratch_reopen(options);
	ck_assert_uint_eq(stat_of(".theirs").attributes, N);
	ck_assert_uint_eq(stat_of(".ours").attributes, N);
	set_attributes(".ours", H);
	ck_assert_uint_eq(stat_of(".ours").attributes, H);
}
END_TEST

START_TEST(times_are_set_and_kept)
{
	const ntime written = ntime_from_timespec((struct timespec){ 1000000000, 123456700 });
	const ntime read = ntime_from_timespec((struct timespec){ 1100000000, 0 });
	const ntime created = ntime_from_timespec((struct timespec){ 900000000, 700 });
	struct disk_stat before, after;

	scratch_create("f");
	before = stat_of("f");
	ck_assert_uint_eq(set("f", (struct disk_attr){ .written = written }), STATUS_SUCCESS);
	after = stat_of("f");
	ck_assert_uint_eq(after.written, written);
	ck_assert_uint_eq(after.accessed, before.accessed);
	ck_assert_uint_eq(after.created, before.created);
	ck_assert_uint_eq(after.attributes, before.attributes);
	ck_assert_uint_eq(set("f",
			      (struct disk_attr){ .accessed = read,
				  .created = created,
				  .written = NTIME_LEAVE,
				  .changed = written }),
	    STATUS_SUCCESS);
	after = stat_of("f");
	ck_assert_uint_eq(after.accessed, read);
	ck_assert_uint_eq(after.created, created);
	ck_assert_uint_eq(after.written, written);
	ck_assert_uint_eq(after.attributes, before.attributes);
	ck_assert_uint_eq(set("f", (struct disk_attr){ .created = NTIME_RESUME, .attributes = H }),
	    STATUS_SUCCESS);
	ck_assert_uint_eq(stat_of("f").created, created);
}
END_TEST

START_TEST(creation_time_is_the_birth_where_none_is_stored)
{
	struct disk_stat st;

	others_write("f", "x");
	ck_assert_uint_eq(
	    set("f",
		(struct disk_attr){ .written = ntime_from_timespec((struct timespec){ 1, 0 }) }),
	    STATUS_SUCCESS);
	st = stat_of("f");
	ck_assert(st.created != 0 && st.created <= st.changed);
	ck_assert_uint_ne(st.created, st.written); /* ext4 and most others know the birth */
}
END_TEST

START_TEST(what_samba_stored_is_understood)
{
	static const unsigned char v3[] = { '0', 'x', '2', '2', 0, 0, 3, 0, 3, 0, 0, 0, 0x11, 0, 0,
		0, 0x22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x78,
		0x56, 0x34, 0x12, 0x5F, 0x0D, 0xD7, 1, 0, 0, 0, 0, 0, 0, 0, 0 };
	unsigned char value[64];

	others_write("f", "x");
	others_store("f", "0x26", 4);
	ck_assert_uint_eq(stat_of("f").attributes, H | S | A);
	others_store("f", v3, sizeof(v3));
	ck_assert_uint_eq(stat_of("f").attributes, H | A);
	ck_assert_uint_eq(stat_of("f").created, 0x01D70D5F12345678u);
	others_store("f", "rubbish", 7);
	ck_assert_uint_eq(stat_of("f").attributes, N);
	set_attributes("f", S);
	ck_assert_int_eq(stored("f", value, sizeof(value)), DOSATTRIB_SIZE);
	ck_assert_mem_eq(value, "\0\0\5\0\5\0\0\0\x11\0\0\0\4\0\0\0", 16);
	others_mkdir("d");
	set_attributes("d", H);
	ck_assert_int_eq(stored("d", value, sizeof(value)), DOSATTRIB_SIZE);
	ck_assert_uint_eq(value[12], D | H);
}
END_TEST

/* Clients would take it for "no time", or for one before 1601. */
START_TEST(creation_time_that_is_none_is_not_told)
{
	static const unsigned char none[8] = { 0 },
				   leave[8] = { 255, 255, 255, 255, 255, 255, 255, 255 };
	unsigned char value[DOSATTRIB_SIZE];
	ntime birth;

	others_write("f", "x");
	birth = stat_of("f").created;
	set_attributes("f", S);
	ck_assert_int_eq(stored("f", value, sizeof(value)), DOSATTRIB_SIZE);
	memcpy(value + 16, none, sizeof(none));
	others_store("f", value, sizeof(value));
	ck_assert_uint_eq(stat_of("f").created, birth);
	memcpy(value + 16, leave, sizeof(leave));
	others_store("f", value, sizeof(value));
	ck_assert_uint_eq(stat_of("f").created, birth);
	ck_assert_uint_eq(stat_of("f").attributes, S);
}
END_TEST

START_TEST(without_storing_readonly_is_the_mode)
{
	struct disk_options options = scratch_defaults();
	struct disk_open o = { .path = "r", .create = DISK_CREATE, .attributes = R };
	struct stat st;

	options.store_dos_attributes = false;
	scratch_reopen(options);
	scratch_create("f");
	ck_assert_uint_eq(stat_of("f").attributes, N);
	set_attributes("f", R | H);
	ck_assert_uint_eq(stat_of("f").attributes, R);
	ck_assert_int_eq(fstatat(scratch_fd, "f", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0444);
	set_attributes("f", N);
	ck_assert_uint_eq(stat_of("f").attributes, N);
	ck_assert_int_eq(fstatat(scratch_fd, "f", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0644);
	ck_assert_int_eq(stored("f", NULL, 0), -1);
	ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
	disk_close(&o.file);
	ck_assert_uint_eq(stat_of("r").attributes, R);
	set_attributes("r", N);
	ck_assert_int_eq(fstatat(scratch_fd, "r", &st, 0), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0644);
}
END_TEST

START_TEST(an_owner_makes_a_file_of_mode_0444_writable)
{
	struct cred *c = NULL;

	others_write("f", "x");
	ck_assert_int_eq(fchmodat(scratch_fd, "f", 0444, 0), 0);
	if (geteuid() == 0) { /* who may write anything: be somebody else */
		cred_enable();
		scratch.cred = c = cred_new(65534, 65534, NULL, 0);
		ck_assert_int_eq(chmod(scratch_top, 0755), 0);
		ck_assert_int_eq(fchownat(scratch_fd, "f", 65534, 65534, 0), 0);
	}
	ck_assert_uint_eq(stat_of("f").attributes, R);
	ck_assert_uint_eq(
	    set("f", (struct disk_attr){ .attributes = R | H }), STATUS_ACCESS_DENIED);
	set_attributes("f", A);
	ck_assert_uint_eq(stat_of("f").attributes, A);
	ck_assert_int_eq(cred_assume(NULL), 0);
	cred_unref(&c);
}
END_TEST

START_TEST(a_read_only_disk_keeps_its_attributes)
{
	scratch_create("f");
	scratch.read_only = true;
	ck_assert_uint_eq(set("f", (struct disk_attr){ .attributes = H }), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set("f", (struct disk_attr){ .written = 1 }), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(stat_of("f").attributes, A);
}
END_TEST

START_TEST(sizes_are_told)
{
	struct disk_stat st;

	others_write("f", "12345");
	st = stat_of("f");
	ck_assert_uint_eq(st.size, 5);
	ck_assert_uint_eq(st.allocated % 512, 0);
	ck_assert_uint_eq(st.links, 1);
	ck_assert(!st.directory && S_ISREG(st.mode));
	ck_assert_uint_eq(st.uid, geteuid());
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("attr");
	TCase *tc = tcase_create("attr");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, attributes_are_set_and_kept);
	tcase_add_test(tc, a_file_of_others_has_attributes_by_its_mode);
	tcase_add_test(tc, dot_files_are_hidden_whatever_is_stored);
	tcase_add_test(tc, times_are_set_and_kept);
	tcase_add_test(tc, creation_time_is_the_birth_where_none_is_stored);
	tcase_add_test(tc, what_samba_stored_is_understood);
	tcase_add_test(tc, creation_time_that_is_none_is_not_told);
	tcase_add_test(tc, without_storing_readonly_is_the_mode);
	tcase_add_test(tc, an_owner_makes_a_file_of_mode_0444_writable);
	tcase_add_test(tc, a_read_only_disk_keeps_its_attributes);
	tcase_add_test(tc, sizes_are_told);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
