/* SPDX-License-Identifier: BSD-2-Clause */

/* Who may have a file open beside whom, and who shares its file object. */

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "file/node.h"

#define READING FILE_READ_DATA
#define WRITING FILE_WRITE_DATA
#define BOTH    (FILE_READ_DATA | FILE_WRITE_DATA)
#define ALL     (FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE)

static const int connection, other_connection;

static struct share_mode
nt(uint32_t access, uint32_t share)
{
	struct share_mode m = { .access = access, .share = share, .owner = &connection, .pid = 1 };

	return m;
}

static struct share_mode
dos(uint32_t access)
{
	struct share_mode m = nt(access, (access & WRITING) != 0 ? 0 : FILE_SHARE_READ);

	m.deny_dos = true;
	return m;
}

static struct share_mode
program(uint32_t access)
{
	struct share_mode m = nt(access, FILE_SHARE_READ | FILE_SHARE_WRITE);

	m.deny_dos = true;
	m.executable = true;
	return m;
}

static struct share_mode
fcb(void)
{
	struct share_mode m = nt(BOTH, 0);

	m.deny_fcb = true;
	return m;
}

/* May the second be opened while the first is? */
static bool
beside(struct share_mode first, struct share_mode second)
{
	return share_mode_compatible(&first, &second);
}

START_TEST(each_side_must_tolerate_the_other)
{
	ck_assert(beside(nt(BOTH, ALL), nt(BOTH, ALL)));
	ck_assert(!beside(nt(READING, FILE_SHARE_WRITE), nt(READING, ALL)));
	ck_assert(!beside(nt(READING, ALL), nt(READING, FILE_SHARE_WRITE)));
	ck_assert(!beside(nt(WRITING, ALL), nt(READING, FILE_SHARE_READ)));
	ck_assert(!beside(nt(FILE_APPEND_DATA, ALL), nt(READING, FILE_SHARE_READ)));
	ck_assert(!beside(nt(FILE_EXECUTE, ALL), nt(WRITING, FILE_SHARE_WRITE)));
	ck_assert(!beside(nt(ACCESS_DELETE, ALL), nt(READING, FILE_SHARE_READ)));
}
END_TEST

START_TEST(who_wants_no_content_is_in_nobodys_way)
{
	ck_assert(beside(nt(FILE_READ_ATTRIBUTES, 0), nt(BOTH, 0)));
	ck_assert(beside(nt(BOTH, 0), nt(FILE_WRITE_ATTRIBUTES | ACCESS_READ_CONTROL, 0)));
}
END_TEST

START_TEST(a_dos_process_gets_along_with_itself_once_it_may_write)
{
	ck_assert(beside(dos(BOTH), dos(BOTH)));
	ck_assert(beside(dos(WRITING), dos(READING)));
	ck_assert(beside(dos(WRITING), fcb()));
	ck_assert(beside(dos(READING), dos(READING)));
	ck_assert(!beside(dos(READING), dos(BOTH)));
	ck_assert(!beside(dos(READING), fcb()));
	ck_assert(!beside(dos(BOTH), nt(READING, ALL)));
}
END_TEST

START_TEST(an_fcb_open_lets_its_process_open_again_as_dos_does)
{
	ck_assert(beside(fcb(), fcb()));
	ck_assert(beside(fcb(), dos(READING)));
	ck_assert(beside(fcb(), program(BOTH)));
	ck_assert(!beside(program(BOTH), fcb()));
	ck_assert(!beside(fcb(), nt(READING, ALL)));
}
END_TEST

START_TEST(another_process_or_connection_has_no_part_in_it)
{
	struct share_mode elsewhere = dos(BOTH), process = dos(BOTH);

	elsewhere.owner = &other_connection;
	process.pid = 2;
	ck_assert(!beside(dos(BOTH), elsewhere));
	ck_assert(!beside(dos(BOTH), process));
	ck_assert(!beside(fcb(), process));
}
END_TEST

/* One file on disk, opened twice; where a change of the first one's position is seen. */
static bool
share_position(struct share_mode first, struct share_mode second)
{
	struct file_table *t = file_table_new();
	struct disk_file file = { .id = { .dev = 1, .ino = 2 } }, *closed;
	struct open *a, *b;
	bool shared;

	ck_assert_uint_eq(file_open(t, &file, "f", &first, &a), STATUS_SUCCESS);
	ck_assert_uint_eq(file_open(t, &file, "f", &second, &b), STATUS_SUCCESS);
	ck_assert_uint_eq(b->position->at, 0);
	a->position->at = 1000;
	shared = b->position->at == 1000;
	ck_assert_ptr_null(file_close(&a, &closed, NULL));
	ck_assert_uint_eq(b->position->at, shared ? 1000 : 0);
	ck_assert_ptr_null(file_close(&b, &closed, NULL));
	ck_assert_uint_eq(file_table_nodes(t), 0);
	file_table_free(&t);
	return shared;
}

START_TEST(opens_of_one_dos_process_share_their_position)
{
	ck_assert(share_position(dos(BOTH), dos(BOTH)));
	ck_assert(share_position(fcb(), dos(READING)));
	ck_assert(!share_position(program(BOTH), program(BOTH)));
	ck_assert(!share_position(nt(BOTH, ALL), nt(BOTH, ALL)));
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("file/share_mode");
	TCase *tc = tcase_create("share_mode");

	tcase_add_test(tc, each_side_must_tolerate_the_other);
	tcase_add_test(tc, who_wants_no_content_is_in_nobodys_way);
	tcase_add_test(tc, a_dos_process_gets_along_with_itself_once_it_may_write);
	tcase_add_test(tc, an_fcb_open_lets_its_process_open_again_as_dos_does);
	tcase_add_test(tc, another_process_or_connection_has_no_part_in_it);
	tcase_add_test(tc, opens_of_one_dos_process_share_their_position);
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
