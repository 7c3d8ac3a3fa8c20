/* SPDX-License-Identifier: BSD-2-Clause */

/* lsarpc: the server's policy, and names of SIDs ([MS-LSAD], [MS-LSAT]). */
#include <string.h>

#include "base/arena.h"
#include "config/schema.h"
#include "rpc/enum.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

/* POLICY_INFORMATION_CLASS ([MS-LSAD] 2.2.4.1) */
#define POLICY_PRIMARY_DOMAIN 3
#define POLICY_ACCOUNT_DOMAIN 5
#define POLICY_SERVER_ROLE    6
#define POLICY_DNS_DOMAIN     12

#define ROLE_PRIMARY 3 /* of its own accounts */

#define ANONYMOUS    "ANONYMOUS LOGON"
#define NT_AUTHORITY "NT AUTHORITY"

uint32_t
lsa_answer(struct rpc_call *c, nt_status status)
{
	ndr_put32(&c->out, status);
	return 0;
}

/* All lengths and pointers come first. */
const char **
lsa_get_names(struct rpc_call *c, uint32_t n)
{
	struct arena *a = c->in.arena;
	const char **names;
	bool *there;

	if (c->in.bad || n > LOOKUPS_MAX) {
		c->in.bad = true;
		return NULL;
	}
	names = arena_alloc(a, (n + 1) * sizeof(*names));
	there = arena_alloc(a, n * sizeof(*there));
	for (uint32_t i = 0; i < n; i++)
		there[i] = ndr_get_counted(&c->in);
	for (uint32_t i = 0; i < n; i++)
		names[i] = ndr_get_counted_text(&c->in, there[i]);
	return names;
}

struct sid *
lsa_get_sids(struct rpc_call *c, uint32_t *n)
{
	struct sid *sids;
	uint32_t i;

	*n = ndr_get32(&c->in);
	if (ndr_get32(&c->in) == 0) {
		c->in.bad = c->in.bad || *n != 0;
		*n = 0;
		return NULL;
	}
	/* Each has a pointer at least. */
	if (ndr_get32(&c->in) != *n || *n > (c->in.end - c->in.pos) / 4)
		c->in.bad = true;
	if (c->in.bad)
		*n = 0;
	sids = arena_alloc(c->in.arena, *n * sizeof(*sids));
	for (i = 0; i < *n; i++) {
		if (ndr_get32(&c->in) == 0)
			c->in.bad = true;
	}
	for (i = 0; i < *n && !c->in.bad; i++)
		ndr_get_sid(&c->in, &sids[i]);
	return sids;
}

bool
lsa_may_look_up(const struct rpc_call *c)
{
	return !c->req->session->anonymous;
}

/* ---- handles ---- */

/* LSAPR_OBJECT_ATTRIBUTES ([MS-LSAD] 2.2.2.4): all of it is ignored but what has to be skipped. */
static void
skip_attributes(struct ndr_in *in)
{
	bool root, name, there, quality;

	ndr_get32(in); /* Length */
	root = ndr_get32(in) != 0;
	name = ndr_get32(in) != 0;
	ndr_get32(in); /* Attributes */
	if (ndr_get32(in) != 0)
		in->bad = true; /* a security descriptor, which no client has for a policy */
	quality = ndr_get32(in) != 0;
	if (root)
		ndr_get8(in);
	if (name) {
		there = ndr_get_counted(in);
		ndr_get_counted_text(in, there);
	}
	if (!quality)
		return;
	ndr_get32(in);
	ndr_get16(in);
	ndr_get16(in);
}

static uint32_t
open(struct rpc_call *c)
{
	struct rpc_handle *h;

	skip_attributes(&c->in);
	ndr_get32(&c->in); /* DesiredAccess: what it is used for is judged then */
	h = !c->in.bad ? rpc_handle_open(c, HANDLE_POLICY, 0) : NULL;
	rpc_put_handle(&c->out, h);
	return lsa_answer(c, h != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES);
}

static uint32_t
open_policy(struct rpc_call *c)
{
	if (ndr_get32(&c->in) != 0)
		ndr_get16(&c->in); /* the first character of SystemName */
	return open(c);
}

static uint32_t
open_policy2(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in);
	return open(c);
}

