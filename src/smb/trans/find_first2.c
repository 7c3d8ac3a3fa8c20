/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_FIND_FIRST2 ([MS-CIFS] 2.2.6.2). */
#include <string.h>

#include "base/charset.h"
#include "disk/lookup.h"
#include "disk/spelling.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/search.h"
#include "server/session.h"
#include "server/server.h"
#include "smb/match.h"
#include "smb/trans/find.h"
#include "smb/trans/trans2.h"

struct find_first2 {
	uint16_t attributes, count, level;
	const char *name;
	struct find f;
	/* a search without wildcards */
	const char *path;
	struct find_entry single;
};

static void
decode(void *args, struct trans *t)
{
	struct find_first2 *a = args;
	struct reader *p = &t->params;

	a->attributes = rd_u16(p);
	a->count = rd_u16(p);
	a->f.flags = rd_u16(p);
	a->level = rd_u16(p);
	rd_skip(p, 4); /* SearchStorageType */
	a->name = rd_string(p);
}

/* Keeps the directory for FIND_NEXT2, or lets it go. */
static nt_status
keep_search(struct request *req, struct find_first2 *a, uint16_t *sid)
{
	struct find *f = &a->f;
	struct search *s;

	if (find_closes(f)) {
		disk_dir_close(&f->l.dir);
		return STATUS_SUCCESS;
	}
	s = search_new(req->conn, req->tree, f->l.dir, f->l.pattern);
	if (s == NULL) {
		disk_dir_close(&f->l.dir);
		return STATUS_OS2_NO_MORE_SIDS;
	}
	s->uid = req->session->uid;
	s->pid = req->hdr.pid;
	s->attributes = a->attributes;
	find_mark(s, f);
	*sid = s->sid;
	return STATUS_SUCCESS;
}

static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct find_first2 *a = arg;
	struct find *f = &a->f;
	uint16_t sid = 0;

	if (status != STATUS_SUCCESS) {
		disk_dir_close(&f->l.dir);
		return status;
	}
	find_put_entries(req, f);
	if (f->n == 0) {
		disk_dir_close(&f->l.dir);
		/* Clients before NT expect the DOS error of a search that has ended. */
		return find_empty(f,
		    req->conn->protocol < PROTOCOL_NT1 ? STATUS_NO_MORE_FILES
						       : STATUS_NO_SUCH_FILE);
	}
	status = keep_search(req, a, &sid);
	wr_u16(&f->t->out_params, sid);
	find_put_params(f);
	return status;
}

static nt_status
look_up(const struct disk *d, struct arena *arena, void *arg)
{
	struct find_first2 *a = arg;
	struct disk_eas eas = { .n = 0 };
	char *real, posix[SPELLING_MAX];
	nt_status status;

	status = disk_lookup(d, arena, a->path, &a->single.stat, &real);
	if (status != STATUS_SUCCESS)
		return status;
	a->single.name = strrchr(real, '/') != NULL ? strrchr(real, '/') + 1 : real;
	if (a->f.l.posix)
		a->single.name = arena_strdup(arena, spelling_posix_name(a->single.name, posix));
	if (a->f.l.level->shorter || a->f.l.short_only)
		status = disk_short_name(d, real, a->single.shorter);
	if (status != STATUS_SUCCESS)
		return status;
	if (a->f.l.level->eas == FIND_NO_EAS)
		return STATUS_SUCCESS;
	if (!a->single.stat.no_eas)
		status = disk_eas_of_path(d, arena, a->path, listing_rights(&a->f.l), &eas);
	/* Who may not see them sees none. */
	if (status == STATUS_ACCESS_DENIED)
		eas.n = 0;
	else if (status != STATUS_SUCCESS)
		return status;
	listing_take_eas(&a->f.l, arena, &eas, &a->single);
	return STATUS_SUCCESS;
}

/*
 * A name that is a link to another server is an entry of its directory, or there is one before it.
 * Windows 95 asks on forever unless such a search says at once that it has ended.
 */
static nt_status
looked_up(struct request *req, void *arg, nt_status status)
{
	struct find_first2 *a = arg;
	struct listing *l = &a->f.l;

	if (status == STATUS_PATH_NOT_COVERED)
		return listing_run(req, l, listed, a);
	if (status == STATUS_SUCCESS)
		file_seen(req->conn->server->files, &a->single.stat);
	if (status == STATUS_SUCCESS && attributes_match(a->single.stat.attributes, a->attributes))
		STAILQ_INSERT_TAIL(&l->entries, &a->single, link);
	/* Clients of the UNIX extensions are used to hearing that from FIND_NEXT2. */
	l->at_end = !l->level->lists_links || status != STATUS_SUCCESS;
	if (status == STATUS_OBJECT_NAME_NOT_FOUND)
		status = STATUS_SUCCESS;
	return listed(req, a, status);
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct find_first2 *a = args;
	struct find *f = &a->f;
	const char *dir, *pattern;
	nt_status status;

	f->t = t;
	f->params = 10;
	f->first_key = 1;
	status = find_prepare(req, f, a->level, a->count);
	if (status == STATUS_SUCCESS)
		status = request_pattern(req, a->name, &dir, &pattern);
	if (status != STATUS_SUCCESS)
		return status;
	f->l.attributes = a->attributes;
	f->l.pattern = f->l.posix && pattern[0] != '\0' ? pattern : pattern_translate(req, pattern);
	req->disk.links |= f->l.level->lists_links;
	f->l.path = dir;
	if (name_has_wildcard(f->l.pattern))
		return listing_run(req, &f->l, listed, a);
	STAILQ_INIT(&f->l.entries);
	if (f->l.posix)
		status = request_path(req, a->name, &a->path);
	else
		a->path = dir[0] == '\0' ? pattern
					 : arena_printf(&req->arena, "%s/%s", dir, pattern);
	if (status != STATUS_SUCCESS)
		return status;
	return request_work(
	    req, disk_work_of_eas(&a->f.l.wanted, WORK_CACHED), look_up, looked_up, a);
}

const struct trans_command trans2_find_first2 = {
	.name = "FIND_FIRST2",
	.args = sizeof(struct find_first2),
	.decode = decode,
	.run = run,
};
