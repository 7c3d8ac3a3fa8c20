/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/profile.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "config/file.h"
#include "config/schema.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/verify.h"

#define LM_IS_WEAK    "LM responses are broken within minutes by whoever sees one"
#define NTLM1_IS_WEAK "NTLM version 1 is broken within a day by whoever sees a log-on"
#define PLAIN_IS_WEAK "passwords are sent readable"
#define UNSIGNED_WEAK "the dialects before NT LM 0.12 can neither sign nor use NTLM"
#define CORE_IS_WEAK  "the core dialects know no users, and send passwords of shares readable"

/*
 * No profile lets anybody in or lets anybody write: guest ok, map to guest, read only and the
 * lists of users are the administrator's. A row differs from its key's default.
 */
const struct profile_row profile_rows[] = {
	{ "dos", false, "server min protocol", "CORE", CORE_IS_WEAK },
	{ "dos", false, "lanman auth", "yes", LM_IS_WEAK },
	{ "dos", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "dos", false, "plaintext auth", "yes", PLAIN_IS_WEAK },
	{ "dos", false, "dos charset", "CP437", NULL },
	{ "dos", false, "keepalive", "300", NULL },
	{ "dos", true, "max disk size", "2047", NULL },
	{ "dos", true, "oplocks", "no", NULL },
	{ "win9x", false, "lanman auth", "yes", LM_IS_WEAK },
	{ "win9x", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "win9x", false, "keepalive", "300", NULL },
	{ "win9x", true, "max disk size", "2047", NULL },
	{ "win9x", true, "oplocks", "no", NULL },
	{ "os2", false, "server min protocol", "LANMAN1", UNSIGNED_WEAK },
	{ "os2", false, "lanman auth", "yes", LM_IS_WEAK },
	{ "os2", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "os2", false, "keepalive", "300", NULL },
	{ "os2", true, "max disk size", "2047", NULL },
	{ "ps2", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "ps2", true, "max disk size", "1048575", NULL },
	{ "ps2", true, "oplocks", "no", NULL },
	{ "scanner", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "scanner", true, "oplocks", "no", NULL },
	{ "bmc", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "bmc", true, "oplocks", "no", NULL },
	{ "amiga", false, "server min protocol", "LANMAN1", UNSIGNED_WEAK },
	{ "amiga", false, "lanman auth", "yes", LM_IS_WEAK },
	{ "amiga", false, "ntlm auth", "ntlmv1-permitted", NTLM1_IS_WEAK },
	{ "amiga", true, "max disk size", "2047", NULL },
	{ "amiga", true, "oplocks", "no", NULL },
	{ "modern", false, "server signing", "mandatory", NULL },
	{ "modern", true, "hide unreadable", "yes", NULL },
	{ .profile = NULL },
};

const char *
check_profile(const char *text)
{
	for (const struct profile_row *row = profile_rows; row->profile != NULL; row++)
		if (strcasecmp(row->profile, text) == 0)
			return NULL;
	return "is no profile: there are dos, win9x, os2, ps2, scanner, bmc, amiga and modern";
}

/* The line of the section's key, with its flags. */
static uint32_t *
line_of(const struct config *c, const struct share_conf *share, const struct conf_key *key)
{
	if (share != NULL)
		return &share->lines[1 + (key - config_share_keys)];
	return &c->lines[1 + (key - config_global_keys)];
}

static const struct conf_list *
profiles_of(const struct config *c, const struct share_conf *share)
{
	return share != NULL ? &share->profile : &c->profile;
}

/* A key that stands in the section, even with a value that is refused, is left alone. */
static void
apply_row(
    struct config *c, struct share_conf *share, const struct profile_row *row, struct report *r)
{
	const struct conf_key *keys = share != NULL ? config_share_keys : config_global_keys;
	const struct conf_key *key = find_key(keys, row->key);
	uint32_t *line = line_of(c, share, key);
	char why[WHY_MAX];

	if (*line != 0)
		return;
	*line = key_line(c, share, "profile") | LINE_FROM_PROFILE;
	if (value_set(share != NULL ? (void *)share : (void *)c, key, row->value, why))
		return;
	r->section = share != NULL ? share->name : "global";
	r->key = key->name;
	r->line = *line & LINE_NUMBER;
	report(r, "%s, as profile %s has it: %s", row->value, row->profile, why);
}

static void
apply(struct config *c, struct share_conf *share, struct report *r)
{
	const struct conf_list *profiles = profiles_of(c, share);

	for (size_t i = 0; i < profiles->count; i++)
		for (const struct profile_row *row = profile_rows; row->profile != NULL; row++)
			if (row->share == (share != NULL) &&
			    strcasecmp(row->profile, profiles->words[i]) == 0)
				apply_row(c, share, row, r);
}

void
profiles_apply(struct config *c, struct report *r)
{
	apply(c, NULL, r);
	for (size_t i = 0; i < c->nshares; i++)
		apply(c, &c->shares[i], r);
}

/* The first profile that speaks of the key is the one that set it. */
static const struct profile_row *
first_row(const struct conf_list *profiles, bool share, const char *key)
{
	for (size_t i = 0; i < profiles->count; i++)
		for (const struct profile_row *row = profile_rows; row->profile != NULL; row++)
			if (row->share == share && strcmp(row->key, key) == 0 &&
			    strcasecmp(row->profile, profiles->words[i]) == 0)
				return row;
	return NULL;
}

const struct profile_row *
profile_row_of(const struct config *c, const struct share_conf *share, const char *key)
{
	const struct conf_key *row = find_key(
	    share != NULL ? config_share_keys : config_global_keys, key);

	if (row == NULL || (*line_of(c, share, row) & LINE_FROM_PROFILE) == 0)
		return NULL;
	return first_row(profiles_of(c, share), share != NULL, key);
}

/* A key of [global] that the profile wants, and nobody has set; NULL: none. */
static const struct profile_row *
left_out(const struct config *c, const char *profile)
{
	for (const struct profile_row *row = profile_rows; row->profile != NULL; row++)
		if (!row->share && strcasecmp(row->profile, profile) == 0 &&
		    *line_of(c, NULL, find_key(config_global_keys, row->key)) == 0)
			return row;
	return NULL;
}

static void
tell_left_out(
    const struct config *c, const struct share_conf *share, config_complain *tell, void *arg)
{
	for (size_t i = 0; i < share->profile.count; i++) {
		const struct profile_row *row = left_out(c, share->profile.words[i]);
		char text[512];

		if (row == NULL)
			continue;
		snprintf(text, sizeof(text),
		    "[%s] profile %s: its clients may need %s = %s, which the same profile in [global] "
		    "would set",
		    share->name, row->profile, row->key, row->value);
		tell(arg, text);
	}
}

static void
tell_weak(const struct config *c, config_complain *tell, void *arg)
{
	for (const struct conf_key *key = config_global_keys; key->name != NULL; key++) {
		const struct profile_row *row = profile_row_of(c, NULL, key->name);
		char text[256];

		if (row == NULL || row->weak == NULL)
			continue;
		snprintf(text, sizeof(text), "[global] profile %s sets %s = %s: %s", row->profile,
		    row->key, row->value, row->weak);
		tell(arg, text);
	}
}

void
config_remarks(const struct config *c, config_complain *tell, void *arg)
{
	tell_weak(c, tell, arg);
	for (size_t i = 0; i < c->nshares; i++)
		tell_left_out(c, &c->shares[i], tell, arg);
}
