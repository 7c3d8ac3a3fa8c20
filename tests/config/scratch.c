/* SPDX-License-Identifier: BSD-2-Clause */
#include "scratch.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char dir[64];
char *heard;

char *
name_in(const char *name)
{
	char *path;

	ck_assert_int_gt(asprintf(&path, "%s/%s", dir, name), 0);
	return path;
}

void
write_bytes(const char *name, const void *bytes, size_t n, mode_t mode)
{
	char *path = name_in(name);
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	ck_assert_uint_eq(fwrite(bytes, 1, n, f), n);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
	free(path);
}

/* text with each % replaced by the directory. */
char *
expand(const char *text)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	for (; *text != '\0'; text++) {
		if (*text == '%')
			fputs(dir, f);
		else
			fputc(*text, f);
	}
	fclose(f);
	return out;
}

void
hear(void *arg, const char *mistake)
{
	char *longer;

	(void)arg;
	ck_assert_int_gt(asprintf(&longer, "%s%s\n", heard, mistake), 0);
	free(heard);
	heard = longer;
}

void
forget(void)
{
	free(heard);
	heard = strdup("");
}

const struct config_hearer hearer = { hear, NULL };

void
scratch_setup(void)
{
	char *path;

	strcpy(dir, "/tmp/test_config.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	path = name_in("games");
	ck_assert_int_eq(mkdir(path, 0755), 0);
	free(path);
	write_bytes("accounts", "", 0, 0600);
	forget();
}

void
scratch_teardown(void)
{
	static const char *const names[] = { "games", "accounts", "t.conf", "root", "file",
		"a,rw b" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = name_in(names[i]);

		remove(path);
		free(path);
	}
	ck_assert_int_eq(rmdir(dir), 0);
	free(heard);
	heard = NULL;
}

struct config *
load_file(void)
{
	char *path = name_in("t.conf");
	struct config *c = config_load(path, hear, NULL);

	free(path);
	return c;
}

struct config *
load_bytes(const void *bytes, size_t n)
{
	forget();
	write_bytes("t.conf", bytes, n, 0644);
	return load_file();
}

struct config *
load(const char *text)
{
	char *bytes = expand(text);
	struct config *c = load_bytes(bytes, strlen(bytes));

	free(bytes);
	return c;
}

/* The file loads without a word. */
struct config *
load_good(const char *text)
{
	struct config *c = load(text);

	ck_assert_str_eq(heard, "");
	ck_assert_ptr_nonnull(c);
	return c;
}

/* Loading it tells just these mistakes. */
void
load_bad(const char *text, const char *mistakes)
{
	char *expected = expand(mistakes);

	ck_assert_ptr_null(load(text));
	ck_assert_str_eq(heard, expected);
	free(expected);
}

char *
printed(const struct config *c)
{
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	config_print(c, f);
	fclose(f);
	return out;
}

void
assert_same(const struct config *a, const struct config *b)
{
	char *x = printed(a), *y = printed(b);

	ck_assert_str_eq(x, y);
	free(x);
	free(y);
}
