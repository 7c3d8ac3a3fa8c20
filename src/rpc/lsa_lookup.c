/* SPDX-License-Identifier: BSD-2-Clause */

/* LsarLookupNames, 2 and 3, LsarLookupSids and 2 ([MS-LSAT] 3.1.4.5 to 3.1.4.11). */
#include <string.h>

#include "base/arena.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "server/request.h"
#include "server/session.h"

/* LSAP_LOOKUP_LEVEL ([MS-LSAT] 2.2.16) */
#define LEVEL_FIRST 1
#define LEVEL_LAST  6

#define NO_DOMAIN     0xFFFFFFFFu
#define DOMAINS_GUESS 32u /* what MaxEntries says */

/* What an entry of a call's answer is made of. */
enum form { SIDS, SIDS2, NAMES, NAMES2, NAMES3 };

struct lookup {
	struct sid_names names;
	enum form form;
	uint32_t n, mapped;
	const char **texts;     /* names asked for; NULL: SIDs are */
	struct sid_name *found; /* n */
	uint32_t *domain;       /* of each, or NO_DOMAIN */
	const struct sid_name **domains;
	uint32_t ndomains;
};

/* ---- the work ---- */

static uint32_t
domain_index(struct lookup *l, const struct sid_name *found)
{
	for (uint32_t i = 0; i < l->ndomains; i++) {
		if (sid_equal(&l->domains[i]->domain_sid, &found->domain_sid) &&
		    strcmp(l->domains[i]->domain, found->domain) == 0)
			return i;
	}
	l->domains[l->ndomains] = found;
	return l->ndomains++;
}

static void
look_up(struct arena *a, void *arg)
{
	struct lookup *l = arg;

	for (uint32_t i = 0; i < l->n; i++) {
		if (l->texts != NULL)
			sid_name_find(&l->names, a, l->texts[i], &l->found[i]);
		else
			sid_name_complete(&l->names, a, &l->found[i]);
		l->domain[i] = NO_DOMAIN;
		if (l->found[i].use == SID_USE_UNKNOWN)
			continue;
		l->domain[i] = domain_index(l, &l->found[i]);
		l->mapped++;
	}
}

/* ---- the answer ---- */

static void
put_domains(struct ndr_out *out, const struct lookup *l)
{
	ndr_put_pointer(out, true);
	ndr_put32(out, l->ndomains);
	ndr_put_pointer(out, l->ndomains != 0);
	ndr_put32(out, DOMAINS_GUESS);
	if (l->ndomains == 0)
		return;
	ndr_put32(out, l->ndomains);
	for (uint32_t i = 0; i < l->ndomains; i++) {
		ndr_put_counted(out, l->domains[i]->domain);
		ndr_put_pointer(out, true);
	}
	for (uint32_t i = 0; i < l->ndomains; i++) {
		ndr_put_counted_text(out, l->domains[i]->domain);
		ndr_put_sid(out, &l->domains[i]->domain_sid);
	}
}

/* Windows tells of a SID without a name what it is. */
static const char *
name_of(struct arena *a, const struct sid_name *found)
{
	return found->use != SID_USE_UNKNOWN ? found->name : sid_text(a, &found->sid);
}

static void
put_names(struct ndr_out *out, const struct lookup *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		ndr_align(out, 4);
		ndr_put16(out, (uint16_t)l->found[i].use);
		ndr_put_counted(out, name_of(out->arena, &l->found[i]));
		ndr_put32(out, l->domain[i]);
		if (l->form == SIDS2)
			ndr_put32(out, 0);
	}
	for (uint32_t i = 0; i < l->n; i++)
		ndr_put_counted_text(out, name_of(out->arena, &l->found[i]));
}

/* The last number of a SID; that of a domain has none. */
static uint32_t
rid_of(const struct sid_name *found)
{
	if (found->use == SID_USE_UNKNOWN)
		return 0;
	return found->use == SID_USE_DOMAIN ? NO_DOMAIN : found->sid.sub[found->sid.nsubs - 1];
}

static void
put_sids(struct ndr_out *out, const struct lookup *l)
{
	for (uint32_t i = 0; i < l->n; i++) {
		ndr_align(out, 4);
		ndr_put16(out, (uint16_t)l->found[i].use);
		if (l->form == NAMES3)
			ndr_put_pointer(out, l->found[i].use != SID_USE_UNKNOWN);
		else
			ndr_put32(out, rid_of(&l->found[i]));
		ndr_put32(out, l->domain[i]);
		if (l->form != NAMES)
			ndr_put32(out, 0);
	}
	for (uint32_t i = 0; i < l->n && l->form == NAMES3; i++) {
		if (l->found[i].use != SID_USE_UNKNOWN)
			ndr_put_sid(out, &l->found[i].sid);
	}
}

