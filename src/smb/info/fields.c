/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/fields.h"

#define DOS_ATTRIBUTES \
	(FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | \
	    FILE_ATTRIBUTE_VOLUME | FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_ARCHIVE)

static void
put_dos_time(struct writer *w, ntime t)
{
	uint16_t date, time;

	ntime_to_dos(t, &date, &time);
	wr_u16(w, date);
	wr_u16(w, time);
}

void
put_dos_times(struct writer *w, const struct disk_stat *st)
{
	put_dos_time(w, st->created);
	put_dos_time(w, st->accessed);
	put_dos_time(w, st->written);
}

void
put_times(struct writer *w, const struct disk_stat *st)
{
	wr_u64(w, st->created);
	wr_u64(w, st->accessed);
	wr_u64(w, st->written);
	wr_u64(w, st->changed);
}

uint16_t
dos_attributes(const struct disk_stat *st)
{
	return (uint16_t)(st->attributes & DOS_ATTRIBUTES);
}

uint32_t
size32(uint64_t n)
{
	return n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
}

size_t
put_text_here(struct writer *w, const char *text)
{
	return w->unicode ? wr_utf16(w, text) : wr_text(w, text);
}

void
put_text32(struct writer *w, const char *text)
{
	size_t at = wr_hole32(w);

	wr_patch32(w, at, (uint32_t)put_text_here(w, text));
}
