/* SPDX-License-Identifier: BSD-2-Clause */

/* READ_RAW, WRITE_RAW and the multiplexed forms. */

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "one_file.h"
#include "wire/status.h"

/* --- READ_RAW --- */

#define READ_RAW       0x1A
#define WRITE_RAW      0x1D
#define WRITE_COMPLETE 0x20
#define CAP_RAW_MODE   0x01

/* Asks for raw bytes; how many came. */
static size_t
read_raw(uint16_t id, uint64_t offset, uint16_t count, const uint8_t **bytes)
{
	struct writer *w = client_begin(c, READ_RAW);
	size_t n;

	wr_u16(w, id);
	wr_u32(w, (uint32_t)offset);
	wr_u16(w, count);
	wr_u16(w, count);
	wr_zero(w, 6);
	if (offset >> 32 != 0)
		wr_u32(w, (uint32_t)(offset >> 32));
	client_send(c);
	*bytes = client_receive_raw(c, &n);
	return n;
}

START_TEST(raw_bytes_come_without_a_header)
{
	const uint8_t *bytes;

	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 4);
	ck_assert_mem_eq(bytes, "3456", 4);
	ck_assert_uint_eq(read_raw(fid, 8, 100, &bytes), 2);
	ck_assert_mem_eq(bytes, "89", 2);
	ck_assert(is_open());
}
END_TEST

START_TEST(most_a_count_can_say_comes_in_one_message)
{
	static uint8_t big[70000];
	const uint8_t *bytes;
	size_t i;

	for (i = 0; i < sizeof(big); i++)
		big[i] = (uint8_t)(i * 7 >> 3);
	server_file(&server, "file.txt", big, sizeof(big));
	ck_assert_uint_eq(read_raw(fid, 1000, 0xFFFF, &bytes), 0xFFFF);
	ck_assert_mem_eq(bytes, big + 1000, 0xFFFF);
}
END_TEST

START_TEST(an_open_pipe_is_nothing_to_raw_bytes)
{
	uint16_t tid = c->tid;
	const uint8_t *bytes;

	client_tree(c, "IPC$");
	client_open(c, "srvsvc");
	c->tid = tid;
	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 4);
	ck_assert_mem_eq(bytes, "3456", 4);
}
END_TEST

START_TEST(whatever_is_wrong_no_bytes_say_it)
{
	const uint8_t *bytes;
	uint16_t writer;

	ck_assert_uint_eq(read_raw(fid, 10, 4, &bytes), 0);
	ck_assert_uint_eq(read_raw(fid, 0, 0, &bytes), 0);
	ck_assert_uint_eq(read_raw(0x7777, 0, 4, &bytes), 0);
	ck_assert_uint_eq(read_raw(fid, UINT64_MAX, 4, &bytes), 0);
	ck_assert_uint_eq(client_try_open(c, "file.txt", 0x00120116, 1, &writer), STATUS_SUCCESS);
	ck_assert_uint_eq(read_raw(writer, 0, 4, &bytes), 0);
	lock_by_another(5, 1);
	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 0);
	ck_assert_uint_eq(read_raw(fid, 0, 4, &bytes), 4);
}
END_TEST

/* Closes the file and opens it as the only one, with an exclusive oplock. */
static void
take_oplock(void)
{
	struct writer *w = client_begin(c, 0x04);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, 0);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	w = client_begin(c, 0xA2);
	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 16);
	wr_u32(w, 2); /* an oplock */
	wr_u32(w, 0);
	wr_u32(w, 0x0012019F);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, 1);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, "file.txt");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u8(&r.words), 1);
	fid = rd_u16(&r.words);
}

