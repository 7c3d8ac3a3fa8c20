/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_GET_DFS_REFERRAL ([MS-CIFS] 2.2.6.16, [MS-DFSC] 2.2.2 to 2.2.5), as a server answers that
 * belongs to no domain: its own roots and their links. */
#include <string.h>

#include "base/charset.h"
#include "base/cred.h"
#include "config/schema.h"
#include "disk/dfs.h"
#include "server/conn.h"
#include "server/session.h"
#include "server/share.h"
#include "smb/trans/trans2.h"

#define SEPARATORS "\\/"

/* ReferralHeaderFlags and ServerType */
#define REFERRAL_SERVERS 0x1u
#define STORAGE_SERVERS  0x2u
#define TYPE_LINK        0
#define TYPE_ROOT        1

/* Seconds, as Windows has them. */
#define ROOT_TTL 300
#define LINK_TTL 1800

#define HEADER_SIZE    8
#define V1_FIXED       8
#define V2_FIXED       22
#define V3_FIXED       34
#define VERSION_LATEST 3

struct referral {
	uint16_t version; /* at most */
	const char *name; /* as asked for */
	struct trans *t;
	/* where that is */
	const char *below; /* its share, the path there as disk/ has it */
	bool root;
	struct disk_root *disk; /* counted, as the next */
	struct cred *cred;
	bool admin;
	struct dfs_link link;
	/* the reply */
	char *covered; /* the part of the name that led to the link */
	size_t consumed;
};

static void
decode(void *args, struct trans *t)
{
	struct referral *r = args;

	r->version = rd_u16(&t->params);
	r->name = rd_string(&t->params);
}

/* Bytes of so many parts of a path, with the separators before each. */
static size_t
parts_length(const char *path, size_t parts)
{
	size_t n = 0;

	while (parts-- > 0) {
		n += strspn(path + n, SEPARATORS);
		n += strcspn(path + n, SEPARATORS);
	}
	return n;
}

/* Where passwords belong to shares, who has that of one is not let into all. */
static bool
could_open(const struct request *req, const struct share *sh)
{
	const struct conf_list *names = &sh->conf->username;
	const char *user = req->session->user;

	if (!req->conn->share_level || sh->conf->guest_ok)
		return true;
	for (size_t i = 0; i < names->count; i++) {
		if (name_casecmp(names->words[i], user) == 0)
			return true;
	}
	return false;
}

/* The share in "\server\share\dir"; NULL: there is none. */
static struct share *
find_share(struct request *req, const struct referral *r)
{
	const size_t server = parts_length(r->name, 1), end = parts_length(r->name, 2);
	const char *reason, *name = r->name + server + strspn(r->name + server, SEPARATORS);
	struct share *sh;

	if (name >= r->name + end)
		return NULL;
	sh = share_find(
	    req->session->set, arena_strndup(&req->arena, name, (size_t)(r->name + end - name)));
	if (sh == NULL || !disk_is_dfs_root(sh->root) || !could_open(req, sh) ||
	    share_admit(sh, req->conn, req->session, &reason) == STATUS_ACCESS_DENIED)
		return NULL;
	return sh;
}

static char *
path_below(struct arena *a, const char *client)
{
	char *path = arena_strdup(a, client + strspn(client, SEPARATORS)), *to = path;

	for (const char *from = path; *from != '\0'; from++) {
		char c = strchr(SEPARATORS, *from) != NULL ? '/' : *from;

		if (c != '/' || (to > path && to[-1] != '/'))
			*to++ = c;
	}
	if (to > path && to[-1] == '/')
		to--;
	*to = '\0';
	return path;
}

/* The identity the user would have on that share, but for its "force group". */
static void
act_on(struct referral *r, const struct session *session, const struct share *sh)
{
	struct cred *cred = sh->force_cred != NULL ? sh->force_cred : session->cred;

	r->admin = share_is_admin(sh, session);
	r->disk = disk_root_ref(sh->root);
	if (cred != NULL && !r->admin)
		r->cred = cred_ref(cred);
}

static nt_status
work(const struct disk *d, struct arena *a, void *arg)
{
	struct referral *r = arg;
	const struct disk there = { .root = r->disk,
		.cred = r->cred,
		.nowait = d->nowait,
		.read_only = true,
		.admin = r->admin };

	return disk_dfs_find(&there, a, r->below, &r->link);
}

/* Entries of this version with so many targets, and their strings. */
static size_t
reply_size(const struct referral *r, size_t n)
{
	const size_t path = 2 + utf16le_from_utf8(r->covered, NULL, 0);
	size_t size = HEADER_SIZE + (r->version == 1 ? 0 : path);

	for (size_t i = 0; i < n; i++) {
		size += 2 + utf16le_from_utf8(r->link.target[i], NULL, 0);
		size += r->version == 1 ? V1_FIXED : r->version == 2 ? V2_FIXED : V3_FIXED;
	}
	return size;
}

