/* SPDX-License-Identifier: BSD-2-Clause */

/* The connection-oriented PDUs of DCE/RPC ([C706] 12.6, [MS-RPCE] 2.2.2). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "rpc/auth.h"
#include "rpc/handle.h"
#include "rpc/rpc.h"
#include "server/pipe.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

/* A header, and what a PDU may have at most: no client sends larger ones, or need be sent. */
#define HEADER     16u
#define FRAG_MAX   5840u
#define FRAG_LEAST 512u

/* In front of the stub of a request or response. */
#define STUB_HEAD 24u

#define CONTEXTS_MAX 8
#define REQUEST_MAX  (64u << 10)
#define RESPONSE_MAX (512u << 10)

enum {
	PDU_REQUEST = 0,
	PDU_RESPONSE = 2,
	PDU_FAULT = 3,
	PDU_BIND = 11,
	PDU_BIND_ACK = 12,
	PDU_BIND_NAK = 13,
	PDU_ALTER_CONTEXT = 14,
	PDU_ALTER_CONTEXT_RESP = 15,
	PDU_AUTH3 = 16,
	PDU_CO_CANCEL = 18,
	PDU_ORPHANED = 19,
};

/* pfc_flags */
#define FIRST_FRAG  0x01u
#define LAST_FRAG   0x02u
#define NOT_RUN     0x20u /* a fault: the operation was not begun */
#define OBJECT_UUID 0x80u

/* Of a bind_nak, and of a context in a bind_ack */
#define NAK_NOT_SPECIFIED 0
#define NAK_VERSION       4
#define NAK_AUTH_TYPE     8
enum { ACCEPTED, USER_REJECTED, PROVIDER_REJECTED, NEGOTIATED };
#define UNKNOWN_ABSTRACT 1
#define UNKNOWN_TRANSFER 2
#define LOCAL_LIMIT      3

#define ASSOCIATION_GROUP 0x53D1u

static const struct rpc_uuid ndr_uuid = { 0x8A885D04, 0x1CEB, 0x11C9,
	{ 0x9F, 0xE8, 0x08, 0x00, 0x2B, 0x10, 0x48, 0x60 } };
#define NDR_VERSION 2

/* Of the syntax that stands for "what can you do?" only this much is fixed ([MS-RPCE] 3.3.1.5.3) */
static const struct rpc_uuid features_uuid = { 0x6CB71C2C, 0x9812, 0x4540, { 0 } };

struct context {
	uint16_t id;
	const struct rpc_interface *interface;
};

struct rpc_end {
	const char *pipe;
	const struct rpc_interface *const *interfaces;
	uint8_t *frag; /* what came of a PDU */
	size_t got, cap;
	bool bound;
	size_t max_xmit;
	struct context contexts[CONTEXTS_MAX];
	unsigned ncontexts;
	struct rpc_auth *auth; /* NULL: none was asked for */
	/* a request that comes in fragments */
	bool collecting;
	uint32_t call_id;
	uint16_t context, operation;
	uint8_t *stub;
	size_t len;
	struct rpc_handles handles;
};

/* Some bytes being taken; waits with a call that has work to do. */
struct taking {
	struct rpc_end *end;
	const struct pipe_input *in;
	size_t done, pdu; /* bytes taken, and of the PDU the call came in */
	struct rpc_call *call;
	struct share_set *set; /* what the work may look at, counted */
};

/* A PDU as it came. body is behind the header. */
struct pdu {
	uint8_t version, type, flags;
	uint16_t auth_length;
	uint32_t call_id;
	struct ndr_in body;         /* to the trailer, where there is one */
	struct rpc_trailer trailer; /* valid with auth_length */
};

struct rpc_end *
rpc_end_new(const char *pipe, const struct rpc_interface *const *interfaces)
{
	struct rpc_end *e = xcalloc(1, sizeof *e);

	e->pipe = pipe;
	e->interfaces = interfaces;
	return e;
}

void
rpc_end_free(struct rpc_end **ep)
{
	struct rpc_end *e = *ep;

	*ep = NULL;
	if (e->auth != NULL)
		rpc_auth_free(&e->auth);
	free(e->frag);
	free(e->stub);
	free(e);
}

/* ---- what is sent ---- */

struct reply {
	const struct pipe_input *to;
	struct ndr_out out;
};

