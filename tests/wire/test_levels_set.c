/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every level of SET_PATH_INFORMATION and SET_FILE_INFORMATION, of every kind of thing, with data
 * too short, just enough and too long; and what is told of it afterwards.
 */
#include <check.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ntime.h"
#include "levels.h"
#include "wire/frame.h"

#define ALL_INFO   0x0107
#define POSITION   1014
#define MODE       1016
#define LAYOUT_ALL "CT4LSN2EF"

#define TEMPORARY 0x100u

#define DOS_DATE ((2004 - 1980) << 9 | 5 << 5 | 6)
#define DOS_TIME (7 << 11 | 8 << 5 | 9)
#define NEW_TIME 1100000000u
#define MOST     64 /* bytes of data */

static void
put_times_dos(struct writer *w)
{
	for (int i = 0; i < 3; i++) {
		wr_u16(w, (uint16_t)(DOS_DATE + i));
		wr_u16(w, DOS_TIME);
	}
}

static void
times_dos(struct model *m)
{
	m->created = ntime_from_dos(DOS_DATE, DOS_TIME);
	m->accessed = ntime_from_dos(DOS_DATE + 1, DOS_TIME);
	m->written = ntime_from_dos(DOS_DATE + 2, DOS_TIME);
}

static uint64_t
new_time(int i)
{
	return ntime_from_utime(NEW_TIME) + (uint64_t)i * 7654321;
}

static void
put_basic(struct writer *w)
{
	for (int i = 0; i < 4; i++)
		wr_u64(w, new_time(i));
	wr_u32(w, HIDDEN);
}

static void
basic(struct model *m)
{
	m->created = new_time(0);
	m->accessed = new_time(1);
	m->written = new_time(2);
	m->changed = new_time(3);
	m->attributes = HIDDEN | (m->directory ? DIRECTORY : 0);
}

static void
put_eas(struct writer *w)
{
	wr_u32(w, 4 + 9);
	wr_bytes(w, "\0\1\3\0A\0new", 9);
}

static void
put_ea_chain(struct writer *w)
{
	wr_u32(w, 0);
	wr_bytes(w, "\0\1\3\0A\0new", 9);
}

static void
eas(struct model *m)
{
	m->ea_size = 4 + 9;
}

static void
put_no(struct writer *w)
{
	wr_u8(w, 0);
}

static void
nothing(struct model *m)
{
	(void)m;
}

static void
put_size(struct writer *w)
{
	wr_u64(w, 2);
}

static void
size(struct model *m)
{
	m->size = 2;
}

/* In clusters, like NTFS: no file of a few bytes is cut by it. */
static void
allocation(struct model *m)
{
	if (m->allocated < 4096)
		m->allocated = 4096;
}

static void
position(struct model *m)
{
	m->position = 2;
}

static void
put_mode(struct writer *w)
{
	wr_u32(w, 2);
}

static void
mode(struct model *m)
{
	m->mode = 2;
}

static void
put_no_name(struct writer *w)
{
	wr_zero(w, 12);
}

