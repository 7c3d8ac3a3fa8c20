/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

START_TEST(a_share_is_read_only_and_closed_to_guests)
{
	struct config *c = load_good(
	    "[global]\npasswd file = %/accounts\n[Games]\npath = %/games//\n");
	const struct share_conf *s = config_share(c, "gAMES");
	char *path = name_in("games");

	ck_assert_ptr_nonnull(s);
	ck_assert_str_eq(s->name, "Games");
	ck_assert_str_eq(s->path, path);
	ck_assert(s->read_only && !s->guest_ok && s->browseable && s->follow_symlinks);
	ck_assert_uint_eq(s->create_mask, 0744);
	ck_assert_uint_eq(s->directory_mask, 0755);
	ck_assert_ptr_null(config_share(c, "game"));
	free(path);
	config_free(&c);
}
END_TEST

/* A head that makes the rest of a file right. */
#define GLOBAL "[global]\npasswd file = %/accounts\n"

static const struct {
	const char *text, *mistakes;
} files[] = {
	{ GLOBAL "[games]\npath = /srv/gmaes\n",
	    "t.conf:4: [games] path: /srv/gmaes: No such file or directory\n" },
	{ GLOBAL "[games]\npath = %/accounts\n",
	    "t.conf:4: [games] path: %/accounts: is not a directory\n" },
	{ GLOBAL "[games]\npath = /\n",
	    "t.conf:4: [games] path: /: is the root of the file system: serve a directory below it\n" },
	{ GLOBAL "[games]\npath = %/../..\n",
	    "t.conf:4: [games] path: %/../..: is the root of the file system: serve a directory below "
	    "it\n" },
	{ GLOBAL "[games]\npath = games\n",
	    "t.conf:4: [games] path: games: is not an absolute path: it must start with a slash\n" },
	{ GLOBAL "[games]\npath =\n",
	    "t.conf:4: [games] path: is not an absolute path: it must start with a slash\n" },
	{ GLOBAL "[games]\n", "t.conf:3: [games]: has no path: name the directory to serve\n" },
	{ GLOBAL "[globl]\n", "t.conf:3: [globl]: has no path; did you mean [global]?\n" },
	{ "[games]\npath = %/games\n[GAMES]\ncomment = x\n[global]\npasswd file = %/accounts\n",
	    "t.conf:3: [GAMES]: stands already on line 1: put its keys together\n" },
	{ GLOBAL "[Global]\n",
	    "t.conf:3: [Global]: stands already on line 1: put its keys together\n" },
	{ GLOBAL "deadtime = 1\nDead Time = 3\ndeadtime = 2\n",
	    "t.conf:4: [global] dead time: unknown key; did you mean \"deadtime\"?\n"
	    "t.conf:5: [global] deadtime: stands already on line 3: keep one of the two\n" },
	{ "deadtime = 1\n",
	    "t.conf:1: a key stands before any section: put it below [global] or a share's head\n" },
	{ GLOBAL "deadtime\n", "t.conf:3: the line is neither a [section] nor a key = value\n" },
	{ GLOBAL "= 3\n", "t.conf:3: there is no key before the equals sign\n" },
	{ GLOBAL "[games\n",
	    "t.conf:3: a section's head must end with ] and have the line for itself\n" },
	{ GLOBAL "[games] ; mine\npath = %/games\n",
	    "t.conf:3: a section's head must end with ] and have the line for itself\n"
	    "t.conf:4: [global] path: unknown key; it belongs into the section of a share\n" },
	{ GLOBAL "server string = a;b\n",
	    "t.conf:3: [global] server string: a;b: ; and # would begin a comment within the value: put "
	    "the value in quotes, or the comment on a line of its own\n" },
	{ GLOBAL "server string = \"a\n",
	    "t.conf:3: [global] server string: \"a: the quote is not closed\n" },
	{ GLOBAL "server string = \"a\" b\n",
	    "t.conf:3: [global] server string: \"a\" b: the value goes on behind its closing quote: put "
	    "the whole value in the other kind of quotes\n" },
	{ GLOBAL "server string = 'a\\b'\n",
	    "t.conf:3: [global] server string: 'a\\b': a backslash between quotes is not understood: "
	    "leave out the quotes\n" },
	{ GLOBAL "hosts allow = '10.'\n",
	    "t.conf:3: [global] hosts allow: 10.: is a list, whose words are written without quotes\n" },
	{ GLOBAL "server string = a \\",
	    "t.conf:3: the line ends in a backslash, but nothing follows that continues it\n" },
	{ GLOBAL "server string = \xFC\n",
	    "t.conf:3: the line is not UTF-8: save the file in that encoding\n" },
	{ GLOBAL "server string = a\x01\n", "t.conf:3: the line holds a control character\n" },
	{ GLOBAL "server string = a\rdeadtime = 1\n",
	    "t.conf:3: the line holds a carriage return that does not end it\n" },
	{ GLOBAL "[a:b]\npath = %/games\n",
	    "t.conf:3: [a:b]: holds one of \" / \\ [ ] : | < > + = ; , ? * which no share's name may "
	    "have\n" },
	{ GLOBAL "listen =\n",
	    "t.conf:3: [global] listen: is empty: name at least one address and port, as 0.0.0.0:445\n" },
	{ GLOBAL "listen = 1.2.3.4:1 1.2.3.4:0 1.2.3.4:0 1.2.3.4:1\n",
	    "t.conf:3: [global] listen: 1.2.3.4:1: is named twice\n" },
	{ GLOBAL "server max protocol = LANMAN2\n",
	    "t.conf:3: [global] server max protocol: LANMAN2: is older than server min protocol, NT1\n" },
	{ GLOBAL "server signing = mandatory\nsecurity = share\nserver min protocol = CORE\n"
		 "server max protocol = COREPLUS\n",
	    "t.conf:4: [global] security: share: cannot be signed, and server signing is mandatory: "
	    "use user\n"
	    "t.conf:6: [global] server max protocol: COREPLUS: cannot be signed, and server signing is "
	    "mandatory: use NT1\n" },
	{ GLOBAL "user = no-such-user\n",
	    "t.conf:3: [global] user: no-such-user: is no user of this system: create it, or name "
	    "another\n" },
	{ GLOBAL "user identity = yes\nuser = nobody\nguest account = no-such-user\n",
	    "t.conf:5: [global] guest account: no-such-user: is no user of this system\n" },
	{ GLOBAL "user identity = yes\n[g]\npath = %/games\nforce user = no-such-user\n"
		 "force group = no-such-group\n",
	    "t.conf:6: [g] force user: no-such-user: is no user of this system\n"
	    "t.conf:7: [g] force group: no-such-group: is no group of this system\n" },
	{ "[global]\npasswd file = %/none\n[games]\npath = %/games\n",
	    "t.conf:2: [global] passwd file: %/none: No such file or directory: add the first account "
	    "with: smb1passwd -f %/none add NAME\n" },
	{ "[global]\npasswd file = %/none\n[games]\npath = %/games\nguest ok = yes\n",
	    "t.conf:2: [global] passwd file: %/none: No such file or directory: add the first account "
	    "with: smb1passwd -f %/none add NAME\n" },
	{ "[global]\npasswd file = %/games\n",
	    "t.conf:2: [global] passwd file: %/games: is not a file\n" },
	{ "[global]\npasswd file =\n[games]\npath = %/games\n",
	    "t.conf:2: [global] passwd file: is empty, but there are shares that need a log-on: name a "
	    "file and make it with smb1passwd, or set guest ok = yes and map to guest = bad user\n" },
	{ "[global]\npasswd file = none\n[games]\npath = %/games\n",
	    "t.conf:2: [global] passwd file: none: is not an absolute path: it must start with a slash\n" },
	/* All at once, in the order of the lines. */
	{ "[games]\npath = /none\nfoo\n[global]\npasswd file = %/none\ndeadtime = x\n[b]\nread only = 2\n",
	    "t.conf:2: [games] path: /none: No such file or directory\n"
	    "t.conf:3: the line is neither a [section] nor a key = value\n"
	    "t.conf:5: [global] passwd file: %/none: No such file or directory: add the first account "
	    "with: smb1passwd -f %/none add NAME\n"
	    "t.conf:6: [global] deadtime: x: is not a whole number\n"
	    "t.conf:7: [b]: has no path: name the directory to serve\n"
	    "t.conf:8: [b] read only: 2: is neither yes nor no\n" },
};

