/* SPDX-License-Identifier: BSD-2-Clause */
#include "server/ctl/dump.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "config.h"
#include "file/lock.h"
#include "file/node.h"
#include "file/notify.h"
#include "server/conn.h"
#include "server/handle.h"
#include "server/request.h"
#include "server/server.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"

/* Of one document: what it takes to make one keeps everybody else waiting. */
#define ROWS_MAX 4000

/* The process as the kernel sees it; opened before the fence goes up. */
static DIR *descriptors;
static int memory = -1;

/* A list that does not get too long; row is taken over. */
struct rows {
	json_t *array;
	json_int_t left_off;
};

static struct rows
rows_new(void)
{
	struct rows r = { .array = json_array() };

	return r;
}

static bool
has_room(struct rows *r)
{
	if (json_array_size(r->array) < ROWS_MAX)
		return true;
	r->left_off++;
	return false;
}

static json_t *
list_document(const char *name, struct rows *r)
{
	return json_pack("{s:o, s:I}", name, r->array, "left_off", r->left_off);
}

/* Names are UTF-8, unless somebody on this side of the server made others. */
static json_t *
text(const char *s)
{
	json_t *t = json_string(s != NULL ? s : "");

	return t != NULL ? t : json_string(log_clean(s));
}

void
dump_prepare(void)
{
	if (descriptors == NULL)
		descriptors = opendir("/proc/self/fd");
	if (memory < 0)
		memory = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	/* jansson wants a random number for its first document. */
	json_object_seed(0);
}

static json_int_t
count_descriptors(void)
{
	json_int_t n = 0;
	const struct dirent *e;

	if (descriptors == NULL)
		return 0;
	rewinddir(descriptors);
	while ((e = readdir(descriptors)) != NULL)
		n += e->d_name[0] != '.';
	return n;
}

static json_int_t
resident_bytes(void)
{
	char line[128];
	long all, resident = 0;
	ssize_t n = memory >= 0 ? pread(memory, line, sizeof line - 1, 0) : 0;

	if (n <= 0)
		return 0;
	line[n] = '\0';
	return sscanf(line, "%ld %ld", &all, &resident) == 2 ? resident * sysconf(_SC_PAGESIZE) : 0;
}

static json_t *
memory_figures(void)
{
	struct mallinfo2 m = mallinfo2();

	return json_pack("{s:I, s:I, s:I}", "resident", resident_bytes(), "allocated",
	    (json_int_t)(m.uordblks + m.hblkhd), "kept", (json_int_t)m.fordblks);
}

enum awaited { FOR_DISK, FOR_TURN, FOR_TIME, FOR_LOCK, FOR_CHANGE, FOR_OPEN, FOR_PIPE, AWAITED };

static const char *const awaited_names[AWAITED] = { "disk", "turn", "time", "lock", "change",
	"open", "pipe" };

/* What a request that is not answered yet waits for. */
static enum awaited
awaited(const struct request *req)
{
	struct open *o = req->held[0] != NULL ? req->held[0]->open : NULL;

	if (req->in_job)
		return FOR_DISK;
	if (req->waiter.list == NULL || req->waiter.list == &req->waiter.loop->ready)
		return FOR_TURN;
	if (req->waiter.list == &req->asleep)
		return FOR_TIME;
	if (o != NULL && req->waiter.list == file_lock_waiters(o))
		return FOR_LOCK;
	if (o != NULL && o->notify != NULL)
		return FOR_CHANGE;
	if (req->held[0] != NULL && req->held[0]->pipe != NULL)
		return FOR_PIPE;
	/* That somebody closes the file, or gives up his oplock. */
	return FOR_OPEN;
}

/* What all connections have between them. */
struct totals {
	json_int_t sessions, trees, handles, searches, outstanding, waiters;
	json_int_t waiting[AWAITED];
};

static void
add_requests(struct totals *t, const struct conn *c)
{
	const struct request *req;

	TAILQ_FOREACH (req, &c->requests, link) {
		if (!req->parked && !req->in_job)
			continue;
		t->waiters++;
		t->waiting[awaited(req)]++;
	}
}

static json_t *
waiting(const struct totals *t)
{
	json_t *document = json_object();
	int i;

	for (i = 0; i < AWAITED; i++)
		json_object_set_new(document, awaited_names[i], json_integer(t->waiting[i]));
	return document;
}

static struct totals
total_up(const struct server *s)
{
	struct totals t = { 0 };
	const struct conn *c;

	TAILQ_FOREACH (c, &s->conns, link) {
		t.sessions += c->sessions.count;
		t.trees += c->trees.count;
		t.handles += c->handles.count;
		t.searches += c->searches.count;
		t.outstanding += c->outstanding;
		add_requests(&t, c);
	}
	return t;
}

