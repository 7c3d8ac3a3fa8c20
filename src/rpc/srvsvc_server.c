/* SPDX-License-Identifier: BSD-2-Clause */

/* The server itself ([MS-SRVS] 2.2.4.40 to 2.2.4.43, 3.1.4.17 to 3.1.4.33). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/charset.h"
#include "base/loop.h"
#include "config/schema.h"
#include "rpc/enum.h"
#include "rpc/srvsvc_calls.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"

/* PLATFORM_ID_NT */
#define PLATFORM_NT 500u

#define NEVER_DISCONNECT 0xFFFFFFFFu
#define UNLIMITED_USERS  0xFFFFFFFFu
#define ANNOUNCE_SECONDS 240u
#define ANNOUNCE_DELTA   3000u

static void
fill_100(struct arena *a, union ndr_value *v, const void *item)
{
	const struct config *conf = item;

	(void)a;
	v[0].u = PLATFORM_NT;
	v[1].s = conf->netbios_name;
}

static void
fill_101(struct arena *a, union ndr_value *v, const void *item)
{
	const struct config *conf = item;

	fill_100(a, v, item);
	v[2].u = SERVER_MAJOR_VERSION;
	v[3].u = SERVER_MINOR_VERSION;
	v[4].u = SERVER_TYPE;
	v[5].s = conf->server_string;
}

static void
fill_102(struct arena *a, union ndr_value *v, const void *item)
{
	const struct config *conf = item;

	fill_101(a, v, item);
	v[6].u = conf->max_connections != 0 ? conf->max_connections : UNLIMITED_USERS;
	v[7].u = conf->deadtime != 0 ? conf->deadtime : NEVER_DISCONNECT;
	v[8].u = 0; /* not hidden */
	v[9].u = ANNOUNCE_SECONDS;
	v[10].u = ANNOUNCE_DELTA;
	v[11].u = 0; /* licenses */
	v[12].s = "C:\\";
}

static const struct rpc_level levels[] = {
	{ 100, ANYBODY, "us", fill_100 },
	{ 101, ANYBODY, "usuuus", fill_101 },
	{ 102, ADMINS, "usuuusuuuuuus", fill_102 },
	{ 502, ADMINS, NULL, fill_100 },
	{ 503, ADMINS, NULL, fill_100 },
	{ 0 },
};

uint32_t
srvsvc_server_get_info(struct rpc_call *c)
{
	uint32_t level;

	ndr_get_unique_string(&c->in);
	level = ndr_get32(&c->in);
	return rpc_info_answer(c, level, levels, c->req->session->set->config, 0);
}

/* A drive name: a string in an array of three characters. */
static void
put_drive(struct ndr_out *out, const char *drive)
{
	size_t n = strlen(drive) + 1;

	ndr_put32(out, 0);
	ndr_put32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		ndr_put16(out, (uint8_t)drive[i]);
}

/* All there is seems to be on one; the list ends with an empty name. */
uint32_t
srvsvc_disk_enum(struct rpc_call *c)
{
	struct ndr_in *in = &c->in;
	struct ndr_out *out = &c->out;
	uint32_t level, error, n;
	bool resumes;

	ndr_get_unique_string(in);
	level = ndr_get32(in);
	ndr_get32(in); /* EntriesRead */
	if (ndr_get32(in) != 0 && (ndr_get32(in) | ndr_get32(in) | ndr_get32(in)) != 0)
		in->bad = true;
	ndr_get32(in); /* PreferedMaximumLength */
	resumes = ndr_get32(in) != 0;
	error = level != 0          ? WIN_UNKNOWN_LEVEL
	    : rpc_admits(c, ADMINS) ? WIN_SUCCESS
				    : WIN_ACCESS_DENIED;
	n = error == WIN_SUCCESS ? 2 : 0;
	ndr_put32(out, n);
	ndr_put_pointer(out, n != 0);
	if (n != 0) {
		ndr_put32(out, n);
		ndr_put32(out, 0);
		ndr_put32(out, n);
		put_drive(out, "C:");
		put_drive(out, "");
	}
	ndr_put32(out, n);
	ndr_put_pointer(out, resumes);
	if (resumes)
		ndr_put32(out, 0);
	ndr_put32(out, error);
	return 0;
}

/* What carries the protocol here: TCP, with NetBIOS before it or not. */
static void
fill_transport_0(struct arena *a, union ndr_value *v, const void *item)
{
	const struct server *s = item;

	(void)a;
	v[0].u = s->nconns;
	v[1].s = "\\Device\\NetbiosSmb";
	v[2].s = s->shares->config->netbios_name;
	v[3].u = (uint32_t)strlen(v[2].s);
	v[4].s = "000000000000";
}

static void
fill_transport_1(struct arena *a, union ndr_value *v, const void *item)
{
	const struct server *s = item;

	fill_transport_0(a, v, item);
	v[5].s = s->shares->config->workgroup;
}

