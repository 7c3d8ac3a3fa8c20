/* SPDX-License-Identifier: BSD-2-Clause */

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/charset.h"

static void
assert_matches(const char *pattern, const char *name, bool expected)
{
	ck_assert_msg(name_matches(pattern, name) == expected, "\"%s\" %s \"%s\"", pattern,
	    expected ? "does not match" : "matches", name);
}

struct example {
	const char *pattern, *name;
	bool matches;
};

static void
assert_all(const struct example *examples, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		assert_matches(examples[i].pattern, examples[i].name, examples[i].matches);
}

#define ASSERT_ALL(examples) assert_all(examples, sizeof(examples) / sizeof((examples)[0]))

START_TEST(names_match_themselves_without_case)
{
	static const struct example examples[] = {
		{ "abc", "abc", true },
		{ "abc", "ABC", true },
		{ "\u00e9", "\u00c9", true },
		{ "abc", "ab", false },
		{ "ab", "abc", false },
		{ "", "a", false },
		{ "a", "", false },
		{ "a.", "a", false },
	};

	ASSERT_ALL(examples);
}
END_TEST

START_TEST(star_is_any_text)
{
	static const struct example examples[] = {
		{ "*", "a", true },
		{ "*", ".", true },
		{ "*", "", false },
		{ "**", "a", true },
		{ "a*", "a", true },
		{ "a*", "abc", true },
		{ "a*", "ba", false },
		{ "*a", "ba", true },
		{ "*.txt", "a.TXT", true },
		{ "*.txt", ".txt", true },
		{ "*.txt", "atxt", false },
		{ "*.txt", "a.txt.bak", false },
		{ "*.*", "a.b", true },
		{ "*.*", "a", false },
		{ "*a*b*", "xxaxxbxx", true },
		{ "*a*b*", "xxbxxaxx", false },
		{ "*ab", "aab", true },
		{ "*aab", "aaaab", true },
	};

	ASSERT_ALL(examples);
}
END_TEST

START_TEST(question_mark_is_one_character)
{
	static const struct example examples[] = {
		{ "?", "a", true },
		{ "?", ".", true },
		{ "?", "", false },
		{ "?", "ab", false },
		{ "a?c", "abc", true },
		{ "a?c", "ac", false },
		{ "???", "abc", true },
		{ "???", "ab", false },
		{ "?*", "a", true },
		{ "*?", "a", true },
		{ "?", "\u20ac", true },
	};

	ASSERT_ALL(examples);
}
END_TEST

/* As on Windows, whose names are counted in UTF-16 units. */
START_TEST(a_character_beyond_16_bits_takes_two_question_marks)
{
	static const struct example examples[] = {
		{ "?", "\U0001F600", false },
		{ "??", "\U0001F600", true },
		{ "*\U0001F600", "a\U0001F600", true },
		{ "?", "\xED\xA0\xBD", true },
	};

	ASSERT_ALL(examples);
}
END_TEST

/* '>': a character, but nothing before a dot or at the end. */
START_TEST(dos_qm_gives_way_to_dots_and_the_end)
{
	static const struct example examples[] = {
		{ ">", "a", true },
		{ ">>>", "a", true },
		{ ">>>", "abc", true },
		{ ">>>", "abcd", false },
		{ ">>>.txt", "a.txt", true },
		{ ">>>.txt", "abcd.txt", false },
		{ ">>>>>>>>.>>>", "a.b", true },
		{ ">>>>>>>>.>>>", "a", false },
		{ ">>>>>>>>\">>>", "a", true },
		{ ">>>>>>>>\">>>", "abcdefgh.txt", true },
		{ ">>>>>>>>\">>>", "abcdefghi", false },
		{ ">>>>>>>>\">>>", "a.text", false },
		{ ">b", "b", false },
		{ ">b", "ab", true },
		{ ">.b", ".b", true },
		{ ">", ".", false },
		{ "a>", "a", true },
	};

	ASSERT_ALL(examples);
}
END_TEST

/* '"': a dot, or the end of the name. */
START_TEST(dos_dot_is_a_dot_or_the_end)
{
	static const struct example examples[] = {
		{ "a\"", "a", true },
		{ "a\"", "a.", true },
		{ "a\"", "a.b", false },
		{ "a\"b", "a.b", true },
		{ "a\"b", "ab", false },
		{ "a\"\"\"", "a", true },
		{ "*\"*", "a", true },
		{ "*\"*", "a.b", true },
		{ "\"", ".", true },
		{ "\"", "a", false },
	};

	ASSERT_ALL(examples);
}
END_TEST

/* '<': any text up to the last dot. */
START_TEST(dos_star_stops_at_the_last_dot)
{
	static const struct example examples[] = {
		{ "<", "a", true },
		{ "<", "a.b", false },
		{ "<", "a.", false },
		{ "<.b", "a.b", true },
		{ "<.b", "a.x.b", true },
		{ "<.x.b", "a.x.b", true },
		{ "<.x", "a.x.b", false },
		{ "<\"", "a.", true },
		{ "<\"", "a", true },
		{ "<\"", "a.b", false },
		{ "<\">>>", "a", true },
		{ "<\">>>", "a.txt", true },
		{ "<\">>>", "a.b.txt", true },
		{ "<\">>>", "a.text", false },
		{ "<\"*", "a", true },
		{ "a.<", "a.bcd", true },
		{ "*<x", "a.x", true },
		{ "<<x", "a.x", false },
		{ "<b", "ab", true },
	};

	ASSERT_ALL(examples);
}
END_TEST

