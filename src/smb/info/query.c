/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/query.h"

#include <string.h>

#include "disk/dir.h"
#include "smb/info/ea.h"
#include "smb/info/fields.h"

#define STREAM_OF_FILE "::$DATA"

/* What a handle may be told by FileModeInformation ([MS-FSCC] 2.4.31). */
#define MODE_OPTIONS 0x0000103Eu

static void
put_standard_dos(const struct info_subject *s, struct writer *w)
{
	put_dos_times(w, &s->stat);
	wr_u32(w, size32(s->stat.size));
	wr_u32(w, size32(s->stat.allocated));
	wr_u16(w, (uint16_t)s->stat.attributes);
}

static void
put_ea(const struct info_subject *s, struct writer *w)
{
	wr_u32(w, disk_eas_size(&s->eas));
}

static void
put_ea_size_dos(const struct info_subject *s, struct writer *w)
{
	put_standard_dos(s, w);
	put_ea(s, w);
}

static void
put_eas(const struct info_subject *s, struct writer *w)
{
	*s->cut = !ea_list_put(w, &s->eas, s->room);
}

static void
put_ea_chain(const struct info_subject *s, struct writer *w)
{
	*s->cut = !ea_full_put(w, &s->eas, s->room);
}

static void
put_basic(const struct info_subject *s, struct writer *w)
{
	put_times(w, &s->stat);
	wr_u32(w, s->stat.attributes);
	wr_u32(w, 0);
}

static void
put_standard(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->stat.allocated);
	wr_u64(w, s->stat.size);
	/* A name about to go does not count ([MS-FSA] 2.1.5.11.27). */
	wr_u32(w, s->stat.links - (s->delete_pending && s->stat.links > 0 ? 1 : 0));
	wr_u8(w, s->delete_pending);
	wr_u8(w, s->stat.directory);
	wr_u16(w, 0);
}

static void
put_internal(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->stat.id.ino);
}

static void
put_access(const struct info_subject *s, struct writer *w)
{
	wr_u32(w, s->access);
}

static void
put_name(const struct info_subject *s, struct writer *w)
{
	put_text32(w, s->name);
}

static void
put_position(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->position);
}

static void
put_mode(const struct info_subject *s, struct writer *w)
{
	wr_u32(w, s->options & MODE_OPTIONS);
}

static void
put_alignment(const struct info_subject *s, struct writer *w)
{
	(void)s;
	wr_u32(w, 0);
}

/* Windows answers the pass-through twin in this form too, not in that of [MS-FSCC] 2.4.2. */
static void
put_all(const struct info_subject *s, struct writer *w)
{
	put_basic(s, w);
	put_standard(s, w);
	put_ea(s, w);
	put_name(s, w);
}

static void
put_allocation(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->stat.allocated);
}

static void
put_end_of_file(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->stat.size);
}

/* The short name, or the name itself when it is one. */
static void
put_alt_name(const struct info_subject *s, struct writer *w)
{
	const char *last = strrchr(s->name, '\\');
	char shorter[13];

	last = last != NULL ? last + 1 : s->name;
	disk_short_name(last, shorter);
	put_text32(w, shorter[0] != '\0' ? shorter : last);
}

/* Stream names are Unicode for everybody ([MS-FSCC] 2.4.44). A directory has no stream. */
static void
put_stream(const struct info_subject *s, struct writer *w)
{
	size_t at;

	if (s->stat.directory)
		return;
	wr_u32(w, 0);
	at = wr_hole32(w);
	wr_u64(w, s->stat.size);
	wr_u64(w, s->stat.allocated);
	wr_patch32(w, at, (uint32_t)wr_utf16(w, STREAM_OF_FILE));
}

static void
put_compression(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->stat.size);
	wr_zero(w, 8); /* not compressed */
}

static void
put_network_open(const struct info_subject *s, struct writer *w)
{
	put_times(w, &s->stat);
	wr_u64(w, s->stat.allocated);
	wr_u64(w, s->stat.size);
	wr_u32(w, s->stat.attributes);
	wr_u32(w, 0);
}

static void
put_attribute_tag(const struct info_subject *s, struct writer *w)
{
	wr_u32(w, s->stat.attributes);
	wr_u32(w, 0);
}

static const struct info_level levels[] = {
	{ 0x0001, 0, "SMB_INFO_STANDARD", 22, put_standard_dos, INFO_NO_EAS },
	{ 0x0002, 0, "SMB_INFO_QUERY_EA_SIZE", 26, put_ea_size_dos, INFO_EA_SIZE },
	{ 0x0003, 0, "SMB_INFO_QUERY_EAS_FROM_LIST", 4, put_eas, INFO_LISTED_EAS },
	{ 0x0004, 0, "SMB_INFO_QUERY_ALL_EAS", 4, put_eas, INFO_ALL_EAS },
	{ 0x0101, 1004, "SMB_QUERY_FILE_BASIC_INFO", 36, put_basic, INFO_NO_EAS },
	{ 0x0102, 1005, "SMB_QUERY_FILE_STANDARD_INFO", 22, put_standard, INFO_NO_EAS },
	{ 0x0103, 1007, "SMB_QUERY_FILE_EA_INFO", 4, put_ea, INFO_EA_SIZE },
	{ 0x0104, 1009, "SMB_QUERY_FILE_NAME_INFO", 4, put_name, INFO_NO_EAS },
	{ 0x0105, 1019, "SMB_QUERY_FILE_ALLOCATION_INFO", 8, put_allocation, INFO_NO_EAS },
	{ 0x0106, 1020, "SMB_QUERY_FILE_END_OF_FILE_INFO", 8, put_end_of_file, INFO_NO_EAS },
	{ 0x0107, 1018, "SMB_QUERY_FILE_ALL_INFO", 72, put_all, INFO_EA_SIZE },
	{ 0x0108, 1021, "SMB_QUERY_FILE_ALT_NAME_INFO", 4, put_alt_name, INFO_NO_EAS },
	{ 0x0109, 1022, "SMB_QUERY_FILE_STREAM_INFO", 0, put_stream, INFO_NO_EAS },
	{ 0x010B, 1028, "SMB_QUERY_FILE_COMPRESSION_INFO", 16, put_compression, INFO_NO_EAS },
	{ 1006, 0, "FileInternalInformation", 8, put_internal, INFO_NO_EAS },
	{ 1008, 0, "FileAccessInformation", 4, put_access, INFO_NO_EAS },
	{ 1014, 0, "FilePositionInformation", 8, put_position, INFO_NO_EAS },
	{ 1015, 0, "FileFullEaInformation", 0, put_ea_chain, INFO_EA_CHAIN },
	{ 1016, 0, "FileModeInformation", 4, put_mode, INFO_NO_EAS },
	{ 1017, 0, "FileAlignmentInformation", 4, put_alignment, INFO_NO_EAS },
	{ 1034, 0, "FileNetworkOpenInformation", 56, put_network_open, INFO_NO_EAS },
	{ 1035, 0, "FileAttributeTagInformation", 8, put_attribute_tag, INFO_NO_EAS },
};

const struct info_level *
info_query_level(uint16_t level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (level == levels[i].level || (level != 0 && level == levels[i].twin))
			return &levels[i];
	}
	return NULL;
}

size_t
info_query_room(const struct info_subject *s)
{
	return 128 + 2 * strlen(s->name) + ea_room(&s->eas);
}
