/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "auth/logon.h"
#include "base/log.h"
#include "base/ntime.h"
#include "server/conn.h"
#include "server/share.h"
#include "smb/commands.h"
#include "smb/oplock_break.h"

/* SMB_COM_NEGOTIATE ([MS-CIFS] 2.2.4.52, [MS-SMB] 2.2.4.5). */

#define CAP_RAW_MODE           0x00000001u
#define CAP_UNICODE            0x00000004u
#define CAP_LARGE_FILES        0x00000008u
#define CAP_NT_SMBS            0x00000010u
#define CAP_RPC_REMOTE_APIS    0x00000020u
#define CAP_STATUS32           0x00000040u
#define CAP_LOCK_AND_READ      0x00000100u
#define CAP_NT_FIND            0x00000200u
#define CAP_DFS                0x00001000u
#define CAP_INFOLEVEL_PASSTHRU 0x00002000u
#define CAP_LARGE_READX        0x00004000u
#define CAP_LARGE_WRITEX       0x00008000u
#define CAP_UNIX               0x00800000u
#define CAP_EXTENDED_SECURITY  0x80000000u

#define RAW_BOTH 0x0003 /* RawMode of LAN Manager: reads and writes */

#define MODE_USER             0x01
#define MODE_ENCRYPT          0x02
#define MODE_SIGNING          0x04
#define MODE_SIGNING_REQUIRED 0x08

#define MAX_RAW    65536
#define NO_DIALECT 0xFFFF

struct dialect {
	const char *name;
	enum conf_protocol protocol;
	bool tells_domain;
};

static const struct dialect dialects[] = {
	{ "PC NETWORK PROGRAM 1.0", PROTOCOL_CORE, false },
	{ "MICROSOFT NETWORKS 1.03", PROTOCOL_COREPLUS, false },
	{ "MICROSOFT NETWORKS 3.0", PROTOCOL_LANMAN1, false },
	{ "LANMAN1.0", PROTOCOL_LANMAN1, false },
	{ "LM1.2X002", PROTOCOL_LANMAN2, false },
	{ "DOS LM1.2X002", PROTOCOL_LANMAN2, false },
	{ "LANMAN2.1", PROTOCOL_LANMAN2, true },
	{ "DOS LANMAN2.1", PROTOCOL_LANMAN2, true },
	{ "Samba", PROTOCOL_LANMAN2, false },
	{ "NT LM 0.12", PROTOCOL_NT1, false },
};

#define MAX_OFFERED 64

struct args {
	const char *offered[MAX_OFFERED];
	unsigned noffered;
	/* the answer */
	uint16_t index;
	bool tells_domain;
	const uint8_t *token;
	size_t token_len;
};

/* Each dialect is a string behind a 0x02. What follows the 64th is not looked at. */
static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	while (rd_left(&in->bytes) > 0 && a->noffered < MAX_OFFERED) {
		if (rd_u8(&in->bytes) != 0x02) {
			in->bytes.bad = true;
			return;
		}
		a->offered[a->noffered++] = rd_string_oem(&in->bytes);
	}
}

static const struct dialect *
dialect_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof dialects / sizeof dialects[0]; i++) {
		if (strcmp(dialects[i].name, name) == 0)
			return &dialects[i];
	}
	return NULL;
}

/* May it be spoken? Who must sign cannot speak what has no signatures. */
static bool
is_spoken(const struct dialect *d, const struct config *conf)
{
	return d->protocol >= conf->min_protocol && d->protocol <= conf->max_protocol &&
	    (d->protocol == PROTOCOL_NT1 || conf->signing != SIGNING_MANDATORY);
}

/* The best of ours, whatever the client's order; of equals the last it offers, the later one. */
static const struct dialect *
choose(struct args *a, const struct config *conf)
{
	const struct dialect *best = NULL, *d;
	unsigned i;

	a->index = NO_DIALECT;
	for (i = 0; i < a->noffered; i++) {
		d = dialect_of(a->offered[i]);
		if (d == NULL || !is_spoken(d, conf))
			continue;
		if (best != NULL && d->protocol < best->protocol)
			continue;
		best = d;
		a->index = (uint16_t)i;
	}
	return best;
}

static void
log_refusal(struct request *req, const struct args *a)
{
	const char *list = "";
	unsigned i;

	for (i = 0; i < a->noffered; i++)
		list = arena_printf(
		    &req->arena, "%s%s\"%s\"", list, i > 0 ? ", " : "", log_clean(a->offered[i]));
	log_info("%s: no common dialect; the client offers %s", req->conn->peer, list);
}

/* Is there a response to a challenge that would be accepted? Else passwords come readable. */
static bool
wants_responses(const struct config *conf, enum conf_protocol protocol)
{
	if (protocol < PROTOCOL_LANMAN1)
		return false;
	if (!conf->plaintext_auth)
		return true;
	if (protocol < PROTOCOL_NT1)
		return conf->lanman_auth && conf->ntlm_auth == NTLM_V1_PERMITTED;
	return conf->ntlm_auth != NTLM_DISABLED;
}

