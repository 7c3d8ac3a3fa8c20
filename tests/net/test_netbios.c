/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

START_TEST(keep_alives_are_swallowed_and_sent)
{
	uint8_t buf[10];
	bool eof;

	put("\x85\0\0\0", 4);
	put(three, sizeof(three));
	put("\x85\0\0\0", 4);
	turns(1);
	check_three();
	transport_keepalive(one.t);
	turns(1);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 4);
	ck_assert_mem_eq(buf, "\x85\0\0\0", 4);
}
END_TEST

/* The session request for FRED from CLIENT. */
#define REQUEST "\x81\0\0\x44 EGFCEFEECACACACACACACACACACACACA\0 EDEMEJEFEOFECACACACACACACACACAAA\0"

START_TEST(a_session_request_on_direct_tcp_is_welcome)
{
	uint8_t buf[10];
	bool eof;

	put(REQUEST, 72);
	put(three, sizeof(three));
	turns(1);
	check_three();
	ck_assert_uint_eq(one.calls, 0);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 4);
	ck_assert_mem_eq(buf, "\x82\0\0\0", 4);
}
END_TEST

START_TEST(a_netbios_session_opens_with_its_request)
{
	uint8_t buf[10];
	bool eof;

	reopen(SOCK_STREAM, true);
	for (size_t i = 0; i < 72; i++) {
		put(&REQUEST[i], 1);
		turns(1);
	}
	ck_assert_uint_eq(one.calls, 1);
	ck_assert_str_eq(one.called, "FRED");
	ck_assert_uint_eq(one.suffix, 0x20);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 4);
	ck_assert_mem_eq(buf, "\x82\0\0\0", 4);
	put("\x85\0\0\0", 4);
	put(three, sizeof(three));
	turns(1);
	check_three();
}
END_TEST

START_TEST(a_refused_name_is_told_and_ends_the_session)
{
	uint8_t buf[10];
	bool eof;

	reopen(SOCK_STREAM, true);
	one.negative = true;
	put(REQUEST, 72);
	put(three, sizeof(three));
	turns(1);
	ck_assert_uint_eq(one.frames, 0);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_ptr_nonnull(strstr(one.why, "FRED"));
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 5);
	ck_assert_mem_eq(buf, "\x83\0\0\1\x82", 5);
	ck_assert(eof);
}
END_TEST

START_TEST(a_malformed_request_is_refused)
{
	uint8_t buf[10];
	bool eof;

	reopen(SOCK_STREAM, true);
	put("\x81\0\0\3abc", 7);
	turns(1);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_uint_eq(get_all(buf, sizeof(buf), &eof), 5);
	ck_assert_mem_eq(buf, "\x83\0\0\1\x8F", 5);
}
END_TEST

struct bad {
	const char *bytes;
	size_t len;
};

#define BAD(bytes) \
	{ \
		bytes, sizeof(bytes) - 1 \
	}

static const struct bad bad[] = {
	BAD("\0\0\0\2ab"),           /* a message before the request */
	BAD("\x82\0\0\0"),           /* an answer */
	BAD("\x84\0\0\6"),           /* a retarget */
	BAD("\x81\2\0\x44"),         /* reserved bits */
	BAD("\x81\1\0\0"),           /* a request of 64 KiB */
	BAD(REQUEST REQUEST),        /* a second request */
	BAD(REQUEST "\0\2\0\1"),     /* reserved bits in a message */
	BAD(REQUEST "\x86\0\0\0"),   /* no type at all */
	BAD(REQUEST "\0\1\xFF\xFF"), /* as long as can be, and longer than allowed */
};

START_TEST(netbios_sessions_end_at_nonsense)
{
	reopen(SOCK_STREAM, true);
	limit(100000, 1000, 10);
	put(bad[_i].bytes, bad[_i].len);
	turns(1);
	ck_assert_uint_eq(one.frames, 0);
	ck_assert_uint_eq(one.closed, 1);
	ck_assert_str_ne(one.why, "");
}
END_TEST

START_TEST(seventeen_bits_of_length_are_used)
{
	uint8_t *msg = malloc(0x20010);
	size_t n = make(msg, 0, 0x1FFFF);

	reopen(SOCK_STREAM, true);
	put(REQUEST, 72);
	for (size_t pos = 0; pos < n; pos += 50000) {
		put(msg + pos, n - pos < 50000 ? n - pos : 50000);
		turns(2);
	}
	ck_assert_uint_eq(one.frames, 1);
	ck_assert_uint_eq(one.last_len, 0x1FFFF);
	free(msg);
}
END_TEST

static TCase *
netbios(void)
{
	TCase *tc = tcase_create("netbios");

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, keep_alives_are_swallowed_and_sent);
	tcase_add_test(tc, a_session_request_on_direct_tcp_is_welcome);
	tcase_add_test(tc, a_netbios_session_opens_with_its_request);
	tcase_add_test(tc, a_refused_name_is_told_and_ends_the_session);
	tcase_add_test(tc, a_malformed_request_is_refused);
	tcase_add_loop_test(
	    tc, netbios_sessions_end_at_nonsense, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(tc, seventeen_bits_of_length_are_used);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("netbios");
	SRunner *sr = srunner_create(s);
	int failed;

	suite_add_tcase(s, netbios());
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
