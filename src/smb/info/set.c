/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/set.h"

#include <stddef.h>

#include "disk/io.h"
#include "file/share_mode.h"
#include "smb/info/ea.h"

static ntime
read_dos_time(struct reader *r)
{
	uint16_t date = rd_u16(r);

	return ntime_from_dos(date, rd_u16(r));
}

static void
decode_standard(struct info_change *c, struct reader *r)
{
	c->attr.created = read_dos_time(r);
	c->attr.accessed = read_dos_time(r);
	c->attr.written = read_dos_time(r);
}

static void
decode_basic(struct info_change *c, struct reader *r)
{
	c->attr.created = rd_u64(r);
	c->attr.accessed = rd_u64(r);
	c->attr.written = rd_u64(r);
	c->attr.changed = rd_u64(r);
	c->attr.attributes = rd_u32(r);
}

static bool
time_valid(ntime t)
{
	return t <= INT64_MAX || t == NTIME_LEAVE || t == NTIME_RESUME;
}

static nt_status
apply_attr(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	const struct disk_attr *a = &c->attr;

	if (!time_valid(a->created) || !time_valid(a->accessed) || !time_valid(a->written) ||
	    !time_valid(a->changed))
		return STATUS_INVALID_PARAMETER;
	if ((a->attributes &
		(f->directory ? FILE_ATTRIBUTE_TEMPORARY : FILE_ATTRIBUTE_DIRECTORY)) != 0)
		return STATUS_INVALID_PARAMETER;
	return disk_set_attr(d, f, a);
}

static void
decode_eas(struct info_change *c, struct reader *r)
{
	c->eas_status = ea_list_read(r, &c->eas, &c->ea_error);
}

static void
decode_full_eas(struct info_change *c, struct reader *r)
{
	c->eas_status = ea_full_read(r, &c->eas, &c->ea_error);
}

static nt_status
apply_eas(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	if (f->stream != NULL)
		return STATUS_INVALID_PARAMETER;
	return disk_eas_write(d, f, &c->eas, false);
}

static void
decode_size(struct info_change *c, struct reader *r)
{
	c->size = rd_u64(r);
}

static nt_status
may_resize(const struct disk_file *f, const struct info_change *c)
{
	if (f->directory || c->size > INT64_MAX)
		return STATUS_INVALID_PARAMETER;
	return STATUS_SUCCESS;
}

static nt_status
apply_allocation(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	nt_status status = may_resize(f, c);

	(void)d;
	return status != STATUS_SUCCESS ? status : disk_allocate(f, c->size);
}

static nt_status
apply_end_of_file(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	nt_status status = may_resize(f, c);

	(void)d;
	return status != STATUS_SUCCESS ? status : disk_truncate(f, c->size);
}

static void
decode_disposition(struct info_change *c, struct reader *r)
{
	c->on = rd_u8(r) != 0;
}

/* FileRenameInformation and FileLinkInformation for SMB ([MS-FSCC] 2.4.42.1, 2.4.27.1). */
static void
decode_rename(struct info_change *c, struct reader *r)
{
	c->on = rd_u8(r) != 0;
	rd_skip(r, 3);
	c->root_fid = rd_u32(r);
	c->name = rd_text(r, rd_u32(r));
}

static void
decode_mode(struct info_change *c, struct reader *r)
{
	c->mode = rd_u32(r);
}

static nt_status
check_mode(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	(void)d;
	(void)f;
	return (c->mode & ~MODE_SETTABLE) != 0 ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static nt_status
check_position(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	(void)d;
	(void)f;
	return c->size > INT64_MAX ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

/*
 * Windows shows what lies on the disk behind the valid data, here that is zeros: there is nothing
 * to do ([MS-FSA] 2.1.5.15.16).
 */
static nt_status
check_valid_length(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	struct disk_stat st;
	nt_status status = disk_file_stat(d, f, &st);

	if (status != STATUS_SUCCESS)
		return status;
	return f->directory || c->size > st.size ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
}

static void
decode_name(struct info_change *c, struct reader *r)
{
	c->name = rd_text(r, rd_u32(r));
}

/* Short names are made from the long ones; nobody has the privilege to restore another. */
static nt_status
refuse_short_name(const struct disk *d, const struct disk_file *f, const struct info_change *c)
{
	(void)d;
	(void)f;
	(void)c;
	return STATUS_PRIVILEGE_NOT_HELD;
}

static const struct set_level levels[] = {
	{ 0x0001, 0, "SMB_INFO_STANDARD", FILE_WRITE_ATTRIBUTES, SET_ON_DISK, false,
	    decode_standard, apply_attr },
	{ 0x0002, 0x0003, "SMB_INFO_SET_EAS", FILE_WRITE_EA, SET_ON_DISK, false, decode_eas,
	    apply_eas },
	{ 1015, 0, "FileFullEaInformation", FILE_WRITE_EA, SET_ON_DISK, false, decode_full_eas,
	    apply_eas },
	{ 0x0101, 1004, "SMB_SET_FILE_BASIC_INFO", FILE_WRITE_ATTRIBUTES, SET_ON_DISK, false,
	    decode_basic, apply_attr },
	{ 0x0102, 1013, "SMB_SET_FILE_DISPOSITION_INFO", ACCESS_DELETE, SET_DISPOSITION, false,
	    decode_disposition, NULL },
	{ SET_ALLOCATION, 1019, "SMB_SET_FILE_ALLOCATION_INFO", FILE_WRITE_DATA, SET_ON_DISK, true,
	    decode_size, apply_allocation },
	{ 0x0104, 1020, "SMB_SET_FILE_END_OF_FILE_INFO", FILE_WRITE_DATA, SET_ON_DISK, true,
	    decode_size, apply_end_of_file },
	{ 1039, 0, "FileValidDataLengthInformation", FILE_WRITE_DATA, SET_ON_DISK, false,
	    decode_size, check_valid_length },
	{ 1040, 0, "FileShortNameInformation", ACCESS_DELETE, SET_ON_DISK, false, decode_name,
	    refuse_short_name },
	{ 1010, 0, "FileRenameInformation", ACCESS_DELETE, SET_RENAME, false, decode_rename, NULL },
	{ 1011, 0, "FileLinkInformation", 0, SET_LINK, false, decode_rename, NULL },
	{ 1014, 0, "FilePositionInformation", 0, SET_POSITION, false, decode_size, check_position },
	{ 1016, 0, "FileModeInformation", 0, SET_MODE, false, decode_mode, check_mode },
};

const struct set_level *
info_set_level(uint16_t level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (level == levels[i].level || (level != 0 && level == levels[i].twin))
			return &levels[i];
	}
	return NULL;
}
