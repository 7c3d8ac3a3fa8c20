/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/core_search.h"

#include <string.h>

#include "base/charset.h"
#include "config/schema.h"
#include "server/conn.h"
#include "server/path.h"
#include "server/search.h"
#include "server/session.h"
#include "server/share.h"
#include "server/tree.h"
#include "smb/info/fields.h"
#include "smb/match.h"

/* Bytes of an entry, and of the reply around them. */
#define ENTRY      43
#define REPLY_HEAD 64

#define NAME_FIELD  13
#define LABEL_CHARS 11

/*
 * Of a resume key: a byte that is the client's, our 16, four that are the client's again. In ours
 * the SID and the place behind the entry.
 */
#define KEY_SID     1
#define KEY_PLACE   4
#define KEY_CLIENT  17
#define CLIENT_PART 4

static nt_status listed(struct request *req, void *arg, nt_status status);

void
core_search_decode(void *args, struct smb_in *in)
{
	struct core_search *a = args;
	const uint8_t *key;

	a->count = rd_u16(&in->words);
	a->attributes = rd_u16(&in->words);
	a->name = rd_string_04(&in->bytes);
	if (rd_u8(&in->bytes) != 0x05)
		in->bytes.bad = true;
	a->key_length = rd_u16(&in->bytes);
	if (a->key_length != 0 && a->key_length != CORE_KEY)
		in->bytes.bad = true;
	key = rd_bytes(&in->bytes, a->key_length);
	if (key != NULL)
		memcpy(a->key, key, a->key_length);
}

static uint64_t
key_number(const struct core_search *a, size_t at, size_t n)
{
	uint64_t v = 0;

	while (n > 0)
		v = v << 8 | a->key[at + --n];
	return v;
}

struct search *
core_search_of(struct request *req, const struct core_search *a)
{
	struct search *s;

	if (a->key_length == 0)
		return NULL;
	s = request_search(req, (uint16_t)key_number(a, KEY_SID, 2));
	return s != NULL && s->used != 0 ? s : NULL;
}

static void
prepare(struct request *req, struct core_search *a)
{
	size_t room = req->conn->client_buffer;
	struct listing *l = &a->l;

	room = room > REPLY_HEAD + ENTRY ? room - REPLY_HEAD : ENTRY;
	l->count = (uint32_t)(room / ENTRY);
	if (a->count < l->count)
		l->count = a->count > 0 ? a->count : 1;
	l->room = SIZE_MAX;
	l->level = find_level(0x0104); /* for its short names */
	l->short_only = true;
	l->attributes = a->attributes;
}

/* The search goes on under the SID of its keys; of FIND_UNIQUE there is none. */
static nt_status
keep(struct request *req, struct core_search *a)
{
	struct search *s = search_new(req->conn, req->tree, a->l.dir, a->l.pattern);

	if (s == NULL)
		return STATUS_OS2_NO_MORE_SIDS;
	a->l.dir = NULL;
	s->uid = req->session->uid;
	s->pid = req->hdr.pid;
	s->attributes = a->attributes;
	search_touch(s);
	a->search = s;
	return STATUS_SUCCESS;
}

static nt_status
listed_first(struct request *req, void *arg, nt_status status)
{
	struct core_search *a = arg;

	if (status == STATUS_SUCCESS && a->l.n == 0)
		status = STATUS_NO_MORE_FILES;
	if (status == STATUS_SUCCESS && !a->once)
		status = keep(req, a);
	disk_dir_close(&a->l.dir);
	return status;
}

static nt_status
begin(struct request *req, void *arg, nt_status status)
{
	struct core_search *a = arg;
	struct search *s = a->search;
	struct listing *l = &a->l;

	if (status != STATUS_SUCCESS)
		return status;
	if (s->closed) {
		search_next_turn(s);
		return STATUS_INVALID_HANDLE;
	}
	if (s->listing)
		return request_wait(req, &s->turn, begin, a);
	s->listing = true;
	search_touch(s);
	l->dir = s->dir;
	l->pattern = s->pattern;
	l->attributes = s->attributes;
	l->at = key_number(a, KEY_PLACE, 8);
	return listing_run(req, l, listed, a);
}