START_TEST(each_mistake_is_told_with_its_line)
{
	load_bad(files[_i].text, files[_i].mistakes);
}
END_TEST

START_TEST(guests_need_no_accounts)
{
	struct config *c = load_good("[global]\npasswd file = %/none\nmap to guest = bad user\n"
				     "[games]\npath = %/games\nguest ok = yes\n");

	config_free(&c);
	load_bad("[global]\npasswd file = %/none\nmap to guest = bad user\n"
		 "[games]\npath = %/games\nguest ok = yes\n[closed]\npath = %/games\n",
	    "t.conf:2: [global] passwd file: %/none: No such file or directory: add the first account "
	    "with: smb1passwd -f %/none add NAME\n");
}
END_TEST

START_TEST(an_open_account_file_is_refused)
{
	static const mode_t modes[] = { 0640, 0604, 0620, 0601 };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		write_bytes("accounts", "", 0, modes[i]);
		ck_assert_ptr_null(load(GLOBAL));
		ck_assert_ptr_nonnull(strstr(heard, "others than its owner may use it (mode 06"));
		ck_assert_ptr_nonnull(strstr(heard, "run chmod 600 /tmp/"));
	}
}
END_TEST

START_TEST(a_configuration_that_others_may_write_is_refused)
{
	static const mode_t modes[] = { 0664, 0646, 0666 };

	for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		forget();
		write_bytes("t.conf", "[global]\n", 9, modes[i]);
		ck_assert_ptr_null(load_file());
		ck_assert_ptr_nonnull(
		    strstr(heard, "t.conf: others than its owner may write it (mode 06"));
	}
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_a_mistake)
{
	char *path = name_in("none.conf"),
	     *expected = expand("%/none.conf: No such file or directory\n");

	ck_assert_ptr_null(config_load(path, hear, NULL));
	ck_assert_str_eq(heard, expected);
	forget();
	ck_assert_ptr_null(config_load(dir, hear, NULL));
	ck_assert_ptr_nonnull(strstr(heard, "is not a regular file"));
	ck_assert_ptr_null(config_load(path, NULL, NULL));
	free(path);
	free(expected);
}
END_TEST

