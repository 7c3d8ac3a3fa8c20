/* SPDX-License-Identifier: BSD-2-Clause */

/* samr: the accounts of the password file as a domain of their own ([MS-SAMR]); nothing is changed.
 */
#include <string.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "config/schema.h"
#include "rpc/enum.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "rpc/samr.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

#define BUILTIN_NAME "Builtin"

const struct account_db *
samr_accounts(const struct rpc_call *c)
{
	return c->req->session->set->accounts;
}

/* ---- handles ---- */

/* Windows lets nobody in who has not said who he is. */
static uint32_t
connect_server(struct rpc_call *c)
{
	struct rpc_handle *h = NULL;
	nt_status status = STATUS_ACCESS_DENIED;

	if (!c->req->session->anonymous && !c->in.bad) {
		h = rpc_handle_open(c, HANDLE_SAM_SERVER, 0);
		status = h != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}
	rpc_put_handle(&c->out, h);
	return lsa_answer(c, status);
}

static uint32_t
connect1(struct rpc_call *c)
{
	if (ndr_get32(&c->in) != 0)
		ndr_get16(&c->in); /* the first character of ServerName */
	ndr_get32(&c->in);         /* DesiredAccess */
	return connect_server(c);
}

static uint32_t
connect2(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in);
	ndr_get32(&c->in); /* DesiredAccess */
	return connect_server(c);
}

static uint32_t
connect4(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in);
	ndr_get32(&c->in); /* ClientRevision */
	ndr_get32(&c->in); /* DesiredAccess */
	return connect_server(c);
}

#define REVISION_OF_INFO 1u
#define REVISION         3u

static uint32_t
connect5(struct rpc_call *c)
{
	struct ndr_in *in = &c->in;

	ndr_get_unique_string(in);
	ndr_get32(in); /* DesiredAccess */
	if (ndr_get32(in) != REVISION_OF_INFO || ndr_get32(in) != REVISION_OF_INFO)
		in->bad = true;
	ndr_get32(in); /* Revision */
	ndr_get32(in); /* SupportedFeatures */
	ndr_put32(&c->out, REVISION_OF_INFO);
	ndr_put32(&c->out, REVISION_OF_INFO);
	ndr_put32(&c->out, REVISION);
	ndr_put32(&c->out, 0);
	return connect_server(c);
}

