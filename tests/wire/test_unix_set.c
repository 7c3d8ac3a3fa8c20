/* SPDX-License-Identifier: BSD-2-Clause */

/* What the CIFS UNIX extensions change, and what they refuse. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/ntime.h"
#include "unix.h"

static const struct basic with_mode = { SAME, SAME, SAME, SAME, SAME, 0, 0644, 0, 0 };

START_TEST(permissions_times_and_size_are_changed)
{
	struct basic b = nothing;
	struct stat st;
	ntime when = ntime_from_timespec((struct timespec){ 1000000000, 0 });

	server_file(&server, "file", "content", 7);
	b.mode = 0751;
	b.written = when;
	b.size = 3;
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_SUCCESS);
	st = on_disk("file");
	ck_assert_uint_eq(st.st_mode & 07777, 0751);
	ck_assert_int_eq(st.st_mtime, 1000000000);
	ck_assert_int_eq(st.st_size, 3);
	/* A size of 0 is what old clients say who mean something else. */
	b = nothing;
	b.size = 0;
	b.accessed = when;
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_SUCCESS);
	st = on_disk("file");
	ck_assert_int_eq(st.st_size, 3);
	ck_assert_int_eq(st.st_atime, 1000000000);
	ck_assert_uint_eq(st.st_mode & 07777, 0751);
}
END_TEST

