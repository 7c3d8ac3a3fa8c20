/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "wire/access.h"
#include "wire/frame.h"
#include "wire/reader.h"
#include "wire/sd.h"
#include "wire/writer.h"

static struct arena arena;
static struct sid owner = { 5, SID_AUTHORITY_NT, { 21, 1, 2, 3, 500 } };
static struct sid group = { 2, SID_AUTHORITY_UNIX, { SID_UNIX_GROUPS, 100 } };

static void
setup(void)
{
	arena_init(&arena);
}

static void
teardown(void)
{
	arena_clear(&arena);
}

/* Owner, group, an audit list and two entries, one of them an object's. */
static struct sd
sample(void)
{
	static const uint8_t head[20] = { 1 }, tail[4] = "tail";
	struct ace *aces = arena_alloc(&arena, 3 * sizeof(*aces));
	struct acl *dacl = arena_alloc(&arena, sizeof(*dacl));
	struct acl *sacl = arena_alloc(&arena, sizeof(*sacl));

	aces[0] = (struct ace){
		.type = ACE_DENIED, .flags = ACE_OBJECT_INHERIT, .mask = FILE_WRITE_DATA
	};
	aces[0].sid = sid_everyone;
	aces[1] = (struct ace){ .type = ACE_ALLOWED_CALLBACK_OBJECT, .mask = FILE_ALL_ACCESS };
	aces[1].sid = owner;
	aces[1].head = head;
	aces[1].nhead = sizeof(head);
	aces[1].tail = tail;
	aces[1].ntail = sizeof(tail);
	aces[2] = (struct ace){ .type = ACE_AUDIT, .flags = 0xC0, .mask = FILE_READ_DATA };
	aces[2].sid = sid_users;
	*dacl = (struct acl){ 2, 2, aces };
	*sacl = (struct acl){ 4, 1, aces + 2 };
	return (struct sd){
		.control = SD_DACL_PRESENT | SD_SACL_PRESENT | SD_SELF_RELATIVE,
		.owner = &owner,
		.group = &group,
		.dacl = dacl,
		.sacl = sacl,
	};
}

/* In the arena. */
static uint8_t *
encoded(const struct sd *sd, size_t *n)
{
	struct writer w;
	uint8_t *bytes;

	wr_init(&w, SD_SIZE_MAX);
	sd_encode(&w, sd, 0);
	ck_assert(!w.full);
	*n = w.pos;
	bytes = arena_memdup(&arena, w.frame->smb, *n);
	wr_clear(&w);
	return bytes;
}

/* From a buffer of exactly that size. */
static bool
decodes(const uint8_t *p, size_t n, struct sd *out)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	bool ok;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, p, n);
	ok = sd_decode(&arena, copy, n, out);
	free(copy);
	return ok;
}

START_TEST(descriptor_comes_back_as_it_went)
{
	struct sd sd = sample(), back;
	size_t n, again;
	const uint8_t *bytes = encoded(&sd, &n), *twice;

	ck_assert_uint_eq(n, sd_size(&sd));
	ck_assert(sd_decode(&arena, bytes, n, &back));
	ck_assert_uint_eq(back.control, sd.control);
	ck_assert(sid_equal(back.owner, &owner) && sid_equal(back.group, &group));
	ck_assert_uint_eq(back.dacl->count, 2);
	ck_assert_uint_eq(back.dacl->aces[0].type, ACE_DENIED);
	ck_assert_uint_eq(back.dacl->aces[0].flags, ACE_OBJECT_INHERIT);
	ck_assert_uint_eq(back.dacl->aces[1].nhead, 20);
	ck_assert_mem_eq(back.dacl->aces[1].tail, "tail", 4);
	ck_assert_uint_eq(back.sacl->revision, 4);
	ck_assert(sid_equal(&back.sacl->aces[0].sid, &sid_users));
	twice = encoded(&back, &again);
	ck_assert_uint_eq(again, n);
	ck_assert_mem_eq(twice, bytes, n);
}
END_TEST