static void
put_string(struct writer *w, const char *text)
{
	wr_utf16(w, text);
	wr_u16(w, 0);
}

static void
put_v1(const struct referral *r, const char *target, struct writer *w)
{
	const size_t at = w->pos;

	wr_u16(w, 1);
	wr_u16(w, 0);
	wr_u16(w, r->root ? TYPE_ROOT : TYPE_LINK);
	wr_u16(w, 0);
	put_string(w, target);
	wr_patch16(w, at + 2, (uint16_t)(w->pos - at));
}

/* Its strings stand behind all entries: the path, then each target; the offsets count from here. */
static void
put_v2_v3(const struct referral *r, size_t path, size_t target, struct writer *w)
{
	const size_t at = w->pos;

	wr_u16(w, r->version);
	wr_u16(w, r->version == 2 ? V2_FIXED : V3_FIXED);
	wr_u16(w, r->root ? TYPE_ROOT : TYPE_LINK);
	wr_u16(w, 0);
	if (r->version == 2)
		wr_u32(w, 0); /* Proximity */
	wr_u32(w, r->root ? ROOT_TTL : LINK_TTL);
	wr_u16(w, (uint16_t)(path - at)); /* DFSPathOffset */
	wr_u16(w, (uint16_t)(path - at)); /* DFSAlternatePathOffset: there is no other */
	wr_u16(w, (uint16_t)(target - at));
	if (r->version == 3)
		wr_zero(w, 16); /* ServiceSiteGuid */
}

static void
put_entries(const struct referral *r, size_t n, struct writer *w)
{
	const size_t path = w->pos + n * (r->version == 2 ? V2_FIXED : V3_FIXED);
	size_t target = path + 2 + utf16le_from_utf8(r->covered, NULL, 0);

	for (size_t i = 0; i < n; i++) {
		if (r->version == 1) {
			put_v1(r, r->link.target[i], w);
			continue;
		}
		put_v2_v3(r, path, target, w);
		target += 2 + utf16le_from_utf8(r->link.target[i], NULL, 0);
	}
	if (r->version == 1)
		return;
	put_string(w, r->covered);
	for (size_t i = 0; i < n; i++)
		put_string(w, r->link.target[i]);
}

/* As many targets as fit, whole; where none does the client is to come with more room. */
static nt_status
answer(struct request *req, struct referral *r)
{
	const size_t parts = 2 + r->link.parts, most = r->t->max_data;
	const size_t length = parts_length(r->name, parts);
	const char *prefix = arena_strndup(&req->arena, r->name, length);
	struct writer *w = &r->t->out_data;
	size_t n = r->link.n, size;

	r->covered = arena_printf(&req->arena, "\\%s", prefix + strspn(prefix, SEPARATORS));
	r->consumed = utf16le_from_utf8(prefix, NULL, 0);
	while (n > 0 && ((size = reply_size(r, n)) > most || size > UINT16_MAX))
		n--;
	if (n == 0)
		return STATUS_BUFFER_OVERFLOW;
	trans_out(req, r->t, 0, size);
	wr_u16(w, (uint16_t)r->consumed);
	wr_u16(w, (uint16_t)n);
	wr_u32(w, r->root ? REFERRAL_SERVERS | STORAGE_SERVERS : STORAGE_SERVERS);
	put_entries(r, n, w);
	return STATUS_SUCCESS;
}

static nt_status
found(struct request *req, void *arg, nt_status status)
{
	struct referral *r = arg;

	disk_root_unref(&r->disk);
	if (r->cred != NULL)
		cred_unref(&r->cred);
	return status == STATUS_SUCCESS ? answer(req, r) : status;
}

/* A root is where it was asked for. */
static nt_status
answer_root(struct request *req, struct referral *r)
{
	const char *name = arena_strndup(&req->arena, r->name, parts_length(r->name, 2));

	r->root = true;
	r->link.target[0] = arena_printf(&req->arena, "\\%s", name + strspn(name, SEPARATORS));
	r->link.n = 1;
	return answer(req, r);
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct referral *r = args;
	const struct share *sh = find_share(req, r);

	r->t = t;
	if (sh == NULL)
		return STATUS_NOT_FOUND;
	if (r->version == 0)
		return STATUS_INVALID_PARAMETER;
	if (r->version > VERSION_LATEST)
		r->version = VERSION_LATEST;
	r->below = path_below(&req->arena, r->name + parts_length(r->name, 2));
	if (r->below[0] == '\0' && !disk_is_dfs_proxy(sh->root))
		return answer_root(req, r);
	act_on(r, req->session, sh);
	return request_work(req, WORK_SLOW, work, found, r);
}

const struct trans_command trans2_get_dfs_referral = {
	.name = "GET_DFS_REFERRAL",
	.flags = TRANS_IPC,
	.args = sizeof(struct referral),
	.decode = decode,
	.run = run,
};
