/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/account.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <check.h>

#include "auth/logon.h"
#include "hex.h"

#define X32  "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX"
#define NT   "A4F49C406510BDCAB6824EE7C30FD852"
#define LM   "E52CAC67419A9A224A3B108F3FA6CB6D"
#define TAIL ":[U          ]:LCT-6B045A63:\n"

/* As Samba 4.17's pdbedit writes it. */
#define SAMBA_LINE    "daemon:1:" X32 ":" NT TAIL
#define SAMBA_DISABLE "games:5:" X32 ":" NT ":[DU         ]:LCT-6B045A63:\n"

static char dir[32], path[64], err[512];
static struct account_db *db;

static void
setup(void)
{
	ck_assert_ptr_null(logon_crypto_init());
	strcpy(dir, "/tmp/smb1d-account-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/smbpasswd", dir);
	db = NULL;
}

static void
teardown(void)
{
	account_db_free(&db);
	unlink(path);
	ck_assert_int_eq(rmdir(dir), 0);
}

static void
put_file(const char *text, size_t n, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, n), (ssize_t)n);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	close(fd);
}

static struct account_db *
load(const char *text)
{
	put_file(text, strlen(text), 0600);
	db = account_db_load(path, err, sizeof(err));
	return db;
}

static void
assert_file(const char *want)
{
	char text[4096] = "";
	FILE *f = fopen(path, "r");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fread(text, 1, sizeof(text) - 1, f), strlen(want));
	fclose(f);
	ck_assert_str_eq(text, want);
}

START_TEST(samba_line_is_read)
{
	const struct account *a;

	ck_assert_ptr_nonnull(load(SAMBA_LINE SAMBA_DISABLE));
	a = account_find(db, "DAEMON");
	ck_assert_ptr_nonnull(a);
	ck_assert_str_eq(a->name, "daemon");
	ck_assert_uint_eq(a->uid, 1);
	ck_assert(a->has_nt && !a->has_lm && !a->disabled && !a->no_password);
	ck_assert_hex(a->nt_hash, NT);
	ck_assert_int_eq(a->changed, 0x6B045A63);
	ck_assert(account_find(db, "games")->disabled);
	ck_assert_ptr_null(account_find(db, "nobody"));
}
END_TEST

static const char *const kept[] = {
	"",
	SAMBA_LINE SAMBA_DISABLE,
	"# comment\n\n" SAMBA_LINE "#" SAMBA_DISABLE,
	"both:4294967295:" LM ":" NT TAIL,
	"free:7:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[NU         ]:LCT-00000000:\n",
	"some:7:NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:" NT ":[NU         ]:LCT-00000000:\n",
	"box$:8:" X32 ":" NT ":[WX         ]:LCT-00000000:\n",
	"j\xc3\xb6rg von x:9:" X32 ":" NT TAIL,
};

START_TEST(what_was_read_is_written)
{
	ck_assert_ptr_nonnull(load(kept[_i]));
	put_file("", 0, 0600);
	ck_assert_int_eq(account_db_save(db, path), 0);
	assert_file(kept[_i]);
}
END_TEST

START_TEST(carriage_returns_and_lost_newline_do_no_harm)
{
	ck_assert_ptr_nonnull(load("a:1:" X32 ":" NT ":[U]:\r\nb:2:" X32 ":" NT ":[U]"));
	ck_assert_ptr_nonnull(account_find(db, "a"));
	ck_assert_ptr_nonnull(account_find(db, "b"));
}
END_TEST

START_TEST(no_password_is_told_by_flag_or_field)
{
	ck_assert_ptr_nonnull(
	    load("a:1:" X32 ":" X32 ":[NU]:\nb:2:" X32 ":NO PASSWORDXXXXXXXXXXXXXXXXXXXXX:[U]:\n"));
	ck_assert(account_find(db, "a")->no_password);
	ck_assert(account_find(db, "b")->no_password);
	ck_assert(!account_find(db, "a")->has_nt);
}
END_TEST