static void
begin(struct reply *r, const struct pipe_input *to, uint8_t type, uint32_t call_id)
{
	static const uint8_t little_endian_ascii_ieee[4] = { 0x10, 0, 0, 0 };

	r->to = to;
	ndr_out_init(&r->out, &to->req->arena, FRAG_MAX);
	ndr_put8(&r->out, 5);
	ndr_put8(&r->out, 0);
	ndr_put8(&r->out, type);
	ndr_put8(&r->out, FIRST_FRAG | LAST_FRAG);
	ndr_put_bytes(&r->out, little_endian_ascii_ieee, 4);
	ndr_put16(&r->out, 0); /* frag_length */
	ndr_put16(&r->out, 0); /* auth_length */
	ndr_put32(&r->out, call_id);
}

static void
set_flags(struct reply *r, uint8_t flags)
{
	r->out.p[3] = flags;
}

static void
put_trailer(struct reply *r, const struct rpc_auth *auth, uint8_t pad, size_t auth_length)
{
	uint8_t trailer[RPC_TRAILER];

	rpc_trailer_write(auth, pad, trailer);
	ndr_put_bytes(&r->out, trailer, sizeof trailer);
	r->out.p[10] = (uint8_t)auth_length;
	r->out.p[11] = (uint8_t)(auth_length >> 8);
}

static void
set_length(struct reply *r)
{
	r->out.p[8] = (uint8_t)r->out.n;
	r->out.p[9] = (uint8_t)(r->out.n >> 8);
}

static void
send_pdu(struct reply *r)
{
	set_length(r);
	pipe_answer(r->to->pipe, r->out.p, r->out.n);
}

/* With its signature behind it, aligned. */
static void
send_signed(struct reply *r, struct rpc_auth *auth)
{
	static const uint8_t room[RPC_AUTH_OF_PDU - RPC_TRAILER] = { 0 };
	size_t before = r->out.n;

	while ((r->out.n - STUB_HEAD) % RPC_AUTH_ALIGNMENT != 0)
		ndr_put8(&r->out, 0);
	put_trailer(r, auth, (uint8_t)(r->out.n - before), sizeof room);
	ndr_put_bytes(&r->out, room, sizeof room);
	set_length(r);
	rpc_auth_close(auth, r->out.p, r->out.n, STUB_HEAD);
	pipe_answer(r->to->pipe, r->out.p, r->out.n);
}

static void
fault(const struct pipe_input *to, uint32_t call_id, uint16_t context, uint32_t status)
{
	struct reply r;

	begin(&r, to, PDU_FAULT, call_id);
	if (status == RPC_FAULT_UNKNOWN_INTERFACE || status == RPC_FAULT_UNKNOWN_OPERATION)
		set_flags(&r, FIRST_FRAG | LAST_FRAG | NOT_RUN);
	ndr_put32(&r.out, 0); /* alloc_hint */
	ndr_put16(&r.out, context);
	ndr_put16(&r.out, 0); /* cancel_count */
	ndr_put32(&r.out, status);
	ndr_put32(&r.out, 0);
	send_pdu(&r);
}

static void
refuse_bind(const struct pipe_input *to, uint32_t call_id, uint16_t reason)
{
	struct reply r;

	begin(&r, to, PDU_BIND_NAK, call_id);
	ndr_put16(&r.out, reason);
	ndr_put8(&r.out, 1); /* the versions there are: 5.0 */
	ndr_put8(&r.out, 5);
	ndr_put8(&r.out, 0);
	send_pdu(&r);
}

/* In fragments that the client takes, each but the last a multiple of 16. */
static void
respond(const struct rpc_end *e, const struct pipe_input *to, const struct ndr_out *stub)
{
	struct rpc_auth *auth = e->auth != NULL && rpc_auth_signs(e->auth) ? e->auth : NULL;
	size_t most = (e->max_xmit - STUB_HEAD - (auth != NULL ? RPC_AUTH_OF_PDU : 0)) &
	    ~(size_t)(RPC_AUTH_ALIGNMENT - 1);
	size_t at = 0, n;
	struct reply r;

	do {
		n = stub->n - at < most ? stub->n - at : most;
		begin(&r, to, PDU_RESPONSE, e->call_id);
		set_flags(&r, (at == 0 ? FIRST_FRAG : 0) | (at + n == stub->n ? LAST_FRAG : 0));
		ndr_put32(&r.out, (uint32_t)(stub->n - at)); /* alloc_hint */
		ndr_put16(&r.out, e->context);
		ndr_put16(&r.out, 0); /* cancel_count */
		ndr_put_bytes(&r.out, n != 0 ? stub->p + at : NULL, n);
		if (auth != NULL)
			send_signed(&r, auth);
		else
			send_pdu(&r);
		at += n;
	} while (at < stub->n);
}

