/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Every level of FIND_FIRST2 and FIND_NEXT2: whole listings byte by byte against a model, cut at
 * every entry, and continued.
 */
#include <check.h>
#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "levels.h"
#include "wire/frame.h"

#define FIND_FIRST2 1
#define FIND_NEXT2  2

#define CLOSE_AFTER  0x0001
#define RESUME_KEYS  0x0004
#define CONTINUE     0x0008
#define ANY          0x0016
#define NAMES_LEVEL  0x0103
#define ENTRIES      16
#define SHORT_BYTES  24
#define FLAGS2_UTF16 0x8000

/*
 * Letters of levels_put, and: k the resume key when the flag asks for it, K always, n the length of
 * the name, h the short name. Then comes the name, behind a length of its own where it has none.
 */
static const struct level {
	uint16_t level;
	const char *layout;
	enum { CHAINED, BYTE, BYTE_UNALIGNED } form;
} levels[] = {
	{ 0x0001, "kcslt", BYTE },
	{ 0x0002, "kcsltE", BYTE_UNALIGNED },
	{ 0x0003, "kcsltg", BYTE_UNALIGNED },
	{ 0x0101, "4KCSLTn", CHAINED },
	{ 0x0102, "4KCSLTnE", CHAINED },
	{ NAMES_LEVEL, "4Kn", CHAINED },
	{ 0x0104, "4KCSLTnEh", CHAINED },
	{ 0x0105, "4KCSLTnE4I", CHAINED },
	{ 0x0106, "4KCSLTnEh2I", CHAINED },
};

#define LEVELS (sizeof(levels) / sizeof(levels[0]))

/* A listing as it must be: its entries, in the order the server has them. */
struct listing {
	const char *pattern;
	struct entry {
		char name[64], shorter[13]; /* "": needs none */
		struct model m;
	} entry[ENTRIES];
	size_t n;
	uint16_t flags; /* to ask with */
};

/* What a reply must be. */
struct reply_model {
	struct writer data;
	size_t start[ENTRIES], end[ENTRIES];
};

static void
put_short(struct writer *w, const char *name)
{
	size_t at = w->pos, n;

	wr_u16(w, 0);
	n = wr_utf16(w, name);
	wr_patch8(w, at, (uint8_t)n);
	wr_zero(w, SHORT_BYTES - n);
}

/* The EA asked for, though it may have no value. */
static void
put_asked_ea(struct writer *w, const struct model *m)
{
	if (m->ea_size != 0) {
		levels_put(w, "e", m);
		return;
	}
	wr_u32(w, 4 + 6);
	wr_bytes(w, "\0\1\0\0A\0", 6);
}

static bool
is_utf16(void)
{
	return (c->flags2 & FLAGS2_UTF16) != 0;
}

static void
put_name(struct writer *w, const struct level *l, const char *name)
{
	size_t unit = is_utf16() ? 2 : 1;

	if (l->form != CHAINED)
		wr_u8(w, (uint8_t)(unit * strlen(name)));
	if (l->form == BYTE && is_utf16())
		wr_align(w, 2, 0);
	if (is_utf16())
		wr_utf16(w, name);
	else
		wr_bytes(w, name, strlen(name));
	wr_zero(w, l->form == BYTE_UNALIGNED ? 1 : unit);
}

static void
put_entry(struct writer *w, const struct level *l, const struct entry *e, uint32_t key)
{
	for (const char *p = l->layout; *p != '\0'; p++) {
		const char field[] = { *p, '\0' };

		if (*p == 'K')
			wr_u32(w, key);
		else if (*p == 'n')
			wr_u32(w, (uint32_t)((is_utf16() ? 2 : 1) * strlen(e->name)));
		else if (*p == 'h')
			put_short(w, e->shorter);
		else if (*p == 'g')
			put_asked_ea(w, &e->m);
		else if (*p != 'k')
			levels_put(w, field, &e->m);
	}
	put_name(w, l, e->name);
}