static const struct rpc_level transport_levels[] = {
	{ 0, ADMINS, "usbus", fill_transport_0 },
	{ 1, ADMINS, "usbuss", fill_transport_1 },
	{ 2, ADMINS, NULL, fill_transport_0 },
	{ 3, ADMINS, NULL, fill_transport_0 },
	{ 0 },
};

uint32_t
srvsvc_transport_enum(struct rpc_call *c)
{
	struct rpc_enum e;

	ndr_get_unique_string(&c->in);
	rpc_enum_read(c, &e, transport_levels);
	rpc_enum_add(c, &e, c->req->conn->server);
	return rpc_enum_answer(c, &e);
}

uint32_t
srvsvc_remote_tod(struct rpc_call *c)
{
	struct ndr_out *out = &c->out;
	struct timespec now;
	struct tm tm;

	ndr_get_unique_string(&c->in);
	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	ndr_put_pointer(out, true);
	ndr_put32(out, (uint32_t)now.tv_sec);
	ndr_put32(out, (uint32_t)loop_now_ms());
	ndr_put32(out, (uint32_t)tm.tm_hour);
	ndr_put32(out, (uint32_t)tm.tm_min);
	ndr_put32(out, (uint32_t)tm.tm_sec);
	ndr_put32(out, (uint32_t)(now.tv_nsec / 10000000));
	ndr_put32(out, (uint32_t)(-tm.tm_gmtoff / 60));
	ndr_put32(out, 310); /* of a clock tick, in 0.1 ms */
	ndr_put32(out, (uint32_t)tm.tm_mday);
	ndr_put32(out, (uint32_t)tm.tm_mon + 1);
	ndr_put32(out, (uint32_t)tm.tm_year + 1900);
	ndr_put32(out, (uint32_t)tm.tm_wday);
	ndr_put32(out, WIN_SUCCESS);
	return 0;
}

/* The longest name of each NameType, today and in LAN Manager 2 ([MS-SRVS] 2.2.2.8, 3.1.4.32). */
static const struct {
	uint16_t most, most_lm2;
} name_types[] = {
	[1] = { 256, 20 },  /* user */
	[2] = { 256, 14 },  /* password */
	[3] = { 256, 20 },  /* group */
	[4] = { 259, 15 },  /* computer */
	[5] = { 16, 16 },   /* event */
	[6] = { 15, 15 },   /* domain */
	[7] = { 80, 15 },   /* service */
	[8] = { 259, 15 },  /* net */
	[9] = { 80, 12 },   /* share */
	[10] = { 259, 15 }, /* message */
	[11] = { 259, 15 }, /* message destination */
	[12] = { 8, 8 },    /* share password */
	[13] = { 15, 15 },  /* workgroup */
};

#define NAME_PASSWORD       2
#define NAME_SHARE_PASSWORD 12
#define NAME_LM2            0x80000000u

static bool
is_valid_name(uint32_t type, uint32_t flags, const char *name)
{
	size_t n = utf16le_from_utf8(name, NULL, 0) / 2;
	size_t most = (flags & NAME_LM2) != 0 ? name_types[type].most_lm2 : name_types[type].most;
	const char *p;

	if (n > most)
		return false;
	if (type == NAME_PASSWORD || type == NAME_SHARE_PASSWORD)
		return true;
	for (p = name; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || strchr("\"/\\[]:|<>+=;,?*", *p) != NULL)
			return false;
	}
	return n > 0;
}

uint32_t
srvsvc_name_validate(struct rpc_call *c)
{
	uint32_t type, flags, error = WIN_SUCCESS;
	const char *name;

	ndr_get_unique_string(&c->in);
	name = ndr_get_string(&c->in);
	type = ndr_get32(&c->in);
	flags = ndr_get32(&c->in);
	if (type == 0 || type >= sizeof(name_types) / sizeof(name_types[0]) ||
	    (flags & ~NAME_LM2) != 0)
		error = WIN_INVALID_PARAMETER;
	else if (!is_valid_name(type, flags, name))
		error = WIN_INVALID_NAME;
	ndr_put32(&c->out, error);
	return 0;
}

/* Devices like modems and plotters, and queues for them: LAN Manager's, and none of Windows NT. */
static void
fill_nothing(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	(void)v;
	(void)item;
}

static const struct rpc_level no_levels[] = {
	{ 0, ANYBODY, NULL, fill_nothing },
	{ 1, ANYBODY, NULL, fill_nothing },
	{ 0 },
};

static uint32_t
refuse_enum(struct rpc_call *c)
{
	struct rpc_enum e;

	rpc_enum_read(c, &e, no_levels);
	e.error = WIN_NOT_SUPPORTED;
	return rpc_enum_answer(c, &e);
}

uint32_t
srvsvc_char_dev_enum(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in);
	return refuse_enum(c);
}

uint32_t
srvsvc_char_dev_q_enum(struct rpc_call *c)
{
	ndr_get_unique_string(&c->in);
	ndr_get_unique_string(&c->in); /* UserName */
	return refuse_enum(c);
}
