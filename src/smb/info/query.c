/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/query.h"

#include <stdio.h>
#include <string.h>

#include "base/charset.h"
#include "disk/dir.h"
#include "disk/spelling.h"
#include "smb/info/ea.h"
#include "smb/info/fields.h"
#include "smb/info/unix.h"

/* Of one stream before its name, and how each is aligned ([MS-FSCC] 2.4.44). */
#define STREAM_FIXED 24u
#define STREAM_ALIGN 8u

/* How NTFS compresses: in pieces of 64 KiB of clusters of 4. */
#define UNIT_SHIFT    16
#define CHUNK_SHIFT   12
#define CLUSTER_SHIFT 12

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
	if (!ea_list_put(w, &s->eas, s->room))
		*s->status = STATUS_BUFFER_OVERFLOW;
}

static void
put_ea_chain(const struct info_subject *s, struct writer *w)
{
	if (s->eas.n == 0)
		*s->status = STATUS_NO_EAS_ON_FILE;
	else if (!ea_full_put(w, &s->eas, s->room))
		*s->status = w->pos == 0 ? STATUS_BUFFER_TOO_SMALL : STATUS_BUFFER_OVERFLOW;
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

/* The short name, or the name itself when it is one; of a stream that of its file. */
static void
put_alt_name(const struct info_subject *s, struct writer *w)
{
	const char *last = strrchr(s->name, '\\');
	char file[SPELLING_MAX];

	last = last != NULL ? last + 1 : s->name;
	snprintf(file, sizeof(file), "%.*s", (int)strcspn(last, ":"), last);
	put_text32(w, s->shorter[0] != '\0' ? s->shorter : file);
}

static size_t
utf16_length(const char *name)
{
	return utf16le_from_utf8(name, NULL, 0);
}

/* Its name is Unicode for everybody. False when it does not fit. */
static bool
put_one_stream(const struct disk_stream *stream, size_t room, struct writer *w, size_t *chain)
{
	size_t start = (w->pos + STREAM_ALIGN - 1) & ~(size_t)(STREAM_ALIGN - 1), at;

	if (start > room ||
	    room - start < STREAM_FIXED + utf16_length(stream->name) + utf16_length("::$DATA"))
		return false;
	if (w->pos > 0)
		wr_patch32(w, *chain, (uint32_t)(start - *chain));
	wr_zero(w, start - w->pos);
	*chain = wr_hole32(w);
	at = wr_hole32(w);
	wr_u64(w, stream->size);
	wr_u64(w, stream->allocated);
	wr_patch32(w, at,
	    (uint32_t)(wr_utf16(w, ":") + wr_utf16(w, stream->name) + wr_utf16(w, ":$DATA")));
	return true;
}

/* Whole entries, the file's own data first, which a directory has not. */
static void
put_streams(const struct info_subject *s, struct writer *w)
{
	const struct disk_streams *streams = &s->streams;
	bool fits = true;
	size_t chain = 0;

	if (streams->data.name != NULL)
		fits = put_one_stream(&streams->data, s->room, w, &chain);
	for (size_t i = 0; i < streams->n && fits; i++)
		fits = put_one_stream(&streams->stream[i], s->room, w, &chain);
	if (!fits)
		*s->status = STATUS_BUFFER_OVERFLOW;
}

static size_t
streams_room(const struct disk_streams *streams)
{
	size_t n = 0;

	for (size_t i = 0; i < streams->n; i++)
		n += STREAM_FIXED + STREAM_ALIGN + 16 + 2 * strlen(streams->stream[i].name);
	return n;
}

static void
put_compression(const struct info_subject *s, struct writer *w)
{
	const bool compressed = (s->stat.attributes & FILE_ATTRIBUTE_COMPRESSED) != 0;

	wr_u64(w, compressed ? s->stat.allocated : s->stat.size);
	wr_u16(w, compressed ? COMPRESSION_FORMAT_LZNT1 : COMPRESSION_FORMAT_NONE);
	wr_u8(w, compressed ? UNIT_SHIFT : 0);
	wr_u8(w, compressed ? CHUNK_SHIFT : 0);
	wr_u8(w, compressed ? CLUSTER_SHIFT : 0);
	wr_zero(w, 3);
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

static void
put_unix_basic(const struct info_subject *s, struct writer *w)
{
	unix_put_basic(w, &s->stat);
}

static void
put_unix_info2(const struct info_subject *s, struct writer *w)
{
	unix_put_info2(w, &s->stat);
}

static void
put_unix_link(const struct info_subject *s, struct writer *w)
{
	(void)wr_string(w, s->posix.text);
}

static void
put_unix_acls(const struct info_subject *s, struct writer *w)
{
	unix_put_acls(w, &s->posix);
}

static void
put_unix_flags(const struct info_subject *s, struct writer *w)
{
	wr_u64(w, s->posix.flags_known);
	wr_u64(w, s->posix.flags);
}

static const struct info_level levels[] = {
	{ 0x0001, 0, "SMB_INFO_STANDARD", 22, 0, put_standard_dos, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0002, 0, "SMB_INFO_QUERY_EA_SIZE", 26, 0, put_ea_size_dos, INFO_EA_SIZE, false,
	    INFO_NOT_UNIX },
	{ 0x0003, 0, "SMB_INFO_QUERY_EAS_FROM_LIST", 4, 0, put_eas, INFO_LISTED_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0004, 0, "SMB_INFO_QUERY_ALL_EAS", 4, 0, put_eas, INFO_ALL_EAS, false, INFO_NOT_UNIX },
	{ 0x0101, 1004, "SMB_QUERY_FILE_BASIC_INFO", 36, 40, put_basic, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0102, 1005, "SMB_QUERY_FILE_STANDARD_INFO", 22, 24, put_standard, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0103, 1007, "SMB_QUERY_FILE_EA_INFO", 4, 4, put_ea, INFO_EA_SIZE, false,
	    INFO_NOT_UNIX },
	{ 0x0104, 1009, "SMB_QUERY_FILE_NAME_INFO", 4, 8, put_name, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0105, 1019, "SMB_QUERY_FILE_ALLOCATION_INFO", 8, 8, put_allocation, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 0x0106, 1020, "SMB_QUERY_FILE_END_OF_FILE_INFO", 8, 8, put_end_of_file, INFO_NO_EAS,
	    false, INFO_NOT_UNIX },
	{ 0x0107, 1018, "SMB_QUERY_FILE_ALL_INFO", 72, 72, put_all, INFO_EA_SIZE, false,
	    INFO_NOT_UNIX },
	{ INFO_ALT_NAME, 1021, "SMB_QUERY_FILE_ALT_NAME_INFO", 4, 8, put_alt_name, INFO_NO_EAS,
	    false, INFO_NOT_UNIX },
	{ 0x0109, 1022, "SMB_QUERY_FILE_STREAM_INFO", 32, 32, put_streams, INFO_NO_EAS, true,
	    INFO_NOT_UNIX },
	{ 0x010B, 1028, "SMB_QUERY_FILE_COMPRESSION_INFO", 16, 16, put_compression, INFO_NO_EAS,
	    false, INFO_NOT_UNIX },
	{ 1006, 0, "FileInternalInformation", 8, 0, put_internal, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 1008, 0, "FileAccessInformation", 4, 0, put_access, INFO_NO_EAS, false, INFO_NOT_UNIX },
	{ 1014, 0, "FilePositionInformation", 8, 0, put_position, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 1015, 0, "FileFullEaInformation", 0, 0, put_ea_chain, INFO_ALL_EAS, false,
	    INFO_NOT_UNIX },
	{ 1016, 0, "FileModeInformation", 4, 0, put_mode, INFO_NO_EAS, false, INFO_NOT_UNIX },
	{ 1017, 0, "FileAlignmentInformation", 4, 0, put_alignment, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 1034, 0, "FileNetworkOpenInformation", 56, 0, put_network_open, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ 1035, 0, "FileAttributeTagInformation", 8, 0, put_attribute_tag, INFO_NO_EAS, false,
	    INFO_NOT_UNIX },
	{ UNIX_BASIC, 0, "SMB_QUERY_FILE_UNIX_BASIC", UNIX_BASIC_LEN, 0, put_unix_basic,
	    INFO_NO_EAS, false, INFO_UNIX },
	{ 0x0201, 0, "SMB_QUERY_FILE_UNIX_LINK", 1, 0, put_unix_link, INFO_NO_EAS, false,
	    INFO_UNIX_LINK },
	{ 0x0204, 0, "SMB_QUERY_POSIX_ACL", 6, 0, put_unix_acls, INFO_NO_EAS, false,
	    INFO_UNIX_ACLS },
	/* Neither reference nor client says more of it than its name. */
	{ 0x0205, 0, "SMB_QUERY_XATTR", 4, 0, put_eas, INFO_ALL_EAS, false, INFO_UNIX },
	{ 0x0206, 0, "SMB_QUERY_ATTR_FLAGS", 16, 0, put_unix_flags, INFO_NO_EAS, false,
	    INFO_UNIX_FLAGS },
	{ UNIX_INFO2, 0, "SMB_QUERY_FILE_UNIX_INFO2", UNIX_INFO2_LEN, 0, put_unix_info2,
	    INFO_NO_EAS, false, INFO_UNIX },
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

static size_t
unix_room(const struct disk_unix *u)
{
	size_t n = u->text != NULL ? 2 * strlen(u->text) + 4 : 0;

	return u->own != NULL ? n + unix_acls_len(u) : n;
}

size_t
info_query_least(const struct info_level *row, uint16_t level)
{
	return level == row->level ? row->least : row->twin_least;
}

size_t
info_query_room(const struct info_subject *s)
{
	return 128 + 2 * strlen(s->name) + ea_room(&s->eas) + streams_room(&s->streams) +
	    unix_room(&s->posix);
}
