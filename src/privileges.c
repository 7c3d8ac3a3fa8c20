/* SPDX-License-Identifier: BSD-2-Clause */
#include "privileges.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cred.h"
#include "config/schema.h"

static bool
has(unsigned capability)
{
	return capng_have_capability(CAPNG_PERMITTED, capability) != 0;
}

static void
name_present_user(struct privileges *p)
{
	const struct passwd *pw = getpwuid(p->uid);

	if (pw != NULL)
		snprintf(p->name, sizeof(p->name), "%s", pw->pw_name);
	else
		snprintf(p->name, sizeof(p->name), "uid %u", (unsigned)p->uid);
}

/* Without a configuration file, root serves a folder as who owns it. */
static bool
plan_owner(struct privileges *p, const struct config *c, char *err, size_t errlen)
{
	struct stat st;

	if (c->nshares == 0 || stat(c->shares[0].path, &st) != 0) {
		snprintf(err, errlen, "no share to take the owner of");
		return false;
	}
	p->uid = st.st_uid;
	p->gid = st.st_gid;
	p->change = p->uid != 0;
	return true;
}

static bool
plan_root(struct privileges *p, const struct config *c, char *err, size_t errlen)
{
	const struct passwd *pw;

	if (c->user[0] == '\0' && c->file[0] == '\0')
		return plan_owner(p, c, err, errlen);
	if (c->user[0] == '\0') {
		snprintf(err, errlen,
		    "[global] user: started as root, but not told whom to serve as: name an account without rights, as "
		    "\"user = nobody\" (or say \"user = root\" and mean it)");
		return false;
	}
	pw = getpwnam(c->user);
	if (pw == NULL) {
		snprintf(err, errlen, "[global] user: %s: no such user", c->user);
		return false;
	}
	p->uid = pw->pw_uid;
	p->gid = pw->pw_gid;
	p->change = p->uid != 0;
	p->as_root = p->uid == 0;
	return true;
}

static bool
plan_other(const struct privileges *p, const struct config *c, char *err, size_t errlen)
{
	if (c->user[0] == '\0' || strcmp(c->user, p->name) == 0)
		return true;
	snprintf(err, errlen,
	    "[global] user: only root can become %s: start smb1d as root or as %s", c->user,
	    c->user);
	return false;
}

/* Who a share has everybody act as, when that is somebody else: "section] key", or NULL. */
static const char *
forced_key(const struct privileges *p, const struct share_conf *s)
{
	const struct group *g;

	if (s->force_user[0] != '\0' && strcmp(s->force_user, p->name) != 0)
		return "force user";
	g = s->force_group[0] != '\0' ? getgrnam(s->force_group) : NULL;
	return g != NULL && g->gr_gid != p->gid ? "force group" : NULL;
}

/* The first key that wants other identities than the daemon's own. */
static const char *
identity_key(const struct privileges *p, const struct config *c, const char **section)
{
	const char *key;

	*section = "global";
	if (c->user_identity)
		return "user identity";
	for (size_t i = 0; i < c->nshares; i++) {
		*section = c->shares[i].name;
		key = forced_key(p, &c->shares[i]);
		if (key != NULL)
			return key;
	}
	return NULL;
}

static bool
wants_trusted_acls(const struct config *c)
{
	return c->security_acl_name == ACL_NAME_SECURITY;
}

/* The first share whose quotas clients may have, or NULL. */
static const struct share_conf *
share_with_quotas(const struct config *c)
{
	for (size_t i = 0; i < c->nshares; i++) {
		if (c->shares[i].quotas)
			return &c->shares[i];
	}
	return NULL;
}

bool
privileges_suffice(const struct privileges *p, const struct config *c, char *err, size_t errlen)
{
	const char *section, *key = identity_key(p, c, &section);

	if (wants_trusted_acls(c) && !p->trusted_acls) {
		snprintf(err, errlen,
		    "[global] security acl name: the running daemon has given up the right to write "
		    "security.NTACL: restart smb1d");
		return false;
	}
	if (share_with_quotas(c) != NULL && !p->quotas) {
		snprintf(err, errlen,
		    "[%s] quotas: the running daemon has given up the right to ask for them: restart smb1d",
		    share_with_quotas(c)->name);
		return false;
	}
	if (key == NULL || p->any_identity)
		return true;
	snprintf(err, errlen,
	    "[%s] %s: the running daemon has given up the right to act as somebody else: restart smb1d",
	    section, key);
	return false;
}