START_TEST(a_link_to_the_root_is_refused)
{
	char *path = name_in("root");

	ck_assert_int_eq(symlink("/", path), 0);
	free(path);
	load_bad(GLOBAL "[games]\npath = %/root\n",
	    "t.conf:4: [games] path: %/root: is the root of the file system: serve a directory below "
	    "it\n");
}
END_TEST

START_TEST(the_form_is_lenient)
{
	struct config *c = load_good(
	    "\xEF\xBB\xBF# C:\\\r\n;x = \\\n\t[ GLOBAL ]\t\r\n"
	    "  Passwd   File=%/accounts\r\n\n   # note\nserver string = \"a # b\"\n"
	    "hosts allow = 10. \\\n  192.168.,\\\n\t::1\nadmin users =\n[\xC3\x9C b]\n"
	    "path = \"%/games\"\ncomment = Tom's \"big\" = x");

	ck_assert_str_eq(c->server_string, "a # b");
	ck_assert_uint_eq(c->hosts_allow.count, 3);
	ck_assert_str_eq(c->hosts_allow.words[2], "::1");
	ck_assert_str_eq(c->shares[0].name, "\xC3\x9C b");
	ck_assert_str_eq(c->shares[0].comment, "Tom's \"big\" = x");
	ck_assert_ptr_eq(config_share(c, "\xC3\xBC B"), &c->shares[0]);
	config_free(&c);
}
END_TEST

START_TEST(lines_are_counted_through_continued_ones)
{
	load_bad(GLOBAL "hosts deny = \\\n10. \\\n20.\nfoo\nhosts allow = \\\nx\n",
	    "t.conf:6: the line is neither a [section] nor a key = value\n"
	    "t.conf:7: [global] hosts allow: x: is not an address, a network (10.0.0.0/8), a prefix "
	    "(192.168.), ALL or localhost; names are not looked up\n");
}
END_TEST

