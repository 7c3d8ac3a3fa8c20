/* SPDX-License-Identifier: BSD-2-Clause */

/* Lists of accounts and groups, and their numbers by name ([MS-SAMR] 3.1.5.2, 3.1.5.3, 3.1.5.11).
 */
#include <string.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "rpc/enum.h"
#include "rpc/handle.h"
#include "rpc/lsa.h"
#include "rpc/sid_name.h"
#include "rpc/samr.h"
#include "server/request.h"

#define NONE_GROUP "None"

/* Most one answer tells; then the client asks on. */
#define ENTRIES_MAX 512u
#define ENTRY_BYTES 40u /* of one without its name, about; clients limit what they take */

/* SE_GROUP_MANDATORY, _ENABLED_BY_DEFAULT, _ENABLED */
#define GROUP_ATTRIBUTES 7u

#define NORMAL_ACCOUNT 0x10u
#define DISABLED       0x01u
#define PASSWORD_NONE  0x04u
#define PASSWORD_NEVER 0x200u

uint32_t
samr_control(const struct account *a)
{
	return NORMAL_ACCOUNT | PASSWORD_NEVER | (a->disabled ? DISABLED : 0) |
	    (a->no_password ? PASSWORD_NONE : 0);
}

/* ---- lists ---- */

struct entry {
	uint32_t rid, control;
	const char *name;
};

struct list {
	struct entry entries[ENTRIES_MAX];
	uint32_t from, n, room; /* entries to leave out, told, to be told at most */
	uint32_t total;
	bool more;
};

static struct list *
list_new(struct rpc_call *c, uint32_t from, uint32_t most)
{
	struct list *l = arena_alloc(&c->req->arena, sizeof(*l));

	l->from = from;
	l->room = most < 1 ? 1 : most < ENTRIES_MAX ? most : ENTRIES_MAX;
	return l;
}

static void
add(struct list *l, const struct entry *e)
{
	if (l->total++ < l->from)
		return;
	if (l->n == l->room)
		l->more = true;
	else
		l->entries[l->n++] = *e;
}

static void
add_users(struct rpc_call *c, struct list *l, uint32_t control)
{
	const struct account *a;
	size_t pos = 0;

	while ((a = account_next(samr_accounts(c), &pos)) != NULL) {
		const struct entry e = { a->rid, samr_control(a), a->name };

		if (control == 0 || (e.control & control) != 0)
			add(l, &e);
	}
}

static void
add_group(struct list *l)
{
	const struct entry e = { RID_NONE_GROUP, GROUP_ATTRIBUTES, NONE_GROUP };

	add(l, &e);
}

static void
add_aliases(struct list *l)
{
	for (const struct builtin *b = sid_builtin_aliases; b->name != NULL; b++) {
		const struct entry e = { b->rid, 0, b->name };

		add(l, &e);
	}
}

static uint32_t
answer_list(struct rpc_call *c, const struct list *l, nt_status status)
{
	struct ndr_out *out = &c->out;
	uint32_t i;

	ndr_put32(out, l->from + l->n);
	ndr_put_pointer(out, true);
	ndr_put32(out, l->n);
	ndr_put_pointer(out, l->n != 0);
	if (l->n != 0) {
		ndr_put32(out, l->n);
		for (i = 0; i < l->n; i++) {
			ndr_put32(out, l->entries[i].rid);
			ndr_put_counted(out, l->entries[i].name);
		}
		for (i = 0; i < l->n; i++)
			ndr_put_counted_text(out, l->entries[i].name);
	}
	ndr_put32(out, l->n);
	if (status == STATUS_SUCCESS && l->more)
		status = STATUS_MORE_ENTRIES;
	return lsa_answer(c, status);
}

enum kind { USERS, GROUPS, ALIASES };

