/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/trans/listing.h"

#include <string.h>

#include "base/charset.h"
#include "disk/spelling.h"
#include "file/times.h"
#include "server/conn.h"
#include "server/server.h"
#include "smb/match.h"
#include "wire/access.h"

/* Entries looked at before a listing moves to a worker. */
#define INLINE_ENTRIES 64

/* What one run of jobs hands from the first to the next. */
struct listing_job {
	struct listing *l;
	uint64_t budget; /* entries this job may look at */
	request_done_fn *done;
	void *arg;
};

/* By its long name or by its short one, which e gets when the level tells it. */
static nt_status
match(const struct listing *l, const struct disk *d, const struct disk_entry *from, bool *matches,
    char shorter[SHORT_NAME_SIZE])
{
	nt_status status;

	if (l->posix) {
		*matches = name_matches_exactly(l->pattern, from->name);
		return STATUS_SUCCESS;
	}
	*matches = strcmp(l->pattern, "*") == 0 || name_matches(l->pattern, from->name);
	if (from->dot || (*matches && !l->level->shorter && !l->short_only))
		return STATUS_SUCCESS;
	status = disk_dir_short(l->dir, d, shorter);
	if (!*matches && shorter[0] != '\0')
		*matches = name_matches(l->pattern, shorter);
	return status;
}

bool
listing_same_name(bool posix, const char *a, const char *b)
{
	return posix ? strcmp(a, b) == 0 : name_casecmp(a, b) == 0;
}

static size_t
characters(const char *name)
{
	size_t n = 0;

	for (; *name != '\0'; name++)
		n += ((unsigned char)*name & 0xC0) != 0x80;
	return n;
}

void
listing_take_eas(
    const struct listing *l, struct arena *a, const struct disk_eas *eas, struct find_entry *e)
{
	e->ea_size = disk_eas_size(eas);
	if (l->level->eas != FIND_LISTED_EAS)
		return;
	disk_eas_select(a, eas, &l->wanted, &e->eas);
	for (size_t i = 0; i < e->eas.n; i++) {
		struct disk_ea *ea = &e->eas.ea[i];

		if (ea->size > 0)
			ea->value = arena_memdup(a, ea->value, ea->size);
	}
}

uint32_t
listing_rights(const struct listing *l)
{
	return l->level->eas == FIND_LISTED_EAS ? FILE_READ_EA : 0;
}

/* Those of the entry last read, which has none if it is gone or they are not told. What is not told
 * is not kept. */
static void
read_eas(const struct listing *l, const struct disk *d, struct arena *a, struct find_entry *e)
{
	struct disk_eas eas = { .n = 0 };
	struct arena own;

	if (l->level->eas == FIND_NO_EAS)
		return;
	arena_init(&own);
	if (!e->stat.no_eas)
		(void)disk_dir_eas(l->dir, d, listing_rights(l), &own, &eas);
	listing_take_eas(l, a, &eas, e);
	arena_clear(&own);
}

/* Takes an entry up, unless it is gone since it was read, not for this user, or not asked for. */
static nt_status
keep(struct listing *l, const struct disk *d, struct arena *a, const struct disk_entry *from)
{
	char shorter[SHORT_NAME_SIZE] = "";
	struct find_entry *e;
	bool matches;
	nt_status status = match(l, d, from, &matches, shorter);

	if (status != STATUS_SUCCESS || !matches)
		return status;
	if (l->short_only && !from->dot && shorter[0] == '\0' && !name_is_8_3(from->name))
		return STATUS_SUCCESS;
	e = arena_alloc(a, sizeof(*e));
	e->name = arena_strdup(a, from->name);
	e->next = from->next;
	if (disk_dir_stat(l->dir, d->cred, &e->stat) != STATUS_SUCCESS ||
	    !attributes_match(e->stat.attributes, l->attributes) ||
	    (!from->dot && !disk_dir_shows(l->dir, d, &e->stat)))
		return STATUS_SUCCESS;
	if (l->level->shorter || l->short_only)
		memcpy(e->shorter, shorter, sizeof(shorter));
	read_eas(l, d, a, e);
	STAILQ_INSERT_TAIL(&l->entries, e, link);
	l->n++;
	l->size += l->level->fixed + characters(e->name) * l->unit + disk_eas_size(&e->eas);
	l->full = l->n > l->count || l->size > l->room;
	return STATUS_SUCCESS;
}

/* The name to begin behind, long or short: until it was seen nothing is kept. */
static nt_status
look_for_start(struct listing *l, const struct disk *d, const struct disk_entry *e)
{
	char shorter[SHORT_NAME_SIZE] = "";
	nt_status status = STATUS_SUCCESS;
	bool same = listing_same_name(l->posix, e->name, l->behind);

	if (!e->dot && !same && !l->posix)
		status = disk_dir_short(l->dir, d, shorter);
	if (same || (!l->posix && name_casecmp(shorter, l->behind) == 0))
		l->behind = NULL;
	return status;
}

static nt_status
next_entry(struct listing *l, const struct disk *d, struct arena *a)
{
	char posix[SPELLING_MAX];
	struct disk_entry e;
	nt_status status;

	status = disk_dir_next(l->dir, &e);
	if (status == STATUS_NO_MORE_FILES && l->behind != NULL) {
		l->behind = NULL;
		l->at = 0;
		disk_dir_seek(l->dir, 0);
		return STATUS_SUCCESS;
	}
	if (status != STATUS_SUCCESS)
		return status;
	if (l->posix && !e.dot)
		e.name = spelling_posix_name(e.name, posix);
	status = l->behind != NULL ? look_for_start(l, d, &e) : keep(l, d, a, &e);
	if (status == STATUS_SUCCESS)
		l->at = e.next;
	return status;
}

static nt_status
work(const struct disk *d, struct arena *a, void *arg)
{
	struct listing_job *j = arg;
	struct listing *l = j->l;
	nt_status status = STATUS_SUCCESS;
	struct disk as = *d;

	if (l->dir == NULL)
		status = disk_dir_open(d, l->path, &l->dir);
	if (status != STATUS_SUCCESS)
		return status;
	as.nowait = j->budget != UINT64_MAX;
	disk_dir_seek(l->dir, l->at);
	while (status == STATUS_SUCCESS && !l->full && j->budget-- > 0)
		status = next_entry(l, &as, a);
	l->at_end = status == STATUS_NO_MORE_FILES;
	/* The names of a whole directory are read in a worker. */
	return l->at_end || status == STATUS_CANT_WAIT ? STATUS_SUCCESS : status;
}

static void
see_times(struct request *req, struct listing *l)
{
	struct find_entry *e;

	STAILQ_FOREACH (e, &l->entries, link)
		file_seen(req->conn->server->files, &e->stat);
}

static nt_status
worked(struct request *req, void *arg, nt_status status)
{
	struct listing_job *j = arg;

	if (status != STATUS_SUCCESS || j->l->full || j->l->at_end) {
		if (j->l->dir != NULL)
			disk_dir_rest(j->l->dir);
		see_times(req, j->l);
		return j->done(req, j->arg, status);
	}
	j->budget = UINT64_MAX;
	return request_work(req, WORK_SLOW, work, worked, j);
}

nt_status
listing_run(struct request *req, struct listing *l, request_done_fn *done, void *arg)
{
	struct listing_job *j = arena_alloc(&req->arena, sizeof(*j));

	STAILQ_INIT(&l->entries);
	j->l = l;
	j->budget = INLINE_ENTRIES;
	j->done = done;
	j->arg = arg;
	return request_work(req, disk_work_of_eas(&l->wanted, WORK_QUICK), work, worked, j);
}