/* As Samba stores one whose DACL was replaced beside a SACL. */
START_TEST(stored_list_is_there_though_its_flag_is_not)
{
	struct sd sd = sample(), back;
	struct reader r;
	uint8_t *bytes;
	size_t n;

	sd.control = 0;
	bytes = encoded(&sd, &n);
	rd_init(&r, bytes, n);
	ck_assert(sd_decode_stored(&arena, &r, &back));
	ck_assert_uint_eq(back.dacl->count, 2);
	ck_assert_uint_eq(back.sacl->count, 1);
	ck_assert_uint_eq(back.control, SD_DACL_PRESENT | SD_SACL_PRESENT | SD_SELF_RELATIVE);
}
END_TEST

START_TEST(no_shorter_descriptor_is_one)
{
	struct sd sd = sample(), back;
	size_t n;
	const uint8_t *bytes = encoded(&sd, &n);

	for (size_t short_n = 0; short_n < n; short_n++)
		ck_assert_msg(!decodes(bytes, short_n, &back), "%zu bytes", short_n);
	ck_assert(decodes(bytes, n, &back));
}
END_TEST

START_TEST(list_that_is_absent_or_none_is_told_apart)
{
	struct sd sd = { .control = SD_DACL_PRESENT | SD_SELF_RELATIVE }, back;
	struct acl empty = { .revision = 2 };
	size_t n;
	const uint8_t *bytes = encoded(&sd, &n);

	ck_assert(decodes(bytes, n, &back));
	ck_assert_uint_eq(back.control & SD_DACL_PRESENT, SD_DACL_PRESENT);
	ck_assert_ptr_null(back.dacl);
	sd.dacl = &empty;
	bytes = encoded(&sd, &n);
	ck_assert(decodes(bytes, n, &back));
	ck_assert_ptr_nonnull(back.dacl);
	ck_assert_uint_eq(back.dacl->count, 0);
	/* What is said not to be there is not looked at. */
	sd.control = SD_SELF_RELATIVE;
	bytes = encoded(&sd, &n);
	ck_assert(decodes(bytes, n, &back));
	ck_assert_ptr_null(back.dacl);
}
END_TEST

static const struct {
	size_t at;
	uint8_t value[4];
	size_t n;
} damages[] = {
	{ 0, { 2 }, 1 },                       /* revision */
	{ 4, { 0xFF, 0xFF, 0xFF, 0xFF }, 4 },  /* owner far outside */
	{ 4, { 0x15 }, 1 },                    /* not aligned */
	{ 8, { 0xFC, 0xFF, 0xFF, 0x7F }, 4 },  /* group */
	{ 12, { 0xFC, 0xFF, 0xFF, 0xFF }, 4 }, /* SACL */
	{ 16, { 0xF0, 0xFF, 0xFF, 0xFF }, 4 }, /* DACL */
	{ 20, { 2 }, 1 },                      /* revision of the owner's SID */
	{ 21, { 16 }, 1 },                     /* more parts than a SID has */
	{ 21, { 255 }, 1 },
};

START_TEST(damaged_descriptor_is_none)
{
	struct sd sd = sample(), back;
	size_t n;
	uint8_t *bytes = encoded(&sd, &n);

	memcpy(bytes + damages[_i].at, damages[_i].value, damages[_i].n);
	ck_assert(!decodes(bytes, n, &back));
}
END_TEST

/* Offsets from the start of the DACL, whose first entry is 20 bytes at 8. */
static const struct {
	size_t at;
	uint8_t low, high;
} list_damages[] = {
	{ 0, 1, 0 }, /* revision and what stands behind it */
	{ 0, 5, 0 },
	{ 2, 4, 0 },       /* shorter than its own head */
	{ 2, 0xFF, 0xFF }, /* longer than there is */
	{ 2, 12, 0 },      /* ends within an entry */
	{ 4, 0xFF, 0xFF }, /* more entries than can be */
	{ 4, 3, 0 },       /* one more than there is */
	{ 10, 0, 0 },      /* an entry of no size, which goes on for ever */
	{ 10, 4, 0 },
	{ 10, 18, 0 }, /* odd */
	{ 10, 0xFC, 0xFF },
	{ 8, 4, 0 }, /* types that are none */
	{ 8, 0x14, 0 },
};

