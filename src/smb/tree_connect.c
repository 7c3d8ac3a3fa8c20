/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/tree_connect.h"

#include <string.h>
#include <strings.h>

#include "auth/throttle.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/loop.h"
#include "server/conn.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/commands.h"

const char *
tree_connect_service(const struct tree_connect *t)
{
	return t->tree->ipc ? "IPC" : "A:";
}

/* "\\server\share" or the share alone. */
static const char *
share_name(const char *path)
{
	const char *slash = strrchr(path, '\\');

	return slash != NULL ? slash + 1 : path;
}

static nt_status
check_service(const struct share *sh, const char *service)
{
	const char *ours = sh->conf == NULL ? "IPC" : "A:";

	if (service[0] == '\0' || strcmp(service, "?????") == 0 || strcasecmp(service, ours) == 0)
		return STATUS_SUCCESS;
	return STATUS_BAD_DEVICE_TYPE;
}

/* For the log. */
static const char *
user_name(const struct tree_connect *t)
{
	return t->session->user != NULL ? log_clean(t->session->user) : "(by a password)";
}

/* Where a session was made for the tree alone, it goes with it. */
static nt_status
refuse(struct request *req, struct tree_connect *t, nt_status status)
{
	if (req->conn->share_level)
		session_end(&t->session);
	if (t->known.user != NULL)
		cred_unref(&t->known.user);
	return status;
}

static nt_status
find_share(struct request *req, struct tree_connect *t)
{
	const char *peer = req->conn->peer, *name = share_name(t->path);
	nt_status status;

	t->share = share_find(t->session->set, name);
	if (t->share == NULL) {
		log_info("%s: user %s: no such share: %s", peer, user_name(t), log_clean(name));
		return STATUS_BAD_NETWORK_NAME;
	}
	status = check_service(t->share, t->service);
	if (status != STATUS_SUCCESS)
		log_info("%s: user %s: share %s refused: it is no %s", peer, user_name(t),
		    log_clean(name), log_clean(t->service));
	return status;
}

/* The user is known: is he let in? */
static nt_status
enter(struct request *req, struct tree_connect *t)
{
	struct conn *c = req->conn;
	const char *reason = "";
	nt_status status = share_admit(t->share, c, t->session, &reason);

	if (status != STATUS_SUCCESS)
		log_info("%s: user %s: share %s refused: %s", c->peer, user_name(t),
		    log_clean(share_name(t->path)), reason);
	else
		status = tree_connect(c, t->session, t->share, &t->tree);
	if (status != STATUS_SUCCESS)
		return refuse(req, t, status);
	if (c->share_level)
		t->tree->own = t->session;
	req->hdr.tid = t->tree->tid;
	request_bind(req, t->session, t->tree);
	log_debug("%s: user %s: tree %u is %s", c->peer, user_name(t), t->tree->tid,
	    t->tree->ipc ? "IPC$" : t->tree->share->conf->name);
	return STATUS_SUCCESS;
}

static nt_status
welcome(struct request *req, struct tree_connect *t)
{
	struct conn *c = req->conn;

	if (!t->logon.guest && !t->logon.anonymous)
		throttle_succeeded(c->server->throttle, &c->addr.sa);
	session_complete(t->session, &t->logon, t->known.user);
	t->known.user = NULL;
	if (t->share->conf != NULL)
		log_info("%s: share %s opened as user %s: %s, %s", c->peer, t->share->conf->name,
		    user_name(t), t->logon.scheme, c->dialect);
	return enter(req, t);
}

static nt_status
user_looked_up(struct request *req, void *arg, nt_status status)
{
	struct tree_connect *t = arg;
	bool wanted;

	if (status == STATUS_CANCELLED)
		return refuse(req, t, status);
	wanted = t->session->set->config->user_identity;
	if (status == STATUS_SUCCESS && (t->known.user != NULL || !wanted))
		return welcome(req, t);
	log_info("%s: share %s refused: %s", req->conn->peer, t->share->conf->name,
	    status == STATUS_SUCCESS ? "user identity = yes, and the system does not know its user"
				     : "the name service gives no answer");
	return refuse(req, t,
	    status == STATUS_SUCCESS ? STATUS_ACCESS_DENIED : STATUS_INSUFF_SERVER_RESOURCES);
}

static bool
is_blank(const struct tree_connect *t)
{
	return t->password_len == 0 || (t->password_len == 1 && t->password[0] == 0);
}

/* Does the password prove one of the accounts that open the share? All are tried, so that the time
 * taken tells nothing. */
