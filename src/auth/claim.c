/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/claim.h"

#include <ctype.h>
#include <string.h>

#include "auth/account.h"
#include "auth/crypto.h"
#include "auth/logon.h"
#include "auth/ntlm.h"
#include "base/arena.h"
#include "base/charset.h"

/*
 * Every scheme that a claim may be is tried in full, with made-up hashes when there is no account,
 * so that the time taken tells nothing about the account.
 */

/* What the account's password is known by. */
struct secrets {
	uint8_t nt[16], lm[16];
	bool has_nt, has_lm;
};

/* The spellings a client may have put into its NTLMv2 computation. */
struct names {
	const char *bare; /* the user without DOMAIN\ or @domain */
	const char *user[2], *domain[5];
	size_t users, domains;
};

struct judging {
	const struct logon_policy *policy;
	const struct claim *claim;
	struct arena *arena;
	struct names names;
	struct secrets secrets;
	bool known; /* there is such an account */
};

struct scheme {
	const char *name;
	const char *refused; /* the reason when the policy does not permit it */
	bool (*applies)(const struct judging *j);
	bool (*permitted)(const struct logon_policy *policy);
	bool (*matches)(const struct judging *j, uint8_t key[16]);
	bool keyed; /* it yields a session key */
	bool in_lm; /* the response is the one in lm */
};

static bool
v1_permitted(const struct logon_policy *policy)
{
	return policy->ntlm == LOGON_NTLMV1;
}

static bool
v2_permitted(const struct logon_policy *policy)
{
	return policy->ntlm != LOGON_NO_NTLM;
}

static bool
lm_permitted(const struct logon_policy *policy)
{
	return policy->lanman && v1_permitted(policy);
}

static bool
plaintext_permitted(const struct logon_policy *policy)
{
	return policy->plaintext;
}

static bool
ntlmv2_applies(const struct judging *j)
{
	return j->claim->challenge != NULL && j->claim->nt_len > 24;
}

static bool
ntlm2_applies(const struct judging *j)
{
	const struct claim *c = j->claim;

	return c->challenge != NULL && c->ntlm2 && c->nt_len == 24 && c->lm_len == 24;
}

static bool
ntlm_applies(const struct judging *j)
{
	return j->claim->challenge != NULL && !j->claim->ntlm2 && j->claim->nt_len == 24;
}

static bool
lmv2_applies(const struct judging *j)
{
	const struct claim *c = j->claim;

	return c->challenge != NULL && c->lm_len == 24 && c->nt_len != 24;
}

static bool
lm_applies(const struct judging *j)
{
	const struct claim *c = j->claim;

	return c->challenge != NULL && !c->ntlm2 && c->lm_len == 24 && c->nt_len <= 24;
}

/* A challenge may have been sent and ignored, so the lengths decide. */
static bool
plaintext_applies(const struct judging *j)
{
	const struct claim *c = j->claim;

	if (c->never_plaintext || (c->lm_len == 0 && c->nt_len == 0))
		return false;
	return c->challenge == NULL || (c->lm_len != 24 && c->nt_len < 24);
}

static bool
v2_matches(const struct judging *j, const uint8_t *response, size_t n, uint8_t key[16])
{
	const struct names *names = &j->names;
	bool found = false;

	for (size_t i = 0; i < names->users * names->domains; i++) {
		uint8_t hash[16], proof[16];

		ntlm_v2_hash(j->secrets.nt, names->user[i / names->domains],
		    names->domain[i % names->domains], hash);
		ntlm_v2_proof(hash, j->claim->challenge, response + 16, n - 16, proof);
		if (!crypto_equal(proof, response, 16) || !j->secrets.has_nt)
			continue;
		ntlm_key_v2(hash, proof, key);
		found = true;
	}
	return found;
}

static bool
ntlmv2_matches(const struct judging *j, uint8_t key[16])
{
	return v2_matches(j, j->claim->nt, j->claim->nt_len, key);
}

static bool
lmv2_matches(const struct judging *j, uint8_t key[16])
{
	return v2_matches(j, j->claim->lm, j->claim->lm_len, key);
}

static bool
ntlm2_matches(const struct judging *j, uint8_t key[16])
{
	uint8_t challenge[8], want[24];

	ntlm_ntlm2_challenge(j->claim->challenge, j->claim->lm, challenge);
	ntlm_response(j->secrets.nt, challenge, want);
	ntlm_key_ntlm2(j->secrets.nt, j->claim->challenge, j->claim->lm, key);
	return crypto_equal(want, j->claim->nt, 24) && j->secrets.has_nt;
}

static bool
ntlm_matches(const struct judging *j, uint8_t key[16])
{
	uint8_t want[24];

	ntlm_response(j->secrets.nt, j->claim->challenge, want);
	ntlm_key_v1(j->secrets.nt, key);
	return crypto_equal(want, j->claim->nt, 24) && j->secrets.has_nt;
}

