/* SPDX-License-Identifier: BSD-2-Clause */

#include "scratch.h"

#include <signal.h>
#include <sys/resource.h>

#include "disk/io.h"

static struct disk_file *file;

static void
setup(void)
{
	scratch_setup();
	scratch_create("f");
	ck_assert_uint_eq(
	    scratch_open("f", DISK_READ | DISK_WRITE, DISK_OPEN, &file), STATUS_SUCCESS);
}

static void
teardown(void)
{
	disk_close(&file);
	scratch_teardown();
}

static void
put(const char *text, uint64_t off)
{
	size_t n;

	ck_assert_uint_eq(disk_write(file, text, strlen(text), off, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, strlen(text));
}

static uint64_t
size_of_file(void)
{
	struct stat st;

	ck_assert_int_eq(fstat(file->fd, &st), 0);
	return (uint64_t)st.st_size;
}

START_TEST(what_was_written_is_read)
{
	char buf[16];
	size_t n;

	put("hello", 0);
	put("LL", 2);
	ck_assert_uint_eq(disk_read(file, buf, sizeof(buf), 0, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 5);
	ck_assert_mem_eq(buf, "heLLo", 5);
	ck_assert_uint_eq(disk_read(file, buf, 2, 1, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 2);
	ck_assert_uint_eq(disk_read(file, buf, 2, 5, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(disk_read(file, buf, 2, UINT64_MAX, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(disk_read(file, buf, 0, 0, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(offsets_go_beyond_4_gib)
{
	const uint64_t far = (UINT64_C(5) << 30) + 12345;
	char buf[8];
	size_t n;

	put("far", far);
	ck_assert_uint_eq(size_of_file(), far + 3);
	ck_assert_uint_eq(disk_read(file, buf, sizeof(buf), far - 2, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 5);
	ck_assert_mem_eq(buf, "\0\0far", 5);
	ck_assert_uint_eq(disk_truncate(file, far + 1), STATUS_SUCCESS);
	ck_assert_uint_eq(size_of_file(), far + 1);
}
END_TEST

START_TEST(impossible_offsets_are_refused)
{
	size_t n = 1;

	ck_assert_uint_eq(
	    disk_write(file, "x", 1, (uint64_t)INT64_MAX + 1, &n), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(disk_write(file, "x", 1, UINT64_MAX, &n), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(disk_write(file, "xy", 2, INT64_MAX - 1, &n), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    disk_write(file, "x", 1, INT64_MAX - 1, &n), STATUS_DISK_FULL); /* EFBIG */
	ck_assert_uint_eq(disk_truncate(file, UINT64_MAX), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(disk_allocate(file, UINT64_MAX), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(size_of_file(), 0);
}
END_TEST

START_TEST(a_write_that_fits_in_part_says_how_much)
{
	struct rlimit old, small;
	char block[8192] = "";
	size_t n;

	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ 4096, old.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_uint_eq(disk_write(file, block, sizeof(block), 0, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 4096);
	ck_assert_uint_eq(disk_write(file, block, sizeof(block), 4096, &n), STATUS_DISK_FULL);
	ck_assert_uint_eq(n, 0);
	ck_assert_uint_eq(disk_truncate(file, 5000), STATUS_DISK_FULL);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &old), 0);
	ck_assert_uint_eq(size_of_file(), 4096);
}
END_TEST

START_TEST(a_full_device_is_said)
{
	struct disk_file full = { .fd = open("/dev/full", O_WRONLY | O_CLOEXEC), .writable = true };
	size_t n;

	ck_assert_uint_eq(disk_write(&full, "x", 1, 0, &n), STATUS_DISK_FULL);
	close(full.fd);
}
END_TEST

START_TEST(rights_are_those_of_the_open)
{
	struct disk_file *f;
	char c;
	size_t n;

	ck_assert_uint_eq(scratch_open("f", DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_write(f, "x", 1, 0, &n), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_truncate(f, 0), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_allocate(f, 0), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_sync(f), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(scratch_open("f", DISK_WRITE, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_read(f, &c, 1, 0, &n), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_sync(f), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(scratch_open("f", 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_read(f, &c, 1, 0, &n), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_sync(f), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(scratch_open("", DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_read(f, &c, 1, 0, &n), STATUS_INVALID_DEVICE_REQUEST);
	ck_assert_uint_eq(disk_write(f, &c, 1, 0, &n), STATUS_INVALID_DEVICE_REQUEST);
	ck_assert_uint_eq(disk_truncate(f, 0), STATUS_INVALID_PARAMETER);
	disk_close(&f);
}
END_TEST

START_TEST(what_is_not_in_memory_is_not_waited_for)
{
	char *block = xcalloc(1, 1 << 20);
	nt_status status;
	size_t n;

	ck_assert_uint_eq(disk_write(file, block, 1 << 20, 0, &n), STATUS_SUCCESS);
	status = disk_read_cached(file, block, 1 << 20, 0, &n);
	if (status != STATUS_CANT_WAIT) { /* file systems without RWF_NOWAIT always say that */
		ck_assert_uint_eq(status, STATUS_SUCCESS);
		ck_assert_uint_eq(n, 1 << 20);
		ck_assert_uint_eq(
		    disk_read_cached(file, block, 1 << 20, (1 << 20) - 10, &n), STATUS_SUCCESS);
		ck_assert_uint_eq(n, 10);
	}
	ck_assert_uint_eq(disk_sync(file), STATUS_SUCCESS);
	posix_fadvise(file->fd, 4096, 0, POSIX_FADV_DONTNEED);
	status = disk_read_cached(file, block, 1 << 20, 0, &n);
	ck_assert(status == STATUS_CANT_WAIT || (status == STATUS_SUCCESS && n == 1 << 20));
	free(block);
}
END_TEST

START_TEST(space_is_reserved_and_given_back)
{
	struct stat st;

	put("x", 0);
	ck_assert_uint_eq(disk_allocate(file, 1 << 20), STATUS_SUCCESS);
	ck_assert_uint_eq(size_of_file(), 1);
	ck_assert_int_eq(fstat(file->fd, &st), 0);
	ck_assert_int_ge(st.st_blocks * 512, 1 << 20);
	ck_assert_uint_eq(disk_allocate(file, 4096), STATUS_SUCCESS);
	ck_assert_uint_eq(size_of_file(), 1);
	ck_assert_uint_eq(disk_allocate(file, 0), STATUS_SUCCESS);
	ck_assert_uint_eq(size_of_file(), 0);
	ck_assert_int_eq(fstat(file->fd, &st), 0);
	ck_assert_int_lt(st.st_blocks * 512, 1 << 20);
}
END_TEST

START_TEST(more_space_than_there_is_is_not_even_begun)
{
	struct disk_fs fs;
	struct stat st;

	put("x", 0);
	ck_assert_uint_eq(disk_fs_stat(&scratch, &fs), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_allocate(file, (fs.blocks + 1) * fs.block_size), STATUS_DISK_FULL);
	ck_assert_uint_eq(disk_allocate(file, INT64_MAX), STATUS_DISK_FULL);
	ck_assert_int_eq(fstat(file->fd, &st), 0);
	ck_assert_int_lt(st.st_blocks * 512, 1 << 20);
	ck_assert_uint_eq(size_of_file(), 1);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("io");
	TCase *tc = tcase_create("io");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, what_was_written_is_read);
	tcase_add_test(tc, offsets_go_beyond_4_gib);
	tcase_add_test(tc, impossible_offsets_are_refused);
	tcase_add_test(tc, a_write_that_fits_in_part_says_how_much);
	tcase_add_test(tc, a_full_device_is_said);
	tcase_add_test(tc, rights_are_those_of_the_open);
	tcase_add_test(tc, what_is_not_in_memory_is_not_waited_for);
	tcase_add_test(tc, space_is_reserved_and_given_back);
	tcase_add_test(tc, more_space_than_there_is_is_not_even_begun);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
