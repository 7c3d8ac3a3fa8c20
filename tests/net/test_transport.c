/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

static struct owner two;

START_TEST(messages_survive_a_cut_at_any_place)
{
	put(three, (size_t)_i);
	turns(2);
	put(three + _i, sizeof(three) - (size_t)_i);
	turns(2);
	check_three();
}
END_TEST

START_TEST(messages_survive_coming_byte_by_byte)
{
	for (size_t i = 0; i < sizeof(three); i++) {
		put(three + i, 1);
		turns(1);
	}
	check_three();
}
END_TEST

START_TEST(what_came_together_is_one_turn)
{
	for (int i = 0; i < 20; i++)
		put(three, sizeof(three));
	turns(1);
	ck_assert_uint_eq(one.frames, 60);
	ck_assert_uint_eq(one.turns, 1);
}
END_TEST

START_TEST(a_turn_without_a_whole_message_is_not_reported)
{
	put(three, 5);
	turns(1);
	ck_assert_uint_eq(one.turns, 0);
}
END_TEST

/* Packets keep apart what was sent apart. */
START_TEST(replies_of_a_turn_leave_together)
{
	uint8_t buf[100000];

	reopen(SOCK_SEQPACKET, false);
	one.answers = true;
	put(three, sizeof(three));
	turns(1);
	ck_assert_int_eq(recv(peer, buf, sizeof(buf), 0), 3 * (4 + REPLY));
	ck_assert_int_eq(recv(peer, buf, sizeof(buf), 0), -1);
}
END_TEST

START_TEST(replies_between_turns_leave_together)
{
	uint8_t buf[1000];

	reopen(SOCK_SEQPACKET, false);
	for (size_t i = 0; i < 10; i++)
		send_reply(&one, i);
	ck_assert_int_eq(recv(peer, buf, sizeof(buf), 0), -1);
	turns(1);
	ck_assert_int_eq(recv(peer, buf, sizeof(buf), 0), 10 * 4 + 45);
	ck_assert_mem_eq(buf, "\0\0\0\0\0\0\0\1r\0\0\0\2rr", 15);
	ck_assert_int_eq(recv(peer, buf, sizeof(buf), 0), -1);
}
END_TEST

START_TEST(more_replies_than_one_call_takes_arrive)
{
	uint8_t buf[20000];
	bool eof;

	for (size_t i = 0; i < 2000; i++)
		send_reply(&one, 1);
	turns(1);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 2000 * 5);
}
END_TEST

START_TEST(a_large_message_arrives_whole_with_the_next_one)
{
	uint8_t *msg = malloc(200000);
	size_t n = make(msg, 0, 120000);

	n += make(msg + n, 0, 10);
	for (size_t pos = 0; pos < n;) {
		size_t some = n - pos < 30000 ? n - pos : 30000;

		put(msg + pos, some);
		pos += some;
		turns(2);
		ck_assert_uint_eq(one.frames, (pos == n ? 2 : 0));
	}
	ck_assert_uint_eq(one.bytes, 120010);
	ck_assert_mem_eq(one.last, msg + 4, 10);
	free(msg);
}
END_TEST

START_TEST(a_large_message_keeps_its_bytes)
{
	uint8_t *msg = malloc(200000);
	size_t n = make(msg, 0, 120000);

	for (size_t pos = 0; pos < n; pos += 20000) {
		put(msg + pos, n - pos < 20000 ? n - pos : 20000);
		turns(1);
	}
	ck_assert_uint_eq(one.last_len, 120000);
	ck_assert_mem_eq(one.last, msg + 4, 120000);
	free(msg);
}
END_TEST

START_TEST(a_message_at_the_limit_passes_and_one_above_ends_the_stream)
{
	uint8_t msg[300];

	limit(100, 1000, 10);
	put(msg, make(msg, 0, 100));
	turns(1);
	ck_assert_uint_eq(one.frames, 1);
	make(msg, 0, 101);
	put(msg, 4);
	turns(1);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_ptr_nonnull(strstr(one.why, "101"));
}
END_TEST