START_TEST(who_is_asked_for_an_oplock_reads_no_bytes_until_it_answers)
{
	struct client *self = c, *other;
	const uint8_t *bytes;
	struct writer *w;
	struct reply r;

	take_oplock();
	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 4);
	other = client_on(server.port, "share");
	w = client_begin(other, 0x02);
	wr_u16(w, 0x42);
	wr_u16(w, 0x16);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\file.txt");
	client_send(other);

	client_receive(self, &r);
	ck_assert_uint_eq(r.h.command, 0x24);
	ck_assert_uint_eq(r.h.mid, 0xFFFF);
	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 0);
	w = client_begin(self, 0x24);
	client_no_andx(w);
	wr_u16(w, fid);
	wr_u16(w, 2);
	wr_zero(w, 8);
	client_send(self);
	ck_assert_uint_eq(read_raw(fid, 3, 4, &bytes), 4);
	client_receive(other, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	client_close(&other);
}
END_TEST

START_TEST(signing_server_does_not_offer_raw_messages)
{
	static const char *const dialects[] = { "NT LM 0.12", NULL };
	struct client *fresh = client_connect(server.port);
	struct server signing;
	struct reply r;

	ck_assert_uint_eq(client_try_negotiate(fresh, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(fresh->capabilities & CAP_RAW_MODE, CAP_RAW_MODE);
	client_close(&fresh);

	server_start(&signing, "\tserver signing = mandatory");
	fresh = client_connect(signing.port);
	ck_assert_uint_eq(client_try_negotiate(fresh, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(fresh->capabilities & CAP_RAW_MODE, 0);
	client_close(&fresh);
	ck_assert_int_eq(server_stop(&signing), 0);
}
END_TEST

/* --- WRITE_RAW --- */

struct raw {
	uint64_t offset;
	uint16_t total;
	const char *first; /* in the request */
	bool behind;       /* without WRITE_COMPLETE */
};

static void
ask_to_write(const struct raw *raw)
{
	bool large = raw->offset >> 32 != 0;
	size_t n = strlen(raw->first);
	struct writer *w = client_begin(c, WRITE_RAW);

	wr_u16(w, fid);
	wr_u16(w, raw->total);
	wr_u16(w, 0);
	wr_u32(w, (uint32_t)raw->offset);
	wr_u32(w, 0);
	wr_u16(w, raw->behind ? 0 : 1);
	wr_u32(w, 0);
	wr_u16(w, (uint16_t)n);
	wr_u16(w, (uint16_t)(SMB_HEADER_LEN + 1 + (large ? 28 : 24) + 2));
	if (large)
		wr_u32(w, (uint32_t)(raw->offset >> 32));
	wr_block_bytes(w);
	wr_bytes(w, raw->first, n);
	client_send(c);
}

/* The command, the status and the one word of the next message. */
static void
expect(uint8_t command, nt_status status, uint16_t word)
{
	struct reply r;

	client_receive(c, &r);
	ck_assert(!r.closed);
	ck_assert_uint_eq(r.h.command, command);
	ck_assert_uint_eq(r.h.mid, c->mid);
	ck_assert_uint_eq(r.h.status, status);
	ck_assert_uint_eq(r.word_count, status == STATUS_SUCCESS ? 1 : 0);
	if (status == STATUS_SUCCESS)
		ck_assert_uint_eq(rd_u16(&r.words), word);
}

static void
begin_raw(const struct raw *raw)
{
	ask_to_write(raw);
	expect(WRITE_RAW, STATUS_SUCCESS, 0xFFFF);
}

static void
send_rest(const char *text)
{
	ck_assert(client_send_message(c, text, strlen(text)));
}

static nt_status
read_core(uint32_t offset, uint16_t count, struct reply *r)
{
	wr_u16(core(0x0A, count, offset), 0);
	return client_call(c, r);
}

START_TEST(first_bytes_and_the_rest_are_written)
{
	begin_raw(&(struct raw){ .offset = 2, .total = 6, .first = "ab" });
	ck_assert_str_eq(stored(), "01ab456789");
	send_rest("cdef");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 6);
	ck_assert_str_eq(stored(), "01abcdef89");
}
END_TEST

START_TEST(all_may_come_in_the_raw_message)
{
	begin_raw(&(struct raw){ .offset = 4, .total = 3, .first = "" });
	send_rest("abc");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 3);
	ck_assert_str_eq(stored(), "0123abc789");
}
END_TEST

START_TEST(all_in_the_request_is_complete_at_once)
{
	ask_to_write(&(struct raw){ .offset = 4, .total = 3, .first = "abc", .behind = true });
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 3);
	ck_assert_str_eq(stored(), "0123abc789");
	ck_assert(is_open());
}
END_TEST

START_TEST(largest_raw_message_is_written)
{
	static uint8_t big[0xFFFF];
	const uint8_t *bytes;

	memset(big, 'x', sizeof(big));
	begin_raw(&(struct raw){ .offset = 0, .total = 0xFFFF, .first = "" });
	ck_assert(client_send_message(c, big, sizeof(big)));
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 0xFFFF);
	ck_assert_uint_eq(read_raw(fid, 0, 0xFFFF, &bytes), 0xFFFF);
	ck_assert_mem_eq(bytes, big, sizeof(big));
}
END_TEST