static const struct {
	const char *text;
	const char *says;
} refused[] = {
	{ "a\n", ":1: not of the form" },
	{ SAMBA_LINE "a:1:" X32 ":" NT "\n", ":2: not of the form" },
	{ "#\n\n:1:" X32 ":" NT TAIL, ":3: the name \"\" is empty" },
	{ "a/b:1:" X32 ":" NT TAIL, ":1: the name \"a/b\" has one of" },
	{ "a:x:" X32 ":" NT TAIL, ":1: the uid \"x\"" },
	{ "a:-1:" X32 ":" NT TAIL, ":1: the uid \"-1\"" },
	{ "a:4294967296:" X32 ":" NT TAIL, ":1: the uid" },
	{ "a:1:" X32 "X:" NT TAIL, ":1: the LM hash of a" },
	{ "a:1:" X32 ":A4F4" TAIL, ":1: the NT hash of a" },
	{ "a:1:" X32 ":G4F49C406510BDCAB6824EE7C30FD852" TAIL, ":1: the NT hash of a" },
	{ "a:1:" X32 ":" NT ":U:\n", ":1: the flags \"U\"" },
	{ "a:1:" X32 ":" NT ":[Q]:\n", ":1: the flags \"[Q]\"" },
	{ "a:1:" X32 ":" NT ":[U]:yesterday:\n", ":1: \"yesterday\"" },
	{ "a:1:" X32 ":" NT ":[U]:LCT-123456789:\n", ":1: \"LCT-123456789\"" },
	{ SAMBA_LINE "DAEMON:2:" X32 ":" NT TAIL, ":2: DAEMON is there already" },
};

START_TEST(bad_line_is_refused_with_its_place)
{
	char want[128];

	ck_assert_ptr_null(load(refused[_i].text));
	snprintf(want, sizeof(want), "%s%s", path, refused[_i].says);
	ck_assert_msg(strncmp(err, want, strlen(want)) == 0, "%s", err);
}
END_TEST

/* Every shorter line is one without flags, or flags cut short, or complete enough. */
START_TEST(cut_line_never_gives_an_account_without_flags)
{
	char text[sizeof(SAMBA_LINE)];

	for (size_t n = 1; n < sizeof(SAMBA_LINE); n++) {
		memcpy(text, SAMBA_LINE, n);
		text[n] = '\0';
		load(text);
		ck_assert(db == NULL || strchr(text, ']') != NULL);
		account_db_free(&db);
	}
}
END_TEST

START_TEST(nul_and_long_lines_are_refused)
{
	char *line = malloc(3000);

	put_file("a\0b", 3, 0600);
	ck_assert_ptr_null(account_db_load(path, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "NUL"));
	memset(line, '#', 2999);
	line[2999] = '\0';
	ck_assert_ptr_null(load(line));
	ck_assert_ptr_nonnull(strstr(err, ":1: the line is longer"));
	free(line);
}
END_TEST

START_TEST(readable_by_others_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0602, 0610 };

	put_file(SAMBA_LINE, strlen(SAMBA_LINE), modes[_i]);
	ck_assert_ptr_null(account_db_load(path, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "chmod 600"));
}
END_TEST

START_TEST(missing_file_and_folder_are_told_apart)
{
	ck_assert_ptr_null(account_db_load(path, err, sizeof(err)));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_null(account_db_load(dir, err, sizeof(err)));
	ck_assert_int_ne(errno, ENOENT);
}
END_TEST

START_TEST(password_becomes_hashes)
{
	const struct account *a;

	db = account_db_new();
	ck_assert(account_set(db, "Anna", "Password", false));
	a = account_find(db, "anna");
	ck_assert_hex(a->nt_hash, NT);
	ck_assert(a->has_nt && !a->has_lm);
	ck_assert(account_set(db, "ANNA", "Password", true));
	ck_assert_ptr_eq(account_find(db, "anna"), a);
	ck_assert_str_eq(a->name, "Anna");
	ck_assert(a->has_lm);
	ck_assert_hex(a->lm_hash, LM);
	ck_assert(account_set(db, "anna", "Password", false));
	ck_assert(!a->has_lm);
}
END_TEST

START_TEST(names_that_would_break_the_file_are_refused)
{
	static const char *const names[] = { "", "a:b", "a\nb", "#a", " a", "a ", "a/b", "a\\b",
		"\x7f" };

	db = account_db_new();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ck_assert_msg(!account_set(db, names[i], "x", false), "%s", names[i]);
}
END_TEST