START_TEST(messages_before_a_bad_one_are_answered)
{
	uint8_t buf[5000];
	bool eof;

	one.answers = true;
	put(three, sizeof(three));
	put("\x82\0\0\0", 4);
	turns(1);
	ck_assert_uint_eq(one.frames, 3);
	ck_assert_uint_eq(one.turns, 1);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 3 * (4 + REPLY));
	ck_assert(eof);
}
END_TEST

START_TEST(other_types_end_the_stream)
{
	static const uint8_t types[] = { 0x01, 0x82, 0x83, 0x84, 'G', 0xFF, 0xFE };
	uint8_t msg[4] = { types[_i], 0, 0, 4 };

	put(msg, sizeof(msg));
	turns(1);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_str_ne(one.why, "");
}
END_TEST

START_TEST(an_ordinary_end_has_no_reason)
{
	put(three, sizeof(three));
	shutdown(peer, SHUT_WR);
	turns(2);
	ck_assert_uint_eq(one.frames, 3);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_str_eq(one.why, "");
}
END_TEST

START_TEST(an_end_inside_a_message_has_one)
{
	put(three, (size_t)_i);
	shutdown(peer, SHUT_WR);
	turns(2);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_str_ne(one.why, "");
}
END_TEST

/* 16 KiB of small requests are 4096 replies of a megabyte each, if nobody stops it. */
START_TEST(a_client_that_does_not_read_is_not_read_from)
{
	uint8_t *all = calloc(1, 16384), *replies = malloc(8 << 20);
	size_t got = 0;
	bool eof;

	one.answers = true;
	limit(1000, 20000, 10);
	put(all, 16384);
	turns(20);
	ck_assert_uint_ge(one.frames, 20);
	ck_assert_uint_lt(one.frames, 4096);
	ck_assert_uint_le(transport_unsent(one.t), 20000 + REPLY + 4);
	put(all, 4);
	turns(20);
	ck_assert_uint_lt(one.frames, 4096);

	for (int i = 0; i < 2000 && got < 4097 * (4 + REPLY); i++) {
		got += get_all(replies, 8 << 20, &eof);
		turns(3);
	}
	ck_assert_uint_eq(one.frames, 4097);
	ck_assert_uint_eq(got, 4097 * (4 + REPLY));
	ck_assert_uint_eq(transport_unsent(one.t), 0);
	free(all);
	free(replies);
}
END_TEST

START_TEST(a_client_that_goes_while_it_is_owed_replies_is_noticed)
{
	uint8_t all[4000] = { 0 };

	one.answers = true;
	limit(1000, 20000, 10);
	put(all, sizeof(all));
	turns(5);
	ck_assert_uint_lt(one.frames, 1000);
	close(peer);
	turns(5);
	ck_assert_uint_eq(one.closed, 1);
	peer = -1;
}
END_TEST

START_TEST(a_pause_holds_messages_back)
{
	one.pause_at = 2;
	put(three, sizeof(three));
	turns(3);
	ck_assert_uint_eq(one.frames, 2);
	put(three, sizeof(three));
	turns(3);
	ck_assert_uint_eq(one.frames, 2);
	transport_pause(one.t, false);
	ck_assert_uint_eq(one.frames, 2);
	turns(3);
	ck_assert_uint_eq(one.frames, 6);
	ck_assert_mem_eq(one.last, "12345", 5);
}
END_TEST

START_TEST(a_pause_between_turns_holds)
{
	transport_pause(one.t, true);
	put(three, sizeof(three));
	turns(3);
	ck_assert_uint_eq(one.frames, 0);
	transport_pause(one.t, false);
	turns(1);
	check_three();
}
END_TEST

START_TEST(a_slow_message_ends_the_stream)
{
	limit(1000, 1000, 1);
	put(three, (size_t)_i);
	turns(1);
	for (int i = 0; i < 1000 && one.closed == 0; i++)
		loop_turn(loop, 100);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_ptr_nonnull(strstr(one.why, "longer than 1 s"));
}
END_TEST