START_TEST(raw_bytes_beyond_4_gib)
{
	const uint64_t far = (5ull << 32) + 17;
	const uint8_t *bytes;

	begin_raw(&(struct raw){ .offset = far, .total = 5, .first = "ab" });
	send_rest("cde");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 5);
	ck_assert_uint_eq(read_raw(fid, far, 9, &bytes), 5);
	ck_assert_mem_eq(bytes, "abcde", 5);
}
END_TEST

START_TEST(write_behind_gets_no_answer_and_keeps_its_place)
{
	const uint8_t *msg;
	uint8_t both[512] = { 0 };
	struct reply r;
	size_t len;
	char text[] = "01***5", letter;

	for (letter = 'a'; letter < 'u'; letter++) {
		memset(text + 2, letter, 3);
		begin_raw(&(struct raw){ .offset = 2, .total = 3, .first = "", .behind = true });
		/* The data and a READ of them leave together. */
		wr_u16(core(0x0A, 6, 0), 0);
		msg = client_message(c, &len);
		both[3] = 3;
		memcpy(both + 4, text + 2, 3);
		both[7 + 3] = (uint8_t)len;
		memcpy(both + 11, msg, len);
		ck_assert(client_send_bytes(c, both, 11 + len));
		client_receive(c, &r);
		ck_assert_uint_eq(r.h.command, 0x0A);
		ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
		expect_data(&r, text);
	}
}
END_TEST

START_TEST(raw_message_is_data_whatever_it_looks_like)
{
	struct writer *w;
	uint8_t echo[128];
	const uint8_t *bytes;
	size_t len;

	w = client_begin(c, 0x2B);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_bytes(w, "echo", 4);
	bytes = client_message(c, &len);
	memcpy(echo, bytes, len);
	begin_raw(&(struct raw){ .offset = 0, .total = (uint16_t)len, .first = "" });
	ck_assert(client_send_message(c, echo, len));
	expect(WRITE_COMPLETE, STATUS_SUCCESS, (uint16_t)len);
	ck_assert_uint_eq(read_raw(fid, 0, 200, &bytes), len);
	ck_assert_mem_eq(bytes, echo, len);
}
END_TEST

START_TEST(less_than_promised_is_what_counts)
{
	begin_raw(&(struct raw){ .offset = 2, .total = 8, .first = "a" });
	send_rest("bc");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 3);
	begin_raw(&(struct raw){ .offset = 0, .total = 8, .first = "" });
	send_rest("");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 0);
	ck_assert_str_eq(stored(), "01abc56789");
}
END_TEST

START_TEST(more_than_promised_is_dropped)
{
	begin_raw(&(struct raw){ .offset = 2, .total = 3, .first = "a" });
	send_rest("bcdefgh");
	expect(WRITE_COMPLETE, STATUS_SUCCESS, 3);
	ck_assert_str_eq(stored(), "01abc56789");
}
END_TEST

