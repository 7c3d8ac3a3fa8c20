/* SPDX-License-Identifier: BSD-2-Clause */

/* COPY and MOVE of LAN Manager's clients, and CLOSE_AND_TREE_DISC. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "client.h"
#include "server.h"
#include "smb/commands.h"
#include "wire/status.h"

/* OpenFunction */
#define FAIL    0x10
#define APPEND  0x11
#define REPLACE 0x12
#define NO_NEW  0x02

#define TO_FILE      0x0001
#define TO_DIRECTORY 0x0002
#define TREE         0x0020

#define READ_ALL_SHARED 0x0042 /* OPEN: read and write, deny none */

static struct server server;
static struct client *c;

static const char *
disk(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", server.root, name);
	return path;
}

static void
clear(void)
{
	static const char *const made[] = { "one.txt", "two.txt", "three.doc", "new.txt", "one.bak",
		"two.bak", "one", "folder/one.txt", "folder/two.txt", "folder" };

	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		remove(disk(made[i]));
}

static void
begin(void)
{
	clear();
	server_file(&server, "one.txt", "one", 3);
	server_file(&server, "two.txt", "second", 6);
	server_file(&server, "three.doc", "3", 1);
	server_mkdir(&server, "folder");
	c = client_on(server.port, "share");
}

static void
end(void)
{
	client_close(&c);
	clear();
}

static const char *
content(const char *name)
{
	static char text[64];
	FILE *f = fopen(disk(name), "r");
	size_t n;

	if (f == NULL)
		return "(none)";
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

struct two {
	uint8_t command;
	const char *from, *to;
	uint16_t function, flags, tid;
};

static nt_status
call(const struct two *t, struct reply *r)
{
	struct writer *w = client_begin(c, t->command);

	wr_u16(w, t->tid != 0 ? t->tid : 0xFFFF);
	wr_u16(w, t->function);
	wr_u16(w, t->flags);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, t->from);
	wr_u8(w, 4);
	wr_string(w, t->to);
	return client_call(c, r);
}