static uint32_t
close_handle(struct rpc_call *c)
{
	if (!rpc_handle_close(c, HANDLE_POLICY, HANDLE_POLICY))
		return RPC_FAULT_CONTEXT_MISMATCH;
	rpc_put_handle(&c->out, NULL);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* ---- what is asked of the policy ---- */

static void
put_domain(struct ndr_out *out, const char *name, const struct sid *sid)
{
	ndr_put_counted(out, name);
	ndr_put_pointer(out, sid != NULL);
	ndr_put_counted_text(out, name);
	if (sid != NULL)
		ndr_put_sid(out, sid);
}

/* Of a workgroup there is no more than its name. */
static void
put_dns_domain(struct ndr_out *out, const char *workgroup)
{
	static const uint8_t no_guid[16] = { 0 };

	ndr_put_counted(out, workgroup);
	ndr_put_counted(out, "");
	ndr_put_counted(out, "");
	ndr_put_bytes(out, no_guid, sizeof(no_guid));
	ndr_put_pointer(out, false);
	ndr_put_counted_text(out, workgroup);
	ndr_put_counted_text(out, "");
	ndr_put_counted_text(out, "");
}

static bool
is_told(uint16_t level)
{
	return level == POLICY_PRIMARY_DOMAIN || level == POLICY_ACCOUNT_DOMAIN ||
	    level == POLICY_SERVER_ROLE || level == POLICY_DNS_DOMAIN;
}

static uint32_t
query_information_policy(struct rpc_call *c)
{
	const struct config *conf = c->req->session->set->config;
	struct ndr_out *out = &c->out;
	struct sid_names names;
	uint16_t level;

	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	level = ndr_get16(&c->in);
	ndr_put_pointer(out, is_told(level));
	if (!is_told(level))
		return lsa_answer(c, STATUS_INVALID_PARAMETER);
	sid_names_init(&names, c->req->session);
	ndr_put16(out, level);
	ndr_align(out, 4); /* as the widest of the structures, whichever it is */
	if (level == POLICY_PRIMARY_DOMAIN)
		put_domain(out, conf->workgroup, NULL);
	else if (level == POLICY_ACCOUNT_DOMAIN)
		put_domain(out, names.server, &names.sid);
	else if (level == POLICY_SERVER_ROLE)
		ndr_put16(out, ROLE_PRIMARY);
	else
		put_dns_domain(out, conf->workgroup);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* Of a domain controller: Kerberos, and what encrypts files. */
static uint32_t
query_domain_policy(struct rpc_call *c)
{
	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_get16(&c->in);
	ndr_put_pointer(&c->out, false);
	return lsa_answer(c, STATUS_OBJECT_NAME_NOT_FOUND);
}

static void
put_name(struct ndr_out *out, const char *name)
{
	ndr_put_pointer(out, true);
	ndr_put_counted(out, name);
	ndr_put_counted_text(out, name);
}

/* A pointer to a name, which clients leave empty. */
static void
skip_name(struct ndr_in *in)
{
	if (ndr_get32(in) != 0)
		ndr_get_counted_text(in, ndr_get_counted(in));
}

static uint32_t
get_user_name(struct rpc_call *c)
{
	const struct session *s = c->req->session;
	struct ndr_out *out = &c->out;
	bool domain;

	ndr_get_unique_string(&c->in);
	skip_name(&c->in);
	domain = ndr_get32(&c->in) != 0;
	if (domain)
		skip_name(&c->in);
	put_name(out, s->anonymous ? ANONYMOUS : s->user);
	ndr_put_pointer(out, domain);
	if (domain)
		put_name(out, s->anonymous ? NT_AUTHORITY : s->set->config->netbios_name);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* Nobody is trusted, by either of the calls. */
static uint32_t
enum_trusted_domains(struct rpc_call *c)
{
	if (rpc_handle_get(c, HANDLE_POLICY) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_get32(&c->in); /* EnumerationContext */
	ndr_get32(&c->in); /* PreferedMaximumLength */
	ndr_put32(&c->out, 0);
	ndr_put32(&c->out, 0);
	ndr_put_pointer(&c->out, false);
	return lsa_answer(c, STATUS_NO_MORE_ENTRIES);
}

/* LookupSids3 and LookupNames4 are for who has no handle: secured by Netlogon, which none is. */
static uint32_t
refuse(struct rpc_call *c)
{
	(void)c;
	return RPC_FAULT_ACCESS_DENIED;
}

static const struct rpc_operation operations[] = {
	[0] = { "LsarClose", close_handle },
	[2] = { "LsarEnumeratePrivileges", lsa_enum_privileges },
	[6] = { "LsarOpenPolicy", open_policy },
	[7] = { "LsarQueryInformationPolicy", query_information_policy },
	[11] = { "LsarEnumerateAccounts", lsa_enum_accounts },
	[13] = { "LsarEnumerateTrustedDomains", enum_trusted_domains },
	[14] = { "LsarLookupNames", lsa_lookup_names },
	[15] = { "LsarLookupSids", lsa_lookup_sids },
	[17] = { "LsarOpenAccount", lsa_open_account },
	[31] = { "LsarLookupPrivilegeValue", lsa_lookup_privilege_value },
	[32] = { "LsarLookupPrivilegeName", lsa_lookup_privilege_name },
	[33] = { "LsarLookupPrivilegeDisplayName", lsa_lookup_privilege_display_name },
	[36] = { "LsarEnumerateAccountRights", lsa_enum_account_rights },
	[44] = { "LsarOpenPolicy2", open_policy2 },
	[45] = { "LsarGetUserName", get_user_name },
	[46] = { "LsarQueryInformationPolicy2", query_information_policy },
	[50] = { "LsarEnumerateTrustedDomainsEx", enum_trusted_domains },
	[53] = { "LsarQueryDomainInformationPolicy", query_domain_policy },
	[57] = { "LsarLookupSids2", lsa_lookup_sids2 },
	[58] = { "LsarLookupNames2", lsa_lookup_names2 },
	[68] = { "LsarLookupNames3", lsa_lookup_names3 },
	[76] = { "LsarLookupSids3", refuse },
	[77] = { "LsarLookupNames4", refuse },
};

const struct rpc_interface rpc_lsarpc = {
	.name = "lsarpc",
	.uuid = { 0x12345778, 0x1234, 0xABCD, { 0xEF, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAB } },
	.major = 0,
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