/* The definition, tried out in all ways: slow and plain. */
static bool
by_definition(const char *p, const char *n, const char *last_dot)
{
	bool end = *n == '\0';

	switch (*p) {
	case '\0':
		return end;
	case '*':
	case '<':
		if (by_definition(p + 1, n, last_dot))
			return true;
		return !end && !(*p == '<' && n == last_dot) && by_definition(p, n + 1, last_dot);
	case '>':
		if (end || *n == '.')
			return by_definition(p + 1, n, last_dot);
		return by_definition(p + 1, n + 1, last_dot);
	case '"':
		if (end)
			return by_definition(p + 1, n, last_dot);
		return *n == '.' && by_definition(p + 1, n + 1, last_dot);
	default:
		return !end && (*p == '?' || *p == *n) && by_definition(p + 1, n + 1, last_dot);
	}
}

static void
random_text(char *text, size_t most, const char *alphabet)
{
	size_t n = 1 + (size_t)rand() % most, i;

	for (i = 0; i < n; i++)
		text[i] = alphabet[(size_t)rand() % strlen(alphabet)];
	text[n] = '\0';
}

START_TEST(any_pattern_does_what_its_definition_says)
{
	char pattern[9], name[9];
	unsigned i;

	srand(1);
	for (i = 0; i < 300000; i++) {
		random_text(pattern, 8, "AB..*?<>\"");
		random_text(name, 8, "AB.");
		if (name_matches(pattern, name) != by_definition(pattern, name, strrchr(name, '.')))
			ck_abort_msg("\"%s\" and \"%s\"", pattern, name);
	}
}
END_TEST

/* With backtracking this would take longer than there is time. */
START_TEST(hostile_patterns_take_linear_time)
{
	static const char *const parts[] = { "*a", "<a", "*?", ">*", "<*", "*\"", ">\"", "**" };
	static char name[256], pattern[1024];
	size_t i, k;

	memset(name, 'a', 255);
	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		for (k = 0; k < 500; k++)
			memcpy(pattern + 2 * k, parts[i], 2);
		memcpy(pattern + 2 * k, "b", 2);
		assert_matches(pattern, name, false);
	}
}
END_TEST

START_TEST(long_patterns_and_names_are_allowed)
{
	static char name[5001], pattern[5001];

	memset(name, 'n', 5000);
	memset(pattern, '?', 5000);
	assert_matches(pattern, name, true);
	pattern[4999] = 'x';
	assert_matches(pattern, name, false);
	name[256] = '\0';
	pattern[256] = '\0';
	assert_matches(pattern, name, true);
	name[255] = '\0';
	assert_matches(pattern, name, false);
}
END_TEST

START_TEST(wildcards_are_seen)
{
	ck_assert(name_has_wildcard("a*"));
	ck_assert(name_has_wildcard("?a"));
	ck_assert(name_has_wildcard("a<b"));
	ck_assert(name_has_wildcard(">"));
	ck_assert(name_has_wildcard("a\""));
	ck_assert(!name_has_wildcard("a.b"));
	ck_assert(!name_has_wildcard(""));
}
END_TEST

START_TEST(a_posix_pattern_heeds_case_and_knows_two_wildcards)
{
	static const struct {
		const char *pattern, *name;
		bool matches;
	} cases[] = { { "", "", true }, { "*", "", true }, { "", "a", false },
		{ "abc", "abc", true }, { "abc", "Abc", false },
		{ "a?c",
		    "a\xC3\xA4"
		    "c",
		    true },
		{ "?", "", false }, { "*.txt", "a.b.txt", true }, { "*.txt", "a.txt.b", false },
		{ "a*b*c", "a1b2b3c", true }, { "a*b*c", "a1b2b3", false }, { "**", "x", true },
		{ "<", "<", true }, { "<", "a", false }, { "a\"", "a.", false },
		{ "x*", "x", true } };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(
		    name_matches_exactly(cases[i].pattern, cases[i].name) == cases[i].matches,
		    "%s %s", cases[i].pattern, cases[i].name);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/match");
	TCase *tc = tcase_create("match");

	tcase_add_test(tc, names_match_themselves_without_case);
	tcase_add_test(tc, star_is_any_text);
	tcase_add_test(tc, question_mark_is_one_character);
	tcase_add_test(tc, a_character_beyond_16_bits_takes_two_question_marks);
	tcase_add_test(tc, dos_qm_gives_way_to_dots_and_the_end);
	tcase_add_test(tc, dos_dot_is_a_dot_or_the_end);
	tcase_add_test(tc, dos_star_stops_at_the_last_dot);
	tcase_add_test(tc, any_pattern_does_what_its_definition_says);
	tcase_add_test(tc, hostile_patterns_take_linear_time);
	tcase_add_test(tc, long_patterns_and_names_are_allowed);
	tcase_add_test(tc, wildcards_are_seen);
	tcase_add_test(tc, a_posix_pattern_heeds_case_and_knows_two_wildcards);
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
