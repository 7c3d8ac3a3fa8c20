/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"

START_TEST(defaults_are_safe)
{
	struct config *c = config_new();

	ck_assert_str_eq(c->file, "");
	ck_assert_uint_eq(c->nshares, 0);
	ck_assert_uint_eq(c->listen.count, 4);
	ck_assert_str_eq(c->listen.words[3], "[::]:139");
	ck_assert_ptr_null(c->listen.words[4]);
	ck_assert_int_eq(c->min_protocol, PROTOCOL_NT1);
	ck_assert_int_eq(c->ntlm_auth, NTLM_V2_ONLY);
	ck_assert(!c->lanman_auth && !c->plaintext_auth);
	ck_assert_int_eq(c->map_to_guest, MAP_GUEST_NEVER);
	ck_assert_int_eq(c->signing, SIGNING_AUTO);
	ck_assert_uint_eq(c->max_open_files, 16384);
	ck_assert_uint_gt(strlen(c->netbios_name), 0);
	ck_assert_uint_le(strlen(c->netbios_name), 15);
	ck_assert(config_check(c, hear, NULL));
	config_free(&c);
	ck_assert_ptr_null(c);
}
END_TEST

/* What a value becomes, as config_print has it. */
static const struct {
	const char *share, *key, *text, *line;
} values[] = {
	{ NULL, "netbios name", "Attic-2", "\tnetbios name = Attic-2\n" },
	{ NULL, "workgroup", "MY GROUP", "\tworkgroup = MY GROUP\n" },
	{ NULL, "server string", "", "\tserver string =\n" },
	{ NULL, "server string", " #1 ", "\tserver string = \" #1 \"\n" },
	{ NULL, "server string", "a \"b\"; c", "\tserver string = 'a \"b\"; c'\n" },
	{ NULL, "server string", "'a", "\tserver string = \"'a\"\n" },
	{ NULL, "server string", "a\\b", "\tserver string = a\\b\n" },
	{ NULL, "listen", "127.0.0.1:0,[::1]:4450/netbios",
	    "\tlisten = 127.0.0.1:0 [::1]:4450/netbios\n" },
	{ NULL, "server min protocol", "lanman1", "\tserver min protocol = LANMAN1\n" },
	{ NULL, "security", "SHARE", "\tsecurity = share\n" },
	{ NULL, "lanman auth", "True", "\tlanman auth = yes\n" },
	{ NULL, "lanman auth", "off", "\tlanman auth = no\n" },
	{ NULL, "ntlm auth", "disabled", "\tntlm auth = disabled\n" },
	{ NULL, "map to guest", "Bad User", "\tmap to guest = bad user\n" },
	{ NULL, "server signing", "mandatory", "\tserver signing = mandatory\n" },
	{ NULL, "dos charset", "CP932", "\tdos charset = CP932\n" },
	{ NULL, "hosts allow", " 10.0.0.0/8 192.168.,::1\tfe80::/10, ALL localhost",
	    "\thosts allow = 10.0.0.0/8 192.168. ::1 fe80::/10 ALL localhost\n" },
	{ NULL, "hosts allow", "10.0.0.0/255.0.0.0 2001:DB8: fe80: 1:2:3:4:5:6:7:",
	    "\thosts allow = 10.0.0.0/255.0.0.0 2001:DB8: fe80: 1:2:3:4:5:6:7:\n" },
	{ NULL, "deadtime", "015", "\tdeadtime = 15\n" },
	{ NULL, "max open files", "65534", "\tmax open files = 65534\n" },
	{ NULL, "log level", "DEBUG", "\tlog level = debug\n" },
	{ NULL, "passwd file", "", "\tpasswd file =\n" },
	{ "s", "path", "/", "\tpath = /\n" },
	{ "s", "path", "/srv/a b/", "\tpath = /srv/a b\n" },
	{ "s", "valid users", "ann, @staff +wheel", "\tvalid users = ann @staff +wheel\n" },
	{ "s", "create mask", "640", "\tcreate mask = 0640\n" },
	{ "s", "create mask", "07777", "\tcreate mask = 7777\n" },
	{ "s", "veto files", "//*.tmp/a b", "\tveto files = /*.tmp/a b/\n" },
	{ "s", "veto files", "", "\tveto files =\n" },
	{ "s", "max connections", "0", "\tmax connections = 0\n" },
};

