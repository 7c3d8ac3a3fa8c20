/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "auth/logon.h"
#include "auth/throttle.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "smb/commands.h"
#include "smb/logon.h"
#include "smb/oplock_break.h"

/*
 * SMB_COM_SESSION_SETUP_ANDX with 10, 12 and 13 words ([MS-CIFS] 2.2.4.53, [MS-SMB] 2.2.4.6; that
 * of 10 is LAN Manager's, with one password field).
 */

#define ACTION_GUEST      0x0001
#define MIN_CLIENT_BUFFER 1024

struct args {
	uint8_t word_count;
	uint16_t max_buffer, vc_number;
	uint32_t capabilities;
	size_t lm_len, nt_len, blob_len;
	const uint8_t *lm, *nt, *blob;
	const char *user, *domain, *os, *lanman;
	/* on the way */
	struct session *session;
	struct logon logon;
	struct logon_leg leg;
	const char *reason;
	struct logon_lookup known;
};

static void
decode_strings(struct args *a, struct smb_in *in)
{
	/* Windows 95 leaves the last ones out; a string that is not there is "". */
	a->os = rd_left(&in->bytes) > 0 ? rd_string(&in->bytes) : "";
	a->lanman = rd_left(&in->bytes) > 0 ? rd_string(&in->bytes) : "";
}

static void
decode(void *args, struct smb_in *in)
{
	struct args *a = args;

	a->word_count = in->word_count;
	a->max_buffer = rd_u16(&in->words);
	rd_skip(&in->words, 2); /* MaxMpxCount */
	a->vc_number = rd_u16(&in->words);
	rd_skip(&in->words, 4); /* SessionKey */
	if (in->word_count == 12) {
		a->blob_len = rd_u16(&in->words);
		rd_skip(&in->words, 4); /* Reserved */
		a->capabilities = rd_u32(&in->words);
		a->blob = rd_bytes(&in->bytes, a->blob_len);
		decode_strings(a, in);
		return;
	}
	a->lm_len = rd_u16(&in->words);
	if (in->word_count == 13) {
		a->nt_len = rd_u16(&in->words);
		rd_skip(&in->words, 4); /* Reserved */
		a->capabilities = rd_u32(&in->words);
	}
	a->lm = rd_bytes(&in->bytes, a->lm_len);
	a->nt = rd_bytes(&in->bytes, a->nt_len);
	a->user = rd_left(&in->bytes) > 0 ? rd_string(&in->bytes) : "";
	a->domain = rd_left(&in->bytes) > 0 ? rd_string(&in->bytes) : "";
	decode_strings(a, in);
}

static const char *
client_name(const struct args *a)
{
	if (a->logon.client_user != NULL)
		return a->logon.client_user;
	return a->user != NULL ? a->user : "?";
}

/* With extended security it stands in the token. */
static const char *
client_domain(const struct args *a)
{
	if (a->logon.domain != NULL)
		return a->logon.domain;
	return a->domain != NULL ? a->domain : "";
}

/*
 * One line for the log; the next try of this address has to wait the longer the oftener it failed.
 */
static nt_status
refuse(struct request *req, struct args *a, nt_status status)
{
	struct conn *c = req->conn;

	log_info("%s: log-on of user %s (domain %s) refused: %s", c->peer,
	    log_clean(client_name(a)), log_clean(client_domain(a)),
	    a->reason != NULL ? a->reason : "unreadable token");
	if (a->session != NULL)
		session_end(&a->session);
	if (a->known.user != NULL)
		cred_unref(&a->known.user);
	request_bind(req, NULL, NULL);
	if (status == STATUS_LOGON_FAILURE)
		throttle_failed(c->server->throttle, &c->addr.sa, loop_now_ms());
	return status;
}

