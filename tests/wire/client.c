/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/charset.h"
#include "ntlm.h"
#include "wire/frame.h"

#define SMB_COM_NEGOTIATE          0x72
#define SMB_COM_SESSION_SETUP_ANDX 0x73
#define SMB_COM_TREE_CONNECT_ANDX  0x75
#define SMB_COM_NT_CREATE_ANDX     0xA2
#define SMB_COM_ECHO               0x2B
#define SMB_COM_WRITE_RAW          0x1D

/* A server that says nothing this long hangs. */
#define PATIENCE 60

static void
must(bool ok, const char *what)
{
	if (!ok)
		client_failed(what);
}

struct client *
client_connect(uint16_t port)
{
	struct sockaddr_in sin = { .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval patience = { .tv_sec = PATIENCE };
	struct client *c = xcalloc(1, sizeof(*c));
	int on = 1;

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	must(c->fd >= 0, "socket");
	must(connect(c->fd, (struct sockaddr *)&sin, sizeof(sin)) == 0, "cannot connect");
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	c->flags = SMB_FLAGS_CASE_INSENSITIVE;
	c->flags2 = SMB_FLAGS2_LONG_NAMES | SMB_FLAGS2_NT_STATUS | SMB_FLAGS2_UNICODE;
	c->pid = 0x1234;
	c->buffer = 0xFFFF;
	c->offers = 0xDC; /* UNICODE, LARGE_FILES, NT_SMBS, STATUS32, LEVEL_II_OPLOCKS */
	c->in = xcalloc(1, CLIENT_MESSAGE_MAX);
	arena_init(&c->arena);
	return c;
}

void
client_close(struct client **c)
{
	close((*c)->fd);
	wr_clear(&(*c)->out);
	arena_clear(&(*c)->arena);
	free((*c)->in);
	free(*c);
	*c = NULL;
}

static void
capture(struct client *c, char direction, const uint8_t *p, size_t n)
{
	size_t i;

	if (c->capture == NULL)
		return;
	fprintf(c->capture, "%c", direction);
	for (i = 0; i < n; i++) {
		if (i % 16 == 0)
			fprintf(c->capture, "\n%06zx", i);
		fprintf(c->capture, " %02x", p[i]);
	}
	fputc('\n', c->capture);
}

bool
client_send_bytes(struct client *c, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		ssize_t n = send(c->fd, p, len, MSG_NOSIGNAL);

		if (n < 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

bool
client_send_message(struct client *c, const void *msg, size_t len)
{
	uint8_t *all = xcalloc(1, len + FRAME_HEAD);
	bool ok;

	all[1] = (uint8_t)(len >> 16);
	all[2] = (uint8_t)(len >> 8);
	all[3] = (uint8_t)len;
	memcpy(all + FRAME_HEAD, msg, len);
	capture(c, 'O', all, len + FRAME_HEAD);
	ok = client_send_bytes(c, all, len + FRAME_HEAD);
	free(all);
	return ok;
}

/* False at the end of the stream. */
static bool
read_all(struct client *c, uint8_t *p, size_t len)
{
	while (len > 0) {
		ssize_t n = recv(c->fd, p, len, 0);

		must(n >= 0 || errno == ECONNRESET, "no reply for a minute");
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

/* One frame into c->in after FRAME_HEAD bytes of head; its type, or -1 when closed. */
static int
read_frame(struct client *c, size_t *len)
{
	uint8_t *p = c->in;

	if (!read_all(c, p, FRAME_HEAD))
		return -1;
	*len = (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	must(*len <= CLIENT_MESSAGE_MAX - FRAME_HEAD, "a reply too long");
	if (!read_all(c, p + FRAME_HEAD, *len))
		return -1;
	capture(c, 'I', p, *len + FRAME_HEAD);
	return p[0];
}

static void
put_netbios_name(uint8_t *p, const char *name, uint8_t suffix)
{
	char padded[16];
	size_t i;

	memset(padded, ' ', sizeof(padded));
	memcpy(padded, name, strlen(name));
	padded[15] = (char)suffix;
	*p++ = 32;
	for (i = 0; i < 16; i++) {
		*p++ = (uint8_t)('A' + ((uint8_t)padded[i] >> 4));
		*p++ = (uint8_t)('A' + ((uint8_t)padded[i] & 15));
	}
	*p = 0;
}

uint8_t
client_netbios(struct client *c, const char *called, uint8_t *error)
{
	uint8_t request[FRAME_HEAD + 68] = { NBSS_REQUEST, 0, 0, 68 };
	size_t len;
	int type;

	c->netbios = true;
	put_netbios_name(request + 4, called, 0x20);
	put_netbios_name(request + 38, "TESTCLIENT", 0x00);
	capture(c, 'O', request, sizeof(request));
	must(client_send_bytes(c, request, sizeof(request)), "the server closed the connection");
	type = read_frame(c, &len);
	must(type >= 0, "the server closed the connection");
	*error = len > 0 ? c->in[FRAME_HEAD] : 0;
	return (uint8_t)type;
}

struct writer *
client_begin(struct client *c, uint8_t command)
{
	struct smb_header h = { .command = command,
		.flags = c->flags,
		.flags2 = c->flags2,
		.pid = c->pid,
		.tid = c->tid,
		.uid = c->uid,
		.mid = ++c->mid };

	wr_clear(&c->out);
	wr_init(&c->out, CLIENT_MESSAGE_MAX);
	c->out.unicode = (c->flags2 & SMB_FLAGS2_UNICODE) != 0;
	smb_header_write(&c->out, &h);
	c->element = c->out.pos;
	wr_block(&c->out);
	return &c->out;
}

void
client_no_andx(struct writer *w)
{
	wr_u8(w, 0xFF);
	wr_u8(w, 0);
	wr_u16(w, 0);
}

void
client_andx(struct client *c, uint8_t command)
{
	wr_block_end(&c->out);
	wr_align(&c->out, 4, 0);
	wr_patch8(&c->out, c->element + 1, command);
	wr_patch16(&c->out, c->element + 3, (uint16_t)c->out.pos);
	c->element = c->out.pos;
	wr_block(&c->out);
}

const uint8_t *
client_message(struct client *c, size_t *len)
{
	wr_block_end(&c->out);
	must(!c->out.full, "a request too long");
	*len = c->out.frame->len;
	return c->out.frame->smb;
}

void
client_send(struct client *c)
{
	size_t len;
	const uint8_t *msg = client_message(c, &len);

	must(client_send_message(c, msg, len), "the server closed the connection");
}

/* The extended reply of NT_CREATE_ANDX says 42 and has 50, as Windows' does ([MS-SMB] 2.2.4.9.2).
 */
static size_t
word_bytes(const struct reply *r)
{
	return 2 *
	    (size_t)(r->h.command == SMB_COM_NT_CREATE_ANDX && r->word_count == 42 ? 50
										   : r->word_count);
}

static void
parse(struct client *c, struct reply *r, size_t len)
{
	struct reader msg;
	size_t count;

	r->msg = c->in + FRAME_HEAD;
	r->len = len;
	rd_init(&msg, r->msg, len);
	must(smb_header_read(&msg, &r->h), "a reply without a header");
	arena_clear(&c->arena);
	arena_init(&c->arena);
	msg.arena = &c->arena;
	msg.unicode = (r->h.flags2 & SMB_FLAGS2_UNICODE) != 0;
	r->word_count = rd_u8(&msg);
	r->words = rd_sub(&msg, word_bytes(r));
	count = rd_u16(&msg);
	must(rd_ok(&msg), "a reply shorter than its words");
	must(count <= rd_left(&msg), "a reply shorter than its ByteCount");
	r->bytes = rd_sub(&msg, count);
}

/* False when the server closed the connection. */
static bool
receive_message(struct client *c, size_t *len)
{
	int type;

	do
		type = read_frame(c, len);
	while (type == NBSS_KEEPALIVE);
	must(type < 0 || type == NBSS_MESSAGE, "a frame that is no message");
	return type >= 0;
}

void
client_receive(struct client *c, struct reply *r)
{
	size_t len = 0;

	memset(r, 0, sizeof(*r));
	r->closed = !receive_message(c, &len);
	if (!r->closed)
		parse(c, r, len);
}

const uint8_t *
client_receive_raw(struct client *c, size_t *len)
{
	must(receive_message(c, len), "the server closed the connection");
	return c->in + FRAME_HEAD;
}

nt_status
client_call(struct client *c, struct reply *r)
{
	client_send(c);
	client_receive(c, r);
	must(!r->closed, "the server closed the connection");
	must(r->h.mid == c->mid, "the reply to another request");
	must(r->h.flags & SMB_FLAGS_REPLY, "a reply that is a request");
	return r->h.status;
}

/* A reply, or bytes without a header. */
static bool
receive_any(struct client *c, struct reply *r)
{
	size_t len = 0;

	memset(r, 0, sizeof(*r));
	if (!receive_message(c, &len))
		return false;
	r->len = len;
	if (len >= SMB_HEADER_LEN && memcmp(c->in + FRAME_HEAD, "\xffSMB", 4) == 0)
		parse(c, r, len);
	else if (len == 0)
		r->h.status = CLIENT_EMPTY;
	return true;
}

bool
client_sync(struct client *c, unsigned *before, nt_status *last)
{
	struct writer *w = client_begin(c, SMB_COM_ECHO);
	uint16_t mid = c->mid;
	struct reply r;
	const uint8_t *msg;
	size_t len;

	*before = 0;
	*last = STATUS_SUCCESS;
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 'e');
	msg = client_message(c, &len);
	client_send_message(c, msg, len);
	while (receive_any(c, &r)) {
		if (r.h.command == SMB_COM_ECHO && r.h.mid == mid)
			return true;
		++*before;
		c->before_len = r.len;
		*last = r.h.status;
		if (r.h.command == SMB_COM_WRITE_RAW && r.h.status == STATUS_SUCCESS)
			client_send_message(c, msg, len);
	}
	return false;
}

nt_status
client_try_negotiate(struct client *c, const char *const *dialects, struct reply *r)
{
	struct writer *w = client_begin(c, SMB_COM_NEGOTIATE);
	nt_status status;
	struct reader words;

	wr_block_bytes(w);
	for (; *dialects != NULL; dialects++) {
		wr_u8(w, 2);
		wr_bytes(w, *dialects, strlen(*dialects) + 1);
	}
	status = client_call(c, r);
	words = r->words;
	c->dialect = rd_u16(&words);
	if (status != STATUS_SUCCESS || r->word_count != 17)
		return status;
	rd_skip(&words, 1);
	c->max_mux = rd_u16(&words);
	rd_skip(&words, 2);
	c->max_buffer = rd_u32(&words);
	rd_skip(&words, 8);
	c->capabilities = rd_u32(&words);
	rd_skip(&words, 10);
	if (rd_u8(&words) == 8 && rd_left(&r->bytes) >= 8)
		memcpy(c->challenge, r->bytes.msg + r->bytes.pos, 8);
	return status;
}

nt_status
client_try_logon(struct client *c, const char *user, const char *password, struct reply *r)
{
	uint8_t lm[24], nt[128];
	size_t nt_len = ntlm_v2(user, password, c->challenge, lm, nt);
	struct writer *w = client_begin(c, SMB_COM_SESSION_SETUP_ANDX);
	nt_status status;

	client_no_andx(w);
	wr_u16(w, c->buffer);
	wr_u16(w, 50);
	wr_u16(w, 1);
	wr_u32(w, 0);
	wr_u16(w, sizeof(lm));
	wr_u16(w, (uint16_t)nt_len);
	wr_u32(w, 0);
	wr_u32(w, c->offers);
	wr_block_bytes(w);
	wr_bytes(w, lm, sizeof(lm));
	wr_bytes(w, nt, nt_len);
	wr_string(w, user);
	wr_string(w, NTLM_DOMAIN);
	wr_string(w, "test");
	wr_string(w, "test");
	status = client_call(c, r);
	c->uid = r->h.uid;
	return status;
}

nt_status
client_try_tree(struct client *c, const char *share, const char *service, struct reply *r)
{
	struct writer *w = client_begin(c, SMB_COM_TREE_CONNECT_ANDX);
	char path[128];
	nt_status status;

	snprintf(path, sizeof(path), "\\\\127.0.0.1\\%s", share);
	client_no_andx(w);
	wr_u16(w, 0);
	wr_u16(w, 1);
	wr_block_bytes(w);
	wr_u8(w, 0);
	wr_string(w, path);
	wr_bytes(w, service, strlen(service) + 1);
	status = client_call(c, r);
	if (status == STATUS_SUCCESS)
		c->tid = r->h.tid;
	return status;
}

void
client_negotiate(struct client *c)
{
	static const char *const dialects[] = { "NT LM 0.12", NULL };
	struct reply r;

	must(client_try_negotiate(c, dialects, &r) == STATUS_SUCCESS, "NEGOTIATE refused");
}

void
client_guest(struct client *c)
{
	struct reply r;

	must(client_try_logon(c, "someone", "", &r) == STATUS_SUCCESS, "guest refused");
}

void
client_tree(struct client *c, const char *share)
{
	struct reply r;

	must(client_try_tree(c, share, "?????", &r) == STATUS_SUCCESS, "share refused");
}

struct client *
client_on(uint16_t port, const char *share)
{
	struct client *c = client_connect(port);

	client_negotiate(c);
	client_guest(c);
	client_tree(c, share);
	return c;
}

nt_status
client_try_open(
    struct client *c, const char *path, uint32_t access, uint32_t disposition, uint16_t *fid)
{
	struct writer *w = client_begin(c, SMB_COM_NT_CREATE_ANDX);
	struct reply r;
	nt_status status;

	client_no_andx(w);
	wr_u8(w, 0);
	wr_u16(w, (uint16_t)(strlen(path) * (w->unicode ? 2 : 1)));
	wr_u32(w, 0);
	wr_u32(w, 0);
	wr_u32(w, access);
	wr_u64(w, 0);
	wr_u32(w, 0);
	wr_u32(w, 7);
	wr_u32(w, disposition);
	wr_u32(w, 0);
	wr_u32(w, 2);
	wr_u8(w, 0);
	wr_block_bytes(w);
	wr_string(w, path);
	status = client_call(c, &r);
	rd_skip(&r.words, 5);
	*fid = rd_u16(&r.words);
	return status;
}

uint16_t
client_open(struct client *c, const char *path)
{
	uint16_t fid;

	must(client_try_open(c, path, 0x0012019F, 3, &fid) == STATUS_SUCCESS, "open refused");
	return fid;
}
