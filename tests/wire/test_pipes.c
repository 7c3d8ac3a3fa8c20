/* SPDX-License-Identifier: BSD-2-Clause */

/* Named pipes: how they are opened, read and written, and what is told of them. */
#include <stdlib.h>
#include <string.h>

#include "pipes.h"
#include "wire/access.h"

#define CLOSE              0x04
#define FLUSH              0x05
#define READ               0x0A
#define WRITE              0x0B
#define QUERY_INFORMATION2 0x23
#define OPEN               0x02
#define OPEN_ANDX          0x2D
#define READ_ANDX          0x2E
#define NT_CREATE_ANDX     0xA2
#define NT_CANCEL          0xA4

#define PIPE_WAIT       0x110018
#define PIPE_PEEK       0x11400C
#define PIPE_TRANSCEIVE 0x11C017

/* ---- opening ---- */

static nt_status
nt_create(const char *name, struct reply *r)
{
	struct writer *w = client_begin(c, NT_CREATE_ANDX);

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, 0);
	wr_zero(w, 8);
	wr_u32(w, READ_WRITE);
	wr_zero(w, 12);
	wr_u32(w, 7);
	wr_u32(w, 1);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, name);
	return client_call(c, r);
}

START_TEST(nt_create_tells_a_message_pipe)
{
	struct reply r;

	ck_assert_uint_eq(nt_create("\\srvsvc", &r), STATUS_SUCCESS);
	rd_skip(&r.words, 5);
	ck_assert_uint_ne(rd_u16(&r.words), 0);
	ck_assert_uint_eq(rd_u32(&r.words), 1); /* opened */
	rd_skip(&r.words, 32);
	ck_assert_uint_eq(rd_u32(&r.words), 0x80);
	ck_assert_uint_eq(rd_u64(&r.words), 4096);
	ck_assert_uint_eq(rd_u64(&r.words), 0);
	ck_assert_uint_eq(rd_u16(&r.words), 2);
	ck_assert_uint_eq(rd_u16(&r.words), 0x05FF);
	ck_assert_uint_eq(rd_u8(&r.words), 0);
}
END_TEST

START_TEST(a_pipe_is_known_by_each_form_of_its_name)
{
	static const char *const names[] = { "srvsvc", "\\srvsvc", "\\PIPE\\srvsvc",
		"\\pipe\\SRVSVC", "PIPE\\srvsvc", "/srvsvc", "\\wkssvc", "\\lsass" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		open_pipe(names[i]);
}
END_TEST

START_TEST(what_is_not_in_the_table_does_not_exist)
{
	static const char *const names[] = { "", "\\", "\\PIPE", "\\PIPE\\", "\\nothing",
		"\\..\\srvsvc", "\\srvsvc\\", "\\srvsvc\\..\\srvsvc", "\\PIPE\\PIPE\\srvsvc",
		"\\srvsvcx", "\\srvsv", "\\etc\\passwd", "/etc/passwd", "../../../../etc/passwd",
		"\\srvsvc:stream" };
	uint16_t fid;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(client_try_open(c, names[i], READ_WRITE, 1, &fid) ==
			STATUS_OBJECT_NAME_NOT_FOUND,
		    "%s", names[i]);
}
END_TEST

START_TEST(old_opens_open_pipes_too)
{
	struct writer *w = client_begin(c, OPEN_ANDX);
	struct reply r;

	client_no_andx(w);
	wr_u16(w, 1);
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, 1);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, "\\PIPE\\srvsvc");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_ne(rd_u16(&r.words), 0);
	ck_assert_uint_eq(rd_u16(&r.words), 0);
	rd_skip(&r.words, 8);
	ck_assert_uint_eq(rd_u16(&r.words), 2); /* AccessMode */
	ck_assert_uint_eq(rd_u16(&r.words), 2);
	ck_assert_uint_eq(rd_u16(&r.words), 0x05FF);
	ck_assert_uint_eq(rd_u16(&r.words), 1);

	w = client_begin(c, OPEN);
	wr_u16(w, 0x42);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, "\\PIPE\\wkssvc");
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);

	w = client_trans2_begin(c, &t, 0);
	wr_u16(w, 8); /* tells the size of EAs */
	wr_u16(w, 0x42);
	wr_zero(w, 8);
	wr_u16(w, 1);
	wr_zero(w, 14);
	wr_string(w, "\\srvsvc");
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 14);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 2);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 0x05FF);
}
END_TEST

