/* SPDX-License-Identifier: BSD-2-Clause */
#include "one_file.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

struct server server;
struct client *c;
uint16_t fid;

void
file_begin(void)
{
	server_file(&server, "file.txt", DIGITS, 10);
	c = client_on(server.port, "share");
	fid = client_open(c, "file.txt");
}

void
file_end(void)
{
	client_close(&c);
}

const char *
stored(void)
{
	static char text[256];
	char path[256];
	FILE *f;
	size_t n;

	snprintf(path, sizeof(path), "%s/file.txt", server.root);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

struct writer *
core(uint8_t command, uint16_t count, uint32_t offset)
{
	struct writer *w = client_begin(c, command);

	wr_u16(w, fid);
	wr_u16(w, count);
	wr_u32(w, offset);
	return w;
}

static nt_status
range(uint8_t command, uint32_t offset, uint32_t length)
{
	struct writer *w = client_begin(c, command);
	struct reply r;

	wr_u16(w, fid);
	wr_u32(w, length);
	wr_u32(w, offset);
	return client_call(c, &r);
}

nt_status
lock(uint32_t offset, uint32_t length)
{
	return range(0x0C, offset, length);
}

nt_status
unlock(uint32_t offset, uint32_t length)
{
	return range(0x0D, offset, length);
}

void
lock_by_another(uint32_t offset, uint32_t length)
{
	c->pid++;
	ck_assert_uint_eq(lock(offset, length), STATUS_SUCCESS);
	c->pid--;
}

bool
is_open(void)
{
	struct reply r;

	wr_u16(client_begin(c, 0x05), fid);
	return client_call(c, &r) == STATUS_SUCCESS;
}

void
expect_data(struct reply *r, const char *text)
{
	size_t n = strlen(text);
	const uint8_t *p;

	ck_assert_uint_eq(r->word_count, 5);
	ck_assert_uint_eq(rd_u16(&r->words), n);
	ck_assert_uint_eq(rd_u8(&r->bytes), 1);
	ck_assert_uint_eq(rd_u16(&r->bytes), n);
	p = rd_bytes(&r->bytes, n);
	ck_assert_ptr_nonnull(p);
	ck_assert_mem_eq(p, text, n);
}
