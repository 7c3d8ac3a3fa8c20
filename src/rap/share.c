/* SPDX-License-Identifier: BSD-2-Clause */

/* Shares ([MS-RAP] 2.5.6, 3.2.5.1, 3.2.5.2). */
#include "rap/call.h"
#include "server/request.h"
#include "server/session.h"
#include "server/share.h"

/* The longest name there is room for. */
#define NAME_MAX_BYTES 12u

static void
fill_0(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	v[0].s = share_name(item);
}

/* The bit that hides a share is none of the 16 of its type. */
static void
fill_1(struct arena *a, union rap_value *v, const void *item)
{
	fill_0(a, v, item);
	v[2].u = share_type(item);
	v[3].s = share_comment(a, item);
}

/* Permissions, which only share-level security has, and the password are nobody's to see. */
static void
fill_2(struct arena *a, union rap_value *v, const void *item)
{
	const struct share *sh = item;

	fill_1(a, v, item);
	v[5].u = share_max_uses(sh);
	v[6].u = sh->count->connections;
	v[7].s = share_path(a, sh);
}

static const struct rap_level levels[] = {
	{ 0, ANYBODY, "B13", fill_0 },
	{ 1, ANYBODY, "B13BWz", fill_1 },
	{ 2, ADMINS, "B13BWzWWWzB9B", fill_2 },
	{ 0 },
};

/* A name that is cut could not be connected to. */
static bool
has_short_name(const struct rap_call *c, const struct share *sh)
{
	return rap_length(c, share_name(sh)) <= NAME_MAX_BYTES;
}

static void
enumerate(struct rap_call *c)
{
	const struct session *s = c->req->session;

	for (size_t i = 0; i < s->set->nshares; i++) {
		if (share_shown(&s->set->shares[i], s) && has_short_name(c, &s->set->shares[i]))
			rap_add(c, &s->set->shares[i]);
	}
}

static void
get_info(struct rap_call *c)
{
	const struct share *sh;

	if (c->strings[0] == NULL || c->strings[0][0] == '\0') {
		c->error = RAP_INVALID_PARAMETER;
		return;
	}
	sh = share_find(c->req->session->set, c->strings[0]);
	if (sh == NULL || !has_short_name(c, sh))
		c->error = RAP_NET_NAME_NOT_FOUND;
	else
		rap_add(c, sh);
}

const struct rap_function rap_of_shares[] = {
	{ 0, ANYBODY, "WrLeh", 0, levels, enumerate }, /* NetShareEnum */
	{ 1, ANYBODY, "zWrLh", 0, levels, get_info },  /* NetShareGetInfo */
	{ 0 },
};
