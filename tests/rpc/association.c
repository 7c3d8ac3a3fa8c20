/* SPDX-License-Identifier: BSD-2-Clause */
#include "association.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

struct conn conn;
struct request req;
struct pipe pipe_end;
struct rpc_end *end;

/* Operations: what they are given again; so many bytes; a number and no more. */
static uint32_t
echo(struct rpc_call *c)
{
	ndr_put_bytes(&c->out, c->in.p, c->in.end);
	return 0;
}

static uint32_t
fill(struct rpc_call *c)
{
	uint32_t n = ndr_get32(&c->in);

	for (uint32_t i = 0; i < n; i++)
		ndr_put8(&c->out, (uint8_t)i);
	return 0;
}

static uint32_t
refuse(struct rpc_call *c)
{
	(void)c;
	return RPC_FAULT_ACCESS_DENIED;
}

static const struct rpc_operation operations[] = { { "echo", echo }, { "fill", fill },
	{ NULL, NULL }, { "refuse", refuse } };

const struct rpc_interface test_interface = {
	.name = "test",
	.uuid = { 0x01020304, 0x0506, 0x0708, { 9, 10, 11, 12, 13, 14, 15, 16 } },
	.major = 1,
	.minor = 2,
	.operations = operations,
	.count = 4,
};

const struct rpc_interface *const test_interfaces[] = { &test_interface, NULL };

void
setup(void)
{
	memset(&conn, 0, sizeof(conn));
	memset(&req, 0, sizeof(req));
	memset(&pipe_end, 0, sizeof(pipe_end));
	arena_init(&req.arena);
	pipe_end.conn = &conn;
	STAILQ_INIT(&pipe_end.answers);
	TAILQ_INIT(&pipe_end.readers);
	TAILQ_INIT(&pipe_end.writers);
	end = rpc_end_new("test", test_interfaces);
}

uint8_t answer[8192];

unsigned
short_at(size_t at)
{
	return answer[at] | (unsigned)answer[at + 1] << 8;
}

size_t
read_answer(void)
{
	size_t n = 0;

	if (pipe_read(&pipe_end, answer, sizeof(answer), &n) == STATUS_SUCCESS) {
		ck_assert_uint_ge(n, 16);
		ck_assert_uint_eq(short_at(8), n);
	}
	return n;
}

void
teardown(void)
{
	while (read_answer() != 0)
		;
	rpc_end_free(&end);
	arena_clear(&req.arena);
}

nt_status
give(const void *bytes, size_t n)
{
	const struct pipe_input in = { .pipe = &pipe_end, .req = &req, .bytes = bytes, .n = n };
	uint8_t *exact = malloc(n + 1);
	struct pipe_input copy = in;
	nt_status status;

	memcpy(exact, bytes, n);
	copy.bytes = exact;
	status = rpc_end_take(end, &copy);
	free(exact);
	return status;
}

/* ---- PDUs as clients make them ---- */

uint8_t pdu[8192];
size_t len;
bool big;

void
put(uint32_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		pdu[len + i] = (uint8_t)(v >> (8 * (big ? n - 1 - i : i)));
	len += n;
}

void
head(uint8_t type, uint8_t flags)
{
	len = 0;
	put(5, 1);
	put(0, 1);
	put(type, 1);
	put(flags, 1);
	pdu[4] = big ? 0 : 0x10;
	memset(pdu + 5, 0, 3);
	len = 8;
	put(0, 4);
	put(77, 4); /* call_id */
}

void
set_length(size_t n)
{
	pdu[big ? 9 : 8] = (uint8_t)n;
	pdu[big ? 8 : 9] = (uint8_t)(n >> 8);
}

nt_status
send_pdu(void)
{
	set_length(len);
	return give(pdu, len);
}

static void
put_syntax(const struct rpc_uuid *u, uint32_t version)
{
	put(u->time_low, 4);
	put(u->time_mid, 2);
	put(u->time_high, 2);
	memcpy(pdu + len, u->rest, 8);
	len += 8;
	put(version, 4);
}

const struct rpc_uuid ndr = { 0x8A885D04, 0x1CEB, 0x11C9,
	{ 0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10, 0x48, 0x60 } };

void
begin_bind(uint8_t type, uint16_t fragment, uint8_t contexts)
{
	head(type, ONLY);
	put(fragment, 2);
	put(fragment, 2);
	put(0, 4);
	put(contexts, 1);
	put(0, 3);
}

void
put_context(
    uint16_t id, const struct rpc_uuid *u, uint32_t version, const struct rpc_uuid *transfer)
{
	put(id, 2);
	put(1, 1);
	put(0, 1);
	put_syntax(u, version);
	put_syntax(transfer, 2);
}

void
bind_with(uint16_t fragment)
{
	begin_bind(BIND, fragment, 1);
	put_context(0, &test_interface.uuid, 1, &ndr);
	ck_assert_uint_eq(send_pdu(), STATUS_SUCCESS);
	ck_assert_uint_gt(read_answer(), 0);
	ck_assert_uint_eq(answer[2], BIND_ACK);
}

void
begin_request(uint16_t context, uint16_t operation, uint8_t flags)
{
	head(REQUEST, flags);
	put(0, 4);
	put(context, 2);
	put(operation, 2);
}

uint32_t
number(size_t at)
{
	return answer[at] | (uint32_t)answer[at + 1] << 8 | (uint32_t)answer[at + 2] << 16 |
	    (uint32_t)answer[at + 3] << 24;
}

void
expect_fault(uint32_t status)
{
	ck_assert_uint_eq(read_answer(), 32);
	ck_assert_uint_eq(answer[2], FAULT);
	ck_assert_uint_eq(number(12), 77);
	ck_assert_uint_eq(number(24), status);
}
