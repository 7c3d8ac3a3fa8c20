/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "config/profile.h"
#include "config/suggest.h"
#include "config/values.h"
#include "scratch.h"

#define GLOBAL "[global]\npasswd file = %/accounts\n"
#define GAMES  "[games]\npath = %/games\n"

START_TEST(each_row_names_a_key_and_changes_it)
{
	for (const struct profile_row *p = profile_rows; p->profile != NULL; p++) {
		struct config *c = config_new();
		const struct conf_key *keys = p->share ? config_share_keys : config_global_keys;
		const struct conf_key *key = find_key(keys, p->key);

		ck_assert_msg(key != NULL, "%s", p->key);
		ck_assert(config_set(c, p->share ? "games" : NULL, p->key, p->value, &hearer));
		ck_assert_str_ne(key->value, p->value);
		ck_assert(!p->share || p->weak == NULL); /* nobody would tell */
		for (const struct profile_row *q = profile_rows; q != p; q++)
			ck_assert_msg(strcmp(p->profile, q->profile) != 0 || p->share != q->share ||
				strcmp(p->key, q->key) != 0,
			    "%s: %s stands twice", p->profile, p->key);
		config_free(&c);
	}
}
END_TEST

START_TEST(a_profile_sets_the_keys_of_its_section_alone)
{
	struct config *c = load_good(GLOBAL GAMES "profile = dos\n");
	const struct share_conf *s = config_share(c, "games");

	ck_assert_uint_eq(s->max_disk_size, 2047);
	ck_assert(!s->oplocks);
	ck_assert_uint_eq(c->min_protocol, PROTOCOL_NT1);
	ck_assert(!c->lanman_auth);
	config_free(&c);

	c = load_good(GLOBAL "profile = Dos\n" GAMES);
	s = config_share(c, "games");
	ck_assert_uint_eq(s->max_disk_size, 0);
	ck_assert(s->oplocks);
	ck_assert_uint_eq(c->min_protocol, PROTOCOL_CORE);
	ck_assert(c->lanman_auth && c->plaintext_auth);
	ck_assert_uint_eq(c->ntlm_auth, NTLM_V1_PERMITTED);
	ck_assert_str_eq(c->dos_charset, "CP437");
	ck_assert_uint_eq(c->keepalive, 300);
	config_free(&c);
}
END_TEST

START_TEST(no_profile_lets_anybody_in_or_write)
{
	for (const struct profile_row *p = profile_rows; p->profile != NULL; p++) {
		struct config *c = config_new();

		ck_assert(config_set(c, NULL, "profile", p->profile, NULL));
		ck_assert(config_set(c, "games", "path", dir, NULL));
		ck_assert(config_set(c, "games", "profile", p->profile, NULL));
		ck_assert(config_check(c, hear, NULL));
		ck_assert(c->shares[0].read_only && !c->shares[0].guest_ok);
		ck_assert_uint_eq(c->shares[0].valid_users.count, 0);
		ck_assert_uint_eq(c->map_to_guest, MAP_GUEST_NEVER);
		config_free(&c);
	}
}
END_TEST

START_TEST(what_the_section_says_itself_stays)
{
	struct config *c = load_good(GLOBAL "lanman auth = no\nprofile = dos\nkeepalive = 0\n" GAMES
					    "profile = dos\nmax disk size = 500\n");

	ck_assert(!c->lanman_auth && c->plaintext_auth);
	ck_assert_uint_eq(c->keepalive, 0);
	ck_assert_uint_eq(config_share(c, "games")->max_disk_size, 500);
	ck_assert(!config_share(c, "games")->oplocks);
	config_free(&c);

	c = config_new();
	ck_assert(config_set(c, "games", "path", dir, NULL));
	ck_assert(config_set(c, "games", "oplocks", "yes", NULL));
	ck_assert(config_set(c, "games", "profile", "ps2", NULL));
	ck_assert(config_check(c, hear, NULL));
	ck_assert(config_share(c, "games")->oplocks);
	ck_assert_uint_gt(config_share(c, "games")->max_disk_size, 0);
	config_free(&c);
}
END_TEST

START_TEST(the_first_of_several_profiles_sets_a_key)
{
	struct config *c = load_good(GLOBAL "profile = os2, dos\n" GAMES "profile = ps2 dos\n");
	char *text = printed(c);

	ck_assert_uint_eq(c->min_protocol, PROTOCOL_LANMAN1);
	ck_assert(c->plaintext_auth);
	ck_assert_uint_eq(config_share(c, "games")->max_disk_size, 1048575);
	ck_assert_ptr_nonnull(
	    strstr(text, "\t# from profile os2:\n\tserver min protocol = LANMAN1\n"));
	ck_assert_ptr_nonnull(strstr(text, "\t# from profile dos:\n\tplaintext auth = yes\n"));
	ck_assert_ptr_nonnull(strstr(text, "\t# from profile ps2:\n\tmax disk size = 1048575\n"));
	free(text);
	config_free(&c);
}
END_TEST