static uint32_t
answer(struct rpc_call *c, void *arg)
{
	const struct lookup *l = arg;
	struct ndr_out *out = &c->out;

	put_domains(out, l);
	ndr_put32(out, l->n);
	ndr_put_pointer(out, l->n != 0);
	if (l->n != 0) {
		ndr_put32(out, l->n);
		if (l->texts != NULL)
			put_sids(out, l);
		else
			put_names(out, l);
	}
	ndr_put32(out, l->mapped);
	return lsa_answer(c,
	    l->mapped == l->n    ? STATUS_SUCCESS
		: l->mapped == 0 ? STATUS_NONE_MAPPED
				 : STATUS_SOME_NOT_MAPPED);
}

static uint32_t
refuse(struct rpc_call *c, nt_status status)
{
	ndr_put_pointer(&c->out, false); /* of domains */
	ndr_put32(&c->out, 0);           /* entries */
	ndr_put_pointer(&c->out, false);
	ndr_put32(&c->out, 0); /* mapped */
	return lsa_answer(c, status);
}

/* ---- the call ---- */

/* The entries a client sends where the answer's will be; none are of any use. */
static void
skip_entries(struct rpc_call *c)
{
	uint32_t n = ndr_get32(&c->in);

	if (ndr_get32(&c->in) != 0 && (n != 0 || ndr_get32(&c->in) != 0))
		c->in.bad = true;
}

static uint32_t
begin(struct rpc_call *c, struct lookup *l)
{
	struct arena *a = &c->req->arena;
	uint16_t level;

	skip_entries(c);
	level = ndr_get16(&c->in);
	ndr_get32(&c->in); /* MappedCount */
	if (l->form != SIDS && l->form != NAMES) {
		ndr_get32(&c->in); /* LookupOptions */
		ndr_get32(&c->in); /* ClientRevision */
	}
	if (c->in.bad)
		return 0;
	if (!lsa_may_look_up(c))
		return refuse(c, STATUS_ACCESS_DENIED);
	if (level < LEVEL_FIRST || level > LEVEL_LAST)
		return refuse(c, STATUS_INVALID_PARAMETER);
	sid_names_init(&l->names, c->req->session);
	l->names.nss = true;
	l->domain = arena_alloc(a, l->n * sizeof(*l->domain));
	l->domains = arena_alloc(a, l->n * sizeof(*l->domains));
	if (l->found == NULL)
		l->found = arena_alloc(a, l->n * sizeof(*l->found));
	c->work = look_up;
	c->answer = answer;
	c->arg = l;
	return RPC_LATER;
}

static uint32_t
of_names(struct rpc_call *c, enum form form)
{
	struct lookup *l = arena_alloc(&c->req->arena, sizeof(*l));

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	l->form = form;
	l->n = ndr_get32(&c->in);
	if (ndr_get32(&c->in) != l->n || l->n > LOOKUPS_MAX)
		c->in.bad = true;
	l->texts = lsa_get_names(c, l->n);
	return begin(c, l);
}

static uint32_t
of_sids(struct rpc_call *c, enum form form)
{
	struct lookup *l = arena_alloc(&c->req->arena, sizeof(*l));
	struct sid *sids;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	l->form = form;
	sids = lsa_get_sids(c, &l->n);
	l->found = arena_alloc(&c->req->arena, l->n * sizeof(*l->found));
	for (uint32_t i = 0; i < l->n; i++)
		l->found[i].sid = sids[i];
	return begin(c, l);
}

uint32_t
lsa_lookup_names(struct rpc_call *c)
{
	return of_names(c, NAMES);
}

uint32_t
lsa_lookup_names2(struct rpc_call *c)
{
	return of_names(c, NAMES2);
}

uint32_t
lsa_lookup_names3(struct rpc_call *c)
{
	return of_names(c, NAMES3);
}

uint32_t
lsa_lookup_sids(struct rpc_call *c)
{
	return of_sids(c, SIDS);
}

uint32_t
lsa_lookup_sids2(struct rpc_call *c)
{
	return of_sids(c, SIDS2);
}