START_TEST(values_are_converted)
{
	struct config *c = config_new();
	char *text;

	ck_assert_msg(
	    config_set(c, values[_i].share, values[_i].key, values[_i].text, &hearer), "%s", heard);
	text = printed(c);
	ck_assert_msg(
	    strstr(text, values[_i].line) != NULL, "%s is not in\n%s", values[_i].line, text);
	free(text);
	config_free(&c);
}
END_TEST

static const struct {
	const char *share, *key, *text, *why;
} refusals[] = {
	{ NULL, "netbios name", "ABCDEFGHIJKLMNOP", "is longer than 15 characters" },
	{ NULL, "netbios name", "*SMBSERVER", "starts with an asterisk" },
	{ NULL, "netbios name", "a/b", "may not have" },
	{ NULL, "netbios name", "b\xC3\xBC", "may not have" },
	{ NULL, "workgroup", "", "workgroup: is empty" },
	{ NULL, "workgroup", " A", "blank" },
	{ NULL, "server string", "a\nb", "control character" },
	{ NULL, "server string", "\xFF", "is not UTF-8" },
	{ NULL, "server string", "\xC0\x80", "is not UTF-8" },
	{ NULL, "server string", "\xED\xA0\x80", "is not UTF-8" },
	{ NULL, "server string", "\xF4\x90\x80\x80", "is not UTF-8" },
	{ NULL, "server string", "\xE2\x82", "is not UTF-8" },
	{ NULL, "server string", "a\\", "cannot be written in the file" },
	{ NULL, "server string", "'\";", "cannot be written in the file" },
	{ NULL, "listen", "445", "is not ADDRESS:PORT" },
	{ NULL, "listen", "localhost:445", "is not ADDRESS:PORT" },
	{ NULL, "listen", "0.0.0.0:65536", "is not ADDRESS:PORT" },
	{ NULL, "listen", "0.0.0.0:", "is not ADDRESS:PORT" },
	{ NULL, "listen", "0.0.0.0:445/netbeui", "is not ADDRESS:PORT" },
	{ NULL, "listen", "::1:445", "is not ADDRESS:PORT" },
	{ NULL, "listen", "[::1:445", "is not ADDRESS:PORT" },
	{ NULL, "listen", "1.2.3.4:1 [::1]:-1", "[::1]:-1 is not ADDRESS:PORT" },
	{ NULL, "server max protocol", "SMB2",
	    "is not one of CORE, COREPLUS, LANMAN1, LANMAN2, NT1" },
	{ NULL, "security", "domain", "is not one of user, share" },
	{ NULL, "lanman auth", "yess", "is neither yes nor no" },
	{ NULL, "lanman auth", "", "lanman auth: is neither yes nor no" },
	{ NULL, "ntlm auth", "yes", "is not one of ntlmv1-permitted, ntlmv2-only, disabled" },
	{ NULL, "guest account", "", "is empty" },
	{ NULL, "map to guest", "always", "is not one of never, bad user, bad password" },
	{ NULL, "dos charset", "CP9999", "is not a character set that iconv knows" },
	{ NULL, "dos charset", "UTF-16", "cannot be a DOS character set" },
	{ NULL, "dos charset", "CP850//TRANSLIT", "is not the name of a character set" },
	{ NULL, "hosts allow", "10.0.0.0/33", "from 0 to 32" },
	{ NULL, "hosts allow", "::/129", "from 0 to 128" },
	{ NULL, "hosts allow", "/8", "no address before the slash" },
	{ NULL, "hosts allow", "10.0.0.0/", "from 0 to 32" },
	{ NULL, "hosts allow", "10.0.0.0/255.0.255.0", "from 0 to 32 or a mask" },
	{ NULL, "hosts allow", "fe80::/ffff::", "from 0 to 128" },
	{ NULL, "hosts allow", "xyz:", "names are not looked up" },
	{ NULL, "hosts allow", "1:2:3:4:5:6:7:8:", "names are not looked up" },
	{ NULL, "hosts allow", "attic", "names are not looked up" },
	{ NULL, "hosts allow", "300.", "names are not looked up" },
	{ NULL, "hosts allow", "1.2.3.4.", "names are not looked up" },
	{ NULL, "hosts allow", "ALL EXCEPT 10.", "use hosts allow and hosts deny" },
	{ NULL, "deadtime", "12abc", "is not a whole number" },
	{ NULL, "deadtime", "-1", "is not a whole number" },
	{ NULL, "deadtime", "0x10", "is not a whole number" },
	{ NULL, "deadtime", "", "is not a whole number" },
	{ NULL, "deadtime", "99999999999999999999", "is not between 0 and 525600" },
	{ NULL, "max open files", "65535", "is not between 1 and 65534" },
	{ NULL, "max mux", "1", "is not between 2 and 1000" },
	{ NULL, "worker threads", "0", "is not between 1 and 64" },
	{ NULL, "passwd file", "smb1passwd", "is not an absolute path" },
	{ NULL, "message socket", "taker", "is not an absolute path" },
	{ NULL, "message socket",
	    "/run/a/path/that/has/more/than/the/hundred/and/seven/bytes/which/the/kernel/has/room/for/in/"
	    "the/name/of/a/socket",
	    "is longer than the path of a socket may be" },
	{ NULL, "log level", "3", "is not one of error, warning, info, debug" },
	{ NULL, "path", "/srv", "unknown key; it belongs into the section of a share" },
	{ NULL, "sever string", "", "unknown key; did you mean \"server string\"?" },
	{ NULL, "netbiosname", "", "unknown key; did you mean \"netbios name\"?" },
	{ NULL, "max protocol", "", "did you mean \"server max protocol\"?" },
	{ "s", "raed only", "", "unknown key; did you mean \"read only\"?" },
	{ "s", "writeable", "", "unknown key; did you mean \"read only = no\"?" },
	{ "s", "workgroup", "", "unknown key; it belongs into [global]" },
	{ "s", "zzzzzzzz", "", "[s] zzzzzzzz: unknown key\n" },
	{ "s", "path", "srv", "is not an absolute path" },
	{ "s", "path", "", "is not an absolute path" },
	{ "s", "create mask", "789", "is not an octal number" },
	{ "s", "create mask", "10000", "more than the mode bits" },
	{ "s", "create mask", "40000000000000000000000", "more than the mode bits" },
	{ "s", "valid users", "\"a b\"", "holds a quote" },
	{ "s", "veto files", "*.tmp", "has no slashes around its patterns" },
	{ "IPC$", "comment", "", "[IPC$]: is reserved" },
	{ "a/b", "comment", "", "[a/b]: holds one of" },
	{ "a\tb", "comment", "", "holds one of" },
	{ "", "comment", "", "is empty: a share needs a name" },
	{ " a", "comment", "", "is no name for a share" },
	{ "..", "comment", "", "is no name for a share" },
};

