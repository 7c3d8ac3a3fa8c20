/* SPDX-License-Identifier: BSD-2-Clause */
#include "talk.h"

#include <stdio.h>
#include <string.h>

#include "auth/crypto.h"
#include "auth/ntlm.h"

struct server server, plain, by_shares;
struct client *c;
struct reply r;

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
talk_end(void)
{
	if (c != NULL)
		client_close(&c);
}

void
talk_begin_with(const struct server *s, uint8_t flags, uint16_t flags2)
{
	c = client_connect(s->port);
	c->flags = flags;
	c->flags2 = flags2;
}

void
talk_begin(uint8_t flags, uint16_t flags2)
{
	talk_begin_with(&server, flags, flags2);
}

void
talk_negotiate(const char *const *dialects, uint16_t index, uint8_t words)
{
	struct reader bytes;

	ck_assert_uint_eq(client_try_negotiate(c, dialects, &r), STATUS_SUCCESS);
	ck_assert_uint_eq(c->dialect, index);
	ck_assert_uint_eq(r.word_count, words);
	bytes = r.bytes;
	if (words == 13)
		memcpy(c->challenge, rd_bytes(&bytes, 8), 8);
}

static void
put_names(struct writer *w, const struct names *names)
{
	const char *const all[] = { names->user, names->domain, names->os, names->lanman };

	for (size_t i = 0; i < 4 && all[i] != NULL; i++)
		wr_string(w, all[i]);
}

static nt_status
log_on(void)
{
	nt_status status = client_call(c, &r);

	c->uid = r.h.uid;
	return status;
}

nt_status
log_on_lanman(const void *password, uint16_t len, const struct names *names)
{
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);

	client_no_andx(w);
	wr_u16(w, 4356);
	wr_u16(w, 2);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, len);
	wr_u32(w, 0);
	wr_block_bytes(w);
	wr_bytes(w, password, len);
	put_names(w, names);
	return log_on();
}

nt_status
log_on_nt(const struct passwords *p, const struct names *names)
{
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);

	client_no_andx(w);
	wr_u16(w, 0xFFFF);
	wr_u16(w, 2);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, p->oem_len);
	wr_u16(w, p->unicode_len);
	wr_u32(w, 0);
	wr_u32(w, c->offers);
	wr_block_bytes(w);
	wr_bytes(w, p->oem, p->oem_len);
	wr_bytes(w, p->unicode, p->unicode_len);
	put_names(w, names);
	return log_on();
}

void
lm_response(const char *password, uint8_t response[24])
{
	uint8_t hash[16];

	ck_assert_ptr_null(crypto_init());
	ck_assert(ntlm_lm_hash(crypto_oem(), password, hash));
	ntlm_response(hash, c->challenge, response);
}

void
ntlm_response_to(const char *password, uint8_t response[24])
{
	uint8_t hash[16];

	ck_assert_ptr_null(crypto_init());
	ntlm_nt_hash(password, hash);
	ntlm_response(hash, c->challenge, response);
}

nt_status
tree_connect_andx(uint16_t flags, const char *path, const char *service)
{
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);
	nt_status status;

	client_no_andx(w);
	wr_u16(w, flags);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, path);
	wr_bytes(w, service, strlen(service) + 1);
	status = client_call(c, &r);
	if (status == STATUS_SUCCESS)
		c->tid = r.h.tid;
	return status;
}

nt_status
tree_connect_core(const char *path, const char *password, const char *device)
{
	const char *const texts[] = { path, password, device };
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT);
	nt_status status;

	wr_block_bytes(w);
	for (size_t i = 0; i < 3; i++) {
		wr_u8(w, 4);
		wr_string_oem(w, texts[i]);
	}
	status = client_call(c, &r);
	if (status == STATUS_SUCCESS) {
		rd_skip(&r.words, 2);
		c->tid = rd_u16(&r.words);
	}
	return status;
}

nt_status
by_path(uint8_t command, const uint16_t *words, size_t n, const char *path)
{
	struct writer *w = client_begin(c, command);

	for (size_t i = 0; i < n; i++)
		wr_u16(w, words[i]);
	wr_block_bytes(w);
	wr_u8(w, 4);
	wr_string(w, path);
	return client_call(c, &r);
}

