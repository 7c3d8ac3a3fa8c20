/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/ntlmssp.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "auth/claim.h"
#include "auth/crypto.h"
#include "auth/logon.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/ntime.h"
#include "wire/reader.h"

#define MESSAGE_NEGOTIATE    1
#define MESSAGE_CHALLENGE    2
#define MESSAGE_AUTHENTICATE 3

#define AV_EOL             0
#define AV_NB_COMPUTER     1
#define AV_NB_DOMAIN       2
#define AV_DNS_COMPUTER    3
#define AV_DNS_DOMAIN      4
#define AV_FLAGS           6
#define AV_TIMESTAMP       7
#define AV_FLAGS_MIC       0x00000002
#define AV_PAIRS_AT        44 /* in an NTLMv2 response: proof and the fixed part of the blob */
#define CHALLENGE_LEN      56
#define AUTHENTICATE_FLAGS 64 /* the header's length with the session key and the flags */
#define MIC_AT             72
#define MIC_LEN            16

/* A NEGOTIATE_MESSAGE holds two short names; it is remembered, so it may not be long. */
#define NEGOTIATE_MAX 1024

/* The longest name, in UTF-16, that a CHALLENGE_MESSAGE tells. */
#define NAME_MAX_BYTES 512

void
ntlmssp_clear(struct ntlmssp *s)
{
	free(s->sent);
	crypto_wipe(s, sizeof(*s));
}

/* True when in is this kind of message; r stands behind the type. */
static bool
begin(struct reader *r, struct span in, uint32_t type)
{
	const uint8_t *signature;

	rd_init(r, in.p, in.n);
	signature = rd_bytes(r, sizeof(NTLMSSP_SIGNATURE));
	if (signature == NULL ||
	    memcmp(signature, NTLMSSP_SIGNATURE, sizeof(NTLMSSP_SIGNATURE)) != 0)
		return false;
	return rd_u32(r) == type && rd_ok(r);
}

/* What the client offered, as far as we can do it. */
static uint32_t
agree(uint32_t offered)
{
	uint32_t flags = offered &
	    (NTLMSSP_SIGN | NTLMSSP_SEAL | NTLMSSP_ALWAYS_SIGN | NTLMSSP_EXTENDED |
		NTLMSSP_VERSION | NTLMSSP_128 | NTLMSSP_KEY_EXCH | NTLMSSP_56);

	flags |= offered & NTLMSSP_UNICODE ? NTLMSSP_UNICODE : NTLMSSP_OEM;
	if (offered & NTLMSSP_TARGET)
		flags |= NTLMSSP_TARGET | NTLMSSP_TARGET_SERVER;
	return flags | NTLMSSP_NTLM | NTLMSSP_TARGET_INFO;
}

/* The message under construction; its buffer is large enough for all there can be. */
struct message {
	uint8_t *buf;
	size_t n;
};

static void
put16(struct message *m, size_t v)
{
	m->buf[m->n++] = (uint8_t)v;
	m->buf[m->n++] = (uint8_t)(v >> 8);
}

static void
put32(struct message *m, uint32_t v)
{
	put16(m, v & 0xFFFF);
	put16(m, v >> 16);
}

static void
put_bytes(struct message *m, const void *p, size_t n)
{
	memcpy(m->buf + m->n, p, n);
	m->n += n;
}

static void
put_av_name(struct message *m, uint16_t id, const char *name)
{
	uint8_t text[NAME_MAX_BYTES];
	size_t n = utf16le_from_utf8(name, text, sizeof(text));

	n = n < sizeof(text) ? n : sizeof(text);
	put16(m, id);
	put16(m, n);
	put_bytes(m, text, n);
}