static void
waited(int ms)
{
	uint64_t until = loop_now_ms() + (uint64_t)ms;

	while (loop_now_ms() < until)
		loop_turn(loop, 50);
}

START_TEST(an_idle_stream_and_a_paused_one_are_not_slow)
{
	put(three, sizeof(three));
	limit(1000, 1000, 1);
	turns(1);
	if (_i == 1) {
		put(three, 3);
		turns(1);
		transport_pause(one.t, true);
	}
	waited(1300);
	ck_assert_uint_eq(one.closed, 0);
}
END_TEST

START_TEST(close_sends_what_is_queued_first)
{
	size_t want = 40 * (4 + 100000), got = 0;
	uint8_t *buf = malloc(want + 1);
	bool eof = false;

	for (int i = 0; i < 40; i++)
		send_reply(&one, 100000);
	give_up(&one);
	put(three, sizeof(three));
	ck_assert(!transports_gone(loop));
	for (int i = 0; i < 1000 && !eof; i++) {
		got += get_all(buf, want + 1, &eof);
		turns(1);
	}
	ck_assert_uint_eq(got, want);
	ck_assert(eof);
	ck_assert(transports_gone(loop));
	ck_assert_uint_eq(one.frames + one.closed, 0);
	free(buf);
}
END_TEST

START_TEST(close_does_not_wait_for_a_peer_that_is_gone)
{
	for (int i = 0; i < 40; i++)
		send_reply(&one, 100000);
	give_up(&one);
	close(peer);
	peer = -1;
	turns(3);
	ck_assert(transports_gone(loop));
	ck_assert_uint_eq(one.closed, 0);
}
END_TEST

START_TEST(an_idle_stream_closes_at_once)
{
	uint8_t buf[10];
	bool eof;

	give_up(&one);
	ck_assert(transports_gone(loop));
	get_all(buf, sizeof(buf), &eof);
	ck_assert(eof);
}
END_TEST

START_TEST(close_from_a_callback_ends_the_turn)
{
	uint8_t buf[5000];
	bool eof;

	one.answers = true;
	one.close_at = _i == 0 ? 2 : 0;
	one.close_in_turn_over = _i == 1;
	put(three, sizeof(three));
	put(three, 7);
	turns(2);
	ck_assert_uint_eq(one.frames, (_i == 0 ? 2 : 4));
	ck_assert_uint_eq(one.turns, (_i == 0 ? 0 : 1));
	ck_assert_uint_eq(one.closed, 0);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), one.frames * (4 + REPLY));
	ck_assert(eof);
}
END_TEST

START_TEST(the_end_of_one_may_close_another)
{
	int first = peer, second = open_one(&two, SOCK_STREAM, false);

	send_reply(&one, 10);
	send_reply(&two, 10);
	one.closes = &two;
	close(first);
	turns(3);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_uint_eq(two.closed, 0);
	ck_assert(transports_gone(loop));
	peer = second;
}
END_TEST

/* The same numbers from the same seed. */
static uint32_t
next(uint32_t *seed, uint32_t below)
{
	*seed = *seed * 1664525 + 1013904223;
	return (*seed >> 8) % below;
}

struct talk {
	uint8_t *out; /* what the client says, and what it has heard */
	uint8_t *in;
	size_t len, sent, heard;
	unsigned frames;
};

static void
write_talk(struct talk *talk, uint32_t *seed)
{
	talk->frames = 300;
	talk->out = malloc(talk->frames * 20004);
	talk->in = malloc(talk->frames * (4 + REPLY));
	talk->len = talk->sent = talk->heard = 0;
	for (unsigned i = 0; i < talk->frames; i++) {
		uint32_t big = next(seed, 10) == 0 ? 20000 : 200;

		if (next(seed, 20) == 0)
			talk->len += make(talk->out + talk->len, 0x85, 0);
		talk->len += make(talk->out + talk->len, 0, next(seed, big));
	}
}

