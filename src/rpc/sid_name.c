/* SPDX-License-Identifier: BSD-2-Clause */
#include "rpc/sid_name.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <string.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "config/schema.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

#define RECORD_FIRST 1024u
#define RECORD_MAX   (256u << 10)
#define NAME_MAX_LEN 255u

#define NT_AUTHORITY "NT AUTHORITY"
#define BUILTIN_NAME "BUILTIN"
#define UNIX_USER    "Unix User"
#define UNIX_GROUP   "Unix Group"
#define NONE_GROUP   "None"

const struct sid sid_builtin = { 1, SID_AUTHORITY_NT, { 32 } };

const struct builtin sid_builtin_aliases[] = {
	{ 544, "Administrators" },
	{ 545, "Users" },
	{ 546, "Guests" },
	{ 547, "Power Users" },
	{ 550, "Print Operators" },
	{ 551, "Backup Operators" },
	{ 0, NULL },
};

/* [MS-DTYP] 2.4.2.4. Those of one domain have it in front of their last number. */
static const struct known {
	const char *name, *domain;
	struct sid sid;
} known[] = {
	{ "Everyone", "", { 1, SID_AUTHORITY_WORLD, { 0 } } },
	{ "LOCAL", "", { 1, 2, { 0 } } },
	{ "CREATOR OWNER", "", { 1, SID_AUTHORITY_CREATOR, { 0 } } },
	{ "CREATOR GROUP", "", { 1, SID_AUTHORITY_CREATOR, { 1 } } },
	{ "OWNER RIGHTS", "", { 1, SID_AUTHORITY_CREATOR, { 4 } } },
	{ "DIALUP", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 1 } } },
	{ "NETWORK", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 2 } } },
	{ "BATCH", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 3 } } },
	{ "INTERACTIVE", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 4 } } },
	{ "SERVICE", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 6 } } },
	{ "ANONYMOUS LOGON", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 7 } } },
	{ "PROXY", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 8 } } },
	{ "ENTERPRISE DOMAIN CONTROLLERS", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 9 } } },
	{ "SELF", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 10 } } },
	{ "Authenticated Users", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 11 } } },
	{ "RESTRICTED", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 12 } } },
	{ "TERMINAL SERVER USER", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 13 } } },
	{ "REMOTE INTERACTIVE LOGON", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 14 } } },
	{ "SYSTEM", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 18 } } },
	{ "LOCAL SERVICE", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 19 } } },
	{ "NETWORK SERVICE", NT_AUTHORITY, { 1, SID_AUTHORITY_NT, { 20 } } },
};

#define KNOWN (sizeof(known) / sizeof(known[0]))

void
sid_names_init(struct sid_names *n, const struct session *s)
{
	*n = (struct sid_names){
		.accounts = s->set->accounts,
		.server = s->set->config->netbios_name,
		.sid = s->conn->server->domain,
	};
}

static struct sid
above(const struct sid *sid)
{
	struct sid up = *sid;

	if (up.nsubs > 0)
		up.sub[--up.nsubs] = 0;
	return up;
}

static bool
is_below(const struct sid *sid, const struct sid *domain)
{
	const struct sid up = above(sid);

	return sid->nsubs == domain->nsubs + 1 && sid_equal(&up, domain);
}

struct sid
sid_of_rid(const struct sid_names *n, uint32_t rid)
{
	struct sid sid = n->sid;

	sid.sub[sid.nsubs++] = rid;
	return sid;
}

bool
sid_to_rid(const struct sid_names *n, const struct sid *sid, uint32_t *rid)
{
	if (!is_below(sid, &n->sid))
		return false;
	*rid = sid->sub[sid->nsubs - 1];
	return true;
}

const char *
sid_text(struct arena *a, const struct sid *sid)
{
	const char *text = arena_printf(a, "S-1-%" PRIu64, sid->authority);

	for (unsigned i = 0; i < sid->nsubs; i++)
		text = arena_printf(a, "%s-%" PRIu32, text, sid->sub[i]);
	return text;
}

/* ---- the name service ---- */

/* Either of a call's reentrant forms: a larger record until it is enough. */
static const char *
user_name(struct arena *a, uint32_t uid)
{
	struct passwd pw, *found = NULL;
	size_t size = RECORD_FIRST;

	while (getpwuid_r(uid, &pw, arena_alloc_raw(a, size), size, &found) == ERANGE &&
	    size < RECORD_MAX)
		size *= 4;
	return found != NULL ? found->pw_name : NULL;
}