/* The entries from..to-1, keys counting through. */
static void
make(struct reply_model *r, const struct listing *list, const struct level *l, size_t from,
    size_t to)
{
	struct writer *w = &r->data;

	wr_init(w, 8192);
	for (size_t i = from; i < to; i++) {
		size_t n = i - from;

		if (l->form == CHAINED)
			wr_align(w, 8, 0);
		r->start[n] = w->pos;
		if (l->form == CHAINED && n > 0)
			wr_patch32(w, r->start[n - 1], (uint32_t)(w->pos - r->start[n - 1]));
		if (l->layout[0] == 'k' && (list->flags & RESUME_KEYS) != 0)
			wr_u32(w, (uint32_t)i + 1);
		put_entry(w, l, &list->entry[i], (uint32_t)i + 1);
		r->end[n] = w->pos;
	}
}

static nt_status
call(struct trans2 *t, struct writer *w, uint16_t level, uint16_t room)
{
	client_trans2_data(c, t);
	if (level == 0x0003)
		wr_bytes(w, "\7\0\0\0\1A\0", 7);
	levels_room(room);
	return client_trans2_call(c, t);
}

static nt_status
find_first(
    struct trans2 *t, const struct listing *list, uint16_t level, uint16_t count, uint16_t room)
{
	struct writer *w = client_trans2_begin(c, t, FIND_FIRST2);

	wr_u16(w, ANY);
	wr_u16(w, count);
	wr_u16(w, list->flags);
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_string(w, list->pattern);
	return call(t, w, level, room);
}

static nt_status
find_next(struct trans2 *t, uint16_t sid, uint16_t level, uint16_t count, uint16_t flags)
{
	struct writer *w = client_trans2_begin(c, t, FIND_NEXT2);

	wr_u16(w, sid);
	wr_u16(w, count);
	wr_u16(w, level);
	wr_u32(w, 0);
	wr_u16(w, CONTINUE | flags);
	wr_string(w, "");
	return call(t, w, level, PLENTY);
}

/* Parameters and data of a reply that has n entries of r. */
static void
is_reply(struct trans2 *t, uint16_t level, const struct reply_model *r, size_t n, bool end)
{
	size_t last = n > 0 ? r->start[n - 1] : 0, size = n > 0 ? r->end[n - 1] : 0;
	uint8_t whole[8192];

	ck_assert_uint_eq(rd_u16(&t->got_parameters), n);
	ck_assert_uint_eq(rd_u16(&t->got_parameters), end);
	ck_assert_uint_eq(rd_u16(&t->got_parameters), 0); /* EaErrorOffset */
	ck_assert_uint_eq(rd_u16(&t->got_parameters), last);
	ck_assert_uint_eq(rd_left(&t->got_parameters), 0);
	memcpy(whole, r->data.frame->smb, size);
	if (level > 0x100 && n > 0) /* NextEntryOffset */
		memset(whole + last, 0, 4);
	levels_same(level, t->got_data, whole, size);
}

static void
ask(struct entry *e, const char *dir)
{
	char path[160];
	struct model m = { .path = path };
	struct trans2 t;

	if (e->name[0] == '.')
		return;
	snprintf(path, sizeof(path), "%s\\%s", dir, e->name);
	ck_assert_uint_eq(levels_query(&t, &m, 0x0108, PLENTY), STATUS_SUCCESS);
	for (uint32_t i = 0, n = rd_u32(&t.got_data) / 2; i < n && i < 12; i++)
		e->shorter[i] = (char)rd_u16(&t.got_data);
	if (strcmp(e->shorter, e->name) == 0)
		e->shorter[0] = '\0';
	else
		ck_assert_ptr_nonnull(strchr(e->shorter, '~'));
}

/* The names as the server lists them, and beside it what each is. */
static void
learn(struct listing *list, const char *dir, const char *on_disk)
{
	const struct listing names = { .pattern = list->pattern, .flags = CLOSE_AFTER };
	struct trans2 t;
	uint32_t next;

	ck_assert_uint_eq(find_first(&t, &names, NAMES_LEVEL, 100, PLENTY), STATUS_SUCCESS);
	do {
		struct entry *e = &list->entry[list->n++];
		size_t at = t.got_data.pos;
		char path[160];
		uint32_t n;

		next = rd_u32(&t.got_data);
		rd_skip(&t.got_data, 4);
		n = rd_u32(&t.got_data) / 2;
		ck_assert_uint_lt(n, sizeof(e->name));
		for (uint32_t i = 0; i < n; i++)
			e->name[i] = (char)rd_u16(&t.got_data);
		t.got_data.pos = at + next;
		/* Nothing is told of what is above the root. */
		snprintf(path, sizeof(path), "%s/%s", on_disk,
		    strcmp(on_disk, ".") == 0 && strcmp(e->name, "..") == 0 ? "." : e->name);
		levels_look(&e->m, path);
		if (strcmp(e->name, "with ea") == 0)
			e->m.ea_size = 4 + 7;
	} while (next != 0 && list->n < ENTRIES);
	for (size_t i = 0; i < list->n; i++)
		ask(&list->entry[i], dir);
}

