/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/trans/find.h"

#include "base/charset.h"
#include "server/conn.h"
#include "server/search.h"
#include "smb/info/ea.h"
#include "smb/info/unix.h"

#define PARAMS_MAX 10

/* In a reply of that size EaErrorOffset stands before LastNameOffset, in both subcommands. */
static nt_status
read_names(struct request *req, struct find *f)
{
	uint32_t bad;
	nt_status status = ea_names_read(&f->t->data, &f->l.wanted, &bad);

	if (status != STATUS_SUCCESS) {
		trans_out(req, f->t, PARAMS_MAX, 0);
		wr_zero(&f->t->out_params, f->params - 4);
		wr_u16(&f->t->out_params, (uint16_t)bad);
		wr_u16(&f->t->out_params, 0);
		req->error_data = true;
	}
	return status;
}

nt_status
find_prepare(struct request *req, struct find *f, uint16_t level, uint16_t count)
{
	struct listing *l = &f->l;

	l->level = find_level(level);
	if (l->level == NULL || (l->level->lists_links && !unix_on(req)))
		return STATUS_INVALID_LEVEL;
	l->count = count > 0 ? count : 1;
	l->room = f->t->max_data;
	l->posix = req->disk.exact;
	l->unit = req->reply.unicode ? 2 : 1;
	/* [MS-CIFS] 2.2.3.1; what speaks NT's dialect knows long names, whether it says so or not.
	 */
	l->short_only = req->conn->protocol < PROTOCOL_NT1 &&
	    (req->hdr.flags2 & SMB_FLAGS2_LONG_NAMES) == 0;
	return l->level->eas == FIND_LISTED_EAS ? read_names(req, f) : STATUS_SUCCESS;
}

/* An entry passed over loses its name. */
static bool
put_entry(struct find *f, struct find_entry *e, size_t *last)
{
	struct writer *w = &f->t->out_data;
	size_t before = w->pos;

	e->key = f->first_key + f->n;
	e->with_key = (f->flags & FIND_RETURN_RESUME_KEYS) != 0;
	if (f->n == f->l.count || !find_put(f->l.level, e, f->n == 0, last, w))
		return false;
	if (w->pos == before)
		e->name = NULL;
	else
		f->n++;
	f->position = e->next;
	return true;
}

void
find_put_entries(struct request *req, struct find *f)
{
	struct find_entry *e;

	trans_out(req, f->t, PARAMS_MAX, f->l.room);
	f->end = f->l.at_end;
	f->position = f->l.at;
	STAILQ_FOREACH (e, &f->l.entries, link) {
		if (f->l.short_only)
			e->name = name_upcase(
			    &req->arena, e->shorter[0] != '\0' ? e->shorter : e->name);
		if (!put_entry(f, e, &f->last)) {
			f->end = false;
			break;
		}
	}
}

nt_status
find_empty(struct find *f, nt_status none)
{
	f->t->replied = false;
	return f->end ? none : STATUS_BUFFER_TOO_SMALL;
}

void
find_put_params(struct find *f)
{
	struct writer *w = &f->t->out_params;

	wr_u16(w, (uint16_t)f->n);
	wr_u16(w, f->end);
	wr_u16(w, 0);
	wr_u16(w, (uint16_t)f->last);
}

void
find_mark(struct search *s, const struct find *f)
{
	const struct find_entry *e;
	uint32_t n = 0;

	arena_clear(&s->mark_memory);
	s->marks = arena_alloc(&s->mark_memory, f->n * sizeof(*s->marks));
	STAILQ_FOREACH (e, &f->l.entries, link) {
		if (n == f->n)
			break;
		if (e->name == NULL)
			continue;
		s->marks[n].name = arena_strdup(&s->mark_memory, e->name);
		s->marks[n++].next = e->next;
	}
	s->nmarks = n;
	s->next_key = f->first_key + n;
	s->position = f->position;
	s->at_end = f->end;
}

bool
find_closes(const struct find *f)
{
	return (f->flags & FIND_CLOSE_AFTER_REQUEST) != 0 ||
	    ((f->flags & FIND_CLOSE_AT_EOS) != 0 && f->end);
}