START_TEST(a_line_too_long_is_a_mistake)
{
	static const char head[] = "[global]\nserver string = ";
	static const char long_line[] =
	    "t.conf:2: the line, with those that continue it, is longer than 1000 bytes or holds a NUL "
	    "byte\n";
	char text[2400];

	for (size_t n = 900; n < 2300; n++) {
		struct config *c;

		memset(text, 'x', sizeof(text));
		memcpy(text, head, sizeof(head) - 1);
		if (n > 1200)
			memcpy(text + 600, "\\\n", 2);
		memcpy(text + n, "\n[", 2);
		c = load_bytes(text, n + 1);
		if (c == NULL)
			ck_assert(
			    strcmp(heard, long_line) == 0 || strstr(heard, "960 bytes") != NULL);
		else
			ck_assert_uint_eq(strlen(c->server_string), n - sizeof(head) + 1);
		ck_assert(c != NULL || n > sizeof(head) - 1 + 960);
		config_free(&c);
	}
	ck_assert_str_eq(heard, long_line);
}
END_TEST

START_TEST(a_nul_byte_is_a_mistake)
{
	static const char text[] = "[global]\nserver string = a\0b\n";

	ck_assert_ptr_null(load_bytes(text, sizeof(text) - 1));
	ck_assert_ptr_nonnull(strstr(heard, "t.conf:2: "));
	ck_assert_ptr_nonnull(strstr(heard, "NUL byte"));
}
END_TEST

START_TEST(a_file_of_more_than_a_megabyte_is_a_mistake)
{
	size_t n = ((size_t)1 << 20) + 1;
	char *text = malloc(n);

	ck_assert_ptr_nonnull(text);
	memset(text, '\n', n);
	ck_assert_ptr_null(load_bytes(text, n));
	ck_assert_str_eq(heard, "t.conf: is longer than 1 MiB\n");
	free(text);
}
END_TEST

START_TEST(what_is_printed_loads_as_the_same)
{
	struct config *a = load_good(GLOBAL
	    "server string = \" #1 'x' \"\nlisten = [::1]:0/netbios, 127.0.0.1:0\nntlm auth = "
	    "ntlmv1-permitted\nlanman auth = yes\ndeadtime = 15\nhosts deny = ALL\n"
	    "[B c]\npath = %/games\ncomment = 'a \"b\"'\nveto files = \"/a;b/*.tmp/\"\n"
	    "write list = ann @staff\ncreate mask = 0600\nmax connections = 7\n[D]\npath = %/games\n"
	    "read only = no\ncomment = C:\\x y\n");
	char *text = printed(a);
	struct config *b = load_good(text);

	ck_assert_uint_eq(b->nshares, 2);
	ck_assert_str_eq(b->shares[0].comment, "a \"b\"");
	ck_assert_str_eq(b->shares[0].veto_files.words[0], "a;b");
	ck_assert_str_eq(b->shares[1].comment, "C:\\x y");
	assert_same(a, b);
	free(text);
	config_free(&a);
	config_free(&b);
}
END_TEST

static TCase *
files_case(void)
{
	TCase *tc = tcase_create("files");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, a_share_is_read_only_and_closed_to_guests);
	tcase_add_loop_test(
	    tc, each_mistake_is_told_with_its_line, 0, sizeof(files) / sizeof(files[0]));
	tcase_add_test(tc, guests_need_no_accounts);
	tcase_add_test(tc, an_open_account_file_is_refused);
	tcase_add_test(tc, a_configuration_that_others_may_write_is_refused);
	tcase_add_test(tc, a_file_that_cannot_be_read_is_a_mistake);
	tcase_add_test(tc, a_link_to_the_root_is_refused);
	tcase_add_test(tc, the_form_is_lenient);
	tcase_add_test(tc, lines_are_counted_through_continued_ones);
	tcase_add_test(tc, a_line_too_long_is_a_mistake);
	tcase_add_test(tc, a_nul_byte_is_a_mistake);
	tcase_add_test(tc, a_file_of_more_than_a_megabyte_is_a_mistake);
	tcase_add_test(tc, what_is_printed_loads_as_the_same);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("config files");
	SRunner *r;
	int failed;

	suite_add_tcase(s, files_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
