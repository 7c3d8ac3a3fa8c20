/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "base/log.h"

static char last[8192];
static enum log_level last_level;
static unsigned lines;

static void
keep(enum log_level level, const char *line)
{
	last_level = level;
	lines++;
	strncpy(last, line, sizeof(last) - 1);
	errno = EIO;
}

static void
setup(void)
{
	log_level = LOG_LEVEL_DEBUG;
	log_redirect(keep);
}

START_TEST(each_level_has_its_function)
{
	log_error("%d", 1);
	ck_assert_int_eq(last_level, LOG_LEVEL_ERROR);
	log_warning("%d", 2);
	ck_assert_int_eq(last_level, LOG_LEVEL_WARNING);
	log_info("%d", 3);
	ck_assert_int_eq(last_level, LOG_LEVEL_INFO);
	log_debug("%s %d", "line", 4);
	ck_assert_int_eq(last_level, LOG_LEVEL_DEBUG);
	ck_assert_str_eq(last, "line 4");
}
END_TEST

START_TEST(lines_above_the_level_are_dropped)
{
	log_level = LOG_LEVEL_WARNING;
	log_debug("x");
	log_info("x");
	ck_assert_uint_eq(lines, 0);
	ck_assert(!log_debugs());
	log_warning("x");
	log_error("x");
	ck_assert_uint_eq(lines, 2);
	log_level = LOG_LEVEL_DEBUG;
	ck_assert(log_debugs());
}
END_TEST

START_TEST(a_line_is_one_line)
{
	log_info("%s", "a\nb\x1B[31mc\r\x7F");
	ck_assert_str_eq(last, "a?b?[31mc??");
}
END_TEST

START_TEST(a_long_line_is_cut)
{
	log_info("%05000d", 7);
	ck_assert_uint_gt(strlen(last), 1000);
	ck_assert_uint_lt(strlen(last), 3000);
}
END_TEST

START_TEST(errno_is_kept)
{
	errno = ENOENT;
	log_info("x");
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

/* What is written to standard error while it leads into a pipe. */
static void
printed(char *out, size_t size, void (*print)(void))
{
	int ends[2], saved = dup(STDERR_FILENO);
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	print();
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(ends[1]);
	n = read(ends[0], out, size - 1);
	close(ends[0]);
	ck_assert_int_ge(n, 0);
	out[n] = '\0';
}

static void
print_two(void)
{
	log_warning("careful");
	log_info("all well");
}

START_TEST(lines_go_to_standard_error)
{
	char out[4096];

	unsetenv("JOURNAL_STREAM");
	log_init("prog");
	log_redirect(NULL);
	printed(out, sizeof(out), print_two);
	ck_assert_str_eq(out, "prog: warning: careful\nprog: all well\n");
}
END_TEST

START_TEST(the_journal_gets_priorities)
{
	char out[4096];

	setenv("JOURNAL_STREAM", "8:1", 1);
	log_init("prog");
	log_redirect(NULL);
	printed(out, sizeof(out), print_two);
	ck_assert_str_eq(out, "<4>careful\n<6>all well\n");
}
END_TEST

static void
print_long(void)
{
	log_error("%05000d", 7);
}

START_TEST(a_cut_line_still_ends)
{
	char out[8192];

	log_init("prog");
	log_redirect(NULL);
	printed(out, sizeof(out), print_long);
	ck_assert_int_eq(out[strlen(out) - 1], '\n');
	ck_assert_ptr_eq(strchr(out, '\n'), out + strlen(out) - 1);
}
END_TEST

START_TEST(clean_text_stays)
{
	ck_assert_str_eq(log_clean("DOM\\J\u00fcrgen \u20ac"), "DOM\\J\u00fcrgen \u20ac");
	ck_assert_str_eq(log_clean(""), "");
	ck_assert_str_eq(log_clean(NULL), "");
	ck_assert_str_eq(log_clean("\ufffd"), "\ufffd");
}
END_TEST

START_TEST(dirty_text_is_shown_in_hex)
{
	ck_assert_str_eq(log_clean("a\nb\x1B"), "a\\x0Ab\\x1B");
	ck_assert_str_eq(log_clean("\x7F"), "\\x7F");
	ck_assert_str_eq(log_clean("\xC2\x9B"
				   "1"),
	    "\\xC2\\x9B1");
	ck_assert_str_eq(log_clean("\xFFz"), "\\xFFz");
	ck_assert_str_eq(log_clean("\xE2\x82"), "\\xE2\\x82");
	ck_assert_str_eq(log_clean("\xED\xA0\xBD"), "\\xED\\xA0\\xBD");
}
END_TEST

START_TEST(long_text_is_cut_between_characters)
{
	char text[300] = "", expected[80] = "";
	unsigned i;

	for (i = 0; i < 100; i++)
		strcat(text, "\u00fc");
	for (i = 0; i < 32; i++)
		strcat(expected, "\u00fc");
	strcat(expected, "...");
	ck_assert_str_eq(log_clean(text), expected);

	memset(text, 'a', 64);
	text[64] = '\0';
	ck_assert_str_eq(log_clean(text), text);
	memset(text, '\n', 100);
	ck_assert_uint_eq(strlen(log_clean(text)), 67);
}
END_TEST

START_TEST(eight_texts_fit_one_line)
{
	const char *texts[8];
	char one[2] = "0";
	unsigned i;

	for (i = 0; i < 8; i++) {
		one[0] = (char)('0' + i);
		texts[i] = log_clean(one);
	}
	for (i = 0; i < 8; i++)
		ck_assert_int_eq(texts[i][0], '0' + (int)i);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/log");
	TCase *tc = tcase_create("log");

	tcase_add_checked_fixture(tc, setup, NULL);
	tcase_add_test(tc, each_level_has_its_function);
	tcase_add_test(tc, lines_above_the_level_are_dropped);
	tcase_add_test(tc, a_line_is_one_line);
	tcase_add_test(tc, a_long_line_is_cut);
	tcase_add_test(tc, errno_is_kept);
	tcase_add_test(tc, lines_go_to_standard_error);
	tcase_add_test(tc, the_journal_gets_priorities);
	tcase_add_test(tc, a_cut_line_still_ends);
	tcase_add_test(tc, clean_text_stays);
	tcase_add_test(tc, dirty_text_is_shown_in_hex);
	tcase_add_test(tc, long_text_is_cut_between_characters);
	tcase_add_test(tc, eight_texts_fit_one_line);
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