/* ---- bind ---- */

static struct rpc_uuid
get_uuid(struct ndr_in *in)
{
	struct rpc_uuid u = { .time_low = ndr_get32(in) };
	const uint8_t *rest;

	u.time_mid = ndr_get16(in);
	u.time_high = ndr_get16(in);
	rest = ndr_get_bytes(in, sizeof u.rest);
	if (rest != NULL)
		memcpy(u.rest, rest, sizeof u.rest);
	return u;
}

static bool
same_uuid(const struct rpc_uuid *a, const struct rpc_uuid *b)
{
	return a->time_low == b->time_low && a->time_mid == b->time_mid &&
	    a->time_high == b->time_high && memcmp(a->rest, b->rest, sizeof a->rest) == 0;
}

void
rpc_put_uuid(struct ndr_out *out, const struct rpc_uuid *u)
{
	ndr_put32(out, u->time_low);
	ndr_put16(out, u->time_mid);
	ndr_put16(out, u->time_high);
	ndr_put_bytes(out, u->rest, sizeof u->rest);
}

/* A minor version we do not have yet is no interface of ours. */
static const struct rpc_interface *
find_interface(const struct rpc_end *e, const struct rpc_uuid *uuid, uint32_t version)
{
	const struct rpc_interface *const *i;

	for (i = e->interfaces; *i != NULL; i++) {
		if (same_uuid(&(*i)->uuid, uuid) && (*i)->major == (version & 0xFFFF) &&
		    (*i)->minor >= version >> 16)
			return *i;
	}
	return NULL;
}

static const struct context *
find_context(const struct rpc_end *e, uint16_t id)
{
	for (unsigned i = 0; i < e->ncontexts; i++) {
		if (e->contexts[i].id == id)
			return &e->contexts[i];
	}
	return NULL;
}

/* One presentation context of a bind, and what becomes of it. */
struct proposal {
	uint16_t id;
	const struct rpc_interface *interface;
	bool ndr, features; /* among its transfer syntaxes */
	uint16_t result, reason;
};

static void
get_proposal(const struct rpc_end *e, struct ndr_in *in, struct proposal *p)
{
	struct rpc_uuid uuid;
	uint8_t n;

	p->id = ndr_get16(in);
	n = ndr_get8(in);
	uuid = get_uuid(in);
	p->interface = find_interface(e, &uuid, ndr_get32(in));
	for (; n > 0 && !in->bad; n--) {
		uuid = get_uuid(in);
		p->ndr |= ndr_get32(in) == NDR_VERSION && same_uuid(&uuid, &ndr_uuid);
		p->features |= uuid.time_low == features_uuid.time_low &&
		    uuid.time_mid == features_uuid.time_mid &&
		    uuid.time_high == features_uuid.time_high;
	}
}

static void
reject(struct proposal *p, uint16_t reason)
{
	p->result = PROVIDER_REJECTED;
	p->reason = reason;
}

static void
judge(struct rpc_end *e, struct proposal *p)
{
	struct context *c;

	p->result = ACCEPTED;
	if (p->features && !p->ndr) {
		p->result = NEGOTIATED; /* none of the features */
	} else if (p->interface == NULL) {
		reject(p, UNKNOWN_ABSTRACT);
	} else if (!p->ndr) {
		reject(p, UNKNOWN_TRANSFER);
	} else if (find_context(e, p->id) != NULL) {
		/* Once agreed on a context stays what it is. */
		if (find_context(e, p->id)->interface != p->interface)
			reject(p, LOCAL_LIMIT);
	} else if (e->ncontexts == CONTEXTS_MAX) {
		reject(p, LOCAL_LIMIT);
	} else {
		c = &e->contexts[e->ncontexts++];
		c->id = p->id;
		c->interface = p->interface;
	}
}

static void
put_results(struct ndr_out *out, const struct proposal *p, unsigned n)
{
	static const struct rpc_uuid none = { 0 };

	ndr_put8(out, (uint8_t)n);
	ndr_put8(out, 0);
	ndr_put16(out, 0);
	for (; n > 0; n--, p++) {
		ndr_put16(out, p->result);
		ndr_put16(out, p->reason);
		rpc_put_uuid(out, p->result == ACCEPTED ? &ndr_uuid : &none);
		ndr_put32(out, p->result == ACCEPTED ? NDR_VERSION : 0);
	}
}

