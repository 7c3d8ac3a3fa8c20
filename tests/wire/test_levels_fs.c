/* SPDX-License-Identifier: BSD-2-Clause */

/* Every level of QUERY_FS_INFORMATION against what the system says of the file system. */
#include <check.h>
#include <string.h>
#include <sys/statvfs.h>

#include "levels.h"
#include "wire/frame.h"

#define QUERY_FS_INFORMATION 3
#define SET_FS_INFORMATION   4

#define LABEL "share" /* the volume is called like the share */
#define TRIES 1000

/* What every volume here can: keep case, Unicode names, rights, streams. */
#define ATTRIBUTES 0x0004000Eu

struct volume {
	struct statvfs fs;
	uint32_t serial, attributes;
	uint64_t created;
};

static void
put_allocation(struct writer *w, const struct volume *v)
{
	uint64_t total = v->fs.f_blocks, available = v->fs.f_bavail;
	uint32_t sectors = (uint32_t)v->fs.f_frsize / SECTOR_BYTES;

	while (total > UINT32_MAX) {
		total /= 2;
		available /= 2;
		sectors *= 2;
	}
	wr_u32(w, 0);
	wr_u32(w, sectors);
	wr_u32(w, (uint32_t)total);
	wr_u32(w, (uint32_t)available);
	wr_u16(w, SECTOR_BYTES);
}

static void
put_volume_dos(struct writer *w, const struct volume *v)
{
	wr_u32(w, v->serial);
	wr_u8(w, 2 * strlen(LABEL));
	wr_utf16(w, LABEL);
	wr_u16(w, 0);
}

static void
put_volume(struct writer *w, const struct volume *v)
{
	wr_u64(w, v->created);
	wr_u32(w, v->serial);
	wr_u32(w, 2 * strlen(LABEL));
	wr_u16(w, 0);
	wr_utf16(w, LABEL);
}

static void
put_units(struct writer *w, const struct volume *v)
{
	wr_u32(w, (uint32_t)v->fs.f_frsize / SECTOR_BYTES);
	wr_u32(w, SECTOR_BYTES);
}

static void
put_size(struct writer *w, const struct volume *v)
{
	wr_u64(w, v->fs.f_blocks);
	wr_u64(w, v->fs.f_bavail);
	put_units(w, v);
}

static void
put_full_size(struct writer *w, const struct volume *v)
{
	wr_u64(w, v->fs.f_blocks);
	wr_u64(w, v->fs.f_bavail);
	wr_u64(w, v->fs.f_bfree);
	put_units(w, v);
}

static void
put_device(struct writer *w, const struct volume *v)
{
	(void)v;
	wr_u32(w, 7);    /* a disk */
	wr_u32(w, 0x20); /* and mounted */
}

static void
put_attribute(struct writer *w, const struct volume *v)
{
	wr_u32(w, v->attributes);
	wr_u32(w, (uint32_t)v->fs.f_namemax);
	wr_u32(w, 8);
	wr_utf16(w, "NTFS");
}

static void
put_sector_size(struct writer *w, const struct volume *v)
{
	uint32_t block = (uint32_t)v->fs.f_frsize;

	wr_u32(w, SECTOR_BYTES);
	for (int i = 0; i < 3; i++)
		wr_u32(w, block);
	wr_u32(w, 3); /* aligned */
	wr_zero(w, 8);
}

/* Bytes of room without which it is refused; of put NULL only the size is known here. */
static const struct level {
	uint16_t level, minimum, size;
	void (*put)(struct writer *w, const struct volume *v);
} levels[] = {
	{ 0x0001, 18, 18, put_allocation },
	{ 0x0002, 5, 17, put_volume_dos },
	{ 0x0102, 18, 28, put_volume },
	{ 0x0103, 24, 24, put_size },
	{ 0x0104, 8, 8, put_device },
	{ 0x0105, 12, 20, put_attribute },
	{ 1001, 24, 28, put_volume },
	{ 1003, 24, 24, put_size },
	{ 1004, 8, 8, put_device },
	{ 1005, 12, 20, put_attribute },
	{ 1006, 48, 48, NULL },
	{ 1007, 32, 32, put_full_size },
	{ 1008, 64, 64, NULL },
	{ 1011, 28, 28, put_sector_size },
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static nt_status
query(struct trans2 *t, uint16_t level, uint16_t room)
{
	struct writer *w = client_trans2_begin(c, t, QUERY_FS_INFORMATION);

	wr_u16(w, level);
	client_trans2_data(c, t);
	levels_room(room);
	return client_trans2_call(c, t);
}

/* What is not the system's to say: any serial number may be made of its id, and file systems differ
 * in what else they can. */
static struct volume
the_volume(void)
{
	struct volume v = { .created = levels_born(".") };
	struct trans2 t;

	ck_assert_uint_eq(query(&t, 0x0002, PLENTY), STATUS_SUCCESS);
	v.serial = rd_u32(&t.got_data);
	ck_assert_uint_eq(query(&t, 0x0105, PLENTY), STATUS_SUCCESS);
	v.attributes = rd_u32(&t.got_data);
	ck_assert_uint_eq(v.attributes & ATTRIBUTES, ATTRIBUTES);
	return v;
}

/* Others may use the disk: asks until it stood still meanwhile. */
static void
query_still(struct trans2 *t, uint16_t level, struct volume *v)
{
	struct statvfs after;

	for (int i = 0; i < TRIES; i++) {
		ck_assert_int_eq(statvfs(server.root, &v->fs), 0);
		ck_assert_uint_eq(query(t, level, PLENTY), STATUS_SUCCESS);
		ck_assert_int_eq(statvfs(server.root, &after), 0);
		if (after.f_bavail == v->fs.f_bavail && after.f_bfree == v->fs.f_bfree)
			return;
	}
	ck_abort_msg("the disk never stood still");
}

START_TEST(levels_tell_what_is_known_of_the_file_system)
{
	struct volume v = the_volume();

	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &levels[i];
		struct writer whole;
		struct trans2 t;

		query_still(&t, l->level, &v);
		if (l->put == NULL) {
			ck_assert_uint_eq(rd_left(&t.got_data), l->size);
			continue;
		}
		wr_init(&whole, 256);
		l->put(&whole, &v);
		ck_assert_uint_eq(whole.pos, l->size);
		levels_same(l->level, t.got_data, whole.frame->smb, whole.pos);
		wr_clear(&whole);
	}
}
END_TEST