START_TEST(damaged_list_is_none)
{
	struct sd sd = sample(), back;
	size_t n, dacl;
	uint8_t *bytes = encoded(&sd, &n);

	dacl = bytes[16];
	ck_assert_uint_eq(bytes[dacl + 10], 20);
	bytes[dacl + list_damages[_i].at] = list_damages[_i].low;
	bytes[dacl + list_damages[_i].at + 1] = list_damages[_i].high;
	ck_assert(!decodes(bytes, n, &back));
}
END_TEST

static uint32_t
next_random(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

/* Whatever the bytes: what is understood can be written, and is understood to be the same. */
START_TEST(whatever_is_decoded_encodes_to_the_same)
{
	struct sd sd = sample(), back, again;
	uint32_t state = 1;
	unsigned good = 0;
	size_t n, m;

	for (unsigned i = 0; i < 20000; i++) {
		uint8_t *bytes = encoded(&sd, &n), *other;

		for (unsigned k = 0; k <= i % 3; k++)
			bytes[next_random(&state) % n] = (uint8_t)next_random(&state);
		if (sd_decode(&arena, bytes, n, &back)) {
			good++;
			other = encoded(&back, &m);
			ck_assert_uint_eq(m, sd_size(&back));
			ck_assert(sd_fits(&back));
			ck_assert(sd_decode(&arena, other, m, &again));
			ck_assert_uint_eq(sd_size(&again), m);
		}
		arena_clear(&arena);
		sd = sample();
	}
	ck_assert_uint_gt(good, 1000);
}
END_TEST

START_TEST(list_too_long_for_its_length_field_does_not_fit)
{
	struct ace *aces = arena_alloc(&arena, 4000 * sizeof(*aces));
	struct acl dacl = { 2, 3276, aces };
	struct sd sd = { .control = SD_DACL_PRESENT, .dacl = &dacl };

	for (unsigned i = 0; i < 4000; i++)
		aces[i].sid = sid_everyone;
	ck_assert(sd_fits(&sd)); /* 8 + 3276 * 20 bytes */
	dacl.count = 3277;
	ck_assert(!sd_fits(&sd));
}
END_TEST

START_TEST(users_and_groups_of_this_system_have_sids)
{
	struct sid user = sid_of_unix(SID_UNIX_USERS, 4000000000u);
	uint32_t id = 0;

	ck_assert(sid_to_unix(&user, SID_UNIX_USERS, &id));
	ck_assert_uint_eq(id, 4000000000u);
	ck_assert(!sid_to_unix(&user, SID_UNIX_GROUPS, &id));
	ck_assert(!sid_to_unix(&sid_users, SID_UNIX_USERS, &id));
	ck_assert(sid_is_account(&owner) && !sid_is_account(&user));
	ck_assert(!sid_equal(&user, &group));
}
END_TEST

START_TEST(generic_rights_stand_for_others)
{
	ck_assert_uint_eq(access_map(GENERIC_ALL, 0), FILE_ALL_ACCESS);
	ck_assert_uint_eq(
	    access_map(GENERIC_READ | FILE_WRITE_DATA, 0), FILE_GENERIC_READ | FILE_WRITE_DATA);
	ck_assert_uint_eq(access_map(ACCESS_MAXIMUM_ALLOWED, FILE_EXECUTE), FILE_EXECUTE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sd");
	TCase *tc = tcase_create("sd");
	SRunner *r = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, descriptor_comes_back_as_it_went);
	tcase_add_test(tc, stored_list_is_there_though_its_flag_is_not);
	tcase_add_test(tc, no_shorter_descriptor_is_one);
	tcase_add_test(tc, list_that_is_absent_or_none_is_told_apart);
	tcase_add_loop_test(
	    tc, damaged_descriptor_is_none, 0, sizeof(damages) / sizeof(damages[0]));
	tcase_add_loop_test(
	    tc, damaged_list_is_none, 0, sizeof(list_damages) / sizeof(list_damages[0]));
	tcase_add_test(tc, whatever_is_decoded_encodes_to_the_same);
	tcase_add_test(tc, list_too_long_for_its_length_field_does_not_fit);
	tcase_add_test(tc, users_and_groups_of_this_system_have_sids);
	tcase_add_test(tc, generic_rights_stand_for_others);
	suite_add_tcase(s, tc);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