static const char *
group_name(struct arena *a, uint32_t gid)
{
	struct group gr, *found = NULL;
	size_t size = RECORD_FIRST;

	while (getgrgid_r(gid, &gr, arena_alloc_raw(a, size), size, &found) == ERANGE &&
	    size < RECORD_MAX)
		size *= 4;
	return found != NULL ? found->gr_name : NULL;
}

static bool
user_id(struct arena *a, const char *name, uint32_t *uid)
{
	struct passwd pw, *found = NULL;
	size_t size = RECORD_FIRST;

	while (getpwnam_r(name, &pw, arena_alloc_raw(a, size), size, &found) == ERANGE &&
	    size < RECORD_MAX)
		size *= 4;
	if (found != NULL)
		*uid = found->pw_uid;
	return found != NULL;
}

static bool
group_id(struct arena *a, const char *name, uint32_t *gid)
{
	struct group gr, *found = NULL;
	size_t size = RECORD_FIRST;

	while (getgrnam_r(name, &gr, arena_alloc_raw(a, size), size, &found) == ERANGE &&
	    size < RECORD_MAX)
		size *= 4;
	if (found != NULL)
		*gid = found->gr_gid;
	return found != NULL;
}

/* ---- of a SID ---- */

static void
set(struct sid_name *to, enum sid_use use, const char *domain, const char *name)
{
	to->use = use;
	to->domain = domain;
	to->name = name;
	to->domain_sid = use == SID_USE_DOMAIN ? to->sid : above(&to->sid);
}

static void
of_known(struct sid_name *of)
{
	for (size_t i = 0; i < KNOWN && of->use == SID_USE_UNKNOWN; i++) {
		if (sid_equal(&of->sid, &known[i].sid))
			set(of, SID_USE_WELL_KNOWN, known[i].domain, known[i].name);
	}
}

static void
of_builtin(struct sid_name *of)
{
	const struct builtin *b = sid_builtin_aliases;

	if (!is_below(&of->sid, &sid_builtin))
		return;
	while (b->name != NULL && b->rid != of->sid.sub[1])
		b++;
	if (b->name != NULL)
		set(of, SID_USE_ALIAS, BUILTIN_NAME, b->name);
}

/* The name alone is kept: a group's record may be long, and be asked for again and again. */
static void
of_unix(struct arena *a, struct sid_name *of)
{
	struct arena record;
	const char *name;
	uint32_t id;

	arena_init(&record);
	if (sid_to_unix(&of->sid, SID_UNIX_USERS, &id)) {
		name = user_name(&record, id);
		if (name != NULL)
			set(of, SID_USE_USER, UNIX_USER, arena_strdup(a, name));
	} else if (sid_to_unix(&of->sid, SID_UNIX_GROUPS, &id)) {
		name = group_name(&record, id);
		if (name != NULL)
			set(of, SID_USE_GROUP, UNIX_GROUP, arena_strdup(a, name));
	}
	arena_clear(&record);
}

static void
of_rid(const struct sid_names *n, struct sid_name *of)
{
	const struct account *account;
	uint32_t rid;

	if (!sid_to_rid(n, &of->sid, &rid))
		return;
	account = account_find_rid(n->accounts, rid);
	if (account != NULL)
		set(of, SID_USE_USER, n->server, account->name);
	else if (rid == RID_NONE_GROUP)
		set(of, SID_USE_GROUP, n->server, NONE_GROUP);
}

/* A row per domain that names are in. */
struct domain {
	const char *name;
	struct sid sid;
};
#define DOMAINS 5

static void
domains_of(const struct sid_names *n, struct domain out[DOMAINS])
{
	out[0] = (struct domain){ n->server, n->sid };
	out[1] = (struct domain){ BUILTIN_NAME, sid_builtin };
	out[2] = (struct domain){ NT_AUTHORITY, { 0, SID_AUTHORITY_NT, { 0 } } };
	out[3] = (struct domain){ UNIX_USER, { 1, SID_AUTHORITY_UNIX, { SID_UNIX_USERS } } };
	out[4] = (struct domain){ UNIX_GROUP, { 1, SID_AUTHORITY_UNIX, { SID_UNIX_GROUPS } } };
}

static void
of_domain(const struct sid_names *n, struct sid_name *of)
{
	struct domain domains[DOMAINS];

	domains_of(n, domains);
	for (int i = 0; i < DOMAINS && of->use == SID_USE_UNKNOWN; i++) {
		if (sid_equal(&of->sid, &domains[i].sid))
			set(of, SID_USE_DOMAIN, domains[i].name, "");
	}
}