START_TEST(what_will_not_do_is_refused)
{
	struct config *c = config_new();

	ck_assert(!config_set(c, refusals[_i].share, refusals[_i].key, refusals[_i].text, &hearer));
	ck_assert_msg(
	    strstr(heard, refusals[_i].why) != NULL, "%s is not in %s", refusals[_i].why, heard);
	ck_assert_ptr_eq(strchr(heard, '\n'), heard + strlen(heard) - 1);
	config_free(&c);
}
END_TEST

START_TEST(a_refused_value_leaves_the_old_one)
{
	struct config *c = config_new();

	ck_assert(config_set(c, NULL, "hosts deny", "10.0.0.1", NULL));
	ck_assert(!config_set(c, NULL, "hosts deny", "10.0.0.2 x", NULL));
	ck_assert(!config_set(c, NULL, "passwd file", "x", NULL));
	ck_assert_uint_eq(c->hosts_deny.count, 1);
	ck_assert_str_eq(c->hosts_deny.words[0], "10.0.0.1");
	ck_assert_str_eq(c->passwd_file, "/etc/smb1d/smb1passwd");
	config_free(&c);
}
END_TEST

START_TEST(a_share_name_has_eighty_characters_at_most)
{
	char name[80 * 2 + 2] = "";
	struct config *c = config_new();

	for (size_t i = 0; i < 80; i++)
		strcat(name, "\xC3\xBC");
	ck_assert(config_set(c, name, "comment", "x", &hearer));
	strcat(name, "x");
	ck_assert(!config_set(c, name, "comment", "x", &hearer));
	ck_assert_ptr_nonnull(strstr(heard, "is longer than the 80 characters"));
	config_free(&c);
}
END_TEST

START_TEST(a_value_has_960_bytes_at_most)
{
	char text[962];
	struct config *c = config_new();

	memset(text, 'x', sizeof(text));
	text[960] = '\0';
	ck_assert(config_set(c, NULL, "server string", text, &hearer));
	text[960] = 'x';
	text[961] = '\0';
	ck_assert(!config_set(c, NULL, "server string", text, &hearer));
	ck_assert_ptr_nonnull(strstr(heard, "is longer than the 960 bytes"));
	config_free(&c);
}
END_TEST

