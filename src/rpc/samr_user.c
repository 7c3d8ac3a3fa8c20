/* SPDX-License-Identifier: BSD-2-Clause */

/* One account ([MS-SAMR] 3.1.5.1.9, 3.1.5.5.5, 3.1.5.9): what there is to know but its password. */
#include <string.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/ntime.h"
#include "config/schema.h"
#include "rpc/enum.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "rpc/samr.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

uint32_t
samr_open_user(struct rpc_call *c)
{
	const struct rpc_handle *domain = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	struct rpc_handle *h = NULL;
	nt_status status = STATUS_NO_SUCH_USER;
	uint32_t rid;

	ndr_get32(&c->in); /* DesiredAccess */
	rid = ndr_get32(&c->in);
	if (domain == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	if (!rpc_admits(c, KNOWN_USERS)) {
		status = STATUS_ACCESS_DENIED;
	} else if (!c->in.bad && domain->value == SAM_ACCOUNTS &&
	    account_find_rid(samr_accounts(c), rid) != NULL) {
		h = rpc_handle_open(c, HANDLE_SAM_USER, rid);
		status = h != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
	}
	rpc_put_handle(&c->out, h);
	return lsa_answer(c, status);
}

/*
 * The structures of USER_INFORMATION_CLASS ([MS-SAMR] 2.2.7.28), a letter a member: a the account's
 * name, e an empty text, r its RID, g its group's, c its control bits, p when its password was set,
 * z no time, N a time that never comes, h its hours (all), w b u zeros of 16, 8 and 32 bits, F the
 * fields that count.
 */
static const char *const shapes[] = {
	[1] = "aegee",
	[2] = "eeww",
	[3] = "aergeeeeezNppNhwwc",
	[4] = "h",
	[5] = "aergeeeeeezNhwwpNc",
	[6] = "ae",
	[7] = "a",
	[8] = "e",
	[9] = "g",
	[10] = "ee",
	[11] = "e",
	[12] = "e",
	[13] = "e",
	[14] = "e",
	[16] = "c",
	[17] = "N",
	[20] = "e",
	[21] = "zNpNpNaeeeeeeeeeeeeuurgcFhwwwwbbbb",
};

#define LEVELS     (sizeof(shapes) / sizeof(shapes[0]))
#define ALL_FIELDS 0x00FFFFFFu

#define HOURS_UNITS 168u
#define HOURS_ROOM  1260u

static void
put_time(struct ndr_out *out, uint64_t t)
{
	ndr_put32(out, (uint32_t)t);
	ndr_put32(out, (uint32_t)(t >> 32));
}

static void
put_member(struct ndr_out *out, char kind, const struct account *a)
{
	const struct timespec changed = { .tv_sec = a->changed };

	switch (kind) {
	case 'a':
	case 'e':
		ndr_put_counted(out, kind == 'a' ? a->name : "");
		break;
	case 'r':
		ndr_put32(out, a->rid);
		break;
	case 'g':
		ndr_put32(out, RID_NONE_GROUP);
		break;
	case 'c':
		ndr_put32(out, samr_control(a));
		break;
	case 'p':
		put_time(out, ntime_from_timespec(changed));
		break;
	case 'z':
		put_time(out, 0);
		break;
	case 'N':
		put_time(out, INT64_MAX);
		break;
	case 'h':
		ndr_align(out, 4);
		ndr_put16(out, HOURS_UNITS);
		ndr_put_pointer(out, true);
		break;
	case 'w':
		ndr_put16(out, 0);
		break;
	case 'b':
		ndr_put8(out, 0);
		break;
	case 'F':
		ndr_put32(out, ALL_FIELDS);
		break;
	default:
		ndr_put32(out, 0);
		break;
	}
}

static void
put_hours(struct ndr_out *out)
{
	uint8_t all[HOURS_UNITS / 8];

	memset(all, 0xFF, sizeof(all));
	ndr_put32(out, HOURS_ROOM);
	ndr_put32(out, 0);
	ndr_put32(out, sizeof(all));
	ndr_put_bytes(out, all, sizeof(all));
}

static void
put_info(struct ndr_out *out, const char *shape, const struct account *a)
{
	const char *p;

	for (p = shape; *p != '\0'; p++)
		put_member(out, *p, a);
	for (p = shape; *p != '\0'; p++) {
		if (*p == 'a' || *p == 'e')
			ndr_put_counted_text(out, *p == 'a' ? a->name : "");
		else if (*p == 'h')
			put_hours(out);
	}
}

/* An account may have gone since it was opened. */
static const struct account *
user_of(const struct rpc_call *c, const struct rpc_handle *h)
{
	return account_find_rid(samr_accounts(c), h->value);
}

uint32_t
samr_query_user_info(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_USER);
	uint16_t level = ndr_get16(&c->in);
	const char *shape = level < LEVELS ? shapes[level] : NULL;
	const struct account *a;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	a = user_of(c, h);
	ndr_put_pointer(&c->out, shape != NULL && a != NULL);
	if (shape == NULL)
		return lsa_answer(c, STATUS_INVALID_INFO_CLASS);
	if (a == NULL)
		return lsa_answer(c, STATUS_NO_SUCH_USER);
	ndr_put16(&c->out, level);
	put_info(&c->out, shape, a);
	return lsa_answer(c, STATUS_SUCCESS);
}

