/* SPDX-License-Identifier: BSD-2-Clause */

/* Users, and the machine as a workstation they log on at ([MS-RAP] 2.5.8, 3.2.5.16, and LAN
 * Manager's NetUser and NetWksta calls). */
#include <string.h>
#include <time.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "config/schema.h"
#include "rap/call.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

/* USER_PRIV_*, UF_* */
#define PRIV_GUEST    0u
#define PRIV_USER     1u
#define PRIV_ADMIN    2u
#define FLAG_SCRIPT   0x01u
#define FLAG_DISABLED 0x02u

/* Of times and of sizes */
#define NEVER     0xFFFFFFFFu
#define UNLIMITED 0xFFFFFFFFu

#define HOURS_OF_A_WEEK 168u
#define HOURS_BYTES     21

struct user {
	const struct account *account;
	uint32_t priv;
	const char *server; /* "\\SMB1D" */
};

static uint32_t
priv_of(const struct session *s)
{
	if (s->guest || s->anonymous)
		return PRIV_GUEST;
	return share_set_is_admin(s->set, s) ? PRIV_ADMIN : PRIV_USER;
}

static uint32_t
password_age(const struct account *account)
{
	time_t now = time(NULL);

	return now > account->changed ? (uint32_t)(now - account->changed) : 0;
}

static const char *
server_of(struct rap_call *c)
{
	return arena_printf(&c->req->arena, "\\\\%s", c->req->session->set->config->netbios_name);
}

/* Any hour will do. */
static const char *
all_hours(struct arena *a)
{
	char *hours = arena_alloc(a, HOURS_BYTES);

	memset(hours, 0xFF, HOURS_BYTES);
	return hours;
}

static void
fill_0(struct arena *a, union rap_value *v, const void *item)
{
	const struct user *u = item;

	(void)a;
	v[0].s = u->account->name;
}

/* Accounts have no more than a name and a password here, and that is nobody's to see. */
static void
fill_1(struct arena *a, union rap_value *v, const void *item)
{
	const struct user *u = item;

	fill_0(a, v, item);
	v[3].u = password_age(u->account);
	v[4].u = u->priv;
	v[5].s = "";
	v[6].s = "";
	v[7].u = FLAG_SCRIPT | (u->account->disabled ? FLAG_DISABLED : 0);
	v[8].s = "";
}

static void
fill_2(struct arena *a, union rap_value *v, const void *item)
{
	const struct user *u = item;

	fill_1(a, v, item);
	v[10].s = u->account->name;
	v[11].s = "";
	v[12].s = "";
	v[13].s = "";
	v[16].u = NEVER;
	v[17].u = UNLIMITED;
	v[18].u = HOURS_OF_A_WEEK;
	v[19].s = all_hours(a);
	v[20].u = UINT16_MAX; /* how often a password was wrong is not kept, nor how often not */
	v[21].u = UINT16_MAX;
	v[22].s = u->server;
}

static void
fill_10(struct arena *a, union rap_value *v, const void *item)
{
	const struct user *u = item;

	fill_0(a, v, item);
	v[2].s = "";
	v[3].s = "";
	v[4].s = u->account->name;
}

static void
fill_11(struct arena *a, union rap_value *v, const void *item)
{
	const struct user *u = item;

	fill_10(a, v, item);
	v[5].u = u->priv;
	v[7].u = password_age(u->account);
	v[8].s = "";
	v[9].s = "";
	v[12].u = UINT16_MAX;
	v[13].u = UINT16_MAX;
	v[14].s = u->server;
	v[16].s = "";
	v[17].u = UNLIMITED;
	v[18].u = HOURS_OF_A_WEEK;
	v[19].s = all_hours(a);
}

static const struct rap_level levels[] = {
	{ 0, ANYBODY, "B21", fill_0 },
	{ 1, ANYBODY, "B21BB16DWzzWz", fill_1 },
	{ 2, ANYBODY, "B21BB16DWzzWzDzzzzDDDDWb21WWzWW", fill_2 },
	{ 10, ANYBODY, "B21Bzzz", fill_10 },
	{ 11, ANYBODY, "B21BzzzWDDzzDDWWzWzDWb21W", fill_11 },
	{ 0 },
};

/* The longest name there is room for. */
#define NAME_MAX_BYTES 20u

static const struct rap_level list_levels[] = {
	{ 0, KNOWN_USERS, "B21", fill_0 },
	{ 0 },
};

static void
enumerate(struct rap_call *c)
{
	struct user u = { 0 };
	size_t pos = 0;

	while ((u.account = account_next(c->req->session->set->accounts, &pos)) != NULL) {
		if (rap_length(c, u.account->name) <= NAME_MAX_BYTES)
			rap_add(c, &u);
	}
}

/* Each his own; an administrator anybody's. */
static const struct account *
find_account(struct rap_call *c)
{
	const struct session *s = c->req->session;
	const char *name = c->strings[0];
	const struct account *account;

	if (name == NULL || name[0] == '\0') {
		c->error = RAP_INVALID_PARAMETER;
		return NULL;
	}
	if (name_casecmp(name, session_user(s)) != 0 && !asker_admitted(s, ADMINS)) {
		c->error = RAP_ACCESS_DENIED;
		return NULL;
	}
	account = account_find(s->set->accounts, name);
	if (account == NULL)
		c->error = RAP_USER_NOT_FOUND;
	return account;
}

