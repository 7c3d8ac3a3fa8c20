/* SPDX-License-Identifier: BSD-2-Clause */

/* Holes, and copies within the disk. */
#include "scratch.h"

#include "disk/io.h"
#include "disk/sparse.h"

#define BLOCK ((size_t)64 << 10)

static struct disk_file *f, *g;
static unsigned char block[BLOCK];

static struct disk_file *
create(const char *name)
{
	struct disk_file *file;

	ck_assert_uint_eq(
	    scratch_open(name, DISK_READ | DISK_WRITE, DISK_CREATE, &file), STATUS_SUCCESS);
	return file;
}

static void
setup(void)
{
	struct disk_options options = scratch_defaults();

	options.named_streams = true;
	scratch_setup();
	scratch_reopen(options);
	memset(block, 'x', sizeof(block));
	f = create("f");
	g = create("g");
}

static void
teardown(void)
{
	disk_close(&f);
	disk_close(&g);
	scratch_teardown();
}

static void
fill(const struct disk_file *file, uint64_t at, char with)
{
	size_t n;

	memset(block, with, sizeof(block));
	ck_assert_uint_eq(disk_write(file, block, BLOCK, at, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, BLOCK);
}

static bool
holds(const struct disk_file *file, uint64_t at, size_t n, char what)
{
	static unsigned char got[BLOCK];
	size_t i, len;

	ck_assert_uint_eq(disk_read(file, got, n, at, &len), STATUS_SUCCESS);
	ck_assert_uint_eq(len, n);
	for (i = 0; i < n; i++) {
		if (got[i] != (unsigned char)what)
			return false;
	}
	return true;
}

static uint32_t
attributes(const struct disk_file *file)
{
	struct disk_stat st;

	ck_assert_uint_eq(disk_file_stat(&scratch, file, &st), STATUS_SUCCESS);
	return st.attributes;
}

START_TEST(the_sparse_attribute_comes_and_goes)
{
	ck_assert_uint_eq(disk_set_sparse(&scratch, f, true), STATUS_SUCCESS);
	ck_assert_uint_ne(attributes(f) & FILE_ATTRIBUTE_SPARSE_FILE, 0);
	ck_assert_uint_eq(disk_set_sparse(&scratch, f, false), STATUS_SUCCESS);
	ck_assert_uint_eq(attributes(f) & FILE_ATTRIBUTE_SPARSE_FILE, 0);
}
END_TEST

START_TEST(zeros_replace_what_was_there_and_no_more)
{
	for (int punch = 0; punch <= 1; punch++) {
		fill(f, 0, 'a');
		fill(f, BLOCK, 'b');
		ck_assert_uint_eq(disk_zero(f, BLOCK - 100, BLOCK + 50, punch), STATUS_SUCCESS);
		ck_assert(holds(f, 0, BLOCK - 100, 'a'));
		ck_assert(holds(f, BLOCK - 100, 150, '\0'));
		ck_assert(holds(f, BLOCK + 50, BLOCK - 50, 'b'));
	}
}
END_TEST

START_TEST(zeros_past_the_end_make_no_file_longer)
{
	struct disk_stat st;

	fill(f, 0, 'a');
	ck_assert_uint_eq(disk_zero(f, BLOCK / 2, 10 * BLOCK, false), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_zero(f, 5 * BLOCK, 10 * BLOCK, true), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_file_stat(&scratch, f, &st), STATUS_SUCCESS);
	ck_assert_uint_eq(st.size, BLOCK);
	ck_assert(holds(f, BLOCK / 2, BLOCK / 2, '\0'));
}
END_TEST

static nt_status
ranges(struct disk_ranges *r, uint64_t from, uint64_t n)
{
	r->window = (struct disk_range){ from, n };
	return disk_ranges(f, r);
}

START_TEST(a_sparse_file_tells_where_its_data_are)
{
	struct disk_range out[4];
	struct disk_ranges r = { .sparse = true, .out = out, .room = 4 };

	fill(f, 0, 'a');
	fill(f, 4 * BLOCK, 'b');
	ck_assert_uint_eq(disk_truncate(f, 8 * BLOCK), STATUS_SUCCESS);
	ck_assert_uint_eq(ranges(&r, 0, 100 * BLOCK), STATUS_SUCCESS);
	ck_assert_uint_eq(r.n, 2);
	ck_assert_uint_eq(out[0].offset, 0);
	ck_assert_uint_eq(out[0].length, BLOCK);
	ck_assert_uint_eq(out[1].offset, 4 * BLOCK);
	ck_assert_uint_eq(out[1].length, BLOCK);
	ck_assert_uint_eq(ranges(&r, 10, 20), STATUS_SUCCESS);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_uint_eq(out[0].offset, 10);
	ck_assert_uint_eq(out[0].length, 20);
	ck_assert_uint_eq(ranges(&r, 6 * BLOCK, BLOCK), STATUS_SUCCESS);
	ck_assert_uint_eq(r.n, 0);
	r.room = 1;
	ck_assert_uint_eq(ranges(&r, 0, 100 * BLOCK), STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(r.n, 1);
}
END_TEST

START_TEST(a_file_that_is_not_sparse_is_one_range)
{
	struct disk_range out[1];
	struct disk_ranges r = { .out = out, .room = 1 };

	ck_assert_uint_eq(disk_truncate(f, 3 * BLOCK), STATUS_SUCCESS);
	ck_assert_uint_eq(ranges(&r, BLOCK, 100 * BLOCK), STATUS_SUCCESS);
	ck_assert_uint_eq(r.n, 1);
	ck_assert_uint_eq(out[0].offset, BLOCK);
	ck_assert_uint_eq(out[0].length, 2 * BLOCK);
	ck_assert_uint_eq(ranges(&r, 3 * BLOCK, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(r.n, 0);
}
END_TEST

static struct disk_copy
copy(const struct disk_file *from, const struct disk_file *to, uint64_t from_at, uint64_t to_at)
{
	return (struct disk_copy){
		.from = from, .to = to, .from_offset = from_at, .to_offset = to_at, .length = BLOCK
	};
}

START_TEST(bytes_are_copied_to_another_place)
{
	struct disk_copy c = copy(f, g, 7, 100);

	fill(f, 0, 'a');
	fill(f, BLOCK, 'b');
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_SUCCESS);
	ck_assert_uint_eq(c.done, BLOCK);
	ck_assert(holds(g, 0, 100, '\0'));
	ck_assert(holds(g, 100, BLOCK - 7, 'a'));
	ck_assert(holds(g, 100 + BLOCK - 7, 7, 'b'));
}
END_TEST

START_TEST(a_file_is_copied_within_itself_even_overlapping)
{
	struct disk_copy c = copy(f, f, 0, 2 * BLOCK);

	fill(f, 0, 'a');
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_SUCCESS);
	ck_assert(holds(f, 2 * BLOCK, BLOCK, 'a'));
	c = copy(f, f, 0, 10);
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_SUCCESS);
	ck_assert(holds(f, 0, BLOCK, 'a'));
}
END_TEST

START_TEST(what_is_not_there_is_not_copied)
{
	struct disk_copy c = copy(f, g, 1, 0);

	fill(f, 0, 'a');
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_INVALID_VIEW_SIZE);
	ck_assert_uint_eq(c.done, 0);
	c = copy(f, g, 0, INT64_MAX);
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(streams_are_copied_and_zeroed_by_themselves)
{
	struct disk_file *stream = create("f:s");
	struct disk_copy c = copy(f, stream, 0, 0);

	fill(f, 0, 'a');
	ck_assert_uint_eq(disk_copy_range(&c), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_zero(stream, 10, 20, true), STATUS_SUCCESS);
	ck_assert(holds(stream, 0, 10, 'a'));
	ck_assert(holds(stream, 10, 10, '\0'));
	ck_assert(holds(stream, 20, BLOCK - 20, 'a'));
	ck_assert(holds(f, 0, BLOCK, 'a'));
	ck_assert_uint_eq(disk_set_sparse(&scratch, stream, true), STATUS_SUCCESS);
	ck_assert_uint_eq(attributes(f) & FILE_ATTRIBUTE_SPARSE_FILE, 0);
	disk_close(&stream);
}
END_TEST

START_TEST(zeros_fill_no_holes)
{
	const uint64_t size = (uint64_t)64 << 20;
	struct disk_file *stream = create("f:s");
	const struct disk_file *all[] = { f, stream };

	for (int i = 0; i < 4; i++) {
		const struct disk_file *file = all[i / 2];
		bool punch = i % 2 != 0;

		fill(file, 0, 'a');
		ck_assert_uint_eq(disk_truncate(file, size), STATUS_SUCCESS);
		fill(file, size / 2, 'b');
		ck_assert_uint_lt(disk_allocated(file), size / 2);
		ck_assert_uint_eq(disk_zero(file, 100, size, punch), STATUS_SUCCESS);
		ck_assert(holds(file, 0, 100, 'a'));
		ck_assert(holds(file, 100, BLOCK - 100, '\0'));
		ck_assert(holds(file, size / 2, BLOCK, '\0'));
		ck_assert(holds(file, size - BLOCK, BLOCK, '\0'));
		ck_assert_uint_lt(disk_allocated(file), size / 2);
	}
	disk_close(&stream);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("disk/sparse");
	TCase *tc = tcase_create("sparse");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, the_sparse_attribute_comes_and_goes);
	tcase_add_test(tc, zeros_replace_what_was_there_and_no_more);
	tcase_add_test(tc, zeros_past_the_end_make_no_file_longer);
	tcase_add_test(tc, a_sparse_file_tells_where_its_data_are);
	tcase_add_test(tc, a_file_that_is_not_sparse_is_one_range);
	tcase_add_test(tc, bytes_are_copied_to_another_place);
	tcase_add_test(tc, a_file_is_copied_within_itself_even_overlapping);
	tcase_add_test(tc, what_is_not_there_is_not_copied);
	tcase_add_test(tc, streams_are_copied_and_zeroed_by_themselves);
	tcase_add_test(tc, zeros_fill_no_holes);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
