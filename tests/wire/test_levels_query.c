/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every level of QUERY_PATH_INFORMATION and QUERY_FILE_INFORMATION, of every kind of thing, with
 * too little room, just enough, and plenty; each byte against a model.
 */
#include <check.h>
#include <string.h>

#include "levels.h"
#include "wire/frame.h"

#define IS_NAME_VALID 6

/* minimum: bytes of room without which it is refused; with less than all the rest is cut. */
static const struct level {
	uint16_t level, minimum;
	const char *layout;
} levels[] = {
	{ 0x0001, 22, "cslt" },
	{ 0x0002, 26, "csltE" },
	{ 0x0003, 4, "e" },
	{ 0x0004, 4, "e" },
	{ BASIC, 36, "CT4" },
	{ 0x0102, 22, "LSN2" },
	{ 0x0103, 4, "E" },
	{ 0x0104, 4, "F" },
	{ 0x0105, 8, "L" },
	{ 0x0106, 8, "S" },
	{ 0x0107, 72, "CT4LSN2EF" },
	{ 0x0108, 4, "f" },
	{ 0x0109, 32, "R" },
	{ 0x010B, 16, "S8" },
	{ 1004, 40, "CT4" },
	{ 1005, 24, "LSN2" },
	{ 1006, 8, "I" },
	{ 1007, 4, "E" },
	{ 1008, 4, "X" },
	{ 1009, 8, "F" },
	{ 1014, 8, "P" },
	{ 1015, 0, "q" },
	{ 1016, 4, "M" },
	{ 1017, 4, "4" },
	{ 1018, 72, "CT4LSN2EF" },
	{ 1019, 8, "L" },
	{ 1020, 8, "S" },
	{ 1021, 8, "f" },
	{ 1022, 32, "R" },
	{ 1028, 16, "S8" },
	{ 1034, 56, "CLST4" },
	{ 1035, 8, "T4" },
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

/* Lists are cut between their entries, texts between their characters. */
static size_t
most_of(const struct level *l, const struct model *m, size_t room)
{
	switch (l->layout[0]) {
	case 'e':
		return room < 4 + 7 && m->ea_size != 0 ? 4 : room;
	case 'q':
		return room < 4 + 7 ? 0 : room;
	case 'R':
		return room < 24 + 14 || m->nstreams == 0 ? 0 : 24 + 14;
	default:
		return room & ~(size_t)1;
	}
}

static nt_status
status_of_cut(const struct level *l, size_t room)
{
	if (room < l->minimum)
		return STATUS_INFO_LENGTH_MISMATCH;
	return l->layout[0] == 'q' ? STATUS_BUFFER_TOO_SMALL : STATUS_BUFFER_OVERFLOW;
}

static void
is_cut(const struct model *m, const struct level *l, size_t room, const struct writer *whole)
{
	size_t most = most_of(l, m, room);
	struct trans2 t;
	nt_status status = levels_query(&t, m, l->level, (uint16_t)room);

	ck_assert_msg(status == status_of_cut(l, room), "level %u in %zu bytes: %08x", l->level,
	    room, status);
	if (status != STATUS_BUFFER_OVERFLOW) {
		ck_assert_uint_eq(t.reply.word_count, 0);
		return;
	}
	/* In a list that was cut the length, or the last entry's offset, is another. */
	if (strchr("eR", l->layout[0]) != NULL)
		ck_assert_uint_eq(rd_left(&t.got_data), most);
	else
		levels_same(l->level, t.got_data, whole->frame->smb, most);
}

/* Near the minimum and the end; in between nothing happens, but in lists. */
static bool
is_worth_asking(const struct level *l, size_t room, size_t whole)
{
	size_t from = l->minimum > 0 ? l->minimum - 1u : 0;

	return whole <= 48 || l->layout[0] == 'R' || room == 0 ||
	    (room >= from && room <= from + 3) || room + 3 >= whole;
}

static void
is_told(const struct model *m, const struct level *l)
{
	struct writer whole;
	struct trans2 t;

	levels_check(m, l->level, l->layout);
	wr_init(&whole, 1024);
	levels_put(&whole, l->layout, m);
	for (size_t room = 0; room < whole.pos || room < l->minimum; room++) {
		if (is_worth_asking(l, room, whole.pos))
			is_cut(m, l, room, &whole);
	}
	if (whole.pos >= l->minimum)
		ck_assert_uint_eq(
		    levels_query(&t, m, l->level, (uint16_t)whole.pos), STATUS_SUCCESS);
	wr_clear(&whole);
}

/* What is the file's alone, or not there; STATUS_SUCCESS: it is told. */
static nt_status
status_of(const struct level *l, enum model_kind kind)
{
	if (kind == THE_STREAM && strpbrk(l->layout, "eq") != NULL)
		return STATUS_INVALID_PARAMETER;
	if (kind != THE_FILE && l->layout[0] == 'q')
		return STATUS_NO_EAS_ON_FILE;
	if (kind == THE_ROOT && l->layout[0] == 'f')
		return STATUS_OBJECT_NAME_NOT_FOUND;
	return STATUS_SUCCESS;
}

static void
all_is_told(enum model_kind kind)
{
	const struct model models[] = { levels_model(kind, false), levels_model(kind, true) };
	struct trans2 t;

	for (size_t i = 0; i < 2 * LEVELS; i++) {
		const struct model *m = &models[i % 2];
		const struct level *l = &levels[i / 2];
		nt_status status = status_of(l, kind);

		if (status == STATUS_SUCCESS)
			is_told(m, l);
		else
			ck_assert_uint_eq(levels_query(&t, m, l->level, PLENTY), status);
	}
}

START_TEST(levels_tell_what_is_known_of_a_file)
{
	all_is_told(THE_FILE);
}
END_TEST

START_TEST(levels_tell_what_is_known_of_a_large_file_with_a_long_name)
{
	all_is_told(THE_LARGE_FILE);
}
END_TEST

START_TEST(levels_tell_what_is_known_of_a_directory)
{
	all_is_told(THE_DIRECTORY);
}
END_TEST

START_TEST(levels_tell_what_is_known_of_the_root)
{
	all_is_told(THE_ROOT);
}
END_TEST

START_TEST(levels_tell_what_is_known_of_a_stream)
{
	all_is_told(THE_STREAM);
}
END_TEST

static void
all_is_told_while(const struct model *m)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (status_of(&levels[i], THE_LARGE_FILE) == STATUS_SUCCESS)
			levels_check(m, levels[i].level, levels[i].layout);
	}
}