/* As if he had logged on; groups are known of those who have. */
static uint32_t
priv_of_account(const struct rap_call *c, const struct account *account)
{
	const struct session *s = c->req->session;
	const struct session other = { .set = s->set, .user = account->name };

	return priv_of(name_casecmp(account->name, session_user(s)) == 0 ? s : &other);
}

static void
get_info(struct rap_call *c)
{
	struct user u = { .account = find_account(c) };

	if (u.account == NULL)
		return;
	u.priv = priv_of_account(c, u.account);
	u.server = server_of(c);
	rap_add(c, &u);
}

/* LAN Manager's own groups. */
static void
fill_group(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	v[0].s = item;
}

static const struct rap_level group_levels[] = {
	{ 0, ANYBODY, "B21", fill_group },
	{ 0 },
};

static void
get_groups(struct rap_call *c)
{
	static const char *const names[] = {
		[PRIV_GUEST] = "GUESTS",
		[PRIV_USER] = "USERS",
		[PRIV_ADMIN] = "ADMINS",
	};
	const struct account *account = find_account(c);

	if (account != NULL)
		rap_add(c, names[priv_of_account(c, account)]);
}

/* ---- the workstation ---- */

static void
fill_workstation(struct arena *a, union rap_value *v, const void *item)
{
	const struct session *s = item;
	const struct config *conf = s->set->config;

	(void)a;
	v[0].s = conf->netbios_name;
	v[1].s = session_user(s);
	v[2].s = conf->workgroup;
	v[3].u = SERVER_MAJOR_VERSION;
	v[4].u = SERVER_MINOR_VERSION;
	v[5].s = conf->workgroup;
	v[6].s = "";
}

static const struct rap_level workstation_levels[] = {
	{ 10, ANYBODY, "zzzBBzz", fill_workstation },
	{ 0 },
};

static void
get_workstation(struct rap_call *c)
{
	rap_add(c, c->req->session);
}

struct logon_told {
	const struct session *session;
	const char *server;
};

static void
fill_logon(struct arena *a, union rap_value *v, const void *item)
{
	const struct logon_told *l = item;

	(void)a;
	v[1].s = session_user(l->session);
	v[3].u = priv_of(l->session);
	v[8].u = NEVER; /* last logoff */
	v[9].u = NEVER;
	v[10].u = NEVER;
	v[13].u = NEVER; /* the password must change */
	v[14].s = l->server;
	v[15].s = l->session->set->config->workgroup;
	v[16].s = "";
}

static const struct rap_level logon_levels[] = {
	{ 1, ANYBODY, "WB21BWDWWDDDDDDDzzzD", fill_logon },
	{ 0 },
};

/*
 * Windows 95 logs a user on at a domain: it has a session of his, and asks what there is to know.
 * Of the 54 bytes the first 21 are his name.
 */
static void
log_on(struct rap_call *c)
{
	const struct logon_told l = { c->req->session, server_of(c) };
	struct reader r;
	const char *name;

	rd_init(&r, c->bytes, c->nbytes);
	r.arena = &c->req->arena;
	r.oem = c->req->reply.oem;
	name = rd_string_oem(&r);
	if (l.session->anonymous || name_casecmp(name, session_user(l.session)) != 0)
		c->error = RAP_ACCESS_DENIED;
	else
		rap_add(c, &l);
}

/* A code, which is success, how long it was, and how often he is logged on still: not kept. */
static void
fill_logoff(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	v[1].u = session_seconds(item);
}

static const struct rap_level logoff_levels[] = {
	{ 1, ANYBODY, "WDW", fill_logoff },
	{ 0 },
};

static void
log_off(struct rap_call *c)
{
	rap_add(c, c->req->session);
}

/* ---- rights ---- */

/* What a path is open to is in security descriptors, never in LAN Manager's lists. */
static void
get_access(struct rap_call *c)
{
	if (c->strings[0] == NULL || c->strings[0][0] == '\0')
		c->error = RAP_INVALID_PARAMETER;
	else
		c->error = RAP_RESOURCE_NOT_FOUND;
}

const struct rap_function rap_of_users[] = {
	{ 43, ADMINS, "zWrLh", 0, NULL, get_access },                    /* NetAccessGetInfo */
	{ 53, ANYBODY, "WrLeh", 0, list_levels, enumerate },             /* NetUserEnum */
	{ 56, ANYBODY, "zWrLh", 0, levels, get_info },                   /* NetUserGetInfo */
	{ 59, ANYBODY, "zWrLeh", 0, group_levels, get_groups },          /* NetUserGetGroups */
	{ 63, ANYBODY, "WrLh", 0, workstation_levels, get_workstation }, /* NetWkstaGetInfo */
	{ 132, ANYBODY, "OOWb54WrLh", 0, logon_levels, log_on },         /* NetWkstaUserLogon */
	{ 133, ANYBODY, "zzWb38WrLh", 0, logoff_levels, log_off },       /* NetWkstaUserLogoff */
	{ 0 },
};