START_TEST(many_pipes_but_not_any_number)
{
	nt_status status = STATUS_SUCCESS;
	uint16_t fid;
	int n;

	for (n = 0; n < 1000 && status == STATUS_SUCCESS; n++)
		status = client_try_open(c, "\\srvsvc", READ_WRITE, 1, &fid);
	ck_assert_int_gt(n, 32);
	ck_assert_uint_eq(status, STATUS_INSTANCE_NOT_AVAILABLE);
}
END_TEST

/* ---- reading and writing ---- */

static uint16_t
read_send(uint16_t fid, uint16_t n)
{
	struct writer *w = client_begin(c, READ_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, 0);
	wr_u16(w, n);
	wr_u16(w, n);
	wr_u32(w, 0xFFFFFFFF);
	wr_u16(w, 0);
	client_send(c);
	return c->mid;
}

static struct reader
read_part(const struct reply *r)
{
	struct reader words = r->words, whole;
	uint16_t n, at;

	rd_skip(&words, 10);
	n = rd_u16(&words);
	at = rd_u16(&words);
	rd_init(&whole, r->msg, r->len);
	return rd_at(&whole, at, n);
}

START_TEST(what_is_written_is_answered_to_who_reads)
{
	uint16_t fid = open_pipe("\\srvsvc");
	struct reply r;

	write_bind(fid);
	read_send(fid, 1024);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	expect_ack(read_part(&r));
}
END_TEST

START_TEST(a_message_longer_than_the_read_is_read_in_parts)
{
	uint16_t fid = open_pipe("\\srvsvc");
	struct reader part;
	struct reply r;

	write_bind(fid);
	read_send(fid, 60);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_BUFFER_OVERFLOW);
	part = read_part(&r);
	ck_assert_uint_eq(rd_left(&part), 60);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), ACK_LEN - 60); /* Available */
	read_send(fid, 60);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	part = read_part(&r);
	ck_assert_uint_eq(rd_left(&part), ACK_LEN - 60);
}
END_TEST

START_TEST(who_reads_first_waits)
{
	uint16_t fid = open_pipe("\\srvsvc"), mid = read_send(fid, 1024);
	struct reply r;

	ck_assert_uint_eq(with_data(WRITE_PIPE, fid, bind_pdu, BIND_LEN), STATUS_SUCCESS);
	client_receive(c, &r);
	ck_assert_uint_eq(r.h.mid, mid);
	ck_assert_uint_eq(r.h.status, STATUS_SUCCESS);
	expect_ack(read_part(&r));
}
END_TEST

static nt_status
end_of(uint16_t mid)
{
	struct reply r;

	client_receive(c, &r);
	ck_assert_uint_eq(r.h.mid, mid);
	return r.h.status;
}

START_TEST(who_waits_may_be_cancelled)
{
	uint16_t fid = open_pipe("\\srvsvc"), mid = read_send(fid, 1024);

	client_begin(c, NT_CANCEL);
	wr_patch16(&c->out, 30, mid);
	client_send(c);
	ck_assert_uint_eq(end_of(mid), STATUS_CANCELLED);
}
END_TEST

START_TEST(who_waits_hears_of_a_close)
{
	uint16_t fid = open_pipe("\\srvsvc"), mid = read_send(fid, 1024), closing;
	struct writer *w = client_begin(c, CLOSE);
	nt_status read_status = STATUS_SUCCESS;
	struct reply r;
	int i;

	wr_u16(w, fid);
	wr_u32(w, 0);
	client_send(c);
	closing = c->mid;
	for (i = 0; i < 2; i++) {
		client_receive(c, &r);
		if (r.h.mid == mid)
			read_status = r.h.status;
		else
			ck_assert_uint_eq(r.h.mid, closing);
	}
	ck_assert_uint_eq(read_status, STATUS_FILE_CLOSED);
}
END_TEST

START_TEST(the_core_commands_read_and_write_too)
{
	uint16_t fid = open_pipe("\\srvsvc");
	struct writer *w = client_begin(c, WRITE);
	struct reply r;

	wr_u16(w, fid);
	wr_u16(w, BIND_LEN);
	wr_zero(w, 6);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, BIND_LEN);
	wr_bytes(w, bind_pdu, BIND_LEN);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u16(&r.words), BIND_LEN);

	w = client_begin(c, READ);
	wr_u16(w, fid);
	wr_u16(w, 512);
	wr_zero(w, 6);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	rd_skip(&r.bytes, 3);
	expect_ack(r.bytes);

	w = client_begin(c, FLUSH);
	wr_u16(w, fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
	w = client_begin(c, QUERY_INFORMATION2);
	wr_u16(w, fid);
	ck_assert_uint_eq(client_call(c, &r), STATUS_SUCCESS);
}
END_TEST