static uint32_t
enumerate(struct rpc_call *c, enum kind kind)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint32_t from = ndr_get32(&c->in);
	uint32_t control = kind == USERS ? ndr_get32(&c->in) : 0;
	struct list *l = list_new(c, from, ndr_get32(&c->in) / ENTRY_BYTES);

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	if (!rpc_admits(c, KNOWN_USERS))
		return answer_list(c, l, STATUS_ACCESS_DENIED);
	if (kind == USERS && h->value == SAM_ACCOUNTS)
		add_users(c, l, control);
	else if (kind == GROUPS && h->value == SAM_ACCOUNTS)
		add_group(l);
	else if (kind == ALIASES && h->value == SAM_BUILTIN)
		add_aliases(l);
	return answer_list(c, l, STATUS_SUCCESS);
}

uint32_t
samr_enum_users(struct rpc_call *c)
{
	return enumerate(c, USERS);
}

uint32_t
samr_enum_groups(struct rpc_call *c)
{
	return enumerate(c, GROUPS);
}

uint32_t
samr_enum_aliases(struct rpc_call *c)
{
	return enumerate(c, ALIASES);
}

/* ---- as dialogs show them ---- */

/* DOMAIN_DISPLAY_INFORMATION ([MS-SAMR] 2.2.8.12) */
enum { DISPLAY_USERS = 1, DISPLAY_MACHINES, DISPLAY_GROUPS };

/* Of users, two more texts than of the others: a comment and a full name. */
static void
put_display(struct ndr_out *out, const struct list *l, uint16_t level)
{
	unsigned empty = level == DISPLAY_USERS ? 2 : 1;

	ndr_put32(out, l->n);
	ndr_put_pointer(out, l->n != 0);
	if (l->n == 0)
		return;
	ndr_put32(out, l->n);
	for (uint32_t i = 0; i < l->n; i++) {
		ndr_put32(out, l->from + i + 1);
		ndr_put32(out, l->entries[i].rid);
		ndr_put32(out, l->entries[i].control);
		ndr_put_counted(out, l->entries[i].name);
		for (unsigned j = 0; j < empty; j++)
			ndr_put_counted(out, "");
	}
	for (uint32_t i = 0; i < l->n; i++) {
		ndr_put_counted_text(out, l->entries[i].name);
		for (unsigned j = 0; j < empty; j++)
			ndr_put_counted_text(out, "");
	}
}

uint32_t
samr_query_display_info(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint16_t level = ndr_get16(&c->in);
	uint32_t from = ndr_get32(&c->in), most = ndr_get32(&c->in);
	uint32_t bytes = ndr_get32(&c->in) / ENTRY_BYTES;
	struct list *l = list_new(c, from, most < bytes ? most : bytes);
	nt_status status = STATUS_SUCCESS;
	struct ndr_out *out = &c->out;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	if (!rpc_admits(c, KNOWN_USERS))
		status = STATUS_ACCESS_DENIED;
	else if (level < DISPLAY_USERS || level > DISPLAY_GROUPS)
		status = STATUS_INVALID_INFO_CLASS;
	else if (h->value == SAM_ACCOUNTS && level == DISPLAY_USERS)
		add_users(c, l, NORMAL_ACCOUNT);
	else if (h->value == SAM_ACCOUNTS && level == DISPLAY_GROUPS)
		add_group(l);
	if (l->more)
		status = STATUS_MORE_ENTRIES;
	ndr_put32(out, l->total * ENTRY_BYTES);
	ndr_put32(out, l->n * ENTRY_BYTES);
	ndr_put16(out, level);
	ndr_align(out, 4);
	put_display(out, l, level);
	return lsa_answer(c, status);
}

/* ---- numbers of names ---- */

static uint32_t
rid_of_alias(const char *name)
{
	const struct builtin *b = sid_builtin_aliases;

	while (b->name != NULL && name_casecmp(b->name, name) != 0)
		b++;
	return b->rid;
}

/* What has the name in a domain; rid 0: nothing. */
static struct entry
find_name(const struct rpc_call *c, uint32_t domain, const char *name)
{
	const struct account *a;

	if (domain == SAM_BUILTIN)
		return (struct entry){ rid_of_alias(name), SID_USE_ALIAS, name };
	a = account_find(samr_accounts(c), name);
	if (a != NULL)
		return (struct entry){ a->rid, SID_USE_USER, a->name };
	if (name_casecmp(name, NONE_GROUP) == 0)
		return (struct entry){ RID_NONE_GROUP, SID_USE_GROUP, NONE_GROUP };
	return (struct entry){ 0 };
}

