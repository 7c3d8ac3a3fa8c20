/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/share.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "auth/account.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "base/log.h"
#include "config/file.h"
#include "config/schema.h"
#include "disk/dfs.h"
#include "file/notify.h"
#include "net/listener.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"

static bool
is_group(const char *word)
{
	return word[0] == '@' || word[0] == '+';
}

static void
user_list_init(struct user_list *l, const struct conf_list *names, bool *any_group)
{
	struct group *g;
	size_t i;

	l->names = names;
	l->groups = xcalloc(names->count + 1, sizeof *l->groups);
	for (i = 0; i < names->count; i++) {
		l->groups[i] = NO_GROUP;
		if (!is_group(names->words[i]))
			continue;
		*any_group = true;
		g = getgrnam(names->words[i] + 1);
		if (g == NULL)
			log_warning(
			    "group %s: no such group; nobody is in it", names->words[i] + 1);
		else
			l->groups[i] = g->gr_gid;
	}
}

static bool
in_group(const struct session *s, gid_t gid)
{
	size_t i;

	if (gid == NO_GROUP || s->groups == NULL)
		return false;
	if (s->groups->gid == gid)
		return true;
	for (i = 0; i < s->groups->ngroups; i++) {
		if (s->groups->groups[i] == gid)
			return true;
	}
	return false;
}

static bool
user_in(const struct user_list *l, const struct session *s)
{
	size_t i;

	for (i = 0; i < l->names->count; i++) {
		const char *word = l->names->words[i];

		if (is_group(word) ? in_group(s, l->groups[i]) : name_casecmp(word, s->user) == 0)
			return true;
	}
	return false;
}

static struct cred *
own_cred(void)
{
	int n = getgroups(0, NULL);
	gid_t *groups = xcalloc(n > 0 ? (size_t)n : 1, sizeof *groups);
	struct cred *c;

	n = getgroups(n > 0 ? n : 0, groups);
	c = cred_new(geteuid(), getegid(), groups, n > 0 ? (size_t)n : 0);
	free(groups);
	return c;
}

static bool
force_user(struct share *sh)
{
	const struct share_conf *conf = sh->conf;

	if (conf->force_user[0] == '\0')
		return true;
	sh->force_cred = cred_of_user(conf->force_user);
	if (sh->force_cred == NULL)
		log_error("[%s] force user: %s: %s", conf->name, conf->force_user,
		    errno == ENOENT ? "no such user" : strerror(errno));
	return sh->force_cred != NULL;
}

static bool
force_group(struct share *sh)
{
	const struct share_conf *conf = sh->conf;
	struct group *g;

	sh->force_gid = NO_GROUP;
	if (conf->force_group[0] == '\0')
		return true;
	g = getgrnam(conf->force_group);
	if (g == NULL) {
		log_error("[%s] force group: %s: no such group", conf->name, conf->force_group);
		return false;
	}
	sh->force_gid = g->gr_gid;
	if (sh->force_cred == NULL && !sh->set->config->user_identity)
		sh->force_cred = own_cred();
	if (sh->force_cred != NULL)
		sh->force_cred->gid = sh->force_gid;
	return true;
}

static bool
share_open(const struct server *s, struct share *sh, const struct share_conf *conf, bool *any_group)
{
	const struct disk_options options = {
		.read_only = conf->read_only && conf->write_list.count == 0 &&
		    conf->admin_users.count == 0,
		.follow_symlinks = conf->follow_symlinks,
		.store_dos_attributes = conf->store_dos_attributes,
		.ea_support = conf->ea_support,
		.dfs_root = sh->set->config->host_msdfs && conf->msdfs_root,
		.dfs_proxy = conf->msdfs_proxy,
		.dfs_links = (const char *const *)conf->msdfs_links.words,
		.quotas = conf->quotas,
		.hide_dot_files = conf->hide_dot_files,
		.hide_unreadable = conf->hide_unreadable,
		.hide_unwriteable_files = conf->hide_unwriteable_files,
		.nt_acls = conf->nt_acl_support,
		.trusted_acls = sh->set->config->security_acl_name == ACL_NAME_SECURITY,
		.named_streams = conf->named_streams,
		.max_mib = conf->max_disk_size,
		.create_mask = (mode_t)conf->create_mask,
		.directory_mask = (mode_t)conf->directory_mask,
		.watch = notify_watch(s->notify),
		.snap_dir = conf->snap_dir,
		.snap_format = conf->snap_format,
		.snap_local = conf->snap_local,
		.veto_files = (const char *const *)conf->veto_files.words,
	};

	sh->conf = conf;
	user_list_init(&sh->valid, &conf->valid_users, any_group);
	user_list_init(&sh->invalid, &conf->invalid_users, any_group);
	user_list_init(&sh->admin, &conf->admin_users, any_group);
	user_list_init(&sh->read, &conf->read_list, any_group);
	user_list_init(&sh->write, &conf->write_list, any_group);
	sh->root = disk_root_open(conf->path, &options);
	if (sh->root == NULL) {
		log_error("[%s] path: %s: %s", conf->name, conf->path, strerror(errno));
		return false;
	}
	return force_user(sh) && force_group(sh);
}

static void
share_clear(struct share *sh)
{
	if (--sh->count->refs == 0)
		free(sh->count);
	free(sh->valid.groups);
	free(sh->invalid.groups);
	free(sh->admin.groups);
	free(sh->read.groups);
	free(sh->write.groups);
	if (sh->root != NULL)
		disk_root_unref(&sh->root);
	if (sh->force_cred != NULL)
		cred_unref(&sh->force_cred);
}

/*
 * The configuration and the accounts are not freed here: after a failure they are the caller's
 * again.
 */
