/* SPDX-License-Identifier: BSD-2-Clause */

/* Change notification: what is kept between requests, how they end, and which are refused. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "smb/commands.h"
#include "watcher.h"

#define NOTIFY_CHANGE 0x0004

/* --- between requests --- */

START_TEST(changes_are_kept_between_requests)
{
	begin(&names);
	create_by("dir\\a");
	delete_by("dir\\a");
	touch("dir/b");
	expect(ask(&names), "+a -a +b");
}
END_TEST

START_TEST(nothing_is_kept_before_the_first_request)
{
	uint16_t mid;

	create_by("dir\\before");
	mid = waiting(&names);
	create_by("dir\\after");
	expect(mid, "+after");
}
END_TEST

START_TEST(each_handle_keeps_its_own)
{
	uint16_t second = open_dir(c, "dir");

	begin(&names);
	create_by("dir\\a");
	cancel(c, ask_on(c, second, &names));
	ck_assert_uint_eq(ended(c->mid), STATUS_CANCELLED);
	create_by("dir\\b");
	expect(ask(&names), "+a +b");
	expect(ask_on(c, second, &names), "+b");
}
END_TEST

START_TEST(the_first_request_decides_what_is_told)
{
	const struct asked later = { .filter = ATTRIBUTES, .tree = false };
	uint16_t mid;

	mkdir(local("dir/sub"), 0777);
	begin(&tree);
	mid = waiting(&later);
	create_by("dir\\sub\\a");
	expect(mid, "+sub\\a");
}
END_TEST

START_TEST(more_than_the_buffer_holds_is_lost_and_said)
{
	const struct asked small = { .filter = NAMES, .room = 100 };
	char name[32];

	begin(&small);
	for (int i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "dir/file%d", i);
		touch(name);
	}
	expect(ask(&small), "");
	touch("dir/x");
	expect(ask(&small), "+x");
}
END_TEST

START_TEST(a_change_too_long_for_its_request_is_lost_and_said)
{
	const struct asked tiny = { .filter = NAMES, .room = 20 };
	uint16_t mid;

	begin(&names);
	mid = waiting(&tiny);
	touch("dir/a rather long name");
	expect(mid, "");
}
END_TEST

/* --- how it ends --- */

START_TEST(it_can_be_cancelled_and_asked_again)
{
	uint16_t mid = waiting(&names);

	cancel(c, mid);
	ck_assert_uint_eq(ended(mid), STATUS_CANCELLED);
	mid = waiting(&names);
	touch("dir/a");
	expect(mid, "+a");
}
END_TEST

START_TEST(those_that_wait_leave_room_for_others)
{
	const unsigned most = c->max_mux;
	uint16_t mid = 0;

	for (unsigned i = 0; i < most; i++)
		mid = ask(&names);
	nothing_comes(c);
	ck_assert_uint_eq(ended(ask(&names)), STATUS_INSUFF_SERVER_RESOURCES);
	cancel(c, mid);
	ck_assert_uint_eq(ended(mid), STATUS_CANCELLED);
	mid = waiting(&names);
	cancel(c, mid);
	ck_assert_uint_eq(ended(mid), STATUS_CANCELLED);
}
END_TEST

START_TEST(closing_the_handle_ends_it)
{
	uint16_t mid = waiting(&names), second = waiting(&names);
	struct reply r;

	close_send(c, fid);
	for (int i = 0; i < 3; i++) {
		client_receive(c, &r);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
		ck_assert(r.h.mid == mid || r.h.mid == second || r.h.mid == c->mid);
		if (r.h.mid == c->mid)
			continue;
		rd_skip(&r.words, 3);
		ck_assert_uint_eq(rd_u32(&r.words), 0);
	}
}
END_TEST

/* The answer to the request that ends it comes as well, before or behind. */
static void
ended_by(uint8_t command, size_t words)
{
	uint16_t mid = waiting(&names);
	struct writer *w = client_begin(c, command);
	struct reply r;
	bool both = false;

	if (command == SMB_COM_LOGOFF_ANDX)
		client_no_andx(w);
	else
		wr_zero(w, 2 * words);
	client_send(c);
	for (int i = 0; i < 2; i++) {
		client_receive(c, &r);
		ck_assert(!r.closed);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
		both |= r.h.mid == mid;
	}
	ck_assert(both);
}

START_TEST(tree_disconnect_ends_it)
{
	ended_by(SMB_COM_TREE_DISCONNECT, 0);
}
END_TEST

START_TEST(logoff_ends_it)
{
	ended_by(SMB_COM_LOGOFF_ANDX, 2);
}
END_TEST

