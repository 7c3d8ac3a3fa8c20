/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Lists of extended attributes made and spoilt at random, against a model that reads them in the
 * plainest way, with numbers that cannot wrap: what is in a list, what is wrong with it and where.
 * SEED=number makes others.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "smb/info/ea.h"

#define LISTS    1500
#define LIST_MAX (256u << 10)
#define ENTRIES  400

enum form { VALUES, NAMES, CHAIN };

static nt_status (*const readers[])(
    struct reader *, struct disk_eas *, uint32_t *) = { ea_list_read, ea_names_read, ea_full_read };

static uint32_t seed, first_seed;

static uint32_t
below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

/* --- lists --- */

static uint8_t *list;
static size_t len;

static void
put(uint64_t v, size_t bytes)
{
	while (bytes-- > 0 && len < LIST_MAX) {
		list[len++] = (uint8_t)v;
		v >>= 8;
	}
}

static void
patch(size_t at, uint32_t v)
{
	for (size_t i = 0; i < 4 && at + i < len; i++, v >>= 8)
		list[at + i] = (uint8_t)v;
}

static uint32_t
some_size(void)
{
	switch (below(12)) {
	case 0:
		return 0xFFFF;
	case 1:
		return below(0x10000);
	case 2:
		return 0;
	default:
		return below(20);
	}
}

static void
put_entry(enum form form)
{
	uint32_t name = below(8) == 0 ? 0 : 1 + below(below(8) == 0 ? 255 : 6);
	uint32_t size = form == NAMES ? 0 : some_size();

	if (form != NAMES)
		put(below(6) == 0 ? 0x80 : 0, 1);
	put(name, 1);
	if (form != NAMES)
		put(size, 2);
	for (uint32_t i = 0; i < name; i++)
		put('A' + below(26), 1);
	put(0, 1);
	for (uint32_t i = 0; i < size; i++)
		put(below(256), 1);
}

static void
make(enum form form)
{
	uint32_t n = below(below(10) == 0 ? ENTRIES : 5);

	len = 0;
	if (form != CHAIN)
		put(0, 4);
	for (uint32_t i = 0; i < n; i++) {
		size_t start = len;

		if (form == CHAIN)
			put(0, 4);
		put_entry(form);
		if (form != CHAIN || i + 1 == n)
			continue;
		while (len % 4 != 0)
			put(0, 1);
		patch(start, (uint32_t)(len - start));
	}
	if (form != CHAIN)
		patch(0, (uint32_t)len);
}

/* Of numbers that are nearly right, or nearly wrap. */
static uint32_t
wrong(uint32_t right)
{
	static const uint32_t far[] = { 0, 1, 3, 4, 5, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFC,
		0xFFFFFFFF, 0xFFFF, 0x10000, 0x10003 };

	if (below(2) == 0)
		return right + below(9) - 4;
	return far[below(sizeof(far) / sizeof(far[0]))];
}

static void
spoil(void)
{
	size_t at;

	switch (below(6)) {
	case 0: /* the list's own size, or the first link */
		patch(0, wrong((uint32_t)len));
		break;
	case 1: /* the end is missing */
		len -= below((uint32_t)(len < 12 ? len : 12) + 1);
		break;
	case 2: /* there is more */
		put(below(256), 1 + below(6));
		break;
	case 3: /* anything, anywhere */
		for (int i = 0; len > 0 && i < 3; i++)
			list[below((uint32_t)len)] = (uint8_t)below(256);
		break;
	case 4: /* a wide number in the wrong place */
		at = len > 4 ? below((uint32_t)len - 4) & ~3u : 0;
		patch(at, wrong((uint32_t)(len - at)));
		break;
	default: /* four bytes of anything are no list */
		len = 0;
		put(seed, below(6));
		break;
	}
}

/* --- the model --- */

struct model {
	nt_status status;
	size_t n;
	int64_t bad;
	struct {
		int64_t at, name, name_len, value, size;
		uint8_t flags;
	} e[LIST_MAX / 2];
};

static int64_t
number(int64_t at, int bytes, int64_t end)
{
	int64_t v = 0;

	if (at + bytes > end)
		return -1;
	while (bytes-- > 0)
		v = v * 256 + list[at + bytes];
	return v;
}

/* Where the entry ends; -1 when it is not whole. */
static int64_t
read_entry(struct model *m, enum form form, int64_t at, int64_t end)
{
	int64_t p = at;
	int64_t flags = form == NAMES ? 0 : number(p, 1, end);
	int64_t name, size;

	p += form == NAMES ? 0 : 1;
	name = number(p, 1, end);
	p += 1;
	size = form == NAMES ? 0 : number(p, 2, end);
	p += form == NAMES ? 0 : 2;
	if (flags < 0 || name < 0 || size < 0 || number(p + name, 1, end) != 0 ||
	    p + name + 1 + size > end)
		return -1;
	m->e[m->n].name = p;
	m->e[m->n].name_len = name;
	m->e[m->n].value = p + name + 1;
	m->e[m->n].size = size;
	m->e[m->n].flags = (uint8_t)flags;
	return p + name + 1 + size;
}

