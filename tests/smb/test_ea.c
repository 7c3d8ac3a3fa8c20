/* SPDX-License-Identifier: BSD-2-Clause */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "smb/info/ea.h"
#include "wire/frame.h"

typedef nt_status read_list_fn(struct reader *r, struct disk_eas *out, uint32_t *bad);
typedef bool put_list_fn(struct writer *w, const struct disk_eas *eas, size_t room);

static struct arena arena;
static struct oem *oem;

static void
setup(void)
{
	arena_init(&arena);
	oem = oem_open("CP850");
	ck_assert_ptr_nonnull(oem);
}

static void
teardown(void)
{
	oem_close(&oem);
	arena_clear(&arena);
}

/* From a buffer of exactly that size, so that one byte too far is seen. */
static nt_status
read_list(read_list_fn *read, const void *bytes, size_t n, struct disk_eas *out, uint32_t *bad)
{
	uint8_t *copy = arena_memdup(&arena, bytes, n);
	struct reader r;

	rd_init(&r, copy, n);
	r.arena = &arena;
	r.oem = oem;
	r.unicode = true; /* of no consequence */
	return read(&r, out, bad);
}

struct bytes {
	const char *text;
	size_t n;
};
#define BYTES(s) \
	{ \
		s, sizeof(s) - 1 \
	}

static void
is_ea(const struct disk_ea *ea, const char *name, const char *value)
{
	ck_assert_str_eq(ea->name, name);
	ck_assert_uint_eq(ea->size, strlen(value));
	if (ea->size > 0)
		ck_assert_mem_eq(ea->value, value, strlen(value));
}

static const char two[] = "\x14\0\0\0"
			  "\0\1\3\0A\0xyz"
			  "\x80\1\1\0\x82\0v";

START_TEST(list_is_read)
{
	struct disk_eas eas;
	uint32_t bad;

	ck_assert_uint_eq(
	    read_list(ea_list_read, two, sizeof(two) - 1, &eas, &bad), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 2);
	is_ea(&eas.ea[0], "A", "xyz");
	is_ea(&eas.ea[1], "\xC3\xA9", "v"); /* é in code page 850 */
	ck_assert_uint_eq(eas.ea[0].flags, 0);
	ck_assert_uint_eq(eas.ea[1].flags, EA_NEED);
	ck_assert_uint_eq(eas.ea[0].at, 4);
	ck_assert_uint_eq(eas.ea[1].at, 13);
	ck_assert_uint_eq(bad, 0);
}
END_TEST

START_TEST(no_list_and_four_bytes_are_an_empty_list)
{
	static const struct bytes lists[] = { BYTES(""), BYTES("\4\0\0\0"), BYTES("\0\0\0\0"),
		BYTES("\xFF\xFF\xFF\xFF"), BYTES("\4\0\0\0rest") };
	struct disk_eas eas;
	uint32_t bad;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ck_assert_uint_eq(
		    read_list(ea_list_read, lists[i].text, lists[i].n, &eas, &bad), STATUS_SUCCESS);
		ck_assert_uint_eq(eas.n, 0);
		ck_assert_uint_eq(read_list(ea_names_read, lists[i].text, lists[i].n, &eas, &bad),
		    STATUS_SUCCESS);
		ck_assert_uint_eq(eas.n, 0);
	}
}
END_TEST

START_TEST(list_at_fault_says_where)
{
	static const struct {
		struct bytes list;
		nt_status status;
		uint32_t bad;
	} lists[] = {
		{ BYTES("\3\0\0"), STATUS_EA_LIST_INCONSISTENT, 0 },
		{ BYTES("\3\0\0\0x"), STATUS_EA_LIST_INCONSISTENT, 0 },
		{ BYTES("\6\0\0\0x"), STATUS_EA_LIST_INCONSISTENT, 0 },
		{ BYTES("\0\0\1\0\0\1\0\0A\0"), STATUS_EA_LIST_INCONSISTENT, 0 },
		{ BYTES("\x0A\0\0\0\0\1\0\0AB"), STATUS_EA_LIST_INCONSISTENT, 4 }, /* no NUL */
		{ BYTES("\x0A\0\0\0\0\1\1\0A\0"), STATUS_EA_LIST_INCONSISTENT, 4 },
		{ BYTES("\x0B\0\0\0\0\1\0\0A\0\0"), STATUS_EA_LIST_INCONSISTENT, 10 },
		{ BYTES("\x10\0\0\0\0\1\0\0A\0\0\1\xFF\xFF"
			"B\0"),
		    STATUS_EA_LIST_INCONSISTENT, 10 },
		{ BYTES("\x10\0\0\0\0\1\0\0A\0\1\1\0\0B\0"), STATUS_INVALID_PARAMETER, 10 },
	};
	struct disk_eas eas;
	uint32_t bad;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		ck_assert_uint_eq(
		    read_list(ea_list_read, lists[i].list.text, lists[i].list.n, &eas, &bad),
		    lists[i].status);
		ck_assert_uint_eq(bad, lists[i].bad);
	}
}
END_TEST

