/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/domain.h"

#include "auth/account.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "wire/sd.h"

static void
translate(const struct session *s, struct sid *sid)
{
	struct sid domain = *sid;
	const struct account *account;

	if (!sid_is_account(sid))
		return;
	domain.nsubs--;
	if (!sid_equal(&domain, &s->conn->server->domain))
		return;
	account = account_find_rid(s->set->accounts, sid->sub[sid->nsubs - 1]);
	if (account != NULL)
		*sid = sid_of_unix(SID_UNIX_USERS, account->uid);
}

static void
translate_list(const struct session *s, struct acl *acl)
{
	for (unsigned i = 0; acl != NULL && i < acl->count; i++)
		translate(s, &acl->aces[i].sid);
}

void
domain_to_unix(const struct session *s, struct sd *sd)
{
	if (sd->owner != NULL)
		translate(s, sd->owner);
	if (sd->group != NULL)
		translate(s, sd->group);
	translate_list(s, sd->dacl);
	translate_list(s, sd->sacl);
}
