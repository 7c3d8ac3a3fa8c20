/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <grp.h>
#include <pthread.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "base/cred.h"

#define SOME_UID 12345
#define SOME_GID 23456

static const gid_t groups[] = { SOME_GID, 34567, 45678 };

static struct cred *
some_cred(uid_t uid)
{
	return cred_new(uid, SOME_GID, groups, 3);
}

START_TEST(a_credential_lives_as_long_as_its_last_holder)
{
	struct cred *a = some_cred(SOME_UID), *b = cred_ref(a);

	cred_unref(&a);
	ck_assert_ptr_null(a);
	ck_assert_uint_eq(b->uid, SOME_UID);
	ck_assert_uint_eq(b->gid, SOME_GID);
	ck_assert_uint_eq(b->ngroups, 3);
	ck_assert_mem_eq(b->groups, groups, sizeof(groups));
	cred_unref(&b);
	ck_assert_ptr_null(b);
	cred_unref(&b);
}
END_TEST

START_TEST(no_groups_are_allowed)
{
	struct cred *c = cred_new(1, 2, NULL, 0);

	ck_assert_uint_eq(c->ngroups, 0);
	cred_unref(&c);
}
END_TEST

START_TEST(the_name_service_knows_the_user)
{
	struct passwd *pw = getpwuid(0);
	struct cred *c;
	bool has_own_group = false;
	size_t i;

	ck_assert_ptr_nonnull(pw);
	c = cred_of_user(pw->pw_name);
	ck_assert_ptr_nonnull(c);
	ck_assert_uint_eq(c->uid, 0);
	ck_assert_uint_eq(c->gid, pw->pw_gid);
	for (i = 0; i < c->ngroups; i++)
		has_own_group |= c->groups[i] == c->gid;
	ck_assert(has_own_group);
	cred_unref(&c);
}
END_TEST

START_TEST(an_unknown_user_is_an_error)
{
	errno = 0;
	ck_assert_ptr_null(cred_of_user("no such user, surely"));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(nothing_happens_before_it_is_enabled)
{
	struct cred *c = some_cred(SOME_UID);

	ck_assert_int_eq(cred_assume(c), 0);
	ck_assert_uint_eq((uid_t)setfsuid((uid_t)-1), geteuid());
	cred_unref(&c);
}
END_TEST

static void
assert_identity(uid_t uid, gid_t gid, const gid_t *list, int n)
{
	gid_t got[64];

	ck_assert_uint_eq((uid_t)setfsuid((uid_t)-1), uid);
	ck_assert_uint_eq((gid_t)setfsgid((gid_t)-1), gid);
	ck_assert_int_eq(getgroups(64, got), n);
	ck_assert_mem_eq(got, list, (size_t)n * sizeof(got[0]));
}

/* The tests from here on need the right to change identity. */

START_TEST(a_thread_takes_an_identity_and_gives_it_back)
{
	struct cred *c = some_cred(SOME_UID);
	gid_t own[64];
	int n = getgroups(64, own);

	ck_assert_int_eq(cred_assume(c), 0);
	assert_identity(SOME_UID, SOME_GID, groups, 3);
	ck_assert_int_eq(cred_assume(c), 0);
	assert_identity(SOME_UID, SOME_GID, groups, 3);
	ck_assert_int_eq(cred_assume(NULL), 0);
	assert_identity(geteuid(), getegid(), own, n);
	cred_unref(&c);
}
END_TEST

/* The memory of one may be given to the next, and its address with it. */
START_TEST(a_new_credential_is_not_taken_for_an_old_one)
{
	struct cred *c;
	uid_t uid;

	for (uid = SOME_UID; uid < SOME_UID + 50; uid++) {
		c = some_cred(uid);
		ck_assert_int_eq(cred_assume(c), 0);
		ck_assert_uint_eq((uid_t)setfsuid((uid_t)-1), uid);
		cred_unref(&c);
	}
}
END_TEST

START_TEST(the_file_system_sees_the_identity)
{
	char dir[] = "/tmp/test_cred.XXXXXX", path[64];
	struct cred *c = some_cred(SOME_UID);
	struct stat st;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0777), 0);
	snprintf(path, sizeof(path), "%s/file", dir);
	ck_assert_int_eq(cred_assume(c), 0);
	ck_assert_int_eq(mknod(path, S_IFREG | 0600, 0), 0);
	ck_assert_int_eq(cred_assume(NULL), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_uid, SOME_UID);
	ck_assert_uint_eq(st.st_gid, SOME_GID);
	unlink(path);
	rmdir(dir);
	cred_unref(&c);
}
END_TEST