static bool
proves_account(struct request *req, struct tree_connect *t)
{
	const struct conf_list *names = &t->share->conf->username;
	struct logon_policy policy = t->session->set->policy;
	size_t len = is_blank(t) ? 0 : t->password_len;
	struct logon_fields f = {
		.domain = "",
		.lm = t->password,
		.nt = t->password,
		.lm_len = len,
		.nt_len = len,
		.challenge = req->conn->challenged ? req->conn->challenge : NULL,
	};
	const char *reason = "no account opens it (username)";
	bool proved = false;

	policy.map_to_guest = LOGON_GUEST_NEVER;
	for (size_t i = 0; i < names->count; i++) {
		struct logon one;
		const char *why;

		f.user = names->words[i];
		if (logon_fields_check(&policy, &f, &req->arena, &one, &why) != STATUS_SUCCESS)
			reason = why;
		else if (!proved)
			t->logon = one;
		proved |= one.scheme != NULL;
	}
	if (!proved)
		log_info("%s: share %s refused: %s", req->conn->peer, t->share->conf->name, reason);
	return proved;
}

static nt_status
judge(struct request *req, void *arg, nt_status status)
{
	struct tree_connect *t = arg;
	const struct share_set *set = t->session->set;

	if (status != STATUS_SUCCESS)
		return refuse(
		    req, t, status == STATUS_LOGON_FAILURE ? STATUS_WRONG_PASSWORD : status);
	if (!proves_account(req, t)) {
		throttle_failed(req->conn->server->throttle, &req->conn->addr.sa, loop_now_ms());
		return refuse(req, t, STATUS_WRONG_PASSWORD);
	}
	if (!set->needs_groups && !set->config->user_identity)
		return welcome(req, t);
	t->known.name = t->logon.user;
	return request_work(req, WORK_SLOW, logon_look_up, user_looked_up, t);
}

/* Guests need no password: where none can be right, or they give none. */
static bool
is_guest(const struct tree_connect *t)
{
	const struct share_conf *conf = t->share->conf;

	return conf->guest_ok && (conf->username.count == 0 || is_blank(t));
}

static nt_status
by_password(struct request *req, struct tree_connect *t)
{
	t->logon = (struct logon){ .user = "", .domain = "", .client_user = "" };
	if (t->share->conf == NULL) {
		t->logon.anonymous = true;
		t->logon.scheme = "anonymous";
		return welcome(req, t);
	}
	if (is_guest(t)) {
		t->logon.user = t->session->set->policy.guest_account;
		t->logon.guest = true;
		t->logon.scheme = "guest";
		return welcome(req, t);
	}
	return logon_turn(
	    req, arena_printf(&req->arena, "share %s", t->share->conf->name), judge, t);
}

nt_status
tree_connect_run(struct request *req, struct tree_connect *t)
{
	nt_status status;

	t->session = req->conn->share_level ? session_begin(req->conn) : req->session;
	if (t->session == NULL)
		return STATUS_TOO_MANY_SESSIONS;
	status = find_share(req, t);
	if (status != STATUS_SUCCESS)
		return refuse(req, t, status);
	return req->conn->share_level ? by_password(req, t) : enter(req, t);
}

/* SMB_COM_TREE_CONNECT ([MS-CIFS] 2.2.4.50): its strings are never Unicode. */
static void
decode_format(struct reader *r)
{
	if (rd_u8(r) != 0x04)
		r->bad = true;
}

static void
decode(void *args, struct smb_in *in)
{
	struct tree_connect *t = args;
	struct reader password;

	decode_format(&in->bytes);
	t->path = rd_string_oem(&in->bytes);
	decode_format(&in->bytes);
	password = in->bytes;
	rd_string_oem(&in->bytes);
	t->password_len = rd_left(&password) - rd_left(&in->bytes);
	t->password = rd_bytes(&password, t->password_len);
	decode_format(&in->bytes);
	t->service = rd_string_oem(&in->bytes);
}

static nt_status
run(struct request *req, void *args)
{
	return tree_connect_run(req, args);
}

static void
encode(struct request *req, const void *args, struct writer *w)
{
	const struct tree_connect *t = args;

	(void)req;
	wr_u16(w, SMB_MAX_BUFFER);
	wr_u16(w, t->tree->tid);
}

const struct smb_command smb_tree_connect = {
	.name = "TREE_CONNECT",
	.words = WORDS(0),
	.flags = NEED_UID | BY_SHARE,
	.args = sizeof(struct tree_connect),
	.decode = decode,
	.run = run,
	.encode = encode,
};