START_TEST(process_exit_ends_it)
{
	ended_by(SMB_COM_PROCESS_EXIT, 0);
}
END_TEST

START_TEST(a_lost_connection_ends_it)
{
	waiting(&tree);
	client_close(&c);
	create_by("dir\\a");
	delete_by("dir\\a");
	c = client_on(server.port, "share");
	fid = open_dir(c, "dir");
	begin(&tree);
	touch("dir/b");
	expect(ask(&tree), "+b");
}
END_TEST

START_TEST(deletion_of_the_directory_ends_it)
{
	const struct how how = { .name = "dir\\sub", .access = 0x00110080, .share = SHARE_ALL };
	uint16_t watched, doomed, mid;
	struct trans2 t;
	struct writer *w;

	mkdir(local("dir/sub"), 0777);
	watched = open_dir(c, "dir\\sub");
	mid = waiting_on(c, watched, &names);
	doomed = open_granted(maker, &how, NO_OPLOCK);
	w = client_trans2_begin(maker, &t, 8);
	wr_u16(w, doomed);
	wr_u16(w, 0x102);
	wr_u16(w, 0);
	client_trans2_data(maker, &t);
	wr_u8(w, 1);
	ck_assert_uint_eq(client_trans2_call(maker, &t), STATUS_SUCCESS);
	ck_assert_uint_eq(ended(mid), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(ended(ask_on(c, watched, &names)), STATUS_DELETE_PENDING);
}
END_TEST

START_TEST(deletion_of_the_directory_by_a_local_program_ends_it)
{
	uint16_t watched, mid;

	mkdir(local("dir/sub"), 0777);
	watched = open_dir(c, "dir\\sub");
	mid = waiting_on(c, watched, &names);
	ck_assert_int_eq(rmdir(local("dir/sub")), 0);
	ck_assert_uint_eq(ended(mid), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(ended(ask_on(c, watched, &names)), STATUS_DELETE_PENDING);
}
END_TEST

/* --- refused --- */

START_TEST(a_file_has_no_changes_to_tell)
{
	struct how how = { .name = "dir\\a", .share = SHARE_ALL };

	touch("dir/a");
	ck_assert_uint_eq(
	    ended(ask_on(c, open_granted(c, &how, NO_OPLOCK), &names)), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(without_the_right_to_list_nothing_is_told)
{
	struct how how = { .name = "dir", .access = 0x00100080, .share = SHARE_ALL };

	ck_assert_uint_eq(
	    ended(ask_on(c, open_granted(c, &how, NO_OPLOCK), &names)), STATUS_ACCESS_DENIED);
}
END_TEST

START_TEST(bad_requests_are_refused)
{
	const uint16_t setup_words[] = { 3, 0, fid, 0, 0 };
	struct trans2 t;

	ck_assert_uint_eq(ended(ask_on(c, 0x7777, &names)), STATUS_INVALID_HANDLE);
	client_nt_begin(c, &t, NOTIFY_CHANGE, setup_words, 3);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_INVALID_PARAMETER);
	client_nt_begin(c, &t, NOTIFY_CHANGE, setup_words, 5);
	ck_assert_uint_eq(client_trans2_call(c, &t), STATUS_INVALID_PARAMETER);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("notify_end");
	TCase *tc = watcher_case(s, "requests");

	tcase_add_test(tc, changes_are_kept_between_requests);
	tcase_add_test(tc, nothing_is_kept_before_the_first_request);
	tcase_add_test(tc, each_handle_keeps_its_own);
	tcase_add_test(tc, the_first_request_decides_what_is_told);
	tcase_add_test(tc, more_than_the_buffer_holds_is_lost_and_said);
	tcase_add_test(tc, a_change_too_long_for_its_request_is_lost_and_said);
	tcase_add_test(tc, it_can_be_cancelled_and_asked_again);
	tcase_add_test(tc, those_that_wait_leave_room_for_others);
	tcase_add_test(tc, closing_the_handle_ends_it);
	tcase_add_test(tc, tree_disconnect_ends_it);
	tcase_add_test(tc, logoff_ends_it);
	tcase_add_test(tc, process_exit_ends_it);
	tcase_add_test(tc, a_lost_connection_ends_it);
	tcase_add_test(tc, deletion_of_the_directory_ends_it);
	tcase_add_test(tc, deletion_of_the_directory_by_a_local_program_ends_it);
	tcase_add_test(tc, a_file_has_no_changes_to_tell);
	tcase_add_test(tc, without_the_right_to_list_nothing_is_told);
	tcase_add_test(tc, bad_requests_are_refused);
	return watcher_main(s);
}