START_TEST(name_that_is_none_comes_back_empty)
{
	static const char none[] = "\x10\0\0\0\0\0\0\0\0\0\2\0\0A\0\0";
	struct disk_eas eas;
	uint32_t bad;

	ck_assert_uint_eq(
	    read_list(ea_list_read, none, sizeof(none) - 1, &eas, &bad), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 2);
	is_ea(&eas.ea[0], "", "");
	is_ea(&eas.ea[1], "", "");
}
END_TEST

START_TEST(names_are_read)
{
	static const char names[] = "\x0B\0\0\0\3ABC\0\0\0";
	struct disk_eas eas;
	uint32_t bad;

	ck_assert_uint_eq(
	    read_list(ea_names_read, names, sizeof(names) - 1, &eas, &bad), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 2);
	is_ea(&eas.ea[0], "ABC", "");
	is_ea(&eas.ea[1], "", "");
	ck_assert_uint_eq(eas.ea[1].at, 9);
	ck_assert_uint_eq(read_list(ea_names_read, names, sizeof(names) - 3, &eas, &bad),
	    STATUS_EA_LIST_INCONSISTENT);
}
END_TEST

static const char chain[] = "\x10\0\0\0\0\1\3\0A\0xyz\0\0\0"
			    "\0\0\0\0\x80\1\1\0B\0v";

START_TEST(chain_is_read)
{
	struct disk_eas eas;
	uint32_t bad;

	ck_assert_uint_eq(
	    read_list(ea_full_read, chain, sizeof(chain) - 1, &eas, &bad), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 2);
	is_ea(&eas.ea[0], "A", "xyz");
	is_ea(&eas.ea[1], "B", "v");
	ck_assert_uint_eq(eas.ea[1].at, 16);
	ck_assert_uint_eq(read_list(ea_full_read, "", 0, &eas, &bad), STATUS_SUCCESS);
	ck_assert_uint_eq(eas.n, 0);
}
END_TEST

START_TEST(chain_only_goes_forward_to_whole_entries)
{
	static const uint32_t bad_next[] = { 1, 4, 8, 12, 13, 17, 18, 28, 0x80000000, 0xFFFFFFFC,
		0xFFFFFFFF };
	char bytes[sizeof(chain) - 1];
	struct disk_eas eas;
	uint32_t bad;

	for (size_t i = 0; i < sizeof(bad_next) / sizeof(bad_next[0]); i++) {
		memcpy(bytes, chain, sizeof(bytes));
		for (int b = 0; b < 4; b++)
			bytes[b] = (char)(bad_next[i] >> 8 * b & 0xFF);
		ck_assert_uint_eq(read_list(ea_full_read, bytes, sizeof(bytes), &eas, &bad),
		    STATUS_EA_LIST_INCONSISTENT);
		ck_assert_uint_eq(bad, 0);
	}
	for (size_t n = 1; n < sizeof(chain) - 1; n++)
		ck_assert_uint_eq(
		    read_list(ea_full_read, chain, n, &eas, &bad), STATUS_EA_LIST_INCONSISTENT);
}
END_TEST

