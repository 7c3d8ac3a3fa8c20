/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/path.h"

#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/charset.h"
#include "base/log.h"
#include "config/schema.h"
#include "disk/lookup.h"
#include "disk/quota.h"
#include "disk/snapshot.h"
#include "disk/spelling.h"
#include "disk/stream.h"
#include "file/node.h"
#include "server/conn.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

/* A path being put together, part by part. */
struct path {
	char *text;
	size_t len;
	nt_status status; /* so far */
	bool invalid;     /* some part can be no name */
	const char *time; /* the part that names a snapshot, or NULL */
};

/* A slash is no part of a name; clients that write it for the backslash know only the one. */
static char
separator_of(const struct request *req, const char *client)
{
	return strchr(client, '\\') != NULL && !req->disk.exact ? '\\' : '/';
}

static size_t
part_length(const char *s, char separator)
{
	return (size_t)(strchrnul(s, separator) - s);
}

static nt_status
go_up(struct path *p)
{
	char *slash;

	if (p->len == 0)
		return STATUS_OBJECT_PATH_SYNTAX_BAD;
	slash = memrchr(p->text, '/', p->len);
	p->len = slash != NULL ? (size_t)(slash - p->text) : 0;
	p->text[p->len] = '\0';
	return STATUS_SUCCESS;
}

static void
append(struct path *p, const char *part, size_t n)
{
	if (p->len > 0)
		p->text[p->len++] = '/';
	memcpy(p->text + p->len, part, n);
	p->len += n;
	p->text[p->len] = '\0';
}

static bool
takes_streams(const struct request *req)
{
	return req->disk.root != NULL && disk_has_streams(req->disk.root);
}

/*
 * Behind the name of a file, ":stream" or ":stream:$DATA"; "::$DATA" is the file itself. Appended
 * in the first form.
 */
static nt_status
add_stream(const struct request *req, struct path *p, const char *stream, size_t n)
{
	static const char type[] = ":$DATA";
	const size_t k = sizeof type - 1;
	size_t at = p->len + 1;

	if (n == 0)
		return STATUS_OBJECT_NAME_INVALID;
	if (n >= k && strncasecmp(stream + n - k, type, k) == 0)
		n -= k;
	else if (memchr(stream, ':', n) != NULL)
		return STATUS_OBJECT_NAME_INVALID;
	p->text[p->len] = ':';
	memcpy(p->text + at, stream, n);
	p->text[at + n] = '\0';
	p->len = at + n;
	if (n > 0 && (!takes_streams(req) || !disk_stream_valid(p->text + at)))
		return STATUS_OBJECT_NAME_INVALID;
	return STATUS_SUCCESS;
}

/* "." is a bad name at the end, in the middle a missing directory to the client. */
static nt_status
add_part(struct path *p, const char *part, size_t n)
{
	if (p->status != STATUS_SUCCESS)
		p->status = STATUS_OBJECT_PATH_NOT_FOUND;
	if (n == 0)
		return STATUS_SUCCESS;
	if (n == 2 && memcmp(part, "..", 2) == 0)
		return go_up(p);
	append(p, part, n);
	if (n != 1 || part[0] != '.')
		p->invalid = p->invalid || !disk_name_valid(p->text + p->len - n);
	else if (p->status == STATUS_SUCCESS)
		p->status = STATUS_OBJECT_NAME_INVALID;
	return STATUS_SUCCESS;
}

/* As every other client would see it. */
static nt_status
add_posix_part(struct request *req, struct path *p, const char *part, size_t n)
{
	char *bytes = arena_strndup(&req->arena, part, n), *name;

	if (n == 1 && part[0] == '.')
		return STATUS_SUCCESS;
	if (n == 2 && memcmp(part, "..", 2) == 0)
		return add_part(p, part, n);
	spelling_posix_to_disk(bytes, bytes);
	name = arena_alloc_raw(&req->arena, 3 * strlen(bytes) + 1);
	spelling_path_from_disk(bytes, name);
	return add_part(p, name, strlen(name));
}

/* A part of a client's path; only the last one may name a stream. */
static nt_status
add_client_part(struct request *req, struct path *p, const char *part, size_t n, bool last)
{
	const char *colon = memchr(part, ':', n);
	size_t name = colon != NULL ? (size_t)(colon - part) : n;
	nt_status status;

	if (colon != NULL && !last && !req->disk.exact)
		return STATUS_OBJECT_NAME_INVALID;
	if (disk_has_snapshots(req->disk.root) && snapshot_token(part, n)) {
		p->time = part;
		return STATUS_SUCCESS;
	}
	if (req->disk.exact)
		return add_posix_part(req, p, part, n);
	status = add_part(p, part, name);
	if (status != STATUS_SUCCESS || p->status != STATUS_SUCCESS || colon == NULL)
		return status;
	return add_stream(req, p, colon + 1, n - name - 1);
}