START_TEST(refusal_ends_it_before_any_raw_message)
{
	struct raw raw = { .offset = 2, .total = 6, .first = "ab", .behind = true };
	uint16_t writer = fid;

	lock_by_another(6, 1);
	ask_to_write(&raw);
	expect(WRITE_COMPLETE, STATUS_FILE_LOCK_CONFLICT, 0);
	fid = 0x7777;
	ask_to_write(&raw);
	expect(WRITE_COMPLETE, STATUS_INVALID_HANDLE, 0);
	ck_assert_uint_eq(client_try_open(c, "file.txt", 0x00120089, 1, &fid), STATUS_SUCCESS);
	ask_to_write(&raw);
	expect(WRITE_COMPLETE, STATUS_ACCESS_DENIED, 0);
	raw.total = 1;
	fid = writer;
	ask_to_write(&raw);
	expect(WRITE_COMPLETE, STATUS_INVALID_SMB, 0);
	ck_assert_str_eq(stored(), DIGITS);
	ck_assert(is_open());
}
END_TEST

/* Another client locks what is about to come. */
static struct client *
lock_under_way(void)
{
	struct client *self = c, *other;
	uint16_t mine = fid;

	other = c = client_on(server.port, "share");
	fid = client_open(c, "file.txt");
	ck_assert_uint_eq(lock(4, 1), STATUS_SUCCESS);
	c = self;
	fid = mine;
	return other;
}

START_TEST(lock_taken_meanwhile_holds)
{
	struct client *other;

	begin_raw(&(struct raw){ .offset = 2, .total = 6, .first = "ab" });
	other = lock_under_way();
	send_rest("cdef");
	expect(WRITE_COMPLETE, STATUS_FILE_LOCK_CONFLICT, 0);
	ck_assert_str_eq(stored(), "01ab456789");
	client_close(&other);
}
END_TEST

/* A write behind that fails; what the next command says, and the one after. */
static nt_status
told_to(uint8_t command)
{
	struct writer *w;
	struct reply r;

	switch (command) {
	case 0x0A:
		return read_core(0, 2, &r);
	case 0x0B:
		w = core(0x0B, 1, 0);
		wr_u16(w, 0);
		wr_block_bytes(w);
		wr_bytes(w, "\x01\x01\x00z", 4);
		break;
	case 0x12:
		w = client_begin(c, 0x12);
		wr_u16(w, fid);
		wr_u16(w, 1);
		wr_u32(w, 0);
		break;
	default:
		w = client_begin(c, command);
		wr_u16(w, fid);
		wr_zero(w, command == 0x04 ? 4 : 0);
		break;
	}
	return client_call(c, &r);
}

START_TEST(failure_of_a_write_behind_is_told_once_to_who_comes_next)
{
	static const uint8_t commands[] = { 0x0A, 0x0B, 0x12, 0x05, 0x04 };
	uint8_t command = commands[_i];
	const uint8_t *bytes;
	struct client *other;

	begin_raw(&(struct raw){ .offset = 2, .total = 6, .first = "ab", .behind = true });
	other = lock_under_way();
	send_rest("cdef");
	/* This one cannot tell it. */
	ck_assert_uint_eq(read_raw(fid, 0, 2, &bytes), 0);
	ck_assert_uint_eq(told_to(command), STATUS_FILE_LOCK_CONFLICT);
	ck_assert_uint_eq(
	    told_to(command), command == 0x04 ? STATUS_INVALID_HANDLE : STATUS_SUCCESS);
	client_close(&other);
}
END_TEST

START_TEST(client_that_leaves_before_the_raw_message)
{
	struct client *other = client_on(server.port, "share");
	uint16_t exclusive;
	nt_status status;
	int tries;

	begin_raw(&(struct raw){ .offset = 2, .total = 6, .first = "ab" });
	client_close(&c);
	c = other;
	for (tries = 0; tries < 1000; tries++) {
		status = client_try_open(c, "file.txt", 0x001F01FF, 1, &exclusive);
		if (status == STATUS_SUCCESS)
			break;
		usleep(5000);
	}
	ck_assert_uint_eq(status, STATUS_SUCCESS);
	ck_assert_str_eq(stored(), "01ab456789");
}
END_TEST