START_TEST(set_id_bits_are_not_a_clients_to_give)
{
	struct basic b = with_mode;

	server_file(&server, "file", "content", 7);
	server_mkdir(&server, "dir");
	b.mode = 07755;
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("file").st_mode & 07777, 0755);
	ck_assert_uint_eq(set_basic("dir", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("dir").st_mode & 07777, 01755);
	/* What is there he may leave there. */
	ck_assert_int_eq(chmod(disk_path("dir"), 02755), 0);
	b.mode = 02750;
	ck_assert_uint_eq(set_basic("dir", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("dir").st_mode & 07777, 02750);
}
END_TEST

START_TEST(ownership_is_taken_not_given)
{
	struct basic b = nothing;

	server_file(&server, "file", "content", 7);
	b.uid = geteuid();
	b.gid = getegid();
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_SUCCESS);
	b.uid = 12345;
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_ACCESS_DENIED);
	b.uid = SAME;
	b.gid = 12345;
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_ACCESS_DENIED);
	b.gid = UINT64_C(0x100000000);
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(a_link_itself_is_changed)
{
	struct basic b = nothing;
	struct stat before;

	server_file(&server, "file", "content", 7);
	disk_symlink("file", "link");
	before = on_disk("file");
	b.written = ntime_from_timespec((struct timespec){ 1000000000, 0 });
	ck_assert_uint_eq(set_basic("link", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert_int_eq(on_disk("link").st_mtime, 1000000000);
	ck_assert_int_eq(on_disk("file").st_mtime, before.st_mtime);
	b.mode = 0;
	ck_assert_uint_eq(set_basic("link", UNIX_BASIC, &b), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(on_disk("file").st_mode, before.st_mode);
}
END_TEST

START_TEST(info2_hides_and_knows_no_other_flag)
{
	struct basic b = nothing;

	server_file(&server, "file", "content", 7);
	b.flags = b.mask = HIDDEN;
	ck_assert_uint_eq(set_basic("file", UNIX_INFO2, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("file", UNIX_INFO2), STATUS_SUCCESS);
	rd_skip(&t.got_data, 108);
	ck_assert_uint_eq(rd_u32(&t.got_data), HIDDEN);
	b.flags = UINT32_MAX;
	b.mask = 0;
	ck_assert_uint_eq(set_basic("file", UNIX_INFO2, &b), STATUS_SUCCESS);
	b.flags = 0;
	b.mask = HIDDEN;
	ck_assert_uint_eq(set_basic("file", UNIX_INFO2, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(query_path("file", UNIX_INFO2), STATUS_SUCCESS);
	rd_skip(&t.got_data, 108);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	for (int i = 0; i < 32; i++) {
		b.mask = UINT32_C(1) << i;
		if (b.mask != HIDDEN)
			ck_assert_uint_eq(
			    set_basic("file", UNIX_INFO2, &b), STATUS_INVALID_PARAMETER);
	}
}
END_TEST

START_TEST(pipes_and_sockets_are_made_devices_are_not)
{
	struct basic b = with_mode;

	b.type = 5;
	ck_assert_uint_eq(set_basic("fifo", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert(S_ISFIFO(on_disk("fifo").st_mode));
	ck_assert_uint_eq(on_disk("fifo").st_mode & 0777, 0644);
	b.type = 6;
	ck_assert_uint_eq(set_basic("sock", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert(S_ISSOCK(on_disk("sock").st_mode));
	b.mode = 0600;
	ck_assert_uint_eq(set_basic("sock", UNIX_BASIC, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("sock").st_mode & 0777, 0600);
	for (b.type = 3; b.type <= 4; b.type++)
		ck_assert_uint_eq(set_basic("device", UNIX_BASIC, &b), STATUS_ACCESS_DENIED);
	for (b.type = 0; b.type <= 2; b.type++)
		ck_assert_uint_eq(
		    set_basic("device", UNIX_BASIC, &b), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert(!server_has(&server, "device"));
	ck_assert_uint_eq(posix_unlink("fifo", 0), STATUS_SUCCESS);
	ck_assert_uint_eq(posix_unlink("sock", 0), STATUS_SUCCESS);
	ck_assert_uint_eq(set_path("file", UNIX_BASIC, "short", 5), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_path("file", UNIX_INFO2, "short", 5), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(an_open_creates_with_permissions_and_tells_what_it_opened)
{
	struct stat st;
	uint16_t fid, again;

	unlink(disk_path("new"));
	ck_assert_uint_eq(posix_open("new", O_RW, 0, &fid), STATUS_OBJECT_NAME_NOT_FOUND);
	/* the create mask of the share is 0744 */
	ck_assert_uint_eq(posix_open("new", O_RW | O_MAKE | O_ALONE, 06777, &fid), STATUS_SUCCESS);
	st = on_disk("new");
	ck_assert_uint_eq(st.st_mode & 07777, 0744);
	ck_assert_uint_eq(rd_u32(&t.got_data), 2); /* created */
	ck_assert_uint_eq(rd_u16(&t.got_data), UNIX_BASIC);
	ck_assert_uint_eq(rd_u16(&t.got_data), 0);
	expect_basic(&t.got_data, &st, 0);
	ck_assert_uint_eq(
	    posix_open("new", O_RW | O_MAKE | O_ALONE, 0644, &again), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(posix_open("new", O_R | O_MAKE, 0600, &again), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 1); /* opened */
	close_file(again);
	close_file(fid);
	ck_assert_uint_eq(on_disk("new").st_mode & 07777, 0744);
}
END_TEST

START_TEST(truncation_takes_the_data_and_nothing_else)
{
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	ck_assert_int_eq(setxattr(disk_path("file"), "user.kept", "v", 1, 0), 0);
	ck_assert_uint_eq(posix_open("file", O_W | O_EMPTY, 0, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 3); /* overwritten */
	rd_skip(&t.got_data, 4);
	ck_assert_uint_eq(rd_u64(&t.got_data), 0);
	close_file(fid);
	ck_assert_int_eq(on_disk("file").st_size, 0);
	ck_assert_int_eq(getxattr(disk_path("file"), "user.kept", NULL, 0), 1);
}
END_TEST

START_TEST(opens_that_cannot_be_are_refused)
{
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	server_mkdir(&server, "dir");
	disk_symlink("file", "link");
	ck_assert_uint_eq(posix_open("file", 0, 0, &fid), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(posix_open("file", O_R | O_W, 0, &fid), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(
	    posix_open("fresh", O_RW | O_MAKE, UINT32_MAX, &fid), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(posix_open("dir", O_RW, 0, &fid), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(posix_open("dir", O_RW | O_DIR, 0, &fid), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(posix_open("file", O_R | O_DIR, 0, &fid), STATUS_NOT_A_DIRECTORY);
	ck_assert_uint_eq(posix_open("link", O_R, 0, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("dir", O_R, 0, &fid), STATUS_SUCCESS);
	close_file(fid);
	ck_assert_uint_eq(
	    set_path("file", POSIX_OPEN, "seventeen bytes..", 17), STATUS_INVALID_PARAMETER);
	/* Who has chosen no POSIX names has links followed, but where he says no. */
	ck_assert_uint_eq(choose(0), STATUS_SUCCESS);
	ck_assert_uint_eq(posix_open("\\link", O_R | O_STAY, 0, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("\\link", O_R, 0, &fid), STATUS_SUCCESS);
	close_file(fid);
}
END_TEST

START_TEST(a_directory_is_made_with_permissions)
{
	uint16_t fid = 1;

	ck_assert_uint_eq(posix_open("made", O_MAKE | O_DIR, 03777, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(fid, 0);
	/* the directory mask of the share is 0755 */
	ck_assert_uint_eq(on_disk("made").st_mode & 07777, 0755);
	ck_assert_uint_eq(rd_u32(&t.got_data), 2);
	ck_assert_uint_eq(
	    posix_open("made", O_MAKE | O_DIR, 0755, &fid), STATUS_OBJECT_NAME_COLLISION);
	ck_assert_uint_eq(
	    posix_open("fresh", O_MAKE | O_DIR, UINT32_MAX, &fid), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(posix_unlink("made", 1), STATUS_SUCCESS);
}
END_TEST

START_TEST(an_unlinked_file_lives_on_for_who_has_it_open)
{
	uint16_t fid, other;

	server_file(&server, "file", "content", 7);
	fid = open_file("file");
	ck_assert_uint_eq(posix_unlink("file", 0), STATUS_SUCCESS);
	ck_assert(!server_has(&server, "file"));
	ck_assert_uint_eq(query_file(fid, UNIX_BASIC), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u64(&t.got_data), 7);
	close_file(fid);
	/* Others count on the name. */
	server_file(&server, "file", "content", 7);
	ck_assert_uint_eq(client_try_open(c, "file", READ_DATA, OPEN, &other), STATUS_SUCCESS);
	ck_assert_uint_eq(posix_unlink("file", 0), STATUS_SHARING_VIOLATION);
	close_file(other);
	/* Permissions to write say nothing of the name. */
	ck_assert_int_eq(chmod(disk_path("file"), 0444), 0);
	ck_assert_uint_eq(posix_unlink("file", 0), STATUS_SUCCESS);
}
END_TEST

START_TEST(unlinks_that_cannot_be_are_refused)
{
	server_file(&server, "file", "content", 7);
	server_mkdir(&server, "dir");
	server_file(&server, "dir/inside", "", 0);
	ck_assert_uint_eq(posix_unlink("file", 1), STATUS_NOT_A_DIRECTORY);
	ck_assert_uint_eq(posix_unlink("dir", 0), STATUS_FILE_IS_A_DIRECTORY);
	ck_assert_uint_eq(posix_unlink("dir", 1), STATUS_DIRECTORY_NOT_EMPTY);
	ck_assert_uint_eq(posix_unlink("", 1), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_unlink("file", 2), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(posix_unlink("none", 0), STATUS_OBJECT_NAME_NOT_FOUND);
	ck_assert_uint_eq(set_path("file", POSIX_UNLINK, "x", 1), STATUS_INVALID_PARAMETER);
	unlink(disk_path("dir/inside"));
}
END_TEST

START_TEST(where_one_may_only_read_nothing_is_changed)
{
	struct basic b = with_mode;
	uint8_t acl[8];
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	client_tree(c, "readonly");
	ck_assert_uint_eq(choose(POSIX_PATHS), STATUS_SUCCESS);
	ck_assert_uint_eq(set_basic("file", UNIX_BASIC, &b), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_basic("file", UNIX_INFO2, &b), STATUS_ACCESS_DENIED);
	b.type = 5;
	ck_assert_uint_eq(set_basic("fresh", UNIX_BASIC, &b), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_text("fresh", UNIX_LINK, "x"), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set_text("fresh", UNIX_HLINK, "file"), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(
	    set_path("file", POSIX_ACL, acl, put_acl(acl, 1, 0, 0xFFFF)), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_unlink("file", 0), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("file", O_RW, 0, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("file", O_R | O_EMPTY, 0, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(
	    posix_open("fresh", O_R | O_MAKE | O_ALONE, 0644, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("fresh", O_MAKE | O_DIR, 0755, &fid), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(posix_open("file", O_R, 0, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(set_file(fid, POSIX_ACL, acl, 6), STATUS_ACCESS_DENIED);
	close_file(fid);
	ck_assert(!server_has(&server, "fresh"));
	ck_assert_int_eq(on_disk("file").st_size, 7);
}
END_TEST

START_TEST(levels_of_one_kind_are_none_of_the_other)
{
	static const uint8_t data[128];
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	fid = open_file("file");
	ck_assert_uint_eq(set_file(fid, UNIX_LINK, data, 8), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_file(fid, UNIX_HLINK, data, 8), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_file(fid, POSIX_OPEN, data, 18), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_file(fid, POSIX_UNLINK, data, 2), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_path("file", POSIX_LOCK, data, 24), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(query_path("file", POSIX_LOCK), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(query_path("file", 0x202), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_path("file", 0x206, data, 16), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(set_file(fid, UNIX_BASIC, data, 99), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_file(fid + 1, UNIX_BASIC, data, 100), STATUS_INVALID_HANDLE);
	close_file(fid);
}
END_TEST

START_TEST(an_open_file_is_changed_by_its_own_rights)
{
	uint8_t basic[100];
	uint16_t fid;

	server_file(&server, "file", "content", 7);
	memset(basic, 0xFF, sizeof(basic));
	basic[84] = 0;
	basic[85] = 1;
	basic[86] = basic[87] = 0; /* 0400 */
	fid = open_file("file");
	ck_assert_uint_eq(set_file(fid, UNIX_BASIC, basic, 100), STATUS_SUCCESS);
	ck_assert_uint_eq(on_disk("file").st_mode & 07777, 0400);
	close_file(fid);
	ck_assert_int_eq(chmod(disk_path("file"), 0644), 0);
	ck_assert_uint_eq(client_try_open(c, "file", READ_DATA, OPEN, &fid), STATUS_SUCCESS);
	ck_assert_uint_eq(set_file(fid, UNIX_BASIC, basic, 100), STATUS_ACCESS_DENIED);
	close_file(fid);
}
END_TEST

static void
add(void *suite)
{
	TCase *tc = tcase_create("set");

	tcase_add_checked_fixture(tc, unix_begin, unix_end);
	tcase_add_test(tc, permissions_times_and_size_are_changed);
	tcase_add_test(tc, set_id_bits_are_not_a_clients_to_give);
	tcase_add_test(tc, ownership_is_taken_not_given);
	tcase_add_test(tc, a_link_itself_is_changed);
	tcase_add_test(tc, info2_hides_and_knows_no_other_flag);
	tcase_add_test(tc, pipes_and_sockets_are_made_devices_are_not);
	tcase_add_test(tc, an_open_creates_with_permissions_and_tells_what_it_opened);
	tcase_add_test(tc, truncation_takes_the_data_and_nothing_else);
	tcase_add_test(tc, opens_that_cannot_be_are_refused);
	tcase_add_test(tc, a_directory_is_made_with_permissions);
	tcase_add_test(tc, an_unlinked_file_lives_on_for_who_has_it_open);
	tcase_add_test(tc, unlinks_that_cannot_be_are_refused);
	tcase_add_test(tc, where_one_may_only_read_nothing_is_changed);
	tcase_add_test(tc, levels_of_one_kind_are_none_of_the_other);
	tcase_add_test(tc, an_open_file_is_changed_by_its_own_rights);
	suite_add_tcase(suite, tc);
}

int
main(void)
{
	return unix_main("unix_set", add);
}
