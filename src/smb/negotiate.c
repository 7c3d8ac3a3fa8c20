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
#define CAP_STATUS32           0x00000040u
#define CAP_LOCK_AND_READ      0x00000100u
#define CAP_NT_FIND            0x00000200u
#define CAP_INFOLEVEL_PASSTHRU 0x00002000u
#define CAP_LARGE_READX        0x00004000u
#define CAP_LARGE_WRITEX       0x00008000u
#define CAP_EXTENDED_SECURITY  0x80000000u

#define MODE_USER             0x01
#define MODE_ENCRYPT          0x02
#define MODE_SIGNING          0x04
#define MODE_SIGNING_REQUIRED 0x08

#define MAX_BUFFER 16644 /* as Windows and Samba announce it; the large forms go beyond */
#define MAX_RAW    65536
#define NO_DIALECT 0xFFFF

struct dialect {
	const char *name;
	enum conf_protocol protocol;
	bool spoken;
};

static const struct dialect dialects[] = {
	{ "PC NETWORK PROGRAM 1.0", PROTOCOL_CORE, false },
	{ "MICROSOFT NETWORKS 1.03", PROTOCOL_COREPLUS, false },
	{ "MICROSOFT NETWORKS 3.0", PROTOCOL_LANMAN1, false },
	{ "LANMAN1.0", PROTOCOL_LANMAN1, false },
	{ "LM1.2X002", PROTOCOL_LANMAN2, false },
	{ "DOS LM1.2X002", PROTOCOL_LANMAN2, false },
	{ "LANMAN2.1", PROTOCOL_LANMAN2, false },
	{ "DOS LANMAN2.1", PROTOCOL_LANMAN2, false },
	{ "Samba", PROTOCOL_LANMAN2, false },
	{ "NT LM 0.12", PROTOCOL_NT1, true },
};

#define MAX_OFFERED 64

struct args {
	const char *offered[MAX_OFFERED];
	unsigned noffered;
	/* the answer */
	uint16_t index;
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

/* The best of ours, whatever the client's order; of equals the first it offers. */
static const struct dialect *
choose(struct args *a, const struct config *conf)
{
	const struct dialect *best = NULL, *d;
	unsigned i;

	a->index = NO_DIALECT;
	for (i = 0; i < a->noffered; i++) {
		d = dialect_of(a->offered[i]);
		if (d == NULL || !d->spoken || d->protocol < conf->min_protocol ||
		    d->protocol > conf->max_protocol)
			continue;
		if (best != NULL && d->protocol <= best->protocol)
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
	if (d == NULL) {
		log_refusal(req, a);
		return STATUS_SUCCESS;
	}
	c->negotiated = true;
	c->protocol = d->protocol;
	c->extended_security = (req->hdr.flags2 & SMB_FLAGS2_EXTENDED_SECURITY) != 0;
	if (c->extended_security)
		logon_negotiate_token(&req->arena, &a->token, &a->token_len);
	else
		logon_challenge(c->challenge);
	return STATUS_SUCCESS;
}

static uint8_t
security_mode(const struct config *conf)
{
	uint8_t mode = MODE_USER | MODE_ENCRYPT;

	if (conf->signing != SIGNING_DISABLED)
		mode |= MODE_SIGNING;
	if (conf->signing == SIGNING_MANDATORY)
		mode |= MODE_SIGNING_REQUIRED;
	return mode;
}

static uint32_t
capabilities(const struct conn *c)
{
	uint32_t caps = CAP_UNICODE | CAP_LARGE_FILES | CAP_NT_SMBS | CAP_STATUS32 |
	    CAP_LOCK_AND_READ | CAP_LEVEL_II_OPLOCKS | CAP_NT_FIND | CAP_INFOLEVEL_PASSTHRU |
	    CAP_LARGE_READX | CAP_LARGE_WRITEX;

	/* Raw messages have no room for a signature. */
	if (c->set->config->signing != SIGNING_MANDATORY)
		caps |= CAP_RAW_MODE;
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

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;
	const struct conn *c = req->conn;
	const struct config *conf = c->set->config;
	ntime now = ntime_now();

	/* Said once more for who has no capabilities to read ([MS-CIFS] 2.2.3.1). */
	wr_patch8(w, SMB_FLAGS_AT, SMB_FLAGS_REPLY | SMB_FLAGS_LOCK_AND_READ_OK);
	wr_u16(w, a->index);
	if (a->index == NO_DIALECT)
		return;
	wr_u8(w, security_mode(conf));
	wr_u16(w, (uint16_t)conf->max_mux);
	wr_u16(w, 1); /* MaxNumberVcs */
	wr_u32(w, MAX_BUFFER);
	wr_u32(w, MAX_RAW);
	wr_u32(w, c->id); /* SessionKey */
	wr_u32(w, capabilities(c));
	wr_u64(w, now);
	wr_u16(w, (uint16_t)ntime_zone(now));
	wr_u8(w, c->extended_security ? 0 : sizeof c->challenge);
	wr_block_bytes(w);
	if (c->extended_security) {
		write_guid(w, conf);
		wr_bytes(w, a->token, a->token_len);
		return;
	}
	/* The names are UTF-16 whatever Flags2 says, as Windows and Samba send them. */
	wr_bytes(w, c->challenge, sizeof c->challenge);
	wr_utf16(w, conf->workgroup);
	wr_zero(w, 2);
	wr_utf16(w, conf->netbios_name);
	wr_zero(w, 2);
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