/* What a level does where it can; elsewhere its status. least: fewer bytes are refused. */
static const struct level {
	uint16_t level, least;
	void (*put)(struct writer *w);
	void (*changes)(struct model *m);
	nt_status by_path, of_directory, of_stream;
	bool handle_only; /* what it changes is gone with the handle */
} levels[] = {
	{ 0x0001, 12, put_times_dos, times_dos, 0, 0, 0, false },
	{ 0x0002, 0, put_eas, eas, 0, 0, STATUS_INVALID_PARAMETER, false },
	{ 0x0003, 0, put_eas, eas, 0, 0, STATUS_INVALID_PARAMETER, false },
	{ BASIC, 36, put_basic, basic, 0, 0, 0, false },
	{ 0x0102, 1, put_no, nothing, 0, 0, 0, false },
	{ 0x0103, 8, put_size, allocation, STATUS_INVALID_LEVEL, STATUS_INVALID_PARAMETER, 0,
	    false },
	{ 0x0104, 8, put_size, size, STATUS_INVALID_LEVEL, STATUS_INVALID_PARAMETER, 0, false },
	{ 1004, 36, put_basic, basic, 0, 0, 0, false },
	{ 1010, 12, put_no_name, nothing, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID,
	    STATUS_OBJECT_NAME_INVALID, false },
	{ 1011, 12, put_no_name, nothing, STATUS_OBJECT_NAME_INVALID, STATUS_OBJECT_NAME_INVALID,
	    STATUS_OBJECT_NAME_INVALID, false },
	{ 1013, 1, put_no, nothing, 0, 0, 0, false },
	{ POSITION, 8, put_size, position, 0, 0, 0, true },
	{ 1015, 0, put_ea_chain, eas, 0, 0, STATUS_INVALID_PARAMETER, false },
	{ MODE, 4, put_mode, mode, 0, 0, 0, true },
	{ 1019, 8, put_size, allocation, 0, STATUS_INVALID_PARAMETER, 0, false },
	{ 1020, 8, put_size, size, 0, STATUS_INVALID_PARAMETER, 0, false },
	{ 1039, 8, put_size, nothing, 0, STATUS_INVALID_PARAMETER, 0, false },
	{ 1040, 4, put_no_name, nothing, STATUS_PRIVILEGE_NOT_HELD, STATUS_PRIVILEGE_NOT_HELD,
	    STATUS_PRIVILEGE_NOT_HELD, false },
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

static nt_status
status_of(const struct level *l, const struct model *m, enum model_kind kind)
{
	/* Without a new name there is nothing these can do. */
	if (l->put == put_no_name)
		return l->by_path;
	if (m->fid == 0 && l->by_path != STATUS_SUCCESS)
		return l->by_path;
	if (m->directory)
		return l->of_directory;
	return kind == THE_STREAM ? l->of_stream : STATUS_SUCCESS;
}

/* [MS-FSA] has a status of its own for it, and so have the levels passed through. */
static nt_status
status_of_short(const struct level *l)
{
	return l->level >= 1000 ? STATUS_INFO_LENGTH_MISMATCH : STATUS_INVALID_PARAMETER;
}

static void
is_told(const struct model *m)
{
	levels_check(m, ALL_INFO, LAYOUT_ALL);
	levels_check(m, POSITION, "P");
	levels_check(m, MODE, "M");
}

static void
is_set(const struct level *l, enum model_kind kind, bool by_handle)
{
	struct model before = levels_model(kind, by_handle), after;
	nt_status status = status_of(l, &before, kind), got;
	uint8_t data[MOST] = { 0 };
	struct writer w;

	wr_init(&w, sizeof(data));
	l->put(&w);
	memcpy(data, w.frame->smb, w.pos);
	for (size_t n = 0; n < l->least; n++) {
		got = levels_set(&before, l->level, data, n);
		ck_assert_msg(
		    got == status_of_short(l), "level %u with %zu bytes: %08x", l->level, n, got);
	}
	is_told(&before);
	/* More than enough is enough, but where the length says how many there are. */
	for (size_t n = l->least > 0 ? l->least : w.pos; n <= (l->least > 0 ? MOST : w.pos); n++) {
		got = levels_set(&before, l->level, data, n);
		ck_assert_msg(
		    got == status, "level %u of %d with %zu bytes: %08x", l->level, kind, n, got);
	}
	wr_clear(&w);
	after = levels_model(kind, by_handle);
	/* A write time set through this handle, by the setup, outlasts what is written through it.
	 */
	if (by_handle && kind == THE_FILE)
		after.written = before.written;
	if (status == STATUS_SUCCESS && (by_handle || !l->handle_only))
		l->changes(&after);
	is_told(&after);
}

static void
all_is_set(enum model_kind kind)
{
	for (size_t i = 0; i < 2 * LEVELS; i++) {
		levels_teardown();
		levels_setup();
		is_set(&levels[i / 2], kind, i % 2 == 1);
	}
}

START_TEST(levels_change_a_file)
{
	all_is_set(THE_FILE);
}
END_TEST

START_TEST(levels_change_a_directory)
{
	all_is_set(THE_DIRECTORY);
}
END_TEST

START_TEST(levels_change_a_stream_or_its_file)
{
	all_is_set(THE_STREAM);
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
	const struct model path = levels_model(THE_FILE, false);
	const struct model handle = levels_model(THE_FILE, true);
	const uint8_t data[MOST] = { 0 };

	for (uint16_t level = 0; level < 1100; level++) {
		if (is_known(level) || (level >= 0x120 && level < 990))
			continue;
		ck_assert_uint_eq(
		    levels_set(&path, level, data, sizeof(data)), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(
		    levels_set(&handle, level, data, sizeof(data)), STATUS_INVALID_LEVEL);
	}
	is_told(&handle);
}
END_TEST

START_TEST(what_is_not_there_is_not_changed)
{
	const struct model path = { .path = "\\dir\\none" }, handle = { .fid = 0x7777 };
	uint8_t data[MOST] = { 0 };

	for (size_t i = 0; i < LEVELS; i++) {
		const struct level *l = &levels[i];
		struct writer w;

		wr_init(&w, sizeof(data));
		l->put(&w);
		ck_assert_uint_eq(
		    levels_set(&path, l->level, w.frame->smb, w.pos), STATUS_OBJECT_NAME_NOT_FOUND);
		ck_assert_uint_eq(
		    levels_set(&handle, l->level, w.frame->smb, w.pos), STATUS_INVALID_HANDLE);
		wr_clear(&w);
	}
}
END_TEST

static nt_status
set_numbers(const struct model *m, uint16_t level, const uint64_t *numbers, size_t n)
{
	uint8_t data[40] = { 0 };

	memcpy(data, numbers, n * sizeof(*numbers));
	return levels_set(m, level, data, sizeof(data));
}

START_TEST(values_that_mean_nothing_are_refused)
{
	static const struct {
		uint16_t level;
		size_t n;
		uint64_t value[5];
	} bad[] = {
		{ 0x0103, 1, { 1ULL << 63 } },
		{ 0x0104, 1, { 1ULL << 63 } },
		{ 1019, 1, { UINT64_MAX } },
		{ 1020, 1, { UINT64_MAX } },
		{ 1039, 1, { 8 } }, /* more than the file has */
		{ POSITION, 1, { UINT64_MAX } },
		{ MODE, 1, { 1 } },
		{ BASIC, 1, { (uint64_t)-3 } },
		{ BASIC, 2, { 0, (uint64_t)-3 } },
		{ BASIC, 3, { 0, 0, (uint64_t)-3 } },
		{ BASIC, 4, { 0, 0, 0, 1ULL << 63 } },
		{ BASIC, 5, { 0, 0, 0, 0, DIRECTORY } },
	};
	const struct model m = levels_model(THE_FILE, true);
	const struct model dir = levels_model(THE_DIRECTORY, true);

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(set_numbers(&m, bad[i].level, bad[i].value, bad[i].n) ==
			STATUS_INVALID_PARAMETER,
		    "%zu", i);
	is_told(&m);
	ck_assert_uint_eq(set_numbers(&dir, BASIC, (const uint64_t[]){ 0, 0, 0, 0, TEMPORARY }, 5),
	    STATUS_INVALID_PARAMETER);
	is_told(&dir);
}
END_TEST

/* Zeroes, -1 and -2 stand for no time. */
START_TEST(times_not_given_stay)
{
	static const uint64_t values[] = { 0, NTIME_LEAVE, NTIME_RESUME };

	for (size_t i = 0; i < 2 * 3; i++) {
		uint64_t v = values[i / 2];
		struct model m = levels_model(THE_FILE, i % 2 == 1);

		ck_assert_uint_eq(
		    set_numbers(&m, BASIC, (const uint64_t[]){ v, v, v, v, 0 }, 5), STATUS_SUCCESS);
		is_told(&m);
		ck_assert_uint_eq(
		    set_numbers(&m, 0x0001, (const uint64_t[]){ 0, 0 }, 2), STATUS_SUCCESS);
		is_told(&m);
	}
}
END_TEST

static void
told_times(const struct model *m, uint64_t *times)
{
	struct trans2 t;

	ck_assert_uint_eq(levels_query(&t, m, BASIC, PLENTY), STATUS_SUCCESS);
	for (int i = 0; i < 4; i++)
		times[i] = rd_u64(&t.got_data);
}

/* Three of them: the fourth, of change, is that of this change. */
START_TEST(times_are_set_one_by_one)
{
	const struct model m = levels_model(THE_FILE, true);
	uint64_t told[4], wanted[4];

	told_times(&m, wanted);
	for (int i = 0; i < 3; i++) {
		uint64_t one[4] = { 0 };

		wanted[i] = one[i] = new_time(i);
		ck_assert_uint_eq(set_numbers(&m, BASIC, one, 4), STATUS_SUCCESS);
		told_times(&m, told);
		ck_assert_mem_eq(told, wanted, 3 * sizeof(*told));
		levels_check(&m, 1035, "T4");
	}
}
END_TEST

START_TEST(allocation_cuts_at_a_cluster)
{
	struct model m = levels_model(THE_LARGE_FILE, true);

	ck_assert_uint_eq(set_numbers(&m, 0x0103, (const uint64_t[]){ 5000 }, 1), STATUS_SUCCESS);
	m = levels_model(THE_LARGE_FILE, true);
	ck_assert_uint_eq(m.size, 8192);
	ck_assert_uint_eq(set_numbers(&m, 0x0103, (const uint64_t[]){ 0 }, 1), STATUS_SUCCESS);
	m = levels_model(THE_LARGE_FILE, true);
	ck_assert_uint_eq(m.size, 0);
	is_told(&m);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("changes");

	tcase_add_checked_fixture(tc, levels_setup, levels_teardown);
	tcase_add_test(tc, levels_change_a_file);
	tcase_add_test(tc, levels_change_a_directory);
	tcase_add_test(tc, levels_change_a_stream_or_its_file);
	tcase_add_test(tc, levels_there_are_not_are_refused);
	tcase_add_test(tc, what_is_not_there_is_not_changed);
	tcase_add_test(tc, values_that_mean_nothing_are_refused);
	tcase_add_test(tc, times_not_given_stay);
	tcase_add_test(tc, times_are_set_one_by_one);
	tcase_add_test(tc, allocation_cuts_at_a_cluster);
	return levels_run(tc);
}