static void *
be_somebody(void *arg)
{
	const struct cred *c = arg;
	gid_t got[64];
	bool right = cred_assume(c) == 0 && (uid_t)setfsuid((uid_t)-1) == c->uid &&
	    getgroups(64, got) == 3;

	return right ? arg : NULL;
}

START_TEST(other_threads_keep_theirs)
{
	struct cred *mine = cred_new(777, 778, NULL, 0), *theirs = some_cred(SOME_UID);
	pthread_t thread;
	void *result;

	ck_assert_int_eq(cred_assume(mine), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, be_somebody, theirs), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, theirs);
	assert_identity(777, 778, groups, 0);
	cred_unref(&mine);
	cred_unref(&theirs);
}
END_TEST

/* A thread inherits the identity of the one that made it, and has to be told its own. */
static void *
be_the_process(void *arg)
{
	return cred_assume(NULL) == 0 && (uid_t)setfsuid((uid_t)-1) == geteuid() ? arg : NULL;
}

START_TEST(a_thread_born_as_somebody_can_be_the_process)
{
	struct cred *c = some_cred(SOME_UID);
	pthread_t thread;
	void *result;

	ck_assert_int_eq(cred_assume(c), 0);
	ck_assert_int_eq(pthread_create(&thread, NULL, be_the_process, c), 0);
	ck_assert_int_eq(pthread_join(thread, &result), 0);
	ck_assert_ptr_eq(result, c);
	cred_unref(&c);
}
END_TEST

START_TEST(a_refusal_is_told_and_forgotten)
{
	struct cred *c = some_cred(SOME_UID);

	ck_assert_int_eq(setresuid(4321, 4321, 4321), 0);
	errno = 0;
	ck_assert_int_eq(cred_assume(c), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(cred_assume(c), -1);
	cred_unref(&c);
}
END_TEST

static TCase *
privileged_tests(void)
{
	TCase *tc = tcase_create("privileged");

	tcase_add_checked_fixture(tc, cred_enable, NULL);
	tcase_add_test(tc, a_thread_takes_an_identity_and_gives_it_back);
	tcase_add_test(tc, a_new_credential_is_not_taken_for_an_old_one);
	tcase_add_test(tc, the_file_system_sees_the_identity);
	tcase_add_test(tc, other_threads_keep_theirs);
	tcase_add_test(tc, a_thread_born_as_somebody_can_be_the_process);
	tcase_add_test(tc, a_refusal_is_told_and_forgotten);
	return tc;
}

static Suite *
suite(void)
{
	Suite *s = suite_create("base/cred");
	TCase *tc = tcase_create("cred");

	tcase_add_test(tc, a_credential_lives_as_long_as_its_last_holder);
	tcase_add_test(tc, no_groups_are_allowed);
	tcase_add_test(tc, the_name_service_knows_the_user);
	tcase_add_test(tc, an_unknown_user_is_an_error);
	tcase_add_test(tc, nothing_happens_before_it_is_enabled);
	suite_add_tcase(s, tc);
	if (geteuid() == 0)
		suite_add_tcase(s, privileged_tests());
	else
		fputs("# not root: changing identity is not tested\n", stderr);
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
