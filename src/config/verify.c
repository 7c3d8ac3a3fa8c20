/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/verify.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/schema.h"
#include "config/suggest.h"

static uint32_t
row_line(const struct config *c, const struct share_conf *share, const char *name)
{
	const struct conf_key *rows = share != NULL ? config_share_keys : config_global_keys;
	const struct conf_key *row = find_key(rows, name);

	return row == NULL ? 0 : (share != NULL ? share->lines : c->lines)[1 + (row - rows)];
}

uint32_t
key_line(const struct config *c, const struct share_conf *share, const char *name)
{
	return row_line(c, share, name) & LINE_NUMBER;
}

static bool
refused(const struct config *c, const struct share_conf *share, const char *name)
{
	return (row_line(c, share, name) & LINE_REFUSED) != 0;
}

/* The mistakes that follow are of this key, or of the section when key is NULL. */
static void
point_at(struct report *r, const struct config *c, const struct share_conf *share, const char *key)
{
	r->section = share != NULL ? share->name : "global";
	r->key = key;
	r->line = key != NULL ? key_line(c, share, key) : 0;
	if (r->line == 0)
		r->line = share != NULL ? share->lines[0] : c->lines[0];
}

static bool
is_root(const struct stat *st)
{
	struct stat root;

	return stat("/", &root) == 0 && root.st_dev == st->st_dev && root.st_ino == st->st_ino;
}

static void
verify_path(const struct share_conf *s, struct report *r)
{
	struct stat st;

	if (stat(s->path, &st) < 0)
		report(r, "%s: %s", s->path, strerror(errno));
	else if (!S_ISDIR(st.st_mode))
		report(r, "%s: is not a directory", s->path);
	else if (is_root(&st))
		report(
		    r, "%s: is the root of the file system: serve a directory below it", s->path);
}

static void
verify_required_path(const struct config *c, const struct share_conf *s, struct report *r)
{
	if (refused(c, s, "path"))
		return;
	point_at(r, c, s, s->path != NULL ? "path" : NULL);
	if (s->path != NULL)
		verify_path(s, r);
	else if (edit_distance(s->name, "global") <= 2 && strcasecmp(s->name, "global") != 0)
		report(r, "has no path; did you mean [global]?");
	else
		report(r, "has no path: name the directory to serve");
}

/* Only a clear no: where the name service cannot be asked, nothing is said. */
static bool
not_found(void)
{
	return errno == 0 || errno == ENOENT || errno == ESRCH;
}

static bool
no_such_user(const char *name)
{
	errno = 0;
	return getpwnam(name) == NULL && not_found();
}

static bool
no_such_group(const char *name)
{
	errno = 0;
	return getgrnam(name) == NULL && not_found();
}

/* Only a root has links. */
static void
verify_dfs(const struct config *c, const struct share_conf *s, struct report *r)
{
	if (s->msdfs_root)
		return;
	point_at(r, c, s, "msdfs links");
	if (s->msdfs_links.count > 0)
		report(r, "needs msdfs root = yes");
	point_at(r, c, s, "msdfs proxy");
	if (s->msdfs_proxy[0] != '\0')
		report(r, "needs msdfs root = yes");
}

static void
verify_share(const struct config *c, const struct share_conf *s, struct report *r)
{
	verify_required_path(c, s, r);
	verify_dfs(c, s, r);
	point_at(r, c, s, "force user");
	if (s->force_user[0] != '\0' && no_such_user(s->force_user))
		report(r, "%s: is no user of this system", s->force_user);
	point_at(r, c, s, "force group");
	if (s->force_group[0] != '\0' && no_such_group(s->force_group))
		report(r, "%s: is no group of this system", s->force_group);
}

/* Somebody has to log on with a password before anything is served. */
static bool
needs_accounts(const struct config *c)
{
	for (size_t i = 0; i < c->nshares; i++)
		if (!c->shares[i].guest_ok || c->map_to_guest == MAP_GUEST_NEVER)
			return true;
	return false;
}

static void
verify_passwd_file(const struct config *c, struct report *r)
{
	struct stat st;

	point_at(r, c, NULL, "passwd file");
	if (refused(c, NULL, "passwd file") || c->file[0] == '\0')
		return; /* without a file, accounts come from the command line */
	if (c->passwd_file[0] == '\0') {
		if (needs_accounts(c))
			report(r,
			    "is empty, but there are shares that need a log-on: name a file and make it "
			    "with smb1passwd, or set guest ok = yes and map to guest = bad user");
		return;
	}
	if (stat(c->passwd_file, &st) < 0) {
		if (needs_accounts(c))
			report(r, "%s: %s: add the first account with: smb1passwd -f %s add NAME",
			    c->passwd_file, strerror(errno), c->passwd_file);
	} else if (!S_ISREG(st.st_mode)) {
		report(r, "%s: is not a file", c->passwd_file);
	} else if ((st.st_mode & 077) != 0) {
		report(r, "%s: others than its owner may use it (mode %04o): run chmod 600 %s",
		    c->passwd_file, (unsigned)st.st_mode & 07777, c->passwd_file);
	}
}

static void
verify_listen(const struct config *c, struct report *r)
{
	const struct conf_list *l = &c->listen;

	point_at(r, c, NULL, "listen");
	if (l->count == 0 && !refused(c, NULL, "listen"))
		report(r, "is empty: name at least one address and port, as 0.0.0.0:445");
	for (size_t i = 0; i < l->count; i++) {
		const char *port = strrchr(l->words[i], ':');

		/* Port 0 is another one each time. */
		for (size_t j = 0; j < i && strncmp(port, ":0", 2) != 0; j++)
			if (strcmp(l->words[i], l->words[j]) == 0)
				report(r, "%s: is named twice", l->words[i]);
	}
}

/* Only NT LM 0.12 with users has keys to sign with. */
static void
verify_dialects(const struct config *c, struct report *r)
{
	const struct conf_key *row = find_key(config_global_keys, "server max protocol");

	point_at(r, c, NULL, "server max protocol");
	if (c->max_protocol < c->min_protocol)
		report(r, "%s: is older than server min protocol, %s",
		    row->choices[c->max_protocol], row->choices[c->min_protocol]);
	if (c->signing != SIGNING_MANDATORY)
		return;
	if (c->max_protocol < PROTOCOL_NT1)
		report(r, "%s: cannot be signed, and server signing is mandatory: use NT1",
		    row->choices[c->max_protocol]);
	point_at(r, c, NULL, "security");
	if (c->security == SECURITY_SHARE)
		report(r, "share: cannot be signed, and server signing is mandatory: use user");
}

static void
verify_users(const struct config *c, struct report *r)
{
	point_at(r, c, NULL, "user");
	if (c->user[0] != '\0' && no_such_user(c->user))
		report(r, "%s: is no user of this system: create it, or name another", c->user);
	point_at(r, c, NULL, "guest account");
	if (c->user_identity && no_such_user(c->guest_account))
		report(r, "%s: is no user of this system", c->guest_account);
}

void
verify(const struct config *c, struct report *r)
{
	verify_listen(c, r);
	verify_dialects(c, r);
	verify_users(c, r);
	verify_passwd_file(c, r);
	for (size_t i = 0; i < c->nshares; i++)
		verify_share(c, &c->shares[i], r);
}