/* By its handle, and that its name does not count any more; by path there is nothing to see. */
START_TEST(levels_tell_of_a_file_about_to_go)
{
	struct model by_path = levels_model(THE_LARGE_FILE, false);
	struct model m = levels_model(THE_LARGE_FILE, true);
	struct trans2 t;

	ck_assert_uint_eq(levels_set(&m, 0x0102, "\1", 1), STATUS_SUCCESS);
	m.delete_pending = true;
	m.links--;
	all_is_told_while(&m);
	for (size_t i = 0; i < LEVELS; i++)
		ck_assert_uint_eq(
		    levels_query(&t, &by_path, levels[i].level, PLENTY), STATUS_DELETE_PENDING);
	ck_assert_uint_eq(levels_set(&m, 0x0102, "\0", 1), STATUS_SUCCESS);
	m.delete_pending = false;
	m.links++;
	all_is_told_while(&m);
}
END_TEST

static bool
is_known(uint16_t level)
{
	for (size_t i = 0; i < LEVELS; i++) {
		if (levels[i].level == level)
			return true;
	}
	return level == IS_NAME_VALID;
}

/* Those of the UNIX extensions, 0x200 and up, are another matter. */
static bool
is_asked_for(uint32_t level)
{
	return level < 0x120 || (level >= 990 && level < 1100) || level >= 0xFFF0;
}

START_TEST(levels_there_are_not_are_refused)
{
	const struct model path = levels_model(THE_FILE, false);
	const struct model handle = levels_model(THE_FILE, true);
	struct trans2 t;

	for (uint32_t level = 0; level <= UINT16_MAX; level++) {
		if (!is_asked_for(level) || is_known((uint16_t)level))
			continue;
		ck_assert_uint_eq(
		    levels_query(&t, &path, (uint16_t)level, PLENTY), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(
		    levels_query(&t, &handle, (uint16_t)level, PLENTY), STATUS_INVALID_LEVEL);
	}
}
END_TEST

/* It is about the name alone; a file open under it has no other. */
START_TEST(name_is_valid_or_not)
{
	static const struct {
		const char *path;
		nt_status status;
	} names[] = {
		{ "\\dir\\file.txt", STATUS_SUCCESS },
		{ "\\dir\\none of this name", STATUS_SUCCESS },
		{ "\\", STATUS_SUCCESS },
		{ "\\dir\\file.txt:stream", STATUS_SUCCESS },
		{ "\\dir\\..\\..\\file.txt", STATUS_OBJECT_PATH_SYNTAX_BAD },
		{ "\\dir\\a|b", STATUS_OBJECT_NAME_INVALID },
	};
	const struct model handle = levels_model(THE_FILE, true);
	struct trans2 t;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const struct model m = { .path = names[i].path };

		ck_assert_uint_eq(levels_query(&t, &m, IS_NAME_VALID, 0), names[i].status);
	}
	ck_assert_uint_eq(levels_query(&t, &handle, IS_NAME_VALID, 0), STATUS_INVALID_LEVEL);
}
END_TEST

START_TEST(what_is_not_there_is_not_told_of)
{
	const struct model path = { .path = "\\dir\\none" }, handle = { .fid = 0x7777 };
	const struct model stream = { .path = "\\dir\\file.txt:none" };
	struct trans2 t;

	for (size_t i = 0; i < LEVELS; i++) {
		uint16_t level = levels[i].level;

		ck_assert_uint_eq(
		    levels_query(&t, &path, level, PLENTY), STATUS_OBJECT_NAME_NOT_FOUND);
		ck_assert_uint_eq(
		    levels_query(&t, &stream, level, PLENTY), STATUS_OBJECT_NAME_NOT_FOUND);
		ck_assert_uint_eq(levels_query(&t, &handle, level, PLENTY), STATUS_INVALID_HANDLE);
	}
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("queries");

	tcase_add_checked_fixture(tc, levels_setup, levels_teardown);
	tcase_add_test(tc, levels_tell_what_is_known_of_a_file);
	tcase_add_test(tc, levels_tell_what_is_known_of_a_large_file_with_a_long_name);
	tcase_add_test(tc, levels_tell_what_is_known_of_a_directory);
	tcase_add_test(tc, levels_tell_what_is_known_of_the_root);
	tcase_add_test(tc, levels_tell_what_is_known_of_a_stream);
	tcase_add_test(tc, levels_tell_of_a_file_about_to_go);
	tcase_add_test(tc, levels_there_are_not_are_refused);
	tcase_add_test(tc, name_is_valid_or_not);
	tcase_add_test(tc, what_is_not_there_is_not_told_of);
	return levels_run(tc);
}