static nt_status
status_of(const struct level *l, size_t room)
{
	if (room < l->minimum)
		return STATUS_INFO_LENGTH_MISMATCH;
	return room < l->size ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
}

START_TEST(what_does_not_fit_is_refused_or_cut)
{
	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &levels[i];

		for (uint16_t room = 0; room <= l->size + 1; room++) {
			struct trans2 t;
			nt_status status = query(&t, l->level, room);
			size_t got = rd_left(&t.got_data);

			ck_assert_msg(status == status_of(l, room), "level %u in %u bytes: %08x",
			    l->level, room, status);
			if (room < l->minimum)
				ck_assert_uint_eq(t.reply.word_count, 0);
			else
				ck_assert_uint_eq(got, room < l->size ? room : l->size);
		}
	}
}
END_TEST

/* Which volume it is stays the same, however one asks. */
START_TEST(volume_keeps_its_names)
{
	struct trans2 t;
	uint8_t id[64];

	ck_assert_uint_eq(query(&t, 1008, PLENTY), STATUS_SUCCESS);
	memcpy(id, rd_bytes(&t.got_data, sizeof(id)), sizeof(id));
	client_close(&c);
	c = client_on(server.port, "share");
	ck_assert_uint_eq(query(&t, 1008, PLENTY), STATUS_SUCCESS);
	levels_same(1008, t.got_data, id, sizeof(id));
}
END_TEST

static bool
is_known(uint16_t level)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (levels[i].level == level)
			return true;
	}
	return false;
}

START_TEST(levels_there_are_not_are_refused)
{
	struct trans2 t;

	for (uint16_t level = 0; level < 1100; level++) {
		if (!is_known(level) && (level < 0x120 || level >= 990))
			ck_assert_uint_eq(query(&t, level, PLENTY), STATUS_INVALID_LEVEL);
	}
}
END_TEST

static nt_status
set(uint16_t fid, uint16_t level)
{
	struct trans2 t;
	struct writer *w = client_trans2_begin(c, &t, SET_FS_INFORMATION);

	wr_u16(w, fid);
	wr_u16(w, level);
	client_trans2_data(c, &t);
	wr_zero(w, 64);
	return client_trans2_call(c, &t);
}

/* Label, quotas and object id are others' business; the rest cannot be set anywhere. */
START_TEST(levels_that_cannot_be_set_are_refused)
{
	uint16_t fid = levels_model(THE_ROOT, true).fid;

	for (uint16_t level = 0; level < 1100; level++) {
		if (level == 1002 || level == 1006 || level == 1008)
			continue;
		if (level < 0x120 || level >= 990)
			ck_assert_uint_eq(set(fid, level), STATUS_INVALID_LEVEL);
	}
	ck_assert_uint_eq(set(fid, 1002), STATUS_ACCESS_DENIED);
	ck_assert_uint_eq(set(0x7777, 1002), STATUS_INVALID_HANDLE);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("file system");

	tcase_add_checked_fixture(tc, levels_setup, levels_teardown);
	tcase_add_test(tc, levels_tell_what_is_known_of_the_file_system);
	tcase_add_test(tc, what_does_not_fit_is_refused_or_cut);
	tcase_add_test(tc, volume_keeps_its_names);
	tcase_add_test(tc, levels_there_are_not_are_refused);
	tcase_add_test(tc, levels_that_cannot_be_set_are_refused);
	return levels_run(tc);
}
