/* SPDX-License-Identifier: BSD-2-Clause */
#include "smb/info/fs.h"

#include <string.h>

#include "smb/info/fields.h"

#define SECTOR 512u

#define FILE_DEVICE_DISK       7
#define FILE_DEVICE_IS_MOUNTED 0x20

#define FILE_CASE_PRESERVED_NAMES  0x02
#define FILE_UNICODE_ON_DISK       0x04
#define FILE_PERSISTENT_ACLS       0x08
#define FILE_FILE_COMPRESSION      0x10
#define FILE_VOLUME_QUOTAS         0x20
#define FILE_SUPPORTS_SPARSE_FILES 0x40
#define FILE_SUPPORTS_OBJECT_IDS   0x10000
#define FILE_NAMED_STREAMS         0x40000
#define FILE_READ_ONLY_VOLUME      0x80000

/* SSINFO_FLAGS: aligned, for all that is known here. */
#define SECTORS_ALIGNED 0x3

#define WHOAMI_LEN   40u
#define WHOAMI_GUEST 0x1u

/* A file system in units of so many sectors. */
struct units {
	uint32_t sectors;
	uint64_t total, free, available;
};

static struct units
units_of(const struct disk_fs *fs)
{
	struct units u = {
		.sectors = fs->block_size / SECTOR,
		.total = fs->blocks,
		.free = fs->free,
		.available = fs->available,
	};

	if (u.sectors == 0) {
		u.sectors = 1;
		u.total = u.total * fs->block_size / SECTOR;
		u.free = u.free * fs->block_size / SECTOR;
		u.available = u.available * fs->block_size / SECTOR;
	}
	return u;
}

/* Larger units, until the counts of level 1 fit in 32 bits. */
static void
put_allocation(const struct fs_subject *s, struct writer *w)
{
	struct units u = units_of(&s->fs);

	while (u.total > UINT32_MAX && u.sectors <= UINT32_MAX / 2) {
		u.sectors *= 2;
		u.total /= 2;
		u.available /= 2;
	}
	wr_u32(w, 0);
	wr_u32(w, u.sectors);
	wr_u32(w, size32(u.total));
	wr_u32(w, size32(u.available));
	wr_u16(w, SECTOR);
}

static void
put_volume_dos(const struct fs_subject *s, struct writer *w)
{
	size_t at;

	wr_u32(w, s->fs.serial);
	at = w->pos;
	wr_u8(w, 0);
	wr_patch8(w, at, (uint8_t)put_text_here(w, s->label));
	wr_zero(w, w->unicode ? 2 : 1);
}

static void
put_volume(const struct fs_subject *s, struct writer *w)
{
	size_t at;

	wr_u64(w, s->created);
	wr_u32(w, s->fs.serial);
	at = wr_hole32(w);
	wr_u16(w, 0); /* no object ids; reserved */
	wr_patch32(w, at, (uint32_t)put_text_here(w, s->label));
}

static void
put_size(const struct fs_subject *s, struct writer *w)
{
	struct units u = units_of(&s->fs);

	wr_u64(w, u.total);
	wr_u64(w, u.available);
	wr_u32(w, u.sectors);
	wr_u32(w, SECTOR);
}

static void
put_device(const struct fs_subject *s, struct writer *w)
{
	(void)s;
	wr_u32(w, FILE_DEVICE_DISK);
	wr_u32(w, FILE_DEVICE_IS_MOUNTED);
}

static void
put_attribute(const struct fs_subject *s, struct writer *w)
{
	size_t at;

	wr_u32(w,
	    FILE_CASE_PRESERVED_NAMES | FILE_UNICODE_ON_DISK | FILE_SUPPORTS_OBJECT_IDS |
		(s->acls ? FILE_PERSISTENT_ACLS : 0) |
		(s->fs.compression ? FILE_FILE_COMPRESSION : 0) |
		(s->quota.counted ? FILE_VOLUME_QUOTAS : 0) |
		(s->fs.sparse ? FILE_SUPPORTS_SPARSE_FILES : 0) |
		(s->read_only ? FILE_READ_ONLY_VOLUME : 0) |
		(s->fs.named_streams ? FILE_NAMED_STREAMS : 0));
	wr_u32(w, s->fs.name_max);
	at = wr_hole32(w);
	wr_patch32(w, at, (uint32_t)put_text_here(w, s->type));
}

static void
put_full_size(const struct fs_subject *s, struct writer *w)
{
	struct units u = units_of(&s->fs);

	wr_u64(w, u.total);
	wr_u64(w, u.available);
	wr_u64(w, u.free);
	wr_u32(w, u.sectors);
	wr_u32(w, SECTOR);
}