static void
close_shares(struct share_set *set)
{
	size_t i;

	for (i = 0; i < set->nshares; i++)
		share_clear(&set->shares[i]);
	if (set->guest_cred != NULL)
		cred_unref(&set->guest_cred);
	free(set->admin.groups);
	free(set->shares);
	free(set);
}

static bool
guest_identity(struct share_set *set)
{
	const struct config *conf = set->config;

	if (!conf->user_identity)
		return true;
	set->guest_cred = cred_of_user(conf->guest_account);
	if (set->guest_cred == NULL)
		log_error("[global] guest account: %s: no such user", conf->guest_account);
	return set->guest_cred != NULL;
}

static void
set_policy(struct share_set *set, struct oem *oem)
{
	const struct config *conf = set->config;

	set->policy = (struct logon_policy){
		.accounts = set->accounts,
		.netbios_name = conf->netbios_name,
		.domain = conf->workgroup,
		.guest_account = conf->guest_account,
		.oem = oem,
		.lanman = conf->lanman_auth,
		.plaintext = conf->plaintext_auth,
	};
	set->policy.ntlm = conf->ntlm_auth == NTLM_V1_PERMITTED ? LOGON_NTLMV1
	    : conf->ntlm_auth == NTLM_V2_ONLY                   ? LOGON_NTLMV2
								: LOGON_NO_NTLM;
	set->policy.map_to_guest = conf->map_to_guest == MAP_GUEST_BAD_USER ? LOGON_GUEST_BAD_USER
	    : conf->map_to_guest == MAP_GUEST_BAD_PASSWORD ? LOGON_GUEST_BAD_PASSWORD
							   : LOGON_GUEST_NEVER;
}

static struct share_count *
count_of(const struct share_set *before, const char *name)
{
	const struct share *old = before != NULL ? share_find(before, name) : NULL;
	struct share_count *count = old != NULL ? old->count : xcalloc(1, sizeof *count);

	count->refs++;
	return count;
}

struct share_set *
share_set_new(const struct server *s, struct config *config, struct account_db *accounts)
{
	struct share_set *set = xcalloc(1, sizeof *set);
	size_t i;

	set->refs = 1;
	set->config = config;
	set->accounts = accounts;
	set->nshares = config->nshares + 1;
	set->shares = xcalloc(set->nshares, sizeof *set->shares);
	set_policy(set, s->oem);
	user_list_init(&set->admin, &config->admin_users, &set->needs_groups);
	for (i = 0; i < set->nshares; i++) {
		set->shares[i].set = set;
		set->shares[i].count = count_of(
		    s->shares, i < config->nshares ? config->shares[i].name : "IPC$");
	}
	for (i = 0; i < config->nshares; i++) {
		if (!share_open(s, &set->shares[i], &config->shares[i], &set->needs_groups))
			goto fail;
	}
	if (guest_identity(set))
		return set;
fail:
	close_shares(set);
	return NULL;
}

struct share_set *
share_set_ref(struct share_set *set)
{
	set->refs++;
	return set;
}

void
share_set_unref(struct share_set **setp)
{
	struct share_set *set = *setp;
	struct config *config = set->config;
	struct account_db *accounts = set->accounts;

	*setp = NULL;
	if (--set->refs > 0)
		return;
	close_shares(set);
	config_free(&config);
	if (accounts != NULL)
		account_db_free(&accounts);
}

struct share *
share_find(const struct share_set *set, const char *name)
{
	size_t i;

	for (i = 0; i + 1 < set->nshares; i++) {
		if (name_casecmp(set->shares[i].conf->name, name) == 0)
			return &set->shares[i];
	}
	return name_casecmp(name, "IPC$") == 0 ? &set->shares[i] : NULL;
}

bool
share_set_has_dfs(const struct share_set *set)
{
	for (size_t i = 0; i < set->nshares; i++) {
		if (disk_is_dfs_root(set->shares[i].root))
			return true;
	}
	return false;
}

bool
share_hosts_admit(
    const struct conf_list *allow, const struct conf_list *deny, const struct sockaddr *addr)
{
	if (allow->count > 0 && address_in(addr, allow->words, allow->count))
		return true;
	if (deny->count > 0)
		return !address_in(addr, deny->words, deny->count);
	return allow->count == 0;
}

nt_status
share_admit(
    const struct share *sh, const struct conn *c, const struct session *s, const char **reason)
{
	const struct share_conf *conf = sh->conf;

	if (conf == NULL)
		return STATUS_SUCCESS;
	if (!share_hosts_admit(&conf->hosts_allow, &conf->hosts_deny, &c->addr.sa))
		*reason = "hosts allow / hosts deny";
	else if ((s->guest || s->anonymous) && !conf->guest_ok)
		*reason = "guest ok = no";
	else if (user_in(&sh->invalid, s))
		*reason = "invalid users";
	else if (conf->valid_users.count > 0 && !user_in(&sh->valid, s))
		*reason = "valid users";
	else if (conf->max_connections != 0 && sh->count->connections >= conf->max_connections) {
		*reason = "max connections";
		return STATUS_REQUEST_NOT_ACCEPTED;
	} else
		return STATUS_SUCCESS;
	return STATUS_ACCESS_DENIED;
}

bool
share_is_admin(const struct share *sh, const struct session *s)
{
	return sh->conf != NULL && user_in(&sh->admin, s);
}

bool
share_set_is_admin(const struct share_set *set, const struct session *s)
{
	return !s->guest && !s->anonymous && user_in(&set->admin, s);
}

bool
share_read_only(const struct share *sh, const struct session *s)
{
	if (sh->conf == NULL)
		return true;
	if (user_in(&sh->admin, s) || user_in(&sh->write, s))
		return false;
	return sh->conf->read_only || user_in(&sh->read, s);
}
