/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipes.h"

#include <check.h>
#include <string.h>

#define WRITE_ANDX 0x2F

struct server server;
struct client *c;
struct trans2 t;

void
pipes_setup(void)
{
	c = client_on(server.port, "IPC$");
}

void
pipes_teardown(void)
{
	client_close(&c);
}

uint16_t
open_pipe(const char *name)
{
	uint16_t fid = 0;

	ck_assert_uint_eq(client_try_open(c, name, READ_WRITE, 1, &fid), STATUS_SUCCESS);
	return fid;
}

const uint8_t bind_pdu[BIND_LEN] = {
	5, 0, 11, 3, 0x10, 0, 0, 0, BIND_LEN, 0, 0, 0, 1, 0, 0, 0,  /* header */
	0xB8, 0x10, 0xB8, 0x10, 0, 0, 0, 0,                         /* sizes, group */
	1, 0, 0, 0, 0, 0, 1, 0,                                     /* one context */
	0xC8, 0x4F, 0x32, 0x4B, 0x70, 0x16, 0xD3, 0x01,             /* srvsvc */
	0x12, 0x78, 0x5A, 0x47, 0xBF, 0x6E, 0xE1, 0x88, 3, 0, 0, 0, /* 3.0 */
	0x04, 0x5D, 0x88, 0x8A, 0xEB, 0x1C, 0xC9, 0x11,             /* NDR */
	0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10, 0x48, 0x60, 2, 0, 0, 0, /* 2.0 */
};

void
expect_ack(struct reader data)
{
	const uint8_t *p;

	ck_assert_uint_eq(rd_left(&data), ACK_LEN);
	p = rd_bytes(&data, ACK_LEN);
	ck_assert_uint_eq(p[2], 12);
	ck_assert_uint_eq(p[8], ACK_LEN);
	ck_assert_mem_eq(p + 24, "\x0d\x00\\PIPE\\srvsvc", 15);
	ck_assert_uint_eq(p[44], 0); /* accepted */
}

struct writer *
begin(uint16_t subcommand, uint16_t fid, const char *name)
{
	const uint16_t words[2] = { subcommand, fid };

	return client_trans_begin(c, &t, name, words);
}

nt_status
call(void)
{
	return client_trans2_call(c, &t);
}

nt_status
simple(uint16_t subcommand, uint16_t fid)
{
	begin(subcommand, fid, "\\PIPE\\");
	return call();
}

nt_status
with_data(uint16_t subcommand, uint16_t fid, const void *data, size_t n)
{
	struct writer *w = begin(subcommand, fid, "\\PIPE\\");

	client_trans2_data(c, &t);
	wr_bytes(w, data, n);
	return call();
}

nt_status
with_param(uint16_t subcommand, uint16_t fid, uint16_t param)
{
	wr_u16(begin(subcommand, fid, "\\PIPE\\"), param);
	return call();
}

/* What is answered is at most n bytes from here on. */
void
take_at_most(uint16_t n)
{
	wr_patch16(&c->out, 39, n);
}

nt_status
write_andx(uint16_t fid, uint16_t mode, const void *data, uint16_t n, struct reply *r)
{
	struct writer *w = client_begin(c, WRITE_ANDX);

	client_no_andx(w);
	wr_u16(w, fid);
	wr_zero(w, 8);
	wr_u16(w, mode);
	wr_zero(w, 4);
	wr_u16(w, n);
	wr_u16(w, 64);
	wr_zero(w, 4);
	wr_block_bytes(w);
	wr_zero(w, 64 - w->pos);
	wr_bytes(w, data, n);
	return client_call(c, r);
}

void
write_bind(uint16_t fid)
{
	struct reply r;

	ck_assert_uint_eq(write_andx(fid, 0, bind_pdu, BIND_LEN, &r), STATUS_SUCCESS);
	rd_skip(&r.words, 4);
	ck_assert_uint_eq(rd_u16(&r.words), BIND_LEN);
}

int
pipes_main(Suite *s)
{
	SRunner *sr;
	int failed;

	server_start(&server, "");
	sr = srunner_create(s);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return server_stop(&server) != 0 || failed != 0;
}
