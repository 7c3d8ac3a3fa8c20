/* SPDX-License-Identifier: BSD-2-Clause */

/* Shares ([MS-SRVS] 2.2.4.22 to 2.2.4.31, 3.1.4.8, 3.1.4.9, 3.1.4.10, 3.1.4.13). */
#include "base/charset.h"
#include "rpc/enum.h"
#include "rpc/srvsvc_calls.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

static void
fill_0(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	v[0].s = share_name(item);
}

static void
fill_1(struct arena *a, union ndr_value *v, const void *item)
{
	v[0].s = share_name(item);
	v[1].u = share_type(item);
	v[2].s = share_comment(a, item);
}

/* Permissions, which only share-level security has, and the password are nobody's to see. */
static void
fill_2(struct arena *a, union ndr_value *v, const void *item)
{
	const struct share *sh = item;

	fill_1(a, v, item);
	v[4].u = share_max_uses(sh);
	v[5].u = sh->count->connections;
	v[6].s = share_path(a, sh);
}

/* Flags: nothing is cached by clients that are not there (CSC_CACHE_MANUAL_REINT). */
static void
fill_501(struct arena *a, union ndr_value *v, const void *item)
{
	fill_1(a, v, item);
}

static void
fill_1004(struct arena *a, union ndr_value *v, const void *item)
{
	v[0].s = share_comment(a, item);
}

static void
fill_1005(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	(void)v;
	(void)item;
}

static void
fill_1006(struct arena *a, union ndr_value *v, const void *item)
{
	(void)a;
	v[0].u = share_max_uses(item);
}

/* Of 502 the last two are the security descriptor: whom a share lets in are lists of its own. */
static const struct rpc_level levels[] = {
	{ 0, ANYBODY, "s", fill_0 },
	{ 1, ANYBODY, "sus", fill_1 },
	{ 2, ADMINS, "susuuuss", fill_2 },
	{ 501, ANYBODY, "susu", fill_501 },
	{ 502, ADMINS, "susuuussus", fill_2 },
	{ 1004, ANYBODY, "s", fill_1004 },
	{ 1005, ANYBODY, "u", fill_1005 },
	{ 1006, ADMINS, "u", fill_1006 },
	{ 1007, ADMINS, NULL, fill_0 },
	{ 1501, ADMINS, NULL, fill_0 },
	{ 0 },
};

static const struct rpc_level enum_levels[] = {
	{ 0, ANYBODY, "s", fill_0 },
	{ 1, ANYBODY, "sus", fill_1 },
	{ 2, ADMINS, "susuuuss", fill_2 },
	{ 501, ADMINS, "susu", fill_501 },
	{ 502, ADMINS, "susuuussus", fill_2 },
	{ 0 },
};

/* Shares that outlive the server, which all of ours do. */
static const struct rpc_level sticky_levels[] = {
	{ 0, ANYBODY, "s", fill_0 },
	{ 1, ANYBODY, "sus", fill_1 },
	{ 2, ADMINS, "susuuuss", fill_2 },
	{ 501, ADMINS, NULL, fill_501 },
	{ 502, ADMINS, "susuuussus", fill_2 },
	{ 0 },
};

static uint32_t
enumerate(struct rpc_call *c, const struct rpc_level *known)
{
	const struct share_set *set = c->req->session->set;
	struct rpc_enum e;

	ndr_get_unique_string(&c->in); /* ServerName */
	rpc_enum_read(c, &e, known);
	for (size_t i = 0; i < set->nshares; i++) {
		if (share_shown(&set->shares[i], c->req->session))
			rpc_enum_add(c, &e, &set->shares[i]);
	}
	return rpc_enum_answer(c, &e);
}

uint32_t
srvsvc_share_enum(struct rpc_call *c)
{
	return enumerate(c, enum_levels);
}

uint32_t
srvsvc_share_enum_sticky(struct rpc_call *c)
{
	return enumerate(c, sticky_levels);
}

uint32_t
srvsvc_share_get_info(struct rpc_call *c)
{
	const char *name;
	uint32_t level;

	ndr_get_unique_string(&c->in);
	name = ndr_get_string(&c->in);
	level = ndr_get32(&c->in);
	return rpc_info_answer(
	    c, level, levels, share_find(c->req->session->set, name), WIN_NET_NAME_NOT_FOUND);
}

/* Is this directory shared? Only its administrators know where one is. */
uint32_t
srvsvc_share_check(struct rpc_call *c)
{
	const struct share_set *set = c->req->session->set;
	uint32_t type = 0, error = WIN_DEVICE_NOT_SHARED;
	const char *device;

	ndr_get_unique_string(&c->in);
	device = ndr_get_string(&c->in);
	if (!rpc_admits(c, ADMINS))
		error = WIN_ACCESS_DENIED;
	for (size_t i = 0; i < set->nshares && error == WIN_DEVICE_NOT_SHARED; i++) {
		if (name_casecmp(share_path(&c->req->arena, &set->shares[i]), device) == 0) {
			type = share_type(&set->shares[i]);
			error = WIN_SUCCESS;
		}
	}
	ndr_put32(&c->out, type);
	ndr_put32(&c->out, error);
	return 0;
}
