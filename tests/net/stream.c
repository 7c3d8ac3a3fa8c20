/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

const uint8_t three[19] = { 0, 0, 0, 2, 'a', 'b', 0, 0, 0, 0, 0, 0, 0, 5, '1', '2', '3', '4', '5' };
struct loop *loop;
struct owner one;
int peer;

void
send_reply(struct owner *o, size_t len)
{
	struct frame *f = frame_new(len);

	f->len = len;
	memset(f->smb, 'r', len);
	transport_send(o->t, f);
}

static void
frame_came(void *arg, struct frame *f)
{
	struct owner *o = arg;

	o->frames++;
	o->bytes += f->len;
	o->last_len = f->len;
	memcpy(o->last, f->smb, f->len);
	for (size_t i = 0; i < f->len; i++)
		o->bad += f->smb[i] != (uint8_t)i;
	frame_free(&f);
	if (o->answers)
		send_reply(o, REPLY);
	if (o->frames == o->pause_at)
		transport_pause(o->t, true);
	if (o->frames == o->close_at)
		transport_close(o->t);
}

static void
turn_came_over(void *arg)
{
	struct owner *o = arg;

	o->turns++;
	if (o->close_in_turn_over)
		transport_close(o->t);
}

static void
stream_closed(void *arg, const char *why)
{
	struct owner *o = arg;

	o->closed++;
	snprintf(o->why, sizeof(o->why), "%s", why != NULL ? why : "");
	if (o->closes != NULL)
		transport_close(o->closes->t);
}

static uint8_t
name_called(void *arg, const char *name, uint8_t suffix)
{
	struct owner *o = arg;

	o->calls++;
	snprintf(o->called, sizeof(o->called), "%s", name);
	o->suffix = suffix;
	return o->negative ? 0x82 : 0;
}

static const struct transport_ops ops = { frame_came, turn_came_over, stream_closed, name_called };

void
turns(int n)
{
	while (n-- > 0)
		loop_turn(loop, 0);
}

int
open_one(struct owner *o, int type, bool netbios)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, pair), 0);
	memset(o, 0, sizeof(*o));
	o->t = transport_new(loop, pair[0], netbios, &ops, o);
	return pair[1];
}

void
set_up(void)
{
	loop = loop_new();
	peer = open_one(&one, SOCK_STREAM, false);
}

void
tear_down(void)
{
	if (one.closed == 0 && one.close_at == 0 && !one.close_in_turn_over && one.t != NULL)
		transport_close(one.t);
	close(peer);
	turns(2);
	ck_assert(transports_gone(loop));
	loop_free(loop);
}

void
reopen(int type, bool netbios)
{
	transport_close(one.t);
	close(peer);
	peer = open_one(&one, type, netbios);
}

/* Closes from the owner's side; tear_down leaves it alone then. */
void
give_up(struct owner *o)
{
	struct transport *t = o->t;

	o->t = NULL;
	transport_close(t);
}

void
limit(size_t max_frame, size_t max_unsent, uint32_t timeout)
{
	struct transport_limits limits = { max_frame, max_unsent, timeout };

	transport_set_limits(one.t, &limits);
}

void
put(const void *p, size_t n)
{
	ck_assert_int_eq(send(peer, p, n, MSG_NOSIGNAL), (ssize_t)n);
}

/* A message of n bytes, each its position. */
size_t
make(uint8_t *p, uint8_t type, size_t n)
{
	p[0] = type;
	p[1] = (uint8_t)(n >> 16);
	p[2] = (uint8_t)(n >> 8);
	p[3] = (uint8_t)n;
	for (size_t i = 0; i < n; i++)
		p[4 + i] = (uint8_t)i;
	return 4 + n;
}

/* Reads everything there is at the peer; *eof when the stream ends behind it. */
size_t
get_all(uint8_t *buf, size_t cap, bool *eof)
{
	size_t n = 0;
	ssize_t got = -1;

	while (n < cap && (got = recv(peer, buf + n, cap - n, 0)) > 0)
		n += (size_t)got;
	*eof = n < cap && got == 0;
	return n;
}

void
check_three(void)
{
	ck_assert_uint_eq(one.frames, 3);
	ck_assert_uint_eq(one.bytes, 7);
	ck_assert_mem_eq(one.last, "12345", 5);
	ck_assert_uint_eq(one.closed, 0);
}