bool
privileges_plan(struct privileges *p, const struct config *c, char *err, size_t errlen)
{
	const char *section, *key;

	memset(p, 0, sizeof(*p));
	p->uid = geteuid();
	p->gid = getegid();
	capng_get_caps_process();
	name_present_user(p);
	if (p->uid == 0 ? !plan_root(p, c, err, errlen) : !plan_other(p, c, err, errlen))
		return false;
	name_present_user(p);
	key = identity_key(p, c, &section);
	p->any_identity = key != NULL;
	p->trusted_acls = wants_trusted_acls(c);
	if (p->trusted_acls && !has(CAP_SYS_ADMIN)) {
		snprintf(err, errlen,
		    "[global] security acl name: to write security.NTACL needs CAP_SYS_ADMIN: start smb1d "
		    "as root, or say \"security acl name = user.NTACL\"");
		return false;
	}
	p->quotas = share_with_quotas(c) != NULL;
	if (p->quotas && !has(CAP_SYS_ADMIN)) {
		snprintf(err, errlen,
		    "[%s] quotas: to ask for those of others needs CAP_SYS_ADMIN: start smb1d as root, or "
		    "say \"quotas = no\"",
		    share_with_quotas(c)->name);
		return false;
	}
	if (!p->any_identity || (has(CAP_SETUID) && has(CAP_SETGID)))
		return true;
	snprintf(err, errlen,
	    "[%s] %s: acting as somebody else needs CAP_SETUID and CAP_SETGID: start smb1d as root, or "
	    "leave it out",
	    section, key);
	return false;
}

/* The bounding set can be emptied only with CAP_SETPCAP; no_new_privs makes up for it where that is
 * missing. */
static bool
apply(const struct privileges *p, bool bounds)
{
	int flags = bounds ? CAPNG_CLEAR_BOUNDING : CAPNG_NO_FLAG;

	if (!p->change)
		return capng_apply(bounds ? CAPNG_SELECT_BOTH : CAPNG_SELECT_CAPS) == 0;
	/* A uid without an account has no groups to look up. */
	flags |= getpwuid(p->uid) != NULL ? CAPNG_INIT_SUPP_GRP : CAPNG_DROP_SUPP_GRP;
	return capng_change_id((int)p->uid, (int)p->gid, (capng_flags_t)flags) == 0;
}

static void
keep_what_is_needed(const struct privileges *p)
{
	static const unsigned identity[] = { CAP_SETUID, CAP_SETGID };
	static const unsigned root[] = { CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER,
		CAP_CHOWN, CAP_FSETID };
	bool keeps[64] = {
		false
	}; /* what the process never had (in a container, say) cannot be kept */

	for (size_t i = 0; p->any_identity && i < sizeof(identity) / sizeof(identity[0]); i++)
		keeps[identity[i]] = has(identity[i]);
	keeps[CAP_SYS_ADMIN] = p->trusted_acls || p->quotas;
	for (size_t i = 0; p->as_root && i < sizeof(root) / sizeof(root[0]); i++)
		keeps[root[i]] = has(root[i]);
	capng_clear(CAPNG_SELECT_BOTH);
	for (unsigned i = 0; i < sizeof(keeps); i++) {
		if (keeps[i])
			capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, i);
	}
}

bool
privileges_drop(const struct privileges *p, char *err, size_t errlen)
{
	bool bounds;

	capng_get_caps_process();
	bounds = capng_have_capability(CAPNG_EFFECTIVE, CAP_SETPCAP) != 0;
	keep_what_is_needed(p);
	if (!apply(p, bounds)) {
		snprintf(err, errlen, "cannot give up root's rights and become %s: %s", p->name,
		    strerrordesc_np(errno));
		return false;
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
		snprintf(err, errlen, "cannot renounce new privileges: %s", strerrordesc_np(errno));
		return false;
	}
	if (p->any_identity)
		cred_enable();
	return true;
}