static bool
lm_matches(const struct judging *j, uint8_t key[16])
{
	uint8_t want[24];

	ntlm_response(j->secrets.lm, j->claim->challenge, want);
	ntlm_key_lm(j->secrets.lm, key);
	return crypto_equal(want, j->claim->lm, 24) && j->secrets.has_lm;
}

static bool
password_is(const struct secrets *s, const char *password)
{
	uint8_t nt[16], lm[16];
	bool lm_able = ntlm_lm_hash(crypto_oem(), password, lm);
	bool nt_equal, lm_equal;

	ntlm_nt_hash(password, nt);
	nt_equal = crypto_equal(nt, s->nt, 16) && s->has_nt;
	lm_equal = crypto_equal(lm, s->lm, 16) && s->has_lm && lm_able;
	crypto_wipe(nt, sizeof(nt));
	crypto_wipe(lm, sizeof(lm));
	return nt_equal || lm_equal;
}

/* DOS clients send what was typed in capitals: then small letters will do too. */
static bool
password_fits(const struct judging *j, char *password)
{
	bool fits = password_is(&j->secrets, password);
	bool small = false;

	for (const char *p = password; *p != '\0'; p++)
		small |= islower((unsigned char)*p) != 0;
	for (char *p = password; *p != '\0' && !small; p++)
		*p = (char)tolower((unsigned char)*p);
	fits |= password_is(&j->secrets, password);
	crypto_wipe(password, strlen(password));
	return fits;
}

/* Where the client aligned its UTF-16 a zero stands in front, as in no password it could. */
static bool
fits_unicode(const struct judging *j)
{
	const struct claim *c = j->claim;
	size_t pad = c->nt[0] == 0;

	return password_fits(j, utf16le_to_utf8(j->arena, c->nt + pad, c->nt_len - pad));
}

/*
 * Windows 95 sends 24 bytes with the password and its NUL in front; NT4 puts any length beside an
 * empty Unicode field. So each field counts up to its NUL, and either may be the right one.
 */
static bool
plaintext_matches(const struct judging *j, uint8_t key[16])
{
	const struct claim *c = j->claim;
	struct oem *oem = j->policy->oem != NULL ? j->policy->oem : crypto_oem();
	bool fits = false;

	(void)key;
	if (c->nt_len > 0 && c->unicode)
		fits |= fits_unicode(j);
	if (c->nt_len > 0 && !c->unicode)
		fits |= password_fits(j, oem_to_utf8(oem, j->arena, c->nt, c->nt_len));
	if (c->lm_len > 0)
		fits |= password_fits(j, oem_to_utf8(oem, j->arena, c->lm, c->lm_len));
	return fits;
}

static const struct scheme schemes[] = {
	{ "NTLMv2", "ntlm auth = disabled refuses NTLMv2", ntlmv2_applies, v2_permitted,
	    ntlmv2_matches, true, false },
	{ "NTLM2 session", "NTLM2 session response: needs ntlm auth = ntlmv1-permitted",
	    ntlm2_applies, v1_permitted, ntlm2_matches, true, false },
	{ "NTLM", "NTLM response: needs ntlm auth = ntlmv1-permitted", ntlm_applies, v1_permitted,
	    ntlm_matches, true, false },
	{ "LMv2", "ntlm auth = disabled refuses LMv2", lmv2_applies, v2_permitted, lmv2_matches,
	    true, true },
	{ "LM",
	    "wrong password, or LM response: needs lanman auth = yes and ntlm auth = ntlmv1-permitted",
	    lm_applies, lm_permitted, lm_matches, true, true },
	{ "plaintext", "plaintext password: needs plaintext auth = yes", plaintext_applies,
	    plaintext_permitted, plaintext_matches, false, false },
};

static void
add_name(const char **list, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++) {
		if (strcmp(list[i], name) == 0)
			return;
	}
	list[(*n)++] = name;
}

/*
 * DOMAIN\user and user@domain in the user's field: clients differ in which part they computed with.
 */
static struct names
spell(struct arena *a, const struct claim *c)
{
	const char *backslash = strchr(c->user, '\\'), *at = strrchr(c->user, '@');
	const char *inner = NULL;
	struct names n = { .bare = c->user };

	if (backslash != NULL) {
		n.bare = backslash + 1;
		inner = arena_strndup(a, c->user, (size_t)(backslash - c->user));
	} else if (at != NULL) {
		n.bare = arena_strndup(a, c->user, (size_t)(at - c->user));
		inner = at + 1;
	}
	add_name(n.user, &n.users, name_upcase(a, c->user));
	add_name(n.user, &n.users, name_upcase(a, n.bare));
	add_name(n.domain, &n.domains, c->domain);
	add_name(n.domain, &n.domains, name_upcase(a, c->domain));
	add_name(n.domain, &n.domains, "");
	if (inner != NULL) {
		add_name(n.domain, &n.domains, inner);
		add_name(n.domain, &n.domains, name_upcase(a, inner));
	}
	return n;
}