START_TEST(the_printed_configuration_loads_as_the_same)
{
	struct config *c = load_good(
	    GLOBAL "profile = amiga\n" GAMES "profile = amiga\noplocks = yes\n");
	char *text = printed(c);
	struct config *again = load_bytes(text, strlen(text));

	ck_assert_str_eq(heard, "");
	ck_assert_ptr_nonnull(strstr(text, "# from profile amiga:"));
	ck_assert_ptr_null(strstr(text, "# from profile amiga:\n\toplocks"));
	ck_assert_ptr_nonnull(again);
	ck_assert_uint_eq(again->min_protocol, c->min_protocol);
	ck_assert_uint_eq(again->shares[0].max_disk_size, c->shares[0].max_disk_size);
	ck_assert(again->shares[0].oplocks);
	free(text);
	config_free(&c);
	config_free(&again);
}
END_TEST

START_TEST(what_a_profile_contradicts_is_a_mistake_at_its_line)
{
	load_bad(GLOBAL "server max protocol = CORE\nprofile = os2\n" GAMES,
	    "t.conf:3: [global] server max protocol: CORE: is older than server min protocol, "
	    "LANMAN1\n");
	load_bad(GLOBAL "security = share\nprofile = modern\n" GAMES,
	    "t.conf:3: [global] security: share: cannot be signed, and server signing is "
	    "mandatory: use user\n");
	load_bad(GLOBAL GAMES "profile = ps2 ps3\n",
	    "t.conf:5: [games] profile: ps2 ps3: ps3 is no profile: there are dos, win9x, os2, "
	    "ps2, scanner, bmc, amiga and modern\n");
}
END_TEST

/* The message lists them by hand. */
START_TEST(the_refusal_names_every_profile)
{
	const char *why = check_profile("none");

	ck_assert_ptr_nonnull(why);
	for (const struct profile_row *p = profile_rows; p->profile != NULL; p++)
		ck_assert_msg(strstr(why, p->profile) != NULL, "%s", p->profile);
}
END_TEST

START_TEST(what_is_weak_is_named)
{
	struct config *c = load_good(GLOBAL "profile = ps2\n" GAMES "profile = ps2\n");

	config_remarks(c, hear, NULL);
	ck_assert_str_eq(heard,
	    "[global] profile ps2 sets ntlm auth = ntlmv1-permitted: NTLM version 1 is broken "
	    "within a day by whoever sees a log-on\n");
	forget();
	config_free(&c);
	c = load_good(GLOBAL "profile = ps2\nntlm auth = ntlmv1-permitted\n" GAMES);
	config_remarks(c, hear, NULL);
	ck_assert_str_eq(heard, "");
	config_free(&c);
}
END_TEST

START_TEST(a_share_is_told_what_its_profile_lacks_in_global)
{
	struct config *c = load_good(GLOBAL GAMES "profile = ps2\n");

	config_remarks(c, hear, NULL);
	ck_assert_str_eq(heard,
	    "[games] profile ps2: its clients may need ntlm auth = ntlmv1-permitted, which the "
	    "same profile in [global] would set\n");
	forget();
	config_free(&c);
	c = load_good(GLOBAL "ntlm auth = ntlmv2-only\n" GAMES "profile = ps2\n");
	config_remarks(c, hear, NULL);
	ck_assert_str_eq(heard, "");
	config_free(&c);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("profile");
	TCase *tc = tcase_create("profile");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, each_row_names_a_key_and_changes_it);
	tcase_add_test(tc, a_profile_sets_the_keys_of_its_section_alone);
	tcase_add_test(tc, no_profile_lets_anybody_in_or_write);
	tcase_add_test(tc, what_the_section_says_itself_stays);
	tcase_add_test(tc, the_first_of_several_profiles_sets_a_key);
	tcase_add_test(tc, the_printed_configuration_loads_as_the_same);
	tcase_add_test(tc, what_a_profile_contradicts_is_a_mistake_at_its_line);
	tcase_add_test(tc, the_refusal_names_every_profile);
	tcase_add_test(tc, what_is_weak_is_named);
	tcase_add_test(tc, a_share_is_told_what_its_profile_lacks_in_global);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