/* Clients look for "\PIPE\srvsvc" in the answer to bind; that to alter_context has none. */
static void
put_secondary_address(const struct rpc_end *e, struct ndr_out *out, bool first)
{
	char address[64];
	int n;

	n = snprintf(address, sizeof address, "\\PIPE\\%s", e->pipe) + 1;
	if (!first)
		n = 0;
	ndr_put16(out, (uint16_t)n);
	ndr_put_bytes(out, address, (size_t)n);
	ndr_align(out, 4);
}

static size_t
agreed(uint16_t asked)
{
	if (asked > FRAG_MAX)
		return FRAG_MAX;
	return asked < FRAG_LEAST ? FRAG_LEAST : asked;
}

/* The token that answers the client's, behind all else. */
static void
put_token(struct reply *r, const struct rpc_auth *auth, const uint8_t *token, size_t n)
{
	ndr_align(&r->out, 4);
	put_trailer(r, auth, 0, n);
	ndr_put_bytes(&r->out, token, n);
}

static void
acknowledge(struct rpc_end *e, const struct pipe_input *to, struct pdu *pdu)
{
	const uint8_t *token = NULL;
	size_t token_len = 0;
	bool first = pdu->type == PDU_BIND;
	struct proposal proposals[CONTEXTS_MAX] = { { 0 } };
	size_t client_xmit = agreed(ndr_get16(&pdu->body));
	size_t client_recv = agreed(ndr_get16(&pdu->body));
	uint32_t group = ndr_get32(&pdu->body);
	unsigned n = ndr_get8(&pdu->body);
	struct reply r;

	ndr_get_bytes(&pdu->body, 3);
	for (unsigned i = 0; i < n && i < CONTEXTS_MAX; i++)
		get_proposal(e, &pdu->body, &proposals[i]);
	if (pdu->body.bad || n == 0 || n > CONTEXTS_MAX) {
		refuse_bind(to, pdu->call_id, NAK_NOT_SPECIFIED);
		return;
	}
	if (pdu->auth_length != 0) {
		e->auth = rpc_auth_new(to->req, &pdu->trailer, &token, &token_len);
		if (e->auth == NULL) {
			refuse_bind(to, pdu->call_id, NAK_AUTH_TYPE);
			return;
		}
	}
	for (unsigned i = 0; i < n; i++)
		judge(e, &proposals[i]);
	if (first)
		e->max_xmit = client_recv;
	e->bound = true;
	begin(&r, to, first ? PDU_BIND_ACK : PDU_ALTER_CONTEXT_RESP, pdu->call_id);
	ndr_put16(&r.out, (uint16_t)e->max_xmit);
	ndr_put16(&r.out, (uint16_t)client_xmit);
	ndr_put32(&r.out, group != 0 ? group : ASSOCIATION_GROUP);
	put_secondary_address(e, &r.out, first);
	put_results(&r.out, proposals, n);
	if (token != NULL)
		put_token(&r, e->auth, token, token_len);
	send_pdu(&r);
}

static nt_status
take_bind(struct rpc_end *e, const struct pipe_input *to, struct pdu *pdu)
{
	/* What an association is secured by is said when it begins. */
	if (pdu->type == PDU_ALTER_CONTEXT && pdu->auth_length != 0)
		refuse_bind(to, pdu->call_id, NAK_AUTH_TYPE);
	else if ((pdu->type == PDU_BIND) == e->bound)
		refuse_bind(to, pdu->call_id, NAK_NOT_SPECIFIED);
	else
		acknowledge(e, to, pdu);
	return STATUS_SUCCESS;
}

/* The last leg of the exchange that a bind began; it is not answered. */
static nt_status
auth3(struct rpc_end *e, const struct pipe_input *to, const struct pdu *pdu)
{
	if (e->auth == NULL || pdu->auth_length == 0)
		return STATUS_INVALID_PARAMETER;
	rpc_auth_finish(e->auth, to->req, &pdu->trailer);
	return STATUS_SUCCESS;
}

/* ---- request ---- */

static uint32_t
run(struct rpc_end *e, struct rpc_call *c)
{
	const struct context *context = find_context(e, e->context);
	const struct rpc_interface *i = context != NULL ? context->interface : NULL;
	uint32_t status;

	if (i == NULL)
		return RPC_FAULT_UNKNOWN_INTERFACE;
	if (e->operation >= i->count || i->operations[e->operation].run == NULL)
		return RPC_FAULT_UNKNOWN_OPERATION;
	status = i->operations[e->operation].run(c);
	return c->in.bad ? RPC_FAULT_BAD_STUB : status;
}

