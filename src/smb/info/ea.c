/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/ea.h"

#include <string.h>

#include "base/arena.h"

#define LIST_LENGTH 4

/* Steps over one entry and, unless out is NULL, tells what it says; leaves r bad when it is not
 * whole. */
typedef void read_fn(struct reader *r, struct disk_ea *out);

/* A name with a NUL in it is none. */
static const char *
read_name(struct reader *r, size_t n, bool wanted)
{
	struct reader text = rd_sub(r, n);
	const uint8_t *bytes = text.msg + text.pos;

	if (rd_u8(r) != 0)
		r->bad = true;
	if (!rd_ok(r) || !wanted)
		return "";
	text.unicode = false;
	return n == 0 || memchr(bytes, 0, n) != NULL ? "" : rd_text(&text, n);
}

static void
read_value(struct reader *r, struct disk_ea *out)
{
	uint8_t flags = rd_u8(r), name_length = rd_u8(r);
	uint16_t size = rd_u16(r);
	const char *name = read_name(r, name_length, out != NULL);
	const uint8_t *value = rd_bytes(r, size);

	if (out != NULL)
		*out = (struct disk_ea){
			.name = name, .value = value, .size = size, .flags = flags
		};
}

static void
read_wanted(struct reader *r, struct disk_ea *out)
{
	const char *name = read_name(r, rd_u8(r), out != NULL);

	if (out != NULL)
		*out = (struct disk_ea){ .name = name };
}

/* The next entry begins behind this one, aligned; the last ends the list wherever that may go on.
 */
static void
read_linked(struct reader *r, struct disk_ea *out)
{
	struct reader entry = *r;
	uint32_t next = rd_u32(&entry);

	read_value(&entry, out);
	if (!rd_ok(&entry) ||
	    (next != 0 && (next % 4 != 0 || next < entry.pos - r->pos || next >= rd_left(r))))
		r->bad = true;
	rd_skip(r, next != 0 ? next : rd_left(r));
}

static nt_status
count(struct reader r, read_fn *read, size_t *n, size_t *bad)
{
	for (*n = 0; rd_left(&r) > 0; ++*n) {
		*bad = r.pos;
		read(&r, NULL);
		if (!rd_ok(&r))
			return STATUS_EA_LIST_INCONSISTENT;
	}
	return STATUS_SUCCESS;
}

/* r begins so many bytes behind the start of the list. */
static nt_status
read_entries(struct reader *r, size_t start, read_fn *read, struct disk_eas *out, uint32_t *bad)
{
	size_t n, at = r->pos, base = r->pos - start;
	nt_status status = STATUS_SUCCESS;

	if (rd_left(r) > EAS_SIZE_MAX)
		return STATUS_EA_TOO_LARGE;
	status = count(*r, read, &n, &at);
	*bad = (uint32_t)(at - base);
	if (status != STATUS_SUCCESS)
		return status;
	out->ea = arena_alloc(r->arena, n * sizeof(*out->ea));
	for (out->n = 0; out->n < n; out->n++) {
		struct disk_ea *ea = &out->ea[out->n];

		at = r->pos;
		read(r, ea);
		ea->at = (uint32_t)(at - base);
		*bad = ea->at;
		if ((ea->flags & ~EA_NEED) != 0)
			return STATUS_INVALID_PARAMETER;
	}
	*bad = 0;
	return STATUS_SUCCESS;
}

/* The list's own length counts itself; what follows the list is nobody's. */
static nt_status
read_list(struct reader *r, read_fn *read, struct disk_eas *out, uint32_t *bad)
{
	struct reader list = *r;
	uint32_t size;

	*out = (struct disk_eas){ .n = 0 };
	*bad = 0;
	if (rd_left(r) == 0 || rd_left(r) == LIST_LENGTH) {
		rd_skip(r, rd_left(r));
		return STATUS_SUCCESS;
	}
	size = rd_u32(&list);
	if (!rd_ok(&list) || size < LIST_LENGTH || size > rd_left(r))
		return STATUS_EA_LIST_INCONSISTENT;
	list = rd_sub(&list, size - LIST_LENGTH);
	return read_entries(&list, LIST_LENGTH, read, out, bad);
}

nt_status
ea_list_read(struct reader *r, struct disk_eas *out, uint32_t *bad)
{
	return read_list(r, read_value, out, bad);
}

nt_status
ea_names_read(struct reader *r, struct disk_eas *out, uint32_t *bad)
{
	return read_list(r, read_wanted, out, bad);
}

nt_status
ea_full_read(struct reader *r, struct disk_eas *out, uint32_t *bad)
{
	*out = (struct disk_eas){ .n = 0 };
	*bad = 0;
	return read_entries(r, 0, read_linked, out, bad);
}

static void
put_value(struct writer *w, const struct disk_ea *ea)
{
	size_t at;

	wr_u8(w, ea->flags);
	at = w->pos;
	wr_u8(w, 0);
	wr_u16(w, ea->size);
	wr_patch8(w, at, (uint8_t)(wr_string_oem(w, ea->name) - 1));
	wr_bytes(w, ea->value, ea->size);
}

/* False, and nothing written, when it ends behind end. */
static bool
fits(struct writer *w, size_t before, size_t end)
{
	if (!w->full && w->pos <= end)
		return true;
	wr_rewind(w, before);
	return false;
}

bool
ea_list_put(struct writer *w, const struct disk_eas *eas, size_t room)
{
	size_t start = w->pos, end = start + room, i;
	size_t size_at = wr_hole32(w);

	for (i = 0; i < eas->n; i++) {
		size_t before = w->pos;

		put_value(w, &eas->ea[i]);
		if (!fits(w, before, end))
			break;
	}
	wr_patch32(w, size_at, (uint32_t)(w->pos - start));
	return i == eas->n;
}

bool
ea_full_put(struct writer *w, const struct disk_eas *eas, size_t room)
{
	size_t start = w->pos, end = start + room, last = start;

	for (size_t i = 0; i < eas->n; i++) {
		size_t before = w->pos, at;

		wr_align(w, 4, start);
		at = w->pos;
		wr_u32(w, 0); /* NextEntryOffset */
		put_value(w, &eas->ea[i]);
		if (!fits(w, before, end))
			return false;
		if (i > 0)
			wr_patch32(w, last, (uint32_t)(at - last));
		last = at;
	}
	return true;
}

size_t
ea_room(const struct disk_eas *eas)
{
	size_t n = LIST_LENGTH;

	for (size_t i = 0; i < eas->n; i++)
		n += 16 + 2 * strlen(eas->ea[i].name) + eas->ea[i].size;
	return n;
}
