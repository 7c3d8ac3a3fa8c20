/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <pthread.h>
#include <sys/xattr.h>

#include "disk/attr.h"
#include "disk/dir.h"
#include "disk/io.h"
#include "disk/lookup.h"
#include "disk/name.h"
#include "disk/sidestore.h"
#include "disk/stream.h"
#include "scratch.h"
#include "wire/access.h"

#define LARGE ((size_t)5 << 20)

static void
setup(void)
{
	struct disk_options options = scratch_defaults();

	scratch_setup();
	options.named_streams = true;
	scratch_reopen(options);
}

static struct disk_file *
create(const char *path)
{
	struct disk_file *f;

	ck_assert_uint_eq(
	    scratch_open(path, DISK_READ | DISK_WRITE, DISK_OPEN_IF, &f), STATUS_SUCCESS);
	return f;
}

static void
put_at(const struct disk_file *f, const void *bytes, size_t n, uint64_t off)
{
	size_t put;

	ck_assert_uint_eq(disk_write(f, bytes, n, off, &put), STATUS_SUCCESS);
	ck_assert_uint_eq(put, n);
}

static void
put(const char *path, const void *bytes, size_t n)
{
	struct disk_file *f = create(path);

	put_at(f, bytes, n, 0);
	disk_close(&f);
}

static void
put_text(const char *path, const char *text)
{
	put(path, text, strlen(text));
}

static void
holds(const char *path, const void *bytes, size_t n)
{
	struct disk_file *f;
	char *got = malloc(n + 1);
	size_t len;

	ck_assert_uint_eq(scratch_open(path, DISK_READ, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_read(f, got, n + 1, 0, &len), STATUS_SUCCESS);
	ck_assert_uint_eq(len, n);
	ck_assert_mem_eq(got, bytes, n);
	disk_close(&f);
	free(got);
}

static void
holds_text(const char *path, const char *text)
{
	holds(path, text, strlen(text));
}

static char *
pattern(size_t n)
{
	char *p = arena_alloc_raw(&scratch_arena, n);

	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 7 + i / 251);
	return p;
}

static struct disk_streams
list(const char *path)
{
	struct disk_streams s;
	struct disk_file *f;

	ck_assert_uint_eq(scratch_open(path, 0, DISK_OPEN, &f), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_streams(&scratch, &scratch_arena, f, &s), STATUS_SUCCESS);
	disk_close(&f);
	return s;
}

static const struct disk_stream *
listed(const char *path, const char *name)
{
	struct disk_streams s = list(path);

	for (size_t i = 0; i < s.n; i++)
		if (strcmp(s.stream[i].name, name) == 0)
			return &s.stream[i];
	return NULL;
}

static nt_status
status_of(const char *path)
{
	return disk_lookup(&scratch, &scratch_arena, path, NULL, NULL);
}

/* Keys in the side store, which is not there while there are none. */
static unsigned
keys(void)
{
	int fd = openat(scratch_fd, SIDE_DIRECTORY, O_RDONLY | O_DIRECTORY);
	struct dirent *e;
	unsigned n = 0;
	DIR *dir;

	if (fd < 0)
		return 0;
	dir = fdopendir(fd);
	while ((e = readdir(dir)) != NULL)
		n += e->d_name[0] != '.';
	closedir(dir);
	return n;
}

static char *
disk_path(const char *name)
{
	static char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/root/%s", scratch_top, name);
	return path;
}

START_TEST(small_stream_lies_in_sambas_attribute)
{
	char value[32];

	put_text("f:One Two", "content");
	ck_assert_int_eq(
	    getxattr(disk_path("f"), "user.DosStream.One Two:$DATA", value, sizeof(value)), 8);
	ck_assert_mem_eq(value, "content", 8);
	holds_text("f:one two", "content");
	holds("f", "", 0);
}
END_TEST

START_TEST(sambas_stream_is_read)
{
	others_write("f", "data");
	ck_assert_int_eq(setxattr(disk_path("f"), "user.DosStream.x?*:$DATA", "abc", 4, 0), 0);
	holds_text("f:x?*", "abc");
	ck_assert_uint_eq(listed("f", "x?*")->size, 3);
	ck_assert_uint_eq(list("f").n, 1);
}
END_TEST

START_TEST(large_stream_is_kept_whatever_its_size)
{
	char *bytes = pattern(LARGE);
	struct disk_file *f = create("f:large");

	for (size_t at = 0; at < LARGE; at += 61440)
		put_at(f, bytes + at, LARGE - at < 61440 ? LARGE - at : 61440, at);
	disk_close(&f);
	holds("f:LARGE", bytes, LARGE);
	ck_assert_uint_eq(listed("f", "large")->size, LARGE);
	ck_assert_uint_eq(keys(), 1);
}
END_TEST