START_TEST(the_command_line_adds_shares)
{
	struct config *c = config_new();
	char *ro = expand("ro=%/games"), *rw = expand("A b=%/games,rw"), *odd = name_in("a,rw b");
	char *guest = expand("g=%/a,rw b,guest,rw");

	ck_assert_int_eq(mkdir(odd, 0755), 0);
	ck_assert(config_add_share(c, ro, hear, NULL));
	ck_assert(config_add_share(c, rw, hear, NULL));
	ck_assert_int_eq(c->map_to_guest, MAP_GUEST_NEVER);
	ck_assert(config_add_share(c, guest, hear, NULL));
	ck_assert_int_eq(c->map_to_guest, MAP_GUEST_BAD_USER);
	ck_assert(config_check(c, hear, NULL));
	ck_assert_str_eq(heard, "");
	ck_assert(c->shares[0].read_only && !c->shares[0].guest_ok);
	ck_assert(!c->shares[1].read_only && !c->shares[1].guest_ok);
	ck_assert_str_eq(config_share(c, "a B")->name, "A b");
	ck_assert(!c->shares[2].read_only && c->shares[2].guest_ok);
	ck_assert_str_eq(c->shares[2].path, odd);
	free(ro);
	free(rw);
	free(odd);
	free(guest);
	config_free(&c);
}
END_TEST

START_TEST(a_relative_directory_becomes_absolute)
{
	struct config *c = config_new();
	char *path = name_in("games");
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	ck_assert_int_ge(here, 0);
	ck_assert_int_eq(chdir(dir), 0);
	ck_assert(config_add_share(c, "g=./games/", hear, NULL));
	ck_assert_int_eq(fchdir(here), 0);
	close(here);
	ck_assert_str_eq(c->shares[0].path, path);
	free(path);
	config_free(&c);
}
END_TEST

static const struct {
	const char *spec, *why;
} specs[] = {
	{ "games",
	    "--share games: is not NAME=DIRECTORY, with ,rw and ,guest behind it if wanted\n" },
	{ "g=/none", "--share g=/none: /none: No such file or directory\n" },
	{ "g=/none,wr", "--share g=/none,wr: /none,wr: No such file or directory\n" },
	{ "g=", "--share g=: : No such file or directory\n" },
	{ "IPC$=/tmp", "--share IPC$=/tmp: is reserved: the server itself serves it\n" },
	{ "=/tmp", "--share =/tmp: is empty: a share needs a name\n" },
	{ "TAKEN=/tmp", "--share TAKEN=/tmp: there is a share of that name already\n" },
};

START_TEST(a_wrong_share_option_is_refused)
{
	struct config *c = config_new();

	ck_assert(config_add_share(c, "taken=/tmp", hear, NULL));
	ck_assert(!config_add_share(c, specs[_i].spec, hear, NULL));
	ck_assert_str_eq(heard, specs[_i].why);
	config_free(&c);
}
END_TEST

START_TEST(the_check_sees_what_was_set)
{
	struct config *c = config_new();

	ck_assert(config_set(c, "games", "path", "/none", NULL));
	ck_assert(config_set(c, NULL, "server max protocol", "CORE", NULL));
	ck_assert(!config_check(c, hear, NULL));
	ck_assert_str_eq(heard,
	    "[global] server max protocol: CORE: is older than server min protocol, NT1\n"
	    "[games] path: /none: No such file or directory\n");
	config_free(&c);
}
END_TEST

static TCase *
values_case(void)
{
	TCase *tc = tcase_create("values");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, defaults_are_safe);
	tcase_add_loop_test(tc, values_are_converted, 0, sizeof(values) / sizeof(values[0]));
	tcase_add_loop_test(
	    tc, what_will_not_do_is_refused, 0, sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tc, a_refused_value_leaves_the_old_one);
	tcase_add_test(tc, a_share_name_has_eighty_characters_at_most);
	tcase_add_test(tc, a_value_has_960_bytes_at_most);
	tcase_add_test(tc, the_command_line_adds_shares);
	tcase_add_test(tc, a_relative_directory_becomes_absolute);
	tcase_add_loop_test(
	    tc, a_wrong_share_option_is_refused, 0, sizeof(specs) / sizeof(specs[0]));
	tcase_add_test(tc, the_check_sees_what_was_set);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("config values");
	SRunner *r;
	int failed;

	suite_add_tcase(s, values_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