static const char *const names[] = { "a", "bb", "ccc.c", "dddd", "with ea", "12345678.123",
	"one longer than others.text", "Another, Still Longer One Than The Others" };

#define NAMES (sizeof(names) / sizeof(names[0]))

static void
setup(void)
{
	struct model m = { .path = "\\list\\with ea" };
	char path[96];

	levels_setup();
	server_mkdir(&server, "list");
	server_mkdir(&server, "list/sub");
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "list/%s", names[i]);
		server_file(&server, path, names[i], strlen(names[i]));
	}
	ck_assert_uint_eq(levels_set(&m, 0x0002, "\x0B\0\0\0\0\1\1\0A\0v", 11), STATUS_SUCCESS);
}

static void
teardown(void)
{
	char path[96];

	levels_teardown();
	for (size_t i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path), "list/%s", names[i]);
		unlink(levels_on_disk(path));
	}
	rmdir(levels_on_disk("list/sub"));
	rmdir(levels_on_disk("list"));
}

static struct listing
the_list(void)
{
	struct listing list = { .pattern = "\\list\\*" };

	learn(&list, "\\list", "list");
	ck_assert_uint_eq(list.n, NAMES + 3);
	return list;
}

static void
is_listed(struct listing *list, const struct level *l)
{
	struct reply_model r;
	struct trans2 t;

	list->flags |= CLOSE_AFTER;
	make(&r, list, l, 0, list->n);
	ck_assert_uint_eq(find_first(&t, list, l->level, 100, PLENTY), STATUS_SUCCESS);
	rd_skip(&t.got_parameters, 2); /* SID */
	is_reply(&t, l->level, &r, list->n, true);
	wr_clear(&r.data);
}

START_TEST(levels_list_all_that_is_known)
{
	struct listing list = the_list();

	for (size_t i = 0; i < LEVELS; i++)
		is_listed(&list, &levels[i]);
}
END_TEST

START_TEST(old_levels_begin_with_a_key_when_asked)
{
	struct listing list = the_list();

	list.flags = RESUME_KEYS;
	for (size_t i = 0; i < LEVELS; i++)
		is_listed(&list, &levels[i]);
}
END_TEST

START_TEST(names_are_in_the_code_page_for_those_without_unicode)
{
	struct listing list = the_list();

	c->flags2 &= (uint16_t)~FLAGS2_UTF16;
	for (size_t i = 0; i < LEVELS; i++)
		is_listed(&list, &levels[i]);
}
END_TEST

START_TEST(root_is_listed_and_nothing_above_it)
{
	struct listing list = { .pattern = "\\.*" };

	learn(&list, "", ".");
	ck_assert_uint_ge(list.n, 2);
	for (size_t i = 0; i < LEVELS; i++)
		is_listed(&list, &levels[i]);
}
END_TEST

/* With so much room, and then the rest with plenty. */
static void
is_cut(
    const struct listing *list, const struct level *l, const struct reply_model *whole, size_t room)
{
	struct reply_model rest;
	size_t n = 0;
	struct trans2 t;
	uint16_t sid;

	while (n < list->n && whole->end[n] <= room)
		n++;
	if (n == 0) {
		ck_assert_uint_eq(
		    find_first(&t, list, l->level, 100, (uint16_t)room), STATUS_BUFFER_TOO_SMALL);
		ck_assert_uint_eq(t.reply.word_count, 0);
		return;
	}
	ck_assert_uint_eq(find_first(&t, list, l->level, 100, (uint16_t)room), STATUS_SUCCESS);
	sid = rd_u16(&t.got_parameters);
	is_reply(&t, l->level, whole, n, n == list->n);
	make(&rest, list, l, n, list->n);
	ck_assert_uint_eq(
	    find_next(&t, sid, l->level, 100, list->flags | CLOSE_AFTER), STATUS_SUCCESS);
	is_reply(&t, l->level, &rest, list->n - n, true);
	wr_clear(&rest.data);
}