START_TEST(accounts_come_and_go)
{
	const struct account *a;
	size_t pos = 0;

	ck_assert_ptr_nonnull(load("# top\n" SAMBA_LINE SAMBA_DISABLE));
	ck_assert(account_set_disabled(db, "Daemon", true));
	ck_assert(account_find(db, "daemon")->disabled);
	ck_assert(account_set_disabled(db, "Games", false));
	ck_assert(account_remove(db, "DAEMON"));
	ck_assert(!account_remove(db, "daemon"));
	ck_assert(!account_set_disabled(db, "daemon", true));
	a = account_next(db, &pos);
	ck_assert_str_eq(a->name, "games");
	ck_assert_ptr_null(account_next(db, &pos));
	ck_assert_int_eq(account_db_save(db, path), 0);
	assert_file("# top\ngames:5:" X32 ":" NT TAIL);
}
END_TEST

#define OF_UID(name, uid) name ":" uid ":" X32 ":" X32 TAIL

START_TEST(each_account_has_a_number_of_its_own)
{
	static const char *const names[] = { "one", "two", "nobody", "large", "lost" };
	uint32_t rids[5];

	ck_assert_ptr_nonnull(load(OF_UID("one", "5") OF_UID("two", "5") OF_UID("nobody", "65534")
		OF_UID("large", "4294967295") OF_UID("lost", "65534")));
	for (int i = 0; i < 5; i++) {
		rids[i] = account_find(db, names[i])->rid;
		ck_assert_ptr_eq(account_find_rid(db, rids[i]), account_find(db, names[i]));
		for (int j = 0; j < i; j++)
			ck_assert_uint_ne(rids[j], rids[i]);
		ck_assert(i == 0 || rids[i] >= ACCOUNT_RID_HASHED);
	}
	ck_assert_uint_eq(rids[0], 1010);
	ck_assert(account_remove(db, "one"));
	ck_assert_ptr_null(account_find_rid(db, rids[0]));
	ck_assert_ptr_nonnull(account_find_rid(db, rids[1]));
	ck_assert_ptr_null(account_find_rid(db, 500));
}
END_TEST

START_TEST(saved_file_is_private_and_alone)
{
	struct stat st;

	db = account_db_new();
	account_set(db, "anna", "x", false);
	umask(0);
	ck_assert_int_eq(account_db_save(db, path), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(failed_save_leaves_the_old_file)
{
	char odd[128];

	ck_assert_ptr_nonnull(load(SAMBA_LINE));
	snprintf(odd, sizeof(odd), "%s/none/smbpasswd", dir);
	ck_assert_int_eq(account_db_save(db, odd), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(account_db_save(db, dir), -1);
	assert_file(SAMBA_LINE);
}
END_TEST

START_TEST(lock_keeps_a_second_writer_out)
{
	int fd = account_db_lock(path), other;

	ck_assert_int_ge(fd, 0);
	other = open(dir, O_RDONLY | O_DIRECTORY);
	ck_assert_int_eq(flock(other, LOCK_EX | LOCK_NB), -1);
	close(fd);
	ck_assert_int_eq(flock(other, LOCK_EX | LOCK_NB), 0);
	close(other);
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof(array[0]))

static Suite *
suite(void)
{
	Suite *s = suite_create("auth/account");
	TCase *tc = tcase_create("account");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, samba_line_is_read);
	tcase_add_loop_test(tc, what_was_read_is_written, 0, COUNT(kept));
	tcase_add_test(tc, carriage_returns_and_lost_newline_do_no_harm);
	tcase_add_test(tc, no_password_is_told_by_flag_or_field);
	tcase_add_loop_test(tc, bad_line_is_refused_with_its_place, 0, COUNT(refused));
	tcase_add_test(tc, cut_line_never_gives_an_account_without_flags);
	tcase_add_test(tc, nul_and_long_lines_are_refused);
	tcase_add_loop_test(tc, readable_by_others_is_refused, 0, 5);
	tcase_add_test(tc, missing_file_and_folder_are_told_apart);
	tcase_add_test(tc, password_becomes_hashes);
	tcase_add_test(tc, names_that_would_break_the_file_are_refused);
	tcase_add_test(tc, accounts_come_and_go);
	tcase_add_test(tc, each_account_has_a_number_of_its_own);
	tcase_add_test(tc, saved_file_is_private_and_alone);
	tcase_add_test(tc, failed_save_leaves_the_old_file);
	tcase_add_test(tc, lock_keeps_a_second_writer_out);
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