#define GROUP_ATTRIBUTES 7u /* mandatory, enabled by default, enabled */

uint32_t
samr_groups_for_user(struct rpc_call *c)
{
	struct ndr_out *out = &c->out;

	if (rpc_handle_get(c, HANDLE_SAM_USER) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	ndr_put_pointer(out, true);
	ndr_put32(out, 1);
	ndr_put_pointer(out, true);
	ndr_put32(out, 1);
	ndr_put32(out, RID_NONE_GROUP);
	ndr_put32(out, GROUP_ATTRIBUTES);
	return lsa_answer(c, STATUS_SUCCESS);
}

#define ALIAS_ADMINISTRATORS 544u
#define ALIAS_USERS          545u

/* By its name; who is one as a member of a group only the name service knows. */
static bool
is_admin(const struct rpc_call *c, const struct account *a)
{
	const struct conf_list *names = &c->req->session->set->config->admin_users;

	for (size_t i = 0; i < names->count; i++) {
		if (name_casecmp(names->words[i], a->name) == 0)
			return true;
	}
	return false;
}

/* In which aliases of the domain are those SIDs? */
uint32_t
samr_alias_membership(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint32_t n, rid, aliases[2], found = 0;
	struct sid *sids = lsa_get_sids(c, &n);
	const struct account *a;
	bool user = false, admin = false;
	struct sid_names names;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	sid_names_init(&names, c->req->session);
	for (uint32_t i = 0; i < n && h->value == SAM_BUILTIN && !c->in.bad; i++) {
		a = sid_to_rid(&names, &sids[i], &rid) ? account_find_rid(samr_accounts(c), rid)
						       : NULL;
		user = user || a != NULL;
		admin = admin || (a != NULL && is_admin(c, a));
	}
	if (admin)
		aliases[found++] = ALIAS_ADMINISTRATORS;
	if (user)
		aliases[found++] = ALIAS_USERS;
	ndr_put32(&c->out, found);
	ndr_put_pointer(&c->out, true);
	ndr_put32(&c->out, found);
	for (uint32_t i = 0; i < found; i++)
		ndr_put32(&c->out, aliases[i]);
	return lsa_answer(c, STATUS_SUCCESS);
}

/* Nothing is asked of passwords here. */
static uint32_t
answer_password_info(struct rpc_call *c)
{
	ndr_put16(&c->out, 0);
	ndr_put32(&c->out, 0);
	return lsa_answer(c, STATUS_SUCCESS);
}

uint32_t
samr_password_info_of_user(struct rpc_call *c)
{
	if (rpc_handle_get(c, HANDLE_SAM_USER) == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	return answer_password_info(c);
}

uint32_t
samr_password_info_of_domain(struct rpc_call *c)
{
	return answer_password_info(c);
}

/* The daemon may not write the password file, and so cannot be made to: smb1passwd may. */
uint32_t
samr_change_password(struct rpc_call *c)
{
	return lsa_answer(c, STATUS_ACCESS_DENIED);
}