/* The first log-on that brings a key starts signing for good, when both sides want it. */
static bool
start_signing(struct request *req, const struct args *a)
{
	struct conn *c = req->conn;
	enum conf_signing want = a->session->set->config->signing;

	if (signing_active(&c->signing) || want == SIGNING_DISABLED)
		return true;
	if (!a->logon.has_key)
		return want != SIGNING_MANDATORY;
	if (want == SIGNING_AUTO && (req->hdr.flags2 & SMB_FLAGS2_SMB_SECURITY_SIGNATURE) == 0)
		return true;
	signing_start(&c->signing, a->logon.session_key, a->logon.response, a->logon.response_len);
	c->signing.next = 2;
	req->sequence = 0;
	return true;
}

/* VcNumber 0: the client has started anew; what its former self left open is in its way. */
static void
reset_others(struct conn *c)
{
	struct conn *other, *next;

	for (other = TAILQ_FIRST(&c->server->conns); other != NULL; other = next) {
		next = TAILQ_NEXT(other, link);
		if (other != c && strcmp(other->peer, c->peer) == 0)
			conn_close(other, "reset on zero vc: the client has connected anew");
	}
}

static void
note_client(struct conn *c, const struct args *a)
{
	c->client_buffer = a->max_buffer < MIN_CLIENT_BUFFER ? MIN_CLIENT_BUFFER : a->max_buffer;
	c->level2_oplocks = (a->capabilities & CAP_LEVEL_II_OPLOCKS) != 0;
	if (c->native_os == NULL)
		c->native_os = xstrdup(log_clean(a->os));
	if (a->vc_number == 0 && !c->logged_on && c->set->config->reset_on_zero_vc)
		reset_others(c);
}

static nt_status
welcome(struct request *req, struct args *a)
{
	struct conn *c = req->conn;

	if (!start_signing(req, a)) {
		a->reason = "server signing = mandatory, and guests have no key to sign with";
		return refuse(req, a, STATUS_ACCESS_DENIED);
	}
	note_client(c, a);
	/* Anybody can be a guest: that proves nothing. */
	if (!a->logon.guest && !a->logon.anonymous)
		throttle_succeeded(c->server->throttle, &c->addr.sa);
	session_complete(a->session, &a->logon, a->known.user);
	a->known.user = NULL;
	log_info("%s: user %s (domain %s) logged on%s: %s, %s%s, client %s", c->peer,
	    log_clean(a->session->user), log_clean(a->session->domain),
	    a->logon.anonymous   ? " anonymously"
		: a->logon.guest ? " as a guest"
				 : "",
	    a->logon.scheme, c->dialect, signing_active(&c->signing) ? ", signed" : "",
	    log_clean(a->os[0] != '\0' ? a->os : "unnamed"));
	return STATUS_SUCCESS;
}

static nt_status
user_looked_up(struct request *req, void *arg, nt_status status)
{
	struct args *a = req->args;

	(void)arg;
	/* The session may have gone while the name service was asked. */
	if (status == STATUS_CANCELLED || session_find(req->conn, req->hdr.uid) != a->session) {
		if (a->known.user != NULL)
			cred_unref(&a->known.user);
		return STATUS_CANCELLED;
	}
	if (status != STATUS_SUCCESS) {
		a->reason = "the name service gives no answer";
		return refuse(req, a, STATUS_INSUFF_SERVER_RESOURCES);
	}
	if (a->known.user == NULL && a->session->set->config->user_identity) {
		a->reason = "user identity = yes, and the system does not know this user";
		return refuse(req, a, STATUS_LOGON_FAILURE);
	}
	return welcome(req, a);
}

static nt_status
accept_logon(struct request *req, struct args *a)
{
	const struct share_set *set = a->session->set;

	if (a->logon.guest || a->logon.anonymous ||
	    (!set->needs_groups && !set->config->user_identity))
		return welcome(req, a);
	a->known.name = a->logon.user;
	return request_work(req, WORK_SLOW, logon_look_up, user_looked_up, &a->known);
}

static nt_status
open_session(struct request *req, struct args *a)
{
	a->session = session_begin(req->conn);
	if (a->session == NULL)
		return STATUS_TOO_MANY_SESSIONS;
	req->hdr.uid = a->session->uid;
	return STATUS_SUCCESS;
}