void
sid_name_complete(const struct sid_names *n, struct arena *a, struct sid_name *of)
{
	of->use = SID_USE_UNKNOWN;
	of_known(of);
	if (of->use == SID_USE_UNKNOWN)
		of_domain(n, of);
	if (of->use == SID_USE_UNKNOWN)
		of_builtin(of);
	if (of->use == SID_USE_UNKNOWN)
		of_rid(n, of);
	if (of->use == SID_USE_UNKNOWN && n->nss)
		of_unix(a, of);
}

/* ---- of a name ---- */

/* A domain the client names, or NULL, and the name in it. */
struct asked {
	const char *domain, *name;
};

static bool
may_be_in(const struct asked *q, const char *domain)
{
	return q->domain == NULL || name_casecmp(q->domain, domain) == 0;
}

static void
find_domain(const struct sid_names *n, const struct asked *q, struct sid_name *out)
{
	struct domain domains[DOMAINS];
	const char *name = q->name[0] == '\0' && q->domain != NULL ? q->domain : q->name;

	if (q->domain != NULL && q->name[0] != '\0')
		return;
	domains_of(n, domains);
	for (int i = 0; i < DOMAINS && out->use == SID_USE_UNKNOWN; i++) {
		if (name_casecmp(name, domains[i].name) != 0)
			continue;
		out->sid = domains[i].sid;
		set(out, SID_USE_DOMAIN, domains[i].name, "");
	}
}

static void
find_known(const struct asked *q, struct sid_name *out)
{
	for (size_t i = 0; i < KNOWN && out->use == SID_USE_UNKNOWN; i++) {
		if (!may_be_in(q, known[i].domain) || name_casecmp(q->name, known[i].name) != 0)
			continue;
		out->sid = known[i].sid;
		set(out, SID_USE_WELL_KNOWN, known[i].domain, known[i].name);
	}
	for (const struct builtin *b = sid_builtin_aliases;
	     b->name != NULL && out->use == SID_USE_UNKNOWN && may_be_in(q, BUILTIN_NAME); b++) {
		if (name_casecmp(q->name, b->name) != 0)
			continue;
		out->sid = sid_builtin;
		out->sid.sub[out->sid.nsubs++] = b->rid;
		set(out, SID_USE_ALIAS, BUILTIN_NAME, b->name);
	}
}

static void
find_account(const struct sid_names *n, const struct asked *q, struct sid_name *out)
{
	const struct account *account;

	if (!may_be_in(q, n->server))
		return;
	account = account_find(n->accounts, q->name);
	if (account != NULL) {
		out->sid = sid_of_rid(n, account->rid);
		set(out, SID_USE_USER, n->server, account->name);
	} else if (name_casecmp(q->name, NONE_GROUP) == 0) {
		out->sid = sid_of_rid(n, RID_NONE_GROUP);
		set(out, SID_USE_GROUP, n->server, NONE_GROUP);
	}
}

static void
find_unix(const struct asked *q, struct sid_name *out)
{
	struct arena record;
	uint32_t id;

	arena_init(&record);
	if (may_be_in(q, UNIX_USER) && user_id(&record, q->name, &id)) {
		out->sid = sid_of_unix(SID_UNIX_USERS, id);
		set(out, SID_USE_USER, UNIX_USER, q->name);
	} else if (may_be_in(q, UNIX_GROUP) && group_id(&record, q->name, &id)) {
		out->sid = sid_of_unix(SID_UNIX_GROUPS, id);
		set(out, SID_USE_GROUP, UNIX_GROUP, q->name);
	}
	arena_clear(&record);
}

void
sid_name_find(const struct sid_names *n, struct arena *a, const char *text, struct sid_name *out)
{
	const char *slash = strchr(text, '\\');
	struct asked q = { NULL, text };

	if (slash != NULL) {
		q.domain = arena_strndup(a, text, (size_t)(slash - text));
		q.name = slash + 1;
	}
	out->use = SID_USE_UNKNOWN;
	if (text[0] == '\0')
		q.name = BUILTIN_NAME; /* as Windows answers */
	if (strlen(text) > NAME_MAX_LEN)
		return;
	find_domain(n, &q, out);
	if (q.name[0] == '\0')
		return;
	if (out->use == SID_USE_UNKNOWN)
		find_known(&q, out);
	if (out->use == SID_USE_UNKNOWN)
		find_account(n, &q, out);
	if (out->use == SID_USE_UNKNOWN && n->nss)
		find_unix(&q, out);
}