static uint32_t
close_handle(struct rpc_call *c)
{
	if (!rpc_handle_close(c, HANDLE_SAM_SERVER, HANDLE_SAM_ALIAS))
		return RPC_FAULT_CONTEXT_MISMATCH;
	rpc_put_handle(&c->out, NULL);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* ---- domains ---- */

static uint32_t
lookup_domain(struct rpc_call *c)
{
	const struct sid *sid = NULL;
	struct sid_names names;
	const char *name;

	if (rpc_handle_get(c, HANDLE_SAM_SERVER) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	name = ndr_get_counted_text(&c->in, ndr_get_counted(&c->in));
	sid_names_init(&names, c->req->session);
	if (name_casecmp(name, names.server) == 0)
		sid = &names.sid;
	else if (name_casecmp(name, BUILTIN_NAME) == 0)
		sid = &sid_builtin;
	ndr_put_pointer(&c->out, sid != NULL);
	if (sid != NULL)
		ndr_put_sid(&c->out, sid);
	return lsa_answer(c, sid != NULL ? STATUS_SUCCESS : STATUS_NO_SUCH_DOMAIN);
}

#define DOMAINS 2

static uint32_t
enum_domains(struct rpc_call *c)
{
	const char *const names[DOMAINS] = { c->req->session->set->config->netbios_name,
		BUILTIN_NAME };
	struct ndr_out *out = &c->out;
	uint32_t from, i;

	if (rpc_handle_get(c, HANDLE_SAM_SERVER) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	from = ndr_get32(&c->in);
	ndr_get32(&c->in); /* PreferedMaximumLength */
	if (from > DOMAINS)
		from = DOMAINS;
	ndr_put32(out, DOMAINS);
	ndr_put_pointer(out, true);
	ndr_put32(out, DOMAINS - from);
	ndr_put_pointer(out, from != DOMAINS);
	if (from != DOMAINS) {
		ndr_put32(out, DOMAINS - from);
		for (i = from; i < DOMAINS; i++) {
			ndr_put32(out, i);
			ndr_put_counted(out, names[i]);
		}
		for (i = from; i < DOMAINS; i++)
			ndr_put_counted_text(out, names[i]);
	}
	ndr_put32(out, DOMAINS - from);
	return lsa_answer(c, STATUS_SUCCESS);
}

static uint32_t
open_domain(struct rpc_call *c)
{
	struct rpc_handle *h = NULL;
	nt_status status = STATUS_NO_SUCH_DOMAIN;
	struct sid_names names;
	struct sid sid;
	bool own;

	if (rpc_handle_get(c, HANDLE_SAM_SERVER) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_get32(&c->in); /* DesiredAccess */
	ndr_get_sid(&c->in, &sid);
	sid_names_init(&names, c->req->session);
	own = sid_equal(&sid, &names.sid);
	if (!c->in.bad && (own || sid_equal(&sid, &sid_builtin))) {
		h = rpc_handle_open(c, HANDLE_SAM_DOMAIN, own ? SAM_ACCOUNTS : SAM_BUILTIN);
		status = h != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}
	rpc_put_handle(&c->out, h);
	return lsa_answer(c, status);
}

/* DOMAIN_INFORMATION_CLASS ([MS-SAMR] 2.2.3.16) */
enum {
	PASSWORD = 1,
	GENERAL,
	LOGOFF,
	OEM,
	NAME,
	REPLICATION,
	SERVER_ROLE,
	MODIFIED,
	STATE,
	GENERAL2 = 11,
	LOCKOUT,
	MODIFIED2
};

#define ROLE_PRIMARY   3u
#define STATE_ENABLED  1u
#define UAS_COMPATIBLE 1u

static uint32_t
count_accounts(const struct rpc_call *c)
{
	size_t pos = 0;
	uint32_t n = 0;

	while (account_next(samr_accounts(c), &pos) != NULL)
		n++;
	return n;
}

static uint32_t
count_aliases(void)
{
	uint32_t n = 0;

	while (sid_builtin_aliases[n].name != NULL)
		n++;
	return n;
}

static void
put_64(struct ndr_out *out, uint64_t v)
{
	ndr_put32(out, (uint32_t)v);
	ndr_put32(out, (uint32_t)(v >> 32));
}

/* A time span that never ends. */
#define NEVER 0x8000000000000000u

static void
put_general(struct ndr_out *out, const struct rpc_call *c, bool own)
{
	const struct config *conf = c->req->session->set->config;
	const char *const texts[] = { conf->server_string, own ? conf->netbios_name : BUILTIN_NAME,
		"" };

	put_64(out, NEVER); /* ForceLogoff */
	for (int i = 0; i < 3; i++)
		ndr_put_counted(out, texts[i]);
	put_64(out, 0); /* DomainModifiedCount */
	ndr_put32(out, STATE_ENABLED);
	ndr_put32(out, ROLE_PRIMARY);
	ndr_put32(out, UAS_COMPATIBLE);
	ndr_put32(out, own ? count_accounts(c) : 0);
	ndr_put32(out, own ? 1 : 0);
	ndr_put32(out, own ? 0 : count_aliases());
}

static void
put_general_texts(struct ndr_out *out, const struct rpc_call *c, bool own)
{
	const struct config *conf = c->req->session->set->config;

	ndr_put_counted_text(out, conf->server_string);
	ndr_put_counted_text(out, own ? conf->netbios_name : BUILTIN_NAME);
	ndr_put_counted_text(out, "");
}

static void
put_name(struct ndr_out *out, const char *text)
{
	ndr_put_counted(out, text);
	ndr_put_counted_text(out, text);
}

static void
put_lockout(struct ndr_out *out)
{
	ndr_align(out, 8);
	put_64(out, NEVER);
	put_64(out, NEVER);
	ndr_put16(out, 0); /* LockoutThreshold: none */
}

/* False: no such class. */
static bool
put_domain_info(struct ndr_out *out, const struct rpc_call *c, uint16_t level, bool own)
{
	const struct config *conf = c->req->session->set->config;

	switch (level) {
	case PASSWORD:
		ndr_put32(out, 0); /* MinPasswordLength, PasswordHistoryLength */
		ndr_put32(out, 0); /* PasswordProperties */
		put_64(out, NEVER);
		put_64(out, 0);
		return true;
	case GENERAL:
		put_general(out, c, own);
		put_general_texts(out, c, own);
		return true;
	case GENERAL2:
		put_general(out, c, own);
		put_lockout(out);
		put_general_texts(out, c, own);
		return true;
	case LOGOFF:
		put_64(out, NEVER);
		return true;
	case OEM:
		put_name(out, conf->server_string);
		return true;
	case NAME:
		put_name(out, own ? conf->netbios_name : BUILTIN_NAME);
		return true;
	case REPLICATION:
		put_name(out, "");
		return true;
	case SERVER_ROLE:
		ndr_put32(out, ROLE_PRIMARY);
		return true;
	case STATE:
		ndr_put32(out, STATE_ENABLED);
		return true;
	case LOCKOUT:
		put_lockout(out);
		return true;
	case MODIFIED:
	case MODIFIED2:
		put_64(out, 0);
		put_64(out, 0); /* CreationTime */
		if (level == MODIFIED2)
			put_64(out, 0);
		return true;
	default:
		return false;
	}
}

static bool
is_domain_level(uint16_t level)
{
	return level >= PASSWORD && level <= MODIFIED2 && level != 10;
}

static uint32_t
query_domain_info(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint16_t level = ndr_get16(&c->in);
	bool there = is_domain_level(level);

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_put_pointer(&c->out, there);
	if (!there)
		return lsa_answer(c, STATUS_INVALID_INFO_CLASS);
	ndr_put16(&c->out, level);
	(void)put_domain_info(&c->out, c, level, h->value == SAM_ACCOUNTS);
	return lsa_answer(c, STATUS_SUCCESS);
}

static uint32_t
rid_to_sid(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint32_t rid = ndr_get32(&c->in);
	struct sid_names names;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	sid_names_init(&names, c->req->session);
	if (h->value == SAM_BUILTIN)
		names.sid = sid_builtin;
	names.sid = sid_of_rid(&names, rid);
	ndr_put_pointer(&c->out, true);
	ndr_put_sid(&c->out, &names.sid);
	return lsa_answer(c, STATUS_SUCCESS);
}

static const struct rpc_operation operations[] = {
	[0] = { "SamrConnect", connect1 },
	[1] = { "SamrCloseHandle", close_handle },
	[5] = { "SamrLookupDomainInSamServer", lookup_domain },
	[6] = { "SamrEnumerateDomainsInSamServer", enum_domains },
	[7] = { "SamrOpenDomain", open_domain },
	[8] = { "SamrQueryInformationDomain", query_domain_info },
	[11] = { "SamrEnumerateGroupsInDomain", samr_enum_groups },
	[13] = { "SamrEnumerateUsersInDomain", samr_enum_users },
	[15] = { "SamrEnumerateAliasesInDomain", samr_enum_aliases },
	[16] = { "SamrGetAliasMembership", samr_alias_membership },
	[17] = { "SamrLookupNamesInDomain", samr_lookup_names },
	[18] = { "SamrLookupIdsInDomain", samr_lookup_rids },
	[34] = { "SamrOpenUser", samr_open_user },
	[36] = { "SamrQueryInformationUser", samr_query_user_info },
	[39] = { "SamrGetGroupsForUser", samr_groups_for_user },
	[40] = { "SamrQueryDisplayInformation", samr_query_display_info },
	[44] = { "SamrGetUserDomainPasswordInformation", samr_password_info_of_user },
	[46] = { "SamrQueryInformationDomain2", query_domain_info },
	[47] = { "SamrQueryInformationUser2", samr_query_user_info },
	[48] = { "SamrQueryDisplayInformation2", samr_query_display_info },
	[51] = { "SamrQueryDisplayInformation3", samr_query_display_info },
	[54] = { "SamrOemChangePasswordUser2", samr_change_password },
	[55] = { "SamrUnicodeChangePasswordUser2", samr_change_password },
	[56] = { "SamrGetDomainPasswordInformation", samr_password_info_of_domain },
	[57] = { "SamrConnect2", connect2 },
	[62] = { "SamrConnect4", connect4 },
	[64] = { "SamrConnect5", connect5 },
	[65] = { "SamrRidToSid", rid_to_sid },
};

const struct rpc_interface rpc_samr = {
	.name = "samr",
	.uuid = { 0x12345778, 0x1234, 0xABCD, { 0xEF, 0x00, 0x01, 0x23, 0x45, 0x67, 0x89, 0xAC } },
	.major = 1,
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