static json_t *
counts(const struct server *s, const struct totals *t)
{
	struct file_counts f;
	json_t *document, *files;

	file_count(s->files, &f);
	document = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "connections",
	    (json_int_t)s->nconns, "sessions", t->sessions, "trees", t->trees, "handles",
	    t->handles, "searches", t->searches, "outstanding", t->outstanding, "waiters",
	    t->waiters);
	files = json_pack("{s:I, s:I, s:I, s:I, s:I}", "nodes", (json_int_t)f.nodes, "opens",
	    (json_int_t)f.opens, "locks", (json_int_t)f.locks, "oplocks", (json_int_t)f.oplocks,
	    "breaks", (json_int_t)f.breaks);
	json_object_update_new(document, files);
	json_object_set_new(document, "notifies", json_integer(notify_count(s->notify)));
	json_object_set_new(document, "watches", json_integer(notify_directories(s->notify)));
	json_object_set_new(document, "scans", json_integer(notify_scans(s->notify)));
	return document;
}

json_t *
dump_status(const struct ctl_subject *s)
{
	const struct server *server = s->server;
	const struct totals t = total_up(server);
	uint64_t served = loop_now_ms() - s->since_ms;

	return json_pack("{s:s, s:o, s:i, s:I, s:b, s:o, s:o, s:I, s:o}", "version",
	    PACKAGE_VERSION, "name", text(server->shares->config->netbios_name), "pid",
	    (int)getpid(), "uptime_s", (json_int_t)(served / 1000), "stopping", server->stopping,
	    "counts", counts(server, &t), "waiting", waiting(&t), "descriptors",
	    count_descriptors(), "memory", memory_figures());
}

static json_int_t
seconds_since(uint64_t ms)
{
	return (json_int_t)((loop_now_ms() - ms) / 1000);
}

static json_t *
client_row(const struct conn *c)
{
	return json_pack("{s:I, s:s, s:o, s:b, s:b, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "id",
	    (json_int_t)c->id, "address", c->peer, "system", text(c->native_os), "netbios",
	    c->netbios, "signing", signing_active(&c->signing), "closing", c->closing, "sessions",
	    (json_int_t)c->sessions.count, "trees", (json_int_t)c->trees.count, "files",
	    (json_int_t)c->handles.count, "outstanding", (json_int_t)c->outstanding, "connected_s",
	    seconds_since(c->since_ms), "idle_s", seconds_since(c->last_ms));
}

json_t *
dump_clients(const struct ctl_subject *s)
{
	struct rows r = rows_new();
	const struct conn *c;

	TAILQ_FOREACH (c, &s->server->conns, link) {
		if (has_room(&r))
			json_array_append_new(r.array, client_row(c));
	}
	return list_document("clients", &r);
}

static json_t *
session_row(const struct conn *c, const struct session *session)
{
	return json_pack("{s:I, s:i, s:s, s:o, s:o, s:o, s:b, s:b}", "client", (json_int_t)c->id,
	    "uid", (int)session->uid, "address", c->peer, "user", text(session->user), "domain",
	    text(session->domain), "scheme", text(session->scheme), "guest", session->guest,
	    "logged_on", session->valid);
}

json_t *
dump_sessions(const struct ctl_subject *s)
{
	struct rows r = rows_new();
	const struct session *session;
	const struct conn *c;
	uint32_t pos;

	TAILQ_FOREACH (c, &s->server->conns, link) {
		for (pos = 0; (session = idmap_next(&c->sessions, &pos)) != NULL;) {
			if (has_room(&r))
				json_array_append_new(r.array, session_row(c, session));
		}
	}
	return list_document("sessions", &r);
}

json_t *
dump_shares(const struct ctl_subject *s)
{
	const struct share_set *set = s->server->shares;
	struct rows r = rows_new();
	size_t i;

	for (i = 0; i < set->nshares; i++) {
		const struct share *share = &set->shares[i];

		/* IPC$ is nobody's folder. */
		if (share->conf != NULL && has_room(&r))
			json_array_append_new(r.array,
			    json_pack("{s:o, s:o, s:b, s:b, s:I}", "name", text(share->conf->name),
				"path", text(share->conf->path), "read_only",
				share->conf->read_only, "guest_ok", share->conf->guest_ok,
				"connections", (json_int_t)share->count->connections));
	}
	return list_document("shares", &r);
}

static const char *
user_of(const struct handle *h)
{
	const struct session *session = session_find(h->conn, h->uid);

	return session != NULL ? session->user : NULL;
}

/* As ls -l writes rights: what is not there is a hyphen. */
static json_t *
letters(bool read, bool write, bool delete)
{
	char s[4] = { read ? 'r' : '-', write ? 'w' : '-', delete ? 'd' : '-', '\0' };

	return json_string(s);
}