START_TEST(stream_that_grows_keeps_what_it_had)
{
	struct disk_file *one = create("f:s"), *two = create("f:S");
	char got[8];
	size_t n;

	put_at(one, "begin", 5, 0);
	put_at(two, "end", 3, 100000);
	ck_assert_uint_eq(disk_read(one, got, 5, 0, &n), STATUS_SUCCESS);
	ck_assert_mem_eq(got, "begin", 5);
	ck_assert_uint_eq(disk_read(one, got, 8, 100000, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 3);
	put_at(one, "BEGIN", 5, 0);
	ck_assert_uint_eq(disk_read_cached(two, got, 5, 0, &n), STATUS_SUCCESS);
	ck_assert_mem_eq(got, "BEGIN", 5);
	ck_assert_int_lt(getxattr(disk_path("f"), "user.DosStream.s:$DATA", NULL, 0), 0);
	disk_close(&one);
	disk_close(&two);
	ck_assert_uint_eq(listed("f", "s")->size, 100003);
}
END_TEST

START_TEST(many_streams_find_room)
{
	char name[32], text[400];

	memset(text, 'x', sizeof(text));
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "f:stream %d", i);
		put(name, text, sizeof(text) - (size_t)i);
	}
	ck_assert_uint_eq(list("f").n, 100);
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "f:stream %d", i);
		holds(name, text, sizeof(text) - (size_t)i);
	}
}
END_TEST

START_TEST(rename_of_the_file_keeps_its_streams)
{
	struct disk_rename r = { .from = "f", .to = "d/g" };
	char *bytes = pattern(80000);

	put_text("f:small", "small");
	put("f:large", bytes, 80000);
	others_mkdir("d");
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
	holds_text("d/g:small", "small");
	holds("d/g:large", bytes, 80000);
}
END_TEST