nt_status
open_core(const char *path, uint16_t mode, uint16_t *fid)
{
	const uint16_t words[] = { mode, 0x16 };
	nt_status status = by_path(SMB_COM_OPEN, words, 2, path);

	*fid = rd_u16(&r.words);
	return status;
}

nt_status
close_fid(uint16_t fid)
{
	struct writer *w = client_begin(c, SMB_COM_CLOSE);

	wr_u16(w, fid);
	wr_u32(w, 0);
	return client_call(c, &r);
}

nt_status
read_core(uint16_t fid, uint16_t count, uint32_t offset)
{
	struct writer *w = client_begin(c, SMB_COM_READ);

	wr_u16(w, fid);
	wr_u16(w, count);
	wr_u32(w, offset);
	wr_u16(w, count);
	return client_call(c, &r);
}

nt_status
write_core(uint16_t fid, const void *data, uint16_t count, uint32_t offset)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE);

	wr_u16(w, fid);
	wr_u16(w, count);
	wr_u32(w, offset);
	wr_u16(w, count);
	wr_block_bytes(w);
	wr_u8(w, 1);
	wr_u16(w, count);
	wr_bytes(w, data, count);
	return client_call(c, &r);
}

nt_status
open_andx(const char *path, const struct open_andx *how, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_OPEN_ANDX);
	nt_status status;

	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, how->access);
	wr_u16(w, 0x16);
	wr_u16(w, how->attributes);
	wr_u32(w, 0);
	wr_u16(w, how->function);
	wr_zero(w, 12);
	wr_block_bytes(w);
	wr_string(w, path);
	status = client_call(c, &r);
	rd_skip(&r.words, 4);
	*fid = rd_u16(&r.words);
	return status;
}

nt_status
read_andx(uint16_t fid, uint64_t offset, uint32_t count, struct reader *data)
{
	struct writer *w = client_begin(c, SMB_COM_READ_ANDX);
	struct reader whole;
	nt_status status;
	uint32_t n;
	uint16_t at;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, (uint32_t)offset);
	wr_u16(w, (uint16_t)count);
	wr_u16(w, (uint16_t)count);
	wr_u32(w, count >> 16);
	wr_u16(w, 0);
	wr_u32(w, (uint32_t)(offset >> 32));
	status = client_call(c, &r);
	rd_skip(&r.words, 10);
	n = rd_u16(&r.words);
	at = rd_u16(&r.words);
	n |= (uint32_t)rd_u16(&r.words) << 16;
	rd_init(&whole, r.msg, r.len);
	*data = rd_at(&whole, at, n);
	return status;
}

/* The bytes begin at 64, as the clients write it; ByteCount says of them what 16 bits can. */
nt_status
write_andx(uint16_t fid, uint64_t offset, const void *data, uint32_t count)
{
	struct writer *w = client_begin(c, SMB_COM_WRITE_ANDX);
	size_t count_at, len;
	const uint8_t *msg;

	client_no_andx(w);
	wr_u16(w, fid);
	wr_u32(w, (uint32_t)offset);
	wr_u32(w, 0);
	wr_u16(w, 1); /* write through */
	wr_u16(w, (uint16_t)count);
	wr_u16(w, (uint16_t)(count >> 16));
	wr_u16(w, (uint16_t)count);
	wr_u16(w, 64);
	wr_u32(w, (uint32_t)(offset >> 32));
	wr_block_bytes(w);
	count_at = w->bytes_at;
	wr_u8(w, 0);
	ck_assert_uint_eq(w->pos, 64);
	wr_bytes(w, data, count);
	msg = client_message(c, &len);
	wr_patch16(w, count_at, (uint16_t)(count + 1));
	ck_assert(client_send_message(c, msg, len));
	client_receive(c, &r);
	ck_assert(!r.closed);
	return r.h.status;
}

void
send_with_junk(size_t n)
{
	uint8_t all[512];
	size_t len;
	const uint8_t *msg = client_message(c, &len);

	ck_assert_uint_le(len + n, sizeof(all));
	memcpy(all, msg, len);
	memset(all + len, 0xA5, n);
	ck_assert(client_send_message(c, all, len + n));
	client_receive(c, &r);
	ck_assert(!r.closed);
}