/* One step of the client or of the owner. */
static void
step(struct talk *talk, uint32_t *seed)
{
	uint32_t n = next(seed, next(seed, 2) == 0 ? 50 : 50000);
	ssize_t done;

	if (n > talk->len - talk->sent)
		n = (uint32_t)(talk->len - talk->sent);
	done = send(peer, talk->out + talk->sent, n, MSG_NOSIGNAL);
	talk->sent += done > 0 ? (size_t)done : 0;
	if (next(seed, 8) == 0)
		transport_pause(one.t, next(seed, 2) == 0);
	if (next(seed, 3) == 0) {
		done = recv(peer, talk->in + talk->heard, next(seed, 30000), 0);
		talk->heard += done > 0 ? (size_t)done : 0;
	}
	turns(1);
}

START_TEST(a_conversation_loses_nothing)
{
	uint32_t seed = (uint32_t)_i;
	struct talk talk;
	bool eof;

	write_talk(&talk, &seed);
	one.answers = true;
	limit(20000, 3000, 10);
	for (int i = 0;
	     i < 100000 && one.closed == 0 && (talk.sent < talk.len || one.frames < talk.frames);
	     i++)
		step(&talk, &seed);
	ck_assert_uint_eq(one.closed, 0);
	transport_pause(one.t, false);
	for (int i = 0; i < 1000 && talk.heard < talk.frames * (4 + REPLY); i++) {
		talk.heard += get_all(
		    talk.in + talk.heard, talk.frames * (4 + REPLY) - talk.heard, &eof);
		turns(1);
	}
	ck_assert_uint_eq(one.closed, 0);
	ck_assert_uint_eq(one.frames, talk.frames);
	ck_assert_uint_eq(one.bad, 0);
	ck_assert_uint_eq(talk.heard, talk.frames * (4 + REPLY));
	free(talk.out);
	free(talk.in);
}
END_TEST

static TCase *
streams(void)
{
	TCase *tc = tcase_create("streams");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_loop_test(tc, messages_survive_a_cut_at_any_place, 1, (int)sizeof(three));
	tcase_add_test(tc, messages_survive_coming_byte_by_byte);
	tcase_add_test(tc, what_came_together_is_one_turn);
	tcase_add_test(tc, a_turn_without_a_whole_message_is_not_reported);
	tcase_add_test(tc, replies_of_a_turn_leave_together);
	tcase_add_test(tc, replies_between_turns_leave_together);
	tcase_add_test(tc, more_replies_than_one_call_takes_arrive);
	tcase_add_test(tc, a_large_message_arrives_whole_with_the_next_one);
	tcase_add_test(tc, a_large_message_keeps_its_bytes);
	tcase_add_test(tc, a_client_that_does_not_read_is_not_read_from);
	tcase_add_test(tc, a_client_that_goes_while_it_is_owed_replies_is_noticed);
	tcase_add_test(tc, a_pause_holds_messages_back);
	tcase_add_test(tc, a_pause_between_turns_holds);
	tcase_add_loop_test(tc, a_conversation_loses_nothing, 0, 40);
	return tc;
}

static TCase *
ends(void)
{
	TCase *tc = tcase_create("ends");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_message_at_the_limit_passes_and_one_above_ends_the_stream);
	tcase_add_test(tc, messages_before_a_bad_one_are_answered);
	tcase_add_loop_test(tc, other_types_end_the_stream, 0, 7);
	tcase_add_test(tc, an_ordinary_end_has_no_reason);
	tcase_add_loop_test(tc, an_end_inside_a_message_has_one, 1, 6);
	tcase_add_loop_test(tc, a_slow_message_ends_the_stream, 3, 6);
	tcase_add_loop_test(tc, an_idle_stream_and_a_paused_one_are_not_slow, 0, 2);
	tcase_add_test(tc, close_sends_what_is_queued_first);
	tcase_add_test(tc, close_does_not_wait_for_a_peer_that_is_gone);
	tcase_add_test(tc, an_idle_stream_closes_at_once);
	tcase_add_loop_test(tc, close_from_a_callback_ends_the_turn, 0, 2);
	tcase_add_test(tc, the_end_of_one_may_close_another);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("transport");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, streams());
	suite_add_tcase(s, ends());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