/* The core protocol knows no users: a share's password is all there is. */
static void
settle(struct request *req, struct args *a, const struct dialect *d)
{
	struct conn *c = req->conn;
	const struct config *conf = c->set->config;

	a->tells_domain = d->tells_domain;
	c->negotiated = true;
	c->protocol = d->protocol;
	c->dialect = d->name;
	c->client_buffer = SMB_MAX_BUFFER;
	c->share_level = conf->security == SECURITY_SHARE || d->protocol < PROTOCOL_LANMAN1;
	c->challenged = wants_responses(conf, d->protocol);
	c->extended_security = c->challenged && d->protocol == PROTOCOL_NT1 && !c->share_level &&
	    (req->hdr.flags2 & SMB_FLAGS2_EXTENDED_SECURITY) != 0;
	if (c->extended_security)
		c->challenged = false; /* its tokens hold their own */
	if (c->extended_security)
		logon_negotiate_token(&req->arena, &a->token, &a->token_len);
	if (c->challenged)
		logon_challenge(c->challenge);
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct conn *c = req->conn;
	const struct dialect *d;

	if (c->negotiated) {
		conn_close(c, "second NEGOTIATE");
		return STATUS_INVALID_SMB;
	}
	d = choose(a, c->set->config);
	if (d != NULL)
		settle(req, a, d);
	else
		log_refusal(req, a);
	return STATUS_SUCCESS;
}

static uint8_t
security_mode(const struct conn *c)
{
	const struct config *conf = c->set->config;
	uint8_t mode = c->share_level ? 0 : MODE_USER;

	if (c->challenged || c->extended_security)
		mode |= MODE_ENCRYPT;
	if (c->protocol < PROTOCOL_NT1 || c->share_level)
		return mode;
	if (conf->signing != SIGNING_DISABLED)
		mode |= MODE_SIGNING;
	if (conf->signing == SIGNING_MANDATORY)
		mode |= MODE_SIGNING_REQUIRED;
	return mode;
}

static uint32_t
capabilities(const struct conn *c)
{
	uint32_t caps = CAP_UNICODE | CAP_LARGE_FILES | CAP_NT_SMBS | CAP_RPC_REMOTE_APIS |
	    CAP_STATUS32 | CAP_LOCK_AND_READ | CAP_LEVEL_II_OPLOCKS | CAP_NT_FIND |
	    CAP_INFOLEVEL_PASSTHRU | CAP_LARGE_READX | CAP_LARGE_WRITEX;

	if (share_set_has_dfs(c->set))
		caps |= CAP_DFS;
	/* Raw messages have no room for a signature. */
	if (c->set->config->signing != SIGNING_MANDATORY)
		caps |= CAP_RAW_MODE;
	if (c->set->config->unix_extensions)
		caps |= CAP_UNIX;
	return c->extended_security ? caps | CAP_EXTENDED_SECURITY : caps;
}

/* Stable for a server, different between servers; clients tell servers apart by it. */
static void
write_guid(struct writer *w, const struct config *conf)
{
	char guid[16] = "smb1d";

	memcpy(guid + 6, conf->netbios_name, strnlen(conf->netbios_name, sizeof guid - 6));
	wr_bytes(w, guid, sizeof guid);
}

/* [MS-CIFS] 2.2.4.52.2: LAN Manager's dialects. */
static void
encode_lanman(struct request *req, const struct args *a, struct writer *w)
{
	const struct conn *c = req->conn;
	const struct config *conf = c->set->config;
	size_t challenge = c->challenged ? sizeof c->challenge : 0;
	ntime now = ntime_now();
	uint16_t date, time;

	ntime_to_dos(now, &date, &time);
	wr_u16(w, security_mode(c));
	wr_u16(w, SMB_MAX_BUFFER);
	wr_u16(w, (uint16_t)conf->max_mux);
	wr_u16(w, 1); /* MaxNumberVcs */
	wr_u16(w, RAW_BOTH);
	wr_u32(w, c->id); /* SessionKey */
	wr_u16(w, time);
	wr_u16(w, date);
	wr_u16(w, (uint16_t)ntime_zone(now));
	wr_u16(w, (uint16_t)challenge);
	wr_u16(w, 0);
	wr_block_bytes(w);
	wr_bytes(w, c->challenge, challenge);
	if (a->tells_domain)
		wr_string_oem(w, conf->workgroup);
}

static void
encode_nt(struct request *req, const struct args *a, struct writer *w)
{
	const struct conn *c = req->conn;
	const struct config *conf = c->set->config;
	size_t challenge = c->challenged ? sizeof c->challenge : 0;
	ntime now = ntime_now();

	wr_u8(w, security_mode(c));
	wr_u16(w, (uint16_t)conf->max_mux);
	wr_u16(w, 1); /* MaxNumberVcs */
	wr_u32(w, SMB_MAX_BUFFER);
	wr_u32(w, MAX_RAW);
	wr_u32(w, c->id); /* SessionKey */
	wr_u32(w, capabilities(c));
	wr_u64(w, now);
	wr_u16(w, (uint16_t)ntime_zone(now));
	wr_u8(w, (uint8_t)challenge);
	wr_block_bytes(w);
	if (c->extended_security) {
		write_guid(w, conf);
		wr_bytes(w, a->token, a->token_len);
		return;
	}
	/* The names are UTF-16 whatever Flags2 says, as Windows and Samba send them. */
	wr_bytes(w, c->challenge, challenge);
	wr_utf16(w, conf->workgroup);
	wr_zero(w, 2);
	wr_utf16(w, conf->netbios_name);
	wr_zero(w, 2);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	/* Said once more for who has no capabilities to read ([MS-CIFS] 2.2.3.1). */
	wr_patch8(w, SMB_FLAGS_AT, SMB_FLAGS_REPLY | SMB_FLAGS_LOCK_AND_READ_OK);
	wr_u16(w, a->index);
	if (a->index == NO_DIALECT || req->conn->protocol < PROTOCOL_LANMAN1)
		return;
	if (req->conn->protocol < PROTOCOL_NT1)
		encode_lanman(req, a, w);
	else
		encode_nt(req, a, w);
}

const struct smb_command smb_negotiate = {
	.name = "NEGOTIATE",
	.words = WORDS(0),
	.flags = ANY_TIME,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