/* Clients of NT's dialect see the end by an empty reply, as from FIND_NEXT2. */
static nt_status
listed(struct request *req, void *arg, nt_status status)
{
	struct core_search *a = arg;

	search_next_turn(a->search);
	if (status == STATUS_SUCCESS && a->l.n == 0 && req->conn->protocol < PROTOCOL_NT1)
		status = STATUS_NO_MORE_FILES;
	return status;
}

nt_status
core_search_run(struct request *req, void *args)
{
	struct core_search *a = args;
	const char *pattern;
	nt_status status;

	prepare(req, a);
	if (a->key_length != 0) {
		a->search = core_search_of(req, a);
		if (a->search == NULL)
			return STATUS_INVALID_HANDLE;
		return begin(req, a, STATUS_SUCCESS);
	}
	if (a->attributes == FILE_ATTRIBUTE_VOLUME) {
		a->label = req->tree->share->conf->name;
		return STATUS_SUCCESS;
	}
	status = request_pattern(req, a->name, &a->l.path, &pattern);
	if (status != STATUS_SUCCESS)
		return status;
	a->l.pattern = pattern_translate_fat(req, pattern);
	return listing_run(req, &a->l, listed_first, a);
}

static void
put_key(const struct core_search *a, uint64_t place, struct writer *w)
{
	wr_u8(w, a->key[0]);
	wr_u16(w, a->search != NULL ? a->search->sid : 0);
	wr_u8(w, 0);
	wr_u64(w, place);
	wr_zero(w, KEY_CLIENT - KEY_PLACE - 8);
	wr_bytes(w, a->key + KEY_CLIENT, CLIENT_PART);
}

/* In the code page, cut to the field, which ends in zeros. */
static void
put_name(const char *name, size_t max, struct writer *w)
{
	size_t at = w->pos, n = wr_string_oem(w, name) - 1;

	if (n > max)
		n = max;
	wr_rewind(w, at + n);
	wr_zero(w, NAME_FIELD - n);
}

static void
put_entry(
    struct request *req, const struct core_search *a, const struct find_entry *e, struct writer *w)
{
	const char *name = e->shorter[0] != '\0' ? e->shorter : e->name;
	uint16_t date, time;

	/* Only those who know long names are spared the capitals. */
	if ((req->hdr.flags2 & SMB_FLAGS2_LONG_NAMES) == 0)
		name = name_upcase(&req->arena, name);
	put_key(a, e->next, w);
	wr_u8(w, (uint8_t)dos_attributes(&e->stat));
	ntime_to_dos(e->stat.written, &date, &time);
	wr_u16(w, time);
	wr_u16(w, date);
	wr_u32(w, size32(e->stat.size));
	put_name(name, NAME_FIELD - 1, w);
}

static void
put_label(const struct core_search *a, struct writer *w)
{
	put_key(a, 0, w);
	wr_u8(w, FILE_ATTRIBUTE_VOLUME);
	wr_zero(w, 8);
	put_name(a->label, LABEL_CHARS, w);
}

void
core_search_encode(struct request *req, const void *args, struct writer *w)
{
	const struct core_search *a = args;
	const struct find_entry *e;
	size_t count_at = wr_hole16(w), length_at, begin_at;
	uint32_t n = 0;

	wr_block_bytes(w);
	wr_u8(w, 0x05);
	length_at = wr_hole16(w);
	begin_at = w->pos;
	if (a->label != NULL) {
		put_label(a, w);
		n = 1;
	} else {
		STAILQ_FOREACH (e, &a->l.entries, link) {
			if (n == a->l.count)
				break;
			put_entry(req, a, e, w);
			n++;
		}
	}
	wr_patch16(w, count_at, (uint16_t)n);
	wr_patch16(w, length_at, (uint16_t)(w->pos - begin_at));
}