/* A server that is in no domain is one itself, as far as names go. */
static void
put_target_info(struct message *m, const char *name, struct arena *a)
{
	char *lower = arena_strdup(a, name);
	ntime now = ntime_now();

	for (char *p = lower; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	put_av_name(m, AV_NB_DOMAIN, name);
	put_av_name(m, AV_NB_COMPUTER, name);
	put_av_name(m, AV_DNS_DOMAIN, lower);
	put_av_name(m, AV_DNS_COMPUTER, lower);
	put16(m, AV_TIMESTAMP);
	put16(m, 8);
	put32(m, (uint32_t)now);
	put32(m, (uint32_t)(now >> 32));
	put32(m, AV_EOL);
}

static size_t
target_name(const struct ntlmssp *s, const struct logon_policy *policy, uint8_t *text)
{
	struct oem *oem = policy->oem != NULL ? policy->oem : crypto_oem();
	size_t n = 0;

	if (s->flags & NTLMSSP_TARGET)
		n = s->flags & NTLMSSP_UNICODE
		    ? utf16le_from_utf8(policy->netbios_name, text, NAME_MAX_BYTES)
		    : oem_from_utf8(oem, policy->netbios_name, text, NAME_MAX_BYTES);
	return n < NAME_MAX_BYTES ? n : NAME_MAX_BYTES;
}

static struct span
write_challenge(const struct ntlmssp *s, const struct logon_policy *policy, struct arena *a)
{
	static const uint8_t version[8] = { 6, 1, 0, 0, 0, 0, 0, 15 };
	struct message m = { .buf = arena_alloc(a, CHALLENGE_LEN + 5 * (NAME_MAX_BYTES + 4) + 16) };
	struct message info = { .buf = arena_alloc(a, 4 * (NAME_MAX_BYTES + 4) + 16) };
	uint8_t name[NAME_MAX_BYTES];
	size_t name_len = target_name(s, policy, name);

	put_target_info(&info, policy->netbios_name, a);
	put_bytes(&m, NTLMSSP_SIGNATURE, sizeof(NTLMSSP_SIGNATURE));
	put32(&m, MESSAGE_CHALLENGE);
	put16(&m, name_len);
	put16(&m, name_len);
	put32(&m, CHALLENGE_LEN);
	put32(&m, s->flags);
	put_bytes(&m, s->challenge, sizeof(s->challenge));
	m.n += 8;
	put16(&m, info.n);
	put16(&m, info.n);
	put32(&m, (uint32_t)(CHALLENGE_LEN + name_len));
	if (s->flags & NTLMSSP_VERSION)
		memcpy(m.buf + m.n, version, sizeof(version));
	m.n = CHALLENGE_LEN;
	put_bytes(&m, name, name_len);
	put_bytes(&m, info.buf, info.n);
	return (struct span){ m.buf, m.n };
}

bool
ntlmssp_negotiate(struct ntlmssp *s, const struct logon_policy *policy, struct arena *a,
    struct span in, struct span *out)
{
	struct reader r;
	uint32_t offered;

	if (in.n > NEGOTIATE_MAX || !begin(&r, in, MESSAGE_NEGOTIATE))
		return false;
	offered = rd_u32(&r);
	if (!rd_ok(&r))
		return false;
	s->flags = agree(offered);
	logon_challenge(s->challenge);
	*out = write_challenge(s, policy, a);
	s->sent_len = in.n + out->n;
	s->sent = xcalloc(1, s->sent_len);
	memcpy(s->sent, in.p, in.n);
	memcpy(s->sent + in.n, out->p, out->n);
	return true;
}

struct authenticate {
	struct span lm, nt, domain, user, workstation, key;
	uint32_t flags;
	bool has_mic;
};

/* Length, room, offset. Empty ones point anywhere. *lowest is where the first payload begins. */
static struct span
read_field(struct reader *r, size_t *lowest)
{
	size_t n = rd_u16(r), at;
	struct reader part;

	rd_skip(r, 2);
	at = rd_u32(r);
	if (n == 0)
		return (struct span){ 0 };
	part = rd_at(r, at, n);
	if (!rd_ok(&part)) {
		r->bad = true;
		return (struct span){ 0 };
	}
	if (at < *lowest)
		*lowest = at;
	return (struct span){ rd_bytes(&part, n), n };
}

/* The header has grown over the years: where the payload begins tells how much of it there is. */
static bool
read_authenticate(const struct ntlmssp *s, struct span in, struct authenticate *m)
{
	struct reader r;
	size_t lowest = in.n;

	memset(m, 0, sizeof(*m));
	if (!begin(&r, in, MESSAGE_AUTHENTICATE))
		return false;
	m->lm = read_field(&r, &lowest);
	m->nt = read_field(&r, &lowest);
	m->domain = read_field(&r, &lowest);
	m->user = read_field(&r, &lowest);
	m->workstation = read_field(&r, &lowest);
	m->flags = s->flags;
	if (rd_ok(&r) && lowest >= AUTHENTICATE_FLAGS) {
		m->key = read_field(&r, &lowest);
		m->flags &= rd_u32(&r);
	} else {
		m->flags &= ~(uint32_t)NTLMSSP_KEY_EXCH;
	}
	m->has_mic = lowest >= MIC_AT + MIC_LEN;
	return rd_ok(&r);
}

static const char *
text(
    const struct authenticate *m, const struct logon_policy *policy, struct arena *a, struct span s)
{
	if (s.n == 0)
		return "";
	if (m->flags & NTLMSSP_UNICODE)
		return utf16le_to_utf8(a, s.p, s.n);
	return oem_to_utf8(policy->oem != NULL ? policy->oem : crypto_oem(), a, s.p, s.n);
}

/* Whether the client says, under the protection of its NTLMv2 response, that there is a MIC. */
static bool
promises_mic(struct span nt)
{
	struct reader r;
	uint16_t id;

	rd_init(&r, nt.p, nt.n);
	rd_skip(&r, AV_PAIRS_AT);
	while (rd_left(&r) >= 4 && (id = rd_u16(&r)) != AV_EOL) {
		struct reader value = rd_sub(&r, rd_u16(&r));

		if (id == AV_FLAGS)
			return (rd_u32(&value) & AV_FLAGS_MIC) != 0;
	}
	return false;
}

static bool
mic_holds(const struct ntlmssp *s, struct span in)
{
	static const uint8_t zero[MIC_LEN];
	const struct crypto_part parts[] = {
		{ s->sent, s->sent_len },
		{ in.p, MIC_AT },
		{ zero, MIC_LEN },
		{ in.p + MIC_AT + MIC_LEN, in.n - MIC_AT - MIC_LEN },
	};
	uint8_t want[16];

	crypto_hmac_md5(s->key, parts, 4, want);
	return crypto_equal(want, in.p + MIC_AT, MIC_LEN);
}

/*
 * From the key of the response to the one that signs ([MS-NLMP] 3.2.5.1.2). False: there is no such
 * key.
 */
static bool
export_key(struct ntlmssp *s, const struct authenticate *m, struct logon *logon)
{
	memcpy(s->key, logon->session_key, 16);
	s->keyed = logon->has_key || logon->anonymous;
	if ((m->flags & NTLMSSP_KEY_EXCH) && s->keyed && m->key.n == 16)
		crypto_rc4(logon->session_key, m->key.p, 16, s->key);
	else if ((m->flags & NTLMSSP_KEY_EXCH) && logon->has_key)
		return false;
	if (logon->has_key)
		memcpy(logon->session_key, s->key, 16);
	logon->response = NULL;
	logon->response_len = 0;
	return true;
}

nt_status
ntlmssp_authenticate(struct ntlmssp *s, const struct logon_policy *policy, struct arena *a,
    struct span in, struct ntlmssp_verdict *verdict)
{
	struct authenticate m;
	struct claim claim = { .challenge = s->challenge, .never_plaintext = true };
	nt_status status;

	verdict->reason = "the NTLMSSP AUTHENTICATE message is broken";
	if (!read_authenticate(s, in, &m))
		return STATUS_INVALID_PARAMETER;
	s->flags = m.flags;
	claim.user = text(&m, policy, a, m.user);
	claim.domain = text(&m, policy, a, m.domain);
	claim.lm = m.lm.p;
	claim.lm_len = m.lm.n;
	claim.nt = m.nt.p;
	claim.nt_len = m.nt.n;
	claim.ntlm2 = (m.flags & NTLMSSP_EXTENDED) != 0;
	status = claim_judge(policy, &claim, a, verdict->logon, &verdict->reason);
	if (status != STATUS_SUCCESS)
		return status;
	if (!export_key(s, &m, verdict->logon)) {
		verdict->reason = "the NTLMSSP AUTHENTICATE message lacks the key it announces";
		return STATUS_INVALID_PARAMETER;
	}
	if (verdict->logon->has_key && promises_mic(m.nt) && !(m.has_mic && mic_holds(s, in))) {
		verdict->reason =
		    "the MIC over the NTLMSSP messages is wrong: somebody changed them";
		return STATUS_LOGON_FAILURE;
	}
	return STATUS_SUCCESS;
}

/* SIGNKEY and SEALKEY of [MS-NLMP] 3.4.5.2 and 3.4.5.3. */
static void
derive_key(const uint8_t *key, size_t n, const char *magic, uint8_t out[16])
{
	crypto_md5((struct crypto_part[]){ { key, n }, { magic, strlen(magic) + 1 } }, 2, out);
}

static size_t
seal_strength(uint32_t flags)
{
	if (flags & NTLMSSP_128)
		return 16;
	return flags & NTLMSSP_56 ? 7 : 5;
}

static uint32_t
crc32(struct span message)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < message.n; i++) {
		crc ^= message.p[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320 : 0);
	}
	return ~crc;
}