static struct secrets
secrets_of(const struct account *acct)
{
	struct secrets s = { 0 };

	if (acct == NULL)
		return s;
	memcpy(s.nt, acct->nt_hash, 16);
	memcpy(s.lm, acct->lm_hash, 16);
	s.has_nt = acct->has_nt;
	s.has_lm = acct->has_lm;
	if (acct->no_password && !acct->has_nt) {
		ntlm_nt_hash("", s.nt);
		s.has_nt = true;
	}
	return s;
}

/* No response at all, or the single zero byte that Windows sends for one. */
static bool
is_blank(const struct claim *c)
{
	return c->nt_len == 0 && (c->lm_len == 0 || (c->lm_len == 1 && c->lm[0] == 0));
}

static const struct scheme *
find_match(const struct judging *j, uint8_t key[16], const char **reason)
{
	const struct scheme *match = NULL;
	const char *refused = NULL;
	bool tried = false;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		const struct scheme *s = &schemes[i];
		uint8_t maybe[16] = { 0 };

		if (!s->applies(j))
			continue;
		tried = true;
		if (!s->permitted(j->policy)) {
			refused = refused != NULL ? refused : s->refused;
			continue;
		}
		if (s->matches(j, maybe) && match == NULL) {
			match = s;
			memcpy(key, maybe, 16);
		}
		crypto_wipe(maybe, sizeof(maybe));
	}
	if (refused != NULL)
		*reason = refused;
	else
		*reason = tried ? "wrong password"
				: "no password, or a response of no known length";
	return match;
}

static bool
guest_takes(const struct judging *j)
{
	return j->policy->map_to_guest == LOGON_GUEST_BAD_PASSWORD ||
	    (j->policy->map_to_guest == LOGON_GUEST_BAD_USER && !j->known);
}

static void
settle_match(
    const struct judging *j, const struct scheme *s, const uint8_t key[16], struct logon *out)
{
	const struct claim *c = j->claim;

	out->scheme = s->name;
	if (!s->keyed)
		return;
	out->has_key = true;
	memcpy(out->session_key, key, 16);
	out->response_len = s->in_lm ? c->lm_len : c->nt_len;
	out->response = arena_memdup(j->arena, s->in_lm ? c->lm : c->nt, out->response_len);
}

static const struct account *
find_account(const struct logon_policy *policy, const struct names *names, const char *user)
{
	const struct account *whole = account_find(policy->accounts, user);
	const struct account *bare = account_find(policy->accounts, names->bare);

	return whole != NULL ? whole : bare;
}

/* The account proved, or NULL with the reason. */
static const struct account *
prove(struct judging *j, struct logon *out, const char **reason)
{
	const struct claim *c = j->claim;
	const struct account *acct = find_account(j->policy, &j->names, c->user);
	const struct scheme *match;
	uint8_t key[16] = { 0 };

	j->known = acct != NULL;
	j->secrets = secrets_of(acct);
	match = find_match(j, key, reason);
	crypto_wipe(&j->secrets, sizeof(j->secrets));
	if (acct == NULL)
		*reason = "unknown user";
	else if (acct->disabled)
		*reason = "the account is disabled";
	else if (match != NULL)
		settle_match(j, match, key, out);
	else if (acct->no_password && is_blank(c))
		out->scheme = "no password";
	crypto_wipe(key, sizeof(key));
	return out->scheme != NULL ? acct : NULL;
}

nt_status
claim_judge(const struct logon_policy *policy, const struct claim *c, struct arena *a,
    struct logon *out, const char **reason)
{
	struct judging j = { .policy = policy, .claim = c, .arena = a };
	const struct account *acct;

	*reason = NULL;
	*out = (struct logon){ .user = "", .domain = arena_strdup(a, c->domain) };
	out->client_user = arena_strdup(a, c->user);
	if (c->user[0] == '\0' && is_blank(c)) {
		out->anonymous = true;
		out->scheme = "anonymous";
		return STATUS_SUCCESS;
	}
	j.names = spell(a, c);
	acct = prove(&j, out, reason);
	if (acct != NULL) {
		*reason = NULL;
		out->user = arena_strdup(a, acct->name);
		return STATUS_SUCCESS;
	}
	if (!guest_takes(&j))
		return STATUS_LOGON_FAILURE;
	out->user = arena_strdup(a, policy->guest_account);
	out->scheme = "guest";
	out->guest = true;
	return STATUS_SUCCESS;
}