/* Done to so many files. */
static void
done(const struct two *t, uint16_t files)
{
	struct reply r;

	ck_assert_uint_eq(call(t, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(r.word_count, 1);
	ck_assert_uint_eq(rd_u16(&r.words), files);
	ck_assert_uint_eq(rd_left(&r.bytes), 0);
}

static void
refused(const struct two *t, nt_status status)
{
	struct reply r;

	ck_assert_uint_eq(call(t, &r), status);
}

static uint16_t
opened(const char *name)
{
	struct writer *w = client_begin(c, SMB_COM_OPEN);
	struct reply r;

	wr_u16(w, READ_ALL_SHARED);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, name);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	return rd_u16(&r.words);
}

#define COPY(...) (&(const struct two){ SMB_COM_COPY, __VA_ARGS__ })
#define MOVE(...) (&(const struct two){ SMB_COM_MOVE, __VA_ARGS__ })

START_TEST(a_file_is_copied)
{
	done(COPY("\\ONE.TXT", "\\new.txt", FAIL, 0, 0), 1);
	ck_assert_str_eq(content("new.txt"), "one");
	ck_assert_str_eq(content("one.txt"), "one");
}
END_TEST

START_TEST(a_copy_replaces_only_when_told_to)
{
	refused(COPY("\\one.txt", "\\two.txt", FAIL, 0, 0), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_str_eq(content("two.txt"), "second");
	done(COPY("\\one.txt", "\\two.txt", REPLACE, 0, 0), 1);
	ck_assert_str_eq(content("two.txt"), "one");
}
END_TEST

START_TEST(a_copy_goes_behind_what_is_there_when_told_to)
{
	done(COPY("\\one.txt", "\\two.txt", APPEND, 0, 0), 1);
	ck_assert_str_eq(content("two.txt"), "secondone");
}
END_TEST

START_TEST(a_copy_makes_no_file_unless_told_to)
{
	refused(COPY("\\one.txt", "\\new.txt", NO_NEW, 0, 0), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(!server_has(&server, "new.txt"));
}
END_TEST

START_TEST(a_file_is_not_copied_to_itself)
{
	refused(COPY("\\one.txt", "\\ONE.TXT", REPLACE, 0, 0), STATUS_SHARING_VIOLATION);
	refused(COPY("\\one.txt", "\\ONE.TXT", APPEND, 0, 0), STATUS_SHARING_VIOLATION);
	ck_assert_str_eq(content("one.txt"), "one");
}
END_TEST

START_TEST(what_is_open_is_not_replaced)
{
	opened("\\two.txt");
	refused(COPY("\\one.txt", "\\two.txt", REPLACE, 0, 0), STATUS_SHARING_VIOLATION);
	ck_assert_str_eq(content("two.txt"), "second");
}
END_TEST

START_TEST(a_pattern_copies_each_file_it_matches)
{
	done(COPY("\\*.txt", "\\*.bak", FAIL, 0, 0), 2);
	ck_assert_str_eq(content("one.bak"), "one");
	ck_assert_str_eq(content("two.bak"), "second");
}
END_TEST

START_TEST(a_directory_takes_files_by_their_names)
{
	done(COPY("\\*.txt", "\\folder", FAIL, 0, 0), 2);
	ck_assert_str_eq(content("folder/one.txt"), "one");
	ck_assert_str_eq(content("folder/two.txt"), "second");
}
END_TEST

START_TEST(the_flags_say_what_the_new_name_has_to_be)
{
	refused(COPY("\\one.txt", "\\folder", FAIL, TO_FILE, 0), STATUS_FILE_IS_A_DIRECTORY);
	refused(COPY("\\one.txt", "\\two.txt", REPLACE, TO_DIRECTORY, 0), STATUS_NOT_A_DIRECTORY);
	refused(COPY("\\one.txt", "\\none", FAIL, TO_DIRECTORY, 0), STATUS_OBJECT_PATH_NOT_FOUND);
	refused(COPY("\\folder", "\\none", FAIL, TREE, 0), STATUS_NOT_SUPPORTED);
	done(COPY("\\one.txt", "\\folder", FAIL, TO_DIRECTORY, 0), 1);
}
END_TEST

/* Those before it are done, and their number is told. */
START_TEST(the_file_that_fails_is_named)
{
	struct reply r;

	server_file(&server, "folder/two.txt", "in the way", 10);
	ck_assert_uint_eq(
	    call(COPY("\\two.txt", "\\folder", FAIL, 0, 0), &r), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(r.word_count, 1);
	ck_assert_uint_eq(rd_u16(&r.words), 0);
	ck_assert_uint_eq(rd_u8(&r.bytes), 4);
	ck_assert_str_eq(rd_string(&r.bytes), "\\two.txt");
}
END_TEST

START_TEST(what_nothing_matches_is_no_file)
{
	refused(COPY("\\*.none", "\\folder", FAIL, 0, 0), STATUS_NO_SUCH_FILE);
	refused(COPY("\\none.txt", "\\new.txt", FAIL, 0, 0), STATUS_OBJECT_NAME_NOT_FOUND);
	refused(COPY("\\folder", "\\new.txt", FAIL, 0, 0), STATUS_FILE_IS_A_DIRECTORY);
}
END_TEST

START_TEST(another_tree_is_another_device)
{
	uint16_t first = c->tid;

	client_tree(c, "readonly");
	refused(COPY("\\one.txt", "\\new.txt", FAIL, 0, first), STATUS_ACCESS_DENIED);
	client_tree(c, "share");
	refused(COPY("\\one.txt", "\\new.txt", FAIL, 0, first), STATUS_NOT_SAME_DEVICE);
	refused(COPY("\\one.txt", "\\new.txt", FAIL, 0, 0xFFF0), STATUS_SMB_BAD_TID);
	done(COPY("\\one.txt", "\\new.txt", FAIL, 0, c->tid), 1);
}
END_TEST

START_TEST(a_file_is_moved)
{
	done(MOVE("\\one.txt", "\\folder", FAIL, 0, 0), 1);
	ck_assert_str_eq(content("folder/one.txt"), "one");
	ck_assert(!server_has(&server, "one.txt"));
}
END_TEST

START_TEST(a_pattern_moves_each_file_it_matches)
{
	done(MOVE("\\*.txt", "\\*.bak", FAIL, 0, 0), 2);
	ck_assert_str_eq(content("one.bak"), "one");
	ck_assert(!server_has(&server, "two.txt"));
}
END_TEST

START_TEST(a_move_replaces_only_when_told_to)
{
	refused(MOVE("\\one.txt", "\\two.txt", FAIL, 0, 0), STATUS_OBJECT_NAME_COLLISION);
	done(MOVE("\\one.txt", "\\two.txt", REPLACE, 0, 0), 1);
	ck_assert_str_eq(content("two.txt"), "one");
}
END_TEST

static nt_status
close_and_disconnect(uint16_t fid, uint32_t time)
{
	struct writer *w = client_begin(c, SMB_COM_CLOSE_AND_TREE_DISC);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, time);
	return client_call(c, &r);
}

START_TEST(a_file_is_closed_with_its_tree)
{
	uint16_t fid = opened("\\one.txt");
	struct stat st;
	struct writer *w;
	struct reply r;

	ck_assert_uint_eq(close_and_disconnect(fid + 1, 0), STATUS_INVALID_HANDLE);
	ck_assert_uint_eq(close_and_disconnect(fid, 1000000000), STATUS_SUCCESS);
	w = client_begin(c, SMB_COM_TREE_DISCONNECT);
	(void)w;
	ck_assert_uint_eq(client_call(c, &r), STATUS_SMB_BAD_TID);
	client_tree(c, "share");
	ck_assert_uint_eq(close_and_disconnect(fid, 0), STATUS_INVALID_HANDLE);
	opened("\\one.txt");
	ck_assert_int_eq(stat(disk("one.txt"), &st), 0);
	ck_assert_int_lt(labs((long)st.st_mtime - 1000000000L), 14 * 3600L); /* in whatever zone */
}
END_TEST

static bool
has(const char *name, const char *attribute)
{
	return getxattr(disk(name), attribute, NULL, 0) >= 0;
}

static nt_status
nt_copy(const char *from, const char *to)
{
	struct writer *w = client_begin(c, 0xA5);
	struct reply r;

	wr_u16(w, 0x16);
	wr_u16(w, 0x105);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, from);
	wr_u8(w, 4);
	wr_string(w, to);
	return client_call(c, &r);
}

/* Who may add a stream to it may not change its EAs and attributes for that. */
START_TEST(a_copy_to_a_stream_leaves_its_file_as_it_is)
{
	setxattr(disk("one.txt"), "user.A", "its", 3, 0);
	setxattr(disk("two.txt"), "user.B", "kept", 4, 0);
	ck_assert_uint_eq(nt_copy("\\one.txt", "\\two.txt:s"), STATUS_SUCCESS);
	ck_assert(has("two.txt", "user.DosStream.s:$DATA"));
	ck_assert(has("two.txt", "user.B"));
	ck_assert(!has("two.txt", "user.A"));
	ck_assert_str_eq(content("two.txt"), "second");
}
END_TEST

START_TEST(what_is_replaced_loses_its_streams)
{
	setxattr(disk("one.txt"), "user.DosStream.both:$DATA", "1", 2, 0);
	setxattr(disk("two.txt"), "user.DosStream.both:$DATA", "22", 3, 0);
	setxattr(disk("two.txt"), "user.DosStream.old:$DATA", "2", 2, 0);
	done(COPY("\\one.txt", "\\two.txt", REPLACE, 0, 0), 1);
	ck_assert_str_eq(content("two.txt"), "one");
	ck_assert(has("two.txt", "user.DosStream.both:$DATA"));
	ck_assert(!has("two.txt", "user.DosStream.old:$DATA"));
}
END_TEST

#define MANY      128
#define MANY_SIZE (256L << 10)

/* The most memory the server ever had, in KiB. */
static long
most_memory(void)
{
	char line[128];
	long kib = -1;
	FILE *f;

	snprintf(line, sizeof(line), "/proc/%d/status", (int)server.pid);
	f = fopen(line, "r");
	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "VmHWM: %ld", &kib);
	fclose(f);
	ck_assert_int_gt(kib, 0);
	return kib;
}

START_TEST(many_files_take_the_memory_of_one)
{
	char name[64];
	long before;

	server_mkdir(&server, "many");
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "many/%d.txt", i);
		server_file(&server, name, "", 0);
		ck_assert_int_eq(truncate(disk(name), MANY_SIZE), 0);
	}
	done(COPY("\\one.txt", "\\new.txt", FAIL, 0, 0), 1);
	before = most_memory();
	done(COPY("\\many\\*.txt", "\\folder", FAIL, 0, 0), MANY);
	ck_assert_int_lt(most_memory() - before, MANY * (MANY_SIZE >> 10) / 2);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "folder/%d.txt", i);
		ck_assert_int_eq(unlink(disk(name)), 0);
		snprintf(name, sizeof(name), "many/%d.txt", i);
		ck_assert_int_eq(unlink(disk(name)), 0);
	}
	remove(disk("many"));
}
END_TEST