START_TEST(unlinking_the_file_removes_its_large_streams)
{
	put("f:large", pattern(80000), 80000);
	ck_assert_uint_eq(disk_link(&scratch, "f", "g", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(disk_unlink(&scratch, "f", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(keys(), 1);
	ck_assert_uint_eq(listed("g", "large")->size, 80000);
	ck_assert_uint_eq(disk_unlink(&scratch, "g", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(keys(), 0);
}
END_TEST

START_TEST(replacing_and_removing_take_streams_along)
{
	struct disk_rename r = { .from = "from", .to = "f", .replace = true };

	put("f:large", pattern(80000), 80000);
	others_write("from", "new");
	ck_assert_uint_eq(disk_rename(&scratch, &scratch_arena, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(list("f").n, 0);
	ck_assert_uint_eq(keys(), 0);
	others_mkdir("d");
	put("d:large", pattern(80000), 80000);
	ck_assert_uint_eq(keys(), 1);
	ck_assert_uint_eq(disk_rmdir(&scratch, "d", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(keys(), 0);
}
END_TEST

START_TEST(copy_made_by_others_does_not_share_a_stream)
{
	char marker[128];
	ssize_t n;

	put("f:large", pattern(80000), 80000);
	others_write("copy", "");
	n = getxattr(disk_path("f"), SIDE_MARKER, marker, sizeof(marker));
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(setxattr(disk_path("copy"), SIDE_MARKER, marker, (size_t)n, 0), 0);
	ck_assert_uint_eq(status_of("copy:large"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(list("copy").n, 0);
	put("copy:large", pattern(90000), 90000);
	ck_assert_uint_eq(listed("f", "large")->size, 80000);
	ck_assert_uint_eq(disk_unlink(&scratch, "copy", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(listed("f", "large")->size, 80000);
}
END_TEST

START_TEST(a_move_cut_short_leaves_the_old_content)
{
	put("f:s", pattern(80000), 80000);
	ck_assert_int_eq(setxattr(disk_path("f"), "user.DosStream.s:$DATA", "old", 4, 0), 0);
	holds_text("f:s", "old");
	ck_assert_uint_eq(list("f").n, 1);
	put("f:s", pattern(70000), 70000);
	ck_assert_uint_eq(listed("f", "s")->size, 70000);
	ck_assert_uint_eq(disk_unlink(&scratch, "f:s", NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(list("f").n, 0);
}
END_TEST

START_TEST(side_store_is_not_there_for_clients)
{
	struct disk_dir *dir;
	struct disk_entry e;

	put("f:large", pattern(80000), 80000);
	ck_assert(others_see(SIDE_DIRECTORY));
	ck_assert_uint_eq(status_of(SIDE_DIRECTORY), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(status_of(".SMB1D.Streams"), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(status_of(SIDE_DIRECTORY "/x"), STATUS_OBJECT_PATH_NOT_FOUND);
	ck_assert_uint_eq(disk_dir_open(&scratch, "", &dir), STATUS_SUCCESS);
	while (disk_dir_next(dir, &e) == STATUS_SUCCESS)
		ck_assert_str_ne(e.name, SIDE_DIRECTORY);
	disk_dir_close(&dir);
}
END_TEST

START_TEST(creating_a_stream_creates_its_file)
{
	struct disk_file *f;

	ck_assert_uint_eq(
	    scratch_open("f:s", DISK_READ, DISK_OPEN, &f), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(!others_see("f"));
	ck_assert_uint_eq(scratch_open("f:s", DISK_READ, DISK_CREATE, &f), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert(others_see("f"));
	ck_assert_uint_eq(
	    scratch_open("f:S", DISK_READ, DISK_CREATE, &f), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(
	    scratch_open("f:t", DISK_READ, DISK_OPEN, &f), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(unnamed_stream_is_the_file_and_no_directory)
{
	struct disk_file *f;

	others_write("f", "data");
	others_mkdir("d");
	holds_text("f:", "data");
	ck_assert_uint_eq(scratch_open("d:", DISK_READ, DISK_OPEN, &f), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(status_of("d:"), STATUS_FILE_IS_A_DIRECTORY);
}
END_TEST

START_TEST(directory_has_streams)
{
	struct disk_stat st;

	others_mkdir("d");
	put_text("d:s", "of a directory");
	holds_text("d:s", "of a directory");
	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "D:S", &st, NULL), STATUS_SUCCESS);
	ck_assert(!st.directory);
	ck_assert_uint_eq(st.attributes & FILE_ATTRIBUTE_DIRECTORY, 0);
	ck_assert_uint_eq(st.size, 14);
	ck_assert_uint_ne(st.id.stream, 0);
}
END_TEST

START_TEST(who_wants_all_there_is_may_write_a_directorys_stream)
{
	struct disk_open o = {
		.path = "d:s", .wanted = ACCESS_MAXIMUM_ALLOWED, .create = DISK_OPEN_IF
	};

	others_mkdir("d");
	for (int i = 0; i < 2; i++) {
		ck_assert_uint_eq(disk_open(&scratch, &scratch_arena, &o), STATUS_SUCCESS);
		ck_assert(o.file->writable);
		put_at(o.file, "all", 3, 0);
		disk_close(&o.file);
	}
	holds_text("d:s", "all");
}
END_TEST

START_TEST(names_are_checked)
{
	char longest[SIDE_NAME_MAX + 2], path[SIDE_NAME_MAX + 8];

	memset(longest, 'n', sizeof(longest));
	longest[SIDE_NAME_MAX] = '\0';
	snprintf(path, sizeof(path), "f:%s", longest);
	put_text(path, "long");
	holds_text(path, "long");
	ck_assert_uint_eq(list("f").n, 1);
	longest[SIDE_NAME_MAX] = 'n';
	longest[SIDE_NAME_MAX + 1] = '\0';
	ck_assert(!disk_stream_valid(longest));
	ck_assert(!disk_stream_valid(""));
	ck_assert(!disk_stream_valid("a:b"));
	ck_assert(!disk_stream_valid("a\\b"));
	ck_assert(!disk_stream_valid("a/b"));
	ck_assert(disk_stream_valid("..\x05\n?*"));
	put_text("f:..", "dots");
	put("f:..", pattern(80000), 80000);
	ck_assert_uint_eq(listed("f", "..")->size, 80000);
}
END_TEST

START_TEST(truncation_shrinks_and_grows)
{
	static const uint64_t sizes[] = { 5, 0, 3, 3000, 70000, 10, 100000, 0 };
	struct disk_file *f = create("f:s");
	struct disk_stat st;

	put_at(f, "0123456789", 10, 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_uint_eq(disk_truncate(f, sizes[i]), STATUS_SUCCESS);
		ck_assert_uint_eq(disk_file_stat(&scratch, f, &st), STATUS_SUCCESS);
		ck_assert_uint_eq(st.size, sizes[i]);
	}
	put_at(f, "x", 1, 2);
	disk_close(&f);
	holds("f:s", "\0\0x", 3);
}
END_TEST

static nt_status
rename_stream(const char *from, const char *to, bool replace)
{
	struct disk_rename r = { .from = from, .to = to, .replace = replace };

	return disk_rename(&scratch, &scratch_arena, &r);
}

START_TEST(streams_are_renamed_within_their_file)
{
	struct disk_file *f = create("f:one");

	put_at(f, "1", 1, 0);
	ck_assert_uint_eq(rename_stream("f:one", ":two", false), STATUS_SUCCESS);
	put_at(f, "2", 1, 1);
	ck_assert_uint_eq(rename_stream("f:two", ":TWO", false), STATUS_SUCCESS);
	put_at(f, "3", 1, 2);
	disk_close(&f);
	holds_text("f:two", "123");
	ck_assert_ptr_nonnull(listed("f", "TWO"));
	ck_assert_uint_eq(list("f").n, 1);
	put("f:large", pattern(80000), 80000);
	ck_assert_uint_eq(rename_stream("f:LARGE", ":huge", false), STATUS_SUCCESS);
	ck_assert_uint_eq(listed("f", "huge")->size, 80000);
	ck_assert_uint_eq(rename_stream("f:huge", "f:x", false), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(rename_stream("f:huge", ":a/b", false), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(rename_stream("f:none", ":x", false), STATUS_OBJECT_NAME_NOT_FOUND);
}
END_TEST

START_TEST(only_an_empty_closed_stream_is_replaced)
{
	struct disk_file *f;

	put_text("f:from", "content");
	put_text("f:full", "x");
	f = create("f:empty");
	ck_assert_uint_eq(rename_stream("f:from", ":full", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(rename_stream("f:from", ":full", true), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(rename_stream("f:from", ":empty", true), STATUS_INVALID_PARAMETER);
	disk_close(&f);
	ck_assert_uint_eq(rename_stream("f:from", ":empty", true), STATUS_SUCCESS);
	holds_text("f:empty", "content");
	ck_assert_uint_eq(list("f").n, 2);
}
END_TEST

START_TEST(a_stream_becomes_the_data_of_an_empty_file)
{
	char *bytes = pattern(80000);
	struct disk_file *f = create("f:s");

	put_at(f, bytes, 80000, 0);
	ck_assert_uint_eq(rename_stream("f:s", ":", false), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(rename_stream("f:s", ":", true), STATUS_SUCCESS);
	holds("f", bytes, 80000);
	ck_assert_uint_eq(list("f").n, 0);
	put_at(f, "X", 1, 0);
	bytes[0] = 'X';
	disk_close(&f);
	holds("f", bytes, 80000);
	put_text("f:t", "t");
	ck_assert_uint_eq(rename_stream("f:t", ":", true), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(streams_are_copied_and_removed_together)
{
	struct disk_file *from, *to;
	char *bytes = pattern(80000);

	put_text("from:a", "a");
	put("from:large", bytes, 80000);
	from = create("from");
	to = create("to");
	ck_assert_uint_eq(disk_streams_copy(&scratch, from, to), STATUS_SUCCESS);
	ck_assert_uint_eq(list("to").n, 2);
	holds_text("to:a", "a");
	holds("to:large", bytes, 80000);
	ck_assert_uint_eq(disk_streams_remove(&scratch, from), STATUS_SUCCESS);
	ck_assert_uint_eq(list("from").n, 0);
	ck_assert_uint_eq(list("to").n, 2);
	disk_close(&from);
	disk_close(&to);
}
END_TEST

START_TEST(readonly_file_has_readonly_streams)
{
	const struct disk_attr attr = { .attributes = FILE_ATTRIBUTE_READONLY };
	struct disk_file *f;

	put_text("f:s", "s");
	f = create("f");
	ck_assert_uint_eq(disk_set_attr(&scratch, f, &attr), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(scratch_open("f:s", DISK_WRITE, DISK_OPEN, &f), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(scratch_open("f:new", 0, DISK_CREATE, &f), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(disk_unlink(&scratch, "f:s", NULL), STATUS_CANNOT_DELETE);
	holds_text("f:s", "s");
}
END_TEST

START_TEST(attributes_set_through_a_stream_are_the_files)
{
	const struct disk_attr attr = { .attributes = FILE_ATTRIBUTE_HIDDEN,
		.written = ntime_from_utime(1000000000) };
	struct disk_file *f = create("f:s");
	struct disk_stat st;

	ck_assert_uint_eq(disk_set_attr(&scratch, f, &attr), STATUS_SUCCESS);
	disk_close(&f);
	ck_assert_uint_eq(disk_lookup(&scratch, &scratch_arena, "f", &st, NULL), STATUS_SUCCESS);
	ck_assert_uint_eq(st.attributes, FILE_ATTRIBUTE_HIDDEN);
	ck_assert_uint_eq(st.written, attr.written);
	ck_assert_uint_eq(st.id.stream, 0);
}
END_TEST

START_TEST(share_without_streams_knows_none)
{
	struct disk_options options = scratch_defaults();
	struct disk_file *f;

	put_text("f:s", "s");
	options.named_streams = false;
	scratch_reopen(options);
	ck_assert_uint_eq(
	    scratch_open("f:s", DISK_READ, DISK_OPEN, &f), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(status_of("f:s"), STATUS_OBJECT_NAME_INVALID);
	ck_assert_uint_eq(list("f").n, 0);
}
END_TEST

START_TEST(a_stream_removed_behind_our_back_is_gone)
{
	struct disk_file *f = create("f:s");
	size_t n;
	char c;

	ck_assert_int_eq(removexattr(disk_path("f"), "user.DosStream.s:$DATA"), 0);
	ck_assert_uint_eq(disk_read(f, &c, 1, 0, &n), STATUS_FILE_DELETED);
	ck_assert_uint_eq(disk_write(f, "x", 1, 0, &n), STATUS_FILE_DELETED);
	disk_close(&f);
	ck_assert_uint_eq(list("f").n, 0);
}
END_TEST

static void *
writer(void *arg)
{
	const unsigned me = *(unsigned *)arg;
	struct disk_file *f = create("f:shared");
	unsigned char c = (unsigned char)('a' + me);
	size_t put;

	for (uint64_t i = 0; i < 200; i++)
		if (disk_write(f, &c, 1, i * 4 + me, &put) != STATUS_SUCCESS)
			break;
	for (uint64_t i = 0; i < 200; i++)
		if (disk_write(f, &c, 1, 40000 * i + me, &put) != STATUS_SUCCESS)
			break;
	disk_close(&f);
	return NULL;
}

START_TEST(writers_do_not_lose_each_others_bytes)
{
	unsigned me[4] = { 0, 1, 2, 3 };
	pthread_t thread[4];
	struct disk_file *f;
	char got[800];
	size_t n;

	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&thread[i], NULL, writer, &me[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(thread[i], NULL);
	f = create("f:shared");
	ck_assert_uint_eq(disk_read(f, got, sizeof(got), 0, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, sizeof(got));
	for (size_t i = 0; i < sizeof(got); i++)
		ck_assert_int_eq(got[i], 'a' + (int)(i % 4));
	ck_assert_uint_eq(disk_read(f, got, 8, 40000 * 199, &n), STATUS_SUCCESS);
	ck_assert_uint_eq(n, 4);
	ck_assert_mem_eq(got, "abcd", 4);
	disk_close(&f);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("stream");
	TCase *tc = tcase_create("stream");

	tcase_add_checked_fixture(tc, setup, scratch_teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, small_stream_lies_in_sambas_attribute);
	tcase_add_test(tc, sambas_stream_is_read);
	tcase_add_test(tc, large_stream_is_kept_whatever_its_size);
	tcase_add_test(tc, stream_that_grows_keeps_what_it_had);
	tcase_add_test(tc, many_streams_find_room);
	tcase_add_test(tc, rename_of_the_file_keeps_its_streams);
	tcase_add_test(tc, unlinking_the_file_removes_its_large_streams);
	tcase_add_test(tc, replacing_and_removing_take_streams_along);
	tcase_add_test(tc, copy_made_by_others_does_not_share_a_stream);
	tcase_add_test(tc, a_move_cut_short_leaves_the_old_content);
	tcase_add_test(tc, side_store_is_not_there_for_clients);
	tcase_add_test(tc, creating_a_stream_creates_its_file);
	tcase_add_test(tc, unnamed_stream_is_the_file_and_no_directory);
	tcase_add_test(tc, directory_has_streams);
	tcase_add_test(tc, who_wants_all_there_is_may_write_a_directorys_stream);
	tcase_add_test(tc, names_are_checked);
	tcase_add_test(tc, truncation_shrinks_and_grows);
	tcase_add_test(tc, streams_are_renamed_within_their_file);
	tcase_add_test(tc, only_an_empty_closed_stream_is_replaced);
	tcase_add_test(tc, a_stream_becomes_the_data_of_an_empty_file);
	tcase_add_test(tc, streams_are_copied_and_removed_together);
	tcase_add_test(tc, readonly_file_has_readonly_streams);
	tcase_add_test(tc, attributes_set_through_a_stream_are_the_files);
	tcase_add_test(tc, share_without_streams_knows_none);
	tcase_add_test(tc, a_stream_removed_behind_our_back_is_gone);
	tcase_add_test(tc, writers_do_not_lose_each_others_bytes);
	suite_add_tcase(s, tc);
	return scratch_run(s);
}