START_TEST(more_than_a_file_may_have_is_refused_unread)
{
	uint8_t *big = calloc(1, EAS_SIZE_MAX + 16);
	struct disk_eas eas;
	uint32_t bad;

	big[0] = 16;
	big[2] = 1; /* 65552 */
	ck_assert_uint_eq(read_list(ea_list_read, big, EAS_SIZE_MAX + 16, &eas, &bad),
	    STATUS_EA_LIST_INCONSISTENT);
	big[0] = 8;
	ck_assert_uint_eq(
	    read_list(ea_list_read, big, EAS_SIZE_MAX + 16, &eas, &bad), STATUS_EA_TOO_LARGE);
	ck_assert_uint_eq(
	    read_list(ea_full_read, big, EAS_SIZE_MAX + 16, &eas, &bad), STATUS_EA_TOO_LARGE);
	free(big);
}
END_TEST

static void
room_init(struct writer *w, size_t max)
{
	wr_init(w, max);
	w->oem = oem;
	w->unicode = true;
}

/* Only whole entries are written, whatever the room, and what is written can be read. */
static void
round_trip(read_list_fn *read, put_list_fn *put, const struct bytes *from)
{
	struct disk_eas eas, again;
	struct writer w;
	uint32_t bad;

	ck_assert_uint_eq(read_list(read, from->text, from->n, &eas, &bad), STATUS_SUCCESS);
	for (size_t room = 0; room <= from->n; room++) {
		room_init(&w, ea_room(&eas));
		ck_assert_int_eq(put(&w, &eas, room), room == from->n);
		ck_assert(w.pos <= room || w.pos == 4);
		ck_assert_uint_eq(
		    read_list(read, w.frame->smb, w.pos, &again, &bad), STATUS_SUCCESS);
		ck_assert(again.n <= eas.n);
		for (size_t i = 0; i < again.n; i++)
			ck_assert_str_eq(again.ea[i].name, eas.ea[i].name);
		if (room == from->n)
			ck_assert_mem_eq(w.frame->smb, from->text, from->n);
		wr_clear(&w);
	}
}

START_TEST(what_is_written_is_what_is_read)
{
	static const struct bytes list = BYTES(two), linked = BYTES(chain);

	round_trip(ea_list_read, ea_list_put, &list);
	round_trip(ea_full_read, ea_full_put, &linked);
}
END_TEST

static uint32_t seed;

static uint32_t
random32(void)
{
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

/*
 * Whatever a list says of itself, what is taken from it lies inside it, and all entries together
 * are no larger than it.
 */
START_TEST(no_list_yields_more_than_it_holds)
{
	static read_list_fn *const readers[] = { ea_list_read, ea_names_read, ea_full_read };
	static const uint8_t often[] = { 0, 0, 0, 1, 4, 8, 12, 16, 0x7F, 0x80, 0xFE, 0xFF };
	uint8_t bytes[96];

	seed = (uint32_t)_i * 7919 + 1;
	for (int n = 0; n < 4000; n++) {
		size_t size = random32() % sizeof(bytes), total = 0;
		struct disk_eas eas;
		uint32_t bad;

		for (size_t i = 0; i < size; i++)
			bytes[i] = random32() % 3 == 0 ? (uint8_t)random32()
						       : often[random32() % sizeof(often)];
		if (size > 4 && random32() % 4 != 0)
			memcpy(bytes, (uint8_t[4]){ (uint8_t)size }, 4);
		if (read_list(readers[_i % 3], bytes, size, &eas, &bad) != STATUS_SUCCESS) {
			ck_assert_uint_le(bad, size);
			continue;
		}
		for (size_t i = 0; i < eas.n; i++) {
			ck_assert_uint_lt(eas.ea[i].at, size);
			ck_assert(i == 0 || eas.ea[i].at > eas.ea[i - 1].at);
			total += 2u + eas.ea[i].size;
		}
		ck_assert_uint_le(total, size);
		arena_clear(&arena);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ea lists");
	TCase *tc = tcase_create("ea lists");
	SRunner *r;
	int failed;

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, list_is_read);
	tcase_add_test(tc, no_list_and_four_bytes_are_an_empty_list);
	tcase_add_test(tc, list_at_fault_says_where);
	tcase_add_test(tc, name_that_is_none_comes_back_empty);
	tcase_add_test(tc, names_are_read);
	tcase_add_test(tc, chain_is_read);
	tcase_add_test(tc, chain_only_goes_forward_to_whole_entries);
	tcase_add_test(tc, more_than_a_file_may_have_is_refused_unread);
	tcase_add_test(tc, what_is_written_is_what_is_read);
	tcase_add_loop_test(tc, no_list_yields_more_than_it_holds, 0, 12);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
