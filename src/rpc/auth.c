/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/auth.h"

#include <stdlib.h>
#include <string.h>

#include "auth/logon.h"
#include "auth/ntlmssp.h"
#include "auth/ntlmssp_session.h"
#include "auth/throttle.h"
#include "base/arena.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

/* auth_type and auth_level */
#define TYPE_NTLMSSP    10
#define LEVEL_CONNECT   2
#define LEVEL_INTEGRITY 5
#define LEVEL_PRIVACY   6

struct rpc_auth {
	uint8_t level;
	uint32_t context;
	bool finished;
	struct share_set *set; /* its policy judges */
	struct ntlmssp ssp;
	struct ntlmssp_session *session; /* NULL: not secured yet, or refused */
};

bool
rpc_trailer_find(const uint8_t *pdu, size_t n, size_t auth_length, bool big, struct rpc_trailer *t)
{
	if (auth_length == 0 || n < RPC_TRAILER || auth_length > n - RPC_TRAILER)
		return false;
	t->at = n - RPC_TRAILER - auth_length;
	t->type = pdu[t->at];
	t->level = pdu[t->at + 1];
	t->pad = pdu[t->at + 2];
	t->context = 0;
	for (size_t i = 0; i < 4; i++)
		t->context |= (uint32_t)pdu[t->at + 4 + i] << (8 * (big ? 3 - i : i));
	t->token = pdu + t->at + RPC_TRAILER;
	t->token_len = auth_length;
	return true;
}

void
rpc_trailer_write(const struct rpc_auth *a, uint8_t pad, uint8_t out[RPC_TRAILER])
{
	out[0] = TYPE_NTLMSSP;
	out[1] = a->level;
	out[2] = pad;
	out[3] = 0;
	for (int i = 0; i < 4; i++)
		out[4 + i] = (uint8_t)(a->context >> (8 * i));
}

struct rpc_auth *
rpc_auth_new(
    struct request *req, const struct rpc_trailer *t, const uint8_t **token, size_t *token_len)
{
	struct span in = { t->token, t->token_len }, out;
	struct rpc_auth *a;

	if (t->type != TYPE_NTLMSSP ||
	    (t->level != LEVEL_CONNECT && t->level != LEVEL_INTEGRITY && t->level != LEVEL_PRIVACY))
		return NULL;
	a = xcalloc(1, sizeof(*a));
	a->level = t->level;
	a->context = t->context;
	a->set = share_set_ref(req->session->set);
	if (!ntlmssp_negotiate(&a->ssp, &a->set->policy, &req->arena, in, &out)) {
		rpc_auth_free(&a);
		return NULL;
	}
	*token = out.p;
	*token_len = out.n;
	return a;
}

void
rpc_auth_free(struct rpc_auth **ap)
{
	struct rpc_auth *a = *ap;

	*ap = NULL;
	ntlmssp_clear(&a->ssp);
	if (a->session != NULL)
		ntlmssp_session_free(&a->session);
	share_set_unref(&a->set);
	free(a);
}

/* Guessing is no quicker here than at the log-on. */
static nt_status
judge(struct rpc_auth *a, struct request *req, const struct rpc_trailer *t, const char **reason)
{
	struct conn *c = req->conn;
	struct logon logon = { 0 };
	struct ntlmssp_verdict verdict = { .logon = &logon };
	nt_status status;

	*reason = "too many wrong passwords from there";
	if (throttle_turn(c->server->throttle, &c->addr.sa, loop_now_ms()) != 0)
		return STATUS_LOGON_FAILURE;
	status = ntlmssp_authenticate(&a->ssp, &a->set->policy, &req->arena,
	    (struct span){ t->token, t->token_len }, &verdict);
	*reason = verdict.reason;
	if (status != STATUS_SUCCESS)
		throttle_failed(c->server->throttle, &c->addr.sa, loop_now_ms());
	return status;
}

void
rpc_auth_finish(struct rpc_auth *a, struct request *req, const struct rpc_trailer *t)
{
	const char *reason;

	if (a->finished)
		return;
	a->finished = true;
	if (judge(a, req, t, &reason) == STATUS_SUCCESS) {
		a->session = ntlmssp_session_new(&a->ssp);
		reason = "a guest has no key";
	}
	if (a->session == NULL)
		log_info("%s: RPC bind refused: %s", req->conn->peer, log_clean(reason));
}

bool
rpc_auth_holds(const struct rpc_auth *a)
{
	return a->session != NULL;
}

bool
rpc_auth_signs(const struct rpc_auth *a)
{
	return a->level >= LEVEL_INTEGRITY;
}

bool
rpc_auth_open(struct rpc_auth *a, uint8_t *pdu, size_t body, const struct rpc_trailer *t)
{
	const struct ntlmssp_message m = {
		.p = pdu,
		.len = t->at + RPC_TRAILER,
		.body = pdu + body,
		.n = t->at - body,
		.sealed = a->level == LEVEL_PRIVACY,
	};

	return t->token_len == NTLMSSP_SIGNATURE_SIZE && t->type == TYPE_NTLMSSP &&
	    t->level == a->level && ntlmssp_session_unwrap(a->session, &m, t->token);
}

void
rpc_auth_close(struct rpc_auth *a, uint8_t *pdu, size_t n, size_t body)
{
	const size_t signed_len = n - NTLMSSP_SIGNATURE_SIZE;
	const struct ntlmssp_message m = {
		.p = pdu,
		.len = signed_len,
		.body = pdu + body,
		.n = signed_len - RPC_TRAILER - body,
		.sealed = a->level == LEVEL_PRIVACY,
	};

	ntlmssp_session_wrap(a->session, &m, pdu + signed_len);
}