/*
 * Without extended session security both directions share one key stream and one count
 * ([MS-NLMP] 3.4.4.1).
 */
static void
sign_v1(const struct ntlmssp *s, bool from_client, struct span message, uint8_t mac[16])
{
	const size_t at = from_client ? 0 : 12;
	struct message plain = { .buf = (uint8_t[24]){ 0 }, .n = at + 4 };
	uint8_t sealed[24];

	put32(&plain, crc32(message));
	put32(&plain, from_client ? 0 : 1);
	crypto_rc4(s->key, plain.buf, plain.n, sealed);
	memset(mac, 0, 16);
	mac[0] = 1;
	memcpy(mac + 8, sealed + at + 4, 8);
}

void
ntlmssp_direction_keys(
    const struct ntlmssp *s, bool from_client, uint8_t sign_key[16], uint8_t seal_key[16])
{
	derive_key(s->key, 16,
	    from_client ? "session key to client-to-server signing key magic constant"
			: "session key to server-to-client signing key magic constant",
	    sign_key);
	derive_key(s->key, seal_strength(s->flags),
	    from_client ? "session key to client-to-server sealing key magic constant"
			: "session key to server-to-client sealing key magic constant",
	    seal_key);
}

static void
sign_v2(const struct ntlmssp *s, bool from_client, struct span message, uint8_t mac[16])
{
	static const uint8_t sequence[4] = { 0 }, version[4] = { 1 };
	uint8_t sign_key[16], seal_key[16], sum[16];

	ntlmssp_direction_keys(s, from_client, sign_key, seal_key);
	crypto_hmac_md5(
	    sign_key, (struct crypto_part[]){ { sequence, 4 }, { message.p, message.n } }, 2, sum);
	memcpy(mac, version, 4);
	memcpy(mac + 4, sum, 8);
	memcpy(mac + 12, sequence, 4);
	if ((s->flags & NTLMSSP_KEY_EXCH) != 0)
		crypto_rc4(seal_key, sum, 8, mac + 4);
}

static void
sign(const struct ntlmssp *s, bool from_client, struct span message, uint8_t mac[16])
{
	if (s->flags & NTLMSSP_EXTENDED)
		sign_v2(s, from_client, message, mac);
	else
		sign_v1(s, from_client, message, mac);
}

void
ntlmssp_sign(const struct ntlmssp *s, struct span message, uint8_t mac[16])
{
	sign(s, false, message, mac);
}

/* The four bytes of padding in a signature of the old kind are sent as zero or as noise. */
bool
ntlmssp_verify(const struct ntlmssp *s, struct span message, struct span mac)
{
	uint8_t want[16], got[16];

	if (mac.n != sizeof(got))
		return false;
	memcpy(got, mac.p, sizeof(got));
	if (!(s->flags & NTLMSSP_EXTENDED))
		memset(got + 4, 0, 4);
	sign(s, true, message, want);
	return crypto_equal(want, got, sizeof(want));
}