static void
is_cut_everywhere(struct listing *list, const struct level *l)
{
	struct reply_model whole;

	make(&whole, list, l, 0, list->n);
	is_cut(list, l, &whole, 0);
	for (size_t i = 0; i < list->n; i++) {
		is_cut(list, l, &whole, whole.end[i] - 1);
		is_cut(list, l, &whole, whole.end[i]);
		is_cut(list, l, &whole, whole.end[i] + 1);
	}
	wr_clear(&whole.data);
}

START_TEST(what_does_not_fit_comes_next)
{
	struct listing list = the_list();

	for (size_t i = 0; i < LEVELS; i++)
		is_cut_everywhere(&list, &levels[i]);
	list.flags = RESUME_KEYS;
	for (size_t i = 0; i < 3; i++)
		is_cut_everywhere(&list, &levels[i]);
}
END_TEST

static void
come_one_by_one(const struct listing *list, const struct level *l)
{
	struct trans2 t;
	uint16_t sid = 0;

	for (size_t i = 0; i < list->n; i++) {
		struct reply_model one;
		bool first = i == 0;

		make(&one, list, l, i, i + 1);
		ck_assert_uint_eq(first ? find_first(&t, list, l->level, 1, PLENTY)
					: find_next(&t, sid, l->level, 1, 0),
		    STATUS_SUCCESS);
		if (first)
			sid = rd_u16(&t.got_parameters);
		is_reply(&t, l->level, &one, 1, i + 1 == list->n);
		wr_clear(&one.data);
	}
}

START_TEST(entries_come_one_by_one)
{
	const struct listing list = the_list();

	for (size_t i = 0; i < LEVELS; i++)
		come_one_by_one(&list, &levels[i]);
}
END_TEST

/* One name, with any room: it is there whole or not at all. */
START_TEST(single_file_fits_or_does_not)
{
	struct listing list = { .pattern = "\\dir\\file.txt", .flags = CLOSE_AFTER, .n = 1 };

	strcpy(list.entry[0].name, "file.txt");
	list.entry[0].m = levels_model(THE_FILE, false);
	for (size_t i = 0; i < LEVELS; i++) {
		struct reply_model r;
		struct trans2 t;

		is_listed(&list, &levels[i]);
		make(&r, &list, &levels[i], 0, 1);
		for (uint16_t room = 0; room < r.end[0]; room++)
			ck_assert_uint_eq(find_first(&t, &list, levels[i].level, 1, room),
			    STATUS_BUFFER_TOO_SMALL);
		wr_clear(&r.data);
	}
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
	const struct listing list = { .pattern = "\\list\\*" };
	struct trans2 t;
	uint16_t sid;

	ck_assert_uint_eq(find_first(&t, &list, NAMES_LEVEL, 1, PLENTY), STATUS_SUCCESS);
	sid = rd_u16(&t.got_parameters);
	for (uint16_t level = 0; level < 1100; level++) {
		if (is_known(level) || (level >= 0x120 && level < 990))
			continue;
		ck_assert_uint_eq(find_first(&t, &list, level, 1, PLENTY), STATUS_INVALID_LEVEL);
		ck_assert_uint_eq(find_next(&t, sid, level, 1, 0), STATUS_INVALID_LEVEL);
	}
	ck_assert_uint_eq(find_next(&t, sid, NAMES_LEVEL, 1, 0), STATUS_SUCCESS);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("listings");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, levels_list_all_that_is_known);
	tcase_add_test(tc, old_levels_begin_with_a_key_when_asked);
	tcase_add_test(tc, names_are_in_the_code_page_for_those_without_unicode);
	tcase_add_test(tc, root_is_listed_and_nothing_above_it);
	tcase_add_test(tc, what_does_not_fit_comes_next);
	tcase_add_test(tc, entries_come_one_by_one);
	tcase_add_test(tc, single_file_fits_or_does_not);
	tcase_add_test(tc, levels_there_are_not_are_refused);
	return levels_run(tc);
}