START_TEST(a_message_may_begin_with_its_length)
{
	uint16_t fid = open_pipe("\\srvsvc");
	uint8_t data[BIND_LEN + 2] = { BIND_LEN, 0 };
	struct reply r;

	memcpy(data + 2, bind_pdu, BIND_LEN);
	ck_assert_uint_eq(write_andx(fid, 0x000C, data, sizeof(data), &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), sizeof(data));
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_SUCCESS);
	expect_ack(t.got_data);
	ck_assert_uint_eq(write_andx(fid, 0x000C, data, 1, &r), STATUS_INVALID_PARAMETER);
}
END_TEST

START_TEST(a_fid_of_no_pipe_is_written_to_in_vain)
{
	struct reply r;

	ck_assert_uint_eq(write_andx(1234, 0, "x", 1, &r), STATUS_INVALID_HANDLE);
}
END_TEST

START_TEST(what_is_no_rpc_breaks_the_pipe)
{
	uint16_t fid = open_pipe("\\srvsvc"), mid = read_send(fid, 100);
	static const uint8_t junk[16] = { 0 };

	begin(WRITE_PIPE, fid, "\\PIPE\\");
	client_trans2_data(c, &t);
	wr_bytes(&c->out, junk, sizeof(junk));
	ck_assert_uint_eq(call(), STATUS_PIPE_DISCONNECTED);
	ck_assert_uint_eq(end_of(mid), STATUS_PIPE_DISCONNECTED);
	ck_assert_uint_eq(with_data(WRITE_PIPE, fid, bind_pdu, BIND_LEN), STATUS_PIPE_DISCONNECTED);
	ck_assert_uint_eq(simple(PEEK, fid), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 4);
	ck_assert_uint_eq(rd_u16(&t.got_parameters), 4);
}
END_TEST