static nt_status
run_fields(struct request *req, struct args *a)
{
	const struct logon_fields fields = {
		.user = a->user,
		.domain = a->domain,
		.lm = a->lm,
		.lm_len = a->lm_len,
		.nt = a->nt,
		.nt_len = a->nt_len,
		.challenge = req->conn->challenged ? req->conn->challenge : NULL,
		.unicode = (req->hdr.flags2 & SMB_FLAGS2_UNICODE) != 0,
	};
	nt_status status = open_session(req, a);

	if (status != STATUS_SUCCESS)
		return status;
	status = logon_fields_check(
	    &a->session->set->policy, &fields, &req->arena, &a->logon, &a->reason);
	if (status != STATUS_SUCCESS)
		return refuse(req, a, status);
	return accept_logon(req, a);
}

/* A leg of an exchange under way, of a new one, or the first of a re-authentication. */
static nt_status
find_exchange(struct request *req, struct args *a)
{
	nt_status status;

	if (req->hdr.uid == 0)
		status = open_session(req, a);
	else {
		a->session = session_find(req->conn, req->hdr.uid);
		status = a->session != NULL ? STATUS_SUCCESS : STATUS_SMB_BAD_UID;
	}
	if (status != STATUS_SUCCESS)
		return status;
	if (a->session->exchange == NULL)
		a->session->exchange = logon_exchange_new(&a->session->set->policy);
	return STATUS_SUCCESS;
}

static nt_status
run_exchange(struct request *req, struct args *a)
{
	nt_status status = find_exchange(req, a);

	if (status != STATUS_SUCCESS)
		return status;
	a->leg = (struct logon_leg){ .in = a->blob, .in_len = a->blob_len, .result = &a->logon };
	status = logon_exchange_step(a->session->exchange, &req->arena, &a->leg);
	a->reason = a->leg.reason;
	if (status == STATUS_MORE_PROCESSING_REQUIRED)
		return status;
	logon_exchange_free(&a->session->exchange);
	return status == STATUS_SUCCESS ? accept_logon(req, a) : refuse(req, a, status);
}

static nt_status
judge(struct request *req, void *arg, nt_status status)
{
	struct args *a = arg;

	if (status != STATUS_SUCCESS)
		return status;
	return a->word_count == 12 ? run_exchange(req, a) : run_fields(req, a);
}

/* Has the client anything to try by? Not in the first leg of an exchange. */
static bool
is_try(const struct request *req, const struct args *a)
{
	const struct session *s = session_find(req->conn, req->hdr.uid);

	return a->word_count != 12 || (s != NULL && s->exchange != NULL);
}

/* Where passwords belong to shares, who a client says it is does not matter. */
static nt_status
run_nobody(struct request *req, const struct args *a)
{
	note_client(req->conn, a);
	req->hdr.uid = 0;
	return STATUS_SUCCESS;
}

static nt_status
run(struct request *req, void *args)
{
	struct args *a = args;
	struct conn *c = req->conn;

	if (a->word_count == 12 && !c->extended_security)
		return STATUS_INVALID_SMB;
	if (c->share_level)
		return run_nobody(req, a);
	if (!is_try(req, a))
		return judge(req, a, STATUS_SUCCESS);
	return logon_turn(req, arena_printf(&req->arena, "user %s", client_name(a)), judge, a);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct args *a = args;

	wr_u16(w, a->logon.guest ? ACTION_GUEST : 0);
	if (a->word_count == 12)
		wr_u16(w, (uint16_t)a->leg.out_len);
	wr_block_bytes(w);
	if (a->word_count == 12)
		wr_bytes(w, a->leg.out, a->leg.out_len);
	wr_string(w, "Unix");
	wr_string(w, "smb1d");
	wr_string(w, req->conn->set->config->workgroup);
}

const struct smb_command smb_session_setup_andx = {
	.name = "SESSION_SETUP_ANDX",
	.words = WORDS(10) | WORDS(12) | WORDS(13),
	.flags = ANDX,
	.args = sizeof(struct args),
	.decode = decode,
	.run = run,
	.encode = encode,
};
