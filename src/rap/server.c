/* SPDX-License-Identifier: BSD-2-Clause */

/* The server, its time, and the servers it knows ([MS-RAP] 2.5.5, 2.5.9, 3.2.5.11 to 3.2.5.15). */
#include <string.h>
#include <time.h>

#include "base/charset.h"
#include "base/loop.h"
#include "config/schema.h"
#include "rap/call.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

/* Kinds of servers asked for that are none ([MS-RAP] 2.5.5.2.1) */
#define TYPE_LOCAL_LIST 0x40000000u
#define TYPE_DOMAINS    0x80000000u
#define TYPE_ALL        0xFFFFFFFFu

#define USER_SECURITY  1u
#define ANNOUNCE       240u
#define ANNOUNCE_DELTA 3000u
#define NEVER          0xFFFFu

struct named_server {
	const char *name, *comment;
	uint32_t type;
};

static void
fill_name(struct arena *a, union rap_value *v, const void *item)
{
	const struct named_server *s = item;

	(void)a;
	v[0].s = s->name;
}

static void
fill_named(struct arena *a, union rap_value *v, const void *item)
{
	const struct named_server *s = item;

	fill_name(a, v, item);
	v[1].u = SERVER_MAJOR_VERSION;
	v[2].u = SERVER_MINOR_VERSION;
	v[3].u = s->type;
	v[4].s = s->comment;
}

static const struct rap_level list_levels[] = {
	{ 0, ANYBODY, "B16", fill_name },
	{ 1, ANYBODY, "B16BBDz", fill_named },
	{ 0 },
};

static bool
is_behind(const char *name, const char *first)
{
	return first == NULL || name_casecmp(name, first) >= 0;
}

/* Clients that logged on at a server without a domain take its name for that of one. */
static bool
is_ours(const struct config *conf, const char *domain)
{
	return domain == NULL || domain[0] == '\0' || name_casecmp(domain, conf->workgroup) == 0 ||
	    name_casecmp(domain, conf->netbios_name) == 0;
}

/*
 * This server and its workgroup are what is known. Who sets every bit wants servers, and who sets
 * only that of the local list wants all of that.
 */
static void
list(struct rap_call *c, const char *first)
{
	const struct config *conf = c->req->session->set->config;
	const char *domain = c->strings[0];
	uint32_t wanted = c->numbers[1];
	const struct named_server self = { conf->netbios_name, conf->server_string, SERVER_TYPE };
	const struct named_server group = { conf->workgroup, "", TYPE_DOMAINS };

	if (wanted == TYPE_LOCAL_LIST)
		wanted = TYPE_ALL;
	if (wanted != TYPE_ALL && (wanted & TYPE_DOMAINS) != 0) {
		if (is_behind(group.name, first))
			rap_add(c, &group);
		return;
	}
	if (!is_ours(conf, domain))
		return;
	if ((wanted & self.type) != 0 && is_behind(self.name, first))
		rap_add(c, &self);
}

static void
enumerate2(struct rap_call *c)
{
	list(c, NULL);
}

static void
enumerate3(struct rap_call *c)
{
	list(c, c->strings[1]);
}

static void
fill_0(struct arena *a, union rap_value *v, const void *item)
{
	const struct server *s = item;

	(void)a;
	v[0].s = s->shares->config->netbios_name;
}

static void
fill_1(struct arena *a, union rap_value *v, const void *item)
{
	const struct config *conf = ((const struct server *)item)->shares->config;

	fill_0(a, v, item);
	v[1].u = SERVER_MAJOR_VERSION;
	v[2].u = SERVER_MINOR_VERSION;
	v[3].u = SERVER_TYPE;
	v[4].s = conf->server_string;
}

/*
 * sv2_*: from the dates at which lists of users changed, which are not kept, to limits of LAN
 * Manager. What nothing here corresponds to is 0.
 */
static void
fill_2(struct arena *a, union rap_value *v, const void *item)
{
	const struct server *s = item;
	const struct config *conf = s->shares->config;

	fill_1(a, v, item);
	v[8].u = conf->max_connections != 0 ? conf->max_connections : NEVER;
	v[9].u = conf->deadtime != 0 ? conf->deadtime : NEVER;
	v[10].s = "";
	v[11].u = conf->security == SECURITY_USER ? USER_SECURITY : 0;
	v[13].u = (uint32_t)conf->admin_users.count;
	v[16].u = ANNOUNCE;
	v[17].u = ANNOUNCE_DELTA;
	v[18].s = conf->guest_account;
	v[20].s = "";
	v[24].u = conf->max_connections != 0 ? conf->max_connections : NEVER;
	v[25].u = (uint32_t)s->shares->nshares;
	v[26].u = s->max_files < NEVER ? s->max_files : NEVER;
	v[27].u = conf->max_open_files < NEVER ? conf->max_open_files : NEVER;
	v[43].s = "";
}

static void
fill_3(struct arena *a, union rap_value *v, const void *item)
{
	fill_2(a, v, item);
	v[46].s = "";
}

#define SHAPE_2 "B16BBDzDDDWWzWWWWWWWB21BzWWWWWWWWWWWWWWWWWWWWWWz"
static const struct rap_level levels[] = {
	{ 0, ANYBODY, "B16", fill_0 },
	{ 1, ANYBODY, "B16BBDz", fill_1 },
	{ 2, ADMINS, SHAPE_2, fill_2 },
	{ 3, ADMINS, SHAPE_2 "DWz", fill_3 },
	{ 0 },
};

static void
get_info(struct rap_call *c)
{
	rap_add(c, c->req->conn->server);
}

static void
fill_time(struct arena *a, union rap_value *v, const void *item)
{
	const struct timespec *now = item;
	struct tm tm;

	(void)a;
	localtime_r(&now->tv_sec, &tm);
	v[0].u = (uint32_t)now->tv_sec;
	v[1].u = (uint32_t)loop_now_ms();
	v[2].u = (uint32_t)tm.tm_hour;
	v[3].u = (uint32_t)tm.tm_min;
	v[4].u = (uint32_t)tm.tm_sec;
	v[5].u = (uint32_t)(now->tv_nsec / 10000000);
	v[6].u = (uint32_t)(-tm.tm_gmtoff / 60);
	v[7].u = 310; /* of a clock tick, in 0.1 ms */
	v[8].u = (uint32_t)tm.tm_mday;
	v[9].u = (uint32_t)tm.tm_mon + 1;
	v[10].u = (uint32_t)tm.tm_year + 1900;
	v[11].u = (uint32_t)tm.tm_wday;
}

static const struct rap_level time_levels[] = {
	{ 0, ANYBODY, "DDBBBBWWBBWB", fill_time },
	{ 0 },
};

static void
get_time(struct rap_call *c)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	rap_add(c, &now);
}

const struct rap_function rap_of_server[] = {
	{ 13, ANYBODY, "WrLh", 0, levels, get_info },             /* NetServerGetInfo */
	{ 91, ANYBODY, "rL", 0, time_levels, get_time },          /* NetRemoteTOD */
	{ 104, ANYBODY, "WrLehDz", 0, list_levels, enumerate2 },  /* NetServerEnum2 */
	{ 215, ANYBODY, "WrLehDzz", 0, list_levels, enumerate3 }, /* NetServerEnum3 */
	{ 0 },
};