/* The path of a snapshot begins with its time, and nothing is changed there. */
static const char *
go_back(struct request *req, const struct path *p)
{
	req->disk.read_only = true;
	return arena_printf(
	    &req->arena, "%.*s%s%s", SNAPSHOT_TOKEN, p->time, p->len > 0 ? "/" : "", p->text);
}

static nt_status
normalize(struct request *req, const char *client, size_t n, const char **out)
{
	/* Of a POSIX client's name each byte may need three. */
	struct path p = { .text = arena_alloc(&req->arena, (req->disk.exact ? 3 * n : n) + 2) };
	const char *end = client + n;
	char separator = separator_of(req, client);
	nt_status status;
	size_t len;

	while (client < end) {
		len = part_length(client, separator);
		if (len > (size_t)(end - client))
			len = (size_t)(end - client);
		if (len > 0) {
			status = add_client_part(req, &p, client, len, client + len == end);
			if (status != STATUS_SUCCESS)
				return status;
		}
		client += len;
		client += *client == separator ? 1 : 0;
	}
	*out = p.time != NULL ? go_back(req, &p) : p.text;
	return p.invalid ? STATUS_OBJECT_NAME_INVALID : p.status;
}

/* A directory that is about to be deleted is empty, and stays so. */
static nt_status
check_directory(struct request *req, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL || req->disk.root == NULL)
		return STATUS_SUCCESS;
	return file_directory_dying(req->conn->server->files, req->disk.root,
		   arena_strndup(&req->arena, path, (size_t)(slash - path)))
	    ? STATUS_DELETE_PENDING
	    : STATUS_SUCCESS;
}

/*
 * Where NTFS keeps quotas. Clients open it for a handle to ask for them by; here they are of the
 * disk, and any handle will do: it is the root of the share.
 */
static bool
is_quota_index(const struct request *req, const char *client)
{
	return disk_has_quotas(req->disk.root) &&
	    strcasecmp(client + strspn(client, "\\/"), "$Extend\\$Quota:$Q:$INDEX_ALLOCATION") == 0;
}

/*
 * With SMB_FLAGS2_DFS a path begins with a server, whatever that is called, and the share. Some
 * clients say so of paths that do not, as they do of those on shares that are no root.
 */
static const char *
behind_share(struct request *req, const char *client)
{
	const struct share_conf *share = req->tree->share->conf;
	const char separator = separator_of(req, client);
	const char *p = client;
	size_t n;

	if ((req->hdr.flags2 & SMB_FLAGS2_DFS) == 0 || share == NULL ||
	    !req->tree->share->set->config->host_msdfs)
		return client;
	p += strspn(p, "\\/");
	p += part_length(p, separator);
	p += *p == separator ? 1 : 0;
	n = part_length(p, separator);
	if (name_casecmp(share->name, arena_strndup(&req->arena, p, n)) != 0)
		return client;
	return p + n;
}

/* A client may show its user no more of a failure than that it failed. */
static void
note(const struct request *req, const char *client)
{
	const struct session *s = req->session;

	if (!log_debugs() || s == NULL || req->tree == NULL || req->tree->share->conf == NULL)
		return;
	log_debug("%s: mid %u is of user %s, share %s, path %s", req->conn->peer, req->hdr.mid,
	    s->user != NULL ? log_clean(s->user) : "(by a password)", req->tree->share->conf->name,
	    log_clean(client));
}

nt_status
request_path(struct request *req, const char *client, const char **out)
{
	nt_status status;

	note(req, client);
	client = behind_share(req, client);
	if (is_quota_index(req, client))
		client = "";
	status = normalize(req, client, strlen(client), out);
	return status == STATUS_SUCCESS ? check_directory(req, *out) : status;
}

bool
request_names_one(const struct request *req, const char *client)
{
	return req->disk.exact || strchr(client, ':') != NULL;
}

nt_status
request_pattern(struct request *req, const char *client, const char **dir, const char **pattern)
{
	const char *last;

	note(req, client);
	client = behind_share(req, client);
	last = strrchr(client, separator_of(req, client));
	*pattern = last != NULL ? last + 1 : client;
	if (!req->disk.exact && strpbrk(*pattern, ":|/") != NULL)
		return STATUS_OBJECT_NAME_INVALID;
	return normalize(req, client, (size_t)(*pattern - client), dir);
}

char *
path_for_client(struct arena *a, const char *path)
{
	char *out = arena_printf(a, "\\%s", path);

	for (char *p = out; *p != '\0'; p++) {
		if (*p == '/')
			*p = '\\';
	}
	return out;
}