static void
check_flags(struct model *m)
{
	for (size_t i = 0; i < m->n && m->status == STATUS_SUCCESS; i++) {
		if ((m->e[i].flags & 0x7F) == 0)
			continue;
		m->status = STATUS_INVALID_PARAMETER;
		m->bad = m->e[i].at;
	}
}

/* How far the next entry is; 0: this was the last. -1: nowhere. */
static int64_t
next_of(enum form form, int64_t at, int64_t behind, int64_t end)
{
	int64_t next;

	if (form != CHAIN)
		return behind < end ? behind - at : 0;
	next = number(at, 4, end);
	if (next != 0 && (next % 4 != 0 || next < behind - at || at + next >= end))
		return -1;
	return next;
}

static void
read_all(struct model *m, enum form form, int64_t start, int64_t end)
{
	int64_t at = start, behind, next;

	if (end - start > 0xFFFF) {
		m->status = STATUS_EA_TOO_LARGE;
		return;
	}
	while (at < end) {
		m->e[m->n].at = at;
		behind = number(at, form == CHAIN ? 4 : 0, end) < 0
		    ? -1
		    : read_entry(m, form, at + (form == CHAIN ? 4 : 0), end);
		next = behind < 0 ? -1 : next_of(form, at, behind, end);
		if (next < 0) {
			m->status = STATUS_EA_LIST_INCONSISTENT;
			m->bad = at;
			return;
		}
		m->n++;
		at = next == 0 ? end : at + next;
	}
	check_flags(m);
}

static void
foresee(struct model *m, enum form form)
{
	int64_t n = (int64_t)len, size;

	m->status = STATUS_SUCCESS;
	m->n = 0;
	m->bad = 0;
	if (form == CHAIN) {
		read_all(m, form, 0, n);
		return;
	}
	if (n == 0 || n == 4)
		return;
	size = number(0, 4, n);
	if (size < 4 || size > n)
		m->status = STATUS_EA_LIST_INCONSISTENT;
	else
		read_all(m, form, 4, size);
}

/* --- both --- */

static void
check_entry(const struct model *m, size_t i, const struct disk_ea *ea, const uint8_t *bytes)
{
	int64_t n = m->e[i].name_len;
	const uint8_t *name = bytes + m->e[i].name;

	ck_assert_int_eq(ea->at, m->e[i].at);
	ck_assert_int_eq(ea->size, m->e[i].size);
	ck_assert_uint_eq(ea->flags, m->e[i].flags);
	if (ea->size > 0)
		ck_assert_ptr_eq(ea->value, bytes + m->e[i].value);
	if (memchr(name, 0, (size_t)n) != NULL)
		n = 0;
	for (int64_t k = 0; k < n; k++) {
		if (name[k] >= 0x80)
			return;
	}
	ck_assert_uint_eq(strlen(ea->name), (size_t)n);
	ck_assert_mem_eq(ea->name, name, (size_t)n);
}

static void
compare(struct model *m, enum form form, struct oem *oem)
{
	uint8_t *copy = xrealloc(NULL, len > 0 ? len : 1);
	struct disk_eas eas;
	struct arena arena;
	struct reader r;
	uint32_t bad;

	memcpy(copy, list, len);
	foresee(m, form);
	arena_init(&arena);
	rd_init(&r, copy, len);
	r.arena = &arena;
	r.oem = oem;
	ck_assert_uint_eq(readers[form](&r, &eas, &bad), m->status);
	if (m->status == STATUS_SUCCESS) {
		ck_assert_uint_eq(eas.n, m->n);
		for (size_t i = 0; i < eas.n; i++)
			check_entry(m, i, &eas.ea[i], copy);
	} else if (m->status != STATUS_EA_TOO_LARGE) {
		ck_assert_int_eq(bad, m->bad);
	}
	arena_clear(&arena);
	free(copy);
}

START_TEST(list_is_read_as_the_model_reads_it)
{
	struct model *m = xrealloc(NULL, sizeof(*m));
	struct oem *oem = oem_open("CP850");
	unsigned good = 0, bad = 0;

	list = xrealloc(NULL, LIST_MAX);
	seed = first_seed + (uint32_t)_i;
	for (int i = 0; i < LISTS; i++) {
		make((enum form)_i);
		for (uint32_t k = below(3); k > 0; k--)
			spoil();
		compare(m, (enum form)_i, oem);
		good += m->status == STATUS_SUCCESS;
		bad += m->status != STATUS_SUCCESS;
	}
	ck_assert_uint_gt(good, LISTS / 10);
	ck_assert_uint_gt(bad, LISTS / 10);
	oem_close(&oem);
	free(list);
	free(m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ea model");
	TCase *tc = tcase_create("ea model");
	const char *given = getenv("SEED");
	SRunner *r;
	int failed;

	first_seed = given != NULL ? (uint32_t)strtoul(given, NULL, 0) : 1;
	printf("SEED=%u\n", first_seed);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, list_is_read_as_the_model_reads_it, VALUES, CHAIN + 1);
	suite_add_tcase(s, tc);
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
