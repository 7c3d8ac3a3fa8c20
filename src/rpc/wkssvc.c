/* SPDX-License-Identifier: BSD-2-Clause */

/* wkssvc: the machine as a workstation ([MS-WKST]). */
#include "config/schema.h"
#include "rpc/enum.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

#define PLATFORM_NT 500u

static void
fill_100(struct arena *a, union ndr_value *v, const void *item)
{
	const struct config *conf = item;

	(void)a;
	v[0].u = PLATFORM_NT;
	v[1].s = conf->netbios_name;
	v[2].s = conf->workgroup;
	v[3].u = SERVER_MAJOR_VERSION;
	v[4].u = SERVER_MINOR_VERSION;
}

static void
fill_101(struct arena *a, union ndr_value *v, const void *item)
{
	fill_100(a, v, item);
	v[5].s = ""; /* of LAN Manager's directory */
}

/* Nobody is logged on at it. */
static void
fill_102(struct arena *a, union ndr_value *v, const void *item)
{
	fill_101(a, v, item);
	v[6].u = 0;
}

static const struct rpc_level levels[] = {
	{ 100, ANYBODY, "ussuu", fill_100 },
	{ 101, KNOWN_USERS, "ussuus", fill_101 },
	{ 102, ADMINS, "ussuusu", fill_102 },
	{ 502, ADMINS, NULL, fill_100 },
	{ 0 },
};

static uint32_t
wksta_get_info(struct rpc_call *c)
{
	uint32_t level;

	ndr_get_unique_string(&c->in);
	level = ndr_get32(&c->in);
	return rpc_info_answer(c, level, levels, c->req->session->set->config, 0);
}

static void
fill_user(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	(void)v;
	(void)item;
}

static const struct rpc_level user_levels[] = {
	{ 0, ADMINS, "s", fill_user },
	{ 1, ADMINS, "ssss", fill_user },
	{ 0 },
};

/* Users at the machine itself: none. */
static uint32_t
wksta_enum_users(struct rpc_call *c)
{
	struct rpc_enum e;

	ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, user_levels);
	return rpc_enum_answer(c, &e);
}

static void
fill_transport(struct arena *a, union ndr_value *v, const void *item)
{
	const struct server *s = item;

	(void)a;
	v[0].u = 0xFFFF; /* quality of service */
	v[1].u = s->nconns;
	v[2].s = "\\Device\\NetbiosSmb";
	v[3].s = "000000000000";
	v[4].u = 0x400; /* it is routed */
}

static const struct rpc_level transport_levels[] = {
	{ 0, KNOWN_USERS, "uussu", fill_transport },
	{ 0 },
};

static uint32_t
wksta_transport_enum(struct rpc_call *c)
{
	struct rpc_enum e;

	ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, transport_levels);
	rpc_enum_add(c, &e, c->req->conn->server);
	return rpc_enum_answer(c, &e);
}

/* NetSetupWorkgroupName */
#define IN_A_WORKGROUP 2

static uint32_t
get_join_information(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in); /* ServerName */
	ndr_get_unique_string(&c->in); /* where the name will be */
	ndr_put_pointer(&c->out, true);
	ndr_put_string(&c->out, c->req->session->set->config->workgroup);
	ndr_put16(&c->out, IN_A_WORKGROUP);
	ndr_put32(&c->out, WIN_SUCCESS);
	return 0;
}

static const struct rpc_operation operations[] = {
	[0] = { "NetrWkstaGetInfo", wksta_get_info },
	[2] = { "NetrWkstaUserEnum", wksta_enum_users },
	[5] = { "NetrWkstaTransportEnum", wksta_transport_enum },
	[20] = { "NetrGetJoinInformation", get_join_information },
};

const struct rpc_interface rpc_wkssvc = {
	.name = "wkssvc",
	.uuid = { 0x6BFFD098, 0xA112, 0x3610, { 0x98, 0x33, 0x46, 0xC3, 0xF8, 0x7E, 0x34, 0x5A } },
	.major = 1,
	.operations = operations,
	.count = sizeof(operations) / sizeof(operations[0]),
};
