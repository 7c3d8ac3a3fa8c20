/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <string.h>

#include "base/charset.h"
#include "smb/info/find.h"
#include "smb/info/fs.h"
#include "smb/info/query.h"
#include "smb/info/set.h"
#include "wire/frame.h"

#define ROOM 4096

static struct writer w;
static nt_status status;

static void
setup(void)
{
	wr_init(&w, ROOM);
	w.unicode = true;
	status = STATUS_SUCCESS;
}

static void
teardown(void)
{
	wr_clear(&w);
}

static uint32_t
u32_at(size_t at)
{
	const uint8_t *p = w.frame->smb + at;

	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static const struct info_subject subject = {
	.stat = {
		.id = { .ino = 0x1122334455667788 },
		.attributes = FILE_ATTRIBUTE_ARCHIVE,
		.created = 1, .accessed = 2, .written = 3, .changed = 4,
		.size = 0x123456789, .allocated = 0x123457000,
		.links = 2,
	},
	.name = "\\dir\\file",
	.delete_pending = true,
	.streams = { .data = { "", 0x123456789, 0x123457000 } },
	.room = ROOM,
	.status = &status,
};

/* Each level with the bytes it takes for "\dir\file" in Unicode, 18 bytes. */
static const struct {
	uint16_t level;
	size_t size;
} sizes[] = {
	{ 0x0001, 22 },
	{ 0x0002, 26 },
	{ 0x0003, 4 },
	{ 0x0004, 4 },
	{ 0x0101, 40 },
	{ 0x0102, 24 },
	{ 0x0103, 4 },
	{ 0x0104, 4 + 18 },
	{ 0x0107, 72 + 18 },
	{ 0x0108, 4 + 8 },
	{ 0x0109, 24 + 14 },
	{ 0x010B, 16 },
	{ 1004, 40 },
	{ 1005, 24 },
	{ 1006, 8 },
	{ 1007, 4 },
	{ 1008, 4 },
	{ 1009, 4 + 18 },
	{ 1014, 8 },
	{ 1016, 4 },
	{ 1017, 4 },
	{ 1018, 72 + 18 },
	{ 1020, 8 },
	{ 1021, 4 + 8 },
	{ 1022, 24 + 14 },
	{ 1028, 16 },
	{ 1034, 56 },
	{ 1035, 8 },
};

START_TEST(each_query_level_has_its_size)
{
	const struct info_level *level = info_query_level(sizes[_i].level);

	ck_assert_ptr_nonnull(level);
	level->put(&subject, &w);
	ck_assert_uint_eq(w.pos, sizes[_i].size);
	ck_assert_uint_le(level->least, w.pos);
	ck_assert_uint_le(level->twin_least, w.pos);
	ck_assert_uint_le(w.pos, info_query_room(&subject));
}
END_TEST

START_TEST(levels_that_do_not_exist_are_not_found)
{
	ck_assert_ptr_null(info_query_level(0));
	ck_assert_ptr_null(info_query_level(0x0100));
	ck_assert_ptr_null(info_query_level(1000));
	ck_assert_ptr_null(info_query_level(1010)); /* only set */
	ck_assert_ptr_null(info_set_level(0));
	ck_assert_ptr_null(info_set_level(1018)); /* only queried */
	ck_assert_ptr_null(find_level(0));
	ck_assert_ptr_null(find_level(0x0107));
	ck_assert_ptr_null(fs_query_level(0));
}
END_TEST

START_TEST(a_name_about_to_go_is_not_counted)
{
	info_query_level(0x0102)->put(&subject, &w);
	ck_assert_uint_eq(u32_at(16), 1);
	ck_assert_uint_eq(w.frame->smb[20], 1);
}
END_TEST

START_TEST(sizes_beyond_32_bits_show_as_the_largest)
{
	info_query_level(0x0001)->put(&subject, &w);
	ck_assert_uint_eq(u32_at(12), UINT32_MAX);
}
END_TEST

START_TEST(a_directory_has_no_stream)
{
	struct info_subject dir = subject;

	dir.stat.directory = true;
	dir.streams.data.name = NULL;
	info_query_level(0x0109)->put(&dir, &w);
	ck_assert_uint_eq(w.pos, 0);
}
END_TEST

/* "::$DATA" takes 24 + 14 bytes, ":a:$DATA" 24 + 16, ":bc:$DATA" 24 + 18, each aligned to 8. */
START_TEST(streams_are_chained_and_aligned)
{
	struct disk_stream named[] = { { "a", 5, 8 }, { "bc", 70000, 73728 } };
	struct info_subject s = subject;

	s.streams.stream = named;
	s.streams.n = 2;
	info_query_level(0x0109)->put(&s, &w);
	ck_assert_uint_eq(status, STATUS_SUCCESS);
	ck_assert_uint_eq(w.pos, 40 + 40 + 42);
	ck_assert_uint_eq(u32_at(0), 40);
	ck_assert_uint_eq(u32_at(4), 14);
	ck_assert_uint_eq(u32_at(40), 40);
	ck_assert_uint_eq(u32_at(44), 16);
	ck_assert_uint_eq(u32_at(48), 5);
	ck_assert_uint_eq(u32_at(56), 8);
	ck_assert_uint_eq(u32_at(80), 0);
	ck_assert_uint_eq(u32_at(84), 18);
	ck_assert_mem_eq(w.frame->smb + 104, ":\0b\0c\0:\0$\0D\0A\0T\0A", 18);
	ck_assert_uint_le(w.pos, info_query_room(&s));
}
END_TEST

START_TEST(streams_that_do_not_fit_are_left_out_whole)
{
	struct disk_stream named[] = { { "a", 5, 8 } };
	struct info_subject s = subject;

	s.streams.stream = named;
	s.streams.n = 1;
	s.room = 79;
	info_query_level(0x0109)->put(&s, &w);
	ck_assert_uint_eq(status, STATUS_BUFFER_OVERFLOW);
	ck_assert_uint_eq(w.pos, 38);
	ck_assert_uint_eq(u32_at(0), 0);
	wr_clear(&w);
	setup();
	s.room = 80;
	info_query_level(0x0109)->put(&s, &w);
	ck_assert_uint_eq(status, STATUS_SUCCESS);
	ck_assert_uint_eq(w.pos, 80);
}
END_TEST

START_TEST(names_are_in_the_code_page_without_unicode)
{
	static const char name[] = "\\dir\\file";

	w.unicode = false;
	w.oem = oem_open("CP437");
	info_query_level(0x0104)->put(&subject, &w);
	ck_assert_uint_eq(u32_at(0), strlen(name));
	ck_assert_mem_eq(w.frame->smb + 4, name, strlen(name));
	oem_close(&w.oem);
}
END_TEST

static const struct {
	uint16_t level;
	size_t size; /* of one entry of four Unicode characters, its terminator included */
} find_sizes[] = {
	{ 0x0001, 24 + 8 + 2 },
	{ 0x0002, 27 + 8 + 1 },
	{ 0x0003, 27 + 8 + 1 },
	{ 0x0101, 64 + 8 + 2 },
	{ 0x0102, 68 + 8 + 2 },
	{ 0x0103, 12 + 8 + 2 },
	{ 0x0104, 94 + 8 + 2 },
	{ 0x0105, 80 + 8 + 2 },
	{ 0x0106, 104 + 8 + 2 },
};

START_TEST(each_find_level_has_its_size)
{
	const struct find_entry e = { .name = "file", .shorter = "FILE~1.X", .stat = subject.stat };
	const struct find_level *level = find_level(find_sizes[_i].level);
	size_t last = 77;

	ck_assert(find_put(level, &e, true, &last, &w));
	ck_assert_uint_eq(last, 0);
	ck_assert_uint_eq(w.pos, find_sizes[_i].size);
}
END_TEST

START_TEST(chained_entries_lead_to_the_next_and_are_aligned)
{
	const struct find_entry e = { .name = "file" };
	const struct find_level *level = find_level(0x0104);
	size_t last = 0;

	ck_assert(find_put(level, &e, true, &last, &w));
	ck_assert(find_put(level, &e, false, &last, &w));
	ck_assert_uint_eq(last % 8, 0);
	ck_assert_uint_eq(u32_at(0), last);
	ck_assert_uint_eq(u32_at(last), 0);
}
END_TEST

START_TEST(an_entry_that_does_not_fit_leaves_no_trace)
{
	const struct find_entry e = { .name = "file" };
	const struct find_level *level = find_level(0x0106);
	size_t last = 0, n = 0, before;

	do {
		before = w.pos;
		n++;
	} while (find_put(level, &e, n == 1, &last, &w));
	ck_assert_uint_eq(w.pos, before);
	ck_assert(!w.full);
	ck_assert_uint_eq(u32_at(last), 0);
	ck_assert_uint_gt(n, 30);
}
END_TEST

START_TEST(names_too_long_for_a_byte_are_passed_over)
{
	struct find_entry e = { .name = "file" };
	const struct find_level *level = find_level(0x0001);
	char name[201];
	size_t last = 0, before;

	ck_assert(find_put(level, &e, true, &last, &w));
	before = w.pos;
	memset(name, 'x', 200);
	name[200] = '\0';
	e.name = name;
	ck_assert(find_put(level, &e, false, &last, &w));
	ck_assert_uint_eq(w.pos, before);
	ck_assert_uint_eq(last, 0);
}
END_TEST

START_TEST(short_names_are_unicode_whatever_the_client_speaks)
{
	const struct find_entry e = { .name = "file", .shorter = "AB" };
	size_t last = 0;

	w.unicode = false;
	w.oem = oem_open("CP437");
	ck_assert(find_put(find_level(0x0104), &e, true, &last, &w));
	ck_assert_uint_eq(w.frame->smb[68], 4);
	ck_assert_mem_eq(w.frame->smb + 70, "A\0B\0", 4);
	oem_close(&w.oem);
}
END_TEST

static const struct fs_subject large = {
	.fs = { .blocks = (uint64_t)1 << 40,
	    .free = (uint64_t)1 << 39,
	    .available = 1 << 20,
	    .block_size = 4096,
	    .serial = 0xCAFE,
	    .name_max = 255 },
	.label = "share",
	.type = "NTFS",
};

START_TEST(a_large_file_system_keeps_its_size_in_larger_units)
{
	uint64_t bytes;

	fs_query_level(0x0001)->put(&large, &w);
	ck_assert_uint_eq(w.pos, 18);
	bytes = (uint64_t)u32_at(4) * u32_at(8) * 512;
	ck_assert_uint_ge(bytes, ((uint64_t)1 << 52) - ((uint64_t)1 << 21));
	ck_assert_uint_le(bytes, (uint64_t)1 << 52);
}
END_TEST

START_TEST(each_fs_level_has_its_size)
{
	static const struct {
		uint16_t level;
		size_t size;
	} fs_sizes[] = {
		{ 0x0001, 18 },
		{ 0x0002, 5 + 10 + 2 },
		{ 0x0102, 18 + 10 },
		{ 0x0103, 24 },
		{ 0x0104, 8 },
		{ 0x0105, 12 + 8 },
		{ 1001, 18 + 10 },
		{ 1003, 24 },
		{ 1004, 8 },
		{ 1005, 12 + 8 },
		{ 1006, 48 },
		{ 1007, 32 },
		{ 1008, 64 },
		{ 1011, 28 },
	};

	for (size_t i = 0; i < sizeof(fs_sizes) / sizeof(fs_sizes[0]); i++) {
		wr_rewind(&w, 0);
		fs_query_level(fs_sizes[i].level)->put(&large, &w);
		ck_assert_uint_eq(w.pos, fs_sizes[i].size);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("info");
	TCase *tc = tcase_create("levels");
	SRunner *sr;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_loop_test(tc, each_query_level_has_its_size, 0, sizeof(sizes) / sizeof(sizes[0]));
	tcase_add_test(tc, levels_that_do_not_exist_are_not_found);
	tcase_add_test(tc, a_name_about_to_go_is_not_counted);
	tcase_add_test(tc, sizes_beyond_32_bits_show_as_the_largest);
	tcase_add_test(tc, a_directory_has_no_stream);
	tcase_add_test(tc, streams_are_chained_and_aligned);
	tcase_add_test(tc, streams_that_do_not_fit_are_left_out_whole);
	tcase_add_test(tc, names_are_in_the_code_page_without_unicode);
	tcase_add_loop_test(
	    tc, each_find_level_has_its_size, 0, sizeof(find_sizes) / sizeof(find_sizes[0]));
	tcase_add_test(tc, chained_entries_lead_to_the_next_and_are_aligned);
	tcase_add_test(tc, an_entry_that_does_not_fit_leaves_no_trace);
	tcase_add_test(tc, names_too_long_for_a_byte_are_passed_over);
	tcase_add_test(tc, short_names_are_unicode_whatever_the_client_speaks);
	tcase_add_test(tc, a_large_file_system_keeps_its_size_in_larger_units);
	tcase_add_test(tc, each_fs_level_has_its_size);
	suite_add_tcase(s, tc);
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