static void
forget_request(struct rpc_end *e)
{
	free(e->stub);
	e->stub = NULL;
	e->len = 0;
	e->collecting = false;
}

static void
answer(struct rpc_end *e, const struct pipe_input *to, const struct ndr_out *out, uint32_t status)
{
	if (status == 0 && out->full)
		status = RPC_FAULT_NO_MEMORY;
	if (status == 0)
		respond(e, to, out);
	else
		fault(to, e->call_id, e->context, status);
	forget_request(e);
}

/* PENDING: t->call has work to do first. */
static nt_status
call(struct taking *t, bool big)
{
	struct rpc_end *e = t->end;
	struct arena *a = &t->in->req->arena;
	struct rpc_call *c = arena_alloc(a, sizeof *c);
	uint32_t status;

	c->req = t->in->req;
	c->interfaces = e->interfaces;
	c->handles = &e->handles;
	c->in = (struct ndr_in){ .p = e->stub, .end = e->len, .arena = a, .big = big };
	ndr_out_init(&c->out, a, RESPONSE_MAX);
	/* One write may hold thousands of calls, each with a long answer. */
	status = !pipe_is_full(t->in->pipe) ? run(e, c) : RPC_FAULT_NO_MEMORY;
	if (status == RPC_LATER) {
		t->call = c;
		return STATUS_PENDING;
	}
	answer(e, t->in, &c->out, status);
	return STATUS_SUCCESS;
}

static bool
add_stub(struct rpc_end *e, const struct ndr_in *in)
{
	size_t n = in->end - in->pos;

	if (n > REQUEST_MAX - e->len)
		return false;
	e->stub = xrealloc(e->stub, e->len + n + 1);
	memcpy(e->stub + e->len, in->p + in->pos, n);
	e->len += n;
	return true;
}

/* Verifies and decrypts what the association's security says, and leaves the stub alone. */
static bool
open_stub(struct rpc_end *e, struct pdu *pdu)
{
	struct ndr_in *in = &pdu->body;

	if (e->auth == NULL || !rpc_auth_signs(e->auth))
		return pdu->auth_length == 0 || e->auth != NULL;
	if (pdu->auth_length == 0 || pdu->trailer.pad > in->end - in->pos ||
	    !rpc_auth_open(e->auth, e->frag, in->pos, &pdu->trailer))
		return false;
	in->end -= pdu->trailer.pad;
	return true;
}

static nt_status
request(struct taking *t, struct pdu *pdu)
{
	struct rpc_end *e = t->end;
	struct ndr_in *in = &pdu->body;
	bool first = (pdu->flags & FIRST_FRAG) != 0;
	uint16_t context, operation;

	ndr_get32(in); /* alloc_hint */
	context = ndr_get16(in);
	operation = ndr_get16(in);
	if ((pdu->flags & OBJECT_UUID) != 0)
		ndr_get_bytes(in, 16);
	if (in->bad || !e->bound || first == e->collecting)
		return STATUS_INVALID_PARAMETER;
	if (e->auth != NULL && !rpc_auth_holds(e->auth)) {
		fault(t->in, pdu->call_id, context, RPC_FAULT_ACCESS_DENIED);
		return STATUS_SUCCESS;
	}
	if (!open_stub(e, pdu))
		return STATUS_INVALID_PARAMETER;
	if (first) {
		e->collecting = true;
		e->call_id = pdu->call_id;
		e->context = context;
		e->operation = operation;
	} else if (pdu->call_id != e->call_id) {
		return STATUS_INVALID_PARAMETER;
	}
	if (!add_stub(e, in))
		return STATUS_INSUFFICIENT_RESOURCES;
	return (pdu->flags & LAST_FRAG) != 0 ? call(t, in->big) : STATUS_SUCCESS;
}

/* ---- what comes ---- */

/* Nothing of a call is left to be cancelled once it is whole. */
static nt_status
abandon(struct rpc_end *e, const struct pdu *pdu)
{
	if (pdu->type == PDU_ORPHANED && pdu->call_id == e->call_id)
		forget_request(e);
	return STATUS_SUCCESS;
}