START_TEST(server_that_stops_before_the_raw_message)
{
	struct server brief;
	struct client *waiting;

	server_start(&brief, "");
	server_file(&brief, "file.txt", DIGITS, 10);
	waiting = client_on(brief.port, "share");
	client_close(&c);
	c = waiting;
	fid = client_open(c, "file.txt");
	begin_raw(&(struct raw){ .offset = 2, .total = 6, .first = "ab" });
	ck_assert_int_eq(server_stop(&brief), 0);
	expect(WRITE_COMPLETE, STATUS_CANCELLED, 0);
}
END_TEST

/* --- READ_MPX, WRITE_MPX --- */

START_TEST(multiplexed_forms_are_referred_to_the_standard_ones)
{
	static const struct {
		uint8_t command, words;
		nt_status status;
	} forms[] = {
		{ 0x1B, 8, STATUS_SMB_USE_STANDARD },
		{ 0x1C, 8, STATUS_NOT_IMPLEMENTED },
		{ 0x1E, 12, STATUS_SMB_USE_STANDARD },
		{ 0x1F, 8, STATUS_NOT_IMPLEMENTED },
	};
	struct writer *w = client_begin(c, forms[_i].command);
	struct reply r;

	wr_u16(w, fid);
	wr_zero(w, 2u * forms[_i].words - 2);
	ck_assert_uint_eq(client_call(c, &r), forms[_i].status);
	ck_assert_str_eq(stored(), DIGITS);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("raw");
	TCase *tc;

	tc = tcase_create("raw");
	tcase_set_timeout(tc, 60);
	tcase_add_checked_fixture(tc, file_begin, file_end);
	tcase_add_test(tc, raw_bytes_come_without_a_header);
	tcase_add_test(tc, an_open_pipe_is_nothing_to_raw_bytes);
	tcase_add_test(tc, most_a_count_can_say_comes_in_one_message);
	tcase_add_test(tc, whatever_is_wrong_no_bytes_say_it);
	tcase_add_test(tc, who_is_asked_for_an_oplock_reads_no_bytes_until_it_answers);
	tcase_add_test(tc, signing_server_does_not_offer_raw_messages);
	tcase_add_test(tc, first_bytes_and_the_rest_are_written);
	tcase_add_test(tc, all_may_come_in_the_raw_message);
	tcase_add_test(tc, all_in_the_request_is_complete_at_once);
	tcase_add_test(tc, largest_raw_message_is_written);
	tcase_add_test(tc, raw_bytes_beyond_4_gib);
	tcase_add_test(tc, write_behind_gets_no_answer_and_keeps_its_place);
	tcase_add_test(tc, raw_message_is_data_whatever_it_looks_like);
	tcase_add_test(tc, less_than_promised_is_what_counts);
	tcase_add_test(tc, more_than_promised_is_dropped);
	tcase_add_test(tc, refusal_ends_it_before_any_raw_message);
	tcase_add_test(tc, lock_taken_meanwhile_holds);
	tcase_add_loop_test(tc, failure_of_a_write_behind_is_told_once_to_who_comes_next, 0, 5);
	tcase_add_test(tc, client_that_leaves_before_the_raw_message);
	tcase_add_test(tc, server_that_stops_before_the_raw_message);
	suite_add_tcase(s, tc);

	tc = tcase_create("multiplexed");
	tcase_add_checked_fixture(tc, file_begin, file_end);
	tcase_add_loop_test(tc, multiplexed_forms_are_referred_to_the_standard_ones, 0, 4);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *sr = srunner_create(suite());
	int failed;

	server_start(&server, "\tmax connections per address = 0");
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr) + server_stop(&server);
	srunner_free(sr);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