static json_t *
access_letters(uint32_t access)
{
	return letters((access & (FILE_READ_DATA | FILE_EXECUTE)) != 0,
	    (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0, (access & ACCESS_DELETE) != 0);
}

static json_t *
share_letters(uint32_t share)
{
	return letters((share & FILE_SHARE_READ) != 0, (share & FILE_SHARE_WRITE) != 0,
	    (share & FILE_SHARE_DELETE) != 0);
}

static const char *
share_name(const struct tree *tree)
{
	return tree->share->conf != NULL ? tree->share->conf->name : "IPC$";
}

/* The fields by which any row names an open file. */
static json_t *
open_row(const struct handle *h)
{
	char id[24];

	snprintf(id, sizeof id, "%u/%u", (unsigned)h->conn->id, h->fid);
	return json_pack("{s:s, s:o, s:o, s:o, s:s, s:I}", "id", id, "share",
	    text(share_name(h->tree)), "path", text(file_path(h->open)), "user", text(user_of(h)),
	    "address", h->conn->peer, "pid", (json_int_t)h->pid);
}

static const char *
oplock_name(const struct oplock *oplock)
{
	static const char *const names[] = {
		[OPLOCK_NONE] = "",
		[OPLOCK_LEVEL_II] = "level II",
		[OPLOCK_EXCLUSIVE] = "exclusive",
		[OPLOCK_BATCH] = "batch",
	};

	return names[oplock->level];
}

static json_t *
file_row(const struct handle *h)
{
	const struct open *o = h->open;
	json_t *row = open_row(h), *more;

	more = json_pack("{s:I, s:I, s:o, s:o, s:s, s:s, s:b, s:I, s:b, s:b, s:b}", "device",
	    (json_int_t)o->file->id.dev, "inode", (json_int_t)o->file->id.ino, "access",
	    access_letters(o->mode.access), "shares", share_letters(o->mode.share), "mode",
	    o->mode.deny_fcb       ? "fcb"
		: o->mode.deny_dos ? "dos"
				   : "nt",
	    "oplock", oplock_name(&o->oplock), "breaking", o->oplock.breaking, "locks",
	    (json_int_t)file_lock_count(o), "directory", o->file->directory, "delete_pending",
	    file_delete_pending(o), "delete_on_close", o->delete_on_close);
	json_object_update_new(row, more);
	return row;
}

/* A row, or several, of each open file. */
static void
each_file(
    const struct server *s, void (*add)(struct rows *r, const struct handle *h), struct rows *r)
{
	const struct conn *c;
	const struct handle *h;
	uint32_t pos;

	TAILQ_FOREACH (c, &s->conns, link) {
		for (pos = 0; (h = idmap_next(&c->handles, &pos)) != NULL;)
			add(r, h);
	}
}

static void
add_file(struct rows *r, const struct handle *h)
{
	if (h->open != NULL && has_room(r))
		json_array_append_new(r->array, file_row(h));
}

json_t *
dump_files(const struct ctl_subject *s)
{
	struct rows r = rows_new();

	each_file(s->server, add_file, &r);
	return list_document("files", &r);
}

/* Beyond 2^63 JSON has no numbers to rely on: text. */
static json_t *
big(uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
	return json_string(digits);
}

static void
add_locks(struct rows *r, const struct handle *h)
{
	const struct lock_range *l = NULL;
	json_t *row;

	if (h->open == NULL)
		return;
	while ((l = file_lock_next(h->open, l)) != NULL) {
		if (!has_room(r))
			continue;
		row = open_row(h);
		json_object_update_new(row,
		    json_pack("{s:I, s:s, s:o, s:o}", "pid", (json_int_t)l->pid, "kind",
			l->exclusive ? "exclusive" : "shared", "offset", big(l->offset), "length",
			big(l->length)));
		json_array_append_new(r->array, row);
	}
}

static json_t *
waiter_row(const struct request *req)
{
	const struct handle *h = req->held[0];

	return json_pack("{s:I, s:s, s:I, s:s, s:s, s:o}", "client", (json_int_t)req->conn->id,
	    "address", req->conn->peer, "mid", (json_int_t)req->hdr.mid, "command",
	    req->conn->server->stats[req->command_code].name, "for", awaited_names[awaited(req)],
	    "path", text(h != NULL && (h->open != NULL || h->pipe != NULL) ? handle_name(h) : ""));
}

static json_t *
waiters(const struct server *s)
{
	struct rows r = rows_new();
	const struct request *req;
	const struct conn *c;

	TAILQ_FOREACH (c, &s->conns, link) {
		TAILQ_FOREACH (req, &c->requests, link) {
			if ((req->parked || req->in_job) && has_room(&r))
				json_array_append_new(r.array, waiter_row(req));
		}
	}
	return r.array;
}

json_t *
dump_locks(const struct ctl_subject *s)
{
	struct rows r = rows_new();
	json_t *document;

	each_file(s->server, add_locks, &r);
	document = list_document("locks", &r);
	json_object_set_new(document, "waiters", waiters(s->server));
	return document;
}

json_t *
dump_stats(const struct ctl_subject *s)
{
	const struct command_stats *stats = s->server->stats;
	struct rows r = rows_new();
	unsigned i;

	for (i = 0; i < COMMANDS; i++) {
		if (stats[i].requests == 0)
			continue;
		json_array_append_new(r.array,
		    json_pack("{s:i, s:s, s:I, s:I, s:I, s:I}", "code", (int)i, "command",
			stats[i].name, "requests", (json_int_t)stats[i].requests, "errors",
			(json_int_t)stats[i].errors, "total_us", (json_int_t)stats[i].us,
			"longest_us", (json_int_t)stats[i].longest_us));
	}
	return list_document("stats", &r);
}