static struct entry
find_rid(const struct rpc_call *c, uint32_t domain, uint32_t rid)
{
	const struct builtin *b = sid_builtin_aliases;
	const struct account *a;

	if (domain == SAM_BUILTIN) {
		while (b->name != NULL && b->rid != rid)
			b++;
		return (struct entry){ b->rid, SID_USE_ALIAS, b->name };
	}
	a = account_find_rid(samr_accounts(c), rid);
	if (a != NULL)
		return (struct entry){ a->rid, SID_USE_USER, a->name };
	if (rid == RID_NONE_GROUP)
		return (struct entry){ RID_NONE_GROUP, SID_USE_GROUP, NONE_GROUP };
	return (struct entry){ 0 };
}

static void
put_array(struct ndr_out *out, const uint32_t *values, uint32_t n)
{
	ndr_put32(out, n);
	ndr_put_pointer(out, n != 0);
	if (n == 0)
		return;
	ndr_put32(out, n);
	for (uint32_t i = 0; i < n; i++)
		ndr_put32(out, values[i]);
}

static nt_status
how_many(uint32_t mapped, uint32_t n)
{
	if (mapped == n)
		return STATUS_SUCCESS;
	return mapped != 0 ? STATUS_SOME_NOT_MAPPED : STATUS_NONE_MAPPED;
}

/* Count, and the head of an array that is as long. */
static uint32_t
get_count(struct ndr_in *in)
{
	uint32_t n = ndr_get32(in), max = ndr_get32(in), offset = ndr_get32(in);

	if (ndr_get32(in) != n || n > max || offset != 0 || n > LOOKUPS_MAX)
		in->bad = true;
	return in->bad ? 0 : n;
}

uint32_t
samr_lookup_names(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint32_t n = get_count(&c->in), mapped = 0, *rids, *uses;
	const char **names = lsa_get_names(c, n);
	struct entry e;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	if (c->in.bad)
		return 0;
	rids = arena_alloc(&c->req->arena, n * sizeof(*rids));
	uses = arena_alloc(&c->req->arena, n * sizeof(*uses));
	for (uint32_t i = 0; i < n; i++) {
		e = find_name(c, h->value, names[i]);
		rids[i] = e.rid;
		uses[i] = e.rid != 0 ? e.control : SID_USE_UNKNOWN;
		mapped += e.rid != 0;
	}
	put_array(&c->out, rids, n);
	put_array(&c->out, uses, n);
	return lsa_answer(c, how_many(mapped, n));
}

static void
put_texts(struct ndr_out *out, const char *const *texts, uint32_t n)
{
	ndr_put32(out, n);
	ndr_put_pointer(out, n != 0);
	if (n == 0)
		return;
	ndr_put32(out, n);
	for (uint32_t i = 0; i < n; i++)
		ndr_put_counted(out, texts[i]);
	for (uint32_t i = 0; i < n; i++)
		ndr_put_counted_text(out, texts[i]);
}

uint32_t
samr_lookup_rids(struct rpc_call *c)
{
	const struct rpc_handle *h = rpc_handle_get(c, HANDLE_SAM_DOMAIN);
	uint32_t n = get_count(&c->in), mapped = 0, *uses;
	const char **names;
	struct entry e;

	if (h == NULL)
		return RPC_FAULT_CONTEXT_MISMATCH;
	uses = arena_alloc(&c->req->arena, n * sizeof(*uses));
	names = arena_alloc(&c->req->arena, n * sizeof(*names));
	for (uint32_t i = 0; i < n; i++) {
		e = find_rid(c, h->value, ndr_get32(&c->in));
		names[i] = e.rid != 0 ? e.name : "";
		uses[i] = e.rid != 0 ? e.control : SID_USE_UNKNOWN;
		mapped += e.rid != 0;
	}
	put_texts(&c->out, names, n);
	put_array(&c->out, uses, n);
	return lsa_answer(c, how_many(mapped, n));
}