static nt_status
take_pdu(struct taking *t, struct pdu *pdu)
{
	struct rpc_end *e = t->end;
	const struct pipe_input *from = t->in;

	if (pdu->version != 5) {
		refuse_bind(from, pdu->call_id, NAK_VERSION);
		return STATUS_SUCCESS;
	}
	if (pdu->auth_length != 0) {
		if (!rpc_trailer_find(
			e->frag, pdu->body.end, pdu->auth_length, pdu->body.big, &pdu->trailer) ||
		    pdu->trailer.at < pdu->body.pos)
			return STATUS_INVALID_PARAMETER;
		pdu->body.end = pdu->trailer.at;
	}
	switch (pdu->type) {
	case PDU_BIND:
	case PDU_ALTER_CONTEXT:
		return take_bind(e, from, pdu);
	case PDU_AUTH3:
		return auth3(e, from, pdu);
	case PDU_REQUEST:
		return request(t, pdu);
	case PDU_CO_CANCEL:
	case PDU_ORPHANED:
		return abandon(e, pdu);
	default:
		return STATUS_INVALID_PARAMETER;
	}
}

/* Reads the header of what has come. False: it is none. length 0: it is not whole yet. */
static bool
read_header(const struct rpc_end *e, struct arena *a, struct pdu *pdu, size_t *length)
{
	struct ndr_in *in = &pdu->body;

	*length = 0;
	*in = (struct ndr_in){ .p = e->frag, .end = e->got, .arena = a };
	if (e->got < HEADER)
		return true;
	pdu->version = ndr_get8(in);
	ndr_get8(in);
	pdu->type = ndr_get8(in);
	pdu->flags = ndr_get8(in);
	in->big = (ndr_get8(in) & 0xF0) == 0;
	ndr_get_bytes(in, 3);
	*length = ndr_get16(in);
	pdu->auth_length = ndr_get16(in);
	pdu->call_id = ndr_get32(in);
	if (*length < HEADER || *length > FRAG_MAX)
		return false;
	in->end = *length;
	if (*length > e->got)
		*length = 0;
	return true;
}

static size_t
take_bytes(struct rpc_end *e, const uint8_t *p, size_t n)
{
	if (n > FRAG_MAX - e->got)
		n = FRAG_MAX - e->got;
	if (e->cap < e->got + n) {
		e->cap = e->got + n;
		e->frag = xrealloc(e->frag, e->cap);
	}
	memcpy(e->frag + e->got, p, n);
	e->got += n;
	return n;
}

static void
drop_pdu(struct rpc_end *e, size_t length)
{
	e->got -= length;
	memmove(e->frag, e->frag + length, e->got);
}

/* Where PDUs begin and end their length says, not the messages they come in. */
static nt_status
take_some(struct taking *t)
{
	const struct pipe_input *in = t->in;
	struct pdu pdu = { 0 };
	nt_status status;

	do {
		t->done += take_bytes(t->end, in->bytes + t->done, in->n - t->done);
		if (!read_header(t->end, &in->req->arena, &pdu, &t->pdu))
			return STATUS_INVALID_PARAMETER;
		if (t->pdu == 0)
			continue;
		status = take_pdu(t, &pdu);
		if (status != STATUS_SUCCESS)
			return status;
		drop_pdu(t->end, t->pdu);
	} while (t->done < in->n || t->pdu != 0);
	return STATUS_SUCCESS;
}

static nt_status go_on(struct taking *t);

static nt_status
do_work(const struct disk *d, struct arena *a, void *arg)
{
	struct taking *t = arg;

	(void)d;
	t->call->work(a, t->call->arg);
	return STATUS_SUCCESS;
}

static nt_status
worked(struct request *req, void *arg, nt_status status)
{
	struct taking *t = arg;
	struct rpc_call *c = t->call;
	uint32_t result = RPC_FAULT_NO_MEMORY;

	(void)req;
	if (status == STATUS_SUCCESS)
		result = c->answer(c, c->arg);
	share_set_unref(&t->set);
	if (status == STATUS_CANCELLED)
		return pipe_taken(t->in, status);
	answer(t->end, t->in, &c->out, result);
	drop_pdu(t->end, t->pdu);
	return go_on(t);
}

static nt_status
go_on(struct taking *t)
{
	nt_status status = take_some(t);

	if (status != STATUS_PENDING)
		return pipe_taken(t->in, status);
	t->set = share_set_ref(t->in->req->session->set);
	return request_work(t->in->req, WORK_SLOW, do_work, worked, t);
}

nt_status
rpc_end_take(struct rpc_end *e, const struct pipe_input *in)
{
	struct taking *t = arena_alloc(&in->req->arena, sizeof *t);

	t->end = e;
	t->in = in;
	return go_on(t);
}