static Suite *
copy_suite(void)
{
	Suite *s = suite_create("copy");
	TCase *t = tcase_create("copy");

	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, a_file_is_copied);
	tcase_add_test(t, a_copy_replaces_only_when_told_to);
	tcase_add_test(t, a_copy_goes_behind_what_is_there_when_told_to);
	tcase_add_test(t, a_copy_makes_no_file_unless_told_to);
	tcase_add_test(t, a_file_is_not_copied_to_itself);
	tcase_add_test(t, what_is_open_is_not_replaced);
	tcase_add_test(t, a_copy_to_a_stream_leaves_its_file_as_it_is);
	tcase_add_test(t, what_is_replaced_loses_its_streams);
	tcase_add_test(t, a_pattern_copies_each_file_it_matches);
	tcase_add_test(t, a_directory_takes_files_by_their_names);
	tcase_add_test(t, many_files_take_the_memory_of_one);
	tcase_add_test(t, the_flags_say_what_the_new_name_has_to_be);
	tcase_add_test(t, the_file_that_fails_is_named);
	tcase_add_test(t, what_nothing_matches_is_no_file);
	tcase_add_test(t, another_tree_is_another_device);
	tcase_add_test(t, a_file_is_moved);
	tcase_add_test(t, a_pattern_moves_each_file_it_matches);
	tcase_add_test(t, a_move_replaces_only_when_told_to);
	tcase_add_test(t, a_file_is_closed_with_its_tree);
	suite_add_tcase(s, t);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(copy_suite());
	int failed;

	server_start(&server, "");
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	failed += server_stop(&server);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