/* New users are not limited; content is not filtered. */
static void
put_quota(const struct fs_subject *s, struct writer *w)
{
	wr_zero(w, 24);
	wr_u64(w, UINT64_MAX);
	wr_u64(w, UINT64_MAX);
	wr_u32(w,
	    (s->quota.counted ? FILE_VC_QUOTA_TRACK : 0) |
		(s->quota.enforced ? FILE_VC_QUOTA_ENFORCE : 0));
	wr_zero(w, 4);
}

/* An id that stays the same for the file system; nothing more is known about it. */
static void
put_object_id(const struct fs_subject *s, struct writer *w)
{
	wr_u64(w, s->fs.id);
	wr_zero(w, 56);
}

static void
put_sector_size(const struct fs_subject *s, struct writer *w)
{
	wr_u32(w, SECTOR);
	wr_u32(w, s->fs.block_size); /* written at once, at most */
	wr_u32(w, s->fs.block_size); /* ... and best */
	wr_u32(w, s->fs.block_size);
	wr_u32(w, SECTORS_ALIGNED);
	wr_zero(w, 8);
}

static void
put_cifs_unix(const struct fs_subject *s, struct writer *w)
{
	(void)s;
	wr_u16(w, 1); /* version 1.0 */
	wr_u16(w, 0);
	wr_u64(w, FS_UNIX_CAPS);
}

static void
put_posix_fs(const struct fs_subject *s, struct writer *w)
{
	wr_u32(w, s->fs.block_size); /* best transferred at once */
	wr_u32(w, s->fs.block_size);
	wr_u64(w, s->fs.blocks);
	wr_u64(w, s->fs.free);
	wr_u64(w, s->fs.available);
	wr_u64(w, s->fs.files);
	wr_u64(w, s->fs.free_files);
	wr_u64(w, s->fs.serial);
}

static size_t
sids_len(const struct fs_user *u)
{
	size_t n = 0;

	for (size_t i = 0; i < u->nsids; i++)
		n += sid_size(&u->sids[i]);
	return n;
}

static size_t
whoami_len(const struct fs_user *u)
{
	return WHOAMI_LEN + 8 * u->ngroups + sids_len(u);
}

/* Where the lists do not fit there are none. */
static void
put_whoami(const struct fs_subject *s, struct writer *w)
{
	const struct fs_user *u = s->user;
	const bool lists = whoami_len(u) <= s->room;

	wr_u32(w, u->guest ? WHOAMI_GUEST : 0);
	wr_u32(w, WHOAMI_GUEST);
	wr_u64(w, u->uid);
	wr_u64(w, u->gid);
	wr_u32(w, lists ? (uint32_t)u->ngroups : 0);
	wr_u32(w, lists ? (uint32_t)u->nsids : 0);
	wr_u32(w, lists ? (uint32_t)sids_len(u) : 0);
	wr_u32(w, 0);
	for (size_t i = 0; lists && i < u->ngroups; i++)
		wr_u64(w, u->groups[i]);
	for (size_t i = 0; lists && i < u->nsids; i++)
		sid_write(w, &u->sids[i]);
}

static const struct fs_level levels[] = {
	{ 0x0001, 0, "SMB_INFO_ALLOCATION", 18, 0, put_allocation, false, false },
	{ 0x0002, 0, "SMB_INFO_VOLUME", 5, 0, put_volume_dos, false, false },
	{ 0x0102, 1001, "SMB_QUERY_FS_VOLUME_INFO", 18, 24, put_volume, false, false },
	{ 0x0103, 1003, "SMB_QUERY_FS_SIZE_INFO", 24, 24, put_size, false, false },
	{ 0x0104, 1004, "SMB_QUERY_FS_DEVICE_INFO", 8, 8, put_device, false, false },
	{ 0x0105, 1005, "SMB_QUERY_FS_ATTRIBUTE_INFO", 12, 12, put_attribute, true, false },
	{ 1006, 0, "FileFsControlInformation", 48, 0, put_quota, true, false },
	{ 1007, 0, "FileFsFullSizeInformation", 32, 0, put_full_size, false, false },
	{ 1008, 0, "FileFsObjectIdInformation", 64, 0, put_object_id, false, false },
	{ 1011, 0, "FileFsSectorSizeInformation", 28, 0, put_sector_size, false, false },
	{ FS_CIFS_UNIX, 0, "SMB_QUERY_CIFS_UNIX_INFO", 12, 0, put_cifs_unix, false, true },
	{ 0x0201, 0, "SMB_QUERY_POSIX_FS_INFO", 56, 0, put_posix_fs, false, true },
	{ 0x0202, 0, "SMB_QUERY_POSIX_WHOAMI", WHOAMI_LEN, 0, put_whoami, false, true },
};

const struct fs_level *
fs_query_level(uint16_t level)
{
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (level == levels[i].level || (level != 0 && level == levels[i].twin))
			return &levels[i];
	}
	return NULL;
}

size_t
fs_query_room(const struct fs_subject *s)
{
	return 64 + 2 * strlen(s->label) + (s->user != NULL ? whoami_len(s->user) : 0);
}
