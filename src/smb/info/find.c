/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/find.h"

#include <string.h>

#include "smb/info/ea.h"
#include "smb/info/fields.h"
#include "smb/info/unix.h"

#define NAME_MAX_8BIT    255
#define SHORT_NAME_BYTES 24

static void
put_terminator(struct writer *w)
{
	wr_zero(w, w->unicode ? 2 : 1);
}

static void
put_head_dos(const struct find_entry *e, struct writer *w)
{
	if (e->with_key)
		wr_u32(w, e->key);
	put_dos_times(w, &e->stat);
	wr_u32(w, size32(e->stat.size));
	wr_u32(w, size32(e->stat.allocated));
	wr_u16(w, (uint16_t)e->stat.attributes);
}

static size_t
put_standard(const struct find_entry *e, struct writer *w)
{
	size_t at, n;

	put_head_dos(e, w);
	at = w->pos;
	wr_u8(w, 0);
	n = wr_text(w, e->name);
	put_terminator(w);
	wr_patch8(w, at, (uint8_t)n);
	return n;
}

/*
 * Windows neither aligns the name of these two levels nor ends it as a Unicode string: one zero
 * byte follows, and clients step over exactly that.
 */
static size_t
put_name_behind_eas(const struct find_entry *e, struct writer *w)
{
	size_t at = w->pos, n;

	wr_u8(w, 0);
	n = put_text_here(w, e->name);
	wr_u8(w, 0);
	wr_patch8(w, at, (uint8_t)n);
	return n;
}

static size_t
put_ea_size(const struct find_entry *e, struct writer *w)
{
	put_head_dos(e, w);
	wr_u32(w, e->ea_size);
	return put_name_behind_eas(e, w);
}

/* A list in part would say that the rest is not there. */
static size_t
put_eas(const struct find_entry *e, struct writer *w)
{
	put_head_dos(e, w);
	if (!ea_list_put(w, &e->eas, w->max))
		w->full = true;
	return put_name_behind_eas(e, w);
}

static void
put_chain(const struct find_entry *e, struct writer *w)
{
	wr_u32(w, 0); /* NextEntryOffset */
	wr_u32(w, e->key);
}

/* Up to the place of FileNameLength. */
static size_t
put_head(const struct find_entry *e, struct writer *w)
{
	put_chain(e, w);
	put_times(w, &e->stat);
	wr_u64(w, e->stat.size);
	wr_u64(w, e->stat.allocated);
	wr_u32(w, e->stat.attributes);
	return wr_hole32(w);
}

/* XP wants the zero behind the name, though FileNameLength does not count it. */
static size_t
put_name_at(const struct find_entry *e, size_t length_at, struct writer *w)
{
	size_t n = put_text_here(w, e->name);

	put_terminator(w);
	wr_patch32(w, length_at, (uint32_t)n);
	return n;
}

/* Always Unicode ([MS-CIFS] 2.2.8.1.7). */
static void
put_short_name(const struct find_entry *e, struct writer *w)
{
	size_t at = w->pos, n;

	wr_u16(w, 0);
	n = wr_utf16(w, e->shorter);
	wr_patch8(w, at, (uint8_t)n);
	wr_zero(w, n < SHORT_NAME_BYTES ? SHORT_NAME_BYTES - n : 0);
}

static size_t
put_directory(const struct find_entry *e, struct writer *w)
{
	return put_name_at(e, put_head(e, w), w);
}

static size_t
put_full(const struct find_entry *e, struct writer *w)
{
	size_t at = put_head(e, w);

	wr_u32(w, e->ea_size);
	return put_name_at(e, at, w);
}

static size_t
put_names(const struct find_entry *e, struct writer *w)
{
	put_chain(e, w);
	return put_name_at(e, wr_hole32(w), w);
}

static size_t
put_both(const struct find_entry *e, struct writer *w)
{
	size_t at = put_head(e, w);

	wr_u32(w, e->ea_size);
	put_short_name(e, w);
	return put_name_at(e, at, w);
}

static size_t
put_id_full(const struct find_entry *e, struct writer *w)
{
	size_t at = put_head(e, w);

	wr_u32(w, e->ea_size);
	wr_u32(w, 0);
	wr_u64(w, e->stat.id.ino);
	return put_name_at(e, at, w);
}

static size_t
put_id_both(const struct find_entry *e, struct writer *w)
{
	size_t at = put_head(e, w);

	wr_u32(w, e->ea_size);
	put_short_name(e, w);
	wr_u16(w, 0);
	wr_u64(w, e->stat.id.ino);
	return put_name_at(e, at, w);
}

static size_t
put_unix(const struct find_entry *e, struct writer *w)
{
	size_t n;

	put_chain(e, w);
	unix_put_basic(w, &e->stat);
	n = put_text_here(w, e->name);
	put_terminator(w);
	return n;
}

static size_t
put_unix_info2(const struct find_entry *e, struct writer *w)
{
	put_chain(e, w);
	unix_put_info2(w, &e->stat);
	return put_name_at(e, wr_hole32(w), w);
}

static const struct find_level levels[] = {
	{ 0x0001, "SMB_INFO_STANDARD", 23, false, false, FIND_NO_EAS, false, put_standard },
	{ 0x0002, "SMB_INFO_QUERY_EA_SIZE", 27, false, false, FIND_EA_SIZE, false, put_ea_size },
	{ 0x0003, "SMB_INFO_QUERY_EAS_FROM_LIST", 23, false, false, FIND_LISTED_EAS, false,
	    put_eas },
	{ 0x0101, "SMB_FIND_FILE_DIRECTORY_INFO", 64, true, false, FIND_NO_EAS, false,
	    put_directory },
	{ 0x0102, "SMB_FIND_FILE_FULL_DIRECTORY_INFO", 68, true, false, FIND_EA_SIZE, false,
	    put_full },
	{ 0x0103, "SMB_FIND_FILE_NAMES_INFO", 12, true, false, FIND_NO_EAS, false, put_names },
	{ 0x0104, "SMB_FIND_FILE_BOTH_DIRECTORY_INFO", 94, true, true, FIND_EA_SIZE, false,
	    put_both },
	{ 0x0105, "SMB_FIND_FILE_ID_FULL_DIRECTORY_INFO", 80, true, false, FIND_EA_SIZE, false,
	    put_id_full },
	{ 0x0106, "SMB_FIND_FILE_ID_BOTH_DIRECTORY_INFO", 104, true, true, FIND_EA_SIZE, false,
	    put_id_both },
	{ 0x0202, "SMB_FIND_FILE_UNIX", 109, true, false, FIND_NO_EAS, true, put_unix },
	{ 0x020B, "SMB_FIND_FILE_UNIX_INFO2", 129, true, false, FIND_NO_EAS, true, put_unix_info2 },
};

const struct find_level *
find_level(uint16_t level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (level == levels[i].level)
			return &levels[i];
	}
	return NULL;
}

bool
find_put(const struct find_level *level, const struct find_entry *e, bool first, size_t *last,
    struct writer *w)
{
	size_t before = w->pos, at, n;

	if (level->chained)
		wr_align(w, 8, 0);
	at = w->pos;
	n = level->put(e, w);
	if (w->full) {
		wr_rewind(w, before);
		return false;
	}
	if (!level->chained && n > NAME_MAX_8BIT) {
		wr_rewind(w, before);
		return true;
	}
	if (level->chained && !first)
		wr_patch32(w, *last, (uint32_t)(at - *last));
	*last = at;
	return true;
}
