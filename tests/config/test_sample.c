/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"

/* A file of the source tree. */
static char *
source(const char *name)
{
	const char *top = getenv("srcdir");
	char *path, *text;
	FILE *f;
	size_t n;

	ck_assert_int_gt(asprintf(&path, "%s/%s", top != NULL ? top : ".", name), 0);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "cannot open %s", path);
	text = calloc(1, 1 << 17);
	n = fread(text, 1, (1 << 17) - 1, f);
	ck_assert_uint_gt(n, 0);
	fclose(f);
	free(path);
	return text;
}

START_TEST(the_sample_says_the_defaults)
{
	char *text = source("conf/smb1d.conf");
	struct config *a = config_new(), *b = load_bytes(text, strlen(text));

	ck_assert_str_eq(heard, "");
	ck_assert_ptr_nonnull(b);
	assert_same(a, b);
	config_free(&a);
	config_free(&b);
	free(text);
}
END_TEST

/* The sample without the semicolons, serving the test's directory. */
static char *
sample_in_use(void)
{
	char *text = source("conf/smb1d.conf"), *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		ck_assert_uint_le(strlen(line), 100);
		if (strcmp(line, ";path = /srv/games") == 0)
			fprintf(f, "path = %s/games\n", dir);
		else if (strncmp(line, ";passwd file = ", 15) == 0)
			fprintf(f, "passwd file = %s/accounts\n", dir);
		else
			fprintf(f, "%s\n", line + (line[0] == ';'));
	}
	fclose(f);
	free(text);
	return out;
}

START_TEST(the_sample_has_every_key_at_its_default)
{
	char *in_use = sample_in_use();
	struct config *a = config_new(), *b = load_bytes(in_use, strlen(in_use));
	char *path = name_in("games"), *accounts = name_in("accounts");

	ck_assert_str_eq(heard, "");
	ck_assert_ptr_nonnull(b);
	ck_assert(config_set(a, NULL, "passwd file", accounts, NULL));
	ck_assert(config_set(a, "games", "path", path, NULL));
	assert_same(a, b);
	config_free(&a);
	config_free(&b);
	free(path);
	free(accounts);
	free(in_use);
}
END_TEST

static void
assert_well_formed(const struct conf_key *rows)
{
	for (; rows->name != NULL; rows++) {
		const char *dot = strchr(rows->help, '.');

		ck_assert_uint_eq(strspn(rows->name, "abcdefghijklmnopqrstuvwxyz0123456789 :"),
		    strlen(rows->name));
		ck_assert_ptr_null(strstr(rows->name, "  "));
		ck_assert_ptr_nonnull(dot);
		ck_assert_int_eq(rows->help[strlen(rows->help) - 1], '.');
		ck_assert_int_eq(rows->choices != NULL, rows->type == CONF_ENUM);
		ck_assert_int_eq(
		    rows->max > 0, rows->type == CONF_UINT || rows->type == CONF_OCTAL);
		for (const struct conf_key *next = rows + 1; next->name != NULL; next++) {
			ck_assert_str_ne(rows->name, next->name);
			ck_assert_uint_ne(rows->offset, next->offset);
		}
	}
}

START_TEST(the_schema_is_well_formed)
{
	assert_well_formed(config_global_keys);
	assert_well_formed(config_share_keys);
}
END_TEST

static TCase *
sample_case(void)
{
	TCase *tc = tcase_create("sample");

	tcase_add_checked_fixture(tc, scratch_setup, scratch_teardown);
	tcase_add_test(tc, the_sample_says_the_defaults);
	tcase_add_test(tc, the_sample_has_every_key_at_its_default);
	tcase_add_test(tc, the_schema_is_well_formed);
	return tc;
}

int
main(void)
{
	Suite *s = suite_create("config sample");
	SRunner *r;
	int failed;

	suite_add_tcase(s, sample_case());
	r = srunner_create(s);
	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}
