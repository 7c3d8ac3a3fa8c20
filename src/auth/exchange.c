/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A log-on with extended security. START takes the first token: raw NTLMSSP goes on to
 * AUTHENTICATE at once; so does SPNEGO that brings a NEGOTIATE message along, else it is waited for
 * in NEGOTIATE. Whatever AUTHENTICATE ends in, and any error, is OVER: the challenge is used up.
 */

#include "auth/logon.h"

#include <stdlib.h>
#include <string.h>

#include "auth/ntlmssp.h"
#include "auth/spnego.h"
#include "base/arena.h"

/* Of the client's list of mechanisms, which is remembered for the mechListMIC. */
#define MECH_LIST_MAX 1024

struct logon_exchange {
	const struct logon_policy *policy;
	enum { START, NEGOTIATE, AUTHENTICATE, OVER } state;
	bool spnego;
	struct ntlmssp ssp;
	uint8_t *mech_list;
	size_t mech_list_len;
};

struct logon_exchange *
logon_exchange_new(const struct logon_policy *policy)
{
	struct logon_exchange *x = xcalloc(1, sizeof(*x));

	x->policy = policy;
	return x;
}

void
logon_exchange_free(struct logon_exchange **x)
{
	if (*x == NULL)
		return;
	ntlmssp_clear(&(*x)->ssp);
	free((*x)->mech_list);
	free(*x);
	*x = NULL;
}

void
logon_negotiate_token(struct arena *a, const uint8_t **out, size_t *out_len)
{
	struct span token = spnego_write_init2(a);

	*out = token.p;
	*out_len = token.n;
}

static nt_status
unreadable(struct logon_leg *leg, const char *reason)
{
	leg->reason = reason;
	return STATUS_INVALID_PARAMETER;
}

static void
answer(struct logon_exchange *x, struct arena *a, struct logon_leg *leg,
    const struct spnego_reply *reply)
{
	struct span out = x->spnego ? spnego_write_resp(a, reply) : reply->token;

	leg->out = out.p;
	leg->out_len = out.n;
}

/* first: nothing was answered so far. */
static nt_status
negotiate(struct logon_exchange *x, struct arena *a, struct logon_leg *leg, struct span token)
{
	struct spnego_reply reply = {
		.state = SPNEGO_ACCEPT_INCOMPLETE,
		.first = x->state == START,
	};

	if (!ntlmssp_negotiate(&x->ssp, x->policy, a, token, &reply.token))
		return unreadable(leg, "the NTLMSSP NEGOTIATE message is broken");
	answer(x, a, leg, &reply);
	x->state = AUTHENTICATE;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static bool
is_ntlmssp(struct span s)
{
	return s.n >= sizeof(NTLMSSP_SIGNATURE) &&
	    memcmp(s.p, NTLMSSP_SIGNATURE, sizeof(NTLMSSP_SIGNATURE)) == 0;
}

/*
 * What came along for a mechanism that is not NTLMSSP is dropped, and the choice protected by a
 * MIC.
 */
static nt_status
start_spnego(struct logon_exchange *x, struct arena *a, struct logon_leg *leg, struct span in)
{
	const struct spnego_reply choice = { .state = SPNEGO_ACCEPT_INCOMPLETE, .first = true };
	const struct spnego_reply counter = { .state = SPNEGO_REQUEST_MIC, .first = true };
	struct spnego_init init;

	x->spnego = true;
	if (!spnego_read_init(in, &init) || init.mech_list.n > MECH_LIST_MAX)
		return unreadable(leg, "the SPNEGO NegTokenInit is broken");
	if (!init.ntlmssp) {
		leg->reason = "the client offers no NTLMSSP";
		return STATUS_LOGON_FAILURE;
	}
	x->mech_list_len = init.mech_list.n;
	x->mech_list = xcalloc(1, init.mech_list.n);
	memcpy(x->mech_list, init.mech_list.p, init.mech_list.n);
	if (is_ntlmssp(init.token) || (init.preferred && init.token.n > 0))
		return negotiate(x, a, leg, init.token);
	answer(x, a, leg, init.preferred ? &choice : &counter);
	x->state = NEGOTIATE;
	return STATUS_MORE_PROCESSING_REQUIRED;
}

static nt_status
start(struct logon_exchange *x, struct arena *a, struct logon_leg *leg, struct span in)
{
	if (is_ntlmssp(in))
		return negotiate(x, a, leg, in);
	return start_spnego(x, a, leg, in);
}

static nt_status
go_on(struct logon_exchange *x, struct arena *a, struct logon_leg *leg, struct span in)
{
	struct spnego_resp resp;

	if (!spnego_read_resp(in, &resp))
		return unreadable(leg, "the SPNEGO NegTokenResp is broken");
	return negotiate(x, a, leg, resp.token);
}

/*
 * The MIC over the mechanisms offered, which ours answers. Some Windows put a copy of the token in
 * its place. A guest has no key that a MIC could be checked with.
 */
static bool
mech_list_holds(
    struct logon_exchange *x, const struct spnego_resp *resp, uint8_t mic[16], size_t *n)
{
	const struct span list = { x->mech_list, x->mech_list_len };

	*n = 0;
	if (resp->mic.n == 0 || !x->ssp.keyed)
		return true;
	if (resp->mic.n == resp->token.n && memcmp(resp->mic.p, resp->token.p, resp->mic.n) == 0)
		return true;
	ntlmssp_sign(&x->ssp, list, mic);
	*n = 16;
	return ntlmssp_verify(&x->ssp, list, resp->mic);
}

static nt_status
authenticate(struct logon_exchange *x, struct arena *a, struct logon_leg *leg, struct span in)
{
	struct spnego_reply reply = { .state = SPNEGO_ACCEPT_COMPLETED };
	struct ntlmssp_verdict verdict = { .logon = leg->result };
	struct spnego_resp resp = { .token = in };
	uint8_t mic[16];
	nt_status status;

	if (x->spnego && !spnego_read_resp(in, &resp))
		return unreadable(leg, "the SPNEGO NegTokenResp is broken");
	status = ntlmssp_authenticate(&x->ssp, x->policy, a, resp.token, &verdict);
	leg->reason = verdict.reason;
	if (status != STATUS_SUCCESS)
		return status;
	if (!mech_list_holds(x, &resp, mic, &reply.mic.n)) {
		leg->reason = "the SPNEGO mechListMIC is wrong: somebody changed the list";
		return STATUS_LOGON_FAILURE;
	}
	reply.mic.p = mic;
	answer(x, a, leg, &reply);
	leg->result->scheme = arena_printf(
	    a, "%s/%s", x->spnego ? "SPNEGO" : "NTLMSSP", leg->result->scheme);
	return STATUS_SUCCESS;
}

nt_status
logon_exchange_step(struct logon_exchange *x, struct arena *a, struct logon_leg *leg)
{
	const struct span in = { leg->in, leg->in_len };
	nt_status status;

	leg->out = NULL;
	leg->out_len = 0;
	leg->reason = NULL;
	switch (x->state) {
	case START:
		status = start(x, a, leg, in);
		break;
	case NEGOTIATE:
		status = go_on(x, a, leg, in);
		break;
	case AUTHENTICATE:
		status = authenticate(x, a, leg, in);
		break;
	default:
		status = unreadable(leg, "a token after the end of the exchange");
	}
	if (status != STATUS_MORE_PROCESSING_REQUIRED)
		x->state = OVER;
	return status;
}