void
expect_read(const char *text)
{
	size_t n = strlen(text);

	ck_assert_uint_eq(r.word_count, 5);
	ck_assert_uint_eq(rd_u16(&r.words), n);
	ck_assert_uint_eq(rd_u8(&r.bytes), 1);
	ck_assert_uint_eq(rd_u16(&r.bytes), n);
	expect_bytes(r.bytes, text);
}

void
expect_bytes(struct reader data, const char *text)
{
	size_t n = strlen(text);

	ck_assert(rd_ok(&data));
	ck_assert_uint_eq(rd_left(&data), n);
	if (n > 0)
		ck_assert_mem_eq(rd_bytes(&data, n), text, n);
}

#define MAX_DATA_AT 39

/* The rest of the data, which did not fit into the reply. */
static void
receive_rest(struct trans2 *t, struct reader *all)
{
	static uint8_t joined[0x10000];
	struct reader words = t->reply.words;
	size_t total, n = rd_left(&t->got_data);

	rd_skip(&words, 2);
	total = rd_u16(&words);
	if (n == total)
		return;
	memcpy(joined, rd_bytes(&t->got_data, n), n);
	while (n < total) {
		size_t more;

		client_receive(c, &t->reply);
		ck_assert(!t->reply.closed);
		client_trans2_read(t);
		ck_assert_uint_eq(rd_left(&t->got_parameters), 0);
		ck_assert_uint_eq(t->got_data.pos, SMB_HEADER_LEN + 24); /* says libdsm */
		more = rd_left(&t->got_data);
		ck_assert(more > 0 && more <= total - n);
		memcpy(joined + n, rd_bytes(&t->got_data, more), more);
		n += more;
	}
	all->msg = joined;
	all->pos = 0;
	all->end = total;
	all->arena = t->got_data.arena;
}

static nt_status
find(struct trans2 *t, bool first, struct found *got)
{
	nt_status status = client_trans2_call(c, t);
	struct reader *p = &t->got_parameters;
	size_t at = p->pos;

	memset(got, 0, sizeof(*got));
	r = t->reply;
	if (status != STATUS_SUCCESS)
		return status;
	if (first)
		got->sid = rd_u16(p);
	got->count = rd_u16(p);
	got->end = rd_u16(p);
	got->ea_error = rd_u16(p);
	got->last_name = rd_u16(p);
	ck_assert(rd_ok(p));
	got->parameters_at = at;
	got->data_at = t->got_data.pos;
	got->data = t->got_data;
	receive_rest(t, &got->data);
	return status;
}

nt_status
find_first2(const struct find_first *f, struct found *got)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 1);

	if (f->max_data != 0)
		wr_patch16(w, MAX_DATA_AT, f->max_data);
	wr_u16(w, f->attributes);
	wr_u16(w, f->count);
	wr_u16(w, f->flags);
	wr_u16(w, f->level);
	wr_u32(w, 0);
	wr_string(w, f->pattern);
	return find(&t, true, got);
}

nt_status
find_next2(const struct find_next *f, struct found *got)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, 2);

	if (f->max_data != 0)
		wr_patch16(w, MAX_DATA_AT, f->max_data);
	wr_u16(w, f->sid);
	wr_u16(w, f->count);
	wr_u16(w, f->level);
	wr_u32(w, f->key);
	wr_u16(w, f->flags);
	wr_string(w, f->name);
	return find(&t, false, got);
}

const char *
both_name(struct reader *data)
{
	struct reader e = *data;
	uint32_t next = rd_u32(&e), n;
	const char *name;

	if (rd_left(data) == 0)
		return NULL;
	rd_skip(&e, 56);
	n = rd_u32(&e);
	rd_skip(&e, 30);
	name = rd_text(&e, n);
	ck_assert(rd_ok(&e));
	rd_skip(data, next != 0 ? next : rd_left(data));
	return name;
}

bool
logged(const char *text)
{
	char path[128], line[1024];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", server.dir);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	while (!found && fgets(line, sizeof(line), f) != NULL)
		found = strstr(line, text) != NULL;
	fclose(f);
	return found;
}