START_TEST(a_right_not_asked_for_is_not_had)
{
	uint16_t reader, writer;

	ck_assert_uint_eq(client_try_open(c, "srvsvc", FILE_GENERIC_READ, 1, &reader), 0);
	ck_assert_uint_eq(client_try_open(c, "srvsvc", FILE_GENERIC_WRITE, 1, &writer), 0);
	ck_assert_uint_eq(with_data(WRITE_PIPE, reader, bind_pdu, BIND_LEN), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(with_data(TRANSACT, reader, bind_pdu, BIND_LEN), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(simple(READ_PIPE, writer), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(with_data(TRANSACT, writer, bind_pdu, BIND_LEN), STATUS_ACCESS_DENIED);
}
END_TEST

/* ---- IOCTL and information levels ---- */

static struct writer *
fsctl(uint32_t code, uint16_t fid)
{
	const uint16_t words[] = { (uint16_t)code, (uint16_t)(code >> 16), fid, 1 };
	struct writer *w = client_nt_begin(c, &t, 2, words, 4);

	client_trans2_data(c, &t);
	return w;
}

static void
wait_for(uint16_t fid, const char *name)
{
	struct writer *w = fsctl(PIPE_WAIT, fid);

	wr_u64(w, 0);
	wr_u32(w, (uint32_t)(2 * strlen(name)));
	wr_u16(w, 0);
	wr_utf16(w, name);
}

START_TEST(control_codes_do_the_same)
{
	uint16_t fid = open_pipe("\\srvsvc");

	wait_for(fid, "wkssvc");
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	wait_for(fid, "nothing");
	ck_assert_uint_eq(call(), STATUS_OBJECT_NAME_NOT_FOUND);
	wr_bytes(fsctl(PIPE_TRANSCEIVE, fid), bind_pdu, BIND_LEN);
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	expect_ack(t.got_data);
	write_bind(fid);
	ck_assert_uint_eq(simple(READ_PIPE, fid), STATUS_SUCCESS);
	fsctl(PIPE_PEEK, fid);
	ck_assert_uint_eq(call(), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 16);
	ck_assert_uint_eq(rd_u32(&t.got_data), 3);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	fsctl(0x900C4, fid);
	ck_assert_uint_eq(call(), STATUS_INVALID_DEVICE_REQUEST);
}
END_TEST

static nt_status
query(uint16_t fid, uint16_t level)
{
	struct writer *w = client_trans2_begin(c, &t, 7);

	wr_u16(w, fid);
	wr_u16(w, level);
	return call();
}

static nt_status
set_pipe(uint16_t fid, uint16_t level, uint32_t mode, uint32_t completion)
{
	struct writer *w = client_trans2_begin(c, &t, 8);

	wr_u16(w, fid);
	wr_u16(w, level);
	wr_u16(w, 0);
	client_trans2_data(c, &t);
	wr_u32(w, mode);
	wr_u32(w, completion);
	return call();
}

START_TEST(levels_tell_of_pipes)
{
	uint16_t fid = open_pipe("\\srvsvc");

	ck_assert_uint_eq(query(fid, 1023), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 1);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	ck_assert_uint_eq(set_pipe(fid, 1023, 0, 1), STATUS_SUCCESS);
	ck_assert_uint_eq(query(fid, 1023), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 0);
	ck_assert_uint_eq(rd_u32(&t.got_data), 1);
	ck_assert_uint_eq(set_pipe(fid, 1023, 2, 0), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(set_pipe(fid, 1020, 0, 0), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(query(fid, 1024), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_left(&t.got_data), 40);
	ck_assert_uint_eq(query(fid, 1025), STATUS_SUCCESS);
	ck_assert_uint_eq(query(fid, 0x0102), STATUS_SUCCESS);
	rd_skip(&t.got_data, 16);
	ck_assert_uint_eq(rd_u32(&t.got_data), 1); /* links */
	ck_assert_uint_eq(rd_u8(&t.got_data), 1);  /* delete pending */
	ck_assert_uint_eq(query(fid, 0x0104), STATUS_SUCCESS);
	ck_assert_uint_eq(rd_u32(&t.got_data), 14);
	ck_assert_uint_eq(query(fid, 0x0109), STATUS_INVALID_PARAMETER);
	ck_assert_uint_eq(query(fid, 0x0004), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(query(fid, 0x7777), STATUS_INVALID_LEVEL);
	ck_assert_uint_eq(query(0x7777, 1023), STATUS_INVALID_HANDLE);
}
END_TEST

static TCase *
of_opens(void)
{
	TCase *tc = tcase_create("opens");

	tcase_add_checked_fixture(tc, pipes_setup, pipes_teardown);
	tcase_add_test(tc, nt_create_tells_a_message_pipe);
	tcase_add_test(tc, a_pipe_is_known_by_each_form_of_its_name);
	tcase_add_test(tc, what_is_not_in_the_table_does_not_exist);
	tcase_add_test(tc, old_opens_open_pipes_too);
	tcase_add_test(tc, many_pipes_but_not_any_number);
	tcase_add_test(tc, a_right_not_asked_for_is_not_had);
	return tc;
}

static TCase *
of_reads(void)
{
	TCase *tc = tcase_create("reads and writes");

	tcase_add_checked_fixture(tc, pipes_setup, pipes_teardown);
	tcase_add_test(tc, what_is_written_is_answered_to_who_reads);
	tcase_add_test(tc, a_message_longer_than_the_read_is_read_in_parts);
	tcase_add_test(tc, who_reads_first_waits);
	tcase_add_test(tc, who_waits_may_be_cancelled);
	tcase_add_test(tc, who_waits_hears_of_a_close);
	tcase_add_test(tc, the_core_commands_read_and_write_too);
	tcase_add_test(tc, a_message_may_begin_with_its_length);
	tcase_add_test(tc, a_fid_of_no_pipe_is_written_to_in_vain);
	tcase_add_test(tc, what_is_no_rpc_breaks_the_pipe);
	return tc;
}

static TCase *
of_levels(void)
{
	TCase *tc = tcase_create("what is told");

	tcase_add_checked_fixture(tc, pipes_setup, pipes_teardown);
	tcase_add_test(tc, control_codes_do_the_same);
	tcase_add_test(tc, levels_tell_of_pipes);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("pipes");

	suite_add_tcase(s, of_opens());
	suite_add_tcase(s, of_reads());
	suite_add_tcase(s, of_levels());
	return pipes_main(s);
}
