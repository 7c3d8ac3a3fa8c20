/* SPDX-License-Identifier: BSD-2-Clause */

/* TRANS2_FIND_NEXT2 ([MS-CIFS] 2.2.6.3). */
#include "server/conn.h"
#include "server/search.h"
#include "server/tree.h"
#include "smb/trans/find.h"
#include "smb/trans/trans2.h"

struct find_next2 {
	uint16_t sid, count, level;
	uint32_t key;
	const char *name;
	struct find f;
	struct search *search;
};

static void
decode(void *args, struct trans *t)
{
	struct find_next2 *a = args;
	struct reader *p = &t->params;

	a->sid = rd_u16(p);
	a->count = rd_u16(p);
	a->level = rd_u16(p);
	a->key = rd_u32(p);
	a->f.flags = rd_u16(p);
	a->name = rd_string(p);
}

static const struct search_mark *
mark_by_name(const struct search *s, const char *name)
{
	for (uint32_t i = 0; i < s->nmarks; i++) {
		if (listing_same_name(tree_is_posix(s->tree), s->marks[i].name, name))
			return &s->marks[i];
	}
	return NULL;
}

static const struct search_mark *
mark_by_key(const struct search *s, uint32_t key)
{
	uint32_t first = s->next_key - s->nmarks;

	return key != 0 && key - first < s->nmarks ? &s->marks[key - first] : NULL;
}

/*
 * Where to go on: where the last reply ended when the flag says so, whatever key and name say
 * (libdsm sends the pattern and a wrong key); behind the entry named, though it may be gone by now;
 * behind the entry of the key; else the directory is searched for the name. Windows 95 names "."
 * and "..".
 */
static void
set_start(struct find_next2 *a)
{
	struct search *s = a->search;
	struct listing *l = &a->f.l;
	const struct search_mark *m;

	l->at = s->position;
	if ((a->f.flags & FIND_CONTINUE_FROM_LAST) != 0)
		return;
	m = mark_by_name(s, a->name);
	if (m == NULL && a->name[0] == '\0')
		m = mark_by_key(s, a->key);
	if (m != NULL) {
		l->at = m->next;
		return;
	}
	if (a->name[0] == '\0')
		return;
	l->at = 0;
	l->behind = a->name;
}

/*
 * Windows tells a client with NT status that there is no more by an empty reply; one before NT
 * waits for the error.
 */
static nt_status
answer(struct request *req, struct find *f)
{
	bool old = req->conn->protocol < PROTOCOL_NT1;

	find_put_entries(req, f);
	find_put_params(f);
	if (f->n == 0 && (old || !f->end))
		return find_empty(f, STATUS_NO_MORE_FILES);
	return STATUS_SUCCESS;
}

static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct find_next2 *a = arg;
	struct find *f = &a->f;
	struct search *s = a->search;

	if (status == STATUS_SUCCESS)
		status = answer(req, f);
	if (status == STATUS_SUCCESS)
		find_mark(s, f);
	search_next_turn(s);
	if (status != STATUS_BUFFER_TOO_SMALL && find_closes(f))
		search_close(s);
	return status;
}

/* A search is at one place at a time: requests on it come one after the other. */
static nt_status
begin(struct request *req, void *arg, nt_status status)
{
	struct find_next2 *a = arg;
	struct search *s = a->search;
	struct listing *l = &a->f.l;

	if (status != STATUS_SUCCESS)
		return status;
	if (s->closed) {
		search_next_turn(s);
		return STATUS_INVALID_HANDLE;
	}
	if (s->listing)
		return request_wait(req, &s->turn, begin, a);
	if (s->dir == NULL) {
		STAILQ_INIT(&l->entries);
		l->at_end = true;
		return listed(req, a, STATUS_SUCCESS);
	}
	s->listing = true;
	l->dir = s->dir;
	l->attributes = s->attributes;
	l->pattern = s->pattern;
	a->f.first_key = s->next_key;
	set_start(a);
	return listing_run(req, l, listed, a);
}

static nt_status
run(struct request *req, struct trans *t, void *args)
{
	struct find_next2 *a = args;
	nt_status status;

	a->f.t = t;
	a->f.params = 8;
	status = find_prepare(req, &a->f, a->level, a->count);
	if (status != STATUS_SUCCESS)
		return status;
	a->search = request_search(req, a->sid);
	if (a->search == NULL)
		return STATUS_INVALID_HANDLE;
	return begin(req, a, STATUS_SUCCESS);
}

const struct trans_command trans2_find_next2 = {
	.name = "FIND_NEXT2",
	.args = sizeof(struct find_next2),
	.decode = decode,
	.run = run,
};
