/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/idmap.h"

#define ALL 0xFFFE

static struct idmap map;
static char objects[0x10000]; /* their addresses are the objects */

static void
setup(void)
{
	idmap_init(&map, ALL);
}

static void
teardown(void)
{
	idmap_clear(&map);
}

START_TEST(an_empty_map_knows_no_id)
{
	uint32_t pos = 0;

	ck_assert_ptr_null(idmap_get(&map, 0));
	ck_assert_ptr_null(idmap_get(&map, 1));
	ck_assert_ptr_null(idmap_get(&map, 0xFFFF));
	ck_assert_ptr_null(idmap_next(&map, &pos));
	ck_assert_ptr_null(map.slots);
	idmap_remove(&map, 1);
}
END_TEST

START_TEST(an_id_leads_to_its_object)
{
	uint16_t ids[1000];
	size_t i;

	for (i = 0; i < 1000; i++)
		ids[i] = idmap_add(&map, &objects[i]);
	for (i = 0; i < 1000; i++)
		ck_assert_ptr_eq(idmap_get(&map, ids[i]), &objects[i]);
	ck_assert_ptr_null(idmap_get(&map, 0));
	ck_assert_ptr_null(idmap_get(&map, 0xFFFF));
}
END_TEST

START_TEST(every_id_but_two_can_be_in_use)
{
	static char seen[0x10000];
	uint16_t id;
	size_t i;

	for (i = 0; i < ALL; i++) {
		id = idmap_add(&map, &objects[i]);
		ck_assert_uint_ne(id, 0);
		ck_assert_uint_ne(id, 0xFFFF);
		ck_assert_int_eq(seen[id], 0);
		seen[id] = 1;
	}
	ck_assert_uint_eq(idmap_add(&map, objects), 0);
	idmap_remove(&map, 0x1234);
	ck_assert_uint_eq(idmap_add(&map, objects), 0x1234);
}
END_TEST

START_TEST(the_limit_holds)
{
	uint16_t id;

	idmap_init(&map, 2);
	ck_assert_uint_ne(idmap_add(&map, objects), 0);
	id = idmap_add(&map, objects);
	ck_assert_uint_ne(id, 0);
	ck_assert_uint_eq(idmap_add(&map, objects), 0);
	idmap_remove(&map, id);
	ck_assert_uint_ne(idmap_add(&map, objects), 0);
}
END_TEST

START_TEST(an_id_given_back_is_not_soon_anothers)
{
	uint16_t first = idmap_add(&map, objects), id;
	unsigned i;

	idmap_add(&map, objects);
	idmap_remove(&map, first);
	for (i = 0; i < 50000; i++) {
		id = idmap_add(&map, objects);
		ck_assert_uint_ne(id, first);
		idmap_remove(&map, id);
	}
	ck_assert_ptr_null(idmap_get(&map, first));
}
END_TEST

START_TEST(ids_wrap_around_past_those_in_use)
{
	uint16_t kept = idmap_add(&map, &objects[7]), id = 0;
	unsigned i;

	for (i = 0; i < 200000; i++) {
		id = idmap_add(&map, objects);
		ck_assert_uint_ne(id, 0);
		ck_assert_uint_ne(id, 0xFFFF);
		ck_assert_uint_ne(id, kept);
		idmap_remove(&map, id);
	}
	ck_assert_ptr_eq(idmap_get(&map, kept), &objects[7]);
}
END_TEST

START_TEST(a_removed_id_is_unknown_and_may_be_removed_again)
{
	uint16_t a = idmap_add(&map, &objects[1]), b = idmap_add(&map, &objects[2]);

	idmap_remove(&map, a);
	idmap_remove(&map, a);
	ck_assert_ptr_null(idmap_get(&map, a));
	ck_assert_ptr_eq(idmap_get(&map, b), &objects[2]);
	ck_assert_uint_eq(map.count, 1);
}
END_TEST

START_TEST(a_walk_meets_each_once)
{
	static unsigned met[300];
	uint32_t pos = 0;
	char *p;
	size_t i;

	for (i = 0; i < 300; i++)
		idmap_add(&map, &objects[i]);
	while ((p = idmap_next(&map, &pos)) != NULL)
		met[p - objects]++;
	for (i = 0; i < 300; i++)
		ck_assert_uint_eq(met[i], 1);
}
END_TEST

START_TEST(a_walk_may_remove_what_it_was_given)
{
	uint16_t ids[300];
	uint32_t pos = 0;
	unsigned n = 0;
	char *p;
	size_t i;

	for (i = 0; i < 300; i++)
		ids[i] = idmap_add(&map, &objects[i]);
	while ((p = idmap_next(&map, &pos)) != NULL) {
		idmap_remove(&map, ids[p - objects]);
		n++;
	}
	ck_assert_uint_eq(n, 300);
	ck_assert_uint_eq(map.count, 0);
}
END_TEST

START_TEST(a_map_gone_empty_gives_its_memory_back)
{
	uint16_t ids[300];
	size_t i;

	for (i = 0; i < 300; i++)
		ids[i] = idmap_add(&map, objects);
	for (i = 0; i < 300; i++)
		idmap_remove(&map, ids[i]);
	ck_assert_ptr_null(map.slots);
	ck_assert_uint_eq(idmap_add(&map, objects), 301);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/idmap");
	TCase *tc = tcase_create("idmap");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, an_empty_map_knows_no_id);
	tcase_add_test(tc, an_id_leads_to_its_object);
	tcase_add_test(tc, every_id_but_two_can_be_in_use);
	tcase_add_test(tc, the_limit_holds);
	tcase_add_test(tc, an_id_given_back_is_not_soon_anothers);
	tcase_add_test(tc, ids_wrap_around_past_those_in_use);
	tcase_add_test(tc, a_removed_id_is_unknown_and_may_be_removed_again);
	tcase_add_test(tc, a_walk_meets_each_once);
	tcase_add_test(tc, a_walk_may_remove_what_it_was_given);
	tcase_add_test(tc, a_map_gone_empty_gives_its_memory_back);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
